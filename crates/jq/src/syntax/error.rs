//! What is wrong with the text of a filter.

use std::fmt;

/// What is wrong with the text of a filter, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SyntaxError {
    /// What is wrong.
    pub message: String,
    /// Where, in characters from 1.
    pub position: usize,
    /// What stands there, cut short; empty at the end.
    pub found: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, position, found } = self;
        write!(formatter, "{message} at character {position}")?;
        if found.trim().is_empty() { formatter.write_str(", the end") } else { write!(formatter, ": `{found}`") }
    }
}
