//! The doctor as an MCP client of this very server.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};

use super::finding::{
    Finding,
    Outcome::{Attention, Good, Skipped},
};
use crate::{fusionauth::permissions::page, mcp::server::Server, serve::stdio::serve_streams};

/// What is asked of FusionAuth.
pub const QUESTION: &str = "a question through MCP";

/// The MCP versions that are tried: the last one with a handshake, and the one without.
const LEGACY: &str = "2025-11-25";
const STATELESS: &str = "2026-07-28";

/// Why the protocol does not work.
#[derive(Debug, thiserror::Error)]
enum ProtocolError {
    #[error("{method}: expected {expected}, got {got}")]
    Unexpected { method: String, expected: String, got: Value },
    #[error("{method}: timed out")]
    NoAnswer { method: String },
    #[error("{method}: the server closed the connection")]
    Closed { method: String },
    #[error("the server no longer reads: {0}")]
    NotRead(std::io::Error),
}

/// Speaks MCP with the server over a pipe within this process, as clients of both generations do. `request_timeout` is
/// what a request to FusionAuth may take.
/// `server` makes a server for each connection.
pub async fn speak_mcp(server: impl Fn() -> Server, request_timeout: Duration) -> Vec<Finding> {
    let patience = request_timeout.saturating_add(Duration::from_secs(10));
    let remedy = concat!("A fault of fusionauth-mcp: please report it at ", env!("CARGO_PKG_REPOSITORY"));
    let finding = |name, result: Result<String, ProtocolError>| match result {
        Ok(detail) => Finding::new(name, Good, detail),
        Err(error) => Finding::new(name, Attention, error.to_string()).with_remedy(remedy),
    };
    let with_handshake = legacy(Client::open(server(), patience, false)).await;
    let (without, question) = match stateless(Client::open(server(), patience, true)).await {
        Ok((detail, question)) => (Ok(detail), question),
        Err(error) => (Err(error), Finding::new(QUESTION, Skipped, "not asked: MCP failed")),
    };
    vec![finding("MCP 2025-11-25", with_handshake), finding("MCP 2026-07-28", without), question]
}

async fn legacy(mut client: Client) -> Result<String, ProtocolError> {
    let hello =
        json!({ "protocolVersion": LEGACY, "capabilities": {}, "clientInfo": { "name": "doctor", "version": "1" } });
    let result = client.request("initialize", hello).await?;
    if result.get("protocolVersion") != Some(&json!(LEGACY)) {
        return Err(unexpected("initialize", format!("MCP {LEGACY}"), result));
    }
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await?;
    let tools = client.tool_names().await?;
    let listed = format!("handshake, {} tools listed", tools.len());
    let reading = ["retrieveStatus", "retrieveVersionWithId", "retrieveApplication"];
    let Some(tool) = reading.into_iter().find(|tool| tools.iter().any(|name| name == tool)) else {
        return Ok(format!("{listed}; no tool to try a call with is offered"));
    };
    let answer = client.call(tool, json!({})).await?;
    // Whether the instance answered is another check's subject: MCP works if the call came back.
    Ok(match answer.lines().next().filter(|headline| headline.starts_with('2')) {
        Some(headline) => format!("{listed}, {tool} called ({headline})"),
        None => format!("{listed}, {tool} called; why it failed is said above"),
    })
}

async fn stateless(mut client: Client) -> Result<(String, Finding), ProtocolError> {
    let result = client.request("server/discover", json!({})).await?;
    let versions = result.get("supportedVersions").and_then(Value::as_array);
    if !versions.is_some_and(|versions| versions.contains(&json!(STATELESS))) {
        return Err(unexpected("server/discover", format!("MCP {STATELESS} among the versions"), result));
    }
    let tools = client.tool_names().await?;
    Ok((format!("discovered, {} tools listed", tools.len()), question(&mut client, &tools).await?))
}

/// Which applications require PKCE?
async fn question(client: &mut Client, tools: &[String]) -> Result<Finding, ProtocolError> {
    let ways = [("searchApplicationsWithId", page(50)), ("retrieveApplication", json!({}))];
    let Some((tool, arguments)) = ways.into_iter().find(|(tool, _)| tools.iter().any(|name| name == tool)) else {
        return Ok(Finding::new(QUESTION, Skipped, "no tool that lists applications is offered"));
    };
    let answer = client.call(tool, arguments).await?;
    let (headline, body) = answer.split_once('\n').unwrap_or((answer.as_str(), ""));
    Ok(match (headline.starts_with('2'), serde_json::from_str::<Value>(body)) {
        (true, Ok(body)) => Finding::new(QUESTION, Good, pkce(&body)),
        _ => {
            let finding = Finding::new(QUESTION, Attention, format!("{tool}: {headline}"));
            finding.with_remedy("Fix the problems above first.")
        }
    })
}

fn pkce(body: &Value) -> String {
    let applications = body.get("applications").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let requires_it = |application: &Value| {
        let policy = application.pointer("/oauthConfiguration/proofKeyForCodeExchangePolicy");
        policy.and_then(Value::as_str) == Some("Required")
    };
    let names = |required: bool| {
        let chosen = applications.iter().filter(|application| requires_it(application) == required);
        let names: Vec<_> = chosen.filter_map(|application| application.get("name")?.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let (read, total) = (applications.len() as u64, body.get("total").and_then(Value::as_u64).unwrap_or_default());
    let plural = if read == 1 { "" } else { "s" };
    let of = if total > read { format!(" (the first of {total})") } else { String::new() };
    format!("{read} application{plural}{of}; PKCE required for: {}; not required for: {}", names(true), names(false))
}

fn unexpected(method: &str, expected: impl Into<String>, got: Value) -> ProtocolError {
    ProtocolError::Unexpected { method: method.to_owned(), expected: expected.into(), got }
}

/// An MCP client at the other end of a pipe to the server.
struct Client {
    input: Lines<BufReader<ReadHalf<DuplexStream>>>,
    output: WriteHalf<DuplexStream>,
    patience: Duration,
    is_stateless: bool,
    last_id: u64,
}

impl Client {
    fn open(server: Server, patience: Duration, is_stateless: bool) -> Self {
        let (client_end, server_end) = tokio::io::duplex(64 << 10);
        let (input, output) = tokio::io::split(server_end);
        // Where it fails, the client sees the pipe closed.
        tokio::spawn(serve_streams(server, input, output));
        let (input, output) = tokio::io::split(client_end);
        Self { input: BufReader::new(input).lines(), output, patience, is_stateless, last_id: 0 }
    }

    async fn send(&mut self, message: &Value) -> Result<(), ProtocolError> {
        let line = format!("{message}\n");
        self.output.write_all(line.as_bytes()).await.map_err(ProtocolError::NotRead)
    }

    async fn request(&mut self, method: &str, mut parameters: Value) -> Result<Value, ProtocolError> {
        if let (true, Some(parameters)) = (self.is_stateless, parameters.as_object_mut()) {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": STATELESS,
                "io.modelcontextprotocol/clientInfo": { "name": "doctor", "version": "1" },
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            parameters.insert("_meta".to_owned(), meta);
        }
        self.last_id += 1;
        let id = json!(self.last_id);
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": parameters })).await?;
        loop {
            let read = tokio::time::timeout(self.patience, self.input.next_line()).await;
            let read = read.map_err(|_| ProtocolError::NoAnswer { method: method.to_owned() })?;
            let Ok(Some(line)) = read else { return Err(ProtocolError::Closed { method: method.to_owned() }) };
            let message: Value = serde_json::from_str(&line).unwrap_or_default();
            if message.get("id") == Some(&id) {
                let result = message.get("result").cloned();
                return result.ok_or_else(|| unexpected(method, "a result", message));
            }
        }
    }

    async fn tool_names(&mut self) -> Result<Vec<String>, ProtocolError> {
        let result = self.request("tools/list", json!({})).await?;
        match result.get("tools").and_then(Value::as_array) {
            Some(tools) => Ok(tools.iter().filter_map(|tool| tool.get("name")?.as_str().map(str::to_owned)).collect()),
            None => Err(unexpected("tools/list", "a list of tools", result)),
        }
    }

    /// The text that a tool answers with.
    async fn call(&mut self, tool: &str, arguments: Value) -> Result<String, ProtocolError> {
        let result = self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await?;
        let text = result.pointer("/content/0/text").and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| unexpected(&format!("tools/call: {tool}"), "a text", result))
    }
}
