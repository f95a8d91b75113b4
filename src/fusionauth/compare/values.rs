//! The properties in which two objects differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::secrets::{self, Verdict};
use crate::fusionauth::export::{
    line::one_line,
    snapshot::{
        object::{Family, Object},
        references::is_opaque,
    },
};

/// What an instance notes by itself, and no two instances have the same.
const INSTANTS: [&str; 3] = ["insertInstant", "lastUpdateInstant", "enabledInstant"];

/// What comes with the material of a key, which is made anew in another instance.
const KEY_MATERIAL: [&str; 5] = ["certificate", "certificateInformation", "expirationInstant", "kid", "publicKey"];

/// Lists whose order means something. Elsewhere it is the instance's.
const ORDERED: [&str; 4] = ["connectorPolicies", "entries", "fields", "steps"];

/// What items of a list are told apart by, in this order.
const ITEM_NAMES: [&str; 3] = ["id", "name", "connectorId"];

/// A property that is not the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where it is: `a.b[c]`.
    pub path: String,
    /// How it differs.
    pub change: Change,
}

/// How a property differs.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It has other values; `None` where it has none. Secrets in them are to be hidden.
    Value {
        /// A's.
        a: Option<Value>,
        /// B's.
        b: Option<Value>,
    },
    /// A list has the same items in another order.
    Order,
    /// A secret in it is another one.
    Secret,
}

/// What the comparison of two objects found.
#[derive(Debug, Default)]
pub struct Found {
    /// What differs.
    pub differences: Vec<Difference>,
    /// The paths of what cannot be compared, by the reason.
    pub not_comparable: BTreeMap<String, Vec<String>>,
    /// Whether the only thing that differs somewhere is when something happened.
    pub has_instants: bool,
}

/// What is known of the two sides.
pub struct Context<'a> {
    /// B's ids with those of A that mean the same.
    pub ids: &'a BTreeMap<&'a str, &'a str>,
    /// What objects of A are called, by their ids.
    pub labels: &'a BTreeMap<&'a str, &'a str>,
    /// What stands for variables that are not set, as a text or as its digest, each with the variable's name.
    pub unset: &'a BTreeMap<String, String>,
}

/// Compares two objects, without their ids; without their names where one is a copy of the other.
pub fn compare(a: &Object, b: &Object, is_copy: bool, context: &Context<'_>) -> Found {
    let mut comparer = Comparer { context, family: a.family, found: Found::default() };
    let (a, b) = (without_embedded(a), without_embedded(b));
    let names = names_of(&a, &b);
    for name in names.into_iter().filter(|name| *name != "id" && !(is_copy && *name == "name")) {
        comparer.value(name, name, a.get(name), b.get(name));
    }
    comparer.found
}

/// The properties of an object; of other objects that come with it, only what says which they are.
fn without_embedded(object: &Object) -> Map<String, Value> {
    let mut value = object.value.clone();
    let reference = |embedded: &Value| -> Value {
        let kept = ["id", "name"].into_iter().filter_map(|name| Some((name.to_owned(), embedded.get(name)?.clone())));
        Value::Object(kept.collect())
    };
    match object.family {
        Family::Entity => {
            if let Some(kind) = value.get_mut("type") {
                *kind = reference(kind);
            }
        }
        Family::Group => {
            let by_application = value.get_mut("roles").and_then(Value::as_object_mut);
            for roles in by_application.into_iter().flat_map(Map::values_mut).filter_map(Value::as_array_mut) {
                roles.iter_mut().for_each(|role| *role = reference(role));
            }
        }
        _ => {}
    }
    value
}

/// What an object refers to in B, by the ids of A.
pub fn aligned(object: &Object, ids: &BTreeMap<&str, &str>) -> Object {
    let mut aligned = object.clone();
    aligned.value = align_object(&object.value, ids);
    // The key of a field that asks for a consent is `consents['id']`.
    if object.family == Family::FormField
        && let Some(Value::String(key)) = aligned.value.get_mut("key")
        && let Some(id) = key.strip_prefix("consents['").and_then(|rest| ids.get(rest.strip_suffix("']")?))
    {
        *key = format!("consents['{id}']");
    }
    aligned
}

fn align_object(object: &Map<String, Value>, ids: &BTreeMap<&str, &str>) -> Map<String, Value> {
    let aligned = object.iter().map(|(name, value)| {
        let aligned = if is_opaque(name) { value.clone() } else { align(value, ids) };
        (ids.get(name.as_str()).map_or_else(|| name.clone(), |id| (*id).to_owned()), aligned)
    });
    aligned.collect()
}

fn align(value: &Value, ids: &BTreeMap<&str, &str>) -> Value {
    match value {
        Value::String(text) => {
            Value::String(ids.get(text.as_str()).map_or_else(|| text.clone(), |id| (*id).to_owned()))
        }
        Value::Array(items) => items.iter().map(|item| align(item, ids)).collect(),
        Value::Object(object) => Value::Object(align_object(object, ids)),
        other => other.clone(),
    }
}

struct Comparer<'a> {
    context: &'a Context<'a>,
    family: Family,
    found: Found,
}

impl Comparer<'_> {
    /// Compares the values of a property, or of an item of one.
    fn value(&mut self, path: &str, property: &str, a: Option<&Value>, b: Option<&Value>) {
        let (a, b) = (a.filter(|value| !is_empty(value)), b.filter(|value| !is_empty(value)));
        if a == b && !a.is_some_and(has_secret) {
            return;
        }
        if INSTANTS.contains(&property) {
            self.found.has_instants = true;
            return;
        }
        if self.family == Family::Key && KEY_MATERIAL.contains(&property) {
            return self.not_comparable(path, "it comes with the material of the key");
        }
        match (a, b) {
            (Some(Value::Object(a)), Some(Value::Object(b))) => self.object(path, a, b),
            (Some(Value::Object(a)), None) => self.object(path, a, &Map::new()),
            (None, Some(Value::Object(b))) => self.object(path, &Map::new(), b),
            (Some(Value::Array(a)), Some(Value::Array(b))) => self.list(path, property, a, b),
            (Some(Value::String(one)), Some(Value::String(other))) => self.text(path, (a, one), (b, other)),
            _ => self.differs(path, a, b),
        }
    }

    fn object(&mut self, path: &str, a: &Map<String, Value>, b: &Map<String, Value>) {
        for name in names_of(a, b) {
            self.value(&format!("{path}{}", self.step(name)), name, a.get(name), b.get(name));
        }
    }

    fn text(&mut self, path: &str, (a, one): (Option<&Value>, &str), (b, other): (Option<&Value>, &str)) {
        let change = match secrets::compare(one, other) {
            Verdict::Same => return,
            _ if let Some(variable) = self.unset_in(one).or_else(|| self.unset_in(other)) => {
                return self.not_comparable(path, &format!("{variable} is not set"));
            }
            Verdict::NotComparable => return self.not_comparable(path, "a secret that is set on both sides"),
            Verdict::SecretDiffers => Change::Secret,
            Verdict::Differ => return self.differs(path, a, b),
        };
        self.found.differences.push(Difference { path: path.to_owned(), change });
    }

    fn list(&mut self, path: &str, property: &str, a: &[Value], b: &[Value]) {
        if let Some((a, b)) = by_name(a, b) {
            let is_other_order = || a.iter().map(|(name, _)| name).ne(b.iter().map(|(name, _)| name));
            let names: BTreeSet<&str> = a.iter().chain(&b).map(|(name, _)| *name).collect();
            let find = |list: &[(&str, &Value)], name: &str| {
                list.iter().find(|(known, _)| *known == name).map(|(_, item)| (*item).clone())
            };
            let is_same_set = a.len() == names.len() && b.len() == names.len();
            if ORDERED.contains(&property) && is_same_set && is_other_order() {
                self.found.differences.push(Difference { path: path.to_owned(), change: Change::Order });
            }
            for name in names {
                let (a, b) = (find(&a, name), find(&b, name));
                let item = a.as_ref().or(b.as_ref());
                let label = item.and_then(|item| item.get("name")?.as_str()).unwrap_or(name);
                let inner = format!("{path}[{}]", self.label(label));
                match (a, b) {
                    (Some(Value::Object(a)), Some(Value::Object(b))) => self.object(&inner, &a, &b),
                    (a, b) => self.differs(&inner, a.as_ref(), b.as_ref()),
                }
            }
            return;
        }
        let is_scalar = |value: &Value| !value.is_object() && !value.is_array();
        if a.iter().chain(b).all(is_scalar) {
            let without = |list: &[Value], other: &[Value]| -> Vec<Value> {
                list.iter().filter(|item| !other.contains(item)).cloned().collect()
            };
            let (only_a, only_b) = (without(a, b), without(b, a));
            match (only_a.as_slice(), only_b.as_slice()) {
                ([], []) if ORDERED.contains(&property) || a.len() != b.len() => {
                    self.found.differences.push(Difference { path: path.to_owned(), change: Change::Order });
                }
                ([one], [other]) => self.value(&format!("{path}[]"), property, Some(one), Some(other)),
                _ => {
                    only_a.iter().for_each(|item| self.differs(&format!("{path}[]"), Some(item), None));
                    only_b.iter().for_each(|item| self.differs(&format!("{path}[]"), None, Some(item)));
                }
            }
            return;
        }
        for number in 0..a.len().max(b.len()) {
            self.value(&format!("{path}[{number}]"), property, a.get(number), b.get(number));
        }
    }

    fn differs(&mut self, path: &str, a: Option<&Value>, b: Option<&Value>) {
        let unset = [a, b].into_iter().flatten().filter_map(Value::as_str).find_map(|text| self.unset_in(text));
        if let Some(variable) = unset {
            return self.not_comparable(path, &format!("{variable} is not set"));
        }
        let change = Change::Value { a: a.map(without_instants), b: b.map(without_instants) };
        self.found.differences.push(Difference { path: path.to_owned(), change });
    }

    fn not_comparable(&mut self, path: &str, why: &str) {
        self.found.not_comparable.entry(why.to_owned()).or_default().push(path.to_owned());
    }

    /// The variable that was not set, where a text comes from one.
    fn unset_in(&self, text: &str) -> Option<String> {
        let unset = self.context.unset.iter().filter(|(stand_in, _)| text.contains(stand_in.as_str()));
        // One name may be the beginning of another.
        unset.max_by_key(|(stand_in, _)| stand_in.len()).map(|(_, variable)| variable.clone())
    }

    /// A property as a step of a path: an id is shown by the name of its object.
    fn step(&self, name: &str) -> String {
        match self.context.labels.get(name) {
            Some(label) => format!("[{}]", one_line(&secrets::shown(label))),
            None => format!(".{}", one_line(&secrets::shown(name))),
        }
    }

    fn label(&self, name: &str) -> String {
        one_line(&secrets::shown(self.context.labels.get(name).copied().unwrap_or(name)))
    }
}

/// Whether a value says no more than one that is absent.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.values().all(is_empty),
        _ => false,
    }
}

fn without_instants(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_instants).collect(),
        Value::Object(object) => {
            let kept = object.iter().filter(|(name, _)| !INSTANTS.contains(&name.as_str()));
            Value::Object(kept.map(|(name, value)| (name.clone(), without_instants(value))).collect())
        }
        other => other.clone(),
    }
}

fn has_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => secrets::has_secret(text),
        Value::Array(items) => items.iter().any(has_secret),
        Value::Object(object) => object.iter().any(|(name, value)| secrets::has_secret(name) || has_secret(value)),
        _ => false,
    }
}

fn names_of<'v>(a: &'v Map<String, Value>, b: &'v Map<String, Value>) -> BTreeSet<&'v str> {
    a.keys().chain(b.keys()).map(String::as_str).collect()
}

/// The items of a list, each with what tells it from the others.
type Named<'v> = Vec<(&'v str, &'v Value)>;

/// The items of two lists by what tells those of each apart; `None` where nothing does.
fn by_name<'v>(a: &'v [Value], b: &'v [Value]) -> Option<(Named<'v>, Named<'v>)> {
    ITEM_NAMES.iter().find_map(|property| Some((named(a, property)?, named(b, property)?)))
}

fn named<'v>(list: &'v [Value], property: &str) -> Option<Named<'v>> {
    let named = list.iter().map(|item| Some((item.get(property)?.as_str()?, item)));
    let named: Named<'_> = named.collect::<Option<_>>()?;
    let distinct: BTreeSet<&str> = named.iter().map(|(name, _)| *name).collect();
    (distinct.len() == named.len()).then_some(named)
}

#[cfg(test)]
mod tests {
    use gateway::redact::REDACTED;
    use serde_json::json;

    use super::*;

    fn object(family: Family, value: Value) -> Object {
        let Value::Object(value) = value else { panic!("{value}") };
        Object { family, id: Some("own".to_owned()), value }
    }

    /// What differs, as `path: a -> b`, and what cannot be compared.
    fn found(family: Family, a: Value, b: Value) -> (Vec<String>, Vec<String>) {
        let (ids, labels) = (BTreeMap::from([("b-1", "a-1")]), BTreeMap::from([("a-1", "One")]));
        let unset = BTreeMap::from(["X", "X_Y"].map(|name| (format!("unset-variable-{name}"), name.to_owned())));
        let context = Context { ids: &ids, labels: &labels, unset: &unset };
        let (a, b) = (object(family, a), aligned(&object(family, b), &ids));
        let Found { differences, not_comparable, .. } = compare(&a, &b, false, &context);
        let shown = |value: Option<Value>| value.map_or("-".to_owned(), |value| value.to_string());
        let differences = differences.into_iter().map(|Difference { path, change }| match change {
            Change::Value { a, b } => format!("{path}: {} -> {}", shown(a), shown(b)),
            Change::Order => format!("{path}: order"),
            Change::Secret => format!("{path}: secret"),
        });
        let not_comparable = not_comparable.into_iter().map(|(why, paths)| format!("{}: {why}", paths.join(", ")));
        (differences.collect(), not_comparable.collect())
    }

    fn assert_differ(family: Family, a: Value, b: Value, expected: &[&str]) {
        assert_eq!(
            found(family, a.clone(), b.clone()),
            (expected.iter().map(|it| (*it).to_owned()).collect(), vec![]),
            "{a} {b}"
        );
    }

    #[test]
    fn what_means_the_same_does_not_differ() {
        for (a, b) in [
            (json!({ "a": null, "b": [], "c": {}, "d": { "e": null } }), json!({})),
            (json!({ "urls": ["x", "y"] }), json!({ "urls": ["y", "x"] })),
            (json!({ "insertInstant": 1, "a": { "lastUpdateInstant": 2 } }), json!({ "insertInstant": 3 })),
            (json!({ "id": "own" }), json!({ "id": "other" })),
            (
                json!({ "themeId": "a-1", "map": { "a-1": { "keyId": "a-1" } } }),
                json!({ "themeId": "b-1", "map": { "b-1": { "keyId": "b-1" } } }),
            ),
            (
                json!({ "list": [{ "id": "a-1", "x": 1 }, { "id": "2" }] }),
                json!({ "list": [{ "id": "2" }, { "id": "b-1", "x": 1 }] }),
            ),
        ] {
            assert_differ(Family::Tenant, a, b, &[]);
        }
        assert_differ(Family::FormField, json!({ "key": "consents['a-1']" }), json!({ "key": "consents['b-1']" }), &[]);
        let roles = |id: &str| json!({ "roles": { id: [{ "id": "r", "name": "x", "description": id }] } });
        assert_differ(Family::Group, roles("a-1"), roles("b-1"), &[]);
    }

    #[test]
    fn every_difference_is_named_by_its_path() {
        for (a, b, expected) in [
            (json!({ "a": { "b": 1 } }), json!({ "a": { "b": 2 } }), "a.b: 1 -> 2"),
            (json!({ "a": { "b": false } }), json!({ "a": {} }), "a.b: false -> -"),
            (json!({ "a": "" }), json!({}), "a: \"\" -> -"),
            (json!({ "a": 1 }), json!({ "a": "1" }), "a: 1 -> \"1\""),
            (json!({ "data": { "id": "a-1" } }), json!({ "data": { "id": "b-1" } }), "data.id: \"a-1\" -> \"b-1\""),
            (
                json!({ "map": { "a-1": { "on": true } } }),
                json!({ "map": { "b-1": { "on": false } } }),
                "map[One].on: true -> false",
            ),
            (json!({ "urls": ["x"] }), json!({ "urls": ["x", "y"] }), "urls[]: - -> \"y\""),
            (json!({ "urls": ["x", "x"] }), json!({ "urls": ["x"] }), "urls: order"),
            (
                json!({ "steps": [{ "fields": ["1", "2"] }] }),
                json!({ "steps": [{ "fields": ["2", "1"] }] }),
                "steps[0].fields: order",
            ),
            (
                json!({ "roles": [{ "name": "x", "d": 1 }] }),
                json!({ "roles": [{ "name": "x", "d": 2 }] }),
                "roles[x].d: 1 -> 2",
            ),
            (
                json!({ "connectorPolicies": [{ "connectorId": "1" }, { "connectorId": "2" }] }),
                json!({ "connectorPolicies": [{ "connectorId": "2" }, { "connectorId": "1" }] }),
                "connectorPolicies: order",
            ),
            (json!({ "list": [{ "x": 1 }, { "x": 2 }] }), json!({ "list": [{ "x": 1 }] }), "list[1].x: 2 -> -"),
        ] {
            assert_differ(Family::Tenant, a, b, &[expected]);
        }
    }

    #[test]
    fn what_cannot_be_compared_is_named_with_the_reason() {
        for (family, a, b, expected) in [
            (
                Family::Tenant,
                json!({ "s": REDACTED }),
                json!({ "s": REDACTED }),
                "s: a secret that is set on both sides",
            ),
            (
                Family::Key,
                json!({ "publicKey": "x" }),
                json!({ "publicKey": "y" }),
                "publicKey: it comes with the material of the key",
            ),
            (Family::Tenant, json!({ "a": "x" }), json!({ "a": "http://unset-variable-X_Y/" }), "a: X_Y is not set"),
            (Family::Tenant, json!({}), json!({ "a": "unset-variable-X" }), "a: X is not set"),
        ] {
            assert_eq!(found(family, a, b), (vec![], vec![expected.to_owned()]));
        }
        let (differences, _) = found(Family::Tenant, json!({ "publicKey": "x" }), json!({ "publicKey": "y" }));
        assert_eq!(differences.len(), 1, "only keys have material");
    }
}
