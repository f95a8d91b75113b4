//! The variables of a source.

use std::path::PathBuf;

use crate::config::{
    given::Settings,
    settings::{self, Setting, ValueKind},
    sources::word,
};

/// The settings of one source, which are read once its document is known.
pub struct Variables<'a> {
    /// All settings.
    pub settings: &'a mut Settings,
    name: String,
    prefix: String,
    known: Vec<&'static str>,
}

impl<'a> Variables<'a> {
    /// The variables of the source with that name. Those of a lone source have no name before them.
    pub fn of(settings: &'a mut Settings, name: &str, is_lone: bool) -> Self {
        let prefix = if is_lone { String::new() } else { format!("{}_", word(name)) };
        Self { settings, name: name.to_owned(), prefix, known: Vec::new() }
    }

    /// The source's name.
    pub fn source(&self) -> &str {
        &self.name
    }

    /// Whether there is no other source.
    pub fn is_lone(&self) -> bool {
        self.prefix.is_empty()
    }

    /// The whole name of a variable.
    pub fn named(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The setting of that name. It lives as long as the process, as its source does.
    pub fn setting(&mut self, name: &str, value: ValueKind) -> Setting {
        let variable = self.text(self.named(name));
        self.known.push(variable);
        settings::of_variable(variable, value)
    }

    /// Where the API is: a lone source has the flag, too.
    pub fn base_url(&mut self) -> Setting {
        let label = settings::BASE_URL.label();
        if self.is_lone() { settings::BASE_URL.clone() } else { self.setting(label, ValueKind::Url) }
    }

    /// The files with corrections of the document: a lone source has the flag, too.
    pub fn overlays(&mut self) -> Vec<PathBuf> {
        let own = if self.is_lone() {
            settings::OVERLAY.clone()
        } else {
            self.setting(settings::OVERLAY.label(), ValueKind::Paths)
        };
        self.settings.paths(&own)
    }

    /// A text that lives as long as the process.
    pub fn text(&self, text: String) -> &'static str {
        Box::leak(text.into_boxed_str())
    }

    /// The variables that were asked for.
    pub fn known(self) -> Vec<&'static str> {
        self.known
    }
}
