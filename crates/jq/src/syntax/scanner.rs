//! Reading the text of a filter from left to right.

use super::error::SyntaxError;

/// Words that name no function.
const KEYWORDS: [&str; 19] = [
    "def", "if", "then", "elif", "else", "end", "as", "reduce", "foreach", "try", "catch", "label", "import",
    "include", "and", "or", "__loc__", "module", "break",
];

/// Whether a word has a meaning of its own in the language.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// The text and how far it is read.
pub struct Scanner<'f> {
    pub text: &'f str,
    pub position: usize,
}

impl<'f> Scanner<'f> {
    pub fn rest(&self) -> &'f str {
        self.text.get(self.position..).unwrap_or_default()
    }

    pub fn next_char(&mut self) -> Option<char> {
        let found = self.rest().chars().next()?;
        self.position += found.len_utf8();
        Some(found)
    }

    /// Passes over blanks and comments.
    pub fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            self.position += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.position += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    /// Whether `sign` comes next, after blanks.
    pub fn is_at(&mut self, sign: &str) -> bool {
        self.skip_blanks();
        self.rest().starts_with(sign)
    }

    /// Takes `sign` where it comes next.
    pub fn take(&mut self, sign: &str) -> bool {
        let is_there = self.is_at(sign);
        if is_there {
            self.position += sign.len();
        }
        is_there
    }

    /// Takes `sign`, which must come next.
    pub fn expect(&mut self, sign: &str) -> Result<(), SyntaxError> {
        if self.take(sign) { Ok(()) } else { Err(self.expected(&format!("`{sign}`"))) }
    }

    /// The word that comes next, without taking it: letters, digits, `_` and `::`.
    pub fn word(&mut self) -> Option<&'f str> {
        self.skip_blanks();
        self.word_here()
    }

    /// The same without blanks before it.
    pub fn word_here(&self) -> Option<&'f str> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let is_start = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
        if !bytes.first().is_some_and(is_start) {
            return None;
        }
        let mut end = 1;
        while let Some(byte) = bytes.get(end) {
            if byte.is_ascii_alphanumeric() || *byte == b'_' {
                end += 1;
            } else if *byte == b':' && bytes.get(end + 1) == Some(&b':') && bytes.get(end + 2).is_some_and(is_start) {
                end += 2;
            } else {
                break;
            }
        }
        rest.get(..end)
    }

    /// Takes the keyword `word` where it comes next.
    pub fn take_word(&mut self, word: &str) -> bool {
        let is_there = self.word() == Some(word);
        if is_there {
            self.position += word.len();
        }
        is_there
    }

    /// Takes the keyword `word`, which must come next.
    pub fn expect_word(&mut self, word: &str) -> Result<(), SyntaxError> {
        if self.take_word(word) { Ok(()) } else { Err(self.expected(&format!("`{word}`"))) }
    }

    /// Takes a number where one comes next: its text.
    pub fn number(&mut self) -> Option<&'f str> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let digits = |from: usize| bytes.iter().skip(from).take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = digits(0);
        let mut has_digits = end > 0;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            // `1.` is a number, `.` and `..` are not.
            if fraction > 0 || has_digits {
                has_digits = true;
                end += 1 + fraction;
            }
        }
        if !has_digits {
            return None;
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + sign);
            if exponent > 0 {
                end += 1 + sign + exponent;
            }
        }
        self.position += end;
        rest.get(..end)
    }

    /// That something else was expected here.
    pub fn expected(&mut self, what: &str) -> SyntaxError {
        self.skip_blanks();
        self.fault(format!("expected {what}"), self.position)
    }

    /// That something is wrong at an offset in bytes.
    pub fn fault(&self, message: String, offset: usize) -> SyntaxError {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let rest = self.text.get(offset..).unwrap_or_default();
        SyntaxError { message, position: before.chars().count() + 1, found: rest.chars().take(20).collect() }
    }
}
