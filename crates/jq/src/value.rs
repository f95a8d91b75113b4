//! The values that filters work on.

pub mod number;
mod order;

use std::{mem, rc::Rc};

use indexmap::IndexMap;

use self::number::{Literal, Parsed};

/// A JSON value. Copies share what is in them.
#[derive(Clone)]
#[allow(missing_docs)]
pub enum Value {
    Null,
    Bool(bool),
    /// A number that was computed, or that says no more than its value.
    Number(f64),
    /// A number whose text says more than its value, such as `1.50` or `12345678901234567890`.
    Literal(Rc<Literal>),
    String(Rc<str>),
    Array(Rc<Items>),
    Object(Rc<Entries>),
}

/// Keys and values, in the order in which they came.
pub type Map = IndexMap<Rc<str>, Value, foldhash::fast::RandomState>;

/// The items of an array. Freed without recursion, however deep they nest.
#[derive(Clone, Default)]
pub struct Items(pub Vec<Value>);

/// The entries of an object. Freed without recursion, however deep they nest.
#[derive(Clone, Default)]
pub struct Entries(pub Map);

impl Drop for Items {
    fn drop(&mut self) {
        free(mem::take(&mut self.0));
    }
}

impl Drop for Entries {
    fn drop(&mut self) {
        if self.0.values().any(Value::is_container) {
            free(mem::take(&mut self.0).into_values().collect());
        }
    }
}

/// Frees values one after the other, and not within each other.
fn free(mut values: Vec<Value>) {
    while let Some(value) = values.pop() {
        match value {
            Value::Array(items) => {
                values.extend(Rc::into_inner(items).map(|mut items| mem::take(&mut items.0)).unwrap_or_default())
            }
            Value::Object(entries) => {
                if let Some(mut entries) = Rc::into_inner(entries) {
                    values.extend(mem::take(&mut entries.0).into_values());
                }
            }
            _ => {}
        }
    }
}

impl Value {
    /// A string.
    pub fn string(text: impl Into<Rc<str>>) -> Self {
        Self::String(text.into())
    }

    /// An array.
    pub fn array(items: Vec<Self>) -> Self {
        Self::Array(Rc::new(Items(items)))
    }

    /// An object.
    pub fn object(map: Map) -> Self {
        Self::Object(Rc::new(Entries(map)))
    }

    /// The number that a text is, with its text where that says more than the value. `None` where it is no number.
    pub fn parse_number(text: &str) -> Option<Self> {
        Some(match number::parse(text)? {
            Parsed::Plain(value) => Self::Number(value),
            Parsed::Written(literal) => Self::Literal(Rc::new(literal)),
        })
    }

    /// A number of things. Counts are far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    pub fn count(count: usize) -> Self {
        Self::Number(count as f64)
    }

    /// Whether it is neither null nor false.
    pub fn is_true(&self) -> bool {
        !matches!(self, Self::Null | Self::Bool(false))
    }

    /// Whether other values are in it.
    pub fn is_container(&self) -> bool {
        matches!(self, Self::Array(_) | Self::Object(_))
    }

    /// The number that it is.
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Literal(literal) => Some(literal.value),
            _ => None,
        }
    }

    /// The string that it is.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items of the array that it is.
    pub fn items(&self) -> Option<&Vec<Self>> {
        match self {
            Self::Array(items) => Some(&items.0),
            _ => None,
        }
    }

    /// The items of the array that it is, taken out where nobody else has them.
    pub fn into_items(self) -> Option<Vec<Self>> {
        match self {
            Self::Array(items) => Some(match Rc::try_unwrap(items) {
                Ok(mut items) => mem::take(&mut items.0),
                Err(items) => items.0.clone(),
            }),
            _ => None,
        }
    }

    /// The entries of the object that it is.
    pub fn entries(&self) -> Option<&Map> {
        match self {
            Self::Object(entries) => Some(&entries.0),
            _ => None,
        }
    }

    /// What `type` says of it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) | Self::Literal(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
        }
    }

    /// The keys in their order, each once.
    pub fn sorted_keys(map: &Map) -> Vec<&Rc<str>> {
        let mut keys: Vec<_> = map.keys().collect();
        keys.sort_unstable();
        keys
    }
}
