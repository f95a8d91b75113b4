//! Challenges for a second factor.

use serde_json::{Value, json};

use super::{
    challenges::{challenge, is_trusted, methods},
    codes::{self, Purpose},
    logins,
};
use crate::{
    answers::users::user,
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{Object, set, text},
};

/// Answers calls about second factors.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match (call.api_path()?, call.method) {
        ("two-factor/start", _) => Some(start(call)),
        ("two-factor/send", _) => Some(send_to_owner(call)),
        ("two-factor/send/{twoFactorId}", _) => Some(send(call)),
        ("two-factor/login", _) => Some(login(call)),
        ("two-factor/status", _) => Some(status(call, call.body_text("userId"), call.body_text("twoFactorTrustId"))),
        ("two-factor/status/{twoFactorTrustId}", Method::Get) => {
            Some(status(call, call.query_value("userId").unwrap_or_default(), call.path_value(0)))
        }
        _ => None,
    }
}

/// The user whom the body names.
fn of_body(call: &Call<'_>) -> Result<Object, Refusal> {
    let (id, login_id) = (call.body_text("userId"), call.body_text("loginId"));
    match (id.is_empty(), login_id.is_empty(), &call.bearer_user_id) {
        (false, _, _) => call.visible("user", &id),
        (true, false, _) => user::by_login(call, &login_id).ok_or_else(Response::not_found),
        (true, true, Some(own)) => call.visible("user", own),
        (true, true, None) => Err(Response::blank("userId")),
    }
}

fn start(call: &mut Call<'_>) -> Answer {
    let user = of_body(call)?;
    let methods = methods(&user);
    if methods.is_empty() {
        return Err(Response::general("TwoFactorDisabled", "The user has no second factor."));
    }
    let state = call.body.get("state").cloned();
    let (id, code) = challenge(call, &user, state.as_ref());
    Ok(Response::ok(json!({ "twoFactorId": id, "code": code, "methods": methods })))
}

/// Sends a code to a method that is being enabled or disabled.
fn send_to_owner(call: &mut Call<'_>) -> Answer {
    let user = of_body(call)?;
    let id = call.body_text("methodId");
    if id.is_empty() && call.body_text("method").is_empty() {
        return Err(Response::blank("method"));
    }
    if !id.is_empty() {
        check_method(&user, &id)?;
    }
    Ok(Response::empty(200))
}

/// Sends the code of a challenge.
fn send(call: &mut Call<'_>) -> Answer {
    let code = codes::find(call, Purpose::TwoFactor, &call.path_value(0))?;
    let user = call.visible("user", text(&code, "userId"))?;
    check_method(&user, &call.body_text("methodId"))?;
    Ok(Response::empty(200))
}

fn check_method(user: &Object, id: &str) -> Result<(), Refusal> {
    let is_known = methods(user).iter().any(|method| method.get("id") == Some(&json!(id)));
    let refusal = || Response::field("invalid", "methodId", format!("The user has no method [{id}]."));
    if is_known { Ok(()) } else { Err(refusal()) }
}

/// Takes the code of the challenge, or a recovery code, which is then used up. The sandbox reads no authenticator app.
fn login(call: &mut Call<'_>) -> Answer {
    let (id, typed) = (call.body_text("twoFactorId"), call.body_text("code"));
    for (name, value) in [("twoFactorId", &id), ("code", &typed)] {
        if value.is_empty() {
            return Err(Response::blank(name));
        }
    }
    let code = codes::find(call, Purpose::TwoFactor, &id)?;
    let mut user = call.visible("user", text(&code, "userId"))?;
    if text(&code, "oneTimeCode") != typed {
        use_recovery_code(&mut user, &typed).ok_or_else(|| Response::empty(421))?;
        call.state.put("user", user.clone());
    }
    codes::take(call, Purpose::TwoFactor, &id)?;
    let mut response = logins::complete(call, &user, code.get("state"))?;
    if call.body_flag("trustComputer") {
        let trust = codes::issue(call, Purpose::TwoFactorTrust, None, json!({ "userId": text(&user, "id") }));
        if let Some(Value::Object(body)) = &mut response.body {
            set(body, "twoFactorTrustId", trust);
        }
    }
    Ok(response)
}

fn use_recovery_code(user: &mut Object, typed: &str) -> Option<()> {
    let codes = user.get_mut("twoFactor")?.get_mut("recoveryCodes")?.as_array_mut()?;
    let index = codes.iter().position(|code| code == typed)?;
    codes.remove(index);
    Some(())
}

fn status(call: &Call<'_>, user_id: String, trust: String) -> Answer {
    if user_id.is_empty() {
        return Err(Response::blank("userId"));
    }
    call.visible("user", &user_id)?;
    let trust = Some(trust).filter(|trust| is_trusted(call, &user_id, trust));
    Ok(Response::ok(json!({ "trusts": [], "twoFactorTrustId": trust })))
}
