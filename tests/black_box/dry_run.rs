//! Where the operator tries things out, nothing is sent that changes something.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer, command},
    document::{Document, Size},
    recorder::Recorder,
};

fn client(upstream: &Recorder, more: &[(&str, &str)]) -> Client {
    let url = upstream.url();
    let own = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "the-api-key"), ("DRY_RUN", "true")];
    Client::connect(&[&own, more].concat())
}

/// The request that an answer shows.
fn shown(answer: &ToolAnswer) -> Value {
    let (headline, body) = answer.text.split_once('\n').unwrap_or_else(|| panic!("{}", answer.text));
    assert!(!answer.is_error && headline.starts_with("Dry run: nothing was sent."), "{headline}");
    serde_json::from_str(body).unwrap()
}

#[test]
fn a_change_is_shown_as_it_would_be_sent() {
    let upstream = Recorder::agreeable();
    let mut client = client(&upstream, &[("FUSIONAUTH_TENANT_ID", USER_ID)]);
    let body = json!({ "user": { "firstName": "Richard", "data": { "a": [1, 2.5, null] } } });
    let answer = client.call("patchUserWithId", json!({ "userId": USER_ID, "requestBody": body }));
    assert_eq!(
        shown(&answer),
        json!({
            "method": "PATCH",
            "path": format!("/api/user/{USER_ID}"),
            "headers": { "Content-Type": "application/merge-patch+json", "X-FusionAuth-TenantId": USER_ID },
            "body": body,
        })
    );
    let answer = client.call("deleteUserWithId", json!({ "userId": USER_ID, "hardDelete": true }));
    assert_eq!(shown(&answer)["path"], format!("/api/user/{USER_ID}?hardDelete=true"));
    assert_eq!(shown(&answer).get("body"), None);
    assert_eq!(upstream.take(), []);
}

#[test]
fn invisible_characters_are_shown_as_escapes() {
    let upstream = Recorder::agreeable();
    let user = json!({ "requestBody": { "user": { "firstName": "a\u{202e}b\u{e0041}" } } });
    for (raw_text, is_escaped) in [("false", true), ("true", false)] {
        let mut client = client(&upstream, &[("RAW_TEXT", raw_text)]);
        let answer = client.call("createUser", user.clone());
        assert_eq!(answer.text.contains("a\\u202eb\\udb40\\udc41"), is_escaped, "{:?}", answer.text);
        assert_eq!(answer.text.contains('\u{202e}'), !is_escaped, "{:?}", answer.text);
        assert_eq!(shown(&answer)["body"], user["requestBody"]);
    }
}

#[test]
fn secrets_are_replaced_wherever_they_stand() {
    let upstream = Recorder::agreeable();
    let mut client = client(&upstream, &[]);
    for (tool, arguments) in [
        ("createUser", json!({ "requestBody": { "user": { "email": "a@example.com", "password": "hunter2" } } })),
        ("deleteJwtRefresh", json!({ "token": "hunter2" })),
        ("createToken", json!({ "requestBody": { "grant_type": "refresh_token", "client_secret": "hunter2" } })),
        (
            "createUser",
            json!({ "requestBody": { "user": { "email": "a@example.com", "data": { "note": "the-api-key" } } } }),
        ),
    ] {
        let answer = client.call(tool, arguments);
        assert!(answer.text.starts_with("Dry run"), "{}", answer.text);
        assert!(!answer.text.contains("hunter2") && !answer.text.contains("the-api-key"), "{}", answer.text);
    }
    assert_eq!(upstream.take(), []);
}

#[test]
fn what_cannot_be_right_is_refused_as_ever() {
    let upstream = Recorder::agreeable();
    let mut client = client(&upstream, &[]);
    let answer = client.call("patchUserWithId", json!({ "userId": "richard", "requestBody": {} }));
    assert!(answer.is_error && answer.text.contains("userId"), "{}", answer.text);
}

#[test]
fn nobody_is_asked_about_what_is_not_sent() {
    let upstream = Recorder::agreeable();
    let mut client = client(&upstream, &[("CONFIRM", "writes")]);
    shown(&client.call("deleteTenantWithId", json!({ "tenantId": USER_ID })));
    assert_eq!(upstream.take(), []);
}

#[test]
fn every_reading_tool_goes_through_and_no_other() {
    let document = Document::load();
    let upstream = Recorder::agreeable();
    let downloads = tempfile::tempdir().unwrap();
    let downloads = ("DOWNLOAD_DIR", downloads.path().to_str().unwrap());
    let mut client = client(&upstream, &[("BEARER_TOKEN_BEARERAUTH", "the.jwt"), downloads]);
    let (mut read, mut changed) = (0, 0);
    for operation in document.operations() {
        let mut arguments = json!({});
        for parameter in operation.parameters.iter().filter(|parameter| parameter["required"] == true) {
            let name = parameter.get("x-argument-name").unwrap_or(&parameter["name"]).as_str().unwrap();
            arguments[name] = document.sample(&parameter["schema"], Size::Small);
        }
        if let Some((_, schema)) = &operation.body {
            arguments["requestBody"] = document.sample(schema, Size::Small);
        }
        let answer = client.call(&operation.name, arguments);
        let requests = upstream.take();
        if operation.is_read_only {
            read += 1;
            assert_eq!(requests.len(), 1, "{}: {}", operation.name, answer.text);
        } else {
            changed += 1;
            assert_eq!(requests, [], "{}", operation.name);
            assert_eq!(shown(&answer)["method"], operation.method, "{}", operation.name);
        }
    }
    assert!(read > 120 && changed > 200, "{read} {changed}");
}

#[test]
fn the_command_line_prints_the_request() {
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let output = command(&[("API_BASE_URL", &url), ("API_KEY_APIKEYAUTH", "test-key")])
        .args(["--dry-run", "call", "deleteUserWithId", &format!("userId={USER_ID}")])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let request: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(request["method"], "DELETE");
    assert_eq!(upstream.take(), []);
}
