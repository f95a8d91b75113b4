//! Reading JSON (RFC 8259). Numbers keep their text, and half of a surrogate pair becomes U+FFFD.

use std::rc::Rc;

use crate::value::{Map, Value};

/// How deep values may nest, as in jq.
const MAX_DEPTH: usize = 10_000;

/// What is wrong with a JSON text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at byte {offset}")]
pub struct ReadError {
    /// What is wrong.
    pub message: &'static str,
    /// Where, in bytes from 0.
    pub offset: usize,
}

/// The one value that a text is.
///
/// # Errors
/// Where the text is no JSON.
pub fn parse(text: &str) -> Result<Value, ReadError> {
    let mut reader = Reader { text, offset: 0 };
    reader.skip_blanks();
    let value = reader.document()?;
    reader.skip_blanks();
    if reader.offset < text.len() { Err(reader.fault("expected the end")) } else { Ok(value) }
}

struct Reader<'t> {
    text: &'t str,
    offset: usize,
}

/// A container that is not read to its end.
enum Open {
    Array(Vec<Value>),
    Object(Map, Rc<str>),
}

impl Reader<'_> {
    fn fault(&self, message: &'static str) -> ReadError {
        ReadError { message, offset: self.offset }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.offset += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.offset += usize::from(is_there);
        is_there
    }

    /// A value, without recursion.
    fn document(&mut self) -> Result<Value, ReadError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.skip_blanks();
            let mut value = if self.take(b'[') {
                self.skip_blanks();
                if !self.take(b']') {
                    self.push(&mut open, Open::Array(Vec::new()))?;
                    continue;
                }
                Value::array(Vec::new())
            } else if self.take(b'{') {
                self.skip_blanks();
                if !self.take(b'}') {
                    let key = self.key()?;
                    self.push(&mut open, Open::Object(Map::default(), key))?;
                    continue;
                }
                Value::object(Map::default())
            } else {
                self.scalar()?
            };
            // Into what it stands in, which may end with it.
            loop {
                self.skip_blanks();
                match open.pop() {
                    None => return Ok(value),
                    Some(Open::Array(mut items)) => {
                        items.push(value);
                        if self.take(b',') {
                            open.push(Open::Array(items));
                            break;
                        }
                        if !self.take(b']') {
                            return Err(self.fault("expected `,` or `]`"));
                        }
                        items.shrink_to_fit();
                        value = Value::array(items);
                    }
                    Some(Open::Object(mut map, key)) => {
                        map.insert(key, value);
                        if self.take(b',') {
                            self.skip_blanks();
                            let key = self.key()?;
                            open.push(Open::Object(map, key));
                            break;
                        }
                        if !self.take(b'}') {
                            return Err(self.fault("expected `,` or `}`"));
                        }
                        value = Value::object(map);
                    }
                }
            }
        }
    }

    fn push(&self, open: &mut Vec<Open>, container: Open) -> Result<(), ReadError> {
        if open.len() == MAX_DEPTH {
            return Err(self.fault("nested too deep"));
        }
        open.push(container);
        Ok(())
    }

    fn key(&mut self) -> Result<Rc<str>, ReadError> {
        if self.peek() != Some(b'"') {
            return Err(self.fault("expected a key"));
        }
        let key = self.string()?;
        self.skip_blanks();
        if self.take(b':') { Ok(key) } else { Err(self.fault("expected `:`")) }
    }

    fn scalar(&mut self) -> Result<Value, ReadError> {
        let rest = self.text.get(self.offset..).unwrap_or_default();
        for (word, value) in [
            ("null", Value::Null),
            ("true", Value::Bool(true)),
            ("false", Value::Bool(false)),
            ("nan", Value::Number(f64::NAN)),
        ] {
            if rest.starts_with(word) {
                self.offset += word.len();
                return Ok(value);
            }
        }
        if rest.starts_with('"') {
            return Ok(Value::String(self.string()?));
        }
        let is_in_number = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let length = rest.bytes().take_while(is_in_number).count();
        let number = rest.get(..length).filter(|text| !text.starts_with('+')).and_then(Value::parse_number);
        let Some(number) = number else { return Err(self.fault("expected a value")) };
        self.offset += length;
        Ok(number)
    }

    fn string(&mut self) -> Result<Rc<str>, ReadError> {
        self.offset += 1;
        let mut text = String::new();
        loop {
            let rest = self.text.get(self.offset..).unwrap_or_default();
            let Some(end) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\')) else {
                return Err(self.fault("a string has no end"));
            };
            let plain = rest.get(..end).unwrap_or_default();
            self.offset += end + 1;
            if rest.as_bytes().get(end) == Some(&b'"') {
                return Ok(if text.is_empty() { plain.into() } else { (text + plain).into() });
            }
            text.push_str(plain);
            text.push(self.escape()?);
        }
    }

    /// What an escape stands for, after its backslash.
    fn escape(&mut self) -> Result<char, ReadError> {
        let Some(byte) = self.peek() else { return Err(self.fault("a string has no end")) };
        let plain = match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode_escape(),
            _ => return Err(self.fault("an unknown escape")),
        };
        self.offset += 1;
        Ok(plain)
    }

    fn unicode_escape(&mut self) -> Result<char, ReadError> {
        let Some(first) = self.unit(self.offset + 1) else { return Err(self.fault("expected four hex digits")) };
        self.offset += 5;
        let is_pair = (0xd800..0xdc00).contains(&first) && self.text.get(self.offset..self.offset + 2) == Some("\\u");
        if is_pair && let Some(second @ 0xdc00..=0xdfff) = self.unit(self.offset + 2) {
            self.offset += 6;
            let pair = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
            return Ok(char::from_u32(pair).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn unit(&self, offset: usize) -> Option<u32> {
        let digits = self.text.get(offset..offset + 4)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::parse;
    use crate::json::write::to_text;

    #[test]
    fn what_is_read_is_written_the_same() {
        for json in [
            "null",
            "[1.50,12345678901234567890,-0,0.00001,-1.5]",
            r#"{"b":1,"a":[{},[],"é\n\u0000\"\\😀"]}"#,
            r#""\u007f""#,
        ] {
            assert_eq!(to_text(&parse(json).unwrap()), json);
        }
        assert_eq!(to_text(&parse(" [ 1E2 , 1e-8 ] ").unwrap()), "[1E+2,1E-8]");
    }

    #[test]
    fn half_of_a_surrogate_pair_becomes_a_replacement_character() {
        for json in [r#""\ud83d""#, r#""\ude00""#, r#""\uD83D\u0041""#, r#""\ud83d\ud83d\ude00""#, r#"{"\ud83dx":1}"#] {
            assert!(to_text(&parse(json).unwrap()).contains('\u{fffd}'), "{json}");
        }
        assert_eq!(to_text(&parse(r#""\ud83d\ud83d\ude00""#).unwrap()), "\"\u{fffd}😀\"");
        assert_eq!(to_text(&parse(r#""\ud83d\ude00""#).unwrap()), "\"😀\"");
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in
            ["", "[1,]", "{\"a\"}", "{1:2}", "[1", "\"a", "1 2", "tru", "+1", "\"\\x\"", "\"\\u12\"", "1e", "--1"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse(&"[".repeat(1_000_000)).is_err());
    }
}
