//! Numbers as people read them.

use indicatif::HumanCount;

/// The number with a comma before each three digits: `12,345`.
pub fn thousands(number: usize) -> HumanCount {
    HumanCount(u64::try_from(number).unwrap_or(u64::MAX))
}
