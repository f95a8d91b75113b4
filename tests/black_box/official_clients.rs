//! The official TypeScript SDK's client and the official inspector. They need Node and fetch their packages once.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
    time::Duration,
};

use serde_json::Value;

use crate::support::{
    USER_ID,
    client::BINARY,
    recorder::{Recorder, Reply},
};

/// The folder of the clients, with their packages installed.
fn clients() -> &'static Path {
    static CLIENTS: OnceLock<PathBuf> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let output = Command::new(npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
        folder
    })
}

fn upstream() -> Recorder {
    Recorder::start(|request| match request.target.as_str() {
        "/api/status" => Reply::Late(Duration::from_secs(3), Box::new(Reply::json(200, "{}"))),
        _ => Reply::json(200, "{\"user\":{\"email\":\"richard@example.com\"}}"),
    })
}

#[test]
fn the_official_sdk_lists_calls_and_cancels() {
    let upstream = upstream();
    let output =
        Command::new("node").args(["sdk.mjs", BINARY, &upstream.url()]).current_dir(clients()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["serverInfo"]["name"], "fusionauth-mcp");
    assert!(seen["toolCount"].as_u64().unwrap() >= 323, "{}", seen["toolCount"]);
    assert_eq!(seen["ok"]["text"], "200 OK\n{\"user\":{\"email\":\"richard@example.com\"}}");
    assert_eq!(seen["unknown"]["code"], -32602);
    assert_eq!(seen["missing"]["isError"], true);
    assert!(seen["missing"]["text"].as_str().unwrap().contains("userId: missing"));
    assert_eq!(seen["aborted"], true);
}

fn inspect(upstream: &Recorder, arguments: &[&str]) -> Output {
    let url = format!("API_BASE_URL={}", upstream.url());
    Command::new("node")
        .args(["node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js", "--cli"])
        .args(["-e", &url, "-e", "API_KEY_APIKEYAUTH=test-key", BINARY])
        .args(arguments)
        .current_dir(clients())
        .output()
        .unwrap()
}

#[test]
fn the_official_inspector_lists_and_calls() {
    let upstream = upstream();
    for generation in ["legacy", "modern"] {
        let listed = inspect(&upstream, &["--protocol-era", generation, "--method", "tools/list"]);
        assert!(listed.status.success(), "{generation}: {}", String::from_utf8_lossy(&listed.stderr));
        let list: Value = serde_json::from_slice(&listed.stdout).unwrap();
        assert!(list["tools"].as_array().unwrap().len() >= 323);
        let user = format!("userId={USER_ID}");
        let call = ["--method", "tools/call", "--tool-name", "retrieveUserWithId", "--tool-arg", &user];
        let called = inspect(&upstream, &[&["--protocol-era", generation], &call[..]].concat());
        assert!(called.status.success(), "{generation}: {}", String::from_utf8_lossy(&called.stderr));
        let result: Value = serde_json::from_slice(&called.stdout).unwrap();
        assert_eq!(result["content"][0]["text"], "200 OK\n{\"user\":{\"email\":\"richard@example.com\"}}");
    }
}
