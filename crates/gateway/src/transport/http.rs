//! The HTTP client: one pool of connections, credentials, limits.

use std::{error::Error, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use openapi_tools::model::security::KeyLocation;
use reqwest::{
    Client,
    header::{CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER},
    redirect,
};
use secrecy::ExposeSecret;

use super::{Failure, Request, Response, Transport};
use crate::authorization::Authorization;

/// Where requests go, and their limits.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Scheme, host, port and perhaps a path, without a slash at its end.
    pub base_url: String,
    /// The `User-Agent` header.
    pub user_agent: &'static str,
    /// The time a request may take, from connecting to the last byte of its answer.
    pub request_timeout: Duration,
    /// The largest body that is read, in bytes.
    pub max_response_bytes: usize,
    /// Idle connections kept open.
    pub max_idle_connections: usize,
}

/// An HTTP client for one upstream.
pub struct Http {
    client: Client,
    config: HttpConfig,
}

/// TLS could not be set up: no root certificates on this system, for instance.
#[derive(Debug, thiserror::Error)]
#[error("TLS cannot be set up: {0}")]
pub struct TlsError(String);

impl Http {
    /// A client. Nothing is sent yet.
    ///
    /// # Errors
    /// TLS could not be set up.
    pub fn new(config: HttpConfig) -> Result<Self, TlsError> {
        let builder = Client::builder()
            .user_agent(config.user_agent)
            // An API does not redirect. A redirect means another base URL, and a credential must not follow it.
            .redirect(redirect::Policy::none())
            .timeout(config.request_timeout)
            .pool_max_idle_per_host(config.max_idle_connections);
        let builder = if config.base_url.starts_with("https:") {
            // Fails when a provider is set already, which then is the same one.
            let _ = rustls::crypto::ring::default_provider().install_default();
            builder
        } else {
            builder.tls_backend_preconfigured(no_tls()?)
        };
        let client = builder.build().map_err(|error| TlsError(innermost_cause(&error)))?;
        Ok(Self { client, config })
    }

    async fn exchange(&self, request: Request, authorization: Authorization) -> Result<Response, Failure> {
        let headers = headers(&request, &authorization);
        let mut url = format!("{}{}", self.config.base_url, request.target);
        for (name, value) in authorization.parts_in(KeyLocation::Query) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(
                &url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value.expose_secret()).finish(),
            );
        }
        let method = reqwest::Method::from_bytes(request.method.as_str().as_bytes()).unwrap_or_default();
        let mut outgoing = self.client.request(method, url).headers(headers);
        if let Some((_, body)) = request.body {
            outgoing = outgoing.body(body);
        }
        let mut incoming = outgoing.send().await.map_err(|error| self.failure(&error))?;
        let header = |name: HeaderName| incoming.headers().get(name)?.to_str().ok().map(str::to_owned);
        let status = incoming.status().as_u16();
        let limit = self.config.max_response_bytes;
        let length = incoming.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
        let mut response = Response {
            status,
            content_type: header(CONTENT_TYPE),
            location: header(LOCATION),
            retry_after: header(RETRY_AFTER),
            // A long body is not moved while it grows.
            body: Vec::with_capacity(length.min(limit)),
        };
        while let Some(chunk) = incoming.chunk().await.map_err(|error| self.failure(&error))? {
            if response.body.len().saturating_add(chunk.len()) > limit {
                return Err(Failure::TooLarge { status, limit });
            }
            response.body.extend_from_slice(&chunk);
        }
        Ok(response)
    }

    fn failure(&self, error: &reqwest::Error) -> Failure {
        if error.is_timeout() {
            Failure::TimedOut { limit: self.config.request_timeout }
        } else if error.is_connect() {
            Failure::Unreachable { base_url: self.config.base_url.clone(), cause: innermost_cause(error) }
        } else {
            Failure::Interrupted { cause: innermost_cause(error) }
        }
    }
}

impl Transport for Http {
    fn send(&self, request: Request, authorization: Authorization) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(self.exchange(request, authorization))
    }
}

fn headers(request: &Request, authorization: &Authorization) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let own = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let content_type = request.body.as_ref().map(|(media_type, _)| (CONTENT_TYPE.as_str(), *media_type));
    for (name, value) in own.chain(content_type) {
        // Names come from the document and values were checked. What is no header all the same is left out.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    for (name, value) in authorization.parts_in(KeyLocation::Header) {
        if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value.expose_secret())) {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    for (name, value) in authorization.parts_in(KeyLocation::Cookie) {
        if let Ok(mut value) = HeaderValue::try_from(format!("{name}={}", value.expose_secret())) {
            value.set_sensitive(true);
            headers.append(COOKIE, value);
        }
    }
    headers
}

/// A plain HTTP upstream needs no certificates, which a small container may not have.
fn no_tls() -> Result<rustls::ClientConfig, TlsError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| TlsError(error.to_string()))?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// The outer causes repeat the URL, which is in the message already.
fn innermost_cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
