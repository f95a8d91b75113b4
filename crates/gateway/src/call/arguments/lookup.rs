//! Schemas without references, and properties by name.

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Schema},
};

/// References that are followed one after another. More would be a circle.
const MAX_REFERENCES: usize = 16;

/// A schema that is no reference.
#[derive(Debug, Clone, Copy)]
pub struct Resolved {
    /// What it allows. A reference that leads nowhere allows anything.
    pub kind: Kind,
    /// The document's name for it, where it has one.
    pub name: Option<&'static str>,
}

/// The schema that `schema` leads to.
pub fn resolve(document: &Document, schema: &Schema) -> Resolved {
    let mut resolved = Resolved { kind: schema.kind, name: None };
    for _ in 0..MAX_REFERENCES {
        let Kind::Reference(name) = resolved.kind else { return resolved };
        let kind = document.schema(name).map_or(Kind::Any, |schema| schema.kind);
        resolved = Resolved { kind, name: Some(name) };
    }
    Resolved { kind: Kind::Any, ..resolved }
}

/// The properties of the document's schema of that name, where it is an object.
pub fn properties(document: &Document, name: &'static str) -> Option<&'static [Property]> {
    match resolve(document, &Schema::reference(name)).kind {
        Kind::Object { properties } => Some(properties),
        _ => None,
    }
}

/// The property of that name.
pub fn property(properties: &'static [Property], name: &str) -> Option<&'static Property> {
    properties.iter().find(|property| property.name == name)
}
