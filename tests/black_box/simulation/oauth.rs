//! The token endpoint: who the client is, what each grant gives, and how it refuses.

use base64::{Engine, prelude::BASE64_STANDARD};
use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use fusionauth_sandbox::{
    exchange::{Request, Response},
    instance::Instance,
    seed::{JARED_ID, PIED_PIPER_APPLICATION_ID, RICHARD_ID, RICHARD_PASSWORD},
};
use openapi_tools::model::operation::Method;
use serde_json::{Value, json};

use super::sign_in::RICHARD;
use crate::support::sandbox::API_KEY;

const SECRET: &str = "a-secret-of-the-client";

struct World(Instance);

impl World {
    /// The seed, with an application that has every grant and a secret that is known.
    fn new(more: Value) -> Self {
        let world = Self(Instance::seeded(&DOCUMENT).unwrap());
        let grants = json!(["password", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]);
        let mut oauth = json!({
            "clientSecret": SECRET, "clientAuthenticationPolicy": "Required", "enabledGrants": grants,
            "generateRefreshTokens": true,
        });
        oauth.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        world.api(
            Method::Patch,
            &format!("/api/application/{PIED_PIPER_APPLICATION_ID}"),
            &json!({ "application": { "oauthConfiguration": oauth } }),
        );
        world
    }

    fn api(&self, method: Method, target: &str, body: &Value) -> Value {
        let response = self.0.handle(&Request {
            method,
            target: target.to_owned(),
            authorization: Some(API_KEY.to_owned()),
            tenant_id: None,
            content_type: Some("application/merge-patch+json".to_owned()),
            body: body.to_string().into_bytes(),
        });
        assert_eq!(response.status, 200, "{target}: {response:?}");
        response.body.unwrap_or_default()
    }

    fn form(&self, target: &str, authorization: Option<&str>, fields: &[(&str, &str)]) -> Response {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", value.replace('%', "%25").replace('&', "%26")))
            .collect();
        self.0.handle(&Request {
            method: Method::Post,
            target: target.to_owned(),
            authorization: authorization.map(str::to_owned),
            tenant_id: None,
            content_type: Some("application/x-www-form-urlencoded".to_owned()),
            body: fields.join("&").into_bytes(),
        })
    }

    /// The tokens that a client with its secret gets.
    fn tokens(&self, client: (&str, &str), fields: &[(&str, &str)]) -> Value {
        let response = self.form("/oauth2/token", Some(&basic(client.0, client.1)), fields);
        assert_eq!(response.status, 200, "{fields:?}: {response:?}");
        response.body.unwrap()
    }

    /// Status, error and reason of a refusal.
    fn refused(&self, authorization: Option<&str>, fields: &[(&str, &str)]) -> (u16, String, String) {
        let response = self.form("/oauth2/token", authorization, fields);
        let body = response.body.unwrap_or_default();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        (response.status, text("error"), text("error_reason"))
    }
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")))
}

const PASSWORD: [(&str, &str); 3] = [("grant_type", "password"), ("username", RICHARD), ("password", RICHARD_PASSWORD)];

#[test]
fn a_client_is_verified_by_the_header_or_by_the_body() {
    let world = World::new(json!({}));
    let id = PIED_PIPER_APPLICATION_ID;
    let in_body = |secret: &'static str| [&PASSWORD[..], &[("client_id", id), ("client_secret", secret)]].concat();
    assert_eq!(world.form("/oauth2/token", None, &in_body(SECRET)).status, 200);
    world.tokens((id, SECRET), &PASSWORD);
    let other = [&PASSWORD[..], &[("client_id", JARED_ID)]].concat();
    for (authorization, fields, expected) in [
        (None, PASSWORD.to_vec(), (400, "invalid_request", "missing_client_id")),
        (None, in_body("wrong"), (401, "invalid_client", "invalid_client_authentication")),
        (None, in_body(""), (401, "invalid_client", "missing_client_secret")),
        (None, other.clone(), (401, "invalid_client", "invalid_client_id")),
        (Some(basic(id, "wrong")), PASSWORD.to_vec(), (401, "invalid_client", "invalid_client_authentication")),
        (Some(basic(JARED_ID, SECRET)), PASSWORD.to_vec(), (401, "invalid_client", "invalid_client_id")),
        (Some(basic(id, SECRET)), other, (400, "invalid_request", "client_id_mismatch")),
        (Some("Basic !".to_owned()), PASSWORD.to_vec(), (401, "invalid_client", "invalid_client_authentication")),
        (Some(API_KEY.to_owned()), PASSWORD.to_vec(), (401, "invalid_client", "invalid_client_authentication_scheme")),
    ] {
        let (status, error, reason) = world.refused(authorization.as_deref(), &fields);
        assert_eq!((status, error.as_str(), reason.as_str()), expected, "{authorization:?} {fields:?}");
    }
    // A client that needs no secret is still held to the one that it shows.
    let world = World::new(json!({ "clientAuthenticationPolicy": "NotRequired" }));
    assert_eq!(world.form("/oauth2/token", None, &in_body("")).status, 200);
    assert_eq!(world.refused(None, &in_body("wrong")).0, 401);
}

#[test]
fn a_password_gives_what_the_scope_asks_for() {
    let world = World::new(json!({}));
    let client = (PIED_PIPER_APPLICATION_ID, SECRET);
    let bare = world.tokens(client, &PASSWORD);
    assert_eq!(
        (&bare["userId"], &bare["id_token"], &bare["refresh_token"]),
        (&json!(RICHARD_ID), &Value::Null, &Value::Null)
    );
    let scoped = [&PASSWORD[..], &[("scope", "openid offline_access")]].concat();
    let full = world.tokens(client, &scoped);
    assert!(full["id_token"].is_string() && full["scope"] == "openid offline_access", "{full}");
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", full["refresh_token"].as_str().unwrap())];
    assert_eq!(world.tokens(client, &refresh)["refresh_token"], full["refresh_token"]);
    world.api(Method::Delete, &format!("/api/jwt/refresh/{}", full["refresh_token_id"].as_str().unwrap()), &json!({}));
    let authorization = basic(client.0, client.1);
    let invalid = |reason: &str| (400, "invalid_grant".to_owned(), reason.to_owned());
    assert_eq!(world.refused(Some(&authorization), &refresh), invalid("refresh_token_not_found"), "it is revoked");
    let wrong = [PASSWORD[0], PASSWORD[1], ("password", "wrong")];
    assert_eq!(world.refused(Some(&authorization), &wrong), invalid("invalid_user_credentials"));
    for (fields, error, reason) in [
        (vec![("scope", "openid")], "invalid_request", "missing_grant_type"),
        (vec![("grant_type", "magic")], "unsupported_grant_type", "invalid_grant_type"),
        (vec![("grant_type", "authorization_code"), ("code", "a")], "unauthorized_client", "grant_type_disabled"),
        (vec![("grant_type", "client_credentials")], "unauthorized_client", "grant_type_disabled"),
        (vec![("grant_type", "refresh_token")], "invalid_request", "missing_refresh_token"),
    ] {
        assert_eq!(world.refused(Some(&authorization), &fields), (400, error.to_owned(), reason.to_owned()));
    }

    // What prevents a login prevents this one.
    world.api(
        Method::Patch,
        &format!("/api/user/{RICHARD_ID}"),
        &json!({ "user": { "passwordChangeRequired": true } }),
    );
    let response = world.form("/oauth2/token", Some(&authorization), &PASSWORD);
    let body = response.body.unwrap();
    assert_eq!((response.status, &body["error"]), (400, &json!("change_password_required")), "{body}");
    assert!(body["change_password_id"].is_string(), "{body}");
    world.api(Method::Delete, &format!("/api/user/{RICHARD_ID}"), &json!({}));
    assert_eq!(world.refused(Some(&authorization), &PASSWORD), invalid("user_locked"));
}

#[test]
fn an_entity_gets_what_it_was_granted() {
    let world = World::new(json!({}));
    let kind =
        json!({ "entityType": { "name": "Machine", "permissions": [{ "name": "read" }, { "name": "scim:write" }] } });
    let kind = world.api(Method::Post, "/api/entity/type", &kind)["entityType"]["id"].clone();
    let tenant = world.api(Method::Get, &format!("/api/application/{PIED_PIPER_APPLICATION_ID}"), &json!({}));
    let entity = |name: &str| {
        let response = world.0.handle(&Request {
            method: Method::Post,
            target: "/api/entity".to_owned(),
            authorization: Some(API_KEY.to_owned()),
            tenant_id: tenant["application"]["tenantId"].as_str().map(str::to_owned),
            content_type: None,
            body: json!({ "entity": { "name": name, "clientSecret": SECRET, "type": { "id": kind } } })
                .to_string()
                .into_bytes(),
        });
        response.body.unwrap()["entity"]["id"].as_str().unwrap().to_owned()
    };
    let (caller, target) = (entity("caller"), entity("target"));
    let ask = |scope: &str| {
        let fields = [("grant_type", "client_credentials"), ("scope", scope)];
        world.form("/oauth2/token", Some(&basic(&caller, SECRET)), &fields)
    };
    let reason = |response: Response| response.body.unwrap()["error_reason"].as_str().unwrap_or_default().to_owned();
    assert_eq!(reason(ask(&format!("target-entity:{target}"))), "invalid_target_entity_scope");
    let grant = json!({ "grant": { "recipientEntityId": caller, "permissions": ["read", "scim:write"] } });
    world.api(Method::Post, &format!("/api/entity/{target}/grant"), &grant);
    assert_eq!(reason(ask(&format!("target-entity:{target}:read,delete"))), "invalid_entity_permission_scope");
    for (scope, permissions) in [("", json!(["read", "scim:write"])), (":scim:write", json!(["scim:write"]))] {
        let token =
            ask(&format!("target-entity:{target}{scope}")).body.unwrap()["access_token"].as_str().unwrap().to_owned();
        let shown = world.form("/oauth2/introspect", None, &[("token", &token)]).body.unwrap();
        assert_eq!((&shown["sub"], &shown["aud"]), (&json!(caller), &json!([target])), "{shown}");
        assert_eq!(shown["permissions"], json!({ target.clone(): permissions }));
    }
    // A grant that there is not cannot be revoked, and nobody revokes all at once.
    let delete = |query: &str| {
        let target = format!("/api/entity/{target}/grant{query}");
        let response = world.0.handle(&Request {
            method: Method::Delete,
            target,
            authorization: Some(API_KEY.to_owned()),
            tenant_id: None,
            content_type: None,
            body: Vec::new(),
        });
        response.status
    };
    assert_eq!(delete(&format!("?userId={JARED_ID}")), 404);
    assert_eq!(delete(""), 400);
    assert_eq!(delete(&format!("?recipientEntityId={caller}")), 200);
    assert_eq!(delete(&format!("?recipientEntityId={caller}")), 404);
}
