//! What is wrong with a document, and where.

/// A breach of the rules, with the place where it stands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Fault {
    /// The JSON path from the document's root, such as `paths./api/user.get.operationId`.
    pub path: String,
    /// What is wrong there, and what was expected.
    pub message: String,
}

impl Fault {
    /// A fault at `path`.
    pub fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { path: path.into(), message: message.into() }
    }
}
