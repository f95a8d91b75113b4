//! docs/export.md shows an export as an MCP client gets it, made by exporting.

use std::{env, fmt::Write, fs};

use serde_json::{Value, json};

use super::{
    run,
    tool::{MORE, limited, texts},
};
use crate::support::{client::Client, sandbox::Sandbox, thousands};

const PAGE: &str = "docs/export.md";
const BEGIN: &str = "<!-- transcript: made by tests/black_box/export/transcript.rs -->\n";
const END: &str = "<!-- end of transcript -->";

/// Characters of a line that are shown.
const MAX_WIDTH: usize = 116;

/// Items of a part of the report that are shown, and lines of a file.
const MAX_ITEMS: usize = 2;
const MAX_LINES: usize = 10;

const TOOL: &str = "exportKickstart";

fn arguments() -> Value {
    json!({ "application": "Pied Piper" })
}

/// A request with what its answer costs.
fn request(text: &mut String, call: &str, arguments: &Value, answer: &[String]) -> usize {
    let tokens = answer.iter().map(|text| o200k::count(text)).sum();
    writeln!(text, "→ {call} {arguments}\n  {} tokens", thousands(tokens)).unwrap();
    tokens
}

/// The beginning of a text: so many lines, each so long.
fn show(text: &mut String, lines: &str, most: usize) {
    let count = lines.lines().count();
    for line in lines.lines().take(most) {
        let dots = if line.chars().count() > MAX_WIDTH { "…" } else { "" };
        writeln!(text, "  {}{dots}", line.chars().take(MAX_WIDTH).collect::<String>()).unwrap();
    }
    if count > most {
        text.push_str("  …\n");
    }
}

/// The report, with the first items of each part.
fn show_report(text: &mut String, report: &str) {
    let mut items = 0;
    for line in report.lines() {
        if line.starts_with("- ") {
            items += 1;
            match items {
                ..=MAX_ITEMS => show(text, line, 1),
                items if items == MAX_ITEMS + 1 => text.push_str("  …\n"),
                _ => {}
            }
        } else {
            items = 0;
            show(text, line, 1);
        }
    }
}

fn prompt(client: &mut Client, name: &str, arguments: &Value) -> String {
    let response = client.request("prompts/get", json!({ "name": name, "arguments": arguments }));
    response["result"]["messages"][0]["content"]["text"].as_str().unwrap().to_owned()
}

fn whole(text: &mut String, sandbox: &Sandbox) {
    let mut client = limited(sandbox, 20_000);
    let guide = prompt(&mut client, "export-kickstart", &arguments());
    request(text, "prompts/get export-kickstart", &arguments(), std::slice::from_ref(&guide));
    show(text, &guide, 1);
    let answer = texts(&mut client, TOOL, &arguments());
    request(text, &format!("tools/call {TOOL}"), &arguments(), &answer);
    let [report, file] = answer.as_slice() else { panic!("{answer:?}") };
    show_report(text, report.trim_end());
    text.push('\n');
    show(text, file, MAX_LINES);
}

/// The same in parts: the tokens of each.
fn in_parts(text: &mut String, sandbox: &Sandbox) -> Vec<usize> {
    let mut client = limited(sandbox, 5_000);
    let (mut arguments, mut tokens) = (arguments(), Vec::new());
    loop {
        let answer = texts(&mut client, TOOL, &arguments);
        tokens.push(request(text, &format!("tools/call {TOOL}"), &arguments, &answer));
        show(text, &answer[0], 1);
        let Some(cursor) = answer.last().unwrap().strip_prefix(MORE) else { return tokens };
        writeln!(text, "  {MORE}{cursor}").unwrap();
        arguments["cursor"] = json!(cursor);
    }
}

/// The command that tries the file, and what it prints.
fn trial(sandbox: &Sandbox) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kickstart.json");
    let out = path.to_str().unwrap();
    super::exported(&super::access(sandbox), &["export", "kickstart", "--application", "Pied Piper", "--out", out]);
    let kickstart = fs::read_to_string(&path).unwrap();
    let variables = kickstart.split("#{ENV.").skip(1).filter_map(|rest| rest.split_once('}'));
    let variables: Vec<_> = variables.map(|(name, _)| (name, "a-value-that-is-long-enough-for-all")).collect();
    let filter = "jq=.applications[] | {name, roles: (.roles | length)}";
    let load = format!("--sandbox={}", path.display());
    let output = run(&variables, &[&load, "call", "retrieveApplication", filter]);
    assert!(output.status.success(), "{}", super::stderr(&output));
    let printed = String::from_utf8(output.stdout).unwrap();
    format!("$ fusionauth-mcp --sandbox=kickstart.json call retrieveApplication '{filter}'\n{printed}")
}

fn transcript() -> String {
    let sandbox = Sandbox::start(&[]);
    let (mut first, mut parts) = (String::new(), String::new());
    whole(&mut first, &sandbox);
    let tokens: Vec<_> = in_parts(&mut parts, &sandbox).into_iter().map(thousands).collect();
    let (last, others) = tokens.split_last().unwrap();
    format!(
        "```text\n{first}```\n\nWith `MAX_ANSWER_TOKENS=5000`, the same export takes {} calls, of {} and {last} tokens:\n\n\
         ```text\n{parts}```\n\nAnd the file, tried in an empty simulated instance with its variables set:\n\n\
         ```text\n{}```\n",
        tokens.len(),
        others.join(", "),
        trial(&sandbox)
    )
}

/// `UPDATE_DOCS=1` writes it.
#[test]
fn the_transcript_on_the_page_is_what_an_export_answers() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (shown, after) = rest.split_once(END).unwrap();
    let transcript = transcript();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, format!("{before}{BEGIN}{transcript}{END}{after}")).unwrap();
    } else {
        assert_eq!(shown, transcript, "UPDATE_DOCS=1 cargo test --test black_box transcript:: writes it");
    }
}
