//! `fusionauth-mcp tools show`

use std::process::ExitCode;

use clap::ValueEnum;
use clap_complete::ArgValueCandidates;
use gateway::{
    describe::{MAX_BYTES, composite_description, tool_description},
    listing::list,
    text::nearest::did_you_mean,
    toolset::{Callable, Toolset},
};

use super::{
    super::{
        completions,
        output::{misused, print},
    },
    page,
};
use crate::fusionauth::examples;

/// What to show.
#[derive(clap::Args)]
pub struct ShowArguments {
    /// The tools' names, as `fusionauth-mcp tools` lists them
    #[arg(required_unless_present = "area", value_name = "NAME", add = ArgValueCandidates::new(completions::tools))]
    names: Vec<String>,
    /// Instead, show all tools of an area
    #[arg(long, conflicts_with = "names", add = ArgValueCandidates::new(completions::areas))]
    area: Option<String>,
    /// How to print them
    #[arg(long, value_enum, default_value_t = ShowFormat::Text)]
    format: ShowFormat,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShowFormat {
    /// For a terminal
    Text,
    /// For a page, with all tools of an area
    Markdown,
}

/// Shows the tools.
pub fn run(arguments: &ShowArguments, toolset: &Toolset) -> ExitCode {
    let areas = page::areas(toolset);
    let names: Vec<&str> = match &arguments.area {
        None => arguments.names.iter().map(String::as_str).collect(),
        Some(area) => match areas.get(area.as_str()) {
            None => {
                let hint = did_you_mean(area, areas.keys().copied());
                return misused(&[format!("--area: `{area}`: no tool of that area is offered{hint}")]);
            }
            Some(tools) if arguments.format == ShowFormat::Markdown => {
                return print(page::area(area, tools).as_bytes());
            }
            Some(tools) => tools.iter().map(|tool| tool.name()).collect(),
        },
    };
    if arguments.format == ShowFormat::Markdown {
        return misused(&["--format markdown is for an area: --area NAME"]);
    }
    let mut texts = Vec::new();
    let mut errors = Vec::new();
    for name in names {
        match text(toolset, name) {
            Ok(text) => texts.push(text),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { print(texts.join("\n").as_bytes()) } else { misused(&errors) }
}

fn text(toolset: &Toolset, name: &str) -> Result<String, String> {
    let own = list(toolset).into_iter().find(|listed| listed.name == name);
    let (name, description) = match (toolset.callable(name), own) {
        (Some(Callable::Tool(tool)), _) => (tool.name(), tool_description(toolset, &tool, MAX_BYTES)),
        (Some(Callable::Composite(offered)), _) => (offered.composite.name(), composite_description(&offered)),
        (None, Some(own)) => {
            let schema = serde_json::Value::Object(own.input_schema.clone());
            (own.name, format!("{}\n{}\narguments: {schema:#}\n", own.name, own.description))
        }
        (None, None) => return Err(toolset.unknown(name).to_string()),
    };
    let example =
        examples::command(name).map(|command| format!("\nExample, for the simulated instance:\n  {command}\n"));
    Ok(format!("{}\n{}", description.trim_end(), example.unwrap_or_default()))
}
