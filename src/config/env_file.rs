//! Environment files: `NAME=value` lines.
//!
//! ```text
//! # a comment
//! NAME=value            # and another one, after white space
//! export OTHER='a value with spaces, literally'
//! THIRD="with \"escapes\": \n, \r, \t, \\"
//! ```
//!
//! A `$` is a `$` everywhere: passwords and keys have it. Quoted values may have several lines.

/// An entry that is none. It is not repeated: it may hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {fault}")]
pub struct EnvFileError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: EnvFault,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvFault {
    /// It is not of that form.
    #[error("expected NAME=value")]
    NoEntry,
    /// The value has white space in it.
    #[error("the value of {0} has white space in it and needs quotes: {0}='…'")]
    NeedsQuotes(String),
    /// The value begins with a quote that does not end.
    #[error("the value of {name} begins with {quote} and has no {quote} at its end")]
    OpenQuote {
        /// The variable.
        name: String,
        /// The quote.
        quote: char,
    },
    /// Something follows the quotes.
    #[error("the value of {name} continues after its closing {quote}: put all of it between quotes")]
    AfterQuote {
        /// The variable.
        name: String,
        /// The quote.
        quote: char,
    },
}

/// The variables of an environment file in their order.
///
/// # Errors
/// The first entry that is wrong.
pub fn parse(text: &str) -> Result<Vec<(String, String)>, EnvFileError> {
    let mut entries = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let (first, after) = split_line(rest);
        let entry = first.trim();
        if entry.is_empty() || entry.starts_with('#') {
            (rest, line) = (after, line + 1);
            continue;
        }
        let at = |fault| EnvFileError { line, fault };
        let (name, value) = split_name(first).ok_or_else(|| at(EnvFault::NoEntry))?;
        let quote = value.chars().next().filter(|first| matches!(first, '\'' | '"'));
        let Some(quote) = quote else {
            entries.push((name.to_owned(), bare(name, value).map_err(at)?));
            (rest, line) = (after, line + 1);
            continue;
        };
        // A quoted value may go on in the next lines.
        let offset = first.len() - value.len() + quote.len_utf8();
        let quoted = rest.get(offset..).unwrap_or_default();
        let open = || EnvFault::OpenQuote { name: name.to_owned(), quote };
        let (value, length) = if quote == '"' { double(quoted) } else { single(quoted) }.ok_or_else(|| at(open()))?;
        let (tail, next) = split_line(quoted.get(length..).unwrap_or_default());
        if !(tail.trim().is_empty() || tail.starts_with(char::is_whitespace) && tail.trim_start().starts_with('#')) {
            return Err(at(EnvFault::AfterQuote { name: name.to_owned(), quote }));
        }
        line += 1 + quoted.get(..length).unwrap_or_default().matches('\n').count();
        entries.push((name.to_owned(), value));
        rest = next;
    }
    Ok(entries)
}

/// The first line without its end, and what follows.
fn split_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

/// The name of an entry, and what follows its equals sign and white space.
fn split_name(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once('=')?;
    let name = name.trim();
    let name = name.strip_prefix("export").filter(|rest| rest.starts_with(char::is_whitespace)).unwrap_or(name).trim();
    let mut characters = name.chars();
    let is_first = |first: char| first.is_ascii_alphabetic() || first == '_';
    let is_name = characters.next().is_some_and(is_first)
        && characters.all(|other| other.is_ascii_alphanumeric() || matches!(other, '_' | '.'));
    is_name.then(|| (name, value.trim_start()))
}

/// A value without quotes, up to a comment.
fn bare(name: &str, text: &str) -> Result<String, EnvFault> {
    let is_comment = |(index, sign): &(usize, char)| {
        *sign == '#'
            && text.get(..*index).is_some_and(|before| before.is_empty() || before.ends_with(char::is_whitespace))
    };
    let end = text.char_indices().find(is_comment).map_or(text.len(), |(index, _)| index);
    let value = text.get(..end).unwrap_or_default().trim();
    if value.contains(char::is_whitespace) {
        return Err(EnvFault::NeedsQuotes(name.to_owned()));
    }
    Ok(value.to_owned())
}

/// The text up to the closing `'`, literally, and the length with that.
fn single(text: &str) -> Option<(String, usize)> {
    let end = text.find('\'')?;
    Some((text.get(..end)?.to_owned(), end + 1))
}

/// The text up to the closing `"`, with its escapes replaced, and the length with that.
fn double(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((value, index + 1)),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                'r' => value.push('\r'),
                't' => value.push('\t'),
                escaped @ ('"' | '\\' | '$') => value.push(escaped),
                other => value.extend(['\\', other]),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> String {
        let entries = parse(text).unwrap();
        let [(name, value)] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!(name, "A");
        value.clone()
    }

    fn fault(text: &str) -> String {
        let fault = parse(text).unwrap_err().to_string();
        assert!(!fault.contains("hunter2"), "{fault}");
        fault
    }

    #[test]
    fn a_dollar_is_a_dollar() {
        for text in ["pa$$word", "$HOME", "${A}", "a$1b", "$"] {
            assert_eq!(value(&format!("A={text}")), text);
            assert_eq!(value(&format!("A='{text}'")), text);
            assert_eq!(value(&format!("A=\"{text}\"")), text);
        }
    }

    #[test]
    fn entries_have_many_forms() {
        assert_eq!(value("A=b"), "b");
        assert_eq!(value("  export\tA = b \r\n"), "b");
        assert_eq!(value("A=b # a comment"), "b");
        assert_eq!(value("A=b#c\\d='e\"f"), "b#c\\d='e\"f");
        assert_eq!(value("A="), "");
        assert_eq!(value("A= # nothing"), "");
        assert_eq!(value("A='b # \\n c'  # a comment"), "b # \\n c");
        assert_eq!(value(r#"A="b\n\"c\"\\\d é""#), "b\n\"c\"\\\\d é");
        assert_eq!(value("# a comment\n\nA='b\nc'\r\n"), "b\nc");
        assert_eq!(parse("A=b\nC='d\n'\nE=\"\"\nF=g").unwrap().len(), 4);
    }

    #[test]
    fn what_needs_quotes_is_named_by_its_line() {
        assert_eq!(
            fault("A=b\n\n# c\nKEY=my hunter2"),
            "line 4: the value of KEY has white space in it and needs quotes: KEY='…'"
        );
        assert_eq!(
            fault("A='b\nc'\nKEY=my\thunter2"),
            "line 3: the value of KEY has white space in it and needs quotes: KEY='…'"
        );
        assert_eq!(fault("KEY='hunter2"), "line 1: the value of KEY begins with ' and has no ' at its end");
        assert_eq!(fault("A=b\nKEY=\"hunter2\\\""), "line 2: the value of KEY begins with \" and has no \" at its end");
        assert_eq!(
            fault("KEY='it'hunter2"),
            "line 1: the value of KEY continues after its closing ': put all of it between quotes"
        );
        assert_eq!(
            fault("KEY=\"it\"#hunter2"),
            "line 1: the value of KEY continues after its closing \": put all of it between quotes"
        );
    }

    #[test]
    fn what_is_no_entry_is_named_by_its_line() {
        for text in ["A=b\nhunter2", "A=b\n=hunter2", "A=b\n7=hunter2", "A=b\nMY KEY=hunter2", "A=b\nexport hunter2"] {
            assert_eq!(fault(text), "line 2: expected NAME=value", "{text}");
        }
    }
}
