//! Values that clients send for "not given".

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Schema},
};
use serde_json::Value;

use super::{lookup::resolve, words::words};
use crate::text::shorten::shortened;

/// Alternatives within alternatives that are looked into.
const MAX_DEPTH: usize = 8;

/// What the names of properties and parameters end with whose texts nobody words: ids, codes, addresses and the like.
const CODES: [&str; 21] = [
    "address",
    "addresses",
    "code",
    "codes",
    "email",
    "emails",
    "id",
    "ids",
    "jwt",
    "locale",
    "method",
    "phone",
    "scheme",
    "scope",
    "timezone",
    "token",
    "tokens",
    "uri",
    "url",
    "verifier",
    "zone",
];

/// Other names of such properties and parameters.
const CODE_NAMES: [&str; 3] = ["expand", "nextResults", "orderBy"];

/// Whether the value stands for "not given" where what has that name and schema is not free text: `""`, `"null"`,
/// `["null"]`, `"undefined"`, `"None"` or `null`. A secret is no free text: none of these is one.
pub fn is_absent(document: &Document, name: &str, schema: &Schema, value: &Value) -> bool {
    let kind = resolve(document, schema).kind;
    let is_code = schema.secret || is_code(name);
    let is_free = |kind: &Kind| is_free(document, kind, 0) && !is_code;
    if is_free(&kind) {
        return value.is_null();
    }
    let stands_for_nothing = |value: &Value, kind: &Kind| stands_for_nothing(document, value, kind, is_free(kind));
    match (value, kind) {
        (Value::Array(list), Kind::Array { items, .. }) => match list.as_slice() {
            [Value::String(text)] if text.trim().is_empty() => {
                let kind = resolve(document, items).kind;
                !is_free(&kind) && !is_value(document, text.trim(), &kind, 0)
            }
            [only] => stands_for_nothing(only, &resolve(document, items).kind),
            _ => false,
        },
        // A list where a single value belongs.
        (Value::Array(list), kind) => match list.as_slice() {
            [only] => !is_free(&kind) && stands_for_nothing(only, &kind),
            _ => false,
        },
        (value, kind) => stands_for_nothing(value, &kind),
    }
}

/// Whether what has that name is known by it to be no free text. What a user types to sign in is free.
fn is_code(name: &str) -> bool {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_login = matches!(words.as_slice(), [.., "login", "id" | "ids"]);
    CODE_NAMES.contains(&name) || !is_login && words.last().is_some_and(|last| CODES.contains(last))
}

/// What is wrong with a value that stands for nothing where one is required.
pub fn missing(what: &str, value: &Value) -> String {
    format!("missing; this {what} is required, and {} stands for none", shortened(&value.to_string()))
}

/// Whether a value is a list or an object without anything in it.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

/// Whether a value of that schema may say which objects a call is about. A switch does not.
pub fn may_select(document: &Document, schema: &Schema) -> bool {
    !matches!(resolve(document, schema).kind, Kind::Boolean)
}

/// What is wrong with a value that selects nothing in a call that destroys something.
pub fn selects_nothing(value: &Value) -> String {
    format!(
        "{} selects nothing, and without it the call would destroy more; give a value, or leave it out",
        shortened(&value.to_string())
    )
}

fn stands_for_nothing(document: &Document, value: &Value, kind: &Kind, is_free: bool) -> bool {
    let Value::String(text) = value else { return value.is_null() };
    let text = text.trim();
    // Some languages write it so, and some enumerations have a value of that name, or an empty one.
    let is_other_null = ["none", "nil"].iter().any(|null| text.eq_ignore_ascii_case(null));
    let is_null = ["null", "undefined"].iter().any(|null| text.eq_ignore_ascii_case(null));
    let is_nothing = text.is_empty() || is_null || is_other_null && !is_free;
    is_nothing && !is_value(document, text, kind, 0)
}

/// Whether the text is one of the values that the document lists.
fn is_value(document: &Document, text: &str, kind: &Kind, depth: usize) -> bool {
    match kind {
        Kind::String { values: Some(values), .. } => values.iter().any(|value| value.eq_ignore_ascii_case(text)),
        Kind::Enum { values } => {
            let parsed = |value: &&str| serde_json::from_str::<Value>(value).unwrap_or_default();
            values.iter().any(|value| parsed(value).as_str().is_some_and(|value| value.eq_ignore_ascii_case(text)))
        }
        Kind::Union { branches } if depth < MAX_DEPTH => {
            branches.iter().any(|branch| is_value(document, text, &resolve(document, branch).kind, depth + 1))
        }
        _ => false,
    }
}

/// Whether any text is a value of its own.
fn is_free(document: &Document, kind: &Kind, depth: usize) -> bool {
    match kind {
        Kind::Any | Kind::String { format: None, values: None } => true,
        Kind::Union { branches } if depth < MAX_DEPTH => {
            branches.iter().any(|branch| is_free(document, &resolve(document, branch).kind, depth + 1))
        }
        _ => false,
    }
}
