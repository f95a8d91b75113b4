//! `fusionauth-mcp keys`: the keys of a server's callers

use std::{
    process::ExitCode,
    time::{Duration, SystemTime},
};

use access::{
    authenticator::FRESH,
    key::{NewKey, new_id},
    scope::{join, parse_list},
    store::{
        records::{Caller, Key, Secret, Store},
        sqlite::Sqlite,
    },
};
use clap::Subcommand;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{
    flags::{Flags, StoreFlags},
    output::print,
    store::{
        CommandError, Lifetime, caller, checked_name, key, key_json, lifetime, shown, state, table, time_span,
        with_store,
    },
};
use crate::logging::report;

/// What to do with keys.
#[derive(clap::Args)]
pub struct KeysArguments {
    #[command(subcommand)]
    command: KeysCommand,
    #[command(flatten)]
    store: StoreFlags,
}

#[derive(Subcommand)]
enum KeysCommand {
    /// Create a key, and print it: once, since only its hash is kept
    Create(CreateArguments),
    /// List all keys, without their secrets
    List {
        /// Print them as one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Show a key, without its secret
    Show {
        /// The key's id or name
        key: String,
        /// Print it as JSON
        #[arg(long)]
        json: bool,
    },
    /// Give a key a new secret, and print it; the present one stays good for a while
    Rotate(RotateArguments),
    /// Refuse a key from now on
    Revoke {
        /// The key's id or name
        key: String,
    },
}

#[derive(clap::Args)]
struct CreateArguments {
    /// What the key is called, such as the client that it is for
    #[arg(long)]
    name: String,
    /// Whose it is: a caller of `callers add`. Without it, a caller of the key's name, who is added if there is none
    #[arg(long)]
    caller: Option<String>,
    /// What it may be used for: fusionauth:read, fusionauth:user:update, fusionauth:tool:NAME, or * for everything
    #[arg(long, value_name = "LIST")]
    scopes: String,
    /// How long it is good: a time such as 90d, or never
    #[arg(long, value_name = "TIME", value_parser = lifetime, default_value = "90d")]
    expires: Lifetime,
    /// Print a JSON object of id and key
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct RotateArguments {
    /// The key's id or name
    key: String,
    /// How long the present secret stays good
    #[arg(long, value_name = "TIME", value_parser = time_span, default_value = "1d")]
    overlap: Duration,
    /// How long the new secret is good: a time such as 90d, or never
    #[arg(long, value_name = "TIME", value_parser = lifetime, default_value = "90d")]
    expires: Lifetime,
    /// Print a JSON object of id and key
    #[arg(long)]
    json: bool,
}

/// Carries the command out.
pub fn run(arguments: KeysArguments, flags: Flags) -> ExitCode {
    let KeysArguments { command, store } = arguments;
    with_store(flags, store, async |store| match &command {
        KeysCommand::Create(arguments) => create(&store, arguments).await,
        KeysCommand::List { json } => list(&store, *json).await,
        KeysCommand::Show { key, json } => show(&store, key, *json).await,
        KeysCommand::Rotate(arguments) => rotate(&store, arguments).await,
        KeysCommand::Revoke { key } => revoke(&store, key).await,
    })
}

async fn create(store: &Sqlite, arguments: &CreateArguments) -> Result<ExitCode, CommandError> {
    let now = SystemTime::now();
    let scopes = parse_list(&arguments.scopes)?;
    let name = checked_name(&arguments.name)?;
    let caller = match &arguments.caller {
        Some(word) => caller(store, word).await?,
        None => match store.callers().await?.into_iter().find(|caller| caller.name == name) {
            Some(caller) => caller,
            None => Caller { id: new_id()?, name: name.clone(), created: now },
        },
    };
    let new = NewKey::generate()?;
    let expires = arguments.expires.end(now);
    let secrets = vec![Secret { hash: new.hash, created: now, expires }];
    let key = Key { id: new.id.clone(), caller, name, scopes, created: now, revoked: None, last_used: None, secrets };
    store.add_key(key.clone()).await?;
    let what = format!("the key `{}` of {}, for {}", key.id, key.caller.name, join(&key.scopes));
    Ok(printed(&new, &what, expires, arguments.json))
}

async fn rotate(store: &Sqlite, arguments: &RotateArguments) -> Result<ExitCode, CommandError> {
    let now = SystemTime::now();
    let known = key(store, &arguments.key).await?;
    let new = NewKey::of(known.id.clone())?;
    let expires = arguments.expires.end(now);
    let secret = Secret { hash: new.hash, created: now, expires };
    store.rotate(known.id.clone(), secret, arguments.overlap).await?;
    let overlap = humantime::format_duration(arguments.overlap);
    let what = format!("the new secret of `{}`; the last one stays good for {overlap} at most", known.id);
    Ok(printed(&new, &what, expires, arguments.json))
}

/// Prints a key on stdout, and what it is on stderr.
fn printed(new: &NewKey, what: &str, expires: Option<SystemTime>, is_json: bool) -> ExitCode {
    match expires {
        Some(expires) => {
            report(format_args!("This is {what}. It expires at {}, and is shown only now.\n", shown(expires)))
        }
        None => report(format_args!(
            "This is {what}. It is shown only now.\nwarning: it never expires: revoke it when it is not needed any more\n"
        )),
    }
    let key = new.text.expose_secret();
    let text = if is_json { json!({ "id": new.id, "key": key }).to_string() } else { key.to_owned() };
    print(format!("{text}\n").as_bytes())
}

async fn list(store: &Sqlite, is_json: bool) -> Result<ExitCode, CommandError> {
    let (keys, now) = (store.keys().await?, SystemTime::now());
    if is_json {
        let keys: Vec<_> = keys.iter().map(|key| key_json(key, now)).collect();
        return Ok(print(format!("{:#}\n", Value::Array(keys)).as_bytes()));
    }
    if keys.is_empty() {
        report(format_args!("no key yet; `fusionauth-mcp keys create` makes one\n"));
        return Ok(ExitCode::SUCCESS);
    }
    let heads = ["ID", "CALLER", "NAME", "STATE", "EXPIRES", "LAST USED", "SCOPES"].map(str::to_owned).to_vec();
    let row = |key: &Key| {
        vec![
            key.id.clone(),
            key.caller.name.clone(),
            key.name.clone(),
            state(key, now).to_owned(),
            key.expires().map_or_else(|| "never".to_owned(), shown),
            key.last_used.map_or_else(|| "never".to_owned(), shown),
            join(&key.scopes),
        ]
    };
    let rows: Vec<_> = std::iter::once(heads).chain(keys.iter().map(row)).collect();
    Ok(print(table(&rows).as_bytes()))
}

async fn show(store: &Sqlite, word: &str, is_json: bool) -> Result<ExitCode, CommandError> {
    let key = key_json(&key(store, word).await?, SystemTime::now());
    if is_json {
        return Ok(print(format!("{key:#}\n").as_bytes()));
    }
    let line = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Null => "never".to_owned(),
            Value::String(text) => text.clone(),
            Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
            value => value.to_string(),
        };
        vec![name.clone(), value]
    };
    let rows: Vec<_> = key.as_object().into_iter().flatten().map(line).collect();
    Ok(print(table(&rows).as_bytes()))
}

async fn revoke(store: &Sqlite, word: &str) -> Result<ExitCode, CommandError> {
    let key = key(store, word).await?;
    store.revoke(key.id.clone(), SystemTime::now()).await?;
    let seconds = FRESH.as_secs();
    report(format_args!("`{}` is revoked. A server that is running refuses it within {seconds} seconds.\n", key.id));
    Ok(ExitCode::SUCCESS)
}
