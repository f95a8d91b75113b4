//! Parsing strings, with what is interpolated in them.

use super::{
    error::SyntaxError,
    parser::{Parsed, Parser},
    term::{Kind, Part},
};

impl Parser<'_> {
    /// `"…"`, `@format`, `@format "…"`
    pub(super) fn string(&mut self) -> Parsed {
        let start = self.start();
        let format = if self.scanner.take("@") {
            let Some(word) = self.scanner.word_here() else {
                return Err(self.scanner.expected("the name of a format"));
            };
            self.scanner.position += word.len();
            let name = format!("@{word}");
            if !self.scanner.is_at("\"") {
                let end = start + name.len();
                return Ok(Kind::Format(name).at(start, end));
            }
            Some(name)
        } else {
            None
        };
        self.scanner.expect("\"")?;
        let (mut parts, mut literal) = (Vec::new(), String::new());
        loop {
            let place = self.scanner.position;
            match self.scanner.next_char() {
                None => return Err(self.scanner.fault("the string has no end: expected `\"`".to_owned(), place)),
                Some('"') => break,
                Some('\\') if self.scanner.rest().starts_with('(') => {
                    self.scanner.position += 1;
                    parts.push(Part::Literal(std::mem::take(&mut literal)));
                    parts.push(Part::Interpolation(self.pipe()?));
                    self.scanner.expect(")")?;
                }
                Some('\\') => literal.push(self.escape(place)?),
                Some(found) => literal.push(found),
            }
        }
        parts.push(Part::Literal(literal));
        parts.retain(|part| !matches!(part, Part::Literal(text) if text.is_empty()));
        Ok(self.end(Kind::Text { format, parts }, start))
    }

    /// What an escape stands for, after the backslash at `place`.
    fn escape(&mut self, place: usize) -> Result<char, SyntaxError> {
        let fault = |parser: &Self, message: &str| parser.scanner.fault(message.to_owned(), place);
        Ok(match self.scanner.next_char() {
            Some(same @ ('"' | '\\' | '/')) => same,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let Some(first) = self.four_hex_digits() else {
                    return Err(fault(self, "expected four hex digits after \\u"));
                };
                let before = self.scanner.position;
                let mut unit = first;
                if (0xd800..0xdc00).contains(&first) && self.scanner.rest().starts_with("\\u") {
                    self.scanner.position += 2;
                    match self.four_hex_digits() {
                        Some(second @ 0xdc00..=0xdfff) => unit = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00),
                        _ => self.scanner.position = before,
                    }
                }
                char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(fault(self, "unknown escape; a backslash is written \\\\")),
        })
    }

    fn four_hex_digits(&mut self) -> Option<u32> {
        let digits = self.scanner.rest().get(..4)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.scanner.position += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}
