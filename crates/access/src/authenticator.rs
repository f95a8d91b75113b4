//! Who presents a key.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use crate::{
    key::PresentedKey,
    store::records::{Key, Store, StoreError},
};

/// How long a key is taken for what it was when it was read last. A revoked key is refused after this time at the latest.
pub const FRESH: Duration = Duration::from_secs(5);

/// Why a key does not open the door. A caller is not told which it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It is no key, or none that there is.
    #[error("unknown")]
    Unknown,
    /// It was revoked.
    #[error("revoked")]
    Revoked,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// Nobody knows at the moment.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds out whose key somebody presents.
pub struct Authenticator {
    store: Arc<dyn Store>,
    known: Mutex<HashMap<String, (Arc<Key>, Instant)>>,
    uses: Mutex<HashMap<String, SystemTime>>,
}

impl Authenticator {
    /// By the keys of a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Mutex::default(), uses: Mutex::default() }
    }

    /// The key with that text, where it is good.
    ///
    /// # Errors
    /// It is not, or nobody knows.
    pub async fn authenticate(&self, text: &str, now: SystemTime) -> Result<Arc<Key>, Denied> {
        let presented = PresentedKey::parse(text).ok_or(Denied::Unknown)?;
        let key = self.find(&presented.id).await?.ok_or(Denied::Unknown)?;
        let secret = key.secrets.iter().find(|secret| secret.hash.is(&presented.hash)).ok_or(Denied::Unknown)?;
        if key.revoked.is_some() {
            return Err(Denied::Revoked);
        }
        if secret.is_over(now) {
            return Err(Denied::Expired);
        }
        lock(&self.uses).insert(key.id.clone(), now);
        Ok(key)
    }

    async fn find(&self, id: &str) -> Result<Option<Arc<Key>>, StoreError> {
        let known =
            lock(&self.known).get(id).filter(|(_, read)| read.elapsed() < FRESH).map(|(key, _)| Arc::clone(key));
        if known.is_some() {
            return Ok(known);
        }
        let read = Instant::now();
        let key = self.store.key(id.to_owned()).await?.map(Arc::new);
        match &key {
            Some(key) => lock(&self.known).insert(id.to_owned(), (Arc::clone(key), read)),
            None => lock(&self.known).remove(id),
        };
        Ok(key)
    }

    /// Whether keys can be read.
    ///
    /// # Errors
    /// They cannot.
    pub async fn check(&self) -> Result<(), StoreError> {
        self.store.key(String::new()).await.map(drop)
    }

    /// Has the store note which keys were used since the last time.
    ///
    /// # Errors
    /// It cannot. The uses are noted the next time.
    pub async fn note_uses(&self) -> Result<(), StoreError> {
        let uses: Vec<_> = lock(&self.uses).drain().collect();
        if uses.is_empty() {
            return Ok(());
        }
        let noted = self.store.note_uses(uses.clone()).await;
        if noted.is_err() {
            let mut later = lock(&self.uses);
            for (id, time) in uses {
                later.entry(id).or_insert(time);
            }
        }
        noted
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
