//! Snapshots as files, and files that are of no use.

use std::fs;

use serde_json::{Value, json};

use super::{DIGEST_KEY, access, compared, environment_file, run, snapshot, stderr, stdout, text};
use crate::support::{
    recorder::{Recorder, Reply},
    sandbox::Sandbox,
};

#[test]
fn a_snapshot_is_its_owners_and_the_same_each_time() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["first.json", "second.json"].map(|name| folder.path().join(name));
    snapshot(&environment, &first, &[]);
    snapshot(&environment, &second, &[]);
    assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap());
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&first).unwrap()) & 0o777, 0o600);
    let refused = run(&environment, &["export", "snapshot", "--out", text(&first)]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).ends_with(" is there already; --force overwrites it\n"), "{}", stderr(&refused));
    let shown = run(&environment, &["export", "snapshot"]);
    assert_eq!(shown.stdout, fs::read(&first).unwrap());
    assert!(
        stderr(&shown).contains("Left out:\n- API keys: ") && stderr(&shown).contains("applications: 9"),
        "{}",
        stderr(&shown)
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left");
}

#[test]
fn a_snapshot_of_a_part_is_compared_with_that_part() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let [part, other, whole] = ["part.json", "other.json", "whole.json"].map(|name| folder.path().join(name));
    snapshot(&environment, &part, &["--application", "Pied Piper"]);
    snapshot(&environment, &other, &["--tenant", "Hooli"]);
    snapshot(&environment, &whole, &[]);
    let file: Value = serde_json::from_slice(&fs::read(&part).unwrap()).unwrap();
    assert_eq!(file["objects"]["applications"].as_array().unwrap().len(), 1);
    for side in ["current", text(&whole)] {
        let result = compared(&environment, &[text(&part), side]);
        assert_eq!(result["same"], true, "{result:#}");
        assert!(result["compared"].as_u64().unwrap() < 40, "{result:#}");
    }
    let output = run(&environment, &["diff", text(&part), text(&other)]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("is one application, "), "{}", stderr(&output));
    let output = run(&environment, &["diff", "sandbox", text(&part), "--application", "Nucleus"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("part.json: there is no application `Nucleus`"), "{}", stderr(&output));
}

#[test]
fn files_that_are_of_no_use_are_refused_by_what_is_wrong_with_them() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    snapshot(&environment, &path, &[]);
    let whole = fs::read_to_string(&path).unwrap();
    let digests = folder.path().join("digests");
    let key = folder.path().join("key");
    fs::write(&key, DIGEST_KEY).unwrap();
    snapshot(&environment, &digests, &["--digest-key-file", text(&key)]);
    let other_key = folder.path().join("other-key");
    fs::write(&other_key, "another key of some length").unwrap();
    let other_key = ["--digest-key-file", text(&other_key)];
    let with_digests = fs::read_to_string(&digests).unwrap();
    let newer = whole.replacen("\"version\": 1", "\"version\": 2", 1);
    for (content, more, expected) in [
        ("{", &[][..], "broken JSON: EOF while parsing"),
        ("[]", &[], "neither a snapshot nor a Kickstart file"),
        ("{\"format\":\"something else\"}", &[], "neither a snapshot nor a Kickstart file"),
        (&newer, &[], "a snapshot of version 2; this program reads version 1: use a newer fusionauth-mcp"),
        ("{\"format\":\"fusionauth-mcp snapshot\",\"version\":1}", &[], "no complete snapshot: scope is missing"),
        (&with_digests, &other_key, "its digests were made with another key"),
        (
            "{\"apiKeys\":[{\"key\":\"k\"}],\"requests\":[{\"method\":\"POST\",\"url\":\"/api/tenant/#{ENV.TENANT}\"}]}",
            &[],
            "not set: TENANT",
        ),
        ("", &[], "API_BASE_URL is not set; expected a file with API_BASE_URL and API_KEY_APIKEYAUTH in it"),
        ("API_BASE_URL=http://127.0.0.1:1\n", &[], "API_KEY_APIKEYAUTH is not set; expected a file with"),
        ("what is this\n", &[], "line 1: expected NAME=value"),
        ("API_BASE_URL=ftp://x\nAPI_KEY_APIKEYAUTH=k\n", &[], "API_BASE_URL in "),
    ] {
        fs::write(&path, content).unwrap();
        let output = run(&environment, &[&["diff", "sandbox", text(&path)], more].concat());
        let error = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.starts_with("error: ") && error.contains(expected) && error.contains("file"), "{error}");
        assert_eq!(stdout(&output), "");
    }
    let output = run(&environment, &["diff", "current", "production"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error: production: "), "{}", stderr(&output));
    fs::write(&key, "tiny-key").unwrap();
    for command in [&["diff", "sandbox", "sandbox"][..], &["export", "snapshot"]] {
        let output = run(&environment, &[command, &["--digest-key-file", text(&key)]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(
            stderr(&output).contains("expected 16 bytes or more") && !stderr(&output).contains("tiny-key"),
            "{}",
            stderr(&output)
        );
    }
}

#[test]
fn what_cannot_be_read_is_no_difference() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gone.env");
    fs::write(&file, "API_BASE_URL=http://127.0.0.1:1\nAPI_KEY_APIKEYAUTH=k\nMAX_TRIES=1\n").unwrap();
    let output = run(&access(&sandbox), &["diff", "current", text(&file)]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("gone.env: "), "{}", stderr(&output));
    let output = run(&[], &["--sandbox=/nowhere.json", "diff", "current", "sandbox"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));

    // A kind that one side does not show is not taken for one that it does not have.
    let unlicensed = Recorder::start(|request| match request.target.split('?').next().unwrap() {
        "/api/tenant" => {
            Reply::json(200, r#"{"tenants":[{"id":"00000001-5eed-4000-8000-000000000002","name":"Hooli"}]}"#)
        }
        "/api/lambda" => Reply::json(401, ""),
        _ => Reply::json(200, "{}"),
    });
    fs::write(&file, format!("API_BASE_URL={}\nAPI_KEY_APIKEYAUTH=k\n", unlicensed.url())).unwrap();
    let result = compared(&access(&sandbox), &["current", text(&file)]);
    let kinds: Vec<_> =
        result["onlyInA"].as_array().unwrap().iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"application") && !kinds.contains(&"lambda"), "{kinds:?}");
    let remarks = super::not_comparable(&result);
    assert!(
        remarks.iter().any(|remark| remark.starts_with("lambdas of ") && remark.contains("gone.env: 401")),
        "{remarks:?}"
    );
}

#[test]
fn names_that_the_operator_gave_stand_for_files() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = environment_file(folder.path(), "production.env", &sandbox);
    let named = format!("production={}", file.display());
    let environment = [&access(&sandbox)[..], &[("COMPARE_WITH", named.as_str())]].concat();
    let result = compared(&environment, &["current", "production"]);
    assert_eq!((&result["same"], &result["b"]), (&json!(true), &json!("production")));
}
