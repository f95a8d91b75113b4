//! All there is to know of tools, types and guides, for a model that is about to call.

use std::{collections::BTreeSet, fmt::Write};

use openapi_tools::describe::signature;
use serde_json::Value;

use crate::{
    call::arguments::JsonObject,
    guide::Calling,
    source::Source,
    text::{nearest::did_you_mean, shorten::shortened},
    tool::{Tool, entry_line},
    toolset::{Callable, OfferedComposite, Toolset},
};

/// The name that stands for the list of guides.
const GUIDES: &str = "guides";

/// The longest description of tools, in bytes: some 4,000 tokens.
const MAX_BYTES: usize = 14_000;

/// Tools or types described at a time.
const MAX_DESCRIBED: usize = 20;

/// The arguments and types of tools.
///
/// # Errors
/// No name, or one that is not offered, for the model.
pub fn describe(toolset: &Toolset, arguments: &JsonObject) -> Result<String, String> {
    known(arguments, &["names", "name", "types"])?;
    let list = |key: &str| match arguments.get(key) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) => vec![text.as_str()],
        _ => Vec::new(),
    };
    let (mut names, mut types): (Vec<&str>, Vec<&str>) = (list("names"), list("types"));
    names.extend(list("name"));
    for (argument, list) in [("names", &mut names), ("types", &mut types)] {
        let mut seen = BTreeSet::new();
        list.retain(|name| seen.insert(*name));
        if list.len() > MAX_DESCRIBED {
            return Err(format!("{argument}: at most {MAX_DESCRIBED} at a time, got {}", list.len()));
        }
    }
    if !types.is_empty() {
        let offered = toolset.type_names();
        if let Some(name) = types.iter().find(|name| !offered.contains(**name)) {
            let hint = did_you_mean(name, offered);
            return Err(format!("types: there is no type `{}`{hint}", shortened(name)));
        }
        return Ok(described_types(toolset, &types));
    }
    if names.is_empty() {
        return Err("names: missing; expected names of tools, or `types`".to_owned());
    }
    let mut text = String::new();
    for name in &names {
        let described = match toolset.callable(name) {
            Some(Callable::Tool(tool)) => tool_description(&tool, MAX_BYTES / names.len()),
            Some(Callable::Composite(offered)) => composite_description(&offered),
            None => guide_text(toolset, name).ok_or_else(|| toolset.unknown(name).to_string())?,
        };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{described}");
    }
    Ok(text.trim_end().to_owned())
}

/// Types of the documents that the offered tools come from.
fn described_types(toolset: &Toolset, names: &[&str]) -> String {
    let mut text = String::new();
    for source in toolset.sources() {
        let document = source.document;
        let own: Vec<&str> = names.iter().copied().filter(|name| document.schema(name).is_some()).collect();
        if !own.is_empty() {
            text.extend(signature::types(document, &own, MAX_BYTES));
        }
    }
    text
}

/// All there is to know of a composite before it is called.
pub fn composite_description(offered: &OfferedComposite) -> String {
    let mut text = format!("{}\n{}\n", composite_entry(offered), offered.composite.description());
    let schema = offered.composite.input_schema();
    for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        // Writing to a String does not fail.
        let _ = writeln!(text, "  {name}?: string  // {description}");
    }
    text
}

/// A composite in one line.
pub fn composite_entry(offered: &OfferedComposite) -> String {
    let schema = offered.composite.input_schema();
    let names = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let names: Vec<_> = names.map(|(name, _)| format!("{name}?")).collect();
    entry_line(offered.composite.name(), &names, offered.composite.title(), "reads")
}

/// A guide, a part of one, or the list of guides.
fn guide_text(toolset: &Toolset, name: &str) -> Option<String> {
    if name == GUIDES {
        let guides = toolset.guides();
        return Some(guides.map(|(_, guide)| format!("{}: {}\n", guide.name, guide.description)).collect());
    }
    let guide = toolset.guide(name).map(|(source, guide)| guide.rendered(calling(toolset, source), None));
    guide.or_else(|| toolset.guide_part(name).map(|(source, part)| part.rendered(calling(toolset, source))))
}

/// How the tools of `source` are called in this session.
pub fn calling(toolset: &Toolset, source: &Source) -> Calling {
    let bound_argument = source.dialect.tenant_header.filter(|_| source.tenant_id.is_some());
    Calling { through: toolset.calling_tool(), bound_argument }
}

/// All there is to know of a tool before it is called, with types while the text has less than `max_bytes`.
pub fn tool_description(tool: &Tool, max_bytes: usize) -> String {
    let operation = tool.operation;
    format!(
        "{}\n{} ({} {})\n{}",
        tool.entry(),
        tool.description(),
        operation.method.as_str(),
        operation.path_template(),
        signature::signature(tool.view(), max_bytes)
    )
}

/// Refuses arguments that a tool does not take.
pub fn known(arguments: &JsonObject, names: &[&str]) -> Result<(), String> {
    match arguments.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(format!("{}: unknown argument (this tool takes: {})", shortened(name), names.join(", "))),
        None => Ok(()),
    }
}
