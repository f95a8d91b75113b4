//! Shortens texts that are quoted in messages.

use std::borrow::Cow;

use crate::redact::{first_characters, placeholder_at};

/// How many characters are kept at the start and at the end of a long text.
const START: usize = 200;
const END: usize = 80;

/// The text; only its start and end where it is long. What stands for a secret is left out rather than cut.
pub fn shortened(text: &str) -> Cow<'_, str> {
    let length = text.chars().count();
    if length <= START + END {
        return Cow::Borrowed(text);
    }
    let end = text.char_indices().nth(length - END).map_or(text.len(), |(index, _)| index);
    let end = placeholder_at(text, end).map_or(end, |placeholder| placeholder.end);
    Cow::Owned(format!("{}…{}", first_characters(text, START), text.get(end..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::REDACTED;

    #[test]
    fn long_texts_keep_start_and_end() {
        assert_eq!(shortened("é"), "é");
        let long = format!("{}middle{}", "a".repeat(1_000), "z".repeat(1_000));
        assert_eq!(shortened(&long), format!("{}…{}", "a".repeat(START), "z".repeat(END)));
    }

    #[test]
    fn what_stands_for_a_secret_is_not_cut() {
        let (a, z) = ("a".repeat(START - 5), "z".repeat(END - 5));
        assert_eq!(shortened(&format!("{a}{REDACTED}middle{REDACTED}{z}")), format!("{a}…{z}"));
    }
}
