//! The three kinds of PATCH that FusionAuth accepts.

use std::collections::{HashMap, HashSet};

use json_patch::PatchOperation;
/// JSON Merge Patch (RFC 7396): given values replace, null removes.
pub use json_patch::merge;
use serde_json::Value;

/// FusionAuth's own merge for `application/json`, as documented: like RFC 7396, but arrays are appended to. What is in the
/// array already is not doubled; an item with the id of one that is there changes that one.
pub fn append(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (key, value) in patch {
                if value.is_null() {
                    target.remove(key);
                } else {
                    append(target.entry(key.clone()).or_insert(Value::Null), value);
                }
            }
        }
        (Value::Array(target), Value::Array(patch)) => append_items(target, patch),
        (target, patch) => merge(target, patch),
    }
}

fn append_items(target: &mut Vec<Value>, patch: &[Value]) {
    let id = |item: &Value| item.get("id").filter(|id| !id.is_null()).map(Value::to_string);
    let mut known: HashSet<String> = target.iter().map(Value::to_string).collect();
    let mut places: HashMap<String, usize> =
        target.iter().enumerate().filter_map(|(place, item)| Some((id(item)?, place))).collect();
    for item in patch {
        let place = id(item).and_then(|id| places.get(&id).copied());
        if let Some(there) = place.and_then(|place| target.get_mut(place)) {
            append(there, item);
        } else if known.insert(item.to_string()) {
            if let Some(id) = id(item) {
                places.insert(id, target.len());
            }
            target.push(item.clone());
        }
    }
}

/// How many levels down a JSON Patch may reach. Without a limit, repeated requests could nest a value deeper than the
/// stack allows to walk through it.
const MAX_POINTER_DEPTH: usize = 128;

/// Applies one operation of a JSON Patch (RFC 6902).
///
/// Stricter than the RFC: `copy` and `move` are refused, since each `copy` can double the value and both can nest it
/// deeper than [`MAX_POINTER_DEPTH`], and so is the whole target as a path, since an object has to stay one.
///
/// `None` if the operation is malformed or refused, or does not fit the target.
pub fn apply(target: &mut Value, operation: &Value) -> Option<()> {
    let operation: PatchOperation = serde_json::from_value(operation.clone()).ok()?;
    if matches!(operation, PatchOperation::Copy(_) | PatchOperation::Move(_)) {
        return None;
    }
    if !(1..MAX_POINTER_DEPTH).contains(&operation.path().count()) {
        return None;
    }
    json_patch::patch(target, &[operation]).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn arrays_are_replaced_or_appended_to() {
        let (mut merged, patch) =
            (json!({ "a": [1], "b": 1, "c": { "d": 1 } }), json!({ "a": [2], "b": null, "c": { "e": 2 } }));
        let mut appended = merged.clone();
        merge(&mut merged, &patch);
        assert_eq!(merged, json!({ "a": [2], "c": { "d": 1, "e": 2 } }));
        append(&mut appended, &patch);
        assert_eq!(appended, json!({ "a": [1, 2], "c": { "d": 1, "e": 2 } }));
    }

    #[test]
    fn lists_are_not_doubled() {
        let mut target = json!({ "names": ["a"], "items": [{ "id": 1, "a": 1 }] });
        append(&mut target, &json!({ "names": ["a", "b", "b"], "items": [{ "id": 1, "b": 2 }, { "id": 2 }] }));
        assert_eq!(target, json!({ "names": ["a", "b"], "items": [{ "id": 1, "a": 1, "b": 2 }, { "id": 2 }] }));
    }

    #[test]
    fn a_json_patch_adds_replaces_and_removes() {
        let mut target = json!({ "a/b": { "~": 1 }, "list": [1, 2] });
        for operation in [
            json!({ "op": "replace", "path": "/a~1b/~0", "value": 2 }),
            json!({ "op": "add", "path": "/list/-", "value": 3 }),
            json!({ "op": "replace", "path": "/list/0", "value": 0 }),
            json!({ "op": "remove", "path": "/list/1" }),
            json!({ "op": "add", "path": "/list/1", "value": 1 }),
            json!({ "op": "test", "path": "/list", "value": [0, 1, 3] }),
        ] {
            apply(&mut target, &operation).unwrap();
        }
        let patched = json!({ "a/b": { "~": 2 }, "list": [0, 1, 3] });
        assert_eq!(target, patched);
        for operation in [
            json!({ "op": "remove", "path": "/list/3" }),
            json!({ "op": "remove", "path": "/missing" }),
            json!({ "op": "replace", "path": "/missing", "value": 1 }),
            json!({ "op": "replace", "path": "", "value": 1 }),
            json!({ "op": "test", "path": "/list/0", "value": 1 }),
            json!({ "op": "copy", "path": "/copy", "from": "" }),
            json!({ "op": "add", "path": "/missing/a", "value": 1 }),
            json!({ "op": "add", "path": "/a" }),
            json!({ "op": "move", "path": "/list", "from": "/a~1b" }),
            json!({ "path": "/list" }),
            json!("remove"),
        ] {
            assert_eq!(apply(&mut target, &operation), None, "{operation}");
        }
        assert_eq!(target, patched);
    }

    #[test]
    fn a_json_patch_does_not_nest_without_end() {
        let mut target = json!({});
        let mut path = String::new();
        let levels = (0..1000)
            .take_while(|_| {
                path.push_str("/a");
                apply(&mut target, &json!({ "op": "add", "path": path, "value": {} })).is_some()
            })
            .count();
        assert_eq!(levels, MAX_POINTER_DEPTH - 1);
    }
}
