//! What the official conformance suite asks of servers, over stdio and in all five revisions of MCP: lifecycle, version
//! negotiation, wire shapes, cache hints, progress, cancellation, errors.

use serde_json::{Value, json};

use crate::{
    protocol::stateless,
    support::{
        USER_ID,
        client::Client,
        recorder::{Recorder, Reply},
        sandbox::Sandbox,
    },
};

/// The revisions with a handshake.
const LEGACY: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];

/// A client that speaks one revision.
struct Speaker {
    client: Client,
    revision: &'static str,
}

/// A client of every revision, with an upstream at that address.
fn speakers(url: &str) -> impl Iterator<Item = Speaker> {
    let environment =
        [("API_BASE_URL", url.to_owned()), ("API_KEY_APIKEYAUTH", crate::support::sandbox::API_KEY.to_owned())];
    LEGACY.into_iter().chain(["2026-07-28"]).map(move |revision| {
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut client = Client::start(&environment);
        if revision != "2026-07-28" {
            client.initialize(revision);
        }
        Speaker { client, revision }
    })
}

impl Speaker {
    fn is_stateless(&self) -> bool {
        self.revision == "2026-07-28"
    }

    fn params(&self, params: Value) -> Value {
        if self.is_stateless() { stateless(params) } else { params }
    }

    /// An answer, whose envelope is that of JSON-RPC 2.0.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        let params = self.params(params);
        let answer = self.client.request(method, params);
        let mut members: Vec<_> = answer.as_object().unwrap().keys().map(String::as_str).collect();
        members.sort_unstable();
        assert!(members == ["id", "jsonrpc", "result"] || members == ["error", "id", "jsonrpc"], "{answer}");
        assert_eq!(answer["jsonrpc"], "2.0");
        answer
    }

    /// A result with the members of its revision.
    fn result(&mut self, method: &str, params: Value, is_cacheable: bool) -> Value {
        let answer = self.ask(method, params);
        let result = answer.get("result").unwrap_or_else(|| panic!("{} {method}: {answer}", self.revision)).clone();
        let context = format!("{} {method}: {:.300}", self.revision, result.to_string());
        if self.is_stateless() {
            assert_eq!(result["resultType"], "complete", "{context}");
        } else {
            assert!(result.get("resultType").is_none(), "{context}");
        }
        assert_eq!(result["ttlMs"].is_u64(), self.is_stateless() && is_cacheable, "{context}");
        assert_eq!(result["cacheScope"] == "private", self.is_stateless() && is_cacheable, "{context}");
        result
    }

    fn error(&mut self, method: &str, params: Value) -> i64 {
        let error = self.ask(method, params)["error"].clone();
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{} {method}: {error}", self.revision);
        error["code"].as_i64().unwrap()
    }
}

fn texts<'a>(list: &'a Value, keys: &[&str]) -> impl Iterator<Item = &'a Value> {
    let items = list.as_array().unwrap();
    assert!(!items.is_empty());
    for item in items {
        for key in keys {
            assert!(item[*key].as_str().is_some_and(|text| !text.is_empty()), "{key}: {item}");
        }
    }
    items.iter()
}

#[test]
fn versions_are_negotiated() {
    for asked in LEGACY {
        assert_eq!(Client::start(&[]).initialize(asked)["protocolVersion"], asked);
    }
    for unknown in ["1999-01-01", "2025-12-31", "2026-07-28", "2099-01-01", "", "latest"] {
        let mut client = Client::start(&[]);
        assert_eq!(client.initialize(unknown)["protocolVersion"], "2025-11-25", "{unknown}");
        let list = client.request("tools/list", json!({}))["result"].clone();
        assert!(list["tools"].is_array() && list.get("ttlMs").is_none(), "{unknown}: served as what was agreed on");
    }
}

#[test]
fn the_handshake_has_its_shape() {
    for revision in LEGACY {
        let mut client = Client::start(&[]);
        assert_eq!(client.request("ping", json!({}))["result"], json!({}), "a ping may come first");
        let result = client.initialize(revision);
        for capability in ["tools", "prompts", "resources", "completions"] {
            assert!(result["capabilities"][capability].is_object(), "{revision}: {result}");
        }
        assert!(result["serverInfo"]["name"].is_string() && result["serverInfo"]["version"].is_string());
        assert!(result.get("ttlMs").is_none() && result.get("resultType").is_none(), "{result}");
        assert_eq!(client.request("ping", json!({}))["result"], json!({}));
    }
}

#[test]
fn discovery_has_its_shape_and_needs_metadata() {
    let mut client = Client::start(&[]);
    let result = client.request("server/discover", stateless(json!({})))["result"].clone();
    let versions: Vec<_> =
        result["supportedVersions"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert!(LEGACY.iter().chain(&["2026-07-28"]).all(|version| versions.contains(version)), "{result}");
    for capability in ["tools", "prompts", "resources", "completions"] {
        assert!(result["capabilities"][capability].is_object(), "{result}");
    }
    assert!(result["instructions"].is_string() && result["ttlMs"].is_u64() && result["resultType"] == "complete");
    let keys = ["io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities"];
    for method in ["server/discover", "tools/list", "tools/call"] {
        for missing in keys {
            let mut params = stateless(json!({ "name": "describe_tool" }));
            params["_meta"].as_object_mut().unwrap().remove(missing);
            let error = client.request(method, params)["error"].clone();
            assert_eq!(error["code"], -32602, "{method}: {error}");
            assert!(error["message"].as_str().unwrap().contains(missing), "{method}: {error}");
        }
        let mut params = stateless(json!({ "name": "describe_tool" }));
        params["_meta"][keys[0]] = json!("1999-01-01");
        let error = client.request(method, params)["error"].clone();
        assert_eq!(error["code"], -32022, "{method}: {error}");
        assert_eq!(error["data"]["requested"], "1999-01-01");
        assert!(error["data"]["supported"].as_array().unwrap().contains(&json!("2026-07-28")));
    }
    assert_eq!(client.request("ping", stateless(json!({})))["error"]["code"], -32601, "this revision has no ping");
}

#[test]
fn lists_have_the_shape_of_their_revision() {
    for mut speaker in speakers("http://127.0.0.1:1") {
        let tools = speaker.result("tools/list", json!({}), true);
        for tool in texts(&tools["tools"], &["name", "description"]) {
            assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
        }
        let prompts = speaker.result("prompts/list", json!({}), true);
        texts(&prompts["prompts"], &["name", "description"]).for_each(drop);
        let resources = speaker.result("resources/list", json!({}), true);
        texts(&resources["resources"], &["name", "uri"]).for_each(drop);
        let templates = speaker.result("resources/templates/list", json!({}), true);
        texts(&templates["resourceTemplates"], &["name", "uriTemplate"]).for_each(drop);
        for list in [&tools, &prompts, &resources, &templates] {
            assert!(list.get("nextCursor").is_none());
        }
    }
}

#[test]
fn what_is_read_and_called_has_the_shape_of_its_revision() {
    let upstream = Recorder::start(|request| {
        if request.target.contains("missing") { Reply::empty(404) } else { Reply::json(200, "{\"user\":{}}") }
    });
    for mut speaker in speakers(&upstream.url()) {
        let areas = speaker.result("resources/list", json!({}), true)["resources"][0]["uri"].clone();
        let read = speaker.result("resources/read", json!({ "uri": areas }), true);
        for contents in texts(&read["contents"], &["uri", "text", "mimeType"]) {
            assert_eq!(contents["uri"], areas);
        }
        let prompt = speaker.result("prompts/get", json!({ "name": "explore-instance" }), false);
        for message in prompt["messages"].as_array().unwrap() {
            assert_eq!((&message["role"], &message["content"]["type"]), (&json!("user"), &json!("text")));
            assert!(message["content"]["text"].is_string());
        }
        let reference = json!({ "type": "ref/resource", "uri": "fusionauth://tools/{name}" });
        let argument = json!({ "name": "name", "value": "retrieveU" });
        let completed = speaker.result("completion/complete", json!({ "ref": reference, "argument": argument }), false);
        let values = completed["completion"]["values"].as_array().unwrap();
        assert!(!values.is_empty() && values.len() <= 100 && values.iter().all(Value::is_string), "{completed}");
        let good = json!({ "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } });
        let called = speaker.result("tools/call", good, false);
        texts(&called["content"], &["type", "text"]).for_each(drop);
        assert_eq!(called["isError"], false);
        // A wrong argument is for the model: a result, no error of the protocol.
        let wrong = json!({ "name": "retrieveUserWithId", "arguments": { "nonsense": 1 } });
        assert_eq!(speaker.result("tools/call", wrong, false)["isError"], true);
    }
}

#[test]
fn errors_have_the_codes_of_their_revision() {
    for mut speaker in speakers("http://127.0.0.1:1") {
        let revision = speaker.revision;
        assert_eq!(speaker.error("nonsense", json!({})), -32601, "{revision}");
        assert_eq!(speaker.error("tools/call", json!({ "name": "nonsense" })), -32602, "{revision}");
        assert_eq!(speaker.error("tools/call", json!({})), -32602, "{revision}");
        assert_eq!(speaker.error("prompts/get", json!({ "name": "nonsense" })), -32602, "{revision}");
        assert_eq!(speaker.error("tools/list", json!({ "cursor": "nonsense" })), -32602, "{revision}");
        let not_found = if speaker.is_stateless() { -32602 } else { -32002 };
        assert_eq!(speaker.error("resources/read", json!({ "uri": "fusionauth://nonsense" })), not_found, "{revision}");
        for method in ["initialize", "ping"] {
            let error = speaker.client.request(method, stateless(json!({})))["error"].clone();
            assert!(error["code"].is_i64(), "{revision} {method}: {error}");
        }
    }
}

#[test]
fn progress_is_told_to_those_who_ask_for_it() {
    let sandbox = Sandbox::start(&[]);
    for mut speaker in speakers(sandbox.url()) {
        for token in [json!("a token"), json!(7), Value::Null] {
            let mut params = speaker.params(json!({ "name": "exportKickstart", "arguments": {} }));
            if !token.is_null() {
                params["_meta"]["progressToken"] = token.clone();
            }
            let id = speaker.client.begin("tools/call", params);
            let mut last = None;
            let answer = loop {
                let message = speaker.client.next_message();
                if message["id"] == id {
                    break message;
                }
                assert_eq!(message["method"], "notifications/progress", "{message}");
                let params = &message["params"];
                assert_eq!(params["progressToken"], token, "{message}");
                let progress = params["progress"].as_f64().unwrap();
                assert!(last.is_none_or(|last| last < progress), "progress goes up: {message}");
                assert!(params["total"].as_f64().is_none_or(|total| total >= progress), "{message}");
                last = Some(progress);
            };
            assert_eq!(answer["result"]["isError"], false, "{}: {:.300}", speaker.revision, answer.to_string());
            assert_eq!(last.is_some(), !token.is_null(), "{} {token}", speaker.revision);
        }
    }
}

#[test]
fn what_is_cancelled_is_given_up_and_not_answered() {
    let upstream = Recorder::start(|_| Reply::Hang);
    for (done, mut speaker) in speakers(&upstream.url()).enumerate() {
        let params = speaker.params(json!({ "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } }));
        let id = speaker.client.begin("tools/call", params);
        upstream.wait_for_requests(done + 1);
        for request in [json!(id), json!(id), json!("unknown"), Value::Null] {
            let params = json!({ "requestId": request, "reason": "no longer wanted" });
            speaker.client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }));
        }
        upstream.wait_for_aborted(done + 1);
        speaker.result("tools/list", json!({}), true);
        speaker.client.close_stdin();
        let (status, rest, _) = speaker.client.ended();
        assert!(status.success() && rest.is_empty(), "{}: no answer: {rest:?}", speaker.revision);
    }
}
