//! Requests and responses, without a network.

use openapi_tools::operation::Method;
use serde_json::{Value, json};

/// A request as it arrives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, percent-encoded.
    pub target: String,
    /// `Authorization`, where it was sent.
    pub authorization: Option<String>,
    /// `X-FusionAuth-TenantId`, where it was sent.
    pub tenant_id: Option<String>,
    /// `Content-Type`, where it was sent.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body; empty where there is none.
    pub body: Option<Value>,
}

/// Why there is no success: the response that says so.
pub type Refusal = Response;

impl Response {
    /// A success with a body.
    pub fn ok(body: Value) -> Self {
        Self { status: 200, body: Some(body) }
    }

    /// A status without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, body: None }
    }

    /// There is no such object.
    pub fn not_found() -> Self {
        Self::empty(404)
    }

    /// A field is wrong: `kind` is `missing`, `duplicate`, `invalid`, … and `field` its path.
    pub fn field(kind: &str, field: &str, message: impl Into<String>) -> Self {
        let error = json!({ "code": format!("[{kind}]{field}"), "message": message.into() });
        Self { status: 400, body: Some(json!({ "fieldErrors": { field: [error] }, "generalErrors": [] })) }
    }

    /// The request as a whole is wrong.
    pub fn general(code: &str, message: impl Into<String>) -> Self {
        let error = json!({ "code": format!("[{code}]"), "message": message.into() });
        Self { status: 400, body: Some(json!({ "fieldErrors": {}, "generalErrors": [error] })) }
    }
}
