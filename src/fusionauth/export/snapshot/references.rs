//! Which objects an object refers to.
//!
//! Ids are in properties whose names end in `Id` or `Ids`, in the fields of a form's steps, in an entity's type, and are
//! the names of properties where a map has an entry for each application or tenant. Free-form `data` and the settings of
//! other systems hold no references.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::object::{Family, Object, Snapshot};

/// Properties that map the ids of applications or tenants to something.
const MAPS_BY_ID: [&str; 2] = ["applicationConfiguration", "tenantConfiguration"];

/// Properties whose contents hold no references: free-form data, and the settings of CleanSpeak, whose applications are
/// not FusionAuth's.
const OPAQUE: [&str; 3] = ["data", "cleanSpeakConfiguration", "cleanspeak"];

/// Properties that end in `Id` and hold ids of other systems. `clientId` is one of those, or the id of the application or
/// entity that it is a property of.
const FOREIGN_IDS: [&str; 6] = ["appId", "bundleId", "clientId", "relyingPartyApplicationId", "servicesId", "teamId"];

/// Whether the contents of a property of that name hold no references.
pub fn is_opaque(property: &str) -> bool {
    OPAQUE.contains(&property)
}

/// Whether the value of a property of that name, or each item of it, may be the id of another object.
pub fn is_reference(property: &str) -> bool {
    !FOREIGN_IDS.contains(&property)
        && (property.ends_with("Id") || property.ends_with("Ids") || matches!(property, "id" | "fields"))
}

/// Whether a property of that name maps ids of other objects to something.
pub fn is_map_by_id(property: &str) -> bool {
    MAPS_BY_ID.contains(&property)
}

/// Visits every text in the object that may be the id of another one.
pub fn each(object: &Object, visit: &mut dyn FnMut(&str)) {
    for (property, value) in &object.value {
        match value {
            // The roles that a group gives, by application.
            Value::Object(roles) if object.family == Family::Group && property == "roles" => {
                roles.keys().for_each(|id| visit(id));
            }
            _ if property == "id" => {}
            _ => in_property(property, value, visit),
        }
    }
}

fn in_property(property: &str, value: &Value, visit: &mut dyn FnMut(&str)) {
    match value {
        _ if is_opaque(property) => {}
        Value::String(text) if is_reference(property) => visit(text),
        Value::Array(items) => items.iter().for_each(|item| in_property(property, item, visit)),
        Value::Object(object) => in_object(property, object, visit),
        _ => {}
    }
}

fn in_object(property: &str, object: &Map<String, Value>, visit: &mut dyn FnMut(&str)) {
    for (inner, value) in object {
        if is_map_by_id(property) {
            visit(inner);
        }
        in_property(inner, value, visit);
    }
}

/// The ids of the keys that Apple issued: those that Apple identity providers sign with, for all or for one application.
pub fn apple_key_ids(snapshot: &Snapshot) -> BTreeSet<&str> {
    let providers =
        snapshot.of_family(Family::IdentityProvider).filter(|provider| provider.text("type") == Some("Apple"));
    let ids = providers.flat_map(|provider| {
        let applications = provider.value.get("applicationConfiguration").and_then(Value::as_object);
        let of_applications = applications.into_iter().flat_map(Map::values).filter_map(|one| one.get("keyId"));
        provider.value.get("keyId").into_iter().chain(of_applications)
    });
    ids.filter_map(Value::as_str).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::snapshot::object::Scope;

    fn ids(family: Family, value: Value) -> Vec<String> {
        let Value::Object(value) = value else { return Vec::new() };
        let mut ids = Vec::new();
        each(&Object { family, id: Some("own".to_owned()), value }, &mut |id| ids.push(id.to_owned()));
        ids
    }

    #[test]
    fn ids_are_found_where_they_may_stand() {
        let application = json!({
            "data": { "formId": "no" }, "id": "own", "name": "no", "jwtConfiguration": { "accessTokenKeyId": "a" },
            "oauthConfiguration": { "clientId": "no" }, "tenantId": "b", "roles": [{ "id": "c", "name": "no" }]
        });
        assert_eq!(ids(Family::Application, application), ["a", "c", "b"]);
        let provider = json!({ "applicationConfiguration": { "a": { "keyId": "b", "data": { "keyId": "no" } } } });
        assert_eq!(ids(Family::IdentityProvider, provider), ["a", "b"]);
        let provider = json!({
            "relyingPartyApplicationId": "no",
            "applicationConfiguration": { "a": { "relyingPartyApplicationId": "no" } }
        });
        assert_eq!(ids(Family::IdentityProvider, provider), ["a"]);
        let moderation = json!({ "applicationIds": ["no"], "usernameModeration": { "applicationId": "no" } });
        assert!(ids(Family::Application, json!({ "cleanSpeakConfiguration": moderation })).is_empty());
        assert!(ids(Family::Integrations, json!({ "cleanspeak": moderation })).is_empty());
        assert_eq!(ids(Family::Group, json!({ "roles": { "a": [{ "id": "no" }] } })), ["a"]);
        assert_eq!(ids(Family::Form, json!({ "steps": [{ "fields": ["a", "b"] }] })), ["a", "b"]);
        assert_eq!(ids(Family::Webhook, json!({ "tenantIds": ["a", "b"] })), ["a", "b"]);
    }

    #[test]
    fn keys_of_apple_are_found_wherever_a_provider_names_them() {
        let provider = |kind: &str, key: &str| {
            let applications = json!({ "a": { "keyId": format!("{key}-a") }, "b": {} });
            let value = json!({ "type": kind, "keyId": key, "applicationConfiguration": applications });
            Object { family: Family::IdentityProvider, id: None, value: value.as_object().cloned().unwrap() }
        };
        let snapshot = Snapshot {
            scope: Scope::Everything,
            objects: vec![provider("Apple", "x"), provider("SAMLv2", "y")],
            default_tenant_id: None,
            foreign: Vec::new(),
            left_out: Vec::new(),
        };
        assert_eq!(apple_key_ids(&snapshot), BTreeSet::from(["x", "x-a"]));
    }
}
