//! A filter as the tree of terms that its text is.

/// Where a term stands in the text of its filter: byte offsets, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

impl Span {
    /// The text that stands there.
    pub fn of(self, filter: &str) -> &str {
        filter.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// A part of a filter that has a meaning of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// What it is.
    pub kind: Kind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of terms.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// `.`
    Identity,
    /// `..`
    RecurseDefault,
    /// A number, as it is written.
    Number(String),
    /// `"…"`, with the name of the format before it, such as `@csv`.
    Text {
        /// The name, with its `@`.
        format: Option<String>,
        /// What stands between the quotes.
        parts: Vec<Part>,
    },
    /// A format without a string, such as `@csv`.
    Format(String),
    /// `[…]`
    Array(Option<Box<Term>>),
    /// `{…}`
    Object(Vec<Entry>),
    /// `-…`
    Negation(Box<Term>),
    /// `… | …`: each works on what the one before makes.
    Pipe(Vec<Term>),
    /// `…, …`
    Comma(Vec<Term>),
    /// Two terms with an operator between them.
    Binary(Operator, Box<Term>, Box<Term>),
    /// `base[key]`, `base.key`
    Index(Box<Term>, Box<Term>),
    /// `base[from:to]`
    Slice(Box<Term>, Option<Box<Term>>, Option<Box<Term>>),
    /// `base[]`
    Iterate(Box<Term>),
    /// `try … catch …`, and `…?`
    Try(Box<Term>, Option<Box<Term>>),
    /// `if … then … elif … then … else … end`
    If(Vec<(Term, Term)>, Option<Box<Term>>),
    /// `reduce source as $x (start; update)`
    Reduce(Box<Fold>),
    /// `foreach source as $x (start; update; extract)`
    Foreach(Box<Fold>),
    /// `source as $x | body`, with alternatives after `?//`
    Bind(Box<Term>, Vec<Pattern>, Box<Term>),
    /// `label $name | body`
    Label(String, Box<Term>),
    /// `break $name`
    Break(String),
    /// `def …; body`
    Definition(Box<Definition>, Box<Term>),
    /// A function by its name.
    Call(String, Vec<Term>),
    /// `$name`
    Variable(String),
}

/// A part of a string.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// As it stands, escapes undone.
    Literal(String),
    /// `\(…)`
    Interpolation(Term),
}

/// An entry of an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Term,
    /// The value; without one, it is what `.` or the variables have under that key.
    pub value: Term,
}

/// What `reduce` and `foreach` have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Fold {
    /// Where the values come from.
    pub source: Term,
    /// What they are bound to.
    pub patterns: Vec<Pattern>,
    /// The state before the first value.
    pub start: Term,
    /// The next state.
    pub update: Term,
    /// What comes out of a state.
    pub extract: Option<Term>,
}

/// What a value is taken apart into.
#[derive(Debug, Clone, PartialEq)]
pub enum Pattern {
    /// `$name`
    Variable(String),
    /// `[…]`
    Array(Vec<Pattern>),
    /// `{…}`
    Object(Vec<PatternEntry>),
}

/// `key: pattern` or `$name: pattern` in a pattern.
#[derive(Debug, Clone, PartialEq)]
pub struct PatternEntry {
    /// The key.
    pub key: Term,
    /// The variable that takes the value under the key, for `{$name}`.
    pub variable: Option<String>,
    /// What the value is taken apart into.
    pub pattern: Option<Pattern>,
}

/// A function.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// Its name.
    pub name: String,
    /// Its parameters; values begin with `$`.
    pub parameters: Vec<String>,
    /// What it does.
    pub body: Term,
}

/// An operator between two terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `+`, `-`, …
    Arithmetic(Arithmetic),
    /// `==`, `<`, …
    Comparison(Comparison),
    /// `and`
    And,
    /// `or`
    Or,
    /// `//`
    Alternative,
    /// `=`
    Assign,
    /// `|=`
    Update,
    /// `+=`, `-=`, …
    UpdateWith(Arithmetic),
    /// `//=`
    UpdateAlternative,
}

/// An operator that makes one value of two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// An operator that compares two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Term {
    /// The keys of a path that is written out, such as `["a", 0]`.
    pub fn fixed_keys(&self) -> Option<&[Self]> {
        let Kind::Array(Some(inner)) = &self.kind else { return None };
        let keys = match &inner.kind {
            Kind::Comma(keys) => keys.as_slice(),
            _ => std::slice::from_ref(&**inner),
        };
        let is_fixed = |key: &Self| key.fixed_text().is_some() || matches!(key.kind, Kind::Number(_));
        keys.iter().all(is_fixed).then_some(keys)
    }

    /// The text that a term is.
    pub fn fixed_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text { format: None, parts } => match parts.as_slice() {
                [Part::Literal(text)] => Some(text),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Kind {
    /// The term at that place.
    pub fn at(self, start: usize, end: usize) -> Term {
        let offset = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Term { kind: self, span: Span { start: offset(start), end: offset(end) } }
    }

    /// A text without interpolations.
    pub fn text(text: &str) -> Self {
        Self::Text { format: None, parts: vec![Part::Literal(text.to_owned())] }
    }
}
