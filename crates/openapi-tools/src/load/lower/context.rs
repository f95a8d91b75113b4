//! What all parts of lowering share: the document, the rules, the faults, and which schemas are needed.

use std::collections::BTreeSet;

use openapiv3::{Components, OpenAPI};

use super::leak::text;
use crate::load::{fault::Fault, rules::Rules};

/// The state of lowering one document.
pub(super) struct Context<'a> {
    pub(super) openapi: &'a OpenAPI,
    pub(super) rules: &'a Rules<'a>,
    faults: Vec<Fault>,
    /// The schemas that a lowered operation leads to.
    reached: BTreeSet<&'static str>,
    /// Those of them that are not lowered yet.
    pending: Vec<&'static str>,
}

impl<'a> Context<'a> {
    pub(super) fn new(openapi: &'a OpenAPI, rules: &'a Rules<'a>) -> Self {
        Self { openapi, rules, faults: Vec::new(), reached: BTreeSet::new(), pending: Vec::new() }
    }

    pub(super) fn components(&self) -> Option<&'a Components> {
        self.openapi.components.as_ref()
    }

    pub(super) fn fault(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.faults.push(Fault::new(path, message));
    }

    /// Notes that the schema of that name is needed.
    pub(super) fn reach(&mut self, name: &str) -> &'static str {
        if let Some(known) = self.reached.get(name) {
            return known;
        }
        let name = text(name);
        self.reached.insert(name);
        self.pending.push(name);
        name
    }

    /// A schema that is needed and not lowered yet.
    pub(super) fn next_pending(&mut self) -> Option<&'static str> {
        self.pending.pop()
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }
}
