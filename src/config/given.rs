//! What the operator set: flags before environment before environment file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use gateway::{
    text::format::is_uuid,
    toolset::selection::{Origin, Words},
};

use super::{
    env_file,
    error::ConfigError,
    settings::Setting,
    suspects::{SuspectVariable, meant},
    text_file,
};

/// A value and where the operator wrote it.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// The value as typed, without surrounding white space. Never empty.
    pub value: String,
    /// The flag or variable, for messages.
    pub source: String,
}

/// What a configuration file says of a source.
#[derive(Clone)]
pub struct SourceEntry {
    /// The source's name.
    pub name: String,
    /// Where it stands, for messages.
    pub place: String,
    /// Its document.
    pub document: Option<Given>,
    /// Its settings, by the variables that a lone source has.
    pub values: BTreeMap<&'static str, Given>,
    /// Its credentials.
    pub credentials: Vec<CredentialEntry>,
}

impl SourceEntry {
    /// A source of which nothing is said yet.
    pub fn new(name: String, place: String) -> Self {
        Self { name, place, document: None, values: BTreeMap::new(), credentials: Vec::new() }
    }
}

/// A credential in a configuration file.
#[derive(Clone)]
pub struct CredentialEntry {
    /// The security scheme that it is for.
    pub scheme: String,
    /// Where it stands, for messages.
    pub place: String,
    /// Its parts, by what their variables begin with.
    pub parts: Vec<(&'static str, Given)>,
}

/// Everything that the operator set.
#[derive(Default)]
pub struct Settings {
    /// By the name of the setting.
    flags: BTreeMap<&'static str, Given>,
    environment: BTreeMap<String, String>,
    file: BTreeMap<String, Given>,
    /// What configuration files say, by the name of the setting.
    configured: BTreeMap<String, Given>,
    sources: Vec<SourceEntry>,
    errors: Vec<ConfigError>,
    notes: Vec<String>,
}

impl Settings {
    /// `flags` by the name of the setting; `environment` as the process has it.
    pub fn new(
        flags: impl IntoIterator<Item = (&'static str, Given)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self { flags: flags.into_iter().collect(), environment: environment.into_iter().collect(), ..Self::default() }
    }

    /// The value of an environment variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        let file = self.file.get(name).map(|given| &given.value);
        self.environment.get(name).or(file).map(String::as_str)
    }

    /// Adds a value of a configuration file, which wins over those of earlier ones.
    pub fn configure(&mut self, setting: &str, given: Given) {
        self.configured.insert(setting.to_owned(), given);
    }

    /// Adds what a configuration file says of a source.
    pub fn configure_source(&mut self, entry: SourceEntry) {
        let Some(known) = self.sources.iter_mut().find(|known| known.name == entry.name) else {
            return self.sources.push(entry);
        };
        known.document = entry.document.or(known.document.take());
        known.values.extend(entry.values);
        known.credentials.retain(|one| entry.credentials.iter().all(|other| other.scheme != one.scheme));
        known.credentials.extend(entry.credentials);
    }

    /// The sources of configuration files.
    pub fn configured_sources(&self) -> &[SourceEntry] {
        &self.sources
    }

    /// Notes a mistake. All mistakes are reported together.
    pub fn mistake(&mut self, error: ConfigError) {
        self.errors.push(error);
    }

    /// Notes what was mended, for the operator to know.
    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// What was mended so far.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Whether a mistake was noted so far.
    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The mistakes noted so far.
    pub fn into_errors(self) -> Vec<ConfigError> {
        self.errors
    }

    /// Variables that are set and may have been meant for a setting, or for one of the variables of sources. Blank ones are
    /// as good as unset.
    pub fn suspects(&self, of_sources: &[&'static str]) -> Vec<SuspectVariable> {
        let environment = self.environment.iter().map(|(name, value)| (name, value, name));
        let file = self.file.iter().map(|(name, given)| (name, &given.value, &given.source));
        let set = environment.chain(file).filter(|(_, value, _)| !value.trim().is_empty());
        set.filter_map(|(name, _, source)| {
            Some(SuspectVariable { source: source.clone(), meant: meant(name, of_sources)? })
        })
        .collect()
    }

    /// The environment with what its file adds.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let mut all: BTreeMap<_, _> =
            self.file.iter().map(|(name, given)| (name.clone(), given.value.clone())).collect();
        all.extend(self.environment.clone());
        all
    }

    /// Adds the variables of an environment file (`NAME=value` lines), which messages call `source_name`.
    pub fn read_file(&mut self, path: &Path, source_name: String) {
        let name = path.display();
        let text = match text_file::read(path) {
            Ok(text) => text,
            Err(error) => {
                return self.mistake(ConfigError::UnreadableFile { source_name, cause: error.to_string() });
            }
        };
        match env_file::parse(&text) {
            Ok(entries) => {
                let given = |(variable, value): (String, String)| {
                    let source = format!("{variable} in {name}");
                    (variable, Given { value, source })
                };
                self.file.extend(entries.into_iter().map(given));
            }
            Err(fault) => self.mistake(ConfigError::EnvironmentEntry { source_name, fault }),
        }
    }

    /// The value that counts. Empty and blank values are as good as unset.
    pub fn get(&self, setting: &Setting) -> Option<Given> {
        let trimmed = |given: Given| Given { value: given.value.trim().to_owned(), source: given.source };
        let by_variable = |variable: &str| {
            let environment = self.environment.get(variable);
            let environment = environment.map(|value| Given { value: value.clone(), source: variable.to_owned() });
            [environment, self.file.get(variable).cloned()].into_iter().flatten().collect::<Vec<_>>()
        };
        let variables =
            setting.variable.into_iter().chain(setting.other_variables.iter().copied()).flat_map(by_variable);
        let configured = self.configured.get(setting.name).cloned();
        let all = self.flags.get(setting.name).cloned().into_iter().chain(variables).chain(configured);
        all.map(trimmed).find(|given| !given.value.is_empty())
    }

    /// The words of a comma list.
    pub fn words(&self, setting: &Setting) -> Option<Words> {
        let Given { value, source } = self.get(setting)?;
        let words = value.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Some(Words { words, origin: Origin { source, typed: value } })
    }

    /// The files of a comma list.
    pub fn paths(&self, setting: &Setting) -> Vec<PathBuf> {
        self.words(setting).into_iter().flat_map(|words| words.words).map(PathBuf::from).collect()
    }

    /// Where a switch was set to true.
    pub fn switch(&mut self, setting: &Setting) -> Option<Origin> {
        let given = self.get(setting)?;
        let parse = |value: &str| match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        };
        let is_on = self.parsed(setting, "true or false", parse)?;
        is_on.then_some(Origin { source: given.source, typed: given.value })
    }

    /// Whether a switch is on, by itself or by its default.
    pub fn is_on(&mut self, setting: &Setting) -> bool {
        let is_on_by_default = setting.default == Some("true");
        if self.get(setting).is_some() { self.switch(setting).is_some() } else { is_on_by_default }
    }

    /// A setting that is one of a few words.
    pub fn choice<T: Copy>(&mut self, setting: &Setting, choices: &[(&str, T)]) -> Option<T> {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        self.parsed(setting, &words.join(" or "), |value| {
            choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(value)).map(|(_, choice)| *choice)
        })
    }

    /// A UUID.
    pub fn uuid(&mut self, setting: &Setting) -> Option<String> {
        let expected = "a tenant's UUID, such as 7a1e1f0c-6c1c-4c53-8a54-8f4d2f1d3c55";
        self.parsed(setting, expected, |value| is_uuid(value).then(|| value.to_owned()))
    }

    /// A time over 0.
    pub fn duration(&mut self, setting: &Setting) -> Option<Duration> {
        self.parsed(setting, "a time over 0, in seconds (`30`) or with its unit (`500ms`, `2m`)", duration)
    }

    /// A number of bytes over 0.
    pub fn bytes(&mut self, setting: &Setting) -> Option<usize> {
        self.parsed(setting, "a number of bytes over 0, such as `16777216` or `16MiB`", bytes)
    }

    /// A whole number from `min` to `max`.
    pub fn number(&mut self, setting: &Setting, min: usize, max: usize) -> Option<usize> {
        let expected =
            if max == usize::MAX { format!("a number from {min} on") } else { format!("a number from {min} to {max}") };
        let within = |value: &str| usize::from_str(value).ok().filter(|number| (min..=max).contains(number));
        self.parsed(setting, &expected, within)
    }

    /// The value, or its default. A value that is not what is expected is a mistake.
    fn parsed<T>(&mut self, setting: &Setting, expected: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let default = || setting.default.and_then(&parse);
        let Some(Given { value, source }) = self.get(setting) else { return default() };
        let parsed = parse(&value);
        if parsed.is_none() {
            self.mistake(ConfigError::Value { source_name: source, value, expected: expected.to_owned() });
        }
        parsed.or_else(default)
    }
}

/// The text of a file that holds a secret, as the value of a flag.
///
/// # Errors
/// A file that cannot be read or holds nothing.
pub fn secret_file(flag: &str, path: &Path) -> Result<Given, ConfigError> {
    let source = format!("--{flag} {}", path.display());
    match text_file::read(path) {
        Ok(text) if text.trim().is_empty() => Err(ConfigError::EmptySecretFile { source_name: source }),
        Ok(text) => Ok(Given { value: text, source }),
        Err(error) => Err(ConfigError::SecretFile { source_name: source, cause: error.to_string() }),
    }
}

fn duration(value: &str) -> Option<Duration> {
    time(value).ok().filter(|duration| !duration.is_zero())
}

/// A length of time: a number of seconds, or numbers with units.
///
/// # Errors
/// What was expected.
pub fn time(value: &str) -> Result<Duration, &'static str> {
    let time = match f64::from_str(value) {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => humantime::parse_duration(value).ok(),
    };
    time.ok_or("expected a time such as 30s, 12h or 90d")
}

fn bytes(value: &str) -> Option<usize> {
    let bytes = bytesize::ByteSize::from_str(value).ok()?.as_u64();
    usize::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}
