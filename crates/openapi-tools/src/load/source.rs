//! From texts to one document: read, merge the overlays, and check the form.

use openapiv3::{OpenAPI, Operation, Parameter, ReferenceOr, RequestBody, Schema, SecurityScheme};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    distil::distil,
    fault::Fault,
    overlay::{merge_parameters, wrap_references},
};

/// An overlay's text, with the name by which faults call it.
#[derive(Debug, Clone, Copy)]
pub struct Overlay<'a> {
    /// The file's name.
    pub name: &'a str,
    /// A partial OpenAPI document in YAML.
    pub text: &'a str,
}

/// The document in `json` with `overlays` merged over it in their order (RFC 7396).
///
/// # Errors
/// The first fault: a text that is not JSON or YAML, or the innermost place that breaks OpenAPI 3.0.3.
pub fn load(json: &str, overlays: &[Overlay<'_>]) -> Result<Value, Fault> {
    let document = merge(json, overlays)?;
    check(&document)?;
    Ok(document)
}

/// The document in `json` with `overlays` merged over it, not yet checked.
///
/// # Errors
/// A text that is not JSON or YAML, named; an overlay's parameter that fits none.
pub fn merge(json: &str, overlays: &[Overlay<'_>]) -> Result<Value, Fault> {
    let mut document =
        serde_json::from_str(json).map_err(|error| Fault::new("(document)", format!("not JSON: {error}")))?;
    for overlay in overlays {
        let patch = from_yaml(overlay.text).map_err(|fault| Fault::new(overlay.name, fault.message))?;
        if !patch.is_object() {
            return Err(Fault::new(overlay.name, "expected a partial OpenAPI document"));
        }
        json_patch::merge(&mut document, &patch);
    }
    merge_parameters(&mut document)?;
    wrap_references(&mut document);
    Ok(document)
}

/// The value of a YAML text; JSON is YAML too.
///
/// # Errors
/// Where the text is not YAML.
pub fn from_yaml(text: &str) -> Result<Value, Fault> {
    serde_saphyr::from_str(text).map_err(|error| Fault::new("(document)", format!("not YAML: {error}")))
}

/// Holds the document against OpenAPI 3.0.3.
///
/// # Errors
/// The innermost place that breaks it.
pub fn check(document: &Value) -> Result<(), Fault> {
    // Neither would be an error to the reader: it passes over keys it does not know, and over a reference of a wrong type.
    let unknown = distil(document).unknown;
    if let Some(path) =
        unknown.into_iter().find(|path| !path.rsplit('.').next().is_some_and(|key| key.starts_with("x-")))
    {
        return Err(Fault::new(path, "not a key that OpenAPI 3.0 has here"));
    }
    if let Some(path) = wrong_reference(document, "") {
        return Err(Fault::new(path, "expected a string"));
    }
    read::<OpenAPI>(document, "").map(drop).map_err(|fault| innermost(document).unwrap_or(fault))
}

fn read<T: DeserializeOwned>(value: &Value, path: &str) -> Result<T, Fault> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let separator = if path.is_empty() || inner == "." { "" } else { "." };
        let inner = if inner == "." && !path.is_empty() { String::new() } else { inner };
        Fault::new(format!("{path}{separator}{inner}"), error.into_inner().to_string())
    })
}

/// The place of a `$ref` that is no string.
fn wrong_reference(value: &Value, place: &str) -> Option<String> {
    match value {
        Value::Object(entries) => entries.iter().find_map(|(key, inner)| {
            let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            if key == "$ref" && !inner.is_string() { Some(place) } else { wrong_reference(inner, &place) }
        }),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, item)| wrong_reference(item, &format!("{place}[{index}]")))
        }
        _ => None,
    }
}

/// OpenAPI's objects are read as "a reference or a thing", and such a reader can only say that neither fitted. So the
/// parts are read one by one, innermost first, until one does not fit.
fn innermost(document: &Value) -> Option<Fault> {
    let paths = object(document, "paths").into_iter().flatten().flat_map(|(path, item)| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(move |(method, operation)| (format!("paths.{path}.{method}"), operation))
    });
    for (place, operation) in paths {
        if !operation.is_object() {
            continue;
        }
        for (index, parameter) in
            operation.get("parameters").and_then(Value::as_array).into_iter().flatten().enumerate()
        {
            let place = format!("{place}.parameters[{index}]");
            let schema = parameter.get("schema").and_then(|schema| schema_fault(schema, &format!("{place}.schema")));
            let fault = schema.or_else(|| fault_in::<Parameter>(parameter, &place));
            if fault.is_some() {
                return fault;
            }
        }
        if let Some(body) = operation.get("requestBody") {
            let place = format!("{place}.requestBody");
            let contents = object(body, "content").into_iter().flatten();
            let schema = contents
                .filter_map(|(media, content)| {
                    schema_fault(content.get("schema")?, &format!("{place}.content.{media}.schema"))
                })
                .next();
            let fault = schema.or_else(|| fault_in::<RequestBody>(body, &place));
            if fault.is_some() {
                return fault;
            }
        }
        if let Err(fault) = read::<Operation>(operation, &place) {
            return Some(fault);
        }
    }
    let components = |kind| document.get("components").and_then(|components| object(components, kind));
    let schemas = components("schemas").into_iter().flatten();
    let schemes = components("securitySchemes").into_iter().flatten();
    schemas
        .map(|(name, schema)| schema_fault(schema, &format!("components.schemas.{name}")))
        .chain(
            schemes.map(|(name, scheme)| {
                fault_in::<SecurityScheme>(scheme, &format!("components.securitySchemes.{name}"))
            }),
        )
        .find_map(|fault| fault)
}

fn schema_fault(schema: &Value, place: &str) -> Option<Fault> {
    let named = ["properties"].into_iter().filter_map(|key| Some((key, object(schema, key)?)));
    let inner = named
        .flat_map(|(key, entries)| entries.iter().map(move |(name, inner)| (format!("{place}.{key}.{name}"), inner)));
    let single = ["items", "additionalProperties", "not"]
        .into_iter()
        .filter_map(|key| Some((format!("{place}.{key}"), schema.get(key).filter(|inner| inner.is_object())?)));
    let listed = ["oneOf", "anyOf", "allOf"].into_iter().flat_map(|key| {
        let branches = schema.get(key).and_then(Value::as_array).into_iter().flatten().enumerate();
        branches.map(move |(index, inner)| (format!("{place}.{key}[{index}]"), inner))
    });
    inner
        .chain(single)
        .chain(listed)
        .find_map(|(place, inner)| schema_fault(inner, &place))
        .or_else(|| fault_in::<Schema>(schema, place))
}

fn fault_in<T: DeserializeOwned>(value: &Value, place: &str) -> Option<Fault> {
    if value.get("$ref").is_some() {
        return read::<ReferenceOr<T>>(value, place).err();
    }
    read::<T>(value, place).err()
}

fn object<'a>(value: &'a Value, key: &str) -> Option<&'a Map<String, Value>> {
    value.get(key).and_then(Value::as_object)
}
