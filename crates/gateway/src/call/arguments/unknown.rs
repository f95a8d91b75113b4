//! The right name and place for an argument or property that is not known where it was given.

use std::cmp::Reverse;

use openapi_tools::{
    describe::{
        input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
        view::View,
    },
    model::{
        document::Document,
        operation::Operation,
        schema::{Kind, Property, Schema},
    },
};

use serde_json::Value;

use super::{
    lookup::{self, resolve},
    outline::{Entry, Outline},
    policy::Policy,
    words::{are_alike, is_in_name, letters, words},
};
use crate::text::nearest::{did_you_mean, nearest, nearest_from};

/// The longest name that is compared with others. Nothing in a document is longer.
const MAX_NAME: usize = 100;

/// The most properties of an object that are looked up to find what it was meant for.
const MAX_WRAPPED: usize = 100;

/// The most names that a message lists.
const MAX_LISTED: usize = 12;

/// The similarity (0 to 1) from which a name in the same object is a slip of the pen, and not another word.
const SLIP: f64 = 0.75;

/// What to say of an argument that the tool does not take.
pub fn argument(view: View<'_>, name: &str) -> String {
    let operation = view.operation;
    let filter = view.takes_filter().then_some(FILTER_ARGUMENT);
    let parameters = view.parameters().map(|parameter| parameter.name);
    let known: Vec<_> = parameters.chain(operation.body.map(|_| BODY_ARGUMENT)).chain(filter).collect();
    if known.is_empty() {
        return "unknown argument; this tool takes none".to_owned();
    }
    let takes = || format!(" (this tool takes: {})", known.join(", "));
    if name.len() > MAX_NAME {
        return format!("unknown argument{}", takes());
    }
    let body = operation.body.as_ref();
    let outline = body.map(|body| Outline::of_schema(view.document, BODY_ARGUMENT.to_owned(), &body.schema));
    let exact = outline.as_ref().and_then(|outline| Some(outline.path(same(outline, name)?)));
    if let Some(path) = exact {
        return format!("unknown argument; did you mean `{path}`?");
    }
    if nearest(name, known.iter().copied()).is_none()
        && let Some(outline) = &outline
        && let Some(path) = slip(outline, name).or_else(|| by_words(outline, name))
    {
        return format!("unknown argument; did you mean `{path}`?");
    }
    format!("unknown argument{}{}", did_you_mean(name, known.iter().copied()), takes())
}

/// What to say of a property of a body that the document does not know, with its value. `place` is where the object stands
/// that it was given in, and `own` are that object's properties.
pub fn property(
    view: View<'_>,
    policy: &Policy<'_>,
    place: &str,
    own: &'static [Property],
    (name, value): (&str, &Value),
) -> String {
    let place_or_list = elsewhere(view, policy, place, own, name, value).unwrap_or_else(|| listed(own));
    format!("unknown property{place_or_list}")
}

fn elsewhere(
    view: View<'_>,
    policy: &Policy<'_>,
    place: &str,
    own: &'static [Property],
    name: &str,
    value: &Value,
) -> Option<String> {
    if name.len() > MAX_NAME {
        return None;
    }
    let mean = |what: &str| format!("; did you mean `{what}`?");
    let below = Outline::of_properties(view.document, place.to_owned(), own);
    let same_letters = letters(name);
    if let Some(property) = own.iter().find(|property| letters(property.name) == same_letters) {
        return Some(mean(property.name));
    }
    if let Some(entry) = same(&below, name) {
        return Some(mean(&below.path(entry)));
    }
    if let Some(hint) = wrapper(view.document, place, own, value) {
        return Some(hint);
    }
    let names = || own.iter().map(|property| property.name);
    if let Some(near) = nearest_from(SLIP, name, names()) {
        return Some(mean(near));
    }
    let body = view.operation.body.as_ref()?;
    let whole = Outline::of_schema(view.document, BODY_ARGUMENT.to_owned(), &body.schema);
    let kinds = kinds(&whole, place, name);
    if !kinds.is_empty() {
        return Some(format!("; only these kinds have it: {}", kinds.join(", ")));
    }
    if let Some(parameter) = view.parameters().find(|parameter| letters(parameter.name) == same_letters) {
        return Some(format!("; it is an argument of its own, `{}`, beside `{BODY_ARGUMENT}`", parameter.name));
    }
    if let Some(entry) = same(&whole, name) {
        return Some(mean(&whole.path(entry)));
    }
    if let Some(path) = by_words(&below, name).or_else(|| by_words(&whole, name)) {
        return Some(mean(&path));
    }
    if let Some((tool, path)) = neighbour(view, policy, name) {
        return Some(format!("; {tool} takes `{path}`"));
    }
    nearest(name, names()).map(mean).or_else(|| slip(&whole, name).map(|path| mean(&path)))
}

/// What to say of an object that only stands around properties of the object that it was given in, or that has all
/// properties of one of its neighbours.
fn wrapper(document: &Document, place: &str, own: &'static [Property], value: &Value) -> Option<String> {
    let given = value.as_object().filter(|object| !object.is_empty() && object.len() <= MAX_WRAPPED)?;
    let has_all = |properties: &'static [Property]| given.keys().all(|key| lookup::property(properties, key).is_some());
    if has_all(own) {
        return Some(format!("; did you mean `{place}`?"));
    }
    let mut fitting = own.iter().filter(|property| match resolve(document, &property.schema).kind {
        Kind::Object { properties } => has_all(properties),
        _ => false,
    });
    let first = fitting.next().filter(|_| fitting.next().is_none())?;
    Some(format!("; did you mean `{place}.{}`?", first.name))
}

fn listed(own: &[Property]) -> String {
    let names: Vec<_> = own.iter().map(|property| property.name).take(MAX_LISTED).collect();
    let more = own.len().saturating_sub(names.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(" (known here: {}{more})", names.join(", "))
}

/// The nearest property with that name.
fn same<'a>(outline: &'a Outline, name: &str) -> Option<&'a Entry> {
    let name = letters(name);
    outline.entries().find(|entry| letters(entry.property.name) == name)
}

/// The kinds of the object at `place` that have the property, where it is one of several kinds.
fn kinds(outline: &Outline, place: &str, name: &str) -> Vec<&'static str> {
    let wanted = format!("{place}.{name}");
    let entries = outline.entries().filter(|entry| entry.kind.is_some() && entry.property.name == name);
    entries.filter(|entry| outline.path(entry) == wanted).filter_map(|entry| entry.kind).collect()
}

/// The property whose name is nearly the same.
fn slip(outline: &Outline, name: &str) -> Option<String> {
    let near = nearest_from(SLIP, name, outline.entries().map(|entry| entry.property.name))?;
    outline.entries().find(|entry| entry.property.name == near).map(|entry| outline.path(entry))
}

/// The property that the words of `name` describe: each of them is in its name or its description. Of several, the one
/// with most of them in its name, or else the nearest.
fn by_words(outline: &Outline, name: &str) -> Option<String> {
    let typed = words(name);
    if typed.is_empty() {
        return None;
    }
    let score = |entry: &Entry| {
        let own = words(entry.property.name);
        let described = words(entry.property.schema.description.unwrap_or_default());
        let mut in_name = 0;
        for word in &typed {
            if is_in_name(word, &own) {
                in_name += 1;
            } else if !described.iter().any(|other| are_alike(word, other)) {
                return None;
            }
        }
        Some((in_name, Reverse(entry.depth)))
    };
    let mut best: Option<(&Entry, (usize, Reverse<usize>))> = None;
    for entry in outline.entries() {
        if let Some(score) = score(entry)
            && best.is_none_or(|(_, other)| score > other)
        {
            best = Some((entry, score));
        }
    }
    best.map(|(entry, _)| outline.path(entry))
}

/// Another tool that takes the property, at the top of its body or right below: one of the same area rather than
/// another, and one that does the same rather than something else.
fn neighbour(view: View<'_>, policy: &Policy<'_>, name: &str) -> Option<(&'static str, String)> {
    let own = view.operation;
    let same_letters = letters(name);
    let find = |operation: &'static Operation| {
        let body = operation.body.as_ref()?;
        let outline = top(view, &body.schema);
        let (path, is_exact) = outline.into_iter().find_map(|(path, property)| {
            let found = letters(property);
            (are_alike(&found, &same_letters)).then_some((path, found == same_letters))
        })?;
        Some((operation, path, is_exact))
    };
    let others =
        view.document.operations.iter().copied().filter(|operation| {
            operation.name != own.name && operation.area == own.area && (policy.is_offered)(operation)
        });
    let rank = |(operation, path, is_exact): &(&'static Operation, String, bool)| {
        (*is_exact, operation.method == own.method, Reverse(path.len()), Reverse(operation.name))
    };
    others.filter_map(find).max_by_key(rank).map(|(operation, path, _)| (operation.name, path))
}

/// The properties at the top of a body and right below, with their places.
fn top(view: View<'_>, schema: &Schema) -> Vec<(String, &'static str)> {
    let of = |schema: &Schema| match resolve(view.document, schema).kind {
        Kind::Object { properties } => properties,
        _ => &[],
    };
    let mut found = Vec::new();
    let first = of(schema);
    found.extend(first.iter().map(|property| (format!("{BODY_ARGUMENT}.{}", property.name), property.name)));
    for outer in first {
        let inner = of(&outer.schema).iter();
        found
            .extend(inner.map(|property| (format!("{BODY_ARGUMENT}.{}.{}", outer.name, property.name), property.name)));
    }
    found
}
