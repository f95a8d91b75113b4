//! Finding, describing and calling tools by three tools, for clients and models that cannot carry them all.
//!
//! What is not offered is neither found nor described nor called: the toolset decides here as it does for the list.

use std::{collections::BTreeSet, fmt::Write};

use openapi_tools::{
    input_schema::FILTER_ARGUMENT,
    operation::{Location, Operation},
    schema::Kind,
    signature,
};
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde_json::{Value, json};

use crate::{
    export::{self, Format},
    guides::{self, Guide},
    listing,
    nearest::did_you_mean,
    ranking::{Entry, Intent, Ranking},
    resources,
    shorten::shortened,
    toolset::{Callable, Toolset},
};

/// Finds tools by words.
pub const FIND: &str = "find_tools";
/// Shows the arguments and types of tools.
pub const DESCRIBE: &str = "describe_tool";
/// Calls a tool.
pub const CALL: &str = "call_tool";

/// What [`DESCRIBE`] takes for the list of guides.
const GUIDES: &str = "guides";

/// The longest description of tools, in bytes: some 4,000 tokens.
const MOST_BYTES: usize = 14_000;

/// Tools or types described at a time.
const MOST_DESCRIBED: usize = 20;

/// The longest wish, in bytes.
const LONGEST_QUERY: usize = 1000;

/// Tools found, unless fewer are asked for.
const MOST_FOUND: usize = 10;

/// The tools of search mode.
pub fn tools(toolset: &Toolset) -> Vec<Tool> {
    let is_read_only = toolset.operations().iter().all(|operation| operation.effect.read_only);
    let find = tool(
        FIND,
        "Finds tools of the FusionAuth API, and guides for whole jobs, by what they do. Answers names, titles, effects and \
         arguments; then take describe_tool (which shows a guide too), and call_tool.",
        json!({
            "query": { "type": "string", "description": "What is to be done, in a few words." },
            "bucket": { "type": "string", "description": "Only this bucket, such as create or retrieve." },
            "area": { "type": "string", "description": "Only this area, such as user or application." },
            "limit": { "type": "integer", "description": "At most so many, default 10." },
        }),
        &["query"],
        true,
    );
    let call = tool(
        CALL,
        "Calls a tool that find_tools found, with the arguments that describe_tool shows.",
        json!({
            "name": { "type": "string", "description": "The tool's name." },
            "arguments": { "type": "object", "description": "Its arguments." },
        }),
        &["name"],
        is_read_only,
    );
    vec![call, describe_tool(), find]
}

/// The tool that describes others; it is there in both modes.
pub fn describe_tool() -> Tool {
    tool(
        DESCRIBE,
        "Shows all arguments of one or several tools, with every type and property explained, in a short notation. Take it \
         before a call whose body is not clear. Shows a guide for a whole job too; the name guides lists them.",
        json!({
            "names": { "type": "array", "items": { "type": "string" }, "description": "Names of tools or guides." },
            "types": { "type": "array", "items": { "type": "string" }, "description": "Instead: names of types to show." },
        }),
        &[],
        true,
    )
}

fn tool(
    name: &'static str,
    description: &'static str,
    properties: Value,
    required: &[&str],
    is_read_only: bool,
) -> Tool {
    let mut schema = JsonObject::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), properties);
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    let annotations = ToolAnnotations::new().read_only(is_read_only).destructive(!is_read_only).open_world(false);
    Tool::new(name, description, schema).with_annotations(annotations)
}

/// What tools and guides are found by.
pub struct Index {
    ranking: Ranking,
    found: Vec<Found>,
}

/// What a wish may lead to.
#[derive(Clone, Copy)]
enum Found {
    Tool(Callable),
    Guide(&'static Guide),
}

/// A guide is shown before the tools where it is among so many.
const GUIDE_PLACES: usize = 5;

impl Index {
    /// Of the tools that are offered.
    pub fn of(toolset: &Toolset) -> Self {
        let operations = toolset
            .operations()
            .iter()
            .map(|operation| (Found::Tool(Callable::Operation(operation)), found_by(toolset, operation)));
        let exports =
            toolset.exports().iter().map(|format| (Found::Tool(Callable::Export(*format)), export_entry(*format)));
        let guides = guides::offered(toolset).map(|guide| (Found::Guide(guide), guide_entry(guide)));
        let (found, entries) = operations.chain(exports).chain(guides).unzip();
        Self { ranking: Ranking::of(entries), found }
    }

    /// Tools for a wish in plain words.
    ///
    /// # Errors
    /// A missing or unknown argument, a bucket or area that no tool is in, for the model.
    pub fn find(&self, toolset: &Toolset, arguments: &JsonObject) -> Result<String, String> {
        known(arguments, &["query", "bucket", "area", "limit"])?;
        let query = arguments.get("query").and_then(Value::as_str).unwrap_or_default().trim();
        if query.is_empty() {
            return Err("query: missing; expected what is to be done, in a few words".to_owned());
        }
        if query.len() > LONGEST_QUERY {
            return Err(format!("query: a few words are enough, at most {LONGEST_QUERY} bytes"));
        }
        let text = |name: &str| arguments.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let operations = toolset.operations().iter();
        let bucket = one_of("bucket", text("bucket"), operations.clone().map(|operation| toolset.bucket(operation)))?;
        let area = one_of("area", text("area"), operations.map(|operation| operation.area))?;
        let limit = match arguments.get("limit") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => text.parse().ok(),
            Some(value) => value.as_u64().and_then(|limit| usize::try_from(limit).ok()),
        };
        let is_wanted = |found: &Found| match found {
            Found::Tool(Callable::Operation(operation)) => {
                bucket.is_none_or(|bucket| toolset.bucket(operation) == bucket)
                    && area.is_none_or(|area| operation.area == area)
            }
            Found::Tool(Callable::Export(_)) | Found::Guide(_) => bucket.is_none() && area.is_none(),
        };
        let found = self.ranking.best(query).into_iter().filter_map(|place| self.found.get(place).copied());
        let found: Vec<_> = found.filter(is_wanted).collect();
        let guides = found.iter().take(GUIDE_PLACES).filter_map(|found| match found {
            Found::Guide(guide) => Some(format!("guide {}: {} [describe_tool shows it]\n", guide.name, guide.title)),
            Found::Tool(_) => None,
        });
        let tools = found.iter().filter_map(|found| match found {
            Found::Tool(callable) => Some(format!("{}\n", entry(*callable))),
            Found::Guide(_) => None,
        });
        let text: String = guides.chain(tools.take(limit.unwrap_or(MOST_FOUND).clamp(1, 50))).collect();
        if text.is_empty() {
            return Ok("No offered tool fits. Try other words, or leave bucket and area out.".to_owned());
        }
        Ok(text.trim_end().to_owned())
    }
}

fn export_entry(format: Format) -> Entry {
    let text = "configuration as code file instance tenant application backup infrastructure";
    Entry { title: format!("Export to {}", format.title()), text: text.to_owned(), intent: None, needs_id: false }
}

fn guide_entry(guide: &Guide) -> Entry {
    let text = format!("{} {}", guide.name.replace('-', " "), guide.description);
    Entry { title: guide.title.to_owned(), text, intent: None, needs_id: false }
}

/// What a tool is found by.
fn found_by(toolset: &Toolset, operation: &Operation) -> Entry {
    let words = |name: &str| {
        let mut text = String::new();
        for character in name.chars() {
            if character.is_ascii_uppercase() {
                text.push(' ');
            }
            text.push(character);
        }
        text
    };
    let mut text = format!("{} {} {}", operation.description, operation.area, words(operation.name));
    for parameter in operation.parameters {
        let _ = write!(text, " {}", words(parameter.name));
    }
    if let Some(body) = &operation.body
        && let Kind::Reference(name) = body.schema.kind
        && let Some(Kind::Object { properties }) = toolset.document().schema(name).map(|schema| schema.kind)
    {
        for property in properties {
            let _ = write!(text, " {}", words(property.name));
        }
    }
    let needs_id = operation.parameters.iter().any(|parameter| parameter.location == Location::Path);
    Entry { title: operation.title.to_owned(), text, intent: intent_of(operation), needs_id }
}

/// What the verb says that a tool's name begins with.
fn intent_of(operation: &Operation) -> Option<Intent> {
    let begins = |verbs: &[&str]| verbs.iter().any(|verb| operation.name.starts_with(verb));
    if operation.effect.read_only {
        Some(Intent::Read)
    } else if begins(&["create", "generate", "import", "register", "upsert"]) {
        Some(Intent::Create)
    } else if begins(&["enable", "modify", "patch", "update"]) {
        Some(Intent::Change)
    } else if begins(&["cancel", "delete", "remove", "revoke"]) {
        Some(Intent::Delete)
    } else {
        None
    }
}

/// One line: name, title, effect, arguments.
fn entry(callable: Callable) -> String {
    let operation = match callable {
        Callable::Operation(operation) => operation,
        Callable::Export(format) => {
            let tool = export::tool::listed(format);
            let names = tool.input_schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            let names: Vec<_> = names.map(|(name, _)| format!("{name}?")).collect();
            return format!("{}({}): {} [reads]", tool.name, names.join(", "), tool.title.unwrap_or_default());
        }
    };
    let effect = match (operation.effect.read_only, operation.effect.destructive) {
        (true, _) => "reads",
        (false, true) => "changes, may destroy",
        (false, false) => "changes",
    };
    let optional = |name: &str, is_required: bool| format!("{name}{}", if is_required { "" } else { "?" });
    let parameters = operation.parameters.iter().map(|parameter| optional(parameter.name, parameter.required));
    let body = operation.body.as_ref().map(|body| optional("requestBody", body.required));
    let filter = operation.effect.read_only.then(|| optional(FILTER_ARGUMENT, false));
    let arguments: Vec<_> = parameters.chain(body).chain(filter).collect();
    format!("{}({}): {} [{effect}]", operation.name, arguments.join(", "), operation.title)
}

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
        if list.len() > MOST_DESCRIBED {
            return Err(format!("{argument}: at most {MOST_DESCRIBED} at a time, got {}", list.len()));
        }
    }
    if !types.is_empty() {
        let offered = resources::schemas(toolset);
        if let Some(name) = types.iter().find(|name| !offered.contains(**name)) {
            let hint = did_you_mean(name, offered);
            return Err(format!("types: there is no type `{}`{hint}", shortened(name)));
        }
        return Ok(signature::types(toolset.document(), &types, MOST_BYTES));
    }
    if names.is_empty() {
        return Err("names: missing; expected names of tools, or `types`".to_owned());
    }
    let mut text = String::new();
    for name in &names {
        let described = match toolset.callable(name) {
            Some(Callable::Operation(operation)) => description(toolset, operation, MOST_BYTES / names.len()),
            Some(Callable::Export(format)) => export_description(format),
            None => guide_text(toolset, name).ok_or_else(|| toolset.unknown(name))?,
        };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{described}");
    }
    Ok(text.trim_end().to_owned())
}

/// All there is to know of the tool of an export.
pub fn export_description(format: Format) -> String {
    let tool = export::tool::listed(format);
    let mut text = format!("{}\n{}\n", entry(Callable::Export(format)), tool.description.unwrap_or_default());
    for (name, schema) in tool.input_schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let _ = writeln!(text, "  {name}?: string  // {description}");
    }
    text
}

/// A guide, a part of one, or what guides there are.
fn guide_text(toolset: &Toolset, name: &str) -> Option<String> {
    if name == GUIDES {
        return Some(
            guides::offered(toolset).map(|guide| format!("{}: {}\n", guide.name, guide.description)).collect(),
        );
    }
    let guide = guides::offered_guide(toolset, name).map(|guide| guide.rendered(toolset, None));
    guide.or_else(|| guides::offered_part(toolset, name).map(|part| part.rendered(toolset)))
}

/// All there is to know of a tool before it is called, with types while the text has less than `most_bytes`.
pub fn description(toolset: &Toolset, operation: &'static Operation, most_bytes: usize) -> String {
    format!(
        "{}\n{} ({} {})\n{}",
        entry(Callable::Operation(operation)),
        listing::description(operation),
        operation.method.as_str(),
        operation.path_template(),
        signature::signature(toolset.document(), operation, most_bytes)
    )
}

/// The tool and the arguments of a call through [`CALL`].
///
/// # Errors
/// A name that is missing or not offered, arguments that are no object, for the model.
pub fn called(toolset: &Toolset, mut arguments: JsonObject) -> Result<(Callable, JsonObject), String> {
    known(&arguments, &["name", "arguments"])?;
    let name = arguments.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if name.is_empty() {
        return Err("name: missing; expected the name of a tool; find_tools finds it".to_owned());
    }
    let callable = toolset.callable(&name).ok_or_else(|| toolset.unknown(&name))?;
    match arguments.remove("arguments") {
        None | Some(Value::Null) => Ok((callable, JsonObject::new())),
        Some(Value::Object(inner)) => Ok((callable, inner)),
        Some(Value::String(text)) => match serde_json::from_str(&text) {
            Ok(inner) => Ok((callable, inner)),
            Err(error) => Err(format!("arguments: expected an object, got a string that is none: {error}")),
        },
        Some(_) => Err("arguments: expected an object".to_owned()),
    }
}

/// What was typed, where it is one of the names.
fn one_of<'a>(
    argument: &str,
    typed: Option<&'a str>,
    names: impl Iterator<Item = &'a str>,
) -> Result<Option<&'a str>, String> {
    let Some(typed) = typed else { return Ok(None) };
    let names: BTreeSet<_> = names.collect();
    if names.contains(typed) {
        return Ok(Some(typed));
    }
    let hint = did_you_mean(typed, names.iter().copied());
    let names: Vec<_> = names.into_iter().collect();
    Err(format!("{argument}: no offered tool is in `{typed}`{hint} ({argument}s: {})", names.join(", ")))
}

fn known(arguments: &JsonObject, names: &[&str]) -> Result<(), String> {
    match arguments.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(format!("{name}: unknown argument (this tool takes: {})", names.join(", "))),
        None => Ok(()),
    }
}
