//! The configuration: flags, environment and environment files as typed values.
//!
//! Every mistake is collected, each under the name that the operator typed, so that one start reports them all.

pub mod base_url;
pub mod comparisons;
pub mod env_file;
pub mod error;
pub mod file;
pub mod given;
pub mod network;
pub mod place;
pub mod secrets;
pub mod server;
pub mod server_settings;
pub mod setting;
pub mod settings;
pub mod sources;
pub mod suspects;
pub mod text_file;

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use gateway::{
    brief::{Briefness, ChangeAnswers},
    call::arguments::policy::UnknownProperties,
    confirmation::{Level, Policy},
    session::AnswerLimits,
    toolset::{Mode, Presentation, selection::Selection},
    transport::{proxy::Route, tls::ExtraCertificates},
};
use openapi_tools::describe::input_schema::Detail;
use secrecy::SecretString;

use self::{
    given::Settings,
    settings::{Setting, ValueKind},
    sources::ChosenSource,
    suspects::SuspectVariable,
};

/// What this run is configured to do.
pub struct Config {
    /// How to reach the instance.
    pub upstream: UpstreamConfig,
    /// The tools to offer.
    pub selection: Selection,
    /// How tools and answers are shown.
    pub presentation: Presentation,
    /// How long answers may be.
    pub limits: AnswerLimits,
    /// What happens to properties of bodies that the document does not know, where that was chosen.
    pub unknown_properties: Option<UnknownProperties>,
    /// Whether secrets are shown in answers.
    pub is_revealing: bool,
    /// Whether invisible and control characters in answers are shown as they are.
    pub is_raw_text: bool,
    /// What keeps an assistant from doing harm.
    pub safety: SafetyConfig,
    /// The folder that answers which are files are written into.
    pub download_dir: Option<PathBuf>,
    /// What the instance that is simulated in this process holds, where one is.
    pub sandbox: Option<String>,
    /// The file of values for the variables of a Kickstart file.
    pub variables: Option<PathBuf>,
    /// The environment, and what the environment file adds to it.
    pub environment: BTreeMap<String, String>,
    /// The folder that documents from URLs are kept in, where one is known.
    pub cache_dir: Option<PathBuf>,
    /// Which documents are fetched from their URLs.
    pub fetching: Fetching,
    /// The APIs whose operations are tools.
    pub sources: Vec<ChosenSource>,
    /// The files that the instance may be compared with, by their names.
    pub compare_with: BTreeMap<String, PathBuf>,
    /// Whether the operator chose how a client comes to the tools.
    pub is_mode_chosen: bool,
    /// Variables that are set and may have been meant for a setting.
    pub suspects: Vec<SuspectVariable>,
}

/// Which documents are fetched from their URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fetching {
    /// Those that are not kept yet.
    #[default]
    Missing,
    /// All that may have changed.
    Changed,
    /// None.
    Nothing,
}

/// What keeps an assistant from doing harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafetyConfig {
    /// Before which calls a person is asked, and whether they are refused where nobody can be.
    pub confirmation: Policy,
    /// Whether requests that change something are shown instead of sent.
    pub is_dry_run: bool,
    /// The file that calls are recorded in.
    pub audit_log: Option<PathBuf>,
    /// The file that new secrets are written to.
    pub secrets_file: Option<PathBuf>,
}

/// How to reach the instance.
#[derive(Debug, Clone)]
pub struct UpstreamConfig {
    /// Scheme, host, port and perhaps a path, without a slash at its end.
    pub base_url: String,
    /// Whether a proxy is used, and which one.
    pub route: Route,
    /// Certificates that are trusted beside the system's.
    pub certificates: ExtraCertificates,
    /// The API key.
    pub api_key: Option<SecretString>,
    /// The JWT for the operations that want one.
    pub bearer_token: Option<SecretString>,
    /// The tenant (a UUID) that is sent with every call.
    pub tenant_id: Option<String>,
    /// The time a call may take, from waiting for its turn to the last byte of its answer.
    pub request_timeout: Duration,
    /// The largest response that is read, in bytes.
    pub max_response_bytes: usize,
    /// Calls at a time. More wait.
    pub max_concurrent_calls: usize,
    /// Calls that may wait. More are refused.
    pub max_waiting_calls: usize,
    /// How often a request that may be repeated is sent at most.
    pub max_tries: u32,
    /// Whether a circuit breaker refuses calls while the instance fails.
    pub has_breaker: bool,
}

impl Config {
    /// Whether FusionAuth is one of the sources.
    pub fn has_fusionauth(&self) -> bool {
        self.sources.iter().any(ChosenSource::is_fusionauth)
    }

    /// Reads all settings. What is wrong is noted in `settings`.
    pub fn read(settings: &mut Settings) -> Self {
        let modes = [("list", Mode::List), ("search", Mode::Search)];
        let unknown = [
            ("refuse", UnknownProperties::Refuse),
            ("warn", UnknownProperties::Warn),
            ("pass", UnknownProperties::Pass),
        ];
        let change_answers = [("short", ChangeAnswers::Short), ("full", ChangeAnswers::Full)];
        let details = [("compact", Detail::Compact), ("full", Detail::Full)];
        let sources = sources::read(settings);
        let has_fusionauth = sources.iter().any(ChosenSource::is_fusionauth);
        Self {
            upstream: UpstreamConfig::read(settings, has_fusionauth),
            selection: Selection {
                tools: settings.words(&settings::USE_TOOLS),
                buckets: settings.words(&settings::TOOL_BUCKETS),
                areas: settings.words(&settings::TOOL_AREAS),
                read_only: settings.switch(&settings::READ_ONLY),
            },
            presentation: Presentation {
                mode: settings.choice(&settings::TOOL_MODE, &modes).unwrap_or(Mode::List),
                detail: settings.choice(&settings::TOOL_SCHEMAS, &details).unwrap_or(Detail::Compact),
                is_structured: settings.switch(&settings::STRUCTURED_OUTPUT).is_some(),
            },
            limits: AnswerLimits {
                max_tokens: number(settings, &settings::MAX_ANSWER_TOKENS),
                briefness: Briefness {
                    changes: settings
                        .choice(&settings::CHANGE_ANSWERS, &change_answers)
                        .unwrap_or(ChangeAnswers::Short),
                    max_whole_objects: number(settings, &settings::MAX_WHOLE_OBJECTS),
                },
            },
            unknown_properties: settings
                .choice(&settings::UNKNOWN_PROPERTIES, &unknown)
                .filter(|_| settings.get(&settings::UNKNOWN_PROPERTIES).is_some()),
            is_revealing: settings.switch(&settings::REVEAL_SECRETS).is_some(),
            is_raw_text: settings.switch(&settings::RAW_TEXT).is_some(),
            safety: SafetyConfig::read(settings),
            download_dir: path(settings, &settings::DOWNLOAD_DIR),
            sandbox: settings.get(&settings::SANDBOX).map(|given| given.value),
            variables: path(settings, &settings::VARIABLES),
            environment: settings.environment(),
            cache_dir: path(settings, &settings::CACHE_DIR).or_else(own_cache),
            fetching: Fetching::default(),
            sources,
            compare_with: comparisons::read(settings),
            is_mode_chosen: settings.get(&settings::TOOL_MODE).is_some(),
            suspects: settings.suspects(&[]),
        }
    }
}

impl SafetyConfig {
    fn read(settings: &mut Settings) -> Self {
        let levels = [("off", Level::Off), ("irreversible", Level::Irreversible), ("writes", Level::Writes)];
        Self {
            confirmation: Policy {
                level: settings.choice(&settings::CONFIRM, &levels).unwrap_or(Level::Irreversible),
                is_required: settings.get(&settings::CONFIRM).is_some(),
            },
            is_dry_run: settings.switch(&settings::DRY_RUN).is_some(),
            audit_log: path(settings, &settings::AUDIT_LOG),
            secrets_file: path(settings, &settings::SECRETS_FILE),
        }
    }
}

impl UpstreamConfig {
    /// Without FusionAuth, the address is another API's, and is read with its document.
    fn read(settings: &mut Settings, has_fusionauth: bool) -> Self {
        let base_url = if has_fusionauth { base_url::read(settings) } else { String::new() };
        Self {
            route: network::route(settings, &base_url),
            certificates: network::certificates(settings),
            base_url,
            api_key: secrets::read(settings, &settings::API_KEY),
            bearer_token: secrets::read(settings, &settings::BEARER_TOKEN),
            tenant_id: settings.uuid(&settings::TENANT_ID),
            // The defaults in the table can be read, so a value is always there.
            request_timeout: settings.duration(&settings::REQUEST_TIMEOUT).unwrap_or_default(),
            max_response_bytes: settings.bytes(&settings::MAX_RESPONSE_BYTES).unwrap_or_default(),
            max_concurrent_calls: number(settings, &settings::MAX_CONCURRENT_CALLS),
            max_waiting_calls: number(settings, &settings::MAX_WAITING_CALLS),
            max_tries: u32::try_from(number(settings, &settings::MAX_TRIES)).unwrap_or(1),
            has_breaker: settings.is_on(&settings::CIRCUIT_BREAKER),
        }
    }
}

/// This program's folder among the caches of the system.
fn own_cache() -> Option<PathBuf> {
    Some(dirs::cache_dir()?.join(env!("CARGO_PKG_NAME")))
}

/// The path that a setting has.
fn path(settings: &Settings, setting: &Setting) -> Option<PathBuf> {
    settings.get(setting).map(|given| PathBuf::from(given.value))
}

/// The number that a setting has, or its default.
fn number(settings: &mut Settings, setting: &Setting) -> usize {
    let (min, max) = match setting.value {
        ValueKind::Number { min, max } => (min, max),
        _ => (0, usize::MAX),
    };
    settings.number(setting, min, max).unwrap_or(min)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::{given::Given, *};

    fn read(environment: &[(&str, &str)]) -> (UpstreamConfig, Vec<String>) {
        let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut settings = Settings::new([], pairs);
        let config = UpstreamConfig::read(&mut settings, true);
        (config, settings.into_errors().iter().map(ToString::to_string).collect())
    }

    #[test]
    fn unset_and_blank_mean_the_default() {
        let (config, mistakes) = read(&[("API_BASE_URL", "  "), ("REQUEST_TIMEOUT", "")]);
        assert_eq!(config.base_url, "http://localhost:9011");
        assert_eq!(config.request_timeout, Duration::from_secs(30));
        assert_eq!(config.max_response_bytes, 16_777_216);
        assert_eq!(config.max_concurrent_calls, 32);
        assert_eq!(mistakes, Vec::<String>::new());
    }

    #[test]
    fn units_are_understood() {
        let (config, mistakes) = read(&[("REQUEST_TIMEOUT", "500ms"), ("MAX_RESPONSE_BYTES", "2MiB")]);
        assert_eq!(config.request_timeout, Duration::from_millis(500));
        assert_eq!(config.max_response_bytes, 2 << 20);
        assert_eq!(mistakes, Vec::<String>::new());
    }

    #[test]
    fn every_mistake_is_told_and_no_secret() {
        let (_, mistakes) = read(&[
            ("API_BASE_URL", "https://admin:hunter2@example.com"),
            ("API_KEY_APIKEYAUTH", "first\nhunter2"),
            ("FUSIONAUTH_TENANT_ID", "default"),
            ("REQUEST_TIMEOUT", "soon"),
            ("MAX_RESPONSE_BYTES", "-1"),
            ("MAX_CONCURRENT_CALLS", "0"),
        ]);
        assert_eq!(mistakes.len(), 6, "{mistakes:#?}");
        assert!(!mistakes.concat().contains("hunter2"), "{mistakes:#?}");
        assert!(mistakes.concat().contains("REQUEST_TIMEOUT: `soon`: expected a time over 0"), "{mistakes:#?}");
    }

    #[test]
    fn a_flag_beats_the_environment() {
        let flag = Given { value: "http://flag".to_owned(), source: "--base-url".to_owned() };
        let environment = [("API_BASE_URL".to_owned(), "http://environment".to_owned())];
        let mut settings = Settings::new([(settings::BASE_URL.name, flag)], environment);
        assert_eq!(UpstreamConfig::read(&mut settings, true).base_url, "http://flag");
    }

    /// The table can only be relied on where each default can be read as its setting's value.
    #[test]
    fn every_default_can_be_read() {
        let mut settings = Settings::default();
        let config = Config::read(&mut settings);
        assert_eq!(config.limits.max_tokens, 20_000);
        for setting in settings::SETTINGS {
            let Some(default) = setting.default else { continue };
            let fits = match setting.value {
                ValueKind::Bool => settings.switch(setting).is_none(),
                ValueKind::Bytes => settings.bytes(setting).is_some(),
                ValueKind::Duration => settings.duration(setting).is_some(),
                ValueKind::Number { min, max } => settings.number(setting, min, max).is_some(),
                ValueKind::Choice(words) => words.contains(&default),
                ValueKind::Url => Url::parse(default).is_ok(),
                ValueKind::List
                | ValueKind::Path
                | ValueKind::Paths
                | ValueKind::Secret
                | ValueKind::Text
                | ValueKind::Uuid => true,
            };
            assert!(fits, "{}: {default}", setting.name);
        }
    }
}
