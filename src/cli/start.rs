//! What most commands begin with: configuration, source, toolset and session.

use std::{fmt::Display, io, process::ExitCode, sync::Arc};

use gateway::{
    composite::Composite,
    downloads::Downloads,
    principal::Principal,
    safety::Safety,
    session::Session,
    source::Source,
    toolset::{Mode, Toolset, selection::SelectionError},
    transport::Transport,
};
use tokio::runtime::{Builder, Runtime};

use super::{
    contents::instance,
    flags::Flags,
    output::{fail, misused},
    safety::safety,
};
use crate::{
    config::{
        Config, Fetching, UpstreamConfig,
        error::ConfigError,
        given::{Given, Settings},
        server::ServerConfig,
        settings::{API_KEY, BASE_URL, BEARER_TOKEN, DOWNLOAD_DIR, OVERLAY, SANDBOX, SOURCE, Setting, TENANT_ID},
        sources::{ChosenSource, FUSIONAUTH, word},
    },
    fusionauth::{
        compare::tool::ComparisonTool,
        permissions::is_own,
        simulation::{ADDRESS, Simulation},
        source::source,
    },
    logging::{self, report},
    serve::caller_credentials::{CallerCredentials, Secrets},
    sources::{
        credentials, filters,
        open::{OpenError, OpenSource, open},
        report::{CredentialReport, Report},
        transport::Limits,
        variables::Variables,
    },
};

/// Tools of other documents than FusionAuth's from which on a client searches where nobody chose.
const MAX_LISTED: usize = 100;

/// What a command runs with.
pub struct Start {
    /// The configuration.
    pub config: Config,
    /// The sources that are ready, in the order in which they were chosen.
    pub sources: Vec<OpenSource>,
    /// The tools that are offered.
    pub toolset: Arc<Toolset>,
    /// The sources that cannot be used.
    pub broken: Vec<Broken>,
    safety: Safety,
}

/// What the settings lead to. Nothing was opened or written for it.
pub struct Choice {
    /// The configuration.
    pub config: Config,
    /// The sources that are ready, in the order in which they were chosen.
    pub sources: Vec<OpenSource>,
    /// The tools that are offered.
    pub toolset: Arc<Toolset>,
    broken: Vec<Broken>,
}

/// All sources that were chosen, whether they can be used or not.
pub struct Overview {
    /// Those that are ready.
    pub sources: Vec<OpenSource>,
    /// The others.
    pub broken: Vec<Broken>,
    /// The tools that are offered, where there are any.
    pub toolset: Option<Toolset>,
}

/// A source that cannot be used.
pub struct Broken {
    /// Its name.
    pub name: String,
    /// Where its document is.
    pub document: String,
    /// Why it cannot be used.
    pub error: OpenError,
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

    /// The same for a server of several people, with its settings.
    pub fn with_server(flags: Flags, command: impl FnOnce(&Self, &ServerConfig, &Secrets) -> ExitCode) -> ExitCode {
        let verbosity = flags.verbosity();
        let mut settings = flags.settings();
        logging::start(&mut settings, verbosity);
        let server = ServerConfig::read(&mut settings);
        let secrets = Secrets::default();
        let shared = (server.is_shared_upstream, &secrets);
        run_with(Choice::of_server(settings, shared).and_then(Self::new), |start| command(&start, &server, &secrets))
    }

    fn new(choice: Choice) -> Result<Self, StartError> {
        let Choice { config, sources, toolset, broken } = choice;
        let safety = safety(&config.safety).map_err(|error| StartError::Other(Box::new(error)))?;
        Ok(Self { config, sources, toolset, broken, safety })
    }

    /// The FusionAuth instance, for a command that is about it.
    ///
    /// # Errors
    /// It is none of the sources.
    pub fn fusionauth(&self, command: &str) -> Result<&Arc<Source>, String> {
        let found = self.sources.iter().find(|open| open.name == FUSIONAUTH && self.config.has_fusionauth());
        found.map(|open| &open.source).ok_or_else(|| {
            let (setting, flag) = (SOURCE.label(), SOURCE.name);
            format!("{command} works only with FusionAuth, which {setting} leaves out; --{flag} {FUSIONAUTH} adds it")
        })
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

impl Overview {
    /// Runs a command about all sources with the configuration of this process, or reports what is wrong with it.
    pub fn with(flags: Flags, fetching: Fetching, command: impl FnOnce(Self) -> ExitCode) -> ExitCode {
        let verbosity = flags.verbosity();
        let mut settings = flags.settings();
        logging::start(&mut settings, verbosity);
        run_with(Self::new(settings, fetching), command)
    }

    fn new(mut settings: Settings, fetching: Fetching) -> Result<Self, StartError> {
        let mut config = Config { fetching, ..Config::read(&mut settings) };
        let opened = open_all(&mut config, &mut settings)?;
        note(&config, &settings);
        let toolset = toolset(&config, &opened.sources, settings)?;
        Ok(Self { sources: opened.sources, broken: opened.broken, toolset })
    }
}

impl Choice {
    /// Runs a command with what `settings` lead to, or reports what is wrong with them.
    pub fn with(settings: Settings, command: impl FnOnce(Self) -> ExitCode) -> ExitCode {
        run_with(Self::new(settings), command)
    }

    /// The same for somebody who would not read a report; `None` where the settings are wrong.
    pub fn quiet(mut settings: Settings) -> Option<Self> {
        let mut config = Config { fetching: Fetching::Nothing, ..Config::read(&mut settings) };
        let opened = open_all(&mut config, &mut settings).ok()?;
        Self::of(config, opened, settings).ok()
    }

    /// A session that only asks: nothing is confirmed, recorded or written.
    pub fn session(&self) -> Session {
        Session::new(Arc::new(Principal::Local), Arc::clone(&self.toolset), self.config.limits)
    }

    fn new(settings: Settings) -> Result<Self, StartError> {
        Self::prepared(settings, |_| true)
    }

    /// The same for callers with credentials of their own, which may share those of the sources.
    fn of_server(settings: Settings, (is_shared, secrets): (bool, &Secrets)) -> Result<Self, StartError> {
        Self::prepared(settings, |open| match Arc::get_mut(&mut open.source) {
            Some(source) => {
                let (name, own) = (open.name.clone(), Arc::clone(&source.credentials));
                source.credentials = Arc::new(CallerCredentials::new(name, Arc::clone(secrets), own, is_shared));
                true
            }
            None => false,
        })
    }

    fn prepared(mut settings: Settings, mut prepare: impl FnMut(&mut OpenSource) -> bool) -> Result<Self, StartError> {
        let mut config = Config::read(&mut settings);
        let mut opened = open_all(&mut config, &mut settings)?;
        if !opened.sources.iter_mut().all(&mut prepare) {
            return Err(StartError::Other(Box::new("a source is in use before the server starts")));
        }
        // Where none is left, they are the error.
        let broken = opened.broken.iter().filter(|_| !opened.sources.is_empty());
        let broken = broken.map(|broken| format!("left out: {}", broken.error));
        let own = opened.sources.iter().flat_map(|open| open.notes.iter().map(|note| format!("{}: {note}", open.name)));
        note(&config, &settings);
        broken.chain(own).for_each(|note| report(format_args!("note: {note}\n")));
        Self::of(config, opened, settings)
    }

    fn of(config: Config, opened: Opened, settings: Settings) -> Result<Self, StartError> {
        let Opened { sources, broken } = opened;
        match toolset(&config, &sources, settings)? {
            Some(toolset) => Ok(Self { config, sources, toolset: Arc::new(toolset), broken }),
            None => {
                let causes: Vec<_> = broken.iter().map(|broken| broken.error.to_string()).collect();
                Err(StartError::Other(Box::new(causes.join("; "))))
            }
        }
    }
}

/// Says on stderr what was mended in the settings and what may be wrong with them.
fn note(config: &Config, settings: &Settings) {
    let suspects = config.suspects.iter().map(ToString::to_string);
    settings.notes().iter().cloned().chain(suspects).for_each(|note| report(format_args!("note: {note}\n")));
}

/// The tools that are offered; `None` where there is no source. The settings are all read by now.
fn toolset(config: &Config, sources: &[OpenSource], settings: Settings) -> Result<Option<Toolset>, StartError> {
    let errors = settings.into_errors();
    if sources.is_empty() {
        return if errors.is_empty() { Ok(None) } else { Err(StartError::Config(errors)) };
    }
    let chosen = sources.iter().map(|open| (Arc::clone(&open.source), open.selection.clone())).collect();
    match Toolset::choose_each(chosen, config.presentation) {
        Ok(toolset) if errors.is_empty() => Ok(Some(presented(toolset, config))),
        Ok(_) => Err(StartError::Config(errors)),
        Err(own) => Err(StartError::Config(all(errors, own))),
    }
}

/// The sources that can be used, and what is wrong with the others.
struct Opened {
    sources: Vec<OpenSource>,
    broken: Vec<Broken>,
}

fn open_all(config: &mut Config, settings: &mut Settings) -> Result<Opened, StartError> {
    let mut opened = Opened { sources: Vec::new(), broken: Vec::new() };
    let chosen = config.sources.clone();
    let is_lone = chosen.len() == 1;
    for ChosenSource { name, document } in &chosen {
        match document {
            None => opened.sources.push(fusionauth(config, settings, is_lone)?),
            Some(place) => match open(config, settings, (name, place), is_lone) {
                Ok(source) => opened.sources.push(source),
                Err(error) => {
                    let document = place.to_string();
                    opened.broken.push(Broken { name: name.clone(), document, error });
                }
            },
        }
    }
    let known: Vec<_> = opened.sources.iter().flat_map(|open| &open.variables).copied().collect();
    config.suspects = settings.suspects(&known);
    misplaced_overlay(config, settings, is_lone);
    if !config.has_fusionauth() {
        unused(config, settings, &known, is_lone);
    }
    Ok(opened)
}

/// An overlay that is nobody's is a mistake: it may be what takes operations away.
fn misplaced_overlay(config: &Config, settings: &mut Settings, is_lone: bool) {
    let Some(Given { value, source: source_name }) = settings.get(&OVERLAY) else { return };
    let expected = match config.sources.iter().find(|source| !source.is_fusionauth()) {
        Some(_) if is_lone => return,
        Some(source) => {
            format!("each source to have its own, such as {}_{}", word(&source.name), OVERLAY.label())
        }
        None => "it together with another document than FusionAuth's, which is a part of this program".to_owned(),
    };
    settings.mistake(ConfigError::Value { source_name, value, expected });
}

/// Notes the settings that are FusionAuth's, or that a lone source has, and that nothing reads.
fn unused(config: &Config, settings: &mut Settings, known: &[&str], is_lone: bool) {
    for setting in [&API_KEY, &BEARER_TOKEN, &TENANT_ID] {
        if let Some(given) = settings.get(setting).filter(|_| !known.contains(&setting.label())) {
            settings.note(format!("{} is a setting for FusionAuth, which {} leaves out", given.source, SOURCE.label()));
        }
    }
    if let Some(given) = settings.get(&BASE_URL).filter(|_| !is_lone) {
        let names: Vec<_> = config.sources.iter().map(|source| word(&source.name)).collect();
        let (label, name) = (BASE_URL.label(), names.first().map(String::as_str).unwrap_or_default());
        settings.note(format!(
            "{} is not used with several sources; each has its own, such as {name}_{label}",
            given.source
        ));
    }
    if let Some(given) = settings.get(&SANDBOX).filter(|given| Some(given.value.as_str()) != SANDBOX.missing_value()) {
        settings.mistake(ConfigError::Value {
            source_name: given.source,
            value: given.value,
            expected: "no value: what is simulated is made from the documents".to_owned(),
        });
    }
}

fn fusionauth(config: &mut Config, settings: &mut Settings, is_lone: bool) -> Result<OpenSource, StartError> {
    let simulated = config.sandbox.clone().filter(|_| !settings.has_errors());
    let transport = match simulated {
        Some(contents) => simulated_transport(&contents, config)?,
        None => Limits::of(&config.upstream)
            .transport(&config.upstream.base_url, config.upstream.route.clone())
            .map_err(|error| StartError::Other(Box::new(error)))?,
    };
    let mut source = source(config, transport);
    let comparison = ComparisonTool::new(config.compare_with.clone());
    source.composites.extend(comparison.map(|tool| Arc::new(tool) as Arc<dyn Composite>));
    credentials::check(settings, FUSIONAUTH, source.document);
    let mut variables = Variables::of(settings, FUSIONAUTH, is_lone);
    let selection = filters::read(&mut variables, &config.selection, "", |_| true);
    Ok(OpenSource {
        name: FUSIONAUTH.to_owned(),
        address: config.upstream.base_url.clone(),
        source: Arc::new(source),
        selection,
        notes: Vec::new(),
        report: fusionauth_report(&config.upstream),
        variables: variables.known(),
    })
}

fn fusionauth_report(upstream: &UpstreamConfig) -> Report {
    let credentials = [(&API_KEY, &upstream.api_key), (&BEARER_TOKEN, &upstream.bearer_token)];
    let row = |(setting, secret): (&Setting, &Option<_>)| CredentialReport {
        setting: setting.label(),
        is_set: secret.is_some(),
    };
    Report {
        document: "a part of this program".to_owned(),
        credentials: credentials.map(row).into(),
        ..Report::default()
    }
}

/// The tools as clients come to them: many of other documents than FusionAuth's are searched where nobody chose.
fn presented(toolset: Toolset, config: &Config) -> Toolset {
    let foreign = toolset.tools().iter().filter(|tool| !is_own(tool)).count();
    if foreign > MAX_LISTED && !config.is_mode_chosen { toolset.with_mode(Mode::Search) } else { toolset }
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

/// An instance in this process. It has a key of its own: one of another instance would be refused.
fn simulated_transport(contents: &str, config: &mut Config) -> Result<Arc<dyn Transport>, StartError> {
    let instance = instance(contents, config).map_err(|error| StartError::Other(Box::new(error)))?;
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
