//! The values of a guide's arguments, and how they are given.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::text::{nearest::did_you_mean, shorten::shortened};

/// The longest value of an argument, in bytes.
const MAX_VALUE_BYTES: usize = 2_000;

/// Something that a guide wants to know.
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Whether the guide makes no sense without it.
    pub required: bool,
    /// How the upstream completes its value, where it can.
    pub lookup: Option<&'static Lookup>,
    /// What its value may be, where that is one of a few words.
    pub values: &'static [&'static str],
}

/// A search for values of an argument.
#[derive(Debug)]
pub struct Lookup {
    /// The operation that searches.
    pub operation: &'static str,
    /// Its arguments for what was typed so far, and the number of results to ask for.
    pub arguments: fn(&str, usize) -> Map<String, Value>,
    /// The key of the found objects in the answer.
    pub list: &'static str,
    /// The properties that a value may be, the first that an object has.
    pub properties: &'static [&'static str],
}

/// The values of a guide's arguments, by name.
pub type Values = BTreeMap<&'static str, String>;

/// Arguments that a guide does not take.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArgumentError {
    /// The guide takes no such argument.
    #[error("{name}: unknown argument{hint} ({guide} takes: {known})")]
    Unknown {
        /// The guide.
        guide: &'static str,
        /// The name.
        name: String,
        /// The nearest right name.
        hint: String,
        /// The arguments that the guide takes.
        known: String,
    },
    /// A required argument is missing.
    #[error("{name}: missing; {description}")]
    Missing {
        /// The name.
        name: &'static str,
        /// What it is.
        description: &'static str,
    },
    /// An argument that is longer than any name or address.
    #[error("{name}: {length} bytes; expected at most {MAX_VALUE_BYTES}")]
    Long {
        /// The name.
        name: &'static str,
        /// The length of its value, in bytes.
        length: usize,
    },
}

/// The values of a guide's arguments, of which some are required.
///
/// # Errors
/// An unknown argument, one that is missing or too long.
pub(super) fn checked<'g>(
    guide: &'static str,
    arguments: &[Argument],
    given: impl IntoIterator<Item = (&'g str, &'g str)>,
) -> Result<Values, ArgumentError> {
    let mut values = Values::new();
    for (name, value) in given {
        let names = arguments.iter().map(|argument| argument.name);
        let Some(known) = names.clone().find(|known| *known == name) else {
            return Err(ArgumentError::Unknown {
                guide,
                name: shortened(name).into_owned(),
                hint: did_you_mean(name, names.clone()),
                known: names.collect::<Vec<_>>().join(", "),
            });
        };
        let value = value.trim();
        if value.len() > MAX_VALUE_BYTES {
            return Err(ArgumentError::Long { name: known, length: value.len() });
        }
        if !value.is_empty() {
            values.insert(known, value.to_owned());
        }
    }
    match arguments.iter().find(|argument| argument.required && !values.contains_key(argument.name)) {
        Some(argument) => Err(ArgumentError::Missing { name: argument.name, description: argument.description }),
        None => Ok(values),
    }
}

/// A name that stands before a `?`, and the arguments after it: `find-user?user=ann@example.com`. `&` stands between two
/// arguments, and `%` before two hexadecimal digits for a byte, as in a URI. `None` where there is no `?`.
pub fn with_arguments(name: &str) -> Option<(&str, Vec<(String, String)>)> {
    let (name, query) = name.split_once('?')?;
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    Some((name, pairs.map(|(key, value)| (decoded(key), decoded(value))).collect()))
}

/// The text without percent-encoding (RFC 3986, section 2.1). What is none stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match byte.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stand_behind_a_name() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(with_arguments("find-user"), None);
        assert_eq!(with_arguments("find-user?"), Some(("find-user", vec![])));
        assert_eq!(
            with_arguments("find-user?user=a+b%40example.com&x=1%262&y"),
            Some(("find-user", vec![pair("user", "a+b@example.com"), pair("x", "1&2"), pair("y", "")]))
        );
        assert_eq!(with_arguments("a?b=100%&c=%zz%e4"), Some(("a", vec![pair("b", "100%"), pair("c", "%zz\u{fffd}")])));
    }
}
