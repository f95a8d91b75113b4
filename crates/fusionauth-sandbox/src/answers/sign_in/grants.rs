//! The token endpoint: what each grant needs, and what it gives.
//!
//! Source: <https://fusionauth.io/docs/lifecycle/authenticate-users/oauth/endpoints#token>

use serde_json::{Value, json};

use super::{
    codes::{self, Purpose},
    logins,
    oauth_client::{client, refused},
    tokens,
};
use crate::{
    call::{Answer, Call},
    exchange::{Refusal, Response},
    object::{Object, items, set, text, text_if_any},
};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// How a scope begins that names an entity: `target-entity:{id}:{permission},{permission}`.
const TARGET: &str = "target-entity:";

/// Answers a request for tokens.
pub fn token(call: &mut Call<'_>) -> Answer {
    let grant = call.body_text("grant_type");
    let give: fn(&mut Call<'_>, &Object) -> Answer = match grant.as_str() {
        "" => return Err(refused(400, "invalid_request", "missing_grant_type", "The request has no grant_type.")),
        "password" => by_password,
        "refresh_token" => by_refresh_token,
        "client_credentials" => by_client_credentials,
        "authorization_code" => by_code,
        DEVICE_CODE => by_device,
        _ => {
            let description = format!("There is no grant [{grant}].");
            return Err(refused(400, "unsupported_grant_type", "invalid_grant_type", description));
        }
    };
    let client = client(call)?;
    // An entity has the grant of its credentials alone.
    let is_enabled = match client.get("oauthConfiguration") {
        Some(configuration) => configuration.get("enabledGrants").and_then(Value::as_array),
        None => None,
    }
    .map_or(grant == "client_credentials", |enabled| enabled.iter().any(|enabled| enabled == grant.as_str()));
    if !is_enabled {
        let description = format!("The grant [{grant}] is not enabled for this client.");
        return Err(refused(400, "unauthorized_client", "grant_type_disabled", description));
    }
    if let Some(tenant_id) = text_if_any(&client, "tenantId") {
        call.tenant_id = Some(tenant_id.to_owned());
    }
    give(call, &client)
}

/// A parameter of the body.
fn required(call: &Call<'_>, name: &str) -> Result<String, Refusal> {
    let value = call.body_text(name);
    if value.is_empty() {
        let description = format!("The request has no {name}.");
        return Err(refused(400, "invalid_request", &format!("missing_{name}"), description));
    }
    Ok(value)
}

fn invalid(reason: &str, description: &str) -> Refusal {
    refused(400, "invalid_grant", reason, description)
}

fn by_password(call: &mut Call<'_>, client: &Object) -> Answer {
    let (login_id, password) = (call.body_text("username"), call.body_text("password"));
    let user = logins::by_password(call, &login_id, &password)
        .map_err(|_| invalid("invalid_user_credentials", "There is no such user, or the password is wrong."))?;
    set(&mut call.body, "applicationId", text(client, "id"));
    set(&mut call.body, "noJWT", true);
    let login = logins::first_factor(call, &user, None).unwrap_or_else(|refusal| refusal);
    let found = |name: &str| login.body.as_ref().and_then(|body| body.get(name)).cloned().unwrap_or_default();
    let more = |error: &str, reason: &str, description: &str, properties: [(&str, Value); 2]| {
        let mut refusal = refused(400, error, reason, description);
        if let Some(Value::Object(body)) = &mut refusal.body {
            properties.into_iter().for_each(|(name, value)| set(body, name, value));
        }
        Err(refusal)
    };
    match login.status {
        200 | 202 => Ok(issued(call, &user, client)),
        203 => more(
            "change_password_required",
            "change_password_administrative",
            "The user has to change the password.",
            [("change_password_id", found("changePasswordId")), ("two_factor_id", Value::Null)],
        ),
        242 => more(
            "two_factor_required",
            "multi_factor_challenge_required",
            "The user has a second factor.",
            [("two_factor_id", found("twoFactorId")), ("two_factor_methods", found("methods"))],
        ),
        410 => Err(invalid("user_expired", "The user has expired.")),
        423 => Err(invalid("user_locked", "The user is locked.")),
        _ => Err(invalid("login_prevented", "An action prevents the user from logging in.")),
    }
}

fn by_refresh_token(call: &mut Call<'_>, client: &Object) -> Answer {
    let value = required(call, "refresh_token")?;
    let known = tokens::refresh(call, &value)
        .ok_or_else(|| invalid("refresh_token_not_found", "The refresh token is unknown, expired or revoked."))?;
    check_client(text(&known, "applicationId"), client)?;
    let (token, known) = tokens::refreshed(call, known, text(client, "id"));
    Ok(Response::ok(json!({
        "access_token": token, "expires_in": tokens::LIFETIME_SECONDS, "token_type": "Bearer",
        "userId": text(&known, "userId"), "refresh_token": text(&known, "token"), "refresh_token_id": text(&known, "id"),
    })))
}

/// Checks that a client uses what was given out to it.
fn check_client(owner: &str, client: &Object) -> Result<(), Refusal> {
    if owner.is_empty() || owner == text(client, "id") {
        return Ok(());
    }
    Err(invalid("client_id_mismatch", "It was given out to another client."))
}

fn by_client_credentials(call: &mut Call<'_>, client: &Object) -> Answer {
    let scope = call.body_text("scope");
    let mut permissions = Object::new();
    for target in scope.split_whitespace().filter_map(|scope| scope.strip_prefix(TARGET)) {
        let (entity_id, wanted) = target.split_once(':').unwrap_or((target, ""));
        let granted = granted(call, entity_id, text(client, "id")).ok_or_else(|| {
            let description = format!("The client has no grant on the entity [{entity_id}].");
            refused(400, "invalid_scope", "invalid_target_entity_scope", description)
        })?;
        let wanted: Vec<_> = wanted.split(',').filter(|name| !name.is_empty()).map(Value::from).collect();
        if let Some(name) = wanted.iter().find(|name| !granted.contains(name)) {
            let description = format!("The client is not granted {name} on the entity [{entity_id}].");
            return Err(refused(400, "invalid_scope", "invalid_entity_permission_scope", description));
        }
        set(&mut permissions, entity_id, if wanted.is_empty() { granted } else { wanted });
    }
    let token = tokens::issue_access(call, "", text(client, "id"));
    tokens::describe(call, &token, json!({ "scope": scope, "permissions": permissions }));
    Ok(Response::ok(json!({
        "access_token": token, "expires_in": tokens::LIFETIME_SECONDS, "token_type": "Bearer", "scope": scope,
    })))
}

/// The permissions that an entity is granted on another one; `None` without a grant.
fn granted(call: &Call<'_>, entity_id: &str, recipient_id: &str) -> Option<Vec<Value>> {
    let mut grants = call.state.all("grant").iter();
    let grant = grants.find(|grant| {
        let of = grant.get("entity").and_then(|entity| entity.get("id"));
        of == Some(&json!(entity_id)) && text(grant, "recipientEntityId") == recipient_id
    });
    grant.map(|grant| items(grant, "permissions").to_vec())
}

fn by_device(call: &mut Call<'_>, client: &Object) -> Answer {
    let code = required(call, "device_code")?;
    let device = codes::find(call, Purpose::Device, &code)
        .map_err(|_| invalid("invalid_device_code", "The device code is unknown or expired."))?;
    check_client(text(&device, "clientId"), client)?;
    if text(&device, "userId").is_empty() {
        let description = "The user has not approved the device yet.";
        return Err(refused(400, "authorization_pending", "authorization_pending", description));
    }
    codes::take(call, Purpose::Device, text(&device, "id"))?;
    let user = call.visible("user", text(&device, "userId"))?;
    if let Some(scope) = device.get("scope") {
        set(&mut call.body, "scope", scope.clone());
    }
    Ok(issued(call, &user, client))
}

/// There is no page where a user would sign in, so nobody has such a code.
fn by_code(call: &mut Call<'_>, _: &Object) -> Answer {
    required(call, "code")?;
    Err(invalid("auth_code_not_found", "The authorization code is unknown or expired."))
}

/// The tokens of a user: an id token for the scope `openid`, a refresh token for `offline_access` where the application
/// has them, as documented.
fn issued(call: &mut Call<'_>, user: &Object, client: &Object) -> Response {
    let scope = call.body_text("scope");
    let has = |wanted: &str| scope.split_whitespace().any(|scope| scope == wanted);
    let configuration = client.get("oauthConfiguration");
    let has_refresh_tokens = configuration.and_then(|oauth| oauth.get("generateRefreshTokens")) == Some(&json!(true));
    let session = tokens::issue(call, user, text(client, "id"));
    tokens::describe(call, &session.token, json!({ "scope": scope }));
    let mut body = json!({
        "access_token": session.token, "expires_in": tokens::LIFETIME_SECONDS, "token_type": "Bearer",
        "userId": text(user, "id"), "scope": Some(&scope).filter(|scope| !scope.is_empty()),
    });
    if let Some(body) = body.as_object_mut() {
        if has("openid") {
            set(body, "id_token", tokens::issue_access(call, text(user, "id"), text(client, "id")));
        }
        if has("offline_access") && has_refresh_tokens {
            set(body, "refresh_token", session.refresh_token);
            set(body, "refresh_token_id", session.refresh_token_id);
        } else {
            tokens::forget(call, &session.refresh_token_id);
        }
    }
    Response::ok(body)
}
