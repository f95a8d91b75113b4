//! Logins, and the records that they leave.

use serde_json::{Value, json};

use super::users::{actions, user};
use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{Object, into_object, items, set, text},
    patch,
};

/// Answers calls about logins.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "login" if call.method == Method::Post => Some(login(call)),
        "login" | "login/{userId}/{applicationId}" => Some(ping(call)),
        "logout" => Some(Ok(Response::empty(200))),
        "user/recent-login" => Some(recent(call)),
        _ => None,
    }
}

/// Logs a user in: checks the password and what prevents logins, then issues tokens.
fn login(call: &mut Call<'_>) -> Answer {
    let (login_id, password) = (call.body_text("loginId"), call.body_text("password"));
    let user = user::by_login(call, &login_id).ok_or_else(Response::not_found)?;
    let user_id = text(&user, "id").to_owned();
    if call.state.get("password", &user_id).is_none_or(|known| text(known, "password") != password) {
        return Err(Response::not_found());
    }
    let now = call.state.now();
    if user.get("active") == Some(&json!(false)) {
        return Err(Response::empty(423));
    }
    if user.get("expiry").and_then(Value::as_u64).is_some_and(|expiry| expiry < now) {
        return Err(Response::empty(410));
    }
    let preventing: Vec<_> = call
        .state
        .all("action")
        .iter()
        .filter(|action| text(action, "actioneeUserId") == user_id && actions::is_in_effect(action, now))
        .filter(|action| action.get("preventLogin") == Some(&json!(true)))
        .map(|action| json!({ "actionId": action.get("id"), "name": action.get("name"), "expiry": action.get("expiry") }))
        .collect();
    if let Some(first) = preventing.first() {
        let mut body = first.clone();
        patch::merge(&mut body, &json!({ "actions": preventing }));
        return Err(Response { body: Some(body), ..Response::empty(409) });
    }
    let application_id = call.body_text("applicationId");
    let mut registrations = items(&user, "registrations").iter();
    let is_registered =
        registrations.any(|registration| registration.get("applicationId") == Some(&json!(application_id)));
    let token = format!("sandbox.{}", call.state.new_code());
    call.state.put("access-token", into_object(json!({ "id": token, "userId": user_id })));
    let (refresh_id, refresh) = (call.state.new_id(), call.state.new_code());
    let body = json!({
        "token": token, "tokenExpirationInstant": now + 3_600_000, "refreshToken": refresh, "refreshTokenId": refresh_id,
        "user": user::shown(call, &user),
    });
    let session = json!({
        "id": refresh_id, "token": refresh, "userId": user_id, "applicationId": application_id, "insertInstant": now,
        "startInstant": now, "tenantId": text(&user, "tenantId"),
    });
    call.state.put("refresh-token", into_object(session));
    record(call, &user, &application_id, now);
    let status = if is_registered || application_id.is_empty() { 200 } else { 202 };
    Ok(Response { body: Some(body), ..Response::empty(status) })
}

/// Records a login.
fn record(call: &mut Call<'_>, user: &Object, application_id: &str, now: u64) {
    let user_id = text(user, "id").to_owned();
    let id = call.state.new_id();
    let login = json!({
        "id": id, "userId": user_id, "applicationId": application_id, "instant": now, "ipAddress": "127.0.0.1",
        "loginId": text(user, "email"),
    });
    call.state.put("login", into_object(login));
    if let Some(user) = call.state.get_mut("user", &user_id) {
        set(user, "lastLoginInstant", now);
    }
}

/// Records a login that happened elsewhere.
fn ping(call: &mut Call<'_>) -> Answer {
    let from_body = (call.body_text("userId"), call.body_text("applicationId"));
    let (user_id, application_id) =
        if call.path_values.is_empty() { from_body } else { (call.path_value(0), call.path_value(1)) };
    let user = call.visible("user", &user_id)?;
    let now = call.state.now();
    record(call, &user, &application_id, now);
    Ok(Response::ok(json!({ "user": user::shown(call, &user) })))
}

/// The latest logins, the newest first.
fn recent(call: &Call<'_>) -> Answer {
    let (user, application) = (call.query_value("userId"), call.query_value("applicationId"));
    let logins: Vec<_> = call
        .state
        .all("login")
        .iter()
        .rev()
        .filter(|login| user.as_deref().is_none_or(|id| text(login, "userId") == id))
        .filter(|login| application.as_deref().is_none_or(|id| text(login, "applicationId") == id))
        .take(call.query_value("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10))
        .collect();
    Ok(Response::ok(json!({ "logins": logins })))
}
