//! What became of a source, for the operator.

use openapi_tools::load::fault::Fault;

/// What became of a source's document and settings.
#[derive(Debug, Default)]
pub struct Report {
    /// Where its document is, for people.
    pub document: String,
    /// Whether it is another one than before, where it comes from a URL.
    pub changed: Option<bool>,
    /// The overlays that were applied.
    pub overlays: Vec<String>,
    /// How many operations were left out.
    pub left_out: usize,
    /// Why.
    pub faults: Vec<Fault>,
    /// Its credentials. Never their values.
    pub credentials: Vec<CredentialReport>,
    /// How many tools are refused until there are more of them.
    pub refused: usize,
}

/// Whether a credential is there.
#[derive(Debug)]
pub struct CredentialReport {
    /// The settings that hold it.
    pub setting: &'static str,
    /// Whether they do.
    pub is_set: bool,
}
