//! Proxies: who is asked through one, and what is said when that fails.

use std::net::SocketAddr;

use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer},
    recorder::{Recorder, Reply},
};

fn read_user(base_url: &str, environment: &[(&str, &str)]) -> ToolAnswer {
    let mut all = vec![
        ("API_BASE_URL", base_url),
        ("API_KEY_APIKEYAUTH", "test-key"),
        ("MAX_TRIES", "1"),
        ("REQUEST_TIMEOUT", "20s"),
    ];
    all.extend(environment);
    let answer = Client::connect(&all).call("retrieveUserWithId", json!({ "userId": USER_ID }));
    assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    answer
}

/// The URL of a proxy with credentials.
fn with_credentials(url: &str) -> String {
    url.replace("http://", "http://user:hunter2@")
}

#[test]
fn loopback_is_never_proxied() {
    let (upstream, proxy) = (Recorder::agreeable(), Recorder::agreeable());
    let port = upstream.url().rsplit_once(':').unwrap().1.to_owned();
    for host in ["127.0.0.1", "localhost"] {
        for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY"] {
            let answer = read_user(&format!("http://{host}:{port}"), &[(variable, &proxy.url())]);
            assert_eq!(answer.text, "200 OK\n{}");
        }
    }
    assert_eq!((upstream.count(), proxy.count()), (6, 0));
}

#[test]
fn another_host_is_asked_through_the_proxy() {
    let proxy = Recorder::agreeable();
    let answer = read_user("http://fusionauth.test", &[("HTTP_PROXY", &with_credentials(&proxy.url()))]);
    assert_eq!(answer.text, "200 OK\n{}");
    let request = &proxy.take()[0];
    assert_eq!(request.target, format!("http://fusionauth.test/api/user/{USER_ID}"));
    assert_eq!(request.header("proxy-authorization"), Some("Basic dXNlcjpodW50ZXIy"));
}

#[test]
fn exceptions_are_reached_without_it() {
    let proxy = Recorder::agreeable();
    // An address of documentation, where nobody answers (RFC 5737).
    for exception in ["192.0.2.0/24", "*", "192.0.2.1:81"] {
        let environment = [("HTTP_PROXY", &*proxy.url()), ("NO_PROXY", exception), ("REQUEST_TIMEOUT", "200ms")];
        assert!(read_user("http://192.0.2.1:81", &environment).is_error, "{exception}");
    }
    assert_eq!(proxy.count(), 0);
    let environment = [("HTTP_PROXY", &*proxy.url()), ("NO_PROXY", "192.0.2.1:82")];
    assert!(!read_user("http://192.0.2.1:81", &environment).is_error);
}

#[test]
fn errors_name_the_proxy_without_its_credentials() {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    let closed = format!("http://{}", socket.local_addr().unwrap().as_socket().unwrap());
    let answer = read_user("http://fusionauth.test", &[("HTTP_PROXY", &with_credentials(&closed))]);
    let expected = format!("No connection to http://fusionauth.test through the proxy {closed}: ");
    assert!(answer.is_error && answer.text.starts_with(&expected), "{}", answer.text);
    assert!(answer.text.contains("HTTP_PROXY sets the proxy; NO_PROXY names hosts"), "{}", answer.text);

    let refusing = Recorder::start(|_| Reply::empty(407));
    let answer = read_user("http://fusionauth.test", &[("http_proxy", &with_credentials(&refusing.url()))]);
    let expected = format!("the proxy {} requires a user name and password (407)", refusing.url());
    assert!(
        answer.is_error && answer.text.contains(&expected) && answer.text.contains("http_proxy"),
        "{}",
        answer.text
    );

    // The connection through the proxy is refused before there is any TLS.
    let refusing = Recorder::start(|_| Reply::empty(403));
    let answer = read_user("https://fusionauth.test", &[("HTTPS_PROXY", &with_credentials(&refusing.url()))]);
    let expected = format!("No connection to https://fusionauth.test through the proxy {}: ", refusing.url());
    assert!(answer.is_error && answer.text.starts_with(&expected), "{}", answer.text);
    assert_eq!(refusing.take()[0].method, "CONNECT");
}
