//! Which properties of an object, and which parameters of an operation, come first, and which last.
//!
//! `x-first` names those that identify an object or are set often, in the order in which people think of them. Required
//! ones and those that people have words for (`x-wishes`) follow, then the others. `x-rare` names those that hardly a call
//! has, or is `true` in a schema whose values hardly a call has; they come last. The required parameters of an operation
//! come before all others.

use serde_json::{Map, Value};

use super::context::Context;
use crate::model::{
    operation::{Location, Parameter},
    schema::{Kind, Property},
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
    let known: Vec<_> = properties.iter().map(|property| property.name).collect();
    let first = names(context, place, keywords, FIRST, &known);
    let rare = names(context, place, keywords, RARE, &known);
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

/// Sorts the parameters of an operation: what a call cannot do without, what identifies something or is given often,
/// anything else, and last what hardly a call has. FusionAuth's headers are much the same everywhere, so they stand behind
/// the ordinary ones.
pub(super) fn rank_parameters(
    context: &mut Context<'_>,
    place: &str,
    operation: &Map<String, Value>,
    parameters: &mut [Parameter],
) {
    if context.is_foreign() {
        parameters.sort_by_key(|parameter| !parameter.required);
        return;
    }
    let known: Vec<_> = parameters.iter().map(|parameter| parameter.name).collect();
    let first = names(context, place, operation, FIRST, &known);
    let rare = names(context, place, operation, RARE, &known);
    parameters.sort_by_key(|parameter| {
        let place = first.iter().position(|name| *name == parameter.name).unwrap_or(first.len());
        let is_header = parameter.location == Location::Header;
        (!parameter.required, place, rare.contains(&parameter.name), is_header)
    });
}

/// The names that a mark lists, each of them one of `known`.
fn names<'k>(
    context: &mut Context<'_>,
    place: &str,
    keywords: &'k Map<String, Value>,
    mark: &str,
    known: &[&str],
) -> Vec<&'k str> {
    let listed = match keywords.get(mark) {
        None | Some(Value::Bool(_)) => return Vec::new(),
        Some(Value::Array(listed)) => listed.as_slice(),
        Some(value) => {
            context.fault(format!("{place}.{mark}"), format!("{value}: expected a list of names"));
            return Vec::new();
        }
    };
    let mut names = Vec::new();
    for value in listed {
        match value.as_str().filter(|name| known.contains(name)) {
            Some(name) => names.push(name),
            None => context.fault(format!("{place}.{mark}"), format!("{value} is none of {}", known.join(", "))),
        }
    }
    names
}
