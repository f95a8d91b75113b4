//! The binary as a server of several people, and a plain HTTP client, which sees every byte.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, ExitStatus, Stdio},
    sync::{
        Mutex,
        mpsc::{Receiver, channel},
    },
    thread,
    time::Instant,
};

use serde_json::{Value, json};

use super::{HANG_GUARD, client::command};

/// The version that needs no handshake.
pub const MODERN: &str = "2026-07-28";

/// The version before it.
pub const LEGACY: &str = "2025-11-25";

pub struct Server {
    child: Child,
    address: SocketAddr,
    said: String,
    stderr: Mutex<Receiver<String>>,
}

/// An answer as it came.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The messages in it: one, or those of a stream of events.
    pub fn messages(&self) -> Vec<Value> {
        let parsed =
            |text: &str| serde_json::from_str(text).unwrap_or_else(|error| panic!("{text:?}: {error}: {self:?}"));
        if self.header("content-type") == Some("text/event-stream") {
            self.body.lines().filter_map(|line| line.strip_prefix("data: ")).map(parsed).collect()
        } else {
            vec![parsed(&self.body)]
        }
    }

    /// The last message.
    pub fn json(&self) -> Value {
        self.messages().pop().unwrap()
    }
}

impl Server {
    /// Starts `serve` on a free port.
    pub fn start(environment: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut child = command(environment)
            .args([&["serve", "--listen", "127.0.0.1:0"], arguments].concat())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut errors = BufReader::new(child.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("MCP is at ") {
            assert!(errors.read_line(&mut said).unwrap() > 0, "it ended: {said}");
        }
        let rest = said.split_once("MCP is at ").unwrap().1;
        let rest = rest.split_once("listens on ").map_or_else(|| rest.split_once("://").unwrap().1, |(_, rest)| rest);
        let end = rest.find("/mcp").or(rest.find(". Ctrl-C")).unwrap();
        let address = rest[..end].parse().unwrap();
        let (sender, stderr) = channel();
        thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            let _ = sender.send(text);
        });
        Self { child, address, said, stderr: Mutex::new(stderr) }
    }

    /// One that everybody may use, for an upstream that is there.
    pub fn open(upstream: &str) -> Self {
        Self::start(&[("API_BASE_URL", upstream), ("API_KEY_APIKEYAUTH", "test-key")], &["--no-auth"])
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// A connection on which that was sent.
    pub fn connection(&self, sent: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(HANG_GUARD)).unwrap();
        stream.write_all(sent).unwrap();
        stream
    }

    /// Sends a request on a connection of its own. What is in `headers` comes in the place of what is usual.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Response {
        read(&mut self.connection(self.request(method, path, headers, body).as_bytes()))
    }

    /// The text of a request.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let host = self.address.to_string();
        let length = body.len().to_string();
        let usual = [
            ("Host", host.as_str()),
            ("Connection", "close"),
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
            ("Content-Length", length.as_str()),
        ];
        let is_given = |name: &str| headers.iter().any(|(given, _)| given.eq_ignore_ascii_case(name));
        let all = usual.iter().filter(|(name, _)| !is_given(name)).chain(headers);
        // An empty value leaves a header out.
        let all: String =
            all.filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("{method} {path} HTTP/1.1\r\n{all}\r\n{body}")
    }

    /// Posts a body to `/mcp`.
    pub fn post(&self, headers: &[(&str, &str)], body: &str) -> Response {
        self.send("POST", "/mcp", headers, body)
    }

    /// A request of MCP 2025-11-25.
    pub fn legacy(&self, headers: &[(&str, &str)], method: &str, params: Value) -> Response {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        self.post(&[&[("MCP-Protocol-Version", LEGACY)], headers].concat(), &body)
    }

    /// A request of MCP 2026-07-28.
    pub fn modern(&self, headers: &[(&str, &str)], method: &str, params: Value) -> Response {
        let (own, body) = modern(method, params, json!({}));
        let own: Vec<_> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.post(&[&own, headers].concat(), &body)
    }

    /// Calls a tool as a client of MCP 2025-11-25: its text.
    pub fn call(&self, headers: &[(&str, &str)], tool: &str, arguments: Value) -> String {
        let answer = self.legacy(headers, "tools/call", json!({ "name": tool, "arguments": arguments })).json();
        answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{tool}: {answer}")).to_owned()
    }

    /// Asks it to end, as the system does.
    #[cfg(unix)]
    pub fn terminate(&self) {
        let status = std::process::Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Waits for the end: its status, and what it said.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let stderr = self.stderr.get_mut().unwrap().recv_timeout(HANG_GUARD).expect("the end of stderr");
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, format!("{}{stderr}", self.said));
            }
            assert!(start.elapsed() < HANG_GUARD, "the process goes on");
            thread::sleep(std::time::Duration::from_millis(2));
        }
    }

    /// What it said at its start.
    pub fn said(&self) -> &str {
        &self.said
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Headers and body of a request of MCP 2026-07-28.
pub fn modern(method: &str, mut params: Value, capabilities: Value) -> (Vec<(&'static str, String)>, String) {
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!(MODERN);
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities;
    let mut headers = vec![("MCP-Protocol-Version", MODERN.to_owned()), ("Mcp-Method", method.to_owned())];
    let name = params["name"].as_str().or(params["uri"].as_str());
    headers.extend(name.map(|name| ("Mcp-Name", name.to_owned())));
    (headers, json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string())
}

/// Reads an answer up to the end of the connection.
pub fn read(stream: &mut TcpStream) -> Response {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: Vec<_> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let is_chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    Response { status, headers, body: if is_chunked { dechunked(body) } else { body.to_owned() } }
}

fn dechunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            break;
        }
        whole.push_str(&rest[..length]);
        body = &rest[length + 2..];
    }
    whole
}
