//! Every request gets its answer under its own id, also where its message cannot be read.

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::Client,
    recorder::{Recorder, Reply},
};

/// What is answered to a line, with the id as it is written.
fn answer(client: &mut Client, line: &[u8]) -> (i64, String, String) {
    client.send_bytes(line);
    let text = client.next_line();
    let message: Value = serde_json::from_str(&text).unwrap();
    let id = text.rsplit_once("\"id\":").map_or("", |(_, rest)| rest);
    let id = id.split_once(",\"error\"").or(id.split_once(",\"result\"")).map_or(id, |(id, _)| id);
    let error = &message["error"];
    (error["code"].as_i64().unwrap_or_default(), id.trim_end_matches('}').to_owned(), error["message"].to_string())
}

#[test]
fn what_cannot_be_read_is_answered_under_its_id() {
    let mut client = Client::connect(&[]);
    let call = |id: &str, value: &str| {
        let params = format!(r#"{{"name":"retrieveUserWithId","arguments":{{"userId":{value}}}}}"#);
        format!(r#"{{"jsonrpc":"2.0","method":"tools/call","params":{params},"id":{id}}}"#).into_bytes()
    };
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let big = "123456789012345678901234567890";
    for (line, code, id) in [
        (call("1", &deep(130)), -32600, "1"),
        (call("2", &deep(100_000)), -32600, "2"),
        (call("\"three\"", "1e400"), -32602, "\"three\""),
        (call("4", "-1e9999"), -32602, "4"),
        (
            [&br#"{"jsonrpc":"2.0","id":5,"method":"ping","params":{"a":""#[..], b"\xFF\xFE", b"\"}}"].concat(),
            -32700,
            "5",
        ),
        (call("\"six\"", "tru"), -32700, "\"six\""),
        (call(big, "01"), -32700, big),
        (call("7.5", "[,]"), -32700, "7.5"),
        // Where brackets do not match, nobody knows whose member the id is.
        (call("0", "{"), -32700, ""),
        (call("0", "{}}"), -32700, ""),
        (call("8", &format!("\"{}\"", "x".repeat(17 << 20))), -32600, "8"),
        (call("9", &format!("\"{}\"", "x".repeat(5 << 20))), -32602, "9"),
        (call("10", &format!("[{}0]", "0,".repeat(300_000))), -32600, "10"),
        (br#"{"jsonrpc":"2.0","id":11,"method":["ping"]}"#.to_vec(), -32600, "11"),
        (br#"{"jsonrpc":"2.0","id":12,"id":13,"method":"ping"}"#.to_vec(), -32600, "12"),
    ] {
        let (got, got_id, message) = answer(&mut client, &line);
        assert_eq!((got, got_id.as_str()), (code, id), "{message}");
    }
    assert!(client.request("ping", json!({})).get("result").is_some());
}

#[test]
fn an_id_of_any_size_is_answered_as_it_was_written() {
    let mut client = Client::connect(&[]);
    for id in
        ["9223372036854775808", "-123456789012345678901234567890", "1.50", "1e3", "\"\\ud800\"", "\"\\u00e9\"", "\"\""]
    {
        client.send_line(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#));
        assert_eq!(client.next_line(), format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#));
    }
}

#[test]
fn half_a_surrogate_pair_is_read_as_the_replacement_character_and_the_call_goes_on() {
    let upstream = Recorder::agreeable();
    let mut client = Client::of_upstream(&upstream.url());
    let call = |text: &str| {
        let arguments = format!(r#"{{"requestBody":{{"user":{{"firstName":"{text}"}}}}}}"#);
        format!(
            r#"{{"jsonrpc":"2.0","id":"{text}","method":"tools/call","params":{{"name":"createUser","arguments":{arguments}}}}}"#
        )
    };
    for (text, expected) in [
        (r"cut \ud83d", "cut \u{FFFD}"),
        (r"\ude00 cut", "\u{FFFD} cut"),
        (r"\ud83d\ud83d\ude00", "\u{FFFD}\u{1F600}"),
        (r"whole \ud83d\ude00 \\ud83d", "whole \u{1F600} \\ud83d"),
    ] {
        client.send_line(&call(text));
        let line = client.next_line();
        assert!(line.contains(&format!(r#""id":"{text}""#)) && line.contains("200 OK"), "{line}");
        let body: Value = serde_json::from_slice(&upstream.take()[0].body).unwrap();
        assert_eq!(body["user"]["firstName"], expected);
    }
}

#[test]
fn wrong_parameters_of_a_known_method_are_named() {
    let mut client = Client::start(&[]);
    let wrong_opening = client.request("initialize", json!({ "capabilities": {} }))["error"].clone();
    assert_eq!(wrong_opening["code"], -32602);
    let message = wrong_opening["message"].as_str().unwrap();
    assert!(message.contains("protocolVersion") && !message.contains("_meta"), "{message}");
    client.initialize("2025-11-25");
    for (method, params, what) in [
        ("tools/call", json!({ "arguments": {} }), "missing field `name`"),
        ("tools/call", json!({ "name": 7 }), "name"),
        ("tools/call", json!({ "name": "retrieveUser", "arguments": 7 }), "arguments"),
        ("tools/call", json!([]), "expected an object"),
        ("tools/list", json!({ "cursor": 7 }), "cursor"),
        ("prompts/list", json!({ "cursor": {} }), "cursor"),
        ("resources/list", json!({ "cursor": ["a"] }), "cursor"),
        ("resources/templates/list", json!({ "cursor": true }), "cursor"),
        ("skills/list", json!("text"), "expected an object"),
        ("resources/read", json!({}), "missing field `uri`"),
        ("skills/get", json!({ "uri": null }), "uri"),
        ("prompts/get", json!({ "name": "find-user", "arguments": "x" }), "arguments"),
        ("completion/complete", json!({ "ref": { "type": "ref/prompt", "name": "x" } }), "argument"),
        ("ping", json!({ "_meta": "x" }), "_meta"),
    ] {
        let error = client.request(method, params.clone())["error"].clone();
        let message = error["message"].as_str().unwrap_or_default();
        assert!(error["code"] == -32602 && message.contains(what), "{method} {params}: {error}");
    }
    for method in ["nonsense", "resources/subscribe", "logging/setLevel", "tasks/get"] {
        assert_eq!(client.request(method, json!({}))["error"]["code"], -32601, "{method}");
    }
}

#[test]
fn an_empty_cursor_is_none() {
    let mut client = Client::connect(&[]);
    for method in ["tools/list", "prompts/list", "resources/list", "resources/templates/list", "skills/list"] {
        for params in [json!({ "cursor": "" }), json!({ "cursor": null }), Value::Null] {
            let answer = client.request(method, params);
            assert!(answer.get("result").is_some(), "{method}: {answer}");
        }
        assert_eq!(client.request(method, json!({ "cursor": "x" }))["error"]["code"], -32602, "{method}");
    }
}

#[test]
fn a_batch_is_answered_in_the_one_version_that_has_batches() {
    let upstream = Recorder::agreeable();
    let mut client = Client::start(&[("API_BASE_URL", &upstream.url()), ("API_KEY_APIKEYAUTH", "test-key")]);
    client.initialize("2025-03-26");
    let call = json!({ "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } });
    client.send(&json!([
        { "jsonrpc": "2.0", "id": "a", "method": "ping" },
        { "jsonrpc": "2.0", "method": "notifications/initialized" },
        { "jsonrpc": "2.0", "id": "b", "method": "tools/call", "params": call },
        { "jsonrpc": "2.0", "id": "c", "method": "nonsense" },
        { "jsonrpc": "2.0", "id": "d", "method": "initialize", "params": {} },
        7,
    ]));
    let answers = client.next_message();
    let answers = answers.as_array().unwrap_or_else(|| panic!("{answers}"));
    let of =
        |id: Value| answers.iter().find(|answer| answer["id"] == id).unwrap_or_else(|| panic!("{id}: {answers:?}"));
    assert_eq!(answers.len(), 5, "{answers:?}");
    assert!(of(json!("a")).get("result").is_some());
    assert_eq!(of(json!("b"))["result"]["content"][0]["text"], "200 OK\n{}");
    assert_eq!(of(json!("c"))["error"]["code"], -32601);
    assert_eq!(of(json!("d"))["error"]["code"], -32600);
    assert_eq!(of(Value::Null)["error"]["code"], -32600);
    // A batch that asks nothing is answered nothing.
    client.send(&json!([{ "jsonrpc": "2.0", "method": "notifications/initialized" }]));
    assert!(client.request("ping", json!({})).get("result").is_some());
}

#[test]
fn a_batch_is_refused_for_each_of_its_requests_elsewhere() {
    for version in ["2024-11-05", "2025-06-18", "2025-11-25"] {
        let mut client = Client::start(&[]);
        client.initialize(version);
        client.send(&json!([
            { "jsonrpc": "2.0", "id": "a", "method": "ping" },
            { "jsonrpc": "2.0", "method": "notifications/initialized" },
            { "jsonrpc": "2.0", "id": "b", "method": "tools/list" },
        ]));
        for id in ["a", "b"] {
            let answer = client.next_message();
            assert_eq!((&answer["id"], &answer["error"]["code"]), (&json!(id), &json!(-32600)), "{version}: {answer}");
        }
    }
}

#[test]
fn a_batch_can_be_cancelled_in_part() {
    let (upstream, release) = Recorder::holding("{}");
    let mut client = Client::start(&[("API_BASE_URL", &upstream.url()), ("API_KEY_APIKEYAUTH", "test-key")]);
    client.initialize("2025-03-26");
    let call = json!({ "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } });
    client.send(&json!([
        { "jsonrpc": "2.0", "id": "kept", "method": "ping" },
        { "jsonrpc": "2.0", "id": "cancelled", "method": "tools/call", "params": call },
    ]));
    upstream.wait_for_requests(1);
    client.send(
        &json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "cancelled" } }),
    );
    assert_eq!(client.next_message(), json!([{ "jsonrpc": "2.0", "id": "kept", "result": {} }]));
    drop(release);
}

#[test]
fn an_id_in_flight_is_taken_and_free_again_when_it_is_answered_or_cancelled() {
    let upstream = Recorder::start(|request| match request.target.ends_with('1') {
        true => Reply::Hang,
        false => Reply::json(200, "{\"other\":true}"),
    });
    let mut client = Client::of_upstream(&upstream.url());
    let call = |user: &str| {
        let params = json!({ "name": "retrieveUserWithId", "arguments": { "userId": user } });
        json!({ "jsonrpc": "2.0", "id": "same", "method": "tools/call", "params": params })
    };
    client.send(&call(USER_ID));
    upstream.wait_for_requests(1);
    for method in ["ping", "tools/list", "tools/call"] {
        client.send(&json!({ "jsonrpc": "2.0", "id": "same", "method": method, "params": {} }));
        assert_eq!(client.finish_as(&json!("same"))["error"]["code"], -32600, "{method}");
    }
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "same" } }));
    for _ in 0..2 {
        client.send(&call(&USER_ID.replace('1', "2")));
        let answer = client.finish_as(&json!("same"));
        assert!(answer["result"]["content"][0]["text"].as_str().unwrap().contains("other"), "{answer}");
    }
}

#[test]
fn calls_given_up_at_the_end_of_stdin_are_named() {
    let upstream = Recorder::start(|_| Reply::Hang);
    let mut client = Client::of_upstream(&upstream.url());
    client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }));
    client.send(&json!({ "jsonrpc": "2.0", "id": "x".repeat(900), "method": "tools/call",
        "params": { "name": "retrieveTenantWithId", "arguments": { "tenantId": USER_ID } } }));
    upstream.wait_for_requests(2);
    client.close_stdin();
    let (status, rest, stderr) = client.ended();
    assert!(status.success() && rest.is_empty(), "{rest:?}");
    let line =
        stderr.lines().find(|line| line.contains("cancelled without an answer")).unwrap_or_else(|| panic!("{stderr}"));
    assert!(line.contains("retrieveUserWithId (id 2)") && line.contains("retrieveTenantWithId (id \"xxx"), "{line}");
    assert!(line.len() < 1_000, "{line}");
}
