//! An export on disk: all of it or nothing, and nothing that was there is overwritten unasked.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Why an export was not written. Nothing is half done.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file that is there already.
    #[error("{0} is there already; --force overwrites it")]
    Exists(String),
    /// A path that cannot be written.
    #[error("{path}: {cause}")]
    Io {
        /// The path.
        path: String,
        /// What the system reported.
        cause: io::Error,
    },
}

/// Writes `files` (contents by relative path) into `folder`, which is made where it is not there.
///
/// Files that are there already are overwritten only by `force`; others stay. Everything is written elsewhere first and
/// then moved, so that a failure leaves no half of it.
///
/// # Errors
/// A file that is there already, a folder that cannot be written; for a person.
pub fn write(folder: &Path, files: &BTreeMap<String, String>, force: bool) -> Result<(), WriteError> {
    let failed = |path: &Path, cause: io::Error| WriteError::Io { path: path.display().to_string(), cause };
    let targets: Vec<(PathBuf, &String)> = files.iter().map(|(path, text)| (folder.join(path), text)).collect();
    if !force && let Some((there, _)) = targets.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(WriteError::Exists(there.display().to_string()));
    }
    // Inside of a folder that is there: what is above it may be another file system, or not ours to write.
    let parent = match folder.parent() {
        _ if folder.is_dir() => folder,
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
    // Removed at the end, whatever happens.
    let staging = tempfile::Builder::new().prefix(".export-").tempdir_in(parent);
    let staging = staging.map_err(|error| failed(parent, error))?;
    let staged = staging.path().join("files");
    for (path, text) in files {
        let path = staged.join(path);
        let inner = path.parent().unwrap_or(&staged);
        fs::create_dir_all(inner).and_then(|()| fs::write(&path, text)).map_err(|error| failed(&path, error))?;
    }
    if folder.symlink_metadata().is_err() {
        return fs::rename(&staged, folder).map_err(|error| failed(folder, error));
    }
    let old = staging.path().join("old");
    let mut moved: Vec<&Path> = Vec::new();
    for (target, _) in &targets {
        let relative = target.strip_prefix(folder).unwrap_or(target);
        if let Err(error) = replace(target, &staged.join(relative), &old.join(relative)) {
            for done in moved {
                let relative = done.strip_prefix(folder).unwrap_or(done);
                // What can be put back is put back; the first error is the one to tell.
                let _ = fs::rename(done, staged.join(relative));
                let _ = fs::rename(old.join(relative), done);
            }
            return Err(failed(target, error));
        }
        moved.push(target);
    }
    Ok(())
}

/// Moves `new` to `target`, and what is there to `old`.
fn replace(target: &Path, new: &Path, old: &Path) -> io::Result<()> {
    for path in [target, old] {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
    }
    match fs::rename(target, old) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::rename(new, target).inspect_err(|_| {
        let _ = fs::rename(old, target);
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(text: &str) -> BTreeMap<String, String> {
        BTreeMap::from([("a.tf".to_owned(), text.to_owned()), ("themes/b.css".to_owned(), text.to_owned())])
    }

    fn there(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_folder_is_written_at_once() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("new/terraform");
        write(&folder, &files("1"), false).unwrap();
        assert_eq!(fs::read_to_string(folder.join("themes/b.css")).unwrap(), "1");
        assert_eq!(there(&top.path().join("new")), ["terraform"], "nothing else is left");
    }

    #[test]
    fn what_is_there_is_overwritten_only_by_force() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("terraform");
        write(&folder, &files("1"), false).unwrap();
        fs::write(folder.join("terraform.tfstate"), "state").unwrap();
        fs::remove_file(folder.join("a.tf")).unwrap();
        let error = write(&folder, &files("2"), false).unwrap_err().to_string();
        assert!(error.contains("b.css is there already; --force overwrites it"), "{error}");
        assert_eq!(there(&folder), ["terraform.tfstate", "themes"], "nothing was written");
        write(&folder, &files("3"), true).unwrap();
        assert_eq!(fs::read_to_string(folder.join("themes/b.css")).unwrap(), "3");
        assert_eq!(there(&folder), ["a.tf", "terraform.tfstate", "themes"]);
        assert_eq!(there(top.path()), ["terraform"]);
    }

    #[test]
    fn a_failure_puts_back_what_was_there() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("terraform");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.tf"), "old").unwrap();
        // A file where a folder has to be.
        fs::write(folder.join("themes"), "old").unwrap();
        write(&folder, &files("new"), true).unwrap_err();
        assert_eq!(fs::read_to_string(folder.join("a.tf")).unwrap(), "old");
        assert_eq!(there(&folder), ["a.tf", "themes"]);
    }
}
