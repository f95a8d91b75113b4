//! Checked arguments as an HTTP request.

use openapi_tools::model::operation::{Location, Operation, Segment};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::arguments::Arguments;
use crate::transport::Request;

/// The media type of a form (HTML, "URL-encoded form data").
const FORM: &str = "application/x-www-form-urlencoded";

/// Everything but RFC 3986's unreserved characters, so that a value stays within its segment or query value.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The tenant that a call is for: the header that names it, and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenant<'a> {
    /// The header's name.
    pub header: &'static str,
    /// The header's value.
    pub id: &'a str,
}

/// The request for a call of `operation`. `tenant` is sent with operations that know tenants.
pub fn build(operation: &Operation, arguments: &Arguments, tenant: Option<Tenant<'_>>) -> Request {
    let mut target = String::new();
    for segment in operation.path {
        target.push('/');
        match segment {
            Segment::Literal(text) => target.push_str(text),
            Segment::Parameter(name) => {
                for value in path_values(arguments, name) {
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
                    target.extend(utf8_percent_encode(parameter.wire_name, RESERVED));
                    target.push('=');
                    target.extend(utf8_percent_encode(value, RESERVED));
                    separator = '&';
                }
            }
            Location::Header => {
                headers.extend(values.iter().map(|value| (parameter.wire_name, prefixed(parameter.prefix, value))));
            }
        }
    }
    headers.extend(tenant.map(|tenant| (tenant.header, tenant.id.to_owned())));
    let body = operation.body.as_ref().zip(arguments.body.as_ref());
    Request {
        method: operation.method,
        target,
        headers,
        body: body.map(|(body, value)| (body.media_type, bytes(body.media_type, value))),
        is_repeatable: operation.effect.read_only && operation.effect.idempotent,
    }
}

/// The value after what stands before it, where it does not stand there already.
fn prefixed(prefix: Option<&str>, value: &str) -> String {
    let prefix = prefix.unwrap_or_default();
    let has_prefix = value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if has_prefix { value.to_owned() } else { format!("{prefix}{value}") }
}

fn path_values<'a>(arguments: &'a Arguments, name: &'a str) -> impl Iterator<Item = &'a str> {
    let wanted = arguments
        .parameters
        .iter()
        .filter(move |(parameter, _)| parameter.location == Location::Path && parameter.wire_name == name);
    wanted.flat_map(|(_, values)| values.iter().map(String::as_str))
}

fn bytes(media_type: &str, value: &Value) -> Vec<u8> {
    if media_type == FORM { form(value).into_bytes() } else { value.to_string().into_bytes() }
}

/// The properties of an object as a form. A list repeats its name, and what is null is left out.
fn form(value: &Value) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in value.as_object().into_iter().flatten() {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values.iter().filter(|value| !value.is_null()) {
            match value.as_str() {
                Some(text) => pairs.append_pair(name, text),
                None => pairs.append_pair(name, &value.to_string()),
            };
        }
    }
    pairs.finish()
}
