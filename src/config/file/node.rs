//! YAML as values that know where they stand.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, SeqAccess, Visitor},
};
use serde_saphyr::{DuplicateKeyPolicy, Location, Spanned, options};

/// A line and a column, both from 1 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    line: u64,
    column: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

impl From<Location> for Position {
    fn from(location: Location) -> Self {
        Self { line: location.line(), column: location.column() }
    }
}

/// A value and its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it begins.
    pub position: Position,
}

/// What a value is.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object.
    Map(Vec<(Key, Node)>),
}

/// A key and its place.
#[derive(Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: String,
    /// Where it begins.
    pub position: Position,
}

/// A text that is not YAML.
#[derive(Debug)]
pub struct SyntaxError {
    /// Where reading ended.
    pub position: Option<Position>,
    /// Why.
    pub message: String,
}

/// Reads a YAML text. Words such as `no` and `on` are texts (YAML 1.2, "Core Schema").
///
/// # Errors
/// The text is not YAML.
pub fn parse(text: &str) -> Result<Node, SyntaxError> {
    let options = options! { strict_booleans: true, duplicate_keys: DuplicateKeyPolicy::Error, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| {
        let position = error.location().map(Position::from);
        let message = error.without_snippet().to_string();
        let place = position.map(|Position { line, column }| format!(" at line {line}, column {column}"));
        let message = place.and_then(|place| message.strip_suffix(&place).map(str::to_owned)).unwrap_or(message);
        SyntaxError { position, message }
    })
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        Ok(Self { kind: spanned.value, position: spanned.referenced.into() })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Number(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Number(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Kind, E> {
        Ok(Kind::Number(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Kind::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Kind, A::Error> {
        let mut all = Vec::new();
        while let Some(key) = entries.next_key::<Spanned<String>>()? {
            let key = Key { name: key.value, position: key.referenced.into() };
            all.push((key, entries.next_value()?));
        }
        Ok(Kind::Map(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_place() {
        let Kind::Map(entries) = parse("a: no\nb:\n  - 1\n  - {c: true}\nd: null\n").unwrap().kind else { panic!() };
        let place = |index: usize| (entries[index].0.position.to_string(), entries[index].1.position.to_string());
        assert_eq!(
            (place(0), &entries[0].1.kind),
            (("1:1".to_owned(), "1:4".to_owned()), &Kind::Text("no".to_owned()))
        );
        let Kind::List(items) = &entries[1].1.kind else { panic!() };
        assert_eq!((items[0].position.to_string().as_str(), &items[0].kind), ("3:5", &Kind::Number("1".to_owned())));
        let Kind::Map(inner) = &items[1].kind else { panic!() };
        assert_eq!((inner[0].0.position.to_string().as_str(), &inner[0].1.kind), ("4:6", &Kind::Bool(true)));
        assert_eq!(entries[2].1.kind, Kind::Null);
    }

    #[test]
    fn what_is_no_yaml_has_a_place() {
        for text in ["a: [", "a: 1\na: 2", "a: b: c"] {
            let error = parse(text).unwrap_err();
            assert!(error.position.is_some() && !error.message.contains('\n'), "{text}: {error:?}");
        }
    }
}
