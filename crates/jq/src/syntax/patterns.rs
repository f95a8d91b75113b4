//! Parsing what values are taken apart into, after `as`.

use super::{
    error::SyntaxError,
    parser::Parser,
    term::{Kind, Pattern, PatternEntry},
};

impl Parser<'_> {
    pub(super) fn patterns(&mut self) -> Result<Vec<Pattern>, SyntaxError> {
        let mut patterns = vec![self.pattern()?];
        while self.scanner.take("?//") {
            patterns.push(self.pattern()?);
        }
        Ok(patterns)
    }

    fn pattern(&mut self) -> Result<Pattern, SyntaxError> {
        self.nested(|parser| {
            if parser.scanner.is_at("$") {
                return Ok(Pattern::Variable(parser.name()?));
            }
            if parser.scanner.take("[") {
                let mut items = Vec::new();
                loop {
                    items.push(parser.pattern()?);
                    if parser.scanner.take("]") {
                        return Ok(Pattern::Array(items));
                    }
                    if !parser.scanner.take(",") {
                        return Err(parser.scanner.expected("`,` or `]`"));
                    }
                }
            }
            if !parser.scanner.take("{") {
                return Err(parser.scanner.expected("a variable or a pattern"));
            }
            let mut entries = Vec::new();
            loop {
                entries.push(parser.pattern_entry()?);
                if parser.scanner.take("}") {
                    return Ok(Pattern::Object(entries));
                }
                if !parser.scanner.take(",") {
                    return Err(parser.scanner.expected("`,` or `}`"));
                }
            }
        })
    }

    fn pattern_entry(&mut self) -> Result<PatternEntry, SyntaxError> {
        let start = self.start();
        let (key, variable) = if self.scanner.is_at("$") {
            let name = self.name()?;
            (self.end(Kind::text(&name), start), Some(name))
        } else if self.scanner.take("(") {
            let key = self.pipe()?;
            self.scanner.expect(")")?;
            (key, None)
        } else {
            (self.key()?, None)
        };
        let has_pattern =
            if variable.is_some() { self.scanner.take(":") } else { self.scanner.expect(":").map(|()| true)? };
        let pattern = if has_pattern { Some(self.pattern()?) } else { None };
        Ok(PatternEntry { key, variable, pattern })
    }
}
