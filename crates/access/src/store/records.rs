//! What is kept, and the trait of what keeps it.

use std::time::{Duration, SystemTime};

use futures_util::future::BoxFuture;

use crate::{
    key::SecretHash,
    scope::Scope,
    sealing::{Purpose, Sealed},
};

/// Somebody, or something, that calls: a person, a service. Keys are its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Its id, which never changes.
    pub id: String,
    /// Its name, which no other caller has.
    pub name: String,
    /// Since when it is known.
    pub created: SystemTime,
}

/// A key of a caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its id, which is a part of its text.
    pub id: String,
    /// Whose it is.
    pub caller: Caller,
    /// What it is called.
    pub name: String,
    /// What it may be used for.
    pub scopes: Vec<Scope>,
    /// Since when there is one.
    pub created: SystemTime,
    /// Since when it is refused.
    pub revoked: Option<SystemTime>,
    /// When it was used last, to the minute.
    pub last_used: Option<SystemTime>,
    /// Its secrets, the newest first. While a key is rotated there are two.
    pub secrets: Vec<Secret>,
}

impl Key {
    /// Until when its newest secret is good; `None` where it is for ever.
    pub fn expires(&self) -> Option<SystemTime> {
        self.secrets.first().and_then(|secret| secret.expires)
    }
}

/// A secret of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret {
    /// What is kept of it.
    pub hash: SecretHash,
    /// Since when there is one.
    pub created: SystemTime,
    /// Until when it is good; `None` where it is for ever.
    pub expires: Option<SystemTime>,
}

impl Secret {
    /// Whether it is good for no more.
    pub fn is_over(&self, now: SystemTime) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Why the store does not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// No such caller.
    #[error("there is no caller `{0}`")]
    NoCaller(String),
    /// A name that another caller has.
    #[error("there is a caller `{0}` already")]
    NameTaken(String),
    /// No such key.
    #[error("there is no key `{0}`")]
    NoKey(String),
    /// A key that was revoked.
    #[error("the key `{0}` was revoked")]
    Revoked(String),
    /// A store of a program that knows more.
    #[error("the store has version {found}, and this program knows {known}: a newer one made it")]
    Newer {
        /// The version of the store.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// Anything else.
    #[error("the store: {0}")]
    Failed(String),
}

/// The future of an answer of the store.
pub type Stored<'a, T> = BoxFuture<'a, Result<T, StoreError>>;

/// Keeps callers and their keys. Each call is whole or has not happened.
pub trait Store: Send + Sync {
    /// Adds a caller.
    fn add_caller(&self, caller: Caller) -> Stored<'_, ()>;

    /// All callers, by name.
    fn callers(&self) -> Stored<'_, Vec<Caller>>;

    /// Deletes a caller with all that is its own.
    fn delete_caller(&self, id: String) -> Stored<'_, ()>;

    /// Adds a key, and its caller where it is new.
    fn add_key(&self, key: Key) -> Stored<'_, ()>;

    /// All keys, by caller and age.
    fn keys(&self) -> Stored<'_, Vec<Key>>;

    /// The key of an id.
    fn key(&self, id: String) -> Stored<'_, Option<Key>>;

    /// Gives a key a new secret. Of the others, the newest is good for `overlap` more, and older ones are forgotten.
    fn rotate(&self, key: String, secret: Secret, overlap: Duration) -> Stored<'_, ()>;

    /// Gives a key to another caller.
    fn link(&self, key: String, caller: String) -> Stored<'_, ()>;

    /// Refuses a key from now on.
    fn revoke(&self, key: String, now: SystemTime) -> Stored<'_, ()>;

    /// Keeps a sealed secret of a caller in the place of an earlier one.
    fn keep_secret(&self, purpose: Purpose, sealed: Sealed) -> Stored<'_, ()>;

    /// The sealed secret for a purpose.
    fn secret(&self, purpose: Purpose) -> Stored<'_, Option<Sealed>>;

    /// All sealed secrets, by purpose.
    fn secrets(&self) -> Stored<'_, Vec<(Purpose, Sealed)>>;

    /// Forgets a sealed secret. Whether there was one.
    fn forget_secret(&self, purpose: Purpose) -> Stored<'_, bool>;

    /// Notes when keys were used last.
    fn note_uses(&self, uses: Vec<(String, SystemTime)>) -> Stored<'_, ()>;
}
