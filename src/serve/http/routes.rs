//! The routes of the server.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header::CACHE_CONTROL},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use serde_json::json;

use super::{
    access_log::logged,
    address::located,
    endpoint::{self, Endpoint},
    gate::{Gate, allow, preflight, vary},
    in_progress::{InProgress, counted},
    page::About,
    refusal::{json, refused},
};
use crate::config::server::ServerConfig;

/// The paths of probes. They come from the network inside, and name an address instead of a host.
const PROBES: [&str; 2] = ["/health/live", "/health/ready"];

/// Whether this process takes requests, or is about to end.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// From now on, no more requests are to come.
    pub fn end(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn is_ready(&self) -> bool {
        !self.0.load(Ordering::Relaxed)
    }
}

/// The server's routes.
pub fn routes(
    gate: Gate,
    endpoint: Arc<Endpoint>,
    about: About,
    readiness: Readiness,
    requests: InProgress,
    config: &ServerConfig,
) -> Router {
    let mcp = any(endpoint::answer).with_state(Arc::clone(&endpoint));
    Router::new()
        .route("/", get(move |headers: HeaderMap| async move { about.page(&headers) }))
        .route("/mcp", mcp.clone())
        .route("/mcp/", mcp)
        .route("/mcp/health", get(healthy))
        .route("/health/live", get(alive))
        .route("/health/ready", get(move || async move { ready(&readiness, &endpoint).await }))
        .fallback(nothing)
        .layer(from_fn_with_state(Arc::new(gate), guarded))
        .layer(from_fn_with_state(requests, counted))
        .layer(from_fn_with_state(config.access_log, logged))
        .layer(from_fn_with_state(config.is_behind_proxy, located))
}

async fn guarded(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    let is_probe = PROBES.contains(&request.uri().path());
    let host = if is_probe { Ok(()) } else { gate.check_host(request.uri(), request.headers()) };
    let origin = match host.and_then(|()| gate.origin(request.headers())) {
        Ok(origin) => origin.cloned(),
        Err(error) => {
            tracing::warn!("refused: {error}");
            return refused(StatusCode::FORBIDDEN, error.to_string());
        }
    };
    let mut response = if request.method() == Method::OPTIONS {
        (StatusCode::NO_CONTENT, preflight()).into_response()
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    vary(headers);
    if let Some(origin) = origin {
        allow(headers, origin);
    }
    response
}

async fn alive() -> Response {
    status(StatusCode::OK, &json!({ "status": "ok" }))
}

async fn ready(readiness: &Readiness, endpoint: &Endpoint) -> Response {
    if !readiness.is_ready() {
        status(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "ending" }))
    } else if endpoint.door().is_working().await {
        status(StatusCode::OK, &json!({ "status": "ok" }))
    } else {
        status(StatusCode::SERVICE_UNAVAILABLE, &json!({ "status": "store" }))
    }
}

async fn healthy() -> Response {
    let (name, version) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    status(StatusCode::OK, &json!({ "status": "healthy", "serverName": name, "serverVersion": version }))
}

fn status(status: StatusCode, value: &serde_json::Value) -> Response {
    let mut response = json(status, value);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn nothing() -> Response {
    refused(StatusCode::NOT_FOUND, "nothing is served here; MCP is at /mcp")
}
