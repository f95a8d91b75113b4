//! Logins by a code that is sent to the user.

use serde_json::json;

use super::{
    codes::{self, Purpose},
    logins,
};
use crate::{
    answers::users::user,
    call::{Answer, Call},
    exchange::{Refusal, Response},
    object::{is_on, text},
};

/// Answers calls about passwordless logins.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "passwordless/start" => Some(start(call)),
        "passwordless/send" => Some(send(call)),
        "passwordless/login" => Some(login(call)),
        _ => None,
    }
}

fn start(call: &mut Call<'_>) -> Answer {
    let (code, short) = new_code(call)?;
    Ok(Response::ok(json!({ "code": code, "oneTimeCode": short })))
}

/// A code for the user and the application that the body names.
fn new_code(call: &mut Call<'_>) -> Result<(String, Option<String>), Refusal> {
    let (application_id, login_id) = (call.body_text("applicationId"), call.body_text("loginId"));
    for (name, value) in [("applicationId", &application_id), ("loginId", &login_id)] {
        if value.is_empty() {
            return Err(Response::blank(name));
        }
    }
    let application = call.visible("application", &application_id).map_err(|_| {
        Response::field("invalid", "applicationId", format!("There is no application [{application_id}]."))
    })?;
    if !is_on(&application, "passwordlessConfiguration") {
        let message = "Passwordless logins are not enabled for this application.";
        return Err(Response::general("PasswordlessDisabled", message));
    }
    let user = user::by_login(call, &login_id).ok_or_else(Response::not_found)?;
    let short = (call.body_text("loginStrategy") == "FormField").then(|| codes::short(call));
    let properties = json!({ "userId": text(&user, "id"), "state": call.body.get("state"), "oneTimeCode": short });
    Ok((codes::issue(call, Purpose::Passwordless, None, properties), short))
}

/// Sends a code that was made before, or makes one.
fn send(call: &mut Call<'_>) -> Answer {
    let code = call.body_text("code");
    if code.is_empty() {
        new_code(call)?;
    } else {
        codes::find(call, Purpose::Passwordless, &code)?;
    }
    Ok(Response::empty(200))
}

fn login(call: &mut Call<'_>) -> Answer {
    let id = call.body_text("code");
    if id.is_empty() {
        return Err(Response::blank("code"));
    }
    let code = codes::find(call, Purpose::Passwordless, &id)?;
    codes::check_short(&code, &call.body_text("oneTimeCode"))?;
    codes::take(call, Purpose::Passwordless, &id)?;
    let user = call.visible("user", text(&code, "userId"))?;
    logins::first_factor(call, &user, code.get("state"))
}
