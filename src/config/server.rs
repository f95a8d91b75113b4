//! The settings of `serve`, one row each, and what they lead to.

use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf, time::Duration};

use url::{Host, Url};

use super::{
    error::ConfigError,
    given::{Given, Settings},
    settings::{SWITCH, Setting, ValueKind, setting, value},
};

const A_MINUTE: ValueKind = ValueKind::Number { min: 1, max: 1_000_000 };
const IN_PROGRESS: ValueKind = ValueKind::Number { min: 1, max: 65_536 };

/// Where callers and their keys are.
pub static DATA_DIR: Setting = setting("data-dir", "DATA_DIR", value("FOLDER"), ValueKind::Path)
    .help("The folder for callers and keys. Without it, the system's folder for the data of programs is used.");

/// The keys that seal the credentials of callers.
pub static SEALING_KEY_FILE: Setting =
    setting("sealing-key-file", "SEALING_KEY_FILE", value("FILE"), ValueKind::Path).help(
        "The file of the keys that seal callers' credentials, one a line: 32 bytes in hexadecimal. The first seals, all open. \
         Without it, sealing.key in the folder of callers and keys is used, and made if there is none.",
    );

/// The settings that say where callers and keys are.
pub static STORE_SETTINGS: [&Setting; 2] = [&DATA_DIR, &SEALING_KEY_FILE];

/// Whether callers may use the server's own credentials.
pub static SHARED_UPSTREAM: Setting =
    setting("shared-upstream", "SHARED_UPSTREAM", SWITCH, ValueKind::Bool).default("false").help(
        "Send the calls of callers that have no credential of their own with the server's, such as API_KEY_APIKEYAUTH.",
    );

/// Where to listen.
pub static LISTEN: Setting = setting("listen", "LISTEN", value("ADDRESS"), ValueKind::Text)
    .default("127.0.0.1:8080")
    .help("The address and port to listen on. Port 0 means any free port.");

/// The URL that clients use.
pub static PUBLIC_URL: Setting = setting("public-url", "PUBLIC_URL", value("URL"), ValueKind::Url).help(
    "The URL that clients use, such as https://mcp.example.com. Requests may name its host, and come from pages of its origin.",
);

/// Whether a proxy ends TLS.
pub static BEHIND_PROXY: Setting = setting("behind-proxy", "BEHIND_PROXY", SWITCH, ValueKind::Bool)
    .default("false")
    .help("Declare that a proxy in front of this server ends TLS. Required to listen on more than loopback; needs --public-url.");

/// Whether anybody may call.
pub static NO_AUTH: Setting = setting("no-auth", "NO_AUTH", SWITCH, ValueKind::Bool)
    .default("false")
    .help("Let everybody who reaches the address use every tool. Only on loopback.");

/// Hosts that requests may name.
pub static ALLOWED_HOSTS: Setting = setting("allowed-hosts", "ALLOWED_HOSTS", value("LIST"), ValueKind::List)
    .help("More host names that requests may be sent to, such as mcp.internal. Others are refused.");

/// Origins of pages that may send requests.
pub static ALLOWED_ORIGINS: Setting = setting("allowed-origins", "ALLOWED_ORIGINS", value("LIST"), ValueKind::List)
    .help("More origins of web pages that may send requests, such as https://app.example.com. Others are refused.");

/// The longest message.
pub static MAX_MESSAGE_BYTES: Setting =
    setting("max-message-bytes", "MAX_MESSAGE_BYTES", value("BYTES"), ValueKind::Bytes)
        .default("4MiB")
        .help("The largest request body that is read.");

/// Requests a minute of one caller.
pub static RATE_LIMIT: Setting = setting("rate-limit", "RATE_LIMIT", value("NUMBER"), A_MINUTE)
    .default("600")
    .help("How many requests a minute one caller may send. Further ones get 429.");

/// Calls in progress of one caller.
pub static MAX_CALLS_PER_CALLER: Setting =
    setting("max-calls-per-caller", "MAX_CALLS_PER_CALLER", value("NUMBER"), IN_PROGRESS)
        .default("64")
        .help("How many requests of one caller may be in progress. Further ones get 429.");

/// Calls in progress in all.
pub static MAX_CALLS: Setting = setting("max-calls", "MAX_CALLS", value("NUMBER"), IN_PROGRESS)
    .default("1024")
    .help("How many requests may be in progress in all. Further ones get 503.");

/// Wrong keys of one address.
pub static MAX_WRONG_KEYS: Setting = setting("max-wrong-keys", "MAX_WRONG_KEYS", value("NUMBER"), A_MINUTE)
    .default("30")
    .help(
        "How many requests with wrong keys one address (of IPv6, one /64) may send a minute. Further ones get 429. Good keys are \
         accepted all the same.",
    );

/// How requests are logged.
pub static ACCESS_LOG: Setting =
    setting("access-log", "ACCESS_LOG", value("FORM"), ValueKind::Choice(&["text", "json", "off"]))
        .default("text")
        .help("Log each request on stderr: as a line of text, as a line of JSON, or not at all.");

/// How long a message may take to arrive.
pub static READ_TIMEOUT: Setting = setting("read-timeout", "READ_TIMEOUT", value("TIME"), ValueKind::Duration)
    .default("30s")
    .help("The time in which the body of a request has to arrive.");

/// How long the end may take.
pub static DRAIN_TIMEOUT: Setting = setting("drain-timeout", "DRAIN_TIMEOUT", value("TIME"), ValueKind::Duration)
    .default("20s")
    .help("How long the server waits, when it is asked to end, for the calls that are in progress.");

/// The settings of `serve`, in the order of help and documentation.
pub static SERVER_SETTINGS: [&Setting; 17] = [
    &LISTEN,
    &PUBLIC_URL,
    &BEHIND_PROXY,
    &NO_AUTH,
    &DATA_DIR,
    &SEALING_KEY_FILE,
    &SHARED_UPSTREAM,
    &ALLOWED_HOSTS,
    &ALLOWED_ORIGINS,
    &MAX_MESSAGE_BYTES,
    &RATE_LIMIT,
    &MAX_CALLS_PER_CALLER,
    &MAX_CALLS,
    &MAX_WRONG_KEYS,
    &READ_TIMEOUT,
    &DRAIN_TIMEOUT,
    &ACCESS_LOG,
];

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

/// How a server for several people is to be run.
#[derive(Debug, Clone)]
pub struct ServerConfig {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The URL that clients use, where it is another than that of `listen`.
    pub public_url: Option<Url>,
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
        if let Some(origin) = &is_behind_proxy {
            if public_url.is_none() && settings.get(&PUBLIC_URL).is_none() {
                settings.mistake(needs(
                    origin.source.clone(),
                    &origin.typed,
                    "--public-url, the URL of the proxy, beside it",
                ));
            }
        } else if let Some(Given { value, source }) = settings.get(&LISTEN).filter(|_| !listen.ip().is_loopback()) {
            let expected = "a loopback address such as 127.0.0.1:8080, or --behind-proxy beside it";
            settings.mistake(needs(source, &value, expected));
        }
        let no_auth = settings.switch(&NO_AUTH);
        let is_public = is_behind_proxy.is_some() || settings.get(&PUBLIC_URL).is_some();
        if let Some(origin) = no_auth.as_ref().filter(|_| is_public) {
            let expected = "it neither with --behind-proxy nor with --public-url: everybody could call every tool";
            settings.mistake(needs(origin.source.clone(), &origin.typed, expected));
        }
        let hosts = hosts(settings, public_url.as_ref());
        let origins = origins(settings, public_url.as_ref());
        Self {
            listen,
            public_url,
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
    }
}
