//! What the generator makes of representative operations, as reviewed snapshots: a change of the generator is seen as
//! a change of its output.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{fs, path::Path};

use openapi_tools::{
    document::Document,
    emit::{emit, emit_operation},
    input_schema::{Detail, input_schema},
    lower::lower,
    source::{Overlay, from_yaml, load},
};

const DOCUMENT: &str = include_str!("document.yaml");

/// The sample of this folder.
fn sample() -> Document {
    let json = from_yaml(DOCUMENT).unwrap().to_string();
    lower(&load(&json, &[]).unwrap()).unwrap()
}

/// The document that the program is built from.
fn fusionauth() -> Document {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
    let json = fs::read_to_string(folder.join("fusionauth.json")).unwrap();
    let mut paths: Vec<_> = fs::read_dir(folder.join("overlay")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts: Vec<_> = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let overlays: Vec<_> = texts.iter().map(|text| Overlay { name: "overlay", text }).collect();
    lower(&load(&json, &overlays).unwrap()).unwrap()
}

/// The operation as Rust, and the input schema that a client sees.
fn snapshot(document: &Document, name: &str) {
    let operation = document.operation(name).unwrap();
    let schema = serde_json::Value::Object(input_schema(document, operation, Detail::Full));
    insta::assert_snapshot!(name, format!("{}\n{schema:#}", emit_operation(operation).unwrap()), "");
}

#[test]
fn a_get_with_a_path_parameter() {
    snapshot(&fusionauth(), "retrieveUserWithId");
}

#[test]
fn a_search_by_post() {
    snapshot(&fusionauth(), "searchUsersByQueryWithId");
}

#[test]
fn a_patch() {
    snapshot(&fusionauth(), "patchGroupWithId");
}

#[test]
fn a_repeated_query_parameter() {
    snapshot(&fusionauth(), "retrieveUser");
}

#[test]
fn a_recursive_schema() {
    snapshot(&sample(), "createFolder");
}

#[test]
fn one_of_many_bodies() {
    snapshot(&fusionauth(), "createIdentityProvider");
}

#[test]
fn a_bearer_token() {
    snapshot(&fusionauth(), "validateJWTWithId");
}

#[test]
fn the_whole_file() {
    insta::assert_snapshot!("file", emit(&sample()).unwrap(), "");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(emit(&sample()).unwrap(), emit(&sample()).unwrap());
}

#[test]
fn an_overlay_replaces_adds_and_removes() {
    let json = from_yaml(DOCUMENT).unwrap().to_string();
    let text = "paths: { '/api/user/{userId}': { get: { summary: Read a user }, patch: null } }";
    let merged = lower(&load(&json, &[Overlay { name: "user.yaml", text }]).unwrap()).unwrap();
    assert_eq!(merged.operation("retrieveUserWithId").unwrap().title, "Read a user");
    assert!(merged.operation("patchUser").is_none());
}
