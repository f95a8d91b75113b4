//! Finds tools and guides by words.

use std::{collections::BTreeSet, fmt::Write};

use openapi_tools::model::{
    operation::{Location, Operation},
    schema::Kind,
};
use serde_json::Value;

use crate::{
    call::arguments::JsonObject,
    describe::{UnknownArgument, check_names, composite_entry},
    guide::Guide,
    ranking::{Entry, Intent, Ranking},
    text::{nearest::did_you_mean, shorten::shortened},
    tool::Tool,
    toolset::{Callable, OfferedComposite, Toolset},
};

/// The longest query, in bytes.
const MAX_QUERY_BYTES: usize = 1000;

/// How many tools are answered where `limit` is absent.
const DEFAULT_LIMIT: usize = 10;

/// How many tools are answered at most.
const MAX_LIMIT: usize = 50;

/// A guide is shown, before the tools, where it is among this many best hits.
const MAX_GUIDE_RANK: usize = 5;

/// Tools that are switched off are named where they are among this many best hits, and the best hit is one.
const MAX_LEFT_OUT_RANK: usize = 3;

/// The searchable tools and guides of a toolset.
pub struct Index {
    ranking: Ranking,
    items: Vec<Item>,
}

/// Something that a search can find.
enum Item {
    Callable(Callable),
    Guide(&'static Guide),
    /// A tool that the operator has switched off. A search that it fits best says so.
    LeftOut(Tool),
}

/// Why a search has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// An argument that `find_tools` does not take.
    #[error(transparent)]
    UnknownArgument(#[from] UnknownArgument),
    /// There is no query.
    #[error("query: missing; expected what is to be done, in a few words")]
    NoQuery,
    /// The query is too long.
    #[error("query: a few words are enough, at most {} bytes", MAX_QUERY_BYTES)]
    LongQuery,
    /// A bucket or area without offered tools.
    #[error("{argument}: no offered tool is in `{given}`{hint} ({argument}s: {known})")]
    UnknownGroup {
        /// `bucket` or `area`.
        argument: &'static str,
        /// What was given.
        given: String,
        /// The nearest right name.
        hint: String,
        /// The right names.
        known: String,
    },
}

impl Index {
    /// Indexes what the toolset offers.
    pub fn of(toolset: &Toolset) -> Self {
        let tools = toolset.tools().iter().map(|tool| (Item::Callable(Callable::Tool(tool.clone())), index_tool(tool)));
        let composites = toolset.composites().iter();
        let composites =
            composites.map(|offered| (Item::Callable(Callable::Composite(offered.clone())), index_composite(offered)));
        let guides = toolset.guides().map(|(_, guide)| (Item::Guide(guide), index_guide(guide)));
        let left_out = toolset.left_out().iter().map(|tool| (Item::LeftOut(tool.clone()), index_tool(tool)));
        let (items, entries) = tools.chain(composites).chain(guides).chain(left_out).unzip();
        let synonyms: Vec<_> = toolset.sources().iter().flat_map(|source| source.dialect.synonyms).copied().collect();
        Self { ranking: Ranking::new(entries, synonyms), items }
    }

    /// Answers a query in plain words with one line per tool, best first; guides come before the tools.
    ///
    /// # Errors
    /// A missing or unknown argument, a bucket or area that no tool is in.
    pub fn find(&self, toolset: &Toolset, arguments: &JsonObject) -> Result<String, FindError> {
        check_names(arguments, &["query", "bucket", "area", "limit"])?;
        let query = arguments.get("query").and_then(Value::as_str).unwrap_or_default().trim();
        if query.is_empty() {
            return Err(FindError::NoQuery);
        }
        if query.len() > MAX_QUERY_BYTES {
            return Err(FindError::LongQuery);
        }
        let text = |name: &str| arguments.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let operations = toolset.tools().iter().map(|tool| tool.operation);
        let bucket =
            known_group("bucket", text("bucket"), operations.clone().map(|operation| toolset.bucket(operation)))?;
        let area = known_group("area", text("area"), operations.map(|operation| operation.area))?;
        let limit = match arguments.get("limit") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => text.parse().ok(),
            Some(value) => value.as_u64().and_then(|limit| usize::try_from(limit).ok()),
        };
        let is_wanted = |item: &Item| match item {
            Item::Callable(Callable::Tool(Tool { operation, .. })) | Item::LeftOut(Tool { operation, .. }) => {
                bucket.is_none_or(|bucket| toolset.bucket(operation) == bucket)
                    && area.is_none_or(|area| operation.area == area)
            }
            Item::Callable(Callable::Composite(_)) | Item::Guide(_) => bucket.is_none() && area.is_none(),
        };
        let hits = self.ranking.rank(query).into_iter().filter_map(|index| self.items.get(index));
        let hits: Vec<&Item> = hits.filter(|item| is_wanted(item)).collect();
        let guides = hits.iter().take(MAX_GUIDE_RANK).filter_map(|hit| match hit {
            Item::Guide(guide) => Some(format!("guide {}: {} [describe_tool shows it]\n", guide.name, guide.title)),
            Item::Callable(_) | Item::LeftOut(_) => None,
        });
        let tools = hits.iter().filter_map(|hit| match hit {
            Item::Callable(Callable::Tool(tool)) => Some(format!("{}\n", tool.entry())),
            Item::Callable(Callable::Composite(offered)) => Some(format!("{}\n", composite_entry(offered))),
            Item::Guide(_) | Item::LeftOut(_) => None,
        });
        let tools = tools.take(limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT));
        let text: String = switched_off(toolset, &hits).into_iter().chain(guides).chain(tools).collect();
        if text.is_empty() {
            return Ok("No offered tool fits. Try other words, or leave bucket and area out.".to_owned());
        }
        Ok(text.trim_end().to_owned())
    }
}

/// That what was wanted is switched off, where the best hit is. The others that are named are so by the same settings.
fn switched_off(toolset: &Toolset, hits: &[&Item]) -> Option<String> {
    let best = hits.iter().filter(|hit| !matches!(hit, Item::Guide(_))).take(MAX_LEFT_OUT_RANK);
    let mut left_out = best.map(|hit| match hit {
        Item::LeftOut(tool) => Some(tool),
        Item::Callable(_) | Item::Guide(_) => None,
    });
    let first = left_out.next().flatten()?;
    let by = toolset.left_out_by(first.operation);
    let others = left_out.flatten().filter(|tool| toolset.left_out_by(tool.operation) == by);
    let names: Vec<_> = std::iter::once(first).chain(others).map(Tool::name).collect();
    Some(format!("Switched off by {}: {}\n", by.join(" and "), names.join(", ")))
}

fn index_composite(offered: &OfferedComposite) -> Entry {
    let (title, text) = (offered.composite.title().to_owned(), offered.composite.keywords().to_owned());
    Entry { title, text, intent: None, needs_id: false }
}

fn index_guide(guide: &Guide) -> Entry {
    let text = format!("{} {}", guide.name.replace('-', " "), guide.description);
    Entry { title: guide.title.to_owned(), text, intent: None, needs_id: false }
}

/// The words that a tool is found by.
fn index_tool(tool: &Tool) -> Entry {
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

/// The intent behind the verb that the operation's name begins with.
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

/// The bucket or area that was given, if any, checked against those of the offered tools.
fn known_group<'a>(
    argument: &'static str,
    given: Option<&'a str>,
    names: impl Iterator<Item = &'a str>,
) -> Result<Option<&'a str>, FindError> {
    let Some(given) = given else { return Ok(None) };
    let names: BTreeSet<_> = names.collect();
    if names.contains(given) {
        return Ok(Some(given));
    }
    let hint = did_you_mean(given, names.iter().copied());
    let known = names.into_iter().collect::<Vec<_>>().join(", ");
    Err(FindError::UnknownGroup { argument, given: shortened(given).into_owned(), hint, known })
}
