//! How much one caller may ask for, and how often one address may guess.

use std::{
    collections::HashMap,
    fmt,
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::NoOpMiddleware,
    state::keyed::HashMapStateStore,
};

/// So many a minute, for each key of its own: a bucket that fills evenly.
pub struct PerMinute<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, HashMapStateStore<K>, MonotonicClock, NoOpMiddleware<<MonotonicClock as Clock>::Instant>>,
    max: NonZeroU32,
}

/// Too many: how long to wait for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("more than {max} a minute; try again in {} s", self.seconds())]
pub struct TooMany {
    max: NonZeroU32,
    wait: Duration,
}

impl TooMany {
    /// How long to wait, in whole seconds.
    pub fn seconds(&self) -> u64 {
        self.wait.as_secs() + 1
    }
}

impl<K: Hash + Eq + Clone> PerMinute<K> {
    /// At most `max` a minute.
    pub fn new(max: NonZeroU32) -> Self {
        Self { limiter: RateLimiter::hashmap_with_clock(Quota::per_minute(max), MonotonicClock), max }
    }

    /// Takes one.
    ///
    /// # Errors
    /// There is none left.
    pub fn take(&self, key: &K) -> Result<(), TooMany> {
        let now = MonotonicClock.now();
        self.limiter.check_key(key).map_err(|until| TooMany { max: self.max, wait: until.wait_time_from(now) })
    }

    /// Forgets the keys that have all of theirs back.
    pub fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// An address that is counted. Whoever has one of IPv6 has the other 2 to the power of 64 of its network, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => IpAddr::V4(address),
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        })
    }
}

/// The requests that are being answered, of each caller and in all.
#[derive(Clone)]
pub struct InFlight {
    counts: Arc<Mutex<Counts>>,
    max_each: usize,
    max_all: usize,
}

#[derive(Default)]
struct Counts {
    each: HashMap<String, usize>,
    all: usize,
}

/// Why a request has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The caller has so many already.
    OfCaller(usize),
    /// All together have so many.
    OfAll(usize),
}

impl fmt::Display for Full {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfCaller(max) => {
                write!(formatter, "this caller has {max} requests in progress; wait for one of them")
            }
            Self::OfAll(max) => write!(formatter, "the server has {max} requests in progress; try again later"),
        }
    }
}

impl InFlight {
    /// At most so many of each caller, and in all.
    pub fn new(max_each: usize, max_all: usize) -> Self {
        Self { counts: Arc::default(), max_each, max_all }
    }

    /// A place for a request of a caller.
    ///
    /// # Errors
    /// There is none.
    pub fn place(&self, caller: &str) -> Result<Place, Full> {
        let mut counts = lock(&self.counts);
        if counts.all >= self.max_all {
            return Err(Full::OfAll(self.max_all));
        }
        let own = counts.each.get(caller).copied().unwrap_or_default();
        if own >= self.max_each {
            return Err(Full::OfCaller(self.max_each));
        }
        counts.all += 1;
        counts.each.insert(caller.to_owned(), own + 1);
        Ok(Place { counts: Arc::clone(&self.counts), caller: caller.to_owned() })
    }
}

/// The place of a request, until it is dropped.
pub struct Place {
    counts: Arc<Mutex<Counts>>,
    caller: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = lock(&self.counts);
        counts.all = counts.all.saturating_sub(1);
        if let Some(own) = counts.each.get_mut(&self.caller) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                counts.each.remove(&self.caller);
            }
        }
    }
}

fn lock(counts: &Mutex<Counts>) -> MutexGuard<'_, Counts> {
    counts.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_minute() {
        let limit = PerMinute::new(NonZeroU32::new(3).unwrap());
        assert!((0..3).all(|_| limit.take(&"a").is_ok()));
        let refused = limit.take(&"a").unwrap_err();
        assert!((1..=20).contains(&refused.seconds()), "{refused}");
        assert!(refused.to_string().starts_with("more than 3 a minute; try again in "), "{refused}");
        assert!(limit.take(&"b").is_ok());
        limit.forget_idle();
        assert!(limit.take(&"a").is_err());
    }

    #[test]
    fn places_are_given_back() {
        let all = InFlight::new(2, 3);
        let (first, second) = (all.place("a").unwrap(), all.place("a").unwrap());
        assert_eq!(all.place("a").err(), Some(Full::OfCaller(2)));
        let third = all.place("b").unwrap();
        assert_eq!(all.place("c").err(), Some(Full::OfAll(3)));
        drop((first, third));
        assert!(all.place("a").is_ok());
        drop(second);
        assert!(lock(&all.counts).each.is_empty() && lock(&all.counts).all == 0);
    }

    #[test]
    fn neighbours_in_a_network() {
        let network = |address: &str| Network::of(address.parse().unwrap());
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
    }
}
