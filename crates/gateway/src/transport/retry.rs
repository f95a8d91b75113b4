//! Sends again what failed, where that can change nothing.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};
use futures_util::future::BoxFuture;
use tokio::time::sleep;

use super::{Circuit, Deadline, Failure, Request, Response, TlsFault, Transport};
use crate::authorization::Authorization;

/// The wait before the second try. It triples from try to try, and up to as much again is added at random.
pub const MIN_WAIT: Duration = Duration::from_millis(200);

/// The longest wait, also where the upstream asks for more.
pub const MAX_WAIT: Duration = Duration::from_secs(30);

/// A transport that sends requests again: those that may be repeated, when the connection failed, or the upstream
/// answered 502, 503, 504, or 429 with the time to wait (`Retry-After`).
pub struct Retry<T> {
    inner: T,
    max_tries: u32,
}

impl<T: Transport> Retry<T> {
    /// Sends a request through `inner` at most `max_tries` times.
    pub fn new(inner: T, max_tries: u32) -> Self {
        Self { inner, max_tries }
    }

    async fn exchange(
        &self,
        request: Request,
        authorization: Authorization,
        deadline: Deadline,
    ) -> Result<Response, Failure> {
        let more = if request.is_repeatable { self.max_tries.saturating_sub(1) } else { 0 };
        let mut waits = ExponentialBuilder::default()
            .with_min_delay(MIN_WAIT)
            .with_max_delay(MAX_WAIT)
            .with_factor(3.0)
            .with_max_times(usize::try_from(more).unwrap_or(usize::MAX))
            .with_jitter()
            .build();
        let mut tries = 1;
        loop {
            // The last try needs no copy, but only the outcome says which one is the last.
            let outcome = if more == 0 {
                return self.inner.send(request, authorization, deadline).await;
            } else {
                self.inner.send(request.clone(), authorization.clone(), deadline).await
            };
            let wait = match after(&outcome, SystemTime::now()) {
                Next::Done => None,
                Next::Again => waits.next(),
                Next::AgainIn(asked) => waits.next().map(|wait| wait.max(asked)).filter(|_| asked <= MAX_WAIT),
            };
            match wait {
                Some(wait) if wait < deadline.remaining() => {
                    tracing::debug!("try {tries} failed{}; the next one in {} ms", why(&outcome), wait.as_millis());
                    sleep(wait).await;
                }
                _ => return with_tries(outcome, tries),
            }
            tries += 1;
        }
    }
}

impl<T: Transport> Transport for Retry<T> {
    fn send(
        &self,
        request: Request,
        authorization: Authorization,
        deadline: Deadline,
    ) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(self.exchange(request, authorization, deadline))
    }

    fn circuit(&self) -> Option<Circuit> {
        self.inner.circuit()
    }
}

/// What to do after a try.
#[derive(Debug, PartialEq, Eq)]
enum Next {
    Done,
    Again,
    AgainIn(Duration),
}

fn after(outcome: &Result<Response, Failure>, now: SystemTime) -> Next {
    match outcome {
        Ok(response) => {
            let asked = response.retry_after.as_deref().and_then(|text| retry_after(text, now));
            match (response.status, asked) {
                (429 | 502..=504, Some(asked)) => Next::AgainIn(asked),
                (502..=504, None) => Next::Again,
                _ => Next::Done,
            }
        }
        Err(
            Failure::Unreachable { .. }
            | Failure::Interrupted { .. }
            // The connection may have broken in the handshake.
            | Failure::Insecure { fault: TlsFault::NoTls, .. },
        ) => Next::Again,
        Err(_) => Next::Done,
    }
}

/// The time that a `Retry-After` header asks to wait (RFC 9110, section 10.2.3): seconds, or a date.
fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

fn with_tries(outcome: Result<Response, Failure>, tries: u32) -> Result<Response, Failure> {
    match outcome {
        Ok(response) => Ok(Response { tries, ..response }),
        Err(last) if tries > 1 => Err(Failure::Repeated { tries, last: Box::new(last) }),
        Err(failure) => Err(failure),
    }
}

/// Why a request is sent again, for the log.
fn why(outcome: &Result<Response, Failure>) -> String {
    match outcome {
        Ok(response) => format!(": {}", response.status),
        Err(failure) => format!(": {failure}"),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::script::{Script, read, response, write},
        *,
    };

    const LIMIT: Duration = Duration::from_secs(30);

    fn refused() -> Result<Response, Failure> {
        Err(Failure::Unreachable { base_url: "http://a".into(), cause: "refused".into(), proxy: None })
    }

    fn broken() -> Result<Response, Failure> {
        Err(Failure::Interrupted { cause: "reset".into() })
    }

    fn asking(status: u16, wait: &str) -> Result<Response, Failure> {
        Ok(Response { retry_after: Some(wait.to_owned()), ..response(status).unwrap() })
    }

    /// The outcome, how many tries reached the upstream, and the time that went by.
    async fn send(
        request: Request,
        script: Vec<Result<Response, Failure>>,
    ) -> (Result<Response, Failure>, usize, Duration) {
        let deadline = Deadline::after(LIMIT);
        let retry = Retry::new(Script::new(script), 3);
        let outcome = retry.send(request, Authorization::default(), deadline).await;
        (outcome, retry.inner.sent(), LIMIT - deadline.remaining())
    }

    #[tokio::test(start_paused = true)]
    async fn passing_faults_of_reads_are_overcome() {
        for fault in
            [refused(), broken(), response(502), response(503), response(504), asking(429, "1"), asking(503, "1")]
        {
            let (outcome, sent, _) = send(read(), vec![fault.clone(), fault.clone(), response(200)]).await;
            assert_eq!((outcome.unwrap().tries, sent), (3, 3), "{fault:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn writes_are_sent_once() {
        for fault in
            [refused(), broken(), response(502), response(503), response(504), asking(429, "1"), asking(503, "1")]
        {
            let (outcome, sent, time) = send(write(), vec![fault.clone(), response(200)]).await;
            assert_eq!((&outcome, sent, time), (&fault, 1, Duration::ZERO));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_will_not_pass_is_not_repeated() {
        let timed_out = Err(Failure::TimedOut { limit: LIMIT });
        let insecure = Failure::Insecure { base_url: String::new(), fault: TlsFault::Expired, cause: String::new() };
        for outcome in
            [response(200), response(400), response(404), response(429), response(500), timed_out, Err(insecure)]
        {
            let (got, sent, _) = send(read(), vec![outcome.clone(), response(200)]).await;
            assert_eq!((&got, sent), (&outcome, 1));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn waits_grow_and_are_jittered() {
        let mut times = Vec::new();
        for _ in 0..20 {
            let (outcome, sent, time) = send(read(), vec![refused(), refused(), refused()]).await;
            assert_eq!(
                (outcome.unwrap_err(), sent),
                (Failure::Repeated { tries: 3, last: Box::new(refused().unwrap_err()) }, 3)
            );
            assert!((MIN_WAIT * 4..=MIN_WAIT * 8 + Duration::from_millis(5)).contains(&time), "{time:?}");
            times.push(time);
        }
        times.dedup();
        assert!(times.len() > 1, "{times:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_that_is_asked_for_is_kept_within_bounds() {
        let (outcome, _, time) = send(read(), vec![asking(429, "7"), response(200)]).await;
        assert_eq!(outcome.unwrap().tries, 2);
        assert!(time >= Duration::from_secs(7) && time < Duration::from_secs(8), "{time:?}");
        for too_long in ["31", "30", "99999999999999999999", "-1", "soon"] {
            let (outcome, sent, time) = send(read(), vec![asking(429, too_long), response(200)]).await;
            assert_eq!((outcome.unwrap().status, sent, time), (429, 1, Duration::ZERO), "{too_long}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_try_begins_after_the_deadline() {
        let (outcome, sent, time) = send(read(), vec![asking(503, "20"), asking(503, "20"), response(200)]).await;
        assert_eq!((outcome.unwrap().tries, sent), (2, 2));
        assert!(time < LIMIT);
    }

    #[tokio::test(start_paused = true)]
    async fn one_try_is_one_try() {
        let retry = Retry::new(Script::new(vec![refused(), response(200)]), 1);
        let outcome = retry.send(read(), Authorization::default(), Deadline::after(LIMIT)).await;
        assert_eq!((outcome, retry.inner.sent()), (refused(), 1));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        let seconds = |text| retry_after(text, now).map(|wait| wait.as_secs());
        assert_eq!(seconds(" 120 "), Some(120));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:47 GMT"), Some(10));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:27 GMT"), Some(0));
        assert_eq!(seconds("1.5"), None);
        assert_eq!(seconds(""), None);
    }
}
