//! What a function answers, and how it says that it cannot.

use crate::value::Value;

/// What a function answers: a value, or the value of an error.
pub type Answer = Result<Value, Value>;

/// A function of its input and the values of its arguments.
pub type Function = fn(Value, &[Value]) -> Answer;

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
