//! The object that a change answers with, without what the caller did not send and can read.

use openapi_tools::model::operation::Operation;
use serde_json::{Value, value::RawValue};

use super::identity;
use crate::{
    changes::{comes_back, is_root_object},
    parts::{Parts, array, object, string},
    redact::REDACTED,
    source::Source,
    text::names::{is_id, is_instant},
};

/// Answers to changes of so many tokens (o200k) are shown whole.
pub const MAX_WHOLE_TOKENS: usize = 500;

/// The longest text of the object itself that is shown though it was not sent, in bytes.
const MAX_TEXT: usize = 120;

/// How deep generated values are looked for.
const MAX_DEPTH: usize = 16;

const NOTE: &str = "shortened to ids, generated values and what was sent; jq: \".\" shows all";

/// The answer in short, and what is said of that. `None` where it stays as it is.
pub fn brief(json: &str, operation: &Operation, source: &Source, sent: &Value) -> Option<(String, String)> {
    if source.dialect.whole_answers.contains(&operation.area) || o200k::count_up_to(json, MAX_WHOLE_TOKENS).is_some() {
        return None;
    }
    let Parts::Object(entries) = Parts::of(json) else { return None };
    let short = if is_root_object(operation) {
        of_object(json, Some(sent), 0, false)?
    } else {
        let short = |name: &str, value: &RawValue| {
            if !comes_back(operation, name, sent) {
                return value.get().to_owned();
            }
            of_object(value.get(), sent.get(name), 0, false).unwrap_or_else(|| value.get().to_owned())
        };
        object(entries.iter().map(|(key, value)| (key, short(&key.name, value))))
    };
    (short.len() < json.len()).then(|| (short, NOTE.to_owned()))
}

/// A value without what was neither sent nor generated; `None` where nothing is left. Of the items of a list, what tells which
/// one it is stays too.
fn of_object(json: &str, sent: Option<&Value>, depth: usize, is_item: bool) -> Option<String> {
    match (Parts::of(json), sent) {
        (Parts::Object(_), None) if depth > MAX_DEPTH => None,
        (_, Some(_)) if depth > MAX_DEPTH => Some(json.to_owned()),
        (Parts::Object(entries), sent) => {
            let identity = if is_item { identity::of(&entries) } else { Vec::new() };
            let kept: Vec<_> = entries
                .iter()
                .enumerate()
                .filter_map(|(place, (key, value))| {
                    let value = match (sent.and_then(|sent| sent.get(&key.name)), value.get()) {
                        (Some(sent @ Value::Object(_)), json) if json.starts_with('{') => {
                            Some(of_object(json, Some(sent), depth + 1, false).unwrap_or_else(|| "{}".to_owned()))
                        }
                        (Some(_), json) => Some(json.to_owned()),
                        (None, json) if json.starts_with(['{', '[']) => {
                            if is_name_of_generated(&key.name) {
                                Some(json.to_owned())
                            } else {
                                of_object(json, None, depth + 1, false)
                            }
                        }
                        (None, json) => {
                            let is_kept = identity.contains(&place) || is_kept(&key.name, value, depth);
                            is_kept.then(|| json.to_owned())
                        }
                    };
                    Some((key, value?))
                })
                .collect();
            (!kept.is_empty() || sent.is_some()).then(|| object(kept))
        }
        (Parts::Array(items), _) => {
            let kept: Vec<_> = items
                .iter()
                .filter(|item| item.get().starts_with('{'))
                .filter_map(|item| of_object(item.get(), None, depth + 1, true))
                .collect();
            (!kept.is_empty()).then(|| array(&kept))
        }
        (Parts::Scalar, _) => None,
    }
}

/// Whether a value is kept that was not sent. What stands in the object itself tells its state.
fn is_kept(name: &str, value: &RawValue, depth: usize) -> bool {
    let is_state = depth == 0 && value.get().len() <= MAX_TEXT && value.get() != "null";
    is_state || is_name_of_generated(name) || string(value).is_some_and(|text| text == REDACTED)
}

/// Whether an API generates the value of a property of that name: ids and instants.
fn is_name_of_generated(name: &str) -> bool {
    is_id(name) || name.ends_with("Ids") || is_instant(name)
}
