//! The JSON Schema of configuration files, for editors.

use serde_json::{Map, Value, json};

use super::keys::{self, CREDENTIALS, DOCUMENT, FILE, OWN, Part, SOURCES, key};
use crate::config::{
    settings::{Setting, ValueKind},
    sources::FUSIONAUTH,
};

/// A text in which a variable stands for the value.
const VARIABLE: &str = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}";

/// The schema, made from the table of settings.
pub fn schema() -> Value {
    let mut properties = properties(keys::general());
    properties.insert(SOURCES.to_owned(), sources());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": concat!("Configuration of ", env!("CARGO_PKG_NAME")),
        "type": "object",
        "properties": properties,
        "patternProperties": { format!("^{OWN}"): {} },
        "additionalProperties": false,
    })
}

fn sources() -> Value {
    let mut of_fusionauth = properties(keys::OF_FUSIONAUTH);
    of_fusionauth.insert(CREDENTIALS.to_owned(), credentials());
    let mut of_others = properties(keys::OF_SOURCES);
    of_others.insert(CREDENTIALS.to_owned(), credentials());
    let document = "The OpenAPI document: a file, relative to this one, or a URL.";
    of_others.insert(DOCUMENT.to_owned(), json!({ "type": "string", "description": document }));
    json!({
        "type": "object",
        "description": "The APIs whose operations are tools, by their names.",
        "properties": { FUSIONAUTH: object(of_fusionauth, &[]) },
        "patternProperties": { format!("^(?!{FUSIONAUTH}$)[A-Za-z][A-Za-z0-9-]{{0,23}}$"): object(of_others, &[DOCUMENT]) },
        "additionalProperties": false,
    })
}

fn object(properties: Map<String, Value>, required: &[&str]) -> Value {
    json!({
        "type": ["object", "null"],
        "properties": properties,
        "patternProperties": { format!("^{OWN}"): {} },
        "required": required,
        "additionalProperties": false,
    })
}

fn credentials() -> Value {
    let file = json!({ "type": "object", "properties": { FILE: { "type": "string" } }, "required": [FILE], "additionalProperties": false });
    let text = json!({ "type": "string" });
    let group = |parts: &[Part]| {
        let property = |part: &Part| {
            let schema = if part.is_secret { json!({ "anyOf": [text, file] }) } else { text.clone() };
            (part.key.to_owned(), schema)
        };
        let properties: Map<_, _> = parts.iter().map(property).collect();
        json!({ "type": "object", "properties": properties, "minProperties": 1, "additionalProperties": false })
    };
    json!({
        "type": "object",
        "description": "By security scheme of the document: a text such as ${TOKEN}, a file that holds it, a user name and a \
            password, or a client's id and secret.",
        "additionalProperties": { "anyOf": [text, file, group(&keys::LOGIN), group(&keys::CLIENT)] },
    })
}

fn properties(settings: impl IntoIterator<Item = &'static Setting>) -> Map<String, Value> {
    settings.into_iter().map(|setting| (key(setting), property(setting))).collect()
}

fn property(setting: &Setting) -> Value {
    let variable = json!({ "type": "string", "pattern": VARIABLE });
    let default = setting.default.map(|default| format!(" Default: {default}.")).unwrap_or_default();
    let description = format!("{}{default}", setting.help);
    let mut schema = Map::from_iter([("description".to_owned(), json!(description))]);
    let form = match setting.value {
        ValueKind::Bool => json!({ "anyOf": [{ "type": "boolean" }, { "enum": ["true", "false"] }, variable] }),
        ValueKind::Choice(words) => json!({ "anyOf": [{ "enum": words }, variable] }),
        ValueKind::Number { min, max: usize::MAX } => {
            json!({ "anyOf": [{ "type": "integer", "minimum": min }, { "type": "string" }] })
        }
        ValueKind::Number { min, max } => {
            json!({ "anyOf": [{ "type": "integer", "minimum": min, "maximum": max }, { "type": "string" }] })
        }
        ValueKind::Bytes | ValueKind::Duration => json!({ "type": ["number", "string"], "exclusiveMinimum": 0 }),
        ValueKind::List | ValueKind::Paths => json!({ "type": ["array", "string"], "items": { "type": "string" } }),
        ValueKind::Path | ValueKind::Secret | ValueKind::Text | ValueKind::Url | ValueKind::Uuid => {
            json!({ "type": "string" })
        }
    };
    schema.extend(form.as_object().cloned().unwrap_or_default());
    Value::Object(schema)
}
