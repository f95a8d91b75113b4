//! Documents of other APIs, and the binary with them.

use std::{path::Path, process::Output};

use serde_json::{Value, json};

use super::{
    client::{BINARY, Client},
    recorder::{Recorded, Recorder},
};

pub type Variables<'a> = &'a [(&'a str, &'a str)];

pub fn document(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/documents").join(name).display().to_string()
}

/// A file with this document, in a folder that is gone with it.
pub fn written(name: &str, document: &Value) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, document.to_string()).unwrap();
    (folder, path.display().to_string())
}

pub fn run(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = std::process::Command::new(BINARY);
    command.env_clear().envs(environment.iter().copied()).args(arguments).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn names(client: &mut Client) -> Vec<String> {
    let listed = client.request("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

/// The one request that a call sends.
pub fn sent(client: &mut Client, upstream: &Recorder, tool: &str, arguments: Value) -> Recorded {
    let answer = client.call(tool, arguments);
    assert!(!answer.is_error, "{tool}: {}", answer.text);
    let mut requests = upstream.take();
    assert_eq!(requests.len(), 1, "{tool}");
    requests.remove(0)
}
