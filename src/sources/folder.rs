//! The files of a document in a folder.

use std::{
    fs,
    path::{Component, Path, PathBuf},
};

use openapi_tools::load::bundle::Library;

/// The largest file that is read, in bytes.
pub const MAX_DOCUMENT_BYTES: u64 = 128 << 20;

/// The extensions of files that a document may refer to.
const EXTENSIONS: [&str; 3] = ["json", "yaml", "yml"];

/// The files below the folder that holds a document's folder, so that a document may refer to `../common/errors.yaml`.
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The files that the document at `path` may refer to.
    pub fn of(path: &Path) -> Self {
        let folder = path.canonicalize().ok().and_then(|path| Some(path.parent()?.to_path_buf()));
        let root = folder.as_deref().map(|folder| folder.parent().unwrap_or(folder).to_path_buf());
        Self { root: root.unwrap_or_default() }
    }
}

impl Library for Folder {
    fn locate(&self, from: &str, reference: &str) -> Result<String, String> {
        if reference.contains("://") {
            return Err("a reference to another host is not followed".to_owned());
        }
        let path = Path::new(reference);
        let is_plain = path
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir | Component::ParentDir));
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        if !is_plain || !EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()) {
            return Err(format!("expected a relative path to a {} file", EXTENSIONS.join(", ")));
        }
        let folder = Path::new(from).canonicalize().ok().and_then(|from| Some(from.parent()?.to_path_buf()));
        let place = folder.unwrap_or_default().join(path).canonicalize().map_err(|error| error.to_string())?;
        if !place.starts_with(&self.root) {
            return Err(format!("outside of {}, which holds the document's folder", self.root.display()));
        }
        Ok(place.display().to_string())
    }

    fn read(&self, place: &str) -> Result<String, String> {
        read(Path::new(place))
    }
}

/// The text of a document's file.
///
/// # Errors
/// It cannot be read, is larger than [`MAX_DOCUMENT_BYTES`], or is no UTF-8 text.
pub fn read(path: &Path) -> Result<String, String> {
    let size = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > MAX_DOCUMENT_BYTES {
        return Err(format!("{size} bytes: expected at most {MAX_DOCUMENT_BYTES}"));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| format!("not UTF-8 text: {error}"))
}
