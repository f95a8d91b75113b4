//! How much one caller may ask for, and that it is nobody else's trouble.

use serde_json::json;

use crate::support::{
    USER_ID,
    callers::Callers,
    recorder::{Recorder, Reply},
    server::read,
};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[test]
fn who_asks_too_much_waits_and_nobody_else() {
    let callers = Callers::new();
    let server = callers.server(&[], &["--rate-limit", "3"]);
    let (anna, bert) = (callers.key("anna", "*"), callers.key("bert", "*"));
    for _ in 0..3 {
        assert_eq!(server.post(&anna.header(), PING).status, 200);
    }
    let refused = server.post(&anna.header(), PING);
    let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!(refused.status == 429 && (1..=20).contains(&seconds), "{refused:?}");
    assert!(refused.json()["error"]["message"].as_str().unwrap().contains("more than 3 a minute"), "{refused:?}");
    // Another key of the same caller is no way round.
    let second = callers.json(&["keys", "create", "--name", "second", "--caller", "anna", "--scopes", "*"]);
    assert_eq!(server.post(&Callers::printed(&second).header(), PING).status, 429);
    assert_eq!(server.post(&bert.header(), PING).status, 200);
}

#[test]
fn who_guesses_is_slowed_down_and_a_good_key_still_comes_in() {
    let callers = Callers::new();
    let server = callers.server(&[], &["--max-wrong-keys", "3"]);
    let key = callers.key("anna", "*");
    for _ in 0..3 {
        assert_eq!(server.post(&[("Authorization", "Bearer garbage")], PING).status, 401);
    }
    let refused = server.post(&[("Authorization", "Bearer garbage")], PING);
    assert!(refused.status == 429 && refused.header("retry-after").is_some(), "{refused:?}");
    for _ in 0..10 {
        assert_eq!(server.post(&key.header(), PING).status, 200);
    }
    // Without a proxy of ours, nobody is believed to be somebody else.
    let forwarded = [("Authorization", "Bearer garbage"), ("X-Forwarded-For", "192.0.2.1")];
    assert_eq!(server.post(&forwarded, PING).status, 429);
    // No key at all is no guess.
    assert_eq!(server.post(&[], PING).status, 401);
}

#[test]
fn behind_a_proxy_the_address_is_the_one_that_it_saw() {
    let callers = Callers::new();
    let arguments = [
        "--max-wrong-keys",
        "1",
        "--behind-proxy",
        "--public-url",
        "https://mcp.example.com",
        "--listen",
        "127.0.0.1:0",
    ];
    let server = callers.server(&[], &arguments[..5]);
    let status = |forwarded: &str| {
        let headers =
            [("Host", "mcp.example.com"), ("Authorization", "Bearer garbage"), ("X-Forwarded-For", forwarded)];
        server.post(&headers, PING).status
    };
    assert_eq!((status("192.0.2.1"), status("192.0.2.1"), status("192.0.2.2")), (401, 429, 401));
    // What the client claims stands before what the proxy saw.
    assert_eq!(status("198.51.100.7, 192.0.2.1"), 429);
    // A network of IPv6 is one address.
    assert_eq!((status("2001:db8::1"), status("2001:db8::2"), status("2001:db8:0:1::1")), (401, 429, 401));
}

#[test]
fn calls_in_progress_are_counted() {
    let callers = Callers::new();
    let upstream = Recorder::start(|_| Reply::Hang);
    let environment = [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "k"), ("REQUEST_TIMEOUT", "1h")];
    let server = callers.server(&environment, &["--max-calls-per-caller", "1", "--max-calls", "2"]);
    let (anna, bert, carl) = (callers.key("anna", "*"), callers.key("bert", "*"), callers.key("carl", "*"));
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } },
    })
    .to_string();
    let begin = |key: &crate::support::callers::Key| {
        server.connection(server.request("POST", "/mcp", &key.header(), &call).as_bytes())
    };
    let first = begin(&anna);
    upstream.wait_for_requests(1);
    let refused = read(&mut begin(&anna));
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("1")), "{refused:?}");
    let _second = begin(&bert);
    upstream.wait_for_requests(2);
    assert_eq!(server.post(&carl.header(), PING).status, 503);
    drop(first);
    upstream.wait_for_aborted(1);
    let start = std::time::Instant::now();
    while server.post(&carl.header(), PING).status != 200 {
        assert!(start.elapsed() < crate::support::HANG_GUARD);
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
