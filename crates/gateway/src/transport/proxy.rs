//! Whether requests go through a proxy, and through which one.

use std::{fmt, net::IpAddr};

use ipnet::IpNet;
use url::{Host, Url};

use super::ProxyName;

/// How the upstream is reached.
#[derive(Debug, Clone, Default)]
pub enum Route {
    /// Without a proxy.
    #[default]
    Direct,
    /// Through this proxy.
    Through(Proxy),
    /// As the system's settings say (macOS, Windows).
    System,
}

/// A proxy.
#[derive(Clone)]
pub struct Proxy {
    /// With credentials, perhaps.
    url: Url,
    setting: String,
}

/// A text that names no proxy. It is not repeated, since it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected a proxy such as `http://proxy.example.com:3128` (http or https; not shown here: it may contain a password)"
)]
pub struct ProxyError;

impl fmt::Debug for Proxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(formatter)
    }
}

impl Proxy {
    /// The proxy that a text names: a URL, or a host and port as with curl. `setting` is where the text comes from.
    ///
    /// # Errors
    /// The text names none.
    pub fn parse(text: &str, setting: String) -> Result<Self, ProxyError> {
        let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
        let url = url.map_err(|_| ProxyError)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(ProxyError);
        }
        Ok(Self { url, setting })
    }

    /// Its address without credentials, and where it was set.
    pub fn name(&self) -> ProxyName {
        let host = self.url.host_str().unwrap_or_default();
        let port = self.url.port_or_known_default().unwrap_or_default();
        ProxyName { address: format!("{}://{host}:{port}", self.url.scheme()), setting: self.setting.clone() }
    }

    /// Whether the connection to the proxy itself is secure.
    pub fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The proxy for the HTTP client.
    ///
    /// # Errors
    /// Its URL is none that the client takes.
    pub fn rule(&self) -> reqwest::Result<reqwest::Proxy> {
        // The client takes user and password out of the URL.
        reqwest::Proxy::all(self.url.clone())
    }
}

/// Whether the host of a URL is this machine (RFC 6761, section 6.3; RFC 1122, section 3.2.1.3; RFC 4291, section 2.5.3).
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name.eq_ignore_ascii_case("localhost") || ends_with_label(name, "localhost")
        }
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => {
            address.is_loopback() || address.to_ipv4_mapped().is_some_and(|address| address.is_loopback())
        }
        None => false,
    }
}

/// The hosts that are reached without a proxy, as curl reads `NO_PROXY`, and with ports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoProxy(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    hosts: Hosts,
    /// All where there is none.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Hosts {
    All,
    Network(IpNet),
    /// This name and all below it, in lower case.
    Domain(String),
}

impl NoProxy {
    /// The hosts of a list with commas or spaces between its entries: `example.com` and `.example.com` (the domain and
    /// all below it), `192.0.2.7`, `10.0.0.0/8`, `[2001:db8::1]`, each with or without `:port`; and `*` for all.
    pub fn parse(list: &str) -> Self {
        let entries = list.split(|separator: char| separator == ',' || separator.is_whitespace());
        Self(entries.filter(|entry| !entry.is_empty()).filter_map(entry).collect())
    }

    /// Whether the host and port of a URL are among them.
    pub fn contains(&self, url: &Url) -> bool {
        let Some(host) = url.host() else { return false };
        let port = url.port_or_known_default();
        self.0.iter().any(|entry| {
            let is_port = entry.port.is_none_or(|only| Some(only) == port);
            is_port && entry.hosts.contains(&host)
        })
    }
}

impl Hosts {
    fn contains(&self, host: &Host<&str>) -> bool {
        let address = match host {
            Host::Domain(name) => {
                let name = name.trim_end_matches('.').to_ascii_lowercase();
                return match self {
                    Self::All => true,
                    Self::Network(_) => false,
                    Self::Domain(domain) => name == *domain || ends_with_label(&name, domain),
                };
            }
            Host::Ipv4(address) => IpAddr::V4(*address),
            Host::Ipv6(address) => IpAddr::V6(*address).to_canonical(),
        };
        match self {
            Self::All => true,
            Self::Network(network) => network.contains(&address),
            Self::Domain(_) => false,
        }
    }
}

/// An entry of the list. What names no host, such as `:80`, is none.
fn entry(text: &str) -> Option<Entry> {
    if let Some(hosts) = address(text) {
        return Some(Entry { hosts, port: None });
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok()?)),
        None => (text, None),
    };
    let hosts = address(host).or_else(|| match host {
        "*" => Some(Hosts::All),
        domain => {
            let domain = domain.strip_prefix('*').unwrap_or(domain).trim_matches('.').to_ascii_lowercase();
            (!domain.is_empty()).then_some(Hosts::Domain(domain))
        }
    })?;
    Some(Entry { hosts, port })
}

/// An address or a network, in brackets or without.
fn address(text: &str) -> Option<Hosts> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let network = bare.parse::<IpNet>().ok();
    let address = || bare.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical()));
    network.or_else(address).map(Hosts::Network)
}

fn ends_with_label(name: &str, domain: &str) -> bool {
    let rest = name.len().checked_sub(domain.len()).and_then(|start| name.split_at_checked(start));
    rest.is_some_and(|(before, end)| before.ends_with('.') && end.eq_ignore_ascii_case(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn loopback_is_known_by_name_and_address() {
        for text in [
            "http://localhost:9011",
            "http://LOCALHOST",
            "https://localhost.",
            "http://fusionauth.localhost",
            "http://127.0.0.1",
            "http://127.8.9.10:1",
            "http://[::1]:9011",
            "http://[::ffff:127.0.0.1]",
        ] {
            assert!(is_loopback(&url(text)), "{text}");
        }
        for text in [
            "http://localhost.example.com",
            "http://notlocalhost",
            "http://128.0.0.1",
            "http://[::2]",
            "http://10.0.0.1",
        ] {
            assert!(!is_loopback(&url(text)), "{text}");
        }
    }

    #[test]
    fn no_proxy_is_read_as_curl_reads_it() {
        for (list, inside, outside) in [
            ("example.com", "https://example.com", "https://notexample.com"),
            ("example.com", "https://auth.EXAMPLE.com:9011", "https://example.com.org"),
            (".example.com", "https://auth.example.com", "https://example.org"),
            (".example.com", "https://example.com", "https://anexample.com"),
            ("example.com.", "https://auth.example.com", "https://com"),
            ("EXAMPLE.com", "https://example.com.", "https://example"),
            ("a.test, example.com", "https://example.com", "https://b.test"),
            ("a.test example.com", "https://example.com", "https://b.test"),
            ("192.0.2.7", "http://192.0.2.7:9011", "http://192.0.2.70"),
            ("10.0.0.0/8", "http://10.255.0.1", "http://11.0.0.1"),
            ("2001:db8::/32", "http://[2001:db8::7]", "http://[2001:db9::7]"),
            ("[2001:db8::1]", "http://[2001:db8::1]:81", "http://[2001:db8::2]"),
            ("2001:db8::1", "http://[2001:db8::1]", "http://[2001:db8::11]"),
            ("192.0.2.7", "http://[::ffff:192.0.2.7]", "http://[::ffff:192.0.2.8]"),
            ("example.com:9011", "http://example.com:9011", "http://example.com:9012"),
            ("example.com:443", "https://auth.example.com", "http://auth.example.com"),
            ("10.0.0.0/8:9011", "http://10.0.0.1:9011", "http://10.0.0.1"),
            ("[2001:db8::1]:9011", "http://[2001:db8::1]:9011", "http://[2001:db8::1]"),
        ] {
            let hosts = NoProxy::parse(list);
            assert!(hosts.contains(&url(inside)), "{list}: {inside}");
            assert!(!hosts.contains(&url(outside)), "{list}: {outside}");
        }
        assert!(NoProxy::parse("*").contains(&url("https://example.com")));
        assert!(NoProxy::parse("a, *").contains(&url("http://192.0.2.1")));
        for nothing in ["", " , ", ":80", ".", "example.com:port"] {
            assert!(!NoProxy::parse(nothing).contains(&url("https://example.com")), "{nothing}");
        }
    }

    #[test]
    fn proxies_are_named_without_their_credentials() {
        let name = |text: &str| Proxy::parse(text, "HTTPS_PROXY".to_owned()).map(|proxy| proxy.name().address);
        assert_eq!(name("http://user:hunter2@proxy.test:3128").unwrap(), "http://proxy.test:3128");
        assert_eq!(name("user:hunter2@proxy.test:3128").unwrap(), "http://proxy.test:3128");
        assert_eq!(name("proxy.test").unwrap(), "http://proxy.test:80");
        assert_eq!(name("https://[2001:db8::1]/").unwrap(), "https://[2001:db8::1]:443");
        let proxy = Proxy::parse("http://user:hunter2@proxy.test", "HTTPS_PROXY".to_owned()).unwrap();
        assert!(!format!("{proxy:?}").contains("hunter2"));
        for wrong in ["socks5://user:hunter2@proxy.test", "http://user:hunter2@", "http://user:hunter2@a b"] {
            assert!(!name(wrong).unwrap_err().to_string().contains("hunter2"), "{wrong}");
        }
    }
}
