//! Configuration files: settings and sources in YAML. What is wrong with them is noted in the settings, each with its line
//! and column.

pub mod expand;
pub mod fault;
pub mod keys;
pub mod node;
pub mod schema;

use std::path::Path;

use gateway::text::nearest::did_you_mean;

use self::{
    expand::expand,
    fault::FileFault,
    keys::{CREDENTIALS, DOCUMENT, FILE, OWN, SOURCES, key},
    node::{Key, Kind, Node, Position},
};
use super::{
    error::ConfigError,
    given::{CredentialEntry, Given, Settings, SourceEntry},
    settings::{Setting, ValueKind},
    sources::{FUSIONAUTH, KEY, TOKEN, is_name},
    text_file,
};

/// What a credential may be.
const EXPECTED: &str = "a text, `file`, `username` and `password`, or `client_id` and `client_secret`";

/// What a text has that is a URL and no path.
const URL_SIGN: &str = "://";

/// Adds what the file at `path` says to the settings. Its texts may name variables: those of the settings, and what
/// `variable` knows.
pub fn read(settings: &mut Settings, path: &Path, variable: &dyn Fn(&str) -> Option<String>) {
    let name = path.display().to_string();
    let text = match text_file::read(path) {
        Ok(text) => text,
        Err(error) => {
            return settings.mistake(ConfigError::UnreadableFile { source_name: name, cause: error.to_string() });
        }
    };
    // A file without a value in it configures nothing.
    let is_blank = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    if text.lines().all(is_blank) {
        return;
    }
    let mut reader = Reader { settings, name, folder: path.parent().unwrap_or(Path::new("")), variable };
    match node::parse(&text) {
        Ok(root) => reader.root(root),
        Err(error) => {
            let place = error.position.map_or_else(|| reader.name.clone(), |position| reader.place(position));
            reader.settings.mistake(ConfigError::InFile { place, fault: FileFault::Syntax(error.message) });
        }
    }
}

struct Reader<'a> {
    settings: &'a mut Settings,
    /// The file, as it was typed.
    name: String,
    folder: &'a Path,
    variable: &'a dyn Fn(&str) -> Option<String>,
}

impl Reader<'_> {
    fn value_of(&self, name: &str) -> Option<String> {
        self.settings.variable(name).map(str::to_owned).or_else(|| (self.variable)(name))
    }

    fn place(&self, position: Position) -> String {
        format!("{}:{position}", self.name)
    }

    fn mistake(&mut self, position: Position, fault: FileFault) {
        let place = self.place(position);
        self.settings.mistake(ConfigError::InFile { place, fault });
    }

    /// The entries of an object; `None` and a mistake for anything else.
    fn entries(&mut self, node: Node, expected: &'static str) -> Option<Vec<(Key, Node)>> {
        match node.kind {
            Kind::Map(entries) => Some(entries),
            Kind::Null => Some(Vec::new()),
            _ => {
                self.mistake(node.position, FileFault::Kind(expected));
                None
            }
        }
    }

    fn unknown(&mut self, key: &Key, known: &[String]) {
        let fault = FileFault::UnknownKey {
            key: key.name.clone(),
            hint: did_you_mean(&key.name, known.iter().map(String::as_str)),
            known: known.join(", "),
        };
        self.mistake(key.position, fault);
    }

    fn root(&mut self, root: Node) {
        let known: Vec<_> = [SOURCES.to_owned()].into_iter().chain(keys::general().map(key)).collect();
        for (key, node) in self.entries(root, "settings and `sources`").unwrap_or_default() {
            if key.name == SOURCES {
                for (name, source) in self.entries(node, "sources by their names").unwrap_or_default() {
                    self.source(&name, source);
                }
            } else if let Some(setting) = keys::general().find(|setting| keys::key(setting) == key.name) {
                if let Some(given) = self.setting(setting, &key, node) {
                    self.settings.configure(setting.name, given);
                }
            } else if !key.name.starts_with(OWN) {
                self.unknown(&key, &known);
            }
        }
    }

    fn source(&mut self, name: &Key, node: Node) {
        let is_fusionauth = name.name == FUSIONAUTH;
        if !is_name(&name.name) {
            return self.mistake(name.position, FileFault::Name(name.name.clone()));
        }
        let settings: &[&'static Setting] = if is_fusionauth { &keys::OF_FUSIONAUTH } else { &keys::OF_SOURCES };
        let own = if is_fusionauth { &[CREDENTIALS][..] } else { &[DOCUMENT, CREDENTIALS] };
        let known: Vec<_> =
            own.iter().map(|&key| key.to_owned()).chain(settings.iter().map(|setting| key(setting))).collect();
        let mut entry = SourceEntry::new(name.name.to_ascii_lowercase(), self.place(name.position));
        for (key, node) in self.entries(node, "what is set of the source").unwrap_or_default() {
            if key.name == CREDENTIALS {
                for (scheme, node) in self.entries(node, "credentials by security schemes").unwrap_or_default() {
                    entry.credentials.extend(self.credential(scheme, node));
                }
            } else if key.name == DOCUMENT && !is_fusionauth {
                entry.document = self.text(&key, node).map(|given| self.below_folder(given));
            } else if let Some(setting) = settings.iter().find(|setting| keys::key(setting) == key.name) {
                let given = self.setting(setting, &key, node);
                entry.values.extend(given.map(|given| (setting.label(), given)));
            } else if !key.name.starts_with(OWN) {
                self.unknown(&key, &known);
            }
        }
        self.settings.configure_source(entry);
    }

    /// The value of a setting as a person would type it into its variable.
    fn setting(&mut self, setting: &Setting, key: &Key, node: Node) -> Option<Given> {
        let is_list = matches!(setting.value, ValueKind::List | ValueKind::Paths);
        let is_path = matches!(setting.value, ValueKind::Path | ValueKind::Paths);
        let place = self.place(node.position);
        let given = |value: String| Given { value, source: format!("{} ({place})", key.name) };
        match node.kind {
            Kind::Null => None,
            Kind::List(items) if is_list => {
                let mut words = Vec::new();
                for item in items {
                    let position = item.position;
                    let Some(word) = self.text(key, item) else { continue };
                    let word = if is_path { self.below_folder(word) } else { word };
                    if word.value.contains(',') {
                        self.mistake(position, FileFault::Comma);
                        continue;
                    }
                    words.push(word.value);
                }
                Some(given(words.join(",")))
            }
            Kind::Bool(value) if matches!(setting.value, ValueKind::Bool) => Some(given(value.to_string())),
            Kind::Number(value)
                if matches!(setting.value, ValueKind::Number { .. } | ValueKind::Bytes | ValueKind::Duration) =>
            {
                Some(given(value))
            }
            _ => {
                let text = self.text(key, node)?;
                Some(if is_path { self.below_folder(text) } else { text })
            }
        }
    }

    /// A text with its variables replaced.
    fn text(&mut self, key: &Key, node: Node) -> Option<Given> {
        let position = node.position;
        let fault = match node.kind {
            Kind::Text(text) => match expand(&text, &|name| self.value_of(name)) {
                Ok(value) => {
                    return Some(Given { value, source: format!("{} ({})", key.name, self.place(position)) });
                }
                Err(fault) => fault,
            },
            Kind::Null => return None,
            Kind::Bool(_) | Kind::Number(_) => FileFault::Unquoted,
            Kind::List(_) | Kind::Map(_) => FileFault::Kind("a text"),
        };
        self.mistake(position, fault);
        None
    }

    /// Paths are relative to the file that they stand in.
    fn below_folder(&self, given: Given) -> Given {
        let value = given.value.trim();
        if value.is_empty() || value.contains(URL_SIGN) {
            return given;
        }
        Given { value: self.folder.join(value).display().to_string(), source: given.source }
    }

    /// A credential: a key or token as a text or in a file, or one of several parts.
    fn credential(&mut self, scheme: Key, node: Node) -> Option<CredentialEntry> {
        let place = self.place(scheme.position);
        let position = node.position;
        let entry = |parts| Some(CredentialEntry { scheme: scheme.name.clone(), place, parts });
        let is_one = match &node.kind {
            Kind::Map(entries) => entries.iter().any(|(key, _)| key.name == FILE),
            _ => true,
        };
        if is_one {
            let token = self.secret(&scheme, node)?;
            return entry(vec![(KEY, token.clone()), (TOKEN, token)]);
        }
        let known = [FILE].into_iter().chain(keys::LOGIN.iter().chain(&keys::CLIENT).map(|part| part.key));
        let known: Vec<_> = known.map(str::to_owned).collect();
        let mut parts = Vec::new();
        let mut wrong = 0;
        for (key, node) in self.entries(node, EXPECTED)? {
            let Some(part) = keys::LOGIN.iter().chain(&keys::CLIENT).find(|part| part.key == key.name) else {
                self.unknown(&key, &known);
                wrong += 1;
                continue;
            };
            let given = if part.is_secret { self.secret(&key, node) } else { self.text(&key, node) };
            wrong += usize::from(given.is_none());
            parts.extend(given.map(|given| (part.kind, given)));
        }
        let all_of = |group: &[keys::Part]| parts.iter().all(|(kind, _)| group.iter().any(|part| part.kind == *kind));
        if wrong == 0 && (parts.is_empty() || !all_of(&keys::LOGIN) && !all_of(&keys::CLIENT)) {
            self.mistake(position, FileFault::Kind(EXPECTED));
            return None;
        }
        entry(parts)
    }

    /// A secret: a text, or the file that holds it.
    fn secret(&mut self, key: &Key, node: Node) -> Option<Given> {
        if !matches!(node.kind, Kind::Map(_)) {
            return self.text(key, node);
        }
        let mut secret = None;
        for (key, node) in self.entries(node, EXPECTED)? {
            if key.name != FILE {
                self.unknown(&key, &[FILE.to_owned()]);
                continue;
            }
            let position = node.position;
            secret = self.text(&key, node).and_then(|path| self.content(position, path));
        }
        secret
    }

    /// The text of a file that holds a secret.
    fn content(&mut self, position: Position, path: Given) -> Option<Given> {
        let path = self.below_folder(path);
        match text_file::read(Path::new(&path.value)) {
            Ok(value) if !value.trim().is_empty() => Some(Given { value, source: path.source }),
            Ok(_) => {
                self.mistake(
                    position,
                    FileFault::SecretFile(format!("{} is empty; expected the secret in it", path.value)),
                );
                None
            }
            Err(error) => {
                self.mistake(position, FileFault::SecretFile(format!("{}: {error}", path.value)));
                None
            }
        }
    }
}
