//! Parsing objects.

use super::{
    error::SyntaxError,
    parser::{ALTERNATIVE, Parsed, Parser},
    term::{Entry, Kind},
};

impl Parser<'_> {
    pub(super) fn object(&mut self) -> Result<Kind, SyntaxError> {
        self.scanner.expect("{")?;
        let mut entries = Vec::new();
        while !self.scanner.take("}") {
            entries.push(self.nested(Self::entry)?);
            if !self.scanner.is_at("}") && !self.scanner.take(",") {
                return Err(self.scanner.expected("`,` or `}`"));
            }
        }
        Ok(Kind::Object(entries))
    }

    fn entry(&mut self) -> Result<Entry, SyntaxError> {
        let start = self.start();
        let mut own = None;
        let key = if self.scanner.is_at("$") {
            let variable = self.variable()?;
            let name = match &variable {
                Kind::Variable(name) => name.clone(),
                _ => "__loc__".to_owned(),
            };
            own = Some(self.end(variable, start));
            self.end(Kind::text(&name), start)
        } else if self.scanner.take("(") {
            let key = self.pipe()?;
            self.scanner.expect(")")?;
            self.end(key.kind, start)
        } else if let Some(number) = self.scanner.number() {
            let message = format!("expected a key; write \"{number}\"");
            return Err(self.scanner.fault(message, start));
        } else {
            self.key()?
        };
        if own.is_none() && self.scanner.take(":") {
            let value = self.entry_value()?;
            return Ok(Entry { key, value });
        }
        let value = own.unwrap_or_else(|| {
            let base = Kind::Identity.at(start, start);
            self.end(Kind::Index(Box::new(base), Box::new(key.clone())), start)
        });
        Ok(Entry { key, value })
    }

    /// A value up to the next comma: pipes belong to it.
    fn entry_value(&mut self) -> Parsed {
        let start = self.start();
        let mut terms = vec![self.binary(ALTERNATIVE)?];
        while !self.scanner.is_at("|=") && self.scanner.take("|") {
            terms.push(self.binary(ALTERNATIVE)?);
        }
        Ok(self.one_or(Kind::Pipe, terms, start))
    }
}
