//! A tool as MCP clients and people see it.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use openapi_tools::{input_schema::input_schema, operation::Operation, output_schema::output_schema};
use rmcp::model::{Tool, ToolAnnotations};

use crate::{
    discovery, export,
    toolset::{Mode, Toolset},
};

/// What `tools/list` answers, sorted by name; with output schemas where answers are structured.
pub fn tools(toolset: &Toolset) -> Vec<Tool> {
    if toolset.mode() == Mode::Search {
        return discovery::tools(toolset);
    }
    let operations = toolset.operations().iter();
    let operations = operations.map(|operation| tool(toolset, operation));
    let exports = toolset.exports().iter().map(|format| export::tool::listed(*format));
    let mut tools: Vec<_> = operations.chain(exports).chain([discovery::describe_tool()]).collect();
    tools.sort_by(|left, right| left.name.cmp(&right.name));
    tools
}

/// The entry of one operation.
fn tool(toolset: &Toolset, operation: &Operation) -> Tool {
    let (document, detail) = (toolset.document(), toolset.detail());
    let effect = operation.effect;
    let annotations = ToolAnnotations::new()
        .read_only(effect.read_only)
        .destructive(effect.destructive)
        .idempotent(effect.idempotent)
        .open_world(false);
    let tool = Tool::new(operation.name, description(operation), input_schema(document, operation, detail))
        .with_title(operation.title)
        .with_annotations(annotations);
    match output_schema(document, operation, detail).filter(|_| toolset.is_structured()) {
        Some(schema) => tool.with_raw_output_schema(Arc::new(schema)),
        None => tool,
    }
}

/// What the tool does, and what its marks add to that.
pub fn description(operation: &Operation) -> String {
    let marks = [
        (operation.deprecated, "Deprecated."),
        (operation.licensed, "Needs a licence."),
        (operation.asynchronous, "The work may go on after the answer."),
    ];
    let said = marks.iter().filter(|(holds, _)| *holds).map(|(_, said)| *said);
    [operation.description].into_iter().chain(said).collect::<Vec<_>>().join(" ")
}

/// All tools by area, as Markdown.
pub fn markdown(operations: &[&Operation]) -> String {
    let mut areas: BTreeMap<&str, Vec<&Operation>> = BTreeMap::new();
    for operation in operations {
        areas.entry(operation.area).or_default().push(operation);
    }
    let reading = operations.iter().filter(|operation| operation.effect.read_only).count();
    let mut text = format!(
        "# The tools\n\n{} tools, of which {reading} only read. Made by `fusionauth-mcp tools --format markdown`.\n\n\
         Hints: **reads** changes nothing; **destroys** may delete or overwrite; **repeats** may be called again with \
         the same arguments and changes nothing more.\n",
        operations.len()
    );
    for (area, operations) in areas {
        // Writing to a String does not fail.
        let _ = write!(text, "\n## {area}\n\n| tool | what it does | call | hints |\n|---|---|---|---|\n");
        for operation in operations {
            let effect = operation.effect;
            let hints = [(effect.read_only, "reads"), (effect.destructive, "destroys"), (effect.idempotent, "repeats")];
            let hints: Vec<_> = hints.iter().filter(|(holds, _)| *holds).map(|(_, hint)| *hint).collect();
            let _ = writeln!(
                text,
                "| `{}` | **{}.** {} | `{} {}` | {} |",
                operation.name,
                operation.title,
                description(operation),
                operation.method.as_str(),
                operation.path_template(),
                hints.join(", ")
            );
        }
    }
    text
}
