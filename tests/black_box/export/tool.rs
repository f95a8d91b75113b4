//! Exports as an MCP client gets them: offered where they only read, in parts that fit, with what a prompt says.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use fusionauth_sandbox::seed::{HOOLI_TENANT_ID, PIED_PIPER_APPLICATION_ID, PIED_PIPER_THEME_ID, REGISTRATION_FORM_ID};
use serde_json::{Value, json};

use super::{EVERYTHING, Files, access, borrowed, exported, files, hostile, secrets_of};
use crate::support::{
    client::Client,
    sandbox::{API_KEY, Sandbox},
};

/// What ends an answer that is not the last one.
pub const MORE: &str = "More follows. nextCursor: ";

/// The texts that a tool answers, and whether it failed.
fn answered(client: &mut Client, tool: &str, arguments: &Value) -> (Vec<String>, bool) {
    let response = client.request("tools/call", json!({ "name": tool, "arguments": arguments }));
    texts_of(&response)
}

fn texts_of(response: &Value) -> (Vec<String>, bool) {
    let result = &response["result"];
    let content = result["content"].as_array().unwrap_or_else(|| panic!("{response}"));
    let texts = content.iter().map(|block| block["text"].as_str().unwrap().to_owned()).collect();
    (texts, result["isError"] == true)
}

/// The texts of a tool that succeeds.
pub fn texts(client: &mut Client, tool: &str, arguments: &Value) -> Vec<String> {
    let (texts, is_error) = answered(client, tool, arguments);
    assert!(!is_error, "{tool} {arguments}: {texts:?}");
    texts
}

/// The text of a tool that fails.
fn refused(client: &mut Client, tool: &str, arguments: &Value) -> String {
    let (texts, is_error) = answered(client, tool, arguments);
    assert!(is_error, "{tool} {arguments}: {texts:?}");
    texts.concat()
}

/// What the parts of an export come to.
#[derive(Default)]
struct Joined {
    report: String,
    files: Files,
    parts: usize,
}

impl Joined {
    /// Takes an answer, and tells where the next one begins.
    fn take(&mut self, texts: Vec<String>) -> Option<String> {
        let is_first = self.parts == 0;
        self.parts += 1;
        let mut cursor = None;
        for (number, text) in texts.into_iter().enumerate() {
            assert_eq!(cursor, None, "the cursor is the last text");
            if is_first && number == 0 {
                self.report = text;
            } else if let Some(next) = text.strip_prefix(MORE) {
                cursor = Some(next.to_owned());
            } else {
                let (head, part) = text.strip_prefix("--- ").and_then(|rest| rest.split_once(" ---\n")).unwrap();
                let part = part.strip_suffix('\n').unwrap();
                let (path, from) = match head.split_once(", from byte ") {
                    Some((path, rest)) => (path, rest.strip_suffix(" on").unwrap().parse().unwrap()),
                    None => (head, 0),
                };
                if path == "report" {
                    assert_eq!(self.report.len(), from, "the report goes on where it ended");
                    self.report.push_str(part);
                    continue;
                }
                let file = self.files.entry(path.to_owned()).or_default();
                assert_eq!(file.len(), from, "{path} goes on where it ended");
                file.extend_from_slice(part.as_bytes());
            }
        }
        cursor
    }
}

/// Asks for the parts of an export until there are no more; each fits.
fn joined(client: &mut Client, tool: &str, arguments: &Value, most_tokens: usize) -> Joined {
    let mut joined = Joined::default();
    let mut arguments = arguments.clone();
    loop {
        let texts = texts(client, tool, &arguments);
        let tokens: usize = texts.iter().map(|text| o200k::count(text)).sum();
        assert!(tokens <= most_tokens, "{tokens} of {most_tokens} tokens in part {}", joined.parts + 1);
        let Some(cursor) = joined.take(texts) else { return joined };
        let inner = if tool == "call_tool" { &mut arguments["arguments"] } else { &mut arguments };
        inner["cursor"] = json!(cursor);
    }
}

/// What the command writes.
fn written(sandbox: &Sandbox, format: &[&str], what: &[&str]) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let is_file = format == ["kickstart"];
    exported(&access(sandbox), &[&["export"], format, what, &["--out", out.to_str().unwrap()]].concat());
    let files = files(&out);
    if is_file { files.into_values().map(|content| ("kickstart.json".to_owned(), content)).collect() } else { files }
}

pub fn limited(sandbox: &Sandbox, most_tokens: usize) -> Client {
    sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("MAX_ANSWER_TOKENS", &most_tokens.to_string())])
}

fn assert_same(joined: &Joined, written: &Files) {
    assert!(joined.files.keys().eq(written.keys()), "{:?} {:?}", joined.files.keys(), written.keys());
    for (path, content) in written {
        assert!(joined.files[path] == *content, "{path} is another");
    }
}

#[test]
fn the_parts_are_the_commands_files() {
    let sandbox = Sandbox::start(&[]);
    let everything = json!({});
    let application = json!({ "application": "Pied Piper" });
    let tenant = json!({ "tenant": "Hooli" });
    let clone = json!({ "purpose": "clone" });
    let cases: [(&str, &Value, &[&str], &[&str]); 5] = [
        ("exportKickstart", &everything, &["kickstart"], EVERYTHING),
        ("exportKickstart", &application, &["kickstart"], &["--application", "Pied Piper"]),
        ("exportTerraform", &everything, &["terraform"], EVERYTHING),
        ("exportTerraform", &tenant, &["terraform"], &["--tenant", "Hooli"]),
        ("exportTerraform", &clone, &["terraform", "--clone"], EVERYTHING),
    ];
    for (tool, arguments, format, what) in cases {
        let written = written(&sandbox, format, what);
        for most_tokens in [1_000, 2_000, 3_000, 100_000] {
            let joined = joined(&mut limited(&sandbox, most_tokens), tool, arguments, most_tokens);
            assert_same(&joined, &written);
            assert_eq!(joined.parts == 1, most_tokens == 100_000, "{tool} {most_tokens}: {} parts", joined.parts);
            let (head, report) = joined.report.split_once('\n').unwrap();
            assert!(head.contains(" bytes. Each follows a line `--- NAME ---`: "), "{head}");
            assert!(report.contains("\nObjects: "), "{report}");
            assert_order(report);
        }
    }
}

/// The parts of a report come in one order, what is lost first.
fn assert_order(report: &str) {
    let headings = ["Will differ", "Secrets to set", "Decisions to make", "Left out", "Objects"];
    let number = |line: &str| headings.iter().position(|heading| line.starts_with(heading));
    let found: Vec<_> = report.lines().filter_map(number).collect();
    assert!(found.is_sorted_by(|one, next| one < next) && found.len() > 2, "{report}");
    assert_eq!(found.first().copied(), report.lines().next().and_then(number), "{report}");
}

#[test]
fn no_letter_is_cut_in_two() {
    let sandbox = hostile::sandbox();
    for (tool, format) in [("exportKickstart", "kickstart"), ("exportTerraform", "terraform")] {
        let joined = joined(&mut limited(&sandbox, 3_000), tool, &json!({}), 3_000);
        assert!(joined.parts > 10, "{}", joined.parts);
        assert_same(&joined, &written(&sandbox, &[format], EVERYTHING));
    }
}

#[test]
fn in_search_mode_the_parts_come_too() {
    let sandbox = Sandbox::start(&[]);
    let environment = [("API_KEY_APIKEYAUTH", API_KEY), ("MAX_ANSWER_TOKENS", "2000"), ("TOOL_MODE", "search")];
    let mut client = sandbox.client_with(&environment);
    let found = texts(&mut client, "find_tools", &json!({ "query": "export an application to a kickstart file" }));
    assert!(found[0].contains("exportKickstart("), "{found:?}");
    let call = json!({ "name": "exportKickstart", "arguments": {} });
    let joined = joined(&mut client, "call_tool", &call, 2_000);
    assert_same(&joined, &written(&sandbox, &["kickstart"], EVERYTHING));
}

fn listed(environment: &[(&str, &str)]) -> BTreeSet<String> {
    let list = Client::connect(environment).request("tools/list", json!({}));
    let names =
        list["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned());
    names.filter(|name| ["exportKickstart", "exportTerraform"].contains(&name.as_str())).collect()
}

#[test]
fn exports_are_offered_where_they_only_read() {
    let both = BTreeSet::from(["exportKickstart".to_owned(), "exportTerraform".to_owned()]);
    for environment in [("USE_TOOLS", "retrieve,search"), ("READ_ONLY", "true"), ("USE_TOOLS", "all")] {
        assert_eq!(listed(&[environment]), both, "{environment:?}");
    }
    assert_eq!(listed(&[("USE_TOOLS", "create")]), BTreeSet::new());
    assert_eq!(listed(&[("USE_TOOLS", "all"), ("TOOL_AREAS", "application")]), BTreeSet::new());
    let terraform = BTreeSet::from(["exportTerraform".to_owned()]);
    assert_eq!(listed(&[("USE_TOOLS", "-exportKickstart")]), terraform);
    assert_eq!(listed(&[("USE_TOOLS", "create,exportTerraform")]), terraform);
}

#[test]
fn what_is_not_offered_cannot_be_called() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("USE_TOOLS", "-exportKickstart")]);
    let response = client.request("tools/call", json!({ "name": "exportKickstart", "arguments": {} }));
    assert_eq!(response["error"]["code"], -32602, "{response}");
    let prompt = client.request("prompts/get", json!({ "name": "export-kickstart", "arguments": {} }));
    assert_eq!(prompt["error"]["code"], -32602, "{prompt}");
}

/// The cursor that the first part of an export gives.
fn first_cursor(client: &mut Client, tool: &str) -> String {
    Joined::default().take(texts(client, tool, &json!({}))).unwrap()
}

#[test]
fn a_cursor_holds_while_the_configuration_does() {
    let sandbox = Sandbox::start(&[]);
    let mut one = limited(&sandbox, 2_000);
    let mut other = limited(&sandbox, 2_000);
    let before = written(&sandbox, &["kickstart"], EVERYTHING);
    let mut parts = Joined::default();
    let cursor = parts.take(texts(&mut one, "exportKickstart", &json!({}))).unwrap();
    let at_cursor = json!({ "cursor": cursor });
    let part = texts(&mut one, "exportKickstart", &at_cursor);
    assert_eq!(texts(&mut other, "exportKickstart", &at_cursor), part, "who made the export does not matter");

    let body = json!({ "application": { "name": "Pied Piper 2" } });
    let arguments = json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "requestBody": body });
    assert!(!one.call("patchApplicationWithId", arguments).is_error);
    let refusal = refused(&mut limited(&sandbox, 2_000), "exportKickstart", &at_cursor);
    assert!(refusal.starts_with("cursor: it belongs to an export with other arguments, or"), "{refusal}");

    // Who began goes on with what it was then.
    let mut next = parts.take(part);
    while let Some(cursor) = next {
        next = parts.take(texts(&mut one, "exportKickstart", &json!({ "cursor": cursor })));
    }
    assert_same(&parts, &before);
    let anew = joined(&mut one, "exportKickstart", &json!({}), 2_000);
    assert_same(&anew, &written(&sandbox, &["kickstart"], EVERYTHING));
    assert!(String::from_utf8_lossy(&anew.files["kickstart.json"]).contains("Pied Piper 2"));
}

#[test]
fn a_cursor_does_without_the_other_arguments() {
    let sandbox = Sandbox::start(&[]);
    let mut client = limited(&sandbox, 2_000);
    let arguments = json!({ "application": "Pied Piper" });
    let mut parts = Joined::default();
    let mut next = parts.take(texts(&mut client, "exportKickstart", &arguments));
    while let Some(cursor) = next {
        next = parts.take(texts(&mut client, "exportKickstart", &json!({ "cursor": cursor })));
    }
    assert_same(&parts, &written(&sandbox, &["kickstart"], &["--application", "Pied Piper"]));
}

#[test]
fn with_a_tenant_chosen_an_export_is_that_tenant() {
    let sandbox = Sandbox::start(&[]);
    let tenant = [("API_KEY_APIKEYAUTH", API_KEY), ("FUSIONAUTH_TENANT_ID", HOOLI_TENANT_ID)];
    let mut client = sandbox.client_with(&tenant);
    let report = texts(&mut client, "exportKickstart", &json!({})).swap_remove(0);
    assert!(report.contains("tenants: 1, ") && report.contains("applications: 2"), "{report}");
    let refusal = refused(&mut client, "exportKickstart", &json!({ "tenant": "Aviato" }));
    assert!(refusal.starts_with("tenant: this server works for the tenant 00000001-"), "{refusal}");
}

#[test]
fn nonsense_is_refused() {
    let sandbox = Sandbox::start(&[]);
    let mut client = limited(&sandbox, 2_000);
    let cursor = first_cursor(&mut client, "exportKickstart");
    let (digest, _) = cursor.split_once('.').unwrap();
    let nonsense = ["x", "....", "a.b.c", "a.0", "a.-1.0", "a.99999999999999999999.0"].map(str::to_owned);
    let nowhere = ["2.0", "0.99999999", "7.7"].map(|place| format!("{digest}.{place}"));
    for cursor in nonsense.into_iter().chain(nowhere) {
        let refusal = refused(&mut client, "exportKickstart", &json!({ "cursor": cursor }));
        assert!(refusal.starts_with("cursor: expected nextCursor of the last answer"), "{cursor}: {refusal}");
    }
    let foreign = refused(&mut client, "exportTerraform", &json!({ "cursor": cursor }));
    assert!(foreign.starts_with("cursor: "), "{foreign}");
    for (tool, arguments, expected) in [
        ("exportKickstart", json!({ "cursor": 7 }), "cursor: expected a text"),
        ("exportKickstart", json!({ "aplication": "a" }), "aplication: unknown argument; did you mean `application`?"),
        ("exportKickstart", json!({ "purpose": "clone" }), "purpose: unknown argument"),
        ("exportTerraform", json!({ "purpose": "destroy" }), "purpose: expected adopt or clone, got \"destroy\""),
        ("exportKickstart", json!({ "application": "Pied Piper", "tenant": "Hooli" }), "application, tenant: give one"),
        ("exportKickstart", json!({ "application": "Pied Pipe" }), "did you mean `Pied Piper`?"),
    ] {
        let refusal = refused(&mut client, tool, &arguments);
        assert!(refusal.contains(expected), "{arguments}: {refusal}");
    }
}

#[test]
fn progress_is_told_to_who_wants_it() {
    let sandbox = Sandbox::start(&[]);
    let mut client = limited(&sandbox, 2_000);
    let call = json!({ "name": "exportKickstart", "arguments": {}, "_meta": { "progressToken": "how far" } });
    let (progress, response) = client.observed(call);
    assert!(!texts_of(&response).1, "{response}");
    assert!(progress.len() > 10, "{progress:?}");
    for notification in &progress {
        assert_eq!(notification["method"], "notifications/progress");
        assert_eq!(notification["params"]["progressToken"], "how far");
        assert!(notification["params"]["message"].is_string(), "{notification}");
    }
    let done: Vec<_> = progress.iter().map(|told| told["params"]["progress"].as_f64().unwrap()).collect();
    assert!(done.is_sorted_by(|one, next| one < next), "{done:?}");
    assert_eq!(progress.last().unwrap()["params"]["progress"], progress[0]["params"]["total"]);

    let (nothing, _) = client.observed(json!({ "name": "exportKickstart", "arguments": {} }));
    assert_eq!(nothing, [] as [Value; 0]);
}

/// The calls that a prompt shows: tool and arguments.
fn calls(prompt: &str) -> Vec<(String, Value)> {
    let fences = prompt.split("```call ").skip(1).map(|rest| rest.split_once("\n```").unwrap().0);
    let calls = fences.map(|call| {
        let (tool, arguments) = call.split_once('\n').unwrap();
        (tool.to_owned(), serde_json::from_str(arguments).unwrap())
    });
    calls.collect()
}

/// A value with a text replaced wherever it is all of a text.
fn with(value: &Value, placeholder: &str, given: &str) -> Value {
    match value {
        Value::String(text) if text == placeholder => json!(given),
        Value::Object(entries) => {
            entries.iter().map(|(name, inner)| (name.clone(), with(inner, placeholder, given))).collect()
        }
        other => other.clone(),
    }
}

/// Does what the prompt `export-kickstart` says of the application "Pied Piper", and nothing else.
fn follow_prompt(client: &mut Client) -> Joined {
    let parameters = json!({ "name": "export-kickstart", "arguments": { "application": "Pied Piper" } });
    let prompt = client.request("prompts/get", parameters);
    let prompt = prompt["result"]["messages"][0]["content"]["text"].as_str().unwrap_or_else(|| panic!("{prompt}"));
    assert!(prompt.contains("Continue until there is no `nextCursor`, and join the parts in order"), "{prompt}");
    let calls = calls(prompt);
    let [(first, arguments), (next, with_cursor)] = calls.as_slice() else { panic!("{calls:?}") };
    let mut joined = Joined::default();
    let mut cursor = joined.take(texts(client, first, arguments));
    while let Some(given) = cursor {
        cursor = joined.take(texts(client, next, &with(with_cursor, "<nextCursor>", &given)));
    }
    joined
}

#[test]
fn export_the_pied_piper_application_to_a_kickstart_file() {
    let sandbox = Sandbox::start(&[]);
    for (mode, most_tokens) in [("list", "20000"), ("list", "2000"), ("search", "2000")] {
        let environment = [
            ("API_KEY_APIKEYAUTH", API_KEY),
            ("MAX_ANSWER_TOKENS", most_tokens),
            ("TOOL_MODE", mode),
            ("READ_ONLY", "true"),
        ];
        let exported = follow_prompt(&mut sandbox.client_with(&environment));
        assert!(exported.report.contains("applications: 1, "), "{}", exported.report);

        let folder = tempfile::tempdir().unwrap();
        for (name, content) in &exported.files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let file = folder.path().join("kickstart.json");
        let secrets = secrets_of(&fs::read_to_string(&file).unwrap());
        let new = Sandbox::with_environment(&["--load", file.to_str().unwrap()], &borrowed(&secrets));
        let mut before = sandbox.client();
        let mut after = new.client_with(&[
            ("API_KEY_APIKEYAUTH", "the-value-of-KICKSTART_API_KEY-which-is-long"),
            ("MAX_ANSWER_TOKENS", "10000000"),
        ]);
        for (tool, argument, id, filter) in [
            (
                "retrieveApplicationWithId",
                "applicationId",
                PIED_PIPER_APPLICATION_ID,
                ".application | {name, tenantId, roles: [.roles[] | {id, name, isDefault}], registrationConfiguration, \
                 lambdaConfiguration, oauthConfiguration: (.oauthConfiguration | del(.clientSecret))}",
            ),
            ("retrieveThemeWithId", "themeId", PIED_PIPER_THEME_ID, ".theme | {name, stylesheet, templates}"),
            ("retrieveFormWithId", "formId", REGISTRATION_FORM_ID, ".form | {name, type, steps}"),
        ] {
            let arguments: BTreeMap<_, _> = [(argument, id), ("jq", filter)].into();
            let ask = |client: &mut Client| client.call(tool, json!(arguments)).text;
            let answer = ask(&mut before);
            assert!(answer.starts_with("200 OK\n{") && !answer.contains("null"), "{answer}");
            assert_eq!(ask(&mut after), answer, "{mode} {tool}");
        }
        let names = json!({ "jq": "[.applications[].name] | sort" });
        assert_eq!(
            after.call("retrieveApplication", names).text,
            "200 OK\n[\"FusionAuth\",\"Pied Piper\",\"Tenant Manager\"]"
        );
    }
}
