//! What a list of tools costs a model, in tokens.

use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use crate::config::{
    Config,
    given::Settings,
    settings::{TOOL_MODE, TOOL_SCHEMAS, USE_TOOLS},
};
use gateway::{
    listing::{Listed, list},
    source::Source,
    text::numerals::thousands,
    toolset::Toolset,
};

/// Tools named as the heaviest.
const MAX_HEAVIEST: usize = 10;

/// The tokens (o200k) of the whole list.
pub fn total(toolset: &Toolset) -> usize {
    list(toolset).iter().map(Listed::tokens).sum()
}

/// The list of this run by bucket and area, and its heaviest tools.
pub fn table(toolset: &Toolset) -> String {
    let mut costs: Vec<_> = list(toolset).into_iter().map(|listed| (listed.tokens(), listed.name)).collect();
    let total = costs.iter().map(|(tokens, _)| tokens).sum();
    let count = costs.len();
    let mut text = format!("{} tokens (o200k) for {count} tools\n", thousands(total));
    let mut by_bucket: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut by_area: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (tokens, name) in &costs {
        let Some(operation) = toolset.tool(name).map(|tool| tool.operation) else { continue };
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
            let _ = writeln!(text, "{name:24}  {:>6}  {count:>5}", thousands(tokens).to_string());
        }
    }
    costs.sort_by_key(|(tokens, _)| std::cmp::Reverse(*tokens));
    let _ = writeln!(text, "\nheaviest                                      tokens");
    for (tokens, name) in costs.iter().take(MAX_HEAVIEST) {
        let _ = writeln!(text, "{name:44}  {:>6}", thousands(*tokens).to_string());
    }
    text
}

/// What the usual settings cost, as a Markdown table.
pub fn settings_table(source: &Arc<Source>) -> String {
    let rows = [
        ("everything, in short (the default)", None),
        ("`USE_TOOLS=retrieve,search`", Some((&USE_TOOLS, "retrieve,search"))),
        ("`TOOL_MODE=search`: three tools that find, describe and call the others", Some((&TOOL_MODE, "search"))),
        ("`TOOL_SCHEMAS=full`: everything in full", Some((&TOOL_SCHEMAS, "full"))),
    ];
    let mut text = "| setting | tools | tokens |\n|---|---|---|\n".to_owned();
    for (title, setting) in rows {
        let pair = setting.map(|(setting, value)| (setting.label().to_owned(), value.to_owned()));
        let config = Config::read(&mut Settings::new([], pair));
        let toolset = Toolset::choose(vec![Arc::clone(source)], &config.selection, config.presentation);
        // The rows above are right, so there always is a toolset.
        let Ok(toolset) = toolset else { continue };
        let tools = list(&toolset);
        let count = tools.len();
        let total: usize = tools.iter().map(Listed::tokens).sum();
        // Writing to a String does not fail.
        let _ = writeln!(text, "| {title} | {count} | {} |", thousands(total));
    }
    text
}
