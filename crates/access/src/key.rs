//! A key's text: `fam_<id>_<secret><checksum>`. The id finds its record, the secret is compared by its hash only, and the
//! checksum tells a slip of the pen from a wrong key without looking it up.

use secrecy::SecretString;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What every key begins with, so that people and scanners of leaks know one when they see it.
pub const PREFIX: &str = "fam_";

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The length of an id.
const ID_LENGTH: usize = 12;

/// The length of a secret: 62 to the power of 43 is more than 2 to the power of 256.
const SECRET_LENGTH: usize = 43;

/// The length of a checksum: 62 to the power of 6 is more than 2 to the power of 32.
const CHECKSUM_LENGTH: usize = 6;

/// The system gives no random bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the system gives no random bytes: {0}")]
pub struct NoRandom(String);

impl From<getrandom::Error> for NoRandom {
    fn from(error: getrandom::Error) -> Self {
        Self(error.to_string())
    }
}

/// The SHA-256 of a secret, which is all that is kept of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    fn of(secret: &str) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Whether it is the same hash. It takes as long where it is not.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// A new key, or a new secret of one.
pub struct NewKey {
    /// The key's id.
    pub id: String,
    /// The whole text, which is shown once.
    pub text: SecretString,
    /// The hash of its secret.
    pub hash: SecretHash,
}

impl NewKey {
    /// A key that there is not yet.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn generate() -> Result<Self, NoRandom> {
        Self::of(new_id()?)
    }

    /// A new secret of a key.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn of(id: String) -> Result<Self, NoRandom> {
        let secret = random(SECRET_LENGTH)?;
        let unchecked = format!("{PREFIX}{id}_{secret}");
        let text = format!("{unchecked}{}", checksum(&unchecked)).into();
        Ok(Self { id, text, hash: SecretHash::of(&secret) })
    }
}

/// A new id, of a key or of a caller.
///
/// # Errors
/// The system gives no random bytes.
pub fn new_id() -> Result<String, NoRandom> {
    random(ID_LENGTH)
}

/// A key as somebody presents it. Whether there is such a key is another question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresentedKey {
    /// The id that it names.
    pub id: String,
    /// The hash of its secret.
    pub hash: SecretHash,
}

impl PresentedKey {
    /// Reads a key; `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (unchecked, sum) = text.split_at_checked(text.len().checked_sub(CHECKSUM_LENGTH)?)?;
        let (id, secret) = unchecked.strip_prefix(PREFIX)?.split_once('_')?;
        let is_word =
            |word: &str, length| word.len() == length && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let is_key = is_word(id, ID_LENGTH) && is_word(secret, SECRET_LENGTH) && checksum(unchecked) == sum;
        is_key.then(|| Self { id: id.to_owned(), hash: SecretHash::of(secret) })
    }
}

fn digit(value: u32) -> char {
    DIGITS.get(value as usize % DIGITS.len()).copied().map_or('0', char::from)
}

fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits: Vec<char> = Vec::new();
    for _ in 0..CHECKSUM_LENGTH {
        digits.push(digit(rest % 62));
        rest /= 62;
    }
    digits.iter().rev().collect()
}

fn random(length: usize) -> Result<String, NoRandom> {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0; 64];
        getrandom::fill(&mut bytes)?;
        // Bytes over a multiple of 62 would make the first digits likelier.
        let fair = bytes.iter().filter(|byte| **byte < 248).take(length - text.len());
        text.extend(fair.map(|byte| digit(u32::from(*byte))));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_made() {
        let key = NewKey::generate().unwrap();
        let text = key.text.expose_secret();
        assert_eq!(text.len(), 4 + 12 + 1 + 43 + 6);
        let read = PresentedKey::parse(text).unwrap();
        assert!(read.id == key.id && read.hash.is(&key.hash));
        let other = NewKey::of(key.id.clone()).unwrap();
        assert!(other.id == key.id && !other.hash.is(&key.hash));
    }

    #[test]
    fn a_slip_is_seen() {
        let key = NewKey::generate().unwrap();
        let text = key.text.expose_secret().to_owned();
        for index in 0..text.len() {
            let mut slip = text.clone().into_bytes();
            slip[index] = if slip[index] == b'x' { b'y' } else { b'x' };
            assert_eq!(PresentedKey::parse(&String::from_utf8(slip).unwrap()), None, "{index}");
        }
        for text in ["", "fam_", &text[1..], &format!("{text} "), &text.to_lowercase(), &format!("{text}{text}")] {
            assert_eq!(PresentedKey::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in ".*") {
            prop_assert_eq!(PresentedKey::parse(&text), None);
        }
    }
}
