//! The logs of events and of the attempts to send them.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::destination::{Prepared, Unsent};
use crate::{
    object::{Object, into_object, set, text},
    state::State,
};

/// The log of events.
pub const EVENTS: &str = "webhook-event-log";
/// The log of attempts to send an event to a webhook.
pub const ATTEMPTS: &str = "webhook-attempt-log";
/// How many entries each of the two logs keeps.
pub(super) const MAX_ENTRIES: usize = 1_000;

/// An event on its way to one webhook.
#[derive(Debug)]
pub struct Delivery {
    /// The entry of the event in the log.
    pub log_id: String,
    pub webhook_id: String,
    pub url: String,
    pub request: Result<Prepared, Unsent>,
}

/// How an attempt ended. Instants are in ms since 1970.
#[derive(Debug, PartialEq, Eq)]
pub struct Attempt {
    pub status: Option<u16>,
    pub exception: Option<String>,
    pub start: u64,
    pub end: u64,
}

impl Attempt {
    pub(super) fn failed(exception: impl ToString) -> Self {
        let now = now();
        Self { status: None, exception: Some(exception.to_string()), start: now, end: now }
    }
}

/// Logs an attempt. The event has succeeded once it was sent to everybody, whatever they answered, as documented for
/// events that need no webhook to succeed.
pub(super) fn log_attempt(state: &mut State, delivery: &Delivery, attempt: Attempt) {
    let id = state.new_id();
    let is_success = attempt.status.is_some_and(|status| (200..300).contains(&status));
    let entry = json!({
        "id": id, "data": {}, "attemptResult": if is_success { "Success" } else { "Failure" },
        "startInstant": attempt.start, "endInstant": attempt.end, "webhookEventLogId": delivery.log_id,
        "webhookId": delivery.webhook_id,
        "webhookCallResponse": { "statusCode": attempt.status, "exception": attempt.exception, "url": delivery.url },
    });
    state.put_bounded(ATTEMPTS, into_object(entry), MAX_ENTRIES);
    let made = attempts(state, &delivery.log_id).count();
    if let Some(event) = state.get_mut(EVENTS, &delivery.log_id) {
        set(event, "lastAttemptInstant", attempt.end);
        set(event, "lastUpdateInstant", attempt.end);
        if event.get("receivers").and_then(Value::as_u64).is_none_or(|receivers| made as u64 >= receivers) {
            set(event, "eventResult", "Succeeded");
        }
    }
}

pub(super) fn attempts<'s>(state: &'s State, log_id: &str) -> impl Iterator<Item = &'s Object> {
    state.all(ATTEMPTS).iter().filter(move |attempt| text(attempt, "webhookEventLogId") == log_id)
}

pub(super) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or_default()
}
