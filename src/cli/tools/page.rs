//! Pages of documentation: all tools by area, and each area with all arguments.

use std::{collections::BTreeMap, fmt::Write};

use gateway::{describe::MAX_BYTES, listing::count, tool::Tool, toolset::Toolset};
use openapi_tools::{describe::signature::signature, model::operation::Operation};

use crate::fusionauth::examples;

/// All tools by area, as Markdown.
pub fn index(toolset: &Toolset) -> String {
    let tools = toolset.tools();
    let composites = toolset.composites();
    let reading = tools.iter().filter(|tool| tool.operation.effect.read_only).count() + composites.len() + 1;
    let mut text = format!(
        "# The tools\n\n{} tools, of which {reading} only read: {} are operations of the API, {} are exports, and \
         `describe_tool` shows the arguments of the others. Made by `fusionauth-mcp tools --format markdown`; the page of an \
         area has all arguments, as `fusionauth-mcp tools show NAME` prints them.\n\n\
         Hints: **reads** changes nothing; **overwrites** may overwrite or remove something, which you can read before and \
         write back; **destroys** may destroy something that no other call restores (`irreversible` in `USE_TOOLS` and \
         `CONFIRM`); **repeats** may be called again with the same arguments without changing anything more.\n",
        count(toolset),
        tools.len(),
        composites.len(),
    );
    for (area, tools) in areas(toolset) {
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n## {area}\n\n[All arguments](tools/{area}.md)\n\n| tool | what it does | call | hints |\n|---|---|---|---|\n"
        );
        for tool in tools {
            let operation = tool.operation;
            let _ = writeln!(
                text,
                "| `{}` | **{}.** {} | `{} {}` | {} |",
                operation.name,
                operation.title.unwrap_or_default(),
                tool.description(),
                operation.method.as_str(),
                operation.path_template(),
                hints(operation)
            );
        }
    }
    if !composites.is_empty() {
        text.push_str("\n## Exports\n\n| tool | what it does |\n|---|---|\n");
        for offered in composites {
            let composite = &offered.composite;
            let _ =
                writeln!(text, "| `{}` | **{}.** {} |", composite.name(), composite.title(), composite.description());
        }
    }
    text
}

/// The tools by area.
pub fn areas(toolset: &Toolset) -> BTreeMap<&'static str, Vec<&Tool>> {
    let mut areas: BTreeMap<&str, Vec<&Tool>> = BTreeMap::new();
    for tool in toolset.tools() {
        areas.entry(tool.operation.area).or_default().push(tool);
    }
    areas
}

/// The page of an area.
pub fn area(area: &str, tools: &[&Tool]) -> String {
    let mut text = format!(
        "# {area}\n\nAll arguments of the tools of this area, in the notation of `describe_tool`: `?` marks what may be left \
         out. Made by `fusionauth-mcp tools show --area {area} --format markdown`. [All areas](../tools.md)\n"
    );
    for tool in tools {
        let operation = tool.operation;
        // Writing to a String does not fail.
        let _ = write!(
            text,
            "\n## {}\n\n**{}.** {}\n\n`{} {}`",
            operation.name,
            operation.title.unwrap_or_default(),
            tool.description(),
            operation.method.as_str(),
            operation.path_template()
        );
        let hints = hints(operation);
        if !hints.is_empty() {
            let _ = write!(text, " ({hints})");
        }
        let _ = write!(text, "\n\n```text\n{}\n```\n", signature(tool.view(), MAX_BYTES).trim_end());
        if let Some(example) = examples::command(operation.name) {
            let _ = write!(text, "\n```sh\n{example}\n```\n");
        }
    }
    text
}

fn hints(operation: &Operation) -> String {
    let (effect, is_irreversible) = (operation.effect, operation.irreversible.is_some());
    let hints = [
        (effect.read_only, "reads"),
        (effect.destructive && !is_irreversible, "overwrites"),
        (is_irreversible, "destroys"),
        (effect.idempotent, "repeats"),
    ];
    hints.iter().filter(|(holds, _)| *holds).map(|(_, hint)| *hint).collect::<Vec<_>>().join(", ")
}
