//! The overlay is complete and tidy. What is missing is printed as a list to work through.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use common::{FUSIONAUTH, fusionauth, overlays};
use openapi_tools::{
    load::source::{Overlay, from_yaml, merge},
    model::{
        document::Document,
        operation::Method,
        schema::{Kind, Property, Schema},
    },
};
use serde_json::Value;

/// A client's prefix counts into the 64 characters of a tool's name.
const LONGEST_NAME: usize = 64 - "mcp__fusionauth__".len();

/// Properties whose names say it all.
const PLAIN: [&str; 4] = ["id", "insertInstant", "lastUpdateInstant", "createInstant"];

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} to mend:\n{}", faults.len(), faults.join("\n"));
}

fn words(text: Option<&str>) -> usize {
    text.unwrap_or_default().split_whitespace().count()
}

#[test]
fn every_operation_has_title_description_and_area_of_the_right_length() {
    let mut faults = Vec::new();
    for operation in fusionauth().operations {
        let name = operation.name;
        if !(2..=5).contains(&words(operation.title)) {
            faults.push(format!("{name}: title {:?}: expected 2 to 5 words", operation.title));
        }
        if !(12..=45).contains(&words(operation.description)) {
            faults.push(format!("{name}: description of {} words: expected 12 to 45", words(operation.description)));
        }
        if operation.area.is_empty() {
            faults.push(format!("{name}: no area"));
        }
        if name.len() > LONGEST_NAME {
            faults.push(format!("{name}: {} characters: expected {LONGEST_NAME} at most (x-tool-name)", name.len()));
        }
    }
    assert_none(&faults);
}

#[test]
fn no_two_descriptions_are_alike() {
    let mut seen = BTreeMap::new();
    let mut faults = Vec::new();
    for operation in fusionauth().operations {
        for text in [operation.title, operation.description].into_iter().flatten().map(str::to_lowercase) {
            if let Some(earlier) = seen.insert(text.clone(), operation.name) {
                faults.push(format!("{} and {earlier}: {text:?}", operation.name));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_parameter_and_body_property_is_described() {
    let document = fusionauth();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for operation in document.operations {
        for parameter in operation.parameters {
            if !(2..=30).contains(&words(parameter.description)) {
                faults.push(format!("{}: parameter {}: expected 2 to 30 words", operation.name, parameter.name));
            }
        }
        if let Some(body) = &operation.body {
            undescribed(&document, &body.schema, &mut seen, &mut faults);
        }
    }
    assert_none(&faults);
}

fn undescribed(document: &Document, schema: &Schema, seen: &mut BTreeSet<&'static str>, faults: &mut Vec<String>) {
    match schema.kind {
        Kind::Reference(name) if seen.insert(name) => {
            if let Kind::Object { properties } = document.schema(name).unwrap().kind {
                for Property { name: property, schema, .. } in properties {
                    if !PLAIN.contains(property) && !(2..=30).contains(&words(schema.description)) {
                        faults.push(format!("{name}.{property}: expected 2 to 30 words"));
                    }
                }
            }
            undescribed(document, document.schema(name).unwrap(), seen, faults);
        }
        Kind::Object { properties } => {
            for property in properties {
                undescribed(document, &property.schema, seen, faults);
            }
        }
        Kind::Array { items: inner, .. } | Kind::Map { values: inner } => undescribed(document, inner, seen, faults),
        Kind::OneOf { variants, .. } => {
            for variant in variants {
                undescribed(document, &Schema::reference(variant.reference), seen, faults);
            }
        }
        _ => {}
    }
}

/// Everywhere: of operations, parameters, and properties at any depth. A name that is taken for another one is none.
#[test]
fn descriptions_name_only_tools_that_there_are() {
    let document = fusionauth();
    let names: BTreeSet<_> = document.operations.iter().map(|operation| operation.name).collect();
    let verbs: BTreeSet<_> = names.iter().map(|name| first_word(name)).collect();
    let properties = || {
        let schemas = document.schemas.iter().filter_map(|entry| match entry.schema.kind {
            Kind::Object { properties } => Some((entry.name, properties)),
            _ => None,
        });
        schemas.flat_map(|(schema, properties)| properties.iter().map(move |property| (schema, property)))
    };
    let parameters = || {
        let operations = document.operations.iter();
        operations.flat_map(|operation| operation.parameters.iter().map(move |parameter| (operation.name, parameter)))
    };
    let values = document.schemas.iter().filter_map(|entry| match entry.schema.kind {
        Kind::String { values, .. } => values,
        _ => None,
    });
    // What has a name of that form and is no tool: arguments, properties and values.
    let others: BTreeSet<_> = (parameters().map(|(_, parameter)| parameter.name))
        .chain(properties().map(|(_, property)| property.name))
        .chain(values.flatten().copied())
        .collect();
    let operations = document.operations.iter().map(|operation| (operation.name.to_owned(), operation.description));
    let of_parameters = parameters()
        .map(|(operation, parameter)| (format!("{operation} {}", parameter.name), parameter.schema.description));
    let of_properties =
        properties().map(|(schema, property)| (format!("{schema}.{}", property.name), property.schema.description));
    let mut faults = Vec::new();
    for (place, text) in operations.chain(of_parameters).chain(of_properties) {
        let looks_like_a_tool = |word: &&str| {
            let rest = word.strip_prefix(first_word(word)).unwrap_or_default();
            verbs.contains(first_word(word)) && rest.starts_with(|first: char| first.is_ascii_uppercase())
        };
        let words =
            text.unwrap_or_default().split(|character: char| !character.is_ascii_alphanumeric() && character != '_');
        for word in words.filter(looks_like_a_tool) {
            if !names.contains(word) && !others.contains(word) {
                faults.push(format!("{place}: there is no `{word}`"));
            }
        }
    }
    assert_none(&faults);
}

fn first_word(name: &str) -> &str {
    &name[..name.find(|character: char| !character.is_ascii_lowercase()).unwrap_or(name.len())]
}

/// Every leaf of an overlay makes a difference to the document.
#[test]
fn every_overlay_entry_changes_something() {
    let overlays = overlays();
    let parsed: Vec<_> = overlays.iter().map(|(name, text)| (name, from_yaml(text).unwrap())).collect();
    let whole = |parsed: &[(&String, Value)]| {
        let texts: Vec<_> = parsed.iter().map(|(name, value)| ((*name).clone(), value.to_string())).collect();
        let overlays: Vec<_> = texts.iter().map(|(name, text)| Overlay { name, text }).collect();
        merge(FUSIONAUTH, &overlays)
    };
    let expected = whole(&parsed).unwrap();
    let mut faults = Vec::new();
    let base: Value = serde_json::from_str(FUSIONAUTH).unwrap();
    for (index, (name, overlay)) in parsed.iter().enumerate() {
        // Plain leaves are compared with what they replace; parameters take part in merges of their own.
        plain_leaves(overlay, &mut Vec::new(), &mut |path, value| {
            let pointer: String =
                path.iter().map(|key| format!("/{}", key.replace('~', "~0").replace('/', "~1"))).collect();
            if base.pointer(&pointer).unwrap_or(&Value::Null) == value {
                faults.push(format!("{name}: {}", path.join(".")));
            }
        });
        let mut without = parsed.clone();
        without[index].1 = serde_json::json!({});
        if whole(&without).is_ok_and(|document| document == expected) {
            faults.push(format!("{name}: as a whole"));
        }
    }
    assert_none(&faults);
}

fn plain_leaves<'a>(value: &'a Value, path: &mut Vec<&'a str>, visit: &mut impl FnMut(&[&str], &Value)) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, inner) in entries {
                path.push(key);
                plain_leaves(inner, path, visit);
                path.pop();
            }
        }
        leaf if !path.contains(&"x-parameters") => visit(path, leaf),
        _ => {}
    }
}

/// An entry for a path, a method or a schema that is not there would add one.
#[test]
fn every_marked_place_exists() {
    let published: Value = serde_json::from_str(FUSIONAUTH).unwrap();
    let mut faults = Vec::new();
    let overlays = overlays();
    let parsed: Vec<_> = overlays.iter().map(|(name, text)| (name, from_yaml(text).unwrap())).collect();
    let added = |path: &str, method: &str| {
        parsed.iter().any(|(_, overlay)| overlay["paths"][path][method].get("operationId").is_some())
    };
    let made = |schema: &str| {
        parsed.iter().any(|(_, overlay)| {
            let schema = &overlay["components"]["schemas"][schema];
            schema.get("type").is_some() || schema.get("oneOf").is_some()
        })
    };
    for (name, overlay) in &parsed {
        for (path, item) in overlay["paths"].as_object().into_iter().flatten() {
            for method in item.as_object().unwrap().keys() {
                if published["paths"][path].get(method).is_none() && !added(path, method) {
                    faults.push(format!("{name}: there is no {method} {path}"));
                }
            }
        }
        for (schema, patch) in overlay["components"]["schemas"].as_object().into_iter().flatten() {
            let there = &published["components"]["schemas"][schema];
            if there.is_null() && !made(schema) {
                faults.push(format!("{name}: there is no schema {schema}"));
            }
            for (property, patch) in patch["properties"].as_object().into_iter().flatten() {
                let is_made = parsed.iter().any(|(_, overlay)| {
                    let patch = &overlay["components"]["schemas"][schema]["properties"][property];
                    patch.get("type").is_some() || patch.get("$ref").is_some()
                });
                if there["properties"].get(property).is_none() && !is_made {
                    faults.push(format!("{name}: there is no {schema}.{property}: {patch}"));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_operation_is_found_by_what_people_say() {
    let document = fusionauth();
    let mut faults = Vec::new();
    for operation in document.operations {
        // One with an id of the caller's choice is found by the phrases of the one without.
        let twin = operation.name.strip_suffix("WithId").and_then(|short| document.operation(short));
        if operation.wishes.is_empty() && twin.is_none_or(|twin| twin.wishes.is_empty()) {
            faults.push(format!("{}: no x-wishes", operation.name));
        }
    }
    let properties = document.schemas.iter().filter_map(|named| match named.schema.kind {
        Kind::Object { properties } => Some((named.name, properties)),
        _ => None,
    });
    let of_properties = properties.flat_map(|(schema, properties)| {
        properties.iter().map(move |property| (format!("{schema}.{}", property.name), property.schema.wishes))
    });
    let of_operations = document.operations.iter().map(|operation| (operation.name.to_owned(), operation.wishes));
    for (place, wishes) in of_operations.chain(of_properties) {
        let mut seen = BTreeSet::new();
        for wish in wishes {
            if !(1..=12).contains(&words(Some(wish))) || !seen.insert(wish.to_lowercase()) {
                faults.push(format!("{place}: x-wishes {wish:?}: expected up to 12 words, each phrase once"));
            }
        }
    }
    assert_none(&faults);
}

/// What the bodies of these methods reach, as the name of a schema and a property.
fn sent(document: &Document, methods: &[Method]) -> Vec<(&'static str, &'static Property)> {
    let operations = document.operations.iter().filter(|operation| methods.contains(&operation.method));
    reached(document, operations.filter_map(|operation| operation.body.as_ref()).map(|body| body.schema).collect())
}

fn reached(document: &Document, mut open: Vec<Schema>) -> Vec<(&'static str, &'static Property)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    while let Some(schema) = open.pop() {
        let (name, schema) = match schema.kind {
            Kind::Reference(name) if seen.insert(name) => (name, *document.schema(name).unwrap()),
            Kind::Reference(_) => continue,
            _ => ("", schema),
        };
        match schema.kind {
            Kind::Object { properties } => {
                found.extend(properties.iter().map(|property| (name, property)));
                open.extend(properties.iter().map(|property| property.schema));
            }
            Kind::Array { items: inner, .. } | Kind::Map { values: inner } => open.push(*inner),
            Kind::OneOf { variants, .. } => {
                open.extend(variants.iter().map(|variant| Schema::reference(variant.reference)));
            }
            Kind::Reference(_) => open.push(schema),
            _ => {}
        }
    }
    found
}

#[test]
fn what_an_object_cannot_be_without_is_not_removed_by_null() {
    let is_required = |text: &str| text.contains(". Required.") || text.contains("At least one is required.");
    let faults: Vec<_> = sent(&fusionauth(), &[Method::Patch])
        .into_iter()
        .filter(|(_, property)| !property.required && !property.schema.not_null && !property.schema.secret)
        .filter(|(_, property)| property.schema.description.is_some_and(is_required))
        .map(|(schema, property)| format!("{schema}.{}: required, so it needs x-not-null", property.name))
        .collect();
    assert_none(&faults);
}

#[test]
fn descriptions_say_what_null_does_to_a_secret() {
    let document = fusionauth();
    let has_secret = |schema: Schema| reached(&document, vec![schema]).iter().any(|(_, inner)| inner.schema.secret);
    // What stands around the object that changes, and what no call takes.
    let is_other =
        |schema: &str, name: &str| schema.ends_with("Request") || (schema, name) == ("User", "registrations");
    let faults: Vec<_> = sent(&document, &[Method::Patch, Method::Put])
        .into_iter()
        .filter(|(schema, property)| !is_other(schema, property.name))
        .filter(|(_, it)| it.schema.secret || it.schema.not_null || it.required || has_secret(it.schema))
        .filter(|(_, property)| !property.schema.description.is_some_and(|text| text.to_lowercase().contains("null")))
        .map(|(schema, property)| format!("{schema}.{}: what does null do?", property.name))
        .collect();
    assert_none(&faults);
}
