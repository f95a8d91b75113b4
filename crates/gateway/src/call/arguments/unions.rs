//! Objects of one of several kinds that do not say which.

use openapi_tools::model::{
    document::Document,
    schema::{Property, Schema, Variant},
};
use serde_json::{Map, Value};

use super::lookup;

/// The kinds that an object may be of, by the properties that it has.
pub struct Candidates {
    all: Vec<&'static [Property]>,
    left: Vec<&'static [Property]>,
}

impl Candidates {
    /// The kinds that have all of the known properties of `object`.
    pub fn of(document: &Document, variants: &'static [Variant], object: &Map<String, Value>) -> Self {
        let all: Vec<_> =
            variants.iter().filter_map(|variant| lookup::properties(document, variant.reference)).collect();
        let is_known = |name: &str| all.iter().any(|properties| lookup::property(properties, name).is_some());
        let given: Vec<&str> = object.keys().map(String::as_str).filter(|name| is_known(name)).collect();
        let has_all =
            |properties: &&'static [Property]| given.iter().all(|name| lookup::property(properties, name).is_some());
        let left = all.iter().copied().filter(has_all).collect();
        Self { all, left }
    }

    /// Whether no kind has all of the properties, although each is one of some kind.
    pub fn contradict(&self) -> bool {
        self.left.is_empty() && !self.all.is_empty()
    }

    /// The properties of that name in the kinds that the object may be of, or in all kinds where it is of none; of
    /// several with the same schema, the first.
    pub fn properties(&self, name: &str) -> Vec<&'static Property> {
        let kinds = if self.left.is_empty() { &self.all } else { &self.left };
        let mut found: Vec<&'static Property> = Vec::new();
        for property in kinds.iter().filter_map(|properties| lookup::property(properties, name)) {
            let is_new = |other: &&Property| !allows_the_same(&other.schema, &property.schema);
            if found.iter().all(is_new) {
                found.push(property);
            }
        }
        found
    }

    /// The properties of the kind that has most of them, for messages.
    pub fn widest(&self) -> &'static [Property] {
        self.all.iter().copied().max_by_key(|properties| properties.len()).unwrap_or_default()
    }
}

/// Whether two schemas differ in nothing but their descriptions.
fn allows_the_same(left: &Schema, right: &Schema) -> bool {
    left.kind == right.kind && left.secret == right.secret
}
