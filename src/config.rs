//! The configuration: flags, environment and environment files as typed values.
//!
//! Every mistake is collected, each under the name that the operator typed, so that one start reports them all.

pub mod error;
pub mod given;
pub mod settings;

use std::time::Duration;

use gateway::{
    session::AnswerLimits,
    toolset::{Mode, Presentation, selection::Selection},
};
use openapi_tools::describe::input_schema::Detail;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use self::{
    error::ConfigError,
    given::{Given, Settings},
    settings::{Setting, ValueKind},
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
    /// Whether secrets are shown in answers.
    pub is_revealing: bool,
    /// Whether invisible and control characters in answers are shown as they are.
    pub is_raw_text: bool,
    /// What the instance that is simulated in this process holds, where one is.
    pub sandbox: Option<String>,
}

/// How to reach the instance.
#[derive(Debug, Clone)]
pub struct UpstreamConfig {
    /// Scheme, host, port and perhaps a path, without a slash at its end.
    pub base_url: String,
    /// The API key.
    pub api_key: Option<SecretString>,
    /// The JWT for the operations that want one.
    pub bearer_token: Option<SecretString>,
    /// The tenant (a UUID) that is sent with every call.
    pub tenant_id: Option<String>,
    /// The time a request may take, from connecting to the last byte of its answer.
    pub request_timeout: Duration,
    /// The largest response that is read, in bytes.
    pub max_response_bytes: usize,
    /// Requests at a time. More wait.
    pub max_concurrent_calls: usize,
}

impl Config {
    /// Reads all settings. What is wrong is noted in `settings`.
    pub fn read(settings: &mut Settings) -> Self {
        let modes = [("list", Mode::List), ("search", Mode::Search)];
        let details = [("compact", Detail::Compact), ("full", Detail::Full)];
        Self {
            upstream: UpstreamConfig::read(settings),
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
            limits: AnswerLimits { max_tokens: number(settings, &settings::MAX_ANSWER_TOKENS) },
            is_revealing: settings.switch(&settings::REVEAL_SECRETS).is_some(),
            is_raw_text: settings.switch(&settings::RAW_TEXT).is_some(),
            sandbox: settings.get(&settings::SANDBOX).map(|given| given.value),
        }
    }
}

impl UpstreamConfig {
    fn read(settings: &mut Settings) -> Self {
        Self {
            base_url: base_url(settings),
            api_key: secret(settings, &settings::API_KEY),
            bearer_token: secret(settings, &settings::BEARER_TOKEN),
            tenant_id: settings.uuid(&settings::TENANT_ID),
            // The defaults in the table can be read, so a value is always there.
            request_timeout: settings.duration(&settings::REQUEST_TIMEOUT).unwrap_or_default(),
            max_response_bytes: settings.bytes(&settings::MAX_RESPONSE_BYTES).unwrap_or_default(),
            max_concurrent_calls: number(settings, &settings::MAX_CONCURRENT_CALLS),
        }
    }
}

/// The number that a setting has, or its default.
fn number(settings: &mut Settings, setting: &Setting) -> usize {
    let (min, max) = match setting.value {
        ValueKind::Number { min, max } => (min, max),
        _ => (0, usize::MAX),
    };
    settings.number(setting, min, max).unwrap_or(min)
}

fn base_url(settings: &mut Settings) -> String {
    let default = settings::BASE_URL.default.unwrap_or_default().to_owned();
    let Some(Given { value, source: source_name }) = settings.get(&settings::BASE_URL) else { return default };
    let expected = "expected a URL such as `https://auth.example.com`";
    let fault = match Url::parse(&value) {
        // The URL may hold a password, so it is not repeated.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            format!(
                "the URL holds a user name or password; {expected}, and the API key in {}",
                settings::API_KEY.label()
            )
        }
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            format!("`{value}`: {expected}")
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            format!("`{value}` has a `?` or `#` part; {expected}")
        }
        Ok(url) => return url.as_str().trim_end_matches('/').to_owned(),
        Err(error) => format!("`{value}`: {error}; {expected}"),
    };
    settings.mistake(ConfigError::HiddenValue { source_name, fault });
    default
}

fn secret(settings: &mut Settings, setting: &Setting) -> Option<SecretString> {
    let Given { value, source: source_name } = settings.get(setting)?;
    let secret = SecretString::from(value);
    if HeaderValue::from_str(secret.expose_secret()).is_err() {
        let fault = "expected one line of printable characters (not shown here: it is secret)".to_owned();
        settings.mistake(ConfigError::HiddenValue { source_name, fault });
        return None;
    }
    Some(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(environment: &[(&str, &str)]) -> (UpstreamConfig, Vec<String>) {
        let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut settings = Settings::new([], pairs);
        let config = UpstreamConfig::read(&mut settings);
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
    fn a_base_url_may_have_a_path_and_a_slash() {
        assert_eq!(read(&[("API_BASE_URL", "https://example.com/auth/")]).0.base_url, "https://example.com/auth");
        assert_eq!(read(&[("API_BASE_URL", "https://example.com")]).0.base_url, "https://example.com");
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
        assert_eq!(UpstreamConfig::read(&mut settings).base_url, "http://flag");
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
                ValueKind::List | ValueKind::Path | ValueKind::Secret | ValueKind::Text | ValueKind::Uuid => true,
            };
            assert!(fits, "{}: {default}", setting.name);
        }
    }
}
