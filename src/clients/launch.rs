//! How a client starts this server.

/// What a client is to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launch {
    /// The program.
    pub command: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The variables that are set for it, in their order.
    pub environment: Vec<(String, String)>,
    /// What the client asks its user for, where it does.
    pub prompt: Option<Prompt>,
}

/// A value that a client asks its user for, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What the configuration calls it.
    pub id: String,
    /// What the user reads.
    pub description: String,
}

impl Prompt {
    /// What stands for the value in a configuration.
    pub fn reference(&self) -> String {
        format!("${{input:{}}}", self.id)
    }
}
