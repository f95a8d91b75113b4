//! Finds tools and guides by words.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

use openapi_tools::model::{
    operation::{Location, Method, Operation, Segment},
    schema::Schema,
};
use serde_json::Value;

use crate::{
    call::arguments::JsonObject,
    describe::{UnknownArgument, check_names, composite_entry},
    dialect::Absent,
    guide::Guide,
    ranking::{Entry, Hit, Ranking, intent::Intent},
    text::{format::is_uuid, nearest::did_you_mean, shorten::shortened},
    tool::Tool,
    toolset::{OfferedComposite, Toolset},
};

mod item;
mod settings;
mod switched_off;

use self::{
    item::{Item, WITH_ID},
    settings::{Places, Settings},
    switched_off::switched_off,
};

/// The longest query, in bytes.
const MAX_QUERY_BYTES: usize = 1000;

/// How many tools are answered where `limit` is absent.
const DEFAULT_LIMIT: usize = 10;

/// How many tools are answered at most.
const MAX_LIMIT: usize = 50;

/// How many guides are shown at most.
const MAX_GUIDES: usize = 2;

/// The share of the best score from which a guide, or an answer that something is not there, is shown.
const MIN_GUIDE_SHARE: f32 = 0.72;
const MIN_ABSENT_SHARE: f32 = 0.8;

/// The least score of an answer that something is not there.
const MIN_ABSENT_SCORE: f32 = 0.5;

/// The share of the best tool's score from which another is shown after the first few.
const MIN_SHARE: f32 = 0.4;

/// How many tools are shown however weak they are.
const ALWAYS_SHOWN: usize = 3;

/// How many of the first tools name the settings that the query is about.
const MAX_WITH_SETTINGS: usize = 3;

/// The searchable tools and guides of a toolset.
pub struct Index {
    ranking: Ranking,
    items: Vec<Item>,
}

/// Why a search has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// An argument that `find_tools` does not take.
    #[error(transparent)]
    UnknownArgument(#[from] UnknownArgument),
    /// There is no query.
    #[error("query: missing; expected a few words that say what you want to do")]
    NoQuery,
    /// The query is too long.
    #[error("query: expected a few words, at most {} bytes", MAX_QUERY_BYTES)]
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
        let mut settings = Settings::default();
        let mut indexed: Vec<(Item, Entry)> = Vec::new();
        for tool in toolset.tools() {
            let operation = tool.operation;
            let places =
                held(operation).map(|schema| settings.of_body(tool.source.document, schema)).unwrap_or_default();
            let places = of_object(operation, places);
            let entry = Entry { settings: places.keys().copied().collect(), ..index_tool(tool) };
            indexed.push((Item::Tool(tool.clone(), places), entry));
        }
        indexed.extend(
            toolset.composites().iter().map(|offered| (Item::Composite(offered.clone()), index_composite(offered))),
        );
        indexed.extend(toolset.guides().map(|(_, guide)| (Item::Guide(guide), index_guide(guide))));
        let absent = toolset.sources().iter().flat_map(|source| source.dialect.absent);
        indexed.extend(absent.map(|absent| (Item::Absent(absent), index_absent(absent))));
        let left_out = toolset.left_out().iter().map(|tool| (Item::LeftOut(tool.clone()), index_tool(tool)));
        indexed.extend(left_out);
        let synonyms: Vec<_> = toolset.sources().iter().flat_map(|source| source.dialect.synonyms).copied().collect();
        let (items, entries) = indexed.into_iter().unzip();
        Self { ranking: Ranking::new(entries, &settings.all, synonyms), items }
    }

    /// The paths of the settings in the body of a tool that words are about, best first.
    pub fn settings(&self, tool: &Tool, words: &str) -> Vec<String> {
        let is_tool = |item: &Item| matches!(item, Item::Tool(known, _) if known.name() == tool.name());
        let Some(entry) = self.items.iter().position(is_tool) else { return Vec::new() };
        let Some(Item::Tool(_, places)) = self.items.get(entry) else { return Vec::new() };
        let settings = self.ranking.settings(entry, words);
        settings.iter().filter_map(|setting| places.get(setting)).cloned().collect()
    }

    /// Answers a query in plain words with one line per tool or guide, best first.
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
            Item::Tool(Tool { operation, .. }, _) | Item::LeftOut(Tool { operation, .. }) => {
                bucket.is_none_or(|bucket| toolset.bucket(operation) == bucket)
                    && area.is_none_or(|area| operation.area == area)
            }
            Item::Composite(_) | Item::Guide(_) | Item::Absent(_) => bucket.is_none() && area.is_none(),
        };
        let hits = self.ranking.rank(query).into_iter();
        let hits = hits.filter_map(|hit| Some((self.items.get(hit.entry)?, hit))).filter(|(item, _)| is_wanted(item));
        let limit = limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAX_LIMIT);
        let text = answer(toolset, query, hits.collect(), limit);
        if text.is_empty() {
            let advice = if bucket.is_some() || area.is_some() { ", or leave bucket and area out" } else { "" };
            return Ok(format!("No offered tool matches. Describe the task in other words{advice}."));
        }
        Ok(text.trim_end().to_owned())
    }
}

/// What holds the settings of a tool: the body of one that changes something, the answer of one that reads an object.
fn held(operation: &'static Operation) -> Option<&'static Schema> {
    if operation.effect.read_only {
        let reads_objects = ["retrieve", "search"].iter().any(|verb| operation.name.starts_with(verb));
        return operation.answer.as_ref().filter(|_| reads_objects);
    }
    operation.body.as_ref().map(|body| &body.schema)
}

/// The settings of the object that the path ends with, where a body holds several objects: a role's of a body with an
/// application and a role.
fn of_object(operation: &Operation, places: Places) -> Places {
    let mut literals = operation.path.iter().filter_map(|segment| match segment {
        Segment::Literal(text) => Some(*text),
        Segment::Parameter(_) | Segment::Mixed(_) => None,
    });
    let Some(last) = literals.next_back() else { return places };
    let is_in = |path: &str| path.split('.').next() == Some(last);
    if !places.values().any(|path| is_in(path)) {
        return places;
    }
    let own = places.iter().filter(|(_, path)| is_in(path) || !path.contains('.'));
    let own: BTreeMap<u32, String> = own.map(|(setting, path)| (*setting, path.clone())).collect();
    if own.len() == places.len() { places } else { Arc::new(own) }
}

/// The lines of an answer.
fn answer(toolset: &Toolset, query: &str, hits: Vec<(&Item, Hit)>, limit: usize) -> String {
    let best = hits.first().map_or(0.0, |(_, hit)| hit.score);
    let mut scores = hits.iter().filter(|(item, _)| matches!(item, Item::Tool(..))).map(|(_, hit)| hit.score);
    let best_tool = scores.next().unwrap_or_default();
    let mut lines: Vec<String> = switched_off(toolset, query, &hits).into_iter().collect();
    let (mut tools, mut guides, mut absent) = (0, 0, 0);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut readers: BTreeSet<&str> = BTreeSet::new();
    let names_id = speaks_of_id(query);
    for (item, hit) in &hits {
        if tools >= ALWAYS_SHOWN && hit.score < best_tool * MIN_SHARE {
            break;
        }
        match item {
            Item::Tool(tool, places) if tools < limit => {
                // What replaces an object stands on the line of what patches it, the safer choice. It has a line of its own
                // where it can do more and fits better. Where two tools differ by the id only, one line stands for both.
                let tool = match patching(toolset, tool) {
                    Some(patch) if takes_all_of(patch, tool) => patch,
                    Some(patch) if seen.contains(family(patch)) => continue,
                    _ => tool,
                };
                if !seen.insert(family(tool)) {
                    continue;
                }
                let settings: Vec<_> = hit.settings.iter().filter_map(|setting| places.get(setting)).collect();
                // Of the tools that only show the settings of a kind of object, the best is enough.
                if tool.operation.effect.read_only && settings.first().is_some_and(|path| !readers.insert(object(path)))
                {
                    continue;
                }
                let tool = told(toolset, tool, names_id);
                let settings = if tools < MAX_WITH_SETTINGS && !tool.operation.effect.read_only {
                    settings_words(&settings)
                } else {
                    String::new()
                };
                let others: Vec<_> =
                    [twin(toolset, tool), replacing(toolset, tool)].into_iter().flatten().map(Tool::name).collect();
                let others = if others.is_empty() { others.concat() } else { format!("; also {}", others.join(", ")) };
                lines.push(format!("{}{others}{settings}\n", tool.entry()));
                tools += 1;
            }
            Item::Composite(offered) if tools < limit => {
                lines.push(format!("{}\n", composite_entry(offered)));
                tools += 1;
            }
            Item::Guide(guide) if guides < MAX_GUIDES && hit.score >= best * MIN_GUIDE_SHARE => {
                lines.push(format!("guide {}: {} [describe_tool shows it]\n", guide.name, guide.title));
                guides += 1;
            }
            Item::Absent(entry)
                if absent == 0 && tools < limit && hit.score >= (best * MIN_ABSENT_SHARE).max(MIN_ABSENT_SCORE) =>
            {
                lines.push(format!("{}\n", toolset.about_offered(entry.answer)));
                for tool in entry.instead.iter().filter_map(|name| toolset.tool(name)) {
                    if tools < limit && seen.insert(family(tool)) {
                        lines.push(format!("{}\n", tool.entry()));
                        tools += 1;
                    }
                }
                absent += 1;
            }
            _ => {}
        }
    }
    lines.concat()
}

/// What two tools have in common of which one takes an id.
fn family(tool: &Tool) -> &'static str {
    let name = tool.operation.name;
    name.strip_suffix(WITH_ID).filter(|short| tool.source.document.operation(short).is_some()).unwrap_or(name)
}

/// The offered tool that stands on the same line: the one with an id for the one without, and the other way round.
fn twin<'a>(toolset: &'a Toolset, tool: &Tool) -> Option<&'a Tool> {
    let name = tool.operation.name;
    let other = name.strip_suffix(WITH_ID).map_or_else(|| format!("{name}{WITH_ID}"), str::to_owned);
    // A former name may stand for the tool itself.
    toolset.tool(&other).filter(|other| other.name() != name)
}

/// Of two tools that differ by the id, the one that the line is about: the one with an id where the query speaks of it, and
/// otherwise the one that makes an id up where both make the same.
fn told<'a>(toolset: &'a Toolset, tool: &'a Tool, names_id: bool) -> &'a Tool {
    let name = tool.operation.name;
    let other = match name.strip_suffix(WITH_ID) {
        Some(short) if !names_id && ["create", "generate", "import"].iter().any(|verb| name.starts_with(verb)) => {
            toolset.tool(short)
        }
        None if names_id => toolset.tool(&format!("{name}{WITH_ID}")),
        _ => None,
    };
    other.filter(|other| Arc::ptr_eq(&other.source, &tool.source)).unwrap_or(tool)
}

/// The object that a path begins with, by its name in the singular: an answer has one, or several of them.
fn object(path: &str) -> &str {
    path.split('.').next().unwrap_or_default().trim_end_matches('s')
}

/// Whether a query has an id, or says that there is one.
fn speaks_of_id(query: &str) -> bool {
    let words = query.split(|character: char| character != '-' && !character.is_alphanumeric());
    words.map(str::to_lowercase).any(|word| ["id", "uuid", "guid"].contains(&word.as_str()) || is_uuid(&word))
}

/// The offered tool that changes parts of what the given one replaces.
fn patching<'a>(toolset: &'a Toolset, tool: &Tool) -> Option<&'a Tool> {
    sibling(toolset, tool, Method::Put, Method::Patch)
}

/// The offered tool that replaces what the given one changes parts of.
fn replacing<'a>(toolset: &'a Toolset, tool: &Tool) -> Option<&'a Tool> {
    sibling(toolset, tool, Method::Patch, Method::Put)
}

/// Whether the first tool takes all the parameters of the second.
fn takes_all_of(tool: &Tool, other: &Tool) -> bool {
    other.view().parameters().all(|parameter| tool.view().parameter(parameter.name).is_some())
}

fn sibling<'a>(toolset: &'a Toolset, tool: &Tool, from: Method, to: Method) -> Option<&'a Tool> {
    let operation = tool.operation;
    let is_other = |other: &&Tool| {
        let is_path = other.operation.method == to && other.operation.path == operation.path;
        is_path && Arc::ptr_eq(&other.source, &tool.source)
    };
    toolset.tools().iter().filter(|_| operation.method == from).find(is_other)
}

/// The paths of settings, each after the first without what it shares with that one.
fn settings_words(paths: &[&String]) -> String {
    let Some((first, others)) = paths.split_first() else { return String::new() };
    let base = first.rsplit_once('.').map_or("", |(base, _)| base);
    let others = others.iter().map(|path| {
        let inner = path.strip_prefix(base).and_then(|rest| rest.strip_prefix('.'));
        inner.filter(|inner| !inner.contains('.')).unwrap_or(path).to_owned()
    });
    let mut names: Vec<_> = std::iter::once((*first).clone()).chain(others).collect();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(name.clone()));
    format!(": {}", names.join(", "))
}

fn index_absent(absent: &'static Absent) -> Entry {
    Entry {
        name: String::new(),
        title: String::new(),
        phrases: absent.wishes.to_vec(),
        text: String::new(),
        intent: None,
        needs_id: false,
        replaces: false,
        settings: Vec::new(),
    }
}

fn index_composite(offered: &OfferedComposite) -> Entry {
    Entry {
        name: offered.composite.name().to_owned(),
        title: offered.composite.title().to_owned(),
        phrases: offered.composite.wishes().to_vec(),
        text: String::new(),
        intent: None,
        needs_id: false,
        replaces: false,
        settings: Vec::new(),
    }
}

fn index_guide(guide: &'static Guide) -> Entry {
    Entry {
        name: guide.name.to_owned(),
        title: guide.title.to_owned(),
        phrases: guide.wishes.to_vec(),
        text: guide.description.to_owned(),
        intent: None,
        needs_id: false,
        replaces: false,
        settings: Vec::new(),
    }
}

/// The words that a tool is found by.
fn index_tool(tool: &Tool) -> Entry {
    let operation = tool.operation;
    let mut text = format!("{} {}", operation.description.unwrap_or_default(), operation.area);
    for parameter in tool.view().parameters().filter(|parameter| parameter.location != Location::Header) {
        // Writing to a String does not fail.
        let _ = write!(text, " {}", parameter.name);
    }
    // A tool with an id of the caller's choice is found by what the one without is found by.
    let short = operation.name.strip_suffix(WITH_ID).and_then(|short| tool.source.document.operation(short));
    let phrases =
        if operation.wishes.is_empty() { short.map_or(operation.wishes, |twin| twin.wishes) } else { operation.wishes };
    Entry {
        name: operation.name.strip_suffix(WITH_ID).unwrap_or(operation.name).to_owned(),
        title: operation.title.unwrap_or_default().to_owned(),
        phrases: phrases.to_vec(),
        text,
        intent: intent_of(operation),
        needs_id: tool.view().parameters().any(|parameter| parameter.location == Location::Path),
        replaces: operation.method == Method::Put,
        settings: Vec::new(),
    }
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
        Some(Intent::SetGoing)
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
