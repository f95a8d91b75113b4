//! No secret comes out on any road: whatever is asked, in every mode, whatever the upstream sends, what a client, a shell,
//! a log or a file gets holds neither what the document marks nor the server's own credential.

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use crate::support::{
    client::{Client, command},
    document::{Document, Operation, PLANTED, Size},
    recorder::{Recorder, Reply},
};

/// The server's own API key, which the upstream sends back wherever there is place for a text.
const OWN: &str = "own-key-Zk8vQ2mX5nT7wR4zL9pB3cF6hD1gS0yA";

/// What the upstream makes of an answer that holds secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sent {
    Success,
    Failure,
    NotJson,
    CutShort,
    Text,
    Redirect,
    TryLater,
}

const ALL_SENT: [Sent; 7] =
    [Sent::Success, Sent::Failure, Sent::NotJson, Sent::CutShort, Sent::Text, Sent::Redirect, Sent::TryLater];

impl Sent {
    fn reply(self, sample: &str) -> Reply {
        let header =
            |name, value: &str| vec![("Content-Type", "application/json".to_owned()), (name, value.to_owned())];
        let reply = |status, headers, body: &str| Reply::Response { status, headers, body: body.as_bytes().to_vec() };
        match self {
            Self::Success => Reply::json(200, sample),
            Self::Failure => Reply::json(400, sample),
            Self::NotJson => Reply::json(200, &format!("{sample},")),
            Self::CutShort => {
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
                    sample.len() + 9
                );
                Reply::Raw([head.as_bytes(), sample.as_bytes()].concat())
            }
            Self::Text => reply(500, vec![("Content-Type", "text/html".to_owned())], sample),
            Self::Redirect => {
                reply(302, header("Location", &format!("/login?access_token={PLANTED}&key={OWN}")), sample)
            }
            Self::TryLater => reply(429, header("Retry-After", &format!("Bearer {OWN}")), sample),
        }
    }
}

/// An upstream with secrets in all that it says, and the switch that says how.
fn upstream(document: &Document) -> (Recorder, Arc<AtomicUsize>) {
    let answers: BTreeMap<_, _> = document
        .operations()
        .into_iter()
        .filter_map(|operation| {
            let mut sample = document.sample(operation.answer.as_ref()?, Size::Full);
            sample["unknown"] = json!({ "note": OWN, OWN: "a key", "apiKey": PLANTED, "text": format!("x {OWN}.") });
            Some(((operation.method, operation.path), sample.to_string()))
        })
        .collect();
    let choice = Arc::new(AtomicUsize::new(0));
    let chosen = Arc::clone(&choice);
    let other = json!({ "unknown": { "apiKey": PLANTED, "note": OWN } }).to_string();
    let upstream = Recorder::start(move |request| {
        let path = request.target.split('?').next().unwrap_or_default().to_owned();
        let sample = answers.get(&(request.method.clone(), path)).unwrap_or(&other);
        ALL_SENT[chosen.load(Ordering::SeqCst)].reply(sample)
    });
    (upstream, choice)
}

fn assert_clean(what: &str, text: &str) {
    for secret in [PLANTED, OWN] {
        if let Some(at) = text.find(secret) {
            let around: String = text[..at].chars().rev().take(200).collect::<Vec<_>>().into_iter().rev().collect();
            panic!("{what}: {secret} after: {around}");
        }
    }
}

/// Arguments with all that an operation takes, secrets in the places of secrets, or without all that may be left out.
fn arguments(document: &Document, operation: &Operation, size: Size) -> Value {
    let mut arguments = json!({});
    for parameter in operation.parameters.iter().filter(|parameter| size == Size::Full || parameter["required"] == true)
    {
        let name = parameter.get("x-argument-name").unwrap_or(&parameter["name"]).as_str().unwrap();
        arguments[name] = document.sample(&parameter["schema"], size);
    }
    if let Some((_, body)) = &operation.body {
        arguments["requestBody"] = document.sample(body, size);
    }
    arguments
}

/// A client that keeps all that it is sent.
struct Listener {
    client: Client,
    what: String,
}

impl Listener {
    /// Asks, and wants nothing secret in the answer, not even what the question holds.
    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let response = self.client.request(method, parameters.clone());
        assert_clean(&format!("{}: {method} {parameters}", self.what), &response.to_string());
        response
    }

    fn call(&mut self, tool: &str, arguments: Value) {
        self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
    }

    fn end(mut self) {
        self.client.close_stdin();
        let (_, rest, stderr) = self.client.ended();
        assert_clean(&format!("{}: the end of stdout", self.what), &rest.concat());
        assert_clean(&format!("{}: stderr", self.what), &stderr);
    }
}

#[test]
fn calls_answers_and_logs_hold_no_secret() {
    let document = Document::load();
    let (upstream, choice) = upstream(&document);
    let folder = tempfile::tempdir().unwrap();
    let audit = folder.path().join("audit.log");
    let modes: [&[(&str, &str)]; 4] = [
        &[("LOG", "trace"), ("TOOL_SCHEMAS", "full")],
        &[("LOG", "debug"), ("STRUCTURED_OUTPUT", "true"), ("RAW_TEXT", "true"), ("MAX_ANSWER_TOKENS", "1000")],
        &[("LOG", "info"), ("DRY_RUN", "true"), ("TOOL_MODE", "search")],
        &[("LOG", "error"), ("TOOL_MODE", "search"), ("UNKNOWN_PROPERTIES", "pass")],
    ];
    // All filters in the first mode; each costs a process.
    let filters = [".", "tostring", "[.. | strings] | join(\" \")", "error(tostring)"];
    for (number, mode) in modes.into_iter().enumerate() {
        let filters = if number == 0 { &filters[..] } else { &filters[..1] };
        let url = upstream.url();
        let fixed = [
            ("API_BASE_URL", url.as_str()),
            ("API_KEY_APIKEYAUTH", OWN),
            ("AUDIT_LOG", audit.to_str().unwrap()),
            ("CONFIRM", "off"),
            ("CIRCUIT_BREAKER", "false"),
            ("MAX_TRIES", "1"),
        ];
        let client = Client::connect(&[&fixed, mode].concat());
        let mut listener = Listener { client, what: format!("{mode:?}") };
        // Each tool meets another of the answers in each mode; those that are read meet a filter too.
        for (index, operation) in document.operations().iter().enumerate() {
            choice.store(index % ALL_SENT.len(), Ordering::SeqCst);
            let small = arguments(&document, operation, Size::Small);
            listener.call(&operation.name, small.clone());
            if operation.is_read_only {
                choice.store(0, Ordering::SeqCst);
                for filter in filters {
                    let mut filtered = small.clone();
                    filtered["jq"] = json!(filter);
                    listener.call(&operation.name, filtered);
                }
            } else {
                listener.call(&operation.name, arguments(&document, operation, Size::Full));
            }
        }
        for (index, sent) in ALL_SENT.iter().enumerate() {
            choice.store(index, Ordering::SeqCst);
            listener.what = format!("{mode:?} {:?}", sent);
            for (tool, arguments) in [
                ("find_tools", json!({ "query": "the key of a user" })),
                ("describe_tool", json!({ "names": ["createUser", "createAPIKey"] })),
                ("exportKickstart", json!({})),
                ("exportTerraform", json!({})),
                ("retrieveUserWithId", json!({ "userId": { "password": PLANTED } })),
                ("createUser", json!({ "requestBody": { "user": { "password": { "text": PLANTED } } } })),
                ("createUser", json!({ "requestBody": format!("{{\"user\":{{\"password\":\"{PLANTED}\"") })),
            ] {
                listener.call(tool, arguments);
            }
        }
        listener.end();
    }
    let audit = fs::read_to_string(&audit).unwrap();
    assert!(audit.lines().count() > 1000, "{} lines", audit.lines().count());
    assert!(!audit.contains(PLANTED), "the audit log");
}

#[test]
fn lists_resources_prompts_and_completions_hold_no_secret() {
    let document = Document::load();
    let (upstream, choice) = upstream(&document);
    let url = upstream.url();
    let environment = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", OWN), ("LOG", "trace")];
    let mut listener = Listener { client: Client::connect(&environment), what: String::new() };
    for (index, sent) in ALL_SENT.iter().enumerate() {
        choice.store(index, Ordering::SeqCst);
        listener.what = format!("{:?}", sent);
        listener.ask("tools/list", json!({}));
        listener.ask("resources/templates/list", json!({}));
        let resources = listener.ask("resources/list", json!({}));
        for resource in resources["result"]["resources"].as_array().unwrap() {
            listener.ask("resources/read", json!({ "uri": resource["uri"] }));
        }
        for uri in ["fusionauth://tools/createAPIKey", "fusionauth://schemas/Key", "fusionauth://schemas/nothing"] {
            listener.ask("resources/read", json!({ "uri": uri }));
        }
        let prompts = listener.ask("prompts/list", json!({}));
        for prompt in prompts["result"]["prompts"].as_array().unwrap() {
            let named = prompt["arguments"].as_array().cloned().unwrap_or_default();
            let arguments: serde_json::Map<_, _> = named
                .iter()
                .map(|argument| (argument["name"].as_str().unwrap().to_owned(), json!("a value")))
                .collect();
            listener.ask("prompts/get", json!({ "name": prompt["name"], "arguments": arguments }));
            for argument in &named {
                let reference = json!({ "type": "ref/prompt", "name": prompt["name"] });
                let argument = json!({ "name": argument["name"], "value": "" });
                listener.ask("completion/complete", json!({ "ref": reference, "argument": argument }));
            }
        }
    }
    listener.end();
}

#[test]
fn a_shell_is_shown_no_secret() {
    let document = Document::load();
    let (upstream, choice) = upstream(&document);
    let url = upstream.url();
    let environment = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", OWN), ("LOG", "trace")];
    let folder = tempfile::tempdir().unwrap();
    let lines: [&[&str]; 11] = [
        &["doctor"],
        &["doctor", "--json"],
        &["doctor", "-vv"],
        &["call", "retrieveUserWithId", "userId=00000000-0000-0000-0000-000000000001"],
        &["call", "searchUsersByQueryWithId", "-vv"],
        &["--dry-run", "call", "createAPIKey", "requestBody.apiKey.key=planted-secret"],
        &["key", "plan"],
        &["tools", "--format", "json"],
        &["export", "kickstart", "-vv"],
        &["export", "terraform", "-vv"],
        &["install", "--print", "cursor"],
    ];
    for (index, sent) in ALL_SENT.iter().enumerate() {
        choice.store(index, Ordering::SeqCst);
        for line in lines {
            let output = command(&environment).env("HOME", folder.path()).args(line).output().unwrap();
            let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
            assert_clean(&format!("{:?}: {line:?}", sent), &text);
        }
    }
    // What a shell asks for while somebody types.
    choice.store(0, Ordering::SeqCst);
    for words in [&["export", "kickstart", "--application", ""][..], &["call", "retrieveTenantWithId", "tenantId="]] {
        let output = command(&environment)
            .envs([("FUSIONAUTH_MCP_COMPLETE", "bash"), ("_CLAP_IFS", "\n"), ("_CLAP_COMPLETE_COMP_TYPE", "9")])
            .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
            .args(["--", "fusionauth-mcp"])
            .args(words)
            .output()
            .unwrap();
        let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
        assert_clean(&format!("{words:?}"), &text);
    }
}
