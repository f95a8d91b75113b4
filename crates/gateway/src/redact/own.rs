//! Our own credentials, in each form in which they may come back.

use std::{
    fmt,
    ops::Range,
    sync::{Arc, PoisonError, RwLock},
};

use aho_corasick::{AhoCorasick, Anchored, MatchKind, automaton::Automaton, dfa::DFA};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use secrecy::{ExposeSecret, SecretString};

use super::names::escaped;

/// A credential of this many bytes is found inside of other words as well; a shorter one only as a whole token.
const MIN_UNMISTAKABLE: usize = 16;

/// A credential of this many bytes is found in Base64 with anything before and after it.
const MIN_ENCODED: usize = 8;

/// The most credentials that are learnt. Older ones have ended.
const MAX_LEARNED: usize = 16;

/// Finds credentials: those that were configured, and those that were learnt.
pub(super) struct Own {
    configured: Known,
    learned: Learned,
}

/// Credentials, and what finds them.
#[derive(Default)]
struct Known {
    credentials: Vec<SecretString>,
    finders: Option<Finders>,
}

/// Credentials that are learnt at run time, such as access tokens. All clones know the same. The default learns nothing.
#[derive(Clone, Default)]
pub struct Learned(Option<Arc<RwLock<Arc<Known>>>>);

impl fmt::Debug for Learned {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Learned")
    }
}

impl Learned {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self(Some(Arc::default()))
    }

    /// Keeps a credential out of answers from now on.
    pub fn add(&self, credential: SecretString) {
        let Some(known) = &self.0 else { return };
        let mut known = known.write().unwrap_or_else(PoisonError::into_inner);
        let newest = known.credentials.len().saturating_sub(MAX_LEARNED - 1);
        let mut credentials = known.credentials.iter().skip(newest).cloned().collect::<Vec<_>>();
        credentials.push(credential);
        *known = Arc::new(Known::new(credentials));
    }

    fn known(&self) -> Option<Arc<Known>> {
        Some(Arc::clone(&self.0.as_ref()?.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

struct Finders {
    /// Tells fast whether there is any.
    fast: AhoCorasick,
    /// Finds all, byte by byte.
    exact: DFA,
    forms: Vec<Form>,
    min_length: usize,
    max_length: usize,
}

#[derive(Clone, Copy)]
struct Form {
    length: usize,
    kind: FormKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FormKind {
    Token,
    Unmistakable,
    Base64,
}

impl Own {
    pub(super) fn new(configured: Vec<SecretString>, learned: Learned) -> Self {
        Self { configured: Known::new(configured), learned }
    }

    /// Whether a JSON number, as it is written, is a credential.
    pub(super) fn is_number(&self, number: &str) -> bool {
        self.configured.is_number(number) || self.learned.known().is_some_and(|known| known.is_number(number))
    }

    /// Whether it stands in the bytes, which were encoded.
    pub(super) fn is_in(&self, bytes: &[u8]) -> bool {
        self.configured.is_in(bytes) || self.learned.known().is_some_and(|known| known.is_in(bytes))
    }

    /// Adds where credentials stand.
    pub(super) fn find(&self, text: &str, spans: &mut Vec<Range<usize>>) {
        self.configured.find(text, spans);
        if let Some(known) = self.learned.known() {
            known.find(text, spans);
        }
    }
}

impl Known {
    fn new(mut credentials: Vec<SecretString>) -> Self {
        credentials.retain(|credential| !credential.expose_secret().is_empty());
        let finders = Finders::new(&credentials);
        Self { credentials, finders }
    }

    fn is_number(&self, number: &str) -> bool {
        self.credentials.iter().any(|credential| credential.expose_secret() == number)
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.finders.as_ref().is_some_and(|finders| finders.is_in(bytes))
    }

    fn find(&self, text: &str, spans: &mut Vec<Range<usize>>) {
        let Some(finders) = &self.finders else { return };
        if text.len() < finders.min_length {
            return;
        }
        if finders.fast.is_match(text) {
            finders.find(text, false, spans);
        }
        if memchr::memchr2(b'%', b'\\', text.as_bytes()).is_some() {
            finders.find(text, true, spans);
        }
    }
}

impl Finders {
    fn new(credentials: &[SecretString]) -> Option<Self> {
        let mut patterns: Vec<Vec<u8>> = Vec::new();
        let mut forms = Vec::new();
        for credential in credentials {
            let bytes = credential.expose_secret().as_bytes();
            let is_long = bytes.len() >= MIN_UNMISTAKABLE;
            let kind = if is_long { FormKind::Unmistakable } else { FormKind::Token };
            patterns.push(bytes.to_vec());
            forms.push(Form { length: bytes.len(), kind });
            if bytes.len() >= MIN_ENCODED {
                for pattern in (0..3).map(|shift| in_base64(bytes, shift)) {
                    let for_urls = pattern.replace('+', "-").replace('/', "_");
                    for pattern in [pattern, for_urls] {
                        forms.push(Form { length: pattern.len(), kind: FormKind::Base64 });
                        patterns.push(pattern.into_bytes());
                    }
                }
            }
        }
        let min_length = forms.iter().map(|form| form.length).min()?;
        let max_length = forms.iter().map(|form| form.length).max()?;
        let fast = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(&patterns).ok()?;
        let exact = DFA::new(&patterns).ok()?;
        Some(Self { fast, exact, forms, min_length, max_length })
    }

    fn is_in(&self, bytes: &[u8]) -> bool {
        self.fast.is_match(bytes)
            && self.forms.iter().enumerate().any(|(index, form)| {
                form.kind != FormKind::Base64 && {
                    let found = self.fast.find_iter(bytes).find(|found| found.pattern().as_usize() == index);
                    found.is_some_and(|found| is_whole(bytes, found.range()))
                }
            })
    }

    /// Adds where credentials stand in the text, or in what is left when its escapes are read (`%2d`, `\u002d`).
    fn find(&self, text: &str, decodes: bool, spans: &mut Vec<Range<usize>>) {
        let bytes = text.as_bytes();
        let Ok(start) = self.exact.start_state(Anchored::No) else { return };
        let mut state = start;
        // Where each of the last bytes began, and one before them.
        let window = self.max_length + 1;
        let mut last = vec![(0_usize, 0_u8); window];
        let mut count = 0_usize;
        let mut at = 0;
        while at < bytes.len() {
            let (byte, next) = unit(bytes, at, decodes);
            if let Some(place) = last.get_mut(count % window) {
                *place = (at, byte);
            }
            count += 1;
            at = next;
            state = self.exact.next_state(Anchored::No, state, byte);
            if !self.exact.is_match(state) {
                continue;
            }
            for index in 0..self.exact.match_len(state) {
                let Some(form) = self.forms.get(self.exact.match_pattern(state, index).as_usize()) else { continue };
                let Some((from, _)) = last.get((count - form.length) % window).copied() else { continue };
                let is_found = match form.kind {
                    FormKind::Unmistakable | FormKind::Base64 => true,
                    FormKind::Token => {
                        let before = count.checked_sub(form.length + 1).and_then(|before| last.get(before % window));
                        let after = (at < bytes.len()).then(|| unit(bytes, at, decodes));
                        let beyond =
                            after.filter(|(_, next)| *next < bytes.len()).map(|(_, next)| unit(bytes, next, decodes).0);
                        let earlier = count
                            .checked_sub(form.length + 2)
                            .and_then(|_| from.checked_sub(2))
                            .and_then(|earlier| bytes.get(earlier).copied());
                        !is_part(before.map(|(_, byte)| *byte), earlier)
                            && !is_part(after.map(|(byte, _)| byte), beyond)
                    }
                };
                if is_found {
                    let range = if form.kind == FormKind::Base64 { base64_run(bytes, from..at) } else { from..at };
                    spans.push(range);
                    // What was found is not part of another match, which keeps the work linear.
                    (state, count) = (start, 0);
                    at = at.max(spans.last().map_or(at, |range| range.end));
                    break;
                }
            }
        }
    }
}

/// The byte that stands at `at`, and where the next one stands.
fn unit(bytes: &[u8], at: usize, decodes: bool) -> (u8, usize) {
    let byte = bytes.get(at).copied().unwrap_or_default();
    if !decodes || byte != b'%' && byte != b'\\' {
        return (byte, at + 1);
    }
    let rest = bytes.get(at + 1..).unwrap_or_default();
    if byte == b'%' {
        // A percent sign that is encoded again is `%25`.
        let mut rest = rest;
        let mut next = at + 1;
        while rest.starts_with(b"25") && rest.get(2..4).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)) {
            rest = rest.get(2..).unwrap_or_default();
            next += 2;
        }
        let pair = rest.get(..2).and_then(|pair| str::from_utf8(pair).ok());
        let decoded = pair.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        return decoded.map_or((byte, at + 1), |decoded| (decoded, next + 2));
    }
    // Escapes may be escaped again: `\\u002d`.
    let slashes = rest.iter().take_while(|byte| **byte == b'\\').count();
    let next = at + 1 + slashes;
    let rest = rest.get(slashes..).unwrap_or_default();
    match rest.first() {
        Some(b'u') => escaped(rest).map_or((byte, next), |decoded| (decoded, next + 5)),
        Some(b'n' | b'r' | b't' | b'b' | b'f') => (b'\n', next + 1),
        Some(quoted @ (b'/' | b'"' | b'\'')) => (*quoted, next + 1),
        _ => (byte, next),
    }
}

fn is_whole(bytes: &[u8], range: Range<usize>) -> bool {
    let at = |index: Option<usize>| index.and_then(|index| bytes.get(index).copied());
    range.len() >= MIN_UNMISTAKABLE
        || !is_part(at(range.start.checked_sub(1)), at(range.start.checked_sub(2)))
            && !is_part(at(Some(range.end)), at(Some(range.end + 1)))
}

/// Whether a neighbour belongs to the same token; a dot does between two parts of one.
fn is_part(neighbour: Option<u8>, beyond: Option<u8>) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || byte >= 0x80;
    match neighbour {
        Some(b'.') => beyond.is_some_and(is_word),
        Some(byte) => is_word(byte),
        None => false,
    }
}

/// Base64 of the bytes after `shift` others, without the characters that depend on neighbours (RFC 4648, section 4).
fn in_base64(bytes: &[u8], shift: usize) -> String {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(bytes);
    let encoded = STANDARD_NO_PAD.encode(&padded);
    let first = (shift * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded.get(first..last).unwrap_or_default().to_owned()
}

/// The run of Base64 around a part of it.
fn base64_run(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    let is_digit = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
    let before = bytes.get(..range.start).unwrap_or_default().iter().rev().take_while(is_digit).count();
    let after = bytes.get(range.end..).unwrap_or_default();
    let run = after.iter().take_while(is_digit).count();
    let padding = after.iter().skip(run).take_while(|byte| **byte == b'=').count();
    range.start - before..range.end + run + padding
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    fn redact(own: &str, text: &str) -> String {
        let mut spans = Vec::new();
        Own::new(vec![own.to_owned().into()], Learned::default()).find(text, &mut spans);
        super::super::searcher::replaced(text, spans, |_| "***".into())
    }

    #[test]
    fn a_short_credential_is_found_as_a_whole_token_only() {
        for kept in ["12345", "id-1234", "a1234", "0bc4-1234-99ff", "1.1234", "1234.5", "é1234", "x_1234"] {
            assert_eq!(redact("1234", kept), kept);
        }
        for (text, expected) in [
            ("1234", "***"),
            ("key=1234&x", "key=***&x"),
            ("the key 1234.", "the key ***."),
            ("(1234)", "(***)"),
            ("1234 1234", "*** ***"),
            ("%201234%20", "%20***%20"),
            ("%31%3234", "***"),
            ("\\n1234\\n", "\\n***\\n"),
        ] {
            assert_eq!(redact("1234", text), expected, "{text}");
        }
    }

    #[test]
    fn a_credential_is_found_in_every_encoding() {
        let own = "own/Key+9:ü=Zq8vN4";
        let percent: String = own.bytes().map(|byte| format!("%{byte:02x}")).collect();
        assert_eq!(redact(own, &format!("a={percent}&b")), "a=***&b");
        assert_eq!(redact(own, "own%2FKey%2b9%3A%C3%bc%3dZq8vN4"), "***");
        assert_eq!(redact(own, "own%252FKey%252b9%253A%25C3%25bc%253dZq8vN4"), "***");
        let own = "own-Key9Zq8vN4xx7";
        let escapes: String = own.chars().map(|character| format!("\\u{:04X}", u32::from(character))).collect();
        assert_eq!(redact(own, &format!("\"{escapes}\"")), "\"***\"");
        assert_eq!(redact(own, "own\\\\u002dKey9Zq8vN4xx7"), "***");
        for user in ["", "a", "ab", "abc"] {
            let plain = format!("{user}:{own}:z");
            assert_eq!(redact(own, &format!("x {} y", STANDARD.encode(&plain))), "x *** y", "{user}");
            assert_eq!(redact(own, &format!("x {} y", URL_SAFE_NO_PAD.encode(&plain))), "x *** y", "{user}");
        }
        assert_eq!(redact(own, &format!("prefix{own}suffix")), "prefix***suffix");
    }
}
