//! The three kinds of PATCH that FusionAuth accepts.

use serde_json::{Map, Value};

/// JSON Merge Patch (RFC 7396): what is given replaces, null removes.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key.clone()).or_insert(Value::Null), value);
        }
    }
}

/// FusionAuth's own merge for `application/json`, as documented: like RFC 7396, but arrays are appended to.
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
        (Value::Array(target), Value::Array(patch)) => target.extend(patch.iter().cloned()),
        (target, patch) => merge(target, patch),
    }
}

/// How many levels down a JSON Patch may reach. Without a limit, one request after another could nest a value deeper
/// than the stack allows to walk through it.
const MAX_POINTER_DEPTH: usize = 128;

/// Applies one operation of a JSON Patch (RFC 6902): `add`, `replace` or `remove`.
///
/// `None` if the operation is malformed, not one of the three, reaches too deep, or does not fit the target.
pub fn apply(target: &mut Value, operation: &Value) -> Option<()> {
    let path = operation.get("path")?.as_str()?;
    if path.split('/').count() > MAX_POINTER_DEPTH {
        return None;
    }
    let (parent, key) = path.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match (target.pointer_mut(parent)?, operation.get("op")?.as_str()?) {
        (Value::Object(object), "add" | "replace") => drop(object.insert(key, operation.get("value")?.clone())),
        (Value::Object(object), "remove") => drop(object.remove(&key)?),
        (Value::Array(items), "add") if key == "-" => items.push(operation.get("value")?.clone()),
        (Value::Array(items), "replace") => {
            *items.get_mut(key.parse::<usize>().ok()?)? = operation.get("value")?.clone();
        }
        (Value::Array(items), "remove") => {
            let index = key.parse::<usize>().ok().filter(|index| *index < items.len())?;
            items.remove(index);
        }
        _ => return None,
    }
    Some(())
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
    fn a_json_patch_adds_replaces_and_removes() {
        let mut target = json!({ "a/b": { "~": 1 }, "list": [1, 2] });
        for operation in [
            json!({ "op": "replace", "path": "/a~1b/~0", "value": 2 }),
            json!({ "op": "add", "path": "/list/-", "value": 3 }),
            json!({ "op": "replace", "path": "/list/0", "value": 0 }),
            json!({ "op": "remove", "path": "/list/1" }),
        ] {
            apply(&mut target, &operation).unwrap();
        }
        assert_eq!(target, json!({ "a/b": { "~": 2 }, "list": [0, 3] }));
        for operation in [
            json!({ "op": "remove", "path": "/list/2" }),
            json!({ "op": "remove", "path": "/missing" }),
            json!({ "op": "add", "path": "/missing/a", "value": 1 }),
            json!({ "op": "add", "path": "/a" }),
            json!({ "op": "move", "path": "/list", "from": "/a~1b" }),
            json!({ "path": "/list" }),
            json!("remove"),
        ] {
            assert_eq!(apply(&mut target, &operation), None, "{operation}");
        }
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
