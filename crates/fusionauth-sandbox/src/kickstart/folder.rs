//! The folder of a Kickstart file, which no included file may be outside of.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use super::error::{IncludeRefusal, Problem};

/// The folder of a Kickstart file. Every include is relative to it, also one in an included file.
pub struct Folder {
    /// Where it is, without symbolic links.
    path: PathBuf,
}

impl Folder {
    /// The folder of a file.
    pub fn of(file: &Path) -> io::Result<Self> {
        // The parent of a bare file name is an empty path, which the operating system does not accept as a folder.
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { path: folder.canonicalize()? })
    }

    /// The path of a file below the folder, without symbolic links.
    pub fn locate(&self, name: &str) -> Result<PathBuf, Problem> {
        let refused = |reason| Problem::IncludeRefused { name: name.to_owned(), reason };
        if name.contains("://") {
            return Err(refused(IncludeRefusal::Url));
        }
        let mut relative = PathBuf::new();
        for component in Path::new(name).components() {
            match component {
                Component::Normal(part) => relative.push(part),
                Component::CurDir => {}
                Component::ParentDir => {
                    if !relative.pop() {
                        return Err(refused(IncludeRefusal::OutsideFolder));
                    }
                }
                Component::RootDir | Component::Prefix(_) => return Err(refused(IncludeRefusal::Absolute)),
            }
        }
        let file = self
            .path
            .join(&relative)
            .canonicalize()
            .map_err(|cause| Problem::IncludeUnreadable { name: name.to_owned(), cause })?;
        // A symbolic link can lead out of the folder although its name does not.
        if !file.starts_with(&self.path) {
            return Err(refused(IncludeRefusal::OutsideFolder));
        }
        if !file.is_file() {
            return Err(refused(IncludeRefusal::NotAFile));
        }
        Ok(file)
    }

    /// The text of a file below the folder.
    pub fn read(&self, name: &str) -> Result<String, Problem> {
        read_text(&self.locate(name)?, name)
    }
}

/// The text of a file that `locate` found under a name.
pub fn read_text(file: &Path, name: &str) -> Result<String, Problem> {
    let text = fs::read_to_string(file).map_err(|cause| Problem::IncludeUnreadable { name: name.to_owned(), cause })?;
    Ok(without_mark(text))
}

/// A text without the byte order mark that some editors put before it.
pub fn without_mark(text: String) -> String {
    text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)
}
