//! URLs that are too long for what is on the way: the error names their length, and the way round.

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer},
    recorder::{Recorder, Reply},
};

const LENGTH: &str = "The URL's path and query have ";

fn call(reply: Reply, environment: &[(&str, &str)], tool: &str, arguments: Value) -> ToolAnswer {
    let upstream = Recorder::start(move |_| reply.clone());
    let url = upstream.url();
    let own = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "key"), ("MAX_RETRIES", "0")];
    Client::connect(&[&own[..], environment].concat()).call(tool, arguments)
}

fn ids(count: usize) -> Value {
    json!({ "ids": vec![USER_ID; count] })
}

fn page(status: u16) -> Reply {
    let headers = vec![("Content-Type", "text/html".to_owned())];
    Reply::Response { status, headers, body: b"<html><h1>Request Header Or Cookie Too Large</h1></html>".to_vec() }
}

#[test]
fn what_a_server_answers_to_a_long_url_is_explained() {
    // Each id takes 41 bytes: `&ids=` and the id.
    for (count, length) in [(200, "8,216"), (1_000, "41,016")] {
        for reply in [
            Reply::empty(414),
            Reply::empty(431),
            Reply::empty(400),
            page(400),
            page(414),
            Reply::empty(413),
            Reply::Reset,
        ] {
            let answer = call(reply.clone(), &[], "searchUsersByIdsWithId", ids(count));
            assert!(answer.is_error, "{reply:?}: {}", answer.text);
            assert!(answer.text.contains(&format!("{LENGTH}{length} bytes")), "{reply:?}: {}", answer.text);
            let way = "Take `searchUsersByQueryWithId`, which has them in its body, or give fewer ids or shorter texts in one call";
            assert!(answer.text.contains(way), "{reply:?}: {}", answer.text);
        }
    }
}

#[test]
fn the_way_round_is_one_that_is_there() {
    let reply = || Reply::empty(414);
    let narrowed = call(reply(), &[("USE_TOOLS", "searchUsersByIdsWithId")], "searchUsersByIdsWithId", ids(500));
    assert!(narrowed.text.contains("Give fewer ids or shorter texts in one call"), "{}", narrowed.text);
    assert!(!narrowed.text.contains("searchUsersByQuery"), "{}", narrowed.text);
    let bulk = call(reply(), &[], "deleteUserBulk", json!({ "userIds": vec![USER_ID; 300] }));
    assert!(bulk.text.contains("Give them in `requestBody`, or fewer ids"), "{}", bulk.text);
    let text = call(reply(), &[], "retrieveUser", json!({ "email": "a".repeat(9_000) }));
    assert!(text.text.contains(&format!("{LENGTH}9,016 bytes")), "{}", text.text);
    let not_sent = call(reply(), &[], "searchUsersByIdsWithId", ids(2_000));
    assert!(
        not_sent.text.starts_with("Not sent: the URL would have ") && not_sent.text.contains("Take `searchUsersByQ"),
        "{}",
        not_sent.text
    );
}

/// What has another cause is not explained so.
#[test]
fn other_failures_say_nothing_of_the_url() {
    let error = Reply::json(400, r#"{"fieldErrors":{"ids":[{"code":"[invalid]ids","message":"Bad."}]}}"#);
    for (reply, count) in [
        (error, 500),
        (Reply::empty(404), 500),
        (Reply::json(200, "{}"), 500),
        (Reply::empty(400), 5),
        (Reply::Reset, 5),
    ] {
        let answer = call(reply.clone(), &[], "searchUsersByIdsWithId", ids(count));
        assert!(!answer.text.contains("URL"), "{reply:?}: {}", answer.text);
    }
}
