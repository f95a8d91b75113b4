//! The settings of `serve`, one row each.

use super::settings::{SWITCH, Setting, ValueKind, setting, value};

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

/// The certificate for TLS.
pub static TLS_CERT: Setting = setting("tls-cert", "TLS_CERT", value("FILE"), ValueKind::Path).help(
    "Serve HTTPS with this certificate: a PEM file with the chain, the server's own first. SIGHUP reads it again.",
);

/// The key for TLS.
pub static TLS_KEY: Setting = setting("tls-key", "TLS_KEY", value("FILE"), ValueKind::Path)
    .help("The private key of --tls-cert, as PEM. SIGHUP reads it again.");

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
pub static SERVER_SETTINGS: [&Setting; 19] = [
    &LISTEN,
    &PUBLIC_URL,
    &BEHIND_PROXY,
    &TLS_CERT,
    &TLS_KEY,
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
