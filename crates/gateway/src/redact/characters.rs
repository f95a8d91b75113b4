//! Characters that a reader does not see: invisible, bidirectional and control characters become escapes.
//!
//! In a JSON string the escape is JSON's own, so that parsing gives the same text. Joiners between letters or emoji and
//! variation selectors after emoji stay, since Persian, Indic scripts and emoji sequences need them.

use std::{borrow::Cow, fmt::Write};

/// Whether `character` is shown as an escape, between its neighbours.
fn is_hidden(previous: Option<char>, character: char, next: Option<char>) -> bool {
    match character {
        '\u{200c}' | '\u{200d}' => {
            let joins = |neighbour: Option<char>| neighbour.is_some_and(is_joined);
            // In Indic scripts a joiner may end a word after a virama.
            let ends_word = previous.is_some_and(|previous| matches!(previous, '\u{900}'..='\u{dff}'));
            !(joins(previous) && (joins(next) || ends_word))
        }
        '\u{fe00}'..='\u{fe0f}' => !previous.is_some_and(takes_selector),
        _ => is_invisible(character),
    }
}

/// Whether a character is invisible, turns the text around it or is a control character.
pub fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// A letter, a combining mark of a script that has joiners, an emoji or what follows one.
fn is_joined(character: char) -> bool {
    character.is_alphabetic()
        || matches!(character, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{65f}' | '\u{900}'..='\u{dff}' | '\u{1000}'..='\u{109f}' | '\u{fe0f}')
        || is_emoji(character)
}

fn is_emoji(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '©' | '®' | '™' | '‼' | '⁉' | 'ℹ' | '〰' | '〽' | '㊗' | '㊙')
}

/// One selector after an emoji, a keycap or a letter outside ASCII; several in a row carry bytes.
fn takes_selector(previous: char) -> bool {
    is_emoji(previous)
        || matches!(previous, '0'..='9' | '#' | '*')
        || previous.is_alphabetic() && !previous.is_ascii() && !previous.is_ascii_control()
}

/// Whether a text with such a byte may hold something to escape; ASCII but controls has nothing.
pub(super) fn may_hide(byte: u8) -> bool {
    !(0x20..0x7f).contains(&byte)
}

/// Appends `text`, in which each hidden character but those that `keep` names is an escape.
pub(super) fn push_visible(out: &mut String, text: &str, keep: impl Fn(char) -> bool) {
    let mut previous = None;
    let mut copied = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let is_plain = !may_hide(u8::try_from(character).unwrap_or(u8::MAX));
        let next = characters.peek().map(|(_, next)| *next);
        if !is_plain && !keep(character) && is_hidden(previous, character, next) {
            out.push_str(text.get(copied..at).unwrap_or_default());
            push_escape(out, character);
            copied = at + character.len_utf8();
        }
        previous = Some(character);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
}

/// The text with each hidden character as an escape; line breaks and tabs stay.
pub(super) fn visible(text: Cow<'_, str>) -> Cow<'_, str> {
    let is_kept = |character| matches!(character, '\n' | '\r' | '\t');
    if !text.bytes().any(|byte| may_hide(byte) && !is_kept(char::from(byte))) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    push_visible(&mut out, &text, is_kept);
    if out == text { text } else { Cow::Owned(out) }
}

/// The text on one line without control characters: each run of white space with a line break or a tab in it is one
/// space, and what else a reader does not see is an escape.
pub fn one_line(text: &str) -> String {
    if !text.bytes().any(may_hide) {
        return text.trim().to_owned();
    }
    let mut line = String::with_capacity(text.len());
    let is_break = |character: char| {
        matches!(
            character,
            '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1f}' | '\u{85}' | '\u{2028}' | '\u{2029}'
        )
    };
    for part in text.split(is_break).map(str::trim).filter(|part| !part.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(part);
    }
    let mut out = String::with_capacity(line.len());
    push_visible(&mut out, &line, |_| false);
    out
}

/// Appends `text` as a JSON string. Hidden characters are escapes where `is_visible`.
pub(super) fn push_json_string(out: &mut String, text: &str, is_visible: bool) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| byte < 0x20 || byte == b'"' || byte == b'\\') {
        push_part(out, rest.get(..at).unwrap_or_default(), is_visible);
        match rest.as_bytes().get(at) {
            Some(b'"') => out.push_str("\\\""),
            Some(b'\\') => out.push_str("\\\\"),
            Some(b'\n') => out.push_str("\\n"),
            Some(b'\r') => out.push_str("\\r"),
            Some(b'\t') => out.push_str("\\t"),
            Some(byte) => push_escape(out, char::from(*byte)),
            None => {}
        }
        rest = rest.get(at + 1..).unwrap_or_default();
    }
    push_part(out, rest, is_visible);
    out.push('"');
}

fn push_part(out: &mut String, part: &str, is_visible: bool) {
    if is_visible && !part.is_ascii() || part.contains('\u{7f}') {
        push_visible(out, part, |_| false);
    } else {
        out.push_str(part);
    }
}

/// `\u202e`; two of them for a character outside the basic plane (RFC 8259, section 7).
fn push_escape(out: &mut String, character: char) {
    for unit in character.encode_utf16(&mut [0; 2]) {
        // Writing to a String does not fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &str) -> String {
        visible(text.into()).into_owned()
    }

    #[test]
    fn what_is_not_seen_becomes_an_escape() {
        let hidden = [
            ("\u{202e}", "\\u202e"),
            ("\u{200b}", "\\u200b"),
            ("\u{200f}", "\\u200f"),
            ("\u{2066}", "\\u2066"),
            ("\u{2063}", "\\u2063"),
            ("\u{feff}", "\\ufeff"),
            ("\u{ad}", "\\u00ad"),
            ("\u{1b}", "\\u001b"),
            ("\u{9b}", "\\u009b"),
            ("\u{7f}", "\\u007f"),
            ("\u{2028}", "\\u2028"),
            ("\u{fff9}", "\\ufff9"),
            ("\u{e0041}", "\\udb40\\udc41"),
            ("\u{e0100}", "\\udb40\\udd00"),
            ("\u{fe01}", "\\ufe01"),
            ("\u{200d}", "\\u200d"),
        ];
        for (character, escape) in hidden {
            assert_eq!(seen(&format!("a{character} b")), format!("a{escape} b"));
            let json = {
                let mut out = String::new();
                push_json_string(&mut out, &format!("\"{character} é"), true);
                out
            };
            assert_eq!(json, format!("\"\\\"{escape} é\""));
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), format!("\"{character} é"));
        }
    }

    #[test]
    fn what_a_script_or_an_emoji_needs_stays() {
        let kept =
            ["می‌خواهم", "क्‍ष", "ന്‍ ", "👩‍💻 👨‍👩‍👧", "❤️ ❤️‍🔥 1️⃣ ©️", "🏳️‍🌈", "l1\n\tl2\r\n", "naïve — “x”", "🇩🇪 👍🏽", "日本語"];
        for text in kept {
            assert_eq!(seen(text), text);
        }
        assert_eq!(seen("❤\u{fe0f}\u{fe0f}\u{fe01}"), "❤\u{fe0f}\\ufe0f\\ufe01");
        assert_eq!(seen("a \u{200d}b"), "a \\u200db");
    }

    #[test]
    fn a_line_has_no_breaks() {
        assert_eq!(one_line(" a \r\n\n b\u{2028}c\td\u{1d}e "), "a b c d e");
        assert_eq!(one_line(" plain  words "), "plain  words");
        assert_eq!(one_line("\u{1b}[31mred\u{202e}\u{7f}é"), "\\u001b[31mred\\u202e\\u007fé");
    }
}
