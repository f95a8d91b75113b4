//! Somebody else's document, from its text to operations: read, changed by overlays, put together, normalised, lowered.

use serde_json::Value;

use super::{
    actions,
    bundle::{Library, bundle},
    fault::Fault,
    lower::{Lowered, lower},
    normalise::normalise,
    overlay::merge_parameters,
    own_marks,
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

/// Reads and lowers a document of any version. Overlays speak of the document as it was published: those of the OpenAPI
/// Overlay Specification by their actions, others as partial documents that are merged over it (RFC 7396).
///
/// # Errors
/// The text is no OpenAPI document, or an overlay cannot be applied. Anything else costs at most the operation where it
/// stands, and is among the faults.
pub fn read(document: &str, origin: Origin<'_>, overlays: &[Overlay<'_>], rules: &Rules<'_>) -> Result<Lowered, Fault> {
    let mut document = text::parse(document)?;
    own_marks::remove(&mut document);
    let mut unmatched = Vec::new();
    for overlay in overlays {
        unmatched.extend(apply(&mut document, overlay)?);
    }
    let notes = bundle(&mut document, origin.place, origin.library);
    let mut document = normalise(document)?;
    merge_parameters(&mut document).map_err(|fault| {
        // They may come from several overlays, and from nothing else.
        let files: Vec<_> = overlays.iter().map(|overlay| overlay.name).collect();
        Fault::new(format!("{}: {}", files.join(", "), fault.path), fault.message)
    })?;
    let mut lowered = lower(&document, rules);
    lowered.notes.splice(0..0, notes);
    lowered.unmatched = unmatched;
    Ok(lowered)
}

/// Applies an overlay. Answers with what it says of things that are not there.
fn apply(document: &mut Value, overlay: &Overlay<'_>) -> Result<Vec<Fault>, Fault> {
    let patch = text::parse(overlay.text).map_err(|fault| Fault::new(overlay.name, fault.message))?;
    if actions::is_overlay(&patch) {
        return actions::apply(document, &patch, overlay.name);
    }
    if !patch.is_object() {
        let expected = "expected an overlay (`overlay: 1.1.0`) or a partial OpenAPI document";
        return Err(Fault::new(overlay.name, expected));
    }
    let mut unmatched = Vec::new();
    absent(document, &patch, overlay.name, &mut String::new(), &mut unmatched);
    json_patch::merge(document, &patch);
    Ok(unmatched)
}

/// Notes what the patch removes and is not there.
fn absent(document: &Value, patch: &Value, file: &str, place: &mut String, unmatched: &mut Vec<Fault>) {
    for (key, patch) in patch.as_object().into_iter().flatten() {
        let length = place.len();
        place.push_str(if length == 0 { "" } else { "." });
        place.push_str(key);
        match document.get(key) {
            None if patch.is_null() => {
                unmatched.push(Fault::new(format!("{file}: {place}"), "is not there to be removed"));
            }
            document => absent(document.unwrap_or(&Value::Null), patch, file, place, unmatched),
        }
        place.truncate(length);
    }
}
