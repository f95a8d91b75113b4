//! `fusionauth-mcp doctor`

use std::{fmt::Write, process::ExitCode, sync::Arc};

use serde_json::{Value, json};

use super::print;
use crate::{
    call::Caller,
    config::UpstreamConfig,
    doctor::{self, Finding, Outcome},
    server::Server,
    toolset::Toolset,
};

/// How to tell.
#[derive(clap::Args)]
pub struct Arguments {
    /// Print the findings as one JSON array
    #[arg(long)]
    json: bool,
}

/// Checks, and tells what was found. Fails where something needs attention.
pub async fn run(
    arguments: &Arguments,
    toolset: Toolset,
    caller: Caller,
    config: &UpstreamConfig,
    most_answer_tokens: usize,
) -> ExitCode {
    let mut findings = doctor::examine(&toolset, &caller, config).await;
    let server = Arc::new(Server::new(toolset, caller, most_answer_tokens));
    findings.extend(doctor::speak_mcp(server, config.request_timeout).await);
    let text = if arguments.json { array(&findings) } else { readable(&findings) };
    let printed = print(text.as_bytes());
    if findings.iter().any(|finding| finding.outcome == Outcome::Attention) { ExitCode::FAILURE } else { printed }
}

fn array(findings: &[Finding]) -> String {
    let object = |Finding { name, outcome, detail, remedy }: &Finding| {
        let outcome = format!("{outcome:?}").to_lowercase();
        json!({ "name": name, "outcome": outcome, "detail": detail, "remedy": remedy })
    };
    format!("{:#}\n", Value::Array(findings.iter().map(object).collect()))
}

fn readable(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Finding { name, outcome, detail, remedy } in findings {
        let mark = match outcome {
            Outcome::Good => '✓',
            Outcome::Attention => '!',
            Outcome::Skipped => '-',
        };
        // Some of it comes from the instance: a terminal must not obey it.
        let detail = detail.replace(char::is_control, " ");
        // Writing to a String does not fail.
        let _ = writeln!(text, "{mark} {name:width$}  {detail}");
        if !remedy.is_empty() {
            let _ = writeln!(text, "    {remedy}");
        }
    }
    text
}
