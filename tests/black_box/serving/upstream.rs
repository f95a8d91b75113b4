//! Whose credential goes upstream.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    process::{Output, Stdio},
    thread,
};

use serde_json::json;

use crate::support::{USER_ID, callers::Callers, client::command, recorder::Recorder};

fn set(callers: &Callers, arguments: &[&str], secret: &str) -> Output {
    let mut child = command(&[])
        .args([&["credentials", "set", "--data-dir", callers.folder()], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Fails where the command wants no credential.
    let _ = child.stdin.take().unwrap().write_all(secret.as_bytes());
    child.wait_with_output().unwrap()
}

#[test]
fn callers_have_credentials_of_their_own() {
    let callers = Callers::new();
    let upstream = Recorder::agreeable();
    let environment = [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "shared-key")];
    let (anna, bert) = (callers.key("anna", "*"), callers.key("bert", "*"));
    let user = json!({ "userId": USER_ID });
    let server = callers.unshared_server(&environment, &[]);
    assert!(server.said().contains("SHARED_UPSTREAM"), "{}", server.said());
    let refused = server.call(&anna.header(), "retrieveUserWithId", user.clone());
    assert!(refused.starts_with("Not sent: this tool needs a credential of this caller's own."), "{refused}");
    assert_eq!(upstream.count(), 0);
    let said = set(&callers, &["anna", "fusionauth"], "annas-secret\n");
    assert!(said.status.success(), "{said:?}");
    assert!(!format!("{said:?}").contains("annas-secret"));
    // A running server takes it within seconds.
    let start = std::time::Instant::now();
    while !server.call(&anna.header(), "retrieveUserWithId", user.clone()).starts_with("200 OK") {
        assert!(start.elapsed() < crate::support::HANG_GUARD);
        thread::sleep(std::time::Duration::from_millis(200));
    }
    assert_eq!(upstream.take()[0].header("authorization"), Some("annas-secret"));
    assert!(!server.call(&bert.header(), "retrieveUserWithId", user.clone()).starts_with("200 OK"));
    // Where the source's is shared, it is for those who have none.
    let server = callers.server(&environment, &[]);
    for (key, expected) in [(&anna, "annas-secret"), (&bert, "shared-key")] {
        assert!(server.call(&key.header(), "retrieveUserWithId", user.clone()).starts_with("200 OK"));
        let sent = upstream.take();
        assert_eq!(sent[0].header("authorization"), Some(expected));
        assert!(!format!("{sent:?}").contains(&key.text), "the caller's own key goes nowhere");
    }
    assert!(callers.run(&["credentials", "unset", "anna", "fusionauth"]).status.success());
    assert!(!callers.run(&["credentials", "unset", "anna", "fusionauth"]).status.success());
}

#[test]
fn a_hundred_parallel_calls_never_cross() {
    let callers = Callers::new();
    let upstream = Recorder::agreeable();
    let environment = [("API_BASE_URL", &*upstream.url()), ("MAX_WAITING_CALLS", "1000")];
    let keys = [callers.key("anna", "*"), callers.key("bert", "*")];
    // The ids that each caller asks for are its own.
    let id = |caller: usize, call: usize| format!("0000000{caller}-0000-0000-0000-{call:012}");
    for (name, secret) in [("anna", "secret-0"), ("bert", "secret-1")] {
        assert!(set(&callers, &[name, "fusionauth"], secret).status.success());
    }
    let server = callers.unshared_server(&environment, &[]);
    thread::scope(|scope| {
        for call in 0..100 {
            let (server, key, user) = (&server, &keys[call % 2], json!({ "userId": id(call % 2, call) }));
            scope.spawn(move || {
                let answer = server.call(&key.header(), "retrieveUserWithId", user);
                assert!(answer.starts_with("200 OK"), "{answer}");
            });
        }
    });
    let sent = upstream.take();
    assert_eq!(sent.len(), 100);
    let ids: BTreeSet<_> = sent.iter().map(|request| request.target.clone()).collect();
    assert_eq!(ids.len(), 100);
    for request in sent {
        let caller = request.target.chars().nth("/api/user/0000000".len()).unwrap();
        assert_eq!(request.header("authorization"), Some(format!("secret-{caller}").as_str()), "{}", request.target);
    }
}

#[test]
fn credentials_are_sealed_and_sealed_anew() {
    let callers = Callers::new();
    callers.key("anna", "*");
    for (arguments, secret, expected) in [
        (&["nobody", "fusionauth"] as &[_], "s", "no caller `nobody`"),
        (&["anna", "other"], "s", "no source `other`; there is fusionauth"),
        (&["anna", "fusionauth", "--scheme", "x"], "s", "ApiKeyAuth, BearerAuth"),
        (&["anna", "fusionauth"], " \n", "one line"),
        (&["anna", "fusionauth"], "two\nlines", "one line"),
    ] {
        let output = set(&callers, arguments, secret);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(expected), "{arguments:?}: {said}");
    }
    assert!(set(&callers, &["anna", "fusionauth"], "annas-secret").status.success());
    assert!(set(&callers, &["anna", "fusionauth", "--scheme", "BearerAuth"], "annas-token").status.success());
    let path = format!("{}/sealing.key", callers.folder());
    let first = fs::read_to_string(&path).unwrap();
    for file in fs::read_dir(callers.folder()).unwrap().map(Result::unwrap) {
        let bytes = fs::read(file.path()).unwrap();
        for needle in ["annas-secret", "annas-token"] {
            assert!(!bytes.windows(needle.len()).any(|window| window == needle.as_bytes()), "{:?}", file.path());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        }
    }
    let listed = callers.json(&["credentials", "list"]);
    assert_eq!((&listed[0]["caller"], &listed[0]["scheme"]), (&json!("anna"), &json!("ApiKeyAuth")));
    // A new key before the old one, then all is sealed anew, then the old one may go.
    let second = "5c".repeat(32);
    fs::write(&path, format!("{second}\n{first}")).unwrap();
    assert!(callers.run(&["credentials", "reseal"]).status.success());
    fs::write(&path, format!("{second}\n")).unwrap();
    let upstream = Recorder::agreeable();
    let server = callers.unshared_server(&[("API_BASE_URL", &upstream.url())], &[]);
    let key = Callers::printed(&callers.json(&["keys", "create", "--name", "b", "--caller", "anna", "--scopes", "*"]));
    assert!(server.call(&key.header(), "retrieveUserWithId", json!({ "userId": USER_ID })).starts_with("200 OK"));
    assert_eq!(upstream.take()[0].header("authorization"), Some("annas-secret"));
    // Without the key, a caller's own is not replaced by another.
    drop(server);
    fs::write(&path, &first).unwrap();
    let environment = [("API_BASE_URL", &*upstream.url()), ("API_KEY_APIKEYAUTH", "shared-key")];
    let server = callers.server(&environment, &[]);
    let refused = server.call(&key.header(), "retrieveUserWithId", json!({ "userId": USER_ID }));
    assert!(refused.starts_with("Not sent: this tool needs this caller's credential"), "{refused}");
    assert_eq!(upstream.count(), 0);
}
