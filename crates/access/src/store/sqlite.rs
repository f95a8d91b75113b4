//! The store in a file of its own (SQLite), for one server.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::{
    records::{Caller, Key, Secret, Store, StoreError, Stored},
    schema::MIGRATIONS,
};
use crate::{
    key::SecretHash,
    scope::{join, parse_list},
    sealing::{Purpose, Sealed},
};

/// The file in the data folder.
const FILE: &str = "access.db";

/// How long a call waits for another process that writes.
const BUSY: Duration = Duration::from_secs(10);

/// A store in a file.
#[derive(Clone)]
pub struct Sqlite(Arc<Mutex<Connection>>);

impl Sqlite {
    /// Opens the store in a folder, and makes both where there is none. Only their owner may read them.
    ///
    /// # Errors
    /// It cannot be opened, or a newer program made it.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        let at = |error: &dyn std::fmt::Display| StoreError::Failed(format!("{}: {error}", path.display()));
        private_folder(folder).and_then(|()| private_file(&path)).map_err(|error| at(&error))?;
        let mut connection = Connection::open(&path).map_err(|error| at(&error))?;
        prepare(&connection).map_err(|error| at(&error))?;
        migrate(&mut connection)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Calls `work` where it holds nothing else up.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Stored<'_, T> {
        let connection = Arc::clone(&self.0);
        Box::pin(async move {
            let work = move || work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner));
            tokio::task::spawn_blocking(work).await.map_err(|error| StoreError::Failed(error.to_string()))?
        })
    }

    /// Calls `work` in a transaction that no other writer comes between.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Stored<'_, T> {
        self.run(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        })
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

/// Makes the file, where there is none. SQLite gives its journals the same mode.
fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // Readers and one writer at a time, and what is committed survives the loss of power.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or_default()) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}

/// Seconds since 1970.
fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn time(seconds: i64) -> SystemTime {
    let since = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
    UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
}

fn caller(row: &Row<'_>, first: usize) -> rusqlite::Result<Caller> {
    Ok(Caller { id: row.get(first)?, name: row.get(first + 1)?, created: time(row.get(first + 2)?) })
}

const KEYS: &str = "SELECT keys.id, keys.name, keys.scopes, keys.created, keys.revoked, keys.last_used, \
    callers.id, callers.name, callers.created FROM keys JOIN callers ON callers.id = keys.caller";

/// A key without its secrets.
fn key(row: &Row<'_>) -> rusqlite::Result<Key> {
    let scopes: String = row.get(2)?;
    Ok(Key {
        id: row.get(0)?,
        name: row.get(1)?,
        // What this program does not know permits nothing.
        scopes: parse_list(&scopes).unwrap_or_default(),
        created: time(row.get(3)?),
        revoked: row.get::<_, Option<i64>>(4)?.map(time),
        last_used: row.get::<_, Option<i64>>(5)?.map(time),
        caller: caller(row, 6)?,
        secrets: Vec::new(),
    })
}

fn with_secrets(connection: &Connection, mut key: Key) -> rusqlite::Result<Key> {
    let mut statement = connection.prepare_cached(
        "SELECT hash, created, expires FROM secrets WHERE key = ?1 ORDER BY created DESC, rowid DESC",
    )?;
    let secret = |row: &Row<'_>| {
        let expires = row.get::<_, Option<i64>>(2)?.map(time);
        Ok(Secret { hash: SecretHash(row.get(0)?), created: time(row.get(1)?), expires })
    };
    key.secrets = statement.query_map([&key.id], secret)?.collect::<rusqlite::Result<_>>()?;
    Ok(key)
}

fn insert_caller(transaction: &Transaction<'_>, caller: &Caller) -> Result<(), StoreError> {
    let Caller { id, name, created } = caller;
    let known = "SELECT 1 FROM callers WHERE name = ?1";
    if transaction.query_row(known, [name], |_| Ok(())).optional()?.is_some() {
        return Err(StoreError::NameTaken(name.clone()));
    }
    let insert = "INSERT INTO callers (id, name, created) VALUES (?1, ?2, ?3)";
    transaction.execute(insert, params![id, name, seconds(*created)])?;
    Ok(())
}

fn insert_secret(transaction: &Transaction<'_>, key: &str, secret: &Secret) -> rusqlite::Result<()> {
    let insert = "INSERT INTO secrets (hash, key, created, expires) VALUES (?1, ?2, ?3, ?4)";
    let Secret { hash, created, expires } = secret;
    transaction.execute(insert, params![hash.0, key, seconds(*created), expires.map(seconds)]).map(drop)
}

/// Whether a key is revoked.
fn is_revoked(transaction: &Transaction<'_>, key: &str) -> Result<bool, StoreError> {
    let revoked = "SELECT revoked IS NOT NULL FROM keys WHERE id = ?1";
    let revoked = transaction.query_row(revoked, [key], |row| row.get(0)).optional()?;
    revoked.ok_or_else(|| StoreError::NoKey(key.to_owned()))
}

impl Store for Sqlite {
    fn add_caller(&self, caller: Caller) -> Stored<'_, ()> {
        self.write(move |transaction| insert_caller(transaction, &caller))
    }

    fn callers(&self) -> Stored<'_, Vec<Caller>> {
        self.run(|connection| {
            let mut statement = connection.prepare_cached("SELECT id, name, created FROM callers ORDER BY name")?;
            let callers = statement.query_map([], |row| caller(row, 0))?;
            Ok(callers.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn delete_caller(&self, id: String) -> Stored<'_, ()> {
        self.write(move |transaction| match transaction.execute("DELETE FROM callers WHERE id = ?1", [&id])? {
            0 => Err(StoreError::NoCaller(id)),
            _ => Ok(()),
        })
    }

    fn add_key(&self, key: Key) -> Stored<'_, ()> {
        self.write(move |transaction| {
            let known = "SELECT 1 FROM callers WHERE id = ?1";
            if transaction.query_row(known, [&key.caller.id], |_| Ok(())).optional()?.is_none() {
                insert_caller(transaction, &key.caller)?;
            }
            let insert = "INSERT INTO keys (id, caller, name, scopes, created) VALUES (?1, ?2, ?3, ?4, ?5)";
            let (scopes, created) = (join(&key.scopes), seconds(key.created));
            transaction.execute(insert, params![key.id, key.caller.id, key.name, scopes, created])?;
            for secret in &key.secrets {
                insert_secret(transaction, &key.id, secret)?;
            }
            Ok(())
        })
    }

    fn keys(&self) -> Stored<'_, Vec<Key>> {
        self.run(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("{KEYS} ORDER BY callers.name, keys.created, keys.id"))?;
            let keys = statement.query_map([], key)?.collect::<rusqlite::Result<Vec<_>>>()?;
            let keys = keys.into_iter().map(|key| with_secrets(connection, key));
            Ok(keys.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn key(&self, id: String) -> Stored<'_, Option<Key>> {
        self.run(move |connection| {
            let mut statement = connection.prepare_cached(&format!("{KEYS} WHERE keys.id = ?1"))?;
            let key = statement.query_row([&id], key).optional()?;
            Ok(key.map(|key| with_secrets(connection, key)).transpose()?)
        })
    }

    fn rotate(&self, key: String, secret: Secret, overlap: Duration) -> Stored<'_, ()> {
        self.write(move |transaction| {
            if is_revoked(transaction, &key)? {
                return Err(StoreError::Revoked(key));
            }
            let others = "DELETE FROM secrets WHERE key = ?1 AND rowid <> (SELECT rowid FROM secrets WHERE key = ?1 \
                ORDER BY created DESC, rowid DESC LIMIT 1)";
            transaction.execute(others, [&key])?;
            let overlap = i64::try_from(overlap.as_secs()).unwrap_or(i64::MAX);
            let until = seconds(secret.created).saturating_add(overlap);
            let last = "UPDATE secrets SET expires = MIN(COALESCE(expires, ?2), ?2) WHERE key = ?1";
            transaction.execute(last, params![key, until])?;
            Ok(insert_secret(transaction, &key, &secret)?)
        })
    }

    fn link(&self, key: String, caller: String) -> Stored<'_, ()> {
        self.write(move |transaction| {
            let known = "SELECT 1 FROM callers WHERE id = ?1";
            if transaction.query_row(known, [&caller], |_| Ok(())).optional()?.is_none() {
                return Err(StoreError::NoCaller(caller));
            }
            match transaction.execute("UPDATE keys SET caller = ?2 WHERE id = ?1", [&key, &caller])? {
                0 => Err(StoreError::NoKey(key)),
                _ => Ok(()),
            }
        })
    }

    fn revoke(&self, key: String, now: SystemTime) -> Stored<'_, ()> {
        self.write(move |transaction| {
            let revoke = "UPDATE keys SET revoked = COALESCE(revoked, ?2) WHERE id = ?1";
            match transaction.execute(revoke, params![key, seconds(now)])? {
                0 => Err(StoreError::NoKey(key)),
                _ => Ok(()),
            }
        })
    }

    fn keep_secret(&self, purpose: Purpose, sealed: Sealed) -> Stored<'_, ()> {
        self.write(move |transaction| {
            let Purpose { caller, source, scheme } = &purpose;
            let keep = "INSERT INTO caller_secrets (caller, source, scheme, sealing_key, sealed) VALUES (?1, ?2, ?3, ?4, ?5) \
                ON CONFLICT (caller, source, scheme) DO UPDATE SET sealing_key = excluded.sealing_key, sealed = excluded.sealed";
            transaction.execute(keep, params![caller, source, scheme, sealed.key, sealed.bytes])?;
            Ok(())
        })
    }

    fn secret(&self, purpose: Purpose) -> Stored<'_, Option<Sealed>> {
        self.run(move |connection| {
            let Purpose { caller, source, scheme } = &purpose;
            let find =
                "SELECT sealing_key, sealed FROM caller_secrets WHERE caller = ?1 AND source = ?2 AND scheme = ?3";
            let sealed = |row: &Row<'_>| Ok(Sealed { key: row.get(0)?, bytes: row.get(1)? });
            Ok(connection.prepare_cached(find)?.query_row([caller, source, scheme], sealed).optional()?)
        })
    }

    fn secrets(&self) -> Stored<'_, Vec<(Purpose, Sealed)>> {
        self.run(|connection| {
            let all = "SELECT caller, source, scheme, sealing_key, sealed FROM caller_secrets ORDER BY 1, 2, 3";
            let row = |row: &Row<'_>| {
                let purpose = Purpose { caller: row.get(0)?, source: row.get(1)?, scheme: row.get(2)? };
                Ok((purpose, Sealed { key: row.get(3)?, bytes: row.get(4)? }))
            };
            Ok(connection.prepare_cached(all)?.query_map([], row)?.collect::<rusqlite::Result<_>>()?)
        })
    }

    fn forget_secret(&self, purpose: Purpose) -> Stored<'_, bool> {
        self.write(move |transaction| {
            let Purpose { caller, source, scheme } = &purpose;
            let forget = "DELETE FROM caller_secrets WHERE caller = ?1 AND source = ?2 AND scheme = ?3";
            Ok(transaction.execute(forget, [caller, source, scheme])? > 0)
        })
    }

    fn note_uses(&self, uses: Vec<(String, SystemTime)>) -> Stored<'_, ()> {
        self.write(move |transaction| {
            let note = "UPDATE keys SET last_used = MAX(COALESCE(last_used, 0), ?2) WHERE id = ?1";
            for (key, time) in &uses {
                transaction.execute(note, params![key, seconds(*time)])?;
            }
            Ok(())
        })
    }
}
