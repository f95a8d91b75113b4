//! What the logs hold: half a year of logins, and an incident with the mail of Pied Piper in May.

use serde_json::{Value, json};

use super::{
    applications::APPLICATIONS,
    clock::{self, HOUR, incident},
    ids::{DEACTIVATED_USER_ID, PLAIN_WEBHOOK_ID, POPULATE_LAMBDA_ID},
    people::registered_at,
    request::{APPLICATION, USER, WEBHOOK_ATTEMPT, WEBHOOK_EVENT, id},
};
use crate::{
    installation::DEFAULT_TENANT_ID,
    object::{Object, into_object},
    step::Step,
};

/// The audit log. The API writes no entry by itself, as documented, so each is a request of its own.
pub fn audit_log() -> Vec<(u64, Step)> {
    let mail = |host: &str, port: u64| json!({ "emailConfiguration": { "host": host, "port": port } });
    let (old, new) = (mail("smtp.piedpiper.example", 587), mail("smpt.piedpiper.example", 587));
    let locked = format!("Actioned the user with Id [{}] with [Lock account]", super::ids::LOCKED_USER_ID);
    let deactivated = format!("Deactivated the user with Id [{DEACTIVATED_USER_ID}]");
    [
        (clock::day(2) + 9 * HOUR, "richard", "Created the application [Pied Piper]".to_owned(), None, None),
        (clock::day(41) + 15 * HOUR, "gilfoyle", "Generated the key [Pied Piper tokens]".to_owned(), None, None),
        (
            incident(9, 2),
            "jared",
            "Updated the tenant [Pied Piper]".to_owned(),
            Some((&old, &new)),
            Some("New mail server"),
        ),
        (
            incident(11, 47),
            "gilfoyle",
            "Updated the tenant [Pied Piper]".to_owned(),
            Some((&new, &old)),
            Some("The host was misspelt"),
        ),
        (clock::day(clock::LOCK_DAY) + HOUR, "richard", locked, None, Some("Smart fridges")),
        (clock::day(160) + HOUR, "jared", deactivated, None, Some("Left the company")),
    ]
    .into_iter()
    .map(|(instant, author, message, values, reason)| {
        let (old, new) = values.unzip();
        let entry = json!({
            "insertUser": format!("{author}@piedpiper.example"), "message": message, "reason": reason,
            "oldValue": old, "newValue": new, "tenantId": DEFAULT_TENANT_ID,
        });
        (instant, Step::post("/api/system/audit-log", json!({ "auditLog": entry })))
    })
    .collect()
}

/// The entries of logs that no request can write, each with the collection that it belongs to.
pub fn history() -> Vec<(&'static str, Object)> {
    let mut entries = logins();
    entries.extend(event_log().into_iter().map(|entry| ("event-log", entry)));
    entries.extend(webhook_events());
    entries
}

/// Three people in four come back, most of them more than once.
fn logins() -> Vec<(&'static str, Object)> {
    let mut logins: Vec<(u64, Object)> = (9..=120_u32)
        .filter(|number| number % 4 != 0 && !(61..=63).contains(number) && !(101..=102).contains(number))
        .flat_map(|number| (0..1 + u64::from(number % 3)).map(move |visit| login(number, visit)))
        .collect();
    logins.sort_by_key(|(instant, _)| *instant);
    logins.into_iter().map(|(_, login)| ("login", login)).collect()
}

/// The main application of the company of a user.
fn main_application(number: u32) -> (u32, &'static str) {
    let application = match number {
        ..=60 => 1,
        61..=100 => 4,
        _ => 6,
    };
    let name = APPLICATIONS.iter().find(|known| known.number == application).map_or("", |known| known.name);
    (application, name)
}

fn login(number: u32, visit: u64) -> (u64, Object) {
    let (application, name) = main_application(number);
    let number_of_day = u64::from(number) * 3 % 19 + 1;
    let instant = registered_at(number, false) + (visit + 1) * number_of_day * 24 * HOUR / 2 + visit * 5 * HOUR;
    let entry = json!({
        "userId": id(USER, number), "applicationId": id(APPLICATION, application), "applicationName": name,
        "instant": instant, "ipAddress": format!("192.0.2.{}", number % 250 + 1),
    });
    (instant, into_object(entry))
}

fn event_log() -> Vec<Object> {
    let mail = |address: &str| {
        format!(
            "An error occurred while sending an email to [{address}].\n\nEmail template name: Verify your email\n\
             TenantId: {DEFAULT_TENANT_ID}\n\nThe host [smpt.piedpiper.example] is unknown."
        )
    };
    let score = format!(
        "Lambda invocation result:\n\nId: {POPULATE_LAMBDA_ID}\nName: Add the Weissman score\n\nweissmanScore: 2.89"
    );
    let lambda = format!(
        "Lambda execution exception:\n\nId: {POPULATE_LAMBDA_ID}\nName: Add the Weissman score\n\
         TypeError: Cannot read property 'data' of undefined"
    );
    [
        (clock::day(20) + 8 * HOUR, "Debug", score),
        (clock::day(77) + 13 * HOUR, "Error", lambda),
        (incident(9, 15), "Error", mail("aly@piedpiper.example")),
        (incident(9, 58), "Error", mail("aly@piedpiper.example")),
        (incident(10, 31), "Error", mail("gabe@piedpiper.example")),
        (incident(11, 20), "Error", mail("aly@piedpiper.example")),
        (incident(11, 50), "Information", "Sent the test email to [gilfoyle@piedpiper.example].".to_owned()),
        (
            clock::day(170) + 6 * HOUR,
            "Error",
            "Webhook [http://hooks.piedpiper.example/fusionauth] could not be called: connect timed out".to_owned(),
        ),
    ]
    .into_iter()
    .zip(1_u64..)
    .map(|((instant, kind, message), number)| {
        into_object(json!({ "id": number, "insertInstant": instant, "type": kind, "message": message }))
    })
    .collect()
}

/// A webhook that answered at first, and later did not.
fn webhook_events() -> Vec<(&'static str, Object)> {
    let url = "http://hooks.piedpiper.example/fusionauth";
    let attempts = [
        (1, 126, json!({ "statusCode": 200, "url": url })),
        (2, 170, json!({ "exception": "connect timed out", "url": url })),
    ];
    attempts
        .into_iter()
        .flat_map(|(number, day, response)| {
            let (instant, user) = (clock::day(day) + 6 * HOUR, id(USER, 120 + number));
            let event = json!({ "event": {
                "type": "user.create", "id": id(WEBHOOK_EVENT, 100 + number), "createInstant": instant,
                "tenantId": DEFAULT_TENANT_ID, "info": { "ipAddress": "192.0.2.7" }, "user": { "id": user },
            } });
            let is_success = response.get("statusCode").is_some();
            let entry = json!({
                "id": id(WEBHOOK_EVENT, number), "data": {}, "event": event, "eventType": "user.create",
                "eventResult": "Succeeded", "linkedObjectId": user, "insertInstant": instant,
                "lastAttemptInstant": instant, "lastUpdateInstant": instant, "sequence": number,
            });
            let attempt = json!({
                "id": id(WEBHOOK_ATTEMPT, number), "data": {}, "startInstant": instant, "endInstant": instant + 1_000,
                "attemptResult": if is_success { "Success" } else { "Failure" }, "webhookCallResponse": response,
                "webhookEventLogId": id(WEBHOOK_EVENT, number), "webhookId": PLAIN_WEBHOOK_ID,
            });
            [("webhook-event-log", entry), ("webhook-attempt-log", attempt)]
        })
        .map(|(collection, entry): (&'static str, Value)| (collection, into_object(entry)))
        .collect()
}
