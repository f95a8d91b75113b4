//! What a null in a PATCH must not remove.

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Schema},
};

use super::{lookup::resolve, words::words};

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
    if property.required || schema.not_null {
        return Some("setting, which is required".to_owned());
    }
    secret_within(document, schema).map(|secret| format!("with the secret in it (`{secret}`)"))
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
