//! Texts as a Kickstart file writes them.
//!
//! `#{`, `@{` and `&{` open a substitution. A backslash before one makes it plain text, so backslashes that stand there
//! already are doubled; anywhere else a backslash is a character like any other.

use std::iter::repeat_n;

use gateway::redact::REDACTED;

/// A plain text, written so that it comes out as it is.
pub fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut backslashes = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if is_sign(character) && characters.peek() == Some(&'{') {
            written.extend(repeat_n('\\', backslashes + 1));
        }
        backslashes = if character == '\\' { backslashes + 1 } else { 0 };
        written.push(character);
    }
    written
}

/// Whether something in a text would be taken for a substitution.
pub fn has_opener(text: &str) -> bool {
    text.match_indices('{').any(|(at, _)| text.get(..at).is_some_and(|before| before.ends_with(is_sign)))
}

/// Where the value of a variable is put.
pub fn substitution(variable: &str) -> String {
    format!("#{{{variable}}}")
}

/// How many secrets were replaced in a text.
pub fn secret_count(text: &str) -> usize {
    text.matches(REDACTED).count()
}

/// The text with variables in the places of its secrets, in their order, and everything else as it is.
pub fn with_variables<'a>(text: &str, variables: impl IntoIterator<Item = &'a str>) -> String {
    let mut parts = text.split(REDACTED);
    let mut written = escaped(parts.next().unwrap_or_default());
    for (part, variable) in parts.zip(variables) {
        // A backslash before this opener would make it plain text.
        let backslashes = written.chars().rev().take_while(|character| *character == '\\').count();
        written.extend(repeat_n('\\', backslashes));
        written.push_str(&substitution(variable));
        written.push_str(&escaped(part));
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

    /// What a Kickstart file makes of texts that it writes so.
    fn read_back(texts: &[String]) -> Vec<Value> {
        let folder = tempfile_folder();
        let file = json!({
            "apiKeys": [{ "key": "k" }],
            "variables": { "V": "#{ENV.V}" },
            "requests": [{ "method": "POST", "url": "/api/x", "body": { "texts": texts } }]
        });
        let path = folder.join("kickstart.json");
        fs::write(&path, file.to_string()).unwrap();
        let environment = |name: &str| (name == "V").then(|| "the #{V} value".to_owned());
        let read = kickstart::read(&path, &environment, &BTreeMap::new()).unwrap();
        fs::remove_dir_all(folder).unwrap();
        read.steps[0].body["texts"].as_array().unwrap().clone()
    }

    fn tempfile_folder() -> std::path::PathBuf {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("escaped-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
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
    fn what_was_written_comes_out_as_it_was() {
        let written: Vec<String> = HOSTILE.iter().map(|text| escaped(text)).collect();
        assert_eq!(read_back(&written), HOSTILE.map(Value::from));
        assert_eq!(escaped("a #{x}"), "a \\#{x}");
        assert_eq!(escaped("\\#{x}"), "\\\\\\#{x}");
    }

    #[test]
    fn secrets_become_variables_wherever_they_stand() {
        let text = format!("\\{REDACTED}#{{x}}\\\\{REDACTED}#");
        let written = with_variables(&text, ["V", "V"]);
        assert_eq!(written, "\\\\#{V}\\#{x}\\\\\\\\#{V}#");
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
        fn any_text_comes_out_as_it_was(texts in prop::collection::vec("[\\\\#@&{}x😀 ]{0,12}", 1..8)) {
            let written: Vec<String> = texts.iter().map(|text| escaped(text)).collect();
            let expected: Vec<Value> = texts.into_iter().map(Value::from).collect();
            prop_assert_eq!(read_back(&written), expected);
        }
    }
}
