//! The objects that a call names, by their ids.

use std::collections::BTreeMap;

use openapi_tools::model::operation::Location;
use serde_json::Value;

use super::arguments::Arguments;
use crate::text::format::is_uuid;

/// Ids of one argument that are kept. A call may name thousands.
pub const MAX_IDS: usize = 20;

/// How far the ids of a body are looked for: its properties, and theirs.
const MAX_DEPTH: usize = 2;

/// Ids by the name of their argument.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets(BTreeMap<String, Ids>);

/// The ids of one argument.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ids {
    /// The first ids.
    pub first: Vec<String>,
    /// How many there are.
    pub count: usize,
}

impl Targets {
    /// The ids among checked arguments. Only a UUID is taken for an id: other values may be names, codes or tokens.
    pub fn of(arguments: &Arguments) -> Self {
        let mut targets = Self::default();
        for (parameter, values) in &arguments.parameters {
            if parameter.location != Location::Header {
                values.iter().for_each(|value| targets.add(parameter.name, value));
            }
        }
        let mut open: Vec<_> = arguments.body.iter().map(|body| (0, body)).collect();
        while let Some((depth, value)) = open.pop() {
            for (key, value) in value.as_object().into_iter().flatten() {
                match value {
                    Value::String(text) if is_name_of_id(key) => targets.add(key, text),
                    Value::Array(items) if is_name_of_id(key) => {
                        items.iter().filter_map(Value::as_str).for_each(|text| targets.add(key, text));
                    }
                    Value::Object(_) if depth + 1 < MAX_DEPTH => open.push((depth + 1, value)),
                    _ => {}
                }
            }
        }
        targets
    }

    fn add(&mut self, name: &str, value: &str) {
        if !is_uuid(value) {
            return;
        }
        let ids = self.0.entry(name.to_owned()).or_default();
        ids.count += 1;
        if ids.first.len() < MAX_IDS {
            ids.first.push(value.to_owned());
        }
    }

    /// The ids by the name of their argument, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Ids)> {
        self.0.iter().map(|(name, ids)| (name.as_str(), ids))
    }

    /// The one id of an argument that names one.
    pub fn single(&self, name: &str) -> Option<&str> {
        self.0.get(name).filter(|ids| ids.count == 1).and_then(|ids| ids.first.first()).map(String::as_str)
    }

    /// As JSON: an id, or a list of ids with what is left out.
    pub fn to_json(&self) -> Value {
        let ids = |ids: &Ids| match ids.first.as_slice() {
            [id] if ids.count == 1 => Value::from(id.as_str()),
            first => {
                let more = (ids.count > first.len()).then(|| format!("{} more", ids.count - first.len()));
                Value::from(first.iter().cloned().chain(more).collect::<Vec<_>>())
            }
        };
        Value::Object(self.0.iter().map(|(name, own)| (name.clone(), ids(own))).collect())
    }
}

fn is_name_of_id(name: &str) -> bool {
    name == "id" || name.ends_with("Id") || name.ends_with("Ids") || name.ends_with("_id")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";

    fn of_body(body: Value) -> Value {
        Targets::of(&Arguments { parameters: Vec::new(), body: Some(body), filter: None, notes: Vec::new() }).to_json()
    }

    #[test]
    fn ids_are_uuids_under_the_name_of_an_id() {
        assert_eq!(
            of_body(json!({ "userIds": [ID, "x"], "registration": { "applicationId": ID, "deep": { "id": ID } } })),
            json!({ "userIds": ID, "applicationId": ID })
        );
        assert_eq!(of_body(json!({ "token": ID, "changePasswordId": "aGVsbG8", "name": ID })), json!({}));
    }

    #[test]
    fn many_ids_are_counted() {
        let ids = of_body(json!({ "userIds": vec![ID; 25] }));
        assert_eq!(ids["userIds"].as_array().map(Vec::len), Some(MAX_IDS + 1));
        assert_eq!(ids["userIds"][MAX_IDS], "5 more");
    }
}
