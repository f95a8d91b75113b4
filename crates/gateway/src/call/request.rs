//! Checked arguments as an HTTP request.

mod body;
mod media_type;
mod style;

use openapi_tools::model::{
    document::Document,
    operation::{Location, Operation, Parameter, Segment},
};

use super::arguments::Arguments;
use crate::transport::Request;

/// The header that cookies travel in (RFC 6265, section 4.2).
const COOKIE: &str = "Cookie";

/// The tenant that a call is for: the header that names it, and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenant<'a> {
    /// The header's name.
    pub header: &'static str,
    /// The header's value.
    pub id: &'a str,
}

/// The request for a call of `operation`, which is one of the document's. `tenant` is sent with operations that know
/// tenants.
pub fn build(document: &Document, operation: &Operation, arguments: &Arguments, tenant: Option<Tenant<'_>>) -> Request {
    let mut target = String::new();
    for segment in operation.path {
        target.push('/');
        write_segment(&mut target, segment, arguments);
    }
    let mut query = operation.fixed_query.unwrap_or_default().to_owned();
    let (mut headers, mut cookies) = (Vec::new(), Vec::new());
    for (parameter, values) in &arguments.parameters {
        match parameter.location {
            Location::Path => {}
            Location::Query => style::query(&mut query, parameter, values),
            Location::QueryString => style::query_string(&mut query, parameter, values),
            Location::Header => {
                headers.push((parameter.wire_name, prefixed(parameter.prefix, &style::header(parameter, values))));
            }
            Location::Cookie => cookies.extend(style::cookies(parameter, values)),
        }
    }
    if !query.is_empty() {
        target.push('?');
        target.push_str(&query);
    }
    if !cookies.is_empty() {
        headers.push((COOKIE, cookies.join("; ")));
    }
    headers.extend(tenant.map(|tenant| (tenant.header, tenant.id.to_owned())));
    let body = operation.body.as_ref().zip(arguments.body.as_ref());
    Request {
        method: operation.method,
        server: operation.server,
        target,
        headers,
        body: body.map(|(body, value)| body::encode(document, body, value)),
        is_repeatable: operation.effect.read_only && operation.effect.idempotent,
    }
}

fn write_segment(target: &mut String, segment: &Segment, arguments: &Arguments) {
    match segment {
        Segment::Literal(text) => target.push_str(text),
        Segment::Parameter(name) => {
            let is_it = |(parameter, _): &&(&'static _, _)| is_path_parameter(parameter, name);
            if let Some((parameter, values)) = arguments.parameters.iter().find(is_it) {
                style::path(target, parameter, values);
            }
        }
        Segment::Mixed(pieces) => pieces.iter().for_each(|piece| write_segment(target, piece, arguments)),
    }
}

fn is_path_parameter(parameter: &Parameter, name: &str) -> bool {
    parameter.location == Location::Path && parameter.wire_name == name
}

/// The value after what stands before it, where it does not stand there already.
fn prefixed(prefix: Option<&str>, value: &str) -> String {
    let prefix = prefix.unwrap_or_default();
    let has_prefix = value.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if has_prefix { value.to_owned() } else { format!("{prefix}{value}") }
}
