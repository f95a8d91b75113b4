//! The JSON Schema of a tool's arguments, as an MCP client reads it (MCP 2026-07-28, "Tool": `inputSchema`).

use serde_json::{Map, Value, json};

use super::view::View;
use crate::model::{
    document::Document,
    operation::{Location, Method, Parameter},
    schema::{Kind, Property, Schema},
};

/// The name of the argument that holds the request body.
pub const BODY_ARGUMENT: &str = "requestBody";

/// The name of the argument of a reading tool that holds a jq filter for its answer.
pub const FILTER_ARGUMENT: &str = "jq";

/// How much of a body a schema tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// What stands directly in it, by name and type; of objects in it the names of their properties.
    Compact,
    /// All of it.
    Full,
}

/// Properties of an inner object that a compact schema names; an instance sets the others by itself, or rarely has them.
const MAX_NAMED_PROPERTIES: usize = 10;

/// Values of an enum that a compact schema names; a wrong one is answered with the right ones.
const MAX_NAMED_VALUES: usize = 10;

/// The query parameters of FusionAuth's searches, which mean the same everywhere.
const PAGING_PARAMETERS: [&str; 3] = ["numberOfResults", "orderBy", "startRow"];

/// The properties that nearly every object of FusionAuth has. A compact schema does not name them.
const COMMON_PROPERTIES: [&str; 5] = ["id", "insertInstant", "lastUpdateInstant", "tenantId", "data"];

/// The JSON Schema (2020-12) of the operation's arguments.
///
/// The root is a plain `object`. References are replaced by what they name, since not every client follows `$ref`; where
/// a schema contains itself, the inner one is a bare `object`.
pub fn input_schema(view: View<'_>, detail: Detail) -> Map<String, Value> {
    let View { document, operation, .. } = view;
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut inliner = Inliner { document, partial: operation.method == Method::Patch, open: Vec::new(), base: None };
    for parameter in view.parameters() {
        let mut schema = inliner.inline(&parameter.schema);
        let is_described = detail == Detail::Full || !is_self_explanatory(parameter);
        if detail == Detail::Compact {
            schema.remove("format");
            if schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.len() > MAX_NAMED_VALUES) {
                schema.remove("enum");
            }
        }
        if let Some(description) = parameter.description.filter(|_| is_described) {
            schema.insert("description".to_owned(), json!(description));
        }
        properties.insert(parameter.name.to_owned(), Value::Object(schema));
        if parameter.required {
            required.push(parameter.name);
        }
    }
    if let Some(body) = &operation.body {
        let schema = match detail {
            Detail::Compact => inliner.compact(&body.schema),
            Detail::Full => inliner.inline(&body.schema),
        };
        properties.insert(BODY_ARGUMENT.to_owned(), Value::Object(schema));
        if body.required {
            required.push(BODY_ARGUMENT);
        }
    }
    if operation.effect.read_only {
        properties.insert(FILTER_ARGUMENT.to_owned(), Value::Object(typed("string")));
    }
    let mut root = Map::new();
    root.insert("type".to_owned(), json!("object"));
    root.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        root.insert("required".to_owned(), json!(required));
    }
    root
}

/// The JSON Schema (2020-12) of the document's schema of that name. What it refers to is not replaced: a `$ref` is the
/// name after `base`.
pub fn named_schema(document: &Document, name: &str, base: &str) -> Option<Map<String, Value>> {
    let mut inliner = Inliner { document, partial: false, open: Vec::new(), base: Some(base) };
    Some(inliner.inline(document.schema(name)?))
}

/// Whether a compact schema leaves the description out, by FusionAuth's conventions: an id in the path is what its name
/// says, headers and the parameters of paging are the same everywhere.
fn is_self_explanatory(parameter: &Parameter) -> bool {
    match parameter.location {
        Location::Header => true,
        Location::Path => parameter.name.ends_with("Id"),
        Location::Query => PAGING_PARAMETERS.contains(&parameter.name),
    }
}

struct Inliner<'a> {
    document: &'a Document,
    /// A PATCH holds only what changes, so nothing in its body is required.
    partial: bool,
    /// The references being replaced, outermost first.
    open: Vec<&'static str>,
    /// What the names of references follow where they are not replaced.
    base: Option<&'a str>,
}

impl Inliner<'_> {
    /// A body, one level deep.
    fn compact(&mut self, schema: &Schema) -> Map<String, Value> {
        match self.resolved(schema).kind {
            Kind::Object { properties } => self.object(properties, Self::outline),
            _ => self.inline(schema),
        }
    }

    /// The schema, or the one that it refers to.
    fn resolved(&self, schema: &Schema) -> Schema {
        match schema.kind {
            Kind::Reference(name) => self.document.schema(name).copied().unwrap_or(*schema),
            _ => *schema,
        }
    }

    /// An object whose properties are written by `inner`.
    fn object(
        &mut self,
        properties: &[Property],
        inner: fn(&mut Self, &Schema) -> Map<String, Value>,
    ) -> Map<String, Value> {
        let required: Vec<_> = properties
            .iter()
            .filter(|property| property.required && !self.partial)
            .map(|property| property.name)
            .collect();
        let properties: Map<_, _> = properties
            .iter()
            .map(|property| (property.name.to_owned(), Value::Object(inner(self, &property.schema))))
            .collect();
        let mut object = typed("object");
        if !properties.is_empty() {
            object.insert("properties".to_owned(), Value::Object(properties));
        }
        if !required.is_empty() {
            object.insert("required".to_owned(), json!(required));
        }
        object
    }

    /// A value by its type; of an object, the names of its properties.
    fn outline(&mut self, schema: &Schema) -> Map<String, Value> {
        let target = self.resolved(schema);
        match target.kind {
            Kind::Object { properties } if !properties.is_empty() => {
                let names = properties.iter().map(|property| property.name);
                let names: Vec<_> = names.filter(|name| !COMMON_PROPERTIES.contains(name)).collect();
                let more = if names.len() > MAX_NAMED_PROPERTIES { ", …" } else { "" };
                let names: Vec<_> = names.into_iter().take(MAX_NAMED_PROPERTIES).collect();
                let mut object = typed("object");
                object.insert("description".to_owned(), json!(format!("{}{more}", names.join(", "))));
                object
            }
            Kind::OneOf { discriminator, variants } => {
                let kinds: Vec<_> = variants.iter().map(|variant| variant.value).collect();
                let mut object = typed("object");
                object.insert("description".to_owned(), json!(format!("{discriminator}: {}", kinds.join(" | "))));
                object
            }
            Kind::Object { .. } | Kind::Map { .. } => typed("object"),
            Kind::Array { items, .. } => {
                let mut items = self.outline(items);
                items.remove("description");
                let mut object = typed("array");
                object.insert("items".to_owned(), Value::Object(items));
                object
            }
            _ => self.inline(&Schema { description: None, ..target }),
        }
    }

    fn inline(&mut self, schema: &Schema) -> Map<String, Value> {
        let mut object = match schema.kind {
            Kind::Any => Map::new(),
            Kind::Boolean => typed("boolean"),
            Kind::Integer { format } => with_format(typed("integer"), format),
            Kind::Number => typed("number"),
            Kind::String { format, values } => {
                let mut object = with_format(typed("string"), format);
                if let Some(values) = values {
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
            Kind::Object { properties } => self.object(properties, Self::inline),
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
                            if !self.partial {
                                require(&mut branch, discriminator);
                            }
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
        if let Some(description) = schema.description {
            object.insert("description".to_owned(), json!(description));
        }
        object
    }

    fn inline_named(&mut self, name: &'static str) -> Map<String, Value> {
        if let Some(base) = self.base {
            return Map::from_iter([("$ref".to_owned(), json!(format!("{base}{name}")))]);
        }
        let Some(schema) = self.document.schema(name).filter(|_| !self.open.contains(&name)) else {
            return typed("object");
        };
        self.open.push(name);
        let object = self.inline(schema);
        self.open.pop();
        object
    }
}

/// Adds a property to those that an object's schema requires.
fn require(schema: &mut Map<String, Value>, name: &str) {
    let required = schema.entry("required").or_insert_with(|| json!([]));
    if let Value::Array(names) = required
        && !names.iter().any(|known| known == name)
    {
        names.push(json!(name));
    }
}

fn typed(name: &str) -> Map<String, Value> {
    let mut object = Map::new();
    object.insert("type".to_owned(), json!(name));
    object
}

fn with_format(mut object: Map<String, Value>, format: Option<&str>) -> Map<String, Value> {
    if let Some(format) = format {
        object.insert("format".to_owned(), json!(format));
    }
    object
}
