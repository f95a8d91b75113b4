//! Converts what was sent to the types of the document's schemas, as a Java server with Jackson does.
//!
//! `"true"` and `1` become `true`, `"1025"` becomes a number, a number becomes text where text is expected, one value
//! becomes a list of one, and a bare string becomes the object of that name (a role). Properties that the schema does not
//! have are dropped. What cannot be converted is refused.

use std::str::FromStr;

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Schema, Variant},
};
use serde_json::{Map, Number, Value, json};

use crate::{
    exchange::{Refusal, Response},
    object::{Object, text},
};

/// The property that a bare string in place of an object stands for.
const NAMES_ITS_OBJECT: &str = "name";

/// Converts a whole body.
///
/// # Errors
/// 400 that names the first property whose value cannot be converted.
pub fn body(document: &Document, schema: &Schema, given: Object) -> Result<Object, Refusal> {
    match convert(document, schema, Value::Object(given), &mut Vec::new())? {
        Value::Object(object) => Ok(object),
        _ => Ok(Object::new()),
    }
}

/// The value of a path or query parameter as objects have it: a UUID in lower case.
///
/// # Errors
/// 400 that names the parameter, if its value cannot be converted.
pub fn parameter(document: &Document, schema: &Schema, name: &str, given: &str) -> Result<String, Refusal> {
    let schema = if let Kind::Array { items, .. } = schema.kind { items } else { schema };
    match convert(document, schema, json!(given), &mut Vec::new()) {
        Ok(Value::String(text)) => Ok(text),
        Ok(_) => Ok(given.to_owned()),
        Err(_) => {
            let message = format!("Could not convert [{given}] to the type of [{name}].");
            Err(Response::field("couldNotConvert", name, message))
        }
    }
}

fn convert(document: &Document, schema: &Schema, value: Value, path: &mut Vec<String>) -> Result<Value, Refusal> {
    if value.is_null() {
        return Ok(value);
    }
    match schema.kind {
        // FusionAuth's document has neither unions nor values of several types.
        Kind::Any | Kind::Enum { .. } | Kind::Union { .. } => Ok(value),
        Kind::Boolean => boolean(&value).ok_or_else(|| refuse(path, "true or false", &value)),
        Kind::Integer { format } => integer(&value, format).ok_or_else(|| refuse(path, "a whole number", &value)),
        Kind::Number => number(&value).ok_or_else(|| refuse(path, "a number", &value)),
        Kind::String { format, values } => string(value, format, values, path),
        Kind::Array { items, unique } => list(document, items, unique, value, path),
        Kind::Map { values } => match value {
            Value::Object(object) => {
                let mut converted = Map::new();
                for (key, inner) in object {
                    path.push(key.clone());
                    let inner = convert(document, values, inner, path)?;
                    path.pop();
                    // What anybody may put anything into keeps its names.
                    let is_id = is_uuid(&key) && !matches!(values.kind, Kind::Any);
                    converted.insert(if is_id { key.to_ascii_lowercase() } else { key }, inner);
                }
                Ok(Value::Object(converted))
            }
            other => empty_or_refuse(path, other),
        },
        Kind::Object { properties } => object(document, properties, value, path),
        Kind::OneOf { discriminator, variants } => one_of(document, discriminator, variants, value, path),
        Kind::Reference(name) => match document.schema(name) {
            Some(schema) => convert(document, schema, value, path),
            None => Ok(value),
        },
    }
}

fn boolean(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::Number(number) => Some(json!(number.as_i64()? != 0)),
        Value::String(text) => match text.trim() {
            "true" => Some(json!(true)),
            "false" => Some(json!(false)),
            "" => Some(Value::Null),
            _ => None,
        },
        _ => None,
    }
}

fn integer(value: &Value, format: Option<&str>) -> Option<Value> {
    let number = match value {
        Value::Number(number) => whole(number)?,
        Value::String(text) if text.trim().is_empty() => return Some(Value::Null),
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    (format != Some("int32") || i32::try_from(number).is_ok()).then(|| json!(number))
}

/// The whole part of a number that fits a Java `long`.
fn whole(number: &Number) -> Option<i64> {
    // Both bounds are powers of two, so that they are exact as floating point numbers.
    const BOUND: f64 = 9_223_372_036_854_775_808.0;
    if let Some(whole) = number.as_i64() {
        return Some(whole);
    }
    let whole = number.as_f64()?.trunc();
    if !(-BOUND..BOUND).contains(&whole) {
        return None;
    }
    format!("{whole:.0}").parse().ok()
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) if text.trim().is_empty() => Some(Value::Null),
        Value::String(text) => Number::from_str(text.trim()).ok().map(Value::Number),
        _ => None,
    }
}

fn string(value: Value, format: Option<&str>, values: Option<&[&str]>, path: &[String]) -> Result<Value, Refusal> {
    let text = match value {
        Value::String(text) => text,
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        other => return Err(refuse(path, "a string", &other)),
    };
    if let Some(values) = values {
        return match text.as_str() {
            "" => Ok(Value::Null),
            known if values.contains(&known) => Ok(json!(known)),
            _ => Err(refuse(path, &format!("one of {}", values.join(", ")), &json!(text))),
        };
    }
    match format {
        Some("uuid") if text.trim().is_empty() => Ok(Value::Null),
        Some("uuid") if is_uuid(&text) => Ok(json!(text.to_ascii_lowercase())),
        Some("uuid") => Err(refuse(path, "a UUID", &json!(text))),
        Some("date") if text.trim().is_empty() => Ok(Value::Null),
        Some("date") if !is_date(&text) => Err(refuse(path, "a date such as 2001-12-31", &json!(text))),
        _ => Ok(json!(text)),
    }
}

/// Whether a text is a UUID in its usual form.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(position, byte)| match position {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether a text is a date of the calendar: `2024-02-29`.
fn is_date(text: &str) -> bool {
    let is_formed = text.len() == 10
        && text.bytes().enumerate().all(|(position, byte)| match position {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok());
    let (Some(year), Some(month), Some(day)) = (part(0..4), part(5..7), part(8..10)) else { return false };
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap_year => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    is_formed && (1..=days).contains(&day)
}

fn list(
    document: &Document,
    items: &Schema,
    unique: bool,
    value: Value,
    path: &mut Vec<String>,
) -> Result<Value, Refusal> {
    let given = match value {
        Value::Array(given) => given,
        Value::String(text) if text.is_empty() => return Ok(Value::Null),
        single => vec![single],
    };
    let mut converted: Vec<Value> = Vec::with_capacity(given.len());
    let mut seen = std::collections::HashSet::new();
    for (index, item) in given.into_iter().enumerate() {
        path.push(format!("[{index}]"));
        let item = convert(document, items, item, path)?;
        path.pop();
        let is_new = !unique || seen.insert(item.to_string());
        if is_new && (!item.is_null() || matches!(items.kind, Kind::Any)) {
            converted.push(item);
        }
    }
    Ok(Value::Array(converted))
}

fn object(
    document: &Document,
    properties: &[Property],
    value: Value,
    path: &mut Vec<String>,
) -> Result<Value, Refusal> {
    let given = match value {
        Value::Object(given) => given,
        Value::String(name)
            if !name.is_empty() && properties.iter().any(|property| property.name == NAMES_ITS_OBJECT) =>
        {
            Map::from_iter([(NAMES_ITS_OBJECT.to_owned(), json!(name))])
        }
        other => return empty_or_refuse(path, other),
    };
    if properties.is_empty() {
        // The document names none where the keys are the caller's, as in texts by locale.
        return Ok(Value::Object(given));
    }
    let mut converted = Map::new();
    for (key, inner) in given {
        // Unknown properties are ignored, as documented.
        let Some(property) = properties.iter().find(|property| property.name == key) else { continue };
        path.push(key.clone());
        converted.insert(key, convert(document, &property.schema, inner, path)?);
        path.pop();
    }
    Ok(Value::Object(converted))
}

fn one_of(
    document: &Document,
    discriminator: &str,
    variants: &[Variant],
    value: Value,
    path: &mut Vec<String>,
) -> Result<Value, Refusal> {
    let Value::Object(given) = value else { return empty_or_refuse(path, value) };
    let Some(kind) = given.get(discriminator).and_then(Value::as_str).map(str::to_owned) else {
        // What its kind is, is known only once it is merged with the stored object, or it is missing, which is checked.
        let known = |key: &str| variants.iter().filter_map(|variant| property(document, variant.reference, key)).next();
        let mut converted = Map::new();
        for (key, inner) in given {
            let Some(property) = known(&key) else { continue };
            path.push(key.clone());
            converted.insert(key, convert(document, &property.schema, inner, path)?);
            path.pop();
        }
        return Ok(Value::Object(converted));
    };
    match variants.iter().find(|variant| variant.value == kind) {
        Some(variant) => convert(document, &Schema::reference(variant.reference), Value::Object(given), path),
        None => {
            path.push(discriminator.to_owned());
            let known: Vec<_> = variants.iter().map(|variant| variant.value).collect();
            Err(refuse(path, &format!("one of {}", known.join(", ")), &json!(text(&given, discriminator))))
        }
    }
}

/// A property of the object that a schema's name leads to.
fn property(document: &Document, reference: &str, name: &str) -> Option<&'static Property> {
    match document.schema(reference)?.kind {
        Kind::Object { properties } => properties.iter().find(|property| property.name == name),
        Kind::Reference(next) if next != reference => property(document, next, name),
        _ => None,
    }
}

/// An empty string stands for no object; nothing else that is not an object does.
fn empty_or_refuse(path: &[String], value: Value) -> Result<Value, Refusal> {
    match value {
        Value::String(text) if text.is_empty() => Ok(Value::Null),
        other => Err(refuse(path, "an object", &other)),
    }
}

/// 400, as a body with a value of the wrong type is documented to be answered.
///
/// The value is not repeated, since it may be a secret.
fn refuse(path: &[String], expected: &str, value: &Value) -> Refusal {
    let mut field = String::new();
    for part in path {
        if !field.is_empty() && !part.starts_with('[') {
            field.push('.');
        }
        field.push_str(part);
    }
    let given = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    let message = format!(
        "Unable to read the body. The property [{field}] is {given} that cannot be converted: it has to be {expected}."
    );
    let error = json!({ "code": "[invalidJSON]", "message": message });
    Response { body: Some(json!({ "fieldErrors": { field: [error] }, "generalErrors": [] })), ..Response::empty(400) }
}

#[cfg(test)]
mod tests {
    use super::*;

    static ROLE: Schema = Schema::object(&[Property::new("name", Schema::string())]);
    static TEXT: Schema = Schema::string();
    static BODY: Schema = Schema::object(&[
        Property::new("on", Schema::boolean()),
        Property::new("port", Schema::integer().format("int32")),
        Property::new("ratio", Schema::number()),
        Property::new("id", Schema::string().format("uuid")),
        Property::new("born", Schema::string().format("date")),
        Property::new("kind", Schema::one_string_of(&["a", "b"])),
        Property::new("roles", Schema::array(&ROLE)),
        Property::new("names", Schema::set(&TEXT)),
        Property::new("texts", Schema::object(&[])),
    ]);
    static DOCUMENT: Document = Document {
        title: "",
        version: "1",
        servers: &[],
        operations: &[],
        schemas: &[],
        security_schemes: &[],
        secret_names: &[],
    };

    fn converted(given: Value) -> Result<Value, Value> {
        let outcome = convert(&DOCUMENT, &BODY, given, &mut Vec::new());
        outcome.map_err(|refusal| {
            refusal.body.unwrap()["fieldErrors"].as_object().unwrap().keys().next().unwrap().clone().into()
        })
    }

    #[test]
    fn what_can_be_converted_is() {
        for (given, expected) in [
            (json!({ "on": "true" }), json!({ "on": true })),
            (json!({ "on": 1, "unknown": 1 }), json!({ "on": true })),
            (json!({ "port": "1025" }), json!({ "port": 1025 })),
            (json!({ "port": 7.9 }), json!({ "port": 7 })),
            (json!({ "port": "" }), json!({ "port": null })),
            (json!({ "ratio": "0.5" }), json!({ "ratio": 0.5 })),
            (json!({ "born": "2024-02-29" }), json!({ "born": "2024-02-29" })),
            (
                json!({ "id": "3C219E58-ed0e-4b18-ad48-f4f92793ae32" }),
                json!({ "id": "3c219e58-ed0e-4b18-ad48-f4f92793ae32" }),
            ),
            (json!({ "texts": { "de": "a", "fr": { "b": 1 } } }), json!({ "texts": { "de": "a", "fr": { "b": 1 } } })),
            (json!({ "roles": "admin" }), json!({ "roles": [{ "name": "admin" }] })),
            (json!({ "names": ["a", "a", 1, null] }), json!({ "names": ["a", "1"] })),
        ] {
            assert_eq!(converted(given.clone()), Ok(expected), "{given}");
        }
    }

    #[test]
    fn what_cannot_be_converted_is_named() {
        for (given, field) in [
            (json!({ "on": "yes" }), "on"),
            (json!({ "port": 2_147_483_648_u32 }), "port"),
            (json!({ "port": "1e3" }), "port"),
            (json!({ "port": true }), "port"),
            (json!({ "id": "abc" }), "id"),
            (json!({ "born": "2023-02-29" }), "born"),
            (json!({ "kind": "c" }), "kind"),
            (json!({ "roles": [{ "name": {} }] }), "roles[0].name"),
            (json!({ "names": [[]] }), "names[0]"),
        ] {
            assert_eq!(converted(given.clone()), Err(json!(field)), "{given}");
        }
    }
}
