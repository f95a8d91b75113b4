//! Secrets by name in a text: `"name": "value"`, `name=value`, `name: value`, `<name>value</name>`.
//!
//! It reads what no parser would: a body that is broken or cut short, JSON inside of a string with its quotes escaped
//! once or often, forms, URLs, logs. A text is read once, from separator to separator.

use std::ops::Range;

use memchr::{memchr3, memmem};

use openapi_tools::model::document::Document;

use super::{
    names::{self, MAX_NAME, Meaning, NameRule},
    pair::{Name, Separator},
    placeholder::REDACTED,
    quote::Quote,
    value,
};

/// Adds where the values of secret names are. `rule` says which of the document's names count.
pub(super) fn find(text: &str, document: &Document, rule: NameRule, spans: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(offset) = bytes.get(at..).and_then(|rest| memchr3(b':', b'=', b'%', rest)) {
        let found = at + offset;
        at = found + 1;
        let Some((mut separator, end)) = separator(bytes, found) else { continue };
        at = end;
        let Some(name) = name(text, found, document, rule) else { continue };
        let gap = white_space(bytes, end);
        let is_after_space =
            found.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_whitespace);
        separator.is_spaced = gap > 0 || is_after_space;
        if text.get(end + gap..).is_some_and(|rest| rest.starts_with(REDACTED)) {
            at = end + gap + REDACTED.len();
        } else if let Some(span) = value::find(text, end, gap, &name, separator) {
            at = span.end.max(end);
            spans.push(span);
        }
    }
    if memmem::find(bytes, b"</").is_some() {
        elements(text, spans);
    }
}

/// The separator at `at` and where it ends, if it is one.
fn separator(bytes: &[u8], at: usize) -> Option<(Separator, usize)> {
    let byte = *bytes.get(at)?;
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let rest = bytes.get(at + 1..).unwrap_or_default();
    let plain = |byte, length| Some((Separator { byte, is_encoded: false, is_spaced: false }, at + length));
    match byte {
        b'%' => {
            let mut digits = rest;
            while let Some(inner) = digits.strip_prefix(b"25") {
                digits = inner;
            }
            let end = at + 1 + (rest.len() - digits.len()) + 2;
            let byte = match digits {
                [b'3', b'D' | b'd', ..] => b'=',
                [b'3', b'A' | b'a', ..] => b':',
                _ => return None,
            };
            Some((Separator { byte, is_encoded: true, is_spaced: false }, end))
        }
        b':' => match rest.first() {
            Some(b':') => None,
            Some(b'/') if rest.starts_with(b"//") => None,
            Some(b'=') => plain(b':', 2),
            _ if before == Some(&b':') => None,
            _ => plain(b':', 1),
        },
        _ => match rest.first() {
            // Comparisons.
            Some(b'=') => None,
            _ if matches!(before, Some(b'=' | b'!' | b'<' | b'>' | b'~' | b':')) => None,
            Some(b'>') => plain(b'>', 2),
            _ => plain(b'=', 1),
        },
    }
}

fn white_space(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$' | b'~') || byte >= 0x80
}

/// The name that ends before `end`, if its value is a secret.
fn name<'a>(text: &'a str, end: usize, document: &Document, rule: NameRule) -> Option<Name<'a>> {
    let bytes = text.as_bytes();
    let before = bytes.get(..end)?;
    let before = before.trim_ascii_end();
    let end = before.len();
    // The names that are quoted.
    let (start, name_end, quote) = match before {
        [.., quote @ (b'"' | b'\'' | b'`')] => {
            let slashes = before.get(..end - 1)?.iter().rev().take_while(|byte| **byte == b'\\').count();
            let name_end = end - 1 - slashes;
            let window = before.get(name_end.saturating_sub(MAX_NAME)..name_end)?;
            let length = window.iter().rev().position(|byte| byte == quote).unwrap_or(window.len());
            (name_end - length, name_end, Some(Quote::escaped(*quote, slashes)))
        }
        [.., b'&', b'q', b'u', b'o', b't', b';'] => {
            let name_end = end - 6;
            (name_end - run_before(before.get(..name_end)?), name_end, Some(Quote::Entity))
        }
        [.., b'2', b'2'] if Quote::encoded_before(before) > 0 => {
            let name_end = end - Quote::encoded_before(before);
            (name_end - run_before(before.get(..name_end)?), name_end, Some(Quote::Percent))
        }
        // Rails and PHP: `user[password]=value`.
        [.., b']'] => {
            let name_end = end - 1;
            let start = name_end - run_before(before.get(..name_end)?);
            if start.checked_sub(1).and_then(|at| bytes.get(at)) != Some(&b'[') {
                return None;
            }
            (start, name_end, None)
        }
        _ => (end - run_before(before), end, None),
    };
    // A window that begins within a character is too long for a name.
    let name = text.get(start..name_end)?;
    // Not a path or code between quotes.
    if name.is_empty() || quote.is_some() && name.contains(['/', '{', '}', '(', ')', '<', '>', ',', ';', '=', '?', '@'])
    {
        return None;
    }
    if quote.is_none() {
        // `[blank]user.password: …` is an error's code, `.token:hover` is CSS, `/oauth2/token: …` is a path.
        let previous = start.checked_sub(1).and_then(|at| bytes.get(at));
        if previous == Some(&b']')
            || name.starts_with('.')
            || matches!(previous, Some(b'#' | b'/')) && bytes.get(end) == Some(&b':')
        {
            return None;
        }
    }
    let is_marked = quote.is_some() && names::is_marked(document, name, rule);
    let meaning = names::meaning(name).or_else(|| names::meaning(without_escape(bytes, start, name)?));
    if meaning.is_none() && !is_marked {
        return None;
    }
    Some(Name { text: name, start, quote, meaning, is_marked })
}

/// The name without what belongs to an escape right before it: `\nCookie`, `%26pwd`.
fn without_escape<'a>(bytes: &[u8], start: usize, name: &'a str) -> Option<&'a str> {
    match start.checked_sub(1).and_then(|at| bytes.get(at))? {
        b'\\' => name.strip_prefix(['n', 'r', 't']),
        b'%' => {
            let name = name.trim_start_matches("25");
            name.get(2..).filter(|_| name.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
        }
        _ => None,
    }
}

/// The length of the name at the end, not longer than a name may be.
fn run_before(before: &[u8]) -> usize {
    before.iter().rev().take(MAX_NAME + 1).take_while(|byte| is_name_byte(**byte)).count()
}

/// The contents of XML elements whose name means a secret.
fn elements(text: &str, spans: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for close in memchr::memchr_iter(b'>', bytes) {
        if close < done {
            continue;
        }
        let Some(before) = bytes.get(..close) else { continue };
        let length = run_before(before);
        let start = close - length;
        let is_open = matches!(start.checked_sub(1).and_then(|at| bytes.get(at)), Some(b'<' | b':'));
        if !is_open || names::meaning(text.get(start..close).unwrap_or_default()) != Some(Meaning::Secret) {
            continue;
        }
        let rest = bytes.get(close + 1..).unwrap_or_default();
        let content = memchr::memchr(b'<', rest).unwrap_or(rest.len());
        let span = close + 1..close + 1 + content;
        let value = text.get(span.clone()).unwrap_or_default().trim();
        let is_label = names::is_label(text.get(start..close).unwrap_or_default(), value);
        if !value.is_empty() && !is_label && value != REDACTED && !super::shapes::is_template(value) {
            done = span.end;
            spans.push(span);
        }
    }
}
