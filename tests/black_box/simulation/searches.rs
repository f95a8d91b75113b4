//! Searches: queries of users, filters and orders of the others, and what cannot be carried out.

use fusionauth_sandbox::seed::{HOOLI_TENANT_ID, JARED_ID, PIED_PIPER_APPLICATION_ID, RICHARD_ID};
use serde_json::{Value, json};

use super::calls::{refused, succeed};
use crate::support::{client::Client, sandbox::Sandbox};

fn with(criteria: Value) -> Value {
    json!({ "requestBody": { "search": criteria } })
}

fn total(client: &mut Client, tool: &str, criteria: Value) -> u64 {
    succeed(client, tool, with(criteria))["total"].as_u64().unwrap()
}

/// The values of a property of what is found, in its order.
fn column(client: &mut Client, tool: &str, list: &str, property: &str, criteria: Value) -> Vec<String> {
    let found = succeed(client, tool, with(criteria));
    let found = found[list].as_array().unwrap().iter();
    found.map(|object| object[property].to_string().trim_matches('"').to_lowercase()).collect()
}

#[test]
fn users_are_found_by_both_queries() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    // He is deactivated.
    succeed(&mut client, "deleteUserWithId", json!({ "userId": JARED_ID }));
    let mut count = |criteria: Value| total(&mut client, "searchUsersByQueryWithId", criteria);
    let all = count(json!({ "queryString": "*" }));
    let registered =
        count(json!({ "queryString": format!("registrations.applicationId:{PIED_PIPER_APPLICATION_ID}") }));
    assert!((1..all).contains(&registered), "{registered} of {all}");
    for (query, expected) in [
        ("email:richard@piedpiper.example", 1),
        ("email:\"richard@piedpiper.example\" AND active:true", 1),
        ("email:richard@piedpiper.example AND NOT email:richard*", 0),
        ("NOT _exists_:id", 0),
        ("insertInstant:[* TO 1970-01-02]", 0),
    ] {
        assert_eq!(count(json!({ "queryString": query })), expected, "{query}");
    }
    let (active, inactive) =
        (count(json!({ "queryString": "active:true" })), count(json!({ "queryString": "-active:true" })));
    assert!(active > 0 && inactive > 0 && active + inactive == all, "{active} {inactive} {all}");
    let application = json!({ "registrations.applicationId": PIED_PIPER_APPLICATION_ID });
    for (query, expected) in [
        (json!({ "match_all": {} }), all),
        (json!({ "term": { "email": "richard@piedpiper.example" } }), 1),
        (
            json!({ "bool": { "must": [{ "match": { "email": "richard@piedpiper.example" } }], "must_not": [{ "term": { "active": true } }] } }),
            0,
        ),
        (json!({ "nested": { "path": "registrations", "query": { "match": application } } }), registered),
        (json!({ "bool": { "must_not": [{ "exists": { "field": "id" } }] } }), 0),
        (json!({ "range": { "insertInstant": { "gte": 0 } } }), all),
    ] {
        assert_eq!(count(json!({ "query": query.to_string() })), expected, "{query}");
    }
    // Ids come first, then the query, then the query string.
    let none = "email:nobody";
    assert_eq!(
        count(json!({ "ids": [RICHARD_ID, JARED_ID], "queryString": none, "startRow": 7, "numberOfResults": 1 })),
        2
    );
    assert_eq!(count(json!({ "query": json!({ "match_all": {} }).to_string(), "queryString": none })), all);
    for (criteria, code) in [
        (json!({ "queryString": "email:/r.*/" }), "[invalid]search.queryString"),
        (json!({ "queryString": "richard~2" }), "[invalid]search.queryString"),
        (json!({ "query": "{\"fuzzy\":{\"email\":\"r\"}}" }), "[invalid]search.query"),
        (json!({ "query": "no JSON" }), "[invalid]search.query"),
        (json!({ "queryString": "*", "sortFields": [{ "name": "password" }] }), "[invalid]search.sortFields"),
        (json!({ "nextResults": "row-25" }), "[invalid]search.nextResults"),
    ] {
        assert_eq!(refused(&mut client, "searchUsersByQueryWithId", with(criteria.clone())), code, "{criteria}");
    }
}

#[test]
fn pages_of_users_follow_one_another_by_the_token_alone() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let sorted = json!([{ "name": "email", "order": "desc" }]);
    let first = json!({ "queryString": "active:true", "sortFields": sorted, "numberOfResults": 30 });
    let whole = json!({ "queryString": "active:true", "sortFields": sorted, "numberOfResults": 1000 });
    let whole = column(&mut client, "searchUsersByQueryWithId", "users", "id", whole);
    let mut ids: Vec<String> = Vec::new();
    let mut criteria = first;
    loop {
        let page = succeed(&mut client, "searchUsersByQueryWithId", with(criteria));
        ids.extend(page["users"].as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()));
        assert_eq!(page["total"].as_u64(), Some(whole.len() as u64));
        match page.get("nextResults") {
            Some(token) => criteria = json!({ "nextResults": token, "numberOfResults": 30 }),
            None => break,
        }
    }
    assert_eq!(ids, whole);
}

#[test]
fn other_searches_filter_and_order_as_documented() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let c = &mut client;
    let by_name = column(c, "searchApplicationsWithId", "applications", "name", json!({}));
    assert!(by_name.len() > 2 && by_name.is_sorted(), "{by_name:?}");
    let mut backwards =
        column(c, "searchApplicationsWithId", "applications", "name", json!({ "orderBy": "name DESC" }));
    backwards.reverse();
    assert!(backwards.is_sorted(), "{backwards:?}");
    let names = column(c, "searchApplicationsWithId", "applications", "name", json!({ "name": "*PIPER*" }));
    assert!(!names.is_empty() && names.iter().all(|name| name.contains("piper")), "{names:?}");
    let of_tenant =
        column(c, "searchApplicationsWithId", "applications", "tenantId", json!({ "tenantId": HOOLI_TENANT_ID }));
    assert!(of_tenant.iter().all(|id| id == HOOLI_TENANT_ID || id == "null"), "{of_tenant:?}");
    let inactive = total(c, "searchApplicationsWithId", json!({ "state": "Inactive" }));
    assert!(inactive < by_name.len() as u64, "{inactive}");
    let bare = succeed(c, "searchApplicationsWithId", json!({ "requestBody": { "search": {}, "expand": ["scopes"] } }));
    assert!(bare["applications"].as_array().unwrap().iter().all(|one| one.get("roles").is_none()), "{bare}");

    let algorithms = column(c, "searchKeysWithId", "keys", "algorithm", json!({ "algorithm": "RS256" }));
    assert!(!algorithms.is_empty() && algorithms.iter().all(|name| name == "rs256"), "{algorithms:?}");
    let kinds = column(c, "searchLambdasWithId", "lambdas", "type", json!({ "type": "JWTPopulate" }));
    assert!(kinds.iter().all(|kind| kind == "jwtpopulate"), "{kinds:?}");
    assert!(total(c, "searchLambdasWithId", json!({ "body": "FUNCTION" })) > 0);
    assert_eq!(total(c, "searchLambdasWithId", json!({ "body": "no such text" })), 0);

    // What is searched for lies in maps and lists.
    let providers = total(c, "searchIdentityProvidersWithId", json!({}));
    let enabled = total(c, "searchIdentityProvidersWithId", json!({ "applicationId": PIED_PIPER_APPLICATION_ID }));
    let nowhere = total(c, "searchIdentityProvidersWithId", json!({ "applicationId": RICHARD_ID }));
    assert!(enabled <= providers && nowhere == 0, "{enabled} {providers} {nowhere}");
    let tenants = |ids: Value| {
        let webhook =
            json!({ "url": "https://search.example", "connectTimeout": 1, "readTimeout": 1, "tenantIds": ids });
        json!({ "requestBody": { "webhook": webhook } })
    };
    let before = total(c, "searchWebhooksWithId", json!({ "tenantId": HOOLI_TENANT_ID }));
    succeed(c, "createWebhook", tenants(json!([HOOLI_TENANT_ID])));
    succeed(c, "createWebhook", tenants(json!([])));
    assert_eq!(total(c, "searchWebhooksWithId", json!({ "tenantId": HOOLI_TENANT_ID })), before + 1);
    assert_eq!(total(c, "searchWebhooksWithId", json!({ "url": "SEARCH.example" })), 2);

    let grants = succeed(c, "searchEntityGrantsWithId", with(json!({})));
    let entity = &grants["grants"][0]["entity"];
    let of_entity = total(c, "searchEntityGrantsWithId", json!({ "entityId": entity["id"] }));
    assert_eq!(total(c, "searchEntityGrantsWithId", json!({ "name": entity["name"] })), of_entity);
    assert_eq!(total(c, "searchEntityGrantsWithId", json!({ "name": "no such entity" })), 0);

    for (tool, criteria) in [
        ("searchApplicationsWithId", json!({ "orderBy": "oauthConfiguration" })),
        ("searchTenantsWithId", json!({ "orderBy": "name ASC, url" })),
        ("searchWebhooksWithId", json!({ "orderBy": "tenant" })),
        ("searchEntityGrantsWithId", json!({ "orderBy": "permissions" })),
        ("searchGroupMembersWithId", json!({ "orderBy": "data" })),
    ] {
        assert_eq!(refused(c, tool, with(criteria.clone())), "[invalid]search.orderBy", "{tool} {criteria}");
    }
}
