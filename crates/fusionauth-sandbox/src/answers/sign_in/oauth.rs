//! The OAuth endpoints: tokens by grant, devices, introspection, and what discovery says of them.

use serde_json::{Value, json};

use super::{
    codes::{self, Purpose},
    logins, tokens,
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
        "/oauth2/token" => token(call),
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

/// An error as OAuth has it (RFC 6749, section 5.2), with FusionAuth's reason.
fn refused(status: u16, error: &str, reason: &str, description: impl Into<String>) -> Refusal {
    let body = json!({ "error": error, "error_reason": reason, "error_description": description.into() });
    Response { body: Some(body), ..Response::empty(status) }
}

/// The application or entity that is the client, once its secret is checked.
fn client(call: &Call<'_>) -> Result<Object, Refusal> {
    let id = call.body_text("client_id");
    if id.is_empty() {
        return Err(refused(400, "invalid_request", "missing_client_id", "The request has no client_id."));
    }
    let invalid = || refused(401, "invalid_client", "invalid_client_id", format!("There is no client [{id}]."));
    let mut entities = call.state.all("entity").iter();
    let entity = entities.find(|entity| text(entity, "clientId") == id);
    let client = call.state.get("application", &id).or(entity).cloned().ok_or_else(invalid)?;
    let configuration = client.get("oauthConfiguration").and_then(Value::as_object);
    let known = text_if_any(configuration.unwrap_or(&client), "clientSecret");
    let given = call.body_text("client_secret");
    let is_needed = configuration.is_none_or(|configuration| {
        !matches!(text(configuration, "clientAuthenticationPolicy"), "NotRequired" | "NotRequiredWhenUsingPKCE")
    });
    match known {
        Some(known) if given != known && (is_needed || !given.is_empty()) => {
            Err(refused(401, "invalid_client", "invalid_client_secret", "The client secret is wrong or missing."))
        }
        _ => Ok(client),
    }
}

fn token(call: &mut Call<'_>) -> Answer {
    let grant = call.body_text("grant_type");
    let client = client(call)?;
    let client_id = text(&client, "id").to_owned();
    let configuration = client.get("oauthConfiguration");
    if let Some(Value::Array(enabled)) = configuration.and_then(|configuration| configuration.get("enabledGrants")) {
        let is_enabled = enabled.iter().any(|enabled| enabled == grant.as_str());
        if !is_enabled {
            let description = format!("The grant [{grant}] is not enabled for this application.");
            return Err(refused(400, "unauthorized_client", "grant_type_disabled", description));
        }
    }
    let invalid = |reason: &str, description: &str| Err(refused(400, "invalid_grant", reason, description));
    match grant.as_str() {
        "password" => {
            let (login_id, password) = (call.body_text("username"), call.body_text("password"));
            let Ok(user) = logins::by_password(call, &login_id, &password) else {
                return invalid("invalid_user_credentials", "There is no such user, or the password is wrong.");
            };
            Ok(issued(call, &user, &client_id))
        }
        "refresh_token" => {
            let Some(known) = tokens::refresh(call, &call.body_text("refresh_token")) else {
                return invalid("refresh_token_not_found", "The refresh token is unknown, expired or revoked.");
            };
            let user_id = text(&known, "userId");
            let token = tokens::issue_access(call, user_id, &client_id);
            Ok(Response::ok(json!({
                "access_token": token, "expires_in": tokens::LIFETIME_SECONDS, "token_type": "Bearer", "userId": user_id,
                "refresh_token": text(&known, "token"), "refresh_token_id": text(&known, "id"),
            })))
        }
        "client_credentials" => {
            let scope = call.body_text("scope");
            let token = tokens::issue_access(call, "", &client_id);
            Ok(Response::ok(json!({
                "access_token": token, "expires_in": tokens::LIFETIME_SECONDS, "token_type": "Bearer", "scope": scope,
            })))
        }
        "urn:ietf:params:oauth:grant-type:device_code" => {
            let Ok(device) = codes::find(call, Purpose::Device, &call.body_text("device_code")) else {
                return invalid("device_code_not_found", "The device code is unknown or expired.");
            };
            if text(&device, "userId").is_empty() {
                let description = "The user has not approved the device yet.";
                return Err(refused(400, "authorization_pending", "authorization_pending", description));
            }
            codes::take(call, Purpose::Device, text(&device, "id"))?;
            let user = call.visible("user", text(&device, "userId"))?;
            Ok(issued(call, &user, &client_id))
        }
        "authorization_code" => {
            // There is no page where a user would sign in, so nobody has such a code.
            invalid("auth_code_not_found", "The authorization code is unknown or expired.")
        }
        _ => Err(refused(400, "unsupported_grant_type", "unknown_grant_type", format!("There is no grant [{grant}]."))),
    }
}

fn issued(call: &mut Call<'_>, user: &Object, client_id: &str) -> Response {
    let session = tokens::issue(call, user, client_id);
    Response::ok(json!({
        "access_token": session.token, "expires_in": tokens::LIFETIME_SECONDS, "token_type": "Bearer",
        "userId": text(user, "id"), "refresh_token": session.refresh_token, "refresh_token_id": session.refresh_token_id,
    }))
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
            json!({ "active": true, "sub": known.get("userId"), "aud": known.get("applicationId"), "token_type": "Bearer" })
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

/// The keys that sign tokens. Their numbers are left out: nothing is signed here.
fn key_set(call: &Call<'_>) -> Value {
    let keys = call.state.all("key").iter();
    let keys = keys.filter(|key| text_if_any(key, "publicKey").is_some() && text(key, "algorithm") != "None");
    let keys: Vec<_> = keys
        .map(|key| json!({ "kid": key.get("kid"), "alg": key.get("algorithm"), "kty": key.get("type"), "use": "sig" }))
        .collect();
    json!({ "keys": keys })
}
