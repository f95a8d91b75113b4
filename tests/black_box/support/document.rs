//! The document, read without the crate that the tools are generated with, so that the generator cannot agree with
//! itself.

use std::{fs, path::Path};

use serde_json::{Map, Value, json};

/// A UUID for every place that wants one.
const UUID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";

/// Text that has to be percent-encoded wherever it stands in a URL.
const AWKWARD: &str = "a b/c?d=e&f#g%2F+\u{fc}";

pub struct Document {
    root: Value,
}

/// What the document says of one operation.
pub struct Operation {
    pub name: String,
    pub method: String,
    pub path: String,
    pub parameters: Vec<Value>,
    pub body: Option<Value>,
    pub security: Vec<String>,
}

/// How much of an operation a sample fills.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// What the call cannot do without, and a body with its first property.
    Small,
    /// Everything.
    Full,
}

impl Document {
    pub fn load() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi");
        let mut root: Value =
            serde_json::from_str(&fs::read_to_string(folder.join("fusionauth.json")).unwrap()).unwrap();
        let mut overlays: Vec<_> =
            fs::read_dir(folder.join("overlay")).unwrap().map(|entry| entry.unwrap().path()).collect();
        overlays.sort();
        for path in overlays {
            let patch: Value = serde_saphyr::from_str(&fs::read_to_string(path).unwrap()).unwrap();
            json_patch::merge(&mut root, &patch);
        }
        Self { root }
    }

    pub fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in self.root["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let security = operation.get("security").unwrap_or(&self.root["security"]);
                let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
                operations.push(Operation {
                    name: operation["operationId"].as_str().unwrap().to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
                    body: content.map(|content| {
                        assert_eq!(content.keys().collect::<Vec<_>>(), ["application/json"]);
                        content["application/json"]["schema"].clone()
                    }),
                    security: security
                        .as_array()
                        .unwrap()
                        .iter()
                        .flat_map(|scheme| scheme.as_object().unwrap().keys().cloned())
                        .collect(),
                });
            }
        }
        operations
    }

    /// A value that the schema allows.
    pub fn sample(&self, schema: &Value, size: Size) -> Value {
        self.sample_within(schema, size, &mut Vec::new()).unwrap()
    }

    /// `None` where the schema contains itself.
    fn sample_within(&self, schema: &Value, size: Size, open: &mut Vec<String>) -> Option<Value> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            if open.iter().any(|name| name == reference) {
                return None;
            }
            open.push(reference.to_owned());
            let named = self.root.pointer(&reference.replace('#', "")).unwrap_or_else(|| panic!("{reference}"));
            let sample = self.sample_within(named, size, open);
            open.pop();
            return sample;
        }
        if let Some(mapping) = schema.pointer("/discriminator/mapping").and_then(Value::as_object) {
            let (kind, reference) = mapping.iter().next_back().unwrap();
            let mut sample = self.sample_within(&json!({ "$ref": reference }), size, open)?;
            sample[schema["discriminator"]["propertyName"].as_str().unwrap()] = json!(kind);
            return Some(sample);
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return values.last().cloned();
        }
        Some(match schema.get("type").and_then(Value::as_str) {
            Some("boolean") => json!(true),
            Some("integer") => json!(1_659_380_719),
            Some("number") => json!(0.25),
            Some("string") if is_uuid(schema) => json!(UUID),
            Some("string") => json!(AWKWARD),
            Some("array") => {
                let item = self.sample_within(&schema["items"], size, open)?;
                json!([item, item])
            }
            Some("object") if schema.get("additionalProperties").is_some_and(Value::is_object) => {
                let value = self.sample_within(&schema["additionalProperties"], size, open)?;
                json!({ "a key": value })
            }
            Some("object") => self.sample_object(schema, size, open),
            None => json!({ "any": [AWKWARD, null, 1] }),
            Some(other) => panic!("{other}"),
        })
    }

    fn sample_object(&self, schema: &Value, size: Size, open: &mut Vec<String>) -> Value {
        let mut object = Map::new();
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if size == Size::Small && !object.is_empty() {
                break;
            }
            if let Some(value) = self.sample_within(schema, size, open) {
                object.insert(name.clone(), value);
            }
        }
        if size == Size::Full {
            // The API may be newer than the document.
            object.insert("notInTheDocument".to_owned(), json!({ "kept": null }));
        }
        Value::Object(object)
    }
}

fn is_uuid(schema: &Value) -> bool {
    schema["format"].as_str().is_some_and(|format| format.eq_ignore_ascii_case("uuid"))
}
