//! Keys and tokens, and what people write in their place.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use super::{
    error::ConfigError,
    given::{Given, Settings},
    settings::Setting,
};

/// The secret of a setting. One that cannot be one is a mistake, noted in `settings`.
pub fn read(settings: &mut Settings, setting: &Setting) -> Option<SecretString> {
    let Given { value, source: source_name } = settings.get(setting)?;
    let fault = if HeaderValue::from_str(&value).is_err() {
        "expected one line of printable characters"
    } else if let Some(fault) = no_secret(&value) {
        fault
    } else {
        return Some(SecretString::from(value));
    };
    let fault = format!("{fault} (the value is not shown: it may be secret)");
    settings.mistake(ConfigError::HiddenValue { source_name, fault });
    None
}

/// The fewest characters of a key that nobody guesses.
pub const MIN_CHARACTERS: usize = 20;

/// Whether a key has so few characters that it can be guessed.
pub fn is_short(key: &SecretString) -> bool {
    key.expose_secret().chars().count() < MIN_CHARACTERS
}

/// What comes before a token in the `Authorization` header.
const HEADER_WORDS: [&str; 5] = ["authorization:", "bearer", "basic", "apikey", "token"];

/// Texts of examples, in lower case without signs.
const EXAMPLES: [&str; 13] = [
    "apikey",
    "fusionauthapikey",
    "apikeyhere",
    "keyhere",
    "tokenhere",
    "bearertoken",
    "changeme",
    "changethis",
    "replaceme",
    "replacethis",
    "placeholder",
    "todo",
    "secretkey",
];

/// Why a value is no key or token, and what to do.
fn no_secret(value: &str) -> Option<&'static str> {
    let is_between = |open: &[char], close: &[char]| value.starts_with(open) && value.ends_with(close);
    let lower = value.to_ascii_lowercase();
    let plain: String = lower.chars().filter(char::is_ascii_alphanumeric).collect();
    let is_variable = |name: &str| {
        let mut characters = name.chars();
        characters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
            && characters.all(|other| other.is_ascii_alphanumeric() || matches!(other, '_' | ':' | '.'))
    };
    let is_header = HEADER_WORDS.iter().any(|word| {
        let rest = lower.strip_prefix(word);
        rest.is_some_and(|rest| word.ends_with(':') || rest.starts_with(char::is_whitespace))
    });
    if value.chars().count() > 1 && is_between(&['"', '\'', '`', '“', '‘', '«'], &['"', '\'', '`', '”', '’', '»'])
    {
        Some("the value has quotes around it; remove them")
    } else if is_between(&['$'], &['}'])
        || is_between(&['{'], &['}'])
        || value.strip_prefix('$').is_some_and(is_variable)
        || value.len() > 2 && is_between(&['%'], &['%'])
    {
        Some("the value is the name of a variable that was not replaced; set the variable, or use the value itself")
    } else if is_header {
        Some("the value begins like a header; use only the key or token, without the word before it")
    } else if is_between(&['<', '['], &['>', ']']) || is_example(&plain) || has_one_sign(value) {
        Some("the value is the placeholder of an example; put your own key or token in its place")
    } else {
        None
    }
}

/// Whether it is a text of examples, such as `your-api-key`.
fn is_example(plain: &str) -> bool {
    let begins = ["your", "my", "insert", "enter", "replacewith", "paste"].iter().any(|word| plain.starts_with(word));
    let ends = ["key", "token", "keyhere", "tokenhere", "jwt", "secret"].iter().any(|word| plain.ends_with(word));
    begins && ends || EXAMPLES.contains(&plain)
}

/// Whether it is the same character again and again, such as `xxxx` or `...`.
fn has_one_sign(value: &str) -> bool {
    let mut characters = value.chars();
    let first = characters.next();
    value.chars().count() > 2 && characters.all(|other| Some(other) == first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings::{API_KEY, BEARER_TOKEN};

    fn mistakes(setting: &Setting, value: &str) -> Vec<String> {
        let variable = setting.variable.unwrap().to_owned();
        let mut settings = Settings::new([], [(variable, value.to_owned())]);
        let is_read = read(&mut settings, setting).is_some();
        let mistakes: Vec<_> = settings.into_errors().iter().map(ToString::to_string).collect();
        assert_eq!(is_read, mistakes.is_empty());
        mistakes
    }

    #[test]
    fn what_stands_for_a_key_is_a_mistake_that_says_what_to_do() {
        for (value, remedy) in [
            ("${KEY}", "set the variable"),
            ("${input:fusionauth_key}", "set the variable"),
            ("$FUSIONAUTH_API_KEY", "set the variable"),
            ("$env:API_KEY", "set the variable"),
            ("{{ api_key }}", "set the variable"),
            ("%API_KEY%", "set the variable"),
            ("<your key>", "put your own"),
            ("<API_KEY>", "put your own"),
            ("[your-api-key]", "put your own"),
            ("your-api-key", "put your own"),
            ("YOUR_API_KEY_HERE", "put your own"),
            ("my-fusionauth-api-key", "put your own"),
            ("insert your token here", "put your own"),
            ("changeme", "put your own"),
            ("xxxxxxxx", "put your own"),
            ("...", "put your own"),
            ("\"bf69486b-4733-4470-a592-f1bfce7af580\"", "remove them"),
            ("'bf69486b'", "remove them"),
            ("“bf69486b”", "remove them"),
            ("Bearer bf69486b", "only the key or token"),
            ("bearer\tbf69486b", "only the key or token"),
            ("Authorization: bf69486b", "only the key or token"),
            ("ApiKey bf69486b", "only the key or token"),
        ] {
            for setting in [&API_KEY, &BEARER_TOKEN] {
                let mistakes = mistakes(setting, value);
                let [mistake] = &mistakes[..] else { panic!("{value}: {mistakes:?}") };
                assert!(mistake.starts_with(setting.label()) && mistake.contains(remedy), "{value}: {mistake}");
                assert!(!mistake.contains("bf69486b"), "{mistake}");
            }
        }
    }

    #[test]
    fn keys_are_keys() {
        for value in [
            "bf69486b-4733-4470-a592-f1bfce7af580",
            "33052c8a-c283-4e96-9d2a-eb1215c69f8f-not-for-prod",
            "this_really_should_be_a_long_random_alphanumeric_value_but_this_still_works",
            "sandbox-api-key",
            "test-key",
            "the-secret-key",
            "key",
            "eyJhbGciOiJIUzI1NiJ9.e30.ZRrHA1JJJW8opsbCGfG_HACGpVUMN_a9IV7pAx_Zmeo",
            "pa$$word",
            "a\"b\"c",
            "bearer-of-news",
            "$2a$10$N9qo8uLOickgx2ZMRZoMye",
        ] {
            assert_eq!(mistakes(&API_KEY, value), Vec::<String>::new(), "{value}");
        }
    }

    #[test]
    fn short_keys_are_known() {
        assert!(is_short(&"nineteen characters".to_owned().into()));
        assert!(!is_short(&"twenty characters!!!".to_owned().into()));
    }
}
