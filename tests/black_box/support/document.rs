//! The document, read without the crate that the tools are generated with, so that the generator cannot agree with
//! itself.

use std::{fs, path::Path};

use serde_json::{Map, Value, json};

/// A UUID for every place that wants one.
const UUID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";

/// Text that has to be percent-encoded wherever it stands in a URL.
pub const AWKWARD: &str = "a b/c?d=e&f#g%2F+\u{fc}";

pub struct Document {
    root: Value,
    /// `components.x-parameters` of the overlay.
    shared_parameters: Map<String, Value>,
}

/// What the document says of one operation.
pub struct Operation {
    /// The tool's name.
    pub name: String,
    pub method: String,
    pub path: String,
    pub parameters: Vec<Value>,
    /// Media type and schema.
    pub body: Option<(String, Value)>,
    /// The schema of a success.
    pub answer: Option<Value>,
    /// The schema of a failure.
    pub failure: Option<Value>,
    pub is_read_only: bool,
    /// The scheme of the first alternative; the others count where there is no credential for it.
    pub security: Option<String>,
}

/// What stands in place of a secret in a sample.
pub const PLANTED: &str = "planted-secret";

/// How much of an operation a sample fills.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Size {
    /// What the call cannot do without, and a body with its first property.
    Small,
    /// Everything.
    Full,
}

impl Operation {
    /// Whether it has a parameter of this name.
    pub fn takes(&self, name: &str) -> bool {
        self.parameters.iter().any(|parameter| parameter["name"] == name)
    }
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
        let shared = root["components"].as_object_mut().unwrap().remove("x-parameters").unwrap();
        Self { root, shared_parameters: shared.as_object().unwrap().clone() }
    }

    /// The published parameters with what the overlay says of them by name.
    fn parameters(&self, operation: &Value) -> Vec<Value> {
        let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let own = operation.get("x-parameters").and_then(Value::as_object).cloned().unwrap_or_default();
        for (name, patch) in &own {
            let position = parameters.iter().position(|parameter| parameter["name"] == **name);
            match position {
                Some(index) if *patch == false => drop(parameters.remove(index)),
                Some(_) => {}
                None => parameters.push(json!({ "name": name })),
            }
        }
        for parameter in &mut parameters {
            let name = parameter["name"].as_str().unwrap().to_owned();
            for patch in [self.shared_parameters.get(&name), own.get(&name)].into_iter().flatten() {
                for (key, value) in patch.as_object().unwrap() {
                    match (key.as_str(), value.get("type").or(value.get("$ref"))) {
                        ("schema", None) => parameter["schema"]["format"] = value["format"].clone(),
                        _ => parameter[key] = value.clone(),
                    }
                }
            }
        }
        parameters
    }

    pub fn operations(&self) -> Vec<Operation> {
        let mut operations = Vec::new();
        for (path, item) in self.root["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let security = operation.get("security").unwrap_or(&self.root["security"]);
                let content = operation.pointer("/requestBody/content").and_then(Value::as_object);
                let is_read_only = operation.get("x-read-only").and_then(Value::as_bool);
                operations.push(Operation {
                    name: operation
                        .get("x-tool-name")
                        .unwrap_or(&operation["operationId"])
                        .as_str()
                        .unwrap()
                        .to_owned(),
                    method: method.to_uppercase(),
                    path: path.clone(),
                    parameters: self.parameters(operation),
                    body: content.map(|content| {
                        assert_eq!(content.len(), 1);
                        let (media_type, content) = content.iter().next().unwrap();
                        (media_type.clone(), content["schema"].clone())
                    }),
                    answer: operation.pointer("/responses/200/content/application~1json/schema").cloned(),
                    failure: operation.pointer("/responses/default/content/application~1json/schema").cloned(),
                    is_read_only: is_read_only.unwrap_or(method == "get"),
                    security: security[0].as_object().and_then(|schemes| schemes.keys().next().cloned()),
                });
            }
        }
        operations
    }

    /// How a value breaks a schema of the document.
    pub fn faults(&self, schema: &Value, value: &Value) -> Vec<String> {
        let validator = self.validator(schema);
        validator.iter_errors(value).map(|fault| format!("{}: {fault}", fault.instance_path())).collect()
    }

    /// What checks values against a schema of the document.
    pub fn validator(&self, schema: &Value) -> jsonschema::Validator {
        let mut root = schema.clone();
        root["components"] = self.root["components"].clone();
        adapt(&mut root);
        jsonschema::validator_for(&root).unwrap()
    }

    /// The properties of an object's schema, references followed; of one that may be of several kinds, none.
    pub fn properties(&self, schema: &Value) -> Vec<(String, Value)> {
        let named = schema
            .get("$ref")
            .and_then(Value::as_str)
            .map(|name| &self.root.pointer(&name.replace('#', "")).unwrap()["properties"]);
        let properties = named.unwrap_or(&schema["properties"]).as_object().into_iter().flatten();
        properties.map(|(name, schema)| (name.clone(), schema.clone())).collect()
    }

    /// All properties marked secret, as `schema.property`.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        for (name, schema) in self.root["components"]["schemas"].as_object().unwrap() {
            for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
                if schema["x-secret"] == true {
                    secrets.push(format!("{name}.{property}"));
                }
            }
        }
        secrets
    }

    /// A value that the schema allows; secrets are [`PLANTED`] where the sample is full.
    pub fn sample(&self, schema: &Value, size: Size) -> Value {
        self.sample_within(schema, size, &mut Vec::new()).unwrap()
    }

    /// `None` where the schema contains itself.
    fn sample_within(&self, schema: &Value, size: Size, open: &mut Vec<String>) -> Option<Value> {
        if size == Size::Full && schema["x-secret"] == true {
            let mut unmarked = schema.clone();
            unmarked.as_object_mut().unwrap().remove("x-secret");
            let mut planted = self.sample_within(&unmarked, size, open)?;
            plant(&mut planted);
            return Some(planted);
        }
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
            // An instant in milliseconds, which is none in seconds.
            Some("integer") if schema["format"] == "int64" => json!(1_659_380_719_000_i64),
            Some("integer") => json!(1_659_380_719),
            Some("number") => json!(0.25),
            Some("string") if is_uuid(schema) => json!(UUID),
            Some("string") if schema["format"] == "date" => json!("1976-05-30"),
            Some("string") => json!(AWKWARD),
            Some("array") => {
                let item = self.sample_within(&schema["items"], size, open)?;
                json!([item, item])
            }
            Some("object") if schema.get("additionalProperties").is_some_and(Value::is_object) => {
                // A map of bare objects is a map of anything.
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
        if schema["properties"].as_object().is_none_or(Map::is_empty) {
            // Free to have any, and an empty one says nothing in a PATCH.
            object.insert("a key".to_owned(), json!(AWKWARD));
        }
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_required = required.contains(&json!(name));
            if size == Size::Small && !object.is_empty() && !is_required {
                continue;
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

/// As JSON Schema means it: a map of bare objects is how a generator writes a map of anything, and where a discriminator
/// tells the kinds apart, one that is no schema's keyword, several may fit.
fn adapt(schema: &mut Value) {
    match schema {
        Value::Object(entries) => {
            if let Some(kinds) = entries.remove("oneOf") {
                entries.insert("anyOf".to_owned(), kinds);
            }
            if entries.get("additionalProperties") == Some(&json!({ "type": "object" })) {
                entries.insert("additionalProperties".to_owned(), json!({}));
            }
            entries.values_mut().for_each(adapt);
        }
        Value::Array(items) => items.iter_mut().for_each(adapt),
        _ => {}
    }
}

/// Makes every string within a secret.
fn plant(value: &mut Value) {
    match value {
        Value::String(text) => PLANTED.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(plant),
        Value::Object(entries) if entries.is_empty() => *value = json!({ "a name": PLANTED }),
        Value::Object(entries) => entries.values_mut().for_each(plant),
        _ => {}
    }
}

fn is_uuid(schema: &Value) -> bool {
    schema["format"].as_str().is_some_and(|format| format.eq_ignore_ascii_case("uuid"))
}
