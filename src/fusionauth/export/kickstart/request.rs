//! A request of a Kickstart.

use serde_json::Value;

/// A request, its texts as they are in the instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `POST` or `PATCH`. A PATCH is a JSON merge patch (RFC 7396).
    pub method: &'static str,
    /// The path, with the provided variables that stand for ids.
    pub url: String,
    /// The tenant that it is made in.
    pub tenant_id: Option<String>,
    /// The body.
    pub body: Value,
}

/// The requests for an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Requests {
    /// Makes the object, or changes it where it is there.
    pub first: Request,
    /// The rest, in order.
    pub then: Vec<Request>,
}
