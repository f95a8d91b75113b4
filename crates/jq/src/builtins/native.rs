//! Functions of values.

use super::{format, math, operators, paths, regex, structure, text, time};
use crate::value::Value;

/// What a function answers: a value, or the value of an error.
pub type Answer = Result<Value, Value>;

/// A function of its input and the values of its arguments.
pub type Function = fn(Value, &[Value]) -> Answer;

/// `@format` of the input; the argument is the name.
pub const FORMAT: Function = format::format;

/// Functions by name and number of arguments.
type Family = &'static [(&'static str, usize, Function)];

const FAMILIES: [Family; 6] =
    [structure::FUNCTIONS, paths::FUNCTIONS, text::FUNCTIONS, regex::FUNCTIONS, math::FUNCTIONS, time::FUNCTIONS];

const OWN: Family = &[("format", 1, format::format), ("error", 0, |input, _| Err(input)), ("not", 0, operators::not)];

fn all() -> impl Iterator<Item = &'static (&'static str, usize, Function)> {
    FAMILIES.into_iter().flatten().chain(OWN)
}

/// The function of that name with that many arguments.
pub fn of(name: &str, arguments: usize) -> Option<Function> {
    all().find(|(known, count, _)| *known == name && *count == arguments).map(|(_, _, function)| *function)
}

/// All names, with the number of arguments.
pub fn names() -> impl Iterator<Item = (&'static str, usize)> {
    all().map(|(name, count, _)| (*name, *count))
}

/// An error with a text.
pub fn error(message: impl AsRef<str>) -> Value {
    Value::string(message.as_ref())
}

/// A value in a message: what it is and how it begins, as jq has it.
pub fn shown(value: &Value) -> String {
    const MAX_BYTES: usize = 14;
    const CUT: &str = "...";
    let text = crate::json::write::to_text(value);
    if text.len() <= MAX_BYTES {
        return format!("{} ({text})", value.kind());
    }
    let end = (0..=MAX_BYTES - CUT.len()).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    format!("{} ({}{CUT})", value.kind(), text.get(..end).unwrap_or_default())
}
