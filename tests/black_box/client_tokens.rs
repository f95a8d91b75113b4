//! Access tokens that the program gets for itself, with a client's id and secret (RFC 6749, section 4.4).

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    documents::{Variables, run, sent, text, written},
    recorder::{Recorded, Recorder, Reply},
};

/// An authorization server whose tokens are numbered and last so many seconds.
fn tokens(seconds: Value) -> Recorder {
    let count = AtomicUsize::new(0);
    Recorder::start(move |_| {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        let token = format!("access-token-number-{number}");
        Reply::json(200, &json!({ "access_token": token, "token_type": "Bearer", "expires_in": seconds }).to_string())
    })
}

/// A document of an API whose tokens come from there.
fn document(api: &str, token_url: &str) -> Value {
    json!({
        "openapi": "3.1.0", "info": { "title": "Things", "version": "1" }, "servers": [{ "url": api }],
        "security": [{ "app": [] }],
        "components": { "securitySchemes": { "app": { "type": "oauth2", "flows": { "clientCredentials": { "tokenUrl": token_url, "scopes": {} } } } } },
        "paths": { "/things": { "get": { "operationId": "listThings" }, "post": { "operationId": "addThing",
            "requestBody": { "content": { "application/json": { "schema": { "type": "object", "properties": { "name": { "type": "string" } } } } } } } } },
    })
}

const SECRET: &str = "s/e+c:ret of the client";

const CLIENT: Variables =
    &[("OAUTH_CLIENT_ID_APP", "the client"), ("OAUTH_CLIENT_SECRET_APP", SECRET), ("CONFIRM", "off")];

/// A connected client of the API.
fn connected(api: &Recorder, server: &Recorder, more: Variables) -> (tempfile::TempDir, Client) {
    let (folder, path) = written("things.json", &document(&api.url(), &format!("{}/oauth/token?v=2", server.url())));
    let client = Client::connect(&[&[("SOURCE", path.as_str())], CLIENT, more].concat());
    (folder, client)
}

fn bearer(request: &Recorded) -> &str {
    request.header("authorization").unwrap_or_default()
}

#[test]
fn a_token_is_got_once_and_used_until_it_ends() {
    let (api, server) = (Recorder::agreeable(), tokens(json!(3600)));
    let (_folder, mut client) = connected(&api, &server, &[("OAUTH_SCOPES_APP", "read,write")]);
    assert_eq!(server.count(), 0, "nothing is sent at the start");
    for _ in 0..2 {
        assert_eq!(bearer(&sent(&mut client, &api, "listThings", json!({}))), "Bearer access-token-number-1");
    }
    let asked = server.take();
    assert_eq!(asked.len(), 1);
    assert_eq!((asked[0].method.as_str(), asked[0].target.as_str()), ("POST", "/oauth/token?v=2"));
    // The id and the secret are encoded as in a form, before they are put together.
    assert_eq!(bearer(&asked[0]), "Basic dGhlK2NsaWVudDpzJTJGZSUyQmMlM0FyZXQrb2YrdGhlK2NsaWVudA==");
    assert_eq!(text(&asked[0].body), "grant_type=client_credentials&scope=read+write");
    // One that ends within a minute is not used again.
    for end in [json!(30), json!("30")] {
        let server = tokens(end);
        let (_folder, mut client) = connected(&api, &server, &[]);
        for number in 1..=2 {
            let expected = format!("Bearer access-token-number-{number}");
            assert_eq!(bearer(&sent(&mut client, &api, "listThings", json!({}))), expected);
        }
    }
    // Without an end, it is used until it is refused.
    let server = tokens(Value::Null);
    let (_folder, mut client) = connected(&api, &server, &[]);
    sent(&mut client, &api, "listThings", json!({}));
    sent(&mut client, &api, "listThings", json!({}));
    assert_eq!(server.count(), 1);
}

#[test]
fn a_token_that_is_refused_is_renewed_once() {
    let server = tokens(json!(3600));
    let api = Recorder::start(|request| {
        let is_new = bearer(request).ends_with("-2");
        Reply::json(if is_new { 200 } else { 401 }, "{}")
    });
    let (_folder, mut client) = connected(&api, &server, &[]);
    let answer = client.call("addThing", json!({ "requestBody": { "name": "n" } }));
    assert!(!answer.is_error, "{}", answer.text);
    let requests = api.take();
    assert_eq!(
        requests.iter().map(bearer).collect::<Vec<_>>(),
        ["Bearer access-token-number-1", "Bearer access-token-number-2"]
    );
    assert_eq!(requests[0].body, requests[1].body);
    assert_eq!((client.call("listThings", json!({})).is_error, api.take().len(), server.take().len()), (false, 1, 2));
    // Not again and again.
    let refusing = Recorder::start(|_| Reply::json(401, "{}"));
    let (_folder, mut client) = connected(&refusing, &server, &[]);
    assert!(client.call("listThings", json!({})).is_error);
    assert_eq!((refusing.count(), server.count()), (2, 2));
}

#[test]
fn calls_at_one_time_share_a_token() {
    let api = Recorder::agreeable();
    let (server, release) = Recorder::holding(r#"{"access_token":"the-shared-token","expires_in":3600}"#);
    let (_folder, mut client) = connected(&api, &server, &[]);
    let calls: Vec<_> = (0..8).map(|_| client.begin_call("listThings", json!({}))).collect();
    server.wait_for_requests(1);
    release.send(()).unwrap();
    for call in calls {
        assert_eq!(client.finish(call)["result"]["isError"], json!(false));
    }
    assert_eq!((server.count(), api.count()), (1, 8));
}

#[test]
fn a_server_may_want_the_secret_in_the_body() {
    let server = Recorder::start(|request| {
        if request.header("authorization").is_some() {
            return Reply::json(401, r#"{"error":"invalid_client"}"#);
        }
        Reply::json(200, r#"{"access_token":"the-token","expires_in":10}"#)
    });
    let api = Recorder::agreeable();
    let (_folder, mut client) = connected(&api, &server, &[]);
    assert_eq!(bearer(&sent(&mut client, &api, "listThings", json!({}))), "Bearer the-token");
    let asked = server.take();
    assert_eq!(asked.len(), 2);
    let expected = "grant_type=client_credentials&client_id=the+client&client_secret=s%2Fe%2Bc%3Aret+of+the+client";
    assert_eq!((text(&asked[1].body).as_str(), asked[1].header("authorization")), (expected, None));
    // That is known from then on.
    sent(&mut client, &api, "listThings", json!({}));
    assert_eq!(server.count(), 1);
}

#[test]
fn what_the_server_refuses_is_told_and_nothing_is_sent() {
    let api = Recorder::agreeable();
    for (status, body, expected) in [
        (
            400,
            r#"{"error":"invalid_scope","error_description":"no such\nscope"}"#,
            "it answers 400, invalid_scope, no such scope",
        ),
        (
            401,
            r#"{"error":"invalid_client","error_description":"s/e+c:ret of the client is wrong"}"#,
            "it answers 401, invalid_client.",
        ),
        (200, "{}", "it answers 200."),
        (302, "", "it answers 302."),
    ] {
        let server = Recorder::start(move |_| Reply::json(status, body));
        let (_folder, mut client) = connected(&api, &server, &[]);
        let answer = client.call("listThings", json!({}));
        assert!(
            answer.is_error && answer.text.starts_with("Not sent: 127.0.0.1 gives no access token for it: "),
            "{}",
            answer.text
        );
        assert!(answer.text.contains(expected) && !answer.text.contains(SECRET), "{}", answer.text);
    }
    let server = Recorder::start(|_| Reply::Reset);
    let (_folder, mut client) = connected(&api, &server, &[]);
    assert!(client.call("listThings", json!({})).is_error);
    assert_eq!(api.count(), 0);
}

#[test]
fn tokens_are_kept_out_of_answers() {
    let server = tokens(json!(30));
    let earlier = Arc::new(std::sync::Mutex::new(String::new()));
    let known = Arc::clone(&earlier);
    let api = Recorder::start(move |request| {
        let mut earlier = known.lock().unwrap();
        let body = json!({ "text": format!("now {} then {earlier}", bearer(request)) }).to_string();
        *earlier = bearer(request).to_owned();
        Reply::json(200, &body)
    });
    let (_folder, mut client) = connected(&api, &server, &[("REVEAL_SECRETS", "true")]);
    for _ in 0..3 {
        let answer = client.call("listThings", json!({}));
        assert!(
            !answer.text.contains("access-token-number") && answer.text.contains("now Bearer (secret"),
            "{}",
            answer.text
        );
    }
}

#[test]
fn what_is_set_counts_before_a_client() {
    let (api, server) = (Recorder::agreeable(), tokens(json!(3600)));
    let (_folder, mut client) = connected(&api, &server, &[("BEARER_TOKEN_APP", "t.o.k")]);
    assert_eq!(bearer(&sent(&mut client, &api, "listThings", json!({}))), "Bearer t.o.k");
    assert_eq!(server.count(), 0);
}

#[test]
fn a_file_has_clients_and_each_source_its_own() {
    let (first, second) = (tokens(json!(3600)), tokens(json!(3600)));
    let api = Recorder::agreeable();
    let (_folder, one) = written("one.json", &document(&api.url(), &format!("{}/t", first.url())));
    let (_other, two) = written("two.json", &document(&api.url(), "https://nowhere.example/token"));
    let config = json!({ "confirm": "off", "sources": {
        "one": { "document": one, "credentials": { "app": { "client_id": "a", "client_secret": "b-secret" } } },
        "two": { "document": two, "credentials": { "app": { "client_id": "c", "client_secret": "${D}", "scopes": "x y", "token_url": format!("{}/own", second.url()) } } },
    } });
    let (_config_folder, path) = written("c.yaml", &config);
    let environment = [("CONFIG", path.as_str()), ("D", "d-secret")];
    let mut client = Client::connect(&environment);
    sent(&mut client, &api, "one_listThings", json!({}));
    assert_eq!(first.take().iter().map(bearer).collect::<Vec<_>>(), ["Basic YTpiLXNlY3JldA=="]);
    assert_eq!(second.count(), 0);
    sent(&mut client, &api, "two_listThings", json!({}));
    let asked = second.take();
    assert_eq!(
        (asked[0].target.as_str(), text(&asked[0].body).as_str()),
        ("/own", "grant_type=client_credentials&scope=x+y")
    );
    assert_eq!((bearer(&asked[0]), first.count()), ("Basic YzpkLXNlY3JldA==", 0));
    let output = run(&environment, &["sources", "--json"]);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown[0]["credentials"], json!([{ "setting": "ONE_BEARER_TOKEN_APP", "isSet": true }]));
    assert!(!text(&output.stdout).contains("-secret"), "{shown}");
    let output = run(&[("SOURCE", &one)], &["sources", "--json"]);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    let setting = "BEARER_TOKEN_APP or OAUTH_CLIENT_ID_APP and OAUTH_CLIENT_SECRET_APP";
    assert_eq!(shown[0]["credentials"], json!([{ "setting": setting, "isSet": false }]));
}

#[test]
fn a_secret_travels_in_the_clear_to_nobody() {
    for (api, token_url, more, expected) in [
        (
            "https://api.example",
            "http://auth.example/token",
            &[][..],
            "OAUTH_TOKEN_URL_APP: expected an https URL that gives tokens for app",
        ),
        (
            "https://api.example",
            "https://auth.example/token",
            &[("OAUTH_TOKEN_URL_APP", "http://auth.example/token")],
            "OAUTH_TOKEN_URL_APP: expected an https URL",
        ),
        ("https://api.example", "not a url", &[], "OAUTH_TOKEN_URL_APP: expected an https URL"),
        (
            "https://api.example",
            "https://u:hunter2@auth.example/token",
            &[],
            "OAUTH_TOKEN_URL_APP: expected an https URL",
        ),
    ] {
        let (_folder, path) = written("things.json", &document(api, token_url));
        let output = run(&[&[("SOURCE", path.as_str())], CLIENT, more].concat(), &["tools"]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(expected) && !message.contains("hunter2") && !message.contains(SECRET), "{message}");
    }
    let (_folder, path) = written("things.json", &document("https://api.example", "https://auth.example/token"));
    let output = run(&[("SOURCE", &path), ("OAUTH_CLIENT_ID_APP", "a")], &["tools"]);
    assert!(
        text(&output.stderr).contains("note: OAUTH_CLIENT_SECRET_APP is not set, so no token can be had for app\n"),
        "{}",
        text(&output.stderr)
    );
}
