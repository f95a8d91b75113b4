//! Looking up, setting and deleting by paths: arrays of keys, indices and ranges.

use std::rc::Rc;

use super::{
    answer::{Answer, Function, error, shown},
    operators::{bounds, cannot_index, index, position},
};
use crate::{
    stack,
    value::{Map, Value},
};

/// The longest array that setting an index makes.
const MAX_LENGTH: f64 = 536_870_911.0;

pub const FUNCTIONS: &[(&str, usize, Function)] = &[("setpath", 2, set_path), ("delpaths", 1, delete_paths)];

fn path_of(value: &Value) -> Result<&[Value], Value> {
    value.items().map(Vec::as_slice).ok_or_else(|| error("Path must be specified as an array"))
}

fn set_path(input: Value, arguments: &[Value]) -> Answer {
    let [path, value] = arguments else { return Ok(input) };
    set(input, path_of(path)?, value.clone())
}

fn delete_paths(input: Value, arguments: &[Value]) -> Answer {
    let paths = arguments.first().and_then(Value::items);
    let Some(paths) = paths else { return Err(error("Paths must be specified as an array")) };
    let paths = paths.iter().map(|path| path_of(path).map(<[Value]>::to_vec));
    delete(input, paths.collect::<Result<_, _>>()?)
}

/// What stands at a path; null where nothing does.
pub fn get(value: &Value, path: &[Value]) -> Answer {
    let mut found = value.clone();
    for key in path {
        if matches!(found, Value::Null) {
            return Ok(Value::Null);
        }
        found = index(&found, key)?;
    }
    Ok(found)
}

fn is_range(key: &Value) -> bool {
    matches!(key, Value::Object(_))
}

fn too_deep() -> Value {
    error("nested too deep")
}

/// The same with another value at a path. What only `value` has is changed in its place.
pub fn set(value: Value, path: &[Value], new: Value) -> Answer {
    let mut new = Some(new);
    update(value, path, &mut |_| Ok(new.take().unwrap_or(Value::Null)))
}

/// The same with what `change` makes of the value at a path.
pub fn update<E: From<Value>>(
    value: Value,
    path: &[Value],
    change: &mut dyn FnMut(Value) -> Result<Value, E>,
) -> Result<Value, E> {
    let Some((key, rest)) = path.split_first() else { return change(value) };
    if stack::is_low() {
        return Err(too_deep().into());
    }
    match (value, key) {
        (Value::Null, Value::String(key)) => {
            let mut map = Map::default();
            map.insert(Rc::clone(key), update(Value::Null, rest, change)?);
            Ok(Value::object(map))
        }
        (Value::Object(mut entries), Value::String(key)) => {
            let slot = Rc::make_mut(&mut entries).0.entry(Rc::clone(key)).or_insert(Value::Null);
            *slot = update(std::mem::replace(slot, Value::Null), rest, change)?;
            Ok(Value::Object(entries))
        }
        (Value::Null, key @ (Value::Number(_) | Value::Literal(_))) => {
            update_item(Value::array(Vec::new()), key, rest, change)
        }
        (value @ Value::Array(_), key @ (Value::Number(_) | Value::Literal(_))) => {
            update_item(value, key, rest, change)
        }
        (value @ (Value::Null | Value::Array(_)), key) if is_range(key) => update_range(&value, key, rest, change),
        (Value::String(_), key) if is_range(key) => Err(error("Cannot update string slices").into()),
        (value, Value::Array(_)) if value.items().is_some() => {
            Err(error("Cannot update field at array index of array").into())
        }
        (value, key) => Err(cannot_index(&value, key).into()),
    }
}

fn update_item<E: From<Value>>(
    value: Value,
    key: &Value,
    rest: &[Value],
    change: &mut dyn FnMut(Value) -> Result<Value, E>,
) -> Result<Value, E> {
    let Value::Array(mut items) = value else { return Ok(value) };
    let number = key.number().unwrap_or(f64::NAN);
    let Some(place) = position(number, items.0.len()) else {
        return Err(error("Out of bounds negative array index").into());
    };
    if number > MAX_LENGTH {
        return Err(error("Array index too large").into());
    }
    let list = &mut Rc::make_mut(&mut items).0;
    if place >= list.len() {
        list.resize(place + 1, Value::Null);
    }
    if let Some(slot) = list.get_mut(place) {
        *slot = update(std::mem::replace(slot, Value::Null), rest, change)?;
    }
    Ok(Value::Array(items))
}

fn update_range<E: From<Value>>(
    value: &Value,
    key: &Value,
    rest: &[Value],
    change: &mut dyn FnMut(Value) -> Result<Value, E>,
) -> Result<Value, E> {
    let part = index(value, key).map_err(E::from)?;
    let new = update(part, rest, change)?;
    let Some(new) = new.items() else {
        return Err(error("A slice of an array can only be assigned another array").into());
    };
    let old = value.items().map(Vec::as_slice).unwrap_or_default();
    let (start, end) = range(key, old.len());
    let mut list = old.get(..start).unwrap_or_default().to_vec();
    list.extend(new.iter().cloned());
    list.extend(old.get(end..).unwrap_or_default().iter().cloned());
    Ok(Value::array(list))
}

fn range(key: &Value, length: usize) -> (usize, usize) {
    let bound = |name: &str| key.entries().and_then(|map| map.get(name)).cloned().unwrap_or(Value::Null);
    bounds(&bound("start"), &bound("end"), length)
}

/// The same without what stands at the paths. All paths are those of the value as it is given.
pub fn delete(value: Value, mut paths: Vec<Vec<Value>>) -> Answer {
    paths.sort_by(|left, right| {
        let pairs = left.iter().zip(right).map(|(left, right)| left.compare(right));
        pairs.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| left.len().cmp(&right.len()))
    });
    let paths: Vec<&[Value]> = paths.iter().map(Vec::as_slice).collect();
    delete_sorted(value, &paths)
}

/// Deletes sorted paths: those that begin alike stand together.
fn delete_sorted(value: Value, paths: &[&[Value]]) -> Answer {
    let Some((first, _)) = paths.split_first() else { return Ok(value) };
    if first.is_empty() || matches!(value, Value::Null) {
        return Ok(Value::Null);
    }
    if stack::is_low() {
        return Err(too_deep());
    }
    let mut value = value;
    let mut gone: Vec<&Value> = Vec::new();
    for group in paths.chunk_by(|left, right| match (left.first(), right.first()) {
        (Some(left), Some(right)) => left.equals(right),
        _ => false,
    }) {
        let Some((key, rest)) = group.first().and_then(|path| path.split_first()) else { continue };
        if rest.is_empty() {
            gone.push(key);
            continue;
        }
        let inner: Vec<&[Value]> = group.iter().filter_map(|path| path.get(1..)).collect();
        // What is not there is not made to delete in it.
        if matches!(index(&value, key)?, Value::Null) {
            continue;
        }
        value = update(value, std::slice::from_ref(key), &mut |old| delete_sorted(old, &inner))?;
    }
    delete_keys(value, &gone)
}

/// Deletes keys of one value.
fn delete_keys(value: Value, keys: &[&Value]) -> Answer {
    if keys.is_empty() {
        return Ok(value);
    }
    match value {
        Value::Object(mut entries) => {
            let mut names = std::collections::HashSet::new();
            for key in keys {
                let Some(name) = key.text() else {
                    return Err(error(format!("Cannot delete field at object index of {}", key.kind())));
                };
                names.insert(name);
            }
            Rc::make_mut(&mut entries).0.retain(|key, _| !names.contains(&**key));
            Ok(Value::Object(entries))
        }
        Value::Array(mut items) => {
            let length = items.0.len();
            let mut is_gone = vec![false; length];
            for key in keys {
                let (start, end) = match key {
                    Value::Number(_) | Value::Literal(_) => {
                        let place = position(key.number().unwrap_or(f64::NAN), length).unwrap_or(length);
                        (place, place.saturating_add(1))
                    }
                    key if is_range(key) => range(key, length),
                    Value::String(_) => return Err(error("Cannot delete field at array index of array")),
                    key => return Err(error(format!("Cannot delete field at array index of {}", key.kind()))),
                };
                is_gone.iter_mut().take(end).skip(start).for_each(|gone| *gone = true);
            }
            let mut gone = is_gone.into_iter();
            Rc::make_mut(&mut items).0.retain(|_| !gone.next().unwrap_or_default());
            Ok(Value::Array(items))
        }
        Value::Null => Ok(Value::Null),
        value => match keys.first() {
            Some(Value::String(key)) => Err(error(format!("Cannot delete field \"{key}\" of {}", shown(&value)))),
            _ => Err(error(format!("Cannot delete element of {}", shown(&value)))),
        },
    }
}
