//! Assignments: `=`, `|=` and their kin.

use super::{
    environment::Environment,
    flow::{Flow, Item, Stop},
    machine::Machine,
};
use crate::{
    builtins::{operators, paths},
    program::{Node, Op},
    value::Value,
};

impl<'p> Machine<'p> {
    /// The paths of what is assigned to. All are found before anything changes.
    pub(super) fn targets(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
        input: &Value,
    ) -> Result<Vec<Vec<Value>>, Stop> {
        let mut found = Vec::new();
        let was_writing = self.is_writing.replace(true);
        let ended = self.paths(node, environment, input, &mut |path| {
            found.push(path.keys());
            Ok(())
        });
        self.is_writing.set(was_writing);
        ended.map(|()| found)
    }

    /// `paths |= change`: what has no output is deleted.
    pub(super) fn update(
        &self,
        targets: &'p Node,
        change: &'p Node,
        environment: &Environment<'p>,
        input: Value,
    ) -> Result<Value, Stop> {
        let mut value = input;
        let mut gone = Vec::new();
        for path in self.targets(targets, environment, &value)? {
            let mut is_gone = false;
            value = paths::update(value, &path, &mut |old| {
                let new = self.first(change, environment, old)?;
                is_gone = new.is_none();
                Ok::<_, Stop>(new.unwrap_or(Value::Null))
            })?;
            if is_gone {
                gone.push(path);
            }
        }
        Ok(paths::delete(value, gone)?)
    }

    /// The first output of a term.
    pub(super) fn first(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
        input: Value,
    ) -> Result<Option<Value>, Stop> {
        if node.is_single {
            return self.one(node, environment, input).map(Some);
        }
        let label = self.new_label();
        let mut found = None;
        let ended = self.eval(node, environment, Item::of(input), &mut |item| {
            found = Some(item.value);
            Err(Stop::Break(label))
        });
        match ended {
            Err(Stop::Break(at)) if at == label => Ok(found),
            Err(stop) => Err(stop),
            Ok(()) => Ok(found),
        }
    }

    /// `=`, `+=` and their kin: one output for each value of the right side.
    pub(super) fn assign(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
        input: &Value,
        out: &mut dyn FnMut(Value) -> Flow,
    ) -> Flow {
        let (Op::Assign(targets, right) | Op::UpdateWith(_, targets, right) | Op::UpdateAlternative(targets, right)) =
            &node.op
        else {
            return Ok(());
        };
        self.each(right, environment, input, &mut |right| {
            let mut value = input.clone();
            for path in self.targets(targets, environment, input)? {
                value = paths::update(value, &path, &mut |old| match &node.op {
                    Op::UpdateWith(arithmetic, ..) => operators::calculate(*arithmetic, old, right.clone()),
                    Op::UpdateAlternative(..) if old.is_true() => Ok(old),
                    _ => Ok(right.clone()),
                })?;
            }
            out(value)
        })
    }
}
