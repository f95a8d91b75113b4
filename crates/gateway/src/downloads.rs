//! Answers that are files: they are written into a folder of the operator's choice, and a listing stands in their place.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use openapi_tools::model::operation::{Download, Operation};
use rawzip::ZipArchive;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use crate::{
    answer::{Answer, Body},
    redact::one_line,
    text::numerals::thousands,
};

/// Entries of an archive that are listed.
const MAX_LISTED: usize = 500;

/// Files that are tried to be made within a second.
const MAX_NAMES: usize = 1_000;

/// Where files are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloads {
    /// The folder, where the operator has chosen one.
    pub folder: Option<PathBuf>,
    /// What the operator calls that setting.
    pub setting: &'static str,
}

impl Default for Downloads {
    fn default() -> Self {
        Self { folder: None, setting: "DOWNLOAD_DIR" }
    }
}

/// Why a file cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DownloadError {
    /// The operator has chosen no folder.
    #[error("this tool returns a file; set {0} to a folder for it in the environment of this server")]
    NoFolder(&'static str),
    /// The folder is not there, or is no folder.
    #[error("{setting} cannot be used: {folder}: {cause}")]
    Folder {
        /// The setting.
        setting: &'static str,
        /// The folder.
        folder: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The body is not what it should be.
    #[error("the body is not a {0} archive, so no file was written")]
    NoArchive(&'static str),
    /// The file cannot be made or written.
    #[error("the file could not be written: {file}: {cause}")]
    File {
        /// The file.
        file: String,
        /// Why.
        cause: String,
    },
}

impl Downloads {
    /// The folder for the file of a call that is about to be made.
    ///
    /// # Errors
    /// There is none that can be used.
    pub fn folder(&self) -> Result<&Path, DownloadError> {
        let folder = self.folder.as_deref().ok_or(DownloadError::NoFolder(self.setting))?;
        let fault = |cause: String| DownloadError::Folder {
            setting: self.setting,
            folder: folder.display().to_string(),
            cause,
        };
        match fs::metadata(folder) {
            Ok(metadata) if metadata.is_dir() => Ok(folder),
            Ok(_) => Err(fault("expected a folder".to_owned())),
            Err(error) => Err(fault(error.to_string())),
        }
    }
}

/// Writes the body of a success to a new file in `folder`. `status` begins the first line of the answer.
pub fn answer(
    folder: &Path,
    operation: &Operation,
    download: Download,
    (status, reason): (u16, &str),
    body: &[u8],
) -> Answer {
    let saved =
        entries(download, body).and_then(|entries| Ok((save(folder, operation.name, download, body)?, entries)));
    let (headline, body) = match &saved {
        Ok((path, entries)) => {
            let path = path.display().to_string();
            let (bytes, count) = (body.len(), entries.len());
            let plural = if count == 1 { "entry" } else { "entries" };
            let headline = format!(
                "{status} {reason}; written to {} ({} bytes, {} {plural})",
                one_line(&path),
                thousands(bytes),
                thousands(count)
            );
            let listed: Vec<_> = entries.iter().take(MAX_LISTED).collect();
            let listing = json!({ "file": path, "bytes": bytes, "entries": listed, "total": count });
            (headline, Body::Json(listing.to_string()))
        }
        Err(error) => (format!("{status} {reason}, but {error}"), Body::Empty),
    };
    Answer { status: Some(status), headline, body, structured: None, is_error: saved.is_err() }
}

/// What is in an archive: names and lengths in bytes, as the archive says.
fn entries(download: Download, body: &[u8]) -> Result<Vec<Value>, DownloadError> {
    let no_archive = |_| DownloadError::NoArchive(download.extension());
    match download {
        Download::Zip => {
            let archive = ZipArchive::from_slice(body).map_err(no_archive)?;
            let mut found = archive.entries();
            let mut entries = Vec::new();
            while let Some(entry) = found.next_entry().map_err(no_archive)? {
                let path = entry.file_path();
                let name = one_line(&String::from_utf8_lossy(path.as_bytes()));
                entries.push(json!({ "name": name, "bytes": entry.uncompressed_size_hint() }));
            }
            Ok(entries)
        }
    }
}

/// Writes a new file that only its owner can read, named after the tool and the time. It is there whole or not at all.
fn save(folder: &Path, tool: &str, download: Download, body: &[u8]) -> Result<PathBuf, DownloadError> {
    let fault = |file: &Path, error: &io::Error| DownloadError::File {
        file: file.display().to_string(),
        cause: error.to_string(),
    };
    let mut file = NamedTempFile::new_in(folder).map_err(|error| fault(folder, &error))?;
    let written = io::Write::write_all(&mut file, body).and_then(|()| file.as_file().sync_all());
    written.map_err(|error| fault(folder, &error))?;
    let time = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    // Colons are no part of a file's name everywhere.
    let start = format!("{tool}-{}", time.replace([':', '-'], ""));
    for number in 1..=MAX_NAMES {
        let suffix = if number == 1 { String::new() } else { format!("-{number}") };
        let path = folder.join(format!("{start}{suffix}.{}", download.extension()));
        match file.persist_noclobber(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists && number < MAX_NAMES => {
                file = error.file;
            }
            Err(error) => return Err(fault(&path, &error.error)),
        }
    }
    Err(fault(folder, &io::ErrorKind::AlreadyExists.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An archive of nothing.
    const EMPTY: [u8; 22] = *b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    #[test]
    fn no_file_is_ever_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<_> =
            (0..20).map(|_| save(folder.path(), "exportPets", Download::Zip, &EMPTY).unwrap()).collect();
        let mut unique = paths.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((unique.len(), fs::read_dir(folder.path()).unwrap().count()), (20, 20));
        #[cfg(unix)]
        for path in paths {
            assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(path).unwrap()) & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_archive_is_not_written() {
        for body in [&b""[..], b"{}", b"<html>", b"PK\x03\x04", &EMPTY[..21]] {
            assert_eq!(entries(Download::Zip, body), Err(DownloadError::NoArchive("zip")), "{body:?}");
        }
        assert_eq!(entries(Download::Zip, &EMPTY), Ok(Vec::new()));
    }

    #[test]
    fn a_folder_has_to_be_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = tempfile::NamedTempFile::new_in(folder.path()).unwrap();
        let with = |path: &Path| Downloads { folder: Some(path.to_owned()), ..Downloads::default() };
        assert_eq!(Downloads::default().folder(), Err(DownloadError::NoFolder("DOWNLOAD_DIR")));
        assert!(with(folder.path()).folder().is_ok());
        for wrong in [file.path(), &folder.path().join("missing")] {
            assert!(matches!(with(wrong).folder(), Err(DownloadError::Folder { .. })), "{wrong:?}");
        }
    }
}
