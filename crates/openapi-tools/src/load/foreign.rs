//! Somebody else's document, from its text to operations: read, put together, merged with overlays, normalised, lowered.

use super::{
    bundle::{Library, bundle},
    fault::Fault,
    lower::{Lowered, lower},
    normalise::normalise,
    rules::Rules,
    source::Overlay,
    text,
};

/// Where a document comes from.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// Its file or URL.
    pub place: &'a str,
    /// The files that it may refer to.
    pub library: &'a dyn Library,
}

/// Reads and lowers a document of any version.
///
/// # Errors
/// The text is no OpenAPI document, or an overlay is no partial one. Anything else costs at most the operation where it
/// stands, and is among the faults.
pub fn read(document: &str, origin: Origin<'_>, overlays: &[Overlay<'_>], rules: &Rules<'_>) -> Result<Lowered, Fault> {
    let mut document = text::parse(document)?;
    let notes = bundle(&mut document, origin.place, origin.library);
    let mut document = normalise(document)?;
    for overlay in overlays {
        let patch = text::parse(overlay.text).map_err(|fault| Fault::new(overlay.name, fault.message))?;
        if !patch.is_object() {
            return Err(Fault::new(overlay.name, "expected a partial OpenAPI document"));
        }
        json_patch::merge(&mut document, &patch);
    }
    super::overlay::merge_parameters(&mut document)?;
    let mut lowered = lower(&document, rules);
    lowered.notes.splice(0..0, notes);
    Ok(lowered)
}
