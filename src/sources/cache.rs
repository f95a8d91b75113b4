//! Documents that were fetched, kept in a folder: a start needs no network, and refreshing asks only for what has changed.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use url::Url;

use super::fetch::Validators;

/// The folder, and the files in it: each has a line about the document and then the document.
pub struct Cache {
    folder: Option<PathBuf>,
}

/// What the first line of a file says.
#[derive(Serialize, Deserialize)]
struct Head {
    url: String,
    /// Of the document, so that a file that was cut is none.
    sha256: String,
    #[serde(flatten)]
    validators: Validators,
}

/// A document that is kept.
pub struct Kept {
    /// Its text.
    pub text: String,
    /// What tells whether it has changed.
    pub validators: Validators,
}

impl Cache {
    /// The documents in a folder, which need not be there yet. Without one, nothing is kept.
    pub fn of(folder: Option<&Path>) -> Self {
        Self { folder: folder.map(|folder| folder.join("documents")) }
    }

    /// The document that was fetched from `url`. A file that is broken is as good as none.
    pub fn get(&self, url: &Url) -> Option<Kept> {
        let file = fs::read_to_string(self.file(url)?).ok()?;
        let (head, text) = file.split_once('\n')?;
        let head: Head = serde_json::from_str(head).ok()?;
        let is_whole = head.url == url.as_str() && head.sha256 == hash(text.as_bytes());
        is_whole.then(|| Kept { text: text.to_owned(), validators: head.validators })
    }

    /// Keeps a document, in the place of an earlier one.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn put(&self, url: &Url, text: &str, validators: Validators) -> io::Result<()> {
        let (Some(folder), Some(path)) = (&self.folder, self.file(url)) else {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no folder for caches is known"));
        };
        fs::create_dir_all(folder)?;
        let head = Head { url: url.to_string(), sha256: hash(text.as_bytes()), validators };
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{}", serde_json::to_string(&head)?)?;
        file.write_all(text.as_bytes())?;
        file.persist(path)?;
        Ok(())
    }

    fn file(&self, url: &Url) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(hash(url.as_str().as_bytes())))
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
