//! What a caller has no right to does not exist for it.

use std::{collections::BTreeSet, thread};

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    callers::{Callers, Key},
    recorder::Recorder,
    server::Server,
};

fn names(server: &Server, headers: &[(&str, &str)]) -> BTreeSet<String> {
    let list = server.legacy(headers, "tools/list", json!({})).json();
    list["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

fn error(server: &Server, key: &Key, tool: &str) -> Value {
    let params = json!({ "name": tool, "arguments": { "userId": USER_ID } });
    server.legacy(&key.header(), "tools/call", params).json()["error"].take()
}

#[test]
fn scopes_decide_what_is_there() {
    let callers = Callers::new();
    let upstream = Recorder::agreeable();
    let server = callers.server_of(&upstream.url());
    let all = names(&server, &callers.key("all", "*").header());
    assert!(all.len() > 320);
    let areas = server_areas(&all);
    for (scopes, expected) in [
        ("fusionauth:*", all.clone()),
        ("fusionauth:delete", prefixed(&all, "delete")),
        ("fusionauth:tool:retrieveUser,fusionauth:tool:noSuchTool", set(&["retrieveUser"])),
        ("fusionauth:user:delete", areas),
        ("other:*", BTreeSet::new()),
        ("fusionauth:noSuchBucket", BTreeSet::new()),
    ] {
        let mut seen = names(&server, &callers.key(scopes, scopes).header());
        assert!(seen.remove("describe_tool") || scopes == "fusionauth:*", "{scopes}");
        let mut expected = expected;
        expected.remove("describe_tool");
        assert_eq!(seen, expected, "{scopes}");
    }
    let reader = callers.key("reader", "fusionauth:read");
    let seen = names(&server, &reader.header());
    assert!(seen.contains("retrieveUser") && seen.contains("exportKickstart") && !seen.contains("deleteUserWithId"));
    for hidden in ["deleteUserWithId", "createUser", "deleteUserWithID"] {
        let error = error(&server, &reader, hidden);
        assert_eq!(error["code"], -32602, "{error}");
        assert_eq!(error["message"], format!("unknown tool `{hidden}`"), "no hint at what is hidden");
    }
    let described = server.call(&reader.header(), "describe_tool", json!({ "names": ["deleteUserWithId"] }));
    assert!(described.contains("unknown tool") && !described.contains("DELETE"), "{described}");
    assert!(server.call(&reader.header(), "retrieveUserWithId", json!({ "userId": USER_ID })).starts_with("200 OK"));
    let read = json!({ "uri": "fusionauth://tools/deleteUserWithId" });
    assert!(server.legacy(&reader.header(), "resources/read", read).json()["error"].is_object());
    assert_eq!(upstream.take().len(), 1);
}

fn set(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn prefixed(all: &BTreeSet<String>, prefix: &str) -> BTreeSet<String> {
    all.iter().filter(|name| name.starts_with(prefix)).cloned().collect()
}

fn server_areas(all: &BTreeSet<String>) -> BTreeSet<String> {
    let document = fusionauth_mcp::fusionauth::tools::DOCUMENT;
    let is_of_users = |name: &&String| document.operation(name).is_some_and(|operation| operation.area == "user");
    all.iter().filter(is_of_users).filter(|name| name.starts_with("delete")).cloned().collect()
}

#[test]
fn the_search_shows_nothing_hidden() {
    let callers = Callers::new();
    let server = callers.server(&[("TOOL_MODE", "search")], &[]);
    let (reader, all) = (callers.key("reader", "fusionauth:read"), callers.key("all", "*"));
    let find =
        |key: &Key| server.call(&key.header(), "find_tools", json!({ "query": "delete a user deleteUserWithId" }));
    assert!(find(&all).contains("deleteUserWithId"));
    assert!(!find(&reader).contains("deleteUser"), "{}", find(&reader));
    let call = json!({ "name": "deleteUserWithId", "arguments": { "userId": USER_ID } });
    let refused = server.call(&reader.header(), "call_tool", call);
    assert_eq!(refused, "unknown tool `deleteUserWithId`");
}

#[test]
fn the_operators_choice_is_an_upper_bound() {
    let callers = Callers::new();
    let server = callers.server(&[("READ_ONLY", "true")], &[]);
    let (all, narrow) =
        (callers.key("all", "*"), callers.key("narrow", "fusionauth:retrieve,fusionauth:tool:createUser"));
    assert!(!names(&server, &all.header()).contains("deleteUserWithId"));
    let message = |key, tool| error(&server, key, tool)["message"].as_str().unwrap().to_owned();
    assert_eq!(message(&all, "deleteUserWithId"), "`deleteUserWithId` is switched off by READ_ONLY=true");
    // Who has a right to it is told why it is not there; who has not is told nothing.
    assert_eq!(message(&narrow, "createUser"), "`createUser` is switched off by READ_ONLY=true");
    assert_eq!(message(&narrow, "deleteUserWithId"), "unknown tool `deleteUserWithId`");
}

#[test]
fn headers_narrow_and_never_widen() {
    let callers = Callers::new();
    let server = callers.server(&[], &[]);
    let (all, deleter) = (callers.key("all", "*"), callers.key("deleter", "fusionauth:delete"));
    let with = |key: &Key, name: &str, value: &str| {
        let mut seen = names(&server, &[key.header()[0], (name, value)]);
        seen.remove("describe_tool");
        seen
    };
    let reading = with(&all, "X-MCP-Readonly", "true");
    assert!(reading.contains("retrieveUser") && !reading.iter().any(|name| name.starts_with("delete")));
    assert_eq!(with(&all, "X-MCP-Tools", "retrieveUser, deleteUserWithId"), set(&["deleteUserWithId", "retrieveUser"]));
    assert_eq!(with(&deleter, "X-MCP-Tools", "retrieveUser, deleteUserWithId"), set(&["deleteUserWithId"]));
    assert_eq!(with(&deleter, "X-MCP-Readonly", "true"), BTreeSet::new());
    assert_eq!(with(&deleter, "X-MCP-Tools", "all"), with(&deleter, "X-MCP-Readonly", "false"));
    assert_eq!(with(&all, "X-MCP-Tools", ","), BTreeSet::new());
    for (name, value) in [("X-MCP-Readonly", "perhaps"), ("X-MCP-Tools", &"x,".repeat(4_000))] {
        assert_eq!(server.legacy(&[all.header()[0], (name, value)], "ping", json!({})).status, 400, "{name}");
    }
}

#[test]
fn callers_in_parallel_never_cross() {
    let callers = Callers::new();
    let server = callers.server(&[], &[]);
    let keys = [
        (callers.key("reader", "fusionauth:tool:retrieveUser"), "retrieveUser"),
        (callers.key("deleter", "fusionauth:tool:deleteUserWithId"), "deleteUserWithId"),
    ];
    thread::scope(|scope| {
        for round in 0..100 {
            let (key, tool) = &keys[round % 2];
            let server = &server;
            scope.spawn(move || {
                let mut expected = set(&[tool]);
                expected.insert("describe_tool".to_owned());
                assert_eq!(names(server, &key.header()), expected);
            });
        }
    });
}

/// What one caller was asked, another cannot answer.
#[test]
fn a_question_belongs_to_its_caller() {
    let callers = Callers::new();
    let upstream = Recorder::agreeable();
    let server = callers.server_of(&upstream.url());
    let (anna, bert) = (callers.key("anna", "*"), callers.key("bert", "*"));
    let call = |key: &Key, more: Value| {
        let mut params = json!({ "name": "deleteUserWithId", "arguments": { "userId": USER_ID, "hardDelete": true } });
        params.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (headers, body) = crate::support::server::modern("tools/call", params, json!({ "elicitation": {} }));
        let mut headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        headers.extend(key.header());
        server.post(&headers, &body).json()["result"].take()
    };
    let asked = call(&anna, json!({}));
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let yes = json!({
        "requestState": asked["requestState"],
        "inputResponses": { "confirmation": { "action": "accept", "content": {} } },
    });
    let deletions = || upstream.take().iter().filter(|request| request.method == "DELETE").count();
    assert_eq!(call(&bert, yes.clone())["isError"], true);
    assert_eq!(deletions(), 0);
    assert!(!call(&anna, yes.clone())["isError"].as_bool().unwrap_or_default());
    assert_eq!(deletions(), 1);
    assert_eq!(call(&anna, yes)["isError"], true);
    assert_eq!(deletions(), 0);
}
