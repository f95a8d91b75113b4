//! Functions that run their arguments.

use std::cmp::Ordering;

use super::{
    environment::Environment,
    flow::{End, Flow, Item, Stop},
    machine::{Machine, Out},
};
use crate::{
    builtins::{
        answer::{error, shown},
        iteration, operators, paths, regex,
        special::Special,
    },
    json,
    program::Node,
    syntax::term::Span,
    value::{Map, Value},
};

impl<'p> Machine<'p> {
    /// Runs a function that takes filters.
    pub(super) fn special(
        &self,
        special: Special,
        (arguments, span): (&'p [Node], Option<Span>),
        environment: &Environment<'p>,
        input: Item,
        out: Out<'_>,
    ) -> Flow {
        let one = Call { machine: self, environment, span };
        match (special, arguments) {
            (Special::Empty, _) => Ok(()),
            (Special::Halt, _) => Err(End::Halted.into()),
            (Special::Debug, _) => out(input),
            (Special::Select, [filter]) => self.each(filter, environment, &input.value, &mut |value| {
                if value.is_true() { out(input.clone()) } else { Ok(()) }
            }),
            (Special::Path, [filter]) => {
                self.paths(filter, environment, &input.value, &mut |path| out(input.made(Value::array(path.keys()))))
            }
            (Special::Paths, _) => one.all_paths(&input, out),
            (Special::GetPath, [filter]) => self.each(filter, environment, &input.value, &mut |path| {
                out(at_path(&input, &path).map_err(|stop| stop.at(span))?)
            }),
            (Special::Pick, [filter]) => out(input.made(one.pick(filter, &input.value)?)),
            (Special::Delete, [filter]) => {
                let targets = self.targets(filter, environment, &input.value)?;
                out(input.made(paths::delete(input.value.clone(), targets)?))
            }
            (Special::Recurse, [filter]) => one.recurse(filter, input, out),
            (Special::Range, [upto]) => self.each(upto, environment, &input.value, &mut |upto| {
                one.range(&Value::Number(0.0), &upto, &Value::Number(1.0), &input, out)
            }),
            (Special::RangeFrom, [from, upto]) => self.each(from, environment, &input.value, &mut |from| {
                self.each(upto, environment, &input.value, &mut |upto| {
                    one.range(&from, &upto, &Value::Number(1.0), &input, out)
                })
            }),
            (Special::RangeStep, [from, upto, by]) => self.each(from, environment, &input.value, &mut |from| {
                self.each(upto, environment, &input.value, &mut |upto| {
                    self.each(by, environment, &input.value, &mut |by| one.range(&from, &upto, &by, &input, out))
                })
            }),
            (Special::Limit, [count, filter]) => {
                self.each(count, environment, &input.value, &mut |count| one.limit(&count, filter, input.clone(), out))
            }
            (Special::First, [filter]) => one.limit(&Value::Number(1.0), filter, input, out),
            (Special::Last, [filter]) => {
                let mut last = input.made(Value::Number(f64::NAN)).made(Value::Null);
                self.eval(filter, environment, input, &mut |item| {
                    last = item;
                    Ok(())
                })?;
                out(last)
            }
            (Special::IsEmpty, [filter]) => {
                let is_empty = self.first(filter, environment, input.value.clone())?.is_none();
                out(input.made(Value::Bool(is_empty)))
            }
            (Special::Any | Special::All, arguments) => {
                let wanted = special == Special::Any;
                let is_found = one.finds(wanted, arguments, &input.value)?;
                out(input.made(Value::Bool(is_found == wanted)))
            }
            (Special::AddOf, [filter]) => {
                let mut sum = Value::Null;
                self.each(filter, environment, &input.value, &mut |value| {
                    sum = operators::add(std::mem::replace(&mut sum, Value::Null), value)?;
                    Ok(())
                })?;
                out(input.made(sum))
            }
            (Special::SortBy | Special::GroupBy | Special::UniqueBy | Special::MinBy | Special::MaxBy, [filter]) => {
                out(input.made(one.by_key(special, filter, &input.value)?))
            }
            (Special::FromStream, [filter]) => one.build(filter, &input, out),
            (Special::Walk, [filter]) => one.walk(filter, &input.value, &mut |value| out(input.made(value))),
            (Special::Substitute | Special::SubstituteAll, [pattern, replacement, flags @ ..]) => {
                let is_global = special == Special::SubstituteAll;
                self.each(pattern, environment, &input.value, &mut |pattern| {
                    self.each_or_null(flags.first(), environment, &input.value, &mut |flags| {
                        one.substitute(&pattern, &flags, is_global, replacement, &input, out)
                    })
                })
            }
            _ => Ok(()),
        }
    }
}

/// A machine with the environment of a call.
struct Call<'m, 'p> {
    machine: &'m Machine<'p>,
    environment: &'m Environment<'p>,
    /// Where it stands in the filter.
    span: Option<Span>,
}

impl<'p> Call<'_, 'p> {
    fn all_paths(&self, input: &Item, out: Out<'_>) -> Flow {
        fn below(call: &Call<'_, '_>, item: &Item, input: &Item, out: Out<'_>) -> Flow {
            call.machine.check()?;
            call.machine.iterate(item, &mut |inner| {
                if let super::flow::Track::At(path) = &inner.track {
                    out(input.made(Value::array(path.keys())))?;
                }
                if inner.value.is_container() { below(call, &inner, input, out) } else { Ok(()) }
            })
        }
        if !input.value.is_container() {
            return Ok(());
        }
        below(self, &Item::at_start(input.value.clone()), input, out)
    }

    /// What stands at some paths, where it stands.
    fn pick(&self, filter: &'p Node, input: &Value) -> Result<Value, Stop> {
        let mut picked = Value::Null;
        self.machine.paths(filter, self.environment, input, &mut |path| {
            let keys = path.keys();
            let found = paths::get(input, &keys)?;
            picked = paths::set(std::mem::replace(&mut picked, Value::Null), &keys, found)?;
            Ok(())
        })?;
        Ok(picked)
    }

    fn recurse(&self, filter: &'p Node, input: Item, out: Out<'_>) -> Flow {
        let mut input = input;
        loop {
            self.machine.check()?;
            out(input.clone())?;
            // A chain needs no recursion.
            if !filter.is_single || !input.is_plain() {
                return self.machine.eval(filter, self.environment, input, &mut |item| self.recurse(filter, item, out));
            }
            input = Item::of(self.machine.one(filter, self.environment, input.value)?);
        }
    }

    fn range(&self, from: &Value, upto: &Value, by: &Value, input: &Item, out: Out<'_>) -> Flow {
        let (Some(from), Some(upto), Some(by)) = (from.number(), upto.number(), by.number()) else {
            return Err(Stop::from(error("Range bounds must be numeric")).at(self.span));
        };
        let mut number = from;
        while by > 0.0 && number < upto || by < 0.0 && number > upto {
            self.machine.check()?;
            out(input.made(Value::Number(number)))?;
            let next = number + by;
            // Beyond 2^53 a small step is none.
            if next == number {
                return Err(Stop::from(error("the step of a range is too small")).at(self.span));
            }
            number = next;
        }
        Ok(())
    }

    /// The first outputs of a filter; all where the count is negative, as in jq 1.7.
    fn limit(&self, count: &Value, filter: &'p Node, input: Item, out: Out<'_>) -> Flow {
        let Some(count) = count.number() else {
            return Err(Stop::from(error(format!("{} is no number of results", shown(count)))).at(self.span));
        };
        if count < 0.0 {
            return self.machine.eval(filter, self.environment, input, out);
        }
        if count == 0.0 {
            return Ok(());
        }
        let label = self.machine.new_label();
        let mut left = count;
        let ended = self.machine.eval(filter, self.environment, input, &mut |item| {
            left -= 1.0;
            out(item)?;
            if left > 0.0 { Ok(()) } else { Err(Stop::Break(label)) }
        });
        match ended {
            Err(Stop::Break(at)) if at == label => Ok(()),
            ended => ended,
        }
    }

    /// Whether a condition is `wanted` for any value. The arguments are as those of `any` and `all`: none, the condition, or
    /// where the values come from and the condition.
    fn finds(&self, wanted: bool, arguments: &'p [Node], input: &Value) -> Result<bool, Stop> {
        let label = self.machine.new_label();
        let mut test = |value: Value| -> Flow {
            let mut check = |condition: Value| {
                if condition.is_true() == wanted { Err(Stop::Break(label)) } else { Ok(()) }
            };
            match arguments.last() {
                Some(condition) => self.machine.each(condition, self.environment, &value, &mut check),
                None => check(value),
            }
        };
        let ended = match arguments {
            [source, _] => self.machine.each(source, self.environment, input, &mut test),
            _ => iteration::values(input)
                .map_err(Stop::from)
                .and_then(|mut values| values.try_for_each(|value| test(value.clone()))),
        };
        match ended {
            Err(Stop::Break(at)) if at == label => Ok(true),
            Err(stop) => Err(stop),
            Ok(()) => Ok(false),
        }
    }

    /// Functions that order the items of an array by what a filter makes of them.
    fn by_key(&self, special: Special, filter: &'p Node, input: &Value) -> Result<Value, Stop> {
        let Some(items) = input.items() else {
            return Err(match special {
                Special::SortBy => error(format!("{} cannot be sorted, as it is not an array", shown(input))),
                _ => iteration::cannot_iterate(input),
            }
            .into());
        };
        let mut pairs = Vec::with_capacity(items.len());
        for item in items {
            let mut key = Vec::new();
            self.machine.each(filter, self.environment, item, &mut |value| {
                key.push(value);
                Ok(())
            })?;
            pairs.push((Value::array(key), item.clone()));
        }
        let compare = |left: &(Value, Value), right: &(Value, Value)| left.0.compare(&right.0);
        if let Special::MinBy | Special::MaxBy = special {
            // Of equals, the first least and the last greatest.
            let is_better = |order: Ordering| if special == Special::MinBy { order.is_lt() } else { order.is_ge() };
            let best =
                pairs.into_iter().reduce(|best, pair| if is_better(compare(&pair, &best)) { pair } else { best });
            return Ok(best.map_or(Value::Null, |(_, item)| item));
        }
        pairs.sort_by(compare);
        if special == Special::SortBy {
            return Ok(Value::array(pairs.into_iter().map(|(_, item)| item).collect()));
        }
        let groups = pairs.chunk_by(|left, right| compare(left, right).is_eq());
        Ok(Value::array(match special {
            Special::GroupBy => {
                groups.map(|group| Value::array(group.iter().map(|(_, item)| item.clone()).collect())).collect()
            }
            _ => groups.filter_map(|group| group.first().map(|(_, item)| item.clone())).collect(),
        }))
    }

    /// Values from the events that `tostream` makes.
    fn build(&self, filter: &'p Node, input: &Item, out: Out<'_>) -> Flow {
        let mut built = Value::Null;
        self.machine.each(filter, self.environment, &input.value, &mut |event| {
            let event = event.items().map(Vec::as_slice).unwrap_or_default();
            let Some(path) = event.first().and_then(Value::items) else {
                return Err(error("an event of a stream is an array with a path").into());
            };
            if let Some(leaf) = event.get(1) {
                built = paths::set(std::mem::replace(&mut built, Value::Null), path, leaf.clone())?;
            }
            // A leaf at the top, or the end of what is at the top.
            if path.len() == usize::from(event.len() == 1) {
                out(input.made(std::mem::replace(&mut built, Value::Null)))?;
            }
            Ok(())
        })
    }

    /// Applies a filter to all that is in a value, then to the value.
    fn walk(&self, filter: &'p Node, value: &Value, out: &mut dyn FnMut(Value) -> Flow) -> Flow {
        self.machine.check()?;
        let inner = match value {
            Value::Array(items) => {
                let mut walked = Vec::with_capacity(items.0.len());
                for item in &items.0 {
                    self.walk(filter, item, &mut |value| {
                        walked.push(value);
                        Ok(())
                    })?;
                }
                Value::array(walked)
            }
            Value::Object(entries) => {
                let mut walked = Map::default();
                for (key, value) in &entries.0 {
                    // Of several, the first; of none, no entry.
                    let mut first = None;
                    self.walk(filter, value, &mut |value| {
                        first.get_or_insert(value);
                        Ok(())
                    })?;
                    if let Some(value) = first {
                        walked.insert(std::rc::Rc::clone(key), value);
                    }
                }
                Value::object(walked)
            }
            value => value.clone(),
        };
        self.machine.each(filter, self.environment, &inner, out)
    }

    /// `sub` and `gsub`. The replacement sees the named groups of a match. Where it has several values, there are as many
    /// results: the first of each match, then the second of each.
    fn substitute(
        &self,
        pattern: &Value,
        flags: &Value,
        is_global: bool,
        replacement: &'p Node,
        input: &Item,
        out: Out<'_>,
    ) -> Flow {
        if !matches!(pattern, Value::String(_) | Value::Array(_)) {
            return Err(Stop::from(error(format!("{} is not a string", shown(pattern)))).at(self.span));
        }
        let found = regex::find(&input.value, pattern, flags, is_global);
        let found = found.map_err(|error| Stop::from(error).at(self.span))?;
        let text = input.value.text().unwrap_or_default();
        let (mut results, mut start): (Vec<String>, usize) = (Vec::new(), 0);
        for one in &found.found {
            let mut number = 0;
            self.machine.each(replacement, self.environment, &found.captured(one, text), &mut |value| {
                if results.len() == number {
                    results.push(String::new());
                }
                let Some(result) = results.get_mut(number) else { return Ok(()) };
                result.push_str(text.get(start..one.start).unwrap_or_default());
                match &value {
                    Value::String(part) => result.push_str(part),
                    other => {
                        let before = shown(&Value::string(result.as_str()));
                        let message = format!("{before} and {} cannot be added", shown(other));
                        return Err(Stop::from(error(message)).at(self.span));
                    }
                }
                number += 1;
                Ok(())
            })?;
            start = one.end;
        }
        if results.is_empty() {
            return out(input.clone());
        }
        let rest = text.get(start..).unwrap_or_default();
        results.into_iter().try_for_each(|result| out(input.made(Value::string(result + rest))))
    }
}

/// What stands at a path in a value.
fn at_path(input: &Item, path: &Value) -> Result<Item, Stop> {
    let Some(keys) = path.items() else { return Err(error("Path must be specified as an array").into()) };
    if input.is_lost() {
        let value = json::write::to_text(&input.value);
        return Err(error(format!("Invalid path expression with result {value}")).into());
    }
    let value = paths::get(&input.value, keys)?;
    let item = keys.iter().fold(input.clone(), |item, key| item.child(key.clone(), Value::Null));
    Ok(Item { value, track: item.track })
}
