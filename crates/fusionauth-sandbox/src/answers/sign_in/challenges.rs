//! What a second factor is asked by, and what spares it.

use serde_json::{Value, json};

use super::codes::{self, Purpose};
use crate::{
    call::Call,
    object::{Object, into_object, items, text},
};

/// The methods of a user, as they may be shown.
pub fn methods(user: &Object) -> Vec<Value> {
    let two_factor = user.get("twoFactor").cloned().map(into_object).unwrap_or_default();
    let mut methods = items(&two_factor, "methods").to_vec();
    for method in &mut methods {
        if let Some(method) = method.as_object_mut() {
            method.remove("secret");
        }
    }
    methods
}

/// A challenge, and the code that a method would send.
pub fn challenge(call: &mut Call<'_>, user: &Object, state: Option<&Value>) -> (String, String) {
    let short = Some(call.body_text("code")).filter(|code| !code.is_empty() && call.path_template.ends_with("/start"));
    let short = short.unwrap_or_else(|| codes::short(call));
    let properties = json!({ "userId": text(user, "id"), "oneTimeCode": short, "state": state });
    (codes::issue(call, Purpose::TwoFactor, None, properties), short)
}

/// Whether a trust holds for a user.
pub fn is_trusted(call: &Call<'_>, user_id: &str, trust: &str) -> bool {
    codes::find(call, Purpose::TwoFactorTrust, trust).is_ok_and(|code| text(&code, "userId") == user_id)
}
