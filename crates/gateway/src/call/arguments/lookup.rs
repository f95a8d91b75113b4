//! Schemas without references, and properties by name.

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Rest, Schema},
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
    /// What an object of it may have beside its named properties.
    pub rest: Rest,
    /// The keywords of JSON Schema beside those of its kind.
    pub constraints: Option<&'static str>,
}

/// The schema that `schema` leads to.
pub fn resolve(document: &Document, schema: &Schema) -> Resolved {
    let of = |schema: &Schema, name| Resolved {
        kind: schema.kind,
        name,
        rest: schema.rest,
        constraints: schema.constraints,
    };
    let mut resolved = of(schema, None);
    for _ in 0..MAX_REFERENCES {
        let Kind::Reference(name) = resolved.kind else { return resolved };
        resolved = of(document.schema(name).unwrap_or(&Schema::any()), Some(name));
    }
    Resolved { kind: Kind::Any, ..resolved }
}

/// What an object may hold.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// Its named properties.
    pub properties: &'static [Property],
    /// The document's name for it.
    pub name: Option<&'static str>,
    /// What it may have beside them.
    pub rest: Rest,
}

impl Shape {
    /// The document's schema of that name, where it is an object.
    pub fn of(document: &Document, name: &'static str) -> Option<Self> {
        let resolved = resolve(document, &Schema::reference(name));
        match resolved.kind {
            Kind::Object { properties } => Some(Self { properties, name: Some(name), rest: resolved.rest }),
            _ => None,
        }
    }
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
