//! What any store does, and who gets in by what it holds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use access::{
    authenticator::{Authenticator, Denied},
    key::{NewKey, new_id},
    scope::parse_list,
    store::{
        records::{Caller, Key, Secret, Store, StoreError},
        sqlite::Sqlite,
    },
};
use secrecy::ExposeSecret;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

fn caller(name: &str) -> Caller {
    Caller { id: new_id().unwrap(), name: name.to_owned(), created: at(1) }
}

/// A key of a caller that expires at 100, and its text.
fn key(caller: &Caller) -> (Key, String) {
    let new = NewKey::generate().unwrap();
    let secret = Secret { hash: new.hash, created: at(2), expires: Some(at(100)) };
    let key = Key {
        id: new.id,
        caller: caller.clone(),
        name: "laptop".to_owned(),
        scopes: parse_list("a:read,b:delete").unwrap(),
        created: at(2),
        revoked: None,
        last_used: None,
        secrets: vec![secret],
    };
    (key, new.text.expose_secret().to_owned())
}

fn new_secret(id: &str, created: u64) -> (Secret, String) {
    let new = NewKey::of(id.to_owned()).unwrap();
    let expires = Some(at(created + 100));
    (Secret { hash: new.hash, created: at(created), expires }, new.text.expose_secret().to_owned())
}

#[tokio::test]
async fn what_is_kept_is_there_when_it_is_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new/folder");
    let anna = caller("anna");
    let (kept, _) = key(&anna);
    {
        let store = Sqlite::open(&folder).unwrap();
        store.add_key(kept.clone()).await.unwrap();
        store.add_caller(caller("bert")).await.unwrap();
        assert_eq!(store.add_caller(caller("anna")).await, Err(StoreError::NameTaken("anna".to_owned())));
    }
    let store = Sqlite::open(&folder).unwrap();
    assert_eq!(store.keys().await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(store.key(kept.id.clone()).await.unwrap(), Some(kept.clone()));
    assert_eq!(store.key("nothing".to_owned()).await.unwrap(), None);
    let names: Vec<_> = store.callers().await.unwrap().into_iter().map(|caller| caller.name).collect();
    assert_eq!(names, ["anna", "bert"]);
    store.delete_caller(anna.id.clone()).await.unwrap();
    assert_eq!(store.keys().await.unwrap(), []);
    assert_eq!(store.delete_caller(anna.id.clone()).await, Err(StoreError::NoCaller(anna.id)));
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("data");
    let store = Sqlite::open(&folder).unwrap();
    store.add_caller(caller("anna")).await.unwrap();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    let files: Vec<_> = folder.read_dir().unwrap().map(Result::unwrap).collect();
    assert!(!files.is_empty());
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[tokio::test]
async fn two_secrets_are_good_while_a_key_is_rotated() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let (kept, first) = key(&caller("anna"));
    store.add_key(kept.clone()).await.unwrap();
    let (secret, second) = new_secret(&kept.id, 50);
    store.rotate(kept.id.clone(), secret, Duration::from_secs(10)).await.unwrap();
    let allowed = async |text: &str, seconds| {
        Authenticator::new(Arc::new(store.clone()))
            .authenticate(text, at(seconds))
            .await
            .map(|key| key.caller.name.clone())
    };
    for (text, seconds, expected) in [
        (&first, 59, Ok("anna".to_owned())),
        (&first, 60, Err(Denied::Expired)),
        (&second, 59, Ok("anna".to_owned())),
        (&second, 149, Ok("anna".to_owned())),
        (&second, 150, Err(Denied::Expired)),
    ] {
        assert_eq!(allowed(text, seconds).await, expected, "{seconds}");
    }
    let (secret, third) = new_secret(&kept.id, 55);
    store.rotate(kept.id.clone(), secret, Duration::from_secs(10)).await.unwrap();
    assert_eq!(allowed(&first, 56).await, Err(Denied::Unknown), "there are two at most");
    assert_eq!(allowed(&second, 64).await, Ok("anna".to_owned()));
    assert_eq!(allowed(&second, 65).await, Err(Denied::Expired));
    assert_eq!(allowed(&third, 65).await, Ok("anna".to_owned()));
    store.revoke(kept.id.clone(), at(70)).await.unwrap();
    assert_eq!(allowed(&third, 70).await, Err(Denied::Revoked));
    let (secret, _) = new_secret(&kept.id, 80);
    let refused = store.rotate(kept.id.clone(), secret, Duration::from_secs(1)).await;
    assert_eq!(refused, Err(StoreError::Revoked(kept.id)));
    assert_eq!(store.revoke("nothing".to_owned(), at(70)).await, Err(StoreError::NoKey("nothing".to_owned())));
}

#[tokio::test]
async fn other_keys_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let (kept, text) = key(&caller("anna"));
    store.add_key(kept.clone()).await.unwrap();
    let authenticator = Authenticator::new(Arc::new(store.clone()));
    let (_, other_secret) = new_secret(&kept.id, 50);
    let (_, other_key) = key(&caller("bert"));
    for wrong in ["", "garbage", &other_secret, &other_key, &text[..text.len() - 1]] {
        assert_eq!(authenticator.authenticate(wrong, at(50)).await, Err(Denied::Unknown), "{wrong}");
    }
    assert!(authenticator.authenticate(&text, at(50)).await.is_ok());
    authenticator.note_uses().await.unwrap();
    authenticator.note_uses().await.unwrap();
    assert_eq!(store.key(kept.id).await.unwrap().unwrap().last_used, Some(at(50)));
}

#[tokio::test]
async fn a_key_may_get_another_caller() {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let (kept, _) = key(&caller("anna"));
    let bert = caller("bert");
    store.add_key(kept.clone()).await.unwrap();
    store.add_caller(bert.clone()).await.unwrap();
    store.link(kept.id.clone(), bert.id.clone()).await.unwrap();
    assert_eq!(store.key(kept.id.clone()).await.unwrap().unwrap().caller, bert);
    assert_eq!(store.link(kept.id, "nobody".to_owned()).await, Err(StoreError::NoCaller("nobody".to_owned())));
    assert_eq!(store.link("none".to_owned(), bert.id).await, Err(StoreError::NoKey("none".to_owned())));
}

#[test]
fn a_newer_store_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(Sqlite::open(folder.path()).unwrap());
    let file = rusqlite::Connection::open(folder.path().join("access.db")).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    drop(file);
    assert_eq!(Sqlite::open(folder.path()).err(), Some(StoreError::Newer { found: 99, known: 2 }));
}
