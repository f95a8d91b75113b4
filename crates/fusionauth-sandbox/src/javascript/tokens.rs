//! The tokens of a JavaScript text, without spaces and comments.

use super::error::SyntaxError;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Word,
    Number,
    String,
    /// A template or a part of one, or a regular expression.
    Literal,
    /// A bracket of any kind, or `${` in a template.
    Bracket,
    Operator,
}

/// A token with its place.
#[derive(Debug, Clone, Copy)]
pub struct Token<'t> {
    pub kind: Kind,
    pub text: &'t str,
    /// The line that it begins in, from 1.
    pub line: usize,
    /// The line that it ends in.
    pub line_at_end: usize,
}

impl Token<'_> {
    /// Whether it is this word, bracket or operator.
    pub fn is(&self, text: &str) -> bool {
        self.text == text && self.kind != Kind::String && self.kind != Kind::Literal
    }
}

/// What `/` is where its neighbour does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slashes {
    /// A regular expression after a block, a division after anything else.
    Guessed,
    Divisions,
    Expressions,
}

/// The operators of several characters, longer ones first.
const OPERATORS: [&str; 35] = [
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&",
    "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**", ";", ",",
];

/// The tokens of a text.
///
/// # Errors
/// A string, template, comment or regular expression without an end.
pub fn tokens(text: &str, slashes: Slashes) -> Result<Vec<Token<'_>>, SyntaxError> {
    let mut reader =
        Reader { text, place: 0, line: 1, tokens: Vec::new(), slashes, open: Vec::new(), closed_head: false };
    if text.starts_with("#!") {
        reader.skip_line();
    }
    while reader.space()? {
        reader.token()?;
    }
    Ok(reader.tokens)
}

struct Reader<'t> {
    text: &'t str,
    place: usize,
    line: usize,
    tokens: Vec<Token<'t>>,
    slashes: Slashes,
    /// The brackets that are open, and whether they are the head of an `if` or the like, or a block.
    open: Vec<(char, bool)>,
    /// Whether the last token closed such brackets.
    closed_head: bool,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.place..).unwrap_or_default()
    }

    fn advance(&mut self, bytes: usize) {
        let rest = self.rest();
        let breaks = rest.get(..bytes).unwrap_or_default().match_indices(is_line_break);
        // A carriage return and the line feed after it are one.
        self.line += breaks
            .filter(|(place, found)| *found != "\r" || !rest.get(*place..).is_some_and(|rest| rest.starts_with("\r\n")))
            .count();
        self.place += bytes;
    }

    fn skip_line(&mut self) {
        let end = self.rest().find(is_line_break).unwrap_or(self.rest().len());
        self.advance(end);
    }

    /// Skips spaces and comments; returns whether something follows.
    fn space(&mut self) -> Result<bool, SyntaxError> {
        loop {
            let rest = self.rest();
            if rest.starts_with("//") || rest.starts_with("<!--") {
                self.skip_line();
            } else if rest.starts_with("/*") {
                let line = self.line;
                match rest.get(2..).and_then(|rest| rest.find("*/")) {
                    Some(end) => self.advance(end + 4),
                    None => return Err(SyntaxError::new(line, "a comment has no end")),
                }
            } else {
                match rest.chars().next() {
                    Some(letter) if letter.is_whitespace() || letter == '\u{feff}' => self.advance(letter.len_utf8()),
                    Some(_) => return Ok(true),
                    None => return Ok(false),
                }
            }
        }
    }

    fn push(&mut self, kind: Kind, bytes: usize) {
        let (line, text) = (self.line, self.rest().get(..bytes).unwrap_or_default());
        self.advance(bytes);
        self.closed_head = false;
        self.tokens.push(Token { kind, text, line, line_at_end: self.line });
    }

    fn token(&mut self) -> Result<(), SyntaxError> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(()) };
        let next_is_digit = rest.chars().nth(1).is_some_and(|letter| letter.is_ascii_digit());
        match first {
            '\'' | '"' => self.string(first),
            '`' => {
                self.open.push(('`', false));
                self.template(1)
            }
            '/' if self.is_regular_expression() => self.regular_expression(),
            '(' | '[' | '{' => {
                let is_head = self.is_head(first);
                self.open.push((first, is_head));
                self.push(Kind::Bracket, 1);
                Ok(())
            }
            ')' | ']' | '}' => {
                let opened = self.open.pop();
                self.push(Kind::Bracket, 1);
                self.closed_head = opened.is_some_and(|(_, is_head)| is_head);
                // The end of `${…}`: the template goes on.
                if opened.is_some_and(|(bracket, _)| bracket == '$') { self.template(0) } else { Ok(()) }
            }
            _ if first.is_ascii_digit() || (first == '.' && next_is_digit) => {
                self.push(Kind::Number, number_length(rest));
                Ok(())
            }
            _ if is_word(first) => {
                let length = rest.find(|letter| !is_word(letter) && !matches!(letter, '{' | '}')).unwrap_or(rest.len());
                self.push(Kind::Word, word_length(rest, length));
                Ok(())
            }
            _ => {
                let known = OPERATORS.iter().find(|operator| rest.starts_with(**operator));
                // `a?.5:b` has no `?.`.
                let known = known.filter(|operator| {
                    **operator != "?." || !rest.chars().nth(2).is_some_and(|it| it.is_ascii_digit())
                });
                self.push(Kind::Operator, known.map_or(first.len_utf8(), |operator| operator.len()));
                Ok(())
            }
        }
    }

    /// Whether a bracket opens the head of an `if` or the like, or a block.
    fn is_head(&self, bracket: char) -> bool {
        let Some(last) = self.tokens.last() else { return bracket == '{' };
        match (bracket, last.kind) {
            ('(', Kind::Word) => ["if", "while", "for", "with"].contains(&last.text),
            ('{', Kind::Word) => ["else", "do", "try", "finally"].contains(&last.text),
            ('{', _) => [")", ";", "{", "}"].contains(&last.text),
            _ => false,
        }
    }

    fn string(&mut self, quote: char) -> Result<(), SyntaxError> {
        let line = self.line;
        let mut letters = self.rest().char_indices().skip(1).peekable();
        while let Some((place, letter)) = letters.next() {
            match letter {
                // A line may go on after a backslash.
                '\\' => {
                    let after = letters.next();
                    letters.next_if(|(_, next)| *next == '\n' && after.is_some_and(|(_, first)| first == '\r'));
                }
                '\n' | '\r' => break,
                _ if letter == quote => {
                    self.push(Kind::String, place + 1);
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(SyntaxError::new(line, "a string has no end"))
    }

    /// Reads a template, whose first `skipped` bytes are its beginning, to its end or to `${`.
    fn template(&mut self, skipped: usize) -> Result<(), SyntaxError> {
        let line = self.line;
        let mut letters = self.rest().char_indices().skip(skipped).peekable();
        while let Some((place, letter)) = letters.next() {
            match letter {
                '\\' => drop(letters.next()),
                '`' => {
                    self.open.pop();
                    self.push(Kind::Literal, place + 1);
                    return Ok(());
                }
                '$' if letters.next_if(|(_, next)| *next == '{').is_some() => {
                    self.push(Kind::Literal, place);
                    self.open.push(('$', false));
                    self.push(Kind::Bracket, 2);
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(SyntaxError::new(line, "a template has no end"))
    }

    /// Whether `/` begins a regular expression, going by what stands before it.
    fn is_regular_expression(&self) -> bool {
        let Some(last) = self.tokens.last() else { return true };
        let before = self.tokens.len().checked_sub(2).and_then(|before| self.tokens.get(before));
        match last.kind {
            // The name of a property.
            Kind::Word if before.is_some_and(|before| before.is(".") || before.is("?.")) => false,
            Kind::Word => {
                ["case", "delete", "do", "else", "in", "instanceof", "new", "return", "throw", "typeof", "void"]
                    .contains(&last.text)
                    || (["await", "of", "yield"].contains(&last.text) && self.slashes != Slashes::Divisions)
            }
            Kind::Number | Kind::String | Kind::Literal => false,
            Kind::Bracket => match last.text {
                ")" => self.closed_head,
                "]" => false,
                "}" => match self.slashes {
                    Slashes::Guessed => self.closed_head,
                    Slashes::Divisions => false,
                    Slashes::Expressions => true,
                },
                _ => true,
            },
            Kind::Operator => !["++", "--"].contains(&last.text),
        }
    }

    fn regular_expression(&mut self) -> Result<(), SyntaxError> {
        let line = self.line;
        let mut is_class = false;
        let mut letters = self.rest().char_indices().skip(1);
        while let Some((place, letter)) = letters.next() {
            match letter {
                '\\' => drop(letters.next()),
                _ if is_line_break(letter) => break,
                '[' => is_class = true,
                ']' => is_class = false,
                '/' if !is_class => {
                    let flags = self.rest().get(place + 1..).unwrap_or_default();
                    let flags = flags.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(flags.len());
                    self.push(Kind::Literal, place + 1 + flags);
                    return Ok(());
                }
                _ => {}
            }
        }
        Err(SyntaxError::new(line, "a regular expression has no end"))
    }
}

fn is_line_break(letter: char) -> bool {
    matches!(letter, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '$' | '#' | '\\' | '\u{200c}' | '\u{200d}')
}

/// The length of a word: braces belong to it only in an escape such as `\u{61}`.
fn word_length(rest: &str, longest: usize) -> usize {
    let word = rest.get(..longest).unwrap_or_default();
    let mut is_escape = false;
    for (place, letter) in word.char_indices() {
        match letter {
            '{' if word.get(..place).is_some_and(|before| before.ends_with("\\u")) => is_escape = true,
            '}' if is_escape => is_escape = false,
            '{' | '}' => return place,
            _ => {}
        }
    }
    longest
}

/// The length of a number, with its point, exponent and suffix.
fn number_length(rest: &str) -> usize {
    let is_hexadecimal = rest.get(1..2).is_some_and(|letter| letter.eq_ignore_ascii_case("x"));
    let mut before = ' ';
    for (place, letter) in rest.char_indices() {
        let is_sign = matches!(letter, '+' | '-') && matches!(before, 'e' | 'E') && !is_hexadecimal;
        let is_second_point = letter == '.' && rest.get(..place).is_some_and(|number| number.contains('.'));
        if !(letter.is_alphanumeric() || letter == '_' || letter == '.' || is_sign) || is_second_point {
            return place;
        }
        before = letter;
    }
    rest.len()
}
