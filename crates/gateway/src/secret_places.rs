//! Which values of a JSON document are secrets, as the document of the API knows it.

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Rest, Schema},
};
use serde_json::Value;

/// Unions within unions that are looked into.
const MAX_UNIONS: usize = 4;

/// What is known of a value.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// What it is, where the document says; no reference.
    pub schema: Option<Schema>,
    /// Whether it, or something that it is in, is a secret.
    pub is_secret: bool,
}

/// Finds the way into a value of which the schema is known.
#[derive(Clone, Copy)]
pub struct Places {
    document: &'static Document,
    is_known_form: bool,
}

impl Places {
    /// `is_known_form` says whether the value has the form that the document gives: a failure may hold anything, so there
    /// a name that is a secret anywhere counts as one.
    pub fn new(document: &'static Document, is_known_form: bool) -> Self {
        Self { document, is_known_form }
    }

    /// The place of a value with that schema, references followed.
    pub fn value(&self, schema: Option<Schema>, is_secret: bool) -> Place {
        let mut place = Place { schema, is_secret };
        while let Some(schema) = place.schema {
            place.is_secret |= schema.secret;
            let Kind::Reference(name) = schema.kind else { break };
            place.schema = self.document.schema(name).copied();
        }
        place
    }

    /// The place of an item of an array.
    pub fn item(&self, array: Option<&Place>) -> Place {
        let Some(array) = array else { return Place::default() };
        let items = array.schema.and_then(|schema| self.item_schema(schema, MAX_UNIONS));
        self.value(items, array.is_secret)
    }

    /// The place of the value of a key.
    pub fn property(&self, object: Option<&Place>, key: &str) -> Place {
        let Some(object) = object else { return Place::default() };
        let known = object.schema.and_then(|schema| self.property_schema(schema, key, MAX_UNIONS));
        // By its name where the document does not know the place.
        let named = self.document.secret_name(key);
        let is_named = known.is_none() && named.is_some_and(|name| name.always || !self.is_known_form);
        self.value(known, object.is_secret || is_named)
    }

    /// What the items of an array are; in a union, of the first branch that is one.
    fn item_schema(&self, schema: Schema, unions: usize) -> Option<Schema> {
        match schema.kind {
            Kind::Array { items, .. } => Some(*items),
            Kind::Union { branches } if unions > 0 => {
                let mut branches = branches.iter().filter_map(|branch| self.value(Some(*branch), false).schema);
                branches.find_map(|branch| self.item_schema(branch, unions - 1))
            }
            _ => None,
        }
    }

    /// What the value of a key is; `unions` is how many may still be looked into, one within the other.
    fn property_schema(&self, schema: Schema, key: &str, unions: usize) -> Option<Schema> {
        match schema.kind {
            Kind::Object { properties } => {
                let named = properties.iter().find(|property| property.name == key).map(|property| property.schema);
                named.or(match schema.rest {
                    Rest::Of(rest) if rest.kind != Kind::Any => Some(*rest),
                    _ => None,
                })
            }
            // Keys of a map are data, but for a map of anything.
            Kind::Map { values } if values.kind != Kind::Any => Some(*values),
            // The discriminator may come last; a secret of any kind is one.
            Kind::OneOf { variants, .. } => {
                let schemas = variants.iter().filter_map(|variant| self.document.schema(variant.reference));
                let found: Vec<_> = schemas.filter_map(|schema| self.property_schema(*schema, key, unions)).collect();
                found.iter().find(|schema| schema.secret).or(found.first()).copied()
            }
            Kind::Union { branches } if unions > 0 => {
                let schemas = branches.iter().filter_map(|branch| self.value(Some(*branch), false).schema);
                let found: Vec<_> =
                    schemas.filter_map(|schema| self.property_schema(schema, key, unions - 1)).collect();
                found.iter().find(|schema| schema.secret).or(found.first()).copied()
            }
            _ => None,
        }
    }

    /// Every string in a value of that schema, in the order of the value.
    pub fn strings<'v>(&self, schema: Option<Schema>, value: &'v Value) -> Vec<Text<'v>> {
        let mut found = Vec::new();
        let root =
            Node { path: String::new(), pointer: String::new(), place: self.value(schema, false), value, owner: value };
        let mut open = vec![root];
        // A stack of its own, since the nesting is the sender's choice.
        while let Some(Node { path, pointer, place, value, owner }) = open.pop() {
            match value {
                Value::String(text) => found.push(Text { path, pointer, place, text, owner }),
                Value::Array(items) => {
                    for (index, value) in items.iter().enumerate().rev() {
                        let (path, pointer) = (format!("{path}[{index}]"), format!("{pointer}/{index}"));
                        open.push(Node { path, pointer, place: self.item(Some(&place)), value, owner });
                    }
                }
                Value::Object(entries) => {
                    for (key, inner) in entries.iter().rev() {
                        let dot = if path.is_empty() { "" } else { "." };
                        let pointer = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                        let place = self.property(Some(&place), key);
                        open.push(Node {
                            path: format!("{path}{dot}{key}"),
                            pointer,
                            place,
                            value: inner,
                            owner: value,
                        });
                    }
                }
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        found
    }
}

/// A string within a JSON value.
#[derive(Debug, Clone)]
pub struct Text<'v> {
    /// Where, for people: `application.roles[0].name`.
    pub path: String,
    /// Where, as a JSON Pointer (RFC 6901).
    pub pointer: String,
    /// What is known of it.
    pub place: Place,
    /// The string.
    pub text: &'v str,
    /// The nearest object that it is in.
    pub owner: &'v Value,
}

struct Node<'v> {
    path: String,
    pointer: String,
    place: Place,
    value: &'v Value,
    owner: &'v Value,
}
