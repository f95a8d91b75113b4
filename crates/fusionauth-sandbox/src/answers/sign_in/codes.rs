//! What is given out once and handed back later: the ids and codes of password changes, verifications and logins.

use serde_json::Value;

use crate::{
    call::Call,
    exchange::{Refusal, Response},
    object::{Object, into_object, set, text},
};

/// The collection that holds them.
const COLLECTION: &str = "code";

/// What a code is for. A code for one purpose is unknown to every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    ChangePassword,
    ConnectionTest,
    Device,
    Identity,
    OneTimePassword,
    Passkey,
    Passwordless,
    TwoFactor,
    TwoFactorTrust,
    VerifyEmail,
    VerifyRegistration,
}

/// Gives out a code, with what has to be known when it comes back. `id` is the code itself where the caller chose it.
pub fn issue(call: &mut Call<'_>, purpose: Purpose, id: Option<String>, properties: Value) -> String {
    let id = id.filter(|id| !id.is_empty()).unwrap_or_else(|| call.state.new_code());
    let mut code = into_object(properties);
    set(&mut code, "id", id.as_str());
    set(&mut code, "purpose", name(purpose));
    call.state.put(COLLECTION, code);
    id
}

/// What was given out under this code.
///
/// # Errors
/// 404 if there is no such code.
pub fn find(call: &Call<'_>, purpose: Purpose, id: &str) -> Result<Object, Refusal> {
    let known = call.state.get(COLLECTION, id).filter(|code| text(code, "purpose") == name(purpose));
    known.cloned().ok_or_else(Response::not_found)
}

/// What was given out under this code, which is used up.
///
/// # Errors
/// 404 if there is no such code.
pub fn take(call: &mut Call<'_>, purpose: Purpose, id: &str) -> Result<Object, Refusal> {
    let known = find(call, purpose, id)?;
    call.state.remove(COLLECTION, |code| text(code, "id") == id);
    Ok(known)
}

/// What was given out with this value of a property.
pub fn find_by(call: &Call<'_>, purpose: Purpose, property: &str, value: &str) -> Option<Object> {
    let mut known = call.state.all(COLLECTION).iter();
    let is_it = |code: &&Object| text(code, "purpose") == name(purpose) && text(code, property) == value;
    known.find(is_it).filter(|_| !value.is_empty()).cloned()
}

/// What was last given out for a user, which is used up.
pub fn take_last(call: &mut Call<'_>, purpose: Purpose, user_id: &str) -> Option<Object> {
    let mut known = call.state.all(COLLECTION).iter().rev();
    let known = known.find(|code| text(code, "purpose") == name(purpose) && text(code, "userId") == user_id);
    let id = text(known?, "id").to_owned();
    take(call, purpose, &id).ok()
}

/// Forgets what was given out for a user.
pub fn forget(call: &mut Call<'_>, purpose: Purpose, user_id: &str) {
    call.state.remove(COLLECTION, |code| text(code, "purpose") == name(purpose) && text(code, "userId") == user_id);
}

/// A code that people type: six digits.
pub fn short(call: &mut Call<'_>) -> String {
    call.state.new_code().bytes().map(|byte| char::from(b'0' + byte % 10)).take(6).collect()
}

/// Checks the code that a person typed, where one was given out.
///
/// # Errors
/// 404 if it is another one.
pub fn check_short(code: &Object, typed: &str) -> Result<(), Refusal> {
    match text(code, "oneTimeCode") {
        "" => Ok(()),
        known if known == typed => Ok(()),
        _ => Err(Response::not_found()),
    }
}

/// Changes what is kept under a code.
pub fn update(call: &mut Call<'_>, id: &str, property: &str, value: Value) {
    if let Some(code) = call.state.get_mut(COLLECTION, id) {
        set(code, property, value);
    }
}

fn name(purpose: Purpose) -> String {
    format!("{purpose:?}")
}
