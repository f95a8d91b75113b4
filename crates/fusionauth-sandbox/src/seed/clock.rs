//! When the things of the seed happen: instants in ms since 1970, counted from a fixed day.

pub use crate::state::SEED_INSTANT as START;

/// An hour.
pub const HOUR: u64 = 3_600_000;
/// A minute.
const MINUTE: u64 = 60_000;

/// The day on which the groups and the entities are made: everybody in them is there.
pub const GROUPS_DAY: u64 = 125;
/// The day on which Jian is locked.
pub const LOCK_DAY: u64 = 140;
/// The last day on which anything happens.
pub const LAST_DAY: u64 = 180;

/// The beginning of a day. The first one, 2026-01-01, is day 0.
pub const fn day(number: u64) -> u64 {
    START + number * 24 * HOUR
}

/// A time on the day of the incident, 2026-05-12, when the tenant's mail had a wrong host.
pub const fn incident(hour: u64, minute: u64) -> u64 {
    day(131) + hour * HOUR + minute * MINUTE
}
