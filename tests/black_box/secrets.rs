//! No secret of the upstream reaches the model, wherever it stands; everything else does, unchanged.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::Client,
    document::{Document, PLANTED, Size},
    recorder::{Recorder, Reply},
};

const REDACTED: &str = "(secret: shown where the server runs with REVEAL_SECRETS=true)";

/// An upstream that answers with what is put into the slot.
fn upstream() -> (Recorder, Arc<Mutex<(u16, String)>>) {
    let slot = Arc::new(Mutex::new((200, String::new())));
    let reading = Arc::clone(&slot);
    let upstream = Recorder::start(move |_| {
        let (status, body) = reading.lock().unwrap().clone();
        Reply::json(status, &body)
    });
    (upstream, slot)
}

fn small_arguments(document: &Document, parameters: &[Value], body: Option<&Value>) -> Value {
    let mut arguments = json!({});
    for parameter in parameters.iter().filter(|parameter| parameter["required"] == true) {
        let name = parameter.get("x-argument-name").unwrap_or(&parameter["name"]).as_str().unwrap();
        arguments[name] = document.sample(&parameter["schema"], Size::Small);
    }
    if let Some(schema) = body {
        arguments["requestBody"] = document.sample(schema, Size::Small);
    }
    arguments
}

#[test]
fn no_planted_secret_comes_through_any_reading_tool() {
    let document = Document::load();
    let (upstream, slot) = upstream();
    let environment = [
        ("API_BASE_URL", &*upstream.url()),
        ("API_KEY_APIKEYAUTH", "the-api-key"),
        ("BEARER_TOKEN_BEARERAUTH", "the.jwt"),
    ];
    let mut client = Client::connect(&environment);
    let (mut called, mut planted) = (0, 0);
    for operation in document.operations().iter().filter(|operation| operation.is_read_only) {
        let Some(schema) = &operation.answer else { continue };
        let arguments =
            small_arguments(&document, &operation.parameters, operation.body.as_ref().map(|(_, body)| body));
        let sample = document.sample(schema, Size::Full).to_string();
        planted += sample.matches(PLANTED).count();
        let mut answer = |status: u16| {
            *slot.lock().unwrap() = (status, sample.clone());
            client.call(&operation.name, arguments.clone())
        };
        let success = answer(200);
        let expected = sample.replace(PLANTED, REDACTED);
        assert_eq!(success.text, format!("200 OK\n{expected}"), "{}", operation.name);
        let failure = answer(400);
        assert!(failure.is_error && !failure.text.contains(PLANTED), "{}: {}", operation.name, failure.text);
        called += 1;
    }
    assert!(called > 110 && planted > 250, "{called} tools, {planted} secrets");
}

#[test]
fn every_marked_secret_is_replaced_where_the_document_has_it() {
    let document = Document::load();
    let (upstream, slot) = upstream();
    let mut client = Client::of_upstream(&upstream.url());
    let secrets = document.secrets();
    assert!(secrets.len() > 90, "{}", secrets.len());
    for secret in secrets {
        let (_, property) = secret.split_once('.').unwrap();
        // Where nothing is known of the place, the name has to do; in a failure any marked name does.
        let body = json!({ "surroundings": [{ property: PLANTED, "other": "kept" }] });
        *slot.lock().unwrap() = (400, body.to_string());
        let failure = client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
        assert!(!failure.text.contains(PLANTED), "{secret}: {}", failure.text);
        assert!(failure.text.contains("kept"), "{secret}: {}", failure.text);
    }
}

#[test]
fn errors_of_a_field_that_is_secret_are_shown() {
    let (upstream, slot) = upstream();
    let mut client = Client::of_upstream(&upstream.url());
    let body =
        json!({ "fieldErrors": { "user.password": [{ "code": "[tooShort]user.password", "message": "Too short." }] } });
    *slot.lock().unwrap() = (400, body.to_string());
    let answer = client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert_eq!(answer.text, format!("400: user.password: Too short. [tooShort]user.password\n{body}"));
}

#[test]
fn shapes_of_secrets_and_our_own_are_replaced_in_free_text() {
    let (upstream, slot) = upstream();
    let environment = [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "the-api-key")];
    let mut client = Client::connect(&environment);
    let data = json!({ "user": { "data": {
        "note": "key: the-api-key",
        "pem": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
        "header": "Bearer 0123456789abcdefghijklmnop",
        "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
        "clientSecret": "hunter2",
        "colour": "blue",
    } } });
    *slot.lock().unwrap() = (200, data.to_string());
    let answer = client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    for secret in ["the-api-key", "MIIE", "0123456789abcdef", "dozjgNry", "hunter2"] {
        assert!(!answer.text.contains(secret), "{secret}: {}", answer.text);
    }
    assert!(answer.text.contains("\"colour\":\"blue\""), "{}", answer.text);
}

#[test]
fn secrets_are_revealed_at_the_start_only() {
    let (upstream, slot) = upstream();
    *slot.lock().unwrap() =
        (200, "{\"application\":{\"oauthConfiguration\":{\"clientSecret\":\"hunter2\"}}}".to_owned());
    let environment = [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "key"), ("REVEAL_SECRETS", "true")];
    let mut revealing = Client::connect(&environment);
    let answer = revealing.call("retrieveApplicationWithId", json!({ "applicationId": USER_ID }));
    assert!(answer.text.contains("hunter2"), "{}", answer.text);
    let mut client = Client::of_upstream(&upstream.url());
    let tried = client.call("retrieveApplicationWithId", json!({ "applicationId": USER_ID, "REVEAL_SECRETS": true }));
    assert!(tried.is_error && !tried.text.contains("hunter2"), "{}", tried.text);
}

#[test]
fn what_stands_for_a_secret_is_never_written_back() {
    let upstream = Recorder::agreeable();
    let mut client = Client::of_upstream(&upstream.url());
    for application in [
        json!({ "name": "a", "oauthConfiguration": { "clientSecret": REDACTED } }),
        json!({ "name": "a", "data": { "deep": [{ "clientSecret": REDACTED }] } }),
        json!({ "name": "a", "notInTheDocument": { "clientSecret": REDACTED } }),
    ] {
        let body = json!({ "applicationId": USER_ID, "requestBody": { "application": application } });
        let answer = client.call("updateApplicationWithId", body);
        assert!(answer.is_error && answer.text.contains("stands for a secret"), "{}", answer.text);
    }
    assert_eq!(upstream.take(), []);
}
