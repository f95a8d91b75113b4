//! From the text of a filter to its terms, by recursive descent.

use super::{
    error::SyntaxError,
    scanner::{Scanner, is_keyword},
    term::{Arithmetic, Comparison, Definition, Entry, Fold, Kind, Operator, Term},
};

/// How deep terms may stand in one another.
const MAX_DEPTH: usize = 1_000;

/// The terms of a filter. Runs on a stack of its own size: see [`crate::evaluation::on_large_stack`].
///
/// # Errors
/// Where the text is no filter.
pub fn parse(filter: &str) -> Result<Term, SyntaxError> {
    let mut parser = Parser { scanner: Scanner { text: filter, position: 0 }, depth: 0 };
    if let Some(word @ ("import" | "include" | "module")) = parser.scanner.word() {
        let message = format!("`{word}` cannot be used: there are no modules");
        return Err(parser.scanner.fault(message, parser.scanner.position));
    }
    if parser.is_at_end() {
        return Ok(Kind::Identity.at(0, 0));
    }
    let term = parser.pipe()?;
    if parser.is_at_end() { Ok(term) } else { Err(parser.scanner.expected("an operator, such as `|`, or the end")) }
}

/// The definition that a text is.
///
/// # Errors
/// Where the text is no definition.
pub fn parse_definition(text: &str) -> Result<Definition, SyntaxError> {
    let mut parser = Parser { scanner: Scanner { text, position: 0 }, depth: 0 };
    parser.scanner.expect_word("def")?;
    parser.definition()
}

pub(super) struct Parser<'f> {
    pub(super) scanner: Scanner<'f>,
    depth: usize,
}

pub(super) type Parsed = Result<Term, SyntaxError>;

/// The operators of a level, from the loosest: how tight they bind, and to which side.
const OPERATORS: [(&str, u8, Operator); 20] = {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
    use Operator::{Alternative, Assign, Update, UpdateAlternative, UpdateWith};
    // A sign stands before those that it begins with.
    [
        ("//=", 2, UpdateAlternative),
        ("//", 1, Alternative),
        ("|=", 2, Update),
        ("+=", 2, UpdateWith(Add)),
        ("-=", 2, UpdateWith(Subtract)),
        ("*=", 2, UpdateWith(Multiply)),
        ("/=", 2, UpdateWith(Divide)),
        ("%=", 2, UpdateWith(Remainder)),
        ("==", 5, Operator::Comparison(Equal)),
        ("=", 2, Assign),
        ("!=", 5, Operator::Comparison(NotEqual)),
        ("<=", 5, Operator::Comparison(LessOrEqual)),
        ("<", 5, Operator::Comparison(Less)),
        (">=", 5, Operator::Comparison(GreaterOrEqual)),
        (">", 5, Operator::Comparison(Greater)),
        ("+", 6, Operator::Arithmetic(Add)),
        ("-", 6, Operator::Arithmetic(Subtract)),
        ("*", 7, Operator::Arithmetic(Multiply)),
        ("/", 7, Operator::Arithmetic(Divide)),
        ("%", 7, Operator::Arithmetic(Remainder)),
    ]
};

/// The levels of `//`, assignments, `or`, `and`, comparisons and multiplication.
pub(super) const ALTERNATIVE: u8 = 1;
const ASSIGNMENT: u8 = 2;
const OR: u8 = 3;
const AND: u8 = 4;
const COMPARISON: u8 = 5;
const MULTIPLICATION: u8 = 7;

impl Parser<'_> {
    fn is_at_end(&mut self) -> bool {
        self.scanner.skip_blanks();
        self.scanner.rest().is_empty()
    }

    /// Where what is read next begins.
    pub(super) fn start(&mut self) -> usize {
        self.scanner.skip_blanks();
        self.scanner.position
    }

    pub(super) fn end(&self, kind: Kind, start: usize) -> Term {
        kind.at(start, self.scanner.position)
    }

    /// One level deeper.
    pub(super) fn nested<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, SyntaxError>,
    ) -> Result<T, SyntaxError> {
        if self.depth == MAX_DEPTH {
            return Err(self.scanner.fault(format!("nested deeper than {MAX_DEPTH} levels"), self.scanner.position));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    /// `… | …`
    pub(super) fn pipe(&mut self) -> Parsed {
        self.nested(|parser| {
            let start = parser.start();
            let mut terms = vec![parser.comma()?];
            while !parser.scanner.is_at("|=") && parser.scanner.take("|") {
                terms.push(parser.comma()?);
            }
            Ok(parser.one_or(Kind::Pipe, terms, start))
        })
    }

    /// `…, …`
    fn comma(&mut self) -> Parsed {
        let start = self.start();
        let mut terms = vec![self.binary(ALTERNATIVE)?];
        while self.scanner.take(",") {
            terms.push(self.binary(ALTERNATIVE)?);
        }
        Ok(self.one_or(Kind::Comma, terms, start))
    }

    pub(super) fn one_or(&self, kind: fn(Vec<Term>) -> Kind, mut terms: Vec<Term>, start: usize) -> Term {
        match (terms.pop(), terms.is_empty()) {
            (Some(term), true) => term,
            (last, _) => {
                let end = last.as_ref().map_or(start, |term| term.span.end as usize);
                terms.extend(last);
                kind(terms).at(start, end)
            }
        }
    }

    fn operator(&mut self) -> Option<(usize, u8, Operator)> {
        self.scanner.skip_blanks();
        let rest = self.scanner.rest();
        match self.scanner.word_here() {
            Some("and") => return Some((3, AND, Operator::And)),
            Some("or") => return Some((2, OR, Operator::Or)),
            _ => {}
        }
        let found = OPERATORS.into_iter().find(|(sign, _, _)| rest.starts_with(sign));
        found.map(|(sign, level, operator)| (sign.len(), level, operator))
    }

    /// Terms with operators that bind at least as tight as `level`.
    pub(super) fn binary(&mut self, level: u8) -> Parsed {
        let start = self.start();
        let mut left = if self.scanner.is_at("-") {
            self.scanner.position += 1;
            let operand = self.nested(|parser| parser.binary(MULTIPLICATION))?;
            let end = operand.span.end as usize;
            Kind::Negation(Box::new(operand)).at(start, end)
        } else {
            self.postfix()?
        };
        let mut is_single = None;
        while let Some((length, found, operator)) = self.operator() {
            if found < level || is_single == Some(found) {
                break;
            }
            self.scanner.position += length;
            // `//` is right-associative; comparisons and assignments do not repeat.
            let next = if found == ALTERNATIVE { found } else { found + 1 };
            let right = self.nested(|parser| parser.binary(next))?;
            if found == COMPARISON || found == ASSIGNMENT {
                is_single = Some(found);
            }
            let end = right.span.end as usize;
            left = Kind::Binary(operator, Box::new(left), Box::new(right)).at(start, end);
        }
        Ok(left)
    }

    /// A term with what is attached to it: `.a`, `[…]`, `?`, `as $x | …`.
    fn postfix(&mut self) -> Parsed {
        let start = self.start();
        let mut term = self.attached()?;
        if self.scanner.take_word("as") {
            let patterns = self.patterns()?;
            self.scanner.expect("|")?;
            let body = self.pipe()?;
            let end = body.span.end as usize;
            term = Kind::Bind(Box::new(term), patterns, Box::new(body)).at(start, end);
        }
        Ok(term)
    }

    fn attached(&mut self) -> Parsed {
        let start = self.start();
        let mut term = self.primary()?;
        loop {
            let base = Box::new(term);
            self.scanner.skip_blanks();
            let rest = self.scanner.rest();
            let kind = if rest.starts_with('[') {
                self.bracket(base)?
            } else if rest.starts_with('?') {
                self.scanner.position += 1;
                Kind::Try(base, None)
            } else if rest.starts_with('.') && !rest.starts_with("..") {
                self.scanner.position += 1;
                if self.scanner.is_at("[") { self.bracket(base)? } else { Kind::Index(base, Box::new(self.key()?)) }
            } else {
                return Ok(*base);
            };
            term = self.end(kind, start);
        }
    }

    /// What stands in `[…]` after `base`.
    fn bracket(&mut self, base: Box<Term>) -> Result<Kind, SyntaxError> {
        self.scanner.expect("[")?;
        if self.scanner.take("]") {
            return Ok(Kind::Iterate(base));
        }
        if self.scanner.take(":") {
            let end = self.pipe()?;
            self.scanner.expect("]")?;
            return Ok(Kind::Slice(base, None, Some(Box::new(end))));
        }
        let key = self.pipe()?;
        if self.scanner.take(":") {
            let end = if self.scanner.is_at("]") { None } else { Some(Box::new(self.pipe()?)) };
            self.scanner.expect("]")?;
            return Ok(Kind::Slice(base, Some(Box::new(key)), end));
        }
        self.scanner.expect("]")?;
        Ok(Kind::Index(base, Box::new(key)))
    }

    /// A key after a dot: a name or a string.
    pub(super) fn key(&mut self) -> Parsed {
        let start = self.start();
        if self.scanner.is_at("\"") || self.scanner.is_at("@") {
            return self.string();
        }
        match self.scanner.word_here() {
            Some(word) if !word.contains(':') => {
                self.scanner.position += word.len();
                Ok(self.end(Kind::text(word), start))
            }
            _ => {
                let mut error = self.scanner.expected("a key");
                if error.found.starts_with(|found: char| found.is_alphanumeric() || found == '$') {
                    error.message = "expected a key; write other keys as [\"…\"]".to_owned();
                }
                Err(error)
            }
        }
    }

    fn primary(&mut self) -> Parsed {
        let start = self.start();
        let rest = self.scanner.rest();
        let kind = match rest.bytes().next() {
            Some(b'"' | b'@') => return self.string(),
            Some(b'(') => {
                self.scanner.position += 1;
                let inner = self.pipe()?;
                self.scanner.expect(")")?;
                // The parentheses belong to the place, not to the meaning.
                return Ok(self.end(inner.kind, start));
            }
            Some(b'[') => {
                self.scanner.position += 1;
                if self.scanner.take("]") {
                    Kind::Array(None)
                } else {
                    let inner = self.pipe()?;
                    self.scanner.expect("]")?;
                    Kind::Array(Some(Box::new(inner)))
                }
            }
            Some(b'{') => self.object()?,
            Some(b'$') => self.variable()?,
            Some(b'.') if rest.starts_with("..") => {
                self.scanner.position += 2;
                Kind::RecurseDefault
            }
            Some(b'.') if !rest.get(1..).is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit())) => {
                self.scanner.position += 1;
                let after = self.scanner.rest();
                // `. as` and `. and` are no keys.
                if after.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '_' | '"' | '@')) {
                    let base = Kind::Identity.at(start, start);
                    Kind::Index(Box::new(base), Box::new(self.key()?))
                } else {
                    Kind::Identity
                }
            }
            _ => match (self.scanner.number(), self.scanner.word()) {
                (Some(number), _) => Kind::Number(number.to_owned()),
                (None, Some(word)) => {
                    self.scanner.position += word.len();
                    self.word(word, start)?
                }
                (None, None) => return Err(self.scanner.expected("a term")),
            },
        };
        Ok(self.end(kind, start))
    }

    /// What a word begins, once it is read.
    fn word(&mut self, word: &str, start: usize) -> Result<Kind, SyntaxError> {
        Ok(match word {
            "if" => self.conditional()?,
            "try" => {
                let body = self.nested(Self::attached_or_negated)?;
                let handler = match self.scanner.take_word("catch") {
                    true => Some(Box::new(self.nested(Self::attached_or_negated)?)),
                    false => None,
                };
                Kind::Try(Box::new(body), handler)
            }
            "reduce" | "foreach" => self.fold(word == "reduce")?,
            "label" => {
                let name = self.name()?;
                self.scanner.expect("|")?;
                Kind::Label(name, Box::new(self.pipe()?))
            }
            "break" => Kind::Break(self.name()?),
            "def" => {
                let definition = self.nested(Self::definition)?;
                Kind::Definition(Box::new(definition), Box::new(self.pipe()?))
            }
            word if is_keyword(word) => {
                return Err(self.scanner.fault("expected a term".to_owned(), start));
            }
            name => {
                let mut arguments = Vec::new();
                if self.scanner.take("(") {
                    loop {
                        arguments.push(self.pipe()?);
                        if self.scanner.take(")") {
                            break;
                        }
                        if !self.scanner.take(";") {
                            return Err(self.scanner.expected("`;` or `)`"));
                        }
                    }
                }
                Kind::Call(name.to_owned(), arguments)
            }
        })
    }

    fn attached_or_negated(&mut self) -> Parsed {
        if self.scanner.is_at("-") { self.binary(MULTIPLICATION) } else { self.attached() }
    }

    fn conditional(&mut self) -> Result<Kind, SyntaxError> {
        let mut branches = Vec::new();
        loop {
            let condition = self.pipe()?;
            self.scanner.expect_word("then")?;
            branches.push((condition, self.pipe()?));
            if self.scanner.take_word("elif") {
                continue;
            }
            let otherwise = if self.scanner.take_word("else") { Some(Box::new(self.pipe()?)) } else { None };
            if !self.scanner.take_word("end") {
                let what = if otherwise.is_some() { "`end`" } else { "`elif`, `else` or `end`" };
                return Err(self.scanner.expected(what));
            }
            return Ok(Kind::If(branches, otherwise));
        }
    }

    fn fold(&mut self, is_reduce: bool) -> Result<Kind, SyntaxError> {
        let source = self.nested(Self::attached)?;
        self.scanner.expect_word("as")?;
        let patterns = self.patterns()?;
        self.scanner.expect("(")?;
        let start = self.pipe()?;
        self.scanner.expect(";")?;
        let update = self.pipe()?;
        let extract = if !is_reduce && self.scanner.take(";") { Some(self.pipe()?) } else { None };
        self.scanner.expect(")")?;
        let fold = Box::new(Fold { source, patterns, start, update, extract });
        Ok(if is_reduce { Kind::Reduce(fold) } else { Kind::Foreach(fold) })
    }

    /// A definition, after `def`.
    fn definition(&mut self) -> Result<Definition, SyntaxError> {
        let name = match self.scanner.word() {
            Some(word) => word.to_owned(),
            None => return Err(self.scanner.expected("a name")),
        };
        self.scanner.position += name.len();
        let mut parameters = Vec::new();
        if self.scanner.take("(") {
            loop {
                let is_value = self.scanner.take("$");
                let Some(word) = self.scanner.word() else { return Err(self.scanner.expected("a parameter")) };
                self.scanner.position += word.len();
                parameters.push(if is_value { format!("${word}") } else { word.to_owned() });
                if self.scanner.take(")") {
                    break;
                }
                if !self.scanner.take(";") {
                    return Err(self.scanner.expected("`;` or `)`"));
                }
            }
        }
        self.scanner.expect(":")?;
        let body = self.pipe()?;
        self.scanner.expect(";")?;
        Ok(Definition { name, parameters, body })
    }

    /// The name after `$`.
    pub(super) fn name(&mut self) -> Result<String, SyntaxError> {
        if self.scanner.take("$")
            && let Some(word) = self.scanner.word()
        {
            self.scanner.position += word.len();
            return Ok(word.to_owned());
        }
        Err(self.scanner.expected("a variable"))
    }

    pub(super) fn variable(&mut self) -> Result<Kind, SyntaxError> {
        let start = self.scanner.position;
        let name = self.name()?;
        if name != "__loc__" {
            return Ok(Kind::Variable(name));
        }
        let before = self.scanner.text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let end = self.scanner.position;
        let entry = |key: &str, value: Kind| Entry { key: Kind::text(key).at(start, end), value: value.at(start, end) };
        Ok(Kind::Object(vec![entry("file", Kind::text("<top-level>")), entry("line", Kind::Number(line.to_string()))]))
    }
}
