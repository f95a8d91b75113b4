//! The syntax of filters: text to terms.

pub mod error;
mod objects;
pub mod parser;
mod patterns;
mod scanner;
mod strings;
pub mod term;
