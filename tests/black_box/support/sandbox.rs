//! The sandbox on a port, as the command serves it: an upstream that behaves.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Stdio},
};

use super::client::{Client, command};

/// The key that may do everything.
pub const API_KEY: &str = fusionauth_sandbox::installation::API_KEY;

pub struct Sandbox {
    child: Child,
    url: String,
}

impl Sandbox {
    /// Starts it with the seed data, or as `arguments` say.
    pub fn start(arguments: &[&str]) -> Self {
        Self::with_environment(arguments, &[])
    }

    pub fn with_environment(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = command(environment)
            .args([&["sandbox", "--port", "0"], arguments].concat())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut banner = String::new();
        BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut banner).unwrap();
        assert!(banner.starts_with("A SIMULATION of FusionAuth"), "{banner}");
        let url = banner.trim_end().rsplit_once(' ').unwrap().1.to_owned();
        Self { child, url }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connected MCP client that may do everything, and is answered in full.
    pub fn client(&self) -> Client {
        self.client_with(&[
            ("API_KEY_APIKEYAUTH", API_KEY),
            ("MAX_ANSWER_TOKENS", "10000000"),
            ("MAX_WHOLE_OBJECTS", "10000000"),
            ("CHANGE_ANSWERS", "full"),
        ])
    }

    /// A connected MCP client with this environment.
    pub fn client_with(&self, environment: &[(&str, &str)]) -> Client {
        Client::connect(&[&[("API_BASE_URL", self.url.as_str())], environment].concat())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
