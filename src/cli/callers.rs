//! `fusionauth-mcp callers`: whom a server knows

use std::{process::ExitCode, time::SystemTime};

use access::{
    key::new_id,
    store::{
        records::{Caller, Key, Store},
        sqlite::Sqlite,
    },
};
use clap::Subcommand;
use serde_json::{Value, json};

use super::{
    flags::{Flags, StoreFlags},
    output::print,
    store::{CommandError, caller, checked_name, key, key_json, shown, table, with_store},
};
use crate::logging::report;

/// What to do with callers.
#[derive(clap::Args)]
pub struct CallersArguments {
    #[command(subcommand)]
    command: CallersCommand,
    #[command(flatten)]
    store: StoreFlags,
}

#[derive(Subcommand)]
enum CallersCommand {
    /// Add a caller: a person, or a service
    Add {
        /// The name, which the audit log shows
        name: String,
    },
    /// List all callers
    List {
        /// Print them as one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Show a caller and its keys
    Show {
        /// The caller's name or id
        caller: String,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a key to another caller
    Link {
        /// The caller's name or id
        caller: String,
        /// The key's id or name
        key: String,
    },
    /// Delete a caller and all its keys
    Delete {
        /// The caller's name or id
        caller: String,
    },
}

/// Carries the command out.
pub fn run(arguments: CallersArguments, flags: Flags) -> ExitCode {
    let CallersArguments { command, store } = arguments;
    with_store(flags, store, async |store| match &command {
        CallersCommand::Add { name } => add(&store, name).await,
        CallersCommand::List { json } => list(&store, *json).await,
        CallersCommand::Show { caller, json } => show(&store, caller, *json).await,
        CallersCommand::Link { caller, key } => link(&store, caller, key).await,
        CallersCommand::Delete { caller } => delete(&store, caller).await,
    })
}

async fn add(store: &Sqlite, name: &str) -> Result<ExitCode, CommandError> {
    let added = Caller { id: new_id()?, name: checked_name(name)?, created: SystemTime::now() };
    store.add_caller(added.clone()).await?;
    Ok(print(format!("{}\n", added.id).as_bytes()))
}

fn caller_json(caller: &Caller, keys: &[Key], now: SystemTime) -> Value {
    let own: Vec<_> = keys.iter().filter(|key| key.caller.id == caller.id).map(|key| key_json(key, now)).collect();
    json!({ "id": caller.id, "name": caller.name, "created": shown(caller.created), "keys": own })
}

async fn list(store: &Sqlite, is_json: bool) -> Result<ExitCode, CommandError> {
    let (callers, keys, now) = (store.callers().await?, store.keys().await?, SystemTime::now());
    if is_json {
        let callers: Vec<_> = callers.iter().map(|caller| caller_json(caller, &keys, now)).collect();
        return Ok(print(format!("{:#}\n", Value::Array(callers)).as_bytes()));
    }
    let heads = ["ID", "NAME", "CREATED", "KEYS"].map(str::to_owned).to_vec();
    let row = |caller: &Caller| {
        let count = keys.iter().filter(|key| key.caller.id == caller.id).count();
        vec![caller.id.clone(), caller.name.clone(), shown(caller.created), count.to_string()]
    };
    let rows: Vec<_> = std::iter::once(heads).chain(callers.iter().map(row)).collect();
    Ok(print(table(&rows).as_bytes()))
}

async fn show(store: &Sqlite, word: &str, is_json: bool) -> Result<ExitCode, CommandError> {
    let (caller, keys, now) = (caller(store, word).await?, store.keys().await?, SystemTime::now());
    if is_json {
        return Ok(print(format!("{:#}\n", caller_json(&caller, &keys, now)).as_bytes()));
    }
    let own = keys.iter().filter(|key| key.caller.id == caller.id);
    let keys: Vec<_> = own.map(|key| format!("{} ({})", key.id, key.name)).collect();
    let rows =
        [("id", caller.id), ("name", caller.name), ("created", shown(caller.created)), ("keys", keys.join(", "))];
    let rows: Vec<_> = rows.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect();
    Ok(print(table(&rows).as_bytes()))
}

async fn link(store: &Sqlite, word: &str, key_word: &str) -> Result<ExitCode, CommandError> {
    let (caller, key) = (caller(store, word).await?, key(store, key_word).await?);
    store.link(key.id.clone(), caller.id).await?;
    report(format_args!("`{}` is a key of {} now.\n", key.id, caller.name));
    Ok(ExitCode::SUCCESS)
}

async fn delete(store: &Sqlite, word: &str) -> Result<ExitCode, CommandError> {
    let caller = caller(store, word).await?;
    let keys = store.keys().await?.iter().filter(|key| key.caller.id == caller.id).count();
    store.delete_caller(caller.id).await?;
    report(format_args!("{} is deleted, with {keys} keys.\n", caller.name));
    Ok(ExitCode::SUCCESS)
}
