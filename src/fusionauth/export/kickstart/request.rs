//! The requests of a Kickstart.

use serde_json::Value;

/// A request, with texts as they are in the instance: not yet escaped.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `POST` or `PATCH`. A PATCH is a JSON merge patch (RFC 7396).
    pub method: &'static str,
    /// The path, with provided variables for ids.
    pub url: String,
    /// The tenant that it is sent for.
    pub tenant_id: Option<String>,
    /// The body.
    pub body: Value,
}

/// The requests for an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Requests {
    /// Creates the object, or updates it where every new instance has it.
    pub first: Request,
    /// The other requests, in order.
    pub rest: Vec<Request>,
}
