//! `FUSIONAUTH_TENANT_ID` confines: no id of another tenant is sent, and no object of one is shown.

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer},
    recorder::{Recorder, Reply},
};

const OWN: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";
const OTHER: &str = "77777777-ed0e-4b18-ad48-f4f92793ae32";

fn client(answer: &Value) -> (Recorder, Client) {
    let reply = Reply::json(200, &answer.to_string());
    let upstream = Recorder::start(move |_| reply.clone());
    let client = Client::connect(&[
        ("API_BASE_URL", &upstream.url()),
        ("API_KEY_APIKEYAUTH", "k"),
        ("FUSIONAUTH_TENANT_ID", OWN),
    ]);
    (upstream, client)
}

fn answer(tool: &str, arguments: Value, answer: &Value) -> ToolAnswer {
    client(answer).1.call(tool, arguments)
}

#[test]
fn ids_of_other_tenants_are_not_sent() {
    let (upstream, mut client) = client(&json!({}));
    for (tool, arguments, place) in [
        ("patchTenantWithId", json!({ "tenantId": OTHER, "requestBody": { "tenant": { "name": "x" } } }), "tenantId"),
        ("deleteTenantWithId", json!({ "tenantId": OTHER }), "tenantId"),
        ("retrieveTenantWithId", json!({ "tenantId": OTHER }), "tenantId"),
        ("createTenantWithId", json!({ "tenantId": OTHER, "requestBody": { "tenant": { "name": "x" } } }), "tenantId"),
        ("createTenant", json!({ "requestBody": { "tenant": { "name": "x" } } }), "requestBody"),
        (
            "createTenantWithId",
            json!({ "tenantId": OWN, "requestBody": { "sourceTenantId": OTHER, "tenant": { "name": "x" } } }),
            "requestBody.sourceTenantId",
        ),
        (
            "createUser",
            json!({ "requestBody": { "user": { "email": "a@b.c", "tenantId": OTHER.to_uppercase() } } }),
            "requestBody.user.tenantId",
        ),
        (
            "updateWebhookWithId",
            json!({ "webhookId": USER_ID, "requestBody": { "webhook": { "url": "https://a.b", "tenantIds": [OWN, OTHER] } } }),
            "requestBody.webhook.tenantIds",
        ),
        // What is for every tenant is for the others too.
        (
            "createWebhook",
            json!({ "requestBody": { "webhook": { "url": "https://a.b", "global": true } } }),
            "requestBody.webhook.global: true: for all tenants",
        ),
        (
            "patchWebhookWithId",
            json!({ "webhookId": USER_ID, "requestBody": { "webhook": { "global": "true" } } }),
            "requestBody.webhook.global: true: for all tenants",
        ),
        (
            "createApplication",
            json!({ "requestBody": { "application": { "name": "a", "universalConfiguration": { "universal": true } } } }),
            "requestBody.application.universalConfiguration.universal: true: for all tenants",
        ),
        (
            "searchApplicationsWithId",
            json!({ "requestBody": { "search": { "tenantId": OTHER } } }),
            "requestBody.search.tenantId",
        ),
        // A key of an object by tenant, and a search query.
        (
            "patchIdentityProviderWithId",
            json!({
                "identityProviderId": USER_ID,
                "requestBody": { "identityProvider": { "type": "Google", "tenantConfiguration": { OTHER: {} } } },
            }),
            &format!("requestBody.identityProvider.tenantConfiguration.{OTHER}"),
        ),
        (
            "deleteUserBulk",
            json!({ "requestBody": { "queryString": format!("tenantId:{OTHER}") } }),
            "requestBody.queryString",
        ),
        (
            "searchUsersByQueryWithId",
            json!({
                "requestBody": {
                    "search": { "query": format!(r#"{{"match":{{"tenantId":{{"query":"{OTHER}"}}}}}}"#) },
                },
            }),
            "requestBody.search.query",
        ),
        (
            "searchUsersByQueryWithId",
            json!({ "requestBody": { "search": { "queryString": format!("a AND tenantId:({OWN} OR {OTHER})") } } }),
            "requestBody.search.queryString",
        ),
    ] {
        let refused = client.call(tool, arguments).text;
        assert!(refused.starts_with("Not sent: "), "{tool}: {refused}");
        let what = if place.contains(": ") { "" } else { ": another tenant" };
        let expected = format!("- {place}{what}; FUSIONAUTH_TENANT_ID confines this server to {OWN}");
        assert!(refused.contains(&expected), "{tool}: {refused}");
    }
    assert_eq!(upstream.count(), 0);
    // The tenant itself, and what callers keep for themselves.
    for (tool, arguments) in [
        ("retrieveTenantWithId", json!({ "tenantId": OWN.to_uppercase() })),
        (
            "createUser",
            json!({ "requestBody": { "user": { "email": "a@b.c", "tenantId": OWN, "data": { "tenantId": OTHER } } } }),
        ),
        (
            "searchUsersByQueryWithId",
            json!({ "requestBody": { "search": { "queryString": format!("tenantId:{OWN} AND id:{OTHER}") } } }),
        ),
    ] {
        let text = client.call(tool, arguments).text;
        assert!(text.starts_with("200 OK"), "{tool}: {text}");
    }
}

#[test]
fn objects_of_other_tenants_are_not_shown() {
    let user = json!({ "userId": USER_ID });
    for (tool, arguments, body) in [
        (
            "retrieveUserWithId",
            user.clone(),
            json!({ "user": { "id": USER_ID, "email": "secret", "tenantId": OTHER } }),
        ),
        (
            "retrieveUserWithId",
            json!({ "userId": USER_ID, "jq": ".user.email" }),
            json!({ "user": { "email": "secret", "tenantId": OTHER } }),
        ),
        ("retrieveTenantWithId", json!({ "tenantId": OWN }), json!({ "tenant": { "id": OTHER, "name": "secret" } })),
        (
            "patchUserWithId",
            json!({ "userId": USER_ID, "requestBody": { "user": { "firstName": "A" } } }),
            json!({ "user": { "firstName": "A", "email": "secret", "tenantId": OTHER } }),
        ),
    ] {
        let answer = answer(tool, arguments, &body);
        assert!(
            answer.is_error && answer.text.contains("belongs to another tenant and is not shown"),
            "{}",
            answer.text
        );
        assert!(!answer.text.contains("secret"), "{}", answer.text);
    }
    let shown = answer("retrieveUserWithId", user, &json!({ "user": { "id": USER_ID, "tenantId": OWN } }));
    assert!(!shown.is_error && shown.text.contains(OWN), "{}", shown.text);
}

#[test]
fn lists_keep_to_the_tenant() {
    let tenants = json!({ "tenants": [{ "id": OTHER, "name": "secret" }, { "id": OWN, "name": "mine" }], "total": 2 });
    for jq in [None, Some(".")] {
        let found = answer("retrieveTenants", json!({ "jq": jq }), &tenants).text;
        assert!(found.starts_with("200 OK; 1 of other tenants left out (FUSIONAUTH_TENANT_ID)\n"), "{found}");
        assert!(found.contains("mine") && found.contains("\"total\":1") && !found.contains("secret"), "{found}");
    }
    let applications = json!({ "applications": [
        { "id": USER_ID, "name": "secret", "tenantId": OTHER }, { "id": OTHER, "name": "mine", "tenantId": OWN },
        { "id": OTHER, "name": "universal" },
    ] });
    let found = answer("retrieveApplication", json!({}), &applications).text;
    assert!(found.contains("mine") && found.contains("universal") && !found.contains("secret"), "{found}");
}

#[test]
fn a_body_that_can_name_the_tenant_names_it() {
    let (upstream, mut client) = client(&json!({}));
    let sent = |upstream: &Recorder, place: &str| -> Option<Value> {
        let request = upstream.take().pop().expect("a request");
        serde_json::from_slice::<Value>(&request.body).expect("JSON").pointer(place).cloned()
    };
    for (tool, body, place, expected) in [
        ("createAPIKey", json!({ "apiKey": { "name": "a" } }), "/apiKey/tenantId", Some(json!(OWN))),
        ("searchAuditLogsWithId", json!({ "search": {} }), "/search/tenantId", Some(json!(OWN))),
        (
            "createIdentityProvider",
            json!({ "identityProvider": { "type": "HYPR", "name": "a" } }),
            "/identityProvider/tenantId",
            Some(json!(OWN)),
        ),
        (
            "createWebhook",
            json!({ "webhook": { "url": "https://a.example" } }),
            "/webhook/tenantIds",
            Some(json!([OWN])),
        ),
        // A patch changes what it names, and a header names the tenant of a user.
        ("createUser", json!({ "user": { "email": "a@b.c" } }), "/user/tenantId", None),
    ] {
        let text = client.call(tool, json!({ "requestBody": body })).text;
        assert!(!text.starts_with("Not sent"), "{tool}: {text}");
        assert_eq!(sent(&upstream, place), expected, "{tool}");
    }
    client.call("patchAPIKeyWithId", json!({ "keyId": USER_ID, "requestBody": { "apiKey": { "name": "a" } } }));
    assert_eq!(sent(&upstream, "/apiKey/tenantId"), None);
}

#[test]
fn what_belongs_to_people_of_other_tenants_is_not_shown() {
    let of = |tenant: &str, id: u8| json!({ "id": id, "user": { "tenantId": tenant } });
    let members = json!({ "total": 2, "members": [of(OWN, 1), of(OTHER, 2)] });
    let text = answer("searchGroupMembersWithId", json!({ "requestBody": { "search": {} } }), &members).text;
    assert!(text.contains("1 of other tenants left out") && !text.contains(OTHER), "{text}");
    // Lists below a map, and an object that says which tenants it is for.
    let members = json!({ "members": { USER_ID: [of(OWN, 1), of(OTHER, 2)] } });
    let created = json!({ "requestBody": { "members": { USER_ID: [{ "userId": USER_ID }] } } });
    let text = answer("createGroupMembersWithId", created, &members).text;
    assert!(text.contains("1 of other tenants left out") && !text.contains(OTHER), "{text}");
    let webhook = |ids: &[&str]| json!({ "url": "https://a.example", "tenantIds": ids });
    let webhooks = json!({ "webhooks": [webhook(&[OWN, OTHER]), webhook(&[OTHER]), webhook(&[])] });
    let text = answer("retrieveWebhook", json!({}), &webhooks).text;
    assert!(text.contains("1 of other tenants left out"), "{text}");
    let grants = json!({ "grants": [{ "entity": { "tenantId": OTHER } }, { "entity": { "tenantId": OWN } }] });
    let text = answer("searchEntityGrantsWithId", json!({ "requestBody": { "search": {} } }), &grants).text;
    assert!(text.contains("1 of other tenants left out") && !text.contains(OTHER), "{text}");
}
