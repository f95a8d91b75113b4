//! What to search a text for, and what it can hold at all.

use super::names::NameRule;

/// What to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Search {
    /// What has the shape of a secret.
    Shapes,
    /// Values of secret names as well.
    Names(NameRule),
}

const ESCAPE: u8 = 1;
const SEPARATOR: u8 = 2;
const DOT: u8 = 4;
const SPACE: u8 = 8;
const PERCENT: u8 = 16;

/// What the bytes of a text allow it to hold, so that most texts are not searched.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Found {
    bytes: u8,
    length: usize,
}

static CLASSES: [u8; 256] = classes();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, with constant indices")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    classes[b'\\' as usize] = ESCAPE;
    classes[b':' as usize] = SEPARATOR;
    classes[b'=' as usize] = SEPARATOR;
    classes[b'>' as usize] = SEPARATOR;
    classes[b'%' as usize] = SEPARATOR | PERCENT;
    classes[b'.' as usize] = DOT;
    classes[b' ' as usize] = SPACE;
    classes[b'\t' as usize] = SPACE;
    classes[b'+' as usize] = SPACE;
    classes
}

impl Found {
    /// What a text holds.
    pub(super) fn of(text: &str) -> Self {
        let mut found = Self::default();
        for byte in text.bytes() {
            found.see(byte);
        }
        found
    }

    /// Adds a byte.
    pub(super) fn see(&mut self, byte: u8) {
        self.bytes |= CLASSES.get(usize::from(byte)).copied().unwrap_or_default();
        self.length += 1;
    }

    /// The same for a text that had escapes.
    pub(super) fn with_escapes(self) -> Self {
        Self { bytes: self.bytes | ESCAPE, ..self }
    }

    /// Whether a string has escapes.
    pub(super) fn has_escapes(self) -> bool {
        self.bytes & ESCAPE != 0
    }

    /// Whether a secret may be in it by its shape.
    pub(super) fn may_have_shape(self) -> bool {
        self.bytes & (SPACE | PERCENT) != 0 && self.length >= 10
            || self.bytes & SEPARATOR != 0 && self.length >= 6
            || self.bytes & DOT != 0 && self.length >= 12
    }

    /// Whether a name and its value may be in it.
    pub(super) fn may_have_pair(self) -> bool {
        self.bytes & SEPARATOR != 0 && self.length >= 5
    }
}
