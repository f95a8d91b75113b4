//! Checked arguments as an HTTP request.

use openapi_tools::operation::{Credential, Location, Method, Operation, Segment};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::arguments::Arguments;

/// Everything but RFC 3986's unreserved characters, so that a value stays within its segment or query value.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request to the upstream, without base URL and credential.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Path and query, beginning with a slash, percent-encoded.
    pub target: String,
    /// Headers from arguments.
    pub headers: Vec<(&'static str, String)>,
    /// Media type and bytes of the body.
    pub body: Option<(&'static str, Vec<u8>)>,
    /// What `Authorization` has to hold.
    pub credential: Credential,
    /// Whether a tenant chosen for the whole server is sent along.
    pub tenant_scoped: bool,
}

/// The request for a call of `operation`.
pub fn build(operation: &Operation, arguments: &Arguments) -> Request {
    let mut target = String::new();
    for segment in operation.path {
        target.push('/');
        match segment {
            Segment::Literal(text) => target.push_str(text),
            Segment::Parameter(name) => {
                for value in values_at(arguments, Location::Path, |parameter| parameter == *name) {
                    target.extend(utf8_percent_encode(value, RESERVED));
                }
            }
        }
    }
    let mut separator = '?';
    let mut headers = Vec::new();
    for (parameter, values) in &arguments.parameters {
        match parameter.location {
            Location::Path => {}
            Location::Query => {
                for value in values {
                    target.push(separator);
                    target.extend(utf8_percent_encode(parameter.name, RESERVED));
                    target.push('=');
                    target.extend(utf8_percent_encode(value, RESERVED));
                    separator = '&';
                }
            }
            Location::Header => headers.extend(values.iter().map(|value| (parameter.name, value.clone()))),
        }
    }
    let body = operation.body.as_ref().zip(arguments.body.as_ref());
    Request {
        method: operation.method,
        target,
        headers,
        body: body.map(|(body, value)| (body.media_type, value.to_string().into_bytes())),
        credential: operation.credential,
        tenant_scoped: operation.tenant_scoped,
    }
}

fn values_at(
    arguments: &Arguments,
    location: Location,
    is_wanted: impl Fn(&str) -> bool,
) -> impl Iterator<Item = &str> {
    let wanted = arguments
        .parameters
        .iter()
        .filter(move |(parameter, _)| parameter.location == location && is_wanted(parameter.name));
    wanted.flat_map(|(_, values)| values.iter().map(String::as_str))
}
