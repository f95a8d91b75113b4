//! The file that new secrets are written to, so that no model sees them.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

use serde_json::json;

/// A secret that a person needs.
#[derive(Clone, PartialEq, Eq)]
pub struct NewSecret {
    /// The tool whose call made it.
    pub tool: &'static str,
    /// The id of the object that it belongs to, where that is known.
    pub object: Option<String>,
    /// Where it stands: `apiKey.key`.
    pub property: String,
    /// The secret itself.
    pub value: String,
}

/// The file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {cause}")]
pub struct SecretsFileError {
    path: String,
    cause: String,
}

/// A file that only its owner can read, with one JSON object a line.
pub struct SecretsFile {
    path: PathBuf,
    turn: Mutex<()>,
}

impl SecretsFile {
    /// The file at `path`. It need not be there.
    pub fn new(path: PathBuf) -> Self {
        Self { path, turn: Mutex::new(()) }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Makes sure that secrets can be written: makes the file where it is not there.
    ///
    /// # Errors
    /// It cannot be made or written, is no file, or others can read it.
    pub fn check(&self) -> Result<(), SecretsFileError> {
        self.opened().map(drop)
    }

    /// Appends secrets, one JSON object a line: `time` (RFC 3339), `tool`, `object`, `property`, `value`.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn append(&self, secrets: &[NewSecret]) -> Result<(), SecretsFileError> {
        let time = humantime::format_rfc3339_millis(SystemTime::now()).to_string();
        let mut lines = String::new();
        for NewSecret { tool, object, property, value } in secrets {
            let line = json!({ "time": time, "tool": tool, "object": object, "property": property, "value": value });
            lines.push_str(&format!("{line}\n"));
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut file = self.opened()?;
        file.write_all(lines.as_bytes()).and_then(|()| file.sync_data()).map_err(|error| self.error(&error))
    }

    fn opened(&self) -> Result<File, SecretsFileError> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path).map_err(|error| self.error(&error))?;
        let metadata = file.metadata().map_err(|error| self.error(&error))?;
        if !metadata.is_file() {
            return Err(self.error(&io::Error::other("expected a file")));
        }
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o777;
            if mode & 0o077 != 0 {
                let cause = format!("others can use this file (mode {mode:03o}); chmod 600 takes that away");
                return Err(self.error(&io::Error::other(cause)));
            }
        }
        Ok(file)
    }

    fn error(&self, cause: &io::Error) -> SecretsFileError {
        SecretsFileError { path: self.path.display().to_string(), cause: cause.to_string() }
    }
}
