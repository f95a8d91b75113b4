//! Secrets that are kept: sealed by a key that is kept elsewhere.

use std::{fmt, fs, path::Path};

use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::key::NoRandom;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// The length of a key's id, in hexadecimal digits.
const ID_DIGITS: usize = 16;

/// Keys that seal and open. The first seals, so that a new one can be put before the others.
pub struct SealingKeys(Vec<SealingKey>);

struct SealingKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// What a secret is for. A seal is good for that only: a row of the store that is moved to another place cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Purpose {
    /// The caller's id.
    pub caller: String,
    /// The source's name.
    pub source: String,
    /// The security scheme's name.
    pub scheme: String,
}

/// A secret as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The id of the key that opens it.
    pub key: String,
    /// Nonce and ciphertext.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "sealed by {}", self.key)
    }
}

/// Why a secret cannot be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealingError {
    /// A file that cannot be read or made.
    #[error("the sealing key {path}: {cause}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        cause: String,
    },
    /// A line that is no key.
    #[error(
        "the sealing key {path}, line {line}: expected 32 bytes in hexadecimal, as `openssl rand -hex 32` prints them"
    )]
    Line {
        /// The file.
        path: String,
        /// The line, from 1 on.
        line: usize,
    },
    /// A file without a key.
    #[error("the sealing key {0}: the file is empty")]
    Empty(String),
    /// A secret that another key sealed.
    #[error("the secret was sealed by the key {0}, which is not in the file of sealing keys")]
    OtherKey(String),
    /// A secret that was changed, or is for something else.
    #[error("the secret cannot be opened: it was changed, or is somebody else's")]
    Broken,
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandom),
}

impl SealingKeys {
    /// Reads the keys of a file, one a line.
    ///
    /// # Errors
    /// It cannot be read, or has no keys.
    pub fn read(path: &Path) -> Result<Self, SealingError> {
        let name = path.display().to_string();
        let text = fs::read_to_string(path);
        let text = text.map_err(|error| SealingError::File { path: name.clone(), cause: error.to_string() })?;
        let mut keys = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let bytes = from_hex(line.trim()).ok_or(SealingError::Line { path: name.clone(), line: index + 1 })?;
            keys.push(SealingKey::new(&bytes));
        }
        if keys.is_empty() { Err(SealingError::Empty(name)) } else { Ok(Self(keys)) }
    }

    /// The same, from a file that is made with a new key where there is none. Only its owner may read it.
    ///
    /// # Errors
    /// It cannot be read or made.
    pub fn read_or_make(path: &Path) -> Result<Self, SealingError> {
        match make(path)? {
            Some(key) => Ok(Self(vec![key])),
            None => Self::read(path),
        }
    }

    /// The id of the key that seals.
    pub fn current(&self) -> &str {
        self.0.first().map_or("", |key| key.id.as_str())
    }

    /// Seals a secret.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn seal(&self, secret: &SecretString, purpose: &Purpose) -> Result<Sealed, SealingError> {
        let Some(key) = self.0.first() else { return Err(SealingError::Broken) };
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(NoRandom::from)?;
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: &purpose.bytes(&key.id) };
        let sealed = key.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealingError::Broken)?;
        Ok(Sealed { key: key.id.clone(), bytes: [nonce.as_slice(), &sealed].concat() })
    }

    /// Opens a secret.
    ///
    /// # Errors
    /// It is for something else, or another key sealed it.
    pub fn open(&self, sealed: &Sealed, purpose: &Purpose) -> Result<SecretString, SealingError> {
        let key = self.0.iter().find(|key| key.id == sealed.key);
        let key = key.ok_or_else(|| SealingError::OtherKey(sealed.key.clone()))?;
        let (nonce, rest) = sealed.bytes.split_first_chunk::<NONCE_BYTES>().ok_or(SealingError::Broken)?;
        let payload = Payload { msg: rest, aad: &purpose.bytes(&key.id) };
        let opened = key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| SealingError::Broken)?;
        String::from_utf8(opened).map(SecretString::from).map_err(|_| SealingError::Broken)
    }
}

impl SealingKey {
    fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        let id = hex(&Sha256::digest(bytes)).chars().take(ID_DIGITS).collect();
        Self { id, cipher: XChaCha20Poly1305::new(bytes.into()) }
    }
}

impl Purpose {
    /// All of it, each part with its length before it, so that no two purposes are the same bytes.
    fn bytes(&self, key: &str) -> Vec<u8> {
        let parts = [self.caller.as_str(), &self.source, &self.scheme, key];
        parts.iter().flat_map(|part| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat()).collect()
    }
}

/// Makes the file with a new key; `None` where there is one.
fn make(path: &Path) -> Result<Option<SealingKey>, SealingError> {
    use std::io::{ErrorKind, Write};
    let mut options = fs::OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let failed =
        |error: std::io::Error| SealingError::File { path: path.display().to_string(), cause: error.to_string() };
    let mut file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut bytes = [0; KEY_BYTES];
    getrandom::fill(&mut bytes).map_err(NoRandom::from)?;
    // One write, so that whoever opens it meanwhile sees all or nothing.
    file.write_all(format!("{}\n", hex(&bytes)).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(Some(SealingKey::new(&bytes)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let mut bytes = [0; KEY_BYTES];
    if text.len() != 2 * KEY_BYTES || !text.is_ascii() {
        return None;
    }
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * index..2 * index + 2)?, 16).ok()?;
    }
    // Somebody's placeholder.
    let is_zero: bool = bytes.ct_eq(&[0; KEY_BYTES]).into();
    (!is_zero).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purpose(caller: &str) -> Purpose {
        Purpose { caller: caller.to_owned(), source: "fusionauth".to_owned(), scheme: "ApiKeyAuth".to_owned() }
    }

    #[test]
    fn a_seal_is_good_for_its_purpose_and_key_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        let keys = SealingKeys::read_or_make(&path).unwrap();
        let sealed = keys.seal(&"the-secret".into(), &purpose("anna")).unwrap();
        assert!(!sealed.bytes.windows(10).any(|window| window == b"the-secret"));
        let again = SealingKeys::read_or_make(&path).unwrap();
        assert_eq!(again.open(&sealed, &purpose("anna")).unwrap().expose_secret(), "the-secret");
        assert_eq!(again.open(&sealed, &purpose("bert")).err(), Some(SealingError::Broken));
        let mut changed = sealed.clone();
        *changed.bytes.last_mut().unwrap() ^= 1;
        assert_eq!(again.open(&changed, &purpose("anna")).err(), Some(SealingError::Broken));
        let shifted = Purpose { caller: "ann".to_owned(), source: "afusionauth".to_owned(), ..purpose("") };
        assert_eq!(again.open(&sealed, &shifted).err(), Some(SealingError::Broken));
        let other = SealingKeys::read_or_make(&folder.path().join("other.key")).unwrap();
        assert_eq!(
            other.open(&sealed, &purpose("anna")).err(),
            Some(SealingError::OtherKey(keys.current().to_owned()))
        );
    }

    #[test]
    fn a_new_key_before_the_others_seals_and_all_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        let keys = SealingKeys::read_or_make(&path).unwrap();
        let sealed = keys.seal(&"s".into(), &purpose("anna")).unwrap();
        let first = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{}\n\n{first}", "ab".repeat(32))).unwrap();
        let both = SealingKeys::read(&path).unwrap();
        assert_ne!(both.current(), keys.current());
        assert_eq!(both.open(&sealed, &purpose("anna")).unwrap().expose_secret(), "s");
    }

    #[test]
    fn files_that_hold_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sealing.key");
        assert!(matches!(SealingKeys::read(&path), Err(SealingError::File { .. })));
        for (text, line) in
            [("xy\n", 1), (&*format!("{}\n{}", "ab".repeat(32), "a".repeat(63)), 2), (&"00".repeat(32), 1)]
        {
            fs::write(&path, text).unwrap();
            let name = path.display().to_string();
            assert_eq!(SealingKeys::read(&path).err(), Some(SealingError::Line { path: name, line }), "{text}");
        }
        fs::write(&path, "\n").unwrap();
        assert!(matches!(SealingKeys::read(&path), Err(SealingError::Empty(_))));
    }
}
