//! Lays out as Rust what the API does not have, and what there is instead.

use std::{error::Error, fmt::Write, fs, path::Path};

use openapi_tools::model::document::Document;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Absent {
    wishes: Vec<String>,
    answer: String,
    instead: Vec<String>,
}

/// A `const` of all entries of the file.
///
/// # Errors
/// A file that cannot be read or has another form, a tool that is not in the document.
pub fn emit(path: &Path, document: &Document) -> Result<String, Box<dyn Error>> {
    let entries: Vec<Absent> = serde_saphyr::from_str(&fs::read_to_string(path)?)?;
    let mut text = "/// What FusionAuth does not have.\nconst ABSENT: &[Absent] = &[\n".to_owned();
    for Absent { wishes, answer, instead } in entries {
        if let Some(name) = instead.iter().find(|name| document.operation(name).is_none()) {
            return Err(format!("{}: there is no tool `{name}`", path.display()).into());
        }
        writeln!(text, "Absent {{ wishes: &{wishes:?}, answer: {answer:?}, instead: &{instead:?} }},")?;
    }
    text.push_str("];\n");
    Ok(text)
}
