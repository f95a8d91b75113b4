//! The sandbox itself is controlled under a path that FusionAuth does not have.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};

use fusionauth_sandbox::seed::RICHARD_ID;
use serde_json::{Value, json};

use super::calls::{call, succeed};
use crate::support::sandbox::{API_KEY, Sandbox};

/// The status and the body of an answer to a request of the sandbox itself.
fn order(sandbox: &Sandbox, method: &str, path: &str, key: &str) -> (u16, Value) {
    let address = sandbox.url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: {key}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

#[test]
fn a_reset_brings_the_beginning_back_and_a_dump_shows_everything() {
    // The controls work whatever faults are wanted.
    let sandbox = Sandbox::start(&["--hang", "/.sandbox"]);
    let mut client = sandbox.client();
    let dump = |sandbox: &Sandbox| order(sandbox, "GET", "/.sandbox/dump", API_KEY);
    let first = dump(&sandbox);
    assert_eq!(first.0, 200);
    let users = first.1["collections"]["user"].as_array().unwrap();
    assert!(users.iter().any(|user| user["id"] == RICHARD_ID));
    assert!(first.1["settings"]["systemConfiguration"].is_object());
    succeed(&mut client, "deleteUserWithId", json!({ "userId": RICHARD_ID, "hardDelete": true }));
    assert_ne!(dump(&sandbox), first);
    assert_eq!(order(&sandbox, "POST", "/.sandbox/reset", API_KEY), (204, Value::Null));
    assert_eq!(dump(&sandbox), first);
    succeed(&mut client, "retrieveUserWithId", json!({ "userId": RICHARD_ID }));
}

#[test]
fn the_controls_ask_for_the_key_and_know_two_orders() {
    let sandbox = Sandbox::start(&["--empty"]);
    for (method, path, key, status) in [
        ("GET", "/.sandbox/dump", "", 401),
        ("POST", "/.sandbox/reset", "wrong", 401),
        ("POST", "/.sandbox/dump", API_KEY, 405),
        ("GET", "/.sandbox/reset", API_KEY, 405),
        ("GET", "/.sandbox/other", API_KEY, 404),
    ] {
        assert_eq!(order(&sandbox, method, path, key).0, status, "{method} {path}");
    }
}

#[test]
fn a_reset_reads_a_kickstart_file_again_and_keeps_what_is_there_if_it_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("kickstart.json");
    let with_group = |name: &str| {
        let request = json!({ "method": "POST", "url": "/api/group", "body": { "group": { "name": name } } });
        json!({ "apiKeys": [{ "key": "a-key-of-the-file" }], "requests": [request] }).to_string()
    };
    fs::write(&file, with_group("First")).unwrap();
    let sandbox = Sandbox::start(&["--load", file.to_str().unwrap()]);
    let mut client = sandbox.client();
    let names = |client: &mut crate::support::client::Client| {
        let groups = succeed(client, "retrieveGroups", json!({}))["groups"].clone();
        groups.as_array().unwrap().iter().map(|group| group["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut client), ["First"]);
    fs::write(&file, with_group("Second")).unwrap();
    assert_eq!(order(&sandbox, "POST", "/.sandbox/reset", API_KEY).0, 204);
    assert_eq!(names(&mut client), ["Second"]);
    fs::write(&file, "{").unwrap();
    let (status, body) = order(&sandbox, "POST", "/.sandbox/reset", API_KEY);
    let message = body["generalErrors"][0]["message"].as_str().unwrap();
    assert!(status == 500 && message.contains("kickstart.json"), "{status} {body}");
    assert_eq!(names(&mut client), ["Second"]);
    assert_eq!(call(&mut client, "retrieveStatus", json!({})).0, 200);
}
