//! The process ends when its client does, also with calls in flight.

use serde_json::json;

use crate::support::{
    USER_ID,
    client::Client,
    recorder::{Recorder, Reply},
};

/// An upstream that never answers, and a client with a call there that does not time out while the test runs.
fn call_that_hangs() -> (Recorder, Client) {
    let upstream = Recorder::start(|_| Reply::Hang);
    let mut client = Client::connect(&[
        ("API_BASE_URL", &upstream.url()),
        ("API_KEY_APIKEYAUTH", "test-key"),
        ("REQUEST_TIMEOUT", "1h"),
    ]);
    client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }));
    upstream.wait_for_requests(1);
    (upstream, client)
}

#[test]
fn the_end_of_stdin_ends_the_process() {
    for mut client in [Client::start(&[]), Client::connect(&[])] {
        client.close_stdin();
        let (status, rest, _) = client.ended();
        assert!(status.success());
        assert_eq!(rest, Vec::<String>::new());
    }
}

#[test]
fn the_end_of_stdin_ends_the_process_with_a_call_in_flight() {
    let (upstream, mut client) = call_that_hangs();
    client.close_stdin();
    let (status, rest, _) = client.ended();
    assert!(status.success());
    assert_eq!(rest, Vec::<String>::new(), "the upstream has not answered");
    upstream.wait_for_aborted(1);
}

/// The line of the call ends with stdin, so the server reads it at the end of its input. The request times out 100 ms
/// later, which the server's own clock puts before the end of its wait for answers. On a busy machine both timers can
/// expire together, so one answer in 20 tries is enough. A server that does not wait never answers.
#[test]
fn what_was_asked_before_the_end_of_stdin_is_answered() {
    let upstream = Recorder::start(|_| Reply::Hang);
    let environment =
        [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "test-key"), ("REQUEST_TIMEOUT", "100ms")];
    let is_answered = || {
        let mut client = Client::connect(&environment);
        client.begin_last_call("retrieveUserWithId", json!({ "userId": USER_ID }));
        let (status, rest, _) = client.ended();
        assert!(status.success());
        rest.iter().any(|line| line.contains("No answer within 100ms"))
    };
    assert!((0..20).any(|_| is_answered()), "no answer came after the end of stdin");
}

#[cfg(unix)]
#[test]
fn signals_end_the_process_with_a_call_in_flight() {
    for signal in ["INT", "TERM"] {
        let (upstream, client) = call_that_hangs();
        let sent = std::process::Command::new("kill")
            .args([format!("-{signal}"), client.process_id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        let (status, rest, _) = client.ended();
        assert_eq!(status.code(), Some(0), "{signal}");
        assert_eq!(rest, Vec::<String>::new(), "{signal}: the upstream has not answered");
        upstream.wait_for_aborted(1);
    }
}
