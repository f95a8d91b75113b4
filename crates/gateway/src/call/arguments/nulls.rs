//! What is done with nulls: in a PATCH they remove, in a PUT they say nothing or are refused.

use openapi_tools::model::{operation::Method, schema::Property};
use serde_json::{Map, Value};

use super::{
    checker::Checker,
    removal::{nulls_filled_in, wiped},
};

impl Checker<'_> {
    /// A null in a PATCH.
    pub(super) fn remove(&mut self, candidates: &[&'static Property]) {
        match candidates.iter().find_map(|property| wiped(self.view.document, property)) {
            Some(what) => {
                self.fault(format!("null would remove this {what}; give its new value, or leave it out to keep it"));
            }
            None => self.report.removed(&self.place),
        }
    }

    /// A null in the object that a PUT puts in another's place. One among those of a client that fills in everything says
    /// nothing; any other is meant.
    pub(super) fn replace(&mut self, candidates: &[&'static Property]) {
        if self.view.operation.method != Method::Put || self.fills_in {
            return;
        }
        let is_needed = |property: &&&Property| property.schema.not_null || property.schema.secret;
        let wiped = candidates.iter().filter(is_needed).find_map(|property| wiped(self.view.document, property));
        if let Some(what) = wiped {
            self.fault(format!("null is not taken for this {what}; give its value"));
        }
    }

    /// Whether a client filled in every property of an object in a PATCH, most of them with null. That is a fault: the
    /// call would remove what it was not about.
    pub(super) fn is_filled_in(
        &mut self,
        properties: &[Property],
        discriminator: Option<&str>,
        object: &Map<String, Value>,
    ) -> bool {
        if !self.is_partial || self.place.is_in_list() {
            return false;
        }
        let filled = nulls_filled_in(properties, discriminator, object);
        if let Some(nulls) = filled {
            let count = properties.len();
            self.fault(format!(
                "all {count} properties are given and {nulls} of them are null, which would remove them; leave out what \
                 you do not want to change"
            ));
        }
        filled.is_some()
    }

    /// RFC 7396: a null removes its member, but a list replaces the list that was there.
    pub(super) fn note_removal(&mut self) {
        if self.is_partial && !self.place.is_in_list() {
            self.report.removed(&self.place);
        }
    }
}
