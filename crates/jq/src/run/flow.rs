//! What goes through a program: values with their paths, and why an evaluation stops.

use std::rc::Rc;

use crate::{syntax::term::Span, value::Value};

/// A value on its way.
#[derive(Clone)]
pub struct Item {
    /// The value.
    pub value: Value,
    /// Where it stands in the input of the path expression that is run, if one is.
    pub track: Track,
}

/// Where a value stands.
#[derive(Clone)]
pub enum Track {
    /// Nobody asks.
    Off,
    /// At a path.
    At(Path),
    /// Nowhere: it was made.
    Lost,
}

/// A path, from its last step up.
#[derive(Clone, Default)]
pub struct Path(Option<Rc<Step>>);

struct Step {
    key: Value,
    parent: Path,
}

impl Drop for Step {
    /// Without recursion, however long the path is.
    fn drop(&mut self) {
        let mut next = self.parent.0.take();
        while let Some(mut step) = next.and_then(Rc::into_inner) {
            next = step.parent.0.take();
        }
    }
}

impl Path {
    /// One step further.
    pub fn and(&self, key: Value) -> Self {
        Self(Some(Rc::new(Step { key, parent: self.clone() })))
    }

    /// Its keys, the first first.
    pub fn keys(&self) -> Vec<Value> {
        let mut keys = Vec::new();
        let mut next = self.0.as_ref();
        while let Some(step) = next {
            keys.push(step.key.clone());
            next = step.parent.0.as_ref();
        }
        keys.reverse();
        keys
    }
}

impl Item {
    /// A value that nobody asks the path of.
    pub fn of(value: Value) -> Self {
        Self { value, track: Track::Off }
    }

    /// A value at the start of a path expression.
    pub fn at_start(value: Value) -> Self {
        Self { value, track: Track::At(Path::default()) }
    }

    /// What a term that is no path makes of it. The same value keeps its path, as in jq.
    pub fn made(&self, value: Value) -> Self {
        let track = match &self.track {
            Track::Off => Track::Off,
            Track::At(path) if is_same(&self.value, &value) => Track::At(path.clone()),
            Track::At(_) | Track::Lost => Track::Lost,
        };
        Self { value, track }
    }

    /// What stands in it under a key.
    pub fn child(&self, key: Value, value: Value) -> Self {
        let track = match &self.track {
            Track::At(path) => Track::At(path.and(key)),
            Track::Off => Track::Off,
            Track::Lost => Track::Lost,
        };
        Self { value, track }
    }

    /// Whether paths are asked for, and this value has none.
    pub fn is_lost(&self) -> bool {
        matches!(self.track, Track::Lost)
    }

    /// Whether nobody asks for paths.
    pub fn is_plain(&self) -> bool {
        matches!(self.track, Track::Off)
    }
}

/// Whether two values are one, without looking into them.
fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::String(left), Value::String(right)) => Rc::ptr_eq(left, right),
        (Value::Array(left), Value::Array(right)) => Rc::ptr_eq(left, right),
        (Value::Object(left), Value::Object(right)) => Rc::ptr_eq(left, right),
        _ => false,
    }
}

/// Why an evaluation does not go on.
pub enum Stop {
    /// A term failed. `try` catches that.
    Failed(Box<Failure>),
    /// To the label of that number.
    Break(u64),
    /// For good.
    End(End),
}

/// A failed term.
pub struct Failure {
    /// What `catch` gets.
    pub value: Value,
    /// Which term of the filter failed.
    pub span: Option<Span>,
}

/// Why a whole evaluation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// `halt`
    Halted,
    /// The caller asked for it.
    Interrupted,
    /// The results are too large.
    TooMuchOutput,
    /// The recursion is too deep.
    TooDeep,
}

/// What is answered after an output: go on, or stop.
pub type Flow = Result<(), Stop>;

impl From<Value> for Stop {
    fn from(value: Value) -> Self {
        Self::Failed(Box::new(Failure { value, span: None }))
    }
}

impl From<End> for Stop {
    fn from(end: End) -> Self {
        Self::End(end)
    }
}

impl Stop {
    /// The same, with where it failed if that is not known.
    pub fn at(mut self, span: Option<Span>) -> Self {
        if let Self::Failed(failure) = &mut self
            && failure.span.is_none()
        {
            failure.span = span;
        }
        self
    }
}
