//! What the requests of a source are authorized with: a setting for each of its document's security schemes.

use base64::{Engine, engine::general_purpose::STANDARD};
use gateway::{
    credentials::{StaticCredential, StaticCredentials},
    text::nearest::did_you_mean,
};
use openapi_tools::model::{
    document::Document,
    security::{SchemeKind, SecurityScheme},
};
use secrecy::SecretString;

use super::{report::CredentialReport, variables::Variables};
use crate::config::{
    error::ConfigError,
    file::fault::FileFault,
    given::{Given, Settings},
    secrets,
    settings::ValueKind,
    sources::{KEY, PASSWORD, TOKEN, USERNAME, word},
};

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
    check(variables.settings, &variables.source().to_owned(), document);
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

/// Holds what configuration files say of the source's credentials against the document. What fits no scheme is noted in the
/// settings.
pub fn check(settings: &mut Settings, source: &str, document: &Document) {
    let entries = settings.configured_sources().iter().filter(|entry| entry.name == source);
    let mut mistakes = Vec::new();
    for entry in entries.flat_map(|entry| &entry.credentials) {
        let names = || document.security_schemes.iter().map(|scheme| scheme.name);
        let scheme = document.security_schemes.iter().find(|scheme| word(scheme.name) == word(&entry.scheme));
        let is_basic = scheme.is_some_and(|scheme| matches!(scheme.kind, SchemeKind::Http { scheme: "basic" }));
        let fault = match scheme {
            None => FileFault::UnknownScheme {
                scheme: entry.scheme.clone(),
                hint: did_you_mean(&entry.scheme, names()),
                known: names().collect::<Vec<_>>().join(", "),
            },
            Some(_) if is_basic && entry.token.is_some() => FileFault::Kind("`username` and `password`"),
            Some(_) if !is_basic && entry.token.is_none() => FileFault::Kind("a text or `file`"),
            Some(_) => continue,
        };
        mistakes.push(ConfigError::InFile { place: entry.place.clone(), fault });
    }
    mistakes.into_iter().for_each(|mistake| settings.mistake(mistake));
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
        SchemeKind::ApiKey { .. } => ("an API key", KEY),
        SchemeKind::Http { scheme: "basic" } => return basic(variables, scheme, own),
        SchemeKind::Http { .. } => ("a bearer token", TOKEN),
        SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect { .. } => ("an access token", TOKEN),
    };
    let setting = variables.setting(&of_scheme(word, scheme), ValueKind::Secret);
    let secret = secrets::read(variables.settings, &setting);
    own.extend(secret.clone());
    StaticCredential { scheme: scheme.name, what, setting: setting.label(), secret }
}

/// A user name and a password (RFC 7617). One of them may be left out: some APIs take a key as either.
fn basic(variables: &mut Variables<'_>, scheme: &SecurityScheme, own: &mut Vec<SecretString>) -> StaticCredential {
    let name = variables.setting(&of_scheme(USERNAME, scheme), ValueKind::Text);
    let password = variables.setting(&of_scheme(PASSWORD, scheme), ValueKind::Secret);
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
fn of_scheme(kind: &str, scheme: &SecurityScheme) -> String {
    format!("{kind}_{}", word(scheme.name))
}
