//! What is logged of each request: method, path, status and time. No credential, no query and no body is.

use std::time::Duration;

use openapi_tools::model::{
    operation::{Location, Operation, Segment},
    schema::Kind,
};

use crate::{
    call::arguments::Arguments,
    text::format::is_uuid,
    transport::{Failure, Response},
};

/// Logs a request and what came of it.
pub fn record(operation: &Operation, arguments: &Arguments, sent: &Result<Response, Failure>, elapsed: Duration) {
    let (method, path, milliseconds) = (operation.method.as_str(), path(operation, arguments), elapsed.as_millis());
    match sent {
        Ok(Response { status, tries: 1, .. }) => tracing::debug!("{method} {path}: {status} in {milliseconds} ms"),
        Ok(Response { status, tries, .. }) => {
            tracing::debug!("{method} {path}: {status} in {milliseconds} ms, sent {tries} times");
        }
        Err(failure) => tracing::debug!("{method} {path}: no response after {milliseconds} ms: {failure}"),
    }
}

/// The path with the ids of objects. Other values stay names: some are one-time codes, which are as good as a password.
fn path(operation: &Operation, arguments: &Arguments) -> String {
    let value = |name: &str| {
        let mut given = arguments.parameters.iter().filter(|(parameter, _)| parameter.location == Location::Path);
        let (parameter, values) = given.find(|(parameter, _)| parameter.wire_name == name)?;
        let value = values.iter().next()?;
        let is_id = match parameter.schema.kind {
            Kind::Integer { .. } => true,
            Kind::String { format: Some("uuid"), .. } => is_uuid(value),
            _ => false,
        };
        is_id.then_some(value.as_str())
    };
    let mut path = String::new();
    for segment in operation.path {
        path.push('/');
        write(&mut path, segment, &value);
    }
    path
}

fn write<'a>(path: &mut String, segment: &Segment, value: &impl Fn(&str) -> Option<&'a str>) {
    match segment {
        Segment::Literal(text) => path.push_str(text),
        Segment::Parameter(name) => match value(name) {
            Some(value) => path.push_str(value),
            None => path.push_str(&format!("{{{name}}}")),
        },
        Segment::Mixed(pieces) => pieces.iter().for_each(|piece| write(path, piece, value)),
    }
}
