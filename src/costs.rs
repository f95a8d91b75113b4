//! What a list of tools costs a model, in tokens.

use std::{collections::BTreeMap, fmt::Write};

use openapi_tools::document::Document;
use rmcp::model::Tool;

use crate::{
    config::{Settings, variable},
    listing,
    numerals::thousands,
    toolset::Toolset,
};

/// Tools named as the heaviest.
const MOST_HEAVY: usize = 10;

/// The tokens (o200k) of a tool in a list: its name, description and input schema.
fn tokens(tool: &Tool) -> usize {
    let schema = serde_json::Value::Object((*tool.input_schema).clone());
    o200k::count(&format!("{}\n{}\n{schema}", tool.name, tool.description.as_deref().unwrap_or_default()))
}

/// The list of this run by bucket and area, and its heaviest tools.
pub fn table(toolset: &Toolset) -> String {
    let mut costs: Vec<_> =
        listing::tools(toolset).into_iter().map(|tool| (tokens(&tool), tool.name.into_owned())).collect();
    let total = costs.iter().map(|(tokens, _)| tokens).sum();
    let count = costs.len();
    let mut text = format!("{} tokens (o200k) for {count} tools\n", thousands(total));
    let mut by_bucket: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut by_area: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (tokens, name) in &costs {
        let Some(operation) = toolset.get(name) else { continue };
        for sum in [by_bucket.entry(toolset.bucket(operation)).or_default(), by_area.entry(operation.area).or_default()]
        {
            sum.0 += tokens;
            sum.1 += 1;
        }
    }
    for (title, sums) in [("bucket", by_bucket), ("area", by_area)] {
        let mut rows: Vec<_> = sums.into_iter().collect();
        rows.sort_by_key(|(_, (tokens, _))| std::cmp::Reverse(*tokens));
        // Writing to a String does not fail.
        let _ = writeln!(text, "\n{title:24}  tokens  tools");
        for (name, (tokens, count)) in rows {
            let _ = writeln!(text, "{name:24}  {:>6}  {count:>5}", thousands(tokens));
        }
    }
    costs.sort_by_key(|(tokens, _)| std::cmp::Reverse(*tokens));
    let _ = writeln!(text, "\nheaviest                                      tokens");
    for (tokens, name) in costs.iter().take(MOST_HEAVY) {
        let _ = writeln!(text, "{name:44}  {:>6}", thousands(*tokens));
    }
    text
}

/// What the usual settings cost, as a Markdown table.
pub fn settings_table(document: &'static Document) -> String {
    let rows: [(&str, &[(&str, &str)]); 4] = [
        ("everything, in short (the default)", &[]),
        ("`USE_TOOLS=retrieve,search`", &[(variable::USE_TOOLS, "retrieve,search")]),
        ("`TOOL_MODE=search`: three tools that find, describe and call the others", &[(variable::TOOL_MODE, "search")]),
        ("`TOOL_SCHEMAS=full`: everything in full", &[(variable::TOOL_SCHEMAS, "full")]),
    ];
    let mut text = "| setting | tools | tokens |\n|---|---|---|\n".to_owned();
    for (title, settings) in rows {
        let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let toolset = Toolset::choose(document, &Settings::new([], settings), &mut Vec::new());
        let tools = listing::tools(&toolset);
        let total = tools.iter().map(tokens).sum();
        let _ = writeln!(text, "| {title} | {} | {} |", tools.len(), thousands(total));
    }
    text
}
