//! The sandbox behaves as FusionAuth is documented to, as seen through MCP.

use std::{cmp::Reverse, collections::BTreeMap};

use fusionauth_sandbox::{
    exchange::Request,
    instance::Instance,
    seed::{
        AVIATO_TENANT_ID, ENGINEERING_GROUP_ID, HOOLI_TENANT_ID, LOCKED_USER_ID, PIED_PIPER_APPLICATION_ID,
        READ_ONLY_API_KEY, READ_ONLY_API_KEY_ID, RICHARD_ID, RICHARD_PASSWORD, SECRETS,
    },
};
use openapi_tools::operation::Method;
use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer, command},
    document::{Document, Operation, Size},
    sandbox::{API_KEY, Sandbox},
};

/// The status and the JSON of an answer.
fn read(answer: &ToolAnswer) -> (u16, Value) {
    let (headline, body) = answer.text.split_once('\n').unwrap_or((&answer.text, ""));
    let status = headline.get(..3).and_then(|status| status.parse().ok());
    let status = status.unwrap_or_else(|| panic!("no status: {}", answer.text));
    (status, serde_json::from_str(body).unwrap_or_default())
}

fn call(client: &mut Client, tool: &str, arguments: Value) -> (u16, Value) {
    read(&client.call(tool, arguments))
}

/// The body of a success.
fn succeed(client: &mut Client, tool: &str, arguments: Value) -> Value {
    let (status, body) = call(client, tool, arguments.clone());
    assert!((200..300).contains(&status), "{tool} {arguments}: {status} {body}");
    body
}

/// The code of the first error of a refusal.
fn refused(client: &mut Client, tool: &str, arguments: Value) -> String {
    let (status, body) = call(client, tool, arguments.clone());
    assert_eq!(status, 400, "{tool} {arguments}: {body}");
    let field = body["fieldErrors"].as_object().and_then(|fields| fields.values().next());
    let error = field.unwrap_or(&body["generalErrors"]);
    error[0]["code"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

/// Ids that the seed data has, by the name of the argument that takes them.
fn seeded_ids(client: &mut Client) -> BTreeMap<&'static str, Value> {
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
    let key = json!({ "name": format!("new {number}"), "algorithm": "RS256", "publicKey": "a" });
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
        "activateReactor" => json!({ "licenseId": "a" }),
        "createAuditLog" => json!({ "auditLog": { "insertUser": "a", "message": "b" } }),
        "actionUser" | "modifyAction" => {
            json!({ "action": { "userActionId": id("userActionId"), "actioneeUserId": RICHARD_ID, "expiry": 4_102_444_800_000_u64 } })
        }
        "commentOnUser" => json!({ "userComment": { "userId": RICHARD_ID, "comment": "a" } }),
        "createUserConsent" | "updateUserConsent" | "patchUserConsent" => json!({ "userConsent": consent }),
        "createFamily" | "updateUserFamily" => json!({ "familyMember": { "userId": RICHARD_ID, "role": "Adult" } }),
        "importUsers" => {
            json!({ "users": [{ "email": format!("imported{number}@example.com"), "tenantId": AVIATO_TENANT_ID }] })
        }
        "register" => {
            json!({ "registration": registration, "user": { "email": format!("registered{number}@example.com") } })
        }
        "updateRegistration" | "patchRegistration" => json!({ "registration": registration }),
        _ => return None,
    })
}

/// Arguments with which the operation can succeed on the seed data.
fn arguments(document: &Document, operation: &Operation, ids: &BTreeMap<&str, Value>, number: usize) -> Value {
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
const NOTHING_THERE: [&str; 8] = [
    "deleteEntityGrantWithId",
    "retrieveEventLogWithId",
    "retrieveReindexStatus",
    "retrieveRefreshTokenByIdWithId",
    "retrieveWebhookAttemptLogWithId",
    "retrieveWebhookEventLogWithId",
    "revokeRefreshTokenByIdWithId",
    "deleteUserLinkWithId",
];

fn argument_name(parameter: &Value) -> &str {
    parameter.get("x-argument-name").unwrap_or(&parameter["name"]).as_str().unwrap()
}

#[test]
fn every_operation_answers_in_its_documented_shape() {
    let document = Document::load();
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client_with(&[
        ("API_KEY_APIKEYAUTH", API_KEY),
        ("BEARER_TOKEN_BEARERAUTH", &token(&sandbox)),
        ("REVEAL_SECRETS", "true"),
    ]);
    let ids = seeded_ids(&mut client);
    let mut operations = document.operations();
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
    let mut failed = Vec::new();
    for (number, operation) in operations.iter().enumerate() {
        let answer = client.call(&operation.name, arguments(&document, operation, &ids, number));
        let (status, body) = read(&answer);
        assert!(status < 500 && status != 405, "{}: {}", operation.name, answer.text);
        let schema = if status < 300 { operation.answer.as_ref() } else { operation.failure.as_ref() };
        if let (Some(schema), false) = (schema, body.is_null()) {
            let faults = document.faults(schema, &body);
            assert!(faults.is_empty(), "{} answered {status} {body}: {faults:#?}", operation.name);
        }
        if status >= 300 && !NOTHING_THERE.contains(&operation.name.as_str()) {
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

/// A family of objects: its tools' names share this stem.
struct Family {
    stem: &'static str,
    id: &'static str,
    one: &'static str,
    /// An object, a change of it, and how the changed one reads.
    new: Value,
    change: Value,
    search: Option<&'static str>,
    list: Option<&'static str>,
    is_tenant_scoped: bool,
    has_patch: bool,
    is_deactivated_first: bool,
}

fn family(stem: &'static str, id: &'static str, one: &'static str, new: Value, change: Value) -> Family {
    Family {
        stem,
        id,
        one,
        new,
        change,
        search: None,
        list: None,
        is_tenant_scoped: false,
        has_patch: true,
        is_deactivated_first: false,
    }
}

fn families() -> Vec<Family> {
    let named = |name: &str| json!({ "name": name });
    let renamed = json!({ "name": "renamed" });
    let of = |stem, id, one, extra: Value| {
        let mut new = named("new");
        new.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        family(stem, id, one, new, renamed.clone())
    };
    let none = json!({});
    vec![
        Family {
            search: Some("searchTenantsWithId"),
            list: Some("retrieveTenants"),
            ..of("Tenant", "tenantId", "tenant", none.clone())
        },
        Family {
            search: Some("searchApplicationsWithId"),
            is_tenant_scoped: true,
            is_deactivated_first: true,
            ..of("Application", "applicationId", "application", none.clone())
        },
        Family {
            search: Some("searchGroupsWithId"),
            is_tenant_scoped: true,
            ..of("Group", "groupId", "group", none.clone())
        },
        Family { search: Some("searchThemesWithId"), ..of("Theme", "themeId", "theme", none.clone()) },
        Family { list: Some("retrieveForms"), ..of("Form", "formId", "form", none.clone()) },
        Family {
            list: Some("retrieveFormFields"),
            ..family("FormField", "fieldId", "field", json!({ "key": "user.data.new" }), json!({ "description": "d" }))
        },
        Family {
            list: Some("retrieveConnectors"),
            ..of("Connector", "connectorId", "connector", json!({ "type": "Generic" }))
        },
        Family {
            list: Some("retrieveMessengers"),
            ..of("Messenger", "messengerId", "messenger", json!({ "type": "Generic" }))
        },
        Family { search: Some("searchConsentsWithId"), ..of("Consent", "consentId", "consent", none.clone()) },
        Family {
            search: Some("searchEmailTemplatesWithId"),
            ..of("EmailTemplate", "emailTemplateId", "emailTemplate", none.clone())
        },
        of("MessageTemplate", "messageTemplateId", "messageTemplate", json!({ "type": "SMS", "defaultTemplate": "a" })),
        Family {
            search: Some("searchLambdasWithId"),
            ..of("Lambda", "lambdaId", "lambda", json!({ "type": "JWTPopulate", "body": "a" }))
        },
        Family {
            search: Some("searchWebhooksWithId"),
            ..family(
                "Webhook",
                "webhookId",
                "webhook",
                json!({ "url": "https://new.example" }),
                json!({ "description": "d" }),
            )
        },
        Family {
            search: Some("searchIPAccessControlListsWithId"),
            ..of("IPAccessControlList", "ipAccessControlListId", "ipAccessControlList", json!({ "entries": [] }))
        },
        Family {
            search: Some("searchIdentityProvidersWithId"),
            ..of(
                "IdentityProvider",
                "identityProviderId",
                "identityProvider",
                json!({ "type": "OpenIDConnect", "enabled": true }),
            )
        },
        Family { is_deactivated_first: true, ..of("UserAction", "userActionId", "userAction", none.clone()) },
        family(
            "UserActionReason",
            "userActionReasonId",
            "userActionReason",
            json!({ "code": "new", "text": "New" }),
            json!({ "text": "Renamed" }),
        ),
        Family {
            search: Some("searchEntityTypesWithId"),
            ..of("EntityType", "entityTypeId", "entityType", none.clone())
        },
        family("APIKey", "keyId", "apiKey", named("new"), renamed.clone()),
        Family {
            search: Some("searchUsersByQueryWithId"),
            is_tenant_scoped: true,
            is_deactivated_first: true,
            ..family("User", "userId", "user", json!({ "email": "new@example.com" }), json!({ "firstName": "Renamed" }))
        },
    ]
}

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
                let mut arguments = with(json!({ "requestBody": { one: { "data": {} } } }));
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
    let key = |name: &str| json!({ "requestBody": { "key": { "name": name, "algorithm": "RS256" } } });
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

#[test]
fn searches_leave_out_secrets_that_a_retrieval_shows() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("REVEAL_SECRETS", "true")]);
    let read = succeed(&mut client, "retrieveApplicationWithId", json!({ "applicationId": PIED_PIPER_APPLICATION_ID }));
    assert!(read["application"]["oauthConfiguration"]["clientSecret"].is_string(), "{read}");
    let found = succeed(&mut client, "searchApplicationsWithId", json!({}));
    let mut applications = found["applications"].as_array().unwrap().iter();
    assert!(applications.all(|application| application["oauthConfiguration"].get("clientSecret").is_none()), "{found}");
}

#[test]
fn keys_permissions_and_tenants_are_checked() {
    let sandbox = Sandbox::start(&[]);
    let user = json!({ "userId": RICHARD_ID });
    let mut wrong = sandbox.client_with(&[("API_KEY_APIKEYAUTH", "wrong")]);
    assert_eq!(call(&mut wrong, "retrieveUserWithId", user.clone()).0, 401);
    let mut reading = sandbox.client_with(&[("API_KEY_APIKEYAUTH", READ_ONLY_API_KEY)]);
    assert_eq!(call(&mut reading, "retrieveUserWithId", user.clone()).0, 200);
    assert_eq!(call(&mut reading, "deleteUserWithId", user.clone()).0, 401);
    let mut client = sandbox.client();
    let other = json!({ "userId": RICHARD_ID, "X-FusionAuth-TenantId": HOOLI_TENANT_ID });
    assert_eq!(call(&mut client, "retrieveUserWithId", other).0, 404, "a user of another tenant");
    let nowhere = json!({ "userId": RICHARD_ID, "X-FusionAuth-TenantId": USER_ID });
    assert_eq!(refused(&mut client, "retrieveUserWithId", nowhere), "[InvalidTenantId]");
}

#[test]
fn users_are_searched_and_paged() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let mut search = |criteria: Value| {
        succeed(&mut client, "searchUsersByQueryWithId", json!({ "requestBody": { "search": criteria } }))
    };
    let all = search(json!({ "queryString": "*", "numberOfResults": 50 }));
    assert_eq!((all["total"].as_u64(), all["users"].as_array().unwrap().len()), (Some(120), 50));
    let next = search(json!({ "queryString": "*", "numberOfResults": 50, "nextResults": all["nextResults"] }));
    assert_ne!(next["users"][0]["id"], all["users"][0]["id"]);
    let by_email = search(json!({ "queryString": "email:richard@piedpiper.example" }));
    assert_eq!(by_email["users"][0]["id"], RICHARD_ID);
    let registered =
        search(json!({ "queryString": format!("registrations.applicationId:{PIED_PIPER_APPLICATION_ID}") }));
    assert!((1..120).contains(&registered["total"].as_u64().unwrap()), "{}", registered["total"]);
    let sorted = search(json!({ "queryString": "*", "orderBy": "email ASC", "numberOfResults": 3 }));
    let emails: Vec<_> =
        sorted["users"].as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap_or_default()).collect();
    assert!(emails.is_sorted(), "{emails:?}");
}

#[test]
fn a_locked_user_cannot_log_in_and_another_can() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let login = |login_id: &str, password: &str| {
        let body = json!({ "loginId": login_id, "password": password, "applicationId": PIED_PIPER_APPLICATION_ID });
        json!({ "requestBody": body })
    };
    let password = RICHARD_PASSWORD;
    let (status, body) = call(&mut client, "loginWithId", login("richard@piedpiper.example", password));
    assert_eq!(status, 200, "{body}");
    assert!(body["token"].as_str().unwrap().starts_with("(secret"), "{body}");
    assert_eq!(call(&mut client, "loginWithId", login("richard@piedpiper.example", "wrong")).0, 404);
    let recent = succeed(&mut client, "retrieveUserRecentLogin", json!({ "userId": RICHARD_ID }));
    assert_eq!(recent["logins"][0]["userId"], RICHARD_ID);
    let actions =
        succeed(&mut client, "retrieveUserActioning", json!({ "userId": LOCKED_USER_ID, "preventingLogin": true }));
    assert_eq!(actions["actions"].as_array().unwrap().len(), 1);
}

#[test]
fn a_patch_is_read_in_its_three_ways() {
    let instance = Instance::seeded(&fusionauth_mcp::tools::DOCUMENT).unwrap();
    let send = |method: Method, content_type: &str, body: &str| {
        instance.handle(&Request {
            method,
            target: format!("/api/user/{RICHARD_ID}"),
            authorization: Some(API_KEY.to_owned()),
            tenant_id: None,
            content_type: Some(content_type.to_owned()),
            body: body.as_bytes().to_vec(),
        })
    };
    let languages = |content_type: &str, body: &str| {
        let response = send(Method::Patch, content_type, body);
        assert_eq!(response.status, 200, "{response:?}");
        response.body.unwrap()["user"]["preferredLanguages"].clone()
    };
    let merge = "application/merge-patch+json";
    assert_eq!(languages(merge, r#"{"user":{"preferredLanguages":["en"]}}"#), json!(["en"]));
    assert_eq!(languages(merge, r#"{"user":{"preferredLanguages":["de"]}}"#), json!(["de"]));
    assert_eq!(languages("application/json", r#"{"user":{"preferredLanguages":["fr"]}}"#), json!(["de", "fr"]));
    let operations = r#"[{"op":"replace","path":"/user/preferredLanguages/0","value":"it"},{"op":"add","path":"/user/preferredLanguages/-","value":"es"}]"#;
    assert_eq!(languages("application/json-patch+json", operations), json!(["it", "fr", "es"]));
    assert_eq!(send(Method::Patch, "application/json", "{").status, 400);
}

#[test]
fn seed_data_is_the_same_every_time_and_its_secrets_stay_in() {
    let all = || {
        let sandbox = Sandbox::start(&[]);
        let mut client = sandbox.client();
        let mut answers = Vec::new();
        for tool in [
            "retrieveTenants",
            "retrieveApplication",
            "retrieveConnectors",
            "retrieveMessengers",
            "retrieveWebhook",
            "retrieveIdentityProviderByTypeWithId",
            "retrieveKeysWithId",
        ] {
            let arguments = if tool.contains("ByType") { json!({ "type": "OpenIDConnect" }) } else { json!({}) };
            answers.push(client.call(tool, arguments).text);
        }
        answers
    };
    let first = all();
    assert_eq!(first, all());
    for secret in SECRETS {
        assert!(first.iter().all(|answer| !answer.contains(secret)), "{secret}");
    }
}

#[test]
fn a_kickstart_file_makes_an_instance() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/fusionauth-sandbox/tests/kickstart/kickstart.json");
    let environment = [("KICKSTART_API_KEY", "from-the-environment"), ("KICKSTART_USER_PASSWORD", "hunter2hunter2")];
    let sandbox = Sandbox::with_environment(&["--load", file], &environment);
    let mut client = sandbox.client_with(&[("API_KEY_APIKEYAUTH", "from-the-environment")]);
    let id = |last: &str| format!("5f0c1d52-7f3e-4f9b-8a51-6f2d3c4b5a{last}");
    let tenant = succeed(&mut client, "retrieveTenantWithId", json!({ "tenantId": id("01") }));
    assert_eq!(tenant["tenant"]["name"], "Pied Piper");
    assert_eq!(tenant["tenant"]["themeId"], id("07"));
    let application = succeed(&mut client, "retrieveApplicationWithId", json!({ "applicationId": id("03") }));
    assert_eq!(application["application"]["tenantId"], id("02"));
    assert_eq!(application["application"]["roles"].as_array().unwrap().len(), 2);
    let lambda = succeed(&mut client, "retrieveLambdaWithId", json!({ "lambdaId": id("06") }));
    let script = include_str!("../../crates/fusionauth-sandbox/tests/kickstart/lambdas/populate-tokens.js");
    assert_eq!(lambda["lambda"]["body"], script, "the side file, byte for byte");
    let user = succeed(&mut client, "retrieveUserWithId", json!({ "userId": id("09") }));
    assert_eq!(user["user"]["registrations"][0]["applicationId"], id("03"));
    let group = succeed(&mut client, "retrieveGroupWithId", json!({ "groupId": id("0a") }));
    assert_eq!(group["group"]["roles"][id("03")].as_array().unwrap().len(), 2);
    let webhook = succeed(&mut client, "retrieveWebhookWithId", json!({ "webhookId": id("0b") }));
    assert_eq!(webhook["webhook"]["eventsEnabled"]["kickstart.success"], true);
}

#[test]
fn a_kickstart_file_finds_what_a_new_instance_has_and_a_wrong_one_is_refused() {
    let folder = env!("CARGO_TARGET_TMPDIR");
    let write = |name: &str, requests: Value| {
        let file = format!("{folder}/{name}.json");
        let kickstart = json!({ "apiKeys": [{ "key": "k" }], "requests": requests });
        std::fs::write(&file, kickstart.to_string()).unwrap();
        file
    };
    let renamed = json!({ "lambda": { "name": "Renamed" } });
    let file = write(
        "built-in",
        json!([
            { "method": "PATCH", "url": "/api/lambda/#{FUSIONAUTH_LAMBDA[OpenIDReconcile]_ID}", "body": renamed },
            { "method": "PUT", "url": "/api/application/#{FUSIONAUTH_APPLICATION_ID}?reactivate=true" },
            { "method": "PATCH", "url": "/api/form/#{FUSIONAUTH_FORM[adminUser]_ID}", "body": { "form": { "data": { "a": 1 } } } },
        ]),
    );
    let sandbox = Sandbox::start(&["--load", &file]);
    let mut client = sandbox.client();
    let lambdas =
        succeed(&mut client, "searchLambdasWithId", json!({ "requestBody": { "search": { "name": "Renamed" } } }));
    assert_eq!(lambdas["total"], 1);
    let wrong = write("wrong", json!([{ "method": "POST", "url": "/api/group", "body": { "group": {} } }]));
    let output = command(&[]).args(["sandbox", "--port", "0", "--load", &wrong]).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        message.contains("request 0, POST /api/group: answered 400") && message.contains("[blank]group.name"),
        "{message}"
    );
}

#[test]
fn faults_come_on_demand() {
    let failing = Sandbox::start(&["--errors", "100"]);
    assert_eq!(call(&mut failing.client(), "retrieveStatus", json!({})).0, 500);
    let limited = Sandbox::start(&["--rate-limit", "1"]);
    let mut client = limited.client();
    let statuses: Vec<_> = (0..20).map(|_| call(&mut client, "retrieveStatus", json!({})).0).collect();
    assert!(statuses.contains(&200) && statuses.contains(&429), "{statuses:?}");
    let hanging = Sandbox::start(&["--hang", "/api/user"]);
    let mut client = hanging.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("REQUEST_TIMEOUT", "200ms")]);
    assert_eq!(call(&mut client, "retrieveStatus", json!({})).0, 200);
    assert!(
        client.call("retrieveUserWithId", json!({ "userId": RICHARD_ID })).text.starts_with("No answer within 200ms")
    );
}
