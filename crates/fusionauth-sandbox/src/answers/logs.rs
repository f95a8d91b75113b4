//! The logs: login records, audit log, event log, webhook logs.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::Response,
    object::{Object, set, text},
    query,
};

/// Answers calls about logs.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    Some(match call.api_path()?.strip_prefix("system/")? {
        "login-record/search" => Ok(search(call, "login", "logins")),
        "audit-log/search" => Ok(search(call, "audit-log", "auditLogs")),
        "event-log/search" => Ok(search(call, "event-log", "eventLogs")),
        "webhook-event-log/search" => Ok(search(call, "webhook-event-log", "webhookEventLogs")),
        "audit-log" => add_to_audit_log(call),
        "audit-log/{auditLogId}" => entry(call, "audit-log", "auditLog"),
        "event-log/{eventLogId}" => entry(call, "event-log", "eventLog"),
        "webhook-event-log/{webhookEventLogId}" => entry(call, "webhook-event-log", "webhookEventLog"),
        "webhook-attempt-log/{webhookAttemptLogId}" => entry(call, "webhook-attempt-log", "webhookAttemptLog"),
        _ => return None,
    })
}

fn search(call: &Call<'_>, collection: &str, many: &str) -> Response {
    let criteria = call.criteria();
    let found = matching(call, collection, criteria.clone());
    Response::ok(call.page(many, found, &criteria, |object| {
        let mut object = object.clone();
        if collection == "login" {
            object.remove("id");
        }
        json!(object)
    }))
}

/// The entries within the time and with the properties that the criteria name.
pub fn matching<'c>(call: &'c Call<'_>, collection: &str, mut criteria: Object) -> Vec<&'c Object> {
    let bound = |key: &str, criteria: &mut Object| criteria.remove(key).as_ref().and_then(Value::as_u64);
    let (start, end) = (bound("start", &mut criteria), bound("end", &mut criteria));
    let instant = |object: &Object| {
        ["instant", "insertInstant"].iter().find_map(|key| object.get(*key).and_then(Value::as_u64)).unwrap_or_default()
    };
    let found = call.state.all(collection).iter().filter(|object| {
        start.is_none_or(|start| instant(object) >= start)
            && end.is_none_or(|end| instant(object) <= end)
            && query::meets_criteria(object, &criteria)
    });
    found.collect()
}

fn add_to_audit_log(call: &mut Call<'_>) -> Answer {
    let mut entry = call.body_object("auditLog")?;
    for property in ["insertUser", "message"] {
        if text(&entry, property).is_empty() {
            return Err(Response::blank(&format!("auditLog.{property}")));
        }
    }
    let (number, now) = (call.state.all("audit-log").len() + 1, call.state.now());
    set(&mut entry, "id", number);
    set(&mut entry, "insertInstant", now);
    call.state.put_numbered("audit-log", entry.clone());
    Ok(Response::ok(json!({ "auditLog": entry })))
}

fn entry(call: &Call<'_>, collection: &str, one: &str) -> Answer {
    let id = call.path_value(0);
    let entries = call.state.all(collection).iter();
    let mut entries =
        entries.filter(|entry| entry.get("id").is_some_and(|own| own.to_string().trim_matches('"') == id));
    let entry = entries.next().ok_or_else(Response::not_found)?;
    Ok(Response::ok(json!({ one: entry })))
}
