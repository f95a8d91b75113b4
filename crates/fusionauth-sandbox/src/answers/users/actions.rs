//! User actions that were taken on users, such as a lock of the account.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{Object, into_object, items, set, text},
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
    let given = call.body_object("action")?;
    let user_id = text(&given, "actioneeUserId").to_owned();
    let kind = text(&given, "userActionId").to_owned();
    if kind.is_empty() {
        return Err(Response::missing("action.userActionId"));
    }
    let kind = call.state.get("user-action", &kind).cloned().ok_or_else(|| {
        Response::field("invalid", "action.userActionId", format!("There is no user action [{kind}]."))
    })?;
    check_user(call, &given, "actioneeUserId")?;
    check_user(call, &given, "actionerUserId")?;
    let expiry = given.get("expiry").filter(|expiry| !expiry.is_null());
    if is_temporal(&kind) && expiry.is_none() {
        return Err(Response::missing("action.expiry"));
    }
    let mut action = Object::new();
    let (id, now) = (call.state.new_id(), call.state.now());
    set(&mut action, "id", id);
    set(&mut action, "actioneeUserId", user_id);
    set(&mut action, "userActionId", text(&kind, "id"));
    set(&mut action, "name", text(&kind, "name"));
    set(&mut action, "insertInstant", now);
    set(&mut action, "preventLogin", kind.get("preventLogin").cloned().unwrap_or_default());
    apply(call, &mut action, &given)?;
    call.state.put("action", action.clone());
    Ok(Response::ok(json!({ "action": shown(&action) })))
}

/// Checks that a property of an action names a user.
fn check_user(call: &Call<'_>, given: &Object, property: &str) -> Result<(), Refusal> {
    let (field, id) = (format!("action.{property}"), text(given, property));
    if id.is_empty() {
        return Err(Response::missing(&field));
    }
    if call.state.get("user", id).is_none() {
        return Err(Response::field("invalid", &field, format!("There is no user [{id}].")));
    }
    Ok(())
}

/// Takes over what a request says of an action, and the reason that it names.
fn apply(call: &Call<'_>, action: &mut Object, given: &Object) -> Result<(), Refusal> {
    let names = [
        ("actionerUserId", "actionerUserId"),
        ("applicationIds", "applicationIds"),
        ("comment", "comment"),
        ("emailUser", "emailUserOnEnd"),
        ("expiry", "expiry"),
        ("notifyUser", "notifyUserOnEnd"),
        ("option", "option"),
    ];
    for (name, own) in names {
        if let Some(value) = given.get(name).filter(|value| !value.is_null()) {
            set(action, own, value.clone());
        }
    }
    let reason_id = text(given, "reasonId");
    if !reason_id.is_empty() {
        let reason = call.state.get("user-action-reason", reason_id).ok_or_else(|| {
            Response::field("invalid", "action.reasonId", format!("There is no user action reason [{reason_id}]."))
        })?;
        set(action, "reason", text(reason, "text"));
        set(action, "reasonCode", text(reason, "code"));
    }
    Ok(())
}

fn is_temporal(kind: &Object) -> bool {
    kind.get("temporal") == Some(&json!(true))
}

/// Retrieves, changes or cancels an action. What it was before goes to its history.
fn action(call: &mut Call<'_>) -> Answer {
    let mut action = call.visible("action", &call.path_value(0))?;
    if call.method == Method::Get {
        return Ok(Response::ok(json!({ "action": shown(&action) })));
    }
    let kind = call.state.get("user-action", text(&action, "userActionId"));
    if kind.is_some_and(|kind| !is_temporal(kind)) {
        let message = "Only temporal actions can be changed or cancelled.";
        return Err(Response::field("invalid", "actionId", message));
    }
    let now = call.state.now();
    let given = match call.method {
        Method::Put => call.body_object("action")?,
        // A cancellation may come without a word.
        _ => call.body.get("action").cloned().map(into_object).unwrap_or_default(),
    };
    remember(&mut action);
    apply(call, &mut action, &given)?;
    if call.method == Method::Delete {
        set(&mut action, "expiry", now);
    }
    call.state.put("action", action.clone());
    Ok(Response::ok(json!({ "action": shown(&action) })))
}

/// Adds to the history of an action what it says now.
fn remember(action: &mut Object) {
    let [actioner, comment, expiry, instant] =
        ["actionerUserId", "comment", "expiry", "insertInstant"].map(|name| action.get(name).cloned());
    let item = json!({ "actionerUserId": actioner, "comment": comment, "createInstant": instant, "expiry": expiry });
    let history = action.entry("history").or_insert_with(|| json!({}));
    if let Some(history) = history.as_object_mut() {
        let mut known = items(history, "historyItems").to_vec();
        known.push(item);
        set(history, "historyItems", known);
    }
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
