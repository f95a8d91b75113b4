//! The JSON Schema of a tool's arguments, as an MCP client reads it (MCP 2026-07-28, "Tool": `inputSchema`).
//!
//! A client passes the list of tools on to a model's provider. A provider that does not take one keyword of one tool
//! refuses the whole list, and a converter that does not take it loses the tool. So a listed schema has only what all of
//! them take:
//!
//! - `format` is `date-time` or missing (Gemini). Another format becomes a word in the description.
//! - An object without named properties says that it takes others (`additionalProperties`). Without that, conversions to
//!   OpenAI's strict mode close the object, and a model can give nothing in it. It says so by a schema that any value fits.
//!   `true` means the same, but google-genai's converter of MCP tools fails on it (googleapis/python-genai#2476). `{}` too,
//!   but Python takes it for false: openai-agents until July 2026 (openai/openai-agents-python#3927), and LangChain for
//!   Gemini. The MCP Inspector warns of a schema without a keyword that validates.
//! - `anyOf` is never at the root (Claude), and nothing stands beside it (Vertex AI).
//! - Every array has `items`, every other schema a type (Gemini).
//! - No `$ref`, `const`, `oneOf`, `allOf`, `uniqueItems`, list of types, boolean schema, or empty value in an `enum`.

use serde_json::{Map, Value, json};

use super::{
    format_word::{format_word, words},
    replacing::Replacing,
    view::View,
};
use crate::model::{
    document::Document,
    operation::{Location, Method, Parameter},
    schema::{Importance, Kind, Property, Rest, Schema, Variant},
};

/// The name of the argument that holds the request body.
pub const BODY_ARGUMENT: &str = "requestBody";

/// The name of the argument that holds a jq filter for the answer.
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
const MAX_NAMED_PROPERTIES: usize = 6;

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
    let mut inliner =
        Inliner { document, partial: operation.method == Method::Patch, replacing: Replacing::default(), base: None };
    for parameter in view.parameters() {
        let is_described = detail == Detail::Full || !is_self_explanatory(parameter);
        let description = parameter.description.filter(|_| is_described).or(parameter.schema.description);
        let mut schema = inliner.inline(parameter.name, &Schema { description, ..parameter.schema });
        if detail == Detail::Compact
            && schema.get("enum").and_then(Value::as_array).is_some_and(|values| values.len() > MAX_NAMED_VALUES)
        {
            schema.remove("enum");
        }
        properties.insert(parameter.name.to_owned(), Value::Object(schema));
        if parameter.required {
            required.push(parameter.name);
        }
    }
    if let Some(body) = &operation.body {
        let schema = match detail {
            Detail::Compact => inliner.compact(&body.schema),
            Detail::Full => inliner.inline(BODY_ARGUMENT, &body.schema),
        };
        properties.insert(BODY_ARGUMENT.to_owned(), Value::Object(schema));
        if body.required {
            required.push(BODY_ARGUMENT);
        }
    }
    if view.lists_filter() {
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
/// name after `base`. It is read and not passed to a provider, so it keeps every format.
pub fn named_schema(document: &Document, name: &str, base: &str) -> Option<Map<String, Value>> {
    let mut inliner = Inliner { document, partial: false, replacing: Replacing::default(), base: Some(base) };
    Some(inliner.inline(name, document.schema(name)?))
}

/// Whether a compact schema leaves the description out, by FusionAuth's conventions: an id in the path is what its name
/// says, and so is one that is described as no more than that; headers and the parameters of paging are the same
/// everywhere.
fn is_self_explanatory(parameter: &Parameter) -> bool {
    let is_just_id = || {
        let name = parameter.name.strip_suffix("Id").map(words);
        name.zip(parameter.description).is_some_and(|(name, text)| text == format!("Id of the {name}."))
    };
    if parameter.is_common {
        return true;
    }
    match parameter.location {
        Location::Header => true,
        Location::Path => parameter.name.ends_with("Id"),
        Location::Query | Location::Cookie | Location::QueryString => {
            PAGING_PARAMETERS.contains(&parameter.name) || is_just_id()
        }
    }
}

struct Inliner<'a> {
    document: &'a Document,
    /// A PATCH holds only what changes, so nothing in its body is required.
    partial: bool,
    replacing: Replacing,
    /// What the names of references follow where they are not replaced.
    base: Option<&'a str>,
}

impl Inliner<'_> {
    /// Whether the schema goes into a list of tools, and so keeps to what all clients take.
    fn is_listed(&self) -> bool {
        self.base.is_none()
    }

    /// A body, one level deep.
    fn compact(&mut self, schema: &Schema) -> Map<String, Value> {
        match self.resolved(schema).kind {
            // What hardly a call has is left to the description.
            Kind::Object { properties } => {
                let kept = properties.iter().filter(|property| property.importance != Importance::Rare);
                let kept: Vec<_> = kept.copied().collect();
                self.object(if kept.is_empty() { properties } else { &kept }, Self::outline)
            }
            Kind::Union { .. } | Kind::Array { .. } => self.outline(BODY_ARGUMENT, schema),
            _ => self.inline(BODY_ARGUMENT, schema),
        }
    }

    /// The schema, or the one that it refers to.
    fn resolved(&self, schema: &Schema) -> Schema {
        match schema.kind {
            Kind::Reference(name) => self.document.schema(name).copied().unwrap_or(*schema),
            _ => *schema,
        }
    }

    /// An object whose properties are written by `inner`, which takes a name and a schema.
    fn object(
        &mut self,
        properties: &[Property],
        inner: fn(&mut Self, &str, &Schema) -> Map<String, Value>,
    ) -> Map<String, Value> {
        if properties.is_empty() {
            return open_object();
        }
        // What the upstream sets is in no request.
        let is_shown = |property: &&Property| !property.schema.read_only || !self.is_listed();
        let shown: Vec<_> = properties.iter().filter(is_shown).collect();
        let required: Vec<_> =
            shown.iter().filter(|property| property.required && !self.partial).map(|property| property.name).collect();
        let properties: Map<_, _> = shown
            .into_iter()
            .map(|property| (property.name.to_owned(), Value::Object(inner(self, property.name, &property.schema))))
            .collect();
        let mut object = typed("object");
        object.insert("properties".to_owned(), Value::Object(properties));
        if !required.is_empty() {
            object.insert("required".to_owned(), json!(required));
        }
        object
    }

    /// A value by its type; of an object, the names of its properties. `name` is the property that holds it.
    fn outline(&mut self, name: &str, schema: &Schema) -> Map<String, Value> {
        let target = self.resolved(schema);
        // An array of itself.
        let is_begun = match (schema.kind, target.kind) {
            (Kind::Reference(name), Kind::Array { .. }) if !self.replacing.begin(name) => {
                return array(any_value(None));
            }
            (Kind::Reference(_), Kind::Array { .. }) => true,
            _ => false,
        };
        let outline = self.outline_of(name, target);
        if is_begun {
            self.replacing.end();
        }
        outline
    }

    /// The same of a schema that is no reference.
    fn outline_of(&mut self, name: &str, target: Schema) -> Map<String, Value> {
        match target.kind {
            Kind::Object { properties } if !properties.is_empty() => {
                let known = properties.iter().filter(|property| property.importance != Importance::Rare);
                let names = known.map(|property| property.name);
                let names: Vec<_> = names.filter(|name| !COMMON_PROPERTIES.contains(name)).collect();
                let more = if names.len() > MAX_NAMED_PROPERTIES { " …" } else { "" };
                let names: Vec<_> = names.into_iter().take(MAX_NAMED_PROPERTIES).collect();
                described(open_object(), &format!("{}{more}", names.join(" ")))
            }
            Kind::OneOf { discriminator, variants } => {
                let kinds: Vec<_> = variants.iter().map(|variant| variant.value).collect();
                described(open_object(), &format!("{discriminator}: {}", kinds.join(" | ")))
            }
            Kind::Object { .. } | Kind::Map { .. } => open_object(),
            Kind::Union { branches } => self.outline_union(branches),
            Kind::Array { items, .. } => {
                let mut items = self.outline(name, items);
                items.remove("description");
                array(items)
            }
            _ => self.inline(name, &Schema { description: None, ..target }),
        }
    }

    /// A value of one of several types, by the types alone.
    fn outline_union(&self, branches: &[Schema]) -> Map<String, Value> {
        let mut alternatives: Vec<Map<String, Value>> = Vec::new();
        for branch in branches {
            let alternative = match self.resolved(branch).kind {
                Kind::Boolean => typed("boolean"),
                Kind::Integer { .. } => typed("integer"),
                Kind::Number => typed("number"),
                Kind::String { .. } => typed("string"),
                Kind::Array { .. } => array(any_value(None)),
                Kind::Any | Kind::Enum { .. } | Kind::Union { .. } => return any_value(None),
                Kind::Object { .. } | Kind::Map { .. } | Kind::OneOf { .. } | Kind::Reference(_) => open_object(),
            };
            if !alternatives.contains(&alternative) {
                alternatives.push(alternative);
            }
        }
        match alternatives.as_slice() {
            [only] => only.clone(),
            _ => any_of(alternatives, None),
        }
    }

    /// The whole schema. `name` is the argument or property that holds the value.
    fn inline(&mut self, name: &str, schema: &Schema) -> Map<String, Value> {
        let object = match schema.kind {
            Kind::Any if self.is_listed() => return any_value(schema.description),
            Kind::Any => Map::new(),
            Kind::Boolean => typed("boolean"),
            Kind::Integer { format } => self.with_format(typed("integer"), format),
            Kind::Number => typed("number"),
            Kind::String { format, values } => {
                let mut object = self.with_format(typed("string"), format);
                let values: Vec<_> = values.into_iter().flatten().filter(|value| !value.is_empty()).collect();
                if !values.is_empty() {
                    object.insert("enum".to_owned(), json!(values));
                }
                if let Some(word) = format.filter(|_| self.is_listed() && values.is_empty())
                    && let Some(word) = format_word(word, name, schema.description)
                {
                    let text = schema.description.map_or_else(|| word.to_owned(), |text| format!("{text} {word}."));
                    return described(object, &text);
                }
                object
            }
            Kind::Array { items, unique } => {
                let mut object = array(self.inline(name, items));
                if unique && !self.is_listed() {
                    object.insert("uniqueItems".to_owned(), json!(true));
                }
                object
            }
            Kind::Object { properties } => {
                let mut object = self.object(properties, Self::inline);
                match schema.rest {
                    Rest::Of(rest) => {
                        object.insert("additionalProperties".to_owned(), Value::Object(self.values(name, rest)));
                    }
                    Rest::Nothing if !self.is_listed() => {
                        object.insert("additionalProperties".to_owned(), json!(false));
                    }
                    Rest::Nothing | Rest::Unstated => {}
                }
                object
            }
            Kind::Map { values } => {
                let mut object = typed("object");
                object.insert("additionalProperties".to_owned(), Value::Object(self.values(name, values)));
                object
            }
            Kind::Enum { values } => return self.one_of_values(values, schema.description),
            Kind::Union { branches } => {
                let branches = branches.iter().map(|branch| self.inline(name, branch)).collect();
                return any_of(branches, schema.description);
            }
            Kind::OneOf { discriminator, variants } => {
                let branches = variants.iter().map(|variant| self.variant(discriminator, variant)).collect();
                return any_of(branches, schema.description);
            }
            Kind::Reference(target) => return self.inline_named(name, target, schema.description),
        };
        let mut object = object;
        if let Some(keywords) = schema.constraints.filter(|_| !self.is_listed())
            && let Ok(Value::Object(keywords)) = serde_json::from_str(keywords)
        {
            object.extend(keywords);
        }
        perhaps_described(object, schema.description)
    }

    /// What the values of an object's free keys are.
    fn values(&mut self, name: &str, values: &Schema) -> Map<String, Value> {
        match values.kind {
            Kind::Any => anything(),
            _ => self.inline(name, values),
        }
    }

    /// One of some JSON values. In a list only strings have an `enum` that every client takes, so the others are named in
    /// the description.
    fn one_of_values(&self, values: &[&str], description: Option<&str>) -> Map<String, Value> {
        let parsed: Vec<Value> = values.iter().filter_map(|value| serde_json::from_str(value).ok()).collect();
        if !self.is_listed() {
            return perhaps_described(Map::from_iter([("enum".to_owned(), Value::Array(parsed))]), description);
        }
        let known = format!("One of {}.", values.join(", "));
        let text = description.map_or_else(|| known.clone(), |text| format!("{text} {known}"));
        match parsed.first() {
            Some(Value::Bool(_)) if parsed.iter().all(Value::is_boolean) => described(typed("boolean"), &text),
            Some(first) if parsed.iter().all(Value::is_number) => {
                let is_whole = first.is_i64() && parsed.iter().all(Value::is_i64);
                described(typed(if is_whole { "integer" } else { "number" }), &text)
            }
            _ => any_value(Some(&text)),
        }
    }

    /// The document's schema of that name; a description where it is referred to replaces its own.
    fn inline_named(
        &mut self,
        name: &str,
        target: &'static str,
        description: Option<&'static str>,
    ) -> Map<String, Value> {
        if let Some(base) = self.base {
            let reference = Map::from_iter([("$ref".to_owned(), json!(format!("{base}{target}")))]);
            return perhaps_described(reference, description);
        }
        let Some(schema) = self.document.schema(target).filter(|_| self.replacing.begin(target)) else {
            return perhaps_described(open_object(), description);
        };
        let object = self.inline(name, &Schema { description: description.or(schema.description), ..*schema });
        self.replacing.end();
        object
    }

    /// One kind of a `oneOf`, with the value that tells it.
    fn variant(&mut self, discriminator: &str, variant: &Variant) -> Map<String, Value> {
        let mut branch = self.inline_named(variant.value, variant.reference, None);
        if let Some(Value::Object(properties)) = branch.get_mut("properties") {
            properties.insert(discriminator.to_owned(), json!({ "type": "string", "enum": [variant.value] }));
            if !self.partial {
                require(&mut branch, discriminator);
            }
        }
        branch
    }

    fn with_format(&self, mut object: Map<String, Value>, format: Option<&str>) -> Map<String, Value> {
        if let Some(format) = format.filter(|format| !self.is_listed() || *format == "date-time") {
            object.insert("format".to_owned(), json!(format));
        }
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
    Map::from_iter([("type".to_owned(), json!(name))])
}

fn described(mut object: Map<String, Value>, description: &str) -> Map<String, Value> {
    object.insert("description".to_owned(), json!(description));
    object
}

fn perhaps_described(object: Map<String, Value>, description: Option<&str>) -> Map<String, Value> {
    match description {
        Some(description) => described(object, description),
        None => object,
    }
}

/// A schema that any value fits: `true`, in the one way that every client accepts. No property is named, so none is checked.
pub fn anything() -> Map<String, Value> {
    Map::from_iter([("properties".to_owned(), json!({}))])
}

/// An object that may hold anything.
fn open_object() -> Map<String, Value> {
    let mut object = typed("object");
    object.insert("additionalProperties".to_owned(), Value::Object(anything()));
    object
}

fn array(items: Map<String, Value>) -> Map<String, Value> {
    let mut object = typed("array");
    object.insert("items".to_owned(), Value::Object(items));
    object
}

/// One of the alternatives. Since nothing may stand beside `anyOf`, the first alternative that has no description of its
/// own carries the one of the whole.
///
/// Not `oneOf`: a PATCH may leave the discriminator out, and more clients know `anyOf`.
fn any_of(mut alternatives: Vec<Map<String, Value>>, description: Option<&str>) -> Map<String, Value> {
    let silent = alternatives.iter_mut().find(|alternative| !alternative.contains_key("description"));
    if let (Some(alternative), Some(description)) = (silent, description) {
        alternative.insert("description".to_owned(), json!(description));
    }
    Map::from_iter([("anyOf".to_owned(), json!(alternatives))])
}

/// Any value but `null`, with a type for each: a schema without a type is refused.
fn any_value(description: Option<&str>) -> Map<String, Value> {
    let single = || ["string", "number", "boolean"].map(typed).into_iter().chain([open_object()]);
    let list = array(any_of(single().collect(), None));
    any_of(single().chain([list]).collect(), description)
}
