//! The JSON Schema of a tool's answer, as an MCP client reads it (MCP 2026-07-28, "Tool": `outputSchema`).
//!
//! It describes and does not refuse: any value may be null or missing, others may be there, an enum may have grown, and
//! in the place of a secret stands a text.

use serde_json::{Map, Value, json};

use super::{input_schema::Detail, replacing::Replacing, view::View};
use crate::model::{
    document::Document,
    schema::{Kind, Schema},
};

/// The property that holds what a jq filter made of an answer.
pub const RESULTS: &str = "results";

/// Objects inside of objects that a compact schema tells.
const COMPACT_DEPTH: usize = 2;

/// The JSON Schema (2020-12) of what the operation answers with when it succeeds, where that is an object.
pub fn output_schema(view: View<'_>, detail: Detail) -> Option<Map<String, Value>> {
    let View { document, operation, .. } = view;
    let depth = match detail {
        Detail::Compact => COMPACT_DEPTH,
        Detail::Full => usize::MAX,
    };
    let mut schema = Writer { document, replacing: Replacing::default() }.schema(&operation.answer?, depth);
    // MCP until 2025-11-25 wants an object, and no more than that, at the root.
    schema.get("type").filter(|kind| **kind == json!(["object", "null"]))?;
    schema.insert("type".to_owned(), json!("object"));
    if operation.effect.read_only
        && let Value::Object(properties) = schema.entry("properties").or_insert_with(|| json!({}))
    {
        properties.insert(RESULTS.to_owned(), json!({ "type": "array", "description": "What the jq filter made." }));
    }
    Some(schema)
}

struct Writer<'a> {
    document: &'a Document,
    replacing: Replacing,
}

impl Writer<'_> {
    fn schema(&mut self, schema: &Schema, depth: usize) -> Map<String, Value> {
        if schema.secret {
            return Map::new();
        }
        match schema.kind {
            Kind::Any | Kind::Enum { .. } | Kind::Union { .. } => Map::new(),
            Kind::Boolean => perhaps("boolean"),
            Kind::Integer { .. } => perhaps("integer"),
            Kind::Number => perhaps("number"),
            Kind::String { .. } => perhaps("string"),
            Kind::Array { items, .. } => {
                let mut object = perhaps("array");
                object.insert("items".to_owned(), Value::Object(self.schema(items, depth)));
                object
            }
            Kind::Object { properties } if depth > 0 => {
                let properties: Map<_, _> = properties
                    .iter()
                    .map(|property| (property.name.to_owned(), Value::Object(self.schema(&property.schema, depth - 1))))
                    .collect();
                let mut object = perhaps("object");
                object.insert("properties".to_owned(), Value::Object(properties));
                object
            }
            Kind::Object { .. } | Kind::OneOf { .. } => perhaps("object"),
            Kind::Map { values } => {
                let mut object = perhaps("object");
                object.insert("additionalProperties".to_owned(), Value::Object(self.schema(values, depth)));
                object
            }
            Kind::Reference(name) => match self.document.schema(name) {
                Some(target) if self.replacing.begin(name) => {
                    let object = self.schema(target, depth);
                    self.replacing.end();
                    object
                }
                _ => Map::new(),
            },
        }
    }
}

/// A value of that type, or none.
fn perhaps(kind: &str) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), json!([kind, "null"]))])
}
