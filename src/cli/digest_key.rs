//! `--digest-key-file`

use std::path::{Path, PathBuf};

use gateway::redact::DigestKey;

use crate::config::{
    error::ConfigError,
    given::{Given, secret_file},
};

/// The flag's name.
const FLAG: &str = "digest-key-file";

/// The shortest key, in bytes. A shorter one can be guessed, and with it the secrets.
const MIN_LENGTH: usize = 16;

/// The key of the digests of secrets.
#[derive(clap::Args)]
pub struct DigestKeyFile {
    /// Compare secrets by their HMAC-SHA256 under the key in this file: 16 bytes or more, the same for all snapshots
    #[arg(long = FLAG, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    path: Option<PathBuf>,
}

impl DigestKeyFile {
    /// The key, where one was named.
    ///
    /// # Errors
    /// The file cannot be read, or holds too little.
    pub fn key(&self) -> Result<Option<DigestKey>, ConfigError> {
        self.path.as_deref().map(key).transpose()
    }
}

fn key(path: &Path) -> Result<DigestKey, ConfigError> {
    let Given { value, source: source_name } = secret_file(FLAG, path)?;
    let key = value.trim();
    if key.len() < MIN_LENGTH {
        let fault =
            format!("the key is too short; expected {MIN_LENGTH} bytes or more, such as from `openssl rand -hex 32`");
        return Err(ConfigError::HiddenValue { source_name, fault });
    }
    Ok(DigestKey::new(key.as_bytes()))
}
