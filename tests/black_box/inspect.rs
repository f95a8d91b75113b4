//! What a document becomes, told by `inspect`.

use std::{path::Path, process::Output};

use serde_json::{Value, json};

use crate::support::client::BINARY;

fn document(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name).display().to_string()
}

fn inspect(arguments: &[&str]) -> Output {
    std::process::Command::new(BINARY).arg("inspect").args(arguments).env_clear().output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_fault_costs_one_operation() {
    let output = inspect(&[&document("zoo.yaml"), "--json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let tools: Vec<_> = shown["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    let expected = [
        "animals_change",
        "animals_get-one",
        "animals_search",
        "get_animals",
        "photos_is-there",
        "photos_upload",
        "post_animals",
    ];
    assert_eq!(tools, expected);
    assert_eq!(shown["leftOut"], 2);
    let faults: Vec<_> =
        shown["faults"].as_array().unwrap().iter().map(|fault| fault["path"].as_str().unwrap()).collect();
    assert_eq!(faults, ["paths./animals.trace", "paths./broken.get.parameters[0]"]);
    assert_eq!(shown["version"], "1.10");
    assert_eq!(shown["servers"], json!(["https://eu.zoo.example/v1"]));
    assert_eq!(shown["securitySchemes"], json!(["basic", "bearer", "header"]));
    let buckets = json!({ "create": 1, "patch": 1, "retrieve": 2, "search": 2, "update": 1 });
    assert_eq!(shown["buckets"], buckets);
}

#[test]
fn a_person_reads_it_in_short() {
    let output = inspect(&[&document("zoo.yaml")]);
    let shown = text(&output.stdout);
    assert!(shown.starts_with("Zoo 1.10\n7 tools, 4 of them only read; "), "{shown}");
    assert!(shown.contains("\n2 operations left out\nleft out because of:\n  paths./animals.trace: "), "{shown}");
}

#[test]
fn files_that_are_no_documents_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, content, expected) in [
        ("a.json", "{", "not JSON: "),
        ("b.yaml", "a: [", "not YAML: "),
        ("c.yaml", "info: {}", "neither `openapi` nor `swagger`"),
        ("d.json", "[]", "expected an object"),
        ("e.yaml", "openapi: 4.0.0", "expected a version from 3.0 to 3.2"),
        ("f.yaml", "openapi: 3.1.0\npaths: {}", "no operation that can be called"),
        ("g.json", "\u{0}\u{1}", "not YAML: "),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let output = inspect(&[&path.display().to_string()]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let message = text(&output.stderr);
        assert!(message.contains(&path.display().to_string()) && message.contains(expected), "{name}: {message}");
    }
    let output = inspect(&[&folder.path().join("none.json").display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn other_files_are_read_below_the_folder_only() {
    let folder = tempfile::tempdir().unwrap();
    let spec = folder.path().join("a/spec");
    std::fs::create_dir_all(&spec).unwrap();
    std::fs::create_dir_all(folder.path().join("a/common")).unwrap();
    std::fs::write(folder.path().join("a/common/error.yaml"), "type: object\nproperties: { code: { type: integer } }")
        .unwrap();
    std::fs::write(folder.path().join("outside.yaml"), "type: object").unwrap();
    let answer = |reference: &str| {
        json!({ "get": { "responses": { "200": { "content": { "application/json": {
        "schema": { "$ref": reference } } } } } } })
    };
    let references =
        ["../common/error.yaml", "../../outside.yaml", "/etc/passwd", "https://a.example/b.json", "gone.yaml"];
    let paths: serde_json::Map<String, Value> =
        references.iter().enumerate().map(|(index, reference)| (format!("/{index}"), answer(reference))).collect();
    let file = spec.join("api.json");
    std::fs::write(&file, json!({ "openapi": "3.0.3", "paths": paths }).to_string()).unwrap();
    let output = inspect(&[&file.display().to_string(), "--json"]);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["tools"].as_array().unwrap().len(), 5, "{shown}");
    let notes: Vec<_> = shown["notes"].as_array().unwrap().iter().map(|note| note["path"].as_str().unwrap()).collect();
    for reference in &references[1..] {
        assert!(notes.contains(reference), "{reference}: {notes:?}");
    }
    assert!(!notes.contains(&references[0]), "{notes:?}");
}

#[test]
fn references_in_a_circle_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("circle.json");
    let reference = |to: &str| json!({ "$ref": to });
    let document = json!({ "openapi": "3.1.0", "paths": { "/a": { "post": {
        "parameters": [reference("#/components/parameters/a")],
        "requestBody": { "content": { "application/json": { "schema": reference("#/components/schemas/a") } } },
    } }, "/b": { "post": { "requestBody": { "content": { "application/json": { "schema": reference("#/components/schemas/c") } } } } } },
    "components": {
        "parameters": { "a": reference("#/components/parameters/b"), "b": reference("#/components/parameters/a") },
        "schemas": { "a": reference("#/components/schemas/b"), "b": reference("#/components/schemas/a"),
            "c": { "allOf": [reference("#/components/schemas/c"), { "properties": { "d": reference("#/components/schemas/c") } }] } },
    } });
    std::fs::write(&file, document.to_string()).unwrap();
    let output = inspect(&[&file.display().to_string(), "--json"]);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&shown["leftOut"], shown["tools"].as_array().unwrap().len()), (&json!(1), 1), "{shown}");
}
