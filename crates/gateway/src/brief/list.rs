//! Long lists, wherever they stand in an answer: their first objects whole, the others as id and name.

use openapi_tools::model::operation::Operation;

use super::identity;
use crate::{
    parts::{Parts, array, object},
    secret_places::Places,
    source::Source,
    text::numerals::thousands,
};

/// How many values stand for an object that has neither an id nor a name.
const MAX_VALUES: usize = 2;

/// How deep lists are looked for.
const MAX_DEPTH: usize = 8;

/// How many lists are named.
const MAX_NAMED: usize = 5;

/// What a search calls where its results begin.
const START: &str = "startRow";

/// The answer in short, and what is said of that. `None` where no list is longer than `max_whole`.
pub fn brief(json: &str, operation: &Operation, source: &Source, max_whole: usize) -> Option<(String, String)> {
    // Most answers have fewer objects than that in all.
    if json.bytes().filter(|byte| *byte == b'{').count() <= max_whole {
        return None;
    }
    let mut lists = Lists { max_whole, total: total(json), noted: Vec::new() };
    let text = lists.shortened(json, "", 0)?;
    let limit = source.settings.max_whole_objects;
    let is_of_results = lists.noted.iter().any(|list| list.depth <= 1);
    let other = match is_of_results {
        true if is_paged(operation, source) => ", or numberOfResults and startRow",
        true => ", or one object by its id",
        false => "",
    };
    let note = lists.note();
    Some((text, format!("{note} ({limit}). For more: a jq filter (jq: \".\" shows all){other}")))
}

/// How many results there are in all, where the answer says so.
fn total(json: &str) -> Option<usize> {
    let Parts::Object(entries) = Parts::of(json) else { return None };
    entries.iter().find(|(key, _)| key.name == "total").and_then(|(_, value)| value.get().parse().ok())
}

/// Lists that are shortened.
struct Lists {
    max_whole: usize,
    total: Option<usize>,
    noted: Vec<Noted>,
}

/// Lists at one place, in any object.
struct Noted {
    place: String,
    depth: usize,
    count: usize,
    longest: usize,
}

impl Lists {
    /// A value with its long lists in short; `None` where it has none.
    fn shortened(&mut self, json: &str, place: &str, depth: usize) -> Option<String> {
        if depth > MAX_DEPTH {
            return None;
        }
        match Parts::of(json) {
            Parts::Array(items) => {
                let is_object = |json: &str| json.starts_with('{');
                let count = items.iter().filter(|item| is_object(item.get())).count();
                let is_long = count > self.max_whole;
                if is_long {
                    self.add(place, depth, items.len());
                }
                let mut is_changed = is_long;
                let inner = format!("{place}[]");
                let mut short = |(index, json): (usize, &str)| {
                    if is_long && index >= self.max_whole {
                        return named(json);
                    }
                    let short = if is_object(json) { self.shortened(json, &inner, depth + 1) } else { None };
                    is_changed |= short.is_some();
                    short.unwrap_or_else(|| json.to_owned())
                };
                let items: Vec<_> = items.iter().map(|item| item.get()).enumerate().map(&mut short).collect();
                is_changed.then(|| array(&items))
            }
            Parts::Object(entries) => {
                let mut is_changed = false;
                let entries = entries.iter().map(|(key, value)| {
                    let place = if place.is_empty() { key.name.clone() } else { format!("{place}.{}", key.name) };
                    let short = self.shortened(value.get(), &place, depth + 1);
                    is_changed |= short.is_some();
                    (key, short.unwrap_or_else(|| value.get().to_owned()))
                });
                let entries: Vec<_> = entries.collect();
                is_changed.then(|| object(entries))
            }
            Parts::Scalar => None,
        }
    }

    fn add(&mut self, place: &str, depth: usize, length: usize) {
        match self.noted.iter_mut().find(|list| list.place == place) {
            Some(list) => {
                list.count += 1;
                list.longest = list.longest.max(length);
            }
            None => self.noted.push(Noted { place: place.to_owned(), depth, count: 1, longest: length }),
        }
    }

    /// What is said of the lists.
    fn note(&self) -> String {
        let shown = self.max_whole;
        let named = self.noted.iter().take(MAX_NAMED).map(|list| {
            let length = thousands(list.longest);
            let total = self.total.filter(|total| list.depth == 1 && *total > list.longest);
            let total = total.map(|total| format!(" of {} in total", thousands(total))).unwrap_or_default();
            match (list.place.as_str(), list.count) {
                ("", _) => format!("{length} objects: the first {shown} whole, the others as id and name"),
                (place, 1) => {
                    format!("{place}: {length}{total}, the first {shown} whole, the others as id and name")
                }
                (place, count) => format!(
                    "{place}: {} lists of up to {length}, the first {shown} of each whole, the others as id and name",
                    thousands(count)
                ),
            }
        });
        let more = self.noted.len().saturating_sub(MAX_NAMED);
        let more = (more > 0).then(|| format!("and lists at {more} other places"));
        named.chain(more).collect::<Vec<_>>().join("; ")
    }
}

/// Whether a call says where its results begin.
fn is_paged(operation: &Operation, source: &Source) -> bool {
    let places = Places::new(source.document, true);
    let body = places.value(operation.body.map(|body| body.schema), false);
    let search = places.property(Some(&body), "search");
    operation.parameter(START).is_some() || places.property(Some(&search), START).schema.is_some()
}

/// An object by what tells which it is. Where nothing does, its first short values stand for it.
fn named(json: &str) -> String {
    let Parts::Object(entries) = Parts::of(json) else { return json.to_owned() };
    let identity = identity::of(&entries);
    let has_name = identity::has_name(&entries, &identity);
    let kept = entries.iter().enumerate().filter_map(|(place, (key, value))| {
        let is_own = identity.contains(&place);
        let inner = if has_name || is_own { None } else { identity::named(value.get()) };
        inner.or_else(|| is_own.then(|| value.get().to_owned())).map(|value| (key, value))
    });
    let mut kept: Vec<_> = kept.collect();
    if kept.is_empty() {
        let short = entries.iter().filter(|(_, value)| identity::is_short(value)).take(MAX_VALUES);
        kept.extend(short.map(|(key, value)| (key, value.get().to_owned())));
    }
    object(kept)
}
