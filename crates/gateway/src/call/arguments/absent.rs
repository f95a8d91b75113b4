//! Values that clients send for "not given".

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Schema},
};
use serde_json::Value;

use super::lookup::resolve;

/// Whether the value stands for "not given" where the schema is not free text: `""`, `"null"`, `["null"]`, `"undefined"`,
/// `"None"` or `null`. A secret is no free text: none of these is one.
pub fn is_absent(document: &Document, schema: &Schema, value: &Value) -> bool {
    let kind = resolve(document, schema).kind;
    if is_free(&kind) && !schema.secret {
        return value.is_null();
    }
    match (value, kind) {
        (Value::Array(list), Kind::Array { items, .. }) => match list.as_slice() {
            [Value::String(text)] if text.trim().is_empty() => !is_free(&resolve(document, items).kind),
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

fn stands_for_nothing(value: &Value, kind: &Kind) -> bool {
    let Value::String(text) = value else { return value.is_null() };
    let text = text.trim();
    // Some languages write it so, and some enumerations have a value of that name.
    let is_other_null = ["none", "nil"].iter().any(|null| text.eq_ignore_ascii_case(null));
    let is_null = ["null", "undefined"].iter().any(|null| text.eq_ignore_ascii_case(null));
    let is_value = matches!(kind, Kind::String { values: Some(values), .. } if values.iter().any(|value| value.eq_ignore_ascii_case(text)));
    text.is_empty() || (is_null || is_other_null && !is_free(kind)) && !is_value
}

/// Whether any text is a value of its own.
fn is_free(kind: &Kind) -> bool {
    matches!(kind, Kind::Any | Kind::String { format: None, values: None })
}
