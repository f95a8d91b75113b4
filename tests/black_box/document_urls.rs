//! Documents at URLs: fetched where nothing private is reached, kept, and refreshed.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use crate::support::{
    client::Client,
    documents::{document, names, run, sent, text, written},
    recorder::{Recorded, Recorder, Reply},
};

fn response(status: u16, headers: &[(&'static str, &str)], body: &str) -> Reply {
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    Reply::Response { status, headers, body: body.as_bytes().to_vec() }
}

/// A document with that many operations, whose server is relative to it.
fn things(count: usize) -> String {
    let paths: serde_json::Map<String, Value> = (0..count)
        .map(|number| (format!("/things/{number}"), json!({ "get": { "operationId": format!("getThing{number}") } })))
        .collect();
    json!({ "openapi": "3.1.0", "info": { "title": "Things", "version": "1" }, "servers": [{ "url": "/v1" }], "paths": paths })
        .to_string()
}

/// A host with a document that has an entity tag, which `replace` changes.
struct Host {
    recorder: Recorder,
    document: Arc<Mutex<String>>,
}

impl Host {
    fn of(document: String) -> Self {
        let document = Arc::new(Mutex::new(document));
        let served = Arc::clone(&document);
        let recorder = Recorder::start(move |request: &Recorded| {
            if !request.target.starts_with("/specs/things.json") {
                return Reply::json(200, "{}");
            }
            let text = served.lock().unwrap().clone();
            let etag = format!("\"{}\"", text.len());
            if request.header("if-none-match") == Some(&etag) {
                return response(304, &[("ETag", &etag)], "");
            }
            response(200, &[("ETag", &etag)], &text)
        });
        Self { recorder, document }
    }

    fn replace(&self, document: String) {
        *self.document.lock().unwrap() = document;
    }

    fn url(&self) -> String {
        format!("{}/specs/things.json?token=hunter2", self.recorder.url())
    }
}

#[test]
fn a_document_is_fetched_once_and_then_kept() {
    let host = Host::of(things(2));
    let cache = tempfile::tempdir().unwrap();
    let (url, folder) = (host.url(), cache.path().display().to_string());
    let environment = [("SOURCE", url.as_str()), ("CACHE_DIR", &folder), ("PRIVATE_DOCUMENT", "true")];
    let mut client = Client::connect(&environment);
    assert_eq!(names(&mut client), ["describe_tool", "getThing0", "getThing1"]);
    let requests = host.recorder.take();
    assert_eq!(requests.len(), 1);
    assert_eq!((requests[0].header("authorization"), requests[0].header("cookie")), (None, None));
    // A relative server is one of the document's host.
    assert_eq!(sent(&mut client, &host.recorder, "getThing1", json!({})).target, "/v1/things/1");
    host.replace(things(3));
    let mut client = Client::connect(&environment);
    assert_eq!((names(&mut client).len(), host.recorder.count()), (3, 0));
    // Not even where it cannot be reached.
    let output = run(&environment[..2], &["sources", "--json"]);
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&shown[0]["name"], &shown[0]["operations"]), (&json!("things"), &json!(2)));
    assert!(!text(&output.stdout).contains("hunter2") && !text(&output.stderr).contains("hunter2"), "{shown}");
}

#[test]
fn what_has_changed_is_fetched_again_on_demand() {
    let host = Host::of(things(2));
    let cache = tempfile::tempdir().unwrap();
    let (url, folder) = (host.url(), cache.path().display().to_string());
    let environment = [("SOURCE", url.as_str()), ("CACHE_DIR", &folder), ("PRIVATE_DOCUMENT", "true")];
    let refresh = |expected: &str, status: i32| {
        let output = run(&environment, &["sources", "refresh"]);
        assert_eq!(
            (text(&output.stdout).as_str(), output.status.code()),
            (expected, Some(status)),
            "{}",
            text(&output.stderr)
        );
        (host.recorder.take(), text(&output.stderr))
    };
    let mut client = Client::connect(&environment);
    assert_eq!(host.recorder.take().len(), 1);
    let (requests, _) = refresh("things: unchanged, 2 operations\n", 0);
    assert_eq!(requests.len(), 1);
    assert!(requests[0].header("if-none-match").is_some());
    host.replace(things(4));
    refresh("things: changed, 4 operations\n", 0);
    // The list never changes during a run.
    assert_eq!(names(&mut client).len(), 3);
    assert_eq!(names(&mut Client::connect(&environment)).len(), 5);
    assert_eq!(host.recorder.count(), 0);
    // What is no document takes no document's place.
    host.replace("<html>Sorry</html>".to_owned());
    let (_, stderr) = refresh("", 1);
    assert!(stderr.starts_with("error: things: http://127.0.0.1:"), "{stderr}");
    assert_eq!(names(&mut Client::connect(&environment)).len(), 5);
    let output = run(&[("SOURCE", &document("zoo.yaml"))], &["sources", "refresh"]);
    assert_eq!(text(&output.stdout), "no source has a document at a URL\n");
}

#[test]
fn what_is_kept_is_whole_or_fetched_again() {
    let host = Host::of(things(2));
    let cache = tempfile::tempdir().unwrap();
    let (url, folder) = (host.url(), cache.path().display().to_string());
    let environment = [("SOURCE", url.as_str()), ("CACHE_DIR", &folder), ("PRIVATE_DOCUMENT", "true")];
    assert!(run(&environment, &["tools"]).status.success());
    let file = fs::read_dir(cache.path().join("documents")).unwrap().next().unwrap().unwrap().path();
    let kept = fs::read_to_string(&file).unwrap();
    for broken in [&kept[..kept.len() - 5], "", "{}\n", &kept.replace("getThing0", "getThingX")] {
        fs::write(&file, broken).unwrap();
        host.recorder.take();
        assert!(run(&environment, &["tools"]).status.success());
        assert_eq!((host.recorder.count(), fs::read_to_string(&file).unwrap()), (1, kept.clone()), "{broken}");
    }
    // Without a folder to keep it in, it is fetched all the same.
    let nowhere = file.join("no/folder").display().to_string();
    let output = run(&[environment[0], ("CACHE_DIR", &nowhere), environment[2]], &["tools"]);
    assert!(
        output.status.success() && text(&output.stderr).contains("is not kept, and is fetched at every start: "),
        "{}",
        text(&output.stderr)
    );
}

#[test]
fn nothing_private_is_reached() {
    let upstream = Recorder::agreeable();
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().display().to_string();
    let port = upstream.url().rsplit(':').next().unwrap().to_owned();
    for (url, expected) in [
        (format!("http://127.0.0.1:{port}/a.json"), "expected https; PRIVATE_DOCUMENT=true allows http"),
        (format!("https://127.0.0.1:{port}/a.json"), "127.0.0.1 is no public address"),
        (
            format!("https://localhost:{port}/a.json"),
            "is no public address; PRIVATE_DOCUMENT=true allows private networks",
        ),
        (format!("https://2130706433:{port}/a.json"), "127.0.0.1 is no public address"),
        (format!("https://0x7f.1:{port}/a.json"), "127.0.0.1 is no public address"),
        (format!("https://[::1]:{port}/a.json"), "::1 is no public address"),
        (format!("https://[::ffff:127.0.0.1]:{port}/a.json"), "is no public address"),
        ("https://169.254.169.254/latest/a.json".to_owned(), "169.254.169.254 is no public address"),
        ("https://10.0.0.1/a.json".to_owned(), "10.0.0.1 is no public address"),
        ("https://somebody:hunter2@1.1.1.1/a.json".to_owned(), "the URL holds a user name or password"),
    ] {
        let output = run(&[("SOURCE", &url), ("CACHE_DIR", &folder)], &["tools"]);
        let message = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{url}: {message}");
        assert!(message.contains(expected) && !message.contains("hunter2"), "{url}: {message}");
        let output = run(&[("CACHE_DIR", &folder)], &["inspect", &url]);
        assert!(!output.status.success() && text(&output.stderr).contains(expected), "{url}: {}", text(&output.stderr));
    }
    assert_eq!(upstream.count(), 0);
    // A completion of the shell fetches nothing.
    let url = format!("{}/a.json", upstream.url());
    let environment =
        [("SOURCE", url.as_str()), ("CACHE_DIR", &folder), ("PRIVATE_DOCUMENT", "true"), ("COMPLETE", "fish")];
    run(&environment, &["--", "fusionauth-mcp", "call", ""]);
    assert_eq!(upstream.count(), 0);
}

#[test]
fn redirects_are_followed_a_few_times_and_checked() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().display().to_string();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let host = Recorder::start(move |request| {
        counted.fetch_add(1, Ordering::SeqCst);
        let (_, hops) = request.target.rsplit_once('/').unwrap();
        match hops {
            "0.json" => response(200, &[], &things(1)),
            "nowhere.json" => response(302, &[], ""),
            "ftp.json" => response(302, &[("Location", "ftp://127.0.0.1/a.json")], ""),
            "file.json" => response(307, &[("Location", "file:///etc/passwd")], ""),
            "gone.json" => response(404, &[], "{}"),
            hops => {
                let hops: usize = hops.strip_suffix(".json").unwrap().parse().unwrap();
                response(301, &[("Location", &format!("{}.json", hops - 1))], "")
            }
        }
    });
    for (path, requests, expected) in [
        ("3.json", 4, None),
        ("4.json", 4, Some("more than 3 redirects")),
        ("nowhere.json", 1, Some("answers 302 without a place to go to")),
        ("ftp.json", 1, Some("which is not https")),
        ("file.json", 1, Some("which is not https")),
        ("gone.json", 1, Some("answers 404")),
    ] {
        let url = format!("x={}/{path}", host.url());
        asked.store(0, Ordering::SeqCst);
        let output = run(&[("SOURCE", &url), ("CACHE_DIR", &folder), ("PRIVATE_DOCUMENT", "true")], &["tools"]);
        let message = text(&output.stderr);
        assert_eq!(
            (output.status.success(), asked.load(Ordering::SeqCst)),
            (expected.is_none(), requests),
            "{path}: {message}"
        );
        assert!(message.contains(expected.unwrap_or_default()), "{path}: {message}");
    }
}

#[test]
fn a_document_refers_to_files_of_its_host_alone() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().display().to_string();
    let other = Recorder::agreeable();
    let elsewhere = format!("{}/secret.json", other.url());
    let root =
        json!({ "openapi": "3.1.0", "info": { "title": "T", "version": "1" }, "servers": [{ "url": "/" }], "paths": {
        "/a": { "$ref": "../parts/a.json" }, "/b": { "$ref": elsewhere }, "/c": { "$ref": "file:///etc/passwd" },
        "/d": { "get": { "operationId": "d" } },
    } })
        .to_string();
    let host = Recorder::start(move |request| match request.target.as_str() {
        "/specs/root.json" => response(200, &[], &root),
        "/parts/a.json" => response(200, &[], &json!({ "get": { "operationId": "a" } }).to_string()),
        _ => response(404, &[], ""),
    });
    let url = format!("{}/specs/root.json", host.url());
    let environment = [("SOURCE", url.as_str()), ("CACHE_DIR", &folder), ("PRIVATE_DOCUMENT", "true")];
    assert_eq!(names(&mut Client::connect(&environment)), ["a", "d", "describe_tool"]);
    assert_eq!((host.take().len(), other.count()), (2, 0));
    assert_eq!(names(&mut Client::connect(&environment)).len(), 3);
    assert_eq!(host.count(), 0, "both files are kept");
}

#[test]
fn what_is_too_large_or_no_text_is_refused() {
    let cache = tempfile::tempdir().unwrap();
    let folder = cache.path().display().to_string();
    let host = Recorder::start(|request| match request.target.as_str() {
        "/large.json" => response(200, &[], &" ".repeat((32 << 20) + 1)),
        "/bytes.json" => Reply::Response { status: 200, headers: Vec::new(), body: vec![0xff, 0xfe, 0x7b] },
        "/coded.json" => response(200, &[("Content-Encoding", "gzip")], "{}"),
        _ => Reply::Reset,
    });
    for (path, expected) in [
        ("large.json", "more than 33554432 bytes"),
        ("bytes.json", "not UTF-8 text"),
        ("coded.json", "its content encoding is gzip, but it is not gzip"),
        ("reset.json", "error: x: http://127.0.0.1:"),
    ] {
        let url = format!("x={}/{path}", host.url());
        let output = run(&[("SOURCE", &url), ("CACHE_DIR", &folder), ("PRIVATE_DOCUMENT", "true")], &["tools"]);
        let message = text(&output.stderr);
        assert!(!output.status.success() && message.contains(expected), "{path}: {message}");
    }
}

#[test]
fn one_of_several_and_one_of_a_file_may_be_at_a_url() {
    let host = Host::of(things(2));
    let cache = tempfile::tempdir().unwrap();
    let (zoo, url, folder) = (document("zoo.yaml"), host.url(), cache.path().display().to_string());
    let sources = format!("{zoo},{url}");
    let environment = [("SOURCE", sources.as_str()), ("CACHE_DIR", &folder), ("THINGS_PRIVATE_DOCUMENT", "true")];
    let listed = names(&mut Client::connect(&environment));
    assert!(
        listed.contains(&"things_getThing1".to_owned()) && listed.contains(&"zoo_get_animals".to_owned()),
        "{listed:?}"
    );
    let file = json!({ "cache_dir": folder, "sources": { "mine": { "document": url, "private_document": true } } });
    let (_folder, config) = written("c.yaml", &file);
    assert_eq!(names(&mut Client::connect(&[("CONFIG", &config)])), ["describe_tool", "getThing0", "getThing1"]);
}
