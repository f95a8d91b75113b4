//! Calling functions: what their parameters stand for.

use super::{
    environment::{Entry, Environment},
    flow::{Flow, Item, Stop},
    machine::{Machine, Out},
};
use crate::{
    program::{Function, Node, Op},
    value::Value,
};

impl<'p> Machine<'p> {
    /// The function that a node calls, its arguments, and the environment in which it was defined.
    fn callee(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
    ) -> Option<(&'p Function, &'p [Node], Environment<'p>)> {
        match &node.op {
            Op::Call(index, arguments) => {
                let outer = environment.up(*index)?;
                let Some(Entry::Function(function)) = outer.entry() else { return None };
                Some((function, arguments, outer.clone()))
            }
            Op::CallLibrary(place, arguments) => {
                let function = self.program.library.get(*place)?;
                Some((function, arguments, Environment::default().with(Entry::Function(function))))
            }
            _ => None,
        }
    }

    /// The body of the function that a node calls, and its environment. `None` where an argument that is a value may have
    /// several: then the body is run for each.
    pub(super) fn call(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
        input: &Item,
    ) -> Result<Option<(&'p Node, Environment<'p>)>, Stop> {
        let Some((function, arguments, mut inner)) = self.callee(node, environment) else { return Ok(None) };
        if function.values.iter().zip(arguments).any(|(is_value, argument)| *is_value && !argument.is_single) {
            return Ok(None);
        }
        for (is_value, argument) in function.values.iter().zip(arguments) {
            let entry = match is_value {
                true => Entry::Variable(self.one(argument, environment, input.value.clone())?),
                false => filter(argument, environment),
            };
            inner = inner.with(entry);
        }
        Ok(Some((&function.body, inner)))
    }

    /// Runs the function that a node calls for each value of its arguments.
    pub(super) fn call_with_each(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
        input: &Item,
        out: Out<'_>,
    ) -> Flow {
        let Some((function, arguments, inner)) = self.callee(node, environment) else { return Ok(()) };
        let pairs: Vec<(bool, &'p Node)> = function.values.iter().copied().zip(arguments).collect();
        self.with_arguments(&pairs, environment, &inner, &input.value, &mut |inner| {
            self.eval(&function.body, inner, input.clone(), out)
        })
    }

    /// The environments of all values of arguments; the first is the outer loop.
    fn with_arguments(
        &self,
        arguments: &[(bool, &'p Node)],
        environment: &Environment<'p>,
        inner: &Environment<'p>,
        input: &Value,
        run: &mut dyn FnMut(&Environment<'p>) -> Flow,
    ) -> Flow {
        match arguments.split_first() {
            None => run(inner),
            Some(((false, argument), rest)) => {
                self.with_arguments(rest, environment, &inner.with(filter(argument, environment)), input, run)
            }
            Some(((true, argument), rest)) => self.each(argument, environment, input, &mut |value| {
                self.with_arguments(rest, environment, &inner.with(Entry::Variable(value)), input, run)
            }),
        }
    }
}

/// An argument that is a filter. One that only passes a parameter on is that parameter, so that a function that calls itself
/// with its own parameters does not make a chain of them.
fn filter<'p>(argument: &'p Node, environment: &Environment<'p>) -> Entry<'p> {
    if let Op::CallParameter(index) = &argument.op
        && let Some(Entry::Filter(node, outer)) = environment.at(*index)
    {
        return Entry::Filter(node, outer.clone());
    }
    Entry::Filter(argument, environment.clone())
}
