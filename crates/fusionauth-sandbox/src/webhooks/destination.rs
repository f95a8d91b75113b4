//! From a webhook and an event to the HTTP request that is sent.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::object::{Object, text, text_if_any};

/// The longest that a receiver is waited for, whatever the webhook says.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// A request, ready to be sent.
#[derive(Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The addresses to try, in order.
    pub addresses: Vec<SocketAddr>,
    pub connect_timeout: Duration,
    pub read_timeout: Duration,
    pub bytes: Vec<u8>,
}

/// Why a request is not sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    #[error("the sandbox sends events by http only")]
    NotHttp,
    #[error("the sandbox sends events to the loopback interface only, such as http://127.0.0.1:8080/")]
    NotLoopback,
    #[error("the URL has no port that is a number up to 65535")]
    Port,
    #[error("the URL or a header has a character that cannot be sent")]
    Character,
}

/// The request that sends an event to a webhook.
///
/// # Errors
/// A URL that is not plain http to the loopback interface, or a header that cannot be sent.
pub fn destination(webhook: &Object, body: &str) -> Result<Prepared, Unsent> {
    let rest = strip_scheme(text(webhook, "url")).ok_or(Unsent::NotHttp)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let path = path.split('#').next().unwrap_or_default();
    let (user_info, host_and_port) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    let addresses = addresses(host_and_port)?;
    let slash = if path.starts_with('/') { "" } else { "/" };
    let mut head = format!("POST {slash}{path} HTTP/1.1\r\nHost: {host_and_port}\r\n");
    let fixed = [("Content-Type", "application/json"), ("Connection", "close"), ("User-Agent", "fusionauth-sandbox")];
    let own = webhook.get("headers").and_then(Value::as_object);
    let own = own.into_iter().flatten().filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    let is_replaced = |name: &str| {
        webhook
            .get("headers")
            .and_then(Value::as_object)
            .is_some_and(|own| own.keys().any(|key| key.eq_ignore_ascii_case(name)))
    };
    for (name, value) in fixed.into_iter().filter(|(name, _)| !is_replaced(name)).chain(own) {
        // What frames the message is not the webhook's to choose.
        if ["content-length", "transfer-encoding", "host"].contains(&name.to_ascii_lowercase().as_str()) {
            continue;
        }
        let _ = write!(head, "{name}: {value}\r\n");
        if !is_line(name) || !is_line(value) || name.contains(':') || name.is_empty() {
            return Err(Unsent::Character);
        }
    }
    if let Some(credentials) = credentials(webhook, user_info) {
        let _ = write!(head, "Authorization: Basic {}\r\n", base64(credentials.as_bytes()));
    }
    if !is_line(path) || path.contains(' ') || !is_line(authority) {
        return Err(Unsent::Character);
    }
    let _ = write!(head, "Content-Length: {}\r\n\r\n", body.len());
    let wait = |property: &str| {
        let milliseconds = webhook.get(property).and_then(Value::as_u64).unwrap_or(1_000);
        Duration::from_millis(milliseconds.max(1)).min(MAX_WAIT)
    };
    Ok(Prepared {
        addresses,
        connect_timeout: wait("connectTimeout"),
        read_timeout: wait("readTimeout"),
        bytes: [head.as_bytes(), body.as_bytes()].concat(),
    })
}

fn strip_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    scheme.eq_ignore_ascii_case("http").then_some(rest)
}

/// The loopback addresses of a host, without asking anybody for its address.
fn addresses(host_and_port: &str) -> Result<Vec<SocketAddr>, Unsent> {
    let after_host = host_and_port.rfind(']').map_or(0, |bracket| bracket + 1);
    let (host, port) = match host_and_port.get(after_host..).and_then(|rest| rest.rfind(':')) {
        Some(colon) => host_and_port.split_at(after_host + colon),
        None => (host_and_port, ""),
    };
    let port = match port.trim_start_matches(':') {
        "" => 80,
        port => port.parse().map_err(|_| Unsent::Port)?,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let hosts: Vec<IpAddr> = match host.parse() {
        Ok(IpAddr::V4(address)) => vec![address.into()],
        Ok(IpAddr::V6(address)) => vec![address.into()],
        Err(_) if host.eq_ignore_ascii_case("localhost") => {
            vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
        }
        Err(_) => return Err(Unsent::NotLoopback),
    };
    if !hosts.iter().all(IpAddr::is_loopback) {
        return Err(Unsent::NotLoopback);
    }
    Ok(hosts.into_iter().map(|host| SocketAddr::new(host, port)).collect())
}

fn is_line(text: &str) -> bool {
    text.chars().all(|letter| letter == '\t' || !letter.is_control())
}

fn credentials(webhook: &Object, user_info: Option<&str>) -> Option<String> {
    if let Some(name) = text_if_any(webhook, "httpAuthenticationUsername") {
        return Some(format!("{name}:{}", text(webhook, "httpAuthenticationPassword")));
    }
    user_info.map(|info| percent_decode_str(info).decode_utf8_lossy().into_owned())
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for index in 0..4 {
            let letter = LETTERS.get((bits >> (18 - 6 * index) & 63) as usize).copied().unwrap_or_default();
            text.push(if index > chunk.len() { '=' } else { char::from(letter) });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::object::into_object;

    fn sent(webhook: Value) -> Result<String, Unsent> {
        destination(&into_object(webhook), "{}").map(|prepared| String::from_utf8(prepared.bytes).unwrap())
    }

    #[test]
    fn only_the_loopback_interface_is_called() {
        for (url, expected) in [
            ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
            ("HTTP://127.9.8.7", "127.9.8.7:80"),
            ("http://[::1]:99?a=b", "[::1]:99"),
            ("http://user:word@localhost/", "127.0.0.1:80"),
        ] {
            let prepared = destination(&into_object(json!({ "url": url })), "").unwrap();
            assert_eq!(prepared.addresses.first().map(ToString::to_string).as_deref(), Some(expected), "{url}");
        }
        for (url, expected) in [
            ("https://127.0.0.1/", Unsent::NotHttp),
            ("127.0.0.1/", Unsent::NotHttp),
            ("http://hooks.example/", Unsent::NotLoopback),
            ("http://10.0.0.1/", Unsent::NotLoopback),
            ("http://127.0.0.1.example/", Unsent::NotLoopback),
            ("http://127.0.0.1@hooks.example/", Unsent::NotLoopback),
            ("http://0.0.0.0/", Unsent::NotLoopback),
            ("http://127.0.0.1:99999/", Unsent::Port),
            ("http://127.0.0.1/a b", Unsent::Character),
        ] {
            assert_eq!(sent(json!({ "url": url })), Err(expected), "{url}");
        }
    }

    #[test]
    fn headers_are_those_of_the_webhook_and_end_no_line_early() {
        let request = sent(json!({
            "url": "http://127.0.0.1:1?x=1#y", "headers": { "X-A": "b", "content-length": "9" },
            "httpAuthenticationUsername": "Aladdin", "httpAuthenticationPassword": "open sesame",
        }))
        .unwrap();
        assert!(request.starts_with("POST /?x=1 HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"), "{request}");
        assert!(
            request.contains("\r\nX-A: b\r\n") && request.ends_with("\r\nContent-Length: 2\r\n\r\n{}"),
            "{request}"
        );
        assert!(request.contains("\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"), "{request}");
        assert!(!request.contains("content-length: 9"), "{request}");
        for (name, value) in [("X-A", "b\r\nX-B: c"), ("X-A: b\r\nX-B", "c"), ("", "c"), ("X:A", "b")] {
            let webhook = json!({ "url": "http://127.0.0.1/", "headers": { name: value } });
            assert_eq!(sent(webhook), Err(Unsent::Character), "{name}");
        }
    }
}
