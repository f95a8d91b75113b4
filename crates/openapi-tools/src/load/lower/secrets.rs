//! The names of properties that hold secrets.

use std::collections::BTreeMap;

use crate::model::{
    document::{NamedSchema, SecretName},
    schema::{Kind, Schema},
};

/// The names of properties that some schema marks secret, sorted.
pub(super) fn names(schemas: &[NamedSchema]) -> Vec<SecretName> {
    let mut uses: BTreeMap<&'static str, Vec<bool>> = BTreeMap::new();
    for entry in schemas {
        note_uses(&entry.schema, &mut uses);
    }
    let marked = uses.into_iter().filter(|(_, marks)| marks.contains(&true));
    marked.map(|(name, marks)| SecretName { name, always: !marks.contains(&false) }).collect()
}

fn note_uses(schema: &Schema, uses: &mut BTreeMap<&'static str, Vec<bool>>) {
    match schema.kind {
        Kind::Object { properties } => {
            for property in properties {
                uses.entry(property.name).or_default().push(property.schema.secret);
                note_uses(&property.schema, uses);
            }
        }
        Kind::Array { items: inner, .. } | Kind::Map { values: inner } => note_uses(inner, uses),
        _ => {}
    }
}
