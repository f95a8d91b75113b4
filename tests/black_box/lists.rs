//! Long lists without a filter: the first objects whole, the others as id and name.

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    recorder::{Recorder, Reply},
};

fn parts(text: &str) -> (String, Value) {
    let (headline, body) = text.split_once('\n').unwrap();
    (headline.to_owned(), serde_json::from_str(body).unwrap())
}

fn client(answer: &Value, environment: &[(&str, &str)]) -> (Recorder, Client) {
    let reply = Reply::json(200, &answer.to_string());
    let upstream = Recorder::start(move |_| reply.clone());
    let url = upstream.url();
    let client =
        Client::connect(&[&[("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "k")], environment].concat());
    (upstream, client)
}

fn users(count: usize) -> Value {
    let user = |number: usize| json!({ "active": true, "id": format!("u{number}"), "email": format!("{number}@example.com"), "data": { "a": [1, 2] } });
    json!({ "total": 5_000, "users": (0..count).map(user).collect::<Vec<_>>() })
}

#[test]
fn the_first_are_whole() {
    let (_upstream, mut client) = client(&users(120), &[]);
    let search = json!({ "requestBody": { "search": { "queryString": "*", "numberOfResults": 120 } } });
    let (headline, body) = parts(&client.call("searchUsersByQueryWithId", search.clone()).text);
    assert_eq!(
        headline,
        "200 OK; users: 120 of 5,000 in total, the first 25 whole, the others as id and name (MAX_WHOLE_OBJECTS). For more: a \
         jq filter (jq: \".\" shows all), or numberOfResults and startRow"
    );
    let users = body["users"].as_array().unwrap();
    assert_eq!((users.len(), body["total"].as_u64()), (120, Some(5_000)));
    assert_eq!(users[24]["data"], json!({ "a": [1, 2] }));
    assert_eq!(users[25], json!({ "id": "u25", "email": "25@example.com" }));
    let mut whole = search;
    whole["jq"] = json!(".");
    let (headline, body) = parts(&client.call("searchUsersByQueryWithId", whole).text);
    assert_eq!(headline, "200 OK");
    assert_eq!(body["users"][119]["active"], true);
}

#[test]
fn what_is_not_long_stays() {
    let (_upstream, mut client) = client(&users(25), &[]);
    let search = json!({ "requestBody": { "search": { "queryString": "*" } } });
    let (headline, body) = parts(&client.call("searchUsersByQueryWithId", search).text);
    assert_eq!((headline.as_str(), body), ("200 OK", users(25)));
}

#[test]
fn the_bound_is_a_setting() {
    let applications = json!({ "applications": [
        { "id": "a", "name": "A", "roles": [] }, { "id": "b", "name": "B\u{200b}", "roles": [] },
        { "id": "c", "name": "C", "tenantId": "t", "roles": [{ "id": "r" }] },
    ] });
    let (_upstream, mut client) = client(&applications, &[("MAX_WHOLE_OBJECTS", "1")]);
    let text = client.call("retrieveApplication", json!({})).text;
    let (headline, body) = parts(&text);
    assert!(headline.starts_with("200 OK; applications: 3, the first 1 whole, "), "{headline}");
    assert!(headline.ends_with("or one object by its id"), "{headline}");
    assert_eq!(body["applications"][0], applications["applications"][0]);
    assert_eq!(body["applications"][2], json!({ "id": "c", "name": "C" }));
    // What a reader does not see stays an escape.
    assert!(text.contains("B\\u200b"), "{text}");
}

/// Log entries may have neither.
#[test]
fn objects_without_id_and_name_keep_their_first_values() {
    let records = json!({ "total": 2, "loginRecords": [
        { "instant": 1, "applicationId": "a", "loginId": "x", "location": {} },
        { "instant": 2, "applicationId": "b", "loginId": "y", "location": {} },
    ] });
    let (_upstream, mut client) = client(&records, &[("MAX_WHOLE_OBJECTS", "1")]);
    let (_, body) = parts(&client.call("searchLoginRecordsWithId", json!({})).text);
    assert_eq!(body["loginRecords"][1], json!({ "applicationId": "b", "loginId": "y" }));
}
