//! What stands for a secret where two texts are to be compared: a digest that only the holder of a key can make.

use std::{fmt::Write, sync::Arc};

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretSlice};
use sha2::Sha256;

/// What stands before and after the digest of a secret, in lower-case hexadecimal digits.
const BEFORE: &str = "(secret: hmac-sha256:";
const AFTER: &str = ")";

/// The length of a digest in hexadecimal digits.
const DIGITS: usize = 64;

/// The key of the digests of secrets (HMAC-SHA256).
#[derive(Debug, Clone)]
pub struct DigestKey(Arc<SecretSlice<u8>>);

impl DigestKey {
    /// A key.
    pub fn new(key: &[u8]) -> Self {
        Self(Arc::new(key.to_vec().into()))
    }

    /// The digest of a text, in hexadecimal digits.
    pub fn digest(&self, text: &str) -> String {
        // A key of any length will do for an HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.expose_secret()) else { return String::new() };
        mac.update(text.as_bytes());
        let mut digits = String::with_capacity(DIGITS);
        for byte in mac.finalize().into_bytes() {
            // Writing to a String does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        digits
    }

    /// What stands for a secret.
    pub(super) fn stand_in(&self, secret: &str) -> String {
        format!("{BEFORE}{}{AFTER}", self.digest(secret))
    }
}

/// The digest that stands for a secret where the text begins, and the rest of the text.
pub fn digest_at_start(text: &str) -> Option<(&str, &str)> {
    let (digits, rest) = text.strip_prefix(BEFORE)?.split_at_checked(DIGITS)?;
    let is_digest = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    Some((digits, rest.strip_prefix(AFTER)?)).filter(|_| is_digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_rfc_4231() {
        let key = DigestKey::new(b"Jefe");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(key.digest("what do ya want for nothing?"), expected);
        let text = format!("{} more", key.stand_in("what do ya want for nothing?"));
        assert_eq!(digest_at_start(&text), Some((expected, " more")));
    }

    #[test]
    fn other_texts_hold_no_digest() {
        for text in ["", "(secret: hmac-sha256:)", "(secret: hmac-sha256:é", &format!("{BEFORE}{:064}", 0)] {
            assert_eq!(digest_at_start(text), None, "{text}");
        }
        assert_eq!(digest_at_start(&format!("{BEFORE}{}{AFTER}", "G".repeat(64))), None);
    }
}
