//! Who calls.

/// The caller of a session. Credentials and limits may depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The person who started this process.
    Local,
}

impl Principal {
    /// What the caller is called in logs.
    pub fn name(&self) -> &str {
        match self {
            Self::Local => "local",
        }
    }
}
