//! Listed schemas keep to what every client takes, whatever the document holds, and say the rest in words.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use common::{fusionauth, lowered};
use openapi_tools::{
    describe::{
        input_schema::{Detail, input_schema, named_schema},
        signature::signature,
        view::View,
    },
    model::{document::Document, operation::Location},
};
use serde_json::{Value, json};

/// A document with one operation, that has these parameters and this body.
fn document(parameters: Value, body: Value) -> Document {
    lowered(&json!({
        "openapi": "3.0.3",
        "info": { "title": "Sample", "version": "1" },
        "paths": { "/api/thing": { "post": {
            "operationId": "createThing",
            "parameters": parameters,
            "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } },
            "responses": { "200": { "description": "" } },
        } } },
        "components": { "schemas": { "Thing": body } },
    }))
}

fn schema(document: &Document, detail: Detail) -> Value {
    let operation = document.operation("createThing").unwrap();
    Value::Object(input_schema(View::new(document, operation), detail))
}

/// The schema of one property of a body, in full.
fn listed(property: Value) -> Value {
    let body = json!({ "type": "object", "properties": { "value": property } });
    schema(&document(json!([]), body), Detail::Full)["properties"]["requestBody"]["properties"]["value"].take()
}

#[test]
fn a_format_becomes_a_word() {
    for (property, expected) in [
        (json!({ "type": "string", "format": "uuid" }), json!({ "type": "string", "description": "UUID" })),
        (
            json!({ "type": "string", "format": "uri", "description": "Where it is." }),
            json!({ "type": "string", "description": "Where it is. URI." }),
        ),
        (
            json!({ "type": "string", "format": "uri", "description": "The URL." }),
            json!({ "type": "string", "description": "The URL." }),
        ),
        (json!({ "type": "string", "format": "date-time" }), json!({ "type": "string", "format": "date-time" })),
        (json!({ "type": "string", "format": "ipv4" }), json!({ "type": "string", "description": "ipv4" })),
        (json!({ "type": "integer", "format": "int64" }), json!({ "type": "integer" })),
        (
            json!({ "type": "array", "uniqueItems": true, "items": { "type": "string", "format": "uuid" } }),
            json!({ "type": "array", "items": { "type": "string", "description": "UUID" } }),
        ),
    ] {
        assert_eq!(listed(property.clone()), expected, "{property}");
    }
}

#[test]
fn an_object_of_any_form_stays_open() {
    let open = json!({ "type": "object", "additionalProperties": { "properties": {} } });
    for property in [
        json!({ "type": "object" }),
        json!({ "type": "object", "properties": {} }),
        json!({ "type": "object", "additionalProperties": true }),
        json!({ "type": "object", "additionalProperties": {} }),
        json!({ "type": "object", "additionalProperties": { "type": "object" } }),
    ] {
        assert_eq!(listed(property.clone()), open, "{property}");
    }
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    assert_eq!(listed(texts.clone()), texts);
    // In short, whatever stands in the body.
    let body = json!({ "type": "object", "properties": {
        "inner": { "type": "object", "properties": { "first": { "type": "string" }, "second": { "type": "string" } } },
        "map": texts,
        "list": { "type": "array", "items": { "type": "object", "properties": { "a": { "type": "string" } } } },
    } });
    let compact = schema(&document(json!([]), body), Detail::Compact);
    let properties = &compact["properties"]["requestBody"]["properties"];
    assert_eq!(properties["inner"]["description"], "first second");
    assert_eq!(properties["map"], open);
    assert_eq!(properties["list"], json!({ "type": "array", "items": open }));
}

#[test]
fn every_value_has_a_type() {
    let open = json!({ "type": "object", "additionalProperties": { "properties": {} } });
    let single = [json!({ "type": "string" }), json!({ "type": "number" }), json!({ "type": "boolean" }), open];
    let list = json!({ "type": "array", "items": { "anyOf": single } });
    let mut any: Vec<_> = single.to_vec();
    any.push(list);
    assert_eq!(listed(json!({})), json!({ "anyOf": any }));
    assert_eq!(listed(json!({ "type": "array" })), json!({ "type": "array", "items": { "anyOf": any } }));
    any[0]["description"] = json!("Whatever you like.");
    assert_eq!(listed(json!({ "description": "Whatever you like." })), json!({ "anyOf": any }));
}

#[test]
fn an_enum_has_no_empty_value() {
    assert_eq!(listed(json!({ "type": "string", "enum": ["", "a"] })), json!({ "type": "string", "enum": ["a"] }));
    assert_eq!(listed(json!({ "type": "string", "enum": [""] })), json!({ "type": "string" }));
}

#[test]
fn nothing_stands_beside_any_of() {
    let document = fusionauth();
    let operation = document.operation("createMessageTemplate").unwrap();
    let schema = Value::Object(input_schema(View::new(&document, operation), Detail::Full));
    let template = &schema["properties"]["requestBody"]["properties"]["messageTemplate"];
    assert_eq!(template.as_object().unwrap().keys().collect::<Vec<_>>(), ["anyOf"]);
    assert_eq!(template["anyOf"][0]["description"], "The SMS or voice template to store.");
    assert_eq!(template["anyOf"][0]["properties"]["type"], json!({ "type": "string", "enum": ["SMS"] }));
    assert_eq!(template["anyOf"][1].get("description"), None);
}

/// A schema that is read, and not passed to a provider, is whole.
#[test]
fn a_named_schema_keeps_its_formats() {
    let body = json!({ "type": "object", "properties": {
        "id": { "type": "string", "format": "uuid" },
        "tags": { "type": "array", "uniqueItems": true, "items": { "type": "string" } },
        "any": {},
    } });
    let schema = Value::Object(named_schema(&document(json!([]), body.clone()), "Thing", "#/").unwrap());
    assert_eq!(schema, body);
}

#[test]
fn every_argument_has_a_name_that_providers_take() {
    let parameter = |name: &str, place: &str| json!({ "name": name, "in": place, "schema": { "type": "string" } });
    let parameters = json!([
        parameter("X-Tenant-Id", "header"),
        parameter("filter[name]", "query"),
        parameter("$top", "query"),
        parameter("id", "query"),
        parameter("id", "header"),
        parameter("requestBody", "query"),
    ]);
    let document = document(parameters, json!({ "type": "object" }));
    let operation = document.operation("createThing").unwrap();
    let names: Vec<_> = operation.parameters.iter().map(|one| (one.name, one.former_name, one.wire_name)).collect();
    // Headers stand behind the others.
    assert_eq!(
        names,
        [
            ("filter_name_", Some("filter[name]"), "filter[name]"),
            ("_top", Some("$top"), "$top"),
            ("id", None, "id"),
            ("requestBody_query", None, "requestBody"),
            ("X_Tenant_Id", Some("X-Tenant-Id"), "X-Tenant-Id"),
            ("id_header", None, "id"),
        ]
    );
    assert_eq!(operation.header("x-tenant-id").unwrap().name, "X_Tenant_Id");
    assert_eq!(operation.header("id").unwrap().name, "id_header");
    assert_eq!(operation.header("$top"), None);
    // One name everywhere.
    let view = View::new(&document, operation);
    for detail in [Detail::Compact, Detail::Full] {
        let schema = input_schema(view, detail);
        assert!(operation.parameters.iter().all(|one| schema["properties"].get(one.name).is_some()), "{schema:?}");
        assert_eq!(schema["properties"].as_object().unwrap().len(), operation.parameters.len() + 1);
    }
    assert!(signature(view, 0).contains("  X_Tenant_Id?: string\n"));
}

#[test]
fn an_operation_replaces_a_parameter_of_its_path() {
    let parameter =
        |required: bool| json!({ "name": "kind", "in": "query", "required": required, "schema": { "type": "string" } });
    let document = lowered(&json!({
        "openapi": "3.0.3",
        "info": { "title": "Sample", "version": "1" },
        "paths": { "/api/thing": { "parameters": [parameter(false)], "get": {
            "operationId": "createThing",
            "parameters": [parameter(true)],
            "responses": { "200": { "description": "" } },
        } } },
    }));
    let parameters = document.operation("createThing").unwrap().parameters;
    assert_eq!(parameters.iter().map(|one| (one.name, one.required)).collect::<Vec<_>>(), [("kind", true)]);
    assert_eq!(parameters[0].location, Location::Query);
}
