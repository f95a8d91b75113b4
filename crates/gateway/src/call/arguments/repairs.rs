//! Scalars and encoded values whose form can be mended.

use serde_json::{Map, Number, Value};

/// How often a value may be encoded as a JSON string.
const MAX_ENCODINGS: usize = 3;

/// A repair of a scalar: the value in its right form, or nothing.
pub type Repair = fn(&Value) -> Option<Value>;

/// `true`, or what stands for it in a string.
pub fn boolean(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) => text.trim().to_ascii_lowercase().parse::<bool>().ok().map(Value::Bool),
        _ => None,
    }
}

/// A whole number.
pub fn integer(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) if number.is_i64() => Some(value.clone()),
        Value::Number(number) => number.as_f64().and_then(whole).map(Value::from),
        Value::String(text) => text.trim().parse::<i64>().ok().map(Value::from),
        _ => None,
    }
}

/// A whole number of 32 bits.
pub fn int32(value: &Value) -> Option<Value> {
    integer(value).filter(|value| value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()))
}

/// A float that stands for a whole number, in the range where every whole number has a float of its own.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// Any number.
pub fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => text.trim().parse::<Number>().ok().map(Value::Number),
        _ => None,
    }
}

/// A scalar as text.
pub fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The object, which may be encoded as a string up to three times.
///
/// # Errors
/// What was expected and what was given.
pub fn object(value: Value) -> Result<Map<String, Value>, String> {
    let got = describe(&value);
    let mut value = value;
    for _ in 0..=MAX_ENCODINGS {
        let text = match value {
            Value::Object(object) => return Ok(object),
            Value::String(text) => text,
            _ if got.starts_with('"') || got.starts_with("a string") => {
                return Err("expected an object, got a string with other JSON in it".to_owned());
            }
            _ => break,
        };
        value = match serde_json::from_str(&text) {
            Ok(inner) => inner,
            Err(error) if text.trim_start().starts_with('{') => {
                return Err(format!("expected an object, got a string with broken JSON in it: {error}"));
            }
            Err(_) => break,
        };
    }
    Err(format!("expected an object, got {got}"))
}

/// The list, which may be encoded as a string up to three times. Another value is a list of one.
pub fn list(value: Value) -> Vec<Value> {
    if let Value::Array(list) = value {
        return list;
    }
    let mut text = value.as_str().map(str::to_owned);
    for _ in 0..MAX_ENCODINGS {
        match text.as_deref().map(serde_json::from_str) {
            Some(Ok(Value::Array(list))) => return list,
            Some(Ok(Value::String(inner))) => text = Some(inner),
            _ => break,
        }
    }
    vec![value]
}

/// A value in a message: short scalars as they were typed, anything else by its type.
pub fn describe(value: &Value) -> String {
    const MAX_SHOWN: usize = 64;
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.len() <= MAX_SHOWN => format!("{text:?}"),
        Value::String(text) => format!("a string of {} characters", text.chars().count()),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encoded(mut value: Value, times: usize) -> Value {
        for _ in 0..times {
            value = Value::String(value.to_string());
        }
        value
    }

    #[test]
    fn objects_and_lists_are_decoded_three_times() {
        let map = json!({ "a": [1] });
        for times in 0..=3 {
            assert_eq!(object(encoded(map.clone(), times)).map(Value::Object), Ok(map.clone()), "{times}");
            assert_eq!(list(encoded(json!([1, "2"]), times)), [json!(1), json!("2")], "{times}");
        }
        assert!(object(encoded(map, 4)).is_err());
    }

    #[test]
    fn what_is_no_object_is_described() {
        let fault = |value: Value| object(value).unwrap_err();
        assert_eq!(fault(json!(7)), "expected an object, got 7");
        assert_eq!(fault(json!("on")), "expected an object, got \"on\"");
        assert_eq!(fault(json!("[1]")), "expected an object, got a string with other JSON in it");
        assert!(fault(json!("{\"a\"")).starts_with("expected an object, got a string with broken JSON in it: "));
    }
}
