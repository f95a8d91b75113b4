//! `fusionauth-mcp tools`

use std::{collections::BTreeMap, fmt::Write, process::ExitCode};

use clap::ValueEnum;
use gateway::{listing::list, tool::Tool};

use super::{
    costs,
    output::{misused, print},
    start::Start,
};
use crate::mcp::listing;

/// What to list.
#[derive(clap::Args)]
pub struct ToolsArguments {
    /// Only tools whose name, area or path has all of these words, in any case
    words: Vec<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    /// Instead, what the list costs a model in tokens: by bucket and area, and the heaviest tools. As Markdown: what the
    /// usual settings cost
    #[arg(long, conflicts_with = "words")]
    tokens: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum ListFormat {
    /// Name, method and path, and the count
    Table,
    /// What `tools/list` answers: name, description, input schema, hints
    Json,
    /// Title, description and hints, by area
    Markdown,
    /// A name a line
    Names,
}

/// Lists the tools.
pub fn run(arguments: &ToolsArguments, start: &Start) -> ExitCode {
    let toolset = &start.toolset;
    if arguments.tokens {
        let text = match arguments.format {
            ListFormat::Markdown => costs::settings_table(&start.source),
            ListFormat::Table => costs::table(toolset),
            ListFormat::Json | ListFormat::Names => return misused(&["--tokens comes as a table or as markdown"]),
        };
        return print(text.as_bytes());
    }
    let words: Vec<_> = arguments.words.iter().map(|word| word.to_lowercase()).collect();
    let chosen: Vec<_> = toolset.tools().iter().filter(|tool| has_words(tool, &words)).collect();
    let text = match arguments.format {
        ListFormat::Table => table(&chosen),
        ListFormat::Json => {
            let is_chosen = |name: &str| words.is_empty() || chosen.iter().any(|tool| tool.name() == name);
            let listed = list(toolset).into_iter().filter(|listed| is_chosen(listed.name));
            let tools: Vec<_> = listed.map(listing::tool).collect();
            format!("{:#}\n", serde_json::json!(tools))
        }
        ListFormat::Markdown => markdown(&chosen),
        ListFormat::Names => chosen.iter().map(|tool| format!("{}\n", tool.name())).collect(),
    };
    print(text.as_bytes())
}

fn has_words(tool: &Tool, words: &[String]) -> bool {
    let operation = tool.operation;
    let text = format!("{} {} {}", operation.name, operation.area, operation.path_template()).to_lowercase();
    words.iter().all(|word| text.contains(word))
}

fn table(tools: &[&Tool]) -> String {
    let width = tools.iter().map(|tool| tool.name().len()).max().unwrap_or_default();
    let mut text = String::new();
    for tool in tools {
        let operation = tool.operation;
        let method = operation.method.as_str();
        // Writing to a String does not fail.
        let _ = writeln!(text, "{:width$}  {method:6}  {}", operation.name, operation.path_template());
    }
    let plural = if tools.len() == 1 { "" } else { "s" };
    let _ = writeln!(text, "{} tool{plural}", tools.len());
    text
}

/// All tools by area, as Markdown.
fn markdown(tools: &[&Tool]) -> String {
    let mut areas: BTreeMap<&str, Vec<&Tool>> = BTreeMap::new();
    for tool in tools {
        areas.entry(tool.operation.area).or_default().push(tool);
    }
    let reading = tools.iter().filter(|tool| tool.operation.effect.read_only).count();
    let mut text = format!(
        "# The tools\n\n{} tools, of which {reading} only read. Made by `fusionauth-mcp tools --format markdown`.\n\n\
         Hints: **reads** changes nothing; **destroys** may delete or overwrite; **repeats** may be called again with \
         the same arguments and changes nothing more.\n",
        tools.len()
    );
    for (area, tools) in areas {
        // Writing to a String does not fail.
        let _ = write!(text, "\n## {area}\n\n| tool | what it does | call | hints |\n|---|---|---|---|\n");
        for tool in tools {
            let operation = tool.operation;
            let effect = operation.effect;
            let hints = [(effect.read_only, "reads"), (effect.destructive, "destroys"), (effect.idempotent, "repeats")];
            let hints: Vec<_> = hints.iter().filter(|(holds, _)| *holds).map(|(_, hint)| *hint).collect();
            let _ = writeln!(
                text,
                "| `{}` | **{}.** {} | `{} {}` | {} |",
                operation.name,
                operation.title.unwrap_or_default(),
                tool.description(),
                operation.method.as_str(),
                operation.path_template(),
                hints.join(", ")
            );
        }
    }
    text
}
