//! Texts as they are written in a Kickstart file.
//!
//! `#{`, `@{` and `&{` open a substitution. A backslash before one makes it plain text and goes; any other backslash is an
//! ordinary character. So nothing can be written that is a backslash with a substitution after it, and a variable stands
//! for such a backslash.

use gateway::redact::REDACTED;

/// The variable that stands for a backslash before a substitution.
pub const BACKSLASH: &str = "BACKSLASH";

/// Escapes a plain text, so that FusionAuth reads it as it is.
pub fn escape(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if is_sign(character) && characters.peek() == Some(&'{') {
            written.push('\\');
        }
        written.push(character);
    }
    written
}

/// Whether a text contains what opens a substitution.
pub fn has_opener(text: &str) -> bool {
    text.match_indices('{').any(|(at, _)| text.get(..at).is_some_and(|before| before.ends_with(is_sign)))
}

/// The substitution of a variable: `#{variable}`.
pub fn substitution(variable: &str) -> String {
    format!("#{{{variable}}}")
}

/// How many redacted secrets a text has.
pub fn secret_count(text: &str) -> usize {
    text.matches(REDACTED).count()
}

/// The text with its secrets replaced by variables, in their order, and everything else escaped.
pub fn with_variables<'a>(text: &str, variables: impl IntoIterator<Item = &'a str>) -> String {
    let mut parts = text.split(REDACTED);
    let mut written = escape(parts.next().unwrap_or_default());
    for (part, variable) in parts.zip(variables) {
        // A backslash before this opener would make it plain text.
        let before = written.trim_end_matches('\\').len();
        let backslashes = written.split_off(before).len();
        written.push_str(&substitution(BACKSLASH).repeat(backslashes));
        written.push_str(&substitution(variable));
        written.push_str(&escape(part));
    }
    written
}

fn is_sign(character: char) -> bool {
    matches!(character, '#' | '@' | '&')
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs};

    use fusionauth_sandbox::kickstart;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// What FusionAuth reads where a Kickstart file has these texts.
    fn read_back(texts: &[String]) -> Vec<Value> {
        let folder = tempfile::tempdir().unwrap();
        let file = json!({
            "apiKeys": [{ "key": "k" }],
            "variables": { "V": "#{ENV.V}", BACKSLASH: "\\" },
            "requests": [{ "method": "POST", "url": "/api/x", "body": { "texts": texts } }]
        });
        let path = folder.path().join("kickstart.json");
        fs::write(&path, file.to_string()).unwrap();
        let environment = |name: &str| (name == "V").then(|| "the #{V} value".to_owned());
        let given = kickstart::Given { environment: &environment, variables: BTreeMap::new() };
        let read = kickstart::read(&path, &given, BTreeMap::new()).unwrap();
        read.steps[0].body["texts"].as_array().unwrap().clone()
    }

    const HOSTILE: [&str; 16] = [
        "",
        "#{ENV.X}",
        "@{file.txt}",
        "&{file.json}",
        "\\#{x}",
        "\\\\#{x}",
        "\\\\\\#{x}",
        "#{",
        "##{#{}}",
        "\\",
        "a\\",
        "C:\\temp\\ #{ \\ {",
        "${user.name} [#ftl/] @ { & { # {",
        "é\\#{é}\n\"\t😀",
        "&{a}&{b}",
        "\\@{\\&{\\#{",
    ];

    #[test]
    fn escaped_texts_are_read_as_they_were() {
        let written: Vec<String> = HOSTILE.iter().map(|text| escape(text)).collect();
        assert_eq!(read_back(&written), HOSTILE.map(Value::from));
        assert_eq!(escape("a #{x}"), "a \\#{x}");
        assert_eq!(escape("\\#{x}"), "\\\\#{x}");
    }

    #[test]
    fn secrets_become_variables_everywhere() {
        let text = format!("\\{REDACTED}#{{x}}\\\\{REDACTED}#");
        let written = with_variables(&text, ["V", "V"]);
        assert_eq!(written, "#{BACKSLASH}#{V}\\#{x}#{BACKSLASH}#{BACKSLASH}#{V}#");
        let expected = "\\the #{V} value#{x}\\\\the #{V} value#";
        assert_eq!(read_back(&[written]), [Value::from(expected)]);
        assert_eq!(secret_count(&text), 2);
    }

    #[test]
    fn openers_are_found() {
        assert!(has_opener("a #{x"));
        assert!(has_opener("{ @{"));
        assert!(!has_opener("# { @ x} ${y} {"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_as_it_was(texts in prop::collection::vec("[\\\\#@&{}x😀 ]{0,12}", 1..8)) {
            let written: Vec<String> = texts.iter().map(|text| escape(text)).collect();
            let expected: Vec<Value> = texts.into_iter().map(Value::from).collect();
            prop_assert_eq!(read_back(&written), expected);
        }
    }
}
