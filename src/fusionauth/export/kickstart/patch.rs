//! JSON merge patches (RFC 7396), and bodies without some of their references.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::fusionauth::export::snapshot::references;

/// The merge patch that turns `from` into `to`.
///
/// `json-patch` applies merge patches and does not make them; its `diff` makes a JSON Patch (RFC 6902).
pub fn difference(from: &Map<String, Value>, to: &Map<String, Value>) -> Map<String, Value> {
    let mut change = Map::new();
    for (name, value) in to {
        match (from.get(name), value) {
            (Some(known), value) if known == value => {}
            (Some(Value::Object(known)), Value::Object(wanted)) => {
                change.insert(name.clone(), Value::Object(difference(known, wanted)));
            }
            _ => drop(change.insert(name.clone(), value.clone())),
        }
    }
    for name in from.keys().filter(|name| !to.contains_key(*name)) {
        change.insert(name.clone(), Value::Null);
    }
    change
}

/// Removes references from bodies. An item of a list that loses a reference is removed as a whole.
pub struct Pruner<'a> {
    /// Whether to remove a reference, given the property that holds the id, and the id.
    pub is_unwanted: &'a dyn Fn(&str, &str) -> bool,
    /// What was removed: path and id.
    pub removed: Vec<(String, String)>,
}

impl Pruner<'_> {
    /// Removes references from a body.
    pub fn prune(&mut self, body: &mut Value) {
        if let Value::Object(body) = body {
            self.object(body, "", "");
        }
    }

    /// Prunes the value of the property `outer` at `path`. Returns whether the object itself lost a property.
    fn object(&mut self, object: &mut Map<String, Value>, outer: &str, path: &str) -> bool {
        let before = object.len();
        object.retain(|name, value| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            if references::is_map_by_id(outer) && self.removes(outer, name, &path) {
                return false;
            }
            match value {
                _ if references::is_opaque(name) => {}
                Value::String(id) => return !(references::is_reference(name) && self.removes(name, id, &path)),
                Value::Object(inner) => {
                    self.object(inner, name, &path);
                }
                Value::Array(items) => self.items(items, name, &path),
                _ => {}
            }
            true
        });
        object.len() < before
    }

    fn items(&mut self, items: &mut Vec<Value>, property: &str, path: &str) {
        items.retain_mut(|item| match item {
            Value::String(id) => !(references::is_reference(property) && self.removes(property, id, path)),
            Value::Object(inner) => !self.object(inner, "", path),
            Value::Array(inner) => {
                self.items(inner, property, path);
                true
            }
            _ => true,
        });
    }

    /// Whether to remove a reference; if so, it is recorded.
    fn removes(&mut self, property: &str, id: &str, path: &str) -> bool {
        let is_unwanted = (self.is_unwanted)(property, id);
        if is_unwanted {
            self.removed.push((path.to_owned(), id.to_owned()));
        }
        is_unwanted
    }
}

/// The body without its references to `ids`.
pub fn without_references(body: &Value, ids: &BTreeSet<&str>) -> Value {
    let mut body = body.clone();
    let is_unwanted = |_: &str, id: &str| ids.contains(id);
    Pruner { is_unwanted: &is_unwanted, removed: Vec::new() }.prune(&mut body);
    body
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn a_patch_holds_the_differences() {
        let from = object(json!({ "a": 1, "b": { "c": 1, "d": [1] }, "e": 1, "f": {} }));
        let to = object(json!({ "a": 1, "b": { "c": 2, "d": [1, 2] }, "f": { "g": 1 }, "h": { "i": 1 } }));
        let expected = json!({ "b": { "c": 2, "d": [1, 2] }, "e": null, "f": { "g": 1 }, "h": { "i": 1 } });
        assert_eq!(Value::Object(difference(&from, &to)), expected);
        let mut patched = Value::Object(from);
        json_patch::merge(&mut patched, &expected);
        assert_eq!(patched, Value::Object(to.clone()));
        assert!(difference(&to, &to).is_empty());
    }

    #[test]
    fn references_are_removed_everywhere() {
        let body = json!({ "tenant": {
            "name": "gone", "themeId": "gone", "data": { "themeId": "gone" },
            "connectorPolicies": [{ "connectorId": "gone", "domains": ["a"] }, { "connectorId": "stays" }],
            "applicationIds": ["gone", "stays"],
            "applicationConfiguration": { "gone": { "enabled": true }, "stays": { "keyId": "gone" } },
            "cleanSpeakConfiguration": { "applicationIds": ["gone"], "usernameModeration": { "applicationId": "gone" } }
        } });
        let expected = json!({ "tenant": {
            "name": "gone", "data": { "themeId": "gone" },
            "connectorPolicies": [{ "connectorId": "stays" }],
            "applicationIds": ["stays"],
            "applicationConfiguration": { "stays": {} },
            "cleanSpeakConfiguration": { "applicationIds": ["gone"], "usernameModeration": { "applicationId": "gone" } }
        } });
        assert_eq!(without_references(&body, &BTreeSet::from(["gone"])), expected);
    }
}
