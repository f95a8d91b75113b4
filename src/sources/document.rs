//! Reads the document of a source.

use std::path::{Path, PathBuf};

use gateway::toolset::{CALL, DESCRIBE, FIND};
use openapi_tools::load::{
    fault::Fault,
    foreign::{self, Origin},
    lower::Lowered,
    rules::Rules,
    source::Overlay,
};

use super::folder::{self, Folder};

/// The tools of this server's own, whose names no operation may have.
const OWN_TOOLS: [&str; 3] = [CALL, DESCRIBE, FIND];

/// A document that cannot be used at all.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {cause}")]
pub struct DocumentError {
    /// The file.
    pub place: String,
    /// Why.
    pub cause: DocumentFault,
}

/// Why a document cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum DocumentFault {
    /// There is no text.
    #[error("{0}")]
    Unreadable(String),
    /// The text is no document.
    #[error(transparent)]
    Wrong(#[from] Fault),
    /// None of its operations can be called.
    #[error("it has no operation that can be called")]
    Empty,
}

/// Reads and lowers the document at `path` with these overlays. The names of its tools begin with `prefix`.
///
/// # Errors
/// It cannot be read, is no OpenAPI document, or has no operation that can be called; an overlay cannot be applied.
pub fn read(path: &Path, overlays: &[PathBuf], prefix: &str) -> Result<Lowered, DocumentError> {
    let place = path.display().to_string();
    let fault = |cause| DocumentError { place: place.clone(), cause };
    let text = folder::read(path).map_err(|message| fault(DocumentFault::Unreadable(message)))?;
    let library = Folder::of(path);
    let rules = Rules { name_prefix: prefix, taken_names: &OWN_TOOLS, ..Rules::default() };
    let mut texts = Vec::new();
    for overlay in overlays {
        let name = overlay.display().to_string();
        match folder::read(overlay) {
            Ok(text) => texts.push((name, text)),
            Err(message) => return Err(fault(DocumentFault::Unreadable(format!("{name}: {message}")))),
        }
    }
    let overlays: Vec<_> = texts.iter().map(|(name, text)| Overlay { name, text }).collect();
    let lowered = foreign::read(&text, Origin { place: &place, library: &library }, &overlays, &rules)
        .map_err(|wrong| fault(wrong.into()))?;
    if lowered.document.operations.is_empty() {
        return Err(fault(DocumentFault::Empty));
    }
    Ok(lowered)
}
