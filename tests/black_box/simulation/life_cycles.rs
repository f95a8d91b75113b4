//! What is created can be read, changed, found and deleted, and is gone then.

use fusionauth_sandbox::seed::{
    AVIATO_TENANT_ID, ENGINEERING_GROUP_ID, HOOLI_TENANT_ID, LOCKED_USER_ID, PIED_PIPER_APPLICATION_ID, RICHARD_ID,
};
use serde_json::{Value, json};

use super::{
    calls::{call, refused, succeed},
    families::{Family, families},
};
use crate::support::{USER_ID, sandbox::Sandbox};

#[test]
fn every_family_has_its_life_cycle() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for Family { stem, id, one, new, change, search, list, is_tenant_scoped, has_patch, is_deactivated_first } in
        families()
    {
        let tool = |verb: &str| format!("{verb}{stem}WithId");
        let chosen = format!("11111111-2222-4333-8444-{:012}", stem.len());
        let with = |extra: Value| {
            let mut arguments = json!({ id: chosen });
            if is_tenant_scoped {
                arguments["X-FusionAuth-TenantId"] = json!(HOOLI_TENANT_ID);
            }
            arguments.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            arguments
        };
        // Create, with a chosen id; again; without what it needs; without a tenant.
        let body = json!({ "requestBody": { one: new } });
        let created = succeed(&mut client, &tool("create"), with(body.clone()));
        assert_eq!(created[one]["id"], chosen, "{stem}");
        assert!(created[one]["insertInstant"].is_u64(), "{stem}: {created}");
        assert!(refused(&mut client, &tool("create"), with(body.clone())).starts_with("[duplicate]"), "{stem}");
        if is_tenant_scoped {
            let mut without = body.clone();
            without[id] = json!(USER_ID);
            assert_eq!(refused(&mut client, &tool("create"), without), "[TenantIdRequired]", "{stem}");
        }
        if stem != "APIKey" {
            let code = refused(&mut client, &format!("create{stem}"), {
                let mut arguments = with(json!({ "requestBody": { one: {} } }));
                arguments.as_object_mut().unwrap().remove(id);
                if ["Connector", "Messenger", "MessageTemplate"].contains(&stem) {
                    arguments["requestBody"][one]["type"] = new["type"].clone();
                }
                if stem == "IdentityProvider" {
                    arguments["requestBody"][one]["type"] = json!("OpenIDConnect");
                    arguments["requestBody"][one]["tenantId"] = json!(USER_ID);
                }
                arguments
            });
            assert!(code.starts_with("[blank]") || code.starts_with("[invalid]"), "{stem}: {code}");
        }
        // Read back, find, list.
        let read = succeed(&mut client, &tool("retrieve"), with(json!({})).pick(id));
        assert_eq!(read[one]["id"], chosen, "{stem}");
        if let Some(search) = search {
            let criteria = json!({ "requestBody": { "search": { "numberOfResults": 500 } } });
            let found = succeed(&mut client, search, criteria);
            let objects = found.as_object().unwrap().values().find_map(Value::as_array).unwrap();
            assert!(objects.iter().any(|object| object["id"] == *chosen), "{stem}");
            assert!(found["total"].as_u64().unwrap() >= 1);
        }
        if let Some(list) = list {
            let listed = succeed(&mut client, list, json!({}));
            let objects = listed.as_object().unwrap().values().find_map(Value::as_array).unwrap();
            assert!(objects.iter().any(|object| object["id"] == *chosen), "{stem}");
        }
        // Patch keeps the rest; update replaces it.
        if has_patch {
            let patched =
                succeed(&mut client, &tool("patch"), with(json!({ "requestBody": { one: change } })).drop_unless(stem));
            for (key, value) in change.as_object().unwrap() {
                assert_eq!(patched[one][key], *value, "{stem}");
            }
            assert_eq!(patched[one]["insertInstant"], created[one]["insertInstant"], "{stem}");
        }
        let updated = succeed(&mut client, &tool("update"), with(body).drop_unless(stem));
        if stem != "Theme" {
            let (key, value) = new.as_object().unwrap().iter().next().unwrap();
            assert_eq!(updated[one][key], *value, "{stem}: {updated}");
        }
        // Another tenant does not see it.
        if is_tenant_scoped {
            let other = json!({ id: chosen, "X-FusionAuth-TenantId": AVIATO_TENANT_ID });
            assert_eq!(call(&mut client, &tool("retrieve"), other).0, 404, "{stem}");
        }
        // Deactivated first where that is the way; then gone.
        if is_deactivated_first {
            succeed(&mut client, &tool("delete"), json!({ id: chosen }));
            let inactive = succeed(&mut client, &tool("retrieve"), json!({ id: chosen }));
            assert_eq!(inactive[one]["active"], false, "{stem}");
            succeed(&mut client, &tool("delete"), json!({ id: chosen, "hardDelete": true }));
        } else {
            succeed(&mut client, &tool("delete"), json!({ id: chosen }));
        }
        for verb in ["retrieve", "delete"] {
            assert_eq!(call(&mut client, &tool(verb), json!({ id: chosen })).0, 404, "{stem}: {verb}");
        }
    }
}

/// Arguments as the tool at hand takes them.
trait Arguments {
    fn pick(self, name: &str) -> Value;
    fn drop_unless(self, stem: &str) -> Value;
}

impl Arguments for Value {
    /// Only that one.
    fn pick(self, name: &str) -> Value {
        json!({ name: self[name] })
    }

    /// Without the tenant where the tools of this kind take none.
    fn drop_unless(mut self, stem: &str) -> Value {
        if stem == "Tenant" {
            self.as_object_mut().unwrap().remove("X-FusionAuth-TenantId");
        }
        self
    }
}

#[test]
fn what_lives_inside_others_has_its_life_cycle() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let application = json!({ "applicationId": PIED_PIPER_APPLICATION_ID });
    let with = |base: &Value, extra: Value| {
        let mut arguments = base.clone();
        arguments.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        arguments
    };
    // Roles: created, taken, renamed, read inside the application, deleted by name.
    let role = json!({ "roleId": USER_ID, "requestBody": { "role": { "name": "tester" } } });
    succeed(&mut client, "createApplicationRoleWithId", with(&application, role.clone()));
    assert!(refused(&mut client, "createApplicationRoleWithId", with(&application, role)).starts_with("[duplicate]"));
    let renamed = json!({ "roleId": USER_ID, "requestBody": { "role": { "description": "Tests" } } });
    let patched = succeed(&mut client, "patchApplicationRoleWithId", with(&application, renamed));
    assert_eq!((&patched["role"]["name"], &patched["role"]["description"]), (&json!("tester"), &json!("Tests")));
    // A registration with the role, and with one that is not there.
    let registration = |role: &str| {
        let registration = json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "roles": [role] });
        json!({ "userId": RICHARD_ID, "requestBody": { "registration": registration } })
    };
    assert!(refused(&mut client, "updateRegistrationWithId", registration("nobody")).starts_with("[invalid]"));
    succeed(&mut client, "updateRegistrationWithId", registration("tester"));
    let both = json!({ "userId": RICHARD_ID, "applicationId": PIED_PIPER_APPLICATION_ID });
    let read = succeed(&mut client, "retrieveRegistrationWithId", both.clone());
    assert_eq!(read["registration"]["roles"], json!(["tester"]));
    succeed(&mut client, "deleteUserRegistrationWithId", both.clone());
    assert_eq!(call(&mut client, "retrieveRegistrationWithId", both).0, 404);
    succeed(&mut client, "deleteApplicationRoleByName", with(&application, json!({ "name": "tester" })));
    assert_eq!(
        call(&mut client, "deleteApplicationRoleByName", with(&application, json!({ "name": "tester" }))).0,
        404
    );
    // Members: added, found with the user, removed.
    let members = json!({ "requestBody": { "members": { ENGINEERING_GROUP_ID: [{ "userId": LOCKED_USER_ID }] } } });
    succeed(&mut client, "createGroupMembersWithId", members);
    let user = succeed(&mut client, "retrieveUserWithId", json!({ "userId": LOCKED_USER_ID }));
    let memberships = user["user"]["memberships"].as_array().unwrap().clone();
    let membership = memberships.iter().find(|membership| membership["groupId"] == ENGINEERING_GROUP_ID).unwrap();
    succeed(&mut client, "deleteGroupMemberWithId", json!({ "memberId": membership["id"] }));
    let stranger = json!({ "requestBody": { "members": { ENGINEERING_GROUP_ID: [{ "userId": USER_ID }] } } });
    assert!(refused(&mut client, "createGroupMembersWithId", stranger).starts_with("[invalid]"));
    // Keys are made in two ways.
    let key = |name: &str| json!({ "requestBody": { "key": { "name": name, "algorithm": "RS256", "length": 2048 } } });
    let generated = succeed(&mut client, "generateKey", key("fresh"));
    assert_eq!((&generated["key"]["hasPrivateKey"], &generated["key"]["type"]), (&json!(true), &json!("RSA")));
    assert!(refused(&mut client, "generateKey", key("fresh")).starts_with("[duplicate]"));
    let entity = json!({
        "X-FusionAuth-TenantId": HOOLI_TENANT_ID,
        "requestBody": { "entity": { "name": "a", "type": { "id": USER_ID } } },
    });
    assert_eq!(refused(&mut client, "createEntity", entity), "[invalid]entity.type.id");
}

#[test]
fn entities_types_permissions_and_grants_have_their_life_cycle() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let kind = json!({ "entityTypeId": USER_ID, "requestBody": { "entityType": { "name": "Router", "permissions": [{ "name": "read" }] } } });
    succeed(&mut client, "createEntityTypeWithId", kind);
    let permission = json!({ "entityTypeId": USER_ID, "permissionId": USER_ID, "requestBody": { "permission": { "name": "write" } } });
    succeed(&mut client, "createEntityTypePermissionWithId", permission.clone());
    assert!(refused(&mut client, "createEntityTypePermissionWithId", permission).starts_with("[duplicate]"));
    let entity = json!({
        "entityId": USER_ID,
        "X-FusionAuth-TenantId": HOOLI_TENANT_ID,
        "requestBody": { "entity": { "name": "Endframe", "type": { "id": USER_ID } } },
    });
    succeed(&mut client, "createEntityWithId", entity);
    let read = succeed(&mut client, "retrieveEntityWithId", json!({ "entityId": USER_ID }));
    assert_eq!(read["entity"]["type"]["permissions"].as_array().unwrap().len(), 2, "{read}");
    let search = json!({ "requestBody": { "search": { "queryString": "Endframe" } } });
    assert_eq!(succeed(&mut client, "searchEntitiesWithId", search)["total"], 1);
    let patch = json!({ "entityId": USER_ID, "requestBody": { "entity": { "data": { "a": 1 } } } });
    let patched = succeed(&mut client, "patchEntityWithId", patch);
    assert_eq!((&patched["entity"]["name"], &patched["entity"]["data"]["a"]), (&json!("Endframe"), &json!(1)));
    // A grant is made, found, and taken back.
    let grant = |user: &str| json!({ "entityId": USER_ID, "requestBody": { "grant": { "userId": user, "permissions": ["read"] } } });
    succeed(&mut client, "upsertEntityGrantWithId", grant(RICHARD_ID));
    assert!(refused(&mut client, "upsertEntityGrantWithId", grant(USER_ID)).starts_with("[invalid]"));
    let found = succeed(&mut client, "retrieveEntityGrantWithId", json!({ "entityId": USER_ID, "userId": RICHARD_ID }));
    assert_eq!(found["grant"]["permissions"], json!(["read"]));
    let search = json!({ "requestBody": { "search": { "userId": RICHARD_ID, "entityId": USER_ID } } });
    assert_eq!(succeed(&mut client, "searchEntityGrantsWithId", search)["total"], 1);
    succeed(&mut client, "deleteEntityGrantWithId", json!({ "entityId": USER_ID, "userId": RICHARD_ID }));
    assert_eq!(
        call(&mut client, "retrieveEntityGrantWithId", json!({ "entityId": USER_ID, "userId": RICHARD_ID })).0,
        404
    );
    succeed(&mut client, "deleteEntityWithId", json!({ "entityId": USER_ID }));
    assert_eq!(call(&mut client, "retrieveEntityWithId", json!({ "entityId": USER_ID })).0, 404);
    succeed(&mut client, "deleteEntityTypePermissionByName", json!({ "entityTypeId": USER_ID, "name": "write" }));
    succeed(&mut client, "deleteEntityTypeWithId", json!({ "entityTypeId": USER_ID }));
}

#[test]
fn what_belongs_to_a_user_has_its_life_cycle() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let consents = succeed(&mut client, "retrieveConsents", json!({}));
    let consent = json!({ "userId": RICHARD_ID, "consentId": consents["consents"][0]["id"] });
    let given = json!({ "userConsentId": USER_ID, "requestBody": { "userConsent": consent } });
    succeed(&mut client, "createUserConsentWithId", given);
    succeed(&mut client, "revokeUserConsentWithId", json!({ "userConsentId": USER_ID }));
    let read = succeed(&mut client, "retrieveUserConsentWithId", json!({ "userConsentId": USER_ID }));
    assert_eq!(read["userConsent"]["status"], "Revoked");
    let comment = json!({ "requestBody": { "userComment": { "userId": RICHARD_ID, "comment": "Called back." } } });
    succeed(&mut client, "commentOnUserWithId", comment);
    let comments = succeed(&mut client, "retrieveUserCommentsWithId", json!({ "userId": RICHARD_ID }));
    assert_eq!(comments["userComments"][0]["comment"], "Called back.");
    let member = |user: &str| json!({ "familyId": USER_ID, "requestBody": { "familyMember": { "userId": user, "role": "Adult" } } });
    succeed(&mut client, "createFamilyWithId", member(RICHARD_ID));
    assert!(refused(&mut client, "updateUserFamilyWithId", member(USER_ID)).starts_with("[invalid]"));
    let families = succeed(&mut client, "retrieveFamiliesWithId", json!({ "userId": RICHARD_ID }));
    assert_eq!(families["families"][0]["id"], USER_ID);
    succeed(&mut client, "removeUserFromFamilyWithId", json!({ "familyId": USER_ID, "userId": RICHARD_ID }));
    // With the user goes all that is theirs.
    succeed(&mut client, "deleteUserWithId", json!({ "userId": RICHARD_ID, "hardDelete": true }));
    assert_eq!(call(&mut client, "retrieveUserConsentWithId", json!({ "userConsentId": USER_ID })).0, 404);
}

#[test]
fn settings_of_the_instance_are_kept() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let system = json!({ "requestBody": { "systemConfiguration": { "reportTimezone": "Europe/Berlin" } } });
    succeed(&mut client, "patchSystemConfigurationWithId", system);
    let read = succeed(&mut client, "retrieveSystemConfiguration", json!({}));
    assert_eq!(read["systemConfiguration"]["reportTimezone"], "Europe/Berlin");
    assert!(read["systemConfiguration"]["corsConfiguration"].is_object(), "a patch keeps the rest: {read}");
    succeed(
        &mut client,
        "patchIntegrationsWithId",
        json!({ "requestBody": { "integrations": { "kafka": { "enabled": true } } } }),
    );
    assert_eq!(succeed(&mut client, "retrieveIntegration", json!({}))["integrations"]["kafka"]["enabled"], true);
}
