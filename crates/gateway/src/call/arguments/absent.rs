//! Values that clients send for "not given".

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Schema},
};
use serde_json::Value;

use super::lookup::resolve;

/// Whether the value stands for "not given" where the schema is not free text: `""`, `"null"`, `["null"]`, `"undefined"`
/// or `null`.
pub fn is_absent(document: &Document, schema: &Schema, value: &Value) -> bool {
    let kind = resolve(document, schema).kind;
    if is_free(&kind) {
        return value.is_null();
    }
    match (value, kind) {
        (Value::Array(list), Kind::Array { items, .. }) => match list.as_slice() {
            [Value::String(text)] if text.trim().is_empty() => !is_free(&resolve(document, items).kind),
            [only] => stands_for_nothing(only),
            _ => false,
        },
        (value, _) => stands_for_nothing(value),
    }
}

fn stands_for_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => matches!(text.trim(), "" | "null" | "undefined"),
        _ => false,
    }
}

/// Whether any text is a value of its own.
fn is_free(kind: &Kind) -> bool {
    matches!(kind, Kind::Any | Kind::String { format: None, values: None })
}
