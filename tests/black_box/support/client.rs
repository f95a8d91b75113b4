//! A plain MCP client over stdio, which sees every line.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::HANG_GUARD;

pub const BINARY: &str = env!("CARGO_BIN_EXE_fusionauth-mcp");

/// The binary with nothing but the given environment.
pub fn command(environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(BINARY);
    command.env_clear().envs(environment.iter().copied());
    command
}

pub struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: Receiver<String>,
    unclaimed: Vec<Value>,
    next_id: u64,
}

/// What a tool answered.
#[derive(Debug)]
pub struct ToolAnswer {
    pub text: String,
    pub is_error: bool,
}

impl Client {
    /// Starts the binary; no message is sent yet.
    pub fn start(environment: &[(&str, &str)]) -> Self {
        Self::start_with(environment, &[])
    }

    /// Starts the binary with arguments; no message is sent yet.
    pub fn start_with(environment: &[(&str, &str)], arguments: &[String]) -> Self {
        let mut command = command(environment);
        let command = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in stdout.lines() {
                if line.is_err() || sender.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        let mut errors = child.stderr.take().unwrap();
        let (sender, stderr) = channel();
        thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            let _ = sender.send(text);
        });
        Self { child, stdin, lines, stderr, unclaimed: Vec::new(), next_id: 1 }
    }

    /// Starts the binary and shakes hands (MCP 2025-11-25).
    pub fn connect(environment: &[(&str, &str)]) -> Self {
        let mut client = Self::start(environment);
        client.initialize("2025-11-25");
        client
    }

    /// A connected client whose upstream is there, with a key.
    pub fn of_upstream(url: &str) -> Self {
        Self::connect(&[("API_BASE_URL", url), ("API_KEY_APIKEYAUTH", "test-key")])
    }

    pub fn initialize(&mut self, version: &str) -> Value {
        self.initialize_with(version, json!({}))
    }

    pub fn initialize_with(&mut self, version: &str, capabilities: Value) -> Value {
        let parameters = json!({
            "protocolVersion": version,
            "capabilities": capabilities,
            "clientInfo": { "name": "black box", "version": "1" },
        });
        let result = self.request("initialize", parameters)["result"].clone();
        self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        result
    }

    pub fn send(&mut self, message: &Value) {
        self.send_line(&message.to_string());
    }

    pub fn send_line(&mut self, line: &str) {
        self.send_text(&format!("{line}\n"));
    }

    /// Sends a line that may be no text.
    pub fn send_bytes(&mut self, line: &[u8]) {
        self.send_raw(&[line, b"\n"].concat());
    }

    fn send_text(&mut self, text: &str) {
        self.send_raw(text.as_bytes());
    }

    fn send_raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(bytes).unwrap();
        stdin.flush().unwrap();
    }

    /// Calls a tool: what came before the response, and the response.
    pub fn observed(&mut self, parameters: Value) -> (Vec<Value>, Value) {
        let id = self.begin("tools/call", parameters);
        let mut before = Vec::new();
        loop {
            let message = self.next_message();
            if message["id"] == id {
                return (before, message);
            }
            before.push(message);
        }
    }

    /// Sends a request, and does not wait.
    pub fn begin(&mut self, method: &str, parameters: Value) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters }));
        id
    }

    /// The response to a request, whatever comes in between.
    pub fn finish(&mut self, id: u64) -> Value {
        self.finish_as(&json!(id))
    }

    pub fn finish_as(&mut self, id: &Value) -> Value {
        if let Some(index) = self.unclaimed.iter().position(|message| message["id"] == *id) {
            return self.unclaimed.remove(index);
        }
        loop {
            let message = self.next_message();
            if message["id"] == *id {
                return message;
            }
            self.unclaimed.push(message);
        }
    }

    /// The next message, of whatever kind. Every line on stdout is JSON, or the test fails.
    pub fn next_message(&mut self) -> Value {
        let line = self.next_line();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("not JSON on stdout: {line:?}: {error}"))
    }

    /// The next line, as it came.
    pub fn next_line(&mut self) -> String {
        self.lines.recv_timeout(HANG_GUARD).expect("a message on stdout")
    }

    pub fn request(&mut self, method: &str, parameters: Value) -> Value {
        let id = self.begin(method, parameters);
        self.finish(id)
    }

    pub fn begin_call(&mut self, tool: &str, arguments: Value) -> u64 {
        self.begin("tools/call", json!({ "name": tool, "arguments": arguments }))
    }

    pub fn call(&mut self, tool: &str, arguments: Value) -> ToolAnswer {
        let response = self.request("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = response.get("result").unwrap_or_else(|| panic!("{tool}: {response}"));
        let content = result["content"].as_array().unwrap();
        assert_eq!(content.len(), 1, "one text block: {result}");
        ToolAnswer {
            text: content[0]["text"].as_str().unwrap().to_owned(),
            is_error: result["isError"].as_bool().unwrap_or_default(),
        }
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// Sends a call and closes stdin. The line has no newline, so the server can only read it at the end of its input.
    pub fn begin_last_call(&mut self, tool: &str, arguments: Value) {
        let parameters = json!({ "name": tool, "arguments": arguments });
        let message = json!({ "jsonrpc": "2.0", "id": self.next_id, "method": "tools/call", "params": parameters });
        self.send_text(&message.to_string());
        self.close_stdin();
    }

    /// Waits for the end of the process: its status, what is left on stdout, and stderr.
    pub fn ended(mut self) -> (ExitStatus, Vec<String>, String) {
        let mut rest = Vec::new();
        loop {
            match self.lines.recv_timeout(HANG_GUARD) {
                Ok(line) => rest.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the process goes on, with stdout open"),
            }
        }
        let stderr = self.stderr.recv_timeout(HANG_GUARD).expect("the end of stderr");
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < HANG_GUARD, "the process goes on, with stdout closed");
            thread::sleep(Duration::from_millis(2));
        };
        (status, rest, stderr)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
