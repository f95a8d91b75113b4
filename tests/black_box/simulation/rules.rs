//! Rules that span operations: secrets, permissions, tenants, searches, logins, patches.

use fusionauth_sandbox::{
    exchange::Request,
    instance::Instance,
    seed::{
        HOOLI_TENANT_ID, LOCKED_USER_ID, PIED_PIPER_APPLICATION_ID, READ_ONLY_API_KEY, RICHARD_ID, RICHARD_PASSWORD,
        SECRETS,
    },
};
use openapi_tools::model::operation::Method;
use serde_json::{Value, json};

use super::calls::{call, refused, succeed};
use crate::support::{
    USER_ID,
    sandbox::{API_KEY, Sandbox},
};

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
    assert_eq!((all["total"].as_u64(), all["users"].as_array().unwrap().len()), (Some(127), 50));
    let next = search(json!({ "numberOfResults": 50, "nextResults": all["nextResults"] }));
    assert_ne!(next["users"][0]["id"], all["users"][0]["id"]);
    let by_email = search(json!({ "queryString": "email:richard@piedpiper.example" }));
    assert_eq!(by_email["users"][0]["id"], RICHARD_ID);
    let registered =
        search(json!({ "queryString": format!("registrations.applicationId:{PIED_PIPER_APPLICATION_ID}") }));
    assert!((1..127).contains(&registered["total"].as_u64().unwrap()), "{}", registered["total"]);
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
    let instance = Instance::seeded(&fusionauth_mcp::fusionauth::tools::DOCUMENT).unwrap();
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
