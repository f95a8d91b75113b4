//! Shapes in which clients send arguments.

use serde_json::{Value, json};

use super::calling::Calling;
use crate::support::USER_ID;

fn encoded(mut value: Value, times: usize) -> Value {
    for _ in 0..times {
        value = Value::String(value.to_string());
    }
    value
}

#[test]
fn arguments_may_be_a_json_string() {
    let mut calling = Calling::start();
    let call = json!({ "userId": USER_ID });
    for times in 0..=3 {
        let target = calling.target("retrieveUserWithId", encoded(call.clone(), times));
        assert_eq!(target, format!("/api/user/{USER_ID}"), "{times}");
    }
    let mut searching = Calling::with(&[("TOOL_MODE", "search")]);
    for times in 0..=3 {
        let call = json!({ "name": "retrieveUserWithId", "arguments": encoded(call.clone(), times) });
        assert_eq!(searching.target("call_tool", call), format!("/api/user/{USER_ID}"), "{times}");
    }
}

#[test]
fn no_arguments_may_be_an_empty_list() {
    let mut calling = Calling::start();
    for nothing in [json!([]), json!(""), json!("[]"), json!("{}"), json!(null)] {
        assert_eq!(calling.target("retrieveTenants", nothing.clone()), "/api/tenant", "{nothing}");
    }
    let mut searching = Calling::with(&[("TOOL_MODE", "search")]);
    assert_eq!(searching.target("call_tool", json!({ "name": "retrieveTenants", "arguments": [] })), "/api/tenant");
    let answer = searching.client.call("call_tool", json!({ "name": "retrieveTenants", "arguments": [1] }));
    assert!(answer.is_error && answer.text.contains("arguments: expected an object, got an array"), "{}", answer.text);
}

#[test]
fn other_arguments_are_a_fault_of_the_request() {
    let mut calling = Calling::start();
    for wrong in [json!(7), json!([1]), json!("soon")] {
        let response = calling.client.request("tools/call", json!({ "name": "retrieveTenants", "arguments": wrong }));
        assert_eq!(response["error"]["code"], -32602, "{wrong}: {response}");
        let message = response["error"]["message"].as_str().unwrap();
        assert!(message.starts_with("params.arguments: expected an object, got "), "{message}");
    }
}

#[test]
fn bodies_may_be_encoded_up_to_three_times() {
    let mut calling = Calling::start();
    let body = json!({ "user": { "firstName": "a" } });
    for times in 0..=3 {
        assert_eq!(
            calling.body("createUser", json!({ "requestBody": encoded(body.clone(), times) })).1,
            body,
            "{times}"
        );
    }
    calling.refused("createUser", json!({ "requestBody": encoded(body, 4) }), &["requestBody: expected an object"]);
}

#[test]
fn ids_may_have_blanks_around_them() {
    let mut calling = Calling::start();
    let id = format!(" {USER_ID}\n");
    assert_eq!(calling.target("retrieveUserWithId", json!({ "userId": id })), format!("/api/user/{USER_ID}"));
    let (_, body) =
        calling.body("createUser", json!({ "requestBody": { "applicationId": id, "user": { "tenantId": id } } }));
    assert_eq!(body, json!({ "applicationId": USER_ID, "user": { "tenantId": USER_ID } }));
    let target = calling.target("retrievePendingLinkWithId", json!({ "pendingLinkId": " abc ", "userId": id }));
    assert!(target.starts_with("/api/identity-provider/link/pending/abc"), "{target}");
}

/// Blanks around an id are none of it where it is a key, and none of a JWT's.
#[test]
fn ids_in_keys_and_tokens_lose_their_blanks() {
    let mut calling = Calling::start();
    let padded = format!(" {USER_ID}\n");
    let provider = json!({ "type": "Google", "applicationConfiguration": { padded.clone(): { "enabled": true } } });
    let patch = json!({ "identityProviderId": USER_ID, "requestBody": { "identityProvider": provider } });
    let (_, body) = calling.body("patchIdentityProviderWithId", patch);
    assert_eq!(body["identityProvider"]["applicationConfiguration"], json!({ USER_ID: { "enabled": true } }));
    let members = json!({ "requestBody": { "members": { padded.clone(): [{ "userId": padded }] } } });
    let (_, body) = calling.body("createGroupMembersWithId", members);
    assert_eq!(body, json!({ "members": { USER_ID: [{ "userId": USER_ID }] } }));
    // In free-form data a key is the caller's own.
    let data = json!({ padded.clone(): { padded.clone(): 1 } });
    let user = json!({ "userId": USER_ID, "requestBody": { "user": { "data": data } } });
    assert_eq!(calling.body("patchUserWithId", user).1["user"]["data"], data);
    let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
    let (_, body) = calling
        .sent("createIntrospect", json!({ "requestBody": { "client_id": USER_ID, "token": format!(" {jwt}\n") } }));
    assert!(String::from_utf8_lossy(&body.body).ends_with(&format!("token={jwt}")), "{body:?}");
    let (_, request) = calling.sent("validateJWTWithId", json!({ "token": format!(" {jwt} ") }));
    assert_eq!(request.header("authorization"), Some(format!("Bearer {jwt}").as_str()));
    let (_, body) = calling.body("createUser", json!({ "requestBody": { "user": { "firstName": " eyJ. " } } }));
    assert_eq!(body["user"]["firstName"], " eyJ. ", "free text is no token");
}

#[test]
fn a_url_that_gets_too_long_is_not_sent() {
    let mut calling = Calling::start();
    let ids = vec![USER_ID; 3_000];
    calling.refused(
        "deleteUserBulk",
        json!({ "userIds": ids }),
        &["Not sent: the URL would have ", "at most 65,534 are allowed", "fewer ids"],
    );
    calling.refused("retrieveUser", json!({ "email": "a".repeat(70_000) }), &["at most 65,534 are allowed"]);
    let (_, request) = calling.sent("deleteUserBulk", json!({ "userIds": vec![USER_ID; 1_000] }));
    assert_eq!(request.target.matches(USER_ID).count(), 1_000);
}

#[test]
fn nesting_beyond_reason_is_refused() {
    let mut calling = Calling::start();
    let mut data = json!(1);
    for _ in 0..100 {
        data = json!([data]);
    }
    // The JSON of a message has a depth of its own; a string within is read by itself.
    let deep = format!("{{\"user\":{{\"data\":{{\"a\":{data}}}}}}}");
    calling.sent("createUser", json!({ "requestBody": deep }));
    for _ in 0..200 {
        data = json!([data]);
    }
    let deep = format!("{{\"user\":{{\"data\":{{\"a\":{data}}}}}}}");
    calling.refused("createUser", json!({ "requestBody": deep }), &["requestBody: expected an object"]);
}
