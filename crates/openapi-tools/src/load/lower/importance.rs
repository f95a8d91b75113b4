//! Which properties of an object come first, and which last.
//!
//! `x-first` names those that identify an object or are set often, in the order in which people think of them. Required
//! ones and those that people have words for (`x-wishes`) follow, then the others. `x-rare` names those that hardly a call
//! has, or is `true` in a schema whose values hardly a call has; they come last.

use serde_json::{Map, Value};

use crate::{
    load::lower::context::Context,
    model::schema::{Kind, Property},
};

/// The mark that names the first properties.
pub(super) const FIRST: &str = "x-first";

/// The mark that names the last properties, or makes all properties of that schema some of them.
pub(super) const RARE: &str = "x-rare";

/// Gives the properties of the object their importance, and sorts them by it.
pub(super) fn rank(context: &mut Context<'_>, place: &str, keywords: &Map<String, Value>, properties: &mut [Property]) {
    if context.is_foreign() {
        properties.iter_mut().filter(|property| property.required).for_each(|property| *property = property.first());
        properties.sort_by_key(|property| property.importance);
        return;
    }
    let first = names(context, place, keywords, FIRST, properties);
    let rare = names(context, place, keywords, RARE, properties);
    let is_rare_type = |property: &Property| match property.schema.kind {
        Kind::Reference(name) => {
            let target = context.target(&format!("#/components/schemas/{name}"));
            target.and_then(|target| target.get(RARE)) == Some(&Value::Bool(true))
        }
        _ => false,
    };
    for property in &mut *properties {
        let is_listed = first.contains(&property.name);
        *property = if is_listed || property.required {
            property.first()
        } else if rare.contains(&property.name) || is_rare_type(property) {
            property.rare()
        } else if !property.schema.wishes.is_empty() {
            property.first()
        } else {
            *property
        };
    }
    let place_of = |property: &Property| first.iter().position(|name| *name == property.name).unwrap_or(first.len());
    properties.sort_by_key(|property| (property.importance, place_of(property), !property.required));
}

/// The names that a mark lists, each of them that of a property.
fn names<'k>(
    context: &mut Context<'_>,
    place: &str,
    keywords: &'k Map<String, Value>,
    mark: &str,
    properties: &[Property],
) -> Vec<&'k str> {
    let listed = match keywords.get(mark) {
        None | Some(Value::Bool(_)) => return Vec::new(),
        Some(Value::Array(listed)) => listed.as_slice(),
        Some(value) => {
            context.fault(format!("{place}.{mark}"), format!("{value}: expected names of properties"));
            return Vec::new();
        }
    };
    let mut names = Vec::new();
    for value in listed {
        match value.as_str().filter(|name| properties.iter().any(|property| property.name == *name)) {
            Some(name) => names.push(name),
            None => context.fault(format!("{place}.{mark}"), format!("{value} is none of the properties")),
        }
    }
    names
}
