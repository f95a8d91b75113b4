//! Texts held against formats and lists of values.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::repairs::{describe, text_of};
use crate::{
    redact::{contains_placeholder, ends_in_cut_mark},
    text::{
        format::{is_date, is_uuid},
        nearest::did_you_mean,
    },
};

/// Why a text that came out of an answer is not the value itself, where it is not.
pub fn stand_in(text: &str) -> Option<&'static str> {
    if contains_placeholder(text) {
        Some(
            "this text contains the placeholder of a secret that was not shown; leave the property out of a patch, or \
             give the value",
        )
    } else if ends_in_cut_mark(text) {
        Some(
            "this text was shortened in an answer; read the whole value first (a jq filter that selects only this value), \
             leave the property out of a patch, or give the value",
        )
    } else {
        None
    }
}

/// The text that is sent for a value. `values` are those allowed, or none for all. An id is sent without blanks around
/// it, and so is a text with a format or one of a few values.
///
/// # Errors
/// What was expected and what was given.
pub fn text(format: Option<&str>, values: &[&str], is_id: bool, value: &Value) -> Result<String, String> {
    let text = text_of(value.clone()).ok_or_else(|| format!("expected a string, got {}", describe(value)))?;
    if let Some(message) = stand_in(&text) {
        return Err(message.to_owned());
    }
    let trimmed = text.trim();
    if !values.is_empty() {
        return one_of(values, trimmed, value);
    }
    let expected = match format {
        Some("uuid") if !is_uuid(trimmed) => "a UUID",
        Some("date") if !is_date(trimmed) => "a date as YYYY-MM-DD",
        Some("uuid" | "date") => return Ok(trimmed.to_owned()),
        _ if is_id || is_jwt(trimmed) => return Ok(trimmed.to_owned()),
        _ => return Ok(text),
    };
    Err(format!("expected {expected}, got {}", describe(value)))
}

fn one_of(values: &[&str], text: &str, value: &Value) -> Result<String, String> {
    if let Some(known) = values.iter().find(|known| **known == text) {
        return Ok((*known).to_owned());
    }
    let mut same = values.iter().filter(|known| known.eq_ignore_ascii_case(text));
    if let (Some(known), None) = (same.next(), same.next()) {
        return Ok((*known).to_owned());
    }
    let hint = did_you_mean(text, values.iter().copied());
    Err(format!("expected one of {}, got {}{hint}", values.join(", "), describe(value)))
}

/// The entries of a map, with keys that are UUIDs without blanks around them; as they are where the values are free-form, or
/// where two keys would become one.
pub fn with_plain_ids(object: Map<String, Value>, is_free: bool) -> Map<String, Value> {
    let plain = |key: &str| if is_uuid(key.trim()) { key.trim() } else { key }.to_owned();
    let keys: BTreeSet<_> = object.keys().map(|key| plain(key)).collect();
    if is_free || keys.len() < object.len() {
        return object;
    }
    object.into_iter().map(|(key, value)| (plain(&key), value)).collect()
}

/// Whether a text has the form of a JWT (RFC 7519), which has no blanks.
fn is_jwt(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    let is_encoded = |part: &&str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    // The header is an object, whose first characters `{"` are always encoded so.
    matches!(parts.len(), 3 | 5) && text.starts_with("eyJ") && parts.iter().all(is_encoded)
}

/// Whether a property or parameter of that name holds an id, which never begins or ends with a blank.
pub fn is_id(name: &str) -> bool {
    matches!(name, "id" | "ids") || name.ends_with("Id") || name.ends_with("Ids")
}
