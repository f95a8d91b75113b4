//! How requests get to an API.

use std::sync::Arc;

use gateway::transport::{
    Transport,
    breaker::Breaker,
    http::{Http, HttpConfig, TlsError},
    proxy::Route,
    retry::Retry,
    tls::ExtraCertificates,
};

use crate::config::UpstreamConfig;

/// What is the same for all servers.
#[derive(Clone)]
pub struct Limits {
    certificates: ExtraCertificates,
    max_response_bytes: usize,
    max_idle_connections: usize,
    max_tries: u32,
    has_breaker: bool,
}

impl Limits {
    /// As the operator configured them.
    pub fn of(upstream: &UpstreamConfig) -> Self {
        Self {
            certificates: upstream.certificates.clone(),
            max_response_bytes: upstream.max_response_bytes,
            max_idle_connections: upstream.max_concurrent_calls,
            max_tries: upstream.max_tries,
            has_breaker: upstream.has_breaker,
        }
    }

    /// The transport to a server. Nothing is sent yet.
    ///
    /// # Errors
    /// TLS could not be set up.
    pub fn transport(self, base_url: &str, route: Route) -> Result<Arc<dyn Transport>, TlsError> {
        let http = Http::new(HttpConfig {
            base_url: base_url.to_owned(),
            user_agent: concat!("fusionauth-mcp/", env!("CARGO_PKG_VERSION")),
            route,
            certificates: self.certificates,
            max_response_bytes: self.max_response_bytes,
            max_idle_connections: self.max_idle_connections,
        })?;
        let retry = Retry::new(http, self.max_tries);
        if self.has_breaker { Ok(Arc::new(Breaker::new(retry, base_url.to_owned()))) } else { Ok(Arc::new(retry)) }
    }
}
