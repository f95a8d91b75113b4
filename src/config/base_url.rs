//! The address of the instance, as people paste it.

use url::Url;

use super::{
    error::ConfigError,
    given::{Given, Settings},
    settings::{self, Setting},
};

const EXPECTED: &str = "expected a URL such as `https://auth.example.com`";

/// The address that a setting has, without a slash at its end. What is wrong is noted in `settings`.
pub fn read_of(settings: &mut Settings, setting: &Setting) -> Option<String> {
    let Given { value, source: source_name } = settings.get(setting)?;
    match parse(&value) {
        Ok(url) => Some(url),
        Err(fault) => {
            settings.mistake(ConfigError::HiddenValue { source_name, fault });
            None
        }
    }
}

/// The address of the FusionAuth instance. What is wrong is noted in `settings`, and so is what was mended.
pub fn read(settings: &mut Settings) -> String {
    let default = settings::BASE_URL.default.unwrap_or_default().to_owned();
    let Some(Given { value, source: source_name }) = settings.get(&settings::BASE_URL) else { return default };
    match parse(&value) {
        Ok(whole) => {
            let base = without_api(&whole);
            if base.len() < whole.len() {
                settings.note(format!("{source_name}: the paths of the API already begin with /api; {base} is used"));
            }
            base.to_owned()
        }
        Err(fault) => {
            settings.mistake(ConfigError::HiddenValue { source_name, fault });
            default
        }
    }
}

/// The URL without slashes at its end.
///
/// # Errors
/// What is wrong with it, and what was expected.
pub fn parse(value: &str) -> Result<String, String> {
    let shown = shown(value);
    match Url::parse(value) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => Err(format!(
            "the URL contains a user name or password; {EXPECTED}, and credentials in their own settings, such as {}",
            settings::API_KEY.label()
        )),
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => Err(format!("{shown}: {EXPECTED}")),
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            Err(format!("the URL has a `?` or `#` part; {EXPECTED}"))
        }
        Ok(url) => Ok(url.as_str().trim_end_matches('/').to_owned()),
        Err(error) => Err(format!("{shown}: {error}; {EXPECTED}")),
    }
}

/// The URL without `/api` at the end of its path.
fn without_api(url: &str) -> &str {
    let mut rest = url;
    while let Some((before, "api" | "API" | "Api")) = rest.rsplit_once('/') {
        // The slash may be one of those before the host.
        if before.ends_with('/') && !before.contains("://") || before.ends_with(":/") {
            break;
        }
        rest = before.trim_end_matches('/');
    }
    rest
}

/// A value that is no base URL, for a message; not itself where it may hold a password or a token.
fn shown(value: &str) -> String {
    let (scheme, rest) = value.split_once("://").unwrap_or(("", value));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte));
    let is_harmless = scheme.bytes().all(|byte| byte.is_ascii_alphabetic())
        && is_plain(host)
        && port.len() <= 5
        && port.bytes().all(|byte| byte.is_ascii_digit())
        && is_plain(path);
    if is_harmless { format!("`{value}`") } else { "the value (not shown: it may contain a password)".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The URL, the notes and the mistakes.
    fn read_of(value: &str) -> (String, String, String) {
        let mut settings = Settings::new([], [("API_BASE_URL".to_owned(), value.to_owned())]);
        let url = read(&mut settings);
        let notes = settings.notes().join("\n");
        let mistakes: Vec<_> = settings.into_errors().iter().map(ToString::to_string).collect();
        (url, notes, mistakes.join("\n"))
    }

    #[test]
    fn a_path_and_slashes_are_taken() {
        for (value, url) in [
            ("https://example.com/auth/", "https://example.com/auth"),
            ("https://example.com", "https://example.com"),
            ("https://api", "https://api"),
            ("http://api.example.com:9011", "http://api.example.com:9011"),
            ("https://example.com/myapi", "https://example.com/myapi"),
            ("https://example.com/api/v2", "https://example.com/api/v2"),
        ] {
            assert_eq!(read_of(value), (url.to_owned(), String::new(), String::new()));
        }
    }

    #[test]
    fn api_at_the_end_is_mended_with_a_note() {
        for (value, url) in [
            ("https://example.com/api", "https://example.com"),
            ("https://example.com/api/", "https://example.com"),
            ("https://example.com/auth/api//", "https://example.com/auth"),
            ("http://localhost:9011/API", "http://localhost:9011"),
            ("http://api/api/api", "http://api"),
        ] {
            let (read, notes, mistakes) = read_of(value);
            assert_eq!((read.as_str(), mistakes.as_str()), (url, ""), "{value}");
            assert!(notes.starts_with("API_BASE_URL: ") && notes.ends_with(&format!("; {url} is used")), "{notes}");
        }
    }

    #[test]
    fn no_message_holds_a_password_or_a_query() {
        for value in [
            "https://admin:hunter2@example.com",
            "https://admin:hunter2@exa mple.com",
            "https://admin:hunter2",
            "https://admin:hunter2@",
            "https://:hunter2@example.com:port",
            "https://admin:hun/hunter2@example.com",
            "admin:hunter2@example.com",
            "//admin:hunter2@example.com",
            "https:admin:hunter2@example.com:99999",
            "ftp://admin:hunter2@example.com",
            "https://example.com?token=hunter2",
            "https://exa mple.com?token=hunter2",
            "https://example.com#hunter2",
            "example.com?hunter2",
            "https://[hunter2]",
        ] {
            let (_, notes, mistakes) = read_of(value);
            assert!(mistakes.contains("API_BASE_URL: ") && mistakes.contains("expected a URL"), "{value}: {mistakes}");
            assert!(!mistakes.contains("hunter2") && notes.is_empty(), "{value}: {mistakes}");
        }
    }

    #[test]
    fn what_is_harmless_is_repeated() {
        for value in ["example.com:9011", "example.com/auth", "ftp://example.com", "https://example.com:99999"] {
            let (_, _, mistakes) = read_of(value);
            assert!(mistakes.contains(&format!("`{value}`")), "{mistakes}");
        }
    }
}
