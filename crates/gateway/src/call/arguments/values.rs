//! The value of an argument that travels outside of the body, as texts.

use openapi_tools::model::operation::{Form, Parameter};
use serde_json::Value;

use super::repairs::text_of;

/// The texts of a parameter's value: one, or one for each item of a list or entry of an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values {
    texts: Vec<String>,
    /// The keys of an object's entries, in the order of their texts; empty for anything else.
    keys: Vec<String>,
    /// Whether the value is a list.
    is_list: bool,
}

impl Values {
    /// The value as the parameter is written.
    pub fn of(parameter: &Parameter, value: Value) -> Self {
        let is_json = parameter.style.form == Form::Json;
        match value {
            Value::Null => Self::default(),
            value if is_json => Self { texts: vec![value.to_string()], ..Self::default() },
            // A list of objects has a place for each; a list of scalars has one for all.
            Value::Array(items) if parameter.style.form == Form::DeepObject && items.iter().any(is_nested) => {
                let mut values = Self::default();
                values.add_deep(String::new(), Value::Array(items));
                values
            }
            Value::Array(items) => {
                Self { texts: items.into_iter().filter_map(text).collect(), is_list: true, ..Self::default() }
            }
            Value::Object(entries) if parameter.style.form == Form::DeepObject => {
                let mut values = Self::default();
                for (key, value) in entries {
                    values.add_deep(format!("[{key}]"), value);
                }
                values
            }
            Value::Object(entries) => {
                let entries = entries.into_iter().filter_map(|(key, value)| Some((key, text(value)?)));
                let (keys, texts) = entries.unzip();
                Self { texts, keys, is_list: false }
            }
            scalar => Self { texts: text(scalar).into_iter().collect(), ..Self::default() },
        }
    }

    /// Adds what stands at a path of keys in brackets.
    fn add_deep(&mut self, path: String, value: Value) {
        match value {
            Value::Object(entries) => {
                entries.into_iter().for_each(|(key, value)| self.add_deep(format!("{path}[{key}]"), value));
            }
            Value::Array(items) => {
                for (index, item) in items.into_iter().enumerate() {
                    let key = if is_nested(&item) { index.to_string() } else { String::new() };
                    self.add_deep(format!("{path}[{key}]"), item);
                }
            }
            value => {
                if let Some(text) = text_of(value) {
                    self.keys.push(path);
                    self.texts.push(text);
                }
            }
        }
    }

    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether the value is a list.
    pub fn is_list(&self) -> bool {
        self.is_list
    }

    /// The texts.
    pub fn iter(&self) -> impl Iterator<Item = &String> {
        self.texts.iter()
    }

    /// The texts, to be replaced.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut String> {
        self.texts.iter_mut()
    }

    /// The entries of an object: its keys, or for a deep object paths in brackets, each with its text. Empty for anything
    /// else.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.keys.iter().map(String::as_str).zip(self.texts.iter().map(String::as_str))
    }
}

fn is_nested(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

/// A list of texts.
impl From<Vec<String>> for Values {
    fn from(texts: Vec<String>) -> Self {
        Self { is_list: texts.len() > 1, texts, keys: Vec::new() }
    }
}

/// The text of an item or entry: of one that is a list or an object itself, its JSON.
fn text(value: Value) -> Option<String> {
    match value {
        value @ (Value::Array(_) | Value::Object(_)) => Some(value.to_string()),
        scalar => text_of(scalar),
    }
}
