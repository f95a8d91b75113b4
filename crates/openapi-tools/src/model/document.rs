//! A lowered document: its operations and the schemas they name.

use super::{
    operation::Operation,
    schema::Schema,
    security::{SchemeUse, SecurityScheme},
};

/// What an OpenAPI document says, laid out for the process's life time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Document {
    /// What people call the API (`info.title`).
    pub title: &'static str,
    /// The version of the API that the document describes (`info.version`).
    pub version: &'static str,
    /// Where the API is served, as the document says: URLs, the first of which is the one to use. Relative ones belong to
    /// the document's own address.
    pub servers: &'static [&'static str],
    /// All operations, sorted by name.
    pub operations: &'static [&'static Operation],
    /// The schemas that [`Kind::Reference`](super::schema::Kind::Reference)s name, sorted by name.
    pub schemas: &'static [NamedSchema],
    /// The security schemes that [`SchemeUse`]s point to, in the document's order.
    pub security_schemes: &'static [SecurityScheme],
    /// The names of properties that are a secret somewhere in the document, sorted.
    pub secret_names: &'static [SecretName],
}

/// An entry of the document's `components.schemas`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NamedSchema {
    /// The key under `components.schemas`.
    pub name: &'static str,
    /// What stands there.
    pub schema: Schema,
}

/// The name of a property that holds a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecretName {
    /// The property's name.
    pub name: &'static str,
    /// Whether it is a secret wherever the document has it.
    pub always: bool,
}

impl Document {
    /// The operation of that name, or of that former name.
    pub fn operation(&self, name: &str) -> Option<&'static Operation> {
        self.operations.iter().copied().find(|operation| operation.is_called(name))
    }

    /// What the document knows of secrets under that name.
    pub fn secret_name(&self, name: &str) -> Option<&'static SecretName> {
        let index = self.secret_names.binary_search_by(|known| known.name.cmp(name)).ok()?;
        self.secret_names.get(index)
    }

    /// The schema of that name, with its name.
    pub fn named_schema(&self, name: &str) -> Option<&'static NamedSchema> {
        let index = self.schemas.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
        self.schemas.get(index)
    }

    /// The security scheme that a requirement of one of the operations asks for.
    pub fn security_scheme(&self, wanted: &SchemeUse) -> Option<&'static SecurityScheme> {
        self.security_schemes.get(wanted.scheme)
    }

    /// The schema of that name.
    pub fn schema(&self, name: &str) -> Option<&'static Schema> {
        self.named_schema(name).map(|entry| &entry.schema)
    }
}
