//! Descriptions of tools, types and guides, for a model that is about to call.

mod owned_types;
mod tools;

use std::{collections::BTreeSet, fmt::Write};

use openapi_tools::describe::signature::{signature, types};
use serde_json::Value;

use crate::{
    call::arguments::JsonObject,
    guide::{
        Calling,
        arguments::{ArgumentError, with_arguments},
    },
    source::Source,
    text::{nearest::did_you_mean, shorten::shortened},
    tool::{Tool, entry_line},
    toolset::{Callable, OfferedComposite, Toolset, Unknown},
};

use self::tools::{FindSettings, LENGTHS, MAX_TOKENS_ABOUT, Wanted, described, head};

/// The name that stands for the list of guides.
const GUIDES: &str = "guides";

/// The longest text of one tool with all its types, in bytes: some 4,000 tokens.
pub const MAX_BYTES: usize = 14_000;

/// How many tools or types are described at a time.
const MAX_DESCRIBED: usize = 20;

/// Why there is no description.
#[derive(Debug, thiserror::Error)]
pub enum DescribeError {
    /// An argument that `describe_tool` does not take.
    #[error(transparent)]
    UnknownArgument(#[from] UnknownArgument),
    /// Too many names at a time.
    #[error("{argument}: at most {} at a time, got {count}", MAX_DESCRIBED)]
    TooMany {
        /// `names`, `types` or `about`.
        argument: &'static str,
        /// How many were given.
        count: usize,
    },
    /// A type that no offered tool uses.
    #[error("types: there is no type `{name}`{hint}")]
    UnknownType {
        /// What was given.
        name: String,
        /// The nearest right name.
        hint: String,
    },
    /// There is no name.
    #[error("names: missing; expected names of tools, or `types`")]
    NoNames,
    /// A name of no offered tool or guide.
    #[error(transparent)]
    UnknownTool(#[from] Unknown),
    /// Arguments that a guide does not take.
    #[error(transparent)]
    GuideArgument(#[from] ArgumentError),
}

/// An argument that a tool does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: unknown argument (this tool takes: {known})")]
pub struct UnknownArgument {
    name: String,
    known: String,
}

/// Describes the tools, types or guides that the arguments name.
///
/// # Errors
/// No name, too many of them, or none that is offered.
pub fn describe(
    toolset: &Toolset,
    arguments: &JsonObject,
    settings: FindSettings<'_>,
) -> Result<String, DescribeError> {
    check_names(arguments, &["names", "name", "types", "about", "answers"])?;
    let list = |key: &str| match arguments.get(key) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(text)) => vec![text.as_str()],
        _ => Vec::new(),
    };
    let (mut names, mut types): (Vec<&str>, Vec<&str>) = (list("names"), list("types"));
    let mut about = list("about");
    names.extend(list("name"));
    for (argument, list) in [("names", &mut names), ("types", &mut types), ("about", &mut about)] {
        let mut seen = BTreeSet::new();
        list.retain(|name| seen.insert(*name));
        if list.len() > MAX_DESCRIBED {
            return Err(DescribeError::TooMany { argument, count: list.len() });
        }
    }
    let has_answers = match arguments.get("answers") {
        Some(Value::String(text)) => text == "true",
        answers => answers == Some(&Value::Bool(true)),
    };
    if !types.is_empty() {
        return described_types(toolset, &types);
    }
    if names.is_empty() {
        return Err(DescribeError::NoNames);
    }
    let (mut sections, mut unknown): (Vec<Section>, Vec<DescribeError>) = (Vec::new(), Vec::new());
    // Of what cannot be cut, guides are not counted.
    let mut used = 0;
    for name in &names {
        match toolset.callable(name) {
            Some(Callable::Tool(tool)) => sections.push(Section::Tool(tool)),
            Some(Callable::Composite(offered)) => {
                let text = composite_description(&offered);
                used += o200k::count(&text);
                sections.push(Section::Text(text));
            }
            None => match guide_text(toolset, name) {
                Ok(Some(text)) => sections.push(Section::Text(text)),
                Ok(None) => unknown.push(toolset.unknown(name).into()),
                Err(error) => unknown.push(error.into()),
            },
        }
    }
    if sections.is_empty() && !unknown.is_empty() {
        return Err(unknown.remove(0));
    }
    let tools = sections.iter().filter_map(|section| match section {
        Section::Tool(tool) => Some(tool.clone()),
        Section::Text(_) => None,
    });
    let wanted = Wanted { about: &about, has_answers, settings };
    let described = described(toolset, &tools.collect::<Vec<_>>(), &wanted, used);
    let mut texts = described.texts.into_iter();
    let mut text = String::new();
    for section in sections {
        let section = match section {
            Section::Tool(_) => texts.next().unwrap_or_default(),
            Section::Text(text) => text,
        };
        // Writing to a String does not fail.
        let _ = writeln!(text, "{section}");
    }
    let notes = described.notes.into_iter().chain(unknown.iter().map(ToString::to_string));
    notes.for_each(|note| text.extend([note.as_str(), "\n"]));
    Ok(text.trim_end().to_owned())
}

/// What one name stands for.
enum Section {
    Tool(Tool),
    Text(String),
}

/// Types of the documents that the offered tools come from. Unknown ones among known ones are named at the end.
fn described_types(toolset: &Toolset, names: &[&str]) -> Result<String, DescribeError> {
    let offered = toolset.type_names();
    let (mut known, mut unknown) = (BTreeSet::new(), Vec::new());
    for name in names {
        let sources = toolset.sources().iter();
        let owned =
            sources.filter_map(|source| owned_types::named(source.document, name)).find(|name| offered.contains(name));
        match offered.get(name).copied().or(owned) {
            Some(name) => {
                known.insert(name);
            }
            None => {
                let hint = did_you_mean(name, offered.iter().copied());
                unknown.push(DescribeError::UnknownType { name: shortened(name).into_owned(), hint });
            }
        }
    }
    if known.is_empty()
        && let Some(first) = unknown.pop()
    {
        return Err(first);
    }
    let notes: String = unknown.iter().map(|error| format!("{error}\n")).collect();
    let written = |max_bytes: usize| {
        let mut text = String::new();
        for source in toolset.sources() {
            let document = source.document;
            let own: Vec<&str> = known.iter().copied().filter(|name| document.schema(name).is_some()).collect();
            if !own.is_empty() {
                text.extend(types(document, &own, max_bytes));
            }
        }
        format!("{}{notes}", toolset.lines_about_offered(&text))
    };
    Ok(longest_within(MAX_TOKENS_ABOUT, written).trim_end().to_owned())
}

/// The longest of the texts of some lengths that has at most so many tokens; the shortest if none has.
fn longest_within(max_tokens: usize, written: impl Fn(usize) -> String) -> String {
    let mut texts = LENGTHS.iter().map(|length| written(*length));
    let fitting = texts.by_ref().find(|text| o200k::count_up_to(text, max_tokens).is_some());
    fitting.unwrap_or_else(|| written(0))
}

/// The description of a composite: its entry, what it does, and its arguments.
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

/// A guide, perhaps with arguments behind its name, a part of one, or the list of guides.
fn guide_text(toolset: &Toolset, name: &str) -> Result<Option<String>, ArgumentError> {
    if name == GUIDES {
        let guides = toolset.guides();
        return Ok(Some(guides.map(|(_, guide)| format!("{}: {}\n", guide.name, guide.description)).collect()));
    }
    let is_off = |name: &str| toolset.switched_off_by(name);
    let (name, given) = with_arguments(name).map_or((name, None), |(name, given)| (name, Some(given)));
    if let Some((source, guide)) = toolset.guide(name) {
        let given = given.as_ref().map(|given| given.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let values = given.map(|given| guide.values(given)).transpose()?;
        return Ok(Some(guide.rendered(calling(toolset, source), values.as_ref(), &is_off)));
    }
    Ok(toolset.guide_part(name).map(|(source, part)| part.rendered(calling(toolset, source), &is_off)))
}

/// How the tools of `source` are called in this session.
pub fn calling(toolset: &Toolset, source: &Source) -> Calling {
    let bound = source.dialect.tenant_header.filter(|_| source.tenant_id.is_some());
    let bound_argument = bound.and_then(|header| source.argument_of_header(header));
    Calling { through: toolset.calling_tool(), bound_argument }
}

/// The description of a tool: its entry, what it does, and its arguments, with types while the text has less than
/// `max_bytes`. Nothing in it is about tools that are switched off.
pub fn tool_description(toolset: &Toolset, tool: &Tool, max_bytes: usize) -> String {
    format!("{}{}", head(toolset, tool), toolset.lines_about_offered(&signature(tool.view(), max_bytes)))
}

/// Refuses arguments that are not among `names`.
///
/// # Errors
/// The first argument that is not among them.
pub fn check_names(arguments: &JsonObject, names: &[&str]) -> Result<(), UnknownArgument> {
    match arguments.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(UnknownArgument { name: shortened(name).into_owned(), known: names.join(", ") }),
        None => Ok(()),
    }
}
