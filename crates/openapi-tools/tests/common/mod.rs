//! The documents that the tests read.
#![allow(dead_code, reason = "no test uses all of it")]

use std::{fs, path::PathBuf, sync::LazyLock};

use openapi_tools::{
    load::{
        lower::lower,
        rules::Rules,
        source::{Overlay, from_yaml, load},
    },
    model::document::Document,
};
use serde_json::{Value, json};

/// A document small enough to read, in YAML.
pub const SAMPLE: &str = include_str!("../document.yaml");

/// The published document of FusionAuth, in JSON.
pub const FUSIONAUTH: &str = include_str!("../../../../openapi/fusionauth.json");

/// The names and texts of FusionAuth's overlays, sorted.
pub fn overlays() -> Vec<(String, String)> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/overlay"));
    let mut overlays: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    overlays.sort();
    overlays
}

/// The document that the program is built from.
pub fn fusionauth() -> Document {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| {
        let overlays = overlays();
        let overlays: Vec<_> = overlays.iter().map(|(name, text)| Overlay { name, text }).collect();
        lower(&load(FUSIONAUTH, &overlays).unwrap(), &Rules::FUSIONAUTH).into_document().unwrap()
    });
    *DOCUMENT
}

/// [`SAMPLE`], lowered.
pub fn sample() -> Document {
    static DOCUMENT: LazyLock<Document> = LazyLock::new(|| lowered(&from_yaml(SAMPLE).unwrap()));
    *DOCUMENT
}

/// A document of the test's own, lowered.
pub fn lowered(document: &Value) -> Document {
    lower(&load(&document.to_string(), &[]).unwrap(), &Rules::FUSIONAUTH).into_document().unwrap()
}

/// The faults of a document, one a line; empty if there are none.
pub fn faults(document: &Value) -> String {
    match load(&document.to_string(), &[]) {
        Err(fault) => fault.to_string(),
        Ok(openapi) => match lower(&openapi, &Rules::FUSIONAUTH).into_document() {
            Err(faults) => faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
            Ok(_) => String::new(),
        },
    }
}

/// A document with every kind of scheme, in the order of their names, and one operation that requires `own`, or what the
/// document requires.
pub fn secured(of_document: &Value, own: Option<&Value>) -> Value {
    let mut document = json!({
        "openapi": "3.0.3",
        "info": { "title": "Sample", "version": "1" },
        "security": of_document,
        "paths": { "/pets": { "get": { "operationId": "listPets", "responses": {} } } },
        "components": { "securitySchemes": {
            "basic": { "type": "http", "scheme": "Basic" },
            "cookie": { "type": "apiKey", "in": "cookie", "name": "session" },
            "header": { "type": "apiKey", "in": "header", "name": "X-Key" },
            "oauth": { "type": "oauth2", "flows": {
                "implicit": { "authorizationUrl": "https://a.example/authorize", "scopes": {} },
                "password": { "tokenUrl": "https://a.example/token", "scopes": { "read": "" } },
                "clientCredentials": { "tokenUrl": "https://a.example/token", "scopes": { "read": "", "write": "Change pets" } },
                "authorizationCode": {
                    "authorizationUrl": "https://a.example/authorize",
                    "tokenUrl": "https://a.example/token",
                    "refreshUrl": "https://a.example/refresh",
                    "scopes": { "read": "See pets" },
                },
            } },
            "oidc": { "type": "openIdConnect", "openIdConnectUrl": "https://a.example/.well-known/openid-configuration" },
            "query": { "type": "apiKey", "in": "query", "name": "key" },
        } },
    });
    if let Some(own) = own {
        document["paths"]["/pets"]["get"]["security"] = own.clone();
    }
    document
}

/// [`secured`] by alternatives of several schemes with scopes.
pub fn secured_in_all_ways() -> Value {
    secured(
        &json!([{ "header": [] }]),
        Some(&json!([{ "cookie": [], "oauth": ["read", "write"] }, { "basic": [] }, {}])),
    )
}
