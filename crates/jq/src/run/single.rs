//! Terms that have one output: computed without handing it on.

use std::rc::Rc;

use super::{
    environment::{Entry, Environment},
    flow::{Flow, Item, Stop},
    machine::Machine,
};
use crate::{
    builtins::{
        answer::{error, shown},
        format::Format,
        operators,
    },
    program::{Node, Op, TextPart},
    syntax::term::{Comparison, Span},
    value::{Map, Value},
};

type One = Result<Value, Stop>;

impl<'p> Machine<'p> {
    /// The one output of a term that has one.
    pub(super) fn one(&self, node: &'p Node, environment: &Environment<'p>, input: Value) -> One {
        self.check()?;
        self.one_of(node, environment, input).map_err(|stop| stop.at(node.span))
    }

    fn one_of(&self, node: &'p Node, environment: &Environment<'p>, input: Value) -> One {
        match &node.op {
            Op::Identity => Ok(input),
            Op::Constant(value) => Ok(value.clone()),
            Op::Variable(index) => Ok(match environment.at(*index) {
                Some(Entry::Variable(value)) => value.clone(),
                _ => Value::Null,
            }),
            Op::Array(None) => Ok(Value::array(Vec::new())),
            Op::Array(Some(inner)) => {
                let mut items = Vec::new();
                self.eval(inner, environment, Item::of(input), &mut |item| {
                    items.push(item.value);
                    Ok(())
                })?;
                Ok(Value::array(items))
            }
            Op::Text(format, parts) => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        TextPart::Literal(literal) => text.push_str(literal),
                        TextPart::Interpolation(node) => {
                            let value = self.one(node, environment, input.clone())?;
                            text.push_str(format.apply(&value)?.text().unwrap_or_default());
                        }
                    }
                }
                Ok(Value::string(text))
            }
            Op::Object(entries) => {
                let mut map = Map::default();
                for (key, value) in entries {
                    let key = self.one(key, environment, input.clone())?;
                    map.insert(object_key(&key)?, self.one(value, environment, input.clone())?);
                }
                Ok(Value::object(map))
            }
            Op::Negate(inner) => Ok(operators::negate(&self.one(inner, environment, input)?)?),
            Op::Pipe(nodes) => nodes.iter().try_fold(input, |input, node| self.one(node, environment, input)),
            Op::Arithmetic(arithmetic, left, right) => {
                let right = self.one(right, environment, input.clone())?;
                let left = self.one(left, environment, input)?;
                Ok(operators::calculate(*arithmetic, left, right)?)
            }
            Op::Compare(comparison, left, right, lookup) => {
                let right = self.one(right, environment, input.clone())?;
                let left = self.one(left, environment, input)?;
                Ok(self.compare((*comparison, *lookup), &left, &right))
            }
            Op::Has(function, key, lookup) => {
                let value = function(input, std::slice::from_ref(key))?;
                self.note_lookup(Some(*lookup), if value.is_true() { &value } else { &Value::Null });
                Ok(value)
            }
            Op::And(left, right) => {
                let left = self.one(left, environment, input.clone())?.is_true();
                Ok(Value::Bool(left && self.one(right, environment, input)?.is_true()))
            }
            Op::Or(left, right) => {
                let left = self.one(left, environment, input.clone())?.is_true();
                Ok(Value::Bool(left || self.one(right, environment, input)?.is_true()))
            }
            Op::Index(base, key, lookup) => {
                let key = self.one(key, environment, input.clone())?;
                let base = self.one(base, environment, input)?;
                let value = operators::index(&base, &key)?;
                self.note_lookup(*lookup, &value);
                Ok(value)
            }
            Op::Slice(base, from, to) => {
                let from = from.as_ref().map_or(Ok(Value::Null), |from| self.one(from, environment, input.clone()))?;
                let to = to.as_ref().map_or(Ok(Value::Null), |to| self.one(to, environment, input.clone()))?;
                let base = self.one(base, environment, input)?;
                Ok(operators::slice(&base, &from, &to)?)
            }
            Op::If(branches, otherwise) => {
                for (condition, body) in branches {
                    if self.one(condition, environment, input.clone())?.is_true() {
                        return self.one(body, environment, input);
                    }
                }
                match otherwise {
                    Some(otherwise) => self.one(otherwise, environment, input),
                    None => Ok(input),
                }
            }
            Op::Native(function, arguments) => {
                let values = arguments.iter().map(|argument| self.one(argument, environment, input.clone()));
                let values = values.collect::<Result<Vec<_>, _>>()?;
                Ok(function(input, &values)?)
            }
            Op::Update(paths, change) => self.update(paths, change, environment, input),
            Op::Assign(..) | Op::UpdateWith(..) | Op::UpdateAlternative(..) | Op::Reduce(_) | Op::Special(..) => {
                self.last(node, environment, input)
            }
            // None of these is ever marked to have one output.
            _ => Ok(Value::Null),
        }
    }

    /// The output of a term that hands it on.
    fn last(&self, node: &'p Node, environment: &Environment<'p>, input: Value) -> One {
        let mut found = Value::Null;
        let mut out = |item: Item| {
            found = item.value;
            Ok(())
        };
        match &node.op {
            Op::Reduce(fold) => self.reduce(fold, environment, &Item::of(input), &mut out)?,
            Op::Special(special, arguments) => {
                self.special(*special, (arguments, node.span), environment, Item::of(input), &mut out)?;
            }
            _ => self.assign(node, environment, &input, &mut |value| out(Item::of(value)))?,
        }
        Ok(found)
    }

    /// A term of values that has several outputs, since something in it has.
    pub(super) fn many(
        &self,
        node: &'p Node,
        environment: &Environment<'p>,
        input: &Value,
        out: &mut dyn FnMut(Value) -> Flow,
    ) -> Flow {
        match &node.op {
            Op::Text(format, parts) => self.texts(format, (parts, node.span), environment, input, "", out),
            Op::Object(entries) => self.objects((entries, node.span), environment, input, Map::default(), out),
            Op::Negate(inner) => self.each(inner, environment, input, &mut |value| {
                out(operators::negate(&value).map_err(|error| at(node.span, error))?)
            }),
            // The right side is the outer loop, as in jq.
            Op::Arithmetic(arithmetic, left, right) => self.each(right, environment, input, &mut |right| {
                self.each(left, environment, input, &mut |left| {
                    let value = operators::calculate(*arithmetic, left, right.clone());
                    out(value.map_err(|error| at(node.span, error))?)
                })
            }),
            Op::Compare(comparison, left, right, lookup) => {
                self.compared((*comparison, *lookup), left, right, environment, input, out)
            }
            Op::And(left, right) => self.each(left, environment, input, &mut |left| match left.is_true() {
                false => out(Value::Bool(false)),
                true => self.each(right, environment, input, &mut |right| out(Value::Bool(right.is_true()))),
            }),
            Op::Or(left, right) => self.each(left, environment, input, &mut |left| match left.is_true() {
                true => out(Value::Bool(true)),
                false => self.each(right, environment, input, &mut |right| out(Value::Bool(right.is_true()))),
            }),
            Op::Native(function, arguments) => {
                self.products(arguments, environment, input, Vec::new(), &mut |values| {
                    out(function(input.clone(), values).map_err(|error| at(node.span, error))?)
                })
            }
            Op::Update(..) => out(self.one(node, environment, input.clone())?),
            Op::Assign(..) | Op::UpdateWith(..) | Op::UpdateAlternative(..) => {
                self.assign(node, environment, input, out)
            }
            _ if node.is_single => out(self.one(node, environment, input.clone())?),
            _ => Ok(()),
        }
    }

    fn compared(
        &self,
        comparison: (Comparison, Option<usize>),
        left: &'p Node,
        right: &'p Node,
        environment: &Environment<'p>,
        input: &Value,
        out: &mut dyn FnMut(Value) -> Flow,
    ) -> Flow {
        self.each(right, environment, input, &mut |right| {
            self.each(left, environment, input, &mut |left| out(self.compare(comparison, &left, &right)))
        })
    }

    /// A comparison. Two that are equal are what was looked for.
    fn compare(&self, (comparison, lookup): (Comparison, Option<usize>), left: &Value, right: &Value) -> Value {
        let holds = Value::Bool(operators::compare(comparison, left, right));
        let is_found = holds.is_true() == (comparison == Comparison::Equal);
        self.note_lookup(lookup, if is_found { &Value::Bool(true) } else { &Value::Null });
        holds
    }

    /// Strings of parts, the last of which is the outer loop, as in jq. `after` is what follows.
    fn texts(
        &self,
        format: &Format,
        (parts, span): (&'p [TextPart], Option<Span>),
        environment: &Environment<'p>,
        input: &Value,
        after: &str,
        out: &mut dyn FnMut(Value) -> Flow,
    ) -> Flow {
        match parts.split_last() {
            None => out(Value::string(after)),
            Some((TextPart::Literal(literal), before)) => {
                self.texts(format, (before, span), environment, input, &format!("{literal}{after}"), out)
            }
            Some((TextPart::Interpolation(node), before)) => self.each(node, environment, input, &mut |value| {
                let value = format.apply(&value).map_err(|error| at(span, error))?;
                let text = format!("{}{after}", value.text().unwrap_or_default());
                self.texts(format, (before, span), environment, input, &text, out)
            }),
        }
    }

    /// Objects of entries, the first of which is the outer loop.
    fn objects(
        &self,
        (entries, span): (&'p [(Node, Node)], Option<Span>),
        environment: &Environment<'p>,
        input: &Value,
        map: Map,
        out: &mut dyn FnMut(Value) -> Flow,
    ) -> Flow {
        let Some(((key, value), rest)) = entries.split_first() else { return out(Value::object(map)) };
        self.each(key, environment, input, &mut |key| {
            let key = object_key(&key).map_err(|stop| stop.at(span))?;
            self.each(value, environment, input, &mut |value| {
                let mut map = map.clone();
                map.insert(Rc::clone(&key), value);
                self.objects((rest, span), environment, input, map, out)
            })
        })
    }

    /// All combinations of the values of arguments; the last is the outer loop, as in jq.
    pub(super) fn products(
        &self,
        arguments: &'p [Node],
        environment: &Environment<'p>,
        input: &Value,
        values: Vec<Value>,
        out: &mut dyn FnMut(&[Value]) -> Flow,
    ) -> Flow {
        let Some((last, before)) = arguments.split_last() else {
            let values: Vec<_> = values.into_iter().rev().collect();
            return out(&values);
        };
        self.each(last, environment, input, &mut |value| {
            let mut values = values.clone();
            values.push(value);
            self.products(before, environment, input, values, out)
        })
    }
}

/// What fails, with where it stands.
fn at(span: Option<Span>, error: Value) -> Stop {
    Stop::from(error).at(span)
}

fn object_key(key: &Value) -> Result<Rc<str>, Stop> {
    match key {
        Value::String(key) => Ok(Rc::clone(key)),
        key => Err(error(format!("Cannot use {} as object key", shown(key))).into()),
    }
}
