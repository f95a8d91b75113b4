//! Faults on demand, to see what a client does with them.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use crate::exchange::Response;

/// What goes wrong.
#[derive(Debug, Default)]
pub struct Faults {
    /// Added to every answer.
    pub latency: Duration,
    /// The share of requests, in percent, that answer 500.
    pub error_percent: u64,
    /// Requests whose path begins so are never answered; empty for none.
    pub hang_path: String,
    /// Requests that are answered before 429 begins, a second; 0 for no limit.
    pub requests_a_second: u64,
    /// What has happened so far.
    pub counters: Counters,
}

/// Requests so far.
#[derive(Debug, Default)]
pub struct Counters {
    all: AtomicU64,
    /// The second in the upper half, the requests in it in the lower one.
    this_second: AtomicU64,
}

/// What becomes of a request.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// It is answered as usual.
    Usual,
    /// It is answered so.
    Instead(Response),
    /// It is never answered.
    Never,
}

impl Faults {
    /// What becomes of the next request, at `second` since any beginning.
    pub fn next(&self, path: &str, second: u64) -> Outcome {
        if !self.hang_path.is_empty() && path.starts_with(&self.hang_path) {
            return Outcome::Never;
        }
        // Spread evenly instead of by chance, so that a test sees the same every time.
        let number = self.counters.all.fetch_add(1, Ordering::Relaxed) + 1;
        let is_error = (number * self.error_percent) / 100 > ((number - 1) * self.error_percent) / 100;
        if is_error {
            return Outcome::Instead(Response::empty(500));
        }
        if self.requests_a_second > 0 {
            let window = self.counters.this_second.load(Ordering::Relaxed);
            let taken = if window >> 32 == second { (window & 0xffff_ffff) + 1 } else { 1 };
            self.counters.this_second.store((second << 32) | taken, Ordering::Relaxed);
            if taken > self.requests_a_second {
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
        let faults = Faults { error_percent: 25, ..Faults::default() };
        let failed = (0..100).filter(|_| faults.next("/", 0) != Outcome::Usual).count();
        assert_eq!(failed, 25);
    }

    #[test]
    fn too_many_requests_in_a_second_are_refused() {
        let faults = Faults { requests_a_second: 2, ..Faults::default() };
        let answers: Vec<_> = [7, 7, 7, 8].iter().map(|second| faults.next("/", *second)).collect();
        let refused = Outcome::Instead(Response::empty(429));
        assert_eq!(answers, [Outcome::Usual, Outcome::Usual, refused, Outcome::Usual]);
    }

    #[test]
    fn a_path_hangs() {
        let faults = Faults { hang_path: "/api/user".to_owned(), ..Faults::default() };
        assert_eq!(faults.next("/api/user/search", 0), Outcome::Never);
        assert_eq!(faults.next("/api/tenant", 0), Outcome::Usual);
    }
}
