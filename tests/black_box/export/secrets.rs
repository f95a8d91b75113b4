//! No export holds a secret, whatever the server may show otherwise.

use std::collections::BTreeMap;

use fusionauth_sandbox::seed::SECRETS;
use serde_json::{Value, json};

use super::{access, files, run, stderr, tool::texts};
use crate::support::{
    client::Client,
    document::{Document, PLANTED, Size},
    recorder::{Recorder, Reply},
    sandbox::{API_KEY, Sandbox},
};

/// Every kind of export.
const FORMATS: [&[&str]; 4] = [&["kickstart"], &["kickstart", "--split"], &["terraform"], &["terraform", "--clone"]];

/// All that a shell gets to see of an export: files, their names, stdout and stderr.
fn all_of(environment: &[(&str, &str)], format: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(environment, &[&["export"], format, &["-vv", "--out", out.to_str().unwrap()]].concat());
    assert!(output.status.success(), "{format:?}: {}", stderr(&output));
    let mut all = vec![String::from_utf8(output.stdout.clone()).unwrap(), stderr(&output).to_owned()];
    for (name, content) in files(&out) {
        all.push(name);
        all.push(String::from_utf8(content).unwrap());
    }
    all.concat()
}

fn assert_holds_no_secret(what: &str, text: &str) {
    for secret in SECRETS.iter().chain([&API_KEY]) {
        assert!(!text.contains(secret), "{what}: {secret}");
    }
}

#[test]
fn a_shell_gets_no_secret() {
    let sandbox = Sandbox::start(&[]);
    for more in [&[] as &[(&str, &str)], &[("REVEAL_SECRETS", "true"), ("LOG", "trace")]] {
        let environment = [&access(&sandbox), more].concat();
        for format in FORMATS {
            let all = all_of(&environment, format);
            assert!(all.contains("Compression Console"), "{format:?} holds the application with the secret");
            assert_holds_no_secret(&format!("{format:?} {more:?}"), &all);
        }
        let to_stdout = run(&environment, &["export", "kickstart"]);
        assert_holds_no_secret("stdout", &String::from_utf8(to_stdout.stdout).unwrap());
    }
}

#[test]
fn a_client_gets_no_secret() {
    let sandbox = Sandbox::start(&[]);
    for more in [&[] as &[(&str, &str)], &[("REVEAL_SECRETS", "true")]] {
        let key = [("API_KEY_APIKEYAUTH", API_KEY), ("MAX_ANSWER_TOKENS", "10000000")];
        let mut client = sandbox.client_with(&[&key, more].concat());
        for (tool, arguments) in [
            ("exportKickstart", json!({})),
            ("exportTerraform", json!({})),
            ("exportTerraform", json!({ "purpose": "clone" })),
        ] {
            let all = texts(&mut client, tool, &arguments).concat();
            assert!(all.contains("Compression Console"), "{tool} holds the application with the secret");
            assert_holds_no_secret(tool, &all);
        }
    }
}

/// An upstream that has one object of each kind, with every property of the document and a secret in each that is
/// marked so; where there are kinds within a kind, the one of that name.
pub fn upstream_with_planted_secrets() -> (Recorder, usize) {
    let document = Document::load();
    let mut answers = BTreeMap::new();
    for operation in document.operations().into_iter().filter(|operation| operation.is_read_only) {
        if let Some(schema) = &operation.answer {
            // The one id of all samples is that of FusionAuth's own application, which is not exported like others.
            let sample = document.sample(schema, Size::Full).to_string().replace(FUSIONAUTH_APPLICATION_ID, OTHER_ID);
            answers.insert((operation.method, operation.path), sample);
        }
    }
    let planted = answers.values().map(|answer| answer.matches(PLANTED).count()).sum();
    let upstream = Recorder::start(move |request| {
        let path = request.target.split('?').next().unwrap_or_default().to_owned();
        Reply::json(200, answers.get(&(request.method.clone(), path)).map_or("{}", String::as_str))
    });
    (upstream, planted)
}

const FUSIONAUTH_APPLICATION_ID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";
const OTHER_ID: &str = "22222222-2222-4222-8222-222222222222";

#[test]
fn no_planted_secret_is_written_down() {
    let (upstream, planted) = upstream_with_planted_secrets();
    assert!(planted > 250, "{planted}");
    let url = upstream.url();
    let environment = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "the-api-key")];
    for format in FORMATS {
        let all = all_of(&environment, format);
        assert!(!all.contains(PLANTED), "{format:?}: {}", around(&all, PLANTED));
        assert!(all.contains(OTHER_ID), "{format:?} holds the objects");
        let has_variables = all.contains("#{TENANT_") || all.contains("var.tenant_");
        assert!(has_variables, "{format:?} names variables in the places of secrets");
    }
}

/// What stands around a text, so that a failure does not print everything.
fn around<'a>(all: &'a str, text: &str) -> &'a str {
    let line = all.lines().find(|line| line.contains(text)).unwrap_or_default();
    line.get(..300).unwrap_or(line)
}

#[test]
fn a_secret_in_free_text_is_not_written_down() {
    let secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlLXRoYXQtaXMtbG9uZw";
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----";
    let body = json!({ "lambda": { "name": "With a token", "type": "JWTPopulate", "body": format!("// {secret}\n/* {key} */") } });
    make(&mut client, "createLambdaWithId", json!({ "lambdaId": OTHER_ID, "requestBody": body }));
    for format in FORMATS {
        let all = all_of(&access(&sandbox), format);
        assert!(!all.contains(secret) && !all.contains("MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"), "{format:?}");
        assert!(all.contains("With a token"), "{format:?}");
    }
}

fn make(client: &mut Client, tool: &str, arguments: Value) {
    let answer = client.call(tool, arguments);
    assert!(!answer.is_error, "{tool}: {}", answer.text);
}
