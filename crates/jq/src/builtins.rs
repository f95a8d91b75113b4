//! The functions of the language.

pub mod answer;
pub mod format;
pub mod iteration;
pub mod library;
mod math;
pub mod native;
pub mod operators;
pub mod paths;
mod positions;
pub mod regex;
pub mod special;
pub mod structure;
mod text;
mod time;
