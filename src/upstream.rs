//! The HTTP client: one pool of connections, credentials, limits.

use std::{error::Error, fmt, sync::Arc, time::Duration};

use fusionauth_sandbox::{exchange, instance::Instance};
use openapi_tools::operation::Credential;
use reqwest::{
    Client,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER},
    redirect,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;

use crate::{
    call::request::Request,
    config::{UpstreamConfig, variable},
    toolset::TENANT_HEADER,
};

/// The FusionAuth instance.
pub struct Upstream {
    way: Way,
    config: UpstreamConfig,
    permits: Semaphore,
}

/// How requests get there.
enum Way {
    Http(Client),
    /// A simulated instance in this process.
    Sandbox(Box<Instance>),
}

/// What the upstream answered.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// `Content-Type`, where it is text.
    pub content_type: Option<String>,
    /// `Location`, where it is text.
    pub location: Option<String>,
    /// `Retry-After`, where it is text.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// The operation wants a credential that is not configured.
    MissingCredential {
        /// The variable that holds it.
        variable: &'static str,
    },
    /// No connection.
    Unreachable {
        /// The base URL.
        base_url: String,
        /// What the system said.
        cause: String,
    },
    /// The time is over.
    TimedOut {
        /// The time that a request may take.
        limit: Duration,
    },
    /// The connection broke before the answer was whole.
    Interrupted {
        /// What the system said.
        cause: String,
    },
    /// The body is larger than what is read.
    TooLarge {
        /// The status that came before it.
        status: u16,
        /// The limit in bytes.
        limit: usize,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingCredential { variable } => {
                let what = if *variable == variable::API_KEY { "an API key" } else { "a bearer token (JWT)" };
                write!(formatter, "Not sent: this tool needs {what}. Set {variable} where the server is started.")
            }
            Self::Unreachable { base_url, cause } => {
                write!(
                    formatter,
                    "No connection to {base_url}: {cause}. Is FusionAuth running there? {} says where it is.",
                    variable::BASE_URL
                )
            }
            Self::TimedOut { limit } => {
                write!(
                    formatter,
                    "No answer within {}, so the request was given up; whether it was carried out is not known. {} \
                     sets the time.",
                    humantime::format_duration(*limit),
                    variable::REQUEST_TIMEOUT
                )
            }
            Self::Interrupted { cause } => {
                write!(
                    formatter,
                    "The connection broke before the answer was whole ({cause}); whether the request was carried out \
                     is not known."
                )
            }
            Self::TooLarge { status, limit } => {
                write!(
                    formatter,
                    "{status}, but the answer is larger than {limit} bytes and was not read. Ask for less \
                     (`numberOfResults`, a narrower search), or raise {}.",
                    variable::MAX_RESPONSE_BYTES
                )
            }
        }
    }
}

impl Upstream {
    /// A client for the configured instance. Nothing is sent yet.
    ///
    /// # Errors
    /// Where TLS cannot be set up: no root certificates on this system, say.
    pub fn new(config: UpstreamConfig) -> Result<Self, String> {
        let builder = Client::builder()
            .user_agent(concat!("fusionauth-mcp/", env!("CARGO_PKG_VERSION")))
            // An API does not redirect; a redirect means another base URL, and a credential must not follow it.
            .redirect(redirect::Policy::none())
            .timeout(config.request_timeout)
            .pool_max_idle_per_host(config.max_concurrent_calls);
        let builder = if config.base_url.starts_with("https:") {
            // Fails where a provider is set already, which then is the same one.
            let _ = rustls::crypto::ring::default_provider().install_default();
            builder
        } else {
            builder.tls_backend_preconfigured(no_tls()?)
        };
        let client = builder.build().map_err(|error| format!("TLS cannot be set up: {}", causes(&error)))?;
        Ok(Self::over(Way::Http(client), config))
    }

    /// A simulated instance in this process.
    pub fn sandbox(config: UpstreamConfig, instance: Instance) -> Self {
        Self::over(Way::Sandbox(Box::new(instance)), config)
    }

    fn over(way: Way, config: UpstreamConfig) -> Self {
        let permits = Semaphore::new(config.max_concurrent_calls);
        Self { way, config, permits }
    }

    /// The tenant that is sent with every call, where one is chosen.
    pub fn tenant_id(&self) -> Option<&str> {
        self.config.tenant_id.as_deref()
    }

    /// Sends a request and reads the whole answer. Dropping the future aborts it.
    ///
    /// # Errors
    /// Why there is no answer; any status is an answer.
    pub async fn send(&self, request: Request) -> Result<Response, Failure> {
        let headers = self.headers(&request)?;
        // Never closed, so there always is a permit sooner or later.
        let _permit = self.permits.acquire().await.ok();
        match &self.way {
            Way::Http(client) => self.send_http(client, request, headers).await,
            Way::Sandbox(instance) => Ok(send_to_sandbox(instance, request, &headers)),
        }
    }

    async fn send_http(&self, client: &Client, request: Request, headers: HeaderMap) -> Result<Response, Failure> {
        let url = format!("{}{}", self.config.base_url, request.target);
        let method = reqwest::Method::from_bytes(request.method.as_str().as_bytes()).unwrap_or_default();
        let mut outgoing = client.request(method, url).headers(headers);
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

    fn headers(&self, request: &Request) -> Result<HeaderMap, Failure> {
        let mut headers = HeaderMap::new();
        let authorization = match request.credential {
            Credential::None => None,
            Credential::ApiKeyIfAny => self.config.api_key.as_ref().map(|key| key.expose_secret().to_owned()),
            Credential::ApiKey => Some(present(self.config.api_key.as_ref(), variable::API_KEY)?.to_owned()),
            Credential::Bearer => {
                Some(format!("Bearer {}", present(self.config.bearer_token.as_ref(), variable::BEARER_TOKEN)?))
            }
        };
        let tenant = self.config.tenant_id.clone().filter(|_| request.tenant_scoped);
        let own = request.headers.iter().map(|(name, value)| (*name, value.clone()));
        let body = request.body.as_ref().map(|(media_type, _)| (CONTENT_TYPE.as_str(), (*media_type).to_owned()));
        let all = own.chain(body).chain(tenant.map(|tenant| (TENANT_HEADER, tenant)));
        for (name, value) in all.chain(authorization.map(|value| (AUTHORIZATION.as_str(), value))) {
            // Names stand in the document and values were checked; what is no header all the same is left out.
            if let (Ok(name), Ok(mut value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                value.set_sensitive(name == AUTHORIZATION);
                headers.insert(name, value);
            }
        }
        Ok(headers)
    }

    fn failure(&self, error: &reqwest::Error) -> Failure {
        if error.is_timeout() {
            Failure::TimedOut { limit: self.config.request_timeout }
        } else if error.is_connect() {
            Failure::Unreachable { base_url: self.config.base_url.clone(), cause: causes(error) }
        } else {
            Failure::Interrupted { cause: causes(error) }
        }
    }
}

fn send_to_sandbox(instance: &Instance, request: Request, headers: &HeaderMap) -> Response {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::to_owned);
    let answered = instance.handle(&exchange::Request {
        method: request.method,
        target: request.target,
        authorization: header(AUTHORIZATION.as_str()),
        tenant_id: header(TENANT_HEADER),
        content_type: header(CONTENT_TYPE.as_str()),
        body: request.body.map(|(_, body)| body).unwrap_or_default(),
    });
    Response {
        status: answered.status,
        content_type: answered.body.is_some().then(|| "application/json".to_owned()),
        location: None,
        retry_after: None,
        body: answered.body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
    }
}

fn present<'a>(secret: Option<&'a SecretString>, variable: &'static str) -> Result<&'a str, Failure> {
    secret.map(ExposeSecret::expose_secret).ok_or(Failure::MissingCredential { variable })
}

/// A plain HTTP upstream needs no certificates, which a small container may not have.
fn no_tls() -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| error.to_string())?;
    Ok(builder.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth())
}

/// The innermost cause: the outer ones repeat the URL, which stands in the message already.
fn causes(error: &dyn Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
