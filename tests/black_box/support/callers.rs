//! Callers with keys, in a folder of their own.

use std::process::{Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{client::command, server::Server};

pub struct Callers(TempDir);

/// A key as it was printed.
#[derive(Debug, Clone)]
pub struct Key {
    pub id: String,
    pub text: String,
    /// As a header has it.
    pub bearer: String,
}

impl Callers {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn folder(&self) -> &str {
        self.0.path().to_str().unwrap()
    }

    /// Runs a command about them.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let folder = ["--data-dir", self.folder()];
        command(&[]).args([arguments, &folder].concat()).stdin(Stdio::null()).output().unwrap()
    }

    /// The same, which has to work: its JSON.
    pub fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Makes a key of a caller of that name.
    pub fn key(&self, name: &str, scopes: &str) -> Key {
        Self::printed(&self.json(&["keys", "create", "--name", name, "--scopes", scopes]))
    }

    /// The key that a command printed.
    pub fn printed(printed: &Value) -> Key {
        let text = printed["key"].as_str().unwrap().to_owned();
        let bearer = format!("Bearer {text}");
        Key { id: printed["id"].as_str().unwrap().to_owned(), text, bearer }
    }

    /// A server that knows them, and shares its credentials with them.
    pub fn server(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Server {
        self.unshared_server(environment, &[&["--shared-upstream"], arguments].concat())
    }

    /// A server that knows them, and keeps its credentials to itself.
    pub fn unshared_server(&self, environment: &[(&str, &str)], arguments: &[&str]) -> Server {
        Server::start(environment, &[&["--data-dir", self.folder()], arguments].concat())
    }

    /// A server that knows them, for an upstream that is there.
    pub fn server_of(&self, upstream: &str) -> Server {
        self.server(&[("API_BASE_URL", upstream), ("API_KEY_APIKEYAUTH", "test-key")], &[])
    }
}

impl Key {
    pub fn header(&self) -> [(&str, &str); 1] {
        [("Authorization", self.bearer.as_str())]
    }
}
