//! How a server for several people is to be run, by the settings of `serve`.

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

use url::{Host, Url};

use super::{
    error::ConfigError,
    given::{Given, Settings},
    server_settings::{
        ACCESS_LOG, ALLOWED_HOSTS, ALLOWED_ORIGINS, BEHIND_PROXY, DATA_DIR, DRAIN_TIMEOUT, LISTEN, MAX_CALLS,
        MAX_CALLS_PER_CALLER, MAX_MESSAGE_BYTES, MAX_WRONG_KEYS, NO_AUTH, PUBLIC_URL, RATE_LIMIT, READ_TIMEOUT,
        SEALING_KEY_FILE, SHARED_UPSTREAM, TLS_CERT, TLS_KEY,
    },
    settings::{Setting, ValueKind},
};

/// How requests are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessLog {
    /// As lines for people.
    Text,
    /// As lines of JSON.
    Json,
    /// Not at all.
    Off,
}

/// How much callers may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quotas {
    /// Requests a minute of one caller.
    pub requests: NonZeroU32,
    /// Requests in progress of one caller.
    pub in_progress_each: usize,
    /// Requests in progress in all.
    pub in_progress: usize,
    /// Wrong keys a minute from one address.
    pub wrong_keys: NonZeroU32,
}

impl Quotas {
    fn read(settings: &mut Settings) -> Self {
        let mut number = |setting: &Setting| match setting.value {
            ValueKind::Number { min, max } => settings.number(setting, min, max).unwrap_or(min),
            _ => 1,
        };
        let a_minute = |number: usize| u32::try_from(number).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN);
        Self {
            requests: a_minute(number(&RATE_LIMIT)),
            in_progress_each: number(&MAX_CALLS_PER_CALLER),
            in_progress: number(&MAX_CALLS),
            wrong_keys: a_minute(number(&MAX_WRONG_KEYS)),
        }
    }
}

/// The files that TLS needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and those that lead to its authority.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// How a server for several people is to be run.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The URL that clients use, where it is another than that of `listen`.
    pub public_url: Option<Url>,
    /// The files for TLS, where the server itself ends it.
    pub tls: Option<TlsFiles>,
    /// Whether callers have to say who they are.
    pub has_auth: bool,
    /// Where callers and keys are, where the system or the operator has a folder for them.
    pub data_dir: Option<PathBuf>,
    /// The file of the keys that seal callers' credentials, where one is named.
    pub sealing_key_file: Option<PathBuf>,
    /// Whether callers may use the server's own credentials.
    pub is_shared_upstream: bool,
    /// The host names that requests may name, in lower case, each perhaps with a port.
    pub hosts: Vec<String>,
    /// The origins of pages that may send requests.
    pub origins: Vec<String>,
    /// The largest request body, in bytes.
    pub max_message_bytes: usize,
    /// Whether a proxy in front says whom it speaks for.
    pub is_behind_proxy: bool,
    /// How requests are logged.
    pub access_log: AccessLog,
    /// How much callers may ask for.
    pub quotas: Quotas,
    /// The time in which a request's body has to arrive.
    pub read_timeout: Duration,
    /// How long calls in progress are waited for at the end.
    pub drain_timeout: Duration,
}

impl ServerConfig {
    /// Reads the settings of `serve`. What is wrong is noted in `settings`.
    pub fn read(settings: &mut Settings) -> Self {
        let listen = listen(settings);
        let public_url = public_url(settings);
        let is_behind_proxy = settings.switch(&BEHIND_PROXY);
        let (tls, is_loopback) = (tls(settings), listen.ip().is_loopback());
        if let Some(origin) = &is_behind_proxy {
            if public_url.is_none() && settings.get(&PUBLIC_URL).is_none() {
                settings.mistake(needs(
                    origin.source.clone(),
                    &origin.typed,
                    "--public-url, the URL of the proxy, beside it",
                ));
            }
        } else if let Some(Given { value, source }) =
            settings.get(&LISTEN).filter(|_| !is_loopback && (tls.is_none() || settings.get(&PUBLIC_URL).is_none()))
        {
            let expected = "a loopback address such as 127.0.0.1:8080; or, beside it, --public-url with --tls-cert and --tls-key, \
                or with --behind-proxy";
            settings.mistake(needs(source, &value, expected));
        }
        let no_auth = settings.switch(&NO_AUTH);
        let is_public = is_behind_proxy.is_some() || settings.get(&PUBLIC_URL).is_some() || !is_loopback;
        if let Some(origin) = no_auth.as_ref().filter(|_| is_public) {
            let expected =
                "it on loopback only, without --behind-proxy and --public-url: everybody could call every tool";
            settings.mistake(needs(origin.source.clone(), &origin.typed, expected));
        }
        let hosts = hosts(settings, public_url.as_ref());
        let origins = origins(settings, public_url.as_ref());
        Self {
            listen,
            public_url,
            tls,
            has_auth: no_auth.is_none(),
            data_dir: data_dir(settings),
            sealing_key_file: sealing_key_file(settings),
            is_shared_upstream: settings.switch(&SHARED_UPSTREAM).is_some(),
            hosts,
            origins,
            max_message_bytes: settings.bytes(&MAX_MESSAGE_BYTES).unwrap_or(usize::MAX),
            is_behind_proxy: is_behind_proxy.is_some(),
            access_log: access_log(settings),
            quotas: Quotas::read(settings),
            read_timeout: settings.duration(&READ_TIMEOUT).unwrap_or(Duration::MAX),
            drain_timeout: settings.duration(&DRAIN_TIMEOUT).unwrap_or(Duration::ZERO),
        }
    }
}

/// The folder for callers and keys.
pub fn data_dir(settings: &Settings) -> Option<PathBuf> {
    let given = settings.get(&DATA_DIR).map(|given| PathBuf::from(given.value));
    given.or_else(|| dirs::data_local_dir().map(|folder| folder.join(env!("CARGO_PKG_NAME"))))
}

/// The file of the keys that seal callers' credentials, where one is named.
pub fn sealing_key_file(settings: &Settings) -> Option<PathBuf> {
    settings.get(&SEALING_KEY_FILE).map(|given| PathBuf::from(given.value))
}

fn tls(settings: &mut Settings) -> Option<TlsFiles> {
    let lone =
        |given: Given, other: &Setting| needs(given.source, &given.value, &format!("--{} beside it", other.name));
    match (settings.get(&TLS_CERT), settings.get(&TLS_KEY)) {
        (Some(certificate), Some(key)) => {
            Some(TlsFiles { certificate: certificate.value.into(), key: key.value.into() })
        }
        (Some(given), None) => {
            settings.mistake(lone(given, &TLS_KEY));
            None
        }
        (None, Some(given)) => {
            settings.mistake(lone(given, &TLS_CERT));
            None
        }
        (None, None) => None,
    }
}

fn access_log(settings: &mut Settings) -> AccessLog {
    let forms = [("text", AccessLog::Text), ("json", AccessLog::Json), ("off", AccessLog::Off)];
    settings.choice(&ACCESS_LOG, &forms).unwrap_or(AccessLog::Text)
}

fn needs(source_name: String, value: &str, expected: &str) -> ConfigError {
    ConfigError::Value { source_name, value: value.to_owned(), expected: expected.to_owned() }
}

fn listen(settings: &mut Settings) -> SocketAddr {
    let parse = |text: &str| {
        let text = text.strip_prefix("localhost:").map_or_else(|| text.to_owned(), |port| format!("127.0.0.1:{port}"));
        text.parse::<SocketAddr>().ok()
    };
    let default = SocketAddr::from(([127, 0, 0, 1], 8080));
    let Some(Given { value, source }) = settings.get(&LISTEN) else { return default };
    parse(&value).unwrap_or_else(|| {
        settings.mistake(needs(source, &value, "an address and a port, such as 127.0.0.1:8080 or [::1]:8080"));
        default
    })
}

fn public_url(settings: &mut Settings) -> Option<Url> {
    let Given { value, source } = settings.get(&PUBLIC_URL)?;
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    };
    let url = Url::parse(&value).ok().filter(is_plain);
    if url.is_none() {
        let fault = "expected a URL of a scheme, a host and perhaps a port, such as https://mcp.example.com";
        settings.mistake(ConfigError::HiddenValue { source_name: source, fault: fault.to_owned() });
    }
    url
}

/// The authority of a URL as requests name it: without the port that its scheme implies.
fn authority(url: &Url) -> Option<String> {
    let host = url.host_str()?;
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn hosts(settings: &mut Settings, public_url: Option<&Url>) -> Vec<String> {
    let mut hosts: Vec<String> = public_url.and_then(authority).into_iter().collect();
    let Some(words) = settings.words(&ALLOWED_HOSTS) else { return hosts };
    for word in words.words {
        // As a URL has it: `[::1]`, and names in lower case.
        match Url::parse(&format!("http://{word}/")).ok().filter(|url| url.path() == "/" && !word.contains(['/', '@']))
        {
            Some(url) => hosts.extend(authority(&url)),
            None => {
                settings.mistake(needs(words.origin.source.clone(), &word, "host names, such as mcp.internal:8080"))
            }
        }
    }
    hosts
}

fn origins(settings: &mut Settings, public_url: Option<&Url>) -> Vec<String> {
    let mut origins: Vec<_> = public_url.map(|url| url.origin().ascii_serialization()).into_iter().collect();
    let Some(words) = settings.words(&ALLOWED_ORIGINS) else { return origins };
    for word in words.words {
        let url = Url::parse(&word)
            .ok()
            .filter(|url| matches!(url.host(), Some(Host::Domain(_) | Host::Ipv4(_) | Host::Ipv6(_))));
        match url.filter(|url| url.path() == "/" && url.query().is_none() && url.origin().is_tuple()) {
            Some(url) => origins.push(url.origin().ascii_serialization()),
            None => {
                let expected = "origins of web pages, such as https://app.example.com";
                settings.mistake(needs(words.origin.source.clone(), &word, expected));
            }
        }
    }
    origins
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::server_settings::SERVER_SETTINGS;

    fn read(variables: &[(&str, &str)]) -> (ServerConfig, Vec<String>) {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut settings = Settings::new([], variables);
        let config = ServerConfig::read(&mut settings);
        (config, settings.into_errors().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn defaults_can_be_read() {
        let (config, errors) = read(&[]);
        assert_eq!((config.listen.to_string().as_str(), errors.len()), ("127.0.0.1:8080", 0));
        assert_eq!((config.max_message_bytes, config.has_auth), (4 << 20, true));
        assert_eq!((config.quotas.requests.get(), config.quotas.wrong_keys.get()), (600, 30));
        assert_eq!((config.quotas.in_progress_each, config.quotas.in_progress), (64, 1024));
        assert_eq!((config.read_timeout.as_secs(), config.drain_timeout.as_secs()), (30, 20));
        for setting in SERVER_SETTINGS {
            assert!(!setting.help.is_empty() && setting.variable.is_some(), "{}", setting.name);
        }
    }

    #[test]
    fn hosts_and_origins_are_those_of_the_public_url_and_the_lists() {
        let (config, errors) = read(&[
            ("PUBLIC_URL", "https://MCP.example.com:8443"),
            ("ALLOWED_HOSTS", "Mcp.Internal, [::1]:80"),
            ("ALLOWED_ORIGINS", "https://app.example.com:443/"),
        ]);
        assert_eq!(errors, [] as [&str; 0]);
        assert_eq!(config.hosts, ["mcp.example.com:8443", "mcp.internal", "[::1]"]);
        assert_eq!(config.origins, ["https://mcp.example.com:8443", "https://app.example.com"]);
    }

    #[test]
    fn what_is_unsafe_is_refused() {
        for (variables, expected) in [
            (&[("LISTEN", "0.0.0.0:80")] as &[_], "loopback address"),
            (&[("LISTEN", "here")], "an address and a port"),
            (&[("BEHIND_PROXY", "true")], "--public-url"),
            (&[("TLS_CERT", "a.pem")], "--tls-key beside it"),
            (&[("TLS_KEY", "a.key")], "--tls-cert beside it"),
            (&[("LISTEN", "0.0.0.0:80"), ("TLS_CERT", "a.pem"), ("TLS_KEY", "a.key")], "--public-url"),
            (&[("NO_AUTH", "true"), ("PUBLIC_URL", "https://x.example")], "everybody"),
            (&[("PUBLIC_URL", "https://x.example/mcp")], "a scheme, a host"),
            (&[("PUBLIC_URL", "https://u:p@x.example")], "a scheme, a host"),
            (&[("ALLOWED_HOSTS", "a/b")], "host names"),
            (&[("ALLOWED_HOSTS", "a@b")], "host names"),
            (&[("ALLOWED_ORIGINS", "null")], "origins"),
            (&[("ALLOWED_ORIGINS", "*")], "origins"),
            (&[("ALLOWED_ORIGINS", "https://x.example/a")], "origins"),
        ] {
            let (_, errors) = read(variables);
            assert!(errors.len() == 1 && errors.concat().contains(expected), "{variables:?}: {errors:?}");
            assert!(!errors.concat().contains("u:p"), "{errors:?}");
        }
        let open = [("LISTEN", "0.0.0.0:80"), ("BEHIND_PROXY", "true"), ("PUBLIC_URL", "https://x.example")];
        assert_eq!(read(&open).1, [] as [&str; 0]);
        let open = [open[0], open[2], ("TLS_CERT", "a.pem"), ("TLS_KEY", "a.key")];
        assert_eq!(read(&open).1, [] as [&str; 0]);
    }
}
