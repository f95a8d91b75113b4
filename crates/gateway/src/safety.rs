//! What keeps an assistant from doing harm, as the operator chose it.

use std::sync::Arc;

use crate::{
    audit::Audit,
    confirmation::{Level, Policy},
    secrets_file::SecretsFile,
};

/// What keeps an assistant from doing harm. The default asks before what destroys for good where somebody can be asked,
/// and writes no files.
#[derive(Clone)]
pub struct Safety {
    /// Before which calls a person is asked.
    pub confirmation: Policy,
    /// Whether requests that change something are shown instead of sent.
    pub is_dry_run: bool,
    /// Where calls are recorded.
    pub audit: Option<Arc<dyn Audit>>,
    /// Where new secrets are written.
    pub secrets_file: Option<Arc<SecretsFile>>,
    /// What the operator calls these settings.
    pub settings: SafetySettingNames,
}

/// The settings that remedies name, as the operator types them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SafetySettingNames {
    /// Before which calls a person is asked.
    pub confirm: &'static str,
    /// Where new secrets are written.
    pub secrets_file: &'static str,
    /// Whether secrets are shown.
    pub reveal_secrets: &'static str,
}

impl Default for Safety {
    fn default() -> Self {
        Self {
            confirmation: Policy { level: Level::Irreversible, is_required: false },
            is_dry_run: false,
            audit: None,
            secrets_file: None,
            settings: SafetySettingNames {
                confirm: "CONFIRM",
                secrets_file: "SECRETS_FILE",
                reveal_secrets: "REVEAL_SECRETS",
            },
        }
    }
}
