//! What a null removes, and what it must not.

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Schema},
};
use serde_json::{Map, Value};

use super::{lookup::resolve, words::words};

/// Properties from which on an object with all of them, most of them null, is a client's that has to fill in each.
const LEAST_FILLED: usize = 2;

/// How many properties of an object are null, where each is given and most are null.
pub fn nulls_filled_in(
    properties: &[Property],
    discriminator: Option<&str>,
    object: &Map<String, Value>,
) -> Option<usize> {
    let nulls = object.values().filter(|value| value.is_null()).count();
    let is_given = |property: &Property| Some(property.name) == discriminator || object.contains_key(property.name);
    let is_filled = properties.len() >= LEAST_FILLED && nulls * 2 > properties.len();
    (is_filled && properties.iter().all(is_given)).then_some(nulls)
}

/// What a null in the place of a property would remove and must not, in words. Where the description says what null does,
/// it may.
pub fn wiped(document: &Document, property: &Property) -> Option<String> {
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
