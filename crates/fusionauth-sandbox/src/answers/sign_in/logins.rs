//! Logins, and the records that they leave.

use serde_json::{Value, json};

use super::{
    challenges,
    codes::{self, Purpose},
    tokens,
};
use crate::{
    answers::{
        logs,
        users::{actions, login_rules, user},
    },
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{Object, drop_nulls, into_object, items, set, text, text_if_any},
    patch,
    state::State,
};

/// The records of logins.
const LOGINS: &str = "login";

/// Answers calls about logins.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "login" if call.method == Method::Post => Some(login(call)),
        "login" | "login/{userId}/{applicationId}" => Some(ping(call)),
        "user/recent-login" => Some(recent(call)),
        _ => None,
    }
}

/// Logs a user in by a password, or by what a change of the password gave out.
fn login(call: &mut Call<'_>) -> Answer {
    let application = call.state.get("application", text(&call.body, "applicationId"));
    let configuration = application.and_then(|application| application.get("loginConfiguration"));
    let needs_key = configuration.and_then(|login| login.get("requireAuthentication")) == Some(&json!(true));
    if needs_key && call.is_anonymous() {
        return Err(Response::empty(401));
    }
    let one_time = call.body_text("oneTimePassword");
    let user = if one_time.is_empty() {
        let (login_id, password) = (call.body_text("loginId"), call.body_text("password"));
        by_password(call, &login_id, &password)?
    } else {
        let code = codes::take(call, Purpose::OneTimePassword, &one_time)?;
        call.visible("user", text(&code, "userId"))?
    };
    first_factor(call, &user, None)
}

/// The user with this login id and password.
///
/// # Errors
/// 404 if there is none.
pub fn by_password(call: &Call<'_>, login_id: &str, password: &str) -> Result<Object, Refusal> {
    let user = user::by_login(call, login_id).ok_or_else(Response::not_found)?;
    if login_rules::is_password(call, text(&user, "id"), password) { Ok(user) } else { Err(Response::not_found()) }
}

/// Answers a login whose first factor is right: with a challenge for a second factor where the user has one, or with a
/// password that has to be changed, else with tokens.
///
/// # Errors
/// 409, 410 or 423 where something prevents the login.
pub fn first_factor(call: &mut Call<'_>, user: &Object, state: Option<&Value>) -> Answer {
    check_login(call, user)?;
    let methods = challenges::methods(user);
    let is_trusted = challenges::is_trusted(call, text(user, "id"), &call.body_text("twoFactorTrustId"));
    if !methods.is_empty() && !is_trusted && asks_for_second_factor(call, user) {
        let (id, _) = challenges::challenge(call, user, state);
        let body = json!({ "twoFactorId": id, "methods": methods });
        return Ok(Response { body: Some(body), ..Response::empty(242) });
    }
    complete(call, user, state)
}

fn asks_for_second_factor(call: &Call<'_>, user: &Object) -> bool {
    let tenant = call.state.get("tenant", text(user, "tenantId"));
    let policy = tenant.and_then(|tenant| tenant.get("multiFactorConfiguration")?.get("loginPolicy"));
    policy != Some(&json!("Disabled"))
}

/// Answers a login that is done.
///
/// # Errors
/// 409, 410 or 423 where something prevents the login.
pub fn complete(call: &mut Call<'_>, user: &Object, state: Option<&Value>) -> Answer {
    check_login(call, user)?;
    let user_id = text(user, "id").to_owned();
    if user.get("passwordChangeRequired") == Some(&json!(true)) {
        let id = codes::issue(call, Purpose::ChangePassword, None, json!({ "userId": user_id, "state": state }));
        let body = json!({ "changePasswordId": id, "changePasswordReason": "Administrative" });
        return Ok(Response { body: Some(body), ..Response::empty(203) });
    }
    let application_id = call.body_text("applicationId");
    let mut registrations = items(user, "registrations").iter();
    let is_registered =
        registrations.any(|registration| registration.get("applicationId") == Some(&json!(application_id)));
    let now = call.state.now();
    record(call, user, &application_id, now);
    let shown = call.state.get("user", &user_id).cloned().unwrap_or_default();
    let mut body = into_object(json!({ "user": user::shown(call, &shown), "state": state }));
    if !call.body_flag("noJWT") {
        let session = tokens::issue(call, user, &application_id);
        set(&mut body, "token", session.token);
        set(&mut body, "tokenExpirationInstant", now + tokens::LIFETIME_SECONDS * 1000);
        set(&mut body, "refreshToken", session.refresh_token);
        set(&mut body, "refreshTokenId", session.refresh_token_id);
    }
    let status = if is_registered || application_id.is_empty() { 200 } else { 202 };
    Ok(Response { body: Some(Value::Object(body)), ..Response::empty(status) })
}

/// Checks what prevents a login.
fn check_login(call: &mut Call<'_>, user: &Object) -> Result<(), Refusal> {
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
        .filter(|action| text(action, "actioneeUserId") == text(user, "id") && actions::is_in_effect(action, now))
        .filter(|action| action.get("preventLogin") == Some(&json!(true)))
        .map(|action| json!({ "actionId": action.get("id"), "name": action.get("name"), "expiry": action.get("expiry") }))
        .collect();
    match preventing.first() {
        None => Ok(()),
        Some(first) => {
            let mut body = first.clone();
            patch::merge(&mut body, &json!({ "actions": preventing }));
            Err(Response { body: Some(body), ..Response::empty(409) })
        }
    }
}

/// Records a login.
fn record(call: &mut Call<'_>, user: &Object, application_id: &str, now: u64) {
    let user_id = text(user, "id").to_owned();
    let id = call.state.new_id();
    let application = call.state.get("application", application_id);
    let mut login = json!({
        "id": id, "userId": user_id, "instant": now, "ipAddress": "127.0.0.1",
        "applicationId": application.and_then(|application| application.get("id")),
        "applicationName": application.and_then(|application| application.get("name")),
    });
    drop_nulls(&mut login);
    let mut login = into_object(login);
    remember(call.state, LOGINS, &mut login);
    call.state.put(LOGINS, login);
}

/// Remembers in a user that they logged in, where an entry of a log says so, and in the entry by what.
pub fn remember(state: &mut State, log: &str, entry: &mut Object) {
    let Some(user) = state.get_mut("user", text(entry, "userId")).filter(|_| log == LOGINS) else { return };
    let last = user.get("lastLoginInstant").and_then(Value::as_u64).unwrap_or_default();
    set(user, "lastLoginInstant", last.max(logs::instant(entry)));
    if let Some(login_id) = ["email", "username", "phoneNumber"].iter().find_map(|name| text_if_any(user, name)) {
        set(entry, "loginId", login_id);
    }
}

/// Records a login that happened elsewhere.
fn ping(call: &mut Call<'_>) -> Answer {
    let from_body = (call.body_text("userId"), call.body_text("applicationId"));
    let (user_id, application_id) =
        if call.path_values.is_empty() { from_body } else { (call.path_value(0), call.path_value(1)) };
    // A token is about its owner alone.
    let user = call.visible("user", call.bearer_user_id.as_ref().unwrap_or(&user_id))?;
    let now = call.state.now();
    record(call, &user, &application_id, now);
    Ok(Response::ok(json!({ "user": user::shown(call, &user) })))
}

/// The latest logins, the newest first.
fn recent(call: &Call<'_>) -> Answer {
    let (user, application) = (call.query_value("userId"), call.query_value("applicationId"));
    let mut newest_first: Vec<&Object> = call.state.all(LOGINS).iter().rev().collect();
    newest_first.sort_by_key(|login| std::cmp::Reverse(logs::instant(login)));
    let logins: Vec<_> = newest_first
        .into_iter()
        .filter(|login| user.as_deref().is_none_or(|id| text(login, "userId") == id))
        .filter(|login| application.as_deref().is_none_or(|id| text(login, "applicationId") == id))
        .take(call.query_value("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10))
        .collect();
    Ok(Response::ok(json!({ "logins": logins })))
}
