//! The groups and their members.

use serde_json::{Map, Value, json};

use super::{
    applications::role_id,
    ids::HOOLI_TENANT_ID,
    request::{GROUP, USER, create, id},
};
use crate::{installation::DEFAULT_TENANT_ID, step::Step};

/// The groups, each followed by its members.
pub fn groups() -> Vec<Step> {
    let group = |number: u32, tenant_id: &str, name: &str, role_ids: Vec<String>, members: &[u32]| {
        let members: Vec<Value> = members.iter().map(|member| json!({ "userId": id(USER, *member) })).collect();
        let mut by_group = Map::new();
        by_group.insert(id(GROUP, number), Value::Array(members));
        [
            create("group", GROUP, number, json!({ "group": { "name": name }, "roleIds": role_ids }))
                .in_tenant(tenant_id),
            Step::post("/api/group/member", json!({ "members": by_group })).in_tenant(tenant_id),
        ]
    };
    [
        group(1, DEFAULT_TENANT_ID, "Engineering", vec![role_id(1, 1), role_id(3, 1)], &[1, 3, 4, 6, 12, 17, 23, 31]),
        group(2, DEFAULT_TENANT_ID, "Board", vec![role_id(3, 2)], &[1, 2, 5]),
        group(3, HOOLI_TENANT_ID, "Nucleus team", vec![role_id(5, 1)], &[61, 62, 70, 75, 88]),
    ]
    .into_iter()
    .flatten()
    .collect()
}
