//! What the provider does to an instance, simulated from its schema: it reads what it reads, and sends whole objects.
//!
//! `provider.json` beside this file is the schema of the provider's version 1.3.6 with the place of each argument in the
//! body of a request. It shares nothing with the table that exports are written from.

use std::{collections::BTreeMap, fs, path::Path};

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use fusionauth_sandbox::{
    exchange::{Method, Request},
    instance::Instance,
    seed::{AVIATO_TENANT_ID, HOOLI_TENANT_ID, PIED_PIPER_APPLICATION_ID},
};
use serde_json::{Map, Value, json};

use super::{
    EVERYTHING, exported,
    terraform::{Configuration, FILE, expression, meaning},
};
use crate::support::sandbox::API_KEY;

/// The objects whose type a resource implies.
const IS_ONE_OF_TYPES: &[&str] = &["connector", "identityProvider", "messageTemplate", "messenger"];

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

/// Whether Terraform is told to change nothing of a resource.
fn is_frozen(body: &Map<String, Value>) -> bool {
    body.get("lifecycle").is_some_and(|lifecycle| lifecycle[0]["ignore_changes"] == "${all}")
}

/// A request to an instance: its answer's body.
fn ask(instance: &Instance, method: Method, target: &str, body: Option<&Value>) -> Value {
    let response = instance.handle(&Request {
        method,
        target: target.to_owned(),
        authorization: Some(API_KEY.to_owned()),
        tenant_id: None,
        content_type: Some("application/json".to_owned()),
        body: body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
    });
    assert_eq!(response.status, 200, "{} {target} {body:?}: {:?}", method.as_str(), response.body);
    response.body.unwrap_or_default()
}

/// One update by the provider.
struct Update<'a> {
    configuration: &'a Configuration,
    folder: &'a Path,
    /// The object, below the property that a request has it in.
    live: Value,
}

impl Update<'_> {
    /// The body of the request.
    fn body(&self, arguments: &Value, resource: &Map<String, Value>) -> Value {
        let mut body = json!({});
        self.arguments(arguments, Some(resource), &Item::default(), &mut body);
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

    /// What an expression means. A secret is what it was.
    fn value(&self, value: &Value, live: &Value) -> Value {
        if let Some(expression) = expression(value) {
            if expression.starts_with("var.") {
                return live.clone();
            }
            if let Some(path) = expression.strip_prefix(FILE).and_then(|rest| rest.strip_suffix("\")")) {
                return Value::from(fs::read_to_string(self.folder.join(path)).unwrap());
            }
            let address = expression.strip_suffix(".id").unwrap_or_else(|| panic!("{expression}"));
            return Value::from(self.configuration.imports[address].rsplit(':').next().unwrap());
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

/// When something was made and last changed.
const INSTANTS: [&str; 2] = ["insertInstant", "lastUpdateInstant"];

/// Where two answers differ, but for those times.
fn differences(before: &Value, after: &Value, path: &str, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
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
        _ => found.push(format!("{path}: {before} -> {after}")),
    }
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

/// What an update of each resource changes in a seeded instance, by address. Each begins with the seed.
fn changes(
    configuration: &Configuration,
    folder: &Path,
    is_wanted: impl Fn(&Map<String, Value>) -> bool,
) -> BTreeMap<String, Vec<String>> {
    let schema = schema();
    let mut changes = BTreeMap::new();
    let instance = Instance::seeded(&DOCUMENT).unwrap();
    for (address, resource) in configuration.resources.iter().filter(|(_, resource)| is_wanted(resource)) {
        let (type_name, _) = address.split_once('.').unwrap();
        let known = &schema[type_name];
        assert!(known.is_object(), "{address}");
        let ids: Vec<&str> = configuration.imports[address].split(':').collect();
        let target = |name: &str| {
            let filled = ids.iter().enumerate().map(|(at, id)| (format!("{{{at}}}"), id));
            filled.fold(known[name].as_str().unwrap().to_owned(), |target, (place, id)| target.replace(&place, id))
        };
        let before = ask(&instance, Method::Get, &target("read"), None);
        let root = known["root"].as_str().unwrap();
        let live = match type_name {
            "fusionauth_application_role" => json!({ root: item(&before["application"]["roles"], ids[1]) }),
            "fusionauth_entity_type_permission" => json!({ root: item(&before["entityType"]["permissions"], ids[1]) }),
            _ => before.clone(),
        };
        let update = Update { configuration, folder, live };
        let mut body = update.body(&known["arguments"], resource);
        // Each resource of one of several types of object sends its own.
        if let Some(own_type) = update.live[root].get("type").filter(|_| IS_ONE_OF_TYPES.contains(&root)) {
            body[root]["type"] = own_type.clone();
        }
        if type_name != "fusionauth_tenant_manager_configuration" {
            ask(&instance, Method::Put, &target("update"), Some(&body));
        }
        let after = ask(&instance, Method::Get, &target("read"), None);
        let mut found = Vec::new();
        differences(&before, &after, "", &mut found);
        // It holds for every tenant of FusionAuth; the simulation has it only where somebody said so.
        found.retain(|change| change != ".tenant.jwtConfiguration.enabled: true -> null");
        changes.insert(address.clone(), found);
    }
    changes
}

fn item(items: &Value, id: &str) -> Value {
    let found = items.as_array().into_iter().flatten().find(|item| item["id"] == id);
    found.cloned().unwrap_or_else(|| panic!("{id}: {items}"))
}

/// An instance's files, and the report of the export as JSON.
fn adopted(what: &[&str], out: &Path) -> (Configuration, String) {
    let arguments = [&["--sandbox", "export", "terraform"], what, &["--out", out.to_str().unwrap()]].concat();
    let report = exported(&[], &arguments);
    (Configuration::read(out), report)
}

#[test]
fn an_update_of_what_was_adopted_changes_nothing() {
    let tenants = [HOOLI_TENANT_ID, AVIATO_TENANT_ID, fusionauth_sandbox::installation::DEFAULT_TENANT_ID];
    let applications: Vec<String> = (1..=7).map(|number| format!("00000002-5eed-4000-8000-{number:012}")).collect();
    let tenants = tenants.iter().map(|id| vec!["--tenant", *id]);
    let applications = applications.iter().map(|id| vec!["--application", id.as_str()]);
    for what in tenants.chain(applications).chain([EVERYTHING.to_vec()]) {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let (configuration, report) = adopted(&what, &out);
        assert!(!report.contains("Will not be as it was read"), "{what:?}: {report}");
        let changes = changes(&configuration, &out, |resource| !is_frozen(resource));
        assert!(changes.len() > 5, "{what:?}");
        let changed: BTreeMap<_, _> = changes.iter().filter(|(_, changes)| !changes.is_empty()).collect();
        assert!(changed.is_empty(), "{what:?}: {changed:#?}");
    }
}

/// Otherwise the test above could not fail, and Terraform would be kept from managing what it can manage.
#[test]
fn an_update_of_what_terraform_may_not_change_would_change_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (configuration, report) = adopted(EVERYTHING, &out);
    let changes = changes(&configuration, &out, is_frozen);
    let expected = [
        ("fusionauth_entity.son_of_anton", ".entity.parentId"),
        ("fusionauth_idp_saml_v2.aviato_saml", ".identityProvider.issuer"),
    ];
    assert!(changes.keys().map(String::as_str).eq(expected.map(|(address, _)| address)), "{changes:#?}");
    for (address, property) in expected {
        assert!(changes[address].iter().any(|change| change.starts_with(property)), "{address}: {changes:#?}");
        let path = property.trim_start_matches('.').split_once('.').unwrap().1;
        assert!(report.contains(&format!(": {path}: the provider has no argument for it; a change would")), "{report}");
    }
    assert!(!configuration.resources.contains_key("fusionauth_user_action.award_a_hoodie"));
    assert!(report.contains("the provider fails when it has to send its options"), "{report}");
}

/// What an application's export leaves out of a group would be taken from it.
#[test]
fn a_part_keeps_what_others_have() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (configuration, _) = adopted(&["--application", PIED_PIPER_APPLICATION_ID], &out);
    let groups = fs::read_to_string(out.join("groups.tf")).unwrap();
    let (address, group) =
        configuration.resources.iter().find(|(address, _)| address.starts_with("fusionauth_group.")).unwrap();
    let literal: Vec<&str> =
        group["role_ids"].as_array().unwrap().iter().filter_map(Value::as_str).filter(|id| !id.contains('$')).collect();
    assert!(!literal.is_empty(), "{address}: {group:?}");
    for id in literal {
        assert!(groups.contains(&format!("# {id} is no resource of these files: application role ")), "{groups}");
    }
}
