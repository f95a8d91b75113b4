//! A lowered document: its operations and the schemas they name.

use crate::{operation::Operation, schema::Schema};

/// What an OpenAPI document says, laid out for the process's life time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Document {
    /// The version of the API that the document describes (`info.version`).
    pub version: &'static str,
    /// All operations, sorted by name.
    pub operations: &'static [&'static Operation],
    /// The schemas that [`Schema::Reference`](crate::schema::Kind::Reference)s name, sorted by name.
    pub schemas: &'static [NamedSchema],
}

/// An entry of the document's `components.schemas`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NamedSchema {
    /// The key under `components.schemas`.
    pub name: &'static str,
    /// What stands there.
    pub schema: Schema,
}

impl Document {
    /// The operation of that name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        let index = self.operations.binary_search_by(|operation| operation.name.cmp(name)).ok()?;
        self.operations.get(index).copied()
    }

    /// The schema of that name.
    pub fn schema(&self, name: &str) -> Option<&'static Schema> {
        let index = self.schemas.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
        self.schemas.get(index).map(|entry| &entry.schema)
    }
}
