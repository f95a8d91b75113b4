//! Text files as people write them.

use std::{fs, path::Path};

/// A file that is not the text that was expected.
#[derive(Debug, thiserror::Error)]
pub enum TextFileError {
    /// It cannot be read.
    #[error("{0}")]
    Unreadable(#[from] std::io::Error),
    /// It is text in UTF-16, which some editors and shells write.
    #[error("it is UTF-16, as `>` in Windows PowerShell writes it; expected UTF-8: save it as that")]
    Utf16,
    /// It is no text.
    #[error("it is not UTF-8; expected a text file")]
    NoText,
}

/// The byte order mark in UTF-8, which means nothing (Unicode 16.0, section 23.8).
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes of a file, without a byte order mark in UTF-8.
///
/// # Errors
/// It cannot be read, or is UTF-16.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, TextFileError> {
    let mut bytes = fs::read(path)?;
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(TextFileError::Utf16);
    }
    if bytes.starts_with(UTF8_MARK) {
        bytes.drain(..UTF8_MARK.len());
    }
    Ok(bytes)
}

/// The text of a file, without a byte order mark.
///
/// # Errors
/// It cannot be read, or is not UTF-8.
pub fn read(path: &Path) -> Result<String, TextFileError> {
    String::from_utf8(read_bytes(path)?).map_err(|_| TextFileError::NoText)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(bytes: &[u8]) -> Result<String, String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), bytes).unwrap();
        read(file.path()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(read_of(b"\xef\xbb\xbfkey\n").unwrap(), "key\n");
        assert_eq!(read_of(b"key\xef\xbb\xbf").unwrap(), "key\u{feff}", "only at the start");
        assert_eq!(read_of(b"\xef\xbb\xbf").unwrap(), "");
    }

    #[test]
    fn other_encodings_are_named() {
        for utf16 in [&b"\xff\xfek\0e\0y\0"[..], b"\xfe\xff\0k\0e\0y"] {
            assert!(read_of(utf16).unwrap_err().contains("UTF-16"));
        }
        assert!(read_of(b"k\xffy").unwrap_err().contains("not UTF-8"));
    }
}
