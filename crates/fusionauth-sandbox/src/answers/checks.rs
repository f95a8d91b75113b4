//! What a new or changed object must satisfy: required fields, unique fields, references that lead somewhere.

use serde_json::Value;

use super::{previews, users::login_rules};
use crate::{
    call::Call,
    exchange::{Refusal, Response},
    javascript,
    object::{Object, text, text_if_any},
    resources::{self, Resource},
    rules,
};

/// Checks an object before it is stored.
///
/// # Errors
/// 400 that names the first field that is wrong.
pub fn check(call: &Call<'_>, resource: &Resource, object: &Object) -> Result<(), Refusal> {
    // The key of a field for a consent is made from the consent, so that it may be left out, as FusionAuth's Terraform
    // provider says.
    let has_own_key = resource.path == "form/field" && text(object, "type") == "consent";
    for property in resource.required.iter().filter(|property| !(has_own_key && **property == "key")) {
        let is_there =
            object.get(*property).is_some_and(|value| value.as_str().is_none_or(|text| !text.trim().is_empty()));
        if !is_there {
            return Err(Response::blank(&format!("{}.{property}", resource.one)));
        }
    }
    rules::check(resource.path, resource.one, object)?;
    previews::check(resource.path, resource.one, object)?;
    if resource.path == "lambda" {
        javascript::check(text(object, "body"))
            .map_err(|error| Response::field("invalid", "lambda.body", format!("The lambda is not valid. {error}.")))?;
    }
    let unique: &[&str] = if resource.path == "user" { &["email", "username"] } else { resource.unique.as_slice() };
    for property in unique {
        let taken = call.state.all(resource.path).iter().find(|other| {
            text(other, "id") != text(object, "id")
                && text(other, "tenantId") == text(object, "tenantId")
                && text_if_any(object, property).is_some_and(|value| text(other, property).eq_ignore_ascii_case(value))
        });
        if taken.is_some() {
            let field = format!("{}.{property}", resource.one);
            let message = format!("Another object has [{field}] = [{}].", text(object, property));
            return Err(Response::field("duplicate", &field, message));
        }
    }
    let login_ids = ["email", "username", "phoneNumber"];
    if resource.path == "user" && login_ids.iter().all(|property| text(object, property).is_empty()) {
        return Err(Response::field(
            "blank",
            "user.email",
            "You must specify [user.email], [user.username] or [user.phoneNumber].",
        ));
    }
    if resource.path == "user" {
        login_rules::check(call, object)?;
    }
    if resource.path == "entity" {
        let type_id = object.get("type").and_then(|kind| kind.get("id")).and_then(Value::as_str).unwrap_or_default();
        if call.state.get("entity/type", type_id).is_none() {
            return Err(Response::field("invalid", "entity.type.id", format!("There is no entity type [{type_id}].")));
        }
    }
    check_references(call, &Value::Object(object.clone()), resource.one)
}

/// Checks that every id whose property names a resource is the id of such an object.
///
/// # Errors
/// 400 that names the first id without an object.
pub fn check_references(call: &Call<'_>, value: &Value, path: &str) -> Result<(), Refusal> {
    match value {
        Value::Object(object) => object.iter().try_for_each(|(key, inner)| {
            let path = format!("{path}.{key}");
            match (resources::referenced_by(key), inner) {
                (Some(resource), Value::String(id))
                    if !id.is_empty() && call.state.get(resource.path, id).is_none() =>
                {
                    Err(Response::field("invalid", &path, format!("There is no {} [{id}].", resource.one)))
                }
                // Free-form data holds no references, and the applications of CleanSpeak are not FusionAuth's.
                _ if matches!(key.as_str(), "data" | "cleanSpeakConfiguration" | "cleanspeak") => Ok(()),
                _ => check_references(call, inner, &path),
            }
        }),
        Value::Array(items) => items.iter().try_for_each(|item| check_references(call, item, &format!("{path}[]"))),
        _ => Ok(()),
    }
}
