//! Requests and responses, without a network.

pub use openapi_tools::model::operation::Method;
use serde_json::{Value, json};

/// A request to an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// Path and query, percent-encoded, starting with a slash.
    pub target: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The `X-FusionAuth-TenantId` header.
    pub tenant_id: Option<String>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The JSON body.
    pub body: Option<Value>,
    /// Media type and bytes of a body that is no JSON.
    pub file: Option<(&'static str, Vec<u8>)>,
}

/// A response that refuses the request: its status is not a success.
pub(crate) type Refusal = Response;

impl Response {
    /// 200 with a body.
    pub(crate) fn ok(body: Value) -> Self {
        Self { body: Some(body), ..Self::empty(200) }
    }

    /// 200 with a body that is no JSON.
    pub(crate) fn file(media_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { file: Some((media_type, bytes)), ..Self::empty(200) }
    }

    /// A status without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, body: None, file: None }
    }

    /// 404: there is no such object.
    pub(crate) fn not_found() -> Self {
        Self::empty(404)
    }

    /// 400 because of one field: `code` is `missing`, `duplicate`, `invalid` or the like, `field` is the field's path.
    pub(crate) fn field(code: &str, field: &str, message: impl Into<String>) -> Self {
        let error = json!({ "code": format!("[{code}]{field}"), "message": message.into() });
        let body = json!({ "fieldErrors": { field: [error] }, "generalErrors": [] });
        Self { body: Some(body), ..Self::empty(400) }
    }

    /// 400 because of one field that is wrong in several ways: codes and messages.
    pub(crate) fn field_errors(field: &str, errors: &[(&str, String)]) -> Self {
        let error =
            |(code, message): &(&str, String)| json!({ "code": format!("[{code}]{field}"), "message": message });
        let errors: Vec<_> = errors.iter().map(error).collect();
        Self { body: Some(json!({ "fieldErrors": { field: errors }, "generalErrors": [] })), ..Self::empty(400) }
    }

    /// 400 because a required value is missing.
    pub(crate) fn missing(field: &str) -> Self {
        Self::field("missing", field, format!("You must specify the [{field}] property."))
    }

    /// 400 because a required field is missing or blank.
    pub(crate) fn blank(field: &str) -> Self {
        Self::field("blank", field, format!("You must specify the [{field}] property."))
    }

    /// 400 because of the request as a whole.
    pub(crate) fn general(code: &str, message: impl Into<String>) -> Self {
        let error = json!({ "code": format!("[{code}]"), "message": message.into() });
        Self { body: Some(json!({ "fieldErrors": {}, "generalErrors": [error] })), ..Self::empty(400) }
    }
}
