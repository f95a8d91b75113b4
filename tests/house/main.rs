//! The rules of this repository that a machine can check: the length of its files, the direction of its imports, what
//! its crates depend on, and words that belong to no committed text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod circles;
mod dependencies;
mod files;
mod imports;
mod length;
mod tokens;
mod words;
