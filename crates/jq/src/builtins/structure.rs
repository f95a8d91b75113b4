//! Functions of arrays, objects and values of any kind.

use std::{cmp::Ordering, rc::Rc};

use super::{
    answer::{Answer, Function, error, shown},
    iteration::{cannot_iterate, values},
    operators, positions,
};
use crate::{
    json, stack,
    value::{Map, Value},
};

pub const FUNCTIONS: &[(&str, usize, Function)] = &[
    ("length", 0, length),
    ("keys", 0, |input, _| keys(&input, true)),
    ("keys_unsorted", 0, |input, _| keys(&input, false)),
    ("has", 1, has),
    ("contains", 1, |input, arguments| binary(arguments, |other| contains(&input, other))),
    ("add", 0, add),
    ("type", 0, |input, _| Ok(Value::string(input.kind()))),
    ("tojson", 0, |input, _| Ok(Value::string(json::write::to_text(&input)))),
    ("fromjson", 0, from_json),
    ("to_entries", 0, to_entries),
    ("entry", 0, entry),
    ("stream_events", 0, |input, _| Ok(stream_events(&input))),
    ("reverse", 0, reverse),
    ("sort", 0, sort),
    ("unique", 0, unique),
    ("min", 0, |input, _| extreme(&input, Ordering::Less)),
    ("max", 0, |input, _| extreme(&input, Ordering::Greater)),
    ("flatten", 0, |input, _| flatten(&input, f64::INFINITY)),
    ("flatten", 1, |input, arguments| binary(arguments, |depth| flatten_to(&input, depth))),
    ("transpose", 0, transpose),
    ("indices", 1, |input, arguments| binary(arguments, |part| indices(&input, part))),
    ("index", 1, |input, arguments| binary(arguments, |part| Ok(end_of(&indices(&input, part)?, false)))),
    ("rindex", 1, |input, arguments| binary(arguments, |part| Ok(end_of(&indices(&input, part)?, true)))),
    ("bsearch", 1, |input, arguments| binary(arguments, |target| search(&input, target))),
    ("toarray", 0, |input, _| Ok(if input.items().is_some() { input } else { Value::array(vec![input]) })),
    ("have_literal_numbers", 0, |_, _| Ok(Value::Bool(true))),
    ("have_decnum", 0, |_, _| Ok(Value::Bool(true))),
];

/// Calls with the one argument.
fn binary(arguments: &[Value], function: impl FnOnce(&Value) -> Answer) -> Answer {
    function(arguments.first().unwrap_or(&Value::Null))
}

fn length(input: Value, _: &[Value]) -> Answer {
    Ok(match &input {
        Value::Null => Value::Number(0.0),
        Value::Bool(_) => return Err(error(format!("{} has no length", shown(&input)))),
        Value::Number(number) => Value::Number(number.abs()),
        Value::Literal(literal) => Value::Number(literal.value.abs()),
        Value::String(text) => Value::count(text.chars().count()),
        Value::Array(items) => Value::count(items.0.len()),
        Value::Object(entries) => Value::count(entries.0.len()),
    })
}

fn keys(input: &Value, is_sorted: bool) -> Answer {
    Ok(Value::array(match input {
        Value::Object(entries) if is_sorted => {
            Value::sorted_keys(&entries.0).into_iter().map(|key| Value::String(Rc::clone(key))).collect()
        }
        Value::Object(entries) => entries.0.keys().map(|key| Value::String(Rc::clone(key))).collect(),
        Value::Array(items) => (0..items.0.len()).map(Value::count).collect(),
        _ => return Err(error(format!("{} has no keys", shown(input)))),
    }))
}

#[allow(clippy::needless_pass_by_value)]
fn has(input: Value, arguments: &[Value]) -> Answer {
    binary(arguments, |key| match (&input, key) {
        (Value::Null, _) => Ok(Value::Bool(false)),
        (Value::Object(entries), Value::String(key)) => Ok(Value::Bool(entries.0.contains_key(key))),
        (Value::Array(items), Value::Number(_) | Value::Literal(_)) => {
            let index = key.number().unwrap_or(f64::NAN);
            let is_there =
                index >= 0.0 && operators::position(index, items.0.len()).is_some_and(|at| at < items.0.len());
            Ok(Value::Bool(is_there))
        }
        _ => Err(error(format!("Cannot check whether {} has a {} key", input.kind(), key.kind()))),
    })
}

fn contains(input: &Value, other: &Value) -> Answer {
    match (input, other) {
        (Value::Object(_), Value::Object(_))
        | (Value::Array(_), Value::Array(_))
        | (Value::String(_), Value::String(_)) => Ok(Value::Bool(is_within(other, input))),
        _ if input.kind() == other.kind() => Ok(Value::Bool(input.equals(other))),
        _ => Err(error(format!("{} and {} cannot have their containment checked", shown(input), shown(other)))),
    }
}

fn is_within(part: &Value, whole: &Value) -> bool {
    match (whole, part) {
        _ if stack::is_low() => false,
        (Value::Object(whole), Value::Object(part)) => {
            part.0.iter().all(|(key, part)| whole.0.get(key).is_some_and(|whole| is_within(part, whole)))
        }
        (Value::Array(whole), Value::Array(part)) => {
            part.0.iter().all(|part| whole.0.iter().any(|whole| is_within(part, whole)))
        }
        (Value::String(whole), Value::String(part)) => whole.contains(&**part),
        _ => whole.equals(part),
    }
}

#[allow(clippy::needless_pass_by_value)]
fn add(input: Value, _: &[Value]) -> Answer {
    let mut values = values(&input)?;
    let first = values.next().cloned().unwrap_or(Value::Null);
    if let Value::String(first) = &first {
        // The usual case, without a copy for each.
        let mut text = String::from(&**first);
        let mut rest = values.peekable();
        while let Some(Value::String(part)) = rest.peek() {
            text.push_str(part);
            rest.next();
        }
        return rest.try_fold(Value::string(text), |sum, value| operators::add(sum, value.clone()));
    }
    values.try_fold(first, |sum, value| operators::add(sum, value.clone()))
}

#[allow(clippy::needless_pass_by_value)]
fn from_json(input: Value, _: &[Value]) -> Answer {
    let Some(text) = input.text() else { return Err(error(format!("{} cannot be parsed as JSON", shown(&input)))) };
    json::read::parse(text).map_err(|fault| error(format!("{fault} (while parsing '{text}')")))
}

#[allow(clippy::needless_pass_by_value)]
fn to_entries(input: Value, _: &[Value]) -> Answer {
    let pair = |key: Value, value: &Value| {
        Value::object(Map::from_iter([("key".into(), key), ("value".into(), value.clone())]))
    };
    Ok(Value::array(match &input {
        Value::Object(entries) => {
            entries.0.iter().map(|(key, value)| pair(Value::String(Rc::clone(key)), value)).collect()
        }
        Value::Array(items) => items.0.iter().enumerate().map(|(at, item)| pair(Value::count(at), item)).collect(),
        _ => return Err(error(format!("{} has no keys", shown(&input)))),
    }))
}

/// What one entry of `from_entries` adds.
#[allow(clippy::needless_pass_by_value)]
fn entry(input: Value, _: &[Value]) -> Answer {
    let first = |names: &[&str]| -> Answer {
        for name in names {
            let value = operators::index(&input, &Value::string(*name))?;
            // `false` is no key where there is another.
            if value.is_true() {
                return Ok(value);
            }
        }
        Ok(Value::Null)
    };
    let key = match first(&["key", "Key", "name", "Name", "k", "K"])? {
        Value::String(key) => key,
        key @ (Value::Number(_) | Value::Literal(_) | Value::Bool(_)) => json::write::to_text(&key).into(),
        key => return Err(error(format!("Cannot use {} as object key", shown(&key)))),
    };
    let has = |name: &&&str| input.entries().is_some_and(|entries| entries.contains_key(**name));
    let name = ["value", "Value", "v"].iter().find(has).unwrap_or(&"V");
    let value = operators::index(&input, &Value::string(*name))?;
    Ok(Value::object(Map::from_iter([(key, value)])))
}

/// What `tostream` makes: the path and value of each leaf, and the last path of each container.
fn stream_events(input: &Value) -> Value {
    fn add(events: &mut Vec<Value>, path: &mut Vec<Value>, value: &Value) {
        let inner: Vec<(Value, &Value)> = match value {
            _ if stack::is_low() => Vec::new(),
            Value::Array(items) => items.0.iter().enumerate().map(|(at, item)| (Value::count(at), item)).collect(),
            Value::Object(map) => map.0.iter().map(|(key, value)| (Value::String(Rc::clone(key)), value)).collect(),
            _ => Vec::new(),
        };
        let last = inner.last().map(|(key, _)| key.clone());
        for (key, value) in inner {
            path.push(key);
            add(events, path, value);
            path.pop();
        }
        match last {
            None => events.push(Value::array(vec![Value::array(path.clone()), value.clone()])),
            Some(key) => {
                path.push(key);
                events.push(Value::array(vec![Value::array(path.clone())]));
                path.pop();
            }
        }
    }
    let mut events = Vec::new();
    add(&mut events, &mut Vec::new(), input);
    Value::array(events)
}

fn reverse(input: Value, _: &[Value]) -> Answer {
    match input {
        Value::Null => Ok(Value::array(Vec::new())),
        Value::Object(entries) if entries.0.is_empty() => Ok(Value::array(Vec::new())),
        Value::String(text) if text.is_empty() => Ok(Value::array(Vec::new())),
        Value::Array(_) => {
            let mut items = input.into_items().unwrap_or_default();
            items.reverse();
            Ok(Value::array(items))
        }
        input => Err(operators::cannot_index(&input, &Value::Number(0.0))),
    }
}

fn array(input: Value, what: &str) -> Result<Vec<Value>, Value> {
    if input.items().is_none() {
        return Err(error(format!("{} cannot be {what}, as it is not an array", shown(&input))));
    }
    Ok(input.into_items().unwrap_or_default())
}

fn sort(input: Value, _: &[Value]) -> Answer {
    let mut items = array(input, "sorted")?;
    items.sort_by(Value::compare);
    Ok(Value::array(items))
}

fn unique(input: Value, _: &[Value]) -> Answer {
    let Value::Array(_) = &input else { return Err(cannot_iterate(&input)) };
    let mut items = input.into_items().unwrap_or_default();
    items.sort_by(Value::compare);
    items.dedup_by(|next, kept| kept.equals(next));
    Ok(Value::array(items))
}

fn extreme(input: &Value, wanted: Ordering) -> Answer {
    let Some(items) = input.items() else {
        return Err(error(format!("{} and {} cannot be iterated over", shown(input), shown(input))));
    };
    let found = items.iter().reduce(|best, item| {
        // Of equals, the first least and the last greatest.
        let order = item.compare(best);
        if order == wanted || wanted.is_gt() && order.is_eq() { item } else { best }
    });
    Ok(found.cloned().unwrap_or(Value::Null))
}

fn flatten_to(input: &Value, depth: &Value) -> Answer {
    match depth.number() {
        Some(depth) if depth < 0.0 => Err(error("flatten depth must not be negative")),
        Some(depth) => flatten(input, depth),
        None => Err(error("flatten depth must be a number")),
    }
}

fn flatten(input: &Value, depth: f64) -> Answer {
    fn into(flat: &mut Vec<Value>, value: &Value, depth: f64) {
        match value {
            Value::Array(items) if depth >= 0.0 && !stack::is_low() => {
                items.0.iter().for_each(|item| into(flat, item, depth - 1.0));
            }
            value => flat.push(value.clone()),
        }
    }
    let mut flat = Vec::new();
    values(input)?.for_each(|value| into(&mut flat, value, depth - 1.0));
    Ok(Value::array(flat))
}

#[allow(clippy::needless_pass_by_value)]
fn transpose(input: Value, _: &[Value]) -> Answer {
    let Some(rows) = input.items() else { return Err(cannot_iterate(&input)) };
    let mut columns = 0.0_f64;
    for row in rows {
        columns = columns.max(length(row.clone(), &[])?.number().unwrap_or_default());
    }
    let (mut table, mut column) = (Vec::new(), 0.0);
    while column < columns {
        let cells = rows.iter().map(|row| operators::index(row, &Value::Number(column)));
        table.push(Value::array(cells.collect::<Result<_, _>>()?));
        column += 1.0;
    }
    Ok(Value::array(table))
}

fn indices(input: &Value, part: &Value) -> Answer {
    match (input, part) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::Array(items), Value::Array(part)) => Ok(positions::in_array(&items.0, &part.0)),
        (Value::Array(items), part) => Ok(positions::in_array(&items.0, std::slice::from_ref(part))),
        (Value::String(text), Value::String(part)) => Ok(positions::in_text(text, part)),
        _ => operators::index(input, part),
    }
}

/// The first or last of some indices.
fn end_of(indices: &Value, is_last: bool) -> Value {
    let items = indices.items().map(Vec::as_slice).unwrap_or_default();
    let found = if is_last { items.last() } else { items.first() };
    found.cloned().unwrap_or(Value::Null)
}

/// Where a value stands in a sorted array; where it is not there, -1 minus where it belongs.
#[allow(clippy::cast_precision_loss)]
fn search(input: &Value, target: &Value) -> Answer {
    let Some(items) = input.items() else {
        return Err(error(format!("{} cannot be searched from", shown(input))));
    };
    // Which of several equal items is found depends on the way, which is that of jq.
    let (mut start, mut end) = (0, items.len());
    while start < end {
        let middle = start.midpoint(end - 1);
        match items.get(middle).map(|item| item.compare(target)) {
            Some(Ordering::Less) => start = middle + 1,
            Some(Ordering::Greater) => end = middle,
            _ => return Ok(Value::count(middle)),
        }
    }
    Ok(Value::Number(-1.0 - start as f64))
}
