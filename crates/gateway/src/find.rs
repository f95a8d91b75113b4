//! Finding tools and guides by words.

use std::{collections::BTreeSet, fmt::Write};

use openapi_tools::model::{
    operation::{Location, Operation},
    schema::Kind,
};
use serde_json::Value;

use crate::{
    call::arguments::JsonObject,
    describe::{composite_entry, known},
    guide::Guide,
    ranking::{Entry, Intent, Ranking},
    text::{nearest::did_you_mean, shorten::shortened},
    tool::Tool,
    toolset::{Callable, OfferedComposite, Toolset},
};

/// The longest wish, in bytes.
const MAX_QUERY_BYTES: usize = 1000;

/// Tools found, unless another number is asked for.
const DEFAULT_LIMIT: usize = 10;

/// Tools found at the most.
const MAX_LIMIT: usize = 50;

/// A guide is shown before the tools where it is among so many.
const GUIDE_PLACES: usize = 5;

/// What tools and guides are found by.
pub struct Index {
    ranking: Ranking,
    found: Vec<Found>,
}

/// What a wish may lead to.
#[derive(Clone)]
enum Found {
    Callable(Callable),
    Guide(&'static Guide),
}

impl Index {
    /// Of the tools that are offered.
    pub fn of(toolset: &Toolset) -> Self {
        let tools =
            toolset.tools().iter().map(|tool| (Found::Callable(Callable::Tool(tool.clone())), tool_entry(tool)));
        let composites = toolset.composites().iter();
        let composites = composites
            .map(|offered| (Found::Callable(Callable::Composite(offered.clone())), entry_of_composite(offered)));
        let guides = toolset.guides().map(|(_, guide)| (Found::Guide(guide), guide_entry(guide)));
        let (found, entries) = tools.chain(composites).chain(guides).unzip();
        let synonyms: Vec<_> = toolset.sources().iter().flat_map(|source| source.dialect.synonyms).copied().collect();
        Self { ranking: Ranking::new(entries, synonyms), found }
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
        if query.len() > MAX_QUERY_BYTES {
            return Err(format!("query: a few words are enough, at most {MAX_QUERY_BYTES} bytes"));
        }
        let text = |name: &str| arguments.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let operations = toolset.tools().iter().map(|tool| tool.operation);
        let bucket = one_of("bucket", text("bucket"), operations.clone().map(|operation| toolset.bucket(operation)))?;
        let area = one_of("area", text("area"), operations.map(|operation| operation.area))?;
        let limit = match arguments.get("limit") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => text.parse().ok(),
            Some(value) => value.as_u64().and_then(|limit| usize::try_from(limit).ok()),
        };
        let is_wanted = |found: &Found| match found {
            Found::Callable(Callable::Tool(Tool { operation, .. })) => {
                bucket.is_none_or(|bucket| toolset.bucket(operation) == bucket)
                    && area.is_none_or(|area| operation.area == area)
            }
            Found::Callable(Callable::Composite(_)) | Found::Guide(_) => bucket.is_none() && area.is_none(),
        };
        let found = self.ranking.best(query).into_iter().filter_map(|place| self.found.get(place));
        let found: Vec<&Found> = found.filter(|found| is_wanted(found)).collect();
        let guides = found.iter().take(GUIDE_PLACES).filter_map(|found| match found {
            Found::Guide(guide) => Some(format!("guide {}: {} [describe_tool shows it]\n", guide.name, guide.title)),
            Found::Callable(_) => None,
        });
        let tools = found.iter().filter_map(|found| match found {
            Found::Callable(Callable::Tool(tool)) => Some(format!("{}\n", tool.entry())),
            Found::Callable(Callable::Composite(offered)) => Some(format!("{}\n", composite_entry(offered))),
            Found::Guide(_) => None,
        });
        let text: String = guides.chain(tools.take(limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT))).collect();
        if text.is_empty() {
            return Ok("No offered tool fits. Try other words, or leave bucket and area out.".to_owned());
        }
        Ok(text.trim_end().to_owned())
    }
}

fn entry_of_composite(offered: &OfferedComposite) -> Entry {
    let (title, text) = (offered.composite.title().to_owned(), offered.composite.keywords().to_owned());
    Entry { title, text, intent: None, needs_id: false }
}

fn guide_entry(guide: &Guide) -> Entry {
    let text = format!("{} {}", guide.name.replace('-', " "), guide.description);
    Entry { title: guide.title.to_owned(), text, intent: None, needs_id: false }
}

/// What a tool is found by.
fn tool_entry(tool: &Tool) -> Entry {
    let operation = tool.operation;
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
    let mut text =
        format!("{} {} {}", operation.description.unwrap_or_default(), operation.area, words(operation.name));
    for parameter in tool.view().parameters() {
        let _ = write!(text, " {}", words(parameter.name));
    }
    if let Some(body) = &operation.body
        && let Kind::Reference(name) = body.schema.kind
        && let Some(Kind::Object { properties }) = tool.source.document.schema(name).map(|schema| schema.kind)
    {
        for property in properties {
            let _ = write!(text, " {}", words(property.name));
        }
    }
    let needs_id = tool.view().parameters().any(|parameter| parameter.location == Location::Path);
    Entry { title: operation.title.unwrap_or_default().to_owned(), text, intent: intent_of(operation), needs_id }
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
    Err(format!("{argument}: no offered tool is in `{}`{hint} ({argument}s: {})", shortened(typed), names.join(", ")))
}
