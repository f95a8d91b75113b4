//! Flags, environment and environment files as typed configuration.
//!
//! Every mistake is collected, each under the name that the user typed, so that one start tells them all.

use std::{collections::BTreeMap, fmt, fs, path::Path, str::FromStr, time::Duration};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// The environment variables, as the preview server names them where it has them.
pub mod variable {
    /// The API key.
    pub const API_KEY: &str = "API_KEY_APIKEYAUTH";
    /// The base URL of the FusionAuth instance.
    pub const BASE_URL: &str = "API_BASE_URL";
    /// The JWT for the operations that want one.
    pub const BEARER_TOKEN: &str = "BEARER_TOKEN_BEARERAUTH";
    /// Verbosity on stderr.
    pub const LOG: &str = "LOG";
    /// The longest answer, in tokens.
    pub const MAX_ANSWER_TOKENS: &str = "MAX_ANSWER_TOKENS";
    /// Calls at a time.
    pub const MAX_CONCURRENT_CALLS: &str = "MAX_CONCURRENT_CALLS";
    /// The largest body read from the upstream.
    pub const MAX_RESPONSE_BYTES: &str = "MAX_RESPONSE_BYTES";
    /// Only operations that change nothing.
    pub const READ_ONLY: &str = "READ_ONLY";
    /// The time a request may take.
    pub const REQUEST_TIMEOUT: &str = "REQUEST_TIMEOUT";
    /// Show secrets in answers.
    pub const REVEAL_SECRETS: &str = "REVEAL_SECRETS";
    /// Answers as structured content too.
    pub const STRUCTURED_OUTPUT: &str = "STRUCTURED_OUTPUT";
    /// The tenant that is sent with every call.
    pub const TENANT_ID: &str = "FUSIONAUTH_TENANT_ID";
    /// Areas to offer.
    pub const TOOL_AREAS: &str = "TOOL_AREAS";
    /// The prefixes that make buckets.
    pub const TOOL_BUCKETS: &str = "TOOL_BUCKETS";
    /// `list` or `search`.
    pub const TOOL_MODE: &str = "TOOL_MODE";
    /// `compact` or `full`.
    pub const TOOL_SCHEMAS: &str = "TOOL_SCHEMAS";
    /// Buckets and tools to offer.
    pub const USE_TOOLS: &str = "USE_TOOLS";
}

/// A value and where the user wrote it.
#[derive(Clone, PartialEq, Eq)]
pub struct Setting {
    /// The value as typed, without surrounding white space; never empty.
    pub value: String,
    /// The flag or variable, for messages.
    pub source: String,
}

/// What the user set: flags before environment before environment file.
pub struct Settings {
    flags: BTreeMap<&'static str, Setting>,
    environment: BTreeMap<String, String>,
    file: BTreeMap<String, Setting>,
}

/// Something that the user has to mend before the program can start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake(pub String);

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Settings {
    /// `flags` by variable; `environment` as the process has it.
    pub fn new(
        flags: impl IntoIterator<Item = (&'static str, Setting)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        Self {
            flags: flags.into_iter().collect(),
            environment: environment.into_iter().collect(),
            file: BTreeMap::new(),
        }
    }

    /// Adds the variables of an environment file (`NAME=value` lines).
    ///
    /// # Errors
    /// A file that cannot be read or has a line of another form. The line itself is not repeated: it may hold a secret.
    pub fn read_file(&mut self, path: &Path) -> Result<(), Mistake> {
        let name = path.display();
        let entries = dotenvy::from_path_iter(path)
            .map_err(|error| Mistake(format!("--env-file {name}: {error}; expected a file that can be read")))?;
        for (index, entry) in entries.enumerate() {
            let (variable, value) = entry.map_err(|_| {
                Mistake(format!("--env-file {name}: entry {} is malformed; expected NAME=value", index + 1))
            })?;
            self.file.insert(variable.clone(), Setting { value, source: format!("{variable} in {name}") });
        }
        Ok(())
    }

    /// The value that counts. Empty and blank values are as good as unset.
    pub fn get(&self, variable: &str) -> Option<Setting> {
        let environment =
            self.environment.get(variable).map(|value| Setting { value: value.clone(), source: variable.to_owned() });
        [self.flags.get(variable).cloned(), environment, self.file.get(variable).cloned()]
            .into_iter()
            .flatten()
            .map(|setting| Setting { value: setting.value.trim().to_owned(), source: setting.source })
            .find(|setting| !setting.value.is_empty())
    }

    /// The words of a comma list.
    pub fn words(&self, variable: &str) -> Option<Words> {
        let Setting { value, source } = self.get(variable)?;
        let words = value.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Some(Words { words, source })
    }

    /// A setting that is true or false; false where it is not set.
    pub fn flag(&self, variable: &str, mistakes: &mut Vec<Mistake>) -> bool {
        let parse = |value: &str| match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        };
        self.parsed(variable, false, "true or false", parse, mistakes)
    }

    /// A setting that is one of a few words.
    pub fn choice<T: Copy>(&self, variable: &str, choices: &[(&str, T)], default: T, mistakes: &mut Vec<Mistake>) -> T {
        let parse =
            |value: &str| choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(value)).map(|(_, choice)| *choice);
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        self.parsed(variable, default, &words.join(" or "), parse, mistakes)
    }

    fn parsed<T>(
        &self,
        variable: &str,
        default: T,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
        mistakes: &mut Vec<Mistake>,
    ) -> T {
        let Some(Setting { value, source }) = self.get(variable) else { return default };
        parse(&value).unwrap_or_else(|| {
            mistakes.push(Mistake(format!("{source}: `{value}`: expected {expected}")));
            default
        })
    }
}

/// A comma list and where the user wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The words, without white space; none is empty.
    pub words: Vec<String>,
    /// The flag or variable, for messages.
    pub source: String,
}

/// The longest answer, in tokens (o200k); what is longer is cut. What is wrong is added to `mistakes`.
pub fn most_answer_tokens(settings: &Settings, mistakes: &mut Vec<Mistake>) -> usize {
    settings.parsed(
        variable::MAX_ANSWER_TOKENS,
        20_000,
        "a number of tokens from 1000 on",
        |value| usize::from_str(value).ok().filter(|tokens| *tokens >= 1_000),
        mistakes,
    )
}

/// How to reach the FusionAuth instance.
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
    /// The largest body, in bytes, that is read.
    pub max_response_bytes: usize,
    /// Requests at a time; more wait.
    pub max_concurrent_calls: usize,
}

impl UpstreamConfig {
    /// Reads the settings, adding what is wrong with them to `mistakes`.
    pub fn read(settings: &Settings, mistakes: &mut Vec<Mistake>) -> Self {
        Self {
            base_url: base_url(settings, mistakes),
            api_key: secret(settings, variable::API_KEY, mistakes),
            bearer_token: secret(settings, variable::BEARER_TOKEN, mistakes),
            tenant_id: settings.parsed(
                variable::TENANT_ID,
                None,
                "a tenant's UUID, such as 7a1e1f0c-6c1c-4c53-8a54-8f4d2f1d3c55",
                |value| crate::format::is_uuid(value).then(|| Some(value.to_owned())),
                mistakes,
            ),
            request_timeout: settings.parsed(
                variable::REQUEST_TIMEOUT,
                Duration::from_secs(30),
                "a time over 0, in seconds (`30`) or with its unit (`500ms`, `2m`)",
                duration,
                mistakes,
            ),
            max_response_bytes: settings.parsed(
                variable::MAX_RESPONSE_BYTES,
                16 << 20,
                "a number of bytes over 0, such as `16777216` or `16MiB`",
                bytes,
                mistakes,
            ),
            max_concurrent_calls: settings.parsed(
                variable::MAX_CONCURRENT_CALLS,
                32,
                "a number from 1 to 1024",
                |value| usize::from_str(value).ok().filter(|calls| (1..=1024).contains(calls)),
                mistakes,
            ),
        }
    }
}

fn base_url(settings: &Settings, mistakes: &mut Vec<Mistake>) -> String {
    let default = "http://localhost:9011".to_owned();
    let Some(Setting { value, source }) = settings.get(variable::BASE_URL) else { return default };
    let expected = "expected a URL such as `https://auth.example.com`";
    let fault = match Url::parse(&value) {
        // The URL may hold a password, so it is not repeated.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            format!(
                "{source}: the URL holds a user name or password; {expected}, and the API key in {}",
                variable::API_KEY
            )
        }
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            format!("{source}: `{value}`: {expected}")
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            format!("{source}: `{value}` has a `?` or `#` part; {expected}")
        }
        Ok(url) => return url.as_str().trim_end_matches('/').to_owned(),
        Err(error) => format!("{source}: `{value}`: {error}; {expected}"),
    };
    mistakes.push(Mistake(fault));
    default
}

fn secret(settings: &Settings, variable: &str, mistakes: &mut Vec<Mistake>) -> Option<SecretString> {
    let Setting { value, source } = settings.get(variable)?;
    let secret = SecretString::from(value);
    if HeaderValue::from_str(secret.expose_secret()).is_err() {
        mistakes.push(Mistake(format!(
            "{source}: expected one line of printable characters (not shown here: it is secret)"
        )));
        return None;
    }
    Some(secret)
}

/// The API key in `path`, as the setting that `--api-key-file` makes.
///
/// # Errors
/// A file that cannot be read or holds nothing.
pub fn api_key_file(path: &Path) -> Result<Setting, Mistake> {
    let source = format!("--api-key-file {}", path.display());
    let text = fs::read_to_string(path).map_err(|error| Mistake(format!("{source}: {error}")))?;
    if text.trim().is_empty() {
        return Err(Mistake(format!("{source}: the file is empty; expected the API key in it")));
    }
    Ok(Setting { value: text, source })
}

fn duration(value: &str) -> Option<Duration> {
    let duration = match f64::from_str(value) {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => humantime::parse_duration(value).ok()?,
    };
    (!duration.is_zero()).then_some(duration)
}

fn bytes(value: &str) -> Option<usize> {
    let bytes = bytesize::ByteSize::from_str(value).ok()?.as_u64();
    usize::try_from(bytes).ok().filter(|bytes| *bytes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(environment: &[(&str, &str)]) -> (UpstreamConfig, Vec<String>) {
        let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut mistakes = Vec::new();
        let config = UpstreamConfig::read(&Settings::new([], pairs), &mut mistakes);
        (config, mistakes.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn unset_and_blank_mean_the_default() {
        let (config, mistakes) = read(&[("API_BASE_URL", "  "), ("REQUEST_TIMEOUT", "")]);
        assert_eq!(config.base_url, "http://localhost:9011");
        assert_eq!(config.request_timeout, Duration::from_secs(30));
        assert_eq!(config.max_response_bytes, 16_777_216);
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
        let flag = Setting { value: "http://flag".to_owned(), source: "--base-url".to_owned() };
        let environment = [("API_BASE_URL".to_owned(), "http://environment".to_owned())];
        let settings = Settings::new([(variable::BASE_URL, flag)], environment);
        assert_eq!(UpstreamConfig::read(&settings, &mut Vec::new()).base_url, "http://flag");
    }
}
