//! Answers about what has no state here (previews, metrics): the documented shape, filled with made-up values.

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Schema},
};
use serde_json::{Map, Value, json};

use crate::{call::Call, exchange::Response, state::State};

/// How many levels of objects an answer has.
const MAX_DEPTH: usize = 2;

/// A success in the operation's documented shape.
pub fn answer(call: &mut Call<'_>) -> Response {
    match &call.operation.answer {
        Some(schema) => Response::ok(value(call.document, call.state, "", schema, MAX_DEPTH)),
        None => Response::empty(200),
    }
}

fn value(document: &Document, state: &mut State, name: &str, schema: &Schema, depth: usize) -> Value {
    match schema.kind {
        // FusionAuth's document has neither unions nor values of several types.
        Kind::Any | Kind::Enum { .. } | Kind::Union { .. } => Value::Null,
        Kind::Boolean => json!(false),
        Kind::Integer { .. } if name.ends_with("Instant") => json!(state.now()),
        Kind::Integer { .. } | Kind::Number => json!(0),
        Kind::String { format: Some("uuid"), .. } => json!(state.new_id()),
        Kind::String { format: Some("date"), .. } => json!("2026-01-01"),
        Kind::String { values, .. } => {
            values.and_then(<[_]>::first).map_or_else(|| json!(state.new_code()), |first| json!(first))
        }
        Kind::Array { .. } => json!([]),
        Kind::Map { .. } => json!({}),
        Kind::Object { properties } => object(document, state, properties, depth),
        Kind::OneOf { discriminator, variants } => match variants.first() {
            Some(variant) => {
                let mut object = value(document, state, name, &Schema::reference(variant.reference), depth);
                if let Some(object) = object.as_object_mut() {
                    object.insert(discriminator.to_owned(), json!(variant.value));
                }
                object
            }
            None => json!({}),
        },
        Kind::Reference(reference) => match document.schema(reference) {
            Some(schema) => value(document, state, name, schema, depth),
            None => Value::Null,
        },
    }
}

fn object(document: &Document, state: &mut State, properties: &[Property], depth: usize) -> Value {
    let mut object = Map::new();
    for property in properties {
        let is_deep =
            depth == 0 && !matches!(property.schema.kind, Kind::Boolean | Kind::Integer { .. } | Kind::String { .. });
        if !is_deep {
            let value = value(document, state, property.name, &property.schema, depth.saturating_sub(1));
            object.insert(property.name.to_owned(), value);
        }
    }
    Value::Object(object)
}
