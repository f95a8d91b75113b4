//! Who calls.

/// The caller of a session. Credentials and limits may depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The person who started this process.
    Local,
}
