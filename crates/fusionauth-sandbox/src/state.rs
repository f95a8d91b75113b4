//! What an instance holds, and its clock and source of randomness.

use std::{
    collections::BTreeMap,
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    time::{SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use crate::object::{Object, text};

/// When an instance is filled, in ms since 1970: 2026-01-01.
pub const SEED_INSTANT: u64 = 1_767_225_600_000;

/// How far the clock goes on each time that it is read while an instance is filled, in ms.
const TICK: u64 = 1000;

/// All objects of an instance.
#[derive(Debug, Default)]
pub struct State {
    /// The objects of each collection, in the order in which they were created.
    collections: BTreeMap<&'static str, Vec<Object>>,
    /// Settings that exist once, by name.
    pub singletons: BTreeMap<String, Value>,
    /// How many instants and numbers were handed out.
    ticks: u64,
    /// While an instance is filled, clock and randomness are deterministic, so that its content is always the same.
    pub is_being_filled: bool,
    /// What the clock adds its ticks to while an instance is filled, in ms since 1970; 0 stands for [`SEED_INSTANT`].
    filled_since: u64,
    randomness: RandomState,
}

impl State {
    /// The objects of a collection, oldest first.
    pub fn all(&self, collection: &str) -> &[Object] {
        self.collections.get(collection).map(Vec::as_slice).unwrap_or_default()
    }

    /// The object with this id.
    pub fn get(&self, collection: &str, id: &str) -> Option<&Object> {
        self.all(collection).iter().find(|object| text(object, "id") == id)
    }

    /// The object with this id, to change it.
    pub fn get_mut(&mut self, collection: &str, id: &str) -> Option<&mut Object> {
        self.collections.get_mut(collection)?.iter_mut().find(|object| text(object, "id") == id)
    }

    /// Adds an object, or replaces the one with the same id.
    pub fn put(&mut self, collection: &'static str, object: Object) {
        let id = text(&object, "id").to_owned();
        match self.get_mut(collection, &id) {
            Some(known) => *known = object,
            None => self.collections.entry(collection).or_default().push(object),
        }
    }

    /// Adds a log entry, whose id is a number.
    pub fn put_numbered(&mut self, collection: &'static str, entry: Object) {
        self.collections.entry(collection).or_default().push(entry);
    }

    /// Adds an entry to a log that keeps its latest entries only.
    pub fn put_bounded(&mut self, collection: &'static str, entry: Object, max_entries: usize) {
        let entries = self.collections.entry(collection).or_default();
        entries.push(entry);
        entries.drain(..entries.len().saturating_sub(max_entries));
    }

    /// Everything that is kept: collections and settings, by name.
    pub fn dump(&self) -> Value {
        json!({ "collections": self.collections, "settings": self.singletons })
    }

    /// Removes the objects for which `is_gone` is true; returns how many.
    pub fn remove(&mut self, collection: &str, is_gone: impl Fn(&Object) -> bool) -> usize {
        let Some(objects) = self.collections.get_mut(collection) else { return 0 };
        let before = objects.len();
        objects.retain(|object| !is_gone(object));
        before - objects.len()
    }

    /// Removes the objects for which `is_gone` is true from every collection.
    pub fn remove_everywhere(&mut self, is_gone: impl Fn(&Object) -> bool) {
        for objects in self.collections.values_mut() {
            objects.retain(|object| !is_gone(object));
        }
    }

    /// The objects of a collection, to change them.
    pub fn all_mut(&mut self, collection: &str) -> &mut [Object] {
        self.collections.get_mut(collection).map(Vec::as_mut_slice).unwrap_or_default()
    }

    /// Sets the clock while an instance is filled. At the beginning of the seed it runs on, so that every object has an
    /// instant of its own.
    pub fn set_clock(&mut self, instant: u64) {
        self.filled_since = if instant == SEED_INSTANT { instant } else { instant - self.ticks * TICK };
    }

    /// Now, in ms since 1970.
    pub fn now(&mut self) -> u64 {
        if self.is_being_filled {
            self.ticks += 1;
            let since = if self.filled_since == 0 { SEED_INSTANT } else { self.filled_since };
            return since + self.ticks * TICK;
        }
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(SEED_INSTANT)
    }

    /// A new UUID.
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

    /// A new code or secret: 32 hexadecimal digits.
    pub fn new_code(&mut self) -> String {
        format!("{:016x}{:016x}", self.number(), self.number())
    }

    /// A random number; while the instance is filled, the next one of a fixed sequence.
    fn number(&mut self) -> u64 {
        self.ticks += 1;
        if self.is_being_filled {
            // The finalizer of splitmix64.
            let mut mixed = self.ticks.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            return mixed ^ (mixed >> 31);
        }
        let mut hasher = self.randomness.build_hasher();
        hasher.write_u64(self.ticks);
        hasher.finish()
    }
}
