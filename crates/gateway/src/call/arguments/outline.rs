//! All places of a body, to find the one that a property was meant for.

use std::collections::{BTreeSet, VecDeque};

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Schema},
};

use super::lookup::resolve;

/// The most properties that are looked at.
const MAX_ENTRIES: usize = 20_000;

/// The properties below one place, the nearest first.
pub struct Outline {
    root: String,
    entries: Vec<Entry>,
}

/// A property somewhere in a body.
pub struct Entry {
    /// The property.
    pub property: &'static Property,
    /// How many properties lead to it, itself included.
    pub depth: usize,
    /// The value of the discriminator of the objects that have it, where only one kind has it.
    pub kind: Option<&'static str>,
    /// The document's name of the object's schema, where it has one.
    pub schema: Option<&'static str>,
    /// The property that leads here, and what stands between the two: `[]` for a list, `.*` for a map.
    parent: Option<usize>,
    between: String,
}

/// A schema whose properties are still to be looked at.
struct Waiting {
    schema: Schema,
    parent: Option<usize>,
    between: String,
    kind: Option<&'static str>,
}

impl Outline {
    /// What `schema` has below `root`.
    pub fn of_schema(document: &Document, root: String, schema: &Schema) -> Self {
        let waiting = Waiting { schema: *schema, parent: None, between: String::new(), kind: None };
        Self::of(document, root, waiting)
    }

    /// What an object with these properties has below `root`.
    pub fn of_properties(document: &Document, root: String, properties: &'static [Property]) -> Self {
        Self::of_schema(document, root, &Schema::object(properties))
    }

    /// A schema that has a name is looked at where it comes up first, so that the work is bounded by the document.
    fn of(document: &Document, root: String, first: Waiting) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut queue = VecDeque::from([first]);
        while let Some(Waiting { schema, parent, between, kind }) = queue.pop_front() {
            let resolved = resolve(document, &schema);
            if entries.len() >= MAX_ENTRIES || resolved.name.is_some_and(|name| !seen.insert(name)) {
                continue;
            }
            match resolved.kind {
                Kind::Object { properties } => {
                    let depth = parent.and_then(|parent| entries.get(parent)).map_or(1, |parent| parent.depth + 1);
                    for property in properties {
                        let index = entries.len();
                        let (schema, between) = (resolved.name, between.clone());
                        entries.push(Entry { property, depth, kind, schema, parent, between });
                        queue.push_back(Waiting {
                            schema: property.schema,
                            parent: Some(index),
                            between: String::new(),
                            kind: None,
                        });
                    }
                }
                Kind::Array { items, .. } => {
                    queue.push_back(Waiting { schema: *items, parent, between: between + "[]", kind });
                }
                Kind::Map { values } => {
                    queue.push_back(Waiting { schema: *values, parent, between: between + ".*", kind });
                }
                Kind::OneOf { variants, .. } => {
                    for variant in variants {
                        let schema = Schema::reference(variant.reference);
                        let (between, kind) = (between.clone(), Some(variant.value));
                        queue.push_back(Waiting { schema, parent, between, kind });
                    }
                }
                _ => {}
            }
        }
        Self { root, entries }
    }

    /// The properties, the nearest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// A property and those that lead to it, from the inside.
    pub fn line<'o>(&'o self, entry: &'o Entry) -> impl Iterator<Item = &'o Entry> {
        // A property stands after the one that leads to it, so this ends.
        std::iter::successors(Some(entry), |entry| entry.parent.and_then(|index| self.entries.get(index)))
    }

    /// Where a property stands.
    pub fn path(&self, entry: &Entry) -> String {
        let names: Vec<_> = self.line(entry).map(|entry| (entry.between.as_str(), entry.property.name)).collect();
        let mut path = self.root.clone();
        for (between, name) in names.into_iter().rev() {
            path.push_str(between);
            path.push('.');
            path.push_str(name);
        }
        path
    }
}
