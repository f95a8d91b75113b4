//! Names and texts that people gave, made safe for one line or for a file name.

use gateway::redact::{first_characters, is_invisible};

/// The longest name that is shown, in characters.
const MAX_LABEL: usize = 80;

/// A text for one line of a comment or a message: without line ends, and cut where it is long.
pub fn one_line(text: &str) -> String {
    let start = first_characters(text, MAX_LABEL);
    let mut line: String = start.chars().map(|letter| if is_invisible(letter) { ' ' } else { letter }).collect();
    if start.len() < text.len() {
        line.push('…');
    }
    line.trim().to_owned()
}

/// A text for one line, without line ends. Each word is cut where it is long, the text is not.
pub fn whole_line(text: &str) -> String {
    text.split_whitespace().map(one_line).collect::<Vec<_>>().join(" ")
}

/// Whether a name, in lower case, is a device on Windows, whatever the extension.
pub fn is_device_name(name: &str) -> bool {
    let port = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    matches!(name, "aux" | "con" | "nul" | "prn")
        || port.is_some_and(|number| number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn device_names_are_known() {
        assert!(["con", "com1", "lpt9"].into_iter().all(is_device_name));
        assert!(!["com", "com10", "coma", "console"].into_iter().any(is_device_name));
    }

    #[test]
    fn a_label_stays_in_its_line() {
        assert_eq!(one_line("a\nresource \"b\" {\r\u{202e}"), "a resource \"b\" {");
        assert_eq!(one_line(&"x".repeat(100)).chars().count(), MAX_LABEL + 1);
    }
}
