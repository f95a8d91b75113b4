//! Forgotten and changed passwords.

use serde_json::json;

use super::{
    codes::{self, Purpose},
    tokens,
};
use crate::{
    answers::users::{login_rules, user},
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{Object, set, text},
};

/// Answers calls about changes of a password.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match (call.api_path()?, call.method) {
        ("user/forgot-password", _) => Some(forgot(call)),
        ("user/change-password", Method::Get) => Some(is_known_user(call)),
        ("user/change-password/{changePasswordId}", Method::Get) => Some(is_known_id(call)),
        ("user/change-password" | "user/change-password/{changePasswordId}", _) => Some(change(call)),
        _ => None,
    }
}

fn forgot(call: &mut Call<'_>) -> Answer {
    let names = ["loginId", "email", "username"].map(|name| call.body_text(name));
    let Some(login_id) = names.into_iter().find(|name| !name.is_empty()) else {
        return Err(Response::blank("loginId"));
    };
    let user = user::by_login(call, &login_id).ok_or_else(Response::not_found)?;
    let given = call.body_text("changePasswordId");
    let properties = json!({ "userId": text(&user, "id"), "state": call.body.get("state") });
    if call.is_anonymous() {
        codes::issue(call, Purpose::ChangePassword, None, properties);
        return Ok(Response::empty(200));
    }
    let id = codes::issue(call, Purpose::ChangePassword, Some(given), properties);
    Ok(Response::ok(json!({ "changePasswordId": id })))
}

/// Whether a user may change a password: 200 without a body.
fn is_known_user(call: &Call<'_>) -> Answer {
    let user = match (call.query_value("loginId"), &call.bearer_user_id) {
        (Some(login_id), _) => user::by_login(call, &login_id),
        (None, Some(id)) => call.state.get("user", id).cloned(),
        (None, None) => return Err(Response::blank("loginId")),
    };
    user.map(|_| Response::empty(200)).ok_or_else(Response::not_found)
}

fn is_known_id(call: &Call<'_>) -> Answer {
    codes::find(call, Purpose::ChangePassword, &call.path_value(0)).map(|_| Response::empty(200))
}

/// Changes a password by the id of the message, by a login id, or for the owner of the token.
fn change(call: &mut Call<'_>) -> Answer {
    let password = call.body_text("password");
    if password.is_empty() {
        return Err(Response::blank("password"));
    }
    let id = Some(call.path_value(0)).filter(|id| !id.is_empty()).unwrap_or_else(|| call.body_text("changePasswordId"));
    let (mut user, state) = if id.is_empty() {
        // Only an id stands for credentials.
        if call.is_anonymous() {
            return Err(Response::empty(401));
        }
        (of_body(call)?, None)
    } else {
        let code = codes::find(call, Purpose::ChangePassword, &id)?;
        (call.visible("user", text(&code, "userId"))?, code.get("state").cloned())
    };
    check_current(call, &user)?;
    login_rules::check_age(call, &user)?;
    login_rules::check_password(call, &user, "password", &password)?;
    let user_id = text(&user, "id").to_owned();
    set(&mut user, "password", password);
    set(&mut user, "passwordChangeRequired", false);
    login_rules::keep(call, &mut user);
    call.state.put("user", user);
    // As documented, who has the old password is signed out, and other ids for a change end.
    codes::forget(call, Purpose::ChangePassword, &user_id);
    tokens::revoke_all(call, &user_id);
    if id.is_empty() && call.bearer_user_id.is_none() {
        return Ok(Response::empty(200));
    }
    let one_time = codes::issue(call, Purpose::OneTimePassword, None, json!({ "userId": user_id }));
    Ok(Response::ok(json!({ "oneTimePassword": one_time, "state": state })))
}

fn of_body(call: &Call<'_>) -> Result<Object, Refusal> {
    let login_id = call.body_text("loginId");
    match &call.bearer_user_id {
        Some(id) if login_id.is_empty() => call.visible("user", id),
        _ if login_id.is_empty() => Err(Response::blank("loginId")),
        _ => user::by_login(call, &login_id).ok_or_else(Response::not_found),
    }
}

/// The present password has to be right where it is given, and has to be given with the user's own token.
fn check_current(call: &Call<'_>, user: &Object) -> Result<(), Refusal> {
    let current = call.body_text("currentPassword");
    if current.is_empty() {
        let is_own = call.bearer_user_id.is_some();
        return if is_own { Err(Response::blank("currentPassword")) } else { Ok(()) };
    }
    if login_rules::is_password(call, text(user, "id"), &current) { Ok(()) } else { Err(Response::not_found()) }
}
