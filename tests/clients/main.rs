//! Every listed schema keeps to what all clients and providers take, in every mode of the list.
//!
//! `.ci/clients` tries the same with the clients' own converters; this test needs nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::sync::Arc;

use fusionauth_mcp::{
    config::{Config, given::Settings},
    fusionauth::{simulation::Simulation, source::source, tools::DOCUMENT},
};
use fusionauth_sandbox::instance::Instance;
use gateway::{
    listing::{Listed, list},
    toolset::Toolset,
};
use serde_json::{Value, json};

const TENANT: (&str, &str) = ("FUSIONAUTH_TENANT_ID", "00000000-0000-0000-0000-000000000001");

const MODES: [&[(&str, &str)]; 5] =
    [&[], &[("TOOL_SCHEMAS", "full")], &[("TOOL_MODE", "search")], &[TENANT], &[("TOOL_SCHEMAS", "full"), TENANT]];

/// The keywords that every client takes in a listed schema.
const KEYWORDS: [&str; 9] =
    ["additionalProperties", "anyOf", "description", "enum", "format", "items", "properties", "required", "type"];

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];

fn listed(environment: &[(&str, &str)]) -> Vec<Listed> {
    let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let mut settings = Settings::new([], pairs);
    let config = Config::read(&mut settings);
    let source = source(&config, Arc::new(Simulation::new(Instance::empty(&DOCUMENT))));
    list(&Toolset::choose(vec![Arc::new(source)], &config.selection, config.presentation).unwrap())
}

/// Letters, digits and `_`, no digit first, at most 64: Vertex AI's rule for arguments, the narrowest.
fn is_argument_name(name: &str) -> bool {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || character == '_';
    (1..=64).contains(&name.len())
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.chars().all(is_allowed)
}

/// Claude's and OpenAI's rule for tools.
fn is_tool_name(name: &str) -> bool {
    name.len() <= 64
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "_-".contains(character))
}

/// Claude's rule for properties.
fn is_property_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || "_.-".contains(character))
}

/// What is wrong with the schema of arguments, and with each schema in it.
fn faults(root: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    if root["type"] != "object" || !root["properties"].is_object() || root.get("anyOf").is_some() {
        faults.push("the root is no plain object with properties".to_owned());
    }
    for name in root["properties"].as_object().into_iter().flat_map(|properties| properties.keys()) {
        if !is_argument_name(name) {
            faults.push(format!("`{name}` is no name of an argument"));
        }
    }
    let mut pending = vec![(String::new(), root)];
    while let Some((path, schema)) = pending.pop() {
        let Some(object) = schema.as_object() else {
            faults.push(format!("{path}: the schema is {schema}"));
            continue;
        };
        let mut fault = |text: String| faults.push(format!("{path}: {text}"));
        for keyword in object.keys().filter(|keyword| !KEYWORDS.contains(&keyword.as_str())) {
            fault(format!("the keyword {keyword}"));
        }
        match schema.get("anyOf").and_then(Value::as_array) {
            Some(alternatives) => {
                if object.len() > 1 || alternatives.len() < 2 {
                    fault(format!("{:?} beside {} in anyOf", object.keys(), alternatives.len()));
                }
                pending.extend(alternatives.iter().enumerate().map(|(index, one)| (format!("{path}|{index}"), one)));
                continue;
            }
            None if !TYPES.iter().any(|name| schema["type"] == *name) => {
                fault(format!("the type is {}", schema["type"]))
            }
            None => {}
        }
        let properties = schema.get("properties").and_then(Value::as_object);
        let names: Vec<_> =
            properties.into_iter().flat_map(|properties| properties.keys().map(String::as_str)).collect();
        if let Some(name) = names.iter().find(|name| !is_property_name(name)) {
            fault(format!("`{name}` is no name of a property"));
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if !names.iter().any(|known| name == known) {
                fault(format!("{name} is required and not there"));
            }
        }
        if schema.get("format").is_some_and(|format| schema["type"] != "string" || format != "date-time") {
            fault(format!("the format {}", schema["format"]));
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.is_empty());
            if schema["type"] != "string" || values.is_empty() || !values.iter().all(is_text) {
                fault(format!("the enum {values:?}"));
            }
        }
        if schema["type"] == "array" && schema.get("items").is_none() {
            fault("no items".to_owned());
        }
        // The root of a tool that takes nothing is open to nothing.
        let is_open = schema["type"] == "object" && names.is_empty() && !path.is_empty();
        match schema.get("additionalProperties") {
            None if is_open => fault("an object that a conversion to strict mode closes".to_owned()),
            None => {}
            // Any value fits a schema without a type. It says nothing more, and is not empty.
            Some(values) if is_open && *values == json!({ "properties": {} }) => {}
            Some(values) if is_open && values.as_object().is_some_and(|values| !values.is_empty()) => {
                pending.push((format!("{path}{{}}"), values));
            }
            Some(values) => fault(format!("additionalProperties is {values}")),
        }
        pending.extend(properties.into_iter().flatten().map(|(name, inner)| (format!("{path}.{name}"), inner)));
        pending.extend(schema.get("items").map(|items| (format!("{path}[]"), items)));
    }
    faults
}

#[test]
fn every_client_takes_every_listed_schema() {
    for environment in MODES {
        let tools = listed(environment);
        assert!(tools.len() == 3 || tools.len() > DOCUMENT.operations.len(), "{environment:?}: {}", tools.len());
        for tool in tools {
            assert!(is_tool_name(tool.name), "{}", tool.name);
            let faults = faults(&Value::Object(tool.input_schema));
            assert!(faults.is_empty(), "{environment:?}, {}: {faults:#?}", tool.name);
        }
    }
}

#[test]
fn what_a_client_does_not_take_is_found() {
    let of = |schema: Value| faults(&json!({ "type": "object", "properties": { "a": schema } })).join("\n");
    assert_eq!(of(json!({ "type": "string", "description": "An example." })), "");
    for (schema, expected) in [
        (json!({ "type": "string", "format": "uuid" }), ".a: the format \"uuid\""),
        (json!({ "type": "integer", "format": "int64" }), ".a: the format \"int64\""),
        (json!({ "type": "object" }), ".a: an object that a conversion to strict mode closes"),
        (json!({ "type": "object", "additionalProperties": true }), ".a: additionalProperties is true"),
        (json!({ "type": "object", "additionalProperties": {} }), ".a: additionalProperties is {}"),
        (json!({ "type": "array" }), ".a: no items"),
        (json!({ "type": "array", "items": {} }), ".a[]: the type is null"),
        (json!({ "type": "array", "items": true }), ".a[]: the schema is true"),
        (json!({ "type": ["string", "null"] }), ".a: the type is [\"string\",\"null\"]"),
        (json!({ "const": "b" }), ".a: the keyword const"),
        (json!({ "$ref": "#/$defs/b" }), ".a: the keyword $ref"),
        (json!({ "type": "string", "enum": ["b", ""] }), ".a: the enum"),
        (json!({ "anyOf": [{ "type": "string" }, { "type": "number" }], "type": "string" }), "beside 2 in anyOf"),
        (
            json!({ "type": "object", "properties": { "b": { "type": "string" } }, "required": ["c"] }),
            "\"c\" is required",
        ),
        (json!({ "type": "object", "properties": { "b c": { "type": "string" } } }), "`b c` is no name of a property"),
    ] {
        let found = of(schema.clone());
        assert!(found.contains(expected), "{schema}: {found}");
    }
    let named =
        |name: &str| faults(&json!({ "type": "object", "properties": { name: { "type": "string" } } })).join("\n");
    assert_eq!(named("_2fa"), "");
    for name in ["X-FusionAuth-TenantId", "filter[name]", "page.size", "2fa", ""] {
        assert!(named(name).contains(&format!("`{name}` is no name of an argument")), "{name}");
    }
    assert!(faults(&json!({ "anyOf": [] })).join("\n").contains("the root is no plain object"));
}
