//! The settings in the bodies of tools: every property that a call can set, with its path.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Schema},
};

use crate::ranking::Setting;

/// How deep a body is looked into. The settings of a kind of identity provider for one application stand that deep.
const MAX_DEPTH: usize = 7;

/// The most settings of one body, so that a document cannot make the index grow without bound.
const MAX_SETTINGS: usize = 4_000;

/// Properties that an instance sets, or that tell what happens around a call.
const NOT_SETTINGS: [&str; 5] = ["id", "insertInstant", "lastUpdateInstant", "eventInfo", "tenantId"];

/// The settings in one body, by their numbers, each with its path.
pub type Places = Arc<BTreeMap<u32, String>>;

/// All settings of the bodies that were looked into. A property of a schema is one setting, wherever the schema is used.
#[derive(Default)]
pub struct Settings {
    /// The settings, by their numbers.
    pub all: Vec<Setting>,
    numbers: HashMap<(&'static str, &'static str), u32>,
    bodies: HashMap<&'static str, Places>,
}

impl Settings {
    /// The settings in a body, and where they stand.
    pub fn of_body(&mut self, document: &'static Document, body: &Schema) -> Places {
        let Kind::Reference(name) = body.kind else { return Places::default() };
        if let Some(known) = self.bodies.get(name) {
            return known.clone();
        }
        let mut places = BTreeMap::new();
        let mut walk = Walk { document, settings: self, open: Vec::new(), places: &mut places };
        walk.schema(body, "", "");
        let places = Arc::new(places);
        self.bodies.insert(name, places.clone());
        places
    }
}

struct Walk<'a> {
    document: &'static Document,
    settings: &'a mut Settings,
    /// The schemas that are open, outermost first.
    open: Vec<&'static str>,
    places: &'a mut BTreeMap<u32, String>,
}

impl Walk<'_> {
    fn schema(&mut self, schema: &Schema, owner: &'static str, path: &str) {
        match schema.kind {
            Kind::Reference(name) if !self.open.contains(&name) && self.open.len() < MAX_DEPTH => {
                let Some(target) = self.document.schema(name) else { return };
                self.open.push(name);
                self.schema(target, name, path);
                self.open.pop();
            }
            Kind::Object { properties } if !owner.is_empty() => {
                properties.iter().for_each(|property| self.property(property, owner, path));
            }
            Kind::Array { items, .. } => self.schema(items, "", path),
            Kind::Map { values } => self.schema(values, "", path),
            Kind::OneOf { variants, .. } => {
                for variant in variants {
                    self.schema(&Schema::reference(variant.reference), "", path);
                }
            }
            _ => {}
        }
    }

    fn property(&mut self, property: &Property, owner: &'static str, path: &str) {
        if NOT_SETTINGS.contains(&property.name) || self.places.len() >= MAX_SETTINGS {
            return;
        }
        let inner = if path.is_empty() { property.name.to_owned() } else { format!("{path}.{}", property.name) };
        // What stands directly in a body is the object itself.
        if !path.is_empty() || !property.schema.wishes.is_empty() {
            let next = u32::try_from(self.settings.all.len()).unwrap_or(u32::MAX);
            let number = *self.settings.numbers.entry((owner, property.name)).or_insert(next);
            if number == next {
                self.settings.all.push(Setting {
                    name: property.name,
                    context: owner.to_owned(),
                    phrases: property.schema.wishes,
                    text: property.schema.description.unwrap_or_default(),
                });
            }
            // Where an object has it in several places, the outermost counts.
            let depth = |path: &str| path.matches('.').count();
            let place = self.places.entry(number).or_insert_with(|| inner.clone());
            if depth(&inner) < depth(place) {
                place.clone_from(&inner);
            }
        }
        self.schema(&property.schema, "", &inner);
    }
}
