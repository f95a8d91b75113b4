//! What the generator makes of representative operations, as reviewed snapshots: a change of the generator is seen as
//! a change of its output.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(all(feature = "emit", feature = "load"))]

mod common;

use common::{SAMPLE, fusionauth, lowered, sample, secured_in_all_ways};
use openapi_tools::{
    describe::{
        input_schema::{Detail, input_schema},
        view::View,
    },
    emit::{emit, emit_operation},
    load::{
        lower::lower,
        rules::Rules,
        source::{Overlay, from_yaml, load},
    },
    model::document::Document,
};

/// The operation as Rust, and the input schema that a client sees.
fn snapshot(document: &Document, name: &str) {
    let operation = document.operation(name).unwrap();
    let schema = serde_json::Value::Object(input_schema(View::new(document, operation), Detail::Full));
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

/// `tests/emitted.rs` compiles it.
#[test]
fn security_in_all_ways() {
    let emitted = emit(&lowered(&secured_in_all_ways())).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/emitted/security.rs");
    // As with snapshots.
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(path, &emitted).unwrap();
    }
    assert_eq!(emitted, std::fs::read_to_string(path).unwrap(), "INSTA_UPDATE=always writes {path}");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    assert_eq!(emit(&sample()).unwrap(), emit(&sample()).unwrap());
}

#[test]
fn an_overlay_replaces_adds_and_removes() {
    let json = from_yaml(SAMPLE).unwrap().to_string();
    let text = "paths: { '/api/user/{userId}': { get: { summary: Read a user }, patch: null } }";
    let merged = lower(&load(&json, &[Overlay { name: "user.yaml", text }]).unwrap(), &Rules::FUSIONAUTH)
        .into_document()
        .unwrap();
    assert_eq!(merged.operation("retrieveUserWithId").unwrap().title, Some("Read a user"));
    assert!(merged.operation("patchUser").is_none());
}
