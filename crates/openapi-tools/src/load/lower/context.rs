//! What all parts of lowering share: the document, the rules, what is wrong, and which schemas are needed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::leak::{leak, text};
use crate::load::{
    bundle::FILES,
    fault::Fault,
    pointer::{find, tokens},
    rules::{Authorship, Rules},
};

/// References that are followed one after another. More would be a circle.
const MAX_REFERENCES: usize = 32;

/// The state of lowering one document.
pub(super) struct Context<'a> {
    pub(super) document: &'a Value,
    pub(super) rules: &'a Rules<'a>,
    /// The responses of an operation that has none.
    pub(super) no_responses: &'a Map<String, Value>,
    /// What keeps an operation from being offered.
    faults: Vec<Fault>,
    /// What is wrong and was mended.
    notes: Vec<Fault>,
    /// The names of the schemas that a lowered operation leads to, by their JSON pointers.
    reached: BTreeMap<String, &'static str>,
    /// The names that are taken.
    names: BTreeSet<&'static str>,
    /// Those schemas that are not lowered yet: name and pointer.
    pending: Vec<(&'static str, String)>,
    /// The schemas that were put together and are being lowered, outermost first.
    merged: Vec<Map<String, Value>>,
    /// How many more may be.
    merges_left: usize,
}

/// Schemas within schemas that are put together.
const MAX_MERGED_DEPTH: usize = 32;

/// Schemas of a document that are put together. A few lines can say more than there is memory for.
const MAX_MERGES: usize = 100_000;

impl<'a> Context<'a> {
    pub(super) fn new(document: &'a Value, rules: &'a Rules<'a>) -> Self {
        Self {
            document,
            rules,
            no_responses: leak(Map::new()),
            faults: Vec::new(),
            notes: Vec::new(),
            reached: BTreeMap::new(),
            names: BTreeSet::new(),
            pending: Vec::new(),
            merged: Vec::new(),
            merges_left: MAX_MERGES,
        }
    }

    /// Begins with a schema that is put together; not with one that is begun already, which would have no end, and not with
    /// too many.
    pub(super) fn begin_merged(&mut self, source: &Map<String, Value>) -> bool {
        let is_allowed = self.merged.len() < MAX_MERGED_DEPTH && self.merges_left > 0 && !self.merged.contains(source);
        if is_allowed {
            self.merges_left -= 1;
            self.merged.push(source.clone());
        }
        is_allowed
    }

    /// Ends what was begun last.
    pub(super) fn end_merged(&mut self) {
        self.merged.pop();
    }

    /// Whether the document is somebody else's, and so taken as it is found.
    pub(super) fn is_foreign(&self) -> bool {
        self.rules.authorship == Authorship::Foreign
    }

    /// Notes what keeps the operation at hand from being offered.
    pub(super) fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Fault::new(path, message));
    }

    /// Notes what is wrong and can be mended. In a document of our own that is a fault.
    pub(super) fn note(&mut self, path: impl Into<String>, message: impl Into<String>) {
        let fault = Fault::new(path, message);
        if self.is_foreign() { self.notes.push(fault) } else { self.faults.push(fault) }
    }

    /// How many faults there are so far.
    pub(super) fn fault_count(&self) -> usize {
        self.faults.len()
    }

    /// The entries of an object of `components`.
    pub(super) fn components(&self, kind: &str) -> Option<&'a Map<String, Value>> {
        self.document.get("components")?.get(kind)?.as_object()
    }

    /// What the reference leads to.
    pub(super) fn target(&self, reference: &str) -> Option<&'a Value> {
        find(self.document, reference.strip_prefix('#')?)
    }

    /// The object that stands there or that a reference there leads to, with the place of the last one. `None`, after a
    /// fault, where there is none.
    pub(super) fn resolved(&mut self, place: &str, source: &'a Value) -> Option<&'a Map<String, Value>> {
        let mut value = source;
        for _ in 0..MAX_REFERENCES {
            let Some(object) = value.as_object() else {
                self.fault(place, "expected an object");
                return None;
            };
            let Some(reference) = object.get("$ref").and_then(Value::as_str) else { return Some(object) };
            let Some(target) = self.target(reference) else {
                self.fault(place, format!("`{reference}` leads nowhere"));
                return None;
            };
            value = target;
        }
        self.fault(place, "references in a circle");
        None
    }

    /// The name of the schema that the reference leads to, which is lowered in its turn.
    pub(super) fn reach(&mut self, reference: &str) -> Option<&'static str> {
        if let Some(known) = self.reached.get(reference) {
            return Some(known);
        }
        self.target(reference)?;
        let wanted = schema_name(reference);
        let others = (2..).map(|number| format!("{wanted}{number}"));
        let name = std::iter::once(wanted.clone()).chain(others).find(|name| !self.names.contains(name.as_str()))?;
        let name = text(&name);
        self.names.insert(name);
        self.reached.insert(reference.to_owned(), name);
        self.pending.push((name, reference.to_owned()));
        Some(name)
    }

    /// A schema that is needed and not lowered yet: its name and the reference to it.
    pub(super) fn next_pending(&mut self) -> Option<(&'static str, String)> {
        self.pending.pop()
    }

    /// What keeps operations from being offered, and what was mended.
    pub(super) fn into_faults_and_notes(self) -> (Vec<Fault>, Vec<Fault>) {
        (self.faults, self.notes)
    }
}

/// The name for a schema: its key among the document's schemas, or else what the pointer consists of.
fn schema_name(reference: &str) -> String {
    let tokens: Vec<_> = tokens(reference.trim_start_matches('#')).collect();
    let own = match tokens.as_slice() {
        [components, schemas, name] if components == "components" && schemas == "schemas" => Some(name),
        [definitions, name] if definitions == "definitions" => Some(name),
        // The file's own name follows its number.
        [files, file] if files == FILES => {
            return file.split_once('-').map_or(file.as_str(), |(_, name)| name).to_owned();
        }
        [files, .., name] if files == FILES => Some(name),
        _ => None,
    };
    own.cloned().unwrap_or_else(|| tokens.join("_"))
}
