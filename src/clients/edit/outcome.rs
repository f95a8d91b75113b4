//! What came of changing a text.

/// Why a file is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// It is not in the language of the client's files.
    #[error("it is not valid {language}: {fault}; repair it first, nothing was changed")]
    Syntax {
        /// `JSON` or `TOML`.
        language: &'static str,
        /// What is wrong, and where.
        fault: String,
    },
    /// A key leads to something else than expected.
    #[error("{key} is not {expected}; repair the file first, nothing was changed")]
    Form {
        /// The key in backticks, with dots between its parts, or the top level.
        key: String,
        /// What was expected.
        expected: &'static str,
    },
}

/// What came of putting a server into a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The new text.
    pub text: String,
    /// Whether a server of that name was there already.
    pub is_replaced: bool,
}
