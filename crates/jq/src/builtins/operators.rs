//! Arithmetic, comparisons, and what stands in brackets.

use std::{cmp::Ordering, rc::Rc};

use super::{
    answer::{Answer, error, shown},
    positions,
};
use crate::{
    syntax::term::{Arithmetic, Comparison},
    value::{Entries, Items, Map, Value},
};

/// The longest string that `*` makes, in bytes.
const MAX_REPETITION: usize = 64 << 20;

/// `not`
#[allow(clippy::unnecessary_wraps)]
pub fn not(input: Value, _: &[Value]) -> Answer {
    Ok(Value::Bool(!input.is_true()))
}

/// A comparison.
pub fn compare(comparison: Comparison, left: &Value, right: &Value) -> bool {
    let order = || if left.is_nan() { Ordering::Less } else { left.compare(right) };
    match comparison {
        Comparison::Equal => left.equals(right),
        Comparison::NotEqual => !left.equals(right),
        Comparison::Less => order().is_lt(),
        Comparison::LessOrEqual => order().is_le(),
        Comparison::Greater => order().is_gt(),
        Comparison::GreaterOrEqual => order().is_ge(),
    }
}

/// An operation on two values.
pub fn calculate(arithmetic: Arithmetic, left: Value, right: Value) -> Answer {
    match arithmetic {
        Arithmetic::Add => add(left, right),
        Arithmetic::Subtract => subtract(&left, &right),
        Arithmetic::Multiply => multiply(left, right),
        Arithmetic::Divide => divide(&left, &right),
        Arithmetic::Remainder => remainder(&left, &right),
    }
}

fn cannot(left: &Value, right: &Value, what: &str) -> Value {
    error(format!("{} and {} cannot be {what}", shown(left), shown(right)))
}

/// `+`. What only the left side has is extended in its place.
pub fn add(left: Value, right: Value) -> Answer {
    Ok(match (left, right) {
        (Value::Null, other) | (other, Value::Null) => other,
        (Value::String(left), Value::String(right)) => {
            let mut text = String::with_capacity(left.len() + right.len());
            text.push_str(&left);
            text.push_str(&right);
            Value::string(text)
        }
        (Value::Array(mut left), Value::Array(right)) => {
            Rc::make_mut(&mut left).0.extend(right.0.iter().cloned());
            Value::Array(left)
        }
        (Value::Object(mut left), Value::Object(right)) => {
            let map: &mut Entries = Rc::make_mut(&mut left);
            map.0.extend(right.0.iter().map(|(key, value)| (Rc::clone(key), value.clone())));
            Value::Object(left)
        }
        (left, right) => match (left.number(), right.number()) {
            (Some(left), Some(right)) => Value::Number(left + right),
            _ => return Err(cannot(&left, &right, "added")),
        },
    })
}

fn subtract(left: &Value, right: &Value) -> Answer {
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return Ok(Value::Number(left - right));
    }
    match (left.items(), right.items()) {
        (Some(items), Some(others)) => {
            let is_kept = |item: &&Value| !others.iter().any(|other| item.equals(other));
            Ok(Value::array(items.iter().filter(is_kept).cloned().collect()))
        }
        _ => Err(cannot(left, right, "subtracted")),
    }
}

fn multiply(left: Value, right: Value) -> Answer {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => Ok(Value::Object(merge(left, &right))),
        (Value::String(text), count) | (count, Value::String(text)) if count.number().is_some() => {
            repeat(&text, count.number().unwrap_or_default())
        }
        (left, right) => match (left.number(), right.number()) {
            (Some(left), Some(right)) => Ok(Value::Number(left * right)),
            _ => Err(cannot(&left, &right, "multiplied")),
        },
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn repeat(text: &str, count: f64) -> Answer {
    if count.is_nan() || count < 0.0 {
        return Ok(Value::Null);
    }
    // Far below the largest integer, or refused.
    let count = if text.is_empty() { 0 } else { count as usize };
    if text.len().saturating_mul(count) > MAX_REPETITION {
        return Err(error(format!("Repeat string result too long: more than {} MiB", MAX_REPETITION >> 20)));
    }
    Ok(Value::string(text.repeat(count)))
}

/// The left object with the right one in it, at every depth.
fn merge(mut left: Rc<Entries>, right: &Rc<Entries>) -> Rc<Entries> {
    let map: &mut Map = &mut Rc::make_mut(&mut left).0;
    for (key, value) in &right.0 {
        match (map.get_mut(key), value) {
            (Some(Value::Object(own)), Value::Object(other)) if !crate::stack::is_low() => {
                *own = merge(std::mem::take(own), other);
            }
            (Some(own), value) => *own = value.clone(),
            (None, value) => {
                map.insert(Rc::clone(key), value.clone());
            }
        }
    }
    left
}

fn divide(left: &Value, right: &Value) -> Answer {
    if let (Some(text), Some(separator)) = (left.text(), right.text()) {
        return Ok(super::text::split(text, separator));
    }
    match (left.number(), right.number()) {
        (Some(_), Some(0.0)) => Err(cannot(left, right, "divided because the divisor is zero")),
        (Some(left), Some(right)) => Ok(Value::Number(left / right)),
        _ => Err(cannot(left, right, "divided")),
    }
}

/// The remainder of whole numbers, as in C: its sign is that of the left side.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn remainder(left: &Value, right: &Value) -> Answer {
    let (Some(number), Some(divisor)) = (left.number(), right.number()) else {
        return Err(cannot(left, right, "divided (remainder)"));
    };
    if number.is_nan() || divisor.is_nan() {
        return Ok(Value::Number(f64::NAN));
    }
    match divisor as i64 {
        0 => Err(cannot(left, right, "divided (remainder) because the divisor is zero")),
        divisor => Ok(Value::Number((number as i64).wrapping_rem(divisor) as f64)),
    }
}

/// `-value`
pub fn negate(value: &Value) -> Answer {
    let number = value.number().ok_or_else(|| error(format!("{} cannot be negated", shown(value))))?;
    Ok(Value::Number(-number))
}

/// `value[key]`
pub fn index(value: &Value, key: &Value) -> Answer {
    match (value, key) {
        (Value::Object(entries), Value::String(key)) => Ok(entries.0.get(key).cloned().unwrap_or(Value::Null)),
        (Value::Array(items), Value::Number(_) | Value::Literal(_)) => {
            let place = position(key.number().unwrap_or(f64::NAN), items.0.len());
            Ok(place.and_then(|place| items.0.get(place)).cloned().unwrap_or(Value::Null))
        }
        (_, Value::Object(range)) if range.0.contains_key("start") || range.0.contains_key("end") => {
            let bound = |name: &str| range.0.get(name).cloned().unwrap_or(Value::Null);
            slice(value, &bound("start"), &bound("end"))
        }
        (Value::Array(items), Value::Array(part)) => Ok(positions::in_array(&items.0, &part.0)),
        (Value::Null, Value::String(_) | Value::Number(_) | Value::Literal(_)) => Ok(Value::Null),
        _ => Err(cannot_index(value, key)),
    }
}

/// That a value has no such key.
pub fn cannot_index(value: &Value, key: &Value) -> Value {
    match key {
        Value::String(key) => error(format!("Cannot index {} with string \"{key}\"", value.kind())),
        key => error(format!("Cannot index {} with {}", value.kind(), key.kind())),
    }
}

/// The place that an index means in an array of that length, counted from the end where it is negative.
#[allow(clippy::cast_possible_truncation)]
pub fn position(index: f64, length: usize) -> Option<usize> {
    if index.is_nan() {
        return None;
    }
    let index = index as i64;
    if index >= 0 {
        return usize::try_from(index).ok();
    }
    usize::try_from(index.unsigned_abs()).ok().and_then(|back| length.checked_sub(back))
}

/// `value[start:end]`
pub fn slice(value: &Value, start: &Value, end: &Value) -> Answer {
    if !matches!(start, Value::Null) && start.number().is_none()
        || !matches!(end, Value::Null) && end.number().is_none()
    {
        return Err(error("Start and end indices of an array slice must be numbers"));
    }
    match value {
        Value::Null => Ok(Value::Null),
        Value::Array(items) => {
            let (start, end) = bounds(start, end, items.0.len());
            Ok(Value::Array(Rc::new(Items(items.0.get(start..end).unwrap_or_default().to_vec()))))
        }
        Value::String(text) => {
            let (start, end) = bounds(start, end, text.chars().count());
            Ok(Value::string(text.chars().skip(start).take(end - start).collect::<String>()))
        }
        _ => Err(error(format!("Cannot index {} with object", value.kind()))),
    }
}

/// Where a slice begins and ends, in a sequence of that length; the end is never before the start.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
pub fn bounds(start: &Value, end: &Value, length: usize) -> (usize, usize) {
    let size = length as f64;
    let from_start = |number: f64| if number < 0.0 { (number + size).max(0.0) } else { number.min(size) };
    let start = start.number().map_or(0.0, from_start).floor();
    let end = end.number().map_or(size, from_start).ceil().min(size);
    // Between 0 and the length.
    let (start, end) = (start as usize, end as usize);
    (start, end.max(start))
}
