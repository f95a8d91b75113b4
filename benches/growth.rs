//! How time grows with the answer: redaction, cut, filter and the check of arguments, on ordinary answers and on hostile
//! ones.
//!
//! ```console
//! cargo bench --bench growth
//! ```
//!
//! Each line has nanoseconds for each byte at ten sizes, each twice the one before. What is linear stays level.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]

use std::{
    hint::black_box,
    time::{Duration, Instant, UNIX_EPOCH},
};

use fusionauth_mcp::fusionauth::{dialect::DIALECT, tools::DOCUMENT};
use gateway::{
    call::arguments::{
        check, object,
        policy::{Policy, UnknownProperties},
    },
    cut,
    filter::evaluate::evaluate,
    redact::{NameRule, Options, Redactor},
};
use openapi_tools::describe::view::View;
use serde_json::{Value, json};

/// Bytes of the smallest answer and of the largest.
const SMALLEST: usize = 16 << 10;
const SIZES: u32 = 10;
/// The largest body of arguments is smaller: arguments are refused beyond their own limit.
const SMALLEST_BODY: usize = 1 << 10;
const TRIES: u32 = 3;
const MAX_TOKENS: usize = 10_000;

/// Beginnings of secrets, of marks and of structure, repeated without an end.
const HOSTILE: [&str; 12] = [
    "://a:b@ ",
    "-----BEGIN ",
    "Bearer ",
    "Basic YWxh",
    "eyJhbGciOiJub25lIn0.",
    "\"password\":",
    "access_token=",
    "password=\"",
    "\\u00",
    "(secret: shown where",
    "{\"a\":[",
    "\u{202e}\u{200d}",
];

fn main() {
    // Cargo passes `--bench`; `cargo test` does not, and has nothing to measure.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let redactor = Redactor::new(&DOCUMENT, Options { own: vec!["k".repeat(44).into()], ..Options::default() });
    let schema = DOCUMENT.schema("SearchResponse");

    println!("ns/byte at {SIZES} sizes from {SMALLEST} bytes on (body: {SMALLEST_BODY}), last / first");
    line("redact, list of users", SMALLEST, users, |json| redactor.redact_json(schema, NameRule::Always, json));
    line("cut, list of users", SMALLEST, users, |json| cut::json(json, MAX_TOKENS));
    line("filter, list of users", SMALLEST, users, |json| evaluate("[.users[] | {id, email}] | length", json));
    line("check, body of a user", SMALLEST_BODY, body, |arguments| {
        let operation = DOCUMENT.operations.iter().find(|operation| operation.name == "createUser");
        let view = View { document: &DOCUMENT, operation: operation.unwrap(), hidden_parameter: None };
        let policy = Policy {
            unknown_properties: UnknownProperties::Refuse,
            dialect: &DIALECT,
            is_offered: &|_| true,
            now: UNIX_EPOCH,
        };
        check(view, &policy, object(serde_json::from_str(arguments).unwrap()).unwrap()).map_err(|faults| faults.len())
    });
    for pattern in HOSTILE {
        let text = |size: usize| pattern.repeat(size / pattern.len());
        let json = |size: usize| json!({ "users": [{ "data": { "text": text(size) } }] }).to_string();
        line(&format!("redact text, {pattern:?}"), SMALLEST, text, |text| redactor.redact_text(text).len());
        line(&format!("redact, {pattern:?}"), SMALLEST, json, |json| {
            redactor.redact_json(schema, NameRule::Always, json)
        });
        line(&format!("cut, {pattern:?}"), SMALLEST, json, |json| cut::json(json, MAX_TOKENS));
        line(&format!("cut text, {pattern:?}"), SMALLEST, text, |text| cut::text(text, MAX_TOKENS));
    }
}

fn users(size: usize) -> String {
    let user = json!({
        "id": "00000000-0000-0000-0000-000000000001", "email": "richard@example.com", "active": true,
        "password": "secret", "data": { "note": "Ünïcode, \"quotes\" and\nlines", "token": "eyJhbGciOiJub25lIn0.e30.c2ln" },
        "registrations": [{ "applicationId": "00000000-0000-0000-0000-000000000002", "roles": ["admin", "user"] }],
    });
    let count = size / user.to_string().len() + 1;
    json!({ "total": count, "users": vec![user; count] }).to_string()
}

fn body(size: usize) -> String {
    let data: serde_json::Map<String, Value> =
        (0..size / 24).map(|index| (format!("key{index:08}"), json!("a value"))).collect();
    json!({ "requestBody": { "user": { "email": "richard@example.com", "data": data } } }).to_string()
}

/// Measures one piece of work at all sizes: the best of some tries for each.
fn line<T>(name: &str, smallest: usize, input: impl Fn(usize) -> String, work: impl Fn(&str) -> T) {
    let figures: Vec<f64> = (0..SIZES)
        .map(|power| {
            let input = input(smallest << power);
            let best = (0..TRIES).map(|_| time(|| work(&input))).min().unwrap_or_default();
            best.as_nanos() as f64 / input.len() as f64
        })
        .collect();
    let shown: Vec<String> = figures.iter().map(|figure| format!("{figure:.2}")).collect();
    let ratio = figures[figures.len() - 1] / figures[0];
    println!("{name}\t{}\t{ratio:.2}", shown.join("\t"));
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(work());
    start.elapsed()
}
