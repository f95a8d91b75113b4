//! The table of faults in `docs/reliability.md`, made by causing each of them.
//!
//! `UPDATE_DOCS=1` writes the table; otherwise it is compared.

use std::{
    fs,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::support::{
    USER_ID,
    client::Client,
    recorder::{Recorder, Reply},
};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reliability.md");
const BEGIN: &str = "<!-- faults: made by tests/black_box/reliability.rs -->\n";
const END: &str = "<!-- end of faults -->";

/// What the upstream does.
enum Upstream {
    /// Nothing listens there.
    Absent,
    /// It answers with these, one after the other, and with the last one from then on.
    Replies(Vec<Reply>),
}

struct Fault {
    name: &'static str,
    upstream: Upstream,
    settings: &'static [(&'static str, &'static str)],
    /// Calls made before, whose answers do not count.
    before: usize,
    /// How long a read takes, and how long a write.
    times: [&'static str; 2],
}

const AT_ONCE: &str = "at once";
const WAITS: &str = "2 waits: 0.8 to 1.6 s";
const ONE_WAIT: &str = "1 wait: 0.2 to 0.4 s";
const TIMEOUT: &str = "`REQUEST_TIMEOUT`";

fn fault(name: &'static str, replies: Vec<Reply>, times: [&'static str; 2]) -> Fault {
    Fault { name, upstream: Upstream::Replies(replies), settings: &[], before: 0, times }
}

fn status(status: u16, headers: &[(&'static str, &str)]) -> Reply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Reply::Response { status, headers, body: Vec::new() }
}

fn faults() -> Vec<Fault> {
    let html = ("Content-Type", "text/html");
    let page = Reply::Response { status: 200, headers: vec![(html.0, html.1.to_owned())], body: b"<html>".to_vec() };
    let cut_short = Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"user\":".to_vec());
    let passing = |first: Reply| vec![first, Reply::json(200, "{}")];
    vec![
        Fault { upstream: Upstream::Absent, ..fault("nothing listens there", Vec::new(), [WAITS, AT_ONCE]) },
        fault("connection reset", vec![Reply::Reset], [WAITS, AT_ONCE]),
        fault("answer breaks off", vec![cut_short], [WAITS, AT_ONCE]),
        fault("answer is not HTTP", vec![Reply::Raw(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec())], [WAITS, AT_ONCE]),
        Fault {
            settings: &[("REQUEST_TIMEOUT", "250ms")],
            ..fault("no answer", vec![Reply::Hang], [TIMEOUT, TIMEOUT])
        },
        fault("502", vec![status(502, &[])], [WAITS, AT_ONCE]),
        fault("503", vec![status(503, &[])], [WAITS, AT_ONCE]),
        fault("504", vec![status(504, &[])], [WAITS, AT_ONCE]),
        fault("503 once", passing(status(503, &[])), [ONE_WAIT, AT_ONCE]),
        fault("connection reset once", passing(Reply::Reset), [ONE_WAIT, AT_ONCE]),
        fault(
            "429 once, `Retry-After: 1`",
            passing(status(429, &[("Retry-After", "1")])),
            ["as `Retry-After` says", AT_ONCE],
        ),
        fault("429, `Retry-After: 3600`", vec![status(429, &[("Retry-After", "3600")])], [AT_ONCE, AT_ONCE]),
        fault("429 without `Retry-After`", vec![status(429, &[])], [AT_ONCE, AT_ONCE]),
        fault("500", vec![status(500, &[])], [AT_ONCE, AT_ONCE]),
        fault("400", vec![status(400, &[])], [AT_ONCE, AT_ONCE]),
        fault("401", vec![status(401, &[])], [AT_ONCE, AT_ONCE]),
        fault("404", vec![status(404, &[])], [AT_ONCE, AT_ONCE]),
        fault("redirect", vec![status(302, &[("Location", "https://elsewhere.example")])], [AT_ONCE, AT_ONCE]),
        fault("a web page", vec![page], [AT_ONCE, AT_ONCE]),
        fault("broken JSON", vec![Reply::json(200, "{\"user\":")], [AT_ONCE, AT_ONCE]),
        Fault {
            settings: &[("MAX_RESPONSE_BYTES", "1000")],
            ..fault("answer too large", vec![Reply::json(200, &"x".repeat(5_000))], [AT_ONCE, AT_ONCE])
        },
        Fault {
            settings: &[("MAX_TRIES", "1")],
            before: 5,
            ..fault("6th call after 5 with 503", vec![status(503, &[])], [AT_ONCE, AT_ONCE])
        },
        Fault {
            settings: &[("MAX_TRIES", "1"), ("CIRCUIT_BREAKER", "false")],
            before: 5,
            ..fault("the same, `CIRCUIT_BREAKER=false`", vec![status(503, &[])], [AT_ONCE, AT_ONCE])
        },
        Fault {
            settings: &[("MAX_TRIES", "1")],
            ..fault("503, `MAX_TRIES=1`", vec![status(503, &[])], [AT_ONCE, AT_ONCE])
        },
    ]
}

/// The tries that reached the upstream, and the first line that the client saw.
fn cause(fault: &Fault, is_write: bool) -> (String, String) {
    // A port that is taken, so that no other test gets it, and where nobody listens.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let (url, upstream) = match &fault.upstream {
        Upstream::Absent => (format!("http://{}", socket.local_addr().unwrap().as_socket().unwrap()), None),
        Upstream::Replies(replies) => {
            let (replies, next) = (replies.clone(), AtomicUsize::new(0));
            let upstream =
                Recorder::start(move |_| replies[next.fetch_add(1, Ordering::SeqCst).min(replies.len() - 1)].clone());
            (upstream.url(), Some(upstream))
        }
    };
    let mut environment = vec![("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "the-secret-key")];
    environment.extend(fault.settings);
    let mut client = Client::connect(&environment);
    let mut call = || {
        if is_write {
            client.call("createUser", json!({ "requestBody": { "user": { "email": "a@example.com" } } }))
        } else {
            client.call("retrieveUserWithId", json!({ "userId": USER_ID }))
        }
    };
    for _ in 0..fault.before {
        call();
    }
    let before = upstream.as_ref().map_or(0, Recorder::count);
    let answer = call();
    assert!(!answer.text.contains("the-secret-key"), "{}", answer.text);
    let tries = upstream.map_or_else(|| "–".to_owned(), |upstream| (upstream.count() - before).to_string());
    (tries, seen(&answer.text, &url))
}

/// What the client saw, without what differs from run to run and from system to system.
fn seen(text: &str, url: &str) -> String {
    let line = text.lines().next().unwrap_or_default().replace(url, "http://upstream").replace('|', "\\|");
    let between = |line: String, open: &str, close: &str| match line.split_once(open) {
        Some((before, rest)) => {
            let rest = rest.split_once(close).map_or("", |(_, rest)| rest);
            format!("{before}{open}…{close}{rest}")
        }
        None => line,
    };
    let line = between(line, "was complete (", "); it is");
    let line = between(line, "No connection to http://upstream: ", ". Is");
    between(line, "next call is sent in ", " s.")
}

fn table() -> String {
    let faults = faults();
    let rows: Vec<_> = thread::scope(|scope| {
        let rows: Vec<_> = faults
            .iter()
            .flat_map(|fault| [(fault, false), (fault, true)])
            .map(|(fault, is_write)| (fault, is_write, scope.spawn(move || cause(fault, is_write))))
            .collect();
        rows.into_iter().map(|(fault, is_write, seen)| (fault, is_write, seen.join().unwrap())).collect()
    });
    let mut table = "| fault | call | tries | time | what the client saw |\n|---|---|---|---|---|\n".to_owned();
    for (fault, is_write, (tries, seen)) in rows {
        let (kind, time) = if is_write { ("write", fault.times[1]) } else { ("read", fault.times[0]) };
        table.push_str(&format!("| {} | {kind} | {tries} | {time} | {seen} |\n", fault.name));
    }
    table
}

/// The times of the table are those of the configured limits; what is measured is what was sent and answered.
#[cfg(target_os = "linux")]
#[test]
fn the_documented_faults_are_those_that_happen() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let (before, rest) = document.split_once(BEGIN).unwrap();
    let (documented, after) = rest.split_once(END).unwrap();
    let table = table();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(DOCUMENT, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(table, documented, "UPDATE_DOCS=1 writes the table of {DOCUMENT}");
    // Never a write: whatever the fault, it was sent once at most.
    for row in table.lines().filter(|row| row.contains("| write |")) {
        assert!(["| write | 0 |", "| write | 1 |", "| write | – |"].iter().any(|once| row.contains(once)), "{row}");
    }
}
