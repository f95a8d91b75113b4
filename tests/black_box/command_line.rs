//! The commands, as typed in a shell.

use std::{
    fs,
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use crate::support::{
    USER_ID,
    client::command,
    document::Document,
    recorder::{Recorder, Reply},
};

fn run(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    command(environment).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

fn key_and(upstream: &Recorder) -> Command {
    command(&[("API_BASE_URL", &upstream.url()), ("API_KEY_APIKEYAUTH", "test-key")])
}

#[test]
fn tools_are_listed_in_three_formats() {
    let table = run(&[], &["tools"]);
    assert!(table.status.success());
    assert!(stdout(&table).contains("GET     /api/user/{userId}\n"));
    let names = run(&[], &["tools", "--format", "names"]);
    let count = stdout(&names).lines().count();
    assert!(stdout(&table).ends_with(&format!("\n{count} tools\n")));
    let json: Value = serde_json::from_slice(&run(&[], &["tools", "--format", "json"]).stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), count);
    assert!(
        stdout(&names).lines().any(|name| name == "exportKickstart") && stdout(&table).contains("\ndescribe_tool ")
    );
    let found: Value = serde_json::from_slice(&run(&[], &["tools", "--format", "json", "comment"]).stdout).unwrap();
    assert!(found.as_array().unwrap().iter().all(|tool| tool["name"].as_str().unwrap().contains("omment")), "{found}");
}

#[test]
fn the_reading_buckets_have_what_begins_so() {
    let by_environment = run(&[("USE_TOOLS", "retrieve,search")], &["tools"]);
    let operations = Document::load().operations();
    let is_reading = |name: &str| name.starts_with("retrieve") || name.starts_with("search");
    let count = operations.iter().filter(|operation| is_reading(&operation.name)).count();
    // And the two exports, which only read, and the tool that describes the others.
    let listed = count + 3;
    assert!(count > 100 && stdout(&by_environment).ends_with(&format!("\n{listed} tools\n")), "{count}");
    let by_flag = run(&[("USE_TOOLS", "all")], &["tools", "--use-tools", "retrieve,search"]);
    assert_eq!(stdout(&by_flag), stdout(&by_environment));
}

#[test]
fn the_page_of_tools_is_fresh() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/tools.md");
    let fresh = run(&[], &["tools", "--format", "markdown"]);
    assert!(
        fs::read_to_string(page).is_ok_and(|text| text == stdout(&fresh)),
        "docs/tools.md is stale: cargo run -- tools --format markdown > docs/tools.md"
    );
}

#[test]
fn words_narrow_the_table() {
    let output = run(&[], &["tools", "comment", "SEARCH"]);
    assert!(stdout(&output).ends_with("\n1 tool\n"), "{}", stdout(&output));
    assert!(stdout(&output).starts_with("searchUserCommentsWithId"));
}

#[test]
fn a_call_prints_the_body_and_ends_with_its_outcome() {
    let upstream = Recorder::start(|request| match request.method.as_str() {
        "GET" => Reply::json(200, "{\"user\": {}}"),
        _ => Reply::json(400, "{\"generalErrors\":[{\"message\":\"No.\"}]}"),
    });
    let good = key_and(&upstream).args(["call", "retrieveUserWithId", &format!("userId={USER_ID}")]).output().unwrap();
    assert_eq!((stdout(&good), stderr(&good), good.status.code()), ("{\"user\":{}}\n", "200 OK\n", Some(0)));
    let bad = key_and(&upstream).args(["call", "createUser", "requestBody.user.email=a"]).output().unwrap();
    assert_eq!((stdout(&bad), stderr(&bad), bad.status.code()), ("", "400: No.\n", Some(1)));
    assert_eq!(upstream.take()[1].body, br#"{"user":{"email":"a"}}"#);
}

#[test]
fn a_call_takes_json_and_stdin() {
    let upstream = Recorder::agreeable();
    let arguments = format!("{{\"userId\":\"{USER_ID}\"}}");
    key_and(&upstream).args(["call", "retrieveUserWithId", &arguments]).output().unwrap();
    let mut child = key_and(&upstream)
        .args(["call", "retrieveUserWithId", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(arguments.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(upstream.take().len(), 2);
}

#[test]
fn a_wrong_call_is_a_usage_error() {
    for arguments in [&["call", "retreiveUser"][..], &["call", "retrieveUser", "email"], &["call", "retrieveUser", "{"]]
    {
        let output = run(&[], arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).starts_with("error: "), "{}", stderr(&output));
    }
}

#[test]
fn every_mistake_is_told_at_once() {
    let environment = [("API_BASE_URL", "localhost:9011"), ("USE_TOOLS", "retreive"), ("REQUEST_TIMEOUT", "soon")];
    for arguments in [&[][..], &["tools"], &["call", "retrieveUser"]] {
        let output = run(&environment, arguments);
        assert_eq!(output.status.code(), Some(2));
        assert_eq!(stdout(&output), "");
        let lines: Vec<_> = stderr(&output).lines().collect();
        assert_eq!(lines.len(), 3, "{lines:#?}");
        assert!(lines.iter().all(|line| line.starts_with("error: ")), "{lines:#?}");
    }
    let flags = run(&[], &["tools", "--tool-areas", "usr", "--api-key-file", "/nowhere", "--env-file", "/nowhere"]);
    assert_eq!(stderr(&flags).lines().count(), 3, "{}", stderr(&flags));
}

#[test]
fn the_key_comes_from_a_file_too() {
    let upstream = Recorder::agreeable();
    let folder = env!("CARGO_TARGET_TMPDIR");
    let key_file = format!("{folder}/key");
    fs::write(&key_file, "key-from-file\n").unwrap();
    let environment_file = format!("{folder}/environment");
    fs::write(
        &environment_file,
        format!("API_KEY_APIKEYAUTH=key-from-environment-file\nAPI_BASE_URL={}\n", upstream.url()),
    )
    .unwrap();
    let call = ["call", "retrieveUserWithId", "userId=00000000-0000-0000-0000-000000000001"];
    let mut with_file = call.to_vec();
    with_file.extend(["--env-file", &environment_file]);
    run(&[], &with_file);
    with_file.extend(["--api-key-file", &key_file]);
    run(&[], &with_file);
    let keys: Vec<_> =
        upstream.take().iter().map(|request| request.header("authorization").unwrap().to_owned()).collect();
    assert_eq!(keys, ["key-from-environment-file", "key-from-file"]);
}

#[test]
fn secrets_stay_out_of_every_log() {
    let upstream = Recorder::start(|_| Reply::json(401, ""));
    let environment = [
        ("API_BASE_URL", upstream.url()),
        ("API_KEY_APIKEYAUTH", "the-secret-key".to_owned()),
        ("LOG", "trace".to_owned()),
    ];
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let output = run(&environment, &["-vvv", "call", "createUser", "requestBody.user.password=hunter2"]);
    assert_eq!(output.status.code(), Some(1));
    let all = format!("{}{}", stdout(&output), stderr(&output));
    assert!(!all.contains("the-secret-key") && !all.contains("hunter2"), "{all}");
}

#[test]
fn help_and_version_are_everywhere() {
    for arguments in [&["--help"][..], &["tools", "--help"], &["call", "--help"], &["completions", "--help"]] {
        let output = run(&[], arguments);
        assert!(output.status.success());
        assert!(stdout(&output).contains("Usage: fusionauth-mcp"), "{}", stdout(&output));
    }
    assert!(stdout(&run(&[], &["--help"])).contains("Exit status: 0 done"));
    assert_eq!(stdout(&run(&[], &["--version"])), concat!("fusionauth-mcp ", env!("CARGO_PKG_VERSION"), "\n"));
    assert_eq!(run(&[], &["nonsense"]).status.code(), Some(2));
}

#[test]
fn completions_are_scripts() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(&[], &["completions", shell]);
        assert!(output.status.success() && stdout(&output).contains("fusionauth-mcp"), "{shell}");
    }
}

#[test]
fn what_is_no_level_is_a_mistake() {
    for (variable, value, is_wrong) in [
        ("LOG", "loud", true),
        ("LOG", "info,loud", true),
        ("LOG", "Debug", false),
        ("LOG", "hyper=trace,info", false),
        ("RUST_LOG", "hyper", false),
        ("RUST_LOG", "fusionauth_mcp=loud", true),
    ] {
        let output = run(&[(variable, value)], &["tools", "user", "search"]);
        assert_eq!(output.status.code(), Some(if is_wrong { 2 } else { 0 }), "{variable}={value}: {}", stderr(&output));
        assert_eq!(stderr(&output).contains("expected off, error, warn, info, debug or trace"), is_wrong, "{value}");
    }
}

/// `-vv` names each request, and no credential in it.
#[test]
fn requests_are_logged_on_demand_without_what_is_secret() {
    let upstream = Recorder::start(|request| match request.target.as_str() {
        target if target.contains("change-password") => Reply::empty(404),
        _ => Reply::json(200, "{\"user\": {\"email\": \"hunter2\"}}"),
    });
    let log = |flags: &[&str], call: &[&str]| {
        let output = key_and(&upstream).args(flags).arg("call").args(call).output().unwrap();
        stderr(&output).to_owned()
    };
    let user = format!("userId={USER_ID}");
    let said = log(&["-vv"], &["retrieveUserWithId", &user]);
    let line = said.lines().find(|line| line.contains("DEBUG")).unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains(&format!("GET /api/user/{USER_ID}: 200 in ")) && line.ends_with(" ms"), "{line}");
    assert!(!said.contains("test-key") && !said.contains("hunter2"), "{said}");
    assert!(!log(&["-v"], &["retrieveUserWithId", &user]).contains("GET"), "only at -vv");
    for (call, path) in [
        (
            &["retrieveUserChangePasswordWithId", "changePasswordId=hunter2"][..],
            "GET /api/user/change-password/{changePasswordId}: 404",
        ),
        (
            &["retrieveUserChangePasswordWithId", &format!("changePasswordId={USER_ID}")],
            "GET /api/user/change-password/{changePasswordId}: 404",
        ),
        (&["retrieveUser", "email=hunter2@example.com"], "GET /api/user: 200"),
        (&["createUser", "requestBody.user.password=hunter2-long-enough"], "POST /api/user: 200"),
    ] {
        let said = log(&["-vv"], call);
        assert!(said.contains(path) && !said.contains("hunter2"), "{call:?}: {said}");
        assert!(!said.contains(&format!("password/{USER_ID}")), "{said}");
    }
    let gone = run(
        &[("API_BASE_URL", "http://127.0.0.1:9"), ("API_KEY_APIKEYAUTH", "test-key"), ("LOG", "debug")],
        &["call", "retrieveUserWithId", &user],
    );
    assert!(
        stderr(&gone).contains("no response after ") && stderr(&gone).contains("try 1 failed"),
        "{}",
        stderr(&gone)
    );
    assert!(!stderr(&gone).contains("test-key"), "{}", stderr(&gone));
}

#[test]
fn a_person_sees_all_arguments() {
    let shown = run(&[], &["tools", "show", "createUser", "exportKickstart", "describe_tool"]);
    for text in [
        "createUser(",
        "(POST /api/user)",
        "  email?: string",
        "exportKickstart(",
        "application?",
        "describe_tool\n",
        "\"names\"",
    ] {
        assert!(stdout(&shown).contains(text), "{text}: {}", stdout(&shown));
    }
    assert!(stdout(&shown).contains("\n  fusionauth-mcp --sandbox call createUser "), "{}", stdout(&shown));
    let wrong = run(&[], &["tools", "show", "retreiveUser"]);
    assert_eq!(
        (wrong.status.code(), stderr(&wrong)),
        (Some(2), "error: unknown tool `retreiveUser`; did you mean `retrieveUser`?\n")
    );
    for (tool, arguments) in
        [("find_tools", &["tools", "show"][..]), ("find_tools", &["call"]), ("call_tool", &["call"])]
    {
        let missing = run(&[], &[arguments, &[tool]].concat());
        let expected = format!("error: unknown tool `{tool}`; it exists only in search mode\n");
        assert_eq!((missing.status.code(), stderr(&missing)), (Some(2), &*expected));
    }
    let off = run(&[("READ_ONLY", "true")], &["tools", "show", "createUser"]);
    assert!(
        off.status.code() == Some(2) && stderr(&off).contains("switched off by READ_ONLY=true"),
        "{}",
        stderr(&off)
    );
    for arguments in
        [&["tools", "show"][..], &["tools", "show", "--area", "usr"], &["tools", "show", "a", "--area", "user"]]
    {
        assert_eq!(run(&[], arguments).status.code(), Some(2), "{arguments:?}");
    }
    let area = run(&[], &["tools", "show", "--area", "group"]);
    assert!(stdout(&area).contains("searchGroupsWithId(") && !stdout(&area).contains("retrieveUser("));
    let called = run(&[], &["call", "describe_tool", "names=retrieveUser"]);
    assert!(called.status.success() && stdout(&called).starts_with("retrieveUser("), "{}", stdout(&called));
    let several = run(&[], &["call", "describe_tool", "names=retrieveUser", "names=createUser"]);
    assert!(several.status.success() && stdout(&several).contains("createUser("), "{}", stdout(&several));
}

#[test]
fn search_mode_shows_what_a_client_sees_and_finds_what_it_can_call() {
    let search = [("TOOL_MODE", "search")];
    let table = run(&search, &["tools"]);
    let names: Vec<_> = stdout(&table).lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(names[..4], ["call_tool", "describe_tool", "find_tools", "3"], "{}", stdout(&table));
    let all = run(&[], &["tools", "--format", "names"]);
    let others = stdout(&all).lines().count() - 1;
    assert!(stdout(&table).contains(&format!("call {others} others; TOOL_MODE=list")), "{}", stdout(&table));
    let found = run(&search, &["tools", "comment", "search"]);
    assert!(stdout(&found).starts_with("searchUserCommentsWithId") && stdout(&found).ends_with("\n1 tool\n"));
    let kickstart = run(&[], &["tools", "kickstart"]);
    assert!(stdout(&kickstart).starts_with("exportKickstart"), "{}", stdout(&kickstart));
}
