//! Functions of strings.

use super::{
    answer::{Answer, Function, error, shown},
    iteration,
};
use crate::{json, value::Value};

pub const FUNCTIONS: &[(&str, usize, Function)] = &[
    ("tostring", 0, |input, _| Ok(to_string(&input))),
    ("tonumber", 0, |input, _| to_number(input)),
    ("ascii_downcase", 0, |input, _| cased(&input, str::to_ascii_lowercase)),
    ("ascii_upcase", 0, |input, _| cased(&input, str::to_ascii_uppercase)),
    ("explode", 0, |input, _| explode(&input)),
    ("implode", 0, |input, _| implode(&input)),
    ("ltrimstr", 1, |input, arguments| Ok(stripped(input, arguments, true, false))),
    ("rtrimstr", 1, |input, arguments| Ok(stripped(input, arguments, false, true))),
    ("trimstr", 1, |input, arguments| Ok(stripped(input, arguments, true, true))),
    ("trim", 0, |input, _| trimmed(&input, str::trim)),
    ("ltrim", 0, |input, _| trimmed(&input, str::trim_start)),
    ("rtrim", 0, |input, _| trimmed(&input, str::trim_end)),
    ("startswith", 1, |input, arguments| has_end(&input, arguments, "startswith", |text, end| text.starts_with(end))),
    ("endswith", 1, |input, arguments| has_end(&input, arguments, "endswith", |text, end| text.ends_with(end))),
    ("split", 1, |input, arguments| match (input.text(), arguments.first().and_then(Value::text)) {
        (Some(text), Some(separator)) => Ok(split(text, separator)),
        _ => Err(error("split input and separator must be strings")),
    }),
    ("join", 1, |input, arguments| join(&input, arguments.first().unwrap_or(&Value::Null))),
    ("utf8bytelength", 0, |input, _| match input.text() {
        Some(text) => Ok(Value::count(text.len())),
        None => Err(error(format!("{} only strings have UTF-8 byte length", shown(&input)))),
    }),
];

/// A string as it is, anything else as JSON.
pub fn to_string(value: &Value) -> Value {
    match value {
        Value::String(_) => value.clone(),
        value => Value::string(json::write::to_text(value)),
    }
}

fn to_number(input: Value) -> Answer {
    if input.number().is_some() {
        return Ok(input);
    }
    let Some(text) = input.text() else { return Err(error(format!("{} cannot be parsed as a number", shown(&input)))) };
    let trimmed = text.trim_matches([' ', '\t', '\r', '\n']);
    if trimmed.eq_ignore_ascii_case("nan") {
        return Ok(Value::Number(f64::NAN));
    }
    match trimmed.trim_start_matches(['+', '-']).to_ascii_lowercase().as_str() {
        "infinity" if trimmed.starts_with('-') => return Ok(Value::Number(f64::NEG_INFINITY)),
        "infinity" => return Ok(Value::Number(f64::INFINITY)),
        _ => {}
    }
    Value::parse_number(trimmed).ok_or_else(|| match trimmed {
        "" => error(format!("Expected JSON value (while parsing '{text}')")),
        _ => {
            let column = text.len();
            error(format!("Invalid numeric literal at EOF at line 1, column {column} (while parsing '{text}')"))
        }
    })
}

fn cased(input: &Value, change: fn(&str) -> String) -> Answer {
    let text = input.text().ok_or_else(|| error("explode input must be a string"))?;
    Ok(Value::string(change(text)))
}

fn explode(input: &Value) -> Answer {
    let text = input.text().ok_or_else(|| error("explode input must be a string"))?;
    Ok(Value::array(text.chars().map(|character| Value::Number(f64::from(u32::from(character)))).collect()))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn implode(input: &Value) -> Answer {
    let Some(items) = input.items() else { return Err(error("implode input must be an array")) };
    let mut text = String::new();
    for item in items {
        let Some(number) = item.number() else {
            return Err(error(format!("{} can't be imploded, unicode codepoint needs to be numeric", shown(item))));
        };
        // What is no code point saturates to one that is none either.
        text.push(char::from_u32(number as u32).unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    Ok(Value::string(text))
}

/// Without a text at its ends, where it is there. What is no string stays as it is.
fn stripped(input: Value, arguments: &[Value], at_start: bool, at_end: bool) -> Value {
    let (Some(text), Some(part)) = (input.text(), arguments.first().and_then(Value::text)) else { return input };
    let mut rest = text;
    if at_start {
        rest = rest.strip_prefix(part).unwrap_or(rest);
    }
    if at_end {
        rest = rest.strip_suffix(part).unwrap_or(rest);
    }
    if rest.len() == text.len() { input } else { Value::string(rest) }
}

fn trimmed(input: &Value, trim: fn(&str) -> &str) -> Answer {
    let text = input.text().ok_or_else(|| error(format!("{} cannot be trimmed", shown(input))))?;
    Ok(Value::string(trim(text)))
}

fn has_end(input: &Value, arguments: &[Value], name: &str, has: fn(&str, &str) -> bool) -> Answer {
    match (input.text(), arguments.first().and_then(Value::text)) {
        (Some(text), Some(end)) => Ok(Value::Bool(has(text, end))),
        _ => Err(error(format!("{name}() requires string inputs"))),
    }
}

/// The parts of a text between separators; its characters where there is none.
pub fn split(text: &str, separator: &str) -> Value {
    Value::array(match (text, separator) {
        ("", _) => Vec::new(),
        (text, "") => text.chars().map(|character| Value::string(character.to_string())).collect(),
        (text, separator) => text.split(separator).map(Value::string).collect(),
    })
}

fn join(input: &Value, separator: &Value) -> Answer {
    let mut values = iteration::values(input)?.peekable();
    if values.peek().is_none() {
        return Ok(Value::string(""));
    }
    let mut text = String::new();
    for (index, value) in values.enumerate() {
        if index > 0 {
            match separator {
                Value::String(separator) => text.push_str(separator),
                Value::Null => {}
                _ => return Err(cannot_add(&Value::string(text), separator)),
            }
        }
        match value {
            Value::Null => {}
            Value::String(part) => text.push_str(part),
            Value::Bool(_) | Value::Number(_) | Value::Literal(_) => json::write::write(value, &mut text),
            value => return Err(cannot_add(&Value::string(text), value)),
        }
    }
    Ok(Value::string(text))
}

fn cannot_add(left: &Value, right: &Value) -> Value {
    error(format!("{} and {} cannot be added", shown(left), shown(right)))
}
