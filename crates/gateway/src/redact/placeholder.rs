//! The text that stands for a secret, and how to recognise it, whole or cut.

use std::ops::Range;

use memchr::memmem;

/// Stands where a secret was.
pub const REDACTED: &str = "(secret: shown where the server runs with REVEAL_SECRETS=true)";

/// A part of [`REDACTED`] that is this long, in bytes, is no accident.
const MIN_PART: usize = 12;

/// Whether `text` contains [`REDACTED`], or what a cut leaves of it: its start (12 bytes or more) before the end of the
/// text or a cut mark (`…`, `...`), or its end (12 bytes or more) at the start of the text or after a cut mark.
///
/// An argument that contains it must be refused: it would overwrite a secret with this text.
pub fn contains_placeholder(text: &str) -> bool {
    let start = REDACTED.get(..MIN_PART).unwrap_or(REDACTED);
    let end = REDACTED.get(REDACTED.len() - MIN_PART..).unwrap_or(REDACTED);
    let starts = memmem::find_iter(text.as_bytes(), start).any(|at| {
        let rest = text.get(at..).unwrap_or_default();
        let shared = rest.bytes().zip(REDACTED.bytes()).take_while(|(one, other)| one == other).count();
        let after = rest.get(shared..).unwrap_or_default().trim_start();
        shared == REDACTED.len() || after.is_empty() || after.starts_with('…') || after.starts_with("...")
    });
    starts
        || memmem::find_iter(text.as_bytes(), end).any(|at| {
            let before = text.get(..at).unwrap_or_default();
            let expected = REDACTED.get(..REDACTED.len() - MIN_PART).unwrap_or_default();
            let shared = before.bytes().rev().zip(expected.bytes().rev()).take_while(|(one, other)| one == other);
            let before = before.get(..at - shared.count()).unwrap_or_default().trim_end();
            before.is_empty() || before.ends_with('…') || before.ends_with("...")
        })
}

/// Whether `text` ends as a string that was cut for an answer ends: `… (+1,234 characters)`.
///
/// An argument that ends so must be refused as well: it is not the whole value.
pub fn ends_in_cut_mark(text: &str) -> bool {
    let text = text.trim_end();
    let Some(count) = text.strip_suffix(" characters)").or_else(|| text.strip_suffix(" character)")) else {
        return false;
    };
    let before = count.trim_end_matches(|character: char| character.is_ascii_digit() || character == ',');
    before.len() < count.len() && before.ends_with("… (+")
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
        for text in ["abc… (+1,234 characters)", "… (+7 characters)\n", "x… (+1 character)"] {
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
