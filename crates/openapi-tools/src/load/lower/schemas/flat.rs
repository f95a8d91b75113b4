//! References with something beside them, and `allOf`, as one object of keywords.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::load::lower::context::Context;

/// Keywords that say nothing of which values are allowed.
const ANNOTATIONS: [&str; 13] = [
    "$comment",
    "default",
    "deprecated",
    "description",
    "example",
    "examples",
    "externalDocs",
    "nullable",
    "readOnly",
    "summary",
    "title",
    "writeOnly",
    "xml",
];

/// Schemas within schemas that are put together. Deeper ones allow anything.
const MAX_DEPTH: usize = 32;

/// A schema without `allOf`.
pub(super) enum Flat<'k> {
    /// The schema that the reference leads to, with nothing beside it but annotations.
    Reference { reference: String, keywords: Map<String, Value> },
    /// Anything else.
    Keywords(Cow<'k, Map<String, Value>>),
}

/// The schema of these keywords, without `allOf`.
pub(super) fn flat<'k>(context: &mut Context<'_>, place: &str, keywords: &'k Map<String, Value>) -> Flat<'k> {
    flatten(context, place, keywords, &mut Vec::new())
}

/// `open` are the references that are being replaced.
fn flatten<'k>(
    context: &mut Context<'_>,
    place: &str,
    keywords: &'k Map<String, Value>,
    open: &mut Vec<String>,
) -> Flat<'k> {
    let reference = keywords.get("$ref").and_then(Value::as_str);
    let branches = keywords.get("allOf").and_then(Value::as_array);
    if reference.is_none() && branches.is_none() {
        return Flat::Keywords(Cow::Borrowed(keywords));
    }
    let own: Map<_, _> = keywords
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "$ref" | "allOf"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut parts: Vec<Value> = reference.map(|reference| json!({ "$ref": reference })).into_iter().collect();
    parts.extend(branches.into_iter().flatten().filter(|branch| !is_annotation_only(branch)).cloned());
    // Notes beside a single schema are about it. `type` beside it repeats what it says.
    let says_nothing = own.iter().all(|(name, value)| is_annotation(name) || (name == "type" && value == "object"));
    if let ([Value::Object(only)], true) = (parts.as_slice(), says_nothing) {
        let beside: Map<_, _> = own.into_iter().filter(|(name, _)| name != "type").collect();
        return match flatten_deeper(context, place, only, open) {
            Flat::Reference { reference, keywords } => {
                Flat::Reference { reference, keywords: overlaid(keywords, beside) }
            }
            Flat::Keywords(keywords) => Flat::Keywords(Cow::Owned(overlaid(keywords.into_owned(), beside))),
        };
    }
    if parts.len() == 1 && own.is_empty() && reference.is_some() {
        return Flat::Reference { reference: reference.unwrap_or_default().to_owned(), keywords: own };
    }
    let annotations = branches.into_iter().flatten().filter(|branch| is_annotation_only(branch));
    let mut merged = own;
    for part in parts {
        let Value::Object(part) = part else { continue };
        let part = inlined(context, place, &part, open);
        merge(context, place, &mut merged, part);
    }
    for branch in annotations.filter_map(Value::as_object) {
        for (name, value) in branch {
            merged.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
    Flat::Keywords(Cow::Owned(merged))
}

fn flatten_deeper<'k>(
    context: &mut Context<'_>,
    place: &str,
    inner: &'k Map<String, Value>,
    open: &mut Vec<String>,
) -> Flat<'k> {
    match inner.get("$ref").and_then(Value::as_str) {
        Some(reference) if inner.len() == 1 => {
            Flat::Reference { reference: reference.to_owned(), keywords: Map::new() }
        }
        _ if open.len() >= MAX_DEPTH => Flat::Keywords(Cow::Owned(Map::new())),
        _ => {
            open.push(String::new());
            let flat = flatten(context, place, inner, open);
            open.pop();
            flat
        }
    }
}

/// The keywords of a part, with references replaced by what they lead to.
fn inlined(
    context: &mut Context<'_>,
    place: &str,
    part: &Map<String, Value>,
    open: &mut Vec<String>,
) -> Map<String, Value> {
    match flatten_deeper(context, place, part, open) {
        Flat::Keywords(keywords) => keywords.into_owned(),
        Flat::Reference { reference, keywords } => {
            if open.contains(&reference) || open.len() >= MAX_DEPTH {
                context.note(place, format!("`{reference}` contains itself through allOf"));
                return keywords;
            }
            let Some(target) = context.target(&reference).and_then(Value::as_object) else {
                context.note(place, format!("`{reference}` is no schema of this document"));
                return keywords;
            };
            open.push(reference);
            let mut target = inlined(context, place, target, open);
            open.pop();
            // It tells the kinds that are made of this one from each other, and this is one of them.
            target.remove("discriminator");
            overlaid(target, keywords)
        }
    }
}

fn overlaid(mut keywords: Map<String, Value>, over: Map<String, Value>) -> Map<String, Value> {
    keywords.extend(over);
    keywords
}

/// Adds a part to what must hold together with it.
fn merge(context: &mut Context<'_>, place: &str, merged: &mut Map<String, Value>, part: Map<String, Value>) {
    for (name, value) in part {
        let Some(known) = merged.get_mut(&name) else {
            merged.insert(name, value);
            continue;
        };
        match (name.as_str(), known, value) {
            ("properties", Value::Object(known), Value::Object(more)) => {
                for (name, schema) in more {
                    match known.get_mut(&name) {
                        Some(earlier) if *earlier != schema => *earlier = both(earlier.take(), schema),
                        Some(_) => {}
                        None => {
                            known.insert(name, schema);
                        }
                    }
                }
            }
            ("required", Value::Array(known), Value::Array(more)) => {
                for name in more {
                    if !known.contains(&name) {
                        known.push(name);
                    }
                }
            }
            ("enum", Value::Array(known), Value::Array(more)) => known.retain(|value| more.contains(value)),
            // Each part closes itself to the properties of the others. That cannot be meant.
            ("additionalProperties", known, value) if *known != value && known.is_boolean() => {
                *known = if value.is_boolean() { json!(true) } else { value };
            }
            ("type", known, value) if *known != value => {
                let narrower = if known.is_array() { value } else { known.take() };
                *known = narrower;
            }
            ("oneOf" | "anyOf", known, value) if *known != value => {
                context.note(place, format!("`{name}` in several parts of `allOf`: only the first is used"));
            }
            _ => {}
        }
    }
}

/// What both schemas allow.
fn both(first: Value, second: Value) -> Value {
    match (&first, &second) {
        // The second one adds a note or a default at most.
        (_, Value::Object(more)) if more.keys().all(|name| is_annotation(name)) => first,
        _ => json!({ "allOf": [second, first] }),
    }
}

fn is_annotation(name: &str) -> bool {
    ANNOTATIONS.contains(&name) || name.starts_with("x-")
}

fn is_annotation_only(schema: &Value) -> bool {
    schema.as_object().is_some_and(|keywords| keywords.keys().all(|name| is_annotation(name)))
}
