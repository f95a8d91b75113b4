//! Probes, and the end of a server.
#![cfg(unix)]

use std::{net::TcpStream, sync::mpsc::channel, thread};

use serde_json::json;

use crate::support::{
    USER_ID,
    recorder::{Recorder, Reply},
    server::{Server, read},
};

fn call(server: &Server) -> TcpStream {
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } },
    });
    server.connection(server.request("POST", "/mcp", &[], &body.to_string()).as_bytes())
}

#[test]
fn probes_are_answered_whatever_they_call_the_host() {
    let server = Server::open("http://127.0.0.1:9");
    for path in ["/health/live", "/health/ready"] {
        for host in ["10.1.2.3:8080", "localhost"] {
            let answer = server.send("GET", path, &[("Host", host)], "");
            assert_eq!((answer.status, answer.json()["status"].clone()), (200, json!("ok")), "{path} {host}");
        }
    }
    assert_eq!(server.send("GET", "/mcp/health", &[], "").json()["status"], "healthy");
    assert_eq!(server.send("GET", "/mcp/health", &[("Host", "evil.example")], "").status, 403);
}

#[test]
fn calls_in_progress_are_answered_and_no_others_begin() {
    let (upstream, release) = Recorder::holding("{}");
    let server = Server::open(&upstream.url());
    let mut connection = call(&server);
    upstream.wait_for_requests(1);
    let address = server.address();
    server.terminate();
    // The port is closed while the call goes on.
    while TcpStream::connect(address).is_ok() {
        thread::yield_now();
    }
    release.send(()).unwrap();
    let answer = read(&mut connection);
    assert!(answer.status == 200 && answer.body.contains("200 OK"), "{answer:?}");
    let (status, said) = server.ended();
    assert!(status.success() && !said.contains("given up"), "{said}");
}

#[test]
fn the_end_comes_by_its_deadline() {
    let upstream = Recorder::start(|_| Reply::Hang);
    let environment =
        [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "test-key"), ("REQUEST_TIMEOUT", "1h")];
    let server = Server::start(&environment, &["--no-auth", "--drain-timeout", "100ms"]);
    let _connection = call(&server);
    upstream.wait_for_requests(1);
    server.terminate();
    let (status, said) = server.ended();
    assert!(status.success() && said.contains("given up: their time is over"), "{said}");
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let upstream = Recorder::start(|_| Reply::Hang);
    let environment =
        [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "test-key"), ("REQUEST_TIMEOUT", "1h")];
    let server = Server::start(&environment, &["--no-auth", "--drain-timeout", "1h"]);
    let _connection = call(&server);
    upstream.wait_for_requests(1);
    server.terminate();
    while TcpStream::connect(server.address()).is_ok() {
        thread::yield_now();
    }
    server.terminate();
    let (status, said) = server.ended();
    assert!(status.success() && said.contains("a second signal came"), "{said}");
}

#[test]
fn idle_connections_hold_nothing_up() {
    let server = Server::open("http://127.0.0.1:9");
    let idle: Vec<_> = (0..20).map(|_| server.connection(b"")).collect();
    let half: Vec<_> = (0..20).map(|_| server.connection(b"POST /mcp HTTP/1.1\r\nHost: loc")).collect();
    server.terminate();
    let (sender, ended) = channel();
    thread::spawn(move || sender.send(server.ended()));
    let (status, said) = ended.recv_timeout(crate::support::HANG_GUARD).unwrap();
    assert!(status.success() && !said.contains("given up"), "{said}");
    drop((idle, half));
}
