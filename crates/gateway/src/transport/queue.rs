//! As many calls at a time as are allowed; more wait for their turn, and not without limit.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout_at,
};

use super::{Deadline, Failure};

/// The limits of a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueConfig {
    /// Calls at a time.
    pub max_concurrent_calls: usize,
    /// Calls that wait.
    pub max_waiting_calls: usize,
    /// The time that a call may take, waiting included.
    pub request_timeout: Duration,
}

/// The calls of one source.
pub struct Queue {
    config: QueueConfig,
    /// For each call that runs.
    places: Arc<Semaphore>,
    /// For each call that runs or waits.
    entries: Arc<Semaphore>,
}

/// The turn of a call. The next one comes when it is dropped.
pub struct Place {
    /// When the call must have its response.
    pub deadline: Deadline,
    _place: OwnedSemaphorePermit,
    _entry: OwnedSemaphorePermit,
}

impl Queue {
    /// A queue with nobody in it.
    pub fn new(config: QueueConfig) -> Self {
        let places = config.max_concurrent_calls.min(Semaphore::MAX_PERMITS);
        let entries = places.saturating_add(config.max_waiting_calls).min(Semaphore::MAX_PERMITS);
        Self { config, places: Arc::new(Semaphore::new(places)), entries: Arc::new(Semaphore::new(entries)) }
    }

    /// Waits for a turn. The time of the call begins now.
    ///
    /// # Errors
    /// [`Failure::Busy`] at once where too many calls wait already; [`Failure::NoTurn`] when the call's time is over.
    pub async fn place(&self) -> Result<Place, Failure> {
        let QueueConfig { max_concurrent_calls, max_waiting_calls, request_timeout } = self.config;
        let deadline = Deadline::after(request_timeout);
        let entry = Arc::clone(&self.entries).try_acquire_owned();
        let busy = Failure::Busy { running: max_concurrent_calls, waiting: max_waiting_calls };
        let entry = entry.map_err(|_| busy)?;
        let no_turn = || Failure::NoTurn { running: max_concurrent_calls, limit: request_timeout };
        let place = match Arc::clone(&self.places).try_acquire_owned() {
            Ok(place) => place,
            // The semaphore is never closed, so the only error is the time.
            Err(_) => match timeout_at(deadline.at, Arc::clone(&self.places).acquire_owned()).await {
                Ok(Ok(place)) => place,
                Ok(Err(_)) | Err(_) => return Err(no_turn()),
            },
        };
        Ok(Place { deadline, _place: place, _entry: entry })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, future::join};
    use tokio::time::sleep;

    use super::*;

    fn queue(max_concurrent_calls: usize, max_waiting_calls: usize) -> Queue {
        Queue::new(QueueConfig { max_concurrent_calls, max_waiting_calls, request_timeout: Duration::from_secs(30) })
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_takes_of_the_calls_time() {
        let queue = queue(1, 1);
        let first = queue.place().await.unwrap();
        let (second, ()) = join(queue.place(), async {
            sleep(Duration::from_secs(20)).await;
            drop(first);
        })
        .await;
        assert_eq!(second.unwrap().deadline.remaining(), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_without_a_turn_ends_with_its_time() {
        let queue = queue(1, 1);
        let _first = queue.place().await.unwrap();
        let failure = queue.place().await.map(|_| ()).unwrap_err();
        assert_eq!(failure, Failure::NoTurn { running: 1, limit: Duration::from_secs(30) });
        // It has left the queue.
        assert!(queue.place().now_or_never().is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_is_busy_at_once() {
        let queue = queue(2, 1);
        let mut first = vec![queue.place().await.unwrap(), queue.place().await.unwrap()];
        let mut third = Box::pin(queue.place());
        assert!(third.as_mut().now_or_never().is_none());
        let busy = || queue.place().now_or_never().map(|place| place.map(|_| ()));
        assert_eq!(busy(), Some(Err(Failure::Busy { running: 2, waiting: 1 })));
        first.pop();
        assert!(third.await.is_ok());
        assert_eq!(queue.place().now_or_never().map(|place| place.is_ok()), Some(true), "the third one has gone");
    }

    #[tokio::test(start_paused = true)]
    async fn a_queue_may_have_no_room_to_wait() {
        let queue = queue(1, 0);
        let first = queue.place().await.unwrap();
        assert!(matches!(queue.place().await, Err(Failure::Busy { running: 1, waiting: 0 })));
        drop(first);
        assert!(queue.place().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn no_limit_is_too_long() {
        let config =
            QueueConfig { max_concurrent_calls: 1, max_waiting_calls: usize::MAX, request_timeout: Duration::MAX };
        assert!(Queue::new(config).place().await.is_ok());
    }
}
