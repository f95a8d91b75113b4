//! `fusionauth-mcp sources`

use std::{collections::BTreeMap, fmt::Write, process::ExitCode};

use clap::Subcommand;
use gateway::{
    listing::{Listed, list},
    text::numerals::thousands,
    toolset::{Mode, Toolset, selection::Origin},
};
use serde_json::{Value, json};

use super::{
    flags::Flags,
    output::{fail, print},
    start::{Broken, Overview},
};
use crate::{
    config::Fetching,
    sources::{open::OpenSource, report::CredentialReport},
};

/// Faults that are printed of a source.
const MAX_FAULTS: usize = 10;

/// How to print the sources.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SourcesArguments {
    #[command(subcommand)]
    command: Option<SourcesCommand>,
    /// Print them as one JSON array
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum SourcesCommand {
    /// Fetch the documents of sources at URLs again, if they have changed
    ///
    /// Running servers keep using the document that they started with.
    Refresh,
}

/// Lists the sources. Fails where one of them cannot be used.
pub fn run(arguments: &SourcesArguments, flags: Flags) -> ExitCode {
    if let Some(SourcesCommand::Refresh) = &arguments.command {
        return Overview::with(flags, Fetching::Changed, |overview| refreshed(&overview));
    }
    Overview::with(flags, Fetching::default(), |overview| {
        let Overview { sources, broken, toolset } = overview;
        let offered = Offered::of(toolset);
        let text = if arguments.json {
            let rows = sources.iter().map(|source| offered.json(source)).chain(broken.iter().map(broken_json));
            format!("{:#}\n", Value::Array(rows.collect()))
        } else {
            let rows = sources.iter().map(|source| offered.text(source)).chain(broken.iter().map(broken_text));
            rows.collect::<Vec<_>>().join("\n")
        };
        let printed = print(text.as_bytes());
        if broken.is_empty() { printed } else { ExitCode::FAILURE }
    })
}

/// Says which documents have changed.
fn refreshed(Overview { sources, broken, .. }: &Overview) -> ExitCode {
    let mut text = String::new();
    for open in sources {
        let Some(changed) = open.report.changed else { continue };
        let (name, count) = (&open.name, open.source.document.operations.len());
        let state = if changed { "changed" } else { "unchanged" };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{name}: {state}, {count} operations");
    }
    if text.is_empty() && broken.is_empty() {
        text.push_str("no source has a document at a URL\n");
    }
    let printed = print(text.as_bytes());
    broken.iter().fold(printed, |_, broken| fail(&broken.error))
}

/// What clients see of each source, by the address of its document.
struct Offered {
    /// The tools, and the tokens of their list.
    counts: BTreeMap<usize, (usize, usize)>,
}

impl Offered {
    fn of(toolset: Option<Toolset>) -> Self {
        let mut counts = BTreeMap::new();
        let Some(toolset) = toolset else { return Self { counts } };
        // As if all were listed, so that sources can be compared.
        let toolset = toolset.with_mode(Mode::List);
        for listed in list(&toolset) {
            let tool = toolset.tool(listed.name).map(|tool| &tool.source);
            let source = tool.or_else(|| toolset.composite(listed.name).map(|composite| &composite.source));
            let Some(source) = source else { continue };
            let (tools, tokens): &mut (usize, usize) = counts.entry(address(source.document)).or_default();
            *tools += 1;
            *tokens += Listed::tokens(&listed);
        }
        Self { counts }
    }

    fn count(&self, open: &OpenSource) -> (usize, usize) {
        self.counts.get(&address(open.source.document)).copied().unwrap_or_default()
    }

    fn text(&self, open: &OpenSource) -> String {
        let OpenSource { name, address, source, selection, report, .. } = open;
        let mut text = format!("{name}\n");
        let mut row = |title: &str, value: &str| {
            // Writing to a String does not fail.
            let _ = writeln!(text, "  {title:12} {value}");
        };
        row("document", &report.document);
        if !report.overlays.is_empty() {
            row("overlays", &report.overlays.join(", "));
        }
        row("address", address);
        row("operations", &format!("{} loaded, {} left out", source.document.operations.len(), report.left_out));
        for fault in report.faults.iter().take(MAX_FAULTS) {
            row("", &fault.to_string());
        }
        if let Some(more) = report.faults.len().checked_sub(MAX_FAULTS).filter(|more| *more > 0) {
            row("", &format!("and {more} more; --json has all of them"));
        }
        let (tools, tokens) = self.count(open);
        row("tools", &format!("{tools} offered, {} tokens (o200k) as a list", thousands(tokens)));
        let state = |one: &CredentialReport| format!("{} {}", one.setting, if one.is_set { "set" } else { "not set" });
        let mut credentials: Vec<_> = report.credentials.iter().map(state).collect();
        if report.refused > 0 {
            credentials.push(format!("{} tools are refused without more of them", report.refused));
        }
        row("credentials", &joined_or(&credentials, "none needed"));
        let filters: Vec<_> = selection.origins().map(Origin::assignment).collect();
        row("filters", &joined_or(&filters, "none"));
        text
    }

    fn json(&self, open: &OpenSource) -> Value {
        let OpenSource { name, address, source, selection, report, .. } = open;
        let (tools, tokens) = self.count(open);
        let faults = report.faults.iter().map(|fault| json!({ "path": fault.path, "message": fault.message }));
        let credentials = report.credentials.iter().map(|one| json!({ "setting": one.setting, "isSet": one.is_set }));
        json!({
            "name": name,
            "document": report.document,
            "overlays": report.overlays,
            "address": address,
            "operations": source.document.operations.len(),
            "leftOut": report.left_out,
            "faults": faults.collect::<Vec<_>>(),
            "tools": tools,
            "tokens": tokens,
            "credentials": credentials.collect::<Vec<_>>(),
            "refusedTools": report.refused,
            "filters": selection.origins().map(Origin::assignment).collect::<Vec<_>>(),
        })
    }
}

fn joined_or(texts: &[String], otherwise: &str) -> String {
    if texts.is_empty() { otherwise.to_owned() } else { texts.join("; ") }
}

fn broken_text(broken: &Broken) -> String {
    format!("{}\n  {:12} {}\n  {:12} {}\n", broken.name, "document", broken.document, "broken", broken.error)
}

fn broken_json(broken: &Broken) -> Value {
    json!({ "name": broken.name, "document": broken.document, "error": broken.error.to_string() })
}

/// What tells a document from others: no two are at one place.
fn address<T>(value: &'static T) -> usize {
    std::ptr::from_ref(value).addr()
}
