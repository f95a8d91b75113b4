//! What most commands begin with: configuration, source, toolset and session.

use std::{fmt::Display, io, process::ExitCode, sync::Arc};

use gateway::{
    downloads::Downloads,
    principal::Principal,
    safety::Safety,
    session::Session,
    source::Source,
    toolset::{Toolset, selection::SelectionError},
    transport::{
        Transport,
        breaker::Breaker,
        http::{Http, HttpConfig, TlsError},
        retry::Retry,
    },
};
use tokio::runtime::{Builder, Runtime};

use super::{
    contents::instance,
    flags::Flags,
    output::{fail, misused},
    safety::safety,
};
use crate::{
    config::{Config, error::ConfigError, given::Settings, settings::DOWNLOAD_DIR},
    fusionauth::{
        simulation::{ADDRESS, Simulation},
        source::source,
    },
    logging::{self, report},
};

/// What a command runs with.
pub struct Start {
    /// The configuration.
    pub config: Config,
    /// The instance.
    pub source: Arc<Source>,
    /// The tools that are offered.
    pub toolset: Arc<Toolset>,
    safety: Safety,
}

/// What the settings lead to. Nothing was opened or written for it.
pub struct Choice {
    /// The configuration.
    pub config: Config,
    /// The instance.
    pub source: Arc<Source>,
    /// The tools that are offered.
    pub toolset: Arc<Toolset>,
}

/// Why a command cannot begin.
enum StartError {
    /// The configuration is wrong.
    Config(Vec<ConfigError>),
    /// The configuration is right, and yet it cannot begin.
    Other(Box<dyn Display>),
}

impl Start {
    /// Runs a command with the configuration of this process, or reports what is wrong with it.
    pub fn with(flags: Flags, command: impl FnOnce(Self) -> ExitCode) -> ExitCode {
        let verbosity = flags.verbosity();
        let mut settings = flags.settings();
        logging::start(&mut settings, verbosity);
        run_with(Choice::new(settings).and_then(Self::new), command)
    }

    fn new(choice: Choice) -> Result<Self, StartError> {
        let Choice { config, source, toolset } = choice;
        let safety = safety(&config.safety).map_err(|error| StartError::Other(Box::new(error)))?;
        Ok(Self { config, source, toolset, safety })
    }

    /// A new session of the person who started this process.
    pub fn session(&self) -> Session {
        self.session_with(Arc::clone(&self.toolset))
    }

    /// A new session of the person who started this process, with other tools than the ones that are offered.
    pub fn session_with(&self, toolset: Arc<Toolset>) -> Session {
        let session = Session::new(Arc::new(Principal::Local), toolset, self.config.limits);
        let downloads = Downloads { folder: self.config.download_dir.clone(), setting: DOWNLOAD_DIR.label() };
        session.with_safety(self.safety.clone()).with_downloads(downloads)
    }
}

impl Choice {
    /// Runs a command with what `settings` lead to, or reports what is wrong with them.
    pub fn with(settings: Settings, command: impl FnOnce(Self) -> ExitCode) -> ExitCode {
        run_with(Self::new(settings), command)
    }

    /// The same for somebody who would not read a report; `None` where the settings are wrong.
    pub fn quiet(mut settings: Settings) -> Option<Self> {
        let config = Config::read(&mut settings);
        Self::of(config, settings).ok()
    }

    /// A session that only asks: nothing is confirmed, recorded or written.
    pub fn session(&self) -> Session {
        Session::new(Arc::new(Principal::Local), Arc::clone(&self.toolset), self.config.limits)
    }

    fn new(mut settings: Settings) -> Result<Self, StartError> {
        let config = Config::read(&mut settings);
        for note in settings.notes() {
            report(format_args!("note: {note}\n"));
        }
        for suspect in &config.suspects {
            report(format_args!("note: {suspect}\n"));
        }
        Self::of(config, settings)
    }

    fn of(mut config: Config, settings: Settings) -> Result<Self, StartError> {
        let errors = settings.into_errors();
        let simulated = config.sandbox.clone().filter(|_| errors.is_empty());
        let transport = match simulated {
            Some(contents) => simulated_transport(&contents, &mut config)?,
            None => http_transport(&config).map_err(|error| StartError::Other(Box::new(error)))?,
        };
        let source = Arc::new(source(&config, transport));
        let toolset = Toolset::choose(vec![Arc::clone(&source)], &config.selection, config.presentation);
        match toolset {
            Ok(toolset) if errors.is_empty() => Ok(Self { config, source, toolset: Arc::new(toolset) }),
            Ok(_) => Err(StartError::Config(errors)),
            Err(own) => Err(StartError::Config(all(errors, own))),
        }
    }
}

fn run_with<T>(start: Result<T, StartError>, command: impl FnOnce(T) -> ExitCode) -> ExitCode {
    match start {
        Ok(start) => command(start),
        Err(StartError::Config(errors)) => misused(&errors),
        Err(StartError::Other(error)) => fail(&error),
    }
}

fn all(mut errors: Vec<ConfigError>, own: Vec<SelectionError>) -> Vec<ConfigError> {
    errors.extend(own.into_iter().map(ConfigError::from));
    errors
}

fn http_transport(config: &Config) -> Result<Arc<dyn Transport>, TlsError> {
    let upstream = &config.upstream;
    let http = Http::new(HttpConfig {
        base_url: upstream.base_url.clone(),
        user_agent: concat!("fusionauth-mcp/", env!("CARGO_PKG_VERSION")),
        route: upstream.route.clone(),
        certificates: upstream.certificates.clone(),
        max_response_bytes: upstream.max_response_bytes,
        max_idle_connections: upstream.max_concurrent_calls,
    })?;
    let retry = Retry::new(http, upstream.max_tries);
    if upstream.has_breaker {
        Ok(Arc::new(Breaker::new(retry, upstream.base_url.clone())))
    } else {
        Ok(Arc::new(retry))
    }
}

/// An instance in this process. It has a key of its own: one of another instance would be refused.
fn simulated_transport(contents: &str, config: &mut Config) -> Result<Arc<dyn Transport>, StartError> {
    let instance = instance(contents).map_err(|error| StartError::Other(Box::new(error)))?;
    config.upstream.base_url = ADDRESS.to_owned();
    config.upstream.api_key = Some(fusionauth_sandbox::installation::API_KEY.to_owned().into());
    Ok(Arc::new(Simulation::new(instance)))
}

/// Runs on one thread: a proxy waits for the network most of its time, and hand-offs between threads cost more than they
/// bring.
pub fn block_on(run: impl Future<Output = ExitCode>) -> ExitCode {
    let runtime: io::Result<Runtime> = Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let status = runtime.block_on(run);
            // Neither a blocked read of stdin nor a call in flight keeps the process.
            runtime.shutdown_background();
            status
        }
        Err(error) => fail(&format_args!("no runtime: {error}")),
    }
}
