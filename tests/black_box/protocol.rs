//! MCP over stdio, in both generations, and what is not MCP.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::Client,
    document::Document,
    recorder::{Recorder, Reply},
};

/// The metadata that a request of MCP 2026-07-28 carries.
pub(crate) fn stateless(mut parameters: Value) -> Value {
    parameters["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "black box", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    parameters
}

#[test]
fn the_handshake_names_us_and_the_version_that_was_asked_for() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let result = Client::start(&[]).initialize(version);
        assert_eq!(result["protocolVersion"], version);
        assert_eq!(result["serverInfo"]["name"], "fusionauth-mcp");
        assert_eq!(result["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
        assert!(result["capabilities"]["tools"].is_object(), "{result}");
        let instructions = result["instructions"].as_str().unwrap();
        assert!(instructions.split_whitespace().count() < 150, "{instructions}");
    }
}

#[test]
fn the_list_is_whole_sorted_and_the_same_every_time() {
    let mut client = Client::connect(&[]);
    let first = client.request("tools/list", json!({}));
    assert_eq!(client.request("tools/list", json!({}))["result"], first["result"]);
    let tools = first["result"]["tools"].as_array().unwrap();
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted() && names.len() >= 323, "{}", names.len());
    for tool in tools {
        let schema = &tool["inputSchema"];
        assert_eq!(schema["type"], "object", "{tool}");
        for keyword in ["oneOf", "anyOf", "allOf", "$ref", "$defs"] {
            assert!(schema.get(keyword).is_none(), "{tool}");
        }
        assert!(tool["description"].as_str().is_some_and(|text| !text.is_empty()), "{tool}");
    }
    assert!(first["result"].get("ttlMs").is_none(), "older clients do not know the hint");
    let unknown_page = client.request("tools/list", json!({ "cursor": "x" }));
    assert_eq!(unknown_page["error"]["code"], -32602);
}

#[test]
fn hints_tell_what_an_operation_does() {
    let mut client = Client::connect(&[]);
    let list = client.request("tools/list", json!({}));
    let hints = |name: &str| {
        let tools = list["result"]["tools"].as_array().unwrap();
        let tool = tools.iter().find(|tool| tool["name"] == name).unwrap_or_else(|| panic!("{name}"));
        let hint = |key: &str| tool["annotations"][key].as_bool().unwrap();
        (hint("readOnlyHint"), hint("destructiveHint"), hint("idempotentHint"))
    };
    assert_eq!(hints("retrieveUserWithId"), (true, false, true));
    assert_eq!(hints("searchUsersByQueryWithId"), (true, false, true), "a POST that only reads");
    assert_eq!(hints("createUser"), (false, false, false));
    assert_eq!(hints("deleteUserWithId"), (false, true, true));
    assert_eq!(hints("issueJWTWithId"), (false, false, false), "a GET that does something");
}

#[test]
fn a_call_is_answered_with_status_and_compact_body() {
    let upstream = Recorder::start(|_| Reply::json(200, "{ \"user\" : {\n \"email\": \"a b\" } }"));
    let mut client = Client::of_upstream(&upstream.url());
    let answer = client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert_eq!(answer.text, "200 OK\n{\"user\":{\"email\":\"a b\"}}");
    assert!(!answer.is_error);
}

#[test]
fn the_stateless_generation_is_served_by_the_same_process() {
    let upstream = Recorder::agreeable();
    let mut client = Client::start(&[("API_BASE_URL", &upstream.url()), ("API_KEY_APIKEYAUTH", "test-key")]);
    let discovered = client.request("server/discover", stateless(json!({})))["result"].clone();
    let versions = discovered["supportedVersions"].as_array().unwrap();
    assert!(versions.contains(&json!("2026-07-28")) && versions.contains(&json!("2025-11-25")), "{discovered}");
    let list = client.request("tools/list", stateless(json!({})))["result"].clone();
    for result in [&discovered, &list] {
        assert!(result["ttlMs"].as_u64().is_some_and(|ttl| ttl > 0), "{result}");
        assert_eq!(result["cacheScope"], "private");
        assert_eq!(result["resultType"], "complete");
    }
    let call = stateless(json!({ "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } }));
    let called = client.request("tools/call", call)["result"].clone();
    assert_eq!(called["content"][0]["text"], "200 OK\n{}");
    assert_eq!(upstream.take().len(), 1);
}

#[test]
fn a_tool_that_is_not_offered_does_not_exist() {
    let upstream = Recorder::agreeable();
    let mut client = Client::connect(&[
        ("API_BASE_URL", &upstream.url()),
        ("API_KEY_APIKEYAUTH", "test-key"),
        ("USE_TOOLS", "retrieve, search"),
    ]);
    let list = client.request("tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    let own = ["describe_tool", "exportKickstart", "exportTerraform"];
    let expected = |name: &str| name.starts_with("retrieve") || name.starts_with("search") || own.contains(&name);
    assert!(tools.iter().all(|tool| expected(tool["name"].as_str().unwrap())));
    let call = json!({ "name": "deleteUserWithId", "arguments": { "userId": USER_ID } });
    let refused = client.request("tools/call", call);
    let nonsense = client.request("tools/call", json!({ "name": "nonsense" }));
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
    assert_eq!(nonsense["error"]["code"], -32602, "{nonsense}");
    assert_eq!(upstream.take(), [], "no request was sent");
}

#[test]
fn read_only_offers_exactly_what_is_marked() {
    let marked = Document::load().operations().into_iter().filter(|operation| operation.is_read_only);
    let own = ["describe_tool", "exportKickstart", "exportTerraform"].map(str::to_owned);
    let marked: BTreeSet<_> = marked.map(|operation| operation.name).chain(own).collect();
    let mut client = Client::connect(&[("READ_ONLY", "true"), ("USE_TOOLS", "all")]);
    let list = client.request("tools/list", json!({}));
    let tools = list["result"]["tools"].as_array().unwrap();
    let offered: BTreeSet<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect();
    assert_eq!(offered, marked);
}

#[test]
fn a_misspelt_tool_is_answered_with_the_nearest_name() {
    let mut client = Client::connect(&[]);
    let response = client.request("tools/call", json!({ "name": "retreiveUser" }));
    assert!(response["error"]["message"].as_str().unwrap().contains("did you mean `retrieveUser`?"), "{response}");
}

#[test]
fn calls_run_at_the_same_time() {
    let upstream = Recorder::start(|request| {
        if request.target.ends_with('1') { Reply::Hang } else { Reply::json(200, "{\"second\":true}") }
    });
    let mut client = Client::of_upstream(&upstream.url());
    let slow = client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }));
    upstream.wait_for_requests(1);
    let other = USER_ID.replace('1', "2");
    assert!(client.call("retrieveUserWithId", json!({ "userId": other })).text.contains("second"));
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": slow } }));
    upstream.wait_for_aborted(1);
}

#[test]
fn more_calls_than_the_limit_wait_for_their_turn() {
    let (upstream, release) = Recorder::holding("{}");
    let mut client = Client::connect(&[
        ("API_BASE_URL", &upstream.url()),
        ("API_KEY_APIKEYAUTH", "test-key"),
        ("MAX_CONCURRENT_CALLS", "1"),
    ]);
    let calls: Vec<_> =
        (0..20).map(|_| client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }))).collect();
    for sent in 1..=calls.len() {
        upstream.wait_for_requests(sent);
        // Once the ping is answered, the server has read every call sent before it.
        client.request("ping", json!({}));
        assert_eq!(upstream.count(), sent, "a call is sent only after the one before it is answered");
        release.send(()).unwrap();
    }
    for call in calls {
        assert_eq!(client.finish(call)["result"]["isError"], false);
    }
}

#[test]
fn cancelling_aborts_the_upstream_request_and_the_server_goes_on() {
    let upstream = Recorder::start(|_| Reply::Hang);
    let mut client = Client::of_upstream(&upstream.url());
    let id = client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }));
    upstream.wait_for_requests(1);
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }));
    upstream.wait_for_aborted(1);
    assert!(client.request("ping", json!({})).get("result").is_some());
}

#[test]
fn what_is_not_a_request_is_answered_as_json_rpc_says_and_the_server_goes_on() {
    let mut client = Client::start(&[]);
    // Before the handshake, too.
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
    client.send_line("no JSON at all");
    assert_eq!(client.next_message()["error"]["code"], -32700);
    client.initialize("2025-11-25");
    for (line, code) in [
        ("{\"jsonrpc\":\"2.0\",", -32700),
        ("\u{0}\u{1}\u{2}", -32700),
        ("[]", -32600),
        ("[{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}]", -32600),
        ("\"text\"", -32600),
        ("{}", -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"ping\"}", -32600),
    ] {
        client.send_line(line);
        let message = client.next_message();
        assert_eq!(message["error"]["code"], code, "{line}: {message}");
        assert!(message.get("id").is_none(), "{line}: no id could be read: {message}");
    }
    for line in ["", "   ", "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/nonsense\"}", "{\"method\":\"nonsense\"}"]
    {
        client.send_line(line);
    }
    client.send_line("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"tools/call\",\"params\":\"text\"}");
    assert!(client.finish_as(&json!("a"))["error"]["code"].is_number());
    client.send_line("{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"method\":\"nonsense\"}");
    assert_eq!(client.finish_as(&json!("b"))["error"]["code"], -32601);
    client.send_line("{\"jsonrpc\":\"2.0\",\"id\":\"c\",\"result\":{}}");
    client.send_line(&format!("{{\"jsonrpc\":\"2.0\",\"id\":\"d\",\"method\":\"{}\"}}", "x".repeat(17 << 20)));
    assert_eq!(client.next_message()["error"]["code"], -32600, "a message that is too long");
    assert!(client.request("ping", json!({})).get("result").is_some());
}
