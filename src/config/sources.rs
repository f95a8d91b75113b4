//! Which APIs are served: the words of the setting `SOURCE`.

use std::path::{Path, PathBuf};

use super::{
    error::ConfigError,
    given::{Given, Settings},
    settings::SOURCE,
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
    pub document: Option<PathBuf>,
}

impl ChosenSource {
    /// Whether it is FusionAuth, by the document that is a part of this program.
    pub fn is_fusionauth(&self) -> bool {
        self.document.is_none()
    }
}

/// The sources, FusionAuth alone where none is chosen. What is wrong is noted in `settings`.
pub fn read(settings: &mut Settings) -> Vec<ChosenSource> {
    let fusionauth = || ChosenSource { name: FUSIONAUTH.to_owned(), document: None };
    let Some(Given { value, source: source_name }) = settings.get(&SOURCE) else { return vec![fusionauth()] };
    let mut sources: Vec<ChosenSource> = Vec::new();
    for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let mistake = |expected: String| ConfigError::Value {
            source_name: source_name.clone(),
            value: word.to_owned(),
            expected,
        };
        let source = if word == FUSIONAUTH { Some(fusionauth()) } else { source_of(word) };
        match source {
            None => settings.mistake(mistake(format!(
                "`{FUSIONAUTH}`, a file with a letter in its name, or NAME=FILE with a name of letters, digits and `-`"
            ))),
            Some(source) if sources.iter().any(|other| other.name == source.name) => {
                settings
                    .mistake(mistake(format!("a name that no other source has: NAME={word}, not `{}`", source.name)));
            }
            Some(source) => sources.push(source),
        }
    }
    if sources.is_empty() { vec![fusionauth()] } else { sources }
}

fn source_of(word: &str) -> Option<ChosenSource> {
    if let Some((name, path)) = word.split_once('=').filter(|(name, path)| is_name(name) && !path.is_empty()) {
        return Some(ChosenSource { name: name.to_ascii_lowercase(), document: Some(PathBuf::from(path)) });
    }
    let stem = Path::new(word).file_stem()?.to_str()?;
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
    Some(ChosenSource { name: name.trim_end_matches('-').to_owned(), document: Some(PathBuf::from(word)) })
}

fn is_name(name: &str) -> bool {
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
            Some(path) => format!("{name}={}", path.display()),
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
            mistakes[1].starts_with("SOURCE: `123.yaml`: expected `fusionauth`, a file with a letter"),
            "{mistakes:?}"
        );
    }
}
