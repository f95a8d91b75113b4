//! Webhooks on the loopback interface are called, and what was sent is logged.

use fusionauth_sandbox::{
    installation::DEFAULT_TENANT_ID,
    seed::{PLAIN_WEBHOOK_ID, RICHARD_ID},
};
use serde_json::{Value, json};

use super::calls::{call, succeed};
use crate::support::{
    client::Client,
    recorder::{Recorder, Reply},
    sandbox::Sandbox,
};

/// Lets the tenant and a new webhook, for which the seed's are deleted, have these events.
fn subscribe(client: &mut Client, url: &str, kinds: &[&str]) -> String {
    let webhooks = succeed(client, "retrieveWebhook", json!({}));
    for webhook in webhooks["webhooks"].as_array().unwrap() {
        succeed(client, "deleteWebhookWithId", json!({ "webhookId": webhook["id"] }));
    }
    let of_tenant: Value = kinds.iter().map(|kind| ((*kind).to_owned(), json!({ "enabled": true }))).collect();
    let tenant = json!({ "tenant": { "eventConfiguration": { "events": of_tenant } } });
    succeed(client, "patchTenantWithId", json!({ "tenantId": DEFAULT_TENANT_ID, "requestBody": tenant }));
    let own: Value = kinds.iter().map(|kind| ((*kind).to_owned(), json!(true))).collect();
    let webhook = json!({ "webhook": {
        "url": url, "global": true, "connectTimeout": 1000, "readTimeout": 5000, "eventsEnabled": own,
        "headers": { "X-Receiver": "garage" }, "httpAuthenticationUsername": "a", "httpAuthenticationPassword": "b",
    } });
    let created = succeed(client, "createWebhook", json!({ "requestBody": webhook }));
    created["webhook"]["id"].as_str().unwrap().to_owned()
}

fn rename(client: &mut Client, name: &str) -> Value {
    let change = json!({ "userId": RICHARD_ID, "requestBody": { "user": { "lastName": name } } });
    succeed(client, "patchUserWithId", change)
}

/// The log of events once so many attempts were made.
fn log_with_attempts(client: &mut Client, count: usize) -> Vec<Value> {
    for _ in 0..10_000 {
        let found = succeed(client, "searchWebhookEventLogsWithId", json!({ "requestBody": { "search": {} } }));
        let events = found["webhookEventLogs"].as_array().unwrap().clone();
        let made: usize = events.iter().map(|event| event["attempts"].as_array().unwrap().len()).sum();
        if made >= count {
            return events;
        }
    }
    panic!("fewer than {count} attempts");
}

#[test]
fn a_receiver_gets_the_events_that_it_asked_for() {
    let receiver = Recorder::start(|_| Reply::empty(204));
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let kinds = ["user.update", "user.email.update", "user.login.failed", "user.delete"];
    let webhook_id = subscribe(&mut client, &format!("{}/hook?a=b", receiver.url()), &kinds);
    rename(&mut client, "Bighetti");
    let email = json!({ "userId": RICHARD_ID, "requestBody": { "user": { "email": "rich@piedpiper.example" } } });
    succeed(&mut client, "patchUserWithId", email);
    let wrong = json!({ "requestBody": { "loginId": "rich@piedpiper.example", "password": "wrong" } });
    assert_eq!(call(&mut client, "loginWithId", wrong).0, 404);
    succeed(&mut client, "deleteUserWithId", json!({ "userId": RICHARD_ID, "hardDelete": true }));
    // Nobody asked for events of groups.
    let group = json!({ "X-FusionAuth-TenantId": DEFAULT_TENANT_ID, "requestBody": { "group": { "name": "New" } } });
    succeed(&mut client, "createGroup", group);
    receiver.wait_for_requests(5);
    let requests = receiver.take();
    let sent: Vec<Value> = requests
        .iter()
        .map(|request| serde_json::from_slice::<Value>(&request.body).unwrap()["event"].clone())
        .collect();
    let types: Vec<&str> = sent.iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(types, ["user.update", "user.update", "user.email.update", "user.login.failed", "user.delete"]);
    assert_eq!(
        (&sent[0]["original"]["lastName"], &sent[0]["user"]["lastName"]),
        (&json!("Hendricks"), &json!("Bighetti"))
    );
    assert_eq!(sent[2]["previousEmail"], "richard@piedpiper.example");
    assert!(sent.iter().all(|event| event["tenantId"] == DEFAULT_TENANT_ID && event["user"].get("password").is_none()));
    let first = &requests[0];
    assert_eq!((first.method.as_str(), first.target.as_str()), ("POST", "/hook?a=b"));
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert_eq!((first.header("x-receiver"), first.header("authorization")), (Some("garage"), Some("Basic YTpi")));

    let events = log_with_attempts(&mut client, 5);
    assert_eq!(events.len(), 5, "the seed's are older than an hour");
    let newest = &events[0];
    assert_eq!((&newest["eventType"], &newest["eventResult"]), (&json!("user.delete"), &json!("Succeeded")));
    assert_eq!((&newest["successfulAttempts"], &newest["failedAttempts"]), (&json!(1), &json!(0)));
    assert_eq!(newest["linkedObjectId"], RICHARD_ID);
    let attempt = &newest["attempts"][0];
    assert_eq!(
        (&attempt["webhookId"], &attempt["webhookCallResponse"]["statusCode"]),
        (&json!(webhook_id), &json!(204))
    );
    let one = json!({ "webhookAttemptLogId": attempt["id"] });
    let one = succeed(&mut client, "retrieveWebhookAttemptLogWithId", one);
    assert_eq!(one["webhookAttemptLog"]["webhookEventLogId"], newest["id"]);
    let by_text = json!({ "requestBody": { "search": { "event": "Bighetti", "eventType": "user.update" } } });
    assert_eq!(succeed(&mut client, "searchWebhookEventLogsWithId", by_text)["total"], 2);
}

#[test]
fn what_is_not_sent_is_logged_with_the_reason() {
    let failing = Recorder::start(|_| Reply::empty(500));
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (url, status, reason) in [
        (failing.url(), Some(500), ""),
        (format!("http://{closed}/"), None, "refused"),
        ("https://127.0.0.1/".to_owned(), None, "by http only"),
        ("http://hooks.piedpiper.example/".to_owned(), None, "loopback interface only"),
    ] {
        let webhook_id = subscribe(&mut client, &url, &["user.update"]);
        // The change is made all the same.
        assert_eq!(rename(&mut client, &url)["user"]["lastName"], url);
        let is_done = |event: &&Value| event["attempts"][0]["webhookId"] == webhook_id;
        let attempt = (0..10_000).find_map(|_| {
            let events = log_with_attempts(&mut client, 1);
            events.iter().find(is_done).map(|event| (event["eventResult"].clone(), event["attempts"][0].clone()))
        });
        let (result, attempt) = attempt.unwrap();
        assert_eq!((&result, &attempt["attemptResult"]), (&json!("Succeeded"), &json!("Failure")), "{url}");
        let answer = &attempt["webhookCallResponse"];
        assert_eq!(answer["statusCode"].as_u64(), status, "{url}: {answer}");
        assert!(answer["exception"].as_str().unwrap_or_default().contains(reason), "{url}: {answer}");
    }
}

#[test]
fn no_request_waits_for_a_receiver() {
    let silent = Recorder::start(|_| Reply::Hang);
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    subscribe(&mut client, &silent.url(), &["user.update"]);
    // More events than may wait: all are answered, and the log says of the last ones that they were not sent.
    for number in 0..80 {
        rename(&mut client, &number.to_string());
    }
    let refused = json!({ "requestBody": { "search": { "eventResult": "Succeeded" } } });
    let found = succeed(&mut client, "searchWebhookEventLogsWithId", refused);
    let exception = &found["webhookEventLogs"][0]["attempts"][0]["webhookCallResponse"]["exception"];
    assert!(exception.as_str().unwrap().contains("wait for receivers"), "{found}");
}

#[test]
fn the_seed_has_a_webhook_that_failed_later() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let search = json!({ "start": 0, "orderBy": "insertInstant ASC" });
    let found = succeed(&mut client, "searchWebhookEventLogsWithId", json!({ "requestBody": { "search": search } }));
    let events = found["webhookEventLogs"].as_array().unwrap();
    let results: Vec<_> = events.iter().map(|event| &event["attempts"][0]["attemptResult"]).collect();
    assert_eq!(results, ["Success", "Failure"]);
    assert!(events.iter().all(|event| event["attempts"][0]["webhookId"] == PLAIN_WEBHOOK_ID));
}
