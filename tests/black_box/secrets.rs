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
    assert_eq!(answer.text, "400: user.password: Too short. [tooShort]user.password");
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

/// What a model may send back of an answer that did not show all, each with what the refusal says.
fn stand_ins() -> Vec<(String, &'static str)> {
    let (secret, cut) = ("the placeholder of a secret", "was shortened");
    vec![
        (REDACTED.to_owned(), secret),
        (format!("https://user:{REDACTED}@example.com/hook"), secret),
        (REDACTED[..40].to_owned(), secret),
        (format!("Basic {}", &REDACTED[..25]), secret),
        (format!("{}… (+31 characters)", &REDACTED[..30]), secret),
        (REDACTED[20..].to_owned(), secret),
        (format!("{{\"clientSecret\":\"{REDACTED}\"}}"), secret),
        ("function populate(jwt) {… (+1,234 characters)".to_owned(), cut),
        ("x… (+1 character)".to_owned(), cut),
        ("{\"message\":\"Dear us… (+7 characters)\"}".to_owned(), cut),
    ]
}

#[test]
fn what_stands_for_a_value_is_never_written_back() {
    let upstream = Recorder::agreeable();
    let (url, key) = (upstream.url(), ("API_KEY_APIKEYAUTH", "test-key"));
    for unknown in ["refuse", "warn", "pass"] {
        let mut client = Client::connect(&[("API_BASE_URL", &url), key, ("UNKNOWN_PROPERTIES", unknown)]);
        for (text, message) in stand_ins() {
            let places = [
                ("name", json!({ "name": text })),
                ("clientSecret", json!({ "name": "a", "oauthConfiguration": { "clientSecret": text } })),
                ("data.deep[0].clientSecret", json!({ "name": "a", "data": { "deep": [{ "clientSecret": text }] } })),
                ("data.a", json!({ "name": "a", "data": { "a": { &text: 1 } } })),
                (
                    "authorizedRedirectURLs[1]",
                    json!({ "oauthConfiguration": { "authorizedRedirectURLs": ["b", text] } }),
                ),
                ("notInTheDocument", json!({ "name": "a", "notInTheDocument": { "clientSecret": text } })),
            ];
            for (place, application) in places {
                let body = json!({ "application": application });
                for body in
                    [body.clone(), Value::from(body.to_string()), Value::from(json!(body.to_string()).to_string())]
                {
                    let answer =
                        client.call("patchApplicationWithId", json!({ "applicationId": USER_ID, "requestBody": body }));
                    assert!(answer.is_error && answer.text.contains(place), "{place} {text}: {}", answer.text);
                    let is_named = answer.text.contains(message) || place == "notInTheDocument" && unknown == "refuse";
                    assert!(is_named, "{place} {text}: {}", answer.text);
                }
            }
            let headers =
                json!({ "requestBody": { "webhook": { "url": "https://a", "headers": { &text: "x", "b": text } } } });
            for (tool, arguments, place) in [
                ("createWebhook", headers, "requestBody.webhook.headers."),
                ("retrieveUser", json!({ "username": text }), "username"),
                (
                    "searchUsersByQueryWithId",
                    json!({ "requestBody": { "search": { "queryString": text } } }),
                    "queryString",
                ),
                ("retrieveOauthConfigurationWithId", json!({ "applicationId": text }), "applicationId"),
            ] {
                let answer = client.call(tool, arguments);
                assert!(answer.is_error && answer.text.contains(place), "{tool} {text}: {}", answer.text);
                assert!(answer.text.contains(message) || place == "applicationId", "{tool} {text}: {}", answer.text);
            }
        }
    }
    assert_eq!(upstream.take(), []);
    // What only looks like it is sent.
    let mut client = Client::of_upstream(&url);
    for text in
        ["(secret: no)", "Loading…", "see (secret) … (+2 more)", "set REVEAL_SECRETS=true", "a … (+7 characters) b"]
    {
        let body = json!({ "application": { "name": text, "data": { text: text } } });
        let answer = client.call("createApplication", json!({ "requestBody": body }));
        assert!(!answer.is_error, "{text}: {}", answer.text);
    }
}
