//! Which APIs are served: the words of the setting `SOURCE`.

use super::{
    error::ConfigError,
    file::fault::FileFault,
    given::{Given, Settings, SourceEntry},
    place::Place,
    settings::{BASE_URL, OVERLAY, READ_ONLY, SETTINGS, SOURCE, TENANT_ID, TOOL_AREAS, USE_TOOLS},
};

/// The word for the API whose document is a part of this program.
pub const FUSIONAUTH: &str = "fusionauth";

/// The longest name of a source, in bytes: names of tools begin with it, and have 64 at most.
const MAX_NAME: usize = 24;

/// A source that the operator chose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChosenSource {
    /// Its name: lower case letters, digits and `-`, beginning with a letter.
    pub name: String,
    /// Its document. FusionAuth's is a part of this program.
    pub document: Option<Place>,
}

impl ChosenSource {
    /// Whether it is FusionAuth, by the document that is a part of this program.
    pub fn is_fusionauth(&self) -> bool {
        self.document.is_none()
    }
}

/// The sources: those that were chosen, else those of configuration files, else FusionAuth alone. What is wrong is noted in
/// `settings`, which then have what configuration files say of these sources.
pub fn read(settings: &mut Settings) -> Vec<ChosenSource> {
    let configured = settings.configured_sources().to_vec();
    let chosen = match settings.get(&SOURCE) {
        Some(given) => chosen(settings, given, &configured),
        None => configured.iter().filter_map(|entry| of_entry(settings, entry)).collect(),
    };
    let sources = if chosen.is_empty() { vec![fusionauth()] } else { chosen };
    adopt(settings, &sources, &configured);
    sources
}

fn fusionauth() -> ChosenSource {
    ChosenSource { name: FUSIONAUTH.to_owned(), document: None }
}

/// A source of a configuration file.
fn of_entry(settings: &mut Settings, entry: &SourceEntry) -> Option<ChosenSource> {
    if entry.name == FUSIONAUTH {
        return Some(fusionauth());
    }
    let Some(document) = &entry.document else {
        let fault = FileFault::NoDocument(entry.name.clone());
        settings.mistake(ConfigError::InFile { place: entry.place.clone(), fault });
        return None;
    };
    Some(ChosenSource { name: entry.name.clone(), document: Some(Place::of(&document.value)) })
}

/// Gives each source what configuration files say of it, under the names that its settings have in this run.
fn adopt(settings: &mut Settings, sources: &[ChosenSource], configured: &[SourceEntry]) {
    let is_lone = sources.len() == 1;
    for entry in configured.iter().filter(|entry| sources.iter().any(|source| source.name == entry.name)) {
        let prefix = if is_lone { String::new() } else { format!("{}_", word(&entry.name)) };
        let is_fusionauth = entry.name == FUSIONAUTH;
        for (variable, given) in &entry.values {
            let is_plain = if is_lone {
                [&BASE_URL, &OVERLAY, &USE_TOOLS, &TOOL_AREAS, &READ_ONLY, &TENANT_ID]
                    .iter()
                    .any(|setting| setting.label() == *variable)
            } else {
                is_fusionauth && [&BASE_URL, &TENANT_ID].iter().any(|setting| setting.label() == *variable)
            };
            // Read-only for everything is lifted by no source.
            let is_lifting = *variable == READ_ONLY.label() && given.value == "false";
            if is_plain && is_lifting && settings.get(&READ_ONLY).is_some() {
                continue;
            }
            let plain = SETTINGS.iter().find(|setting| is_plain && setting.label() == *variable);
            settings
                .configure(plain.map_or(format!("{prefix}{variable}").as_str(), |setting| setting.name), given.clone());
        }
        for credential in &entry.credentials {
            let scheme = word(&credential.scheme);
            for (kind, given) in &credential.parts {
                let variable = format!("{kind}_{scheme}");
                // FusionAuth's keys are settings of their own.
                let own = SETTINGS.iter().find(|setting| is_fusionauth && setting.label() == variable);
                let name = own.map_or_else(|| format!("{prefix}{variable}"), |setting| setting.name.to_owned());
                settings.configure(&name, given.clone());
            }
        }
    }
}

/// What the variable of an API key begins with.
pub const KEY: &str = "API_KEY";
/// What the variable of a token begins with.
pub const TOKEN: &str = "BEARER_TOKEN";
/// What the variable of a user name begins with.
pub const USERNAME: &str = "BASIC_USERNAME";
/// What the variable of a password begins with.
pub const PASSWORD: &str = "BASIC_PASSWORD";

/// What the variable of an OAuth client's id begins with.
pub const CLIENT_ID: &str = "OAUTH_CLIENT_ID";
/// What the variable of an OAuth client's secret begins with.
pub const CLIENT_SECRET: &str = "OAUTH_CLIENT_SECRET";
/// What the variable of the scopes that an OAuth client asks for begins with.
pub const SCOPES: &str = "OAUTH_SCOPES";
/// What the variable of the URL that gives an OAuth client its tokens begins with.
pub const TOKEN_URL: &str = "OAUTH_TOKEN_URL";

/// A name as a part of a variable's name: `MY_API` for `my-api`.
pub fn word(name: &str) -> String {
    let sign = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' };
    name.chars().map(sign).collect()
}

/// The sources that the setting names.
fn chosen(settings: &mut Settings, given: Given, configured: &[SourceEntry]) -> Vec<ChosenSource> {
    let Given { value, source: source_name } = given;
    let mut sources: Vec<ChosenSource> = Vec::new();
    for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let mistake =
            |expected: String| ConfigError::Value { source_name: source_name.clone(), value: shown(word), expected };
        let entry = configured.iter().find(|entry| entry.name == word && entry.document.is_some());
        let source = match entry {
            _ if word == FUSIONAUTH => Some(fusionauth()),
            Some(entry) => of_entry(settings, entry),
            None => source_of(word),
        };
        match source {
            None => settings.mistake(mistake(format!(
                "`{FUSIONAUTH}`, a file or URL with a letter in its name, or NAME=FILE with a name of letters, digits and `-`"
            ))),
            Some(source) if sources.iter().any(|other| other.name == source.name) => {
                settings
                    .mistake(mistake(format!("a name that no other source has: NAME={}, not `{}`", shown(word), source.name)));
            }
            Some(source) => sources.push(source),
        }
    }
    sources
}

/// A word without what may be secret in a URL.
fn shown(word: &str) -> String {
    match Place::of(word) {
        Place::File(_) => word.to_owned(),
        url => url.to_string(),
    }
}

fn source_of(word: &str) -> Option<ChosenSource> {
    if let Some((name, path)) = word.split_once('=').filter(|(name, path)| is_name(name) && !path.is_empty()) {
        return Some(ChosenSource { name: name.to_ascii_lowercase(), document: Some(Place::of(path)) });
    }
    let place = Place::of(word);
    let stem = place.stem()?;
    let mut name = String::new();
    for character in stem.chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let start = name.find(|character: char| character.is_ascii_alphabetic())?;
    let name: String = name.chars().skip(start).take(MAX_NAME).collect();
    Some(ChosenSource { name: name.trim_end_matches('-').to_owned(), document: Some(place) })
}

/// Whether a source may have that name.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.len() <= MAX_NAME
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names and documents, and the mistakes.
    fn read_of(value: &str) -> (Vec<String>, Vec<String>) {
        let mut settings = Settings::new([], [("SOURCE".to_owned(), value.to_owned())]);
        let sources = read(&mut settings).into_iter();
        let sources = sources.map(|ChosenSource { name, document }| match document {
            Some(path) => format!("{name}={path}"),
            None => name,
        });
        let sources = sources.collect();
        (sources, settings.into_errors().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn names_come_from_files() {
        for (value, expected) in [
            ("", &["fusionauth"][..]),
            ("fusionauth", &["fusionauth"]),
            (" github.yaml , fusionauth,", &["github=github.yaml", "fusionauth"]),
            ("specs/petstore-3.0.yaml", &["petstore-3-0=specs/petstore-3.0.yaml"]),
            ("/a/My API (v2).json", &["my-api-v2=/a/My API (v2).json"]),
            ("2024-box.json", &["box=2024-box.json"]),
            ("Hub=a/openapi.yaml,b/openapi.yaml", &["hub=a/openapi.yaml", "openapi=b/openapi.yaml"]),
            ("./a=b.yaml", &["a-b=./a=b.yaml"]),
            (
                "a-name-that-is-longer-than-a-name-may-be.yaml",
                &["a-name-that-is-longer-th=a-name-that-is-longer-than-a-name-may-be.yaml"],
            ),
        ] {
            assert_eq!(read_of(value), (expected.iter().map(|one| (*one).to_owned()).collect(), Vec::new()), "{value}");
        }
    }

    #[test]
    fn what_has_no_name_or_the_same_is_a_mistake() {
        let (_, mistakes) = read_of("a/api.yaml,b/api.json,123.yaml,fusionauth,fusionauth");
        assert_eq!(mistakes.len(), 3, "{mistakes:?}");
        assert!(
            mistakes[0].starts_with("SOURCE: `b/api.json`: expected a name that no other source has: NAME=b/api.json")
        );
        assert!(
            mistakes[1].starts_with("SOURCE: `123.yaml`: expected `fusionauth`, a file or URL with a letter"),
            "{mistakes:?}"
        );
    }
}
