//! New secrets go to a file, not through the model; and no model makes one up.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer},
    recorder::{Recorder, Reply},
};

/// Answers with the object that it is sent, under an id, and with a key where it is to make one.
fn upstream() -> Recorder {
    Recorder::start(|request| {
        let mut body: Value = serde_json::from_slice(&request.body).unwrap_or(json!({}));
        if request.target.starts_with("/api/api-key") {
            body["apiKey"]["id"] = json!(USER_ID);
            if body["apiKey"]["key"].is_null() {
                body["apiKey"]["key"] = json!("made-by-fusionauth");
            }
        } else if request.target.starts_with("/api/application") {
            body["application"]["id"] = json!(USER_ID);
            if body["application"]["oauthConfiguration"]["clientSecret"].is_null() {
                body["application"]["oauthConfiguration"]["clientSecret"] = json!("made-by-fusionauth");
            }
        }
        Reply::json(200, &body.to_string())
    })
}

fn client(upstream: &Recorder, more: &[(&str, &str)]) -> Client {
    let url = upstream.url();
    Client::connect(&[&[("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "test-key")], more].concat())
}

fn lines(file: &Path) -> Vec<Value> {
    fs::read_to_string(file).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn sent(upstream: &Recorder) -> Vec<Value> {
    upstream.take().into_iter().map(|request| serde_json::from_slice(&request.body).unwrap_or_default()).collect()
}

fn create_key(client: &mut Client, key: &Value) -> ToolAnswer {
    client.call("createAPIKey", json!({ "requestBody": { "apiKey": key } }))
}

#[test]
fn a_new_secret_is_written_where_the_operator_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    let upstream = upstream();
    let mut client = client(&upstream, &[("SECRETS_FILE", file.to_str().unwrap())]);
    let answer = create_key(&mut client, &json!({ "metaData": { "attributes": { "description": "for the shop" } } }));
    assert!(!answer.text.contains("made-by-fusionauth"), "{}", answer.text);
    let headline = answer.text.lines().next().unwrap();
    assert!(
        headline.contains(&format!("written to {}", file.display())) && headline.contains("apiKey.key"),
        "{headline}"
    );
    client.call("createApplication", json!({ "requestBody": { "application": { "name": "Shop" } } }));
    let mut lines = lines(&file);
    for line in &mut lines {
        assert!(line["time"].as_str().unwrap().ends_with('Z'));
        line.as_object_mut().unwrap().remove("time");
    }
    let property = "application.oauthConfiguration.clientSecret";
    let value = "made-by-fusionauth";
    assert_eq!(
        lines,
        [
            json!({ "tool": "createAPIKey", "object": USER_ID, "property": "apiKey.key", "value": value }),
            json!({ "tool": "createApplication", "object": USER_ID, "property": property, "value": value }),
        ]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn only_new_secrets_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    let upstream = upstream();
    let mut client = client(&upstream, &[("SECRETS_FILE", file.to_str().unwrap())]);
    // Read, changed, given by the caller: none of these is new.
    client.call("retrieveApplicationWithId", json!({ "applicationId": USER_ID }));
    let patch = json!({ "applicationId": USER_ID, "requestBody": { "application": { "name": "Shop" } } });
    client.call("patchApplicationWithId", patch);
    create_key(&mut client, &json!({ "key": "given-by-the-caller" }));
    assert_eq!(lines(&file).len(), 0);
}

#[test]
fn without_a_file_the_answer_says_how_to_get_it() {
    let upstream = upstream();
    let mut client = client(&upstream, &[]);
    let answer = create_key(&mut client, &json!({ "metaData": { "attributes": { "description": "for the shop" } } }));
    assert!(!answer.is_error && !answer.text.contains("made-by-fusionauth"), "{}", answer.text);
    let headline = answer.text.lines().next().unwrap();
    for part in ["apiKey.key", "SECRETS_FILE=FILE", "retrieveAPIKeyWithId", "REVEAL_SECRETS=true"] {
        assert!(headline.contains(part), "{part}: {headline}");
    }
}

#[test]
fn a_secret_is_made_up_by_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    let upstream = upstream();
    let mut client = client(&upstream, &[("SECRETS_FILE", file.to_str().unwrap())]);
    let first = create_key(&mut client, &json!({ "key": "$generate", "retrievable": false }));
    let secret = json!({ "oauthConfiguration": { "clientSecret": "$generate" } });
    let patch = json!({ "applicationId": USER_ID, "requestBody": { "application": secret } });
    let second = client.call("patchApplicationWithId", patch);
    let sent = sent(&upstream);
    let values =
        [sent[0]["apiKey"]["key"].clone(), sent[1]["application"]["oauthConfiguration"]["clientSecret"].clone()];
    for (answer, value) in [first, second].iter().zip(&values) {
        let value = value.as_str().unwrap();
        let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        assert!(value.len() == 43 && value.bytes().all(is_base64url), "{value}");
        assert!(!answer.is_error && !answer.text.contains(value), "{}", answer.text);
    }
    assert_ne!(values[0], values[1]);
    let lines = lines(&file);
    assert_eq!(lines.iter().map(|line| line["value"].clone()).collect::<Vec<_>>(), values);
    assert!(lines.iter().all(|line| line["object"] == USER_ID), "{lines:?}");
    let properties = ["apiKey.key", "application.oauthConfiguration.clientSecret"];
    assert_eq!(lines.iter().map(|line| line["property"].clone()).collect::<Vec<_>>(), properties);
}

#[test]
fn what_nobody_would_see_is_not_made_up() {
    let upstream = upstream();
    let mut client = client(&upstream, &[]);
    // FusionAuth shows the key of this one again.
    assert!(!create_key(&mut client, &json!({ "key": "$generate" })).is_error);
    assert_eq!(upstream.take().len(), 1);
    for (tool, body) in [
        ("createAPIKey", json!({ "apiKey": { "key": "$generate", "retrievable": false } })),
        ("importKey", json!({ "key": { "name": "a", "algorithm": "HS256", "secret": "$generate" } })),
    ] {
        let refused = client.call(tool, json!({ "requestBody": body }));
        assert!(refused.is_error && refused.text.contains("SECRETS_FILE=FILE"), "{tool}: {}", refused.text);
    }
    assert_eq!(upstream.take(), []);
}

#[test]
fn it_is_made_up_for_secrets_only() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    let upstream = upstream();
    let settings = [("SECRETS_FILE", file.to_str().unwrap()), ("UNKNOWN_PROPERTIES", "pass")];
    let mut client = client(&upstream, &settings);
    let user = |user: Value| json!({ "requestBody": { "user": user } });
    for (tool, arguments, expected) in [
        ("createUser", user(json!({ "password": "$generate" })), "sendSetPasswordEmail"),
        ("createUser", user(json!({ "data": { "clientSecret": "$generate" } })), "requestBody.user.data.clientSecret"),
        ("createUser", user(json!({ "firstName": "$generate" })), "requestBody.user.firstName"),
        ("createUser", user(json!({ "notInTheDocument": ["$generate"] })), "requestBody.user.notInTheDocument[0]"),
        ("createWebhook", json!({ "requestBody": { "webhook": { "headers": { "a": "$generate" } } } }), "headers.a"),
        ("importKey", json!({ "requestBody": { "key": { "privateKey": "$generate" } } }), "generateKey"),
        ("loginWithId", json!({ "requestBody": { "loginId": "a", "password": "$generate" } }), "requestBody.password"),
        ("deleteJwtRefresh", json!({ "token": "$generate" }), "token"),
        (
            "importUsersWithId",
            json!({ "requestBody": { "users": [{ "email": "a@example.com", "password": "$generate" }] } }),
            "requestBody.users[0].password",
        ),
    ] {
        let refused = client.call(tool, arguments);
        assert!(refused.is_error && refused.text.contains("`$generate`"), "{tool}: {}", refused.text);
        assert!(refused.text.contains(expected), "{tool}: {}", refused.text);
    }
    // A text that only has it in it is a text.
    client.call("createUser", user(json!({ "firstName": "$generate it" })));
    assert_eq!(sent(&upstream), [json!({ "user": { "firstName": "$generate it" } })]);
    assert!(!file.exists() || lines(&file).is_empty());
}

#[test]
fn what_is_not_carried_out_leaves_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    let upstream = Recorder::start(|_| Reply::json(400, "{}"));
    let mut client = client(&upstream, &[("SECRETS_FILE", file.to_str().unwrap())]);
    assert!(create_key(&mut client, &json!({ "key": "$generate" })).is_error);
    assert_eq!(lines(&file).len(), 0);
}

#[test]
fn a_secret_is_kept_where_nobody_knows_what_became_of_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    let upstream = Recorder::start(|_| Reply::Reset);
    let mut client = client(&upstream, &[("SECRETS_FILE", file.to_str().unwrap())]);
    assert!(create_key(&mut client, &json!({ "key": "$generate" })).is_error);
    let sent = sent(&upstream);
    assert_eq!(lines(&file).last().unwrap()["value"], sent.last().unwrap()["apiKey"]["key"]);
}

#[test]
fn a_dry_run_makes_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    let upstream = upstream();
    let mut client = client(&upstream, &[("SECRETS_FILE", file.to_str().unwrap()), ("DRY_RUN", "true")]);
    let answer = create_key(&mut client, &json!({ "key": "$generate" }));
    assert!(!answer.is_error && answer.text.contains("Dry run"), "{}", answer.text);
    assert!(upstream.take().is_empty() && (!file.exists() || lines(&file).is_empty()));
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_used_is_found_out_before_anything_is_sent() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let open = folder.path().join("open");
    fs::write(&open, "").unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    for (file, expected) in [
        (open, "chmod 600"),
        (folder.path().join("no-such-folder/file"), "No such file"),
        (folder.path().to_owned(), "SECRETS_FILE"),
    ] {
        let upstream = upstream();
        let mut client = client(&upstream, &[("SECRETS_FILE", file.to_str().unwrap())]);
        let refused = create_key(&mut client, &json!({ "metaData": { "attributes": { "description": "a" } } }));
        assert!(refused.is_error && refused.text.contains(expected), "{}", refused.text);
        assert_eq!(upstream.take(), []);
        assert!(!client.call("retrieveUserWithId", json!({ "userId": USER_ID })).is_error);
    }
}
