//! The doctor: green where all is well, a remedy where it is not, and nothing written.

use std::{fs, process::Output};

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
    assert!(
        text.contains("9 applications; PKCE required for: Aviato, FusionAuth, Not Hotdog, Pied Piper, Tenant Manager"),
        "{text}"
    );
}

#[test]
fn findings_are_json_on_demand() {
    let (output, text) = doctor(&[], &["--sandbox", "--json"]);
    let findings: Value = serde_json::from_str(&text).unwrap();
    assert!(output.status.success());
    let findings = findings.as_array().unwrap();
    assert!(findings.iter().all(|finding| ["good", "note"].contains(&finding["outcome"].as_str().unwrap())), "{text}");
    // What works and still gives advice is no plain success.
    for finding in findings {
        let (outcome, remedy) = (finding["outcome"].as_str().unwrap(), finding["remedy"].as_str().unwrap());
        assert!(outcome != "good" || remedy.is_empty(), "{finding}");
    }
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
    let told = "UNKNOWN_PROPERTIES=warn sends properties that the tools do not know";
    for (version, is_newer) in
        [("1.9999.0", true), ("2.0.0", true), ("9.9.9", true), ("1.1.0", false), ("0.9.0", false)]
    {
        let upstream = Recorder::start(move |_| Reply::json(200, &format!(r#"{{"version":"{version}"}}"#)));
        let (_, text) = doctor(&[("API_BASE_URL", &upstream.url()), ("API_KEY_APIKEYAUTH", API_KEY)], &[]);
        assert_eq!(text.contains(told), is_newer, "{version}: {text}");
    }
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
fn files_to_compare_with_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let address = "API_BASE_URL=http://127.0.0.1:9\n";
    let kickstart = r##"{ "apiKeys": [{ "key": "#{ENV.SOME_KEY}" }] }"##;
    let snapshot = command(&[]).args(["export", "snapshot", "--sandbox"]).output().unwrap().stdout;
    let files = [
        ("access", file("access", &format!("{address}API_KEY_APIKEYAUTH=k\n")), "an environment file"),
        ("made", file("made", kickstart), "a Kickstart file"),
        ("saved", file("saved", &String::from_utf8(snapshot).unwrap()), "a snapshot"),
        ("keyless", file("keyless", address), "API_KEY_APIKEYAUTH is not set"),
        ("wordy", file("wordy", "some words\n"), "wordy: line 1: expected NAME=value"),
        ("broken", file("broken", "{ \"apiKeys\": "), "broken JSON"),
        ("other", file("other", "{}"), "neither a snapshot nor a Kickstart file"),
        ("gone", folder.path().join("gone"), "No such file"),
    ];
    let named = files.iter().map(|(name, path, _)| format!("{name}={}", path.display())).collect::<Vec<_>>().join(",");
    let (output, text) = doctor(&[("COMPARE_WITH", &named)], &["--sandbox", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let findings: Vec<Value> = serde_json::from_str(&text).unwrap();
    for (name, path, expected) in files {
        let of_file = |finding: &&Value| {
            finding["name"] == "comparison" && finding["detail"].as_str().unwrap().starts_with(&format!("{name}: "))
        };
        let finding = findings.iter().find(of_file).unwrap_or_else(|| panic!("{name}: {text}"));
        let detail = finding["detail"].as_str().unwrap();
        assert!(detail.contains(expected) && !detail.contains(&format!("{name}: {name}:")), "{detail}");
        let is_good = expected.starts_with('a');
        assert_eq!(finding["outcome"], if is_good { "good" } else { "attention" }, "{detail}");
        assert_eq!(finding["remedy"].as_str().unwrap().contains(path.to_str().unwrap()), !is_good, "{finding}");
    }
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
    assert!(
        text.contains("✓ circuit breaker") && text.contains("off (CIRCUIT_BREAKER=false, or the sandbox)"),
        "{text}"
    );
    let (_, text) = doctor(&[], &["--sandbox"]);
    assert!(text.contains("✓ circuit breaker"), "{text}");
}

/// In search mode a client sees three tools, and nothing is left to advise.
#[test]
fn numbers_are_those_that_a_client_sees_and_advice_is_not_what_is_set_already() {
    for (environment, count) in [
        (&[][..], None),
        (&[("USE_TOOLS", "retrieve,search")][..], None),
        (&[("TOOL_MODE", "search")], Some(3)),
        (&[("TOOL_MODE", "search"), ("USE_TOOLS", "retrieve,search")], Some(3)),
    ] {
        let (_, text) = doctor(environment, &["--sandbox"]);
        let listed = crate::support::client::Client::connect(environment).request("tools/list", serde_json::json!({}));
        let tools = listed["result"]["tools"].as_array().unwrap().len();
        assert!(count.is_none_or(|count| count == tools), "{tools}");
        let output = command(environment).arg("tools").output().unwrap();
        let table = String::from_utf8(output.stdout).unwrap();
        assert!(table.lines().any(|line| line == format!("{tools} tools")), "{environment:?}: {table}");
        assert!(text.contains(&format!("; {tools} tools\n")), "{text}");
        assert_eq!(text.matches(&format!("{tools} tools listed")).count(), 2, "{text}");
        let (_, size) = text.split_once("number of tools").unwrap();
        assert!(size.trim_start().starts_with(&tools.to_string()), "{text}");
        let is_advised = text.contains("TOOL_MODE=search, which lists 3 tools");
        assert_eq!(is_advised, tools > 3, "{text}");
        let output = command(environment).args(["tools", "--tokens"]).output().unwrap();
        let costs = String::from_utf8(output.stdout).unwrap();
        let tokens = costs.split(" tokens").next().unwrap();
        assert!(text.contains(&format!("{tokens} tokens (o200k)")), "{tokens}: {text}");
        assert!(costs.starts_with(&format!("{tokens} tokens (o200k) for {tools} tools\n")), "{costs}");
    }
}

#[test]
fn a_variable_that_is_nearly_a_setting_is_named_and_stops_nothing() {
    let environment = [("USE_TOOL", "hunter2"), ("APIBASE_URL", "hunter2"), ("LANG", "C"), ("REQUESTTIMEOUT", "")];
    let (output, text) = doctor(&environment, &["--sandbox"]);
    let said = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(said.contains("note: USE_TOOL is set, but no setting has that name; did you mean USE_TOOLS?\n"), "{said}");
    assert!(said.contains("did you mean API_BASE_URL?") && said.lines().count() == 2, "{said}");
    assert!(text.contains("! variables") && text.contains("If USE_TOOLS was meant, rename it."), "{text}");
    assert!(!said.contains("hunter2") && !text.contains("hunter2"), "{said}{text}");
    let file = format!("{}/nearly-a-setting", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&file, "READONLY=true\n").unwrap();
    let output = command(&[]).args(["--env-file", &file, "tools"]).output().unwrap();
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("note: READONLY in ") && said.contains("did you mean READ_ONLY?"), "{said}");
}

#[test]
fn a_tick_says_nothing_of_a_failure() {
    let failing = Recorder::start(|_| Reply::empty(500));
    let refusing = Recorder::start(|_| Reply::json(401, "{}"));
    for url in ["http://127.0.0.1:9", &failing.url(), &refusing.url()] {
        let (output, text) = doctor(&[("API_BASE_URL", url), ("API_KEY_APIKEYAUTH", API_KEY)], &[]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        let ticks: Vec<_> = text.lines().filter(|line| line.starts_with('✓')).collect();
        assert!(ticks.iter().any(|line| line.contains("MCP 2025-11-25")), "{text}");
        for fault in ["No connection", "(500", "(401", "Not sent"] {
            assert!(ticks.iter().all(|line| !line.contains(fault)), "{text}");
        }
    }
}
