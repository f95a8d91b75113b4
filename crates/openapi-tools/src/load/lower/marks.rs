//! The `x-` extensions of an operation, and what may be a tool's name.

use serde_json::{Map, Value};

use super::{
    context::Context,
    importance,
    leak::{optional_text, text},
};
use crate::model::operation::{Condition, Download, Irreversible};

/// What an operation is marked with. `None` where the mark is missing.
#[derive(Default)]
pub(super) struct Marks<'a> {
    pub(super) tool_name: Option<&'a str>,
    pub(super) licensed: Option<bool>,
    pub(super) asynchronous: Option<bool>,
    pub(super) read_only: Option<bool>,
    pub(super) destructive: Option<bool>,
    pub(super) idempotent: Option<bool>,
    pub(super) tenant_scoped: Option<bool>,
    pub(super) wishes: &'static [&'static str],
    /// `Some(None)` where the mark says that a call destroys nothing for good.
    pub(super) irreversible: Option<Option<Irreversible>>,
    pub(super) download: Option<Download>,
}

impl<'a> Marks<'a> {
    /// The marks of the operation at `place`.
    pub(super) fn read(context: &mut Context<'_>, place: &str, source: &'a Map<String, Value>) -> Self {
        let mut marks = Self::default();
        for (name, value) in source.iter().filter(|(name, _)| name.starts_with("x-")) {
            if name == "x-tool-name" {
                marks.tool_name = value.as_str().filter(|name| is_tool_name(name));
                if marks.tool_name.is_none() {
                    context.note(format!("{place}.{name}"), format!("{value}: expected a tool's name"));
                }
                continue;
            }
            if name == "x-irreversible" {
                marks.irreversible = irreversible(value);
                if marks.irreversible.is_none() {
                    context.note(format!("{place}.{name}"), format!("{value}: expected {IRREVERSIBLE}"));
                }
                continue;
            }
            if name == "x-download" {
                let known = [Download::Zip];
                marks.download = known.into_iter().find(|download| value.as_str() == Some(download.extension()));
                if marks.download.is_none() {
                    let known = known.map(Download::extension).join(", ");
                    context.fault(format!("{place}.{name}"), format!("{value}: expected one of {known}"));
                }
                continue;
            }
            if [importance::FIRST, importance::RARE].contains(&name.as_str()) {
                continue;
            }
            if name == "x-wishes" {
                match wishes(value) {
                    Some(wishes) => marks.wishes = wishes,
                    None => context.fault(format!("{place}.{name}"), format!("{value}: expected {WISHES}")),
                }
                continue;
            }
            let mark = match name.as_str() {
                "x-read-only" => &mut marks.read_only,
                "x-destructive" => &mut marks.destructive,
                "x-idempotent" => &mut marks.idempotent,
                "x-tenant-scoped" => &mut marks.tenant_scoped,
                "x-licensed" => &mut marks.licensed,
                "x-asynchronous" => &mut marks.asynchronous,
                // Everybody may have extensions of his own.
                _ if context.is_foreign() => continue,
                _ => {
                    context.note(format!("{place}.{name}"), "not a mark that is known");
                    continue;
                }
            };
            *mark = value.as_bool();
            if mark.is_none() {
                context.note(format!("{place}.{name}"), format!("{value}: expected true or false"));
            }
        }
        marks
    }
}

/// What `x-wishes` may be.
pub(super) const WISHES: &str = "a list of short phrases";

/// The phrases of `x-wishes`, where it is a list of some.
pub(super) fn wishes(value: &Value) -> Option<&'static [&'static str]> {
    let phrases = value.as_array().filter(|phrases| !phrases.is_empty())?.iter();
    let phrases = phrases.map(|phrase| optional_text(phrase.as_str().map(str::trim)));
    Some(phrases.collect::<Option<Vec<_>>>()?.leak())
}

/// What `x-irreversible` may be.
const IRREVERSIBLE: &str = "true, false, what is lost, or an object of `lost`, `when` and `unless`, the last two with the \
    values of arguments by name";

/// What the mark says, where it is one.
fn irreversible(value: &Value) -> Option<Option<Irreversible>> {
    let always = Irreversible { lost: None, when: &[], unless: &[] };
    match value {
        Value::Bool(is_irreversible) => Some(is_irreversible.then_some(always)),
        Value::String(lost) => Some(Some(Irreversible { lost: Some(optional_text(Some(lost))?), ..always })),
        Value::Object(parts) if parts.keys().all(|key| matches!(key.as_str(), "lost" | "when" | "unless")) => {
            Some(Some(Irreversible {
                lost: Some(optional_text(parts.get("lost")?.as_str())?),
                when: conditions(parts, "when")?,
                unless: conditions(parts, "unless")?,
            }))
        }
        _ => None,
    }
}

fn conditions(parts: &Map<String, Value>, key: &str) -> Option<&'static [Condition]> {
    let Some(conditions) = parts.get(key) else { return Some(&[]) };
    let conditions = conditions.as_object().filter(|conditions| !conditions.is_empty())?.iter().map(|(name, value)| {
        let value = match value {
            Value::Bool(value) => text(&value.to_string()),
            Value::String(value) => text(value),
            _ => return None,
        };
        Some(Condition { argument: text(name), value })
    });
    Some(conditions.collect::<Option<Vec<_>>>()?.leak())
}

/// Whether every MCP client takes it as a tool's name.
pub(super) fn is_tool_name(name: &str) -> bool {
    let is_allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    name.len() <= 64 && name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(is_allowed)
}
