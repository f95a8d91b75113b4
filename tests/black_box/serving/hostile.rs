//! Requests that nobody who means well sends.

use std::io::{Read, Write};

use serde_json::json;

use crate::support::{
    USER_ID,
    client::command,
    recorder::{Recorder, Reply},
    server::{Server, read},
};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

const ROUTES: [&str; 5] = ["/mcp", "/mcp/", "/mcp/health", "/health/live", "/health/ready"];

#[test]
fn other_hosts_and_origins_are_refused() {
    let upstream = Recorder::agreeable();
    let server = Server::open(&upstream.url());
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } },
    })
    .to_string();
    for headers in [
        &[("Host", "evil.example")] as &[_],
        &[("Host", "evil.example:8080")],
        &[("Host", "localhost.evil.example")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "null")],
        &[("Origin", "http://localhost.evil.example")],
        &[("Origin", "http://localhost:6274"), ("Host", "evil.example")],
    ] {
        let answer = server.post(headers, &call);
        assert_eq!((answer.status, answer.header("access-control-allow-origin")), (403, None), "{headers:?}");
    }
    let absolute = server.request("POST", "http://evil.example/mcp", &[], &call);
    assert_eq!(read(&mut server.connection(absolute.as_bytes())).status, 403);
    let twice = server.request("POST", "/mcp", &[("Host", "localhost"), ("host", "localhost")], &call);
    assert!([400, 403].contains(&read(&mut server.connection(twice.as_bytes())).status));
    assert_eq!(upstream.count(), 0);
    for headers in [&[("Host", "localhost:1")] as &[_], &[("Origin", "http://localhost:6274")]] {
        assert_eq!(server.post(headers, &call).status, 200, "{headers:?}");
    }
    assert_eq!(upstream.count(), 2);
}

#[test]
fn pages_of_allowed_origins_may_ask_first() {
    let server = Server::start(&[], &["--no-auth", "--allowed-origins", "https://app.example"]);
    for path in ROUTES {
        for (origin, status) in
            [("https://app.example", 204), ("http://127.0.0.1:6274", 204), ("https://evil.example", 403)]
        {
            let asked = [
                ("Origin", origin),
                ("Access-Control-Request-Method", "POST"),
                ("Access-Control-Request-Headers", "mcp-protocol-version, authorization"),
            ];
            let answer = server.send("OPTIONS", path, &asked, "");
            assert_eq!(answer.status, status, "{path} {origin}");
            let allowed = answer.header("access-control-allow-origin");
            assert_eq!(allowed, Some(origin).filter(|_| status == 204), "{path} {origin}");
            let headers = answer.header("access-control-allow-headers").unwrap_or_default();
            assert_eq!(headers.contains("mcp-protocol-version") && headers.contains("authorization"), status == 204);
        }
        let answer = server.send("GET", path, &[("Origin", "https://app.example")], "");
        assert_eq!(answer.header("access-control-allow-origin"), Some("https://app.example"), "{path}");
        let exposed = answer.header("access-control-expose-headers").unwrap_or_default();
        assert!(exposed.contains("www-authenticate") && exposed.contains("mcp-session-id"), "{path}: {exposed}");
        assert_eq!(answer.header("vary"), Some("origin"), "{path}");
    }
}

#[test]
fn bodies_that_are_too_long_are_not_read() {
    let server = Server::start(&[], &["--no-auth", "--max-message-bytes", "1000"]);
    let long = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"a":"{}"}}}}"#, "x".repeat(2_000));
    assert_eq!(server.post(&[], &long).status, 413);
    // Announced, and never sent.
    let announced = server.request("POST", "/mcp", &[("Content-Length", "999999999999")], "");
    assert_eq!(read(&mut server.connection(announced.as_bytes())).status, 413);
    // Not announced.
    let head = server.request("POST", "/mcp", &[("Content-Length", ""), ("Transfer-Encoding", "chunked")], "");
    let chunked = format!("{head}{:x}\r\n{long}\r\n0\r\n\r\n", long.len());
    assert_eq!(read(&mut server.connection(chunked.as_bytes())).status, 413);
    let whole = server.send("POST", "/mcp", &[], PING);
    assert_eq!(whole.status, 200);
}

#[test]
fn a_body_that_does_not_arrive_is_not_waited_for() {
    let server = Server::start(&[], &["--no-auth", "--read-timeout", "100ms"]);
    let head = server.request("POST", "/mcp", &[("Content-Length", "40")], "{");
    assert_eq!(read(&mut server.connection(head.as_bytes())).status, 408);
    // Others are served meanwhile.
    let mut slow = server.connection(head.as_bytes());
    assert_eq!(server.post(&[], PING).status, 200);
    slow.write_all(b"\"").unwrap();
    assert_eq!(read(&mut slow).status, 408);
}

#[test]
fn garbage_ends_its_connection_only() {
    let server = Server::open("http://127.0.0.1:9");
    for garbage in [b"\x16\x03\x01\x02\x00".as_slice(), b"GET\r\n\r\n", b"POST /mcp HTTP/9.9\r\n\r\n", &[0; 100_000]] {
        let mut stream = server.connection(b"");
        let _ = stream.write_all(garbage);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{}", String::from_utf8_lossy(&answer));
    }
    assert_eq!(server.post(&[], PING).status, 200);
}

#[test]
fn a_client_that_hangs_up_gives_its_call_up() {
    let upstream = Recorder::start(|_| Reply::Hang);
    let environment =
        [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "test-key"), ("REQUEST_TIMEOUT", "1h")];
    let server = Server::start(&environment, &["--no-auth"]);
    let params = json!({ "name": "retrieveUserWithId", "arguments": { "userId": USER_ID } });
    let legacy = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    let legacy = server.request("POST", "/mcp", &[("MCP-Protocol-Version", "2025-11-25")], &legacy);
    let (headers, body) = crate::support::server::modern("tools/call", params, json!({}));
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let modern = server.request("POST", "/mcp", &headers, &body);
    for (count, request) in [legacy, modern].iter().enumerate() {
        let connection = server.connection(request.as_bytes());
        upstream.wait_for_requests(count + 1);
        drop(connection);
        upstream.wait_for_aborted(count + 1);
    }
    assert_eq!(server.post(&[], PING).status, 200);
}

#[test]
fn a_configuration_file_may_have_the_settings_of_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("server.yaml");
    std::fs::write(&file, "max_message_bytes: 1000\nno_auth: true\n").unwrap();
    let config = ["--config", file.to_str().unwrap()];
    let server = Server::start(&[], &config);
    assert_eq!(server.post(&[], &" ".repeat(2_000)).status, 413);
    // Other commands pass over them.
    assert!(command(&[]).args(config).args(["config", "check"]).args([&file]).output().unwrap().status.success());
    assert!(command(&[]).args(config).arg("tools").output().unwrap().status.success());
}

#[test]
fn what_is_unsafe_does_not_start() {
    for (arguments, expected) in [
        (&["--listen", "0.0.0.0:0", "--no-auth"] as &[_], "--behind-proxy"),
        (&["--no-auth", "--behind-proxy", "--public-url", "https://mcp.example.com"], "--no-auth"),
        (&["--no-auth", "--public-url", "https://mcp.example.com"], "--no-auth"),
        (&["--behind-proxy"], "--public-url"),
    ] {
        let output = command(&[]).arg("serve").args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
    let taken = Server::open("http://127.0.0.1:9");
    let output = command(&[]).args(["serve", "--no-auth", "--listen", &taken.address().to_string()]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && said.contains("--listen"), "{said}");
    assert!(taken.said().contains("warning: --no-auth"), "{}", taken.said());
}
