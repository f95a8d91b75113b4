//! What is logged of requests, and how they are found again.
#![cfg(unix)]

use std::fs;

use serde_json::{Value, json};

use crate::support::{USER_ID, callers::Callers, recorder::Recorder, server::modern};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

#[test]
fn each_request_is_a_line_with_its_caller() {
    let callers = Callers::new();
    let server = callers.server(&[], &["--access-log", "json"]);
    let key = callers.key("anna", "*");
    let headers = [key.header()[0], ("X-Request-Id", "my-request.1"), ("traceparent", PARENT)];
    assert_eq!(server.post(&headers, PING).header("x-request-id"), Some("my-request.1"));
    assert_eq!(server.post(&[("Authorization", "Bearer secret-garbage")], PING).status, 401);
    assert_eq!(server.send("GET", "/nothing\"?secret-query", &[], "").status, 404);
    server.send("GET", "/health/live", &[], "");
    let odd = [key.header()[0], ("X-Request-Id", "a b\"c")];
    let own = server.post(&odd, PING).header("x-request-id").unwrap().to_owned();
    assert_eq!(own.len(), 16);
    server.terminate();
    let (_, said) = server.ended();
    assert!(!said.contains("secret-garbage") && !said.contains("secret-query") && !said.contains(&key.text), "{said}");
    let lines: Vec<Value> = said.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let rows: Vec<_> = lines
        .iter()
        .map(|line| json!([line["caller"], line["key"], line["method"], line["path"], line["call"], line["status"]]))
        .collect();
    assert_eq!(
        rows,
        [
            json!(["anna", key.id, "POST", "/mcp", "ping", 200]),
            json!([null, null, "POST", "/mcp", null, 401]),
            json!([null, null, "GET", "/nothing\\\"", null, 404]),
            json!(["anna", key.id, "POST", "/mcp", "ping", 200]),
        ]
    );
    assert_eq!((&lines[0]["request"], &lines[0]["trace"]), (&json!("my-request.1"), &json!(TRACE)));
    assert_eq!((&lines[0]["address"], &lines[3]["request"]), (&json!("127.0.0.1"), &json!(own)));
    assert!(lines.iter().all(|line| line["durationMs"].is_u64() && line["time"].is_string()), "{lines:?}");
}

#[test]
fn lines_for_people_are_one_line_each() {
    let callers = Callers::new();
    let server = callers.server(&[], &[]);
    let key = callers.key("anna \"the\" admin", "*");
    assert_eq!(server.post(&key.header(), PING).status, 200);
    server.terminate();
    let (_, said) = server.ended();
    let line = said.lines().find(|line| line.contains("POST /mcp")).unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains(" 127.0.0.1 \"anna \\\"the\\\" admin\" POST /mcp ping 200 "), "{line}");
    let off = callers.server(&[("ACCESS_LOG", "off")], &[]);
    assert_eq!(off.post(&key.header(), PING).status, 200);
    off.terminate();
    assert!(!off.ended().1.contains("POST"));
}

#[test]
fn the_upstream_and_the_audit_log_know_the_request() {
    let callers = Callers::new();
    let upstream = Recorder::agreeable();
    let log = callers.folder().to_owned() + "/audit.log";
    let environment = [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "k"), ("AUDIT_LOG", &log)];
    let server = callers.server(&environment, &[]);
    let key = callers.key("anna", "*");
    let user = json!({ "userId": USER_ID });
    let headers = [key.header()[0], ("X-Request-Id", "one"), ("traceparent", PARENT)];
    server.call(&headers, "retrieveUserWithId", user.clone());
    let params = json!({ "name": "retrieveUserWithId", "arguments": user, "_meta": { "traceparent": PARENT } });
    let (own, body) = modern("tools/call", params, json!({}));
    let mut own: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    own.extend([key.header()[0], ("X-Request-Id", "two")]);
    assert_eq!(server.post(&own, &body).status, 200);
    server.call(&key.header(), "retrieveUserWithId", json!({ "userId": USER_ID }));
    let sent = upstream.take();
    let parents: Vec<_> = sent.iter().map(|request| request.header("traceparent").unwrap()).collect();
    for parent in &parents[..2] {
        assert!(
            parent.starts_with(&format!("00-{TRACE}-")) && parent.ends_with("-01") && *parent != PARENT,
            "{parent}"
        );
    }
    assert!(!parents[2].contains(TRACE) && parents[2].len() == PARENT.len(), "{parents:?}");
    let lines: Vec<Value> =
        fs::read_to_string(&log).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["request"], &lines[1]["request"]), (&json!("one"), &json!("two")));
    assert!(lines.iter().all(|line| line["caller"] == "anna"), "{lines:?}");
}
