//! What a request sees of an object.

use serde_json::Value;

use super::users::user;
use crate::{
    call::Call,
    object::{Object, set, text_if_any},
    resources::Resource,
};

/// Whether an object belongs to a tenant, or to none.
pub fn is_in_tenant(object: &Object, id: &str) -> bool {
    text_if_any(object, "tenantId").is_none_or(|own| own == id)
}

/// An object as it appears in responses.
pub fn shown(call: &Call<'_>, resource: &Resource, object: &Object) -> Value {
    match resource.path {
        "user" => user::shown(call, object),
        "key" => {
            let mut key = object.clone();
            // As documented, it is never part of a response.
            key.remove("privateKey");
            Value::Object(key)
        }
        "entity" => {
            let mut entity = object.clone();
            let type_id =
                object.get("type").and_then(|kind| kind.get("id")).and_then(Value::as_str).unwrap_or_default();
            if let Some(kind) = call.state.get("entity/type", type_id) {
                set(&mut entity, "type", kind.clone());
            }
            Value::Object(entity)
        }
        _ => Value::Object(object.clone()),
    }
}
