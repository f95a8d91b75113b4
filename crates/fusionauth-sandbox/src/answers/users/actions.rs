//! User actions that were taken on users, such as a lock of the account.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{Object, set, text},
};

/// Answers calls about actions taken on users.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "user/action" => Some(actions(call)),
        "user/action/{actionId}" => Some(action(call)),
        _ => None,
    }
}

/// Lists the actions taken on a user, or takes one.
fn actions(call: &mut Call<'_>) -> Answer {
    if call.method == Method::Get {
        let user_id = call.query_value("userId").unwrap_or_default();
        let now = call.state.now();
        let (is_active, is_preventing) = (call.query_value("active"), call.query_flag("preventingLogin"));
        let actions = call.state.all("action").iter().filter(|action| text(action, "actioneeUserId") == user_id);
        let actions = actions.filter(|action| {
            let is_in_effect = is_in_effect(action, now);
            is_active.as_deref().is_none_or(|active| (active == "true") == is_in_effect)
                && (!is_preventing || (is_in_effect && action.get("preventLogin") == Some(&json!(true))))
        });
        return Ok(Response::ok(json!({ "actions": actions.collect::<Vec<_>>() })));
    }
    let mut action = call.body_object("action")?;
    let kind = text(&action, "userActionId").to_owned();
    let kind = call.state.get("user-action", &kind).cloned().ok_or_else(|| {
        Response::field("invalid", "action.userActionId", format!("There is no user action [{kind}]."))
    })?;
    let user_id = text(&action, "actioneeUserId").to_owned();
    if call.state.get("user", &user_id).is_none() {
        return Err(Response::field("invalid", "action.actioneeUserId", format!("There is no user [{user_id}].")));
    }
    let (id, now) = (call.state.new_id(), call.state.now());
    set(&mut action, "id", id);
    set(&mut action, "name", text(&kind, "name"));
    set(&mut action, "createInstant", now);
    action.insert("preventLogin".to_owned(), kind.get("preventLogin").cloned().unwrap_or_default());
    call.state.put("action", action.clone());
    Ok(Response::ok(json!({ "action": shown(&action) })))
}

/// What of an action a change leaves as it is.
const FIXED: [&str; 6] = ["id", "actioneeUserId", "createInstant", "name", "preventLogin", "userActionId"];

/// Retrieves, changes or cancels an action.
fn action(call: &mut Call<'_>) -> Answer {
    let mut action = call.visible("action", &call.path_value(0))?;
    let kind = call.state.get("user-action", text(&action, "userActionId"));
    if call.method != Method::Get && kind.is_some_and(|kind| kind.get("temporal") != Some(&json!(true))) {
        let message = "Only actions that are temporal can be changed or cancelled.";
        return Err(Response::field("invalid", "actionId", message));
    }
    let now = call.state.now();
    match call.method {
        Method::Delete => set(&mut action, "expiry", now),
        Method::Put => {
            let changes = call.body_object("action")?.into_iter();
            action.extend(changes.filter(|(key, _)| !FIXED.contains(&key.as_str())));
        }
        _ => {}
    }
    call.state.put("action", action.clone());
    Ok(Response::ok(json!({ "action": shown(&action) })))
}

/// Whether an action is in effect: it has an expiry, which is still to come.
pub fn is_in_effect(action: &Object, now: u64) -> bool {
    action.get("expiry").and_then(Value::as_u64).is_some_and(|expiry| expiry > now)
}

/// An action as it appears in responses.
fn shown(action: &Object) -> Value {
    let mut action = action.clone();
    action.remove("preventLogin");
    Value::Object(action)
}
