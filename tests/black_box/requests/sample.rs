//! Values that a schema allows.

use std::rc::Rc;

use proptest::{
    strategy::{Strategy, ValueTree},
    string::string_regex,
    test_runner::TestRunner,
};
use serde_json::{Map, Value, json};

use super::document::{At, Reader};

const MAX_DEPTH: usize = 5;

/// What texts end in that may be anything.
const ANY: &str = "b&c=";

/// How values are made.
#[derive(Clone, Copy)]
pub struct Wish {
    /// Everything that may be there, or only what has to.
    pub is_full: bool,
    /// Whether texts may be more than printable ASCII.
    pub is_any_text: bool,
    /// Whether lists have two items where they may.
    pub has_two: bool,
}

/// A value of the schema; `None` where the schema has none that is known here.
pub fn sample(reader: &Reader, at: &At, wish: Wish, depth: usize) -> Value {
    let at = merged(reader, at, 0);
    let schema = &at.value;
    let below = |key: &str| At { file: Rc::clone(&at.file), value: schema[key].clone() };
    if let Some(value) = schema.get("const") {
        return value.clone();
    }
    if let Some(value) = schema["enum"].as_array().and_then(|values| values.iter().find(|value| !value.is_null())) {
        return value.clone();
    }
    let kind = kind_of(schema);
    for key in ["oneOf", "anyOf"] {
        let branches = schema[key].as_array().filter(|branches| !branches.is_empty());
        // Conditions on properties alone, such as `anyOf: [{required: [a]}]`, are met by all of them.
        let Some(branches) = branches.filter(|_| kind != "object" || schema.get("properties").is_none()) else {
            continue;
        };
        let is_null = |branch: &Value| branch["type"] == json!("null") || branch["enum"] == json!([null]);
        let branch = branches.iter().find(|branch| !is_null(branch)).cloned().unwrap_or_default();
        let reference = branch["$ref"].as_str().unwrap_or_default().to_owned();
        let mut value = sample(reader, &At { file: Rc::clone(&at.file), value: branch }, wish, depth);
        if let (Some(name), Some(object)) = (schema["discriminator"]["propertyName"].as_str(), value.as_object_mut()) {
            let mapping = schema["discriminator"]["mapping"].as_object().into_iter().flatten();
            let mut keys =
                mapping.filter(|(_, target)| target.as_str() == Some(&reference)).map(|(key, _)| key.clone());
            // What the branch itself says of the property is as good.
            let is_open = |value: &Value| value.as_str().is_some_and(|text| text.ends_with(ANY));
            let own = || reference.rsplit('/').next().unwrap_or_default().to_owned();
            let key = keys.next().or_else(|| object.get(name).is_none_or(is_open).then(own));
            object.extend(key.filter(|key| !key.is_empty()).map(|key| (name.to_owned(), json!(key))));
        }
        return value;
    }
    match kind {
        "object" => object(reader, &at, wish, depth),
        "array" => {
            let least = schema["minItems"].as_u64().unwrap_or_default();
            let most = schema["maxItems"].as_u64().unwrap_or(9);
            let two = if wish.has_two && schema["uniqueItems"] != json!(true) { 2 } else { 1 };
            let wanted = if wish.is_full || depth == 0 { two } else { 0 };
            let count = if depth >= MAX_DEPTH { least } else { wanted.max(least).min(most) };
            (0..count).map(|_| sample(reader, &below("items"), wish, depth + 1)).collect()
        }
        "boolean" => json!(true),
        "null" => Value::Null,
        "integer" => number(schema, true),
        "number" => number(schema, false),
        "string" => json!(string(schema, wish)),
        _ => json!("any"),
    }
}

fn kind_of(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(kind) => kind,
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or("null"),
        _ if schema.get("properties").is_some() || schema.get("additionalProperties").is_some() => "object",
        _ if schema.get("items").is_some() => "array",
        _ if ["minLength", "maxLength", "pattern", "format"].iter().any(|key| schema.get(*key).is_some()) => "string",
        _ if ["minimum", "maximum"].iter().any(|key| schema.get(*key).is_some()) => "number",
        _ => "",
    }
}

/// The schema with all of its `allOf`.
fn merged(reader: &Reader, at: &At, depth: usize) -> At {
    let at = reader.resolved(at);
    let Some(branches) = at.value["allOf"].as_array().filter(|_| depth < 8) else { return at };
    let mut all = at.value.as_object().cloned().unwrap_or_default();
    all.remove("allOf");
    for branch in branches {
        let branch = merged(reader, &At { file: Rc::clone(&at.file), value: branch.clone() }, depth + 1);
        for (key, value) in branch.value.as_object().into_iter().flatten() {
            match (key.as_str(), all.get_mut(key)) {
                ("properties", Some(Value::Object(known))) => {
                    for (name, schema) in value.as_object().into_iter().flatten() {
                        known.entry(name).or_insert_with(|| schema.clone());
                    }
                }
                ("required", Some(Value::Array(known))) => {
                    known.extend(value.as_array().into_iter().flatten().cloned())
                }
                (_, Some(_)) => {}
                (_, None) => {
                    all.insert(key.clone(), value.clone());
                }
            }
        }
    }
    At { file: at.file, value: Value::Object(all) }
}

fn object(reader: &Reader, at: &At, wish: Wish, depth: usize) -> Value {
    let schema = &at.value;
    // Of alternatives that are sets of properties, the first is met and no other.
    let sets = ["oneOf", "anyOf"].iter().flat_map(|key| schema[*key].as_array().into_iter().flatten());
    let has = |set: &Value, name: &str| set["required"].as_array().into_iter().flatten().any(|one| one == name);
    let sets: Vec<_> = sets.filter(|set| set.get("required").is_some() && set.get("$ref").is_none()).collect();
    let is_first = |name: &str| sets.first().is_some_and(|set| has(set, name));
    let is_other = |name: &str| !is_first(name) && sets.iter().skip(1).any(|set| has(set, name));
    let is_required = |name: &str| has(schema, name) || is_first(name);
    let mut object = Map::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let property = merged(reader, &At { file: Rc::clone(&at.file), value: property.clone() }, 0);
        let is_wanted = is_required(name) || wish.is_full && depth < MAX_DEPTH;
        if is_wanted && !is_other(name) && property.value["readOnly"] != json!(true) {
            object.insert(name.clone(), sample(reader, &property, wish, depth + 1));
        }
    }
    let rest = &schema["additionalProperties"];
    let least = schema["minProperties"].as_u64().unwrap_or_default();
    if object.len() < usize::try_from(least).unwrap() || rest.is_object() && wish.is_full && depth < MAX_DEPTH {
        let rest = At { file: Rc::clone(&at.file), value: rest.clone() };
        object.insert("a-key".to_owned(), sample(reader, &rest, wish, depth + 1));
    }
    Value::Object(object)
}

fn number(schema: &Value, is_whole: bool) -> Value {
    let bound = |key: &str, exclusive: &str, sign: f64| {
        let step = if is_whole { 1.0 } else { 0.5 };
        let (own, other) = (schema[key].as_f64(), &schema[exclusive]);
        match other {
            Value::Bool(true) => own.map(|bound| bound + sign * step),
            Value::Number(number) => number.as_f64().map(|bound| bound + sign * step),
            _ => own,
        }
    };
    let least = bound("minimum", "exclusiveMinimum", 1.0);
    let most = bound("maximum", "exclusiveMaximum", -1.0);
    let mut value = least.unwrap_or(3.0).max(3.0_f64.min(most.unwrap_or(3.0)));
    if let Some(step) = schema["multipleOf"].as_f64() {
        value = (value / step).ceil() * step;
    }
    if is_whole { json!(value as i64) } else { json!(value) }
}

fn string(schema: &Value, wish: Wish) -> String {
    if let Some(pattern) = schema["pattern"].as_str() {
        let pattern = pattern.replace("\\/", "/").replace("\\-", "-");
        let inner = pattern.trim_start_matches('^').trim_end_matches('$');
        if let Ok(strategy) = string_regex(&inner.replace("\\d", "[0-9]").replace("\\w", "[a-z0-9]")) {
            let mut runner = TestRunner::deterministic();
            let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap();
            let texts = (0..50).filter_map(|_| Some(strategy.new_tree(&mut runner).ok()?.current()));
            let texts: Vec<String> = texts.filter(|text| text.chars().count() >= least).collect();
            return texts.iter().find(|text| text.is_ascii()).or(texts.first()).cloned().unwrap_or_default();
        }
        return String::new();
    }
    let formatted = match schema["format"].as_str().unwrap_or_default() {
        "date-time" => "2026-02-03T04:05:06Z",
        "date" => "2026-02-03",
        "time" => "04:05:06Z",
        "uuid" => "6f1c2b7e-3f0a-4c1e-9c1b-0a1b2c3d4e5f",
        "email" => "a@example.com",
        "uri" | "url" | "uri-reference" => "https://example.com/a?b=c",
        "ipv4" => "192.0.2.1",
        "ipv6" => "2001:db8::1",
        "hostname" => "example.com",
        "byte" => "aGk=",
        _ => "",
    };
    if !formatted.is_empty() {
        return formatted.to_owned();
    }
    let mut text = format!("{}{ANY}", if wish.is_any_text { "é/ %?" } else { "" });
    while text.chars().count() < usize::try_from(schema["minLength"].as_u64().unwrap_or_default()).unwrap() {
        text.push('x');
    }
    text.chars().take(usize::try_from(schema["maxLength"].as_u64().unwrap_or(u64::from(u16::MAX))).unwrap()).collect()
}
