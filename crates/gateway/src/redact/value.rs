//! Where the value after a secret's name begins and ends, and whether it is one at all.

use std::ops::Range;

use memchr::memchr2;

use super::{
    names::{self, Meaning},
    pair::{Name, Separator},
    placeholder::REDACTED,
    quote::{MAX_LOOK, Quote},
    shapes::is_template,
};

/// A value in the query of a URL that is shorter, in bytes, is a word.
const MIN_QUERY_SECRET: usize = 16;

/// Where the secret is in the value that stands `gap` bytes of white space after `end`, the separator's end.
pub(super) fn find(text: &str, end: usize, gap: usize, name: &Name<'_>, separator: Separator) -> Option<Range<usize>> {
    let start = end + gap;
    let rest = text.as_bytes().get(start..)?;
    if name.meaning == Some(Meaning::InQuery) && !name.is_marked {
        return in_query(text, start, gap, name, separator);
    }
    if let Some((quote, length)) = Quote::at(rest) {
        return quoted(text, start + length, quote, name);
    }
    match rest.first()? {
        open @ (b'{' | b'[') if name.quote.is_some() && !is_template(line(text, start)) => {
            // What has no name in the document may be an object of settings: its parts have names of their own.
            (name.is_marked || *open == b'[').then(|| start..start + bracket(rest))
        }
        _ if separator.byte == b'>' => None,
        _ if name.quote.is_some() => after_quoted_name(text, start, name, separator),
        _ => {
            // A name without quotes has its value on the same line.
            let is_same_line = !text.get(end..start)?.contains(['\n', '\r']);
            is_same_line.then(|| bare(text, start, name, separator)).flatten()
        }
    }
}

/// The rest of the line, as far as it is looked at.
fn line(text: &str, start: usize) -> &str {
    let rest = look(text.as_bytes().get(start..).unwrap_or_default());
    shown(text, start, memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()))
}

/// A code, key or signature in the query of a URL, where it is too random for a word.
fn in_query(text: &str, start: usize, gap: usize, name: &Name<'_>, separator: Separator) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let before = name.start.checked_sub(1).and_then(|at| bytes.get(at));
    let is_query = match before {
        Some(b'?' | b'&' | b'#' | b';') => true,
        // `%3F`, `%26`, `%23`: the name then begins with their last two digits.
        Some(b'%') => ["3f", "3F", "26", "23"].iter().any(|code| name.text.trim_start_matches("25").starts_with(code)),
        _ => false,
    };
    if !is_query || gap > 0 || separator.byte != b'=' {
        return None;
    }
    let rest = bytes.get(start..)?;
    let run =
        |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.~%/+=".contains(byte)).count();
    let value = rest.get(..run(look(rest)))?;
    let is_uuid = value.len() == 36 && value.iter().filter(|byte| **byte == b'-').count() == 4;
    let is_random = value.len() >= MIN_QUERY_SECRET && value.iter().any(u8::is_ascii_digit) && !is_uuid;
    is_random.then(|| start..start + run(rest))
}

/// As much as is read to tell what it is.
fn look(rest: &[u8]) -> &[u8] {
    rest.get(..MAX_LOOK).unwrap_or(rest)
}

/// The text of that length, or a little less so that it ends with a character.
fn shown(text: &str, start: usize, length: usize) -> &str {
    let mut end = start + length;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(start..end).unwrap_or_default()
}

/// The text between quotes; up to the end where it was cut short.
fn quoted(text: &str, start: usize, quote: Quote, name: &Name<'_>) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(start..)?;
    if rest.starts_with(REDACTED.as_bytes()) {
        return None;
    }
    let length = quote.close(rest).unwrap_or_else(|| {
        // In prose, a quote that is not closed is an apostrophe.
        if name.quote.is_some() { rest.len() } else { memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()) }
    });
    if length > MAX_LOOK {
        return Some(start..start + length);
    }
    let value = text.get(start..start + length)?;
    // In prose, backquotes mark code.
    let is_code = matches!(quote, Quote::Character { byte: b'`', .. }) && (value.contains('/') || is_plain_word(value));
    let is_word =
        name.quote.is_none() && (is_code || is_literal(value) || names::is_label(name.text, value) || is_about(value));
    (!value.is_empty() && !is_word && !is_template(value)).then(|| start..start + length)
}

/// The object or array that begins here; up to the end where it was cut short.
fn bracket(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = rest.get(at) {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' | b'\'' | b'\\' => {
                if let Some((quote, length)) = Quote::at(rest.get(at..).unwrap_or_default()) {
                    let inner = rest.get(at + length..).unwrap_or_default();
                    let Some(end) = quote.close(inner) else { return rest.len() };
                    at += length + end;
                    at += Quote::at(rest.get(at..).unwrap_or_default()).map_or(0, |(_, length)| length);
                    continue;
                }
                at += rest.get(at + 1..).unwrap_or_default().iter().take_while(|byte| **byte == b'\\').count();
            }
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// A number, or a string without quotes, in JSON that is not.
fn after_quoted_name(text: &str, start: usize, name: &Name<'_>, separator: Separator) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(start..)?;
    let length = |rest: &[u8]| {
        let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b'\n' | b'\r' | b'&' | b'<' | b'"');
        if separator.is_encoded { encoded_length(rest) } else { rest.iter().position(is_end).unwrap_or(rest.len()) }
    };
    let value = shown(text, start, length(look(rest))).trim_end();
    let is_nothing = value.is_empty() || is_literal(value) || is_template(value) || is_expression(value, None, name);
    (!is_nothing).then(|| start..start + rest.get(..length(rest)).unwrap_or_default().trim_ascii_end().len())
}

/// Up to what ends a value that is percent-encoded: `&`, white space, an encoded `&`, `,`, `}` or quote.
fn encoded_length(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'&' | b'"' | b'\'' | b'<' | b'>' | b'#' => break,
            byte if byte.is_ascii_whitespace() => break,
            b'%' => {
                let mut digits = rest.get(at + 1..).unwrap_or_default();
                let mut skipped = 0;
                while let Some(inner) = digits.strip_prefix(b"25") {
                    (digits, skipped) = (inner, skipped + 2);
                }
                if matches!(
                    digits,
                    [b'2', b'6' | b'2' | b'C' | b'c', ..]
                        | [b'7', b'D' | b'd', ..]
                        | [b'0', b'A' | b'a' | b'D' | b'd', ..]
                ) {
                    break;
                }
                at += skipped;
            }
            _ => {}
        }
        at += 1;
    }
    at.min(rest.len())
}

/// A value without quotes after a name without quotes: in a form, a URL, a log, prose or code.
fn bare(text: &str, start: usize, name: &Name<'_>, separator: Separator) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(start..)?;
    if let (Some(Meaning::Authorization | Meaning::Cookie), b':') = (name.meaning, separator.byte) {
        return header(text, start, name);
    }
    let length = |rest: &[u8]| if separator.is_encoded { encoded_length(rest) } else { token_length(rest) };
    let token = shown(text, start, length(look(rest)));
    let after = line(text, start).get(token.len()..).unwrap_or_default();
    if token.is_empty() || is_literal(token) || is_template(token) || token.starts_with(['{', '[', '(']) {
        return None;
    }
    if ["${", "#{", "<%", "[#"].iter().any(|open| token.starts_with(open)) && !token.contains('}') {
        return None;
    }
    if is_expression(token, separator.is_spaced.then_some(after), name) || is_code(text, name) {
        return None;
    }
    let is_secret = if separator.byte == b'=' && !separator.is_spaced {
        // A line of a message bundle: `new-password=New password`.
        let begins_line = name.start == 0 || text.as_bytes().get(name.start - 1) == Some(&b'\n');
        !names::is_label(name.text, token)
            && !(begins_line && (names::is_label(name.text, line(text, start)) || is_about(line(text, start))))
            && token.bytes().any(|byte| byte != b'*' && byte != b'.')
    } else {
        is_no_word(token, after)
    };
    is_secret.then(|| start..start + length(rest))
}

/// Up to white space, a quote, an escaped line break, `&`, `<` or `>`.
fn token_length(rest: &[u8]) -> usize {
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'&' | b'"' | b'\'' | b'`' | b'<' | b'>' => break,
            b'\\' if matches!(rest.get(at + 1), Some(b'n' | b'r' | b't' | b'"' | b'\'' | b'\\')) => break,
            byte if byte.is_ascii_whitespace() => break,
            _ => at += 1,
        }
    }
    at
}

/// The value of `Authorization` or `Cookie`: the rest of the line.
fn header(text: &str, start: usize, name: &Name<'_>) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(start..)?;
    let value = shown(text, start, header_length(look(rest)));
    if is_template(value) || value.contains(REDACTED) {
        return None;
    }
    let (first, after) = value.split_once(' ').unwrap_or((value, ""));
    let is_secret = if name.meaning == Some(Meaning::Cookie) {
        first.contains('=')
    } else {
        let schemes = ["basic", "bearer", "digest", "negotiate", "token", "apikey", "hmac", "ntlm"];
        let is_scheme = schemes.iter().any(|scheme| first.eq_ignore_ascii_case(scheme));
        if is_scheme {
            after.split(' ').any(|part| part.len() >= 8 && !is_plain_word(part))
        } else {
            is_no_word(first, after)
        }
    };
    is_secret.then(|| start..start + header_length(rest))
}

/// Up to the end of the line, a quote or an escaped line break.
fn header_length(rest: &[u8]) -> usize {
    let is_end = |(at, byte): (usize, &u8)| match byte {
        b'\n' | b'\r' | b'"' | b'\'' | b'<' | b'`' => true,
        b'\\' => matches!(rest.get(at + 1), Some(b'n' | b'r' | b'"' | b'\'' | b'\\')),
        _ => false,
    };
    let length = rest.iter().enumerate().position(is_end).unwrap_or(rest.len());
    rest.get(..length).unwrap_or_default().trim_ascii_end().len()
}

/// Words that stand for a value, or for its kind, and what CSS writes after a colon.
fn is_literal(value: &str) -> bool {
    const LITERALS: [&str; 34] = [
        "true",
        "false",
        "null",
        "none",
        "nil",
        "undefined",
        "nan",
        "string",
        "number",
        "boolean",
        "bool",
        "integer",
        "object",
        "array",
        "any",
        "required",
        "optional",
        "missing",
        "invalid",
        "blank",
        "empty",
        "unknown",
        "hover",
        "focus",
        "active",
        "visited",
        "disabled",
        "enabled",
        "checked",
        "before",
        "after",
        "valid",
        "password",
        "text",
    ];
    let value = value.trim_end_matches([',', ';', '.', ')', '}', ']', '?', '!', '{']);
    value.is_empty() || value.len() < 10 && LITERALS.iter().any(|literal| value.eq_ignore_ascii_case(literal))
}

/// Several words, one of which names what the value would be: `Enter your password`.
fn is_about(value: &str) -> bool {
    let is_prose = value.contains(' ')
        && value.starts_with(char::is_uppercase)
        && value.chars().all(|character| character.is_alphabetic() || " .,;:!?'’-()\r".contains(character));
    is_prose && {
        let value = value.to_ascii_lowercase();
        ["password", "token", "secret", "key", "code"].iter().any(|word| value.contains(word))
    }
}

/// A variable or a call: `user.password`, `readToken()`; with white space around the separator, also `user.data;`.
fn is_expression(token: &str, after: Option<&str>, name: &Name<'_>) -> bool {
    let is_identifier = |part: &str| {
        part.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_' || first == '$')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
    };
    let path = token.split(['(', '[', ';', ',', ')', '}', '?']).next().unwrap_or_default();
    if !path.split('.').all(is_identifier) {
        return false;
    }
    let closes = token.get(path.len()..).unwrap_or_default();
    let last = path.rsplit('.').next().unwrap_or_default();
    let is_same = path.contains('.') && names::meaning(last) == name.meaning && name.meaning.is_some();
    let is_call = closes.starts_with('(') && closes.contains(')');
    let is_used = after.is_some_and(|after| {
        path.contains('.') && (closes.starts_with(';') || after.trim_start().starts_with(['?', '|', '+']))
    });
    is_same || is_call || is_used
}

/// `const token = …`, and the arms of a condition: `valid ? token : other`.
fn is_code(text: &str, name: &Name<'_>) -> bool {
    let before = text.get(..name.start).unwrap_or_default();
    let trimmed = before.trim_end_matches([' ', '\t']);
    let is_declared = before.len() > trimmed.len()
        && ["const", "let", "var", "return", "assign", "val"].iter().any(|word| trimmed.ends_with(word));
    is_declared || trimmed.ends_with('?') && trimmed.len() < before.len()
}

/// Letters with the capitals that words have; `JavaScript` is one, `dXNlcjpwYXNz` is not.
fn is_plain_word(word: &str) -> bool {
    let pairs = word.chars().zip(word.chars().skip(1));
    let humps = pairs.filter(|(one, next)| one.is_lowercase() && next.is_uppercase()).count();
    humps < 2 && word.chars().all(|character| character.is_alphabetic() || "-'’.,;:!?()".contains(character))
}

/// Whether what follows `name: ` is no word of a sentence.
fn is_no_word(token: &str, after: &str) -> bool {
    let token = token.trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '}', ']', '…']).trim_start_matches('(');
    if !token.bytes().any(|byte| byte.is_ascii_alphanumeric()) || is_literal(token) {
        return false;
    }
    let has_letter = token.chars().any(char::is_alphabetic);
    if !has_letter {
        // `password: 8-64 characters`
        return token.len() >= 6 || token.len() >= 4 && token.bytes().all(|byte| byte.is_ascii_digit());
    }
    if !is_plain_word(token) {
        return true;
    }
    let is_sentence = after.trim_start().starts_with(|next: char| next.is_alphanumeric() || "({…–—".contains(next));
    let mut characters = token.chars();
    let is_capitalised =
        characters.next().is_some_and(char::is_uppercase) && characters.all(|rest| !rest.is_uppercase());
    !is_sentence && !is_capitalised
}
