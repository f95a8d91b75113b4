//! A secret between any texts never comes out, and JSON stays JSON.
#![no_main]

use std::sync::LazyLock;

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use gateway::redact::{NameRule, Options, Redactor};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const OWN: &str = "kJ8vQ2mX5nT7wR4zL9pB3cF6hD1gS0yA";

static REDACTOR: LazyLock<Redactor> =
    LazyLock::new(|| Redactor::new(&DOCUMENT, Options { own: vec![OWN.to_owned().into()], ..Options::default() }));

fuzz_target!(|bytes: &[u8]| {
    // Bytes of any kind.
    let shown = REDACTOR.redact_bytes(bytes);
    assert!(!shown.contains(OWN));
    let text = String::from_utf8_lossy(bytes);
    // Our own credential among any text.
    let half = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at);
    let (before, after) = text.split_at(half);
    let around = format!("{before} {OWN} {after}");
    assert!(!REDACTOR.redact_text(&around).contains(OWN));
    // A marked secret beside any JSON.
    let data = serde_json::from_str::<Value>(&text).unwrap_or_else(|_| Value::from(text.as_ref()));
    let answer = json!({ "user": { "password": OWN, "data": data } }).to_string();
    for schema in [None, DOCUMENT.schema("UserResponse")] {
        let redacted = REDACTOR.redact_json(schema, NameRule::Always, &answer).unwrap();
        assert!(!redacted.contains(OWN));
        serde_json::from_str::<Value>(&redacted).unwrap();
    }
});
