//! Both generations of the protocol, as any client may write them.

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::Client,
    recorder::Recorder,
    server::{LEGACY, MODERN, Server},
};

fn initialize(version: &str) -> Value {
    json!({
        "protocolVersion": version,
        "capabilities": {},
        "clientInfo": { "name": "black box", "version": "1" },
    })
}

#[test]
fn both_generations_see_what_stdio_shows() {
    let upstream = Recorder::agreeable();
    let server = Server::open(&upstream.url());
    let mut stdio = Client::of_upstream(&upstream.url());
    for (method, params) in [
        ("tools/list", json!({})),
        ("prompts/list", json!({})),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        ("tools/call", json!({ "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } })),
        ("tools/call", json!({ "name": "retrieveUserWithId", "arguments": "{\"userId\":\"x\"}" })),
        ("tools/call", json!({ "name": "describe_tool", "arguments": { "names": ["retrieveUser"] } })),
        ("prompts/get", json!({ "name": "find-user", "arguments": { "user": "richard" } })),
    ] {
        let expected = stdio.request(method, params.clone());
        let legacy = server.legacy(&[], method, params.clone());
        assert_eq!((legacy.status, legacy.header("content-type")), (200, Some("application/json")));
        assert_eq!(legacy.header("content-length"), Some(legacy.body.len().to_string().as_str()), "{method}");
        assert_eq!(legacy.json()["result"], expected["result"], "{method}");
        let mut modern = server.modern(&[], method, params).json()["result"].take();
        for hint in ["ttlMs", "cacheScope", "resultType"] {
            modern.as_object_mut().unwrap().remove(hint);
        }
        assert_eq!(modern, expected["result"], "{method}");
    }
}

#[test]
fn a_handshake_needs_no_session() {
    let upstream = Recorder::agreeable();
    let server = Server::open(&upstream.url());
    let opened = server.legacy(&[], "initialize", initialize(LEGACY));
    let result = &opened.json()["result"];
    assert_eq!((&result["protocolVersion"], &result["serverInfo"]["name"]), (&json!(LEGACY), &json!("fusionauth-mcp")));
    assert_eq!(opened.header("mcp-session-id"), None);
    let opened = server.post(&[("MCP-Protocol-Version", "")], &opened_body());
    let notified = server.post(&[], r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    assert_eq!((opened.status, notified.status, notified.body.as_str()), (200, 202, ""));
    let discovered = server.modern(&[], "server/discover", json!({})).json();
    assert!(discovered["result"]["supportedVersions"].as_array().unwrap().contains(&json!(MODERN)), "{discovered}");
    // A client of sessions finds that its own means nothing, and is served all the same.
    let listed = server.legacy(&[("Mcp-Session-Id", "somebody-elses")], "ping", json!({}));
    assert_eq!((listed.status, listed.json()["result"].clone()), (200, json!({})));
}

fn opened_body() -> String {
    json!({ "jsonrpc": "2.0", "id": "a", "method": "initialize", "params": initialize("2024-11-05") }).to_string()
}

#[test]
fn the_path_may_end_with_a_slash() {
    let server = Server::open("http://127.0.0.1:9");
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for path in ["/mcp", "/mcp/", "/mcp?a=b"] {
        let answer = server.send("POST", path, &[], ping);
        assert_eq!((answer.status, answer.json()["result"].clone()), (200, json!({})), "{path}");
    }
    for method in ["GET", "DELETE", "PUT", "HEAD"] {
        let answer = server.send(method, "/mcp", &[], "");
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST, OPTIONS")), "{method}");
    }
    assert_eq!(server.send("GET", "/nothing", &[], "").status, 404);
}

#[test]
fn any_accept_header_that_takes_json_will_do() {
    let server = Server::open("http://127.0.0.1:9");
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    for (accept, status) in [
        ("*/*", 200),
        ("application/json", 200),
        ("text/event-stream", 200),
        ("application/*, text/plain", 200),
        // None at all.
        ("", 200),
        ("text/html", 406),
    ] {
        assert_eq!(server.post(&[("Accept", accept)], ping).status, status, "{accept:?}");
    }
    for (media_type, status) in [("application/json; charset=utf-8", 200), ("text/plain", 415), ("", 415)] {
        assert_eq!(server.post(&[("Content-Type", media_type)], ping).status, status, "{media_type:?}");
    }
}

#[test]
fn errors_have_the_codes_and_statuses_of_each_generation() {
    let server = Server::open("http://127.0.0.1:9");
    for (method, params, code, legacy, modern) in [
        ("no/such", json!({}), -32601, 200, 404),
        ("tools/call", json!({ "name": "noSuchTool", "arguments": {} }), -32602, 200, 200),
        ("tools/call", json!({ "name": "retrieveUser", "arguments": 7 }), -32602, 200, 200),
        ("resources/read", json!({ "uri": "fusionauth://no/such" }), -32602, 200, 200),
    ] {
        let old = server.legacy(&[], method, params.clone());
        let new = server.modern(&[], method, params);
        assert_eq!((old.status, new.status), (legacy, modern), "{method}: {old:?} {new:?}");
        for answer in [&old, &new] {
            let json = answer.json();
            assert_eq!((&json["id"], &json["jsonrpc"]), (&json!(1), &json!("2.0")), "{method}: {answer:?}");
            let known = json["error"]["code"].as_i64().unwrap();
            // Resources that are not found had a code of their own.
            assert!(known == code || known == -32002 && method == "resources/read", "{method}: {answer:?}");
        }
    }
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    assert_eq!(server.post(&[("MCP-Protocol-Version", "1999-01-01")], ping).status, 400);
    let mismatch = server.modern(&[("Mcp-Method", "tools/list")], "prompts/list", json!({}));
    assert_eq!((mismatch.status, &mismatch.json()["error"]["code"]), (400, &json!(-32020)), "{mismatch:?}");
}

#[test]
fn what_is_no_message_is_refused_as_such() {
    let server = Server::open("http://127.0.0.1:9");
    let deep = format!(r#"{{"jsonrpc":"2.0","id":7,"method":"ping","params":{}{}}}"#, "[".repeat(100), "]".repeat(100));
    for (body, status, code, id) in [
        ("{", 400, -32700, json!(null)),
        (r#"{"jsonrpc":"2.0","id":7,"method":"ping",}"#, 400, -32700, json!(7)),
        ("[]", 400, -32600, json!(null)),
        (r#"[{"jsonrpc":"2.0","id":7,"method":"ping"}]"#, 400, -32600, json!(null)),
        ("7", 400, -32600, json!(null)),
        ("", 400, -32600, json!(null)),
        (r#"{"jsonrpc":"1.0","id":7,"method":"ping"}"#, 400, -32600, json!(7)),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, 400, -32600, json!(1.5)),
        (r#"{"jsonrpc":"2.0","id":7,"result":{}}"#, 400, -32600, json!(null)),
        (deep.as_str(), 400, -32600, json!(7)),
    ] {
        let answer = server.post(&[], body);
        let json = answer.json();
        assert_eq!((answer.status, &json["error"]["code"]), (status, &json!(code)), "{body:.60}: {answer:?}");
        assert_eq!(json["id"], id, "{body:.60}");
    }
}

#[test]
fn progress_and_prompt_come_as_events() {
    let sandbox = crate::support::sandbox::Sandbox::start(&[]);
    let server = Server::start(
        &[("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", crate::support::sandbox::API_KEY)],
        &["--no-auth"],
    );
    let params = json!({ "name": "exportKickstart", "arguments": {}, "_meta": { "progressToken": "p" } });
    for answer in [server.legacy(&[], "tools/call", params.clone()), server.modern(&[], "tools/call", params)] {
        let messages = answer.messages();
        assert!(messages.len() > 5 && answer.header("x-accel-buffering") == Some("no"), "{answer:?}");
        let (last, before) = messages.split_last().unwrap();
        assert!(
            before.iter().all(|one| one["method"] == "notifications/progress" && one["params"]["progressToken"] == "p")
        );
        assert!(!last["result"]["isError"].as_bool().unwrap_or_default(), "{last}");
    }
}
