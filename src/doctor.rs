//! Why it does not work: checks of the configuration, the instance and the protocol. Nothing is written anywhere.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc, time::Duration};

use openapi_tools::operation::{Credential, Method, Operation};
use rmcp::ServiceExt;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};

use crate::{
    call::{Caller, answer::Answer},
    config::{UpstreamConfig, variable},
    listing,
    server::Server,
    stdio,
    toolset::{TENANT_HEADER, Toolset},
};
use Outcome::{Attention, Good, Skipped};

const VERSION: &str = "version";
const KEY: &str = "API key";
const PERMISSIONS: &str = "permissions";
const TENANTS: &str = "tenants";
const QUESTION: &str = "a question through MCP";

/// The MCP versions that are tried: the last with a handshake, and the one without.
const LEGACY: &str = "2025-11-25";
const STATELESS: &str = "2026-07-28";

/// Clients known to take no more tools than so many.
const CLIENT_LIMITS: [(usize, &str); 4] =
    [(40, "older Cursor"), (80, "Cursor"), (100, "Antigravity"), (128, "VS Code with Copilot")];

/// One check and what came of it.
pub struct Finding {
    /// What was checked.
    pub name: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found.
    pub detail: String,
    /// What to do about it; empty where there is nothing to do.
    pub remedy: String,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing has to be done; a remedy is for those whom it bothers all the same.
    Good,
    /// Something does not work.
    Attention,
    /// It could not be checked.
    Skipped,
}

impl Finding {
    fn new(name: &'static str, outcome: Outcome, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { name, outcome, detail: detail.into(), remedy: remedy.into() }
    }
}

/// Checks the configuration and the instance, by reading only.
pub async fn examine(toolset: &Toolset, caller: &Caller, config: &UpstreamConfig) -> Vec<Finding> {
    let status = ask(caller, "retrieveStatus", json!({})).await;
    let instance = instance(config, &status);
    let is_there = instance.outcome == Good;
    let mut findings = vec![configuration(toolset, config), instance];
    if is_there {
        let answer = ask(caller, "retrieveVersionWithId", json!({})).await;
        let (readable, permissions) = permissions(toolset, caller).await;
        let tenants = tenants(caller, config).await;
        let is_accepted = accepts_key(&answer) == Some(true) || readable > 0 || tenants.outcome == Good;
        findings.extend([version(toolset, &answer, &status), key(is_accepted, &answer), permissions, tenants]);
    } else {
        let skipped = |name| Finding::new(name, Skipped, "not asked: no FusionAuth that is well was found", "");
        findings.extend([VERSION, KEY, PERMISSIONS, TENANTS].map(skipped));
    }
    findings.extend([tool_count(listing::tools(toolset).len()), list_size(toolset)]);
    findings
}

/// Asks also where the tool is not offered: which are is the client's affair.
async fn ask(caller: &Caller, tool: &str, mut arguments: Value) -> Answer {
    let arguments = arguments.as_object_mut().map(std::mem::take).unwrap_or_default();
    match caller.document.operation(tool) {
        Some(operation) => caller.call(operation, arguments).await,
        None => Answer::failure(format!("there is no tool {tool}")),
    }
}

/// The HTTP status that an answer begins with, where there was one.
fn status_of(headline: &str) -> Option<u16> {
    headline.get(..3)?.parse().ok()
}

fn json_of(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_default()
}

fn configuration(toolset: &Toolset, config: &UpstreamConfig) -> Finding {
    let key = if config.api_key.is_some() { "an API key is set" } else { "no API key is set" };
    let (url, count) = (&config.base_url, toolset.operations().len());
    Finding::new("configuration", Good, format!("{url}; {key}; {count} tools"), "")
}

fn instance(config: &UpstreamConfig, status: &Answer) -> Finding {
    let (url, headline) = (&config.base_url, &status.headline);
    let is_ours = !status.is_error && (status.body.is_empty() || json_of(&status.body).is_object());
    let (outcome, detail) = match status_of(headline) {
        // A wrong key may be refused even here.
        Some(status) if is_ours || status == 401 => (Good, format!("{url} answers")),
        Some(_) => (Attention, format!("{url} answers, but not as a FusionAuth that is well: {headline}")),
        None => (Attention, headline.clone()),
    };
    let hint = "is the instance's address, without /api; in a container, localhost is the container itself.";
    let remedy = if outcome == Good { String::new() } else { format!("{} {hint}", variable::BASE_URL) };
    Finding::new("FusionAuth", outcome, detail, remedy)
}

fn version(toolset: &Toolset, answer: &Answer, status: &Answer) -> Finding {
    let ours = toolset.document().version;
    let told = [json_of(&answer.body), json_of(&status.body)];
    let Some(running) = told.iter().find_map(|body| body.get("version")?.as_str()) else {
        return Finding::new(VERSION, Skipped, format!("not told; the tools are made for {ours}"), "");
    };
    let detail = format!("FusionAuth {running}; the tools are made for {ours}");
    let numbers = |version: &str| version.split('.').map_while(|number| number.parse().ok()).collect::<Vec<u64>>();
    let (theirs, ours) = (numbers(running), numbers(ours));
    let is_close = theirs.first() == ours.first();
    let remedy = match theirs.cmp(&ours) {
        _ if !is_close => "Take the fusionauth-mcp made for this version of FusionAuth.",
        Ordering::Less => "What this FusionAuth does not know yet answers 404 or 405: update it if you need that.",
        Ordering::Equal => "",
        Ordering::Greater => "What is newer has no tool: look for a newer fusionauth-mcp if you need that.",
    };
    Finding::new(VERSION, if is_close { Good } else { Attention }, detail, remedy)
}

fn key(is_accepted: bool, answer: &Answer) -> Finding {
    if is_accepted {
        return Finding::new(KEY, Good, "accepted", "");
    }
    let remedy = "Make or compare it in FusionAuth (Settings, API Keys); --api-key-file takes it from a file.";
    Finding::new(KEY, Attention, format!("not accepted: {}", answer.headline), remedy)
}

/// Whether the key was accepted, where the answer tells.
fn accepts_key(answer: &Answer) -> Option<bool> {
    match status_of(&answer.headline)? {
        401 | 403 => Some(false),
        // FusionAuth looks at the key before it looks at anything else.
        200..=299 | 400 | 404 => Some(true),
        _ => None,
    }
}

/// How many areas the key may read, and what it may not.
async fn permissions(toolset: &Toolset, caller: &Caller) -> (usize, Finding) {
    let mut areas: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in toolset.operations().iter().copied().filter(|operation| can_be_tried(operation)) {
        areas.entry(operation.area).or_default().push(operation);
    }
    let (asked, mut readable, mut refused) = (areas.len(), 0, Vec::new());
    for (area, mut operations) in areas {
        // A key that only reads may be one that only sends GET.
        operations.sort_by_key(|operation| (operation.method != Method::Get, operation.path.len()));
        match can_read(caller, &operations).await {
            Some(true) => readable += 1,
            Some(false) => refused.push(area),
            None => {}
        }
    }
    let detail = format!("{readable} of {asked} areas can be read (writing was not tried)");
    if readable == 0 || refused.is_empty() {
        return (readable, Finding::new(PERMISSIONS, if readable == 0 { Skipped } else { Good }, detail, ""));
    }
    let count = toolset.operations().iter().filter(|operation| refused.contains(&operation.area)).count();
    let detail = format!("{detail}; refused areas, which have {count} of the tools: {}", refused.join(", "));
    let remedy = format!("Allow the key more (Settings, API Keys), or offer other areas ({}).", variable::TOOL_AREAS);
    (readable, Finding::new(PERMISSIONS, Attention, detail, remedy))
}

/// Whether any of the operations is allowed, where that can be told.
async fn can_read(caller: &Caller, operations: &[&Operation]) -> Option<bool> {
    for operation in operations {
        let is_accepted = accepts_key(&caller.call(operation, Map::new()).await);
        if is_accepted != Some(false) {
            return is_accepted;
        }
    }
    Some(false)
}

/// Whether a call without arguments changes nothing and tells something of the key.
fn can_be_tried(operation: &Operation) -> bool {
    operation.effect.read_only
        && (operation.method == Method::Get || operation.name.starts_with("search"))
        && operation.credential == Credential::ApiKey
        && operation.parameters.iter().all(|parameter| !parameter.required)
        && operation.body.is_none_or(|body| !body.required)
}

async fn tenants(caller: &Caller, config: &UpstreamConfig) -> Finding {
    let answer = match &config.tenant_id {
        Some(id) => ask(caller, "retrieveTenantWithId", json!({ "tenantId": id })).await,
        None => ask(caller, "searchTenantsWithId", page(1)).await,
    };
    let total = json_of(&answer.body).get("total").and_then(Value::as_u64);
    let choose = format!("{} takes the id of a tenant of this instance, for all calls.", variable::TENANT_ID);
    let (outcome, detail, remedy) = match (status_of(&answer.headline), &config.tenant_id, total) {
        (Some(200..=299), Some(id), _) => (Good, format!("every call goes to {id}"), String::new()),
        (Some(404), Some(id), _) => (Attention, format!("there is no tenant {id}"), choose),
        (Some(200..=299), None, Some(count @ 2..)) => {
            (Good, format!("{count}, and none is chosen: calls that need one take {TENANT_HEADER}"), choose)
        }
        (Some(200..=299), None, _) => (Good, "one, so none has to be chosen".to_owned(), String::new()),
        _ => (Skipped, format!("not known (a key of one tenant may not ask): {}", answer.headline), String::new()),
    };
    Finding::new(TENANTS, outcome, detail, remedy)
}

/// The arguments that ask a search for its first results.
fn page(results: usize) -> Value {
    json!({ "requestBody": { "search": { "numberOfResults": results, "orderBy": "name ASC" } } })
}

fn tool_count(count: usize) -> Finding {
    let exceeded = CLIENT_LIMITS.iter().filter(|(limit, _)| count > *limit);
    let exceeded: Vec<_> = exceeded.map(|(limit, client)| format!("{client} ({limit})")).collect();
    let name = "number of tools";
    if exceeded.is_empty() {
        return Finding::new(name, Good, format!("{count}, within the limit of every client known to have one"), "");
    }
    let detail = format!("{count}, more than some clients take: {}; many have no limit", exceeded.join(", "));
    let (tools, areas) = (variable::USE_TOOLS, variable::TOOL_AREAS);
    let remedy = format!("For such a client choose fewer, say {tools}=retrieve,search or {areas}=user,application.");
    Finding::new(name, Good, detail, remedy)
}

fn list_size(toolset: &Toolset) -> Finding {
    let bytes = json!(listing::tools(toolset)).to_string().len();
    let tokens = bytes / 4;
    Finding::new("size of the list", Good, format!("{bytes} bytes, an estimated {tokens} tokens (bytes / 4)"), "")
}

/// Speaks MCP with the server over a pipe within this process, as clients of both generations do. `request_timeout` is
/// what a request to FusionAuth may take.
pub async fn speak_mcp(server: Arc<Server>, request_timeout: Duration) -> Vec<Finding> {
    let patience = request_timeout.saturating_add(Duration::from_secs(10));
    let remedy = concat!("A fault of fusionauth-mcp: please report it at ", env!("CARGO_PKG_REPOSITORY"));
    let finding = |name, result: Result<String, String>| match result {
        Ok(detail) => Finding::new(name, Good, detail, ""),
        Err(error) => Finding::new(name, Attention, error, remedy),
    };
    let with_handshake = legacy(Client::open(Arc::clone(&server), patience, false)).await;
    let (without, question) = match stateless(Client::open(server, patience, true)).await {
        Ok((detail, question)) => (Ok(detail), question),
        Err(error) => (Err(error), Finding::new(QUESTION, Skipped, "not asked: MCP failed", "")),
    };
    vec![finding("MCP 2025-11-25", with_handshake), finding("MCP 2026-07-28", without), question]
}

async fn legacy(mut client: Client) -> Result<String, String> {
    let hello =
        json!({ "protocolVersion": LEGACY, "capabilities": {}, "clientInfo": { "name": "doctor", "version": "1" } });
    let result = client.request("initialize", hello).await?;
    if result.get("protocolVersion") != Some(&json!(LEGACY)) {
        return Err(format!("initialize: expected MCP {LEGACY}, got {result}"));
    }
    client.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await?;
    let tools = client.tool_names().await?;
    let listed = format!("handshake, {} tools listed", tools.len());
    let reading = ["retrieveStatus", "retrieveVersionWithId", "retrieveApplication"];
    let Some(tool) = reading.into_iter().find(|tool| tools.iter().any(|name| name == tool)) else {
        return Ok(format!("{listed}; no tool to try a call with is offered"));
    };
    let answer = client.call(tool, json!({})).await?;
    Ok(format!("{listed}, {tool} called ({})", answer.lines().next().unwrap_or_default()))
}

async fn stateless(mut client: Client) -> Result<(String, Finding), String> {
    let result = client.request("server/discover", json!({})).await?;
    let versions = result.get("supportedVersions").and_then(Value::as_array);
    if !versions.is_some_and(|versions| versions.contains(&json!(STATELESS))) {
        return Err(format!("server/discover: expected MCP {STATELESS} among the versions, got {result}"));
    }
    let tools = client.tool_names().await?;
    Ok((format!("discovered, {} tools listed", tools.len()), question(&mut client, &tools).await?))
}

/// Which applications require PKCE?
async fn question(client: &mut Client, tools: &[String]) -> Result<Finding, String> {
    let ways = [("searchApplicationsWithId", page(50)), ("retrieveApplication", json!({}))];
    let Some((tool, arguments)) = ways.into_iter().find(|(tool, _)| tools.iter().any(|name| name == tool)) else {
        return Ok(Finding::new(QUESTION, Skipped, "no tool that lists applications is offered", ""));
    };
    let answer = client.call(tool, arguments).await?;
    let (headline, body) = answer.split_once('\n').unwrap_or((answer.as_str(), ""));
    Ok(match (status_of(headline), serde_json::from_str::<Value>(body)) {
        (Some(200..=299), Ok(body)) => Finding::new(QUESTION, Good, pkce(&body), ""),
        _ => Finding::new(QUESTION, Attention, format!("{tool}: {headline}"), "Mend the findings above first."),
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

/// An MCP client at the other end of a pipe to the server.
struct Client {
    input: Lines<BufReader<ReadHalf<DuplexStream>>>,
    output: WriteHalf<DuplexStream>,
    patience: Duration,
    is_stateless: bool,
    last_id: u64,
}

impl Client {
    fn open(server: Arc<Server>, patience: Duration, is_stateless: bool) -> Self {
        let (client_end, server_end) = tokio::io::duplex(64 << 10);
        let (input, output) = tokio::io::split(server_end);
        let (transport, _) = stdio::over(input, output);
        tokio::spawn(async move {
            // Where it fails, the client sees the pipe closed.
            if let Ok(running) = server.serve(transport).await {
                let _ = running.waiting().await;
            }
        });
        let (input, output) = tokio::io::split(client_end);
        Self { input: BufReader::new(input).lines(), output, patience, is_stateless, last_id: 0 }
    }

    async fn send(&mut self, message: &Value) -> Result<(), String> {
        let line = format!("{message}\n");
        self.output.write_all(line.as_bytes()).await.map_err(|error| format!("the server reads no more: {error}"))
    }

    async fn request(&mut self, method: &str, mut parameters: Value) -> Result<Value, String> {
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
            let read = read.map_err(|_| format!("{method}: no answer in time"))?;
            let Ok(Some(line)) = read else { return Err(format!("{method}: the server closed the connection")) };
            let message = json_of(&line);
            if message.get("id") == Some(&id) {
                let result = message.get("result").cloned();
                return result.ok_or_else(|| format!("{method}: expected a result, got {message}"));
            }
        }
    }

    async fn tool_names(&mut self) -> Result<Vec<String>, String> {
        let result = self.request("tools/list", json!({})).await?;
        let tools = result.get("tools").and_then(Value::as_array).ok_or("tools/list: expected a list of tools")?;
        Ok(tools.iter().filter_map(|tool| tool.get("name")?.as_str().map(str::to_owned)).collect())
    }

    /// The text that a tool answers with.
    async fn call(&mut self, tool: &str, arguments: Value) -> Result<String, String> {
        let result = self.request("tools/call", json!({ "name": tool, "arguments": arguments })).await?;
        let text = result.pointer("/content/0/text").and_then(Value::as_str);
        text.map(str::to_owned).ok_or_else(|| format!("tools/call: {tool}: expected a text, got {result}"))
    }
}
