//! The process ends when its client does, also with calls in flight.

use std::time::Duration;

use serde_json::json;

use crate::support::{
    USER_ID,
    client::Client,
    recorder::{Recorder, Reply},
};

/// A client with a call that hangs at the upstream.
fn client_with_a_hanging_call(upstream: &Recorder) -> Client {
    let mut client = Client::of_upstream(&upstream.url());
    client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }));
    upstream.wait_for_requests(1);
    client
}

fn hanging() -> Recorder {
    Recorder::start(|_| Reply::Hang)
}

#[test]
fn the_end_of_stdin_ends_the_process() {
    for mut client in [Client::start(&[]), Client::connect(&[])] {
        client.close_stdin();
        let (status, took, rest, _) = client.ended();
        assert!(status.success());
        assert!(took < Duration::from_secs(1), "{took:?}");
        assert_eq!(rest, Vec::<String>::new());
    }
}

#[test]
fn the_end_of_stdin_ends_the_process_with_a_call_in_flight() {
    let upstream = hanging();
    let mut client = client_with_a_hanging_call(&upstream);
    client.close_stdin();
    let (status, took, ..) = client.ended();
    assert!(status.success());
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn what_was_asked_before_the_end_of_stdin_is_answered() {
    let upstream =
        Recorder::start(|_| Reply::Late(Duration::from_millis(100), Box::new(Reply::json(200, "{\"late\":true}"))));
    let mut client = client_with_a_hanging_call(&upstream);
    client.close_stdin();
    let (_, _, rest, _) = client.ended();
    assert!(rest.iter().any(|line| line.contains("late")), "{rest:?}");
}

#[cfg(unix)]
#[test]
fn signals_end_the_process_with_a_call_in_flight() {
    for signal in ["INT", "TERM"] {
        let upstream = hanging();
        let client = client_with_a_hanging_call(&upstream);
        let sent = std::process::Command::new("kill")
            .args([format!("-{signal}"), client.process_id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        let (status, took, ..) = client.ended();
        assert_eq!(status.code(), Some(0), "{signal}");
        assert!(took < Duration::from_secs(1), "{signal}: {took:?}");
    }
}
