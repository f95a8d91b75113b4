//! Filters in the language of jq 1.7, evaluated on one JSON text.
//!
//! A filter is parsed ([`syntax::parser`]) into a tree of terms, compiled ([`compile`]) into a tree in which every name is
//! resolved, and run ([`run`]) on a value. Nothing here does input or output, and nothing outlives an evaluation.

mod builtins;
mod compile;
pub mod evaluation;
pub mod json;
mod program;
mod run;
mod stack;
pub mod syntax;
pub mod value;
