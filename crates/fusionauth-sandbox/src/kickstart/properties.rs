//! Reads the properties of JSON objects, and reports those that are wrong.

use serde_json::{Map, Value};

use super::{
    error::{KickstartError, Problem},
    place::Place,
    suggestion::most_similar,
};

/// Checks that an object has no other keys than the known ones.
pub fn check_keys(
    object: &Map<String, Value>,
    known: &'static [&'static str],
    place: &Place,
) -> Result<(), KickstartError> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let similar = most_similar(key, known.iter().copied()).map(str::to_owned);
            Err(Problem::UnknownKey { key: key.clone(), similar, known }.at(&place.property(key)))
        }
    }
}

/// A property that is a string, absent or null.
pub fn optional_text(object: &Map<String, Value>, key: &str, place: &Place) -> Result<Option<String>, KickstartError> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(Problem::WrongType { expected: "a string", found: kind(other) }.at(&place.property(key))),
    }
}

/// What a value is, with its article.
pub const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
