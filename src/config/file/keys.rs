//! The keys of a configuration file. Those of settings are made from the table of settings.

use crate::config::{
    server_settings::SERVER_SETTINGS,
    settings::{self, Flag, SETTINGS, Setting},
    sources::{CLIENT_ID, CLIENT_SECRET, PASSWORD, SCOPES, TOKEN_URL, USERNAME},
};

/// The key of the sources.
pub const SOURCES: &str = "sources";
/// The key of a source's document.
pub const DOCUMENT: &str = "document";
/// The key of a source's credentials.
pub const CREDENTIALS: &str = "credentials";

/// The key of a file that holds a secret.
pub const FILE: &str = "file";

/// A part of a credential that has several.
pub struct Part {
    /// Its key.
    pub key: &'static str,
    /// What its variable begins with.
    pub kind: &'static str,
    /// Whether it may be in a file.
    pub is_secret: bool,
}

const fn part(key: &'static str, kind: &'static str, is_secret: bool) -> Part {
    Part { key, kind, is_secret }
}

/// A user name and a password.
pub static LOGIN: [Part; 2] = [part("username", USERNAME, false), part("password", PASSWORD, true)];

/// A client of an OAuth 2.0 authorization server.
pub static CLIENT: [Part; 4] = [
    part("client_id", CLIENT_ID, false),
    part("client_secret", CLIENT_SECRET, true),
    part("scopes", SCOPES, false),
    part("token_url", TOKEN_URL, false),
];

/// What keys begin with that anybody may use, for instance for YAML's anchors.
pub const OWN: &str = "x-";

/// The settings of a source. A file has them below the source's name.
pub static OF_SOURCES: [&Setting; 7] = [
    &settings::BASE_URL,
    &settings::OVERLAY,
    &settings::USE_TOOLS,
    &settings::TOOL_AREAS,
    &settings::READ_ONLY,
    &settings::CREDENTIAL_HOSTS,
    &settings::PRIVATE_DOCUMENT,
];

/// The settings that FusionAuth has alone.
pub static OF_FUSIONAUTH: [&Setting; 5] =
    [&settings::BASE_URL, &settings::USE_TOOLS, &settings::TOOL_AREAS, &settings::READ_ONLY, &settings::TENANT_ID];

/// The settings that are one source's, or say where settings are.
static OTHERS: [&Setting; 8] = [
    &settings::SOURCE,
    &settings::OVERLAY,
    &settings::BASE_URL,
    &settings::API_KEY,
    &settings::BEARER_TOKEN,
    &settings::TENANT_ID,
    &settings::CONFIG,
    &settings::ENV_FILE,
];

/// The settings that hold for everything, at the root of a file.
pub fn general() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.into_iter().chain(SERVER_SETTINGS).filter(|setting| OTHERS.iter().all(|other| other.name != setting.name))
}

/// The key of a setting: its flag with `_`, or its variable where it has no such flag.
pub fn key(setting: &Setting) -> String {
    match setting.flag {
        Flag::Count { .. } => setting.label().to_ascii_lowercase(),
        _ => setting.name.replace('-', "_").to_ascii_lowercase(),
    }
}
