//! How a request reaches the upstream.

pub mod http;
pub mod queue;

use std::time::Duration;

use futures_util::future::BoxFuture;
use openapi_tools::model::operation::Method;

use crate::authorization::Authorization;

/// Sends requests. Transports that wrap another one add limits, retries and the like.
pub trait Transport: Send + Sync {
    /// Sends a request and reads the whole response. Dropping the future gives the request up.
    ///
    /// # Errors
    /// Why there is no response. Any HTTP status is a response.
    fn send(&self, request: Request, authorization: Authorization) -> BoxFuture<'_, Result<Response, Failure>>;
}

/// A request to the upstream, without base URL and credential.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, beginning with a slash, percent-encoded.
    pub target: String,
    /// Headers besides the body's `Content-Type`.
    pub headers: Vec<(&'static str, String)>,
    /// Media type and bytes of the body.
    pub body: Option<(&'static str, Vec<u8>)>,
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

/// Why there is no response.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The operation needs a credential that is not configured.
    #[error("this tool needs {what}, which is not set ({setting})")]
    MissingCredential {
        /// What kind of credential, for a person.
        what: &'static str,
        /// The setting that holds it.
        setting: &'static str,
    },
    /// No connection.
    #[error("no connection to {base_url}: {cause}")]
    Unreachable {
        /// The base URL.
        base_url: String,
        /// What the system reported.
        cause: String,
    },
    /// The time for a request is over.
    #[error("no answer within {}", humantime::format_duration(*limit))]
    TimedOut {
        /// The time that a request may take.
        limit: Duration,
    },
    /// The connection broke before the response was whole.
    #[error("the connection broke before the answer was whole ({cause})")]
    Interrupted {
        /// What the system reported.
        cause: String,
    },
    /// The body is larger than the limit.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The status that came before it.
        status: u16,
        /// The limit in bytes.
        limit: usize,
    },
}
