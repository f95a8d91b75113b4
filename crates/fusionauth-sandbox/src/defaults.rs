//! The values that properties have where nobody gave one: one table, `defaults.json`, each part with its
//! source.

use std::sync::LazyLock;

use serde_json::Value;

use crate::object::Object;

/// By collection, nested list or setting: `{"source": ..., "value": {...}}`, and under `types` what depends on the
/// object's type.
static TABLE: LazyLock<Object> =
    LazyLock::new(|| serde_json::from_str(include_str!("defaults.json")).unwrap_or_default());

/// Adds the defaults of a collection to an object, at every depth. What was given stays; lists are never mixed.
pub fn add(collection: &str, object: &mut Object) {
    let Some(entry) = TABLE.get(collection) else { return };
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default();
    let of_type = entry.get("types").and_then(|types| types.get(kind));
    for defaults in of_type.into_iter().chain(entry.get("value")) {
        fill(object, defaults);
    }
}

/// A setting that exists once, as nobody has changed it.
pub fn of(setting: &str) -> Object {
    let mut object = Object::new();
    add(setting, &mut object);
    object
}

fn fill(object: &mut Object, defaults: &Value) {
    for (key, default) in defaults.as_object().into_iter().flatten() {
        // `*` stands for every entry of a map.
        if key == "*" {
            object.values_mut().filter_map(Value::as_object_mut).for_each(|entry| fill(entry, default));
            continue;
        }
        let slot = object.entry(key.clone()).or_insert(Value::Null);
        if slot.is_null() {
            *slot = if default.is_object() { Value::Object(Object::new()) } else { default.clone() };
        }
        if let (Value::Object(inner), Value::Object(_)) = (slot, default) {
            fill(inner, default);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::object::into_object;

    #[test]
    fn every_part_of_the_table_has_a_source() {
        let table: Object = serde_json::from_str(include_str!("defaults.json")).unwrap();
        assert!(!table.is_empty());
        for (name, entry) in &table {
            assert!(entry["source"].as_str().is_some_and(|source| source.starts_with("https://")), "{name}");
            assert!(entry["value"].is_object(), "{name}");
        }
    }

    #[test]
    fn what_was_given_stays() {
        let mut tenant = into_object(json!({ "jwtConfiguration": { "timeToLiveInSeconds": 7 }, "data": null }));
        add("tenant", &mut tenant);
        assert_eq!(tenant["jwtConfiguration"]["timeToLiveInSeconds"], 7);
        assert_eq!(tenant["jwtConfiguration"]["refreshTokenTimeToLiveInMinutes"], 43200);
        assert_eq!(tenant["data"], json!({}));
        assert_eq!(tenant["eventConfiguration"], json!({ "events": {} }));
        assert_eq!(tenant["externalIdentifierConfiguration"]["changePasswordIdGenerator"]["length"], 32);
    }

    #[test]
    fn types_and_maps_have_defaults_of_their_own() {
        let mut provider = into_object(json!({ "type": "Google", "applicationConfiguration": { "a": {} } }));
        add("identity-provider", &mut provider);
        assert_eq!(provider["loginMethod"], "UseRedirect");
        assert_eq!(
            provider["applicationConfiguration"],
            json!({ "a": { "createRegistration": true, "data": {}, "enabled": false } })
        );
        assert!(!provider.contains_key("*"));
    }
}
