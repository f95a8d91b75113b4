//! What has the shape of a secret wherever it stands.
//!
//! Each shape is found in one pass: a place that was looked at is not looked at again for the same shape.

use std::{ops::Range, sync::LazyLock};

use aho_corasick::AhoCorasick;
use base64::{
    Engine,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use memchr::{memchr, memchr_iter, memmem, memrchr};
use serde::de::IgnoredAny;

use super::own::Own;

/// A token after `Bearer` that is shorter, in bytes, may be a word; with a digit in it [`MIN_MIXED_TOKEN`] will do.
const MIN_TOKEN: usize = 20;

/// A token after `Bearer` with a digit that is shorter, in bytes, may be a word.
const MIN_MIXED_TOKEN: usize = 8;

/// Bytes of what follows `Basic` that are decoded.
const MAX_BASIC: usize = 512;

/// Which shapes to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shapes {
    /// All.
    All,
    /// `Basic` with one of our own credentials only.
    Own,
}

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

static MARKERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder().ascii_case_insensitive(true).build(["-----BEGIN ", "bearer", "basic"]).ok()
});

/// Adds where secrets are by their shape.
pub(super) fn find(text: &str, shapes: Shapes, own: &Own, spans: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    if let Some(markers) = &*MARKERS {
        let mut at = 0;
        while let Some(found) = bytes.get(at..).and_then(|rest| markers.find(rest)) {
            at += found.end();
            let span = match found.pattern().as_usize() {
                0 if shapes == Shapes::All => private_key(text, at - found.len(), at),
                0 => None,
                _ if !is_word_start(bytes, at - found.len()) => None,
                1 if shapes == Shapes::All => bearer(bytes, at),
                1 => None,
                _ => basic(bytes, at, shapes, own),
            };
            if let Some(span) = span {
                at = span.end;
                spans.push(span);
            }
        }
    }
    if shapes == Shapes::All {
        web_tokens(bytes, spans);
        url_passwords(text, spans);
    }
}

fn is_word_start(bytes: &[u8], at: usize) -> bool {
    !at.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_alphanumeric)
}

/// A private key in PEM or OpenPGP armor (RFC 7468; RFC 9580, section 6.2). A key that is cut short is a key.
fn private_key(text: &str, start: usize, label: usize) -> Option<Range<usize>> {
    const MAX_LABEL: usize = 64;
    let bytes = text.as_bytes();
    let window = bytes.get(label..bytes.len().min(label + MAX_LABEL))?;
    let end = memmem::find(window, b"-----")?;
    memmem::find(&window.get(..end)?.to_ascii_uppercase(), b"PRIVATE KEY")?;
    let body = label + end + 5;
    let close = memmem::find(bytes.get(body..)?, b"-----END ").map(|at| body + at + 9);
    let close = close.and_then(|close| Some(close + memmem::find(bytes.get(close..)?, b"-----")? + 5));
    Some(start..close.unwrap_or(bytes.len()))
}

/// The length of the white space between a scheme and its credentials, also as a URL has it.
fn gap(rest: &[u8]) -> usize {
    let mut length = 0;
    loop {
        match rest.get(length..) {
            Some([b' ' | b'\t' | b'+', ..]) => length += 1,
            Some([b'%', b'2', b'0', ..]) => length += 3,
            _ => return length,
        }
    }
}

fn run(rest: &[u8], is_part: impl Fn(u8) -> bool) -> usize {
    rest.iter().take_while(|byte| is_part(**byte)).count()
}

/// What follows `Bearer` (RFC 6750, section 2.1).
fn bearer(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let gap = gap(bytes.get(at..)?);
    let start = at + gap;
    let rest = bytes.get(start..)?;
    let length = run(rest, |byte| byte.is_ascii_alphanumeric() || b"-._~+/=%".contains(&byte));
    let token = rest.get(..length)?;
    let has_digit = token.iter().any(u8::is_ascii_digit);
    (gap > 0 && (length >= MIN_TOKEN || has_digit && length >= MIN_MIXED_TOKEN)).then(|| start..start + length)
}

/// What follows `Basic` (RFC 7617), where it decodes to a name and a password.
fn basic(bytes: &[u8], at: usize, shapes: Shapes, own: &Own) -> Option<Range<usize>> {
    let gap = gap(bytes.get(at..)?);
    let start = at + gap;
    let rest = bytes.get(start..)?;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+/=".contains(&byte);
    // The name and the colon stand at its start; what is no secret may be looked at again.
    let token = rest.get(..rest.len().min(MAX_BASIC))?;
    let token = token.get(..run(token, is_part))?;
    let whole = token.iter().take_while(|byte| **byte != b'=').count() / 4 * 4;
    // What was cut short is read as far as it goes.
    let decoded = decode(token).or_else(|| decode(token.get(..whole)?))?;
    let is_secret = match shapes {
        Shapes::Own => own.is_in(&decoded),
        Shapes::All => memchr(b':', &decoded).is_some() && decoded.iter().all(|byte| *byte >= b' '),
    };
    (gap > 0 && is_secret).then(|| start..start + run(rest, is_part))
}

fn decode(token: &[u8]) -> Option<Vec<u8>> {
    BASE64.decode(token).or_else(|_| BASE64_URL.decode(token)).ok()
}

/// JSON Web Tokens in compact form (RFC 7515, section 7.1; RFC 7516): parts of Base64 with dots between, the first of
/// which is a JSON object. Of a token that is cut short, the payload must have begun.
fn web_tokens(bytes: &[u8], spans: &mut Vec<Range<usize>>) {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    // What is before it belongs to an earlier part.
    let mut from = 0;
    for dot in memchr_iter(b'.', bytes) {
        let Some(before) = bytes.get(from..dot) else { continue };
        let length = before.iter().rev().take_while(|byte| is_part(**byte)).count();
        from = dot + 1;
        let Some(start) = header(before.get(before.len() - length..).unwrap_or_default()).map(|at| dot - length + at)
        else {
            continue;
        };
        let payload = run(bytes.get(from..).unwrap_or_default(), is_part);
        let mut end = from + payload;
        let is_whole = bytes.get(end) == Some(&b'.');
        let begins_object = bytes.get(from..end).is_some_and(|payload| {
            decode(payload.get(..payload.len().min(8) / 4 * 4).unwrap_or_default())
                .is_some_and(|begin| begin.trim_ascii_start().first() == Some(&b'{'))
        });
        if payload == 0 || !is_whole && !begins_object {
            continue;
        }
        while bytes.get(end) == Some(&b'.') {
            end += 1 + run(bytes.get(end + 1..).unwrap_or_default(), is_part);
        }
        spans.push(start..end);
        from = end;
    }
}

/// Where in a run of Base64 the header of a token begins, which ends with it.
fn header(run: &[u8]) -> Option<usize> {
    let is_header = |token: &[u8]| {
        decode(token).is_some_and(|json| {
            json.trim_ascii_start().first() == Some(&b'{') && serde_json::from_slice::<IgnoredAny>(&json).is_ok()
        })
    };
    // `{`, or white space before it.
    let first = run.first().filter(|_| run.len() >= 4)?;
    if matches!(first, b'e' | b'I' | b'C' | b'D') && is_header(run) {
        return Some(0);
    }
    // Something may stand right before it.
    let at = memmem::find(run, b"eyJ").filter(|at| *at > 0)?;
    let last = memmem::rfind(run, b"eyJ")?;
    [at, last].into_iter().find(|at| run.get(*at..).is_some_and(is_header))
}

/// Passwords in URLs (RFC 3986, section 3.2.1): `https://name:password@host`, also with characters that should have been
/// encoded; and a token in the place of the name.
fn url_passwords(text: &str, spans: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let is_end = |byte: u8| byte <= b' ' || matches!(byte, b'"' | b'<' | b'>' | b'`');
    // The end of what stands without white space, and the last `@` in it; read once for all URLs in it.
    let (mut run_end, mut last_at) = (0, None);
    let mut done = 0;
    for slashes in memmem::find_iter(bytes, b"://") {
        let start = slashes + 3;
        if start < done {
            continue;
        }
        if start > run_end || run_end == 0 {
            let rest = bytes.get(start..).unwrap_or_default();
            run_end = start + run(rest, |byte| !is_end(byte));
            last_at = memrchr(b'@', bytes.get(start..run_end).unwrap_or_default()).map(|at| start + at);
        }
        let Some(last_at) = last_at.filter(|at| *at > start) else { continue };
        let Some(rest) = bytes.get(start..last_at + 1) else { continue };
        let authority = run(rest, |byte| !matches!(byte, b'/' | b'?' | b'#' | b'\\'));
        let Some(authority) = rest.get(..authority) else { continue };
        let span = match (memrchr(b'@', authority), memchr(b':', authority)) {
            (Some(at), Some(colon)) if colon < at => start + colon + 1..start + at,
            (Some(at), _) => {
                let name = authority.get(..at).unwrap_or_default();
                let is_token = name.len() >= MIN_TOKEN
                    && name.iter().any(u8::is_ascii_digit)
                    && name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
                if !is_token {
                    continue;
                }
                start..start + at
            }
            // No `@` before the path: what looks like a port and is none is a password with a slash in it.
            (None, Some(colon)) => {
                let port = authority.get(colon + 1..).unwrap_or_default();
                let is_code = matches!(port.first(), Some(b'$' | b'{' | b'\'' | b'+' | b'#' | b'%' | b'['));
                if port.is_empty() || is_code || port.iter().all(u8::is_ascii_digit) {
                    continue;
                }
                start + colon + 1..last_at
            }
            _ => continue,
        };
        if !span.is_empty() && !is_template(text.get(span.clone()).unwrap_or_default()) {
            done = span.end;
            spans.push(span);
        }
    }
}

/// Whether a value is nothing but an expression of a template: `${user.password}`, `#{KEY}`, `{{token}}`, `%s`, `{0}`.
pub(super) fn is_template(value: &str) -> bool {
    let value = value.trim();
    let inner = [("${", "}"), ("#{", "}"), ("{{", "}}"), ("<%", "%>"), ("[#", "]"), ("[@", "]"), ("$(", ")")]
        .iter()
        .find_map(|(open, close)| value.strip_prefix(open)?.strip_suffix(close));
    let word = value.strip_prefix('{').and_then(|value| value.strip_suffix('}')).unwrap_or_default().as_bytes();
    let is_word = (1..=30).contains(&word.len())
        && (word.iter().all(u8::is_ascii_digit) || word.iter().all(u8::is_ascii_alphabetic));
    let is_name = |inner: &str| {
        inner.len() <= 100 && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._-()!?'[]".contains(&byte))
    };
    is_word || inner.is_some_and(is_name) || matches!(value, "%s" | "%d" | "%S" | "?")
}

#[cfg(test)]
mod tests {
    use super::{super::own::Learned, *};

    fn redact(text: &str) -> String {
        let mut spans = Vec::new();
        find(text, Shapes::All, &Own::new(Vec::new(), Learned::default()), &mut spans);
        super::super::searcher::replaced(text, spans, |_| "***".into())
    }

    #[test]
    fn private_keys_are_found() {
        for label in
            ["RSA PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"]
        {
            let key = format!("-----BEGIN {label}-----\nMIIE\n-----END {label}-----");
            assert_eq!(redact(&format!("x {key} y {key}")), "x *** y ***");
        }
        assert_eq!(redact("a -----BEGIN PRIVATE KEY-----\ncut short"), "a ***");
        let others = [
            "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\nMIIE\n-----END PUBLIC KEY-----",
            "-----BEGIN PGP PUBLIC KEY BLOCK-----\nxs\n-----END PGP PUBLIC KEY BLOCK-----",
            "-----BEGIN ",
        ];
        for text in others {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn credentials_after_a_scheme_are_found() {
        for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
            assert_eq!(redact(&format!("{scheme} 0123456789abcdefghij.")), format!("{scheme} ***"));
            assert_eq!(redact(&format!("({scheme}  abcd1234)")), format!("({scheme}  ***)"));
        }
        assert_eq!(redact("a=Bearer%20abcdefghijklmnopqrst&b"), "a=Bearer%20***&b");
        assert_eq!(redact("Basic dXNlcjpwYXNz, basic dXNlcjpwYXNzd29yZA=="), "Basic ***, basic ***");
        assert_eq!(redact("Basic dXNlcjpwYXNzd29yZ"), "Basic ***");
        for text in [
            "Bearer of good news",
            "the bearer responsibilities",
            "Basic authentication is simple",
            "basic settings",
            "forbearer 0123456789abcdefghij",
            "Basic",
            "Bearer token, Bearer",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn web_tokens_are_found_with_any_header() {
        assert_eq!(redact("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!"), "***!");
        // `{ "alg":"none"}` with white space, and no signature.
        assert_eq!(redact("a ewogImFsZyI6Im5vbmUifQ.eyJzdWIiOiIxIn0. b"), "a *** b");
        assert_eq!(redact("ICB7ImFsZyI6Im5vbmUifQ.e30.e30"), "***");
        assert_eq!(redact("t-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x"), "t-***");
        assert_eq!(redact("cut eyJhbGciOiJIUzI1NiJ9.eyJzdWIi"), "cut ***");
        assert_eq!(redact("eyJhbGciOiJSU0EifQ.a.b.c.d x"), "*** x");
        for text in [
            "eyJ and eyJust words",
            "eyJ.eyJ.eyJ",
            "www.example.com/a.b.c",
            "1.2.3",
            "a.b.c.d",
            "io.fusionauth.domain.User",
            "eyJhbGciOiJIUzI1NiJ9 alone",
        ] {
            assert_eq!(redact(text), text);
        }
    }

    #[test]
    fn passwords_in_urls_are_found() {
        for (text, expected) in [
            ("to https://bob:p@ss:w@hook.example/x?y@z and", "to https://bob:***@hook.example/x?y@z and"),
            ("postgres://u:p/a?s#s@host/db", "postgres://u:***@host/db"),
            ("redis://:secret@host", "redis://:***@host"),
            ("x://u:p{|}'^\\@h", "x://u:***@h"),
            ("https://ghp0123456789abcdefghij@github.example/x", "https://***@github.example/x"),
            ("a://b:c@d a://b:c@d", "a://b:***@d a://b:***@d"),
            ("a://b:c@d,a://b:c@d", "a://b:***@d,a://b:***@d"),
        ] {
            assert_eq!(redact(text), expected);
        }
        for text in [
            "https://example.com:8080/a:b@c",
            "https://bob@example.com",
            "mailto:a@b.c",
            "a://",
            "x://:@y",
            "https://${host}:${port}/x@y",
            "https://${user}:${password}@host/",
            "'https://h:'+port+'/x@y'",
            "https://example.com/@user:name",
            "https://example.com/ to a@b:c",
        ] {
            assert_eq!(redact(text), text);
        }
    }
}
