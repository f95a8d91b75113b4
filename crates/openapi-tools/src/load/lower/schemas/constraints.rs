//! Keywords of JSON Schema that the model has no word for. They are carried as they are, to be listed and checked.

use serde_json::{Map, Value};

use crate::load::lower::leak::text;

/// Keywords whose values hold no schema, or one that can be checked where it stands.
const KEYWORDS: [&str; 18] = [
    "contains",
    "dependentRequired",
    "else",
    "if",
    "maxContains",
    "maxItems",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "pattern",
    "propertyNames",
    "then",
];

/// Those of the keywords that are constraints, as the text of a JSON object. One that refers to another schema is left out.
pub(super) fn of(keywords: &Map<String, Value>) -> Option<&'static str> {
    let known = keywords.iter().filter(|(name, value)| KEYWORDS.contains(&name.as_str()) && !refers(value));
    let mut constraints: Map<_, _> = known.map(|(name, value)| (name.clone(), value.clone())).collect();
    for (exclusive, inclusive) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        match keywords.get(exclusive) {
            // OpenAPI 3.0 has a flag beside the limit.
            Some(Value::Bool(true)) => {
                if let Some(limit) = constraints.remove(inclusive) {
                    constraints.insert(exclusive.to_owned(), limit);
                }
            }
            Some(limit @ Value::Number(_)) => {
                constraints.insert(exclusive.to_owned(), limit.clone());
            }
            _ => {}
        }
    }
    (!constraints.is_empty()).then(|| text(&Value::Object(constraints).to_string()))
}

fn refers(value: &Value) -> bool {
    match value {
        Value::Object(entries) => entries.contains_key("$ref") || entries.values().any(refers),
        Value::Array(items) => items.iter().any(refers),
        _ => false,
    }
}
