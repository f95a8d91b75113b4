//! Arguments, checked against the tool's schema and repaired where only the form is wrong.
//!
//! All arguments that cannot be right are refused at once. What the document does not know inside a body is passed on:
//! the API may know it. `null` is passed on too, since a PATCH may give it a meaning.

use std::fmt;

use openapi_tools::{
    describe::{
        input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
        view::View,
    },
    model::{
        document::Document,
        operation::{Location, Method, Parameter},
        schema::{Kind, Property, Schema, Variant},
    },
};
use serde_json::{Map, Number, Value};

use crate::{
    redact::REDACTED,
    text::{
        format::{is_date, is_uuid},
        nearest::did_you_mean,
    },
};

/// What a tool was called with.
pub type JsonObject = Map<String, Value>;

/// Arguments that fit the tool.
#[derive(Debug, PartialEq)]
pub struct Arguments {
    /// Parameters with their values as text; several where the parameter is an array. In the document's order.
    pub parameters: Vec<(&'static Parameter, Vec<String>)>,
    /// The request body.
    pub body: Option<Value>,
    /// The jq filter for the answer.
    pub filter: Option<String>,
}

/// An argument that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentFault {
    /// Where: `userId`, `requestBody.user.birthDate`.
    pub path: String,
    /// What was given and what was expected.
    pub message: String,
}

impl fmt::Display for ArgumentFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}

/// Checks and repairs.
///
/// # Errors
/// Every argument that cannot be right.
pub fn check(view: View<'_>, mut arguments: JsonObject) -> Result<Arguments, Vec<ArgumentFault>> {
    let (document, operation) = (view.document, view.operation);
    let mut checker = Checker { document, partial: operation.method == Method::Patch, faults: Vec::new() };
    let mut parameters = Vec::new();
    for parameter in view.parameters() {
        let value = arguments.remove(parameter.name).filter(|value| !value.is_null());
        let former = parameter.former_name.and_then(|name| Some((name, arguments.remove(name)?)));
        let value = match (value, former.filter(|(_, value)| !value.is_null())) {
            (Some(value), Some((name, _))) => {
                checker.fault(parameter.name, format!("given twice: `{name}` is the same argument"));
                Some(value)
            }
            (value, former) => value.or(former.map(|(_, value)| value)),
        };
        let texts = value.map(|value| checker.parameter(parameter, value)).unwrap_or_default();
        if !texts.is_empty() {
            parameters.push((parameter, texts));
        } else if parameter.required && checker.faults.iter().all(|fault| fault.path != parameter.name) {
            checker.fault(parameter.name, "missing; this argument is required");
        }
    }
    let body = match (&operation.body, arguments.remove(BODY_ARGUMENT)) {
        (Some(body), Some(value)) if !value.is_null() => Some(checker.value(BODY_ARGUMENT, &body.schema, value)),
        (Some(body), _) => {
            if body.required {
                checker.fault(BODY_ARGUMENT, "missing; this argument is required");
            }
            None
        }
        (None, Some(value)) => {
            arguments.insert(BODY_ARGUMENT.to_owned(), value);
            None
        }
        (None, None) => None,
    };
    let filter = if operation.effect.read_only { arguments.remove(FILTER_ARGUMENT) } else { None };
    let filter = match filter {
        Some(Value::String(filter)) => Some(filter),
        None | Some(Value::Null) => None,
        Some(_) => {
            checker.fault(FILTER_ARGUMENT, "expected a jq filter as a string");
            None
        }
    };
    for name in arguments.keys() {
        checker.fault(name, unknown_argument(view, name));
    }
    if checker.faults.is_empty() { Ok(Arguments { parameters, body, filter }) } else { Err(checker.faults) }
}

fn unknown_argument(view: View<'_>, name: &str) -> String {
    let operation = view.operation;
    let body = operation.body.as_ref().map(|body| &body.schema);
    if body.is_some_and(|schema| has_property(view.document, schema, name)) {
        return format!("unknown argument; it is a property of the body: put it into `{BODY_ARGUMENT}`");
    }
    let parameters = view.parameters().map(|parameter| parameter.name);
    let filter = operation.effect.read_only.then_some(FILTER_ARGUMENT);
    let known: Vec<_> = parameters.chain(body.map(|_| BODY_ARGUMENT)).chain(filter).collect();
    if known.is_empty() {
        return "unknown argument; this tool takes none".to_owned();
    }
    format!("unknown argument{} (this tool takes: {})", did_you_mean(name, known.iter().copied()), known.join(", "))
}

fn has_property(document: &Document, schema: &Schema, name: &str) -> bool {
    match schema.kind {
        Kind::Reference(reference) => {
            document.schema(reference).is_some_and(|schema| has_property(document, schema, name))
        }
        Kind::Object { properties } => find_property(properties, name).is_some(),
        _ => false,
    }
}

struct Checker<'a> {
    document: &'a Document,
    /// A PATCH holds only what changes, so nothing in its body is required.
    partial: bool,
    faults: Vec<ArgumentFault>,
}

impl Checker<'_> {
    fn fault(&mut self, path: &str, message: impl Into<String>) {
        self.faults.push(ArgumentFault { path: path.to_owned(), message: message.into() });
    }

    fn parameter(&mut self, parameter: &Parameter, value: Value) -> Vec<String> {
        let value = self.value(parameter.name, &parameter.schema, value);
        let texts: Vec<_> = match value {
            Value::Array(items) => items.into_iter().filter_map(text_of).collect(),
            value => text_of(value).into_iter().collect(),
        };
        for text in &texts {
            match parameter.location {
                // Such a segment would be resolved away, and the request would go to another path.
                Location::Path if matches!(text.as_str(), "" | "." | "..") => {
                    self.fault(parameter.name, format!("{text:?} cannot stand in a path; expected the value itself"));
                }
                Location::Header if text.bytes().any(|byte| byte != b'\t' && !(b' '..=b'~').contains(&byte)) => {
                    self.fault(parameter.name, "expected printable ASCII characters: it travels in a header");
                }
                _ => {}
            }
        }
        texts
    }

    /// The value, repaired; a value that cannot be right is returned as it is, with a fault noted.
    fn value(&mut self, path: &str, schema: &Schema, value: Value) -> Value {
        if value.is_null() {
            return value;
        }
        match schema.kind {
            Kind::Any => {
                self.refuse_redacted(path, &value);
                value
            }
            Kind::Boolean => self.repaired(path, value, boolean, "true or false"),
            Kind::Integer { format: Some("int32") } => self.repaired(path, value, int32, "an integer of 32 bits"),
            Kind::Integer { .. } => self.repaired(path, value, integer, "an integer"),
            Kind::Number => self.repaired(path, value, number, "a number"),
            Kind::String { format, values } => self.string(path, format, values.unwrap_or_default(), value),
            Kind::Array { items, .. } => self.array(path, items, value),
            Kind::Object { properties } => {
                let Some(mut object) = self.object(path, value) else { return Value::Null };
                for (key, value) in &object {
                    if find_property(properties, key).is_none() {
                        self.refuse_redacted(&format!("{path}.{key}"), value);
                    }
                }
                for property in properties {
                    let path = format!("{path}.{}", property.name);
                    if let Some(slot) = object.get_mut(property.name) {
                        *slot = self.value(&path, &property.schema, slot.take());
                    } else if property.required && !self.partial {
                        self.fault(&path, "missing; this property is required");
                    }
                }
                Value::Object(object)
            }
            Kind::Map { values } => {
                let Some(mut object) = self.object(path, value) else { return Value::Null };
                for (key, slot) in &mut object {
                    *slot = self.value(&format!("{path}.{key}"), values, slot.take());
                }
                Value::Object(object)
            }
            Kind::OneOf { discriminator, variants } => self.one_of(path, discriminator, variants, value),
            Kind::Reference(name) => match self.document.schema(name) {
                Some(schema) => self.value(path, schema, value),
                None => value,
            },
        }
    }

    /// What the document does not know may hold what stands for a secret, too.
    fn refuse_redacted(&mut self, path: &str, value: &Value) {
        match value {
            Value::String(text) if text == REDACTED => {
                self.string(path, None, &[], value.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.refuse_redacted(path, item)),
            Value::Object(entries) => {
                entries.iter().for_each(|(key, inner)| self.refuse_redacted(&format!("{path}.{key}"), inner));
            }
            _ => {}
        }
    }

    fn repaired(&mut self, path: &str, value: Value, repair: fn(&Value) -> Option<Value>, expected: &str) -> Value {
        match repair(&value) {
            Some(repaired) => repaired,
            None => {
                self.fault(path, format!("expected {expected}, got {}", describe(&value)));
                value
            }
        }
    }

    fn string(&mut self, path: &str, format: Option<&str>, values: &[&str], value: Value) -> Value {
        if value == REDACTED {
            self.fault(
                path,
                "this text stands for a secret that was not shown; leave the property out of a patch, or give the value",
            );
            return value;
        }
        let Some(text) = text_of(value.clone()) else {
            self.fault(path, format!("expected a string, got {}", describe(&value)));
            return value;
        };
        if !values.is_empty() && !values.contains(&text.as_str()) {
            let mut same = values.iter().filter(|known| known.eq_ignore_ascii_case(&text));
            if let (Some(known), None) = (same.next(), same.next()) {
                return Value::from(*known);
            }
            let hint = did_you_mean(&text, values.iter().copied());
            self.fault(path, format!("expected one of {}, got {}{hint}", values.join(", "), describe(&value)));
        } else if format == Some("uuid") && !is_uuid(&text) {
            let trimmed = text.trim();
            if is_uuid(trimmed) {
                return Value::from(trimmed);
            }
            self.fault(path, format!("expected a UUID, got {}", describe(&value)));
        } else if format == Some("date") && !is_date(&text) {
            self.fault(path, format!("expected a date as YYYY-MM-DD, got {}", describe(&value)));
        }
        Value::from(text)
    }

    fn array(&mut self, path: &str, items: &Schema, value: Value) -> Value {
        let list = match value {
            Value::Array(list) => list,
            Value::String(text) => match serde_json::from_str(&text) {
                Ok(Value::Array(list)) => list,
                _ => vec![Value::String(text)],
            },
            // One value where a list of them is expected.
            value => vec![value],
        };
        let checked =
            list.into_iter().enumerate().map(|(index, item)| self.value(&format!("{path}[{index}]"), items, item));
        Value::Array(checked.collect())
    }

    fn object(&mut self, path: &str, value: Value) -> Option<JsonObject> {
        let got = describe(&value);
        match value {
            Value::Object(object) => return Some(object),
            Value::String(text) => match serde_json::from_str(&text) {
                Ok(Value::Object(object)) => return Some(object),
                Ok(_) => self.fault(path, "expected an object, got a string with other JSON in it"),
                Err(error) if text.trim_start().starts_with('{') => {
                    self.fault(path, format!("expected an object, got a string with broken JSON in it: {error}"));
                }
                Err(_) => self.fault(path, format!("expected an object, got {got}")),
            },
            _ => self.fault(path, format!("expected an object, got {got}")),
        }
        None
    }

    fn one_of(&mut self, path: &str, discriminator: &str, variants: &[Variant], value: Value) -> Value {
        let Some(object) = self.object(path, value) else { return Value::Null };
        let known: Vec<_> = variants.iter().map(|variant| variant.value).collect();
        let Some(kind) = object.get(discriminator).filter(|kind| !kind.is_null()).cloned() else {
            if !self.partial {
                self.fault(
                    &format!("{path}.{discriminator}"),
                    format!("missing; expected one of {}", known.join(", ")),
                );
            }
            return Value::Object(self.of_unknown_kind(path, variants, object));
        };
        let kind = self.string(&format!("{path}.{discriminator}"), None, &known, kind);
        let variant = variants.iter().find(|variant| kind == variant.value);
        match variant.and_then(|variant| self.document.schema(variant.reference)) {
            Some(schema) => self.value(path, schema, Value::Object(object)),
            None => Value::Object(object),
        }
    }

    /// An object whose discriminator is missing. Each property is held against the variants that have all of the given
    /// properties, or against all variants where none has: it has to fit one of them.
    fn of_unknown_kind(&mut self, path: &str, variants: &[Variant], mut object: JsonObject) -> JsonObject {
        let all: Vec<&[Property]> = variants.iter().filter_map(|variant| self.properties(variant.reference)).collect();
        let is_known = |name: &str| all.iter().any(|properties| find_property(properties, name).is_some());
        let given: Vec<&str> = object.keys().map(String::as_str).filter(|name| is_known(name)).collect();
        let has_all = |properties: &&[Property]| given.iter().all(|name| find_property(properties, name).is_some());
        let left: Vec<&[Property]> = all.iter().copied().filter(has_all).collect();
        let candidates = if left.is_empty() { all } else { left };
        for (name, slot) in &mut object {
            let path = format!("{path}.{name}");
            let mut schemas: Vec<&Schema> = Vec::new();
            for property in candidates.iter().filter_map(|properties| find_property(properties, name)) {
                if !schemas.contains(&&property.schema) {
                    schemas.push(&property.schema);
                }
            }
            if schemas.is_empty() {
                self.refuse_redacted(&path, slot);
            } else {
                *slot = self.any_of(&path, &schemas, slot.take());
            }
        }
        object
    }

    /// The value as the first schema that it fits has it. Where it fits none, the faults are those of the first.
    fn any_of(&mut self, path: &str, schemas: &[&Schema], value: Value) -> Value {
        let earlier = self.faults.len();
        let mut first_faults = None;
        for schema in schemas {
            let checked = self.value(path, schema, value.clone());
            let faults = self.faults.split_off(earlier);
            if faults.is_empty() {
                return checked;
            }
            first_faults.get_or_insert(faults);
        }
        self.faults.extend(first_faults.unwrap_or_default());
        value
    }

    /// The properties of the document's schema of that name.
    fn properties(&self, name: &str) -> Option<&'static [Property]> {
        match self.document.schema(name)?.kind {
            Kind::Object { properties } => Some(properties),
            Kind::Reference(name) => self.properties(name),
            _ => None,
        }
    }
}

fn find_property<'a>(properties: &'a [Property], name: &str) -> Option<&'a Property> {
    properties.iter().find(|property| property.name == name)
}

fn boolean(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) => text.trim().to_ascii_lowercase().parse::<bool>().ok().map(Value::Bool),
        _ => None,
    }
}

fn integer(value: &Value) -> Option<Value> {
    match value {
        Value::Number(number) if number.is_i64() => Some(value.clone()),
        Value::Number(number) => number.as_f64().and_then(whole).map(Value::from),
        Value::String(text) => text.trim().parse::<i64>().ok().map(Value::from),
        _ => None,
    }
}

fn int32(value: &Value) -> Option<Value> {
    integer(value).filter(|value| value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()))
}

/// A float that stands for a whole number, in the range where every whole number has a float of its own.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => text.trim().parse::<Number>().ok().map(Value::Number),
        _ => None,
    }
}

/// A scalar as text.
fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A value in a message: short scalars as they were typed, anything else by its type.
fn describe(value: &Value) -> String {
    const MAX_SHOWN: usize = 64;
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.len() <= MAX_SHOWN => format!("{text:?}"),
        Value::String(text) => format!("a string of {} characters", text.chars().count()),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
