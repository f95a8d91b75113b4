//! As many requests at a time as are allowed; more wait for their turn.

use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::{Failure, Request, Response, Transport};
use crate::authorization::Authorization;

/// A transport behind a queue.
pub struct Queue<T> {
    inner: T,
    places: Semaphore,
}

impl<T: Transport> Queue<T> {
    /// Sends at most `max_concurrent_calls` requests through `inner` at a time.
    pub fn new(inner: T, max_concurrent_calls: usize) -> Self {
        Self { inner, places: Semaphore::new(max_concurrent_calls) }
    }
}

impl<T: Transport> Transport for Queue<T> {
    fn send(&self, request: Request, authorization: Authorization) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move {
            // The semaphore is never closed, so this always ends with a place.
            let _place = self.places.acquire().await.ok();
            self.inner.send(request, authorization).await
        })
    }
}
