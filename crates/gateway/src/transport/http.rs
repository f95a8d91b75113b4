//! The HTTP client: one pool of connections, credentials, limits.

use std::{error::Error, io};

use futures_util::future::BoxFuture;
use openapi_tools::model::{operation::Method, security::KeyLocation};
use reqwest::{
    Client,
    header::{
        ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName,
        HeaderValue, LOCATION, RETRY_AFTER,
    },
    redirect,
};
use secrecy::ExposeSecret;

use super::{
    Deadline, Failure, Request, Response, TlsFault, Transport,
    decoding::{self, DecodingFault},
    proxy::Route,
    tls::{self, ExtraCertificates},
};
use crate::{authorization::Authorization, off_thread};

/// The longest URL in bytes that the HTTP library takes. A server may take less, and then answers 414 (RFC 9110, section
/// 15.5.15).
const MAX_URL_BYTES: usize = 65_534;

/// Where requests go, and their limits.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// Scheme, host, port and perhaps a path, without a slash at its end.
    pub base_url: String,
    /// The `User-Agent` header.
    pub user_agent: &'static str,
    /// How the upstream is reached.
    pub route: Route,
    /// Certificates that are trusted beside the system's.
    pub certificates: ExtraCertificates,
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
            .pool_max_idle_per_host(config.max_idle_connections);
        let (builder, has_secure_proxy) = match &config.route {
            Route::Direct => (builder.no_proxy(), false),
            Route::Through(proxy) => {
                (builder.proxy(proxy.rule().map_err(|error| setup_error(&error))?), proxy.is_secure())
            }
            Route::System => (builder, false),
        };
        let is_secure = has_secure_proxy || config.base_url.starts_with("https:");
        let tls = if is_secure { tls::client(&config.certificates) } else { tls::client_of_nobody() };
        let tls = tls.map_err(|error| TlsError(error.to_string()))?;
        let client = builder.tls_backend_preconfigured(tls).build().map_err(|error| setup_error(&error))?;
        Ok(Self { client, config })
    }

    async fn exchange(
        &self,
        request: Request,
        authorization: Authorization,
        deadline: Deadline,
    ) -> Result<Response, Failure> {
        let headers = headers(&request, &authorization);
        let mut url = format!("{}{}", self.config.base_url, request.target);
        for (name, value) in authorization.parts_in(KeyLocation::Query) {
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(
                &url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value.expose_secret()).finish(),
            );
        }
        if url.len() > MAX_URL_BYTES {
            return Err(Failure::UrlTooLong { bytes: url.len(), limit: MAX_URL_BYTES });
        }
        let method = reqwest::Method::from_bytes(request.method.as_str().as_bytes()).unwrap_or_default();
        let mut outgoing = self.client.request(method, url).headers(headers).timeout(deadline.remaining());
        if let Some((_, body)) = request.body {
            outgoing = outgoing.body(body);
        }
        let mut incoming = outgoing.send().await.map_err(|error| self.failure(error, deadline))?;
        let header = |name: HeaderName| incoming.headers().get(name)?.to_str().ok().map(str::to_owned);
        let status = incoming.status().as_u16();
        if let (407, Route::Through(proxy)) = (status, &self.config.route) {
            return Err(Failure::ProxyRefused { base_url: self.config.base_url.clone(), proxy: proxy.name() });
        }
        let encodings = incoming.headers().get_all(CONTENT_ENCODING).iter();
        let encodings: Vec<_> = encodings.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        let encoding = encodings.join(", ");
        let mut response = Response {
            status,
            content_type: header(CONTENT_TYPE),
            location: header(LOCATION),
            retry_after: header(RETRY_AFTER),
            // Nothing is reserved for the length that the upstream names: it may not come.
            body: Vec::new(),
            tries: 1,
        };
        let limit = self.config.max_response_bytes;
        while let Some(chunk) = incoming.chunk().await.map_err(|error| self.failure(error, deadline))? {
            if response.body.len().saturating_add(chunk.len()) > limit {
                return Err(Failure::TooLarge { status, limit });
            }
            make_room(&mut response.body, chunk.len());
            response.body.extend_from_slice(&chunk);
        }
        if response.body.is_empty() || decoding::is_plain(&encoding) {
            return Ok(response);
        }
        let body = std::mem::take(&mut response.body);
        response.body =
            off_thread::run(body.len(), move || decoding::decode(&encoding, body, limit)).await.map_err(|fault| {
                match fault {
                    DecodingFault::TooLarge => Failure::TooLarge { status, limit },
                    fault => Failure::Undecodable { status, fault },
                }
            })?;
        Ok(response)
    }

    fn failure(&self, error: reqwest::Error, deadline: Deadline) -> Failure {
        // The URL may hold a credential.
        let error = error.without_url();
        let base_url = || self.config.base_url.clone();
        if error.is_timeout() {
            Failure::TimedOut { limit: deadline.limit }
        } else if let Some(tls) = tls_error(&error) {
            Failure::Insecure { base_url: base_url(), fault: tls::fault(tls), cause: tls.to_string() }
        } else if error.is_connect() && has_ended_early(&error) && self.config.base_url.starts_with("https:") {
            Failure::Insecure { base_url: base_url(), fault: TlsFault::NoTls, cause: innermost_cause(&error) }
        } else if error.is_connect() {
            let proxy = match &self.config.route {
                Route::Through(proxy) => Some(proxy.name()),
                Route::Direct | Route::System => None,
            };
            Failure::Unreachable { base_url: base_url(), cause: innermost_cause(&error), proxy }
        } else {
            Failure::Interrupted { cause: innermost_cause(&error) }
        }
    }
}

impl Transport for Http {
    fn send(
        &self,
        request: Request,
        authorization: Authorization,
        deadline: Deadline,
    ) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(self.exchange(request, authorization, deadline))
    }
}

fn headers(request: &Request, authorization: &Authorization) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(decoding::ACCEPTED));
    if request.body.is_none() && matches!(request.method, Method::Post | Method::Put | Method::Patch) {
        // Servers may demand a length of requests that usually have a body (RFC 9110, section 8.6).
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let own = request.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let content_type = request.body.as_ref().map(|(media_type, _)| (CONTENT_TYPE.as_str(), media_type.as_ref()));
    for (name, value) in own.chain(content_type) {
        // Names come from the document and values were checked. What is no header all the same is left out.
        if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            value.set_sensitive(name == AUTHORIZATION);
            headers.insert(name, value);
        }
    }
    for (name, value) in authorization.parts_in(KeyLocation::Header) {
        if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value.expose_secret())) {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    let credentials = authorization.parts_in(KeyLocation::Cookie);
    let credentials: Vec<_> = credentials.map(|(name, value)| format!("{name}={}", value.expose_secret())).collect();
    if !credentials.is_empty() {
        // One header holds all cookies (RFC 6265, section 5.4).
        let own = headers.get(COOKIE).and_then(|own| own.to_str().ok()).map(str::to_owned);
        let cookies: Vec<_> = own.into_iter().chain(credentials).collect();
        if let Ok(mut value) = HeaderValue::try_from(cookies.join("; ")) {
            value.set_sensitive(true);
            headers.insert(COOKIE, value);
        }
    }
    headers
}

/// From this length on, in bytes, a body has room that is given back as soon as it is dropped.
const LONG_BODY: usize = 64 << 10;

/// glibc gives back at once only what is larger than 32 MiB (mallopt(3), `M_MMAP_THRESHOLD`); the rest it keeps, for a
/// server that read many long bodies once forever. What is not written to is address space and no memory.
const RETURNED: usize = 33 << 20;

/// Makes room for the next part of a body.
fn make_room(body: &mut Vec<u8>, length: usize) {
    let is_long = body.len() > LONG_BODY && body.capacity() < RETURNED;
    if cfg!(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64")) && is_long {
        // Where there is no address space, the body grows as it comes.
        let _ = body.try_reserve_exact(RETURNED.max(length));
    }
}

fn setup_error(error: &reqwest::Error) -> TlsError {
    TlsError(innermost_cause(error))
}

/// The fault of TLS that an error comes from.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

/// Whether the other side closed the connection in the middle of the handshake.
fn has_ended_early(error: &(dyn Error + 'static)) -> bool {
    let mut errors = causes(error).filter_map(|cause| cause.downcast_ref::<io::Error>());
    errors.any(|error| error.kind() == io::ErrorKind::UnexpectedEof)
}

/// An error and what it comes from. An I/O error does not name what it holds as its source.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |next| {
        let error: &'a (dyn Error + 'static) = *next;
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        held.map(|held| held as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

/// The outer causes repeat the URL, which is in the message already.
fn innermost_cause(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_reserved_before_a_long_body_has_come() {
        let mut body = Vec::new();
        make_room(&mut body, 16 << 20);
        assert_eq!(body.capacity(), 0);
        body.extend_from_slice(&[0; LONG_BODY]);
        make_room(&mut body, 1);
        assert!(body.capacity() < RETURNED);
    }

    #[cfg(all(target_os = "linux", target_env = "gnu", target_pointer_width = "64"))]
    #[test]
    fn a_long_body_has_room_once() {
        let mut body = vec![0; LONG_BODY + 1];
        make_room(&mut body, 1);
        let capacity = body.capacity();
        assert!(capacity >= RETURNED);
        make_room(&mut body, 1);
        assert_eq!(body.capacity(), capacity);
    }
}
