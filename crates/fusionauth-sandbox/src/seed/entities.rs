//! Entity types, entities, and a grant.

use serde_json::{Value, json};

use super::{
    ids::{ANTON_ID, GILFOYLE_ID, HOOLI_TENANT_ID},
    request::{ENTITY, ENTITY_TYPE, KEY, PERMISSION, create, id},
    secrets::ENTITY_SECRET,
};
use crate::{installation::DEFAULT_TENANT_ID, step::Step};

fn permission(number: u32, name: &str, description: &str, is_default: bool) -> Value {
    json!({ "id": id(PERMISSION, number), "name": name, "description": description, "isDefault": is_default })
}

/// The entity types with their permissions.
pub fn types() -> Vec<Step> {
    vec![
        create(
            "entity/type",
            ENTITY_TYPE,
            1,
            json!({ "entityType": {
                "name": "Server",
                "permissions": [
                    permission(11, "read", "See its state", true), permission(12, "operate", "Start and stop it", false)
                ]
            } }),
        ),
        create(
            "entity/type",
            ENTITY_TYPE,
            2,
            json!({ "entityType": {
                "name": "Smart fridge",
                "jwtConfiguration": { "enabled": true, "accessTokenKeyId": id(KEY, 2), "timeToLiveInSeconds": 300 },
                "permissions": [
                    permission(21, "store", "Keep a chunk of the network", true),
                    permission(22, "display", "Show a picture on its door", false)
                ]
            } }),
        ),
    ]
}

/// The entities, and a grant on one of them.
pub fn entities() -> Vec<Step> {
    vec![
        create(
            "entity",
            ENTITY,
            1,
            json!({ "entity": {
                "name": "Anton",
                "type": { "id": id(ENTITY_TYPE, 1) },
                "clientId": "anton",
                "clientSecret": ENTITY_SECRET,
                "data": { "location": "garage" }
            } }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
        create(
            "entity",
            ENTITY,
            2,
            json!({ "entity": {
                "name": "Son of Anton", "type": { "id": id(ENTITY_TYPE, 1) }, "parentId": id(ENTITY, 1)
            } }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
        create("entity", ENTITY, 3, json!({ "entity": { "name": "Fridge 27", "type": { "id": id(ENTITY_TYPE, 2) } } }))
            .in_tenant(HOOLI_TENANT_ID),
        Step::post(
            format!("/api/entity/{ANTON_ID}/grant"),
            json!({ "grant": { "userId": GILFOYLE_ID, "permissions": ["read", "operate"] } }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
    ]
}
