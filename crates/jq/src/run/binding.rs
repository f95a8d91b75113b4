//! Binding values to variables, and terms that do so for each of many.

use super::{
    environment::{Entry, Environment},
    flow::{Flow, Item, Stop},
    machine::{Machine, Out},
};
use crate::{
    builtins::{answer::error, operators},
    program::{Fold, Pattern, PatternEntry, Patterns},
    value::Value,
};

/// A pattern, and the value that it takes apart.
type Pair<'p> = (&'p Pattern, Value);

impl<'p> Machine<'p> {
    /// Takes a value apart and runs `body` with the variables. Where one alternative or the body fails, the next
    /// alternative is tried.
    pub(super) fn bind(
        &self,
        patterns: &'p Patterns,
        environment: &Environment<'p>,
        input: &Value,
        value: &Value,
        body: &mut dyn FnMut(&Environment<'p>) -> Flow,
    ) -> Flow {
        let mut failed = Ok(());
        for pattern in &patterns.alternatives {
            let variables = vec![Value::Null; patterns.variables];
            let ended = self.take_apart(&[(pattern, value.clone())], environment, input, variables, &mut |variables| {
                let with = |inner: Environment<'p>, value: &Value| inner.with(Entry::Variable(value.clone()));
                body(&variables.iter().fold(environment.clone(), with))
            });
            match ended {
                Err(Stop::Failed(failure)) => failed = Err(Stop::Failed(failure)),
                ended => return ended,
            }
        }
        failed
    }

    /// Takes the first of some values apart, then the others.
    fn take_apart(
        &self,
        pairs: &[Pair<'p>],
        environment: &Environment<'p>,
        input: &Value,
        mut variables: Vec<Value>,
        out: &mut dyn FnMut(&[Value]) -> Flow,
    ) -> Flow {
        let Some(((pattern, value), rest)) = pairs.split_first() else { return out(&variables) };
        match pattern {
            Pattern::Variable(number) => {
                set(&mut variables, *number, value);
                self.take_apart(rest, environment, input, variables, out)
            }
            Pattern::Array(items) => {
                if !matches!(value, Value::Null | Value::Array(_)) {
                    return Err(operators::cannot_index(value, &Value::Number(0.0)).into());
                }
                let mut pairs = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    pairs.push((item, operators::index(value, &Value::count(index))?));
                }
                pairs.extend(rest.iter().cloned());
                self.take_apart(&pairs, environment, input, variables, out)
            }
            Pattern::Object(entries) => {
                self.take_entries(entries, value, (Vec::new(), rest), environment, input, variables, out)
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn take_entries(
        &self,
        entries: &'p [PatternEntry],
        value: &Value,
        (inner, rest): (Vec<Pair<'p>>, &[Pair<'p>]),
        environment: &Environment<'p>,
        input: &Value,
        variables: Vec<Value>,
        out: &mut dyn FnMut(&[Value]) -> Flow,
    ) -> Flow {
        let Some((PatternEntry { key, variable, pattern, lookup }, others)) = entries.split_first() else {
            let pairs: Vec<_> = inner.into_iter().chain(rest.iter().cloned()).collect();
            return self.take_apart(&pairs, environment, input, variables, out);
        };
        self.each(key, environment, input, &mut |key| {
            if !matches!(key, Value::String(_)) {
                let message = format!("Cannot index {} with {}", value.kind(), key.kind());
                return Err(error(message).into());
            }
            let found = operators::index(value, &key)?;
            self.note_lookup(*lookup, &found);
            let (mut inner, mut variables) = (inner.clone(), variables.clone());
            if let Some(number) = variable {
                set(&mut variables, *number, &found);
            }
            if let Some(pattern) = pattern {
                inner.push((pattern, found));
            }
            self.take_entries(others, value, (inner, rest), environment, input, variables, out)
        })
    }

    /// `reduce`: the state after all values; null after an update without output.
    pub(super) fn reduce(&self, fold: &'p Fold, environment: &Environment<'p>, input: &Item, out: Out<'_>) -> Flow {
        self.eval(&fold.start, environment, input.clone(), &mut |start| {
            let null = start.made(Value::Number(f64::NAN)).made(Value::Null);
            let mut state = start;
            self.each(&fold.source, environment, &input.value, &mut |value| {
                self.bind(&fold.patterns, environment, &input.value, &value, &mut |inner| {
                    // The update has the only copy, and may change it in its place.
                    let before = std::mem::replace(&mut state, null.clone());
                    self.eval(&fold.update, inner, before, &mut |after| {
                        state = after;
                        Ok(())
                    })
                })
            })?;
            out(state)
        })
    }

    /// `foreach`: each state, or what is extracted from it.
    pub(super) fn foreach(&self, fold: &'p Fold, environment: &Environment<'p>, input: &Item, out: Out<'_>) -> Flow {
        self.eval(&fold.start, environment, input.clone(), &mut |start| {
            let mut state = start;
            self.each(&fold.source, environment, &input.value, &mut |value| {
                self.bind(&fold.patterns, environment, &input.value, &value, &mut |inner| {
                    let before = state.clone();
                    self.eval(&fold.update, inner, before, &mut |after| {
                        state = after.clone();
                        match &fold.extract {
                            Some(extract) => self.eval(extract, inner, after, out),
                            None => out(after),
                        }
                    })
                })
            })
        })
    }
}

fn set(variables: &mut [Value], number: usize, value: &Value) {
    if let Some(variable) = variables.get_mut(number) {
        *variable = value.clone();
    }
}
