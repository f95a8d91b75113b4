//! The API keys of a Kickstart file.

use serde_json::Value;

use super::{
    error::{KickstartError, Problem},
    expansion::Item,
    place::Place,
    properties::{check_keys, kind, optional_text},
    uuid::check_uuid,
};

/// The keys that an API key may have: those that Kickstart documents, then the others of the API's own object.
const API_KEY_KEYS: &[&str] = &[
    "description",
    "ipAccessControlListId",
    "key",
    "keyManager",
    "permissions",
    "tenantId",
    "expirationInstant",
    "id",
    "metaData",
    "name",
    "retrievable",
];

/// The list of API keys, of which there must be at least one.
pub fn list(keys: Option<Value>, place: &Place) -> Result<Vec<Value>, KickstartError> {
    match keys {
        Some(Value::Array(keys)) if !keys.is_empty() => Ok(keys),
        None | Some(Value::Null | Value::Array(_)) => Err(Problem::NoApiKeys.at(place)),
        Some(other) => Err(Problem::WrongType { expected: "an array of objects", found: kind(&other) }.at(place)),
    }
}

/// The expanded API keys, checked.
pub fn read(keys: Vec<Item>) -> Result<Vec<Value>, KickstartError> {
    let keys = keys.into_iter().enumerate().map(|(index, key)| {
        key.check(|key, place| {
            check(&key, index == 0, place)?;
            Ok(key)
        })
    });
    keys.collect()
}

fn check(key: &Value, is_first: bool, place: &Place) -> Result<(), KickstartError> {
    let Value::Object(key) = key else {
        return Err(Problem::WrongType { expected: "an object with a `key`", found: kind(key) }.at(place));
    };
    check_keys(key, API_KEY_KEYS, place)?;
    if optional_text(key, "key", place)?.is_none_or(|text| text.is_empty()) {
        return Err(Problem::ApiKeyWithoutKey.at(&place.property("key")));
    }
    for name in ["tenantId", "ipAccessControlListId"] {
        if let Some(id) = optional_text(key, name, place)? {
            check_uuid(&id, &place.property(name))?;
        }
    }
    if !is_first {
        return Ok(());
    }
    // The first key makes the requests, so a limit on it would make some of them fail.
    if key.get("tenantId").is_some_and(|id| !id.is_null()) {
        return Err(Problem::FirstApiKeyHasTenant.at(&place.property("tenantId")));
    }
    let endpoints = key.get("permissions").and_then(|permissions| permissions.get("endpoints"));
    if endpoints.and_then(Value::as_object).is_some_and(|endpoints| !endpoints.is_empty()) {
        return Err(Problem::FirstApiKeyRestricted.at(&place.property("permissions.endpoints")));
    }
    Ok(())
}
