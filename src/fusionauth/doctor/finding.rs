//! What a check found.

use std::borrow::Cow;

use gateway::redact::one_line;

/// One check and what came of it.
pub struct Finding {
    /// What was checked.
    pub name: Cow<'static, str>,
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
    /// It works, and nothing has to be done.
    Good,
    /// It works, and some will want to do something about it all the same.
    Note,
    /// Something does not work.
    Attention,
    /// It could not be checked.
    Skipped,
}

impl Finding {
    /// A finding without a remedy.
    pub fn new(name: impl Into<Cow<'static, str>>, outcome: Outcome, detail: impl Into<String>) -> Self {
        // Some of it comes from the instance: nobody may take it for a finding, and no terminal may obey it.
        Self { name: name.into(), outcome, detail: one_line(&detail.into()), remedy: None }
    }

    /// The same with a remedy. What has one is not simply good.
    pub fn with_remedy(self, remedy: impl Into<String>) -> Self {
        let outcome = if self.outcome == Outcome::Good { Outcome::Note } else { self.outcome };
        Self { remedy: Some(remedy.into()), outcome, ..self }
    }
}
