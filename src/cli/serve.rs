//! `fusionauth-mcp serve`: MCP over HTTP, for several people

use std::{io, process::ExitCode, sync::Arc, time::Duration};

use access::{
    authenticator::Authenticator,
    store::{records::Store, sqlite::Sqlite},
    vault::Vault,
};
use gateway::{
    confirmation::{Level, Policy},
    listing::count,
};
use tokio::runtime::{Builder, Runtime};

use super::{
    output::fail,
    start::Start,
    store::{CommandError, open_store, sealing_keys},
    summary::summary,
};
use crate::{
    config::{server::ServerConfig, server_settings::SHARED_UPSTREAM, settings::CONFIRM, sources::FUSIONAUTH},
    logging::{never_wait, report},
    mcp::server::Server,
    serve::{
        caller_credentials::Secrets,
        http::{Listening, door::Door, page::About, tls::Tls, views::Views},
    },
};

/// How often the store is told which keys were used.
const USES: Duration = Duration::from_secs(60);

/// Serves until a signal comes.
pub fn run(start: &Start, config: &ServerConfig, secrets: &Secrets) -> ExitCode {
    let _flush = never_wait();
    let runtime: io::Result<Runtime> = Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let status = runtime.block_on(serve(start, config, secrets));
            // Calls that go on after their time are given up.
            runtime.shutdown_background();
            status
        }
        Err(error) => fail(&format_args!("no runtime: {error}")),
    }
}

async fn serve(start: &Start, config: &ServerConfig, secrets: &Secrets) -> ExitCode {
    let store = match config.has_auth.then(|| opened(config, secrets)).transpose() {
        Ok(store) => store,
        Err(error) => return fail(&error),
    };
    let tls = match config.tls.clone().map(Tls::read).transpose() {
        Ok(tls) => tls,
        Err(error) => return fail(&error),
    };
    let listening = match Listening::on(config.listen).await {
        Ok(listening) => listening,
        Err(error) => {
            return fail(&format_args!(
                "cannot listen on {}: {error}; --listen chooses another address",
                config.listen
            ));
        }
    };
    if let Err(error) = announce(start, config, &listening, store.as_ref()).await {
        return fail(&error);
    }
    let authenticator = store.map(|store| Arc::new(Authenticator::new(Arc::new(store))));
    let sources = start.sources.iter().map(|open| (open.name.clone(), Arc::clone(&open.source))).collect();
    let views = Views::new(Server::new(Arc::new(start.session())), sources);
    let uses = authenticator.clone();
    let about = about(start, config);
    tokio::select! {
        () = listening.serve(Door::new(authenticator.clone(), views, config.quotas), about, config, tls) => {}
        () = noting_uses(uses) => {}
    }
    if let Some(authenticator) = authenticator {
        note_uses(&authenticator).await;
    }
    ExitCode::SUCCESS
}

/// What the page for people says.
fn about(start: &Start, config: &ServerConfig) -> About {
    let name = start.sources.first().map_or(FUSIONAUTH, |open| &open.name);
    About {
        public_url: config.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned()),
        has_tls: config.tls.is_some(),
        has_auth: config.has_auth,
        name: name.to_owned(),
        tools: count(&start.toolset),
    }
}

/// The store, with the credentials of callers in it.
fn opened(config: &ServerConfig, secrets: &Secrets) -> Result<Sqlite, CommandError> {
    let folder = config.data_dir.as_deref();
    let store = open_store(folder)?;
    let keys = sealing_keys(config.sealing_key_file.as_deref(), folder)?;
    // It is set here and nowhere else.
    let _ = secrets.set(Vault::new(Arc::new(store.clone()), keys));
    Ok(store)
}

/// Has the store note which keys are used, for ever.
async fn noting_uses(authenticator: Option<Arc<Authenticator>>) {
    loop {
        tokio::time::sleep(USES).await;
        if let Some(authenticator) = &authenticator {
            note_uses(authenticator).await;
        }
    }
}

async fn note_uses(authenticator: &Authenticator) {
    if let Err(error) = authenticator.note_uses().await {
        tracing::warn!("the last uses of keys are not noted: {error}");
    }
}

/// Says on stderr what has started, and what it does not protect from.
async fn announce(
    start: &Start,
    config: &ServerConfig,
    listening: &Listening,
    store: Option<&Sqlite>,
) -> Result<(), CommandError> {
    report(format_args!("{}\n", summary(start)));
    match store {
        None => report(format_args!("warning: --no-auth: whoever reaches this address may use every tool\n")),
        Some(store) if store.keys().await?.is_empty() => {
            report(format_args!("note: no key yet; `fusionauth-mcp keys create` makes one\n"));
        }
        Some(_) => {}
    }
    if store.is_some() && !config.is_shared_upstream {
        report(format_args!(
            "note: callers need credentials of their own for the API (`fusionauth-mcp credentials set`); {}=true lets them use \
             the server's\n",
            SHARED_UPSTREAM.label()
        ));
    }
    if let Some(note) = unasked(start.config.safety.confirmation) {
        report(format_args!("note: {note}\n"));
    }
    let address = listening.address();
    let place = match &config.public_url {
        Some(url) => format!("{}/mcp; the server listens on {address}", url.as_str().trim_end_matches('/')),
        None if config.tls.is_some() => format!("https://{address}/mcp"),
        None => format!("http://{address}/mcp"),
    };
    report(format_args!("MCP is at {place}. Ctrl-C stops the server.\n"));
    Ok(())
}

/// What becomes of questions that cannot be asked.
fn unasked(policy: Policy) -> Option<String> {
    let calls = match policy.level {
        Level::Off => return None,
        Level::Irreversible => "irreversible calls",
        Level::Writes => "changes",
    };
    let consequence = if policy.is_required {
        "their calls are refused".to_owned()
    } else {
        format!("their calls are sent unasked; {}=irreversible refuses them", CONFIRM.label())
    };
    Some(format!("over HTTP, a client of MCP 2025-11-25 or older cannot ask a person before {calls}: {consequence}"))
}
