//! `key plan`, `key create`, and what the doctor says about a key that may do little.

use std::{collections::BTreeSet, fs, process::Output};

use serde_json::{Value, json};

use crate::support::{
    client::command,
    document::Document,
    recorder::{Recorder, Reply},
    sandbox::{API_KEY, Sandbox},
};

fn run(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    command(environment).args(arguments).stdin(std::process::Stdio::null()).output().unwrap()
}

fn texts(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The permissions of a plan: endpoint and method.
fn plan(environment: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    let output = run(environment, &["key", "plan", "--format", "json"]);
    assert!(output.status.success(), "{}", texts(&output));
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let endpoints = plan["endpoints"].as_object().unwrap();
    let methods = |(endpoint, methods): (&String, &Value)| -> Vec<(String, String)> {
        let methods = methods.as_array().unwrap().iter();
        methods.map(|method| (endpoint.clone(), method.as_str().unwrap().to_owned())).collect()
    };
    endpoints.iter().flat_map(methods).collect()
}

/// By the document, read without the program's own reader.
fn expected(is_chosen: impl Fn(&str) -> bool) -> BTreeSet<(String, String)> {
    let operations = Document::load().operations();
    let chosen = operations.into_iter().filter(|operation| is_chosen(&operation.name));
    let chosen = chosen.filter(|operation| operation.security.as_deref() == Some("ApiKeyAuth"));
    chosen
        .map(|operation| {
            let path: Vec<_> = operation.path.split('/').filter(|part| !part.starts_with('{')).collect();
            (path.join("/"), operation.method)
        })
        .collect()
}

#[test]
fn a_plan_has_what_the_chosen_tools_need_and_nothing_else() {
    for (use_tools, is_chosen) in [
        ("all", (|_| true) as fn(&str) -> bool),
        ("retrieve,search", |name| name.starts_with("retrieve") || name.starts_with("search")),
        ("retrieveUser,deleteUserWithId", |name| ["retrieveUser", "deleteUserWithId"].contains(&name)),
        ("patch", |name| name.starts_with("patch")),
    ] {
        let plan = plan(&[("USE_TOOLS", use_tools)]);
        let expected = expected(is_chosen);
        let missing: Vec<_> = expected.difference(&plan).collect();
        assert!(missing.is_empty(), "{use_tools}: {missing:?}");
        // Some operations take a key or a token: those are in the plan, and the document names the token first.
        let names: BTreeSet<_> = expected_of_any(is_chosen);
        assert!(plan.is_subset(&names), "{use_tools}: {:?}", plan.difference(&names).collect::<Vec<_>>());
    }
    assert_eq!(plan(&[("USE_TOOLS", "retrieveUser")]), [("/api/user".to_owned(), "GET".to_owned())].into());
}

fn expected_of_any(is_chosen: impl Fn(&str) -> bool) -> BTreeSet<(String, String)> {
    let operations = Document::load().operations();
    let chosen = operations.into_iter().filter(|operation| is_chosen(&operation.name) && operation.security.is_some());
    chosen
        .map(|operation| {
            let path: Vec<_> = operation.path.split('/').filter(|part| !part.starts_with('{')).collect();
            (path.join("/"), operation.method)
        })
        .collect()
}

#[test]
fn the_list_to_tick_says_the_same() {
    let environment = [("USE_TOOLS", "retrieveUser,createUser,searchUsersByQueryWithId,deleteAPIKeyWithId")];
    let output = run(&environment, &["key", "plan"]);
    let list = String::from_utf8(output.stdout).unwrap();
    assert!(list.starts_with("endpoint          GET  POST  PUT  PATCH  DELETE\n"), "{list}");
    assert!(list.contains("/api/user          x    x\n"), "{list}");
    assert!(list.contains("/api/user/search        x\n"), "{list}");
    assert!(list.contains("/api/api-key                               x\n"), "{list}");
    assert!(list.contains("3 endpoints, 4 permissions\n"), "{list}");
    assert!(list.contains("Key manager") && list.contains("USE_TOOLS=-deleteAPIKeyWithId"), "{list}");
}

#[test]
fn where_no_tool_needs_a_key_there_is_no_plan_since_an_empty_one_allows_everything() {
    for arguments in [&["key", "plan"][..], &["key", "create", "--yes"]] {
        let output = run(&[("USE_TOOLS", "retrieveOpenIdConfigurationWithId")], arguments);
        assert_eq!(output.status.code(), Some(2), "{}", texts(&output));
        assert!(texts(&output).contains("none of the chosen tools needs an API key"), "{}", texts(&output));
    }
}

/// The new key may do what the tools do, and nothing else; its value is in a file and nowhere else.
#[test]
fn a_key_is_made_for_the_chosen_tools() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys/new.key");
    let path = file.to_str().unwrap();
    let environment = [
        ("API_BASE_URL", sandbox.url()),
        ("API_KEY_APIKEYAUTH", API_KEY),
        ("USE_TOOLS", "retrieveUser,searchUsersByQueryWithId"),
        ("READ_ONLY", "true"),
    ];
    let create = ["key", "create", "--out", path, "--expires-in", "90d"];
    let unasked = run(&environment, &create);
    assert_eq!(unasked.status.code(), Some(2), "{}", texts(&unasked));
    assert!(!file.exists());
    let dry = run(&environment, &[&create[..], &["--dry-run"]].concat());
    assert!(dry.status.success() && texts(&dry).contains("\"path\":\"/api/api-key\""), "{}", texts(&dry));
    assert!(!file.exists());
    let made = run(&environment, &[&create[..], &["--yes", "-vv"]].concat());
    let said = texts(&made);
    assert!(made.status.success(), "{said}");
    let value = fs::read_to_string(&file).unwrap();
    assert!(value.trim().len() >= 40, "{} characters", value.len());
    assert!(!said.contains(value.trim()), "{said}");
    assert!(texts(&dry).contains("\"key\":\"(secret"), "{}", texts(&dry));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let call = |tool: &str, arguments: &[&str]| {
        let all = [&["--api-key-file", path, "call", tool], arguments].concat();
        run(&[("API_BASE_URL", sandbox.url())], &all)
    };
    let found = call("retrieveUser", &["email=richard@piedpiper.example"]);
    assert!(found.status.success(), "{}", texts(&found));
    for (tool, argument) in
        [("retrieveTenants", None), ("retrieveUserWithId", Some("userId=00000000-0000-0000-0000-000000000001"))]
    {
        let refused = call(tool, argument.as_slice());
        let is_refused = texts(&refused).starts_with("401");
        // The same endpoint with an id in its path is the same permission.
        assert_eq!(is_refused, tool == "retrieveTenants", "{tool}: {}", texts(&refused));
    }
    let again = run(&environment, &[&create[..], &["--yes"]].concat());
    assert_eq!(again.status.code(), Some(2), "{}", texts(&again));
    assert!(texts(&again).contains("already exists"), "{}", texts(&again));
    assert_eq!(fs::read_to_string(&file).unwrap(), value);
}

#[test]
fn a_key_that_is_not_made_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let create = ["key", "create", "--yes", "--use-tools", "retrieveUser", "--out", file.to_str().unwrap()];
    let sandbox = Sandbox::start(&[]);
    let key = fusionauth_sandbox::seed::READ_ONLY_API_KEY;
    let output = run(&[("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", key)], &create);
    assert_eq!(output.status.code(), Some(1), "{}", texts(&output));
    assert!(texts(&output).contains("key manager") && !texts(&output).contains(key), "{}", texts(&output));
    assert!(!file.exists());
    let output = run(&[("API_BASE_URL", "http://127.0.0.1:9"), ("API_KEY_APIKEYAUTH", "test-key")], &create);
    assert_eq!(output.status.code(), Some(1), "{}", texts(&output));
    assert!(texts(&output).contains("No connection") && !file.exists(), "{}", texts(&output));
    let taken = Recorder::start(|request| match request.method.as_str() {
        "GET" => Reply::json(200, "{}"),
        _ => Reply::json(
            400,
            r#"{"fieldErrors":{"apiKey.name":[{"code":"[duplicate]apiKey.name","message":"Taken."}]}}"#,
        ),
    });
    let output = run(&[("API_BASE_URL", &taken.url()), ("API_KEY_APIKEYAUTH", "test-key")], &create);
    assert_eq!(output.status.code(), Some(1), "{}", texts(&output));
    assert!(texts(&output).contains("Taken.") && !file.exists(), "{}", texts(&output));
    let sent = taken.take();
    let sent: Value = serde_json::from_slice(&sent.last().unwrap().body).unwrap();
    assert_eq!(sent["apiKey"]["permissions"], json!({ "endpoints": { "/api/user": ["GET"] } }));
    assert_eq!(sent["apiKey"]["retrievable"], false);
}

#[test]
fn a_key_whose_fate_is_unknown_keeps_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let upstream = Recorder::start(|request| match request.method.as_str() {
        "GET" => Reply::json(200, "{}"),
        _ => Reply::Reset,
    });
    let create = ["key", "create", "--yes", "--use-tools", "retrieveUser", "--out", file.to_str().unwrap()];
    let output = run(&[("API_BASE_URL", &upstream.url()), ("API_KEY_APIKEYAUTH", "test-key")], &create);
    assert_eq!(output.status.code(), Some(1), "{}", texts(&output));
    assert!(texts(&output).contains("not known whether the key was created") && file.exists(), "{}", texts(&output));
}

/// A key with a plan's permissions passes the doctor's check; with less, the tools that it cannot call are named.
#[test]
fn the_doctor_names_the_tools_that_the_key_cannot_call() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("new.key");
    let path = file.to_str().unwrap();
    let environment = [("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", API_KEY), ("TOOL_AREAS", "user,group")];
    let made = run(&environment, &["key", "create", "--yes", "--use-tools", "retrieve,search", "--out", path]);
    assert!(made.status.success(), "{}", texts(&made));
    let doctor = |areas: &str| {
        let all = [("API_BASE_URL", sandbox.url()), ("USE_TOOLS", "retrieve,search"), ("TOOL_AREAS", areas)];
        let output = run(&all, &["doctor", "--json", "--api-key-file", path]);
        let findings: Value = serde_json::from_slice(&output.stdout).unwrap();
        let finding =
            findings.as_array().unwrap().iter().find(|finding| finding["name"] == "permissions").unwrap().clone();
        (finding["outcome"].as_str().unwrap().to_owned(), finding["detail"].as_str().unwrap().to_owned())
    };
    let (outcome, detail) = doctor("user,group");
    assert_eq!(outcome, "good", "{detail}");
    let (outcome, detail) = doctor("user,group,theme,lambda");
    assert_eq!(outcome, "attention", "{detail}");
    for tool in ["retrieveThemes", "searchThemesWithId", "retrieveLambdaWithId"] {
        assert!(detail.contains(tool), "{tool}: {detail}");
    }
    for tool in ["retrieveUser", "searchGroupsWithId", "retrieveGroupWithId"] {
        assert!(!detail.contains(tool), "{tool}: {detail}");
    }
}

#[test]
fn the_list_of_tools_marks_what_the_key_may_not_call() {
    let sandbox = Sandbox::start(&[]);
    let key = fusionauth_sandbox::seed::READ_ONLY_API_KEY;
    let environment =
        [("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", key), ("TOOL_AREAS", "user,report,group")];
    let output = run(&environment, &["tools", "--permissions"]);
    let table = String::from_utf8(output.stdout).unwrap();
    for (start, why) in [
        ("  retrieveUser ", "it may"),
        ("  searchGroupsWithId ", "it may"),
        ("x retrieveReportLogin ", "it may not"),
        ("? createUser ", "that was not tried"),
        ("  describe_tool ", "no key is needed"),
    ] {
        assert!(table.lines().any(|line| line.starts_with(start)), "{start}: {why}: {table}");
    }
    assert!(table.contains("x: the API key may not call it (") && !table.contains(key), "{table}");
    let output = run(&environment, &["tools", "--permissions", "--format", "json"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_key_that_would_be_of_no_use_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let home = [("HOME", folder.path().to_str().unwrap())];
    let file = folder.path().join("a.key");
    let out = ["--out", file.to_str().unwrap()];
    let create = ["--sandbox", "--use-tools", "retrieve", "key", "create", "--yes"];
    for (more, expected) in [
        (&[][..], "--sandbox ends with this command"),
        (&["--out", out[1], "--expires-in", "soon"], "expected a time such as 30s, 12h or 90d"),
        (&["--out", out[1], "--expires-in", "500000000000y"], "later than FusionAuth can store"),
        (&["--out", out[1], "--expires-in", "10000000000000000000s"], "later than FusionAuth can store"),
        (&["--out", out[1], "--expires-in", "1e30"], "expected a time"),
    ] {
        let output = run(&home, &[&create[..], more].concat());
        let said = texts(&output);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {said}");
        assert!(said.contains(expected), "{more:?}: {said}");
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "{more:?}");
    }
    let said = texts(&run(&home, &[&create[..], &out].concat()));
    assert!(said.contains(&format!("install CLIENT --api-key-file {}\n", out[1])), "{said}");
}
