//! What the requests of a source are authorized with: a setting for each of its document's security schemes.

use base64::{Engine, engine::general_purpose::STANDARD};
use gateway::credentials::{StaticCredential, StaticCredentials};
use openapi_tools::model::{
    document::Document,
    security::{SchemeKind, SecurityScheme},
};
use secrecy::SecretString;

use super::{report::CredentialReport, variables::Variables};
use crate::config::{error::ConfigError, given::Given, secrets, settings::ValueKind};

/// What stands for a credential where nothing is sent to anybody.
const SIMULATED: &str = "simulated";

/// The credentials of a source.
pub struct Found {
    /// By scheme.
    pub credentials: StaticCredentials,
    /// The secrets, to keep them out of answers.
    pub own: Vec<SecretString>,
    /// For each scheme, as the operator types it.
    pub rows: Vec<CredentialReport>,
}

/// Reads the credentials of the document's schemes. What is wrong is noted in the settings.
pub fn read(variables: &mut Variables<'_>, document: &'static Document) -> Found {
    let mut found = Found { credentials: StaticCredentials::default(), own: Vec::new(), rows: Vec::new() };
    let mut rows = Vec::new();
    for scheme in document.security_schemes {
        let row = row(variables, scheme, &mut found.own);
        found.rows.push(CredentialReport { setting: row.setting, is_set: row.secret.is_some() });
        rows.push(row);
    }
    found.credentials = StaticCredentials::new(rows);
    found
}

/// A credential for every scheme, where nothing is sent to anybody.
pub fn simulated(document: &'static Document) -> StaticCredentials {
    let row = |scheme: &SecurityScheme| StaticCredential {
        scheme: scheme.name,
        what: SIMULATED,
        setting: SIMULATED,
        secret: Some(SIMULATED.to_owned().into()),
    };
    StaticCredentials::new(document.security_schemes.iter().map(row).collect())
}

fn row(variables: &mut Variables<'_>, scheme: &SecurityScheme, own: &mut Vec<SecretString>) -> StaticCredential {
    let (what, word) = match scheme.kind {
        SchemeKind::ApiKey { .. } => ("an API key", "API_KEY"),
        SchemeKind::Http { scheme: "basic" } => return basic(variables, scheme, own),
        SchemeKind::Http { .. } => ("a bearer token", "BEARER_TOKEN"),
        SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect { .. } => ("an access token", "BEARER_TOKEN"),
    };
    let setting = variables.setting(&of_scheme(word, scheme), ValueKind::Secret);
    let secret = secrets::read(variables.settings, &setting);
    own.extend(secret.clone());
    StaticCredential { scheme: scheme.name, what, setting: setting.label(), secret }
}

/// A user name and a password (RFC 7617). One of them may be left out: some APIs take a key as either.
fn basic(variables: &mut Variables<'_>, scheme: &SecurityScheme, own: &mut Vec<SecretString>) -> StaticCredential {
    let name = variables.setting(&of_scheme("BASIC_USERNAME", scheme), ValueKind::Text);
    let password = variables.setting(&of_scheme("BASIC_PASSWORD", scheme), ValueKind::Secret);
    let settings = variables.text(format!("{} and {}", name.label(), password.label()));
    let (name, password) = (variables.settings.get(&name), variables.settings.get(&password));
    let is_wrong = |given: &Given| given.value.contains(':') || given.value.chars().any(char::is_control);
    if let Some(Given { source, .. }) = name.as_ref().filter(|given| is_wrong(given)) {
        variables.settings.mistake(ConfigError::HiddenValue {
            source_name: source.clone(),
            fault: "expected a user name without `:` (the value is not shown: it may be secret)".to_owned(),
        });
    }
    let is_given = name.is_some() || password.is_some();
    let value = |given: Option<Given>| given.map(|given| given.value).unwrap_or_default();
    let (name, password) = (value(name), value(password));
    let secret = is_given.then(|| SecretString::from(STANDARD.encode(format!("{name}:{password}"))));
    own.extend(secret.clone());
    // A name may be everywhere, unless it stands for the password.
    let alone = if password.is_empty() { name } else { password };
    own.extend(Some(alone).filter(|text| !text.is_empty()).map(SecretString::from));
    StaticCredential { scheme: scheme.name, what: "a user name and password", setting: settings, secret }
}

/// The name of a variable for a scheme: `API_KEY_MYKEY` for `myKey`.
fn of_scheme(word: &str, scheme: &SecurityScheme) -> String {
    format!("{word}_{}", super::variables::word(scheme.name))
}
