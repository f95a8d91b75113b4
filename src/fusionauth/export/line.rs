//! Texts of people within one line.

/// The longest name that a person is shown, in characters.
const MAX_LABEL: usize = 80;

/// A text for one line of a comment or a message: nothing that ends the line, and not for ever.
pub fn one_line(text: &str) -> String {
    let mut letters = text.chars().map(|letter| if is_invisible(letter) { ' ' } else { letter });
    let mut line: String = letters.by_ref().take(MAX_LABEL).collect();
    if letters.next().is_some() {
        line.push('…');
    }
    line.trim().to_owned()
}

/// A text as a part of one line: nothing in it ends the line, however long it is.
pub fn whole_line(text: &str) -> String {
    text.split_whitespace().map(one_line).collect::<Vec<_>>().join(" ")
}

/// Whether a letter is one of those that a reader does not see and that change what the reader sees.
pub fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_stays_in_its_line() {
        assert_eq!(one_line("a\nresource \"b\" {\r\u{202e}"), "a resource \"b\" {");
        assert_eq!(one_line(&"x".repeat(100)).chars().count(), MAX_LABEL + 1);
    }
}
