//! What a search looks for, and whether an object is that.

use std::cmp::Ordering;

use serde_json::Value;

use super::instants::instant_of;
use crate::object::{Object, text};

/// The properties that a term without a field is looked for in.
const NAMES: [&str; 6] = ["email", "username", "fullName", "firstName", "lastName", "name"];

/// A condition on an object.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// Every object.
    All,
    /// No object.
    Nothing,
    /// All of these.
    And(Vec<Expression>),
    /// At least so many of these.
    AtLeast(usize, Vec<Expression>),
    /// Not this.
    Not(Box<Expression>),
    /// The field has a value.
    Exists(String),
    /// A value of the field, or one of the names where there is none, is this.
    Is(Option<String>, Term),
    /// A value of the field is between two bounds.
    Between(String, Option<Bound>, Option<Bound>),
    /// One item of the list at the path meets the condition, whose fields begin with the path.
    Nested(String, Box<Expression>),
}

/// What a value is compared with.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// The whole value, or one of its words, in which `*` and `?` stand for other text where they are not escaped.
    Pattern(Vec<Symbol>),
    /// These words, one after the other.
    Phrase(String),
    /// The start of the value.
    Prefix(String),
    /// The whole value, and nothing else.
    Whole(String),
}

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Symbol {
    /// This character, whatever its case.
    Literal(char),
    /// Any one character.
    One,
    /// Any text.
    Any,
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq)]
pub struct Bound {
    /// The value.
    pub value: String,
    /// Whether the value itself is within the range.
    pub is_inclusive: bool,
}

impl Term {
    /// The term for a value that stands for itself.
    pub fn literal(value: &str) -> Self {
        Self::Pattern(value.chars().map(Symbol::Literal).collect())
    }

    /// The term for a value in which `*` and `?` stand for other text.
    pub fn wildcard(value: &str) -> Self {
        let symbol = |letter| match letter {
            '*' => Symbol::Any,
            '?' => Symbol::One,
            other => Symbol::Literal(other),
        };
        Self::Pattern(value.chars().map(symbol).collect())
    }

    /// Whether it fits a whole value.
    pub fn fits_whole(&self, value: &str) -> bool {
        match self {
            Self::Pattern(pattern) => fits(pattern, value),
            other => other.fits(value),
        }
    }

    fn fits(&self, value: &str) -> bool {
        match self {
            Self::Pattern(pattern) => fits(pattern, value) || value.split_whitespace().any(|word| fits(pattern, word)),
            Self::Phrase(phrase) => {
                let wanted: Vec<_> = phrase.split_whitespace().map(str::to_lowercase).collect();
                let value = value.to_lowercase();
                let words: Vec<_> = value.split_whitespace().collect();
                wanted.is_empty() || words.windows(wanted.len()).any(|window| window.iter().eq(wanted.iter()))
            }
            Self::Prefix(prefix) => value.to_lowercase().starts_with(&prefix.to_lowercase()),
            Self::Whole(wanted) => value.to_lowercase() == wanted.to_lowercase(),
        }
    }
}

impl Expression {
    /// Whether an object meets the condition.
    pub fn matches(&self, object: &Object, now: u64) -> bool {
        self.holds(&Scope { object, path: None }, now)
    }

    fn holds(&self, scope: &Scope<'_>, now: u64) -> bool {
        match self {
            Self::All => true,
            Self::Nothing => false,
            Self::And(all) => all.iter().all(|one| one.holds(scope, now)),
            Self::AtLeast(count, some) => {
                some.iter().filter(|one| one.holds(scope, now)).take(*count).count() == *count
            }
            Self::Not(one) => !one.holds(scope, now),
            Self::Exists(field) => !scope.values(field).is_empty(),
            Self::Is(Some(field), term) => scope.values(field).iter().any(|value| term.fits(value)),
            Self::Is(None, term) => NAMES.iter().any(|name| {
                let value = text(scope.object, name);
                !value.is_empty() && term.fits(value)
            }),
            Self::Between(field, from, to) => scope.values(field).iter().any(|value| {
                let is_within = |bound: &Option<Bound>, outside: Ordering| {
                    bound.as_ref().is_none_or(|bound| {
                        let order = compare(value, &bound.value, now);
                        order.is_some_and(|order| order != outside && (bound.is_inclusive || order.is_ne()))
                    })
                };
                is_within(from, Ordering::Less) && is_within(to, Ordering::Greater)
            }),
            Self::Nested(path, inner) => {
                let whole = match &scope.path {
                    Some(outer) => path.strip_prefix(outer.as_str()).and_then(|rest| rest.strip_prefix('.')),
                    None => Some(path.as_str()),
                };
                let items = whole.map(|path| objects_at(scope.object, path)).unwrap_or_default();
                items.into_iter().any(|object| inner.holds(&Scope { object, path: Some(path.clone()) }, now))
            }
        }
    }
}

/// The object that fields are read from: the whole one, or an item of a list in it.
struct Scope<'a> {
    object: &'a Object,
    /// The path that the fields of an item begin with.
    path: Option<String>,
}

impl Scope<'_> {
    fn values(&self, field: &str) -> Vec<String> {
        // `keyword` names the unanalyzed form of a text field.
        let field = field.strip_suffix(".keyword").unwrap_or(field);
        let field = match &self.path {
            Some(path) => match field.strip_prefix(path.as_str()).and_then(|rest| rest.strip_prefix('.')) {
                Some(field) => field,
                None => return Vec::new(),
            },
            None => field,
        };
        let mut values = Vec::new();
        collect_property(self.object, field, &mut values);
        values
    }
}

fn objects_at<'a>(object: &'a Object, path: &str) -> Vec<&'a Object> {
    let (first, rest) = path.split_once('.').map_or((path, None), |(first, rest)| (first, Some(rest)));
    let found: Vec<&Object> = match object.get(first) {
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(inner)) => vec![inner],
        _ => Vec::new(),
    };
    match rest {
        Some(rest) => found.into_iter().flat_map(|object| objects_at(object, rest)).collect(),
        None => found,
    }
}

/// The scalars at a dotted path; arrays on the way are searched item by item.
fn collect_property(object: &Object, path: &str, values: &mut Vec<String>) {
    // A key may have dots itself, as those of free-form data.
    if let Some(value) = object.get(path) {
        collect_scalars(value, values);
    }
    if let Some((first, rest)) = path.split_once('.') {
        match object.get(first) {
            Some(Value::Object(inner)) => collect_property(inner, rest, values),
            Some(Value::Array(items)) => {
                items.iter().filter_map(Value::as_object).for_each(|inner| collect_property(inner, rest, values));
            }
            _ => {}
        }
    }
}

fn collect_scalars(value: &Value, values: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_scalars(item, values)),
        Value::Object(object) => object.values().for_each(|item| collect_scalars(item, values)),
        Value::String(text) => values.push(text.clone()),
        Value::Null => {}
        other => values.push(other.to_string()),
    }
}

/// How a value stands to a bound: as numbers or instants if both are, else as text.
fn compare(value: &str, bound: &str, now: u64) -> Option<Ordering> {
    match value.parse::<f64>() {
        Ok(value) => value.partial_cmp(&bound.parse().ok().or_else(|| instant_of(bound, now))?),
        Err(_) => Some(value.to_lowercase().cmp(&bound.to_lowercase())),
    }
}

/// Whether a value fits a pattern, ignoring case.
///
/// Goes back only to the last star, so the effort is at most the product of the two lengths.
fn fits(pattern: &[Symbol], value: &str) -> bool {
    let value: Vec<char> = value.chars().flat_map(char::to_lowercase).collect();
    let (mut at, mut position) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        let is_step = match (pattern.get(at), value.get(position)) {
            (None, None) => return true,
            (Some(Symbol::Any), _) => {
                star = Some((at, position));
                at += 1;
                continue;
            }
            (Some(Symbol::One), Some(_)) => true,
            (Some(Symbol::Literal(wanted)), Some(letter)) => wanted.to_lowercase().eq(std::iter::once(*letter)),
            _ => false,
        };
        if is_step {
            at += 1;
            position += 1;
            continue;
        }
        match star {
            Some((star_at, start)) if start < value.len() => {
                star = Some((star_at, start + 1));
                at = star_at + 1;
                position = start + 1;
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, value: &str) -> bool {
        Term::wildcard(pattern).fits(value)
    }

    #[test]
    fn stars_and_question_marks_stand_for_other_text() {
        for (pattern, value) in
            [("*piper", "Pied Piper"), ("p*d*p*r", "Pied Piper"), ("p?ed", "pied"), ("*", "a"), ("a**b", "ab")]
        {
            assert!(fits(pattern, value), "{pattern} {value}");
        }
        for (pattern, value) in [("piperr*", "Pied Piper"), ("p?d", "pied"), ("?", ""), ("pie", "pied")] {
            assert!(!fits(pattern, value), "{pattern} {value}");
        }
    }

    #[test]
    fn many_stars_take_no_longer() {
        assert!(!fits(&format!("{}b", "a*".repeat(5_000)), &"a".repeat(5_000)));
    }
}
