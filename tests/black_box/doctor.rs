//! The doctor: green where all is well, a remedy where it is not, and nothing written.

use std::process::Output;

use serde_json::Value;

use crate::support::{
    client::command,
    recorder::{Recorder, Reply},
    sandbox::{API_KEY, Sandbox},
};

fn doctor(environment: &[(&str, &str)], arguments: &[&str]) -> (Output, String) {
    let output = command(environment).arg("doctor").args(arguments).output().unwrap();
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    (output, text)
}

#[test]
fn the_sandbox_is_well_and_a_question_is_answered() {
    // Whatever instance the environment speaks of.
    let (output, text) =
        doctor(&[("API_KEY_APIKEYAUTH", "another"), ("API_BASE_URL", "http://127.0.0.1:9")], &["--sandbox"]);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(!text.lines().any(|line| line.starts_with(['!', '-'])), "{text}");
    assert!(text.contains("8 applications; PKCE required for: Aviato, FusionAuth, Not Hotdog, Pied Piper"), "{text}");
}

#[test]
fn findings_are_json_on_demand() {
    let (output, text) = doctor(&[], &["--sandbox", "--json"]);
    let findings: Value = serde_json::from_str(&text).unwrap();
    assert!(output.status.success());
    assert!(findings.as_array().unwrap().iter().all(|finding| finding["outcome"] == "good"), "{text}");
}

#[test]
fn what_is_wrong_has_a_remedy() {
    let sandbox = Sandbox::start(&[]);
    let (output, text) = doctor(&[("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", "wrong")], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("! API key") && text.contains("not accepted: 401"), "{text}");
    let (output, text) = doctor(&[("API_BASE_URL", sandbox.url())], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("! API key") && text.contains("Set API_KEY_APIKEYAUTH"), "{text}");
    let (output, text) = doctor(&[("API_BASE_URL", "http://127.0.0.1:9"), ("API_KEY_APIKEYAUTH", "key")], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text.contains("! FusionAuth") && text.contains("API_BASE_URL"), "{text}");
}

#[test]
fn an_instance_that_is_newer_is_told_how_to_take_newer_properties() {
    let upstream = Recorder::start(|_| Reply::json(200, r#"{"version":"1.9999.0"}"#));
    let (_, text) = doctor(&[("API_BASE_URL", &upstream.url()), ("API_KEY_APIKEYAUTH", API_KEY)], &[]);
    assert!(text.contains("UNKNOWN_PROPERTIES=warn sends properties that the tools do not know"), "{text}");
}

#[test]
fn a_key_that_may_do_little_is_told() {
    let sandbox = Sandbox::start(&[]);
    let key = fusionauth_sandbox::seed::READ_ONLY_API_KEY;
    let (_, text) = doctor(&[("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", key)], &[]);
    assert!(text.contains("✓ API key"), "{text}");
    assert!(!text.contains(key), "{text}");
}

#[test]
fn the_doctor_only_reads() {
    let upstream = Recorder::start(|_| Reply::json(200, "{}"));
    doctor(&[("API_BASE_URL", &upstream.url()), ("API_KEY_APIKEYAUTH", API_KEY)], &[]);
    let requests = upstream.take();
    assert!(requests.len() > 10, "{}", requests.len());
    for request in requests {
        let reads = request.method == "GET" || (request.method == "POST" && request.target.contains("/search"));
        assert!(reads, "{} {}", request.method, request.target);
    }
}

#[test]
fn a_key_that_can_be_guessed_is_told() {
    let sandbox = Sandbox::start(&[]);
    let (output, text) = doctor(&[("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", API_KEY)], &[]);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("! API key length") && text.contains("fewer than 20 characters"), "{text}");
    let long = fusionauth_sandbox::seed::READ_ONLY_API_KEY;
    assert!(long.len() >= 20);
    let (_, text) = doctor(&[("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", long)], &[]);
    assert!(!text.contains("API key length") && !text.contains(long), "{text}");
}

#[test]
fn the_circuit_breaker_has_a_state() {
    let failing = Recorder::start(|request| match request.target.as_str() {
        "/api/status" => Reply::json(200, "{}"),
        _ => Reply::empty(500),
    });
    let url = failing.url();
    let environment = [("API_BASE_URL", &*url), ("API_KEY_APIKEYAUTH", API_KEY)];
    let (_, text) = doctor(&environment, &[]);
    assert!(text.contains("! circuit breaker") && text.contains("open: no calls are sent for"), "{text}");
    let (_, text) = doctor(&[environment[0], environment[1], ("CIRCUIT_BREAKER", "false")], &[]);
    assert!(text.contains("✓ circuit breaker") && text.contains("none (CIRCUIT_BREAKER)"), "{text}");
    let (_, text) = doctor(&[], &["--sandbox"]);
    assert!(text.contains("✓ circuit breaker"), "{text}");
}
