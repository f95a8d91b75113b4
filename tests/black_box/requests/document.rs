//! Documents read anew, by code that shares nothing with the program's: what each operation takes, as the specifications of
//! OpenAPI 2.0 to 3.2 say.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    rc::Rc,
};

use serde_json::{Map, Value, json};

/// A value and the file that it stands in, from which its references lead on.
#[derive(Debug, Clone)]
pub struct At {
    pub file: Rc<PathBuf>,
    pub value: Value,
}

/// A document with the files that it refers to.
pub struct Reader {
    root: Rc<PathBuf>,
    files: RefCell<HashMap<PathBuf, Value>>,
}

/// An operation.
#[derive(Debug)]
pub struct Site {
    /// The `operationId`.
    pub id: String,
    /// In capitals.
    pub method: String,
    /// As the document has it.
    pub path: String,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
    /// The alternatives, each with the names of its schemes.
    pub security: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
pub struct Parameter {
    pub name: String,
    pub place: String,
    pub required: bool,
    pub style: String,
    pub explode: bool,
    pub reserved: bool,
    pub is_json: bool,
    pub schema: At,
}

#[derive(Debug)]
pub struct Body {
    pub required: bool,
    pub media_type: String,
    pub schema: At,
    pub encoding: Map<String, Value>,
}

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "query"];

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn parse(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_default();
    if path.extension().is_some_and(|extension| extension == "json") {
        return serde_json::from_str(&text).unwrap_or_default();
    }
    let options = serde_saphyr::options! { budget: serde_saphyr::budget! { max_nodes: 9_000_000, max_events: 20_000_000 },
    strict_booleans: true };
    serde_saphyr::from_str_with_options(&text, options).unwrap_or_default()
}

impl Reader {
    pub fn of(path: &Path) -> Self {
        let root = Rc::new(path.canonicalize().unwrap());
        Self { root, files: RefCell::default() }
    }

    /// Whether it is more than a file that documents refer to.
    pub fn is_document(&self) -> bool {
        ["openapi", "swagger"].iter().any(|key| self.root().value.get(*key).is_some())
    }

    pub fn root(&self) -> At {
        At { file: Rc::clone(&self.root), value: self.file(&self.root) }
    }

    fn file(&self, path: &Path) -> Value {
        self.files.borrow_mut().entry(path.to_owned()).or_insert_with(|| parse(path)).clone()
    }

    fn pointed(&self, file: &Path, pointer: &str) -> Option<Value> {
        let pointer = percent_encoding::percent_decode_str(pointer).decode_utf8_lossy().into_owned();
        let mut files = self.files.borrow_mut();
        files.entry(file.to_owned()).or_insert_with(|| parse(file)).pointer(&pointer).cloned()
    }

    /// Follows references. What stands beside one counts, too.
    pub fn resolved(&self, at: &At) -> At {
        let mut at = at.clone();
        for _ in 0..20 {
            let Some(reference) = at.value["$ref"].as_str().map(str::to_owned) else { break };
            let (file, pointer) = reference.split_once('#').unwrap_or((&reference, ""));
            let path = if file.is_empty() {
                Rc::clone(&at.file)
            } else {
                let path = at.file.parent().unwrap().join(file);
                Rc::new(path.canonicalize().unwrap_or(path))
            };
            let mut value = self.pointed(&path, pointer).unwrap_or_default();
            if let (Value::Object(target), Value::Object(own)) = (&mut value, &at.value) {
                target.extend(own.clone().into_iter().filter(|(key, _)| key != "$ref"));
            }
            at = At { file: path, value };
        }
        at
    }

    pub fn child(&self, at: &At, key: &str) -> At {
        self.resolved(&At { file: Rc::clone(&at.file), value: at.value[key].clone() })
    }

    /// All operations but those of TRACE.
    pub fn sites(&self) -> Vec<Site> {
        let root = self.root();
        let is_old = root.value["swagger"].is_string();
        let mut sites = Vec::new();
        for (path, item) in entries(&root.value["paths"]).filter(|(path, _)| !path.starts_with("x-")) {
            let item = self.resolved(&At { file: Rc::clone(&root.file), value: item.clone() });
            let own = METHODS.iter().map(|method| (*method, &item.value[*method]));
            let more = entries(&item.value["additionalOperations"]).map(|(method, value)| (method.as_str(), value));
            for (method, value) in own.chain(more).filter(|(_, value)| value.is_object()) {
                let operation = At { file: Rc::clone(&item.file), value: value.clone() };
                sites.push(self.site(&root, is_old, path, method, &item, &operation));
            }
        }
        sites
    }

    fn site(&self, root: &At, is_old: bool, path: &str, method: &str, item: &At, operation: &At) -> Site {
        let mut sources: Vec<At> = Vec::new();
        for holder in [item, operation] {
            for value in list(&holder.value["parameters"]) {
                let one = self.resolved(&At { file: Rc::clone(&holder.file), value: value.clone() });
                let key = |at: &At| (text(&at.value, "name").to_owned(), text(&at.value, "in").to_owned());
                sources.retain(|other| key(other) != key(&one));
                sources.push(one);
            }
        }
        let body = if is_old { old_body(root, operation, &sources) } else { self.body(operation) };
        let is_sent = |at: &&At| {
            let (name, place) = (text(&at.value, "name").to_ascii_lowercase(), text(&at.value, "in"));
            let is_ignored = ["accept", "content-type", "authorization"].contains(&name.as_str());
            !(matches!(place, "body" | "formData") || place == "header" && is_ignored)
        };
        let mut parameters: Vec<_> = sources.iter().filter(is_sent).map(|at| self.parameter(is_old, at)).collect();
        // What a path has and nobody declares is a text.
        for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
            if !parameters.iter().any(|known| known.place == "path" && known.name == name) {
                let value = json!({ "name": name, "in": "path", "schema": { "type": "string" } });
                parameters.push(self.parameter(false, &At { file: Rc::clone(&root.file), value }));
            }
        }
        let security = if operation.value["security"].is_array() { &operation.value } else { &root.value };
        let security = list(&security["security"]);
        let security = security.map(|one| entries(one).map(|(name, _)| name.clone()).collect());
        let id = text(&operation.value, "operationId").to_owned();
        Site {
            id,
            method: method.to_uppercase(),
            path: path.to_owned(),
            parameters,
            body,
            security: security.collect(),
        }
    }

    fn parameter(&self, is_old: bool, at: &At) -> Parameter {
        let value = &at.value;
        let place = text(value, "in").to_owned();
        let content = entries(&value["content"]).next().map(|(_, content)| content.clone());
        let (style, explode) = if is_old {
            match text(value, "collectionFormat") {
                "multi" => ("form", true),
                "ssv" => ("spaceDelimited", false),
                "tsv" => ("tabDelimited", false),
                "pipes" => ("pipeDelimited", false),
                _ if matches!(place.as_str(), "query") => ("form", false),
                _ => ("simple", false),
            }
        } else {
            let usual = if matches!(place.as_str(), "query" | "cookie" | "querystring") { "form" } else { "simple" };
            let style = value["style"].as_str().unwrap_or(usual);
            (style, value["explode"].as_bool().unwrap_or(style == "form"))
        };
        let schema = match (&content, is_old) {
            (Some(content), _) => content["schema"].clone(),
            (None, true) => value.clone(),
            (None, false) => value["schema"].clone(),
        };
        Parameter {
            name: text(value, "name").to_owned(),
            required: value["required"] == json!(true) || place == "path",
            style: style.to_owned(),
            explode,
            reserved: value["allowReserved"] == json!(true),
            is_json: content.is_some() && place != "querystring",
            schema: At { file: Rc::clone(&at.file), value: schema },
            place,
        }
    }

    fn body(&self, operation: &At) -> Option<Body> {
        let body = self.child(operation, "requestBody");
        let contents = entries(&body.value["content"]);
        let (media_type, content) = contents.min_by_key(|(media_type, _)| rank(media_type))?;
        Some(Body {
            required: body.value["required"] == json!(true),
            media_type: media_type.clone(),
            schema: At { file: Rc::clone(&body.file), value: content["schema"].clone() },
            encoding: content["encoding"].as_object().cloned().unwrap_or_default(),
        })
    }
}

/// The best of several media types comes first.
fn rank(media_type: &str) -> usize {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_lowercase();
    match essence.as_str() {
        "application/json" => 0,
        "application/merge-patch+json" => 1,
        "*/*" => 2,
        "application/json-patch+json" => 4,
        other if other.ends_with("+json") || other == "text/json" => 3,
        "application/x-www-form-urlencoded" => 5,
        other if other.starts_with("multipart/") => 6,
        other if other.ends_with("xml") => 9,
        other if other.starts_with("text/") => 7,
        _ => 8,
    }
}

fn old_body(root: &At, operation: &At, parameters: &[At]) -> Option<Body> {
    let consumes = if operation.value["consumes"].is_array() { &operation.value } else { &root.value };
    let consumes: Vec<_> = list(&consumes["consumes"]).filter_map(Value::as_str).collect();
    let whole = parameters.iter().find(|at| text(&at.value, "in") == "body");
    if let Some(whole) = whole {
        let media_type = consumes
            .iter()
            .copied()
            .min_by_key(|media_type| (rank(media_type), *media_type))
            .unwrap_or("application/json");
        return Some(Body {
            required: whole.value["required"] == json!(true),
            media_type: media_type.to_owned(),
            schema: At { file: Rc::clone(&whole.file), value: whole.value["schema"].clone() },
            encoding: Map::new(),
        });
    }
    let fields: Vec<_> = parameters.iter().filter(|at| text(&at.value, "in") == "formData").collect();
    let file = Rc::clone(&fields.first()?.file);
    let (mut properties, mut required, mut encoding) = (Map::new(), Vec::new(), Map::new());
    let mut has_file = false;
    for field in fields {
        let name = text(&field.value, "name").to_owned();
        let mut schema = field.value.clone();
        if text(&schema, "type") == "file" {
            has_file = true;
            schema = json!({ "type": "string", "format": "binary" });
        }
        if field.value["required"] == json!(true) {
            required.push(json!(name));
        }
        if text(&schema, "type") == "array" && text(&schema, "collectionFormat") != "multi" {
            encoding.insert(name.clone(), json!({ "style": "form", "explode": false }));
        }
        properties.insert(name, schema);
    }
    let is_form = |media_type: &&&str| media_type.contains("urlencoded");
    let form = consumes.iter().find(is_form).copied().unwrap_or("application/x-www-form-urlencoded");
    let multipart = consumes.iter().find(|media_type| media_type.starts_with("multipart/")).copied();
    let media_type = match multipart {
        Some(multipart) if has_file || !consumes.iter().any(|one| is_form(&one)) => multipart,
        None if has_file => "multipart/form-data",
        _ => form,
    };
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    let is_required = !required.is_empty();
    Some(Body {
        required: is_required,
        media_type: media_type.to_owned(),
        schema: At { file, value: schema },
        encoding,
    })
}
