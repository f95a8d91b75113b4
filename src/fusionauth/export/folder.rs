//! Writes an export to disk: all files or none, and existing files are overwritten only when asked to.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Why an export was not written. None of its files is.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file exists already.
    #[error("{} already exists; --force overwrites it", .0.display())]
    Exists(PathBuf),
    /// A path cannot be written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system reported.
        error: io::Error,
    },
}

/// Writes `files` (contents by relative path) into `folder`, which is created where it does not exist.
///
/// Existing files are overwritten only with `force`; other files in the folder stay. Everything is written to a temporary
/// folder first and then moved, so that a failure leaves the folder as it was. This needs more than `tempfile`'s `persist`,
/// which replaces one file and cannot put the old one back when a later file fails.
///
/// # Errors
/// A file exists already, or a path cannot be written.
pub fn write(folder: &Path, files: &BTreeMap<String, String>, force: bool) -> Result<(), WriteError> {
    let io_error = |path: &Path, error: io::Error| WriteError::Io { path: path.to_owned(), error };
    let targets: Vec<(PathBuf, &String)> = files.iter().map(|(path, text)| (folder.join(path), text)).collect();
    if !force && let Some((existing, _)) = targets.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(WriteError::Exists(existing.clone()));
    }
    // Inside of an existing folder, since its parent may be on another file system or not writable.
    let parent = match folder.parent() {
        _ if folder.is_dir() => folder,
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(|error| io_error(parent, error))?;
    // Removed when it goes out of scope, whatever happens.
    let staging = tempfile::Builder::new().prefix(".export-").tempdir_in(parent);
    let staging = staging.map_err(|error| io_error(parent, error))?;
    let staged = staging.path().join("files");
    for (path, text) in files {
        let path = staged.join(path);
        let inner = path.parent().unwrap_or(&staged);
        fs::create_dir_all(inner).and_then(|()| fs::write(&path, text)).map_err(|error| io_error(&path, error))?;
    }
    if folder.symlink_metadata().is_err() {
        return fs::rename(&staged, folder).map_err(|error| io_error(folder, error));
    }
    let old = staging.path().join("old");
    let mut moved: Vec<&Path> = Vec::new();
    for (target, _) in &targets {
        let relative = target.strip_prefix(folder).unwrap_or(target);
        if let Err(error) = replace(target, &staged.join(relative), &old.join(relative)) {
            for done in moved {
                let relative = done.strip_prefix(folder).unwrap_or(done);
                // Puts back what it can. The first error is the one to report.
                let _ = fs::rename(done, staged.join(relative));
                let _ = fs::rename(old.join(relative), done);
            }
            return Err(io_error(target, error));
        }
        moved.push(target);
    }
    Ok(())
}

/// Moves `new` to `target`, and an existing `target` to `old`.
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

    fn entries(folder: &Path) -> Vec<String> {
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
        assert_eq!(entries(&top.path().join("new")), ["terraform"], "nothing else is left");
    }

    #[test]
    fn existing_files_are_overwritten_only_with_force() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("terraform");
        write(&folder, &files("1"), false).unwrap();
        fs::write(folder.join("terraform.tfstate"), "state").unwrap();
        fs::remove_file(folder.join("a.tf")).unwrap();
        let error = write(&folder, &files("2"), false).unwrap_err().to_string();
        assert!(error.contains("b.css already exists; --force overwrites it"), "{error}");
        assert_eq!(entries(&folder), ["terraform.tfstate", "themes"], "nothing was written");
        write(&folder, &files("3"), true).unwrap();
        assert_eq!(fs::read_to_string(folder.join("themes/b.css")).unwrap(), "3");
        assert_eq!(entries(&folder), ["a.tf", "terraform.tfstate", "themes"]);
        assert_eq!(entries(top.path()), ["terraform"]);
    }

    #[test]
    fn a_failure_puts_back_the_old_files() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("terraform");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("a.tf"), "old").unwrap();
        // A file where a folder has to be.
        fs::write(folder.join("themes"), "old").unwrap();
        write(&folder, &files("new"), true).unwrap_err();
        assert_eq!(fs::read_to_string(folder.join("a.tf")).unwrap(), "old");
        assert_eq!(entries(&folder), ["a.tf", "themes"]);
    }
}
