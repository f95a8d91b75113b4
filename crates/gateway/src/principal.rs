//! Who calls.

/// The caller of a session. Credentials and limits may depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// The person who started this process.
    Local,
    /// A caller of a server, by its name. The id stays where the name changes.
    Caller {
        /// The id.
        id: String,
        /// The name.
        name: String,
    },
}

impl Principal {
    /// What the caller is called in logs.
    pub fn name(&self) -> &str {
        match self {
            Self::Local => "local",
            Self::Caller { name, .. } => name,
        }
    }
}
