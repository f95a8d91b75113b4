//! The logs: login records, audit log, event log, webhook logs.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::Response,
    object::{Object, set, text, text_if_any},
    query,
    state::State,
    webhooks,
};

/// A log that can be searched.
struct Log {
    collection: &'static str,
    /// The key of the entries in the answer.
    many: &'static str,
    /// Criteria that may match anywhere in a property, with that property.
    texts: &'static [(&'static str, &'static str)],
    /// Criteria that a property equals.
    values: &'static [&'static str],
    /// How much of the past is searched if no start is given, in ms.
    default_period: Option<u64>,
}

// Sources: the pages login-records, audit-logs, event-logs and webhook-event-logs of <https://fusionauth.io/docs/apis/>.
const LOGINS: Log =
    Log { collection: "login", many: "logins", texts: &[], values: &["userId", "applicationId"], default_period: None };
const AUDIT_LOG: Log = Log {
    collection: "audit-log",
    many: "auditLogs",
    texts: &[
        ("message", "message"),
        ("user", "insertUser"),
        ("reason", "reason"),
        ("oldValue", "oldValue"),
        ("newValue", "newValue"),
    ],
    values: &["tenantId"],
    default_period: None,
};
const EVENT_LOG: Log = Log {
    collection: "event-log",
    many: "eventLogs",
    texts: &[("message", "message")],
    values: &["type"],
    default_period: None,
};
const WEBHOOK_EVENTS: Log = Log {
    collection: webhooks::EVENTS,
    many: "webhookEventLogs",
    texts: &[("event", "event")],
    values: &["eventResult", "eventType"],
    default_period: Some(60 * MINUTE),
};

/// In ms.
const MINUTE: u64 = 60_000;

/// Answers calls about logs.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    Some(match call.api_path()?.strip_prefix("system/")? {
        "login-record/search" => Ok(search(call, &LOGINS)),
        "audit-log/search" => Ok(search(call, &AUDIT_LOG)),
        "event-log/search" => Ok(search(call, &EVENT_LOG)),
        "webhook-event-log/search" => Ok(search(call, &WEBHOOK_EVENTS)),
        "audit-log" => add_to_audit_log(call),
        "audit-log/{auditLogId}" => entry(call, "audit-log", "auditLog"),
        "event-log/{eventLogId}" => entry(call, "event-log", "eventLog"),
        "webhook-event-log/{webhookEventLogId}" => entry(call, webhooks::EVENTS, "webhookEventLog"),
        "webhook-attempt-log/{webhookAttemptLogId}" => entry(call, webhooks::ATTEMPTS, "webhookAttemptLog"),
        _ => return None,
    })
}

fn search(call: &mut Call<'_>, log: &Log) -> Response {
    let criteria = call.criteria();
    let now = call.state.now();
    let mut found = matching(call.state, log, &criteria, now);
    if text(&criteria, "orderBy").is_empty() {
        // As documented, the newest entry comes first, also of those of one millisecond.
        found.reverse();
        found.sort_by_key(|entry| std::cmp::Reverse(instant(entry)));
    }
    Response::ok(call.page(log.many, found, &criteria, |entry| Value::Object(shown(call.state, log.collection, entry))))
}

/// The audit log's entries that meet the criteria, and the login records', as exports need them.
pub fn exported<'s>(state: &'s State, collection: &str, criteria: &Object) -> Vec<&'s Object> {
    let log = if collection == LOGINS.collection { &LOGINS } else { &AUDIT_LOG };
    matching(state, log, criteria, 0)
}

/// The entries that meet the criteria, in the order in which they were written.
fn matching<'s>(state: &'s State, log: &Log, criteria: &Object, now: u64) -> Vec<&'s Object> {
    let bound = |key: &str| match criteria.get(key) {
        Some(Value::String(text)) => text.parse().ok(),
        other => other.and_then(Value::as_u64),
    };
    let start = bound("start").or_else(|| {
        let start = now.saturating_sub(log.default_period?);
        Some(start - start % MINUTE)
    });
    let end = bound("end");
    let wanted = |criterion: &str| text_if_any(criteria, criterion);
    let entries = state.all(log.collection).iter().filter(|entry| {
        let has_text = |(criterion, property): &(&str, &str)| {
            wanted(criterion).is_none_or(|wanted| match entry.get(*property) {
                Some(Value::String(value)) => query::contains(value, wanted),
                Some(value) => query::contains(&value.to_string(), wanted),
                None => false,
            })
        };
        start.is_none_or(|start| instant(entry) >= start)
            && end.is_none_or(|end| instant(entry) <= end)
            && log.texts.iter().all(has_text)
            && log.values.iter().all(|name| wanted(name).is_none_or(|wanted| text(entry, name) == wanted))
    });
    entries.collect()
}

/// When an entry was written, in ms since 1970.
pub fn instant(entry: &Object) -> u64 {
    ["instant", "insertInstant"].iter().find_map(|key| entry.get(*key).and_then(Value::as_u64)).unwrap_or_default()
}

/// An entry as responses show it.
fn shown(state: &State, collection: &str, entry: &Object) -> Object {
    match collection {
        "login" => {
            let mut entry = entry.clone();
            entry.remove("id");
            entry
        }
        webhooks::EVENTS => webhooks::shown(state, entry),
        _ => entry.clone(),
    }
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
    Ok(Response::ok(json!({ one: shown(call.state, collection, entry) })))
}
