//! What keeps an assistant from doing harm, from the configuration: the files are opened here.

use std::{
    io,
    sync::{Arc, atomic::AtomicBool},
};

use gateway::{
    audit::{Audit, file::AuditFile},
    safety::{Safety, SafetySettingNames},
    secrets_file::SecretsFile,
};

use crate::config::{SafetyConfig, settings};

/// What the configuration asks for.
///
/// # Errors
/// The audit log cannot have its thread or signal.
pub fn safety(config: &SafetyConfig) -> io::Result<Safety> {
    let audit = config
        .audit_log
        .as_deref()
        .map(|path| -> io::Result<Arc<dyn Audit>> { Ok(Arc::new(AuditFile::open(path, hangups()?)?)) });
    Ok(Safety {
        confirmation: config.confirmation,
        is_dry_run: config.is_dry_run,
        audit: audit.transpose()?,
        secrets_file: config.secrets_file.clone().map(|path| Arc::new(SecretsFile::new(path))),
        settings: SafetySettingNames {
            confirm: settings::CONFIRM.label(),
            secrets_file: settings::SECRETS_FILE.label(),
            reveal_secrets: settings::REVEAL_SECRETS.label(),
        },
    })
}

/// Set by each SIGHUP, which then does not end the process.
#[cfg(unix)]
fn hangups() -> io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    signal_hook::flag::register(signal_hook::consts::SIGHUP, Arc::clone(&flag))?;
    Ok(flag)
}

/// There is no SIGHUP.
#[cfg(not(unix))]
fn hangups() -> io::Result<Arc<AtomicBool>> {
    Ok(Arc::default())
}
