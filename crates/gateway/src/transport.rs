//! How a request reaches the upstream.
//!
//! A call takes a [place](queue::Place) and goes through the [breaker], the [retries](retry) and the [client](http).

pub mod breaker;
pub mod decoding;
pub mod http;
pub mod proxy;
pub mod queue;
pub mod retry;
#[cfg(test)]
mod script;
pub mod servers;
pub mod tls;

use std::{borrow::Cow, time::Duration};

use futures_util::future::BoxFuture;
use openapi_tools::model::operation::Method;
use tokio::time::Instant;

use self::decoding::DecodingFault;
use crate::authorization::Authorization;

/// Sends requests. Transports that wrap another one add limits, retries and the like.
pub trait Transport: Send + Sync {
    /// Sends a request and reads the whole response. Dropping the future gives the request up.
    ///
    /// # Errors
    /// Why there is no response. Any HTTP status is a response.
    fn send(
        &self,
        request: Request,
        authorization: Authorization,
        deadline: Deadline,
    ) -> BoxFuture<'_, Result<Response, Failure>>;

    /// The state of the circuit breaker, where there is one.
    fn circuit(&self) -> Option<Circuit> {
        None
    }
}

/// When a call must have its response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The end.
    pub at: Instant,
    /// The time from the start of the call to its end.
    pub limit: Duration,
}

/// A time so long that nobody sees its end. A longer one may not be representable.
const MAX_LIMIT: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

impl Deadline {
    /// The end of a call that starts now.
    pub fn after(limit: Duration) -> Self {
        Self { at: Instant::now() + limit.min(MAX_LIMIT), limit }
    }

    /// The time that is left.
    pub fn remaining(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }
}

/// A request to the upstream, without base URL and credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where it goes, if that is elsewhere than the rest of the API: an absolute URL without a slash at its end.
    pub server: Option<&'static str>,
    /// Path and query, beginning with a slash, percent-encoded.
    pub target: String,
    /// Headers besides the body's `Content-Type`.
    pub headers: Vec<(&'static str, String)>,
    /// Media type and bytes of the body.
    pub body: Option<(Cow<'static, str>, Vec<u8>)>,
    /// Whether it may be sent again where it failed: it changes nothing.
    pub is_repeatable: bool,
}

/// What the upstream answered.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// How many times the request was sent. This is the response to the last one.
    pub tries: u32,
}

/// What a circuit breaker does with the next call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Circuit {
    /// Sends it.
    Closed {
        /// Calls in a row that have failed.
        faults: u32,
    },
    /// Refuses it.
    Open {
        /// The last failure.
        cause: String,
        /// The time until the next call is sent, as a probe.
        retry_in: Duration,
    },
    /// Refuses it, since a probe is on its way; or sends it as the probe.
    HalfOpen,
}

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The operation needs one of these credentials, of which none is configured.
    #[error("this tool needs {}, which is not set", or(.0.iter().map(|missing| missing.what)))]
    MissingCredential(Vec<MissingCredential>),
    /// The authorization server gives no access token.
    #[error("no access token from {server}: {cause}")]
    NoToken {
        /// Its host.
        server: String,
        /// What it answers.
        cause: String,
    },
    /// The operation is served elsewhere than the API that the credentials are for.
    #[error("this tool is served by {server}, which gets no credentials")]
    OtherServer {
        /// Where it is served.
        server: &'static str,
        /// Its host.
        host: String,
    },
    /// As many calls are running and waiting as are allowed.
    #[error("{running} calls are running and {waiting} are waiting")]
    Busy {
        /// The calls that may run at a time.
        running: usize,
        /// The calls that may wait.
        waiting: usize,
    },
    /// The call has waited for its turn until its time was over.
    #[error("no turn within {}: {running} calls were running all the time", humantime::format_duration(*limit))]
    NoTurn {
        /// The calls that may run at a time.
        running: usize,
        /// The time that a call may take.
        limit: Duration,
    },
    /// The circuit breaker is open.
    #[error("the last {faults} calls to {base_url} failed ({cause})")]
    Open {
        /// The base URL.
        base_url: String,
        /// Calls in a row that have failed.
        faults: u32,
        /// The last failure.
        cause: String,
        /// The time until the next call is sent.
        retry_in: Duration,
    },
    /// No connection.
    #[error("no connection to {base_url}: {cause}")]
    Unreachable {
        /// The base URL.
        base_url: String,
        /// What the system reported.
        cause: String,
        /// The proxy that was asked for the connection.
        proxy: Option<ProxyName>,
    },
    /// The proxy wants credentials, or others (RFC 9110, section 15.5.8).
    #[error("the proxy {} requires credentials", .proxy.address)]
    ProxyRefused {
        /// The base URL.
        base_url: String,
        /// The proxy.
        proxy: ProxyName,
    },
    /// No secure connection.
    #[error("no secure connection to {base_url}: {cause}")]
    Insecure {
        /// The base URL.
        base_url: String,
        /// What is wrong.
        fault: TlsFault,
        /// The fault in the words of the TLS library.
        cause: String,
    },
    /// The time for a request is over.
    #[error("no answer within {}", humantime::format_duration(*limit))]
    TimedOut {
        /// The time that a request may take.
        limit: Duration,
    },
    /// The connection broke before the response was whole.
    #[error("the connection broke before the response was complete ({cause})")]
    Interrupted {
        /// What the system reported.
        cause: String,
    },
    /// The URL is longer than any that can be sent.
    #[error("the URL has {bytes} bytes, more than {limit}")]
    UrlTooLong {
        /// How long it is.
        bytes: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// The URL may be too long, which may be the cause.
    #[error("{last} (the URL is long)")]
    LongUrl {
        /// Why there was no response.
        last: Box<Failure>,
        /// How long the URL is, where that is not said already, and the way round.
        advice: String,
    },
    /// The body is larger than the limit.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The status that came before it.
        status: u16,
        /// The limit in bytes.
        limit: usize,
    },
    /// The body is in a content encoding that is not understood, or is not what its content encoding says.
    #[error("the answer cannot be decoded: {fault}")]
    Undecodable {
        /// The status that came before it.
        status: u16,
        /// Why.
        fault: DecodingFault,
    },
    /// The request was sent several times.
    #[error("{last} (tried {tries} times)")]
    Repeated {
        /// How many times.
        tries: u32,
        /// Why there was no response to the last one.
        last: Box<Failure>,
    },
}

impl Failure {
    /// Whether the upstream may have got the request, so that nobody knows whether it was carried out.
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::MissingCredential(_)
            | Self::NoToken { .. }
            | Self::OtherServer { .. }
            | Self::Busy { .. }
            | Self::NoTurn { .. }
            | Self::Open { .. }
            | Self::Unreachable { .. }
            | Self::ProxyRefused { .. }
            | Self::Insecure { .. }
            | Self::UrlTooLong { .. } => false,
            Self::LongUrl { last, .. } => last.may_have_arrived(),
            // Only the last try is known.
            Self::TimedOut { .. }
            | Self::Interrupted { .. }
            | Self::TooLarge { .. }
            | Self::Undecodable { .. }
            | Self::Repeated { .. } => true,
        }
    }
}

/// A credential that is not configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingCredential {
    /// What kind of credential, for a person.
    pub what: &'static str,
    /// The setting that holds it.
    pub setting: &'static str,
}

/// Alternatives in words.
pub(crate) fn or<'a>(alternatives: impl Iterator<Item = &'a str>) -> String {
    alternatives.collect::<Vec<_>>().join(" or ")
}

/// A proxy as messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyName {
    /// Scheme, host and port, without credentials.
    pub address: String,
    /// The setting that it comes from.
    pub setting: String,
}

/// Why there is no secure connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsFault {
    /// The certificate was issued by nobody who is trusted.
    UnknownIssuer,
    /// The certificate is no longer valid.
    Expired,
    /// The certificate is not valid yet.
    NotYetValid,
    /// The certificate is for other names.
    WrongName {
        /// The names that it is for.
        presented: Vec<String>,
    },
    /// The other side does not speak TLS.
    NoTls,
    /// Something else.
    Other,
}
