//! Values of which a schema allows one of several, with nothing to tell them apart by.

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Rest, Schema},
};
use serde_json::Value;

use super::{
    checker::Checker,
    lookup::{property, resolve},
    repairs::describe,
};

/// Values that a message names.
const MAX_NAMED: usize = 20;

impl Checker<'_> {
    /// One of some JSON values. A number or flag in a string is taken for what it says.
    pub(super) fn one_of_values(&mut self, values: &[&str], value: Value) -> Value {
        let known: Vec<Value> = values.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
        let is_same = |known: &&Value| match (known, &value) {
            (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
            (known, Value::String(text)) if !known.is_string() => *known == text.trim(),
            (known, value) => *known == value,
        };
        if let Some(found) = known.iter().find(is_same) {
            return found.clone();
        }
        let more = if values.len() > MAX_NAMED { ", …" } else { "" };
        let named: Vec<_> = values.iter().copied().take(MAX_NAMED).collect();
        self.fault(format!("expected one of {}{more}, got {}", named.join(", "), describe(&value)));
        value
    }

    /// What one of the schemas allows: of those that the value resembles most, the first that it fits.
    pub(super) fn union(&mut self, branches: &[Schema], value: Value) -> Value {
        let ranked: Vec<_> =
            branches.iter().map(|branch| (resemblance(self.view.document, branch, &value), branch)).collect();
        let best = ranked.iter().map(|(rank, _)| *rank).max().unwrap_or_default();
        let candidates: Vec<_> = ranked.iter().filter(|(rank, _)| *rank == best).map(|(_, branch)| *branch).collect();
        match candidates.as_slice() {
            [only] => self.value(only, value),
            several => self.first_fitting(several, value),
        }
    }
}

/// How much a value looks like one of the schema, without a look into what is in it: its type first, then the constants
/// and required properties that it has, then the fewest properties that are not known.
type Resemblance = (u8, u8, isize);

fn resemblance(document: &Document, schema: &Schema, value: &Value) -> Resemblance {
    let resolved = resolve(document, schema);
    let by_type = |is_it: bool| (if is_it { 2 } else { 0 }, 0, 0);
    // A scalar in a string may stand for the scalar itself.
    let is_text = value.is_string();
    match resolved.kind {
        Kind::Any | Kind::Reference(_) => (1, 0, 0),
        Kind::Boolean => by_type(value.is_boolean()),
        Kind::Integer { .. } => by_type(value.is_i64() || value.is_u64()),
        Kind::Number => by_type(value.is_number()),
        Kind::String { values: Some(values), .. } => {
            let is_value = value.as_str().is_some_and(|text| values.contains(&text));
            (if is_value { 3 } else { u8::from(is_text) }, 0, 0)
        }
        Kind::String { .. } => by_type(is_text),
        Kind::Enum { values } => {
            let is_value =
                values.iter().any(|known| serde_json::from_str::<Value>(known).is_ok_and(|known| known == *value));
            (if is_value { 3 } else { 0 }, 0, 0)
        }
        Kind::Array { items, .. } => match value.as_array() {
            Some(list) => {
                let first = list.first().map_or((2, 0, 0), |first| resemblance(document, items, first));
                (if first.0 == 0 { 1 } else { 2 }, first.1, first.2)
            }
            None => by_type(false),
        },
        Kind::Union { branches } => {
            branches.iter().map(|branch| resemblance(document, branch, value)).max().unwrap_or_default()
        }
        Kind::Map { .. } | Kind::OneOf { .. } | Kind::Object { properties: [] } => by_type(value.is_object()),
        Kind::Object { properties } => {
            let Some(entries) = value.as_object() else { return by_type(false) };
            let fits = |name: &str, schema: &Schema| match (entries.get(name), resolve(document, schema).kind) {
                (Some(Value::String(text)), Kind::String { values: Some(values), .. }) => {
                    values.contains(&text.as_str())
                }
                (given, _) => given.is_some(),
            };
            let mut needed = properties.iter().filter(|property| property.required && !property.schema.read_only);
            let has_all = needed.all(|property| fits(property.name, &property.schema));
            let is_contradicted = properties.iter().any(|property| {
                entries.contains_key(property.name)
                    && matches!(resolve(document, &property.schema).kind, Kind::String { values: Some([_]), .. })
                    && !fits(property.name, &property.schema)
            });
            let unknown = entries.keys().filter(|name| property(properties, name).is_none()).count();
            let unknown = if matches!(resolved.rest, Rest::Of(_)) { 0 } else { unknown };
            (if is_contradicted { 1 } else { 2 }, u8::from(has_all), 0isize.saturating_sub_unsigned(unknown))
        }
    }
}
