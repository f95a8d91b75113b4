//! What the requests of a source are authorized with: a setting for each of its document's security schemes.

use base64::{Engine, engine::general_purpose::STANDARD};
use gateway::{
    client_tokens::{Client, ClientTokens},
    credentials::{StaticCredential, StaticCredentials},
    redact::Learned,
    text::nearest::did_you_mean,
};
use openapi_tools::model::{
    document::Document,
    security::{Grant, SchemeKind, SecurityScheme},
};
use secrecy::SecretString;
use tokio::sync::Mutex;
use url::Url;

use super::{report::CredentialReport, transport::Limits, variables::Variables};
use crate::config::{
    Config,
    error::ConfigError,
    file::fault::FileFault,
    given::{CredentialEntry, Given, Settings},
    network, secrets,
    settings::ValueKind,
    sources::{CLIENT_ID, CLIENT_SECRET, KEY, PASSWORD, SCOPES, TOKEN, TOKEN_URL, USERNAME, word},
};

/// What stands for a credential where nothing is sent to anybody.
const SIMULATED: &str = "simulated";

/// The credentials of a source.
pub struct Found {
    /// By scheme.
    pub credentials: ClientTokens,
    /// The secrets, to keep them out of answers.
    pub own: Vec<SecretString>,
    /// Those that are learnt.
    pub learned: Learned,
    /// For each scheme, as the operator types it.
    pub rows: Vec<CredentialReport>,
}

/// Reads the credentials of the document's schemes. What is wrong is noted in the settings.
pub fn read(config: &Config, variables: &mut Variables<'_>, document: &'static Document, base_url: &str) -> Found {
    let source = variables.source().to_owned();
    check(variables.settings, &source, document);
    let mut found = Found {
        credentials: ClientTokens::new(StaticCredentials::default(), Vec::new()),
        own: Vec::new(),
        learned: Learned::default(),
        rows: Vec::new(),
    };
    if document.security_schemes.iter().any(gets_tokens) {
        found.learned = Learned::new();
    }
    let (mut rows, mut clients) = (Vec::new(), Vec::new());
    for scheme in document.security_schemes {
        let mut row = row(variables, scheme, &mut found.own);
        let client = if gets_tokens(scheme) { client((config, variables), base_url, scheme, &mut found) } else { None };
        if token_url(scheme).is_some() && client.is_none() {
            let (id, secret) = (of_scheme(CLIENT_ID, scheme), of_scheme(CLIENT_SECRET, scheme));
            let (id, secret) = (variables.named(&id), variables.named(&secret));
            row.setting = variables.text(format!("{} or {id} and {secret}", row.setting));
        }
        found.rows.push(CredentialReport { setting: row.setting, is_set: row.secret.is_some() || client.is_some() });
        rows.push(row);
        clients.extend(client);
    }
    found.credentials = ClientTokens::new(StaticCredentials::new(rows), clients);
    found
}

fn has(entry: &CredentialEntry, kind: &str) -> bool {
    entry.parts.iter().any(|(known, _)| *known == kind)
}

fn has_login(entry: &CredentialEntry) -> bool {
    has(entry, USERNAME) || has(entry, PASSWORD)
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
            Some(_) if is_basic && !has(entry, USERNAME) && !has(entry, PASSWORD) => {
                FileFault::Kind("`username` and `password`")
            }
            Some(scheme) if !is_basic && !has(entry, TOKEN) && (!gets_tokens(scheme) || has_login(entry)) => {
                FileFault::Kind("a text or `file`")
            }
            Some(_) => continue,
        };
        mistakes.push(ConfigError::InFile { place: entry.place.clone(), fault });
    }
    mistakes.into_iter().for_each(|mistake| settings.mistake(mistake));
}

/// Whether tokens for the scheme can be had from an authorization server.
fn gets_tokens(scheme: &SecurityScheme) -> bool {
    matches!(scheme.kind, SchemeKind::OAuth2 { .. } | SchemeKind::OpenIdConnect { .. })
}

/// The endpoint that the document names for clients of their own right.
fn token_url(scheme: &SecurityScheme) -> Option<&'static str> {
    let SchemeKind::OAuth2 { flows } = scheme.kind else { return None };
    flows.iter().find_map(|flow| match flow.grant {
        Grant::ClientCredentials { token_url } => Some(token_url),
        _ => None,
    })
}

/// The client that gets tokens for the scheme, where one is configured.
fn client(
    (config, variables): (&Config, &mut Variables<'_>),
    base_url: &str,
    scheme: &SecurityScheme,
    found: &mut Found,
) -> Option<Client> {
    let mut setting = |kind: &str, value| variables.setting(&of_scheme(kind, scheme), value);
    let (id, secret) = (setting(CLIENT_ID, ValueKind::Text), setting(CLIENT_SECRET, ValueKind::Secret));
    let (scopes, url) = (setting(SCOPES, ValueKind::Text), setting(TOKEN_URL, ValueKind::Url));
    let settings = &mut *variables.settings;
    let given = (settings.get(&id), secrets::read(settings, &secret));
    let given_url = settings.get(&url);
    let (id, secret) = match given {
        (Some(id), Some(secret)) => (SecretString::from(id.value), secret),
        (None, None) => return None,
        (id_given, _) => {
            let missing = if id_given.is_some() { secret.label() } else { id.label() };
            settings.note(format!("{missing} is not set, so no token can be had for {}", scheme.name));
            return None;
        }
    };
    let typed = given_url.as_ref().map(|given| given.value.as_str()).or(token_url(scheme)).unwrap_or_default();
    // In the clear it only goes where the API itself is asked in the clear.
    let is_allowed = |url: &Url| url.scheme() == "https" || url.scheme() == "http" && base_url.starts_with("http:");
    let is_plain = |url: &Url| url.username().is_empty() && url.password().is_none() && url.has_host();
    let parsed = Url::parse(typed).ok().filter(|url| is_allowed(url) && is_plain(url));
    let Some(parsed) = parsed else {
        settings.mistake(ConfigError::HiddenValue {
            source_name: given_url.map_or_else(|| url.label().to_owned(), |given| given.source),
            fault: format!("expected an https URL that gives tokens for {}", scheme.name),
        });
        return None;
    };
    let route = network::route(settings, parsed.as_str());
    let endpoint = match Limits::of(&config.upstream).transport(parsed.as_str(), route) {
        Ok(endpoint) => endpoint,
        Err(error) => {
            settings.note(format!("no token can be had for {}: {error}", scheme.name));
            return None;
        }
    };
    found.own.push(secret.clone());
    Some(Client {
        scheme: scheme.name,
        id,
        secret,
        scopes: settings.get(&scopes).map(|given| given.value.replace(',', " ")),
        server: parsed.host_str().unwrap_or_default().to_owned(),
        endpoint,
        timeout: config.upstream.request_timeout,
        learned: found.learned.clone(),
        state: Mutex::default(),
    })
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
