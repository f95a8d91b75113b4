//! `fusionauth-mcp tools`

use std::{fmt::Write, process::ExitCode};

use clap::ValueEnum;
use openapi_tools::operation::Operation;
use rmcp::model::Tool;

use super::{misused, print};
use crate::{costs, listing, toolset::Toolset};

/// What to list.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only tools whose name, area or path has all of these words, in any case
    words: Vec<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Instead, what the list costs a model in tokens: by bucket and area, and the heaviest tools. As Markdown: what the
    /// usual settings cost
    #[arg(long, conflicts_with = "words")]
    tokens: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
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
pub fn run(arguments: &Arguments, toolset: &Toolset) -> ExitCode {
    if arguments.tokens {
        let text = match arguments.format {
            Format::Markdown => costs::settings_table(toolset.document()),
            Format::Table => costs::table(toolset),
            Format::Json | Format::Names => return misused("--tokens comes as a table or as markdown"),
        };
        return print(text.as_bytes());
    }
    let words: Vec<_> = arguments.words.iter().map(|word| word.to_lowercase()).collect();
    let chosen: Vec<_> =
        toolset.operations().iter().copied().filter(|operation| has_words(operation, &words)).collect();
    let text = match arguments.format {
        Format::Table => table(&chosen),
        Format::Json => {
            let is_chosen =
                |tool: &Tool| words.is_empty() || chosen.iter().any(|operation| operation.name == tool.name);
            let tools: Vec<_> = listing::tools(toolset).into_iter().filter(is_chosen).collect();
            format!("{:#}\n", serde_json::json!(tools))
        }
        Format::Markdown => listing::markdown(&chosen),
        Format::Names => chosen.iter().map(|operation| format!("{}\n", operation.name)).collect(),
    };
    print(text.as_bytes())
}

fn has_words(operation: &Operation, words: &[String]) -> bool {
    let text = format!("{} {} {}", operation.name, operation.area, operation.path_template()).to_lowercase();
    words.iter().all(|word| text.contains(word))
}

fn table(operations: &[&Operation]) -> String {
    let width = operations.iter().map(|operation| operation.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for operation in operations {
        let method = operation.method.as_str();
        // Writing to a String does not fail.
        let _ = writeln!(text, "{:width$}  {method:6}  {}", operation.name, operation.path_template());
    }
    let plural = if operations.len() == 1 { "" } else { "s" };
    let _ = writeln!(text, "{} tool{plural}", operations.len());
    text
}
