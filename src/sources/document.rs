//! Reads the document of a source.

use std::path::{Path, PathBuf};

use gateway::toolset::{CALL, DESCRIBE, FIND};
use openapi_tools::load::{bundle::Library, fault::Fault, foreign, lower::Lowered, rules::Rules, source::Overlay};

use url::Url;

use super::{
    fetch::FetchError,
    folder::{self, Folder},
    remote::Remote,
};
use crate::config::place::shown;

/// The tools of this server's own, whose names no operation may have.
const OWN_TOOLS: [&str; 3] = [CALL, DESCRIBE, FIND];

/// A document that cannot be used at all.
#[derive(Debug, thiserror::Error)]
#[error("{}{cause}", cause.before(place))]
pub struct DocumentError {
    /// The file.
    pub place: String,
    /// Why.
    pub cause: DocumentFault,
}

impl DocumentFault {
    /// What stands before it: the place, which a failure to fetch names itself.
    fn before(&self, place: &str) -> String {
        if matches!(self, Self::Fetch(_)) { String::new() } else { format!("{place}: ") }
    }
}

/// Why a document cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum DocumentFault {
    /// There is no text.
    #[error("{0}")]
    Unreadable(String),
    /// It cannot be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The text is no document.
    #[error(transparent)]
    Wrong(#[from] Fault),
    /// None of its operations can be called.
    #[error("it has no operation that can be called")]
    Empty,
}

/// Where a document's text comes from.
pub enum Origin<'a> {
    /// A file, which may refer to others in its folder.
    File(&'a Path),
    /// A URL, whose document may refer to others of its host.
    Url(&'a Url, &'a Remote),
}

/// Reads and lowers a document with these overlays. The names of its tools begin with `prefix`.
///
/// # Errors
/// It cannot be read, is no OpenAPI document, or has no operation that can be called; an overlay cannot be applied.
pub fn read(origin: &Origin<'_>, overlays: &[PathBuf], prefix: &str) -> Result<Lowered, DocumentError> {
    let place = match origin {
        Origin::File(path) => path.display().to_string(),
        Origin::Url(url, _) => shown(url),
    };
    let fault = |cause| DocumentError { place: place.clone(), cause };
    let unreadable = |message| fault(DocumentFault::Unreadable(message));
    let mut texts = Vec::new();
    for overlay in overlays {
        let name = overlay.display().to_string();
        match folder::read(overlay) {
            Ok(text) => texts.push((name, text)),
            Err(message) => return Err(unreadable(format!("{name}: {message}"))),
        }
    }
    let overlays: Vec<_> = texts.iter().map(|(name, text)| Overlay { name, text }).collect();
    let rules = Rules { name_prefix: prefix, taken_names: &OWN_TOOLS, ..Rules::default() };
    let lower = |text: &str, place: &str, library: &dyn Library| {
        let origin = foreign::Origin { place, library };
        foreign::read(text, origin, &overlays, &rules).map_err(|wrong| fault(wrong.into()))
    };
    let lowered = match origin {
        Origin::File(path) => lower(&folder::read(path).map_err(unreadable)?, &place, &Folder::of(path))?,
        Origin::Url(url, remote) => {
            let text = remote.text(url).map_err(|error| fault(DocumentFault::Fetch(error)))?;
            lower(&text, url.as_str(), *remote)?
        }
    };
    if lowered.document.operations.is_empty() {
        return Err(fault(DocumentFault::Empty));
    }
    Ok(lowered)
}
