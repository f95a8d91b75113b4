//! Files of configurations and keys on disk: read, backed up, and replaced as a whole.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// What comes after a file's name for the file as it was.
const BACKUP: &str = "fusionauth-mcp.bak";

/// The text of a file; empty where there is none.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read(path: &Path) -> io::Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(io::Error::new(error.kind(), "the file is not UTF-8 text; save it as UTF-8 first, nothing was changed"))
        }
        read => read,
    }
}

/// Replaces a file as a whole: its readers see the old text or the new one. Its mode stays, and a symbolic link leads
/// where it led. Returns where the file as it was is kept; `None` where there was none.
///
/// # Errors
/// It cannot be written or backed up. Then it is as it was.
pub fn replace(path: &Path, text: &str) -> io::Result<Option<PathBuf>> {
    let path = target(path)?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    // Its owner can read it, and nobody else, until it has the mode of the file that it replaces.
    let mut new = NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    let backup = match fs::metadata(&path) {
        Ok(metadata) if metadata.permissions().readonly() => {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only; nothing was changed"));
        }
        Ok(metadata) => {
            new.as_file().set_permissions(metadata.permissions())?;
            Some(back_up(&path)?)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    new.persist(&path)?;
    Ok(backup)
}

/// Where symbolic links lead, even if nothing is there yet.
fn target(path: &Path) -> io::Result<PathBuf> {
    match fs::canonicalize(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::read_link(path) {
            // Links in a circle are another error, so this ends.
            Ok(next) => target(&path.parent().unwrap_or(Path::new("")).join(next)),
            Err(_) => Ok(path.to_owned()),
        },
        found => found,
    }
}

/// Copies a file to a new name beside it.
fn back_up(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut number = 0;
    loop {
        number += 1;
        let suffix = if number == 1 { String::new() } else { format!(".{number}") };
        let backup = path.with_file_name(format!("{name}.{BACKUP}{suffix}"));
        match create(&backup) {
            Ok(mut file) => {
                file.write_all(&fs::read(path)?)?;
                file.set_permissions(fs::metadata(path)?.permissions())?;
                return Ok(backup);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Writes a file that only its owner can read, in place of one that is there.
///
/// # Errors
/// It cannot be written.
pub fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let path = target(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut new = NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.persist(&path)?;
    Ok(())
}

/// A new file that only its owner can read.
///
/// # Errors
/// It is there already, or cannot be made.
pub fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
