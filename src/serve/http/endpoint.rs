//! `/mcp`: MCP over Streamable HTTP, without sessions.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{
        HeaderValue, Method, StatusCode,
        header::{ACCEPT, ALLOW, CONTENT_LENGTH},
    },
    response::{IntoResponse, Response},
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};

use super::{
    access_log::About,
    address::ClientAddress,
    door::{Door, Entered},
    early::{Pace, begun},
    holding::holding,
    incoming::{Accepted, Incoming, Limits, accepted, read},
    refusal::refused,
};
use crate::mcp::server::Server;

/// What rmcp's service insists on.
const EVERYTHING: &str = "application/json, text/event-stream";

/// What requests are answered with.
pub struct Endpoint {
    door: Door,
    limits: Limits,
    sessions: Arc<NeverSessionManager>,
    config: StreamableHttpServerConfig,
}

impl Endpoint {
    /// The endpoint behind a door.
    pub fn new(door: Door, limits: Limits) -> Self {
        // Hosts, origins and sizes are checked before.
        let config = StreamableHttpServerConfig::default()
            .disable_allowed_hosts()
            .disable_allowed_origins()
            .with_legacy_session_mode(false)
            .with_json_response(true)
            .with_max_request_body_bytes(usize::MAX);
        Self { door, limits, sessions: Arc::default(), config }
    }

    /// What stands before it.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Answers a request of somebody who came in.
    async fn served(&self, server: Arc<Server>, request: Request, about: &mut About) -> Response {
        if request.method() != Method::POST {
            let mut response =
                refused(StatusCode::METHOD_NOT_ALLOWED, "send messages with POST; there are no sessions here");
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("POST, OPTIONS"));
            return response;
        }
        let (mut parts, body) = request.into_parts();
        let read = match accepted(&parts.headers) {
            Ok(accepted) => read(&parts.headers, body, self.limits).await.map(|incoming| (accepted, incoming)),
            Err(response) => Err(response),
        };
        let (accepted, message) = match read {
            Ok((accepted, Incoming::Request { method, message })) => {
                about.method = Some(method);
                (accepted, message)
            }
            Ok((_, Incoming::Nothing)) => return StatusCode::ACCEPTED.into_response(),
            Err(response) => return response,
        };
        parts.headers.insert(ACCEPT, HeaderValue::from_static(EVERYTHING));
        parts.headers.remove(CONTENT_LENGTH);
        let (sessions, config) = (Arc::clone(&self.sessions), self.config.clone());
        let service = StreamableHttpService::new(move || Ok(Arc::clone(&server)), sessions, config);
        let answer =
            async move { service.handle(Request::from_parts(parts, Body::from(message))).await.map(Body::new) };
        match accepted {
            Accepted::Events => begun(answer, Pace::USUAL).await,
            Accepted::Json => answer.await,
        }
    }
}

/// Answers a request to `/mcp`.
pub async fn answer(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    match endpoint.door.enter(request.headers(), ClientAddress::of(request.extensions())).await {
        Ok(Entered { server, place, key }) => {
            let mut about = About { key, method: None };
            let mut response = endpoint.served(server, request, &mut about).await;
            response.extensions_mut().insert(about);
            holding(response, place)
        }
        Err(response) => response,
    }
}
