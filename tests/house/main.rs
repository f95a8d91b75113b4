//! The repository's own rules: file length, no import cycles, what each crate may depend on, and text that must not be
//! committed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod cycles;
mod dependencies;
mod files;
mod imports;
mod length;
mod tokens;
mod words;
