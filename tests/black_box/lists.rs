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
    assert_eq!(body["loginRecords"][1], json!({ "instant": 2, "applicationId": "b", "loginId": "y" }));
}

/// What identifies an object stays, whatever it is called: of a login who signed in where and when, of a grant whose it is and
/// of what.
#[test]
fn shortened_objects_keep_what_identifies_them() {
    let login = |user: &str| {
        json!({
            "applicationId": "a", "applicationName": "A", "instant": 7, "ipAddress": "1.2.3.4", "location": { "city": "x" },
            "loginIdentifier": user, "userId": user,
        })
    };
    let grant = |user: &str| {
        json!({
            "entity": { "clientId": "c", "id": "e", "name": "E", "type": { "id": "t" } }, "id": user, "insertInstant": 7,
            "permissions": ["read"], "userId": user,
        })
    };
    let member =
        |user: &str| json!({ "groupId": "g", "id": user, "insertInstant": 7, "data": { "a": 1 }, "userId": user });
    let one = [("MAX_WHOLE_OBJECTS", "1")];
    let cases = [
        (
            "searchLoginRecordsWithId",
            json!({ "logins": [login("u"), login("v")] }),
            "logins",
            json!({
                "applicationId": "a", "applicationName": "A", "instant": 7, "loginIdentifier": "v", "userId": "v",
            }),
        ),
        (
            "searchEntityGrantsWithId",
            json!({ "grants": [grant("u"), grant("v")] }),
            "grants",
            json!({
                "entity": { "id": "e", "name": "E" }, "id": "v", "insertInstant": 7, "userId": "v",
            }),
        ),
        (
            "searchGroupMembersWithId",
            json!({ "members": [member("u"), member("v")] }),
            "members",
            json!({
                "groupId": "g", "id": "v", "insertInstant": 7, "userId": "v",
            }),
        ),
    ];
    for (tool, answer, list, expected) in cases {
        let (_upstream, mut client) = client(&answer, &one);
        let (_, body) = parts(&client.call(tool, json!({})).text);
        assert_eq!(body[list][0], answer[list][0], "{tool}");
        assert_eq!(body[list][1], expected, "{tool}");
    }
}

#[test]
fn lists_inside_of_objects_are_shortened_with_a_word() {
    let roles = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|role| json!({ "id": format!("r{role}"), "name": format!("R{role}"), "isDefault": false }))
            .collect()
    };
    let application = json!({ "application": { "id": "a", "name": "A", "roles": roles(100) } });
    let (_upstream, mut one) = client(&application, &[]);
    let call = json!({ "applicationId": "00000000-0000-0000-0000-000000000001" });
    let (headline, body) = parts(&one.call("retrieveApplicationWithId", call.clone()).text);
    let told = "200 OK; application.roles: 100, the first 25 whole, the others as id and name (MAX_WHOLE_OBJECTS). For more: a jq filter (jq: \".\" shows all)";
    assert_eq!(headline, told);
    assert_eq!(body["application"]["roles"].as_array().unwrap().len(), 100);
    assert_eq!(body["application"]["roles"][24], application["application"]["roles"][24]);
    assert_eq!(body["application"]["roles"][25], json!({ "id": "r25", "name": "R25" }));
    let mut whole = call;
    whole["jq"] = json!(".");
    assert_eq!(parts(&one.call("retrieveApplicationWithId", whole).text), ("200 OK".to_owned(), application));
    let applications = json!({ "applications": [
        { "id": "a", "roles": roles(30) }, { "id": "b", "roles": roles(20) }, { "id": "c", "roles": roles(40) },
    ] });
    let (_upstream, mut several) = client(&applications, &[]);
    let (headline, body) = parts(&several.call("retrieveApplication", json!({})).text);
    let told =
        "200 OK; applications[].roles: 2 lists of up to 40, the first 25 of each whole, the others as id and name ";
    assert!(headline.starts_with(told), "{headline}");
    assert_eq!(body["applications"][1], applications["applications"][1]);
    assert_eq!(body["applications"][2]["roles"][39], json!({ "id": "r39", "name": "R39" }));
}
