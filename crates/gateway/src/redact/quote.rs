//! Quotes around names and values, as they are written at any level of escaping.

use memchr::memchr;

/// Whether a value is a secret is told from so many bytes of it. Only a secret is read to its end, and then it is not
/// read again, which keeps the work linear.
pub(super) const MAX_LOOK: usize = 256;

/// A quote as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    /// `"`, `'` or `` ` `` after backslashes: none, or more where a string holds a string.
    Character { byte: u8, slashes: usize },
    /// `&quot;`
    Entity,
    /// `%22`
    Percent,
}

impl Quote {
    /// A quote after so many backslashes. Escaping makes 0, 1, 3, 7, … of them; another number counts as the next lower.
    pub(super) fn escaped(byte: u8, slashes: usize) -> Self {
        Self::Character { byte, slashes: (1 << (slashes + 1).ilog2()) - 1 }
    }

    /// The quote that begins here, and its length.
    pub(super) fn at(rest: &[u8]) -> Option<(Self, usize)> {
        let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
        match rest.get(slashes..)? {
            [byte @ (b'"' | b'\'' | b'`'), ..] => Some((Self::escaped(*byte, slashes), slashes + 1)),
            [b'&', b'q', b'u', b'o', b't', b';', ..] => Some((Self::Entity, slashes + 6)),
            [b'%', digits @ ..] => {
                let mut inner = digits;
                while let Some(rest) = inner.strip_prefix(b"25") {
                    inner = rest;
                }
                inner.starts_with(b"22").then(|| (Self::Percent, slashes + 3 + digits.len() - inner.len()))
            }
            _ => None,
        }
    }

    /// The length of `%22`, `%2522` and so on at the end.
    pub(super) fn encoded_before(before: &[u8]) -> usize {
        let Some(mut rest) = before.strip_suffix(b"22") else { return 0 };
        while let Some(inner) = rest.strip_suffix(b"25") {
            rest = inner;
        }
        rest.strip_suffix(b"%").map_or(0, |rest| before.len() - rest.len())
    }

    /// The end of what it quotes; `None` where it is not closed.
    pub(super) fn close(self, rest: &[u8]) -> Option<usize> {
        match self {
            Self::Entity => memchr::memmem::find(rest, b"&quot;"),
            Self::Percent => {
                let mut from = 0;
                loop {
                    let at = from + memchr(b'%', rest.get(from..)?)?;
                    match Self::at(rest.get(at..)?) {
                        Some((Self::Percent, _)) => return Some(at),
                        _ => from = at + 1,
                    }
                }
            }
            Self::Character { byte, slashes } => {
                let mut from = 0;
                // A quote before a letter is one that should have been escaped, if another follows soon.
                let mut first: Option<usize> = None;
                loop {
                    let until = first.map_or(rest.len(), |first| rest.len().min(first + MAX_LOOK));
                    let Some(offset) = rest.get(from..until).and_then(|rest| memchr(byte, rest)) else { return first };
                    let at = from + offset;
                    let part = rest.get(from..at)?;
                    let before = part.iter().rev().take_while(|byte| **byte == b'\\').count();
                    // Each level of escaping doubles: a quote of this level stands after `slashes` of them, and one
                    // that is part of the value after more, but for pairs that are themselves part of the value.
                    let closes = before < slashes || before % (2 * (slashes + 1)) == slashes;
                    if closes {
                        let end = at - before.min(slashes);
                        if !rest.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) {
                            return Some(end);
                        }
                        first = first.or(Some(end));
                    }
                    from = at + 1;
                }
            }
        }
    }
}
