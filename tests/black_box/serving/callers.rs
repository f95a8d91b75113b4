//! Callers and their keys: who comes in, and who does not.

use std::{
    fs,
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::support::{
    HANG_GUARD,
    callers::{Callers, Key},
    client::command,
    recorder::Recorder,
    server::{Response, Server},
};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

fn ping(server: &Server, headers: &[(&str, &str)]) -> Response {
    server.post(headers, PING)
}

fn status(server: &Server, key: &Key) -> u16 {
    ping(server, &key.header()).status
}

/// Waits until a key is refused.
fn refused(server: &Server, key: &Key) -> Response {
    let start = Instant::now();
    loop {
        let answer = ping(server, &key.header());
        if answer.status == 401 {
            return answer;
        }
        assert!(start.elapsed() < HANG_GUARD, "it is taken: {answer:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn only_good_keys_come_in() {
    let callers = Callers::new();
    let server = callers.server(&[], &[]);
    assert!(server.said().contains("no key yet"), "{}", server.said());
    let unknown = ping(&server, &[]);
    assert_eq!((unknown.status, unknown.header("www-authenticate")), (401, Some("Bearer")));
    // Made while the server runs.
    let key = callers.key("anna", "*");
    assert_eq!(ping(&server, &key.header()).json()["result"], json!({}));
    let foreign = Callers::new().key("anna", "*");
    let cut = &key.bearer[..key.bearer.len() - 1];
    for authorization in ["Bearer garbage", cut, &foreign.bearer, &key.bearer.to_lowercase()] {
        let answer = ping(&server, &[("Authorization", authorization)]);
        let challenge = answer.header("www-authenticate");
        assert_eq!((answer.status, challenge), (401, Some("Bearer error=\"invalid_token\"")), "{authorization}");
        assert!(!answer.body.contains(&key.text) && !answer.body.contains("garbage"), "{answer:?}");
    }
    let path = format!("/mcp?access_token={}&key={}", key.text, key.text);
    assert_eq!(server.send("POST", &path, &[], PING).status, 401);
    for method in ["GET", "DELETE"] {
        assert_eq!(server.send(method, "/mcp", &[], "").status, 401, "{method}");
        assert_eq!(server.send(method, "/mcp", &key.header(), "").status, 405, "{method}");
    }
    // Nothing of a request is read for somebody who may not come in.
    assert_eq!(server.post(&[], "{").status, 401);
    assert_eq!(server.send("OPTIONS", "/mcp", &[], "").status, 204);
    assert_eq!(server.send("GET", "/health/ready", &[], "").status, 200);
}

#[test]
fn rights_come_from_the_key_and_not_from_the_header() {
    let callers = Callers::new();
    let server = callers.server(&[], &[]);
    let (reader, writer) = (callers.key("reader", "fusionauth:read"), callers.key("writer", "*"));
    let names = |headers: &[(&str, &str)]| {
        server.legacy(headers, "tools/list", json!({})).body.contains("\"deleteUserWithId\"")
    };
    for header in ["X-Client-Key", "X-Service-Key", "x-service-key"] {
        assert!(!names(&[(header, &reader.text)]), "{header}");
        assert!(names(&[(header, &writer.text)]), "{header}");
    }
    let same = [("Authorization", writer.bearer.as_str()), ("X-Client-Key", &writer.text)];
    assert_eq!(ping(&server, &same).status, 200);
    for different in [
        [("Authorization", reader.bearer.as_str()), ("X-Service-Key", writer.text.as_str())],
        [("X-Client-Key", &reader.text), ("X-Service-Key", &writer.text)],
        [("Authorization", &reader.bearer), ("X-Client-Key", "garbage")],
    ] {
        assert_eq!(ping(&server, &different).status, 400, "{different:?}");
    }
    assert_eq!(ping(&server, &[("Authorization", "Basic YTpi")]).status, 400);
}

#[test]
fn revoked_and_expired_keys_are_refused() {
    let callers = Callers::new();
    let server = callers.server(&[], &[]);
    let key = callers.key("anna", "*");
    let other = callers.key("bert", "*");
    assert_eq!((status(&server, &key), status(&server, &other)), (200, 200));
    assert!(callers.run(&["keys", "revoke", &key.id]).status.success());
    let answer = refused(&server, &key);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
    assert_eq!(callers.json(&["keys", "show", &key.id])["state"], "revoked");
    assert!(!callers.run(&["keys", "rotate", &key.id]).status.success());
    let short = ["keys", "create", "--name", "short", "--scopes", "*", "--expires", "1s"];
    refused(&server, &Callers::printed(&callers.json(&short)));
    assert!(callers.run(&["callers", "delete", "bert"]).status.success());
    refused(&server, &other);
}

#[test]
fn both_secrets_are_good_while_a_key_is_rotated() {
    let callers = Callers::new();
    let server = callers.server(&[], &[]);
    let first = callers.key("anna", "*");
    let second = Callers::printed(&callers.json(&["keys", "rotate", "anna"]));
    assert_eq!((&second.id, second.text != first.text), (&first.id, true));
    assert_eq!((status(&server, &first), status(&server, &second)), (200, 200));
    let third = Callers::printed(&callers.json(&["keys", "rotate", &first.id, "--overlap", "0s"]));
    refused(&server, &first);
    refused(&server, &second);
    assert_eq!(status(&server, &third), 200);
    assert_eq!(callers.json(&["keys", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn commands_about_keys_and_callers() {
    let callers = Callers::new();
    let create = |arguments: &[&str]| callers.run(&[&["keys", "create"], arguments].concat());
    for (arguments, expected) in [
        (&["--name", "a", "--scopes", "read"] as &[_], "`read` is no scope"),
        (&["--name", " ", "--scopes", "*"], "1 to 100 characters"),
        (&["--name", "local", "--scopes", "*"], "audit log"),
        (&["--name", "a", "--scopes", "*", "--caller", "nobody"], "no caller `nobody`"),
        (&["--name", "a", "--scopes", "*", "--expires", "soon"], "or never"),
        (&["--name", "a", "--scopes", "*", "--expires", "9999years"], "at most 100 years"),
        (&["--name", "a", "--scopes", "*", "--expires", "99999999999999days"], "at most 100 years"),
    ] {
        let output = create(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && output.stdout.is_empty() && said.contains(expected),
            "{arguments:?}: {said}"
        );
    }
    let far = callers.run(&["keys", "rotate", "a", "--overlap", "99999999999days"]);
    assert!(String::from_utf8_lossy(&far.stderr).contains("at most 100 years"), "{far:?}");
    let id = callers.run(&["callers", "add", "anna"]).stdout;
    let id = String::from_utf8(id).unwrap();
    assert!(!callers.run(&["callers", "add", "anna"]).status.success());
    let made = create(&["--name", "laptop", "--caller", "anna", "--scopes", "b:x,a:read", "--expires", "never"]);
    let (text, said) = (String::from_utf8(made.stdout).unwrap(), String::from_utf8(made.stderr).unwrap());
    assert!(text.starts_with("fam_") && text.trim_end().len() == 66, "{text}");
    assert!(said.contains("never expires") && !said.contains(text.trim_end()), "{said}");
    let shown = callers.json(&["callers", "show", id.trim_end()]);
    assert_eq!((&shown["name"], &shown["keys"][0]["scopes"]), (&json!("anna"), &json!(["a:read", "b:x"])));
    assert_eq!((&shown["keys"][0]["expires"], &shown["keys"][0]["lastUsed"]), (&json!(null), &json!(null)));
    callers.key("bert", "*");
    assert!(callers.run(&["callers", "link", "bert", "laptop"]).status.success());
    assert_eq!(callers.json(&["keys", "show", "laptop"])["caller"], "bert");
    assert!(callers.run(&["callers", "delete", "bert"]).status.success());
    assert_eq!(
        (callers.json(&["keys", "list"]), callers.json(&["callers", "list"])[0]["name"].clone()),
        (json!([]), json!("anna"))
    );
    for table in [&["keys", "list"] as &[_], &["callers", "list"], &["callers", "show", "anna"]] {
        assert!(callers.run(table).status.success(), "{table:?}");
    }
}

/// Of a key, nothing but its id and its hash is kept or said.
#[cfg(unix)]
#[test]
fn no_secret_is_kept_or_logged() {
    let callers = Callers::new();
    let upstream = Recorder::agreeable();
    let log = callers.folder().to_owned() + "/audit.log";
    let environment = [
        ("API_BASE_URL", &*upstream.url()),
        ("API_KEY_APIKEYAUTH", "the-upstream-secret"),
        ("AUDIT_LOG", &log),
        ("LOG", "trace"),
    ];
    let server = callers.server(&environment, &[]);
    let key = callers.key("anna", "*");
    let user = json!({ "userId": crate::support::USER_ID });
    assert!(server.call(&key.header(), "retrieveUserWithId", user).starts_with("200 OK"));
    assert_eq!(ping(&server, &[("Authorization", &format!("{}x", key.bearer))]).status, 401);
    let sent = upstream.take();
    assert_eq!(sent[0].header("authorization"), Some("the-upstream-secret"));
    assert!(!format!("{sent:?}").contains(&key.text));
    assert!(fs::read_to_string(&log).unwrap().contains("\"caller\":\"anna\""));
    let secret = &key.text[key.text.len() - 49..];
    server.terminate();
    let (_, said) = server.ended();
    for needle in [secret, "the-upstream-secret"] {
        assert!(!said.contains(needle), "{said}");
        for file in fs::read_dir(callers.folder()).unwrap().map(Result::unwrap) {
            let bytes = fs::read(file.path()).unwrap();
            assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()), "{:?}", file.path());
        }
    }
    assert!(callers.json(&["keys", "show", &key.id])["lastUsed"].is_string(), "noted at the end");
}

/// Whatever moment a command is killed at, the store opens, and every key that was printed is a key.
#[test]
fn a_killed_command_leaves_nothing_half_done() {
    let callers = Callers::new();
    let first = callers.key("anna", "*");
    for delay in 0..50 {
        let mut child = command(&[])
            .args([
                "keys",
                "create",
                "--name",
                &format!("key-{delay}"),
                "--scopes",
                "*",
                "--data-dir",
                callers.folder(),
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        thread::sleep(Duration::from_micros(delay * 400));
        let _ = child.kill();
        let printed = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        let keys = callers.json(&["keys", "list"]);
        let keys = keys.as_array().unwrap();
        assert!(keys.iter().all(|key| key["secrets"] == 1), "{keys:?}");
        if let Some(id) = printed.strip_prefix("fam_").and_then(|key| key.split('_').next()) {
            assert!(keys.iter().any(|key| key["id"] == id), "{printed} {keys:?}");
        }
    }
    let server = callers.server(&[], &[]);
    assert_eq!(status(&server, &first), 200);
}
