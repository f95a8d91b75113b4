//! Shortens texts that are quoted in messages.

use std::borrow::Cow;

/// How many characters are kept at the start and at the end of a long text.
const START: usize = 200;
const END: usize = 80;

/// The text; only its start and end where it is long.
pub fn shortened(text: &str) -> Cow<'_, str> {
    let length = text.chars().count();
    if length <= START + END {
        return Cow::Borrowed(text);
    }
    let (start, end): (String, String) =
        (text.chars().take(START).collect(), text.chars().skip(length - END).collect());
    Cow::Owned(format!("{start}…{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_keep_start_and_end() {
        assert_eq!(shortened("é"), "é");
        let long = format!("{}middle{}", "a".repeat(1_000), "z".repeat(1_000));
        assert_eq!(shortened(&long), format!("{}…{}", "a".repeat(START), "z".repeat(END)));
    }
}
