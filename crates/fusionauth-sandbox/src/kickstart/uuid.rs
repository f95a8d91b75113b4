//! UUIDs.

use std::hash::{BuildHasher, RandomState};

use super::{
    error::{KickstartError, Problem},
    place::Place,
};

/// Checks that a text is a UUID, of any version.
pub fn check_uuid(text: &str, place: &Place) -> Result<(), KickstartError> {
    if is_uuid(text) { Ok(()) } else { Err(Problem::NotUuid(text.to_owned()).at(place)) }
}

/// Whether a text is a UUID, of any version.
pub fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8_usize, 4, 4, 4, 12])
        && text.chars().all(|character| character == '-' || character.is_ascii_hexdigit())
}

/// A UUID of version 4. The keys of the standard library's hasher are random enough to tell simulated objects apart.
pub fn new_uuid() -> String {
    let random = RandomState::new();
    let high = (random.hash_one(0_u8) & 0xffff_ffff_ffff_0fff) | 0x4000;
    let low = (random.hash_one(1_u8) & 0x3fff_ffff_ffff_ffff) | 0x8000_0000_0000_0000;
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}
