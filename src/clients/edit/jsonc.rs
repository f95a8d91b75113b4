//! JSON files, perhaps with comments and trailing commas.

use jsonc_parser::{
    ParseOptions,
    cst::{CstArray, CstInputValue, CstObject, CstObjectProp, CstRootNode},
};

use super::{
    outcome::{EditError, Edited},
    text::without_mark,
};
use crate::clients::{
    launch::{Launch, Prompt},
    table::{Client, Shape},
};

/// The key of what VS Code asks its user for.
const INPUTS: &str = "inputs";

/// Puts a server in.
pub fn put(client: &Client, text: &str, name: &str, launch: &Launch) -> Result<Edited, EditError> {
    let (mark, text) = without_mark(text);
    let root = parse(text)?;
    let top = match root.value() {
        None => root.object_value_or_set(),
        Some(value) => value.as_object().ok_or_else(|| form("", "an object"))?,
    };
    let servers = section(client, &top, true)?.ok_or_else(|| form("", "an object"))?;
    let properties = properties(client.shape, launch);
    let is_replaced = match property(&servers, name) {
        None => {
            servers.append(name, CstInputValue::Object(properties));
            false
        }
        Some(entry) => {
            match entry.object_value() {
                Some(object) => update(&object, properties),
                None => entry.set_value(CstInputValue::Object(properties)),
            }
            true
        }
    };
    if let Some(prompt) = &launch.prompt {
        add_prompt(&top, prompt)?;
    }
    Ok(Edited { text: format!("{mark}{}", with_last_newline(root.to_string(), text)), is_replaced })
}

/// Takes a server out, and what its client asked for it only.
pub fn remove(client: &Client, text: &str, name: &str) -> Result<Option<String>, EditError> {
    let (mark, text) = without_mark(text);
    let root = parse(text)?;
    let Some(value) = root.value() else { return Ok(None) };
    let top = value.as_object().ok_or_else(|| form("", "an object"))?;
    let Some(entry) = section(client, &top, false)?.and_then(|servers| property(&servers, name)) else {
        return Ok(None);
    };
    let references = inputs_of(&entry.to_string());
    entry.remove();
    let rest = top.object_value(client.section.first().copied().unwrap_or_default());
    let rest = rest.map(|servers| servers.to_string()).unwrap_or_default();
    if let Some(inputs) = top.array_value(INPUTS) {
        for element in inputs.elements() {
            let id = element.as_object().and_then(|input| text_of(&input, "id"));
            let is_unused = |id: &String| references.contains(id) && !inputs_of(&rest).contains(id);
            if id.as_ref().is_some_and(is_unused) {
                element.remove();
            }
        }
    }
    Ok(Some(format!("{mark}{root}")))
}

/// Comments and trailing commas, and nothing else that clients' own parsers would refuse.
fn parse(text: &str) -> Result<CstRootNode, EditError> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        ..ParseOptions::default()
    };
    CstRootNode::parse(text, &options).map_err(|error| EditError::Syntax { language: "JSON", fault: error.to_string() })
}

/// A file that was made here ends with a newline.
fn with_last_newline(text: String, before: &str) -> String {
    if before.trim().is_empty() { format!("{}\n", text.trim_end()) } else { text }
}

fn form(key: &str, expected: &'static str) -> EditError {
    EditError::Form { key: if key.is_empty() { "the top level".to_owned() } else { format!("`{key}`") }, expected }
}

/// The object that holds the servers, made where it is not there and `is_made` says so.
fn section(client: &Client, top: &CstObject, is_made: bool) -> Result<Option<CstObject>, EditError> {
    if let Some(keys) = client.other_section
        && let Some(servers) = existing(top, keys)
        && !is_server(&servers)
    {
        return Ok(Some(servers));
    }
    let mut object = top.clone();
    let mut path = String::new();
    for key in client.section {
        path.push_str(if path.is_empty() { "" } else { "." });
        path.push_str(key);
        object = match property(&object, key) {
            Some(inner) => inner.object_value().ok_or_else(|| form(&path, "an object"))?,
            None if is_made => object.object_value_or_set(key),
            None => return Ok(None),
        };
    }
    Ok(Some(object))
}

fn existing(top: &CstObject, keys: &[&str]) -> Option<CstObject> {
    keys.iter().try_fold(top.clone(), |object, key| property(&object, key)?.object_value())
}

/// Whether an object is a server, and so no list of them.
fn is_server(object: &CstObject) -> bool {
    ["type", "command", "url"].iter().any(|key| text_of(object, key).is_some() || object.array_value(key).is_some())
}

/// The property of that name; the last one, which is the one that parsers take.
fn property(object: &CstObject, name: &str) -> Option<CstObjectProp> {
    object.properties().into_iter().rev().find(|property| property.decoded_name().as_deref() == Some(name))
}

fn text_of(object: &CstObject, name: &str) -> Option<String> {
    property(object, name)?.value()?.as_string_lit()?.decoded_value().ok()
}

fn update(object: &CstObject, properties: Vec<(String, CstInputValue)>) {
    for (name, value) in properties {
        match property(object, &name) {
            Some(property) => property.set_value(value),
            None => {
                object.append(&name, value);
            }
        }
    }
}

fn properties(shape: Shape, launch: &Launch) -> Vec<(String, CstInputValue)> {
    let text = |text: &String| CstInputValue::String(text.clone());
    let list = |texts: &[String]| CstInputValue::Array(texts.iter().map(text).collect());
    let pairs = launch.environment.iter().map(|(name, value)| (name.clone(), text(value)));
    let environment = CstInputValue::Object(pairs.collect());
    let named = |name: &str, value: CstInputValue| (name.to_owned(), value);
    let plain = [
        named("command", text(&launch.command)),
        named("args", list(&launch.arguments)),
        named("env", environment.clone()),
    ];
    match shape {
        Shape::Plain => plain.into(),
        Shape::Typed | Shape::Prompting => {
            [named("type", CstInputValue::String("stdio".to_owned()))].into_iter().chain(plain).collect()
        }
        Shape::OneCommand => {
            let words: Vec<_> = [&launch.command].into_iter().chain(&launch.arguments).cloned().collect();
            vec![
                named("type", CstInputValue::String("local".to_owned())),
                named("command", list(&words)),
                named("environment", environment),
            ]
        }
    }
}

fn add_prompt(top: &CstObject, prompt: &Prompt) -> Result<(), EditError> {
    let inputs: CstArray = match property(top, INPUTS) {
        None => top.array_value_or_set(INPUTS),
        Some(inputs) => inputs.array_value().ok_or_else(|| form(INPUTS, "an array"))?,
    };
    let has_id = |input: CstObject| text_of(&input, "id").as_deref() == Some(prompt.id.as_str());
    if inputs.elements().into_iter().filter_map(|element| element.as_object()).any(has_id) {
        return Ok(());
    }
    let named = |name: &str, value: &str| (name.to_owned(), CstInputValue::String(value.to_owned()));
    inputs.append(CstInputValue::Object(vec![
        named("type", "promptString"),
        named("id", &prompt.id),
        named("description", &prompt.description),
        ("password".to_owned(), CstInputValue::Bool(true)),
    ]));
    Ok(())
}

/// The ids in `${input:id}`.
fn inputs_of(text: &str) -> Vec<String> {
    text.split("${input:").skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
}
