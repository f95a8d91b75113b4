//! Nothing that a client does ends or stalls the server.

use std::{
    io::{BufRead, BufReader, Read, Write},
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    protocol::stateless,
    support::{
        HANG_GUARD, USER_ID,
        client::{Client, command},
        recorder::{Recorder, Reply},
    },
};

/// A process whose streams the test holds, and reads or leaves unread.
struct Process {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
}

impl Process {
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let stdout = child.stdout.take().map(BufReader::new);
        Self { child, stdout }
    }

    fn send(&mut self, message: &Value) {
        self.send_bytes(format!("{message}\n").as_bytes());
    }

    fn send_bytes(&mut self, bytes: &[u8]) {
        self.child.stdin.as_mut().unwrap().write_all(bytes).unwrap();
    }

    fn initialize(&mut self) {
        let client = json!({ "name": "black box", "version": "1" });
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
        self.send(&json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": params }));
        self.answer(&json!(0));
    }

    /// The answer with that id, and how many other messages came before it.
    fn answer(&mut self, id: &Value) -> (Value, usize) {
        let mut others = 0;
        loop {
            let mut line = String::new();
            assert!(self.stdout.as_mut().unwrap().read_line(&mut line).unwrap() > 0, "stdout has ended");
            let message: Value = serde_json::from_str(&line).unwrap();
            if message["id"] == *id {
                return (message, others);
            }
            others += 1;
        }
    }

    fn end_of_stdin(&mut self) {
        self.child.stdin = None;
    }

    /// The most memory that the process has had, in bytes; `None` where the system does not tell.
    fn peak_memory(&self) -> Option<usize> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        Some(line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() << 10)
    }

    fn ended(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < HANG_GUARD, "the process goes on");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pinged(client: &mut Client) {
    assert_eq!(client.request("ping", json!({}))["result"], json!({}));
}

#[test]
fn whatever_comes_first_the_handshake_can_follow() {
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    let ping = json!({ "jsonrpc": "2.0", "id": "first", "method": "ping" });
    let refused = json!({ "jsonrpc": "2.0", "id": "first", "method": "tools/list" });
    let malformed = json!({ "jsonrpc": "2.0", "id": "first", "method": "initialize", "params": 7 });
    let discover =
        json!({ "jsonrpc": "2.0", "id": "first", "method": "server/discover", "params": stateless(json!({})) });
    let others = [
        cancelled,
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": { "progressToken": 1, "progress": 1 } }),
        json!({ "jsonrpc": "2.0", "method": "nonsense" }),
        json!({ "jsonrpc": "2.0", "id": 9, "result": {} }),
        json!({ "jsonrpc": "2.0", "id": 9, "error": { "code": 1, "message": "x" } }),
        json!({ "jsonrpc": "2.0", "error": { "code": 1, "message": "x" } }),
        json!({ "id": 9, "result": 7 }),
    ];
    for first in [ping, refused, malformed, discover] {
        let mut client = Client::start(&[]);
        for other in &others {
            client.send(other);
            client.send(&first);
            client.finish_as(&json!("first"));
            client.send(other);
        }
        assert_eq!(client.initialize("2025-06-18")["protocolVersion"], "2025-06-18", "{first}");
        for other in &others {
            client.send(other);
        }
        pinged(&mut client);
        client.close_stdin();
        let (status, rest, _) = client.ended();
        assert!(status.success() && rest.is_empty(), "{first}: {rest:?}");
    }
}

#[test]
fn both_generations_are_served_in_any_order() {
    let mut client = Client::start(&[]);
    let listed = |client: &mut Client, params: Value| client.request("tools/list", params);
    assert_eq!(listed(&mut client, json!({}))["error"]["code"], -32602, "nothing says which version this is");
    assert!(listed(&mut client, stateless(json!({})))["result"]["ttlMs"].is_number());
    client.initialize("2025-06-18");
    for _ in 0..2 {
        let legacy = listed(&mut client, json!({}))["result"].clone();
        assert!(legacy["tools"].is_array() && legacy.get("ttlMs").is_none() && legacy.get("resultType").is_none());
        let modern = listed(&mut client, stateless(json!({})))["result"].clone();
        assert!(modern["tools"].is_array() && modern["resultType"] == "complete");
    }
    client.initialize("2025-11-25");
    pinged(&mut client);
}

#[test]
fn requests_right_behind_initialize_are_served() {
    let mut client = Client::start(&[]);
    let hello =
        json!({ "protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } });
    let hello = json!({ "jsonrpc": "2.0", "id": "hello", "method": "initialize", "params": hello });
    let cancelled =
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "hello" } });
    let list = json!({ "jsonrpc": "2.0", "id": "list", "method": "tools/list" });
    let batch = json!([{ "jsonrpc": "2.0", "id": "ping", "method": "ping" }]);
    client.send_line(&format!("{hello}\n{cancelled}\n{list}\n{batch}"));
    assert_eq!(client.finish_as(&json!("hello"))["result"]["protocolVersion"], "2025-03-26");
    let (one, other) = (client.next_message(), client.next_message());
    let (list, batch) = if one.is_array() { (other, one) } else { (one, other) };
    assert!(list["result"]["tools"].is_array());
    assert_eq!(batch[0]["result"], json!({}));
}

#[test]
fn stderr_that_nobody_reads_stalls_nothing() {
    let mut process = Process::start(command(&[("RUST_LOG", "debug")]).stderr(Stdio::piped()));
    process.initialize();
    for number in 0..3_000 {
        process.send_bytes(
            format!("{{\"jsonrpc\":\"2.0\",\"id\":{number},\"method\":\"{}\"}}\n", "n".repeat(100)).as_bytes(),
        );
        assert_eq!(process.answer(&json!(number)).0["error"]["code"], -32601);
    }
    process.end_of_stdin();
    assert!(process.ended().success());
    let mut log = String::new();
    process.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(log.contains("unknown method"), "{log}");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_server_whose_streams_nobody_reads() {
    let mut process = Process::start(command(&[("RUST_LOG", "debug")]).stderr(Stdio::piped()));
    process.initialize();
    for number in 0..3_000 {
        process.send_bytes(
            format!("{{\"jsonrpc\":\"2.0\",\"id\":{number},\"method\":\"{}\"}}\n", "n".repeat(100)).as_bytes(),
        );
    }
    process.send(&json!({ "jsonrpc": "2.0", "id": "list", "method": "tools/list" }));
    let sent = Command::new("kill").args(["-TERM", &process.child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    assert_eq!(process.ended().code(), Some(0));
}

#[test]
fn stderr_that_cannot_be_written_stops_nothing() {
    let broken = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let mut process = Process::start(command(&[("RUST_LOG", "trace")]).stderr(broken()));
    process.initialize();
    process.send_bytes(b"no JSON\n");
    process.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }));
    assert_eq!(process.answer(&json!(1)).0["result"], json!({}));
    process.end_of_stdin();
    assert!(process.ended().success());
    // What is wrong cannot be said, but the status says that something is.
    let environment = [("RUST_LOG", "trace"), ("API_BASE_URL", "http://127.0.0.1:1")];
    for (arguments, status) in
        [(&["--no-such-flag"][..], 2), (&["call", "nonsense"], 2), (&["call", "retrieveVersionWithId"], 1)]
    {
        let mut process = Process::start(command(&environment).args(arguments).stderr(broken()));
        assert_eq!(process.ended().code(), Some(status), "{arguments:?}");
    }
    let mut process = Process::start(command(&[("READ_ONLY", "perhaps")]).stderr(broken()));
    assert_eq!(process.ended().code(), Some(2));
}

#[test]
fn thousands_of_unread_answers_cost_little_and_can_be_cancelled() {
    let mut process = Process::start(command(&[]).stderr(Stdio::null()));
    process.initialize();
    process.send(&json!({ "jsonrpc": "2.0", "id": "one", "method": "tools/list" }));
    process.answer(&json!("one"));
    let before = process.peak_memory();
    let count = 10_000;
    for id in 1..=count {
        process.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" }));
    }
    for id in 50..=count {
        process.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }));
    }
    process.send(&json!({ "jsonrpc": "2.0", "id": "last", "method": "ping" }));
    let (_, lists) = process.answer(&json!("last"));
    assert!((1..50).contains(&lists), "{lists}");
    if let (Some(before), Some(after)) = (before, process.peak_memory()) {
        assert!(after - before < 60 << 20, "{} MB more than {} MB", (after - before) >> 20, before >> 20);
    }
}

#[test]
fn messages_of_many_megabytes_are_refused_and_cost_little() {
    let mut process = Process::start(command(&[]).stderr(Stdio::null()));
    process.initialize();
    let before = process.peak_memory();
    let megabytes = 15 << 20;
    let text = "x".repeat(megabytes);
    let bodies = [
        format!("\"{text}\""),
        format!("[{}0]", "0,".repeat(megabytes / 2)),
        format!("{}{}", "[".repeat(megabytes / 2), "]".repeat(megabytes / 2)),
        format!("{{{}\"a\":0}}", "\"a\":{},".repeat(megabytes / 7)),
    ];
    for body in bodies {
        let params = format!(r#"{{"name":"createUser","arguments":{{"requestBody":{body}}}}}"#);
        process.send_bytes(
            format!("{{\"jsonrpc\":\"2.0\",\"method\":\"tools/call\",\"params\":{params},\"id\":7}}\n").as_bytes(),
        );
        let error = process.answer(&json!(7)).0["error"].clone();
        let message = error["message"].as_str().unwrap();
        assert!(message.contains("expected at most") || message.contains("more than"), "{error}");
    }
    if let (Some(before), Some(after)) = (before, process.peak_memory()) {
        assert!(after - before < 60 << 20, "{} MB more than {} MB", (after - before) >> 20, before >> 20);
    }
}

#[test]
fn a_body_of_megabytes_within_the_limits_is_sent() {
    let upstream = Recorder::agreeable();
    let mut client = Client::of_upstream(&upstream.url());
    let users: Vec<_> =
        (0..8_000).map(|number| json!({ "email": format!("{number}@example.com"), "verified": true })).collect();
    let answer = client.call("importUsersWithId", json!({ "requestBody": { "users": users } }));
    assert!(answer.text.starts_with("200"), "{}", answer.text);
    let body: Value = serde_json::from_slice(&upstream.take()[0].body).unwrap();
    assert_eq!(body["users"].as_array().unwrap().len(), 8_000);
}

#[test]
fn calls_that_wait_for_the_upstream_keep_nobody_else_waiting() {
    let upstream = Recorder::start(|_| Reply::Hang);
    let mut client = Client::connect(&[
        ("API_BASE_URL", &upstream.url()),
        ("API_KEY_APIKEYAUTH", "test-key"),
        ("REQUEST_TIMEOUT", "1h"),
        ("MAX_CONCURRENT_CALLS", "2"),
    ]);
    for _ in 0..2_000 {
        client.begin_call("retrieveUserWithId", json!({ "userId": USER_ID }));
    }
    pinged(&mut client);
    assert!(client.request("tools/list", json!({}))["result"]["tools"].is_array());
}

#[test]
fn a_client_that_closes_stdout_ends_the_process_quietly() {
    let mut process = Process::start(command(&[]).stderr(Stdio::piped()));
    process.initialize();
    process.stdout = None;
    process.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }));
    assert_eq!(process.ended().code(), Some(0));
    let mut log = String::new();
    process.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert_eq!(log.lines().count(), 1, "only what says that it has started: {log}");
}

#[test]
fn the_end_of_stdin_waits_for_answers_that_are_read_and_for_no_others() {
    for is_read in [true, false] {
        let mut process = Process::start(command(&[]).stderr(Stdio::piped()));
        process.initialize();
        for id in 1..=60 {
            process.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/list" }));
        }
        process.end_of_stdin();
        if is_read {
            for _ in 1..=60 {
                let mut line = String::new();
                assert!(process.stdout.as_mut().unwrap().read_line(&mut line).unwrap() > 0, "an answer is missing");
            }
        }
        assert_eq!(process.ended().code(), Some(0));
        let mut log = String::new();
        process.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        assert_eq!(log.contains("cancelled without an answer"), !is_read, "{log}");
    }
}
