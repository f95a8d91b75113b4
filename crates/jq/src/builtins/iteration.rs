//! The values within a value.

use super::answer::{error, shown};
use crate::value::Value;

/// The values in an array or object.
pub fn values(input: &Value) -> Result<Box<dyn Iterator<Item = &Value> + '_>, Value> {
    match input {
        Value::Array(items) => Ok(Box::new(items.0.iter())),
        Value::Object(entries) => Ok(Box::new(entries.0.values())),
        _ => Err(cannot_iterate(input)),
    }
}

/// That nothing is in a value.
pub fn cannot_iterate(input: &Value) -> Value {
    match input {
        Value::Null => error("Cannot iterate over null"),
        _ => error(format!("Cannot iterate over {}", shown(input))),
    }
}
