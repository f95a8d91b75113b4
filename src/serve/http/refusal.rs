//! What is answered to a request that is no MCP request, or not a valid one.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::Response,
};
use rmcp::ErrorData;
use serde::Serialize;

use crate::serve::id::ClientId;

#[derive(Serialize)]
struct Message<'a> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a ClientId>,
    error: &'a ErrorData,
}

/// An answer with a JSON-RPC error, under the id of what it answers where that could be read.
pub fn refusal(status: StatusCode, id: Option<&ClientId>, error: &ErrorData) -> Response {
    json(status, &Message { jsonrpc: "2.0", id, error })
}

/// The same for a request that is refused for something else than its message.
pub fn refused(status: StatusCode, text: impl Into<String>) -> Response {
    refusal(status, None, &ErrorData::invalid_request(text.into(), None))
}

/// An answer in JSON.
pub fn json(status: StatusCode, value: &impl Serialize) -> Response {
    let (status, body) = match serde_json::to_vec(value) {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!("an answer has no form in JSON: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
