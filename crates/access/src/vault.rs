//! The secrets of callers, sealed in the store.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use secrecy::SecretString;

use crate::{
    authenticator::FRESH,
    sealing::{Purpose, SealingError, SealingKeys},
    store::records::{Store, StoreError},
};

/// Why a caller's secret is not to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It cannot be sealed or opened.
    #[error(transparent)]
    Sealing(#[from] SealingError),
}

/// Seals secrets into the store and opens them.
pub struct Vault {
    store: Arc<dyn Store>,
    keys: SealingKeys,
    /// What was opened lately, and when; nothing where there was none.
    known: Mutex<HashMap<Purpose, (Option<SecretString>, Instant)>>,
}

/// Secrets that are kept open; more are opened anew.
const MAX_KNOWN: usize = 10_000;

impl Vault {
    /// The secrets of a store, which these keys open.
    pub fn new(store: Arc<dyn Store>, keys: SealingKeys) -> Self {
        Self { store, keys, known: Mutex::default() }
    }

    /// Keeps a secret in the place of an earlier one.
    ///
    /// # Errors
    /// It cannot be sealed or kept.
    pub async fn keep(&self, purpose: Purpose, secret: &SecretString) -> Result<(), VaultError> {
        let sealed = self.keys.seal(secret, &purpose)?;
        Ok(self.store.keep_secret(purpose, sealed).await?)
    }

    /// The secret for a purpose, where there is one.
    ///
    /// # Errors
    /// It cannot be read or opened.
    pub async fn secret(&self, purpose: &Purpose) -> Result<Option<SecretString>, VaultError> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(purpose).cloned();
        if let Some((secret, read)) = known
            && read.elapsed() < FRESH
        {
            return Ok(secret);
        }
        let read = Instant::now();
        let sealed = self.store.secret(purpose.clone()).await?;
        let secret = sealed.map(|sealed| self.keys.open(&sealed, purpose)).transpose()?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(purpose.clone(), (secret.clone(), read));
        Ok(secret)
    }

    /// Seals all secrets by the present key: how many were sealed by another.
    ///
    /// # Errors
    /// One cannot be opened. Those before it are sealed anew.
    pub async fn reseal(&self) -> Result<usize, VaultError> {
        let mut count = 0;
        for (purpose, sealed) in self.store.secrets().await? {
            if sealed.key != self.keys.current() {
                let secret = self.keys.open(&sealed, &purpose)?;
                self.keep(purpose, &secret).await?;
                count += 1;
            }
        }
        Ok(count)
    }
}
