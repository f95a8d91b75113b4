//! `fusionauth-mcp doctor`

use std::{fmt::Write, process::ExitCode, sync::Arc};

use gateway::{principal::Principal, session::Session, toolset::Toolset};
use serde_json::{Value, json};

use super::{
    output::{fail, print},
    start::{Start, block_on},
};
use crate::{
    fusionauth::doctor::{
        self,
        finding::{Finding, Outcome},
        protocol,
    },
    mcp::server::Server,
};

/// How to tell.
#[derive(clap::Args)]
pub struct DoctorArguments {
    /// Print the findings as one JSON array
    #[arg(long)]
    json: bool,
}

/// Checks, and reports what was found. Fails where something needs attention.
pub fn run(arguments: &DoctorArguments, start: Start) -> ExitCode {
    // The checks ask also with tools that are not offered: which tools are is the client's affair.
    let everything = Toolset::choose(vec![Arc::clone(&start.source)], &doctor::selection(), start.config.presentation);
    let everything = match everything {
        Ok(toolset) => Arc::new(toolset),
        Err(errors) => return fail(&errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    };
    let asking = Session::new(Arc::new(Principal::Local), everything, start.config.limits);
    block_on(async {
        let mut findings = doctor::examine(&asking, &start.toolset, &start.config.upstream).await;
        let server = || Server::new(Arc::new(start.session()));
        findings.extend(protocol::speak_mcp(server, start.config.upstream.request_timeout).await);
        let text = if arguments.json { array(&findings) } else { readable(&findings) };
        let printed = print(text.as_bytes());
        if findings.iter().any(|finding| finding.outcome == Outcome::Attention) { ExitCode::FAILURE } else { printed }
    })
}

fn array(findings: &[Finding]) -> String {
    let object = |Finding { name, outcome, detail, remedy }: &Finding| {
        let outcome = format!("{outcome:?}").to_lowercase();
        json!({ "name": name, "outcome": outcome, "detail": detail, "remedy": remedy.as_deref().unwrap_or_default() })
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
        // Writing to a String does not fail.
        let _ = writeln!(text, "{mark} {name:width$}  {detail}");
        if let Some(remedy) = remedy {
            let _ = writeln!(text, "    {remedy}");
        }
    }
    text
}
