//! Comparisons: what a shell gets, and what an MCP client gets.

mod alignment;
mod changes;
mod files;
mod secrets;
mod tool;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
};

use serde_json::Value;

use crate::support::{
    client::command as binary,
    sandbox::{API_KEY, Sandbox},
};

/// The key of the digests in these tests.
const DIGEST_KEY: &str = "a digest key of some length";

fn run(environment: &[(&str, &str)], arguments: &[&str]) -> Output {
    binary(environment).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// What leads to a sandbox.
fn access(sandbox: &Sandbox) -> [(&str, &str); 2] {
    [("API_BASE_URL", sandbox.url()), ("API_KEY_APIKEYAUTH", API_KEY)]
}

/// An environment file that leads to a sandbox.
fn environment_file(folder: &Path, name: &str, sandbox: &Sandbox) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, format!("API_BASE_URL={}\nAPI_KEY_APIKEYAUTH={API_KEY}\n", sandbox.url())).unwrap();
    path
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

/// Compares, and has the result as JSON. The status says whether something differs.
fn compared(environment: &[(&str, &str)], arguments: &[&str]) -> Value {
    let output = run(environment, &[&["diff", "--json"], arguments].concat());
    let result: Value = serde_json::from_str(stdout(&output))
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", stderr(&output)));
    let expected = if result["same"] == true { 0 } else { 1 };
    assert_eq!(output.status.code(), Some(expected), "{result:#}");
    result
}

/// Writes a snapshot.
fn snapshot(environment: &[(&str, &str)], out: &Path, more: &[&str]) {
    let output = run(environment, &[&["export", "snapshot", "--force", "--out", text(out)], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
}

/// What is said not to be comparable, each with its reason.
fn not_comparable(result: &Value) -> Vec<String> {
    let remarks = result["notComparable"].as_array().unwrap().iter();
    remarks.map(|remark| format!("{}: {}", remark["what"].as_str().unwrap(), remark["why"].as_str().unwrap())).collect()
}
