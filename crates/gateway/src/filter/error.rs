//! Why a filter made no answer.

use serde::{Deserialize, Serialize};

/// The longest filter, in bytes.
pub const MAX_FILTER_BYTES: usize = 10_000;

/// The processor time that a filter may take, in milliseconds; reading the answer and freeing memory apart.
pub const MAX_MILLISECONDS: u64 = 500;

/// The most that a filter may make, in bytes.
pub const MAX_OUTPUT_BYTES: usize = 8 << 20;

/// Why a filter made no answer, or not all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Error {
    /// The filter is longer than [`MAX_FILTER_BYTES`].
    #[error("it has {0} bytes; at most {MAX_FILTER_BYTES} are allowed")]
    TooLong(usize),
    /// The text is no filter: what is wrong, and where.
    #[error("{0}")]
    Syntax(String),
    /// The answer is no JSON: what is wrong with it.
    #[error("the answer is not JSON: {0}")]
    NotJson(String),
    /// A piece of the filter failed.
    #[error("{}{message}", named(piece))]
    Failed {
        /// Why.
        message: String,
        /// The piece, as it stands in the filter; empty where it is not known.
        piece: String,
        /// What was made before, one JSON value a line.
        results: String,
        /// What gave null each time, as in the results of one that did not fail.
        only_null: Vec<(u32, u32)>,
    },
    /// It took more than [`MAX_MILLISECONDS`].
    #[error("it took longer than {MAX_MILLISECONDS} ms and was stopped")]
    TimeOver {
        /// What was made before, one JSON value a line.
        results: String,
    },
    /// It called itself too deep.
    #[error("its recursion was too deep and it was stopped")]
    TooDeep {
        /// What was made before, one JSON value a line.
        results: String,
    },
    /// It took more memory than there is for it.
    #[error("it used too much memory and was stopped")]
    Memory,
    /// It made more than [`MAX_OUTPUT_BYTES`].
    #[error("its results are larger than {} MiB", MAX_OUTPUT_BYTES >> 20)]
    TooMuchOutput,
    /// It could not be run, through no fault of its own.
    #[error("it could not be run: {0}")]
    NotRun(String),
}

fn named(piece: &str) -> String {
    if piece.is_empty() { String::new() } else { format!("`{piece}`: ") }
}

impl Error {
    /// What was made before the failure, one JSON value a line.
    pub fn into_results(self) -> String {
        match self {
            Self::Failed { results, .. } | Self::TimeOver { results } | Self::TooDeep { results } => results,
            _ => String::new(),
        }
    }
}
