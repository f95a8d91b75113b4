//! Who may send requests at all: hosts, origins and CORS. It stands before authentication, so that a page's preflight
//! needs none.

use axum::http::{
    HeaderMap, HeaderName, HeaderValue, Uri,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HOST, ORIGIN, VARY,
    },
    uri::Authority,
};
use url::{Host, Url};

/// The headers that a page may send.
const REQUEST_HEADERS: &str = "accept, authorization, content-type, last-event-id, mcp-method, mcp-name, \
    mcp-protocol-version, mcp-session-id, traceparent, tracestate, x-client-key, x-mcp-readonly, x-mcp-tools, x-request-id, \
    x-service-key";

/// The headers of answers that a page may read.
const RESPONSE_HEADERS: &str = "mcp-protocol-version, mcp-session-id, retry-after, www-authenticate, x-request-id";

/// How long a page may keep the answer to its preflight, in seconds.
const PREFLIGHT_SECONDS: &str = "7200";

/// Why a request is refused before anything else of it is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is sent to a host that is none of ours, as by DNS rebinding.
    #[error("the request names a host that is not allowed; --public-url and --allowed-hosts name those that are")]
    Host,
    /// A page sends it whose origin is none of ours.
    #[error(
        "the request comes from a web page of an origin that is not allowed; --allowed-origins names those that are"
    )]
    Origin,
}

/// The hosts and origins that are allowed.
#[derive(Debug)]
pub struct Gate {
    hosts: Vec<String>,
    origins: Vec<String>,
    local: Local,
}

/// What is allowed of this machine, whatever the port.
#[derive(Debug, Clone, Copy)]
pub struct Local {
    /// The names of its loopback interface.
    pub hosts: bool,
    /// The pages that it serves itself.
    pub pages: bool,
}

impl Gate {
    /// A gate for these hosts (in lower case, perhaps with a port) and origins.
    pub fn new(hosts: Vec<String>, origins: Vec<String>, local: Local) -> Self {
        Self { hosts, origins, local }
    }

    /// Whether the request is sent to a host of ours.
    ///
    /// # Errors
    /// It is not, or does not say so.
    pub fn check_host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refused> {
        let mut named = headers.get_all(HOST).iter();
        let host = named.next().and_then(|host| host.to_str().ok()).ok_or(Refused::Host)?;
        let in_target = uri.authority().map(Authority::as_str);
        let is_allowed =
            named.next().is_none() && [Some(host), in_target].into_iter().flatten().all(|it| self.is_ours(it));
        if is_allowed { Ok(()) } else { Err(Refused::Host) }
    }

    fn is_ours(&self, authority: &str) -> bool {
        let Ok(authority) = authority.to_ascii_lowercase().parse::<Authority>() else { return false };
        let host = authority.host();
        !authority.as_str().contains('@')
            && (self.hosts.iter().any(|known| known == authority.as_str() || known == host)
                || self.local.hosts && is_loopback(host))
    }

    /// The origin of the page that sends the request; `None` where no page does.
    ///
    /// # Errors
    /// An origin that is not allowed.
    pub fn origin<'a>(&self, headers: &'a HeaderMap) -> Result<Option<&'a HeaderValue>, Refused> {
        let mut named = headers.get_all(ORIGIN).iter();
        let Some(origin) = named.next() else { return Ok(None) };
        let text = origin.to_str().ok().filter(|_| named.next().is_none()).ok_or(Refused::Origin)?;
        let is_local = || {
            let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            url.as_ref().and_then(Url::host).is_some_and(|host| match host {
                Host::Domain(name) => name == "localhost",
                Host::Ipv4(address) => address.is_loopback(),
                Host::Ipv6(address) => address.is_loopback(),
            })
        };
        let is_allowed = self.origins.iter().any(|known| known == text) || self.local.pages && is_local();
        if is_allowed { Ok(Some(origin)) } else { Err(Refused::Origin) }
    }
}

/// Whether a host, as it stands in a request, means this machine.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

/// Adds what lets a page of that origin read the answer.
pub fn allow(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(RESPONSE_HEADERS));
}

/// Says that the answer depends on the page that asks.
pub fn vary(headers: &mut HeaderMap) {
    headers.append(VARY, HeaderValue::from_static("origin"));
}

/// What a preflight is answered.
pub fn preflight() -> [(HeaderName, HeaderValue); 3] {
    [
        (ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE, OPTIONS")),
        (ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(REQUEST_HEADERS)),
        (ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(PREFLIGHT_SECONDS)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Local = Local { hosts: true, pages: true };
    const ELSEWHERE: Local = Local { hosts: false, pages: false };

    fn headers(name: HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(&name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn hosts() {
        let local = Gate::new(Vec::new(), Vec::new(), HERE);
        let public = Gate::new(vec!["mcp.example.com".to_owned(), "x.example:81".to_owned()], Vec::new(), ELSEWHERE);
        let is_taken =
            |gate: &Gate, hosts: &[&str]| gate.check_host(&Uri::from_static("/"), &headers(HOST, hosts)).is_ok();
        for host in ["localhost:8080", "LOCALHOST", "127.0.0.1:1", "127.9.9.9", "[::1]:8080"] {
            assert!(is_taken(&local, &[host]) && !is_taken(&public, &[host]), "{host}");
        }
        for host in ["mcp.example.com", "MCP.example.com:443", "x.example:81"] {
            assert!(is_taken(&public, &[host]) && !is_taken(&local, &[host]), "{host}");
        }
        for host in
            ["", "evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "a@localhost", "10.0.0.1", "x.example"]
        {
            assert!(!is_taken(&local, &[host]) && !is_taken(&public, &[host]), "{host}");
        }
        assert!(!is_taken(&local, &[]) && !is_taken(&local, &["localhost", "localhost"]));
        let absolute = Uri::from_static("http://evil.example/mcp");
        assert_eq!(local.check_host(&absolute, &headers(HOST, &["localhost"])), Err(Refused::Host));
    }

    #[test]
    fn origins() {
        let local = Gate::new(Vec::new(), vec!["https://app.example".to_owned()], HERE);
        let public = Gate::new(Vec::new(), vec!["https://app.example".to_owned()], ELSEWHERE);
        let is_taken = |gate: &Gate, origins: &[&str]| gate.origin(&headers(ORIGIN, origins)).is_ok();
        assert!(is_taken(&public, &[]) && is_taken(&public, &["https://app.example"]));
        for origin in ["http://localhost:6274", "http://127.0.0.1", "https://[::1]:9"] {
            assert!(is_taken(&local, &[origin]) && !is_taken(&public, &[origin]), "{origin}");
        }
        for origin in [
            "null",
            "",
            "https://evil.example",
            "http://localhost.evil.example",
            "https://app.example.evil",
            "file://localhost",
        ] {
            assert!(!is_taken(&local, &[origin]) && !is_taken(&public, &[origin]), "{origin}");
        }
        assert!(!is_taken(&local, &["https://app.example", "https://evil.example"]));
    }
}
