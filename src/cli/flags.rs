//! The flags that stand for settings, made from the table of settings.

use std::{env, marker::PhantomData, path::Path};

use clap::{Arg, ArgAction, ArgMatches, Args, Command, Error, FromArgMatches, ValueHint};
use clap_complete::{ArgValueCandidates, ArgValueCompleter};

use super::candidates;
use crate::config::{
    file,
    given::{Given, Settings, secret_file},
    server_settings::{SERVER_SETTINGS, STORE_SETTINGS},
    settings::{self, Flag, SETTINGS, Setting, ValueKind},
};

const HEADING: &str = "Configuration (a flag wins over its environment variable)";

/// The flags as they were given, by setting.
#[derive(Default, Clone)]
pub struct Flags {
    values: Vec<(&'static Setting, String)>,
    verbosity: u8,
}

impl Flags {
    /// How often `-v` was given.
    pub fn verbosity(&self) -> u8 {
        self.verbosity
    }

    /// The flags among words that may be no complete command line.
    pub fn scan(words: &[String]) -> Self {
        let mut flags = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(word) = word.strip_prefix("--") else { continue };
            let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
            let Some(setting) = SETTINGS.iter().find(|setting| setting.flag_name() == Some(name)) else { continue };
            let value = match setting.flag {
                Flag::None | Flag::Count { .. } => None,
                Flag::Optional { missing, .. } => Some(value.unwrap_or(missing)),
                Flag::Value { .. } | Flag::File { .. } | Flag::Repeated { .. } => {
                    value.or_else(|| words.next().map(String::as_str))
                }
            };
            flags.values.extend(value.map(|value| (*setting, value.to_owned())));
        }
        flags
    }

    fn update(&mut self, matches: &ArgMatches, settings: &[&'static Setting]) {
        for setting in settings {
            match setting.flag {
                Flag::None => {}
                Flag::Count { .. } => self.verbosity = matches.get_count(setting.name),
                Flag::Repeated { .. } => {
                    let values = matches.get_many::<String>(setting.name).into_iter().flatten();
                    let values: Vec<_> = values.map(String::as_str).collect();
                    self.values.extend((!values.is_empty()).then(|| (*setting, values.join(","))));
                }
                Flag::Value { .. } | Flag::File { .. } | Flag::Optional { .. } => {
                    let value = matches.get_one::<String>(setting.name).cloned();
                    self.values.extend(value.map(|value| (*setting, value)));
                }
            }
        }
    }

    /// The settings that were given and their values, in the order of [`SETTINGS`].
    pub fn given(&self) -> &[(&'static Setting, String)] {
        &self.values
    }

    /// These flags, and those of a command's own.
    pub fn and<T: Table>(mut self, own: OwnFlags<T>) -> Self {
        self.values.extend(own.0.values);
        self
    }

    /// The same with a setting that was not given.
    pub fn with(mut self, setting: &'static Setting, value: &str) -> Self {
        self.values.push((setting, value.to_owned()));
        self
    }

    /// The same with more values of a setting that may be given several times.
    pub fn adding(mut self, setting: &'static Setting, values: &str) -> Self {
        match self.values.iter_mut().find(|(known, _)| known.name == setting.name) {
            Some((_, known)) => *known = format!("{known},{values}"),
            None => self.values.push((setting, values.to_owned())),
        }
        self
    }

    /// All settings: these flags, the environment of this process, and an environment file.
    pub fn settings(self) -> Settings {
        // A variable that is not UTF-8 cannot be one of ours.
        self.settings_in(
            env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// All settings: these flags, an environment, and an environment file.
    pub fn settings_in(self, environment: impl IntoIterator<Item = (String, String)>) -> Settings {
        let mut flags = Vec::new();
        let mut errors = Vec::new();
        let mut environment_file = None;
        for (setting, value) in self.values {
            let Some(flag) = setting.flag_name() else { continue };
            if setting.name == settings::ENV_FILE.name {
                environment_file = Some(value);
            } else if matches!(setting.flag, Flag::File { .. }) {
                match secret_file(flag, Path::new(&value)) {
                    Ok(given) => flags.push((setting.name, given)),
                    Err(error) => errors.push(error),
                }
            } else {
                flags.push((setting.name, Given { value, source: format!("--{flag}") }));
            }
        }
        let mut all = Settings::new(flags, environment);
        errors.into_iter().for_each(|error| all.mistake(error));
        if let Some(path) = environment_file {
            all.read_file(Path::new(&path), format!("--env-file {path}"));
        }
        for path in all.paths(&settings::CONFIG) {
            // What a client's configuration leaves out, as `install` does, may still be in this shell.
            file::read(&mut all, &path, &|name| env::var(name).ok());
        }
        all
    }
}

/// Settings that belong to some commands only.
pub trait Table {
    /// The settings.
    fn settings() -> &'static [&'static Setting];
}

/// Those of `serve`.
#[derive(Clone, Copy)]
pub struct OfServer;

impl Table for OfServer {
    fn settings() -> &'static [&'static Setting] {
        &SERVER_SETTINGS
    }
}

/// Those that say where callers and keys are.
#[derive(Clone, Copy)]
pub struct OfStore;

impl Table for OfStore {
    fn settings() -> &'static [&'static Setting] {
        &STORE_SETTINGS
    }
}

/// The flags of some commands' own settings as they were given.
#[derive(Clone)]
pub struct OwnFlags<T>(Flags, PhantomData<T>);

/// The flags of `serve`.
pub type ServerFlags = OwnFlags<OfServer>;

/// The flags that say where callers and keys are.
pub type StoreFlags = OwnFlags<OfStore>;

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        SETTINGS
            .iter()
            .filter_map(|setting| arg(setting))
            .fold(command, |command, arg| command.arg(arg.help_heading(HEADING).global(true)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl<T: Table> Args for OwnFlags<T> {
    fn augment_args(command: Command) -> Command {
        T::settings()
            .iter()
            .filter_map(|setting| arg(setting))
            .fold(command, |command, arg| command.arg(arg.global(true)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self::default();
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.update(matches, &SETTINGS);
        Ok(())
    }
}

impl<T: Table> FromArgMatches for OwnFlags<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let mut flags = Self(Flags::default(), PhantomData);
        flags.update_from_arg_matches(matches)?;
        Ok(flags)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update(matches, T::settings());
        Ok(())
    }
}

fn arg(setting: &'static Setting) -> Option<Arg> {
    let arg = Arg::new(setting.name).long(setting.flag_name()?).help(help(setting));
    Some(match setting.flag {
        Flag::None => return None,
        Flag::Count { short } => arg.short(short).action(ArgAction::Count),
        Flag::File { .. } => arg.value_name("FILE").value_hint(ValueHint::FilePath),
        Flag::Repeated { placeholder } => {
            arg.value_name(placeholder).value_hint(ValueHint::FilePath).action(ArgAction::Append)
        }
        // A list may begin with `-name`.
        Flag::Value { placeholder } if setting.value == ValueKind::List => {
            let arg = arg.value_name(placeholder).allow_hyphen_values(true);
            match setting.name {
                name if name == settings::USE_TOOLS.name => arg.add(ArgValueCompleter::new(candidates::tools)),
                name if name == settings::TOOL_AREAS.name => arg.add(ArgValueCompleter::new(candidates::areas)),
                _ => arg,
            }
        }
        Flag::Value { placeholder } => match setting.value {
            ValueKind::Choice(words) => {
                arg.value_name(placeholder).add(ArgValueCandidates::new(move || candidates::words(words)))
            }
            value => arg.value_name(placeholder).value_hint(hint(value)),
        },
        Flag::Optional { placeholder, missing } => {
            arg.value_name(placeholder).num_args(0..=1).require_equals(true).default_missing_value(missing)
        }
    })
}

fn hint(value: ValueKind) -> ValueHint {
    match value {
        ValueKind::Path | ValueKind::Paths => ValueHint::FilePath,
        ValueKind::Url => ValueHint::Url,
        _ => ValueHint::Other,
    }
}

/// The row's help with its variables and default, as `--help` shows it.
fn help(setting: &Setting) -> String {
    let variables: Vec<_> = setting.variable.into_iter().chain(setting.other_variables.iter().copied()).collect();
    let mut help = setting.help.to_owned();
    if !variables.is_empty() {
        help.push_str(&format!(" [env: {}]", variables.join(", else ")));
    }
    if let Some(default) = setting.default {
        help.push_str(&format!(" [default: {default}]"));
    }
    help
}
