//! The machine: what each term makes of its input.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::atomic::{AtomicBool, Ordering},
};

use super::{
    environment::{Entry, Environment},
    flow::{End, Flow, Item, Path, Stop, Track},
};
use crate::{
    builtins::{answer::error, iteration, operators},
    json,
    program::{Node, Op, Program},
    stack,
    value::Value,
};

/// What takes an output.
pub type Out<'o> = &'o mut dyn FnMut(Item) -> Flow;

/// Whether a lookup found anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Seen {
    /// It was not tried.
    #[default]
    Nothing,
    /// Null, each time.
    OnlyNull,
    /// Something.
    Something,
}

/// A program that runs.
pub struct Machine<'p> {
    pub(super) program: &'p Program,
    interrupt: &'p AtomicBool,
    labels: Cell<u64>,
    /// What each lookup found.
    pub lookups: RefCell<Vec<Seen>>,
    /// Whether the paths that are asked for are ones to write to: then it says nothing that nothing stands there.
    pub(super) is_writing: Cell<bool>,
}

/// The label that no program has: an output was not wanted, and what made it shall not catch that.
const PASSED: u64 = 0;

impl<'p> Machine<'p> {
    /// A machine that ends soon after `interrupt` is set.
    pub fn new(program: &'p Program, interrupt: &'p AtomicBool) -> Self {
        Self {
            program,
            interrupt,
            labels: Cell::new(PASSED),
            lookups: RefCell::new(vec![Seen::default(); program.lookups.len()]),
            is_writing: Cell::new(false),
        }
    }

    /// Runs the program on a value.
    pub fn run(&self, input: Value, out: Out<'_>) -> Flow {
        self.eval(&self.program.root, &Environment::default(), Item::of(input), out)
    }

    /// A label that was not given out yet.
    pub(super) fn new_label(&self) -> u64 {
        self.labels.set(self.labels.get() + 1);
        self.labels.get()
    }

    /// What must hold before each step.
    pub(super) fn check(&self) -> Flow {
        if self.interrupt.load(Ordering::Relaxed) {
            return Err(End::Interrupted.into());
        }
        if stack::is_low() { Err(End::TooDeep.into()) } else { Ok(()) }
    }

    pub(super) fn note_lookup(&self, lookup: Option<usize>, found: &Value) {
        let Some(lookup) = lookup else { return };
        if self.is_writing.get() {
            return;
        }
        if let Some(seen) = self.lookups.borrow_mut().get_mut(lookup) {
            let is_null = matches!(found, Value::Null);
            *seen = if is_null && *seen != Seen::Something { Seen::OnlyNull } else { Seen::Something };
        }
    }

    /// Runs a term. What stands last in it is run in this loop and not within it, so that a filter may call itself there
    /// as often as it likes.
    pub(super) fn eval(&self, node: &'p Node, environment: &Environment<'p>, input: Item, out: Out<'_>) -> Flow {
        let (mut node, mut environment, mut input) = (node, environment.clone(), input);
        let mut span = node.span;
        loop {
            span = node.span.or(span);
            self.check().map_err(|stop| stop.at(span))?;
            if node.is_single && input.is_plain() {
                let value = self.one(node, &environment, input.value).map_err(|stop| stop.at(span))?;
                return out(Item::of(value));
            }
            let ended = match &node.op {
                Op::Pipe(nodes) => {
                    let Some((last, before)) = nodes.split_last() else { return out(input) };
                    match self.singles(before, &environment, input).map_err(|stop| stop.at(span))? {
                        (value, []) => {
                            (node, input) = (last, value);
                            continue;
                        }
                        (value, rest) => self.pipe(rest, last, &environment, value, out),
                    }
                }
                Op::Comma(nodes) => {
                    let Some((last, before)) = nodes.split_last() else { return Ok(()) };
                    for node in before {
                        self.eval(node, &environment, input.clone(), out)?;
                    }
                    node = last;
                    continue;
                }
                Op::If(branches, otherwise) => match self.branch(branches, &environment, &input)? {
                    Branch::Taken(branch) => {
                        node = branch;
                        continue;
                    }
                    Branch::None => match otherwise {
                        Some(otherwise) => {
                            node = otherwise;
                            continue;
                        }
                        None => return out(input),
                    },
                    Branch::Many => self.branches(branches, otherwise.as_deref(), &environment, &input, out),
                },
                Op::Alternative(left, right) => {
                    let mut has_any = false;
                    self.eval(left, &environment, input.clone(), &mut |item| {
                        if !item.value.is_true() {
                            return Ok(());
                        }
                        has_any = true;
                        out(item)
                    })?;
                    if has_any {
                        return Ok(());
                    }
                    node = right;
                    continue;
                }
                Op::Define(function, rest) => {
                    environment = environment.with(Entry::Function(function));
                    node = rest;
                    continue;
                }
                Op::CallParameter(index) => {
                    let Some(Entry::Filter(filter, outer)) = environment.at(*index) else { return Ok(()) };
                    let (filter, outer) = (*filter, outer.clone());
                    (node, environment) = (filter, outer);
                    continue;
                }
                Op::Call(..) | Op::CallLibrary(..) => match self.call(node, &environment, &input) {
                    Ok(Some((body, inner))) => {
                        (node, environment) = (body, inner);
                        continue;
                    }
                    Ok(None) => self.call_with_each(node, &environment, &input, out),
                    Err(stop) => Err(stop),
                },
                _ => self.step(node, &environment, input, out),
            };
            return ended.map_err(|stop| stop.at(span));
        }
    }

    /// Runs terms as long as each has one output; the rest is left.
    fn singles(
        &self,
        nodes: &'p [Node],
        environment: &Environment<'p>,
        input: Item,
    ) -> Result<(Item, &'p [Node]), Stop> {
        let (mut input, mut rest) = (input, nodes);
        while let Some((first, after)) = rest.split_first() {
            if !(first.is_single && input.is_plain()) {
                break;
            }
            input = Item::of(self.one(first, environment, input.value).map_err(|stop| stop.at(first.span))?);
            rest = after;
        }
        Ok((input, rest))
    }

    fn pipe(
        &self,
        nodes: &'p [Node],
        last: &'p Node,
        environment: &Environment<'p>,
        input: Item,
        out: Out<'_>,
    ) -> Flow {
        match nodes.split_first() {
            None => self.eval(last, environment, input, out),
            Some((first, rest)) => {
                self.eval(first, environment, input, &mut |item| self.pipe(rest, last, environment, item, out))
            }
        }
    }

    /// A term that ends with itself.
    fn step(&self, node: &'p Node, environment: &Environment<'p>, input: Item, out: Out<'_>) -> Flow {
        match &node.op {
            Op::Identity => out(input),
            Op::RecurseDefault => self.recurse_default(input, out),
            Op::Constant(value) => out(input.made(value.clone())),
            Op::Variable(_) | Op::Array(_) => {
                let value = self.one(node, environment, input.value.clone())?;
                out(input.made(value))
            }
            // What fails for a value that another term hands on fails here, and not there.
            Op::Index(base, key, lookup) => self.each(key, environment, &input.value, &mut |key| {
                self.eval(base, environment, input.clone(), &mut |base| {
                    out(self.lookup(&base, key.clone(), *lookup).map_err(|stop| stop.at(node.span))?)
                })
            }),
            Op::Slice(base, from, to) => self.each_or_null(from.as_deref(), environment, &input.value, &mut |from| {
                self.each_or_null(to.as_deref(), environment, &input.value, &mut |to| {
                    let from = from.clone();
                    self.eval(base, environment, input.clone(), &mut |base| {
                        out(slice(&base, from.clone(), to.clone()).map_err(|stop| stop.at(node.span))?)
                    })
                })
            }),
            Op::Iterate(base) => self.eval(base, environment, input, &mut |base| {
                self.iterate(&base, out).map_err(|stop| stop.at(node.span))
            }),
            Op::Try(body, handler) => self.attempt(body, handler.as_deref(), environment, input, out),
            Op::Reduce(fold) => self.reduce(fold, environment, &input, out),
            Op::Foreach(fold) => self.foreach(fold, environment, &input, out),
            Op::Bind(source, patterns, body) => self.each(source, environment, &input.value, &mut |value| {
                self.bind(patterns, environment, &input.value, &value, &mut |inner| {
                    self.eval(body, inner, input.clone(), out)
                })
            }),
            Op::Label(body) => {
                let label = self.new_label();
                match self.eval(body, &environment.with(Entry::Label(label)), input, out) {
                    Err(Stop::Break(found)) if found == label => Ok(()),
                    ended => ended,
                }
            }
            Op::Break(index) => match environment.at(*index) {
                Some(Entry::Label(label)) => Err(Stop::Break(*label)),
                _ => Ok(()),
            },
            Op::Special(special, arguments) => self.special(*special, (arguments, node.span), environment, input, out),
            _ => self.many(node, environment, &input.value, &mut |value| out(input.made(value))),
        }
    }

    /// Runs a term for its values alone.
    pub(super) fn each(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
        input: &Value,
        out: &mut dyn FnMut(Value) -> Flow,
    ) -> Flow {
        if node.is_single {
            return out(self.one(node, environment, input.clone())?);
        }
        self.eval(node, environment, Item::of(input.clone()), &mut |item| out(item.value))
    }

    pub(super) fn each_or_null(
        &self,
        node: Option<&'p Node>,
        environment: &Environment<'p>,
        input: &Value,
        out: &mut dyn FnMut(Value) -> Flow,
    ) -> Flow {
        match node {
            Some(node) => self.each(node, environment, input, out),
            None => out(Value::Null),
        }
    }

    /// What stands in a value under a key.
    fn lookup(&self, base: &Item, key: Value, lookup: Option<usize>) -> Result<Item, Stop> {
        if base.is_lost() {
            let (key, base) = (json::write::to_text(&key), json::write::to_text(&base.value));
            let message = format!("Invalid path expression near attempt to access element {key} of {base}");
            return Err(error(message).into());
        }
        let value = operators::index(&base.value, &key)?;
        self.note_lookup(lookup, &value);
        Ok(base.child(key, value))
    }

    pub(super) fn iterate(&self, base: &Item, out: Out<'_>) -> Flow {
        if base.is_lost() {
            let base = json::write::to_text(&base.value);
            let message = format!("Invalid path expression near attempt to iterate through {base}");
            return Err(error(message).into());
        }
        match &base.value {
            Value::Array(items) => {
                for (index, item) in items.0.iter().enumerate() {
                    let key = if base.is_plain() { Value::Null } else { Value::count(index) };
                    out(base.child(key, item.clone()))?;
                }
            }
            Value::Object(entries) => {
                for (key, value) in &entries.0 {
                    out(base.child(Value::String(Rc::clone(key)), value.clone()))?;
                }
            }
            value => return Err(iteration::cannot_iterate(value).into()),
        }
        Ok(())
    }

    /// A value and all that is in it.
    fn recurse_default(&self, input: Item, out: Out<'_>) -> Flow {
        self.check()?;
        let inner = if input.value.is_container() { Some(input.clone()) } else { None };
        out(input)?;
        match inner {
            Some(inner) => self.iterate(&inner, &mut |item| self.recurse_default(item, out)),
            None => Ok(()),
        }
    }

    /// `try`: failures of `body`, and not of what comes after it.
    fn attempt(
        &self,
        body: &'p Node,
        handler: Option<&'p Node>,
        environment: &Environment<'p>,
        input: Item,
        out: Out<'_>,
    ) -> Flow {
        let mut passed = None;
        let track = input.made(Value::Number(f64::NAN));
        let ended = self.eval(body, environment, input, &mut |item| {
            out(item).map_err(|stop| {
                passed = Some(stop);
                Stop::Break(PASSED)
            })
        });
        match (passed, ended, handler) {
            (Some(stop), ..) => Err(stop),
            (None, Err(Stop::Failed(failure)), Some(handler)) => {
                self.eval(handler, environment, track.made(failure.value), out)
            }
            (None, Err(Stop::Failed(_)), None) => Ok(()),
            (None, ended, _) => ended,
        }
    }

    /// Which branch is taken, where each condition has one value.
    fn branch(
        &self,
        branches: &'p [(Node, Node)],
        environment: &Environment<'p>,
        input: &Item,
    ) -> Result<Branch<'p>, Stop> {
        if !branches.iter().all(|(condition, _)| condition.is_single) {
            return Ok(Branch::Many);
        }
        for (condition, body) in branches {
            let value = self.one(condition, environment, input.value.clone());
            if value.map_err(|stop| stop.at(condition.span))?.is_true() {
                return Ok(Branch::Taken(body));
            }
        }
        Ok(Branch::None)
    }

    fn branches(
        &self,
        branches: &'p [(Node, Node)],
        otherwise: Option<&'p Node>,
        environment: &Environment<'p>,
        input: &Item,
        out: Out<'_>,
    ) -> Flow {
        let Some(((condition, body), rest)) = branches.split_first() else {
            return match otherwise {
                Some(otherwise) => self.eval(otherwise, environment, input.clone(), out),
                None => out(input.clone()),
            };
        };
        self.each(condition, environment, &input.value, &mut |value| match value.is_true() {
            true => self.eval(body, environment, input.clone(), out),
            false => self.branches(rest, otherwise, environment, input, out),
        })
    }

    /// The paths of a path expression.
    pub(super) fn paths(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
        input: &Value,
        out: &mut dyn FnMut(Path) -> Flow,
    ) -> Flow {
        self.eval(node, environment, Item::at_start(input.clone()), &mut |item| match item.track {
            Track::At(path) => out(path),
            Track::Off | Track::Lost => {
                let result = json::write::to_text(&item.value);
                Err(error(format!("Invalid path expression with result {result}")).into())
            }
        })
    }
}

/// Which branch of a condition is taken.
enum Branch<'p> {
    Taken(&'p Node),
    None,
    /// It depends on which of several values a condition has.
    Many,
}

fn slice(base: &Item, from: Value, to: Value) -> Result<Item, Stop> {
    let value = operators::slice(&base.value, &from, &to)?;
    if base.is_plain() {
        return Ok(Item::of(value));
    }
    if base.is_lost() {
        let base = json::write::to_text(&base.value);
        return Err(error(format!("Invalid path expression near attempt to access a slice of {base}")).into());
    }
    let range = [("start", from), ("end", to)].into_iter().map(|(key, value)| (Rc::from(key), value)).collect();
    Ok(base.child(Value::object(range), value))
}
