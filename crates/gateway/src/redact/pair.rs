//! A name and the separator between it and its value.

use super::{names::Meaning, quote::Quote};

/// The name before a separator.
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    pub(super) start: usize,
    /// How it is quoted, if it is.
    pub(super) quote: Option<Quote>,
    /// What it means by itself; a name that only the document marks has none.
    pub(super) meaning: Option<Meaning>,
    /// Whether the document marks it: then its value is secret with all that is in it.
    pub(super) is_marked: bool,
}

/// What stands between name and value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Separator {
    pub(super) byte: u8,
    /// Whether it is percent-encoded.
    pub(super) is_encoded: bool,
    /// Whether there is white space around it.
    pub(super) is_spaced: bool,
}
