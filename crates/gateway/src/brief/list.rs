//! A long list: its first objects whole, the others as id and name.

use openapi_tools::model::operation::Operation;
use serde_json::value::RawValue;

use crate::{
    parts::{Key, Parts, array, object, string},
    secret_places::Places,
    source::Source,
    text::{names::NAMES, numerals::thousands},
};

/// How many values stand for an object that has neither an id nor a name.
const MAX_VALUES: usize = 2;

/// The longest value that stands for an object, in bytes.
const MAX_VALUE: usize = 200;

/// What a search calls where its results begin.
const START: &str = "startRow";

/// The answer in short, and what is said of that. `None` where no list is longer than `max_whole`.
pub fn brief(json: &str, operation: &Operation, source: &Source, max_whole: usize) -> Option<(String, String)> {
    let mut notes = Vec::new();
    let text = match Parts::of(json) {
        Parts::Array(items) => {
            let short = of_list(&items, max_whole)?;
            notes.push(format!("{} objects: {}", thousands(items.len()), shown(max_whole)));
            short
        }
        Parts::Object(entries) => {
            let total = entries.iter().find(|(key, _)| key.name == "total");
            let total: Option<usize> = total.and_then(|(_, value)| value.get().parse().ok());
            let mut short = |key: &Key<'_>, value: &RawValue| {
                let Parts::Array(items) = Parts::of(value.get()) else { return value.get().to_owned() };
                let Some(short) = of_list(&items, max_whole) else { return value.get().to_owned() };
                let total = total.filter(|total| *total > items.len());
                let total = total.map(|total| format!(" of {} in total", thousands(total))).unwrap_or_default();
                notes.push(format!("{}: {}{total}, {}", key.name, thousands(items.len()), shown(max_whole)));
                short
            };
            let entries: Vec<_> = entries.iter().map(|(key, value)| (key, short(key, value))).collect();
            object(entries)
        }
        Parts::Scalar => return None,
    };
    let (first, limit) = (notes.first()?, source.settings.max_whole_objects);
    let paging = if is_paged(operation, source) { "numberOfResults and startRow" } else { "one object by its id" };
    let note = notes.get(1..).unwrap_or_default().iter().fold(first.clone(), |all, note| format!("{all}; {note}"));
    Some((text, format!("{note} ({limit}). For more: a jq filter (jq: \".\" shows all), or {paging}")))
}

fn shown(max_whole: usize) -> String {
    format!("the first {max_whole} whole, the others as id and name")
}

/// Whether a call says where its results begin.
fn is_paged(operation: &Operation, source: &Source) -> bool {
    let places = Places::new(source.document, true);
    let body = places.value(operation.body.map(|body| body.schema), false);
    let search = places.property(Some(&body), "search");
    operation.parameter(START).is_some() || places.property(Some(&search), START).schema.is_some()
}

/// The list in short; `None` where it is not long, or holds no objects.
fn of_list(items: &[&RawValue], max_whole: usize) -> Option<String> {
    let objects = items.iter().filter(|item| item.get().starts_with('{')).count();
    if objects <= max_whole {
        return None;
    }
    let items = items.iter().enumerate();
    let items: Vec<_> =
        items.map(|(index, item)| if index < max_whole { item.get().to_owned() } else { named(item.get()) }).collect();
    Some(array(&items))
}

/// An object by its id and name.
fn named(json: &str) -> String {
    let Parts::Object(entries) = Parts::of(json) else { return json.to_owned() };
    let is_short = |value: &RawValue| value.get().len() <= MAX_VALUE && !value.get().starts_with(['{', '[']);
    let is_text = |value: &RawValue| is_short(value) && string(value).is_some_and(|text| !text.is_empty());
    let find =
        |is_it: &dyn Fn(&str) -> bool| entries.iter().position(|(key, value)| is_it(&key.name) && is_text(value));
    let id = find(&|key| key == "id").or_else(|| find(&|key| key.ends_with("Id")));
    let name = NAMES.iter().find_map(|name| find(&|key| key == *name));
    let mut kept: Vec<_> = id.into_iter().chain(name).collect();
    if kept.is_empty() {
        let short = entries.iter().enumerate().filter(|(_, (_, value))| is_short(value));
        kept.extend(short.map(|(index, _)| index).take(MAX_VALUES));
    }
    kept.sort_unstable();
    object(kept.iter().filter_map(|index| entries.get(*index)).map(|(key, value)| (key, value.get().to_owned())))
}
