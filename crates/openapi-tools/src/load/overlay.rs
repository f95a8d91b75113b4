//! What an overlay may say beyond plain OpenAPI, turned into plain OpenAPI.
//!
//! RFC 7396 replaces arrays whole, and OpenAPI 3.0 keeps parameters in arrays and passes over what stands beside a
//! `$ref`. So an overlay names parameters under `x-parameters`, and may describe and mark a property that is a reference.

use serde_json::{Map, Value, json};

use super::fault::Fault;

/// The key of partial parameters by name: under `components` for every operation that has a parameter of that name, in
/// an operation for that one, where a new name adds a parameter and `false` removes one (`null` would only remove what an
/// earlier overlay says).
pub const PARAMETERS: &str = "x-parameters";

/// Merges every `x-parameters` into the parameters that it names.
///
/// # Errors
/// A name that no parameter has, a new parameter without `in`.
pub fn merge_parameters(document: &mut Value) -> Result<(), Fault> {
    let shared =
        document.get_mut("components").and_then(Value::as_object_mut).and_then(|parts| parts.remove(PARAMETERS));
    let shared = named(shared, &format!("components.{PARAMETERS}"))?;
    let mut used: Vec<&str> = Vec::new();
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            let place = format!("paths.{path}.{method}.{PARAMETERS}");
            let Some(operation) = operation.as_object_mut() else { continue };
            let mut own = named(operation.remove(PARAMETERS), &place)?;
            let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
            let Some(parameters) = parameters.as_array_mut() else { continue };
            for (name, patch) in &own {
                let is_known = parameters.iter().any(|parameter| name_of(parameter) == Some(name));
                if !is_known && patch.get("in").is_some() {
                    parameters.push(json!({ "name": name }));
                } else if !is_known {
                    return Err(Fault::new(
                        format!("{place}.{name}"),
                        "no parameter has this name; a new one needs `in`",
                    ));
                }
            }
            for parameter in parameters.iter_mut() {
                let Some(name) = name_of(parameter).map(str::to_owned) else { continue };
                if let Some((known, patch)) = shared.get_key_value(&name) {
                    used.push(known);
                    merge_parameter(parameter, patch);
                }
                match own.remove(&name) {
                    Some(Value::Bool(false)) => *parameter = Value::Null,
                    Some(patch) => merge_parameter(parameter, &patch),
                    None => {}
                }
            }
            parameters.retain(|parameter| !parameter.is_null());
        }
    }
    match shared.keys().find(|name| !used.contains(&name.as_str())) {
        Some(name) => Err(Fault::new(format!("components.{PARAMETERS}.{name}"), "no parameter has this name")),
        None => Ok(()),
    }
}

fn named(value: Option<Value>, place: &str) -> Result<Map<String, Value>, Fault> {
    match value {
        None => Ok(Map::new()),
        Some(Value::Object(entries)) => Ok(entries),
        Some(_) => Err(Fault::new(place, "expected partial parameters by name")),
    }
}

fn name_of(parameter: &Value) -> Option<&str> {
    parameter.get("name").and_then(Value::as_str)
}

/// A schema of another kind replaces the published one; it would not fit together with it.
fn merge_parameter(parameter: &mut Value, patch: &Value) {
    let replaces =
        patch.get("schema").is_some_and(|schema| schema.get("type").is_some() || schema.get("$ref").is_some());
    if replaces && let Some(parameter) = parameter.as_object_mut() {
        parameter.remove("schema");
    }
    json_patch::merge(parameter, patch);
}

/// Writes every reference that has something beside it as `allOf` with one branch, which is how OpenAPI 3.0 describes
/// a reference.
pub fn wrap_references(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            if entries.len() > 1
                && entries.get("$ref").is_some_and(Value::is_string)
                && let Some(reference) = entries.remove("$ref")
            {
                entries.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
            }
            entries.values_mut().for_each(wrap_references);
        }
        Value::Array(items) => items.iter_mut().for_each(wrap_references),
        _ => {}
    }
}
