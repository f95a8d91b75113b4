//! Types by the names that one expects: those of the object and the property that have them.

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Schema},
};

/// Looks through so many references, lists and maps.
const MAX_WITHIN: usize = 8;

/// The type of the property that `name` speaks of, such as `TenantJWTConfiguration` of the `jwtConfiguration` of a
/// `Tenant`.
pub fn named(document: &Document, name: &str) -> Option<&'static str> {
    let of_owner = document.schemas.iter().filter_map(|owner| {
        let property = name
            .get(owner.name.len()..)
            .filter(|_| name.get(..owner.name.len()).is_some_and(|start| start.eq_ignore_ascii_case(owner.name)))?;
        let Kind::Object { properties } = owner.schema.kind else { return None };
        let found = properties.iter().find(|known| known.name.eq_ignore_ascii_case(property))?;
        type_of(&found.schema)
    });
    let by_case = || document.schemas.iter().map(|known| known.name).find(|known| known.eq_ignore_ascii_case(name));
    let mut of_owner = of_owner;
    of_owner.next().or_else(by_case)
}

/// The named type of a value, or of the values in it.
fn type_of(schema: &Schema) -> Option<&'static str> {
    let mut kind = schema.kind;
    for _ in 0..MAX_WITHIN {
        match kind {
            Kind::Reference(name) => return Some(name),
            Kind::Array { items: inner, .. } | Kind::Map { values: inner } => kind = inner.kind,
            _ => return None,
        }
    }
    None
}
