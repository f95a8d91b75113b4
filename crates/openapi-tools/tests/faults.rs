//! A document that breaks its rules is refused with the place of the fault.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use common::{faults, lowered};
use openapi_tools::load::source::{Overlay, load};
use serde_json::{Value, json};

fn sample() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Sample", "version": "1" },
        "security": [{ "ApiKeyAuth": [] }],
        "paths": { "/api/user/{userId}": { "post": {
            "operationId": "createUser",
            "parameters": [{ "name": "userId", "in": "path", "required": true, "schema": { "type": "string" } }],
            "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/User" } } } },
            "responses": { "200": { "description": "" } },
        } } },
        "components": {
            "securitySchemes": { "ApiKeyAuth": { "type": "apiKey", "in": "header", "name": "Authorization" } },
            "schemas": { "User": { "type": "object", "properties": { "id": { "type": "string" } } } },
        },
    })
}

/// The faults of the sample with one value replaced.
fn faults_with(pointer: &str, value: Value) -> String {
    let mut document = sample();
    *document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
    faults(&document)
}

#[test]
fn the_sample_itself_is_right() {
    assert_eq!(faults(&sample()), "");
    assert_eq!(lowered(&sample()).operations.len(), 1);
}

#[test]
fn broken_forms_are_named_at_the_innermost_place() {
    const SCHEME: &str = "components.securitySchemes.ApiKeyAuth: ";
    const POST: &str = "/paths/~1api~1user~1{userId}/post";
    for (pointer, value, expected) in [
        ("/info", json!("text"), "info: "),
        ("/components/schemas/User", json!(7), "components.schemas.User: "),
        ("/components/schemas/User/properties/id", json!({ "type": 7 }), "components.schemas.User.properties.id"),
        ("/components/schemas/User/properties/id", json!({ "$ref": 7 }), "components.schemas.User.properties.id.$ref"),
        ("/components/schemas/User", json!({ "tpye": "object" }), "components.schemas.User.tpye: not a key"),
        (&format!("{POST}/parameters/0"), json!({ "name": "userId" }), "paths./api/user/{userId}.post.parameters[0]"),
        (
            &format!("{POST}/parameters/0/schema"),
            json!({ "enum": 7 }),
            "paths./api/user/{userId}.post.parameters[0].schema",
        ),
        (&format!("{POST}/requestBody"), json!({}), "paths./api/user/{userId}.post.requestBody"),
        (&format!("{POST}/responses"), json!(7), "paths./api/user/{userId}.post"),
        ("/components/securitySchemes/ApiKeyAuth", json!({ "type": "apiKey", "in": "body", "name": "key" }), SCHEME),
        ("/components/securitySchemes/ApiKeyAuth", json!({ "type": "oauth2" }), SCHEME),
        (
            "/components/securitySchemes/ApiKeyAuth",
            json!({ "type": "oauth2", "flows": { "password": { "scopes": {} } } }),
            SCHEME,
        ),
        (
            "/components/securitySchemes/ApiKeyAuth",
            json!({ "type": "http", "schema": "bearer" }),
            "components.securitySchemes.ApiKeyAuth.schema: not a key",
        ),
    ] {
        let fault = faults_with(pointer, value);
        assert!(fault.starts_with(expected), "{fault:?} does not begin with {expected:?}");
    }
}

#[test]
fn what_cannot_become_a_tool_is_named() {
    const POST: &str = "/paths/~1api~1user~1{userId}/post";
    const PLACE: &str = "paths./api/user/{userId}.post";
    for (pointer, value, expected) in [
        (
            format!("{POST}/operationId"),
            json!("create user"),
            format!("{PLACE}.operationId: \"create user\": expected 1 to 64"),
        ),
        (format!("{POST}/parameters"), json!([]), format!("{PLACE}.parameters: the path names `{{userId}}`")),
        (
            format!("{POST}/parameters/0/name"),
            json!("id"),
            format!("{PLACE}.parameters: the path parameter `id` does not stand in the path"),
        ),
        (
            format!("{POST}/requestBody/content/application~1json/schema/$ref"),
            json!("#/components/schemas/Usr"),
            format!("{PLACE}.requestBody.content.application/json.schema: `#/components/schemas/Usr` is no schema"),
        ),
        (
            "/components/schemas/User/properties/id".to_owned(),
            json!({ "type": "string", "pattern": "^w+$" }),
            "components.schemas.User.properties.id.pattern: patterns are not supported".to_owned(),
        ),
        (
            "/components/schemas/User".to_owned(),
            json!({ "anyOf": [{ "type": "string" }] }),
            "components.schemas.User.discriminator: expected one".to_owned(),
        ),
        (
            "/components/schemas/User".to_owned(),
            json!({ "oneOf": [{ "type": "string" }] }),
            "components.schemas.User.discriminator: expected one".to_owned(),
        ),
        ("/security/0".to_owned(), json!({ "Other": [] }), "security: `Other` is not a security scheme".to_owned()),
    ] {
        let fault = faults_with(&pointer, value);
        assert!(fault.starts_with(&expected), "{fault:?} does not begin with {expected:?}");
    }
}

#[test]
fn a_second_use_of_a_name_is_a_fault() {
    let mut document = sample();
    let post = document["paths"]["/api/user/{userId}"]["post"].clone();
    document["paths"]["/api/user/{userId}"]["put"] = post;
    let faults = faults(&document);
    assert!(faults.contains("operationId: `createUser` is the operationId of"), "{faults}");
}

#[test]
fn marks_are_checked() {
    let mut document = sample();
    document["paths"]["/api/user/{userId}"]["post"]["x-read-olny"] = json!(true);
    document["paths"]["/api/user/{userId}"]["post"]["x-destructive"] = json!("yes");
    let faults = faults(&document);
    let faults: Vec<_> = faults.lines().collect();
    assert!(faults[0].contains("x-destructive: \"yes\": expected true or false"), "{faults:?}");
    assert!(faults[1].contains("x-read-olny: not a mark"), "{faults:?}");
}

#[test]
fn texts_that_are_not_json_or_yaml_are_named() {
    assert!(load("{", &[]).unwrap_err().message.contains("not JSON"));
    let overlay = |text| load(&sample().to_string(), &[Overlay { name: "user.yaml", text }]).unwrap_err().to_string();
    assert!(overlay("a: [").starts_with("user.yaml: not YAML"));
    assert!(overlay("text").starts_with("user.yaml: expected a partial OpenAPI document"));
}
