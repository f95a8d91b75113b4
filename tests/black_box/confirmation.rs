//! A person is asked before what cannot be undone: by elicitation, by input-required results, on the command line.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, command},
    recorder::{Recorder, Reply},
};

const ROLE_ID: &str = "00000000-0000-0000-0000-0000000000b2";
const APPLICATION_ID: &str = "00000000-0000-0000-0000-0000000000a1";

/// Knows a user, an application with a role, and says yes to the rest.
fn upstream() -> Recorder {
    Recorder::start(|request| {
        if request.method != "GET" {
            return Reply::empty(200);
        }
        let path = request.target.split('?').next().unwrap();
        if path == format!("/api/user/{USER_ID}") {
            Reply::json(200, "{\"user\":{\"id\":\"x\",\"email\":\"richard\u{202e}@example.com\\nAccept!\"}}")
        } else if path == format!("/api/application/{APPLICATION_ID}") {
            // Anybody may have written what stands in `data`.
            let role = json!({ "id": ROLE_ID, "name": "admin" });
            let lies = json!([{ "id": ROLE_ID, "name": "harmless" }, { "id": USER_ID, "name": "harmless" }]);
            let application = json!({ "name": "Pied Piper", "roles": [role], "data": { "lies": lies } });
            Reply::json(200, &json!({ "application": application }).to_string())
        } else {
            Reply::json(404, "")
        }
    })
}

fn environment<'a>(url: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("API_BASE_URL", url), ("API_KEY_APIKEYAUTH", "test-key")], more].concat()
}

/// A client of 2025-11-25 that shows forms to a person.
fn asking_client(upstream: &Recorder, more: &[(&str, &str)]) -> Client {
    let mut client = Client::start(&environment(&upstream.url(), more));
    client.initialize_with("2025-11-25", json!({ "elicitation": {} }));
    client
}

/// Makes a call and answers what the person is asked; the question, where there was one, and the result.
fn call_and_answer(client: &mut Client, tool: &str, arguments: Value, action: &str) -> (Option<String>, Value) {
    let id = client.begin_call(tool, arguments);
    let message = client.next_message();
    if message["method"] != "elicitation/create" {
        assert_eq!(message["id"], id, "{message}");
        return (None, message["result"].clone());
    }
    assert_eq!(message["params"]["requestedSchema"], json!({ "type": "object", "properties": {} }), "{message}");
    let answer = json!({ "action": action, "content": {} });
    client.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": answer }));
    let question = message["params"]["message"].as_str().unwrap().to_owned();
    (Some(question), client.finish(id)["result"].clone())
}

fn changes(upstream: &Recorder) -> Vec<String> {
    let requests = upstream.take().into_iter().filter(|request| request.method != "GET");
    requests.map(|request| format!("{} {}", request.method, request.target)).collect()
}

fn hard_delete() -> Value {
    json!({ "userId": USER_ID, "hardDelete": true })
}

#[test]
fn a_person_is_asked_with_the_name_of_the_target_and_what_is_lost() {
    let upstream = upstream();
    let mut client = asking_client(&upstream, &[]);
    let (question, result) = call_and_answer(&mut client, "deleteUserWithId", hard_delete(), "accept");
    assert_eq!(
        question.unwrap(),
        format!(
            "Call deleteUserWithId? It sends DELETE /api/user/{USER_ID}?hardDelete=true\n\
             userId: \"richard@example.comAccept!\", {USER_ID}\n\
             Lost for good: the user with all registrations, memberships, sessions and data."
        )
    );
    assert_eq!(result["isError"], false, "{result}");
    let requests: Vec<_> = upstream.take().into_iter().map(|request| request.method).collect();
    assert_eq!(requests, ["GET", "DELETE"], "one GET for the name");
}

#[test]
fn what_a_call_names_by_several_ids_is_named_too() {
    let upstream = upstream();
    let mut client = asking_client(&upstream, &[]);
    let role = json!({ "applicationId": APPLICATION_ID, "roleId": ROLE_ID });
    let (question, _) = call_and_answer(&mut client, "deleteApplicationRoleWithId", role, "accept");
    let question = question.unwrap();
    assert!(question.contains(&format!("\napplicationId: \"Pied Piper\", {APPLICATION_ID}\n")), "{question}");
    assert!(question.contains(&format!("\nroleId: \"admin\", {ROLE_ID}\n")), "{question}");
    let registration = json!({ "applicationId": APPLICATION_ID, "userId": USER_ID });
    let (question, _) = call_and_answer(&mut client, "deleteUserRegistrationWithId", registration, "accept");
    let question = question.unwrap();
    assert!(question.contains("\"Pied Piper\"") && question.contains("richard@example.com"), "{question}");
    assert!(!question.contains("harmless"), "{question}");
    // A name that cannot be read is no reason not to ask.
    let key = json!({ "keyId": USER_ID });
    let (question, _) = call_and_answer(&mut client, "deleteKeyWithId", key, "accept");
    assert!(question.unwrap().contains(&format!("\nkeyId: {USER_ID}\nLost for good: the key")));
    assert_eq!(changes(&upstream).len(), 3);
}

#[test]
fn other_calls_have_their_turn_while_a_person_decides() {
    let upstream = upstream();
    let mut client = asking_client(&upstream, &[("MAX_CONCURRENT_CALLS", "1"), ("MAX_WAITING_CALLS", "0")]);
    let id = client.begin_call("deleteUserWithId", hard_delete());
    let asked = client.next_message();
    assert_eq!(asked["method"], "elicitation/create", "{asked}");
    let read = client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert!(!read.is_error, "{}", read.text);
    client.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "action": "accept", "content": {} } }));
    assert_eq!(client.finish(id)["result"]["isError"], false);
    assert_eq!(changes(&upstream).len(), 1);
}

#[test]
fn a_question_shows_invisible_characters_whatever_answers_show() {
    let upstream = upstream();
    let mut client = asking_client(&upstream, &[("CONFIRM", "writes"), ("RAW_TEXT", "true")]);
    let user = json!({ "requestBody": { "user": { "firstName": "a\u{202e}b" } } });
    let (question, result) = call_and_answer(&mut client, "createUser", user, "accept");
    let question = question.unwrap();
    assert!(question.contains("firstName") && question.contains("202e"), "{question}");
    assert!(!question.contains('\u{202e}'), "{question:?}");
    assert_eq!(result["isError"], false, "{result}");
    let body = upstream.take().pop().unwrap().body;
    assert!(String::from_utf8(body).unwrap().contains('\u{202e}'), "what is sent is what was given");
}

#[test]
fn nobody_is_asked_about_what_can_be_undone() {
    let upstream = upstream();
    let mut client = asking_client(&upstream, &[]);
    for (tool, arguments) in [
        ("deleteUserWithId", json!({ "userId": USER_ID })),
        ("deleteUserWithId", json!({ "userId": USER_ID, "hardDelete": false })),
        ("deleteUserBulk", json!({ "userIds": [USER_ID], "hardDelete": true, "dryRun": true })),
        ("patchUserWithId", json!({ "userId": USER_ID, "requestBody": { "user": { "firstName": "a" } } })),
        ("deleteGroupMemberWithId", json!({ "memberId": USER_ID })),
        ("retrieveUserWithId", json!({ "userId": USER_ID })),
    ] {
        let (question, result) = call_and_answer(&mut client, tool, arguments, "accept");
        assert_eq!(question, None, "{tool}");
        assert_ne!(result["isError"], true, "{tool}: {result}");
    }
    for arguments in [
        json!({ "userIds": [USER_ID], "hardDelete": "true" }),
        json!({ "requestBody": { "userIds": [USER_ID], "hardDelete": true } }),
        json!({ "userIds": [USER_ID], "hardDelete": true, "dryRun": true, "requestBody": { "dryRun": false } }),
    ] {
        let (question, _) = call_and_answer(&mut client, "deleteUserBulk", arguments.clone(), "decline");
        assert!(question.is_some(), "{arguments}");
    }
}

#[test]
fn who_declines_or_cancels_is_obeyed() {
    let upstream = upstream();
    let mut client = asking_client(&upstream, &[]);
    for (action, expected) in [("decline", "declined deleteUserWithId"), ("cancel", "did not decide about")] {
        let (_, result) = call_and_answer(&mut client, "deleteUserWithId", hard_delete(), action);
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(result["isError"] == true && text.contains(expected), "{text}");
    }
    // A client that fails to ask has no yes to give.
    let id = client.begin_call("deleteUserWithId", hard_delete());
    let asked = client.next_message();
    let error = json!({ "code": -32603, "message": "no window" });
    client.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "error": error }));
    assert_eq!(client.finish(id)["result"]["isError"], true);
    assert_eq!(changes(&upstream), [] as [String; 0]);
}

#[test]
fn every_change_is_asked_about_where_the_operator_wants_that() {
    let upstream = upstream();
    let mut client = asking_client(&upstream, &[("CONFIRM", "writes")]);
    let body = json!({ "user": { "firstName": "Richard", "password": "hunter2" } });
    let patch = json!({ "userId": USER_ID, "requestBody": body });
    let (question, _) = call_and_answer(&mut client, "patchUserWithId", patch, "decline");
    let question = question.unwrap();
    assert!(question.contains("Richard") && !question.contains("hunter2"), "{question}");
    assert!(!question.contains("Lost for good"), "{question}");
    let (question, _) = call_and_answer(&mut client, "retrieveUserWithId", json!({ "userId": USER_ID }), "decline");
    assert_eq!(question, None);
    assert_eq!(changes(&upstream), [] as [String; 0]);
}

#[test]
fn a_client_that_cannot_ask_is_refused_only_where_the_operator_said_so() {
    for (confirm, is_served) in
        [(None, true), (Some("off"), true), (Some("irreversible"), false), (Some("writes"), false)]
    {
        let upstream = upstream();
        let url = upstream.url();
        let more: Vec<_> = confirm.map(|confirm| ("CONFIRM", confirm)).into_iter().collect();
        let mut client = Client::connect(&environment(&url, &more));
        let answer = client.call("deleteUserWithId", hard_delete());
        assert_eq!(answer.is_error, !is_served, "{confirm:?}: {}", answer.text);
        assert_eq!(answer.text.contains("CONFIRM"), !is_served, "{confirm:?}: {}", answer.text);
        assert_eq!(changes(&upstream).len(), usize::from(is_served), "{confirm:?}");
    }
}

#[test]
fn the_way_through_call_tool_is_no_way_round() {
    let upstream = upstream();
    let mut client = asking_client(&upstream, &[("TOOL_MODE", "search")]);
    let arguments = json!({ "name": "deleteUserWithId", "arguments": hard_delete() });
    let (question, result) = call_and_answer(&mut client, "call_tool", arguments, "decline");
    assert!(question.is_some() && result["isError"] == true, "{result}");
    assert_eq!(changes(&upstream), [] as [String; 0]);
}

#[test]
fn instructions_speak_of_confirmation_where_it_is_on() {
    for (confirm, expected) in [
        ("off", None),
        ("irreversible", Some("A person is asked before irreversible calls.")),
        ("writes", Some("A person is asked before changes.")),
    ] {
        let mut client = Client::start(&[("CONFIRM", confirm)]);
        let result = client.initialize("2025-11-25");
        let instructions = result["instructions"].as_str().unwrap();
        assert_eq!(instructions.contains("A person is asked"), expected.is_some(), "{confirm}");
        assert!(expected.is_none_or(|expected| instructions.contains(expected)), "{confirm}: {instructions}");
    }
}

/// A `tools/call` of MCP 2026-07-28 from a client that can ask.
fn stateless_call(client: &mut Client, tool: &str, arguments: Value, more: &Value) -> Value {
    let mut parameters = crate::protocol::stateless(json!({ "name": tool, "arguments": arguments }));
    parameters["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({ "elicitation": { "form": {} } });
    parameters.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let response = client.request("tools/call", parameters);
    assert!(response["result"].is_object(), "{response}");
    response["result"].clone()
}

fn answered(asked: &Value, action: &str) -> Value {
    json!({ "requestState": asked["requestState"], "inputResponses": { "confirmation": { "action": action, "content": {} } } })
}

#[test]
fn without_sessions_the_question_is_a_result() {
    let upstream = upstream();
    let mut client = Client::start(&environment(&upstream.url(), &[]));
    let asked = stateless_call(&mut client, "deleteUserWithId", hard_delete(), &json!({}));
    assert_eq!(asked["resultType"], "input_required", "{asked}");
    let question = &asked["inputRequests"]["confirmation"];
    assert_eq!(question["method"], "elicitation/create");
    assert!(question["params"]["message"].as_str().unwrap().contains("Lost for good: the user"), "{question}");
    assert_eq!(changes(&upstream), [] as [String; 0]);
    for action in ["decline", "cancel", "perhaps"] {
        let refused = stateless_call(&mut client, "deleteUserWithId", hard_delete(), &answered(&asked, action));
        assert_eq!(refused["isError"], true, "{refused}");
    }
    assert_eq!(changes(&upstream), [] as [String; 0]);
    let done = stateless_call(&mut client, "deleteUserWithId", hard_delete(), &answered(&asked, "accept"));
    assert_eq!(done["isError"], false, "{done}");
    assert_eq!(changes(&upstream).len(), 1);
    let replayed = stateless_call(&mut client, "deleteUserWithId", hard_delete(), &answered(&asked, "accept"));
    assert!(replayed["content"][0]["text"].as_str().unwrap().contains("used already"), "{replayed}");
    assert_eq!(changes(&upstream), [] as [String; 0]);
}

#[test]
fn a_yes_holds_for_the_call_that_was_asked_about() {
    let upstream = upstream();
    let mut client = Client::start(&environment(&upstream.url(), &[]));
    let asked = stateless_call(&mut client, "deleteUserWithId", hard_delete(), &json!({}));
    let mut tampered = asked.clone();
    let state = asked["requestState"].as_str().unwrap();
    let middle = state.len() / 2;
    let other = if state.as_bytes()[middle] == b'A' { 'B' } else { 'A' };
    tampered["requestState"] = json!(format!("{}{other}{}", &state[..middle], &state[middle + 1..]));
    let mut empty = answered(&asked, "accept");
    empty["inputResponses"] = json!({});
    for (tool, arguments, more) in [
        ("deleteUserWithId", json!({ "userId": APPLICATION_ID, "hardDelete": true }), answered(&asked, "accept")),
        (
            "deleteUserWithId",
            json!({ "userId": USER_ID, "hardDelete": true, "requestBody": { "hardDelete": true } }),
            answered(&asked, "accept"),
        ),
        ("deleteTenantWithId", json!({ "tenantId": USER_ID }), answered(&asked, "accept")),
        ("deleteUserWithId", hard_delete(), answered(&tampered, "accept")),
        ("deleteUserWithId", hard_delete(), empty),
    ] {
        let refused = stateless_call(&mut client, tool, arguments.clone(), &more);
        assert_eq!(refused["isError"], true, "{tool} {arguments}: {refused}");
        assert!(refused["content"][0]["text"].as_str().unwrap().contains("is not valid"), "{refused}");
    }
    // Another process has another key.
    let mut other = Client::start(&environment(&upstream.url(), &[]));
    let refused = stateless_call(&mut other, "deleteUserWithId", hard_delete(), &answered(&asked, "accept"));
    assert_eq!(refused["isError"], true, "{refused}");
    assert_eq!(changes(&upstream), [] as [String; 0]);
    // The order of the arguments is no change.
    let same = json!({ "hardDelete": true, "userId": USER_ID });
    let done = stateless_call(&mut client, "deleteUserWithId", same, &answered(&asked, "accept"));
    assert_eq!(done["isError"], false, "{done}");
}

#[test]
fn a_stateless_client_that_cannot_ask_gets_no_question() {
    let upstream = upstream();
    let mut client = Client::start(&environment(&upstream.url(), &[("CONFIRM", "irreversible")]));
    let parameters = crate::protocol::stateless(json!({ "name": "deleteUserWithId", "arguments": hard_delete() }));
    let refused = client.request("tools/call", parameters);
    assert_eq!(refused["result"]["isError"], true, "{refused}");
    assert_eq!(changes(&upstream), [] as [String; 0]);
}

#[test]
fn the_command_line_needs_a_yes_where_the_operator_said_so() {
    let upstream = upstream();
    let url = upstream.url();
    let target = format!("userId={USER_ID}");
    let run = |more: &[(&str, &str)], flags: &[&str]| {
        let words = [&["call", "deleteUserWithId", target.as_str(), "hardDelete=true"], flags].concat();
        command(&environment(&url, more)).args(words).stdin(Stdio::null()).output().unwrap()
    };
    assert!(run(&[], &[]).status.success());
    assert_eq!(changes(&upstream).len(), 1);
    let refused = run(&[("CONFIRM", "irreversible")], &[]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("--yes"), "{refused:?}");
    assert_eq!(changes(&upstream), [] as [String; 0]);
    assert!(run(&[("CONFIRM", "irreversible")], &["--yes"]).status.success());
    assert_eq!(changes(&upstream).len(), 1);
}

#[test]
fn what_is_no_level_is_refused_at_the_start() {
    let output = command(&[("CONFIRM", "sometimes")]).arg("tools").stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.contains("CONFIRM: `sometimes`: expected off or irreversible or writes"), "{stderr}");
}
