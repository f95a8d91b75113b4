//! The three ways in which a PATCH is read.

use serde_json::Value;

/// RFC 7396: what is given replaces, null removes.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
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
}
