//! Which webhooks get an event, and the log of what was sent.
//!
//! Events are sent as FusionAuth documents for tenants that require no webhook to succeed: once, without waiting. Only
//! receivers on the loopback interface are called; what goes elsewhere is logged as a failed attempt.
//!
//! Sources: <https://fusionauth.io/docs/extend/events-and-webhooks/>, <https://fusionauth.io/docs/apis/webhook-event-logs>.

mod attempts;
mod delivery;
mod destination;

use serde_json::{Value, json};

pub use self::{
    attempts::{ATTEMPTS, Delivery, EVENTS},
    delivery::Courier,
};
use self::{
    attempts::{MAX_ENTRIES, attempts},
    destination::destination,
};
use crate::{
    events::Event,
    object::{Object, into_object, items, set, text},
    state::State,
};

/// Whether anybody could get an event.
pub fn are_there_any(state: &State) -> bool {
    !state.all("webhook").is_empty()
}

/// Logs events that a webhook wants, and what has to be sent.
pub fn log(state: &mut State, events: Vec<Event>) -> Vec<Delivery> {
    events.into_iter().flat_map(|event| log_one(state, event)).collect()
}

fn log_one(state: &mut State, event: Event) -> Vec<Delivery> {
    let receivers: Vec<Object> =
        state.all("webhook").iter().filter(|webhook| wants(state, webhook, &event)).cloned().collect();
    if receivers.is_empty() {
        return Vec::new();
    }
    let (log_id, event_id, now) = (state.new_id(), state.new_id(), state.now());
    let sequence = state.all(EVENTS).last().and_then(|last| last.get("sequence")?.as_u64()).unwrap_or_default() + 1;
    let mut content = event.properties;
    for (key, value) in [
        ("createInstant", json!(now)),
        ("id", json!(event_id)),
        ("info", json!({ "ipAddress": "127.0.0.1" })),
        ("tenantId", json!(event.tenant_id)),
        ("type", json!(event.kind)),
    ] {
        content.insert(key.to_owned(), value);
    }
    let mut content = json!({ "event": content });
    crate::object::drop_nulls(&mut content);
    let deliveries: Vec<Delivery> = receivers.iter().map(|webhook| delivery(webhook, &log_id, &content)).collect();
    let entry = json!({
        "id": log_id, "data": {}, "event": content, "eventType": event.kind, "eventResult": "Running",
        "linkedObjectId": event.linked_id, "insertInstant": now, "lastAttemptInstant": now, "lastUpdateInstant": now,
        "sequence": sequence, "receivers": deliveries.len(),
    });
    state.put_bounded(EVENTS, into_object(entry), MAX_ENTRIES);
    deliveries
}

fn delivery(webhook: &Object, log_id: &str, content: &Value) -> Delivery {
    Delivery {
        log_id: log_id.to_owned(),
        webhook_id: text(webhook, "id").to_owned(),
        url: text(webhook, "url").to_owned(),
        request: destination(webhook, &content.to_string()),
    }
}

/// Whether a webhook gets an event: both its tenant and it itself have to ask for that type.
fn wants(state: &State, webhook: &Object, event: &Event) -> bool {
    let is_on = |value: Option<&Value>| value == Some(&Value::Bool(true));
    if !is_on(webhook.get("eventsEnabled").and_then(|events| events.get(event.kind))) {
        return false;
    }
    // Events of the whole instance are configured in the webhook alone.
    let Some(tenant_id) = &event.tenant_id else { return true };
    let is_of_tenant =
        is_on(webhook.get("global")) || items(webhook, "tenantIds").iter().any(|id| id == tenant_id.as_str());
    let tenant = state.get("tenant", tenant_id);
    let setting = tenant.and_then(|tenant| tenant.get("eventConfiguration")?.get("events")?.get(event.kind));
    is_of_tenant && is_on(setting.and_then(|setting| setting.get("enabled")))
}

/// An entry of the log of events as responses show it, with its attempts.
pub fn shown(state: &State, event: &Object) -> Object {
    let mut event = event.clone();
    event.remove("receivers");
    let made: Vec<Object> = attempts(state, text(&event, "id"))
        .map(|attempt| {
            let mut attempt = attempt.clone();
            attempt.remove("webhookEventLogId");
            attempt
        })
        .collect();
    let successes = made.iter().filter(|attempt| text(attempt, "attemptResult") == "Success").count();
    set(&mut event, "successfulAttempts", successes);
    set(&mut event, "failedAttempts", made.len() - successes);
    set(&mut event, "attempts", json!(made));
    event
}
