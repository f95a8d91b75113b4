//! The message of a request: read within limits, checked, and in the form that rmcp takes.

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header::ACCEPT, header::CONTENT_LENGTH, header::CONTENT_TYPE},
    response::Response,
};
use http_body_util::BodyExt;
use rmcp::{
    ErrorData,
    model::{ErrorCode, ProtocolVersion, RequestId},
};
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    early::EVENT_STREAM,
    refusal::{refusal, refused},
};
use crate::serve::{
    id::ClientId,
    message::{Fault, Message, Parsed, Request, parse},
    method,
    scan::Scan,
};

const JSON: &str = "application/json";

/// The limits of a message.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The largest body, in bytes.
    pub max_bytes: usize,
    /// The time in which it has to arrive.
    pub timeout: Duration,
}

/// In which forms a client takes its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// As one message only.
    Json,
    /// As a stream of events too.
    Events,
}

/// What a client takes. No header, and wildcards, stand for everything.
///
/// # Errors
/// Nothing that MCP has.
pub fn accepted(headers: &HeaderMap) -> Result<Accepted, Response> {
    let values = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let is_refused = |parameter: &str| {
        let weight = parameter.trim().strip_prefix("q=").or_else(|| parameter.trim().strip_prefix("Q="));
        weight.is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0))
    };
    let ranges: Vec<_> = values
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';'))
        .filter_map(|mut range| {
            let name = range.next().unwrap_or_default().trim().to_ascii_lowercase();
            (!range.any(is_refused)).then_some(name)
        })
        .collect();
    let takes = |names: &[&str]| ranges.iter().any(|range| names.contains(&range.as_str()));
    if !headers.contains_key(ACCEPT) || takes(&["*/*", EVENT_STREAM, "text/*"]) {
        Ok(Accepted::Events)
    } else if takes(&[JSON, "application/*"]) {
        Ok(Accepted::Json)
    } else {
        Err(refused(StatusCode::NOT_ACCEPTABLE, format!("Accept: expected {JSON}, {EVENT_STREAM}")))
    }
}

/// A message as rmcp takes it.
#[derive(Serialize)]
struct Passed<'a> {
    jsonrpc: &'static str,
    id: &'a ClientId,
    method: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: Option<&'a RawValue>,
}

/// What a body holds.
pub enum Incoming {
    /// A request.
    Request {
        /// The method.
        method: String,
        /// All of it, in the form that rmcp takes.
        message: Vec<u8>,
    },
    /// What needs no answer.
    Nothing,
}

/// Reads the message of a request.
///
/// # Errors
/// The answer to a message that is none of MCP's, or is over the limits.
pub async fn read(headers: &HeaderMap, body: Body, limits: Limits) -> Result<Incoming, Response> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case(JSON) {
        return Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("Content-Type: expected {JSON}")));
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| u64::try_from(limits.max_bytes).is_ok_and(|max| length > max)) {
        return Err(too_long(limits.max_bytes));
    }
    let (text, scan) = match tokio::time::timeout(limits.timeout, collected(body, limits.max_bytes)).await {
        Ok(collected) => collected?,
        Err(_) => return Err(refused(StatusCode::REQUEST_TIMEOUT, "the request's body did not arrive in time")),
    };
    match parse(text, &scan) {
        Parsed::One(Ok(Message::Request(request))) => passed(headers, &request),
        Parsed::One(Ok(Message::Nothing | Message::Cancelled(_))) => Ok(Incoming::Nothing),
        Parsed::One(Ok(Message::Response(_))) => {
            Err(refused(StatusCode::BAD_REQUEST, "this server asks nothing, so it takes no responses"))
        }
        Parsed::One(Err(Fault { error, id })) => {
            // The message itself is sound where only its parameters are not.
            let is_sound = error.code == ErrorCode::INVALID_PARAMS;
            let status = if is_sound { StatusCode::OK } else { StatusCode::BAD_REQUEST };
            Err(refusal(status, id.as_ref(), &error))
        }
        Parsed::Batch(_) => Err(refused(StatusCode::BAD_REQUEST, "send one message, not a batch")),
    }
}

fn too_long(max: usize) -> Response {
    refused(StatusCode::PAYLOAD_TOO_LARGE, format!("the message is longer than {max} bytes"))
}

async fn collected(mut body: Body, max_bytes: usize) -> Result<(Vec<u8>, Scan), Response> {
    let (mut text, mut scan) = (Vec::new(), Scan::default());
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Err(refused(StatusCode::BAD_REQUEST, "the body ended too soon")) };
        let Ok(data) = frame.into_data() else { continue };
        if data.len() > max_bytes.saturating_sub(text.len()) {
            return Err(too_long(max_bytes));
        }
        scan.feed(&data);
        text.extend_from_slice(&data);
    }
    if text.trim_ascii().is_empty() {
        return Err(refused(StatusCode::BAD_REQUEST, "the body is empty; expected a JSON-RPC 2.0 message"));
    }
    Ok((text, scan))
}

fn passed(headers: &HeaderMap, request: &Request) -> Result<Incoming, Response> {
    let Request { id, method, params } = request;
    if serde_json::from_str::<RequestId>(&id.to_string()).is_err() {
        let error = ErrorData::invalid_request("id: expected a string or a whole number of at most 64 bits", None);
        return Err(refusal(StatusCode::BAD_REQUEST, Some(id), &error));
    }
    if let Err(error) = method::request(method, params.as_deref()) {
        let is_unknown = error.code == ErrorCode::METHOD_NOT_FOUND;
        // Older clients expect errors of methods to come as answers.
        let status = if is_unknown && is_modern(headers) { StatusCode::NOT_FOUND } else { StatusCode::OK };
        return Err(refusal(status, Some(id), &error));
    }
    let mended = params.as_deref().and_then(|params| method::mended_params(method, params));
    let params = mended.as_deref().or(params.as_deref());
    let message = Passed { jsonrpc: "2.0", id, method, params };
    serde_json::to_vec(&message).map(|message| Incoming::Request { method: method.clone(), message }).map_err(|error| {
        refusal(StatusCode::BAD_REQUEST, Some(id), &ErrorData::invalid_request(error.to_string(), None))
    })
}

/// Whether a request is one of MCP 2026-07-28 or newer.
fn is_modern(headers: &HeaderMap) -> bool {
    let version = headers.get("mcp-protocol-version").and_then(|version| version.to_str().ok());
    version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28.as_str())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_clients_take() {
        for (accept, expected) in [
            (None, Some(Accepted::Events)),
            (Some("*/*"), Some(Accepted::Events)),
            (Some("application/json, text/event-stream"), Some(Accepted::Events)),
            (Some("Application/JSON"), Some(Accepted::Json)),
            (Some("application/*;q=0.5"), Some(Accepted::Json)),
            (Some("application/json, text/event-stream;q=0"), Some(Accepted::Json)),
            (Some("text/html"), None),
            (Some("application/json; q=0.0"), None),
            (Some(""), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(accept.map(|accept| (ACCEPT, HeaderValue::from_static(accept))));
            assert_eq!(accepted(&headers).ok(), expected, "{accept:?}");
        }
    }
}
