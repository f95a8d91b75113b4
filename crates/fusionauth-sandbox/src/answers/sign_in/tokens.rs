//! The access and refresh tokens that logins issue. They have no signature.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{Object, default, into_object, items, set, text, text_if_any},
};

/// How long an access token is said to live, in seconds.
pub const LIFETIME_SECONDS: u64 = 3_600;

const ACCESS: &str = "access-token";
const REFRESH: &str = "refresh-token";

/// What a login issues.
pub struct Session {
    pub token: String,
    pub refresh_token: String,
    pub refresh_token_id: String,
}

/// Answers calls about tokens.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match (call.path_template.as_str(), call.method) {
        ("/api/jwt/validate" | "/oauth2/userinfo", _) => Some(claims(call)),
        ("/api/jwt/refresh", Method::Get) => Some(list(call)),
        ("/api/jwt/refresh", Method::Delete) => Some(revoke(call)),
        ("/api/jwt/refresh", _) => Some(exchange(call)),
        ("/api/jwt/refresh/{tokenId}", _) => Some(refresh_token(call)),
        ("/api/jwt/issue", _) => Some(issue_for_application(call)),
        ("/api/jwt/vend", _) => Some(vend(call)),
        ("/api/jwt/public-key", _) => Some(public_keys(call)),
        ("/api/logout", _) => Some(logout(call)),
        ("/api/user/refresh-token/import", _) => Some(import(call)),
        _ => None,
    }
}

/// Issues the tokens of a login.
pub fn issue(call: &mut Call<'_>, user: &Object, application_id: &str) -> Session {
    let token = issue_access(call, text(user, "id"), application_id);
    let (id, refresh_token) = (call.state.new_id(), call.state.new_code());
    let now = call.state.now();
    let session = json!({
        "id": id, "token": refresh_token, "userId": text(user, "id"), "applicationId": application_id, "insertInstant": now,
        "startInstant": now, "tenantId": text(user, "tenantId"),
    });
    call.state.put(REFRESH, into_object(session));
    Session { token, refresh_token, refresh_token_id: id }
}

/// Issues an access token alone.
pub fn issue_access(call: &mut Call<'_>, subject: &str, application_id: &str) -> String {
    let token = format!("sandbox.{}", call.state.new_code());
    let known =
        json!({ "id": token, "userId": subject, "applicationId": application_id, "insertInstant": call.state.now() });
    call.state.put(ACCESS, into_object(known));
    token
}

/// Keeps more about an access token.
pub fn describe(call: &mut Call<'_>, token: &str, properties: Value) {
    if let Some(known) = call.state.get_mut(ACCESS, token) {
        known.extend(into_object(properties));
    }
}

/// Revokes the refresh tokens of a user.
pub fn revoke_all(call: &mut Call<'_>, user_id: &str) {
    call.state.remove(REFRESH, |known| text(known, "userId") == user_id);
}

/// Forgets a refresh token that nobody was given.
pub fn forget(call: &mut Call<'_>, id: &str) {
    call.state.remove(REFRESH, |known| text(known, "id") == id);
}

/// What is known of an access token.
pub fn access<'c>(call: &'c Call<'_>, token: &str) -> Option<&'c Object> {
    call.state.get(ACCESS, token)
}

/// The refresh token with this value.
pub fn refresh(call: &Call<'_>, value: &str) -> Option<Object> {
    call.state.all(REFRESH).iter().find(|known| !value.is_empty() && text(known, "token") == value).cloned()
}

fn claims(call: &Call<'_>) -> Answer {
    let id = call.bearer_user_id.clone().unwrap_or_default();
    let user = call.state.get("user", &id).ok_or_else(|| Response::empty(401))?;
    let claims = json!({ "sub": id, "email": text(user, "email") });
    let is_userinfo = call.path_template == "/oauth2/userinfo";
    Ok(Response::ok(if is_userinfo { claims } else { json!({ "jwt": claims }) }))
}

fn list(call: &Call<'_>) -> Answer {
    let id = call.query_value("userId").unwrap_or_default();
    let tokens: Vec<_> = call.state.all(REFRESH).iter().filter(|token| text(token, "userId") == id).collect();
    Ok(Response::ok(json!({ "refreshTokens": tokens })))
}

/// Revokes one token, or those of a user, of an application, or of a user in an application.
fn revoke(call: &mut Call<'_>) -> Answer {
    let given = |name: &str| call.query_value(name).or_else(|| text_if_any(&call.body, name).map(str::to_owned));
    let (user, token, application) = (given("userId"), given("token"), given("applicationId"));
    if let Some(owner) = &call.bearer_user_id {
        // With the token of a user, only a refresh token of that user.
        let known = token.as_ref().and_then(|token| refresh(call, token));
        if known.is_none_or(|known| text(&known, "userId") != owner) {
            return Err(Response::empty(401));
        }
    }
    if user.is_none() && token.is_none() && application.is_none() {
        return Err(Response::general("missing", "You must specify [userId], [applicationId] or [token]."));
    }
    call.state.remove(REFRESH, |known| {
        let is_user = user.as_deref() == Some(text(known, "userId"));
        let is_application = application.as_deref() == Some(text(known, "applicationId"));
        let is_token = token.as_deref() == Some(text(known, "token"));
        is_token || (is_user && (is_application || application.is_none())) || (is_application && user.is_none())
    });
    Ok(Response::empty(200))
}

fn exchange(call: &mut Call<'_>) -> Answer {
    let value = call.body_text("refreshToken");
    if value.is_empty() {
        return Err(Response::blank("refreshToken"));
    }
    let known = refresh(call, &value).ok_or_else(|| {
        Response::field("invalid", "refreshToken", "The refresh token is unknown, expired or revoked.")
    })?;
    let application_id = text(&known, "applicationId").to_owned();
    let (token, known) = refreshed(call, known, &application_id);
    Ok(Response::ok(
        json!({ "token": token, "refreshToken": text(&known, "token"), "refreshTokenId": text(&known, "id") }),
    ))
}

/// A new access token for a refresh token, and the refresh token, whose value is a new one where it can be used once.
pub fn refreshed(call: &mut Call<'_>, mut known: Object, application_id: &str) -> (String, Object) {
    let token = issue_access(call, text(&known, "userId"), application_id);
    let policy = call.state.get("application", application_id);
    let policy = policy.and_then(|application| application.get("jwtConfiguration")?.get("refreshTokenUsagePolicy"));
    if policy == Some(&json!("OneTimeUse")) {
        let next = call.state.new_code();
        set(&mut known, "token", next);
        call.state.put(REFRESH, known.clone());
    }
    (token, known)
}

fn refresh_token(call: &mut Call<'_>) -> Answer {
    let id = call.path_value(0);
    let token = call.visible(REFRESH, &id)?;
    if call.bearer_user_id.as_deref().is_some_and(|owner| owner != text(&token, "userId")) {
        return Err(Response::empty(401));
    }
    if call.method == Method::Delete {
        call.state.remove(REFRESH, |known| text(known, "id") == id);
        return Ok(Response::empty(200));
    }
    Ok(Response::ok(json!({ "refreshToken": token })))
}

/// Tokens for another application, by a token that is there.
fn issue_for_application(call: &mut Call<'_>) -> Answer {
    let application_id = call.query_value("applicationId").ok_or_else(|| Response::blank("applicationId"))?;
    let user_id = call.bearer_user_id.clone().unwrap_or_default();
    let user = call.state.get("user", &user_id).cloned().ok_or_else(|| Response::empty(401))?;
    let mut registrations = items(&user, "registrations").iter();
    if !registrations.any(|registration| registration.get("applicationId") == Some(&json!(application_id))) {
        return Err(Response::not_found());
    }
    let session = issue(call, &user, &application_id);
    Ok(Response::ok(json!({ "token": session.token, "refreshToken": session.refresh_token })))
}

/// A token with the caller's own claims.
fn vend(call: &mut Call<'_>) -> Answer {
    let key_id = call.body_text("keyId");
    if !key_id.is_empty() && call.state.get("key", &key_id).is_none() {
        return Err(Response::field("invalid", "keyId", format!("There is no key [{key_id}].")));
    }
    let token = issue_access(call, "", "");
    Ok(Response::ok(json!({ "token": token })))
}

/// The public keys that verify tokens: of one key, of an application, or all.
fn public_keys(call: &Call<'_>) -> Answer {
    let (key_id, application_id) = (call.query_value("keyId"), call.query_value("applicationId"));
    let public = |key: &Object| text_if_any(key, "publicKey").map(|public| json!(public));
    let of_key = |id: &str| call.state.get("key", id).and_then(public).ok_or_else(Response::not_found);
    match (key_id, application_id) {
        (Some(id), _) => Ok(Response::ok(json!({ "publicKey": of_key(&id)? }))),
        (None, Some(id)) => {
            let application = call.visible("application", &id)?;
            let own = application.get("jwtConfiguration").and_then(|jwt| jwt.get("accessTokenKeyId")?.as_str());
            let own = own.ok_or_else(Response::not_found)?;
            Ok(Response::ok(json!({ "publicKey": of_key(own)? })))
        }
        (None, None) => {
            let keys = call.state.all("key").iter();
            let keys: Object = keys.filter_map(|key| Some((text(key, "kid").to_owned(), public(key)?))).collect();
            Ok(Response::ok(json!({ "publicKeys": keys })))
        }
    }
}

/// Revokes the refresh token that is given, or all of its owner.
fn logout(call: &mut Call<'_>) -> Answer {
    let body = Some(call.body_text("refreshToken")).filter(|token| !token.is_empty());
    let value = call.query_value("refreshToken").or(body).unwrap_or_default();
    let is_global = call.query_flag("global") || call.body_flag("global");
    if let Some(known) = refresh(call, &value) {
        let (id, user_id) = (text(&known, "id").to_owned(), text(&known, "userId").to_owned());
        call.state.remove(REFRESH, |other| text(other, "id") == id || is_global && text(other, "userId") == user_id);
    }
    Ok(Response::empty(200))
}

/// Keeps refresh tokens of another system.
fn import(call: &mut Call<'_>) -> Answer {
    let tokens: Vec<_> = items(&call.body, "refreshTokens").iter().cloned().map(into_object).collect();
    if tokens.is_empty() {
        return Err(Response::blank("refreshTokens"));
    }
    let mut checked = Vec::new();
    for (index, mut token) in tokens.into_iter().enumerate() {
        let tenant_id = check_import(call, index, &token)?;
        let (id, now) = (call.state.new_id(), call.state.now());
        default(&mut token, "id", id);
        default(&mut token, "insertInstant", now);
        default(&mut token, "startInstant", now);
        set(&mut token, "tenantId", tenant_id);
        checked.push(token);
    }
    for token in checked {
        call.state.put(REFRESH, token);
    }
    Ok(Response::empty(200))
}

/// The tenant of an imported token.
fn check_import(call: &Call<'_>, index: usize, token: &Object) -> Result<Value, Refusal> {
    let field = |name: &str| format!("refreshTokens[{index}].{name}");
    if text(token, "token").is_empty() {
        return Err(Response::blank(&field("token")));
    }
    if refresh(call, text(token, "token")).is_some() {
        return Err(Response::field("duplicate", &field("token"), "This token is there already."));
    }
    for (name, collection) in [("userId", "user"), ("applicationId", "application")] {
        let id = text(token, name);
        if id.is_empty() {
            return Err(Response::blank(&field(name)));
        }
        if call.visible(collection, id).is_err() {
            return Err(Response::field("invalid", &field(name), format!("There is no {collection} [{id}].")));
        }
    }
    let user = call.state.get("user", text(token, "userId"));
    Ok(user.and_then(|user| user.get("tenantId").cloned()).unwrap_or_default())
}
