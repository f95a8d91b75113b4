//! What is wrong, or mended, at the start: addresses, keys, and the files that hold them.

use std::{fs, process::Output};

use crate::support::{client::command, recorder::Recorder};

fn run(environment: &[(&str, &str)], arguments: &[&str]) -> (String, Option<i32>, Output) {
    let output = command(environment).args(arguments).output().unwrap();
    (String::from_utf8(output.stderr.clone()).unwrap(), output.status.code(), output)
}

const CALL: [&str; 3] = ["call", "retrieveUserWithId", "userId=00000000-0000-0000-0000-000000000001"];

fn file(name: &str, contents: &[u8]) -> String {
    let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
    fs::write(&path, contents).unwrap();
    path
}

#[test]
fn a_base_url_that_ends_in_api_is_mended_with_a_note() {
    let upstream = Recorder::agreeable();
    let url = format!("{}/api/", upstream.url());
    let (stderr, status, _) = run(&[("API_BASE_URL", &url), ("API_KEY_APIKEYAUTH", "test-key")], &CALL);
    assert_eq!(status, Some(0), "{stderr}");
    assert!(stderr.starts_with("note: API_BASE_URL: ") && stderr.contains(&upstream.url()), "{stderr}");
    assert_eq!(upstream.take()[0].target, "/api/user/00000000-0000-0000-0000-000000000001");
}

#[test]
fn no_part_of_a_wrong_url_reaches_stderr() {
    for url in ["https://admin:hunter2@exa mple.com", "https://example.com?key=hunter2", "https://admin:hunter2"] {
        let flag = ["--base-url", url, "tools"];
        for (environment, arguments) in [(vec![("API_BASE_URL", url)], &flag[2..]), (vec![], &flag[..])] {
            let (stderr, status, _) = run(&environment, arguments);
            assert_eq!(status, Some(2), "{stderr}");
            assert!(!stderr.contains("hunter2") && stderr.contains("expected a URL"), "{stderr}");
        }
    }
}

#[test]
fn a_placeholder_is_no_key() {
    for (value, remedy) in
        [("${KEY}", "set the variable"), ("<your key>", "your own key"), ("Bearer hunter2", "only the key or token")]
    {
        let (stderr, status, _) = run(&[("API_KEY_APIKEYAUTH", value)], &["tools"]);
        assert_eq!(status, Some(2), "{stderr}");
        assert!(stderr.starts_with("error: API_KEY_APIKEYAUTH: ") && stderr.contains(remedy), "{stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
    }
    let path = file("quoted-key", b"\"hunter2\"\n");
    let (stderr, status, _) = run(&[], &["--api-key-file", &path, "tools"]);
    assert_eq!(status, Some(2), "{stderr}");
    assert!(stderr.contains("quotes around it") && !stderr.contains("hunter2"), "{stderr}");
}

#[test]
fn files_may_begin_with_a_byte_order_mark_and_dollars_are_dollars() {
    let upstream = Recorder::agreeable();
    let key = file("key-with-mark", "\u{feff}key-from-file\r\n".as_bytes());
    let url = upstream.url();
    run(&[("API_BASE_URL", &url)], &[&["--api-key-file", &key], &CALL[..]].concat());
    let contents = format!("\u{feff}API_BASE_URL={url}\r\nAPI_KEY_APIKEYAUTH=pa$HOME${{USER}}$$\r\n");
    let environment = file("environment-with-mark", contents.as_bytes());
    run(&[("HOME", "elsewhere"), ("USER", "me")], &[&["--env-file", &environment], &CALL[..]].concat());
    let requests = upstream.take();
    let keys: Vec<_> = requests.iter().map(|request| request.header("authorization").unwrap()).collect();
    assert_eq!(keys, ["key-from-file", "pa$HOME${USER}$$"]);
}

#[test]
fn a_value_that_needs_quotes_is_named_by_its_line() {
    let path = file("environment-unquoted", b"# first\nREAD_ONLY=true\nAPI_KEY_APIKEYAUTH=my hunter2\n");
    let (stderr, status, _) = run(&[], &["--env-file", &path, "tools"]);
    assert_eq!(status, Some(2), "{stderr}");
    assert_eq!(
        stderr,
        format!(
            "error: --env-file {path}: line 3: the value of API_KEY_APIKEYAUTH has white space in it and needs quotes: \
             API_KEY_APIKEYAUTH='…'\n"
        )
    );
}
