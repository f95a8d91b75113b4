//! What an instance holds.

use std::{
    collections::BTreeMap,
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Map, Value, json};

/// A JSON object.
pub type Object = Map<String, Value>;

/// The instant, in ms since 1970, at which a seeded instance begins: 2026-01-01.
const SEED_INSTANT: u64 = 1_767_225_600_000;

/// All objects, by collection, in the order in which they were made.
#[derive(Debug, Default)]
pub struct State {
    collections: BTreeMap<&'static str, Vec<Object>>,
    /// Objects of which there is one.
    pub singletons: BTreeMap<String, Value>,
    made: u64,
    /// While it is filled, an instance runs on a clock of its own, so that it is the same every time.
    pub is_being_filled: bool,
    randomness: RandomState,
}

impl State {
    /// The objects of a collection.
    pub fn all(&self, collection: &str) -> &[Object] {
        self.collections.get(collection).map(Vec::as_slice).unwrap_or_default()
    }

    /// The object of that id.
    pub fn get(&self, collection: &str, id: &str) -> Option<&Object> {
        self.all(collection).iter().find(|object| text(object, "id") == id)
    }

    /// The object of that id, to change.
    pub fn get_mut(&mut self, collection: &str, id: &str) -> Option<&mut Object> {
        self.collections.get_mut(collection)?.iter_mut().find(|object| text(object, "id") == id)
    }

    /// Adds an object, or replaces the one of the same id.
    pub fn put(&mut self, collection: &'static str, object: Object) {
        let id = text(&object, "id").to_owned();
        match self.get_mut(collection, &id) {
            Some(known) => *known = object,
            None => self.collections.entry(collection).or_default().push(object),
        }
    }

    /// Adds an entry of a log, whose id is a number.
    pub fn put_numbered(&mut self, collection: &'static str, entry: Object) {
        self.collections.entry(collection).or_default().push(entry);
    }

    /// Removes the objects for which `is_gone` holds, and says how many there were.
    pub fn remove(&mut self, collection: &str, is_gone: impl Fn(&Object) -> bool) -> usize {
        let Some(objects) = self.collections.get_mut(collection) else { return 0 };
        let before = objects.len();
        objects.retain(|object| !is_gone(object));
        before - objects.len()
    }

    /// Removes from every collection.
    pub fn remove_everywhere(&mut self, is_gone: impl Fn(&Object) -> bool) {
        for objects in self.collections.values_mut() {
            objects.retain(|object| !is_gone(object));
        }
    }

    /// Every object of a collection, to change.
    pub fn all_mut(&mut self, collection: &str) -> &mut [Object] {
        self.collections.get_mut(collection).map(Vec::as_mut_slice).unwrap_or_default()
    }

    /// Now, in ms since 1970.
    pub fn now(&mut self) -> u64 {
        if self.is_being_filled {
            self.made += 1;
            return SEED_INSTANT + self.made * 1000;
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(SEED_INSTANT)
    }

    /// An id of an instance's own.
    pub fn new_id(&mut self) -> String {
        let (high, low) = (self.number(), self.number());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }

    /// A code or secret of an instance's own.
    pub fn new_code(&mut self) -> String {
        format!("{:016x}{:016x}", self.number(), self.number())
    }

    /// A number by chance; while the instance is filled, the same sequence every time.
    fn number(&mut self) -> u64 {
        self.made += 1;
        if self.is_being_filled {
            // The finalizer of splitmix64.
            let mut mixed = self.made.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            return mixed ^ (mixed >> 31);
        }
        let mut hasher = self.randomness.build_hasher();
        hasher.write_u64(self.made);
        hasher.finish()
    }
}

/// A property as text; empty where it is none.
pub fn text<'a>(object: &'a Object, property: &str) -> &'a str {
    object.get(property).and_then(Value::as_str).unwrap_or_default()
}

/// The object in a value, empty where it is none.
pub fn into_object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// Sets a property where it is not set.
pub fn default(object: &mut Object, property: &str, value: impl Into<Value>) {
    let slot = object.entry(property).or_insert(Value::Null);
    if slot.is_null() {
        *slot = value.into();
    }
}

/// Removes what is null, as FusionAuth does in its answers.
pub fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.retain(|_, inner| !inner.is_null());
            object.values_mut().for_each(drop_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        _ => {}
    }
}

/// An object with a list under a key, and its length.
pub fn page(key: &str, items: Vec<Value>, total: usize) -> Value {
    let mut page = json!({ "total": total });
    if let Some(object) = page.as_object_mut() {
        object.insert(key.to_owned(), Value::Array(items));
    }
    page
}
