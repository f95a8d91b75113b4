//! The parts of JSON as they stand in its text: keys keep their order, numbers and escapes their form.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, value::RawValue};

/// A JSON value, one level taken apart.
pub enum Parts<'j> {
    /// The entries of an object.
    Object(Vec<(Key<'j>, &'j RawValue)>),
    /// The items of an array.
    Array(Vec<&'j RawValue>),
    /// A value without parts.
    Scalar,
}

/// A key of an object.
pub struct Key<'j> {
    /// As it stands in the text, in quotes.
    raw: &'j RawValue,
    /// What it means.
    pub name: String,
}

impl<'j> Parts<'j> {
    /// The parts of a value.
    pub fn of(json: &'j str) -> Self {
        match json.as_bytes().first() {
            Some(b'{') => serde_json::from_str(json).map_or(Self::Scalar, |Entries(entries)| Self::Object(entries)),
            Some(b'[') => serde_json::from_str(json).map_or(Self::Scalar, Self::Array),
            _ => Self::Scalar,
        }
    }
}

/// An object of these entries.
pub fn object<'p>(entries: impl IntoIterator<Item = (&'p Key<'p>, String)>) -> String {
    let entries: Vec<_> = entries.into_iter().map(|(key, value)| format!("{}:{value}", key.raw)).collect();
    format!("{{{}}}", entries.join(","))
}

/// An array of these items.
pub fn array(items: &[String]) -> String {
    format!("[{}]", items.join(","))
}

/// The string that a value is.
pub fn string(value: &RawValue) -> Option<String> {
    match serde_json::from_str(value.get()) {
        Ok(Value::String(text)) => Some(text),
        _ => None,
    }
}

struct Entries<'j>(Vec<(Key<'j>, &'j RawValue)>);

impl<'de: 'j, 'j> Deserialize<'de> for Entries<'j> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Vec<(&'de RawValue, &'de RawValue)>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        let entries = deserializer.deserialize_map(Reader)?.into_iter();
        let named = entries.map(|(raw, value)| (Key { raw, name: string(raw).unwrap_or_default() }, value));
        Ok(Self(named.collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_as_they_came() {
        let json = r#"{"b\u200b":1.50,"a":[{"c":12345678901234567890},"\u00e9"]}"#;
        let Parts::Object(entries) = Parts::of(json) else { panic!("{json}") };
        assert_eq!(entries[0].0.name, "b\u{200b}");
        assert_eq!(object(entries.iter().map(|(key, value)| (key, value.get().to_owned()))), json);
        let Parts::Array(items) = Parts::of(entries[1].1.get()) else { panic!("{json}") };
        assert_eq!(array(&items.iter().map(|item| item.get().to_owned()).collect::<Vec<_>>()), entries[1].1.get());
        assert_eq!(string(items[1]).as_deref(), Some("é"));
        assert!(matches!(Parts::of("7"), Parts::Scalar));
    }
}
