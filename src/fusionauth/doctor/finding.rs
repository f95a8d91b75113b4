//! What a check found.

use gateway::redact::one_line;

/// One check and what came of it.
pub struct Finding {
    /// What was checked.
    pub name: &'static str,
    /// What came of it.
    pub outcome: Outcome,
    /// What was found.
    pub detail: String,
    /// What to do about it, where there is something to do.
    pub remedy: Option<String>,
}

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing has to be done; a remedy is for those whom it bothers all the same.
    Good,
    /// Something does not work.
    Attention,
    /// It could not be checked.
    Skipped,
}

impl Finding {
    /// A finding without a remedy.
    pub fn new(name: &'static str, outcome: Outcome, detail: impl Into<String>) -> Self {
        // Some of it comes from the instance: nobody may take it for a finding, and no terminal may obey it.
        Self { name, outcome, detail: one_line(&detail.into()), remedy: None }
    }

    /// The same with a remedy.
    pub fn with_remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}
