//! The verification of e-mail addresses, phone numbers and registrations.

use serde_json::{Value, json};

use super::codes::{self, Purpose};
use crate::{
    answers::users::user,
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{Object, items, set, text},
};

/// Answers calls about verification.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match (call.api_path()?, call.method) {
        ("user/verify-email", Method::Put) => Some(start_email(call)),
        ("user/verify-email" | "user/verify-email/{verificationId}", _) => Some(complete_email(call)),
        ("user/verify-registration", Method::Put) => Some(start_registration(call)),
        ("user/verify-registration" | "user/verify-registration/{verificationId}", _) => {
            Some(complete_registration(call))
        }
        ("identity/verify", _) => Some(verify_identity(call)),
        ("identity/verify/start", _) => Some(start_identity(call)),
        ("identity/verify/send", _) => Some(send_identity(call)),
        ("identity/verify/complete", _) => Some(complete_identity(call)),
        _ => None,
    }
}

/// The user with the e-mail address in the query.
fn by_email(call: &Call<'_>) -> Result<Object, Refusal> {
    let email = call.query_value("email").ok_or_else(|| Response::blank("email"))?;
    user::by_login(call, &email).ok_or_else(Response::not_found)
}

fn start_email(call: &mut Call<'_>) -> Answer {
    let user = by_email(call)?;
    let id = codes::issue(call, Purpose::VerifyEmail, None, json!({ "userId": text(&user, "id") }));
    Ok(started(call, &id))
}

/// The id of a verification, which only the holder of an API key is told, as documented.
fn started(call: &Call<'_>, id: &str) -> Response {
    if call.is_anonymous() { Response::empty(200) } else { Response::ok(json!({ "verificationId": id })) }
}

/// By the id of the message, or of a user by an administrator.
fn complete_email(call: &mut Call<'_>) -> Answer {
    let user_id = call.body_text("userId");
    let id = given_id(call);
    let user_id = match (id.is_empty(), user_id.is_empty()) {
        (true, true) => return Err(Response::blank("verificationId")),
        (true, false) if call.is_anonymous() => return Err(Response::empty(401)),
        (true, false) => user_id,
        (false, _) => {
            let code = codes::find(call, Purpose::VerifyEmail, &id)?;
            codes::check_short(&code, &call.body_text("oneTimeCode"))?;
            text(&codes::take(call, Purpose::VerifyEmail, &id)?, "userId").to_owned()
        }
    };
    let mut user = call.visible("user", &user_id)?;
    set(&mut user, "verified", true);
    call.state.put("user", user);
    Ok(Response::empty(200))
}

/// The id in the path or in the body.
fn given_id(call: &Call<'_>) -> String {
    Some(call.path_value(0)).filter(|id| !id.is_empty()).unwrap_or_else(|| call.body_text("verificationId"))
}

fn start_registration(call: &mut Call<'_>) -> Answer {
    let user = by_email(call)?;
    let application_id = call.query_value("applicationId").ok_or_else(|| Response::blank("applicationId"))?;
    if registration_of(&user, &application_id).is_none() {
        return Err(Response::not_found());
    }
    let properties = json!({ "userId": text(&user, "id"), "applicationId": application_id });
    let id = codes::issue(call, Purpose::VerifyRegistration, None, properties);
    Ok(started(call, &id))
}

fn complete_registration(call: &mut Call<'_>) -> Answer {
    let id = given_id(call);
    if id.is_empty() {
        return Err(Response::blank("verificationId"));
    }
    let code = codes::find(call, Purpose::VerifyRegistration, &id)?;
    codes::check_short(&code, &call.body_text("oneTimeCode"))?;
    codes::take(call, Purpose::VerifyRegistration, &id)?;
    let mut user = call.visible("user", text(&code, "userId"))?;
    let index = registration_of(&user, text(&code, "applicationId")).ok_or_else(Response::not_found)?;
    let registrations = user.get_mut("registrations").and_then(Value::as_array_mut);
    if let Some(Value::Object(registration)) = registrations.and_then(|registrations| registrations.get_mut(index)) {
        set(registration, "verified", true);
    }
    call.state.put("user", user);
    Ok(Response::empty(200))
}

fn registration_of(user: &Object, application_id: &str) -> Option<usize> {
    let registrations = items(user, "registrations").iter();
    registrations
        .map(|registration| registration.get("applicationId"))
        .position(|id| id == Some(&json!(application_id)))
}

/// By an administrator. Only e-mail addresses have a state in the sandbox.
fn verify_identity(call: &mut Call<'_>) -> Answer {
    let login_id = call.body_text("loginId");
    if login_id.is_empty() {
        return Err(Response::blank("loginId"));
    }
    let user = user::by_login(call, &login_id).ok_or_else(Response::not_found)?;
    mark_identity(call, user, &login_id);
    Ok(Response::empty(200))
}

fn mark_identity(call: &mut Call<'_>, mut user: Object, login_id: &str) {
    if text(&user, "email").eq_ignore_ascii_case(login_id) {
        set(&mut user, "verified", true);
        call.state.put("user", user);
    }
}

fn start_identity(call: &mut Call<'_>) -> Answer {
    let login_id = call.body_text("loginId");
    for (name, value) in [("loginId", &login_id), ("loginIdType", &call.body_text("loginIdType"))] {
        if value.is_empty() {
            return Err(Response::blank(name));
        }
    }
    let is_new = call.body_text("existingUserStrategy") == "mustNotExist";
    let is_there = user::by_login(call, &login_id).is_some();
    if is_new == is_there {
        let message = if is_new { "A user has this login already." } else { "There is no user with this login." };
        return Err(Response::field("invalid", "loginId", message));
    }
    let short = (call.body_text("verificationStrategy") == "FormField").then(|| codes::short(call));
    let properties = json!({ "loginId": login_id, "state": call.body.get("state"), "oneTimeCode": short });
    let id = codes::issue(call, Purpose::Identity, None, properties);
    Ok(Response::ok(json!({ "verificationId": id, "oneTimeCode": short })))
}

fn send_identity(call: &mut Call<'_>) -> Answer {
    codes::find(call, Purpose::Identity, &call.body_text("verificationId")).map(|_| Response::empty(200))
}

fn complete_identity(call: &mut Call<'_>) -> Answer {
    let id = given_id(call);
    if id.is_empty() {
        return Err(Response::blank("verificationId"));
    }
    let code = codes::find(call, Purpose::Identity, &id)?;
    codes::check_short(&code, &call.body_text("oneTimeCode"))?;
    codes::take(call, Purpose::Identity, &id)?;
    let login_id = text(&code, "loginId");
    if let Some(user) = user::by_login(call, login_id) {
        mark_identity(call, user, login_id);
    }
    Ok(Response::ok(json!({ "state": code.get("state") })))
}
