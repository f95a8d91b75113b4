//! How the instance is reached: certificates and proxies.

use std::path::Path;

use gateway::transport::{
    proxy::{NoProxy, Proxy, Route, is_loopback},
    tls::ExtraCertificates,
};
use url::Url;

use super::{
    error::ConfigError,
    given::{Given, Settings},
    settings, text_file,
};

/// The certificates that are trusted beside the system's. A file that cannot be used is a mistake, noted in `settings`.
pub fn certificates(settings: &mut Settings) -> ExtraCertificates {
    let Some(Given { value, source: source_name }) = settings.get(&settings::CA_FILE) else {
        return ExtraCertificates::default();
    };
    let read = text_file::read_bytes(Path::new(&value)).map_err(|error| error.to_string());
    let parsed = read.and_then(|pem| ExtraCertificates::from_pem(&pem).map_err(|error| error.to_string()));
    parsed.unwrap_or_else(|cause| {
        settings.mistake(ConfigError::CertificateFile { source_name, path: value, cause });
        ExtraCertificates::default()
    })
}

/// How `base_url` is reached. This machine itself is never asked for through a proxy. A proxy that cannot be used is a
/// mistake, noted in `settings`, where it would be used.
pub fn route(settings: &mut Settings, base_url: &str) -> Route {
    let Ok(url) = Url::parse(base_url) else { return Route::Direct };
    if is_loopback(&url) {
        return Route::Direct;
    }
    let exceptions = settings.get(&settings::NO_PROXY).map(|given| NoProxy::parse(&given.value)).unwrap_or_default();
    if exceptions.contains(&url) {
        return Route::Direct;
    }
    let setting = if url.scheme() == "https" { &settings::HTTPS_PROXY } else { &settings::HTTP_PROXY };
    let Some(Given { value, source: source_name }) = settings.get(setting) else { return Route::System };
    match Proxy::parse(&value, source_name.clone()) {
        Ok(proxy) => Route::Through(proxy),
        Err(error) => {
            settings.mistake(ConfigError::HiddenValue { source_name, fault: error.to_string() });
            Route::Direct
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The proxy's address, `direct` or `system`, and the mistakes.
    fn route_of(base_url: &str, environment: &[(&str, &str)]) -> (String, String) {
        let pairs = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut settings = Settings::new([], pairs);
        let route = match route(&mut settings, base_url) {
            Route::Direct => "direct".to_owned(),
            Route::System => "system".to_owned(),
            Route::Through(proxy) => format!("{} by {}", proxy.name().address, proxy.name().setting),
        };
        let mistakes: Vec<_> = settings.into_errors().iter().map(ToString::to_string).collect();
        (route, mistakes.join("\n"))
    }

    #[test]
    fn a_proxy_is_chosen_by_the_scheme() {
        let both =
            [("HTTPS_PROXY", "http://s.test:1"), ("HTTP_PROXY", "http://h.test:2"), ("ALL_PROXY", "http://a.test:3")];
        assert_eq!(route_of("https://example.com", &both).0, "http://s.test:1 by HTTPS_PROXY");
        assert_eq!(route_of("http://example.com", &both).0, "http://h.test:2 by HTTP_PROXY");
        assert_eq!(route_of("http://example.com", &both[2..]).0, "http://a.test:3 by ALL_PROXY");
        assert_eq!(route_of("https://example.com", &[("https_proxy", "s.test:1")]).0, "http://s.test:1 by https_proxy");
        assert_eq!(route_of("https://example.com", &[]).0, "system");
    }

    #[test]
    fn loopback_and_exceptions_are_reached_directly() {
        let proxy = ("ALL_PROXY", "http://proxy.test");
        for url in ["http://localhost:9011", "https://127.0.0.1", "http://[::1]:9011"] {
            assert_eq!(route_of(url, &[proxy]).0, "direct", "{url}");
            assert_eq!(route_of(url, &[("ALL_PROXY", "socks5://u:hunter2@p")]), ("direct".to_owned(), String::new()));
        }
        assert_eq!(route_of("https://auth.example.com", &[proxy, ("NO_PROXY", "a.test,.example.com")]).0, "direct");
        assert_eq!(route_of("https://auth.example.com", &[proxy, ("no_proxy", "*")]).0, "direct");
        assert_eq!(route_of("https://10.1.2.3", &[proxy, ("NO_PROXY", "10.0.0.0/8")]).0, "direct");
    }

    #[test]
    fn a_proxy_that_is_none_is_a_mistake_without_its_password() {
        let (route, mistakes) = route_of("https://example.com", &[("HTTPS_PROXY", "socks5://user:hunter2@proxy.test")]);
        assert_eq!(route, "direct");
        assert!(mistakes.starts_with("HTTPS_PROXY: expected a proxy") && !mistakes.contains("hunter2"), "{mistakes}");
    }
}
