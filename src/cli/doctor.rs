//! `fusionauth-mcp doctor`

mod sources;

use std::{process::ExitCode, sync::Arc};

use gateway::{principal::Principal, session::Session, source::Source, toolset::Toolset};
use serde_json::{Value, json};
use textwrap::{Options, WordSplitter, fill};

use super::{
    output::{self, fail, print},
    start::{Start, block_on},
};
use crate::{
    fusionauth::doctor::{
        self,
        comparisons::examine_comparisons,
        finding::{Finding, Outcome},
        protocol,
    },
    mcp::server::Server,
};

/// How to print the findings.
#[derive(clap::Args)]
pub struct DoctorArguments {
    /// Print the findings as one JSON array
    #[arg(long)]
    json: bool,
}

/// Checks, and reports what was found. Fails where something needs attention.
pub fn run(arguments: &DoctorArguments, start: Start) -> ExitCode {
    let fusionauth = start.fusionauth("doctor").ok();
    // The checks ask also with tools that are not offered: which tools are is the client's affair.
    let asking: Result<Vec<_>, _> = start.sources.iter().map(|open| reading(&start, &open.source)).collect();
    let asking = match asking {
        Ok(sessions) => sessions,
        Err(error) => return fail(&error),
    };
    block_on(async {
        let mut findings = Vec::new();
        for (open, asking) in start.sources.iter().zip(&asking) {
            if fusionauth.is_some_and(|fusionauth| Arc::ptr_eq(fusionauth, &open.source)) {
                findings.extend(doctor::examine(asking, &start.toolset, &start.config.upstream).await);
            } else {
                findings.extend(sources::examine(asking, open).await);
            }
        }
        findings.extend(start.broken.iter().map(sources::broken));
        if fusionauth.is_some() {
            findings.extend(examine_comparisons(&start.config.compare_with));
        }
        findings.extend(doctor::examine_list(&start.toolset, &start.config.suspects));
        let server = || Server::new(Arc::new(start.session()));
        let spoken = protocol::speak_mcp(server, start.config.upstream.request_timeout).await;
        findings.extend(spoken.into_iter().filter(|one| fusionauth.is_some() || one.name != protocol::QUESTION));
        let text = if arguments.json { array(&findings) } else { readable(&findings, output::width()) };
        let printed = print(text.as_bytes());
        if findings.iter().any(|finding| finding.outcome == Outcome::Attention) { ExitCode::FAILURE } else { printed }
    })
}

/// A session with everything of a source that only reads.
fn reading(start: &Start, source: &Arc<Source>) -> Result<Session, String> {
    let toolset = Toolset::choose(vec![Arc::clone(source)], &doctor::selection(), start.config.presentation);
    match toolset {
        Ok(toolset) => Ok(Session::new(Arc::new(Principal::Local), Arc::new(toolset), start.config.limits)),
        Err(errors) => Err(errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}

fn array(findings: &[Finding]) -> String {
    let object = |Finding { name, outcome, detail, remedy }: &Finding| {
        let outcome = format!("{outcome:?}").to_lowercase();
        json!({ "name": name, "outcome": outcome, "detail": detail, "remedy": remedy.as_deref().unwrap_or_default() })
    };
    format!("{:#}\n", Value::Array(findings.iter().map(object).collect()))
}

fn readable(findings: &[Finding], width: Option<usize>) -> String {
    let names = findings.iter().map(|finding| finding.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for Finding { name, outcome, detail, remedy } in findings {
        let mark = match outcome {
            Outcome::Good => '✓',
            Outcome::Note => 'i',
            Outcome::Attention => '!',
            Outcome::Skipped => '-',
        };
        let first = format!("{mark} {name:names$}  ");
        text.push_str(&wrapped(detail, width, &first, &" ".repeat(first.chars().count())));
        if let Some(remedy) = remedy {
            text.push_str(&wrapped(remedy, width, "    ", "    "));
        }
    }
    text
}

/// A text as lines, each with its newline; in one line without a width.
fn wrapped(text: &str, width: Option<usize>, first: &str, next: &str) -> String {
    let Some(width) = width else { return format!("{first}{text}\n") };
    let options = Options::new(width).initial_indent(first).subsequent_indent(next).break_words(false);
    format!("{}\n", fill(text, options.word_splitter(WordSplitter::NoHyphenation)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_findings_are_wrapped_to_the_terminal_and_to_nothing_else() {
        let detail = "retrieveUser, searchUsersByQueryWithId, retrieveUserRegistration ".repeat(8);
        let finding =
            Finding::new("permissions", Outcome::Attention, detail.trim()).with_remedy("Do something. ".repeat(9));
        let findings = [finding, Finding::new("MCP", Outcome::Good, "fine")];
        let plain = readable(&findings, None);
        assert_eq!(plain.lines().count(), 3, "{plain}");
        for width in [40, 60, 100] {
            let text = readable(&findings, Some(width));
            assert!(text.lines().all(|line| line.chars().count() <= width), "{width}: {text}");
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&text), words(&plain));
            assert!(text.lines().nth(1).unwrap().starts_with("               "), "{text}");
        }
    }

    #[test]
    fn what_has_a_remedy_has_no_tick() {
        for outcome in [Outcome::Good, Outcome::Note, Outcome::Attention, Outcome::Skipped] {
            let finding = Finding::new("a", outcome, "b").with_remedy("c");
            assert!(!readable(&[finding], None).contains('✓'), "{outcome:?}");
        }
    }
}
