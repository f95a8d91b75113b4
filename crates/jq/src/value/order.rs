//! The order of all values: null, false, true, numbers, strings, arrays, objects.

use std::cmp::Ordering;

use super::Value;
use crate::stack;

impl Value {
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(false) => 1,
            Self::Bool(true) => 2,
            Self::Number(_) | Self::Literal(_) => 3,
            Self::String(_) => 4,
            Self::Array(_) => 5,
            Self::Object(_) => 6,
        }
    }

    /// The order of two values. NaN is less than any other number. What nests too deep for the stack is equal.
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Literal(own), Self::Literal(others)) => own.compare(others),
            (Self::String(own), Self::String(others)) => own.as_bytes().cmp(others.as_bytes()),
            (Self::Array(own), Self::Array(others)) => {
                if stack::is_low() {
                    return Ordering::Equal;
                }
                let pairs = own.0.iter().zip(&others.0);
                let first = pairs.map(|(own, others)| own.compare(others)).find(|order| order.is_ne());
                first.unwrap_or_else(|| own.0.len().cmp(&others.0.len()))
            }
            (Self::Object(own), Self::Object(others)) => {
                if stack::is_low() {
                    return Ordering::Equal;
                }
                let (keys, other_keys) = (Self::sorted_keys(&own.0), Self::sorted_keys(&others.0));
                keys.cmp(&other_keys).then_with(|| {
                    let pairs = keys.iter().filter_map(|key| own.0.get(*key).zip(others.0.get(*key)));
                    pairs
                        .map(|(own, others)| own.compare(others))
                        .find(|order| order.is_ne())
                        .unwrap_or(Ordering::Equal)
                })
            }
            _ => match (self.number(), other.number()) {
                (Some(own), Some(others)) => {
                    own.partial_cmp(&others).unwrap_or_else(|| others.is_nan().cmp(&own.is_nan()))
                }
                _ => self.rank().cmp(&other.rank()),
            },
        }
    }

    /// Whether two values are equal. NaN is equal to nothing.
    pub fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Object(own), Self::Object(others)) => {
                !stack::is_low()
                    && own.0.len() == others.0.len()
                    && own.0.iter().all(|(key, value)| others.0.get(key).is_some_and(|found| value.equals(found)))
            }
            (Self::Array(own), Self::Array(others)) => {
                !stack::is_low()
                    && own.0.len() == others.0.len()
                    && own.0.iter().zip(&others.0).all(|(own, others)| own.equals(others))
            }
            _ => !self.is_nan() && self.compare(other).is_eq(),
        }
    }

    /// Whether it is the number that is not one.
    pub fn is_nan(&self) -> bool {
        matches!(self, Self::Number(number) if number.is_nan())
    }
}
