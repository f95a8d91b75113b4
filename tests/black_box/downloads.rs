//! Answers that are files.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
};

use rawzip::{ZipArchive, ZipArchiveWriter};
use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer, command},
    recorder::{Recorder, Reply},
    sandbox::{API_KEY, Sandbox},
};

const EXPORTS: [(&str, &str); 3] = [
    ("exportAuditLogs", "/api/system/audit-log/export"),
    ("exportSystemLogs", "/api/system/log/export"),
    ("exportLoginRecords", "/api/system/login-record/export"),
];

/// An archive of these files.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content) in files {
        let (mut entry, config) = archive.new_file(name).start().unwrap();
        let mut writer = config.wrap(&mut entry);
        writer.write_all(content.as_bytes()).unwrap();
        let (_, descriptor) = writer.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

fn reply(status: u16, content_type: &str, body: Vec<u8>) -> Reply {
    Reply::Response { status, headers: vec![("Content-Type", content_type.to_owned())], body }
}

fn client(upstream: &Recorder, more: &[(&str, &str)]) -> Client {
    Client::connect(&[&[("API_BASE_URL", upstream.url().as_str()), ("API_KEY_APIKEYAUTH", "key")], more].concat())
}

fn listing(answer: &ToolAnswer) -> Value {
    assert!(!answer.is_error, "{}", answer.text);
    serde_json::from_str(answer.text.split_once('\n').unwrap().1).unwrap()
}

fn files(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn an_archive_is_a_new_file_and_its_listing_the_answer() {
    let secret = "planted-secret";
    let body = zip(&[("logs.csv", secret), ("more/of.csv", "a,b\n")]);
    let sent = body.clone();
    let upstream = Recorder::start(move |_| reply(200, "application/zip", sent.clone()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let mut client = client(&upstream, &[("DOWNLOAD_DIR", path)]);
    for (tool, target) in EXPORTS {
        let answer = client.call(tool, json!({ "requestBody": { "zoneId": "Europe/Zurich" } }));
        let listing = listing(&answer);
        let file = Path::new(listing["file"].as_str().unwrap());
        assert!(file.starts_with(folder.path()) && file.extension().unwrap() == "zip", "{}", file.display());
        assert!(file.file_name().unwrap().to_str().unwrap().starts_with(tool), "{}", file.display());
        assert_eq!(fs::read(file).unwrap(), body);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(file).unwrap()) & 0o777, 0o600);
        let entries = json!([{ "name": "logs.csv", "bytes": 14 }, { "name": "more/of.csv", "bytes": 4 }]);
        assert_eq!(
            (&listing["entries"], &listing["bytes"], &listing["total"]),
            (&entries, &json!(body.len()), &json!(2))
        );
        let headline = format!("200 OK; written to {} ({} bytes, 2 entries)\n", file.display(), body.len());
        assert!(answer.text.starts_with(&headline) && !answer.text.contains(secret), "{}", answer.text);
        let request = upstream.take().remove(0);
        assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", target));
        assert_eq!(request.body, br#"{"zoneId":"Europe/Zurich"}"#);
    }
    // None is overwritten, however fast they come; and jq sees the listing.
    let before = files(folder.path()).len();
    for _ in 0..3 {
        let answer = client.call("exportAuditLogs", json!({ "jq": ".entries[].name" }));
        assert!(answer.text.ends_with("\n\"logs.csv\"\n\"more/of.csv\""), "{}", answer.text);
    }
    assert_eq!(files(folder.path()).len(), before + 3);
}

#[test]
fn without_a_folder_nothing_is_asked_for() {
    let upstream = Recorder::start(|_| reply(200, "application/zip", zip(&[])));
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for (tool, _) in EXPORTS {
        let answer = client(&upstream, &[]).call(tool, json!({}));
        let expected = "Not sent: this tool returns a file; set DOWNLOAD_DIR to a folder for it in the environment of this server.";
        assert_eq!((&*answer.text, answer.is_error), (expected, true));
        for wrong in [&missing, &file] {
            let answer = client(&upstream, &[("DOWNLOAD_DIR", wrong.to_str().unwrap())]).call(tool, json!({}));
            assert!(
                answer.is_error && answer.text.starts_with("Not sent: DOWNLOAD_DIR cannot be used: "),
                "{}",
                answer.text
            );
        }
    }
    assert_eq!(upstream.take(), []);
    assert_eq!(files(folder.path()), ["file"]);
}

#[test]
fn what_is_no_archive_is_no_file() {
    let half = {
        let mut whole = zip(&[("a", "b")]);
        whole.truncate(30);
        whole
    };
    for (status, content_type, body, expected) in [
        (200, "application/json", b"{}".to_vec(), "200 OK, but the body is not a zip archive, so no file was written"),
        (200, "text/html", b"<html>Sign in</html>".to_vec(), "200 OK, but the body is not a zip archive"),
        (200, "application/zip", half, "200 OK, but the body is not a zip archive"),
        (200, "application/zip", Vec::new(), "200 OK, but the body is not a zip archive"),
        (
            400,
            "application/json",
            br#"{"generalErrors":[{"code":"[bad]","message":"Bad."}]}"#.to_vec(),
            "400: Bad. [bad]",
        ),
        (401, "application/zip", Vec::new(), "401: the API key"),
        (
            200,
            "application/zip",
            zip(&[("large", &"x".repeat(2_000))]),
            "200, but the answer is larger than 1000 bytes",
        ),
    ] {
        let upstream = Recorder::start(move |_| reply(status, content_type, body.clone()));
        let folder = tempfile::tempdir().unwrap();
        let environment = [("DOWNLOAD_DIR", folder.path().to_str().unwrap()), ("MAX_RESPONSE_BYTES", "1000")];
        let answer = client(&upstream, &environment).call("exportAuditLogs", json!({}));
        assert!(answer.is_error && answer.text.starts_with(expected), "{}", answer.text);
        assert_eq!(files(folder.path()), [""; 0], "{}", answer.text);
    }
}

#[test]
fn names_in_an_archive_cannot_lead_anywhere() {
    let body = zip(&[("../../etc/passwd", "x"), ("a\n200 OK\u{202e}", "y")]);
    let upstream = Recorder::start(move |_| reply(200, "application/zip", body.clone()));
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let answer = client(&upstream, &[("DOWNLOAD_DIR", inner.to_str().unwrap())]).call("exportAuditLogs", json!({}));
    assert_eq!(listing(&answer)["total"], 2);
    assert!(answer.text.lines().count() == 2 && !answer.text.contains('\u{202e}'), "{}", answer.text);
    assert_eq!((files(&inner).len(), files(folder.path())), (1, vec!["inner".to_owned()]));
}

#[test]
fn the_sandbox_exports_what_it_has() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let environment = [("API_KEY_APIKEYAUTH", API_KEY), ("DOWNLOAD_DIR", folder.path().to_str().unwrap())];
    let mut client = sandbox.client_with(&environment);
    let mut rows = |tool: &str, body: Value| {
        let answer = client.call(tool, json!({ "requestBody": body }));
        let bytes = fs::read(listing(&answer)["file"].as_str().unwrap()).unwrap();
        let archive = ZipArchive::from_slice(&bytes).unwrap();
        let mut entries = archive.entries();
        let wayfinder = entries.next_entry().unwrap().unwrap().wayfinder();
        let entry = archive.get_entry(wayfinder).unwrap();
        let mut text = String::new();
        entry.verifying_reader(entry.data()).read_to_string(&mut text).unwrap();
        text.lines().count()
    };
    let all = rows("exportLoginRecords", json!({}));
    assert!(all > 2, "{all}");
    assert_eq!(rows("exportLoginRecords", json!({ "criteria": { "userId": USER_ID } })), 1);
    assert!(rows("exportAuditLogs", json!({})) >= 1);
    assert_eq!(rows("exportSystemLogs", json!({ "lastNBytes": -1 })), 1);
}

/// The time in the file's name is the only thing that differs from call to call.
#[test]
fn the_documentation_shows_what_a_call_prints() {
    let page = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/answers.md")).unwrap();
    let (_, shown) = page.split_once("--download-dir . call exportLoginRecords\n```\n\n```text\n").unwrap();
    let shown = shown.split("```").next().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--sandbox", "--download-dir", ".", "call", "exportLoginRecords"];
    let output = command(&[]).args(arguments).current_dir(folder.path()).output().unwrap();
    let printed = [output.stderr, output.stdout].concat();
    assert_eq!(without_times(&String::from_utf8(printed).unwrap()), without_times(shown));
}

/// The text with the times in names of files taken out: `-20261126T101500Z.zip`.
fn without_times(text: &str) -> String {
    let mut parts = text.split(".zip").map(|part| part.rsplit_once('-').map_or(part, |(before, _)| before));
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |whole, part| format!("{whole}.zip{part}"))
}
