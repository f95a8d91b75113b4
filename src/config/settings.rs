//! The settings, one row each: flags, variables, help, completions and the documentation are made from these rows.

use std::fmt::Write;

pub use super::setting::{Flag, Setting, ValueKind};

pub(super) const SWITCH: Flag = Flag::Optional { placeholder: "BOOL", missing: "true" };

pub(super) const fn value(placeholder: &'static str) -> Flag {
    Flag::Value { placeholder }
}

pub(super) const fn setting(name: &'static str, variable: &'static str, flag: Flag, value: ValueKind) -> Setting {
    Setting { name, variable: Some(variable), other_variables: &[], flag, value, default: None, help: "" }
}

/// A setting that has a variable and nothing else: one of a source, which is known once its document is read.
pub const fn of_variable(variable: &'static str, value: ValueKind) -> Setting {
    setting(variable, variable, Flag::None, value)
}

/// The address of the instance.
pub static BASE_URL: Setting = setting("base-url", "API_BASE_URL", value("URL"), ValueKind::Url)
    .default("http://localhost:9011")
    .help("The address of the FusionAuth instance. It may have a path.");

/// The API key.
pub static API_KEY: Setting =
    setting("api-key", "API_KEY_APIKEYAUTH", Flag::File { name: "api-key-file" }, ValueKind::Secret)
        .help("The API key. The flag names a file that contains it, so that the key is not on a command line.");

/// The JWT for the operations that want one.
pub static BEARER_TOKEN: Setting = setting("bearer-token", "BEARER_TOKEN_BEARERAUTH", Flag::None, ValueKind::Secret)
    .help("The JWT for the few operations that need one instead of the API key.");

/// Certificates that are trusted beside the system's.
pub static CA_FILE: Setting = setting("ca-file", "API_CA_FILE", value("FILE"), ValueKind::Path)
    .or(&["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE"])
    .help(
        "A PEM file of certificates to trust in addition to the system's: those of your own authority, or the server's \
         self-signed one.",
    );

/// The proxy for HTTPS.
pub static HTTPS_PROXY: Setting = setting("https-proxy", "HTTPS_PROXY", Flag::None, ValueKind::Url)
    .or(&["https_proxy", "ALL_PROXY", "all_proxy"])
    .help("The proxy for an https address: http://host:port or http://user:password@host:port. Loopback is never proxied.");

/// The proxy for plain HTTP.
pub static HTTP_PROXY: Setting = setting("http-proxy", "HTTP_PROXY", Flag::None, ValueKind::Url)
    .or(&["http_proxy", "ALL_PROXY", "all_proxy"])
    .help("The proxy for an http address.");

/// The hosts that are reached without a proxy.
pub static NO_PROXY: Setting = setting("no-proxy", "NO_PROXY", Flag::None, ValueKind::List)
    .or(&["no_proxy"])
    .help("Hosts to reach without a proxy: example.com (and its subdomains), 10.0.0.0/8, host:port, * for all.");

/// The tools to offer.
pub static USE_TOOLS: Setting = setting("use-tools", "USE_TOOLS", value("LIST"), ValueKind::List)
    .default("all")
    .help(
        "The tools to offer: buckets (create, delete, patch, update, retrieve, search, other, all), marks (read-only, deletes, \
         irreversible) and names of tools. -NAME leaves one out. A mark applies across buckets: deletes is every tool that \
         sends a DELETE request, irreversible is every tool that can destroy something that no other call restores. An \
         export is offered only if all the tools that it uses are.",
    );

/// The prefixes that make buckets.
pub static TOOL_BUCKETS: Setting = setting("tool-buckets", "TOOL_BUCKETS", value("LIST"), ValueKind::List)
    .default("create,delete,patch,update,retrieve,search")
    .help("The prefixes of tool names that define the buckets.");

/// The areas to offer.
pub static TOOL_AREAS: Setting = setting("tool-areas", "TOOL_AREAS", value("LIST"), ValueKind::List)
    .default("all")
    .help("Offer only tools of these areas (the path segment after /api/), such as user,group,application.");

/// How a client comes to the tools.
pub static TOOL_MODE: Setting =
    setting("tool-mode", "TOOL_MODE", value("MODE"), ValueKind::Choice(&["list", "search"])).default("list").help(
        "List every tool (list), or three tools that find, describe and call the others (search). The default \
     is search if there are more than 100 tools from documents other than FusionAuth's.",
    );

/// How much a listed tool says about its body.
pub static TOOL_SCHEMAS: Setting = setting(
    "tool-schemas",
    "TOOL_SCHEMAS",
    value("DETAIL"),
    ValueKind::Choice(&["compact", "full"]),
)
.default("compact")
.help("How much of a tool's request body the list shows: names and types of its properties (compact), or everything (full).");

/// Only operations that change nothing.
pub static READ_ONLY: Setting = setting("read-only", "READ_ONLY", SWITCH, ValueKind::Bool)
    .default("false")
    .help("Offer only tools that change nothing, whatever else is chosen.");

/// Properties of bodies that the document does not know.
pub static UNKNOWN_PROPERTIES: Setting = setting(
    "unknown-properties",
    "UNKNOWN_PROPERTIES",
    value("ACTION"),
    ValueKind::Choice(&["refuse", "warn", "pass"]),
)
.default("refuse")
.help(
    "What to do with body properties that are not in the document, and that FusionAuth would ignore: refuse the call \
     (refuse), send them with a warning in the answer (warn), or send them silently (pass). Useful if the instance is newer \
     than the tools. For other documents, the default is refuse if the document allows no other properties, and warn if it \
     does.",
);

/// Secrets in answers.
pub static REVEAL_SECRETS: Setting = setting("reveal-secrets", "REVEAL_SECRETS", SWITCH, ValueKind::Bool)
    .default("false")
    .help("Show secrets in answers. Otherwise they are replaced by a placeholder.");

/// Invisible characters in answers.
pub static RAW_TEXT: Setting = setting("raw-text", "RAW_TEXT", SWITCH, ValueKind::Bool)
    .default("false")
    .help("Show invisible and control characters in answers as they are. Otherwise they are shown as escapes.");

/// Before which calls a person is asked.
pub static CONFIRM: Setting = setting(
    "confirm",
    "CONFIRM",
    value("CALLS"),
    ValueKind::Choice(&["off", "irreversible", "writes"]),
)
.default("irreversible")
.help(
    "Ask a person before calls that destroy something for good (irreversible), before all calls that change something \
     (writes), or never (off). If you set this, calls are refused when the client cannot ask.",
);

/// Requests are shown instead of sent.
pub static DRY_RUN: Setting = setting("dry-run", "DRY_RUN", SWITCH, ValueKind::Bool)
    .default("false")
    .help("Do not send requests that change something; show them as the answer instead. Reads are sent.");

/// Where calls are recorded.
pub static AUDIT_LOG: Setting = setting("audit-log", "AUDIT_LOG", value("FILE"), ValueKind::Path).help(
    "Append a line of JSON for each call to this file: who called what, when, and the result. SIGHUP reopens it.",
);

/// Where new secrets are written.
pub static SECRETS_FILE: Setting = setting("secrets-file", "SECRETS_FILE", value("FILE"), ValueKind::Path)
    .help("Append new secrets, such as the value of a new API key, to this file, because answers do not show them.");

/// Where answers that are files are written.
pub static DOWNLOAD_DIR: Setting = setting("download-dir", "DOWNLOAD_DIR", value("FOLDER"), ValueKind::Path)
    .help("The folder for exports of logs, which are zip files. Each is a new file that only its owner can read.");

/// What the instance may be compared with.
pub static COMPARE_WITH: Setting = setting("compare-with", "COMPARE_WITH", value("LIST"), ValueKind::List).help(
    "What the tool compareConfiguration may compare the instance with, as NAME=FILE,…: environment files of other \
     instances, Kickstart files, snapshots. The tool exists only if this is set.",
);

/// The tenant that every call is for.
pub static TENANT_ID: Setting = setting("tenant-id", "FUSIONAUTH_TENANT_ID", value("UUID"), ValueKind::Uuid)
    .help(
        "Restrict the server to this tenant: it is sent with every call that accepts a tenant, ids of other tenants are \
         refused, and their objects are not shown. Only a tenant-scoped API key guarantees that no other tenant is reached.",
    );

/// The time that a request may take.
pub static REQUEST_TIMEOUT: Setting = setting("request-timeout", "REQUEST_TIMEOUT", value("TIME"), ValueKind::Duration)
    .default("30s")
    .help("The time limit of a request: 30 (seconds), 500ms, 2m.");

/// The largest response that is read.
pub static MAX_RESPONSE_BYTES: Setting =
    setting("max-response-bytes", "MAX_RESPONSE_BYTES", value("BYTES"), ValueKind::Bytes)
        .default("16MiB")
        .help("The maximum size of a response: 1048576, 16MiB.");

/// The longest answer.
pub static MAX_ANSWER_TOKENS: Setting = setting(
    "max-answer-tokens",
    "MAX_ANSWER_TOKENS",
    value("NUMBER"),
    ValueKind::Number { min: 1000, max: usize::MAX },
)
.default("20000")
.help("The maximum length of an answer in tokens (o200k), at least 1000. A longer answer is cut.");

/// The objects of a list that are shown whole.
pub static MAX_WHOLE_OBJECTS: Setting = setting(
    "max-whole-objects",
    "MAX_WHOLE_OBJECTS",
    value("NUMBER"),
    ValueKind::Number { min: 1, max: usize::MAX },
)
.default("25")
.help("How many objects of a list an answer shows whole, unless the call has a jq filter. The others are shown as id and name.");

/// How answers to changes are shown.
pub static CHANGE_ANSWERS: Setting = setting(
    "change-answers",
    "CHANGE_ANSWERS",
    value("DETAIL"),
    ValueKind::Choice(&["short", "full"]),
)
.default("short")
.help(
    "How the answer to a change shows an object of more than 500 tokens: only its ids, generated values and what was \
             sent (short), or everything (full).",
);

/// Structured content.
pub static STRUCTURED_OUTPUT: Setting = setting("structured-output", "STRUCTURED_OUTPUT", SWITCH, ValueKind::Bool)
    .default("false")
    .help("Also return the JSON of answers as structured content, with output schemas. This doubles their size.");

/// Requests at a time.
pub static MAX_CONCURRENT_CALLS: Setting =
    setting("max-concurrent-calls", "MAX_CONCURRENT_CALLS", value("NUMBER"), ValueKind::Number { min: 1, max: 1024 })
        .default("32")
        .help(
            "How many calls run at a time, 1 to 1024. Further calls wait, and the wait counts towards the time limit.",
        );

/// Calls that wait.
pub static MAX_WAITING_CALLS: Setting =
    setting("max-waiting-calls", "MAX_WAITING_CALLS", value("NUMBER"), ValueKind::Number { min: 0, max: 65536 })
        .default("256")
        .help("How many calls may wait for their turn, 0 to 65536. Further calls are refused at once.");

/// How often a request is sent.
pub static MAX_TRIES: Setting =
    setting("max-tries", "MAX_TRIES", value("NUMBER"), ValueKind::Number { min: 1, max: 10 })
        .default("3")
        .help("How many times to try a read that fails temporarily, 1 to 10. 1 means no retry.");

/// The circuit breaker.
pub static CIRCUIT_BREAKER: Setting = setting("circuit-breaker", "CIRCUIT_BREAKER", SWITCH, ValueKind::Bool)
    .default("true")
    .help("After 5 failed calls in a row, refuse calls for a while instead of sending more.");

/// What is written to stderr.
pub static LOG: Setting = Setting {
    other_variables: &["RUST_LOG"],
    ..setting(
        "verbose",
        "LOG",
        Flag::Count { short: 'v' },
        ValueKind::Choice(&["off", "error", "warn", "info", "debug", "trace"]),
    )
}
.default("warn")
.help("The log level on stderr: off, error, warn, info, debug or trace. -v means info, -vv debug.");

/// The APIs whose operations are tools.
pub static SOURCE: Setting =
    setting("source", "SOURCE", Flag::Repeated { placeholder: "FILE|URL" }, ValueKind::List).default("fusionauth").help(
        "The OpenAPI documents to make tools from: JSON or YAML files, URLs, or fusionauth for the built-in one. NAME=FILE gives \
         a document a name.",
    );

/// Corrections of the document.
pub static OVERLAY: Setting =
    setting("overlay", "OVERLAY", Flag::Repeated { placeholder: "FILE" }, ValueKind::Paths).help(
        "Corrections of the document of --source, applied in the given order: files of the OpenAPI Overlay Specification, or \
         partial documents. One of several sources has its own: NAME_OVERLAY.",
    );

/// What leads into the network from here, whatever the instance.
pub static NETWORK: [&Setting; 4] = [&CA_FILE, &HTTPS_PROXY, &HTTP_PROXY, &NO_PROXY];

/// Where documents from URLs are kept.
pub static CACHE_DIR: Setting = setting("cache-dir", "CACHE_DIR", value("FOLDER"), ValueKind::Path)
    .help("The folder for documents from URLs. Without it, the system's folder for caches is used.");

/// Whether a document may come from a private network.
pub static PRIVATE_DOCUMENT: Setting = of_variable("PRIVATE_DOCUMENT", ValueKind::Bool)
    .help("Allow a document's URL to be http, and to lead to this machine or a private network.");

/// A simulated instance.
pub static SANDBOX: Setting = Setting {
    variable: None,
    ..setting("sandbox", "", Flag::Optional { placeholder: "CONTENTS", missing: "seed" }, ValueKind::Text)
}
.help("Simulate an instance in this process: with sample data, empty, or from a Kickstart file.");

/// Configuration files.
pub static CONFIG: Setting = setting("config", "CONFIG", Flag::Repeated { placeholder: "FILE" }, ValueKind::Paths)
    .help(
        "YAML files with these settings and with sources. A later file overrides an earlier one; flags and variables \
         override all files.",
    );

/// The hosts that may get a source's credentials.
pub static CREDENTIAL_HOSTS: Setting = of_variable("CREDENTIAL_HOSTS", ValueKind::List)
    .help("Hosts other than the API's that may get its credentials, where its operations are served.");

/// Values for the variables of a Kickstart file that an instance is made from.
pub static VARIABLES: Setting = Setting { variable: None, ..setting("variables", "", value("FILE"), ValueKind::Path) }
    .help("Read the values of a Kickstart file's variables, for the sandbox, from a JSON object of names and texts.");

/// A file of more variables.
pub static ENV_FILE: Setting = Setting { variable: None, ..setting("env-file", "", value("FILE"), ValueKind::Path) }
    .help("Read more environment variables from a file of NAME=value lines. Variables of the environment take precedence.");

/// All settings, in the order of help and documentation.
pub static SETTINGS: [&Setting; 41] = [
    &SOURCE,
    &OVERLAY,
    &CACHE_DIR,
    &BASE_URL,
    &API_KEY,
    &BEARER_TOKEN,
    &CA_FILE,
    &HTTPS_PROXY,
    &HTTP_PROXY,
    &NO_PROXY,
    &USE_TOOLS,
    &TOOL_BUCKETS,
    &TOOL_AREAS,
    &TOOL_MODE,
    &TOOL_SCHEMAS,
    &READ_ONLY,
    &UNKNOWN_PROPERTIES,
    &REVEAL_SECRETS,
    &RAW_TEXT,
    &CONFIRM,
    &DRY_RUN,
    &AUDIT_LOG,
    &SECRETS_FILE,
    &DOWNLOAD_DIR,
    &COMPARE_WITH,
    &TENANT_ID,
    &REQUEST_TIMEOUT,
    &MAX_RESPONSE_BYTES,
    &MAX_ANSWER_TOKENS,
    &MAX_WHOLE_OBJECTS,
    &CHANGE_ANSWERS,
    &STRUCTURED_OUTPUT,
    &MAX_CONCURRENT_CALLS,
    &MAX_WAITING_CALLS,
    &MAX_TRIES,
    &CIRCUIT_BREAKER,
    &LOG,
    &SANDBOX,
    &CONFIG,
    &VARIABLES,
    &ENV_FILE,
];

/// Settings as a Markdown table.
pub fn markdown(settings: &[&Setting]) -> String {
    let mut text = "| variable | flag | meaning | default |\n|---|---|---|---|\n".to_owned();
    for setting in settings {
        let variables: Vec<_> =
            setting.variable.iter().chain(setting.other_variables).map(|name| format!("`{name}`")).collect();
        let flag = match (setting.flag, setting.flag_name()) {
            (Flag::None, _) | (_, None) => String::new(),
            (Flag::Value { placeholder } | Flag::Repeated { placeholder }, Some(name)) => {
                format!("`--{name} {placeholder}`")
            }
            (Flag::File { .. }, Some(name)) => format!("`--{name} FILE`"),
            (Flag::Optional { placeholder, .. }, Some(name)) => format!("`--{name}[={placeholder}]`"),
            (Flag::Count { short }, Some(name)) => format!("`-{short}`, `--{name}`"),
        };
        let default = setting.default.map_or_else(|| "none".to_owned(), |default| format!("`{default}`"));
        // Writing to a String does not fail.
        let _ = writeln!(text, "| {} | {flag} | {} | {default} |", variables.join(", else "), setting.help);
    }
    text
}
