//! `fusionauth-mcp tools`

mod page;
mod show;
mod table;

use std::{process::ExitCode, sync::Arc};

use clap::{Subcommand, ValueEnum};
use gateway::{
    listing::{Listed, list},
    principal::Principal,
    session::Session,
    toolset::{Mode, Toolset},
};

use self::{show::ShowArguments, table::Row};
use super::{
    costs,
    output::{fail, misused, print},
    start::{Start, block_on},
};
use crate::{
    fusionauth::{
        doctor,
        permissions::{Verdict, verdicts},
    },
    mcp::listing,
};

/// What to list.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ToolsArguments {
    #[command(subcommand)]
    command: Option<ToolsCommand>,
    /// Only tools whose name, area or path contains all of these words; case is ignored
    words: Vec<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = ListFormat::Table)]
    format: ListFormat,
    /// Instead, print what the list costs a model in tokens: by bucket and area, and the largest tools. As Markdown: what the
    /// usual settings cost
    #[arg(long, conflicts_with = "words")]
    tokens: bool,
    /// Find out from the instance which tools the API key may call, and mark the others. Changes nothing
    #[arg(long, conflicts_with = "tokens")]
    permissions: bool,
}

#[derive(Subcommand)]
enum ToolsCommand {
    /// Show all arguments of tools, and an example for the simulated instance
    Show(ShowArguments),
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// Name, method and path, and the count
    Table,
    /// What `tools/list` returns: name, description, input schema, hints
    Json,
    /// Title, description and hints, by area
    Markdown,
    /// One name per line
    Names,
}

/// Lists the tools.
pub fn run(arguments: &ToolsArguments, start: &Start) -> ExitCode {
    if let Some(ToolsCommand::Show(arguments)) = &arguments.command {
        return show::run(arguments, &start.toolset);
    }
    let toolset = &start.toolset;
    if arguments.tokens {
        let text = match arguments.format {
            ListFormat::Markdown => match start.fusionauth("tools --tokens --format markdown") {
                Ok(source) => costs::settings_table(source),
                Err(error) => return misused(&[error]),
            },
            ListFormat::Table => costs::table(toolset),
            ListFormat::Json | ListFormat::Names => {
                return misused(&["--tokens can only be printed as table or markdown"]);
            }
        };
        return print(text.as_bytes());
    }
    if arguments.permissions && arguments.format != ListFormat::Table {
        return misused(&["--permissions can only be printed as table"]);
    }
    let words: Vec<_> = arguments.words.iter().map(|word| word.to_lowercase()).collect();
    let listed = chosen(toolset, &words);
    match arguments.format {
        ListFormat::Json => {
            let tools: Vec<_> = listed.into_iter().map(listing::tool).collect();
            print(format!("{:#}\n", serde_json::json!(tools)).as_bytes())
        }
        ListFormat::Markdown => print(page::index(toolset).as_bytes()),
        ListFormat::Names => {
            let names: String = listed.iter().map(|listed| format!("{}\n", listed.name)).collect();
            print(names.as_bytes())
        }
        ListFormat::Table => {
            let verdicts = if arguments.permissions { asked(start) } else { Ok(Vec::new()) };
            match verdicts {
                Ok(verdicts) => {
                    let rows: Vec<_> = listed.iter().map(|listed| Row::new(toolset, listed)).collect();
                    let is_searching = toolset.presentation().mode == Mode::Search && words.is_empty();
                    print(table::table(toolset, &rows, &verdicts, is_searching).as_bytes())
                }
                Err(error) => fail(&error),
            }
        }
    }
}

/// What a client sees in its list. With words: what it can call, in the list or through the tool that calls others.
fn chosen(toolset: &Toolset, words: &[String]) -> Vec<Listed> {
    if words.is_empty() {
        return list(toolset);
    }
    let mut listed = callables(toolset);
    listed.retain(|listed| words.iter().all(|word| text(toolset, listed.name).contains(word)));
    listed
}

/// Everything that can be called, sorted by name.
fn callables(toolset: &Toolset) -> Vec<Listed> {
    let mut listed = gateway::listing::callables(toolset);
    if toolset.presentation().mode == Mode::Search {
        listed.extend(list(toolset));
    }
    listed.sort_by_key(|listed| listed.name);
    listed.dedup_by_key(|listed| listed.name);
    listed
}

/// What words are looked for in.
fn text(toolset: &Toolset, name: &str) -> String {
    let operation = toolset.tool(name).map(|tool| tool.operation);
    let place = operation.map(|operation| format!("{} {}", operation.area, operation.path_template()));
    format!("{name} {}", place.unwrap_or_default()).to_lowercase()
}

/// What the present key may call.
fn asked(start: &Start) -> Result<Vec<Verdict>, String> {
    let fusionauth = start.fusionauth("tools --permissions")?;
    let reading = Toolset::choose(vec![Arc::clone(fusionauth)], &doctor::selection(), start.config.presentation);
    let reading = reading.map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    let asking = Session::new(Arc::new(Principal::Local), Arc::new(reading), start.config.limits);
    let mut found = Vec::new();
    block_on(async {
        found = verdicts(&asking, &start.toolset).await;
        ExitCode::SUCCESS
    });
    Ok(found)
}
