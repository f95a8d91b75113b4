//! A compiled filter: terms in which every name is resolved.

use crate::{
    builtins::{answer::Function as NativeFunction, format::Format, special::Special},
    syntax::term::{Arithmetic, Comparison, Span},
    value::Value,
};

/// A compiled filter.
pub struct Program {
    /// The filter itself.
    pub root: Node,
    /// The functions of the library that it uses.
    pub library: Vec<Function>,
    /// Where each term stands that looks for something fixed: a key, or a text that is compared.
    pub lookups: Vec<Span>,
}

/// A compiled term.
pub struct Node {
    /// What it does.
    pub op: Op,
    /// Where it stands in the filter; `None` in the library.
    pub span: Option<Span>,
    /// Whether it always has exactly one output or an error.
    pub is_single: bool,
}

/// A function with parameters.
pub struct Function {
    /// For each parameter, whether it is a value (`$name`) and no filter.
    pub values: Vec<bool>,
    /// What it does. In its scope stand the function itself, then its parameters.
    pub body: Node,
}

/// How far up the scope an entry stands: 0 is the innermost.
pub type Index = usize;

/// What a node does.
pub enum Op {
    Identity,
    RecurseDefault,
    Constant(Value),
    Text(Format, Vec<TextPart>),
    Array(Option<Box<Node>>),
    Object(Vec<(Node, Node)>),
    Negate(Box<Node>),
    Pipe(Vec<Node>),
    Comma(Vec<Node>),
    Arithmetic(Arithmetic, Box<Node>, Box<Node>),
    /// The last is the number of the lookup, where it is one of the filter's with a fixed text.
    Compare(Comparison, Box<Node>, Box<Node>, Option<usize>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Alternative(Box<Node>, Box<Node>),
    Assign(Box<Node>, Box<Node>),
    Update(Box<Node>, Box<Node>),
    UpdateWith(Arithmetic, Box<Node>, Box<Node>),
    UpdateAlternative(Box<Node>, Box<Node>),
    /// The last is the number of the lookup, where it is one of the filter's with a fixed key.
    Index(Box<Node>, Box<Node>, Option<usize>),
    /// `has` of a fixed key; the last is the number of the lookup.
    Has(NativeFunction, Value, usize),
    Slice(Box<Node>, Option<Box<Node>>, Option<Box<Node>>),
    Iterate(Box<Node>),
    Try(Box<Node>, Option<Box<Node>>),
    If(Vec<(Node, Node)>, Option<Box<Node>>),
    Reduce(Box<Fold>),
    Foreach(Box<Fold>),
    Bind(Box<Node>, Patterns, Box<Node>),
    Label(Box<Node>),
    Break(Index),
    Define(Box<Function>, Box<Node>),
    /// A function of the scope.
    Call(Index, Vec<Node>),
    /// A function of the library.
    CallLibrary(usize, Vec<Node>),
    /// A parameter that is a filter.
    CallParameter(Index),
    Variable(Index),
    Native(NativeFunction, Vec<Node>),
    Special(Special, Vec<Node>),
}

/// A part of a string.
pub enum TextPart {
    Literal(String),
    Interpolation(Node),
}

/// `reduce` and `foreach`.
pub struct Fold {
    pub source: Node,
    pub patterns: Patterns,
    pub start: Node,
    pub update: Node,
    pub extract: Option<Node>,
}

/// What a value is taken apart into: alternatives, which bind the same variables.
pub struct Patterns {
    pub alternatives: Vec<Pattern>,
    /// How many variables they bind.
    pub variables: usize,
}

/// One alternative.
pub enum Pattern {
    /// The variable of that number.
    Variable(usize),
    Array(Vec<Pattern>),
    Object(Vec<PatternEntry>),
}

/// An entry of a pattern.
pub struct PatternEntry {
    /// The key.
    pub key: Node,
    /// The variable that takes the value.
    pub variable: Option<usize>,
    /// What the value is taken apart into.
    pub pattern: Option<Pattern>,
    /// The number of the lookup, where the key is fixed.
    pub lookup: Option<usize>,
}
