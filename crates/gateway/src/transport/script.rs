//! A transport for tests that answers as it is told.

use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use openapi_tools::model::operation::Method;

use super::{Deadline, Failure, Request, Response, Transport};
use crate::authorization::Authorization;

/// Answers one request after the other.
pub struct Script {
    outcomes: Mutex<Vec<Result<Response, Failure>>>,
    sent: Mutex<Vec<Request>>,
}

impl Script {
    pub fn new(mut outcomes: Vec<Result<Response, Failure>>) -> Self {
        outcomes.reverse();
        Self { outcomes: Mutex::new(outcomes), sent: Mutex::default() }
    }

    /// How many requests have come.
    pub fn sent(&self) -> usize {
        self.requests().len()
    }

    /// The requests that have come.
    pub fn requests(&self) -> Vec<Request> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Script {
    fn send(&self, request: Request, _: Authorization, _: Deadline) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move {
            self.sent.lock().unwrap().push(request);
            let outcome = self.outcomes.lock().unwrap().pop();
            // What is scripted to hang has no outcome.
            match outcome {
                Some(outcome) => outcome,
                None => std::future::pending().await,
            }
        })
    }
}

pub fn response(status: u16) -> Result<Response, Failure> {
    Ok(Response { status, content_type: None, location: None, retry_after: None, body: Vec::new(), tries: 1 })
}

pub fn read() -> Request {
    Request {
        method: Method::Get,
        server: None,
        target: "/a".into(),
        headers: Vec::new(),
        body: None,
        is_repeatable: true,
    }
}

pub fn write() -> Request {
    Request { method: Method::Post, is_repeatable: false, ..read() }
}
