//! From terms to a program: names are resolved, and functions of the library are added where they are used.

mod names;
mod patterns;

use std::collections::HashMap;

use self::names::{Scope, Symbol};
use crate::{
    builtins::{format::Format, library, native, special::Special},
    program::{Fold, Function, Node, Op, Program, TextPart},
    syntax::{
        parser::parse_definition,
        term::{self, Comparison, Kind, Operator, Part, Span, Term},
    },
    value::Value,
};

/// What a name in a filter does not stand for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct NameError {
    /// What is wrong, with what may be meant.
    pub message: String,
    /// Where the name stands.
    pub span: Span,
}

/// Compiles a filter.
///
/// # Errors
/// Where a name stands for nothing.
pub fn compile(term: &Term) -> Result<Program, NameError> {
    let mut compiler = Compiler::default();
    let root = compiler.node(term)?;
    Ok(Program { root, library: compiler.library.into_iter().flatten().collect(), lookups: compiler.lookups })
}

#[derive(Default)]
pub(crate) struct Compiler {
    scope: Scope,
    /// `None` while it is compiled.
    library: Vec<Option<Function>>,
    library_places: HashMap<(&'static str, usize), usize>,
    lookups: Vec<Span>,
    /// Whether what is compiled stands in the library, and not in the filter.
    is_in_library: bool,
}

type Compiled = Result<Node, NameError>;

impl Compiler {
    fn boxed(&mut self, term: &Term) -> Result<Box<Node>, NameError> {
        Ok(Box::new(self.node(term)?))
    }

    fn optional(&mut self, term: Option<&Term>) -> Result<Option<Box<Node>>, NameError> {
        term.map(|term| self.boxed(term)).transpose()
    }

    fn nodes(&mut self, terms: &[Term]) -> Result<Vec<Node>, NameError> {
        terms.iter().map(|term| self.node(term)).collect()
    }

    pub(self) fn node(&mut self, term: &Term) -> Compiled {
        let op = match &term.kind {
            Kind::Identity => Op::Identity,
            Kind::RecurseDefault => Op::RecurseDefault,
            Kind::Number(text) => Op::Constant(Value::parse_number(text).unwrap_or(Value::Null)),
            Kind::Text { format, parts } => self.text(format.as_deref(), parts)?,
            Kind::Format(name) => {
                let constant = Op::Constant(Value::string(name.trim_start_matches('@')));
                let format = Node { op: constant, span: None, is_single: true };
                Op::Native(native::FORMAT, vec![format])
            }
            Kind::Array(inner) => Op::Array(self.optional(inner.as_deref())?),
            Kind::Object(entries) => self.object(entries)?,
            Kind::Negation(inner) => {
                let inner = self.boxed(inner)?;
                let number = if let Op::Constant(value) = &inner.op { value.number() } else { None };
                number.map_or(Op::Negate(inner), |number| Op::Constant(Value::Number(-number)))
            }
            Kind::Pipe(terms) => Op::Pipe(self.nodes(terms)?),
            Kind::Comma(terms) => Op::Comma(self.nodes(terms)?),
            Kind::Binary(operator, left, right) => self.binary(*operator, left, right, term.span)?,
            Kind::Index(base, key) => self.index(base, key, term.span)?,
            Kind::Slice(base, from, to) => {
                Op::Slice(self.boxed(base)?, self.optional(from.as_deref())?, self.optional(to.as_deref())?)
            }
            Kind::Iterate(base) => Op::Iterate(self.boxed(base)?),
            Kind::Try(body, handler) => Op::Try(self.boxed(body)?, self.optional(handler.as_deref())?),
            Kind::If(branches, otherwise) => {
                let branch = |(condition, body): &(Term, Term)| Ok((self.node(condition)?, self.node(body)?));
                let branches = branches.iter().map(branch).collect::<Result<_, NameError>>()?;
                Op::If(branches, self.optional(otherwise.as_deref())?)
            }
            Kind::Reduce(fold) => Op::Reduce(Box::new(self.fold(fold)?)),
            Kind::Foreach(fold) => Op::Foreach(Box::new(self.fold(fold)?)),
            Kind::Bind(source, patterns, body) => {
                let source = self.boxed(source)?;
                let (patterns, body) = self.bound(patterns, |compiler| compiler.boxed(body))?;
                Op::Bind(source, patterns, body)
            }
            Kind::Label(name, body) => {
                Op::Label(self.within(Symbol::Label(name.clone()), |compiler| compiler.boxed(body))?)
            }
            Kind::Break(name) => {
                match self.scope.find(|symbol| matches!(symbol, Symbol::Label(known) if known == name)) {
                    Some(index) => Op::Break(index),
                    None => return Err(self.unknown(format!("there is no `label ${name}` around it"), term.span)),
                }
            }
            Kind::Definition(definition, rest) => {
                let symbol = Symbol::Function(definition.name.clone(), definition.parameters.len());
                self.within(symbol, |compiler| {
                    let function = compiler.function(definition)?;
                    Ok(Op::Define(Box::new(function), compiler.boxed(rest)?))
                })?
            }
            Kind::Call(name, arguments) => self.call(name, arguments, term.span)?,
            Kind::Variable(name) => self.variable(name, term.span)?,
        };
        let is_single = is_single(&op);
        Ok(Node { op, span: (!self.is_in_library).then_some(term.span), is_single })
    }

    /// Compiles with one more symbol in scope.
    fn within<T>(
        &mut self,
        symbol: Symbol,
        compile: impl FnOnce(&mut Self) -> Result<T, NameError>,
    ) -> Result<T, NameError> {
        self.scope.symbols.push(symbol);
        let compiled = compile(self);
        self.scope.symbols.pop();
        compiled
    }

    fn text(&mut self, format: Option<&str>, parts: &[Part]) -> Result<Op, NameError> {
        match parts {
            [] => return Ok(Op::Constant(Value::string(""))),
            [Part::Literal(text)] => return Ok(Op::Constant(Value::string(text.as_str()))),
            _ => {}
        }
        let parts = parts.iter().map(|part| {
            Ok(match part {
                Part::Literal(text) => TextPart::Literal(text.clone()),
                Part::Interpolation(term) => TextPart::Interpolation(self.node(term)?),
            })
        });
        let parts = parts.collect::<Result<_, NameError>>()?;
        Ok(Op::Text(format.map_or(Format::Text, |name| Format::of(name.trim_start_matches('@'))), parts))
    }

    fn object(&mut self, entries: &[term::Entry]) -> Result<Op, NameError> {
        let entries = entries.iter().map(|entry| Ok((self.node(&entry.key)?, self.node(&entry.value)?)));
        Ok(Op::Object(entries.collect::<Result<_, NameError>>()?))
    }

    fn index(&mut self, base: &Term, key: &Term, span: Span) -> Result<Op, NameError> {
        let (base, key) = (self.boxed(base)?, self.boxed(key)?);
        let lookup = self.lookup(&key, span);
        Ok(Op::Index(base, key, lookup))
    }

    /// The number of a lookup that stands there, where what is looked for is a fixed text of the filter's.
    fn lookup(&mut self, node: &Node, span: Span) -> Option<usize> {
        let is_fixed = matches!(node.op, Op::Constant(Value::String(_)));
        (is_fixed && !self.is_in_library).then(|| {
            self.lookups.push(span);
            self.lookups.len() - 1
        })
    }

    /// `getpath` of a path that is written out: the lookups that it is, each where its key stands.
    fn fixed_path(&mut self, keys: &[Term], span: Span) -> Result<Op, NameError> {
        let mut op = Op::Identity;
        for key in keys {
            let base = Box::new(Node { is_single: true, op, span: Some(span) });
            let node = self.boxed(key)?;
            let lookup = self.lookup(&node, key.span);
            op = Op::Index(base, node, lookup);
        }
        Ok(op)
    }

    fn binary(&mut self, operator: Operator, left: &Term, right: &Term, span: Span) -> Result<Op, NameError> {
        let (left, right) = (self.boxed(left)?, self.boxed(right)?);
        Ok(match operator {
            Operator::Arithmetic(arithmetic) => Op::Arithmetic(arithmetic, left, right),
            Operator::Comparison(comparison) => {
                let is_about_text = matches!(comparison, Comparison::Equal | Comparison::NotEqual);
                let lookup =
                    if is_about_text { self.lookup(&right, span).or_else(|| self.lookup(&left, span)) } else { None };
                Op::Compare(comparison, left, right, lookup)
            }
            Operator::And => Op::And(left, right),
            Operator::Or => Op::Or(left, right),
            Operator::Alternative => Op::Alternative(left, right),
            Operator::Assign => Op::Assign(left, right),
            Operator::Update => Op::Update(left, right),
            Operator::UpdateWith(arithmetic) => Op::UpdateWith(arithmetic, left, right),
            Operator::UpdateAlternative => Op::UpdateAlternative(left, right),
        })
    }

    fn fold(&mut self, fold: &term::Fold) -> Result<Fold, NameError> {
        let (source, start) = (self.node(&fold.source)?, self.node(&fold.start)?);
        let (patterns, (update, extract)) = self.bound(&fold.patterns, |compiler| {
            let extract = fold.extract.as_ref().map(|extract| compiler.node(extract)).transpose()?;
            Ok((compiler.node(&fold.update)?, extract))
        })?;
        Ok(Fold { source, patterns, start, update, extract })
    }

    /// A function whose symbol is in scope already.
    fn function(&mut self, definition: &term::Definition) -> Result<Function, NameError> {
        let depth = self.scope.symbols.len();
        let mut values = Vec::new();
        for parameter in &definition.parameters {
            let (symbol, is_value) = match parameter.strip_prefix('$') {
                Some(name) => (Symbol::Value(name.to_owned()), true),
                None => (Symbol::Parameter(parameter.clone()), false),
            };
            self.scope.symbols.push(symbol);
            values.push(is_value);
        }
        let body = self.node(&definition.body);
        self.scope.symbols.truncate(depth);
        Ok(Function { values, body: body? })
    }

    fn variable(&mut self, name: &str, span: Span) -> Result<Op, NameError> {
        let is_it = |symbol: &Symbol| matches!(symbol, Symbol::Variable(known) | Symbol::Value(known) if known == name);
        if let Some(index) = self.scope.find(is_it) {
            return Ok(Op::Variable(index));
        }
        match names::unavailable(&format!("${name}")) {
            Some(reason) => Err(self.unknown(reason, span)),
            None => {
                let known = self.scope.symbols.iter().filter_map(|symbol| match symbol {
                    Symbol::Variable(name) | Symbol::Value(name) => Some(name.as_str()),
                    _ => None,
                });
                let hint = names::nearest(name, known).map(|found| format!("; did you mean `${found}`?"));
                Err(self.unknown(format!("unknown variable `${name}`{}", hint.unwrap_or_default()), span))
            }
        }
    }

    fn call(&mut self, name: &str, arguments: &[Term], span: Span) -> Result<Op, NameError> {
        let count = arguments.len();
        let found = self.scope.find(|symbol| match symbol {
            Symbol::Function(known, parameters) => known == name && *parameters == count,
            Symbol::Parameter(known) | Symbol::Value(known) => known == name && count == 0,
            Symbol::Variable(_) | Symbol::Label(_) => false,
        });
        if let Some(index) = found {
            return Ok(match self.scope.at(index) {
                Some(Symbol::Function(..)) => Op::Call(index, self.nodes(arguments)?),
                Some(Symbol::Value(_)) => Op::Variable(index),
                _ => Op::CallParameter(index),
            });
        }
        let constant = match (name, count) {
            ("null", 0) => Some(Value::Null),
            ("true", 0) => Some(Value::Bool(true)),
            ("false", 0) => Some(Value::Bool(false)),
            _ => None,
        };
        if let Some(value) = constant {
            return Ok(Op::Constant(value));
        }
        if let ("getpath", [path], false) = (name, arguments, self.is_in_library)
            && let Some(keys) = path.fixed_keys()
        {
            return self.fixed_path(keys, span);
        }
        if let Some(special) = Special::of(name, count) {
            return Ok(Op::Special(special, self.nodes(arguments)?));
        }
        if let Some(function) = native::of(name, count) {
            let arguments = self.nodes(arguments)?;
            if let ("has", [key]) = (name, arguments.as_slice())
                && let Some(lookup) = self.lookup(key, span)
                && let Op::Constant(key) = &key.op
            {
                return Ok(Op::Has(function, key.clone(), lookup));
            }
            return Ok(Op::Native(function, arguments));
        }
        if let Some(place) = self.library_place(name, count, span)? {
            return Ok(Op::CallLibrary(place, self.nodes(arguments)?));
        }
        let message = names::unavailable(name).unwrap_or_else(|| names::unknown_function(name, count, &self.scope));
        Err(self.unknown(message, span))
    }

    /// The place of a function of the library, which is compiled where it was not yet.
    fn library_place(&mut self, name: &str, count: usize, span: Span) -> Result<Option<usize>, NameError> {
        let Some((known, text)) = library::of(name, count) else { return Ok(None) };
        if let Some(place) = self.library_places.get(&(known, count)) {
            return Ok(Some(*place));
        }
        let place = self.library.len();
        self.library.push(None);
        self.library_places.insert((known, count), place);
        let definition = parse_definition(text).map_err(|error| self.unknown(format!("{name}: {error}"), span))?;
        let scope = std::mem::take(&mut self.scope);
        let was_in_library = std::mem::replace(&mut self.is_in_library, true);
        let symbol = Symbol::Function(definition.name.clone(), count);
        let function = self.within(symbol, |compiler| compiler.function(&definition));
        self.is_in_library = was_in_library;
        self.scope = scope;
        if let Some(slot) = self.library.get_mut(place) {
            *slot = Some(function?);
        }
        Ok(Some(place))
    }

    fn unknown(&self, message: String, span: Span) -> NameError {
        NameError { message, span }
    }
}

/// Whether what a node does has exactly one output or an error.
fn is_single(op: &Op) -> bool {
    let all = |nodes: &[Node]| nodes.iter().all(|node| node.is_single);
    let optional = |node: &Option<Box<Node>>| node.as_ref().is_none_or(|node| node.is_single);
    match op {
        Op::Identity | Op::Constant(_) | Op::Array(_) | Op::Variable(_) | Op::Has(..) => true,
        Op::Text(_, parts) => parts.iter().all(|part| match part {
            TextPart::Literal(_) => true,
            TextPart::Interpolation(node) => node.is_single,
        }),
        Op::Object(entries) => entries.iter().all(|(key, value)| key.is_single && value.is_single),
        Op::Negate(inner) => inner.is_single,
        Op::Pipe(nodes) | Op::Native(_, nodes) => all(nodes),
        Op::Arithmetic(_, left, right)
        | Op::Compare(_, left, right, _)
        | Op::And(left, right)
        | Op::Or(left, right) => left.is_single && right.is_single,
        Op::Index(base, key, _) => base.is_single && key.is_single,
        Op::Slice(base, from, to) => base.is_single && optional(from) && optional(to),
        Op::If(branches, otherwise) => {
            branches.iter().all(|(condition, body)| condition.is_single && body.is_single) && optional(otherwise)
        }
        Op::Update(..) => true,
        Op::Assign(_, right) | Op::UpdateWith(_, _, right) | Op::UpdateAlternative(_, right) => right.is_single,
        Op::Reduce(fold) => fold.start.is_single,
        Op::Special(special, _) => special.is_single(),
        _ => false,
    }
}
