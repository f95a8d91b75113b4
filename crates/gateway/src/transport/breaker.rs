//! A circuit breaker: while an upstream is down, calls are answered at once instead of after their time.
//!
//! Calls that fail one after the other open it. After a while one call is sent as a probe: its outcome closes the
//! circuit, or opens it for twice as long. (Nygard, "Release It!", chapter 5.)

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use super::{Circuit, Deadline, Failure, Request, Response, Transport};
use crate::authorization::Authorization;

/// The calls in a row that have to fail to open the circuit.
pub const MAX_FAULTS: u32 = 5;

/// The time from opening to the first probe. It doubles with each probe that fails.
pub const MIN_OPEN: Duration = Duration::from_secs(10);

/// The longest time between two probes.
pub const MAX_OPEN: Duration = Duration::from_secs(300);

/// A transport behind a circuit breaker.
pub struct Breaker<T> {
    inner: T,
    base_url: String,
    state: Mutex<State>,
}

struct State {
    /// Calls in a row that have failed.
    faults: u32,
    /// The last failure.
    cause: String,
    phase: Phase,
}

#[derive(Clone, Copy)]
enum Phase {
    Closed,
    Open { until: Instant, wait: Duration },
    Probing,
}

/// What a call is to the breaker.
enum Role<'a> {
    Ordinary,
    Probe(Probe<'a>),
}

/// A probe on its way. One that is given up has found nothing out, and the next call takes its place.
struct Probe<'a> {
    state: &'a Mutex<State>,
    wait: Duration,
}

impl Drop for Probe<'_> {
    fn drop(&mut self) {
        let mut state = lock(self.state);
        if let Phase::Probing = state.phase {
            state.phase = Phase::Open { until: Instant::now(), wait: self.wait };
        }
    }
}

impl<T: Transport> Breaker<T> {
    /// A closed circuit to `inner`, which leads to `base_url`.
    pub fn new(inner: T, base_url: String) -> Self {
        Self { inner, base_url, state: Mutex::new(State { faults: 0, cause: String::new(), phase: Phase::Closed }) }
    }

    fn admit(&self) -> Result<Role<'_>, Failure> {
        let mut state = lock(&self.state);
        let now = Instant::now();
        let retry_in = match state.phase {
            Phase::Closed => return Ok(Role::Ordinary),
            Phase::Open { until, wait } if until <= now => {
                state.phase = Phase::Probing;
                return Ok(Role::Probe(Probe { state: &self.state, wait }));
            }
            Phase::Open { until, .. } => until.saturating_duration_since(now),
            Phase::Probing => Duration::ZERO,
        };
        let (faults, cause) = (state.faults, state.cause.clone());
        Err(Failure::Open { base_url: self.base_url.clone(), faults, cause, retry_in })
    }

    fn record(&self, role: &Role<'_>, outcome: &Result<Response, Failure>) {
        let mut state = lock(&self.state);
        let fault = match judge(outcome) {
            Verdict::Works => None,
            Verdict::Fails(cause) => Some(cause),
            // Nothing was found out.
            Verdict::Neither => return,
        };
        match (fault, role, state.phase) {
            (None, Role::Probe(_), _) | (None, Role::Ordinary, Phase::Closed) => {
                *state = State { faults: 0, cause: String::new(), phase: Phase::Closed };
            }
            (Some(cause), Role::Probe(Probe { wait, .. }), _) => {
                let wait = wait.saturating_mul(2).min(MAX_OPEN);
                let faults = state.faults.saturating_add(1);
                *state = State { faults, cause, phase: Phase::Open { until: Instant::now() + wait, wait } };
            }
            (Some(cause), Role::Ordinary, Phase::Closed) => {
                state.faults = state.faults.saturating_add(1);
                state.cause = cause;
                if state.faults >= MAX_FAULTS {
                    state.phase = Phase::Open { until: Instant::now() + MIN_OPEN, wait: MIN_OPEN };
                    tracing::warn!(cause = state.cause, "the upstream fails: no more calls for now");
                }
            }
            // A call from before the circuit opened: the probe decides.
            (_, Role::Ordinary, Phase::Open { .. } | Phase::Probing) => {}
        }
    }
}

impl<T: Transport> Transport for Breaker<T> {
    fn send(
        &self,
        request: Request,
        authorization: Authorization,
        deadline: Deadline,
    ) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(async move {
            let role = self.admit()?;
            // A probe finds out with one try.
            let is_repeatable = request.is_repeatable && matches!(role, Role::Ordinary);
            let outcome = self.inner.send(Request { is_repeatable, ..request }, authorization, deadline).await;
            self.record(&role, &outcome);
            outcome
        })
    }

    fn circuit(&self) -> Option<Circuit> {
        let state = lock(&self.state);
        let now = Instant::now();
        Some(match state.phase {
            Phase::Closed => Circuit::Closed { faults: state.faults },
            Phase::Open { until, .. } if until > now => {
                Circuit::Open { cause: state.cause.clone(), retry_in: until.saturating_duration_since(now) }
            }
            Phase::Open { .. } | Phase::Probing => Circuit::HalfOpen,
        })
    }
}

/// What an outcome says of the upstream.
enum Verdict {
    Works,
    Fails(String),
    Neither,
}

/// A 4xx is about the request, and comes from an upstream that works; so does 501 (RFC 9110, section 15.6.2).
fn judge(outcome: &Result<Response, Failure>) -> Verdict {
    match outcome {
        Ok(Response { status: 501, .. } | Response { status: ..=499, .. }) => Verdict::Works,
        Ok(response) => Verdict::Fails(format!("status {}", response.status)),
        Err(Failure::TooLarge { .. } | Failure::Undecodable { .. }) => Verdict::Works,
        Err(Failure::Repeated { last, .. } | Failure::LongUrl { last, .. }) => judge(&Err((**last).clone())),
        Err(
            failure @ (Failure::Unreachable { .. }
            | Failure::Insecure { .. }
            | Failure::ProxyRefused { .. }
            | Failure::TimedOut { .. }
            | Failure::Interrupted { .. }),
        ) => Verdict::Fails(failure.to_string()),
        Err(
            Failure::MissingCredential(_)
            | Failure::NoToken { .. }
            | Failure::OtherServer { .. }
            | Failure::UrlTooLong { .. }
            | Failure::Busy { .. }
            | Failure::NoTurn { .. }
            | Failure::Open { .. },
        ) => Verdict::Neither,
    }
}

/// A panic elsewhere leaves the state whole.
fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::time::advance;

    use super::{
        super::script::{Script, read, response},
        *,
    };

    fn timed_out() -> Result<Response, Failure> {
        Err(Failure::TimedOut { limit: Duration::from_secs(30) })
    }

    fn breaker(outcomes: Vec<Result<Response, Failure>>) -> Breaker<Script> {
        Breaker::new(Script::new(outcomes), "http://a".to_owned())
    }

    async fn call(breaker: &Breaker<Script>) -> Result<Response, Failure> {
        breaker.send(read(), Authorization::default(), Deadline::after(Duration::from_secs(30))).await
    }

    /// A breaker that has just opened, with these outcomes to come.
    async fn opened(then: Vec<Result<Response, Failure>>) -> Breaker<Script> {
        let faults = vec![response(503); 5];
        let breaker = breaker(faults.into_iter().chain(then).collect());
        for _ in 0..5 {
            assert_eq!(call(&breaker).await, response(503));
        }
        breaker
    }

    fn open(faults: u32, cause: &str, seconds: u64) -> Result<Response, Failure> {
        let (base_url, cause) = ("http://a".to_owned(), cause.to_owned());
        Err(Failure::Open { base_url, faults, cause, retry_in: Duration::from_secs(seconds) })
    }

    #[tokio::test(start_paused = true)]
    async fn faults_in_a_row_open_it_and_calls_are_answered_at_once() {
        let unreachable = Failure::Unreachable { base_url: "http://a".into(), cause: "refused".into(), proxy: None };
        let repeated = Err(Failure::Repeated { tries: 3, last: Box::new(unreachable) });
        let broken = Err(Failure::Interrupted { cause: "reset".into() });
        let breaker = breaker(vec![response(500), response(502), repeated, broken, timed_out()]);
        for faults in 0..5 {
            assert_eq!(breaker.circuit(), Some(Circuit::Closed { faults }));
            let _ = call(&breaker).await;
        }
        assert_eq!(call(&breaker).await, open(5, "no answer within 30s", 10));
        advance(Duration::from_secs(4)).await;
        assert_eq!(call(&breaker).await, open(5, "no answer within 30s", 6));
        assert_eq!(breaker.inner.sent(), 5);
        let retry_in = Duration::from_secs(6);
        assert_eq!(breaker.circuit(), Some(Circuit::Open { cause: "no answer within 30s".into(), retry_in }));
    }

    #[tokio::test(start_paused = true)]
    async fn what_shows_that_the_upstream_works_is_no_fault() {
        let too_large = Err(Failure::TooLarge { status: 200, limit: 1 });
        for works in
            [response(200), response(400), response(401), response(404), response(429), response(501), too_large]
        {
            let mut outcomes = vec![response(503); 4];
            outcomes.push(works.clone());
            outcomes.extend(vec![response(503); 4]);
            let count = outcomes.len();
            let breaker = breaker(outcomes);
            for _ in 0..count {
                let _ = call(&breaker).await;
            }
            assert_eq!(breaker.circuit(), Some(Circuit::Closed { faults: 4 }), "{works:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_never_reached_the_upstream_says_nothing_of_it() {
        let breaker = breaker(vec![Err(Failure::MissingCredential(Vec::new())); 9]);
        for _ in 0..9 {
            let _ = call(&breaker).await;
        }
        assert_eq!(breaker.circuit(), Some(Circuit::Closed { faults: 0 }));
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_closes_it() {
        let breaker = opened(vec![response(200), response(200)]).await;
        advance(MIN_OPEN).await;
        assert_eq!(breaker.circuit(), Some(Circuit::HalfOpen));
        assert_eq!(call(&breaker).await, response(200));
        assert_eq!(breaker.circuit(), Some(Circuit::Closed { faults: 0 }));
        assert_eq!(call(&breaker).await, response(200));
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_is_sent_once_and_others_do_not_follow_it() {
        let breaker = opened(vec![]).await;
        advance(MIN_OPEN).await;
        let mut probe = Box::pin(call(&breaker));
        assert!(probe.as_mut().now_or_never().is_none());
        assert_eq!(call(&breaker).await, open(5, "status 503", 0));
        assert_eq!((breaker.inner.sent(), breaker.circuit()), (6, Some(Circuit::HalfOpen)));
        assert!(!breaker.inner.requests()[5].is_repeatable);
        drop(probe);
        assert!(call(&breaker).now_or_never().is_none(), "the next call is the probe");
        assert_eq!(breaker.inner.sent(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn probes_that_fail_come_less_and_less_often() {
        let breaker = opened(vec![response(503); 9]).await;
        let mut wait = MIN_OPEN;
        for faults in 6..13 {
            advance(wait).await;
            assert_eq!(call(&breaker).await, response(503));
            wait = (wait * 2).min(MAX_OPEN);
            assert_eq!(call(&breaker).await, open(faults, "status 503", wait.as_secs()));
        }
        assert_eq!(wait, MAX_OPEN);
    }

    #[tokio::test(start_paused = true)]
    async fn calls_from_before_do_not_close_it() {
        let breaker = breaker(vec![]);
        let state = || {
            *lock(&breaker.state) = State {
                faults: 5,
                cause: "x".into(),
                phase: Phase::Open { until: Instant::now() + MIN_OPEN, wait: MIN_OPEN },
            }
        };
        state();
        breaker.record(&Role::Ordinary, &response(200));
        assert!(matches!(breaker.circuit(), Some(Circuit::Open { .. })));
    }
}
