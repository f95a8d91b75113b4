//! What a client sends is echoed shortened: in errors, in answers, in logs.

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    recorder::{Recorder, Reply},
};

/// Longer than anything that is echoed.
const LONG: usize = 300_000;

/// The longest error and log line that people read.
const MAX_LINE: usize = 5_000;

#[test]
fn errors_and_logs_are_short_whatever_is_sent() {
    let long = "y".repeat(LONG);
    let find = |key: &str| json!({ "name": "find_tools", "arguments": { "query": "user", key: long } });
    let described = |key: &str| json!({ "name": "describe_tool", "arguments": { key: [long] } });
    let prompt = |arguments: Value| json!({ "name": "find-user", "arguments": arguments });
    let complete = |reference: Value, argument: Value| json!({ "ref": reference, "argument": argument });
    let inner = |arguments: Value| {
        let arguments = json!({ "name": "retrieveUserWithId", "arguments": arguments });
        json!({ "name": "call_tool", "arguments": arguments })
    };
    let find_user = json!({ "type": "ref/prompt", "name": "find-user" });
    let version = json!({
        "io.modelcontextprotocol/protocolVersion": long,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let requests = [
        (long.as_str(), json!({})),
        ("tools/list", json!({ "cursor": long })),
        ("tools/list", json!({ "_meta": version })),
        ("tools/list", json!({ "cursor": { (long.as_str()): 1 } })),
        ("prompts/list", json!({ "cursor": long })),
        ("resources/list", json!({ "cursor": long })),
        ("resources/templates/list", json!({ "cursor": long })),
        ("skills/list", json!({ "cursor": long })),
        ("resources/read", json!({ "uri": long })),
        ("resources/read", json!({ "uri": format!("fusionauth://tools/{long}") })),
        ("resources/read", json!({ "uri": format!("fusionauth://schemas/{long}") })),
        ("resources/read", json!({ "uri": format!("fusionauth://skills/{long}/SKILL.md") })),
        ("skills/get", json!({ "uri": long })),
        ("skills/get", json!({ "uri": format!("fusionauth://skills/{long}/SKILL.md") })),
        ("prompts/get", json!({ "name": long })),
        ("prompts/get", prompt(json!({ (long.as_str()): "x" }))),
        ("prompts/get", prompt(json!({ "user": long }))),
        (
            "completion/complete",
            complete(json!({ "type": "ref/prompt", "name": long }), json!({ "name": "a", "value": "" })),
        ),
        (
            "completion/complete",
            complete(json!({ "type": "ref/resource", "uri": long }), json!({ "name": "a", "value": "" })),
        ),
        ("completion/complete", complete(json!({ "type": long }), json!({ "name": "a", "value": "" }))),
        ("completion/complete", complete(find_user.clone(), json!({ "name": long, "value": "" }))),
        ("completion/complete", complete(find_user, json!({ "name": "user", "value": long }))),
        ("tools/call", json!({ "name": long })),
        ("tools/call", json!({ "name": "find_tools", "arguments": long })),
        ("tools/call", find("bucket")),
        ("tools/call", find("area")),
        ("tools/call", find("query")),
        ("tools/call", find(&long)),
        ("tools/call", described("names")),
        ("tools/call", described("types")),
        ("tools/call", described(&long)),
        ("tools/call", json!({ "name": "call_tool", "arguments": { (long.as_str()): 1 } })),
        ("tools/call", json!({ "name": "call_tool", "arguments": { "name": long } })),
        ("tools/call", inner(json!({ (long.as_str()): 1 }))),
        ("tools/call", inner(json!({ "userId": long }))),
        ("tools/call", inner(json!(long))),
    ];
    let mut client = Client::start(&[("TOOL_MODE", "search"), ("RUST_LOG", "debug")]);
    client.initialize("2025-11-25");
    for (method, params) in requests {
        let id = client.begin(method, params.clone());
        let message = client.finish(id);
        let text = message.to_string();
        assert!(text.len() < MAX_LINE, "{method:.40}: {} bytes: {text:.300}", text.len());
        let is_refused = message.get("error").is_some() || message["result"]["isError"] == true;
        assert!(is_refused, "{method:.40} {:.200}: {text}", params.to_string());
    }
    client.close_stdin();
    let (_, _, stderr) = client.ended();
    for line in stderr.lines() {
        assert!(line.len() < MAX_LINE, "{} bytes: {line:.300}", line.len());
    }
}

#[test]
fn completions_are_bounded_in_bytes() {
    let names: Vec<_> = (0..100).map(|number| json!({ "email": format!("{number:03}{}", "e".repeat(900)) })).collect();
    let body = json!({ "users": names, "total": 100 }).to_string();
    let upstream = Recorder::start(move |_| Reply::json(200, &body));
    let mut client = Client::of_upstream(&upstream.url());
    let prompts = client.request("prompts/list", json!({}))["result"]["prompts"].clone();
    let prompt = prompts.as_array().unwrap().iter().find(|prompt| prompt["name"] == "debug-login").unwrap().clone();
    let argument = prompt["arguments"][0]["name"].clone();
    let completed = client.request(
        "completion/complete",
        json!({
            "ref": { "type": "ref/prompt", "name": "debug-login" },
            "argument": { "name": argument, "value": "" },
        }),
    );
    let values = completed["result"]["completion"]["values"].as_array().unwrap();
    assert!(!values.is_empty(), "{completed}");
    assert!(completed.to_string().len() < 40_000, "{} bytes", completed.to_string().len());
    assert_eq!(completed["result"]["completion"]["hasMore"], true);
}
