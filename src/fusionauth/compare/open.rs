//! Reads one side of a comparison: the configured instance, the sandbox, or what a file leads to or holds.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use fusionauth_sandbox::{
    instance::{Instance, LoadError},
    kickstart::Given,
    step::StepError,
};
use gateway::{
    composite::{OnProgress, Progress, Upstream},
    redact::DigestKey,
    session::Session,
    toolset::Unknown,
    transport::http::TlsError,
};
use serde_json::Value;

use super::comparison::Side;
use crate::{
    config::{
        Config,
        given::Settings,
        settings::{API_KEY, BASE_URL, NETWORK},
    },
    fusionauth::{
        export::{
            options::{ExportError, read, refuse_own_credential},
            snapshot::{
                families::OPERATIONS,
                file::{self, FORMAT, SavedSnapshot, SnapshotError, key_mark},
                object::Snapshot,
            },
        },
        simulation, source,
        tools::DOCUMENT,
    },
    sources::transport::Limits,
};

/// What a side is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The configured instance.
    Current,
    /// The simulated instance with sample data.
    Sandbox,
    /// The instance that an environment file leads to, that a Kickstart file makes, or that a snapshot was made of.
    File(PathBuf),
}

/// Why a side could not be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read.
    #[error("{name}: {error}")]
    Unreadable {
        /// What the side is called.
        name: String,
        /// What is wrong.
        error: io::Error,
    },
    /// The file is not the JSON that it begins as.
    #[error("{name}: broken JSON: {error}")]
    BrokenJson {
        /// What the side is called.
        name: String,
        /// What is wrong.
        error: serde_json::Error,
    },
    /// The file is JSON, and not what it has to be.
    #[error("{name}: neither a snapshot nor a Kickstart file")]
    NoConfiguration {
        /// What the side is called.
        name: String,
    },
    /// The snapshot cannot be used.
    #[error("{name}: {error}")]
    Snapshot {
        /// What the side is called.
        name: String,
        /// What is wrong.
        error: SnapshotError,
    },
    /// The snapshot has digests that were made with another key.
    #[error("{name}: its digests were made with another key; expected the one of --digest-key-file")]
    OtherDigestKey {
        /// What the side is called.
        name: String,
    },
    /// The environment file is wrong. Each mistake names the side.
    #[error("{0}")]
    Environment(String),
    /// The environment file leads nowhere.
    #[error(
        "{name}: {missing} is not set; expected a file with {} and {} in it, a Kickstart file or a snapshot",
        BASE_URL.label(),
        API_KEY.label()
    )]
    NoAccess {
        /// What the side is called.
        name: String,
        /// The variable.
        missing: &'static str,
    },
    /// The Kickstart file cannot be carried out.
    #[error("{name}: {error}{}", not_set(unset))]
    Kickstart {
        /// What the side is called.
        name: String,
        /// What is wrong.
        error: Box<dyn Error + Send + Sync>,
        /// The variables that it names and that are not set.
        unset: BTreeSet<String>,
    },
    /// The sample data were refused.
    #[error(transparent)]
    Seed(#[from] StepError),
    /// TLS could not be set up.
    #[error("{name}: {error}")]
    Tls {
        /// What the side is called.
        name: String,
        /// What is wrong.
        error: TlsError,
    },
    /// A tool that the comparison needs is switched off.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The instance could not be read.
    #[error("{name}: {error}")]
    Export {
        /// What the side is called.
        name: String,
        /// What is wrong.
        error: ExportError,
    },
}

impl OpenError {
    /// Whether what was given is wrong, and not an instance that could not be read.
    pub fn is_misuse(&self) -> bool {
        !matches!(self, Self::Export { .. } | Self::Tls { .. })
    }
}

/// The most variables that an error names.
const MAX_NAMES: usize = 5;

fn not_set(unset: &BTreeSet<String>) -> String {
    if unset.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = unset.iter().map(String::as_str).take(MAX_NAMES).collect();
    let more = if unset.len() > MAX_NAMES { ", …" } else { "" };
    format!("; not set: {}{more}", names.join(", "))
}

/// What was read of a side.
struct Opened {
    snapshot: Snapshot,
    /// The variables that its file names and that are not set.
    unset: BTreeSet<String>,
    /// The session with the instance that its file leads to.
    session: Option<Session>,
}

/// Refuses what holds a credential that leads to one of the instances.
fn refuse(name: &str, snapshot: &Snapshot, upstream: &dyn Upstream) -> Result<(), OpenError> {
    refuse_own_credential(snapshot, upstream).map_err(|error| OpenError::Export { name: name.to_owned(), error })
}

/// Reads sides.
pub struct Opener<'a> {
    /// The configured instance.
    pub current: &'a dyn Upstream,
    /// The key of the digests of secrets, where these are compared.
    pub digest_key: Option<&'a DigestKey>,
    /// Called after each kind of object.
    pub progress: OnProgress<'a>,
}

impl Opener<'_> {
    /// Reads the whole of two sides, each with what it is called.
    ///
    /// # Errors
    /// Whatever is wrong with the first that cannot be read.
    pub async fn open_both(&self, a: (&str, &Target), b: (&str, &Target)) -> Result<(Side, Side), OpenError> {
        let done = AtomicUsize::new(0);
        let first = |step: Progress| {
            done.store(step.done, Ordering::Relaxed);
            (self.progress)(Progress { total: 2 * step.total, ..step });
        };
        let opened_a = Opener { progress: &first, ..*self }.open(a.0, a.1).await?;
        let before = done.load(Ordering::Relaxed);
        let second = |step: Progress| {
            (self.progress)(Progress { done: before + step.done, total: before + step.total, ..step });
        };
        let opened_b = Opener { progress: &second, ..*self }.open(b.0, b.1).await?;
        // What leads to one instance may stand in what was read of the other.
        for ((name, opened), other) in [((a.0, &opened_a), &opened_b), ((b.0, &opened_b), &opened_a)] {
            refuse(name, &opened.snapshot, self.current)?;
            if let Some(session) = &other.session {
                refuse(name, &opened.snapshot, &session.upstream_for(OPERATIONS)?)?;
            }
        }
        Ok((self.side(a.0, opened_a), self.side(b.0, opened_b)))
    }

    async fn open(&self, name: &str, target: &Target) -> Result<Opened, OpenError> {
        let opened = |snapshot: Snapshot| Opened { snapshot, unset: BTreeSet::new(), session: None };
        match target {
            Target::Current => self.read(name, self.current).await.map(opened),
            Target::Sandbox => self.simulated(name, Instance::seeded(&DOCUMENT)?).await.map(opened),
            Target::File(path) => self.file(name, path).await,
        }
    }

    async fn file(&self, name: &str, path: &Path) -> Result<Opened, OpenError> {
        match Content::of(name, path)? {
            Content::Access(session) => {
                let snapshot = self.read(name, &session.upstream_for(OPERATIONS)?).await?;
                Ok(Opened { snapshot, unset: BTreeSet::new(), session: Some(*session) })
            }
            Content::Saved(saved) => {
                let snapshot = self.saved(name, saved)?;
                Ok(Opened { snapshot, unset: BTreeSet::new(), session: None })
            }
            Content::Kickstart(instance, unset) => {
                Ok(Opened { snapshot: self.simulated(name, instance).await?, unset, session: None })
            }
        }
    }

    fn side(&self, name: &str, Opened { snapshot, unset, .. }: Opened) -> Side {
        Side { name: name.to_owned(), snapshot, unset: self.stand_ins(unset) }
    }

    async fn read(&self, name: &str, upstream: &dyn Upstream) -> Result<Snapshot, OpenError> {
        let read = read(upstream, None, None, self.digest_key, self.progress).await;
        read.map_err(|error| OpenError::Export { name: name.to_owned(), error })
    }

    async fn simulated(&self, name: &str, instance: Instance) -> Result<Snapshot, OpenError> {
        let session = simulation::session(instance);
        self.read(name, &session.upstream_for(OPERATIONS)?).await
    }

    fn saved(&self, name: &str, saved: SavedSnapshot) -> Result<Snapshot, OpenError> {
        let SavedSnapshot { snapshot, key_mark: mark } = saved;
        match (mark, self.digest_key) {
            (Some(mark), Some(key)) if mark != key_mark(key) => {
                Err(OpenError::OtherDigestKey { name: name.to_owned() })
            }
            _ => Ok(snapshot),
        }
    }

    /// What stands for variables in what was read.
    fn stand_ins(&self, unset: BTreeSet<String>) -> BTreeMap<String, String> {
        let stand_ins = unset.into_iter().flat_map(|name| {
            let text = stand_in(&name);
            let digest = self.digest_key.map(|key| (key.digest(&text), name.clone()));
            [Some((text, name)), digest].into_iter().flatten()
        });
        stand_ins.collect()
    }
}

/// What a file holds.
enum Content {
    /// The access to an instance.
    Access(Box<Session>),
    /// A snapshot.
    Saved(SavedSnapshot),
    /// The instance that a Kickstart file makes, and the variables that it names and that are not set.
    Kickstart(Instance, BTreeSet<String>),
}

impl Content {
    fn of(name: &str, path: &Path) -> Result<Self, OpenError> {
        let named = || name.to_owned();
        let content = fs::read_to_string(path).map_err(|error| OpenError::Unreadable { name: named(), error })?;
        let content = content.trim_start_matches('\u{feff}').trim_start();
        if !content.starts_with(['{', '[']) {
            return session(name, path).map(|session| Self::Access(Box::new(session)));
        }
        let file: Value =
            serde_json::from_str(content).map_err(|error| OpenError::BrokenJson { name: named(), error })?;
        if file.get("format").is_some_and(|format| format == FORMAT) {
            let saved = file::read(file).map_err(|error| OpenError::Snapshot { name: named(), error })?;
            return Ok(Self::Saved(saved));
        }
        if !["requests", "apiKeys"].iter().any(|property| file.get(property).is_some()) {
            return Err(OpenError::NoConfiguration { name: named() });
        }
        kickstarted(name, path).map(|(instance, unset)| Self::Kickstart(instance, unset))
    }
}

/// What a file is, in words, without a look at the instance that it may lead to.
///
/// # Errors
/// Whatever keeps it from being one side of a comparison.
pub fn examine(name: &str, path: &Path) -> Result<&'static str, OpenError> {
    Ok(match Content::of(name, path)? {
        Content::Access(_) => "an environment file",
        Content::Saved(_) => "a snapshot",
        Content::Kickstart(..) => "a Kickstart file",
    })
}

/// What stands for a variable that is not set, so that a Kickstart can be compared without its secrets.
fn stand_in(variable: &str) -> String {
    format!("unset-variable-{variable}")
}

/// The instance that a Kickstart file makes, and the variables that it names and that are not set.
fn kickstarted(name: &str, path: &Path) -> Result<(Instance, BTreeSet<String>), OpenError> {
    let unset = RefCell::new(BTreeSet::new());
    let variable = |name: &str| {
        let value = env::var(name).unwrap_or_else(|_| {
            unset.borrow_mut().insert(name.to_owned());
            stand_in(name)
        });
        Some(value)
    };
    let given = Given { environment: &variable, variables: BTreeMap::new() };
    let instance = Instance::from_kickstart(&DOCUMENT, path, &given);
    let unset = unset.into_inner();
    let error: Box<dyn Error + Send + Sync> = match instance {
        Ok(instance) => return Ok((instance, unset)),
        Err(LoadError::Kickstart { error, .. }) => error,
        Err(LoadError::Step { error, .. }) => error,
    };
    Err(OpenError::Kickstart { name: name.to_owned(), error, unset })
}

/// A session with the instance that an environment file leads to. Of this process's environment, only what leads into the
/// network counts.
fn session(name: &str, path: &Path) -> Result<Session, OpenError> {
    let is_network = |variable: &str| {
        NETWORK.iter().any(|it| it.variable == Some(variable) || it.other_variables.contains(&variable))
    };
    let environment = env::vars_os()
        .filter_map(|(variable, value)| Some((variable.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(variable, _)| is_network(variable));
    let mut settings = Settings::new([], environment);
    settings.read_file(path, name.to_owned());
    if !settings.has_errors()
        && let Some(missing) = [&BASE_URL, &API_KEY].into_iter().find(|setting| settings.get(setting).is_none())
    {
        return Err(OpenError::NoAccess { name: name.to_owned(), missing: missing.label() });
    }
    let config = Config::read(&mut settings);
    let errors: Vec<String> = settings.into_errors().iter().map(ToString::to_string).collect();
    if !errors.is_empty() {
        return Err(OpenError::Environment(errors.join("; ")));
    }
    let upstream = &config.upstream;
    let transport = Limits::of(upstream).transport(&upstream.base_url, upstream.route.clone());
    let transport = transport.map_err(|error| OpenError::Tls { name: name.to_owned(), error })?;
    Ok(source::session(&config, transport))
}
