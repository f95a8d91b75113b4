//! What a null removes, and what it must not.

use openapi_tools::model::{
    document::Document,
    operation::Method,
    schema::{Kind, Property, Schema},
};
use serde_json::{Map, Value};

use super::{checker::Checker, lookup::resolve, words::words};

/// Properties from which on an object of a PATCH with all of them, most of them null, is refused: a client that has to fill in
/// each may have made it. Of one property there is no other way to say that it is to be removed.
const LEAST_REFUSED: usize = 2;

/// Properties from which on such an object of a PUT is taken for one of a client that has to fill in each.
const LEAST_FILLED: usize = 4;

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
        let filled = nulls_filled_in(properties, discriminator, object, LEAST_REFUSED);
        if let Some(nulls) = filled {
            let count = properties.len();
            self.fault(format!(
                "all {count} properties are given and {nulls} of them are null, which would remove them; leave out what \
                 you do not want to change"
            ));
        }
        filled.is_some()
    }

    /// Notes whether a client filled in every property of an object, most of them with null; what was noted of the outer one.
    pub(super) fn note_filled_in(
        &mut self,
        properties: &[Property],
        discriminator: Option<&str>,
        object: &Map<String, Value>,
    ) -> bool {
        let is_filled = nulls_filled_in(properties, discriminator, object, LEAST_FILLED).is_some();
        std::mem::replace(&mut self.fills_in, is_filled)
    }

    /// RFC 7396: a null removes its member, but a list replaces the list that was there.
    pub(super) fn note_removal(&mut self) {
        if self.is_partial && !self.place.is_in_list() {
            self.report.removed(&self.place);
        }
    }
}

/// How many properties of an object are null, where each is given, most are null, and there are at least so many.
fn nulls_filled_in(
    properties: &[Property],
    discriminator: Option<&str>,
    object: &Map<String, Value>,
    least: usize,
) -> Option<usize> {
    let nulls = object.values().filter(|value| value.is_null()).count();
    let is_given = |property: &Property| Some(property.name) == discriminator || object.contains_key(property.name);
    let is_filled = properties.len() >= least && nulls * 2 > properties.len();
    (is_filled && properties.iter().all(is_given)).then_some(nulls)
}

/// What a null in the place of a property would remove and must not, in words. Where the description says what null does,
/// it may.
fn wiped(document: &Document, property: &Property) -> Option<String> {
    let schema = &property.schema;
    if schema.description.is_some_and(tells_of_null) {
        return None;
    }
    if schema.secret {
        return Some("secret".to_owned());
    }
    let required = || "setting, which is required".to_owned();
    if property.required {
        return Some(required());
    }
    let secret = secret_within(document, schema).map(|secret| format!("with the secret in it (`{secret}`)"));
    secret.or_else(|| schema.not_null.then(required))
}

/// The first secret property in what a schema describes.
fn secret_within(document: &Document, schema: &Schema) -> Option<&'static str> {
    let mut seen: Vec<&'static str> = Vec::new();
    let mut open = vec![*schema];
    while let Some(schema) = open.pop() {
        let resolved = resolve(document, &schema);
        if let Some(name) = resolved.name {
            if seen.contains(&name) {
                continue;
            }
            seen.push(name);
        }
        match resolved.kind {
            Kind::Object { properties } => {
                if let Some(secret) = properties.iter().find(|property| property.schema.secret) {
                    return Some(secret.name);
                }
                open.extend(properties.iter().map(|property| property.schema));
            }
            Kind::Array { items: inner, .. } | Kind::Map { values: inner } => open.push(*inner),
            Kind::OneOf { variants, .. } => {
                open.extend(variants.iter().map(|variant| Schema::reference(variant.reference)));
            }
            _ => {}
        }
    }
    None
}

/// Whether a description says what null does, and not that it is refused.
fn tells_of_null(description: &str) -> bool {
    let words = words(description);
    let mut after = words.iter().skip_while(|word| *word != "null").skip(1);
    words.iter().any(|word| word == "null")
        && !matches!(
            (after.next().map(String::as_str), after.next().map(String::as_str)),
            (Some("is"), Some("refused"))
        )
}
