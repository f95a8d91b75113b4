//! The two-factor methods and recovery codes of users.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{default, into_object, items, set},
};

/// Answers calls about two-factor authentication.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "user/two-factor/recovery-code/{userId}" => Some(recovery_codes(call)),
        "user/two-factor" | "user/two-factor/{userId}" => Some(two_factor(call)),
        _ => None,
    }
}

fn recovery_codes(call: &mut Call<'_>) -> Answer {
    let mut user = call.visible("user", &call.path_value(0))?;
    let mut two_factor = user.get("twoFactor").cloned().map(into_object).unwrap_or_default();
    if call.method == Method::Post {
        let codes: Vec<_> = (0..10).map(|_| json!(call.state.new_code().get(..10))).collect();
        set(&mut two_factor, "recoveryCodes", codes);
        set(&mut user, "twoFactor", two_factor.clone());
        call.state.put("user", user);
    }
    Ok(Response::ok(json!({ "recoveryCodes": two_factor.get("recoveryCodes").cloned().unwrap_or_else(|| json!([])) })))
}

fn two_factor(call: &mut Call<'_>) -> Answer {
    // Without an id it is the user whose token it is.
    let id = call.path_values.first().or(call.bearer_user_id.as_ref()).cloned().unwrap_or_default();
    let mut user = call.visible("user", &id)?;
    let mut two_factor = user.get("twoFactor").cloned().map(into_object).unwrap_or_default();
    let mut methods = items(&two_factor, "methods").to_vec();
    if call.method == Method::Delete {
        let id = call.query_value("methodId").unwrap_or_else(|| call.body_text("methodId"));
        let before = methods.len();
        methods.retain(|method| method.get("id") != Some(&json!(id)));
        if methods.len() == before {
            return Err(Response::field("invalid", "methodId", format!("The user has no method [{id}].")));
        }
    } else {
        let id = call.state.new_code().get(..4).unwrap_or_default().to_owned();
        let mut method = call.body.clone();
        method.retain(|key, _| matches!(key.as_str(), "method" | "email" | "mobilePhone" | "secret" | "name"));
        default(&mut method, "id", id);
        methods.push(Value::Object(method));
    }
    set(&mut two_factor, "methods", methods);
    set(&mut user, "twoFactor", two_factor);
    call.state.put("user", user);
    Ok(if call.method == Method::Delete { Response::empty(200) } else { Response::ok(json!({ "recoveryCodes": [] })) })
}
