//! What the model reads when the upstream, the credentials or the arguments are not as they should be.

use std::net::SocketAddr;

use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer},
    recorder::{Recorder, Reply},
};

/// Reads a user from an upstream that answers so; `more` adds to the environment.
fn read_user(reply: Reply, more: &[(&str, &str)]) -> ToolAnswer {
    let upstream = Recorder::start(move |_| reply.clone());
    let url = upstream.url();
    let mut environment = vec![("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "the-secret-key")];
    environment.extend(more);
    let answer = Client::connect(&environment).call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert!(!answer.text.contains("the-secret-key"), "{}", answer.text);
    answer
}

fn assert_fails(reply: Reply, expected: &str) {
    let answer = read_user(reply, &[]);
    assert!(answer.is_error, "{}", answer.text);
    assert!(answer.text.starts_with(expected), "{:?} does not begin with {expected:?}", answer.text);
}

fn response(status: u16, headers: &[(&'static str, &str)], body: &[u8]) -> Reply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Reply::Response { status, headers, body: body.to_vec() }
}

#[test]
fn statuses_without_a_body_say_what_to_do() {
    assert_fails(Reply::empty(400), "400: Bad Request");
    assert_fails(
        Reply::empty(401),
        "401: the API key (API_KEY_APIKEYAUTH) is wrong, or is not allowed to call GET /api/user/{userId}",
    );
    assert_fails(Reply::empty(404), "404: there is no such object, or it belongs to another tenant.");
    assert_fails(Reply::empty(405), "405: Method Not Allowed");
    assert_fails(Reply::empty(500), "500: FusionAuth failed to handle this request");
    assert_fails(
        response(429, &[("Retry-After", "3600")], b""),
        "429: too many requests; nothing was retried, try again later (Retry-After: 3600)",
    );
    assert_fails(Reply::empty(599), "599: (no name)");
}

#[test]
fn successes_of_other_kinds_are_no_errors() {
    let empty = read_user(Reply::empty(200), &[]);
    assert_eq!((empty.text.as_str(), empty.is_error), ("200 OK, empty body", false));
    let text = read_user(response(200, &[("Content-Type", "text/plain")], b"up"), &[]);
    assert_eq!((text.text.as_str(), text.is_error), ("200 OK\nup", false));
}

#[test]
fn a_web_page_is_no_answer() {
    let page = response(200, &[("Content-Type", "text/html")], b"<html>Welcome</html>");
    assert_fails(page, "200 OK; the body is a web page, not the API's JSON. Does API_BASE_URL");
}

#[test]
fn half_a_json_is_shown_and_called_broken() {
    let half = read_user(Reply::json(200, "{\"user\":{\"email\":"), &[]);
    assert!(half.is_error);
    assert!(half.text.starts_with("200 OK; the body is broken JSON (EOF"), "{}", half.text);
    assert!(half.text.ends_with("\n{\"user\":{\"email\":"), "{}", half.text);
}

#[test]
fn redirects_are_not_followed() {
    let elsewhere = Recorder::agreeable();
    let target = format!("{}/api/user", elsewhere.url());
    for status in [301, 302, 303, 307, 308] {
        let answer = read_user(response(status, &[("Location", &target)], b""), &[]);
        assert!(answer.is_error);
        assert!(answer.text.contains(&format!("redirected to {target}, which is not followed. Set API_BASE_URL")));
    }
    assert_eq!(elsewhere.take(), []);
}

#[test]
fn no_connection_is_said_with_the_address() {
    // Bound, so that no other test gets the port, but not listening.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap().as_socket().unwrap());
    let mut client = Client::of_upstream(&url);
    let answer = client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert!(answer.is_error);
    assert!(answer.text.starts_with(&format!("No connection to {url}: ")), "{}", answer.text);
}

#[test]
fn a_connection_that_breaks_is_said() {
    assert_fails(Reply::Reset, "The connection broke before the response was complete (");
    let cut_short = Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"user\":".to_vec());
    assert_fails(cut_short, "The connection broke before the response was complete (");
    assert_fails(
        Reply::Raw(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
        "The connection broke before the response was complete (",
    );
}

#[test]
fn a_hanging_upstream_is_given_up_in_time() {
    let answer = read_user(Reply::Hang, &[("REQUEST_TIMEOUT", "200ms")]);
    assert!(answer.is_error);
    assert!(answer.text.starts_with("No answer within 200ms"), "{}", answer.text);
}

#[test]
fn too_large_an_answer_is_not_read() {
    let answer = read_user(Reply::json(200, &"x".repeat(5_000)), &[("MAX_RESPONSE_BYTES", "1000")]);
    assert!(answer.is_error);
    assert!(answer.text.starts_with("200, but the answer is larger than 1000 bytes"), "{}", answer.text);
}

#[test]
fn a_missing_credential_is_named_and_nothing_sent() {
    let upstream = Recorder::agreeable();
    let mut client = Client::connect(&[("API_BASE_URL", &upstream.url())]);
    let key = client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert!(key.is_error && key.text.contains("Set API_KEY_APIKEYAUTH"), "{}", key.text);
    let token = client.call("validateJWTWithId", json!({}));
    assert!(token.is_error && token.text.contains("Set BEARER_TOKEN_BEARERAUTH"), "{}", token.text);
    assert_eq!(upstream.take(), []);
}

#[test]
fn a_base_url_may_have_a_path_and_a_slash() {
    let upstream = Recorder::agreeable();
    for suffix in ["/", "/auth", "/auth/"] {
        let mut client = Client::of_upstream(&format!("{}{suffix}", upstream.url()));
        client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
        let expected = format!("{}/api/user/{USER_ID}", suffix.trim_end_matches('/'));
        assert_eq!(upstream.take()[0].target, expected);
    }
}

#[test]
fn a_chosen_tenant_is_sent_with_every_call_that_knows_tenants() {
    let upstream = Recorder::agreeable();
    let mut client = Client::connect(&[
        ("API_BASE_URL", &upstream.url()),
        ("API_KEY_APIKEYAUTH", "test-key"),
        ("FUSIONAUTH_TENANT_ID", USER_ID),
    ]);
    client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert_eq!(upstream.take()[0].header("x-fusionauth-tenantid"), Some(USER_ID));
    client.call("searchTenantsWithId", json!({}));
    assert_eq!(upstream.take()[0].header("x-fusionauth-tenantid"), None);
    for name in ["X_FusionAuth_TenantId", "X-FusionAuth-TenantId"] {
        let chosen = client.call("retrieveUserWithId", json!({ "userId": USER_ID, name: USER_ID }));
        assert!(chosen.is_error && chosen.text.contains(&format!("{name}: unknown argument")), "{}", chosen.text);
    }
}

#[test]
fn wrong_arguments_are_all_told_and_nothing_sent() {
    let upstream = Recorder::agreeable();
    let mut client = Client::of_upstream(&upstream.url());
    let mut refused = |tool: &str, arguments: Value, expected: &[&str]| {
        let answer = client.call(tool, arguments);
        assert!(answer.is_error, "{}", answer.text);
        for part in expected {
            assert!(answer.text.contains(part), "{:?} does not have {part:?}", answer.text);
        }
    };
    refused("retrieveUserWithId", json!({}), &["1 argument of retrieveUserWithId", "- userId: missing"]);
    refused("retrieveUserWithId", json!({ "userId": null }), &["- userId: missing"]);
    refused("retrieveUserWithId", json!({ "": USER_ID }), &["- userId: missing", "- : unknown argument"]);
    refused("retrieveUser", json!({ "emial": "a" }), &["- emial: unknown argument; did you mean `email`?"]);
    refused("createUser", json!({ "user": {} }), &["- user: unknown argument; did you mean `requestBody.user`?"]);
    refused(
        "retrieveUserWithId",
        json!({ "userId": USER_ID, "requestBody": {} }),
        &["- requestBody: unknown argument"],
    );
    for value in ["", ".", ".."] {
        refused("retrieveLambdaWithId", json!({ "lambdaId": value }), &["- lambdaId: "]);
    }
    let tenant = json!({ "userId": USER_ID, "X-FusionAuth-TenantId": "default" });
    refused("retrieveUserWithId", tenant, &["- X_FusionAuth_TenantId: expected a UUID, got \"default\""]);
    let body = json!({ "requestBody": { "user": { "id": "me", "active": "maybe", "expiry": "soon" } } });
    refused(
        "createUser",
        body,
        &[
            "3 arguments of createUser",
            "- requestBody.user.id: expected a UUID, got \"me\"",
            "- requestBody.user.active: expected true or false, got \"maybe\"",
            "- requestBody.user.expiry: expected an instant (milliseconds since 1970",
        ],
    );
    refused("createUser", json!({ "requestBody": [] }), &["- requestBody: expected an object, got an array"]);
    refused("createUser", json!({ "requestBody": "{\"user\":" }), &["a string with broken JSON in it"]);
    let key = json!({ "requestBody": { "key": { "algorithm": "RS265" } } });
    refused("generateKey", key, &["- requestBody.key.algorithm: expected one of", "did you mean `RS256`?"]);
    assert_eq!(upstream.take(), []);
}

#[test]
fn what_is_right_but_for_its_form_is_repaired() {
    let upstream = Recorder::agreeable();
    let mut client = Client::of_upstream(&upstream.url());
    let mut body = |tool: &str, arguments: Value| {
        let answer = client.call(tool, arguments);
        assert!(!answer.is_error, "{}", answer.text);
        serde_json::from_slice::<Value>(&upstream.take()[0].body).unwrap()
    };
    let repaired = json!({ "user": { "active": true, "expiry": 7, "data": { "colour": "blue" } } });
    let typed = json!({ "user": { "active": "true", "expiry": "7", "data": { "colour": "blue" } } });
    assert_eq!(body("createUser", json!({ "requestBody": typed })), repaired);
    assert_eq!(body("createUser", json!({ "requestBody": typed.to_string() })), repaired, "a body given as a string");
    let inner = json!({ "user": typed["user"].to_string() });
    assert_eq!(body("createUser", json!({ "requestBody": inner })), repaired, "and an inner object");
    let key = json!({ "requestBody": { "key": { "algorithm": "rs256" } } });
    assert_eq!(body("generateKey", key), json!({ "key": { "algorithm": "RS256" } }));
    let nulls = json!({ "user": { "email": null, "data": null, "firstName": "a" } });
    let given = json!({ "user": { "firstName": "a" } });
    assert_eq!(body("createUser", json!({ "requestBody": nulls })), given, "null is not given");
}
