//! What people call the objects that a call names: read before a person is asked.

use openapi_tools::model::{
    document::Document,
    operation::{Location, Method, Operation, Segment},
    schema::Kind,
};
use serde_json::Value;

use crate::{
    call::{arguments::Arguments, targets::Targets},
    redact::first_characters,
    secret_places::Places,
    text::names::NAMES,
};

/// Requests that are made for names.
const MAX_READS: usize = 2;

/// The longest name that is shown, in characters.
const MAX_NAME: usize = 80;

/// A request that reads an object.
#[derive(Debug, PartialEq)]
pub struct Read {
    /// The operation.
    pub operation: &'static Operation,
    /// Its arguments.
    pub arguments: Arguments,
    /// The argument of the call that names the object.
    pub target: &'static str,
}

/// The requests that read the objects that a call names: the GET on the same path where the path names one object, else
/// for each object the GET whose path ends in its id.
pub fn reads(document: &'static Document, operation: &Operation, arguments: &Arguments) -> Vec<Read> {
    let in_path: Vec<_> =
        operation.parameters.iter().filter(|parameter| parameter.location == Location::Path).collect();
    let gets = || document.operations.iter().copied().filter(|get| get.method == Method::Get && get.effect.read_only);
    if let [target] = in_path.as_slice()
        && let Some(get) = gets().find(|get| has_shape(get.path, operation.path))
        && let Some(arguments) = of_get(get, target.wire_name, arguments)
    {
        return vec![Read { operation: get, arguments, target: target.name }];
    }
    let targets = Targets::of(arguments);
    let named = operation.parameters.iter().rev().filter(|parameter| targets.single(parameter.name).is_some());
    let by_id = named.filter_map(|target| {
        let ends_in_id = gets().filter(|get| {
            let mut parameters = get.path.iter().filter(|segment| matches!(segment, Segment::Parameter(_)));
            get.path.last() == Some(&Segment::Parameter(target.wire_name))
                && parameters.next().is_some()
                && parameters.next().is_none()
        });
        // Longer paths read a part of the object.
        let get = ends_in_id.min_by_key(|get| get.path.len())?;
        let arguments = of_get(get, target.wire_name, arguments)?;
        Some(Read { operation: get, arguments, target: target.name })
    });
    by_id.take(MAX_READS).collect()
}

/// Whether two paths are the same but for the names of their parameters.
fn has_shape(one: &[Segment], other: &[Segment]) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|pair| match pair {
            (Segment::Literal(one), Segment::Literal(other)) => one == other,
            (Segment::Parameter(_), Segment::Parameter(_)) => true,
            _ => false,
        })
}

/// The arguments of a GET with one path parameter: the value of `target`, and what else both know. `None` where more is
/// required.
fn of_get(get: &'static Operation, target: &str, arguments: &Arguments) -> Option<Arguments> {
    let value = |name: &str| arguments.parameters.iter().find(|(parameter, _)| parameter.wire_name == name);
    let mut parameters = Vec::new();
    for parameter in get.parameters {
        let is_target = parameter.location == Location::Path;
        match value(if is_target { target } else { parameter.wire_name }) {
            Some((_, values)) => parameters.push((parameter, values.clone())),
            None if parameter.required => return None,
            None => {}
        }
    }
    Some(Arguments { parameters, body: None, filter: None, notes: Vec::new() })
}

/// The names that the answer to one of `reads` holds, by argument of the call: of the object that was read, and of objects
/// in it that the call names by their id and that no other read is for. What stands in free-form data names nothing:
/// anybody may have written it.
pub fn names(
    document: &'static Document,
    reads: &[Read],
    read: &Read,
    targets: &Targets,
    answer: &Value,
) -> Vec<(String, String)> {
    // An answer holds its object under one key, unless it is the object itself.
    let inner = answer.as_object().filter(|entries| entries.len() == 1).and_then(|entries| entries.values().next());
    let own = inner.and_then(name_of).or_else(|| name_of(answer));
    let mut names: Vec<_> = own.map(|name| (read.target.to_owned(), name)).into_iter().collect();
    let others: Vec<_> = targets
        .iter()
        .filter(|(argument, _)| reads.iter().all(|read| read.target != *argument))
        .filter_map(|(argument, _)| Some((argument, targets.single(argument)?)))
        .collect();
    let places = Places::new(document, true);
    let mut open = vec![(places.value(read.operation.answer, false), answer)];
    while let Some((place, value)) = open.pop() {
        match (place.schema.map(|schema| schema.kind), value) {
            (Some(Kind::Array { .. }), Value::Array(items)) => {
                open.extend(items.iter().map(|item| (places.item(Some(&place)), item)));
            }
            (Some(Kind::Object { .. } | Kind::OneOf { .. }), Value::Object(entries)) => {
                let id = entries.get("id").and_then(Value::as_str);
                for (argument, _) in others.iter().filter(|(_, target)| id == Some(*target)) {
                    names.extend(name_of(value).map(|name| ((*argument).to_owned(), name)));
                }
                open.extend(entries.iter().map(|(key, inner)| (places.property(Some(&place), key), inner)));
            }
            _ => {}
        }
    }
    names
}

fn name_of(value: &Value) -> Option<String> {
    let name =
        NAMES.iter().find_map(|key| value.get(key).and_then(Value::as_str).filter(|name| !name.trim().is_empty()))?;
    // Somebody else chose it: no line breaks, no invisible signs, nothing that turns the text around.
    let is_shown = |character: &char| {
        !character.is_control()
            && !matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
    };
    let name: String = name.chars().filter(is_shown).collect();
    Some(first_characters(&name, MAX_NAME).to_owned())
}
