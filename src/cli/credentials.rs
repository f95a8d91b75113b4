//! `fusionauth-mcp credentials`: what callers send upstream as their own

use std::{
    io::{self, IsTerminal, Read},
    process::ExitCode,
    sync::Arc,
};

use access::{
    sealing::{Purpose, SealingKeys},
    store::{
        records::{Caller, Store},
        sqlite::Sqlite,
    },
    vault::Vault,
};
use clap::Subcommand;
use openapi_tools::model::security::{SchemeKind, SecurityScheme};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{
    flags::{Flags, StoreFlags},
    output::{fail, print},
    start::{Choice, block_on},
    store::{CommandError, caller, open_store, sealing_keys, table},
};
use crate::{
    config::server::{data_dir, sealing_key_file},
    logging::{self, report},
};

/// What to do with callers' credentials.
#[derive(clap::Args)]
pub struct CredentialsArguments {
    #[command(subcommand)]
    command: CredentialsCommand,
    #[command(flatten)]
    store: StoreFlags,
}

#[derive(Subcommand)]
enum CredentialsCommand {
    /// Keep a caller's credential for a source, read from stdin
    Set(Place),
    /// List whose credentials there are, without the secrets
    List {
        /// Print them as one JSON array
        #[arg(long)]
        json: bool,
    },
    /// Forget a caller's credential for a source
    Unset(Place),
    /// Seal all credentials with the first key of the file of sealing keys
    Reseal,
}

#[derive(clap::Args)]
struct Place {
    /// The caller's name or id
    caller: String,
    /// The source's name, such as fusionauth
    // The setting of this name is another argument.
    #[arg(id = "source-name", value_name = "SOURCE")]
    source: String,
    /// The security scheme of the source's document that it is for; where it can be left out, the API key
    #[arg(long)]
    scheme: Option<String>,
}

/// Carries the command out.
pub fn run(arguments: CredentialsArguments, flags: Flags) -> ExitCode {
    let CredentialsArguments { command, store } = arguments;
    let verbosity = flags.verbosity();
    let mut settings = flags.and(store).settings();
    logging::start(&mut settings, verbosity);
    let (folder, file) = (data_dir(&settings), sealing_key_file(&settings));
    let opened = open_store(folder.as_deref());
    let opened = opened.and_then(|store| Ok((store, sealing_keys(file.as_deref(), folder.as_deref())?)));
    let (store, keys) = match opened {
        Ok(opened) => opened,
        Err(error) => return fail(&error),
    };
    let done = |result: Result<ExitCode, CommandError>| result.unwrap_or_else(|error| fail(&error));
    match command {
        CredentialsCommand::Set(place) => {
            Choice::with(settings, |choice| block_on(async { done(set(&choice, store, keys, &place).await) }))
        }
        CredentialsCommand::Unset(place) => {
            Choice::with(settings, |choice| block_on(async { done(unset(&choice, &store, &place).await) }))
        }
        CredentialsCommand::List { json } => block_on(async { done(list(&store, json).await) }),
        CredentialsCommand::Reseal => block_on(async { done(reseal(store, keys).await) }),
    }
}

async fn set(choice: &Choice, store: Sqlite, keys: SealingKeys, place: &Place) -> Result<ExitCode, CommandError> {
    let (caller, purpose) = purpose(choice, &store, place).await?;
    if io::stdin().is_terminal() {
        report(format_args!("Paste the credential, then Ctrl-D:\n"));
    }
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|error| CommandError::Stdin(error.to_string()))?;
    let secret = text.trim();
    if secret.is_empty() || secret.contains(char::is_control) {
        return Err(CommandError::Stdin("expected one line with the credential".to_owned()));
    }
    let (source, scheme) = (purpose.source.clone(), purpose.scheme.clone());
    Vault::new(Arc::new(store), keys).keep(purpose, &SecretString::from(secret)).await?;
    report(format_args!(
        "The calls of {} to {source} are sent with this credential ({scheme}) from now on.\n",
        caller.name
    ));
    Ok(ExitCode::SUCCESS)
}

async fn unset(choice: &Choice, store: &Sqlite, place: &Place) -> Result<ExitCode, CommandError> {
    let (caller, purpose) = purpose(choice, store, place).await?;
    if store.forget_secret(purpose).await? {
        report(format_args!("The credential of {} for {} is forgotten.\n", caller.name, place.source));
        return Ok(ExitCode::SUCCESS);
    }
    Err(CommandError::NoCredential { caller: caller.name, source_name: place.source.clone() })
}

async fn purpose(choice: &Choice, store: &Sqlite, place: &Place) -> Result<(Caller, Purpose), CommandError> {
    let caller = caller(store, &place.caller).await?;
    let source =
        choice.sources.iter().find(|open| open.name == place.source).ok_or_else(|| CommandError::NoSource {
            name: place.source.clone(),
            known: choice.sources.iter().map(|open| open.name.as_str()).collect::<Vec<_>>().join(", "),
        })?;
    let scheme = scheme(source.source.document.security_schemes, place)?;
    let purpose = Purpose { caller: caller.id.clone(), source: place.source.clone(), scheme: scheme.to_owned() };
    Ok((caller, purpose))
}

/// The scheme that was named, or the only one, or the only API key.
fn scheme(all: &[SecurityScheme], place: &Place) -> Result<&'static str, CommandError> {
    let keys: Vec<_> = all.iter().filter(|scheme| matches!(scheme.kind, SchemeKind::ApiKey { .. })).collect();
    let found = match (&place.scheme, all, keys.as_slice()) {
        (Some(name), ..) => all.iter().find(|scheme| scheme.name == name),
        (None, [only], _) => Some(only),
        (None, _, [only]) => Some(*only),
        _ => None,
    };
    found.map(|scheme| scheme.name).ok_or_else(|| CommandError::Scheme {
        source_name: place.source.clone(),
        known: all.iter().map(|scheme| scheme.name).collect::<Vec<_>>().join(", "),
    })
}

async fn list(store: &Sqlite, is_json: bool) -> Result<ExitCode, CommandError> {
    let (callers, secrets) = (store.callers().await?, store.secrets().await?);
    let name =
        |id: &str| callers.iter().find(|caller| caller.id == id).map_or(id, |caller| caller.name.as_str()).to_owned();
    if is_json {
        let rows = secrets.iter().map(|(purpose, sealed)| {
            let Purpose { caller, source, scheme } = purpose;
            json!({ "caller": name(caller), "source": source, "scheme": scheme, "sealingKey": sealed.key })
        });
        return Ok(print(format!("{:#}\n", Value::Array(rows.collect())).as_bytes()));
    }
    let heads = ["CALLER", "SOURCE", "SCHEME", "SEALED BY"].map(str::to_owned).to_vec();
    let rows = secrets
        .into_iter()
        .map(|(purpose, sealed)| vec![name(&purpose.caller), purpose.source, purpose.scheme, sealed.key]);
    Ok(print(table(&std::iter::once(heads).chain(rows).collect::<Vec<_>>()).as_bytes()))
}

async fn reseal(store: Sqlite, keys: SealingKeys) -> Result<ExitCode, CommandError> {
    let count = Vault::new(Arc::new(store), keys).reseal().await?;
    report(format_args!("{count} credentials were sealed by another key before.\n"));
    Ok(ExitCode::SUCCESS)
}
