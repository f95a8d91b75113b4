//! Who needs no API key: the operations that the pages mark so, and no other.

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use fusionauth_sandbox::{
    exchange::{Request, Response},
    instance::Instance,
    seed::{JARED_ID, PIED_PIPER_APPLICATION_ID, RICHARD_ID, RICHARD_PASSWORD},
};
use openapi_tools::model::operation::{Method, Segment};
use serde_json::{Value, json};

use super::sign_in::RICHARD;
use crate::support::sandbox::API_KEY;

/// Operations that are marked as open, or stand for credentials by what they send.
const OPEN: [&str; 36] = [
    "GET /.well-known/jwks.json",
    "GET /.well-known/openid-configuration",
    "GET /api/health",
    "GET /api/identity-provider/lookup",
    "GET /api/jwt/public-key",
    "GET /api/status",
    "GET /api/tenant/password-validation-rules",
    "GET /api/tenant/password-validation-rules/{tenantId}",
    "GET /api/user/change-password/{changePasswordId}",
    "GET /oauth2/device/user-code",
    "GET /oauth2/device/validate",
    "POST /api/identity-provider/login",
    "POST /api/jwt/reconcile",
    "POST /api/jwt/refresh",
    "POST /api/login",
    "POST /api/logout",
    "POST /api/passwordless/login",
    "POST /api/passwordless/send",
    "POST /api/two-factor/login",
    "POST /api/two-factor/send/{twoFactorId}",
    "POST /api/user/change-password",
    "POST /api/user/change-password/{changePasswordId}",
    "POST /api/user/forgot-password",
    "POST /api/user/verify-email",
    "POST /api/user/verify-email/{verificationId}",
    "POST /api/user/verify-registration",
    "POST /api/user/verify-registration/{verificationId}",
    "POST /api/webauthn/assert",
    "POST /api/webauthn/login",
    "POST /api/webauthn/register/complete",
    "POST /oauth2/device/user-code",
    "POST /oauth2/device_authorize",
    "POST /oauth2/introspect",
    "POST /oauth2/token",
    "PUT /api/user/verify-email",
    "PUT /api/user/verify-registration",
];

/// Operations that take the access token of a user in place of an API key.
const BEARER: [&str; 12] = [
    "DELETE /api/jwt/refresh/{tokenId}",
    "GET /api/jwt/issue",
    "GET /api/jwt/validate",
    "GET /api/two-factor/secret",
    "GET /api/user",
    "GET /api/user/change-password",
    "GET /oauth2/userinfo",
    "POST /api/two-factor/send",
    "POST /api/user/change-password",
    "POST /api/user/two-factor",
    "DELETE /api/user/two-factor",
    "PUT /api/login",
];

fn send(instance: &Instance, request: (Method, &str), authorization: Option<&str>, body: &Value) -> Response {
    instance.handle(&Request {
        method: request.0,
        target: request.1.to_owned(),
        authorization: authorization.map(str::to_owned),
        tenant_id: None,
        content_type: Some("application/json".to_owned()),
        body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
    })
}

fn seeded() -> Instance {
    Instance::seeded(&DOCUMENT).unwrap()
}

/// The operations that do not answer 401, each called with little in it.
fn admitted(instance: &Instance, authorization: Option<&str>) -> Vec<String> {
    let admitted = DOCUMENT.operations.iter().filter(|operation| {
        let parts = operation.path.iter().map(|segment| match segment {
            Segment::Literal(text) => format!("/{text}"),
            _ => format!("/{JARED_ID}"),
        });
        let target: String = parts.collect();
        let body = if operation.body.is_some() { json!({}) } else { Value::Null };
        send(instance, (operation.method, &target), authorization, &body).status != 401
    });
    admitted.map(|operation| format!("{} {}", operation.method.as_str(), operation.path_template())).collect()
}

#[test]
fn only_open_operations_answer_without_a_key() {
    let found = admitted(&seeded(), None);
    let unexpected: Vec<_> = found.iter().filter(|name| !OPEN.contains(&name.as_str())).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    let missing: Vec<_> = OPEN.iter().filter(|name| !found.iter().any(|found| found == *name)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

fn login(instance: &Instance) -> Value {
    let login = json!({ "loginId": RICHARD, "password": RICHARD_PASSWORD });
    send(instance, (Method::Post, "/api/login"), Some(API_KEY), &login).body.unwrap()
}

#[test]
fn the_token_of_a_user_opens_what_is_the_users_own() {
    let instance = seeded();
    let token = format!("Bearer {}", login(&instance)["token"].as_str().unwrap());
    let found = admitted(&instance, Some(&token));
    for name in BEARER {
        assert!(found.iter().any(|found| found == name), "{name}: {found:#?}");
    }
    for name in ["POST /api/user", "GET /api/tenant", "DELETE /api/user/{userId}", "GET /api/jwt/refresh"] {
        assert!(!found.iter().any(|found| found == name), "{name}");
    }
    let own = send(&instance, (Method::Get, "/api/user?email=jared@piedpiper.example"), Some(&token), &Value::Null);
    assert_eq!(own.body.unwrap()["user"]["id"], RICHARD_ID, "whoever is asked for");
    let unknown = send(&instance, (Method::Delete, "/api/jwt/refresh?token=unknown"), Some(&token), &Value::Null);
    assert_eq!(unknown.status, 401);
}

#[test]
fn who_has_no_key_is_told_less_and_may_do_less() {
    let instance = seeded();
    let call = |request: (Method, &str), key: Option<&str>, body: Value| send(&instance, request, key, &body);
    // An application may want a key for its logins.
    let mut login =
        json!({ "loginId": RICHARD, "password": RICHARD_PASSWORD, "applicationId": PIED_PIPER_APPLICATION_ID });
    assert_eq!(call((Method::Post, "/api/login"), None, login.clone()).status, 401);
    let open = json!({ "application": { "loginConfiguration": { "requireAuthentication": false } } });
    let application = format!("/api/application/{PIED_PIPER_APPLICATION_ID}");
    assert_eq!(call((Method::Patch, &application), Some(API_KEY), open).status, 200);
    assert_eq!(call((Method::Post, "/api/login"), None, login.clone()).status, 200);
    login["applicationId"] = json!(null);
    assert_eq!(call((Method::Post, "/api/login"), None, login.clone()).status, 200);
    assert_eq!(call((Method::Post, "/api/login"), Some("wrong"), login).status, 401);

    let forgot = json!({ "loginId": RICHARD });
    assert_eq!(call((Method::Post, "/api/user/forgot-password"), None, forgot.clone()).body, None);
    let told = call((Method::Post, "/api/user/forgot-password"), Some(API_KEY), forgot).body.unwrap();
    let change = |id: &Value| json!({ "changePasswordId": id, "loginId": RICHARD, "password": "Another password 1" });
    assert_eq!(call((Method::Post, "/api/user/change-password"), None, change(&Value::Null)).status, 401);
    assert_eq!(call((Method::Post, "/api/user/change-password"), None, change(&told["changePasswordId"])).status, 200);

    let verify = format!("/api/user/verify-email?email={RICHARD}");
    assert_eq!(call((Method::Put, &verify), None, Value::Null).body, None);
    assert!(call((Method::Put, &verify), Some(API_KEY), Value::Null).body.unwrap()["verificationId"].is_string());
    let mark = json!({ "userId": RICHARD_ID });
    assert_eq!(call((Method::Post, "/api/user/verify-email"), None, mark.clone()).status, 401);
    assert_eq!(call((Method::Post, "/api/user/verify-email"), Some(API_KEY), mark).status, 200);

    let status = |key: Option<&str>| call((Method::Get, "/api/status"), key, Value::Null).body.unwrap();
    assert_eq!(status(None)["version"], Value::Null);
    assert!(status(Some(API_KEY))["version"].is_string());
}
