//! Faults on demand: to see how a client copes with a slow, failing, silent or busy server.

use std::{
    num::NonZeroU64,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::exchange::Response;

/// Which faults to simulate. The default is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// How much later each request is answered.
    pub latency: Duration,
    /// The share of requests, in percent, that are answered 500.
    pub error_percent: u64,
    /// Requests whose path starts like this are never answered.
    pub hang_path: Option<String>,
    /// How many requests are answered per second; the others are answered 429.
    pub max_requests_per_second: Option<NonZeroU64>,
}

/// Decides for each request whether it meets a fault.
#[derive(Debug, Default)]
pub(crate) struct FaultInjector {
    faults: Faults,
    /// The requests so far.
    requests: AtomicU64,
    /// The current second in the upper half, the requests in it in the lower half.
    this_second: AtomicU64,
}

/// What happens to a request.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It is answered as usual.
    Usual,
    /// It gets this response instead.
    Instead(Response),
    /// It is never answered.
    Never,
}

impl FaultInjector {
    pub fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// How much later each request is answered.
    pub fn latency(&self) -> Duration {
        self.faults.latency
    }

    /// What happens to the next request, which arrives `second` seconds after any fixed instant.
    pub fn next(&self, path: &str, second: u64) -> Outcome {
        if self.faults.hang_path.as_ref().is_some_and(|prefix| path.starts_with(prefix)) {
            return Outcome::Never;
        }
        // Errors are spread evenly instead of randomly, so that a test sees the same each time.
        let errors_up_to = |number: u64| number.saturating_mul(self.faults.error_percent) / 100;
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        if errors_up_to(number + 1) > errors_up_to(number) {
            return Outcome::Instead(Response::empty(500));
        }
        if let Some(max_requests) = self.faults.max_requests_per_second {
            let window = self.this_second.load(Ordering::Relaxed);
            let requests = if window >> 32 == second { (window & 0xffff_ffff) + 1 } else { 1 };
            self.this_second.store((second << 32) | requests, Ordering::Relaxed);
            if requests > max_requests.get() {
                return Outcome::Instead(Response::empty(429));
            }
        }
        Outcome::Usual
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_errors_is_kept() {
        let injector = FaultInjector::new(Faults { error_percent: 25, ..Faults::default() });
        let failed = (0..100).filter(|_| injector.next("/", 0) != Outcome::Usual).count();
        assert_eq!(failed, 25);
    }

    #[test]
    fn too_many_requests_in_a_second_are_refused() {
        let injector = FaultInjector::new(Faults { max_requests_per_second: NonZeroU64::new(2), ..Faults::default() });
        let answers: Vec<_> = [7, 7, 7, 8].iter().map(|second| injector.next("/", *second)).collect();
        let refused = Outcome::Instead(Response::empty(429));
        assert_eq!(answers, [Outcome::Usual, Outcome::Usual, refused, Outcome::Usual]);
    }

    #[test]
    fn a_path_hangs() {
        let injector = FaultInjector::new(Faults { hang_path: Some("/api/user".to_owned()), ..Faults::default() });
        assert_eq!(injector.next("/api/user/search", 0), Outcome::Never);
        assert_eq!(injector.next("/api/tenant", 0), Outcome::Usual);
    }
}
