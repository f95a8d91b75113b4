//! The store of callers and keys, for the commands about them.

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, SystemTime},
};

use access::{
    key::NoRandom,
    scope::ScopeError,
    sealing::{SealingError, SealingKeys},
    store::{
        records::{Caller, Key, Store, StoreError},
        sqlite::Sqlite,
    },
    vault::VaultError,
};
use serde_json::{Value, json};

use super::{
    flags::{Flags, StoreFlags},
    output::{fail, misused},
    start::block_on,
};
use crate::{config::server::data_dir, logging};

/// Why a command about callers or keys fails.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The store does not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No key can be made.
    #[error(transparent)]
    Random(#[from] NoRandom),
    /// What is no scope.
    #[error("--scopes: {0}")]
    Scope(#[from] ScopeError),
    /// A word that stands for several keys.
    #[error("there are {count} keys called `{name}`; give the id of one: {ids}")]
    Ambiguous {
        /// The word.
        name: String,
        /// How many.
        count: usize,
        /// Their ids.
        ids: String,
    },
    /// No folder for the store.
    #[error("this system has no folder for the data of programs; --data-dir names one")]
    NoFolder,
    /// A credential that cannot be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A sealing key that cannot be read.
    #[error(transparent)]
    Sealing(#[from] SealingError),
    /// What stdin has instead of a credential.
    #[error("stdin: {0}")]
    Stdin(String),
    /// A source that there is not.
    #[error("there is no source `{name}`; there is {known}")]
    NoSource {
        /// Its name.
        name: String,
        /// The names of those that there are.
        known: String,
    },
    /// A security scheme that the source does not have, or none where it has several.
    #[error("--scheme: expected one of those of {source_name}: {known}")]
    Scheme {
        /// The source.
        source_name: String,
        /// The names of its schemes.
        known: String,
    },
    /// A credential that there is not.
    #[error("{caller} has no such credential for {source_name}")]
    NoCredential {
        /// The caller.
        caller: String,
        /// The source.
        source_name: String,
    },
    /// A name that no caller may have.
    #[error("`{name}` is no name for a caller: {why}")]
    Name {
        /// The name.
        name: String,
        /// Why not.
        why: &'static str,
    },
}

/// Runs a command with the store that the flags lead to.
pub fn with_store<F: Future<Output = Result<ExitCode, CommandError>>>(
    flags: Flags,
    store: StoreFlags,
    command: impl FnOnce(Sqlite) -> F,
) -> ExitCode {
    let verbosity = flags.verbosity();
    let mut settings = flags.and(store).settings();
    logging::start(&mut settings, verbosity);
    let opened = open_store(data_dir(&settings).as_deref());
    let errors = settings.into_errors();
    if !errors.is_empty() {
        return misused(&errors);
    }
    block_on(async {
        let result = async { command(opened?).await };
        match result.await {
            Ok(status) => status,
            Err(error) => fail(&error),
        }
    })
}

/// The store in a folder.
pub fn open_store(folder: Option<&Path>) -> Result<Sqlite, CommandError> {
    Ok(Sqlite::open(folder.ok_or(CommandError::NoFolder)?)?)
}

/// The keys that seal callers' credentials: those of the file that is named, or of one beside the store.
pub fn sealing_keys(file: Option<&Path>, folder: Option<&Path>) -> Result<SealingKeys, CommandError> {
    match (file, folder) {
        (Some(file), _) => Ok(SealingKeys::read(file)?),
        (None, Some(folder)) => Ok(SealingKeys::read_or_make(&folder.join(SEALING_KEY))?),
        (None, None) => Err(CommandError::NoFolder),
    }
}

/// The file of sealing keys, where none is named.
const SEALING_KEY: &str = "sealing.key";

/// The caller of that name.
pub async fn caller(store: &impl Store, name: &str) -> Result<Caller, CommandError> {
    let found = store.callers().await?.into_iter().find(|caller| caller.name == name || caller.id == name);
    found.ok_or_else(|| StoreError::NoCaller(name.to_owned()).into())
}

/// The key of that id, or the only one of that name.
pub async fn key(store: &impl Store, word: &str) -> Result<Key, CommandError> {
    let mut keys = store.keys().await?;
    if let Some(index) = keys.iter().position(|key| key.id == word) {
        return Ok(keys.swap_remove(index));
    }
    keys.retain(|key| key.name == word);
    match keys.len() {
        0 | 1 => keys.pop().ok_or_else(|| StoreError::NoKey(word.to_owned()).into()),
        count => {
            let ids = keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>().join(", ");
            Err(CommandError::Ambiguous { name: word.to_owned(), count, ids })
        }
    }
}

/// A name for a caller, without surrounding white space.
pub fn checked_name(name: &str) -> Result<String, CommandError> {
    const LOCAL: &str = "local";
    let name = name.trim();
    let error = |why| Err(CommandError::Name { name: name.to_owned(), why });
    if name.is_empty() || name.chars().count() > 100 {
        error("expected 1 to 100 characters")
    } else if name.chars().any(char::is_control) {
        error("it has control characters")
    } else if name == LOCAL {
        error("the audit log calls the person at this machine so")
    } else {
        Ok(name.to_owned())
    }
}

/// A time for a person and for programs, in UTC to the second.
pub fn shown(time: SystemTime) -> String {
    humantime::format_rfc3339_seconds(time).to_string()
}

/// What a key is at that time, in one word.
pub fn state(key: &Key, now: SystemTime) -> &'static str {
    if key.revoked.is_some() {
        "revoked"
    } else if key.secrets.iter().all(|secret| secret.is_over(now)) {
        "expired"
    } else {
        "valid"
    }
}

/// A key without its secret.
pub fn key_json(key: &Key, now: SystemTime) -> Value {
    let scopes: Vec<_> = key.scopes.iter().map(ToString::to_string).collect();
    json!({
        "id": key.id,
        "caller": key.caller.name,
        "name": key.name,
        "scopes": scopes,
        "state": state(key, now),
        "created": shown(key.created),
        "expires": key.expires().map(shown),
        "revoked": key.revoked.map(shown),
        "lastUsed": key.last_used.map(shown),
        "secrets": key.secrets.iter().filter(|secret| !secret.is_over(now)).count(),
    })
}

/// Rows of columns, the first the heads.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// A time from now on, or never.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// So long.
    For(Duration),
    /// Without end.
    Never,
}

impl Lifetime {
    /// Until when it lasts.
    pub fn end(self, now: SystemTime) -> Option<SystemTime> {
        match self {
            Self::For(time) => now.checked_add(time),
            Self::Never => None,
        }
    }
}

/// The longest time that somebody means: dates have to stay within the calendar.
const MAX_TIME: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// Reads a time of at most [`MAX_TIME`].
pub fn time_span(text: &str) -> Result<Duration, String> {
    let time = humantime::parse_duration(text).ok().filter(|time| *time <= MAX_TIME);
    time.ok_or_else(|| "expected a time such as 90d or 12h, at most 100 years".to_owned())
}

/// Reads a lifetime: `90d`, `never`.
pub fn lifetime(text: &str) -> Result<Lifetime, String> {
    if text == "never" {
        return Ok(Lifetime::Never);
    }
    match time_span(text) {
        Ok(time) if !time.is_zero() => Ok(Lifetime::For(time)),
        _ => Err("expected a time such as 90d or 12h, at most 100 years, or never".to_owned()),
    }
}
