//! The text that stands for a secret, and how to recognise it, whole or cut.

use std::ops::Range;

use memchr::memmem;

/// Stands where a secret was.
pub const REDACTED: &str = "(secret: shown where the server runs with REVEAL_SECRETS=true)";

/// A part of [`REDACTED`] that is this long, in bytes, is no accident where something was cut.
const MIN_PART: usize = 12;

/// Nor is one of this length anywhere. Shorter ends of it are words of our own documentation.
const MIN_START: usize = 20;
const MIN_END: usize = 32;

/// Whether `text` contains [`REDACTED`] or a part of it:
///
/// - its start, 20 bytes or more, or 12 before the end of the text or a cut mark (`…`, `...`);
/// - its end, 32 bytes or more, or 12 at the start of the text or after a cut mark.
///
/// An argument that contains it must be refused: it would overwrite a secret with this text.
pub fn contains_placeholder(text: &str) -> bool {
    let start = REDACTED.get(..MIN_PART).unwrap_or(REDACTED);
    let end = REDACTED.get(REDACTED.len() - MIN_PART..).unwrap_or(REDACTED);
    let starts = memmem::find_iter(text.as_bytes(), start).any(|at| {
        let rest = text.get(at..).unwrap_or_default();
        let shared = rest.bytes().zip(REDACTED.bytes()).take_while(|(one, other)| one == other).count();
        let after = rest.get(shared..).unwrap_or_default().trim_start();
        shared >= MIN_START || is_string_end(after) || after.starts_with('…') || after.starts_with("...")
    });
    starts
        || memmem::find_iter(text.as_bytes(), end).any(|at| {
            let before = text.get(..at).unwrap_or_default();
            let expected = REDACTED.get(..REDACTED.len() - MIN_PART).unwrap_or_default();
            let shared = before.bytes().rev().zip(expected.bytes().rev()).take_while(|(one, other)| one == other);
            let shared = shared.count();
            let before = before.get(..at - shared).unwrap_or_default().trim_end();
            let is_cut = before.is_empty() || before.ends_with(['…', '"']) || before.ends_with("...");
            is_cut || shared + MIN_PART >= MIN_END
        })
}

/// Whether `text` ends as a string that was cut for an answer ends: `… (+1,234 characters)`; or has a string within it,
/// as JSON in a text, that ends so.
///
/// An argument that does must be refused as well: it is not the whole value.
pub fn ends_in_cut_mark(text: &str) -> bool {
    memmem::find_iter(text.as_bytes(), CUT_MARK).any(|at| {
        let rest = text.get(at + CUT_MARK.len()..).unwrap_or_default();
        let after = rest.trim_start_matches(|character: char| character.is_ascii_digit() || character == ',');
        let end = after.strip_prefix(" characters)").or_else(|| after.strip_prefix(" character)"));
        after.len() < rest.len() && end.is_some_and(is_string_end)
    })
}

/// What the mark of a string that was cut for an answer begins with. The number of characters left out follows.
pub const CUT_MARK: &str = "… (+";

/// Whether nothing follows, or the end of a string within the text.
fn is_string_end(after: &str) -> bool {
    let after = after.trim_start();
    after.is_empty() || after.trim_start_matches('\\').starts_with('"')
}

/// Where the placeholder stands that a cut at byte `index` would split.
pub fn placeholder_at(text: &str, index: usize) -> Option<Range<usize>> {
    let from = index.saturating_sub(REDACTED.len() - 1);
    let to = index.saturating_add(REDACTED.len() - 1).min(text.len());
    let at = from + memmem::find(text.as_bytes().get(from..to)?, REDACTED.as_bytes())?;
    (at < index && index < at + REDACTED.len()).then(|| at..at + REDACTED.len())
}

/// The largest byte index up to `max` at which `text` can be cut: between two characters, and not inside a placeholder.
pub fn safe_cut(text: &str, max: usize) -> usize {
    let mut index = max.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    placeholder_at(text, index).map_or(index, |placeholder| placeholder.start)
}

/// The start of `text` with at most `max` characters, cut as [`safe_cut`] cuts.
pub fn first_characters(text: &str, max: usize) -> &str {
    let end = text.char_indices().nth(max).map_or(text.len(), |(index, _)| index);
    text.get(..safe_cut(text, end)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_placeholder_is_found_whole_and_cut() {
        let found = [
            REDACTED.to_owned(),
            format!("https://bob:{REDACTED}@host/"),
            REDACTED[..12].to_owned(),
            format!("key {}", &REDACTED[..30]),
            format!("{}… (+22 characters)", &REDACTED[..40]),
            format!("{}...", &REDACTED[..20]),
            REDACTED[40..].to_owned(),
            format!("…{} and more", &REDACTED[20..]),
            format!("a… {}", &REDACTED[REDACTED.len() - 12..]),
            format!("https://bob:{}@host/", &REDACTED[..20]),
            format!("{}x", &REDACTED[..60]),
            format!("key={}&a=b", &REDACTED[28..]),
            format!("{{\"password\":\"{}\"}}", &REDACTED[..14]),
            format!("{{\\\"password\\\":\\\"{}\\\"}}", &REDACTED[..14]),
            format!("{{\"password\":\"{}\"}}", &REDACTED[REDACTED.len() - 12..]),
        ];
        for text in found {
            assert!(contains_placeholder(&text), "{text}");
        }
        let others = [
            "",
            "(secret: yes)",
            "(secret: shown to you)",
            "(secret",
            "(secret: sh…",
            "it is true)",
            "REVEAL_SECRETS=true",
            "set REVEAL_SECRETS=true)",
            "(start it with REVEAL_SECRETS=true)",
            "The log is shown where the server runs.",
        ];
        for text in others {
            assert!(!contains_placeholder(text), "{text}");
        }
    }

    #[test]
    fn every_cut_of_the_placeholder_is_found() {
        for end in MIN_PART..=REDACTED.len() {
            assert!(contains_placeholder(&format!("a {}", &REDACTED[..end])), "{end}");
        }
        for start in 0..=REDACTED.len() - MIN_PART {
            assert!(contains_placeholder(&format!("{} b", &REDACTED[start..])), "{start}");
        }
    }

    #[test]
    fn cut_marks_are_found() {
        for text in [
            "abc… (+1,234 characters)",
            "… (+7 characters)\n",
            "x… (+1 character)",
            "{\"name\":\"abc… (+7 characters)\"}",
            "{\\\"name\\\":\\\"abc… (+7 characters)\\\",",
            "a… (+7 characters) b… (+7 characters)",
        ] {
            assert!(ends_in_cut_mark(text), "{text}");
        }
        for text in ["Loading…", "… (+ characters)", "(+7 characters)", "… (+7 characters) more", "a… (7 characters)"]
        {
            assert!(!ends_in_cut_mark(text), "{text}");
        }
    }

    #[test]
    fn a_cut_never_splits_a_placeholder() {
        let text = format!("é{REDACTED}{REDACTED}é");
        for max in 0..text.len() + 3 {
            let index = safe_cut(&text, max);
            let expected: &[usize] = &[0, 2, 2 + REDACTED.len(), 2 + 2 * REDACTED.len(), text.len()];
            assert!(index <= max && expected.contains(&index), "{max} {index}");
        }
        assert_eq!(safe_cut("plain", 3), 3);
        assert_eq!(placeholder_at(&text, 10), Some(2..2 + REDACTED.len()));
        assert_eq!(placeholder_at(&text, 2), None);
    }
}
