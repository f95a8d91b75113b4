//! Every operation succeeds on the seed data, and answers in the shape that the document gives it.

use std::{cmp::Reverse, collections::BTreeMap};

use fusionauth_sandbox::seed::{
    AVIATO_TENANT_ID, ENGINEERING_GROUP_ID, HOOLI_TENANT_ID, LOCKED_USER_ID, PIED_PIPER_APPLICATION_ID,
    READ_ONLY_API_KEY_ID, RICHARD_ID, RICHARD_PASSWORD,
};
use serde_json::{Value, json};

use super::{
    calls::{read, succeed},
    families::families,
    sign_in,
};
use crate::support::{
    USER_ID,
    client::Client,
    document::{Document, Operation, Size},
    sandbox::{API_KEY, Sandbox},
};

/// Ids that the seed data has, by the name of the argument that takes them.
pub fn seeded_ids(client: &mut Client) -> BTreeMap<&'static str, Value> {
    let mut ids = BTreeMap::from([
        ("applicationId", json!(PIED_PIPER_APPLICATION_ID)),
        ("userId", json!(RICHARD_ID)),
        ("tenantId", json!(AVIATO_TENANT_ID)),
        ("auditLogId", json!(1)),
        ("userConsentId", json!(USER_ID)),
        ("familyId", json!(USER_ID)),
    ]);
    let application =
        succeed(client, "retrieveApplicationWithId", json!({ "applicationId": PIED_PIPER_APPLICATION_ID }));
    ids.insert("roleId", application["application"]["roles"][0]["id"].clone());
    ids.insert("scopeId", application["application"]["scopes"][0]["id"].clone());
    let types = succeed(client, "retrieveEntityTypes", json!({}));
    let kind = types["entityTypes"].as_array().unwrap().last().unwrap();
    ids.insert("permissionId", kind["permissions"][0]["id"].clone());
    ids.insert("permissionName", kind["permissions"][1]["name"].clone());
    let actions = succeed(client, "retrieveUserActioning", json!({ "userId": LOCKED_USER_ID }));
    ids.insert("actionId", actions["actions"][0]["id"].clone());
    for (argument, tool) in [
        ("groupId", "searchGroupsWithId"),
        ("themeId", "searchThemesWithId"),
        ("formId", "retrieveForms"),
        ("fieldId", "retrieveFormFields"),
        ("connectorId", "retrieveConnectors"),
        ("messengerId", "retrieveMessengers"),
        ("consentId", "retrieveConsents"),
        ("emailTemplateId", "retrieveEmailTemplate"),
        ("messageTemplateId", "retrieveMessageTemplate"),
        ("lambdaId", "searchLambdasWithId"),
        ("webhookId", "retrieveWebhook"),
        ("keyId", "retrieveKeysWithId"),
        ("ipAccessControlListId", "searchIPAccessControlListsWithId"),
        ("identityProviderId", "searchIdentityProvidersWithId"),
        ("entityId", "searchEntitiesWithId"),
        ("entityTypeId", "retrieveEntityTypes"),
        ("userActionId", "retrieveUserAction"),
        ("userActionReasonId", "retrieveUserActionReason"),
        ("memberId", "searchGroupMembersWithId"),
    ] {
        let found = succeed(client, tool, json!({}));
        // What the instance itself needs comes first, and cannot be deleted.
        let last = found.as_object().unwrap().values().find_map(Value::as_array).unwrap().last().cloned();
        ids.insert(argument, last.unwrap_or_else(|| panic!("{tool}"))["id"].clone());
    }
    ids
}

/// Bodies of operations that are not of the usual form.
fn special_body(name: &str, ids: &BTreeMap<&str, Value>, number: usize) -> Option<Value> {
    let id = |name: &str| ids[name].clone();
    let name = name.strip_suffix("WithId").unwrap_or(name);
    let named = json!({ "name": format!("new {number}") });
    let entity = json!({ "name": "new", "type": { "id": ids["entityTypeId"] } });
    let key = json!({ "name": format!("new {number}"), "algorithm": "RS256", "length": 2048, "publicKey": "a" });
    let registration = json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "roles": [] });
    let consent = json!({ "userId": RICHARD_ID, "consentId": ids["consentId"] });
    let link =
        json!({ "identityProviderId": ids["identityProviderId"], "userId": RICHARD_ID, "identityProviderUserId": "a" });
    Some(match name {
        "createApplicationRole" | "updateApplicationRole" | "patchApplicationRole" => json!({ "role": named }),
        "createOAuthScope" | "updateOAuthScope" | "patchOAuthScope" => json!({ "scope": named }),
        "createEntityTypePermission" | "updateEntityTypePermission" | "patchEntityTypePermission" => {
            json!({ "permission": named })
        }
        "createEntity" | "updateEntity" | "patchEntity" => json!({ "entity": entity }),
        "upsertEntityGrant" => json!({ "grant": { "userId": RICHARD_ID, "permissions": [] } }),
        "createGroupMembers" | "updateGroupMembers" => {
            json!({ "members": { ENGINEERING_GROUP_ID: [{ "userId": RICHARD_ID }] } })
        }
        "deleteGroupMembers" => json!({ "members": { ENGINEERING_GROUP_ID: [RICHARD_ID] } }),
        "createUserLink" => json!({ "identityProviderLink": link }),
        "generateKey" | "importKey" | "updateKey" => json!({ "key": key }),
        "login" => json!({ "loginId": "richard@piedpiper.example", "password": RICHARD_PASSWORD }),
        "loginPingWithRequest" => json!({ "userId": RICHARD_ID, "applicationId": PIED_PIPER_APPLICATION_ID }),
        "createAuditLog" => json!({ "auditLog": { "insertUser": "a", "message": "b" } }),
        "actionUser" | "modifyAction" => {
            let action = json!({
                "userActionId": id("userActionId"), "actioneeUserId": RICHARD_ID, "actionerUserId": RICHARD_ID,
                "expiry": 4_102_444_800_000_u64,
            });
            json!({ "action": action })
        }
        "commentOnUser" => json!({ "userComment": { "userId": RICHARD_ID, "comment": "a" } }),
        "createUserConsent" | "updateUserConsent" | "patchUserConsent" => json!({ "userConsent": consent }),
        "createFamily" | "updateUserFamily" => json!({ "familyMember": { "userId": RICHARD_ID, "role": "Adult" } }),
        "importUsers" => {
            json!({ "users": [{ "email": format!("imported{number}@example.com"), "tenantId": AVIATO_TENANT_ID }] })
        }
        "register" => {
            let email = format!("registered{number}@example.com");
            json!({ "registration": registration, "user": { "email": email, "password": "A new password 1" } })
        }
        "updateRegistration" | "patchRegistration" => json!({ "registration": registration }),
        _ => return None,
    })
}

/// Arguments with which the operation can succeed on the seed data.
pub fn arguments(document: &Document, operation: &Operation, ids: &BTreeMap<&str, Value>, number: usize) -> Value {
    let is_creation = operation.method == "POST" && operation.path.ends_with("Id}");
    let mut arguments = json!({});
    let names: Vec<_> = operation.parameters.iter().map(argument_name).collect();
    for (parameter, name) in operation.parameters.iter().zip(&names) {
        let is_own_id = parameter["in"] == "path"
            && operation.path.ends_with(&format!("{{{}}}", parameter["name"].as_str().unwrap()));
        let is_fresh =
            is_creation && is_own_id && operation.name != "upsertEntityGrantWithId" && !operation.path.contains("send");
        let given = match *name {
            "userConsentId" | "familyId" if is_fresh => Some(json!(USER_ID)),
            "userId" if !["createUserWithId", "registerWithId"].contains(&operation.name.as_str()) => None,
            _ if is_fresh => Some(json!(format!("99999999-0000-4000-8000-{number:012}"))),
            "X-FusionAuth-TenantId" if TENANT_SCOPED.contains(&operation.name.as_str()) => Some(json!(HOOLI_TENANT_ID)),
            "email" if operation.name == "retrieveUser" => Some(json!("richard@piedpiper.example")),
            "keyId" if operation.path.starts_with("/api/api-key") => Some(json!(READ_ONLY_API_KEY_ID)),
            "name" if operation.name == "deleteApplicationRoleByName" => Some(json!("engineer")),
            "name" if operation.name == "deleteEntityTypePermissionByName" => Some(ids["permissionName"].clone()),
            _ => None,
        };
        let seeded = ids.get(*name).cloned().filter(|_| parameter["required"] == true);
        let sample = || (parameter["required"] == true).then(|| document.sample(&parameter["schema"], Size::Small));
        if let Some(value) = given.or(seeded).or_else(sample) {
            arguments[name] = value;
        }
    }
    if let Some(body) = special_body(&operation.name, ids, number) {
        arguments["requestBody"] = body;
    } else if let Some((_, schema)) = &operation.body {
        let family = families().into_iter().find(|family| {
            let name = operation.name.strip_suffix("WithId").unwrap_or(&operation.name);
            ["create", "update", "patch"].iter().any(|verb| name.strip_prefix(verb) == Some(family.stem))
        });
        arguments["requestBody"] = match family {
            Some(family) => {
                let mut object = family.new;
                for property in ["name", "key", "code"] {
                    if let Some(value) = object.get_mut(property) {
                        *value = json!(format!("new {number}"));
                    }
                }
                if family.stem == "User" {
                    object["email"] = json!(format!("new{number}@example.com"));
                }
                json!({ family.one: object })
            }
            None => document.sample(schema, Size::Small),
        };
    }
    arguments
}

/// What is made in a tenant that has to be named.
const TENANT_SCOPED: [&str; 9] = [
    "createApplication",
    "createApplicationWithId",
    "createEntity",
    "createEntityWithId",
    "createGroup",
    "createGroupWithId",
    "createUser",
    "createUserWithId",
    "retrievePasswordValidationRulesWithId",
];

/// What the seed data has nothing for.
pub const NOTHING_THERE: [&str; 11] = [
    "deleteEntityGrantWithId",
    "retrieveDeviceUserCode",
    "retrieveEventLogWithId",
    "retrieveIdentityProviderLookup",
    "retrievePendingLinkWithId",
    "retrieveReindexStatus",
    "retrieveRefreshTokenByIdWithId",
    "retrieveWebhookAttemptLogWithId",
    "retrieveWebhookEventLogWithId",
    "revokeRefreshTokenByIdWithId",
    "deleteUserLinkWithId",
];

/// What would ask another identity provider.
pub const NOT_ASKED: [&str; 2] = ["identityProviderLoginWithId", "reconcileJWTWithId"];

fn argument_name(parameter: &Value) -> &str {
    parameter.get("x-argument-name").unwrap_or(&parameter["name"]).as_str().unwrap()
}

/// Operations in an order in which each finds what it is about.
pub fn in_order(mut operations: Vec<Operation>) -> Vec<Operation> {
    // What is deleted cannot be read; applications and users have most to do with others.
    let order = ["POST", "GET", "PATCH", "PUT", "DELETE"];
    operations.sort_by_key(|operation| {
        let is_of_others =
            ["/api/tenant/{tenantId}", "/api/user/{userId}", "/api/application/{applicationId}", "/api/user/bulk"];
        let is_of_others = is_of_others.contains(&operation.path.as_str());
        // An item before what it is in.
        let depth = Reverse(operation.path.matches('/').count());
        (order.iter().position(|method| *method == operation.method), is_of_others, depth)
    });
    operations
}

#[test]
fn every_operation_answers_in_its_documented_shape() {
    let document = Document::load();
    let sandbox = Sandbox::start(&[]);
    let downloads = tempfile::tempdir().unwrap();
    let mut client = sandbox.client_with(&[
        ("API_KEY_APIKEYAUTH", API_KEY),
        ("BEARER_TOKEN_BEARERAUTH", &token(&sandbox)),
        ("REVEAL_SECRETS", "true"),
        ("DOWNLOAD_DIR", downloads.path().to_str().unwrap()),
    ]);
    let ids = seeded_ids(&mut client);
    sign_in::prepare(&mut client);
    let operations = in_order(document.operations());
    let mut failed = Vec::new();
    for (number, operation) in operations.iter().enumerate() {
        let arguments = sign_in::arguments(&mut client, &operation.name)
            .unwrap_or_else(|| arguments(&document, operation, &ids, number));
        let answer = client.call(&operation.name, arguments);
        let (status, body) = read(&answer);
        assert!(status < 500 && status != 405, "{}: {}", operation.name, answer.text);
        let schema = if status < 300 { operation.answer.as_ref() } else { operation.failure.as_ref() };
        if let (Some(schema), false) = (schema, body.is_null()) {
            let faults = document.faults(schema, &body);
            assert!(faults.is_empty(), "{} answered {status} {body}: {faults:#?}", operation.name);
        }
        let is_known = NOTHING_THERE.contains(&operation.name.as_str()) || NOT_ASKED.contains(&operation.name.as_str());
        if status >= 300 && !is_known {
            failed.push(format!("{}: {}", operation.name, answer.text.lines().next().unwrap_or_default()));
        }
    }
    assert!(failed.is_empty(), "{} of {}: {failed:#?}", failed.len(), operations.len());
}

/// A token from a login.
fn token(sandbox: &Sandbox) -> String {
    let mut client = sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("REVEAL_SECRETS", "true")]);
    let body = json!({ "loginId": "richard@piedpiper.example", "password": RICHARD_PASSWORD });
    let answer = succeed(&mut client, "loginWithId", json!({ "requestBody": body }));
    answer["token"].as_str().unwrap().to_owned()
}
