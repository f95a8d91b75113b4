//! The right name and place for an argument or property that is not known where it was given.

use std::cmp::Reverse;

use openapi_tools::{
    describe::{
        input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
        view::View,
    },
    model::{
        document::Document,
        operation::{Location, Operation},
        schema::{Kind, Property, Schema},
    },
};

use serde_json::Value;

use super::{
    lookup::{self, Shape, resolve},
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

/// What to say of an argument that the tool does not take, with its value.
pub fn argument(view: View<'_>, policy: &Policy<'_>, name: &str, value: &Value) -> String {
    let operation = view.operation;
    let filter = view.takes_filter().then_some(FILTER_ARGUMENT);
    let parameters = view.parameters().map(|parameter| parameter.name);
    let known: Vec<_> = parameters.chain(operation.body.map(|_| BODY_ARGUMENT)).chain(filter).collect();
    let takes = || match known.as_slice() {
        [] => "; this tool takes none".to_owned(),
        known => format!(" (this tool takes: {})", known.join(", ")),
    };
    if name.len() > MAX_NAME {
        return format!("unknown argument{}", takes());
    }
    if let Some(parameter) = selector(view, name) {
        return format!("unknown argument; did you mean `{parameter}`?");
    }
    let body = operation.body.as_ref();
    let outline = body.map(|body| Outline::of_schema(view.document, BODY_ARGUMENT.to_owned(), &body.schema));
    let places = outline.as_ref().map(|outline| Places { view, policy, outline, schema: None, value });
    let (exact, ignored) = places.as_ref().map(|places| places.same(name)).unwrap_or_default();
    if let Some(hint) = exact {
        return format!("unknown argument{hint}");
    }
    let near = || nearest(name, known.iter().copied()).is_some();
    let alike = || places.as_ref().and_then(|places| places.slip(name).or_else(|| places.by_words(name).0));
    if let Some(hint) = if near() { None } else { alike() } {
        return format!("unknown argument{hint}");
    }
    if let Some(hint) = ignored.or_else(|| takes_argument(view, policy, name)).or_else(|| searched(view, policy)) {
        return format!("unknown argument{hint}");
    }
    format!("unknown argument{}{}", did_you_mean(name, known.iter().copied()), takes())
}

/// What to say of a property of a body that the document does not know, with its value. `place` is where the object stands
/// that it was given in, and `own` is that object's shape.
pub fn property(view: View<'_>, policy: &Policy<'_>, place: &str, own: Shape, (name, value): (&str, &Value)) -> String {
    let place_or_list = elsewhere(view, policy, place, own, name, value).unwrap_or_else(|| listed(own.properties));
    format!("unknown property{place_or_list}")
}

/// Where the property belongs. A hint that would lead to the next refusal is none: what is ignored or only read is not
/// named, and a value of another form is told the form.
fn elsewhere(
    view: View<'_>,
    policy: &Policy<'_>,
    place: &str,
    Shape { properties: own, name: schema, .. }: Shape,
    name: &str,
    value: &Value,
) -> Option<String> {
    if name.len() > MAX_NAME {
        return None;
    }
    let document = view.document;
    let mean = |property: &Property| mean(document, property.name, property, value);
    let same_letters = letters(name);
    if let Some(property) = own.iter().find(|property| letters(property.name) == same_letters) {
        return Some(mean(property));
    }
    if let Some(parameter) = selector(view, name) {
        return Some(format!("; it is a separate argument, `{parameter}`, beside `{BODY_ARGUMENT}`"));
    }
    let below = Outline::of_properties(document, place.to_owned(), own);
    let below = Places { view, policy, outline: &below, schema, value };
    let (inner, ignored_below) = below.same(name);
    if inner.is_some() {
        return inner;
    }
    let near = nearest_from(SLIP, name, own.iter().map(|property| property.name));
    let near = near.and_then(|near| lookup::property(own, near));
    let fitting = || near.filter(|property| form(document, property, value).is_none()).map(mean);
    let is_part = place == BODY_ARGUMENT && (value.is_object() || value.is_array());
    let twin = || twin(view, policy, name).filter(|_| is_part);
    let hint = another_wrapper(document, place, own, value).or_else(fitting).or_else(twin);
    let hint = hint.or_else(|| needless_wrapper(place, own, value)).or_else(|| near.map(mean));
    if hint.is_some() {
        return hint;
    }
    let body = view.operation.body.as_ref()?;
    let whole = Outline::of_schema(document, BODY_ARGUMENT.to_owned(), &body.schema);
    let kinds = kinds(&whole, place, name);
    if !kinds.is_empty() {
        return Some(format!("; only these kinds have it: {}", kinds.join(", ")));
    }
    let whole = Places { outline: &whole, schema: None, ..below };
    let (outer, ignored) = whole.same(name);
    if let Some(hint) = outer.or(ignored_below).or(ignored) {
        return Some(hint);
    }
    for places in [&below, &whole] {
        let (hint, ignored) = places.by_words(name);
        if let Some(hint) = hint.or(ignored) {
            return Some(hint);
        }
    }
    if let Some((tool, path)) = neighbour(view, policy, name, |_, _| true) {
        return Some(format!("; {tool} takes `{path}`"));
    }
    let near = || nearest(name, own.iter().map(|property| property.name)).and_then(|near| lookup::property(own, near));
    near().map(mean).or_else(|| whole.slip(name)).or_else(|| searched(view, policy))
}

/// The parameter that is meant by its name, or by `id`, which is how the object itself names what the path does.
fn selector(view: View<'_>, name: &str) -> Option<&'static str> {
    const ID: &str = "id";
    let typed = letters(name);
    let mut named = view.parameters().filter(|parameter| letters(parameter.name) == typed);
    let in_path = || view.parameters().filter(|it| it.location == Location::Path).last();
    let by_id = || in_path().filter(|parameter| typed == ID && letters(parameter.name).ends_with(ID));
    named.next().or_else(by_id).map(|parameter| parameter.name)
}

/// A tool of the same kind that takes an argument of that name.
fn takes_argument(view: View<'_>, policy: &Policy<'_>, name: &str) -> Option<String> {
    let own = view.operation;
    let others = view.document.operations.iter().copied().filter(|operation| {
        operation.name != own.name
            && operation.area == own.area
            && operation.method == own.method
            && operation.effect.read_only == own.effect.read_only
            && (policy.is_offered)(operation)
    });
    let found = others.filter_map(|operation| {
        let parameter = selector(View { operation, ..view }, name)?;
        Some((operation.name.len(), operation.name, parameter))
    });
    found.min().map(|(_, tool, parameter)| format!("; {tool} takes `{parameter}`"))
}

/// Where a search takes what it is for as one text.
fn searched(view: View<'_>, policy: &Policy<'_>) -> Option<String> {
    const QUERY_STRING: &str = "queryString";
    let body = view.operation.body.as_ref().filter(|_| view.operation.effect.read_only)?;
    let place = top(view, policy, &body.schema).into_iter().find(|(_, name)| *name == QUERY_STRING)?.0;
    Some(format!("; what to search for goes into `{place}`"))
}

/// Says what was meant, and its form where the value has another.
fn mean(document: &Document, path: &str, property: &Property, value: &Value) -> String {
    let form = form(document, property, value).map(|form| format!(", {form}")).unwrap_or_default();
    format!("; did you mean `{path}`{form}?")
}

/// What a property is, where a value is something else that cannot be taken for it.
fn form(document: &Document, property: &Property, value: &Value) -> Option<&'static str> {
    let is_composed = value.is_object() || value.is_array();
    match resolve(document, &property.schema).kind {
        Kind::Object { .. } | Kind::OneOf { .. } | Kind::Map { .. } => {
            let is_encoded = value.as_str().is_some_and(|text| text.trim_start().starts_with('{'));
            (!value.is_object() && !is_encoded).then_some("an object")
        }
        Kind::Boolean => is_composed.then_some("true or false"),
        Kind::Integer { .. } | Kind::Number => is_composed.then_some("a number"),
        Kind::String { .. } => is_composed.then_some("a string"),
        _ => None,
    }
}

/// The places of a body that an unknown name may be meant for, for a value.
struct Places<'p> {
    view: View<'p>,
    policy: &'p Policy<'p>,
    outline: &'p Outline,
    /// The document's name of the schema of the object at the root.
    schema: Option<&'static str>,
    value: &'p Value,
}

impl Places<'_> {
    /// The nearest property with that name that the call takes; else what to say of the nearest that it does not.
    fn same(&self, name: &str) -> (Option<String>, Option<String>) {
        let name = letters(name);
        self.first(self.outline.entries().filter(|entry| letters(entry.property.name) == name))
    }

    /// The property whose name is nearly the same.
    fn slip(&self, name: &str) -> Option<String> {
        let near = nearest_from(SLIP, name, self.outline.entries().map(|entry| entry.property.name))?;
        self.first(self.outline.entries().filter(|entry| entry.property.name == near)).0
    }

    /// The property that the words of `name` describe: each of them is in its name or its description. Of several, the
    /// one with most of them in its name, or else the nearest.
    fn by_words(&self, name: &str) -> (Option<String>, Option<String>) {
        let typed = words(name);
        if typed.is_empty() {
            return (None, None);
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
            Some((Reverse(in_name), entry.depth))
        };
        let mut scored: Vec<_> =
            self.outline.entries().filter_map(|entry| score(entry).map(|score| (score, entry))).collect();
        scored.sort_by_key(|(score, _)| *score);
        self.first(scored.into_iter().map(|(_, entry)| entry))
    }

    fn first<'e>(&self, entries: impl Iterator<Item = &'e Entry>) -> (Option<String>, Option<String>) {
        let mut ignored = None;
        for entry in entries {
            let is_read_only = self.outline.line(entry).any(|entry| entry.property.schema.read_only);
            let unheeded = self.outline.line(entry).find_map(|entry| {
                let schema = entry.schema.or(self.schema.filter(|_| entry.depth == 1));
                self.policy.ignored(self.view, schema, entry.property.name)
            });
            match unheeded {
                Some(unheeded) => ignored = ignored.or_else(|| unheeded.belongs(self.view, self.policy)),
                None if is_read_only => {}
                None => {
                    let path = self.outline.path(entry);
                    return (Some(mean(self.view.document, &path, entry.property, self.value)), None);
                }
            }
        }
        (None, ignored)
    }
}

/// What to say of an object that only stands around properties of the object that it was given in.
fn needless_wrapper(place: &str, own: &'static [Property], value: &Value) -> Option<String> {
    has_all_of(value, own)?.then(|| format!("; what is in it goes directly into `{place}`"))
}

/// What to say of an object that has only properties of one of its neighbours.
fn another_wrapper(document: &Document, place: &str, own: &'static [Property], value: &Value) -> Option<String> {
    let mut fitting = own.iter().filter(|property| match resolve(document, &property.schema).kind {
        Kind::Object { properties } => has_all_of(value, properties) == Some(true),
        _ => false,
    });
    let first = fitting.next().filter(|_| fitting.next().is_none() && has_all_of(value, own) != Some(true))?;
    Some(format!("; did you mean `{place}.{}`?", first.name))
}

/// Whether all that is in an object are such properties. `None` where it is no object, or says nothing.
fn has_all_of(value: &Value, properties: &[Property]) -> Option<bool> {
    let given = value.as_object().filter(|object| !object.is_empty() && object.len() <= MAX_WRAPPED)?;
    Some(given.keys().all(|key| properties.iter().any(|property| property.name == key)))
}

fn listed(own: &[Property]) -> String {
    let names: Vec<_> = own.iter().map(|property| property.name).take(MAX_LISTED).collect();
    let more = own.len().saturating_sub(names.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(" (known here: {}{more})", names.join(", "))
}

/// The kinds of the object at `place` that have the property, where it is one of several kinds.
fn kinds(outline: &Outline, place: &str, name: &str) -> Vec<&'static str> {
    let wanted = format!("{place}.{name}");
    let entries = outline.entries().filter(|entry| entry.kind.is_some() && entry.property.name == name);
    entries.filter(|entry| outline.path(entry) == wanted).filter_map(|entry| entry.kind).collect()
}

/// A tool that does the same as this one and takes the property under that very name.
fn twin(view: View<'_>, policy: &Policy<'_>, name: &str) -> Option<String> {
    let own = view.operation;
    let does_the_same = |operation: &Operation, is_exact: bool| {
        is_exact && operation.method == own.method && operation.effect.read_only == own.effect.read_only
    };
    let found = neighbour(view, policy, name, does_the_same);
    found.filter(|(_, path)| path.matches('.').count() == 1).map(|(tool, path)| format!("; {tool} takes `{path}`"))
}

/// Another tool that takes the property, at the top of its body or right below: one of the same area rather than
/// another, and one that does the same rather than something else.
fn neighbour(
    view: View<'_>,
    policy: &Policy<'_>,
    name: &str,
    is_wanted: impl Fn(&Operation, bool) -> bool,
) -> Option<(&'static str, String)> {
    let own = view.operation;
    let same_letters = letters(name);
    let find = |operation: &'static Operation| {
        let body = operation.body.as_ref()?;
        let outline = top(View { operation, ..view }, policy, &body.schema);
        let (path, is_exact) = outline.into_iter().find_map(|(path, property)| {
            let found = letters(property);
            (are_alike(&found, &same_letters)).then_some((path, found == same_letters))
        })?;
        is_wanted(operation, is_exact).then_some((operation, path, is_exact))
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
fn top(view: View<'_>, policy: &Policy<'_>, schema: &Schema) -> Vec<(String, &'static str)> {
    let of = |schema: &Schema| {
        let resolved = resolve(view.document, schema);
        let properties = match resolved.kind {
            Kind::Object { properties } => properties,
            _ => &[],
        };
        properties.iter().filter(move |property| policy.ignored(view, resolved.name, property.name).is_none())
    };
    let mut found = Vec::new();
    found.extend(of(schema).map(|property| (format!("{BODY_ARGUMENT}.{}", property.name), property.name)));
    for outer in of(schema) {
        let inner = of(&outer.schema);
        found
            .extend(inner.map(|property| (format!("{BODY_ARGUMENT}.{}.{}", outer.name, property.name), property.name)));
    }
    found
}
