//! The official TypeScript SDK's client and the official inspector. They need Node and fetch their packages once.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use fusionauth_sandbox::seed::RICHARD_ID;
use serde_json::Value;

use crate::support::{client::BINARY, sandbox::Sandbox};

/// The folder of the clients, with their packages installed.
pub fn clients() -> &'static Path {
    static CLIENTS: OnceLock<PathBuf> = OnceLock::new();
    CLIENTS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/node");
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        let output = Command::new(npm).args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).output().unwrap();
        assert!(output.status.success(), "npm ci: {}", String::from_utf8_lossy(&output.stderr));
        folder
    })
}

#[test]
fn the_official_sdk_lists_calls_and_cancels() {
    // The call that the client aborts is never answered.
    let sandbox = Sandbox::start(&["--hang", "/api/status"]);
    let output = Command::new("node").args(["sdk.mjs", BINARY, sandbox.url()]).current_dir(clients()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(seen["serverInfo"]["name"], "fusionauth-mcp");
    assert!(seen["toolCount"].as_u64().unwrap() >= 323, "{}", seen["toolCount"]);
    let text = seen["ok"]["text"].as_str().unwrap();
    assert!(text.starts_with("200 OK\n{\"user\":") && text.contains("richard@piedpiper.example"), "{text}");
    assert_eq!(seen["unknown"]["code"], -32602);
    assert_eq!(seen["missing"]["isError"], true);
    assert!(seen["missing"]["text"].as_str().unwrap().contains("userId: missing"));
    assert_eq!(seen["aborted"], true);
}

pub(crate) fn inspect(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    inspect_with(sandbox, "LOG=warn", arguments)
}

/// The same with a variable set.
fn inspect_with(sandbox: &Sandbox, variable: &str, arguments: &[&str]) -> Output {
    let url = format!("API_BASE_URL={}", sandbox.url());
    Command::new("node")
        .args(["node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js", "--cli"])
        .args(["-e", &url, "-e", "API_KEY_APIKEYAUTH=sandbox-api-key", "-e", variable, BINARY])
        .args(arguments)
        .current_dir(clients())
        .output()
        .unwrap()
}

#[test]
fn the_official_inspector_lists_and_calls() {
    let sandbox = Sandbox::start(&[]);
    for generation in ["legacy", "modern"] {
        let listed = inspect(&sandbox, &["--protocol-era", generation, "--method", "tools/list"]);
        assert!(listed.status.success(), "{generation}: {}", String::from_utf8_lossy(&listed.stderr));
        let list: Value = serde_json::from_slice(&listed.stdout).unwrap();
        assert!(list["tools"].as_array().unwrap().len() >= 323);
        let user = format!("userId={RICHARD_ID}");
        let call = ["--method", "tools/call", "--tool-name", "retrieveUserWithId", "--tool-arg", &user];
        let called = inspect(&sandbox, &[&["--protocol-era", generation], &call[..]].concat());
        assert!(called.status.success(), "{generation}: {}", String::from_utf8_lossy(&called.stderr));
        let result: Value = serde_json::from_slice(&called.stdout).unwrap();
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(text.starts_with("200 OK\n{\"user\":") && text.contains("richard@piedpiper.example"), "{text}");
    }
}

/// It checks whether other clients can take the schemas.
#[test]
fn the_official_inspector_finds_every_schema_portable() {
    let sandbox = Sandbox::start(&[]);
    for variable in ["TOOL_SCHEMAS=compact", "TOOL_SCHEMAS=full", "TOOL_MODE=search"] {
        let listed = inspect_with(&sandbox, variable, &["--method", "tools/list", "--strict"]);
        let said = String::from_utf8_lossy(&listed.stderr);
        assert!(listed.status.success(), "{variable}: {said}");
        let findings: Vec<_> =
            said.lines().filter(|line| line.contains("Warning: ") || line.contains("Error: ")).collect();
        assert!(findings.is_empty() && !said.contains(" warning"), "{variable}: {findings:#?}");
    }
    // What it says of a schema that it does not like.
    let listed = inspect_with(&sandbox, "STRUCTURED_OUTPUT=true", &["--method", "tools/list", "--strict"]);
    assert!(String::from_utf8_lossy(&listed.stderr).contains("Warning: tool "));
}
