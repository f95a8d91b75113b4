//! What the provider does to an instance, simulated from its schema: it reads what it reads, and sends whole objects.
//!
//! `provider.json` beside this file is the schema of the provider's version 1.3.6 with the place of each argument in the
//! body of a request. It shares nothing with the table that exports are written from.

mod adopt;
mod clone;
mod kinds;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs,
    path::Path,
};

use fusionauth_sandbox::{
    exchange::{Method, Request},
    installation::DEFAULT_TENANT_ID,
    instance::Instance,
    seed::{AVIATO_TENANT_ID, HOOLI_TENANT_ID},
};
use serde_json::{Map, Value, json};

use super::{
    EVERYTHING,
    terraform::{FILE, expression, meaning},
};
use crate::support::sandbox::API_KEY;

/// The provider's schema.
fn schema() -> Value {
    let schema: Value = serde_json::from_str(include_str!("provider.json")).unwrap();
    schema["resources"].clone()
}

/// The arguments of a schema or table by their full names, each with its properties.
fn by_name<'a>(arguments: &'a Value, prefix: &str, found: &mut BTreeMap<String, &'a Value>) {
    for argument in arguments.as_array().unwrap() {
        let name = format!("{prefix}{}", argument["name"].as_str().unwrap());
        match argument.get("block") {
            Some(block) => by_name(block, &format!("{name}."), found),
            None => drop(found.insert(name, argument)),
        }
    }
}

/// Every argument that the provider has is written, or named with the reason why not; none is written that it computes
/// or has deprecated.
#[test]
fn the_table_has_every_argument_of_the_provider() {
    let table = super::terraform::provider();
    for (type_name, known) in schema().as_object().unwrap() {
        let resource = &table[type_name];
        let (mut arguments, mut written) = (BTreeMap::new(), BTreeMap::new());
        by_name(&known["arguments"], "", &mut arguments);
        by_name(&resource["arguments"], "", &mut written);
        let beyond = resource["beyond"].as_array().map(Vec::as_slice).unwrap_or_default();
        let named: Vec<&str> = beyond.iter().filter_map(|beyond| beyond["argument"].as_str()).collect();
        for (name, argument) in &arguments {
            let is_own_id = resource["own_id"].as_str() == Some(name);
            // The blocks of these repeat what is inside of them.
            let is_named = named.iter().any(|named| named == name || name.starts_with(&format!("{named}.")));
            let ways = [written.contains_key(name), is_own_id, is_named].into_iter().filter(|way| *way).count();
            assert_eq!(ways, 1, "{type_name}.{name}");
            let is_only_computed = argument["computed"] == true && argument.get("json").is_none() && !is_own_id;
            let may_be_written = argument["deprecated"] != true && !is_only_computed;
            assert!(may_be_written || !written.contains_key(name), "{type_name}.{name}");
        }
        for name in written.keys().map(String::as_str).chain(named) {
            let is_known = arguments.keys().any(|known| known == name || known.starts_with(&format!("{name}.")));
            assert!(is_known, "{type_name}.{name} is no argument of the provider");
        }
    }
}

/// What exports are tried with: the arguments for everything, for each tenant and for each application of the seed.
fn scopes() -> Vec<Vec<String>> {
    let tenants = [HOOLI_TENANT_ID, AVIATO_TENANT_ID, DEFAULT_TENANT_ID].map(str::to_owned);
    let applications = (1..=7).map(|number| format!("00000002-5eed-4000-8000-{number:012}"));
    let tenants = tenants.into_iter().map(|id| vec!["--tenant".to_owned(), id]);
    let applications = applications.map(|id| vec!["--application".to_owned(), id]);
    tenants.chain(applications).chain([EVERYTHING.iter().map(|part| (*part).to_owned()).collect()]).collect()
}

/// A request to an instance: its answer's body.
fn ask(instance: &Instance, method: Method, target: &str, tenant_id: Option<&str>, body: Option<&Value>) -> Value {
    let response = instance.handle(&Request {
        method,
        target: target.to_owned(),
        authorization: Some(API_KEY.to_owned()),
        tenant_id: tenant_id.map(str::to_owned),
        content_type: Some("application/json".to_owned()),
        body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
    });
    assert_eq!(response.status, 200, "{} {target} {body:?}: {:?}", method.as_str(), response.body);
    response.body.unwrap_or_default()
}

fn get(instance: &Instance, target: &str) -> Value {
    ask(instance, Method::Get, target, None, None)
}

/// A path of the schema with the parts of an id to import by.
fn filled(path: &Value, ids: &[&str]) -> String {
    let filled = ids.iter().enumerate().map(|(at, id)| (format!("{{{at}}}"), id));
    filled.fold(path.as_str().unwrap().to_owned(), |path, (place, id)| path.replace(&place, id))
}

/// An object as the provider reads it, below the property that a request has it in.
fn read(instance: &Instance, type_name: &str, known: &Value, ids: &[&str]) -> Value {
    let answer = get(instance, &filled(&known["read"], ids));
    let root = known["root"].as_str().unwrap();
    match type_name {
        "fusionauth_application_role" => json!({ root: item(&answer["application"]["roles"], ids[1]) }),
        "fusionauth_entity_type_permission" => json!({ root: item(&answer["entityType"]["permissions"], ids[1]) }),
        _ => answer,
    }
}

fn item(items: &Value, id: &str) -> Value {
    let found = items.as_array().into_iter().flatten().find(|item| item["id"] == id);
    found.cloned().unwrap_or_else(|| panic!("{id}: {items}"))
}

/// What a `file(…)` reads.
fn file(expression: &str, folder: &Path) -> Option<Value> {
    let path = expression.strip_prefix(FILE)?.strip_suffix("\")")?;
    Some(Value::from(fs::read_to_string(folder.join(path)).unwrap()))
}

/// One request by the provider.
struct Sending<'a> {
    /// The object, below the property that a request has it in; null where it is not there yet.
    live: Value,
    /// What an expression means; also given what is there.
    resolve: &'a dyn Fn(&str, &Value) -> Value,
}

impl Sending<'_> {
    /// The body of the request.
    fn body(&self, known: &Value, resource: &Map<String, Value>) -> Value {
        let mut body = json!({ known["root"].as_str().unwrap(): {} });
        self.arguments(&known["arguments"], Some(resource), &Item::default(), &mut body);
        // Each resource of one of several types of object sends its own.
        if let Some(own_type) = known.get("type") {
            body[known["root"].as_str().unwrap()]["type"] = own_type.clone();
        }
        body
    }

    /// Sets what a block says, or what the provider remembers where there is `None`.
    fn arguments(&self, arguments: &Value, block: Option<&Map<String, Value>>, item: &Item, body: &mut Value) {
        for argument in arguments.as_array().unwrap() {
            let name = argument["name"].as_str().unwrap();
            let given = block.map(|block| block.get(name));
            if let Some(inner) = argument.get("block") {
                match given {
                    Some(Some(blocks)) => self.blocks(inner, blocks.as_array().unwrap(), body),
                    _ if argument["computed"] == true || block.is_none() => self.arguments(inner, None, item, body),
                    _ => {}
                }
                continue;
            }
            let Some(path) = argument["json"].as_str().filter(|path| !path.ends_with("{key}") || name == "schemas")
            else {
                continue;
            };
            let path = item.path(path);
            let live = at(&self.live, &path);
            let value = match given {
                Some(Some(value)) if argument["headers"] == true => {
                    let pair = |(name, value): (&String, &Value)| {
                        let known = live.as_array().into_iter().flatten().find(|header| header["name"] == **name);
                        let known = known.map(|header| header["value"].clone()).unwrap_or_default();
                        json!({ "name": name, "value": self.value(value, &known) })
                    };
                    value.as_object().unwrap().iter().map(pair).collect()
                }
                Some(Some(value)) => self.value(value, &live),
                None => live,
                Some(None) if argument["computed"] == true => live,
                Some(None) => argument.get("default").cloned().unwrap_or_default(),
            };
            if !value.is_null() {
                set(body, &path, value);
            }
        }
    }

    /// Sets what the blocks of one name say: one, the items of a list, or the entries of a map.
    fn blocks(&self, arguments: &Value, blocks: &[Value], body: &mut Value) {
        let key_of = arguments
            .as_array()
            .unwrap()
            .iter()
            .find(|argument| argument["json"].as_str().is_some_and(|path| path.ends_with(".{key}")));
        for (at, block) in blocks.iter().enumerate() {
            let block = block.as_object().unwrap();
            let key = key_of.map(|argument| self.value(&block[argument["name"].as_str().unwrap()], &Value::Null));
            let key = key.and_then(|key| key.as_str().map(str::to_owned));
            let item = Item { at, key };
            if let (Some(key), Some(argument)) = (&item.key, key_of) {
                let mut parts = item.path(argument["json"].as_str().unwrap());
                parts.push(key.clone());
                if self::at(body, &parts).is_null() {
                    set(body, &parts, json!({}));
                }
            }
            self.arguments(arguments, Some(block), &item, body);
        }
    }

    /// What a value of a configuration means.
    fn value(&self, value: &Value, live: &Value) -> Value {
        if let Some(expression) = expression(value) {
            return (self.resolve)(expression, live);
        }
        match value {
            Value::Object(entries) if entries.keys().eq(["jsonencode"]) => self.value(&entries["jsonencode"], live),
            Value::Object(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let key = meaning(&Value::from(key.as_str()));
                    let key = key.as_str().unwrap();
                    (key.to_owned(), self.value(value, &live[key]))
                });
                entries.collect()
            }
            Value::Array(items) => items.iter().enumerate().map(|(at, item)| self.value(item, &live[at])).collect(),
            text => meaning(text),
        }
    }
}

/// An item of a list or an entry of a map.
#[derive(Default)]
struct Item {
    at: usize,
    key: Option<String>,
}

impl Item {
    /// A path of the schema as names of properties and numbers of items.
    fn path(&self, path: &str) -> Vec<String> {
        let path = path.strip_suffix("[]").or_else(|| path.strip_suffix(".{key}")).unwrap_or(path);
        let mut parts = Vec::new();
        for part in split(path) {
            if part.starts_with('{') {
                parts.push(self.key.clone().unwrap_or_default());
            } else if let Some(list) = part.strip_suffix("[]") {
                parts.extend([list.to_owned(), format!("[{}]", self.at)]);
            } else {
                parts.push(part);
            }
        }
        parts
    }
}

/// The parts of a path. The names of events have dots in them, as has what stands between braces.
fn split(path: &str) -> Vec<String> {
    if let Some((events, event)) = path.split_once("eventsEnabled.") {
        return split(events.trim_end_matches('.'))
            .into_iter()
            .chain(["eventsEnabled".to_owned(), event.to_owned()])
            .collect();
    }
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for letter in path.chars() {
        match letter {
            '.' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        parts.last_mut().unwrap().push(letter);
    }
    parts
}

fn number(part: &str) -> Option<usize> {
    part.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn at(value: &Value, path: &[String]) -> Value {
    let found = path.iter().try_fold(value, |value, part| match number(part) {
        Some(at) => value.get(at),
        None => value.get(part),
    });
    found.cloned().unwrap_or_default()
}

fn set(value: &mut Value, path: &[String], new: Value) {
    let Some((first, rest)) = path.split_first() else {
        *value = new;
        return;
    };
    let inner = match number(first) {
        Some(at) => {
            if !value.is_array() {
                *value = json!([]);
            }
            let items = value.as_array_mut().unwrap();
            while items.len() <= at {
                items.push(Value::Null);
            }
            &mut items[at]
        }
        None => {
            if !value.is_object() {
                *value = json!({});
            }
            value.as_object_mut().unwrap().entry(first.clone()).or_insert(Value::Null)
        }
    };
    set(inner, rest, new);
}

/// Merges values into others; null removes.
fn patch(value: &mut Value, change: &Value) {
    let (Value::Object(entries), Value::Object(changes)) = (&mut *value, change) else {
        *value = change.clone();
        return;
    };
    for (name, change) in changes {
        if change.is_null() {
            entries.remove(name);
        } else {
            patch(entries.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

/// When something was made and last changed.
const INSTANTS: [&str; 3] = ["insertInstant", "lastUpdateInstant", "enabledInstant"];

/// A property that two answers have differently.
struct Difference {
    path: String,
    before: Value,
    after: Value,
}

impl fmt::Debug for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} -> {}", self.path, self.before, self.after)
    }
}

/// Where two answers differ, but for those times.
fn differences(before: &Value, after: &Value, path: &str, found: &mut Vec<Difference>) {
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            for name in names.into_iter().filter(|name| !INSTANTS.contains(&name.as_str())) {
                let get = |of: &Map<String, Value>| of.get(name).cloned().unwrap_or_default();
                differences(&get(one), &get(other), &format!("{path}.{name}"), found);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let (mut one, mut other) = (one.clone(), other.clone());
            // Lists of texts, and of what has an id, are sets here as often as not.
            if one.iter().chain(&other).all(|item| item.is_string() || item["id"].is_string()) {
                let key = |item: &Value| item.get("id").unwrap_or(item).to_string();
                one.sort_by_key(key);
                other.sort_by_key(key);
            }
            for (at, (one, other)) in one.iter().zip(&other).enumerate() {
                differences(one, other, &format!("{path}[{at}]"), found);
            }
        }
        _ if before == after || is_nothing(before) && is_nothing(after) => {}
        _ => found.push(Difference { path: path.to_owned(), before: before.clone(), after: after.clone() }),
    }
}

/// Whether FusionAuth would not have the difference: this holds for all of its tenants, and the simulation has it only
/// where somebody said so.
fn is_of_simulation(change: &Difference) -> bool {
    change.path == ".tenant.jwtConfiguration.enabled" && change.after == Value::Null
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.values().all(is_nothing),
        _ => false,
    }
}
