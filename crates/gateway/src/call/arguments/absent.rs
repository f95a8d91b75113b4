//! Values that clients send for "not given".

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Schema},
};
use serde_json::Value;

use super::lookup::resolve;
use crate::text::shorten::shortened;

/// Alternatives within alternatives that are looked into.
const MAX_DEPTH: usize = 8;

/// Whether the value stands for "not given" where the schema is not free text: `""`, `"null"`, `["null"]`, `"undefined"`,
/// `"None"` or `null`. A secret is no free text: none of these is one.
pub fn is_absent(document: &Document, schema: &Schema, value: &Value) -> bool {
    let kind = resolve(document, schema).kind;
    let is_free = |kind: &Kind| is_free(document, kind, 0);
    if is_free(&kind) && !schema.secret {
        return value.is_null();
    }
    let stands_for_nothing = |value: &Value, kind: &Kind| stands_for_nothing(document, value, kind);
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

/// Whether a value of that schema may say which objects a call is about. A switch does not.
pub fn may_select(document: &Document, schema: &Schema) -> bool {
    !matches!(resolve(document, schema).kind, Kind::Boolean)
}

/// What is wrong with a value that selects nothing in a call that destroys something.
pub fn selects_nothing(value: &Value) -> String {
    format!(
        "{} selects nothing, and the call would destroy more without it; give a value, or leave it out",
        shortened(&value.to_string())
    )
}

fn stands_for_nothing(document: &Document, value: &Value, kind: &Kind) -> bool {
    let Value::String(text) = value else { return value.is_null() };
    let text = text.trim();
    // Some languages write it so, and some enumerations have a value of that name, or an empty one.
    let is_other_null = ["none", "nil"].iter().any(|null| text.eq_ignore_ascii_case(null));
    let is_null = ["null", "undefined"].iter().any(|null| text.eq_ignore_ascii_case(null));
    let is_nothing = text.is_empty() || is_null || is_other_null && !is_free(document, kind, 0);
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
