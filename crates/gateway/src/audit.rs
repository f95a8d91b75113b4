//! What is recorded of each call: who called what, and what came of it. Never bodies, never secrets.

pub mod file;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    call::targets::Targets,
    composite::{ExchangeError, Unconfirmed},
    transport::Failure,
};

/// One call.
#[derive(Debug, Clone)]
pub struct CallEvent {
    /// When the call began.
    pub time: SystemTime,
    /// Who called.
    pub caller: String,
    /// The tool's name.
    pub tool: String,
    /// The ids among the arguments.
    pub targets: Targets,
    /// The HTTP status, where there was a response.
    pub status: Option<u16>,
    /// From the call to its answer. Time that a person took to confirm is in it.
    pub duration: Duration,
    /// The answer's length in bytes.
    pub bytes: usize,
    /// Whether a person was asked and agreed.
    pub is_confirmed: bool,
    /// Whether the request was only shown.
    pub is_dry_run: bool,
    /// The id of the request that it came with, where it has one.
    pub request: Option<String>,
    /// What went wrong, in one word; see `docs/safety.md`.
    pub error: Option<&'static str>,
}

impl CallEvent {
    /// The event as one line of JSON, with its end. Times are RFC 3339.
    pub fn line(&self) -> String {
        let mut line = json!({
            "time": humantime::format_rfc3339_millis(self.time).to_string(),
            "caller": self.caller,
            "tool": self.tool,
            "target": self.targets.to_json(),
            "status": self.status,
            "durationMs": u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX),
            "bytes": self.bytes,
            "confirmed": self.is_confirmed,
            "error": self.error,
        });
        if let Value::Object(line) = &mut line {
            if self.is_dry_run {
                line.insert("dryRun".to_owned(), Value::from(true));
            }
            if let Some(request) = &self.request {
                line.insert("request".to_owned(), Value::from(request.as_str()));
            }
        }
        format!("{line}\n")
    }
}

/// Takes the events of calls.
pub trait Audit: Send + Sync {
    /// Takes an event at once. The future is ready when the event is kept, or when waiting longer would hold a call up; it
    /// need not be awaited.
    fn record(&self, event: CallEvent) -> BoxFuture<'static, ()>;
}

/// The event of a call that goes on. A call that is given up is recorded when this is dropped.
pub struct Recording {
    audit: Arc<dyn Audit>,
    started: Instant,
    /// `None` once it is recorded.
    event: Mutex<Option<CallEvent>>,
}

impl Recording {
    /// Begins at the begin of a call.
    pub fn start(audit: Arc<dyn Audit>, caller: String, tool: String, request: Option<String>) -> Self {
        let event = CallEvent {
            time: SystemTime::now(),
            caller,
            tool,
            targets: Targets::default(),
            status: None,
            duration: Duration::ZERO,
            bytes: 0,
            is_confirmed: false,
            is_dry_run: false,
            request,
            error: Some("abandoned"),
        };
        Self { audit, started: Instant::now(), event: Mutex::new(Some(event)) }
    }

    /// Notes something of the call.
    pub fn note(&self, note: impl FnOnce(&mut CallEvent)) {
        if let Some(event) = self.event.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            note(event);
        }
    }

    /// Records the call that ended with this answer. An error that is noted already stays.
    pub async fn finish(self, answer: &Answer) {
        self.note(|event| {
            event.status = answer.status;
            event.bytes = answer.headline.len() + answer.body_text().len();
            if event.error == Some("abandoned") {
                event.error = answer.is_error.then(|| if answer.is_success() { "answer" } else { "status" });
            }
        });
        let taken = self.take();
        if let Some(event) = taken {
            self.audit.record(event).await;
        }
    }

    fn take(&self) -> Option<CallEvent> {
        let event = self.event.lock().unwrap_or_else(PoisonError::into_inner).take();
        event.map(|event| CallEvent { duration: self.started.elapsed(), ..event })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(event) = self.take() {
            drop(self.audit.record(event));
        }
    }
}

/// The word for an error.
pub fn error_word(error: &ExchangeError) -> &'static str {
    match error {
        ExchangeError::Forbidden(_) => "forbidden",
        ExchangeError::Arguments(_) => "arguments",
        ExchangeError::SecretsFile(_) => "secrets_file",
        ExchangeError::Download(_) => "download",
        ExchangeError::Unconfirmed(Unconfirmed::Asked) => "asked",
        ExchangeError::Unconfirmed(Unconfirmed::Declined) => "declined",
        ExchangeError::Unconfirmed(Unconfirmed::Cancelled) => "cancelled",
        ExchangeError::Unconfirmed(Unconfirmed::Unavailable { .. }) => "cannot_ask",
        ExchangeError::Unconfirmed(Unconfirmed::Invalid(_)) => "confirmation",
        ExchangeError::Transport(failure) => failure_word(failure),
    }
}

fn failure_word(failure: &Failure) -> &'static str {
    match failure {
        // What was sent several times counts as the last time.
        Failure::Repeated { last, .. } | Failure::LongUrl { last, .. } => failure_word(last),
        Failure::MissingCredential(_) | Failure::NoToken { .. } => "credential",
        Failure::OtherServer { .. } => "other_server",
        Failure::Busy { .. } => "busy",
        Failure::NoTurn { .. } => "no_turn",
        Failure::Open { .. } => "circuit_open",
        Failure::Unreachable { .. } => "unreachable",
        Failure::ProxyRefused { .. } => "proxy",
        Failure::Insecure { .. } => "tls",
        Failure::TimedOut { .. } => "timeout",
        Failure::Interrupted { .. } => "interrupted",
        Failure::UrlTooLong { .. } => "url_too_long",
        Failure::TooLarge { .. } => "too_large",
        Failure::Undecodable { .. } => "undecodable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_tries_are_recorded_as_the_last_one() {
        let last = Failure::Unreachable { base_url: "http://a".into(), cause: "refused".into(), proxy: None };
        let repeated = Failure::Repeated { tries: 3, last: Box::new(last) };
        assert_eq!(error_word(&repeated.into()), "unreachable");
        assert_eq!(error_word(&Failure::Busy { running: 1, waiting: 0 }.into()), "busy");
    }
}
