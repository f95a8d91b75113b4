//! The JSON Schema of a tool's arguments, as an MCP client reads it (MCP 2026-07-28, "Tool": `inputSchema`).

use serde_json::{Map, Value, json};

use crate::{
    document::Document,
    operation::{Method, Operation},
    schema::{Kind, Schema},
};

/// How deep inside a body properties are described: 1 is what stands directly in it. Deeper ones are named and typed only,
/// since their descriptions would make up most of a list.
const DESCRIBED_DEPTH: usize = 1;

/// The name of the argument that holds the request body.
pub const BODY_ARGUMENT: &str = "requestBody";

/// The JSON Schema (2020-12) of `operation`'s arguments.
///
/// The root is a plain `object`. References are replaced by what they name, since not every client follows `$ref`; where
/// a schema contains itself, the inner one is a bare `object`.
pub fn input_schema(document: &Document, operation: &Operation) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut inliner = Inliner { document, partial: operation.method == Method::Patch, open: Vec::new(), depth: 0 };
    for parameter in operation.parameters {
        let mut schema = inliner.inline(&parameter.schema);
        if !parameter.description.is_empty() {
            schema.insert("description".to_owned(), json!(parameter.description));
        }
        properties.insert(parameter.name.to_owned(), Value::Object(schema));
        if parameter.required {
            required.push(parameter.name);
        }
    }
    if let Some(body) = &operation.body {
        properties.insert(BODY_ARGUMENT.to_owned(), Value::Object(inliner.inline(&body.schema)));
        if body.required {
            required.push(BODY_ARGUMENT);
        }
    }
    let mut root = Map::new();
    root.insert("type".to_owned(), json!("object"));
    root.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        root.insert("required".to_owned(), json!(required));
    }
    root
}

struct Inliner<'a> {
    document: &'a Document,
    /// A PATCH holds only what changes, so nothing in its body is required.
    partial: bool,
    /// The references being replaced, outermost first.
    open: Vec<&'static str>,
    /// Objects around the schema at hand.
    depth: usize,
}

impl Inliner<'_> {
    fn inline(&mut self, schema: &Schema) -> Map<String, Value> {
        let mut object = match schema.kind {
            Kind::Any => Map::new(),
            Kind::Boolean => typed("boolean"),
            Kind::Integer { format } => with_format(typed("integer"), format),
            Kind::Number => typed("number"),
            Kind::String { format, values } => {
                let mut object = with_format(typed("string"), format);
                if !values.is_empty() {
                    object.insert("enum".to_owned(), json!(values));
                }
                object
            }
            Kind::Array { items, unique } => {
                let mut object = typed("array");
                object.insert("items".to_owned(), Value::Object(self.inline(items)));
                if unique {
                    object.insert("uniqueItems".to_owned(), json!(true));
                }
                object
            }
            Kind::Object { properties } => {
                let mut object = typed("object");
                let required: Vec<_> = properties
                    .iter()
                    .filter(|property| property.required && !self.partial)
                    .map(|property| property.name)
                    .collect();
                self.depth += 1;
                let properties: Map<_, _> = properties
                    .iter()
                    .map(|property| (property.name.to_owned(), Value::Object(self.inline(&property.schema))))
                    .collect();
                self.depth -= 1;
                if !properties.is_empty() {
                    object.insert("properties".to_owned(), Value::Object(properties));
                }
                if !required.is_empty() {
                    object.insert("required".to_owned(), json!(required));
                }
                object
            }
            Kind::Map { values } => {
                let mut object = typed("object");
                object.insert("additionalProperties".to_owned(), Value::Object(self.inline(values)));
                object
            }
            Kind::OneOf { discriminator, variants } => {
                let branches: Vec<_> = variants
                    .iter()
                    .map(|variant| {
                        let mut branch = self.inline_named(variant.reference);
                        if let Some(Value::Object(properties)) = branch.get_mut("properties") {
                            properties.insert(discriminator.to_owned(), json!({ "const": variant.value }));
                        }
                        Value::Object(branch)
                    })
                    .collect();
                let mut object = typed("object");
                // Not `oneOf`: a PATCH may leave the discriminator out, and more clients know `anyOf`.
                object.insert("anyOf".to_owned(), Value::Array(branches));
                object
            }
            Kind::Reference(name) => self.inline_named(name),
        };
        if !schema.description.is_empty() && self.depth <= DESCRIBED_DEPTH {
            object.insert("description".to_owned(), json!(schema.description));
        }
        object
    }

    fn inline_named(&mut self, name: &'static str) -> Map<String, Value> {
        let Some(schema) = self.document.schema(name).filter(|_| !self.open.contains(&name)) else {
            return typed("object");
        };
        self.open.push(name);
        let object = self.inline(schema);
        self.open.pop();
        object
    }
}

fn typed(name: &str) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("type".to_owned(), json!(name));
    object
}

fn with_format(mut object: Map<String, Value>, format: &str) -> Map<String, Value> {
    if !format.is_empty() {
        object.insert("format".to_owned(), json!(format));
    }
    object
}
