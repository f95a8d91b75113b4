//! The OAuth endpoints: devices, introspection, and what discovery says of them.

use serde_json::{Value, json};

use super::{
    codes::{self, Purpose},
    grants,
    oauth_client::client,
    tokens,
};
use crate::{
    call::{Answer, Call},
    exchange::{Refusal, Response},
    object::{Object, text, text_if_any},
};

/// How long a device may wait for its user, in seconds.
const DEVICE_SECONDS: u64 = 300;

/// How often a device may ask, in seconds.
const DEVICE_INTERVAL: u64 = 5;

/// Where FusionAuth listens unless it is told otherwise.
const BASE: &str = "http://localhost:9011";

/// Answers calls to OAuth endpoints.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    Some(match call.path_template.as_str() {
        "/oauth2/token" => grants::token(call),
        "/oauth2/introspect" => introspect(call),
        "/oauth2/device_authorize" => authorize_device(call),
        "/oauth2/device/validate" => validate_device(call),
        "/oauth2/device/user-code" => show_device(call),
        "/oauth2/device/approve" => approve_device(call),
        "/.well-known/openid-configuration" => Ok(Response::ok(discovery(call))),
        "/.well-known/jwks.json" => Ok(Response::ok(key_set(call))),
        _ => return None,
    })
}

/// RFC 7662: what is not a token of ours is not active.
fn introspect(call: &mut Call<'_>) -> Answer {
    let token = call.body_text("token");
    let client_id = call.body_text("client_id");
    let known = tokens::access(call, &token);
    let known = known.filter(|known| client_id.is_empty() || text(known, "applicationId") == client_id);
    Ok(Response::ok(match known {
        None => json!({ "active": false }),
        Some(known) => {
            // What the credentials of a client gave out is about that client, and for the entities that it may use.
            let permissions = known.get("permissions").and_then(Value::as_object);
            let targets = permissions.map(|permissions| permissions.keys().collect::<Vec<_>>());
            let user_id = text_if_any(known, "userId").unwrap_or_else(|| text(known, "applicationId"));
            let audience = targets.map_or_else(|| json!(text(known, "applicationId")), |targets| json!(targets));
            let issued = known.get("insertInstant").and_then(Value::as_u64).unwrap_or_default() / 1000;
            json!({
                "active": true, "sub": user_id, "aud": audience, "token_type": "Bearer", "iat": issued,
                "exp": issued + tokens::LIFETIME_SECONDS, "scope": text_if_any(known, "scope"),
                "permissions": known.get("permissions"),
            })
        }
    }))
}

fn authorize_device(call: &mut Call<'_>) -> Answer {
    let client = client(call)?;
    let user_code = codes::short(call);
    let properties = json!({ "clientId": text(&client, "id"), "userCode": user_code, "scope": call.body.get("scope") });
    let device_code = codes::issue(call, Purpose::Device, None, properties);
    let page = format!("{BASE}/oauth2/device");
    Ok(Response::ok(json!({
        "device_code": device_code, "user_code": user_code, "expires_in": DEVICE_SECONDS, "interval": DEVICE_INTERVAL,
        "verification_uri": page, "verification_uri_complete": format!("{page}?user_code={user_code}"),
    })))
}

/// The device that waits for the user with this code.
fn device(call: &Call<'_>, user_code: &str, client_id: &str) -> Result<Object, Refusal> {
    let device = codes::find_by(call, Purpose::Device, "userCode", user_code);
    let device = device.filter(|device| client_id.is_empty() || text(device, "clientId") == client_id);
    device.ok_or_else(Response::not_found)
}

fn validate_device(call: &mut Call<'_>) -> Answer {
    let [user_code, client_id] = ["user_code", "client_id"].map(|name| call.query_value(name).unwrap_or_default());
    device(call, &user_code, &client_id).map(|_| Response::empty(200))
}

fn show_device(call: &mut Call<'_>) -> Answer {
    let user_code = call.query_value("user_code").unwrap_or_else(|| call.body_text("user_code"));
    device(call, &user_code, &call.body_text("client_id")).map(|_| Response::empty(200))
}

fn approve_device(call: &mut Call<'_>) -> Answer {
    let known = tokens::access(call, &call.body_text("token")).cloned().ok_or_else(|| Response::empty(401))?;
    let device = device(call, &call.body_text("user_code"), &call.body_text("client_id"))?;
    let user = call.visible("user", text(&known, "userId"))?;
    codes::update(call, text(&device, "id"), "userId", json!(text(&user, "id")));
    Ok(Response::ok(json!({
        "deviceGrantStatus": "Approved", "tenantId": text(&user, "tenantId"), "userId": text(&user, "id"),
    })))
}

/// OpenID Connect Discovery 1.0.
fn discovery(call: &Call<'_>) -> Value {
    let tenant = call.state.all("tenant").first();
    let tenant = call.tenant_id.as_ref().and_then(|id| call.state.get("tenant", id)).or(tenant);
    let at = |path: &str| format!("{BASE}{path}");
    json!({
        "issuer": tenant.and_then(|tenant| tenant.get("issuer")),
        "authorization_endpoint": at("/oauth2/authorize"),
        "device_authorization_endpoint": at("/oauth2/device_authorize"),
        "end_session_endpoint": at("/oauth2/logout"),
        "jwks_uri": at("/.well-known/jwks.json"),
        "token_endpoint": at("/oauth2/token"),
        "userinfo_endpoint": at("/oauth2/userinfo"),
        "code_challenge_methods_supported": ["S256"],
        "grant_types_supported": [
            "authorization_code", "password", "implicit", "refresh_token", "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "response_types_supported": ["code", "id_token", "token id_token"],
        "scopes_supported": ["openid", "offline_access", "address", "email", "phone", "profile"],
        "subject_types_supported": ["public"],
    })
}

/// The keys that sign tokens. Their numbers are left out: nothing is signed here. So is the algorithm of Ed25519, for which
/// the document has no name.
fn key_set(call: &Call<'_>) -> Value {
    let keys = call.state.all("key").iter();
    let keys = keys.filter(|key| text_if_any(key, "publicKey").is_some() && text(key, "algorithm") != "None");
    let keys: Vec<_> = keys
        .map(|key| {
            let algorithm = text_if_any(key, "algorithm").filter(|algorithm| *algorithm != "Ed25519");
            json!({ "kid": key.get("kid"), "alg": algorithm, "kty": key.get("type"), "use": "sig" })
        })
        .collect();
    json!({ "keys": keys })
}
