//! The audit log: a line a call, whole, and never a secret.

use std::{fs, io::Write, path::Path, process::Command};

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::Client,
    recorder::{Recorder, Reply},
};

fn environment<'a>(url: &'a str, log: &'a str) -> [(&'a str, &'a str); 3] {
    [("API_BASE_URL", url), ("API_KEY_APIKEYAUTH", "the-api-key"), ("AUDIT_LOG", log)]
}

fn lines(log: &Path) -> Vec<Value> {
    let text = fs::read_to_string(log).unwrap();
    assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
}

/// The line without what differs from run to run.
fn stable(mut line: Value) -> Value {
    let time = line["time"].as_str().unwrap();
    // RFC 3339 in UTC, to the millisecond.
    assert!(time.len() == 24 && time.ends_with('Z') && time.as_bytes()[10] == b'T', "{time}");
    assert!(line["durationMs"].is_u64() && line["bytes"].is_u64(), "{line}");
    for key in ["time", "durationMs", "bytes"] {
        line.as_object_mut().unwrap().remove(key);
    }
    line
}

#[test]
fn each_call_is_a_line() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.log");
    let upstream = Recorder::start(|request| match request.method.as_str() {
        "PUT" => Reply::json(404, ""),
        _ => Reply::json(200, "{\"user\":{\"email\":\"richard@example.com\"}}"),
    });
    let url = upstream.url();
    let mut client = Client::connect(&environment(&url, log.to_str().unwrap()));
    client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    client.call("deleteUserWithId", json!({ "userId": USER_ID, "hardDelete": true }));
    client.call("updateGroupWithId", json!({ "groupId": USER_ID, "requestBody": { "group": { "name": "a" } } }));
    client.call("retrieveUserWithId", json!({ "userId": "richard" }));
    client.call("deleteUserBulk", json!({ "requestBody": { "userIds": [USER_ID, USER_ID] } }));
    client.request("tools/call", json!({ "name": "noSuchTool", "arguments": {} }));
    client.call("describe_tool", json!({ "names": ["retrieveUser"] }));
    let line = |tool: &str, target: Value, status: Value, error: Value| json!({ "caller": "local", "tool": tool, "target": target, "status": status, "confirmed": false, "error": error });
    let user = json!({ "userId": USER_ID });
    assert_eq!(
        lines(&log).into_iter().map(stable).collect::<Vec<_>>(),
        [
            line("retrieveUserWithId", user.clone(), json!(200), json!(null)),
            line("deleteUserWithId", user, json!(200), json!(null)),
            line("updateGroupWithId", json!({ "groupId": USER_ID }), json!(404), json!("status")),
            line("retrieveUserWithId", json!({}), json!(null), json!("arguments")),
            line("deleteUserBulk", json!({ "userIds": [USER_ID, USER_ID] }), json!(200), json!(null)),
            line("noSuchTool", json!({}), json!(null), json!("unknown_tool")),
            line("describe_tool", json!({}), json!(null), json!(null)),
        ]
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&log).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn a_confirmation_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.log");
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let mut client = Client::start(&environment(&url, log.to_str().unwrap()));
    client.initialize_with("2025-11-25", json!({ "elicitation": {} }));
    for action in ["accept", "decline", "cancel"] {
        let id = client.begin_call("deleteKeyWithId", json!({ "keyId": USER_ID }));
        let asked = client.next_message();
        client.send(&json!({ "jsonrpc": "2.0", "id": asked["id"], "result": { "action": action } }));
        client.finish(id);
    }
    let lines = lines(&log);
    let seen: Vec<_> = lines.iter().map(|line| (line["confirmed"].clone(), line["error"].clone())).collect();
    assert_eq!(
        seen,
        [(json!(true), json!(null)), (json!(false), json!("declined")), (json!(false), json!("cancelled")),]
    );
}

#[test]
fn no_body_and_no_secret_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.log");
    let upstream = Recorder::start(|_| Reply::json(200, "{\"token\":\"planted-secret\"}"));
    let url = upstream.url();
    let mut client = Client::connect(&environment(&url, log.to_str().unwrap()));
    let body = json!({ "loginId": "planted-name", "password": "planted-secret" });
    client.call("loginWithId", json!({ "requestBody": body }));
    client.call("deleteJwtRefresh", json!({ "token": "planted-secret" }));
    client.call(
        "changePasswordWithId",
        json!({ "changePasswordId": "planted-secret", "requestBody": { "password": "planted-secret" } }),
    );
    client.request("tools/call", json!({ "name": "planted".repeat(1000), "arguments": {} }));
    assert_eq!(lines(&log).len(), 4);
    let text = fs::read_to_string(&log).unwrap();
    assert!(!text.contains("planted-") && !text.contains("the-api-key") && text.len() < 4000, "{text}");
}

#[test]
fn a_call_that_is_given_up_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.log");
    let upstream = Recorder::start(|request| match request.method.as_str() {
        "DELETE" => Reply::Hang,
        _ => Reply::json(200, "{}"),
    });
    let url = upstream.url();
    let mut client = Client::connect(&environment(&url, log.to_str().unwrap()));
    let id = client.begin_call("deleteUserWithId", json!({ "userId": USER_ID }));
    upstream.wait_for_requests(1);
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }));
    upstream.wait_for_aborted(1);
    // Lines are written in their order.
    client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    let lines = lines(&log);
    assert_eq!(lines[0]["error"], "abandoned", "{lines:?}");
    assert_eq!((&lines[0]["tool"], &lines[0]["target"]["userId"]), (&json!("deleteUserWithId"), &json!(USER_ID)));
}

#[test]
fn a_dry_run_is_recorded_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.log");
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let mut client = Client::connect(&[&environment(&url, log.to_str().unwrap())[..], &[("DRY_RUN", "true")]].concat());
    client.call("deleteUserWithId", json!({ "userId": USER_ID }));
    let line = &lines(&log)[0];
    assert_eq!(
        (&line["dryRun"], &line["status"], &line["error"]),
        (&json!(true), &json!(null), &json!(null)),
        "{line}"
    );
}

#[cfg(unix)]
#[test]
fn a_rotated_log_is_opened_anew_on_sighup() {
    let folder = tempfile::tempdir().unwrap();
    let (log, rotated) = (folder.path().join("audit.log"), folder.path().join("audit.log.1"));
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let mut client = Client::connect(&environment(&url, log.to_str().unwrap()));
    client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    fs::rename(&log, &rotated).unwrap();
    client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert_eq!(lines(&rotated).len(), 2);
    let sent = Command::new("kill").args(["-HUP", &client.process_id().to_string()]).status().unwrap();
    assert!(sent.success());
    client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert_eq!((lines(&rotated).len(), lines(&log).len()), (2, 1));
}

#[test]
fn a_line_that_was_cut_off_spoils_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.log");
    fs::write(&log, "{\"tool\":\"whole\"}\n{\"tool\":\"tor").unwrap();
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let mut client = Client::connect(&environment(&url, log.to_str().unwrap()));
    client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
    let text = fs::read_to_string(&log).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    assert_eq!(serde_json::from_str::<Value>(lines[2]).unwrap()["tool"], "retrieveUserWithId");
}

#[cfg(unix)]
#[test]
fn lines_are_whole_after_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.log");
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let mut client = Client::connect(&environment(&url, log.to_str().unwrap()));
    for _ in 0..50 {
        client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }));
    }
    upstream.wait_for_requests(25);
    assert!(Command::new("kill").args(["-9", &client.process_id().to_string()]).status().unwrap().success());
    client.ended();
    assert!(lines(&log).len() <= 50);
}

#[cfg(unix)]
#[test]
fn a_log_that_cannot_be_written_is_reported_once_and_holds_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    for log in [folder.path().join("no-such-folder/audit.log"), folder.path().to_owned(), "/dev/full".into()] {
        let upstream = Recorder::agreeable();
        let url = upstream.url();
        let mut client = Client::connect(&environment(&url, log.to_str().unwrap()));
        for _ in 0..3 {
            assert!(!client.call("retrieveUserWithId", json!({ "userId": USER_ID })).is_error);
        }
        client.close_stdin();
        let (status, _, stderr) = client.ended();
        assert!(status.success(), "{}", log.display());
        assert_eq!(stderr.matches("the audit log is not written").count(), 1, "{}: {stderr}", log.display());
        assert!(stderr.contains(log.to_str().unwrap()), "{stderr}");
    }
}

/// A pipe that nobody reads: to open it waits for ever.
#[cfg(unix)]
#[test]
fn a_log_that_hangs_holds_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&log).status().unwrap().success());
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let mut client = Client::connect(&environment(&url, log.to_str().unwrap()));
    for _ in 0..3 {
        assert!(!client.call("retrieveUserWithId", json!({ "userId": USER_ID })).is_error);
    }
    client.close_stdin();
    assert!(client.ended().0.success());
}

#[test]
fn two_processes_share_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("audit.log");
    fs::File::create(&log).unwrap().write_all(b"").unwrap();
    let upstream = Recorder::agreeable();
    let url = upstream.url();
    let mut clients: Vec<_> = (0..2).map(|_| Client::connect(&environment(&url, log.to_str().unwrap()))).collect();
    for _ in 0..20 {
        for client in &mut clients {
            client.call("retrieveUserWithId", json!({ "userId": USER_ID }));
        }
    }
    assert_eq!(lines(&log).len(), 40);
}
