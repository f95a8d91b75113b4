//! A line for each request, and the ids by which it is found again.

use std::{
    net::IpAddr,
    sync::Arc,
    time::{Instant, SystemTime},
};

use access::store::records::Key;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use gateway::trace::Trace;
use serde_json::json;

use super::{address::ClientAddress, holding::holding};
use crate::{config::server::AccessLog, logging::report};

/// The header of the id of a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The header of the trace that a request is a part of (W3C, "Trace Context").
const TRACEPARENT: &str = "traceparent";

/// What is known of a request once it is let in.
#[derive(Clone, Default)]
pub struct About {
    /// The key that it presented.
    pub key: Option<Arc<Key>>,
    /// The method of the protocol.
    pub method: Option<String>,
}

/// A line that is written when it is dropped: after the last byte of the answer, or when the client hangs up.
struct Line {
    form: AccessLog,
    time: SystemTime,
    started: Instant,
    trace: Arc<Trace>,
    address: IpAddr,
    method: String,
    path: String,
    status: Option<u16>,
    about: About,
}

impl Drop for Line {
    fn drop(&mut self) {
        let time = humantime::format_rfc3339_millis(self.time);
        let milliseconds = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let (key, called) = (self.about.key.as_deref(), self.about.method.as_deref());
        let caller = key.map(|key| key.caller.name.as_str());
        match self.form {
            AccessLog::Off => {}
            AccessLog::Json => {
                let line = json!({
                    "time": time.to_string(),
                    "request": self.trace.request_id,
                    "trace": self.trace.trace_id(),
                    "address": self.address.to_string(),
                    "caller": caller,
                    "key": key.map(|key| key.id.as_str()),
                    "method": self.method,
                    "path": self.path,
                    "call": called,
                    "status": self.status,
                    "durationMs": milliseconds,
                });
                report(format_args!("{line}\n"));
            }
            AccessLog::Text => {
                let status = self.status.map_or_else(|| "gone".to_owned(), |status| status.to_string());
                let (caller, called) = (caller.unwrap_or("-"), called.unwrap_or("-"));
                let Self { address, method, path, .. } = self;
                let id = &self.trace.request_id;
                report(format_args!(
                    "{time} {address} {caller:?} {method} {path} {called} {status} {milliseconds}ms {id}\n"
                ));
            }
        }
    }
}

/// Gives a request its ids, and logs it.
pub async fn logged(State(form): State<AccessLog>, mut request: Request, next: Next) -> Response {
    let trace = Arc::new(trace(request.headers()));
    let address = ClientAddress::of(request.extensions());
    let path = request.uri().path().to_owned();
    // Probes would drown the rest.
    let form = if path.starts_with("/health/") { AccessLog::Off } else { form };
    let mut line = Line {
        form,
        time: SystemTime::now(),
        started: Instant::now(),
        trace: Arc::clone(&trace),
        address,
        method: request.method().to_string(),
        path: path.chars().take(200).flat_map(char::escape_default).collect(),
        status: None,
        about: About::default(),
    };
    request.extensions_mut().insert(Arc::clone(&trace));
    let mut response = next.run(request).await;
    line.status = Some(response.status().as_u16());
    line.about = response.extensions_mut().remove::<About>().unwrap_or_default();
    if let Ok(id) = HeaderValue::from_str(&trace.request_id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    holding(response, line)
}

fn trace(headers: &HeaderMap) -> Trace {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Trace::new(text(REQUEST_ID.as_str()), text(TRACEPARENT))
}
