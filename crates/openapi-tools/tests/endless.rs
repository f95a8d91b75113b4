//! Schemas that contain themselves by what stands beside a reference, and few lines that say very much, end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use openapi_tools::{
    describe::{
        input_schema::{Detail, input_schema},
        outline::{Outline, answer_line},
        output_schema::output_schema,
        parts::Parts,
        signature::{Notation, signature},
        view::View,
    },
    load::{
        bundle::NoLibrary,
        foreign::{Origin, read},
        rules::Rules,
    },
};
use serde_json::{Value, json};

/// Loads a document with these schemas, of which `A` is the body and the answer of its only operation; the number of notes.
fn notes(schemas: &Value) -> usize {
    let of_a = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/A" } } });
    let operation = json!({
        "operationId": "make",
        "requestBody": { "content": of_a },
        "responses": { "200": { "description": "Made.", "content": of_a } },
    });
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "Endless", "version": "1" },
        "paths": { "/a": { "post": operation } }, "components": { "schemas": schemas },
    });
    let origin = Origin { place: "document", library: &NoLibrary };
    let lowered = read(&document.to_string(), origin, &[], &Rules::default()).unwrap();
    assert_eq!(lowered.document.operations.len(), 1);
    let view = View::new(&lowered.document, lowered.document.operations[0]);
    for detail in [Detail::Compact, Detail::Full] {
        input_schema(view, detail);
        output_schema(view, detail);
    }
    signature(view, 4000);
    let outline = Outline::of(&[view]);
    outline.steps().into_iter().for_each(|limit| drop(outline.texts(limit)));
    answer_line(view);
    let mut parts = Parts::of(view, true);
    for name in parts.names() {
        parts.want(name);
        parts.want_like(name);
        parts.want_setting(name);
    }
    parts.text(&mut Notation::default(), 4000);
    lowered.notes.len()
}

#[test]
fn what_contains_itself_beside_a_reference_ends() {
    let to = |name: &str| json!(format!("#/components/schemas/{name}"));
    for schemas in [
        // A reference to itself with a keyword that nobody knows, with a constraint, and through allOf.
        json!({ "A": { "allOf": [{ "type": "object", "properties": { "a": { "$ref": to("A"), "other": 1 } } }] } }),
        json!({ "A": { "type": "object", "properties": { "a": { "$ref": to("A"), "minProperties": 1 } } } }),
        json!({ "A": { "properties": { "a": { "allOf": [{ "$ref": to("A") }, { "required": ["a"] }] } } } }),
        // In lists, maps and unions, and through each other.
        json!({ "A": { "properties": { "a": { "type": "array", "items": { "$ref": to("A"), "minProperties": 1 } } } } }),
        json!({ "A": { "additionalProperties": { "$ref": to("A"), "maxProperties": 9 } } }),
        json!({ "A": { "properties": { "a": { "oneOf": [{ "$ref": to("A"), "maxProperties": 9 }, { "type": "string" }] } } } }),
        json!({
            "A": { "properties": { "b": { "$ref": to("B"), "minProperties": 1 } } },
            "B": { "properties": { "a": { "$ref": to("A"), "minProperties": 1 }, "b": { "$ref": to("B"), "minProperties": 2 } } },
        }),
    ] {
        assert!(notes(&schemas) > 0, "{schemas}");
    }
}

#[test]
fn a_few_lines_do_not_say_too_much() {
    let mut schemas = serde_json::Map::new();
    for level in 0..30 {
        let next = |property: &str| json!({ "$ref": format!("#/components/schemas/L{}", level + 1), "minProperties": 1, "title": property });
        let name = if level == 0 { "A".to_owned() } else { format!("L{level}") };
        schemas.insert(name, json!({ "properties": { "a": next("a"), "b": next("b"), "c": next("c") } }));
    }
    schemas.insert("L30".to_owned(), json!({ "type": "object" }));
    assert!(notes(&Value::Object(schemas)) > 0);
}

#[test]
fn types_of_themselves_are_described() {
    let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    for schemas in [
        json!({ "A": { "type": "object", "additionalProperties": to("A") } }),
        json!({ "A": { "type": "array", "items": to("A") } }),
        json!({ "A": { "anyOf": [{ "type": "string" }, { "type": "array", "items": to("A") }] } }),
        json!({ "A": to("B"), "B": to("A") }),
        json!({ "A": { "properties": { "list": to("B") } }, "B": { "type": "array", "items": to("B") } }),
    ] {
        notes(&schemas);
    }
    // As many as there is memory for, if each reference were replaced; and a chain deeper than a stack.
    let mut wide = serde_json::Map::from_iter([("L30".to_owned(), json!({ "type": "string" }))]);
    let mut deep = serde_json::Map::from_iter([("L5000".to_owned(), json!({ "type": "string" }))]);
    let name = |level: usize| if level == 0 { "A".to_owned() } else { format!("L{level}") };
    for level in 0..30 {
        let next = to(&name(level + 1));
        let object = json!({ "properties": { "a": next, "b": next, "c": { "anyOf": [next, { "type": "array", "items": next }] } } });
        wide.insert(name(level), object);
    }
    for level in 0..5000 {
        deep.insert(name(level), json!({ "type": "array", "items": to(&name(level + 1)) }));
    }
    notes(&Value::Object(wide));
    notes(&Value::Object(deep));
}
