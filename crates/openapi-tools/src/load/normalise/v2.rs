//! Swagger 2.0 in the form of OpenAPI 3. References keep their targets: what `#/parameters/x` and `#/responses/x` lead to
//! is converted where it stands.

use serde_json::{Map, Value, json};

use crate::load::{bundle::FILES, pointer::find};

/// The keywords of a parameter that are those of its schema.
const SCHEMA_KEYWORDS: [&str; 18] = [
    "type",
    "format",
    "items",
    "default",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "enum",
    "multipleOf",
    "x-nullable",
    "additionalProperties",
];

/// The media types of bodies where the document is silent.
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// References that are followed one after another.
const MAX_REFERENCES: usize = 16;

/// The document as one of OpenAPI 3.
pub(super) fn convert(mut document: Value) -> Value {
    let source = document.clone();
    let defaults = Defaults { consumes: texts(source.get("consumes")), produces: texts(source.get("produces")) };
    let Some(root) = document.as_object_mut() else { return document };
    root.insert("servers".to_owned(), servers(&source));
    if let Some(Value::Object(schemes)) = root.remove("securityDefinitions") {
        let schemes: Map<_, _> = schemes.into_iter().map(|(name, scheme)| (name, security_scheme(scheme))).collect();
        // An overlay may have put something there.
        let components = root.entry("components").or_insert_with(|| json!({}));
        if let Some(components) = components.as_object_mut() {
            components.insert("securitySchemes".to_owned(), Value::Object(schemes));
        }
    }
    for (_, parameter) in entries_mut(root.get_mut("parameters")) {
        if !is_in_body(&source, parameter) {
            convert_parameter(parameter);
        }
    }
    for (_, response) in entries_mut(root.get_mut("responses")) {
        convert_response(response, &defaults.produces);
    }
    for (_, item) in entries_mut(root.get_mut("paths")) {
        convert_item(&source, &defaults, item);
    }
    document
}

/// What operations that say nothing themselves take and answer with.
struct Defaults {
    consumes: Vec<String>,
    produces: Vec<String>,
}

fn convert_item(source: &Value, defaults: &Defaults, item: &mut Value) {
    let Some(item) = item.as_object_mut() else { return };
    let shared = with_files(source, take_array(item, "parameters"));
    let (in_body, elsewhere): (Vec<_>, Vec<_>) = shared.into_iter().partition(|it| is_in_body(source, it));
    for (key, operation) in item.iter_mut().filter(|(key, _)| !key.starts_with("x-")) {
        if key != "$ref"
            && let Some(operation) = operation.as_object_mut()
        {
            convert_operation(source, defaults, &in_body, operation);
        }
    }
    let mut elsewhere = elsewhere;
    elsewhere.iter_mut().for_each(convert_parameter);
    if !elsewhere.is_empty() {
        item.insert("parameters".to_owned(), Value::Array(elsewhere));
    }
}

fn convert_operation(source: &Value, defaults: &Defaults, shared: &[Value], operation: &mut Map<String, Value>) {
    let own_or = |operation: &mut Map<String, Value>, key: &str, default: &[String]| {
        let own = operation.remove(key).map(|own| texts(Some(&own)));
        own.unwrap_or_else(|| default.to_vec())
    };
    let consumes = own_or(operation, "consumes", &defaults.consumes);
    let produces = own_or(operation, "produces", &defaults.produces);
    let own = with_files(source, take_array(operation, "parameters"));
    let (own_in_body, mut elsewhere): (Vec<_>, Vec<_>) = own.into_iter().partition(|it| is_in_body(source, it));
    elsewhere.iter_mut().for_each(convert_parameter);
    operation.insert("parameters".to_owned(), Value::Array(elsewhere));
    // The operation's own replace those of the path that have the same name.
    let own_in_body: Vec<&Value> = own_in_body.iter().map(|parameter| resolved(source, parameter)).collect();
    let shared = shared.iter().map(|parameter| resolved(source, parameter));
    let is_new = |it: &&Value| {
        let is_same = |own: &&Value| own.get("name") == it.get("name") || it.get("in").is_some_and(|it| it == "body");
        !own_in_body.iter().any(is_same)
    };
    let in_body: Vec<&Value> = own_in_body.iter().copied().chain(shared.filter(is_new)).collect();
    if let Some(body) = request_body(&in_body, &consumes) {
        operation.insert("requestBody".to_owned(), body);
    }
    for (_, response) in entries_mut(operation.get_mut("responses")) {
        if is_in_file(response) {
            *response = resolved(source, response).clone();
        }
        convert_response(response, &produces);
    }
}

/// The body of parameters that stand in it.
fn request_body(parameters: &[&Value], consumes: &[String]) -> Option<Value> {
    let is_required = |parameter: &Value| parameter.get("required") == Some(&json!(true));
    if let Some(body) = parameters.iter().find(|parameter| parameter.get("in").is_some_and(|it| it == "body")) {
        let schema = body.get("schema").cloned().unwrap_or_else(|| json!({}));
        let media_types = if consumes.is_empty() { vec![JSON.to_owned()] } else { consumes.to_vec() };
        let content: Map<_, _> = media_types.into_iter().map(|name| (name, json!({ "schema": schema }))).collect();
        let mut request = json!({ "required": is_required(body), "content": content });
        if let (Some(description), Some(request)) = (body.get("description"), request.as_object_mut()) {
            request.insert("description".to_owned(), description.clone());
        }
        return Some(request);
    }
    if parameters.is_empty() {
        return None;
    }
    let has_file = parameters.iter().any(|parameter| parameter.get("type").is_some_and(|name| name == "file"));
    let takes = |name: &str| consumes.iter().any(|known| known.to_ascii_lowercase().starts_with(name));
    let media_type = if has_file || takes(MULTIPART) && !takes(FORM) { MULTIPART } else { FORM };
    let (mut properties, mut required, mut encoding) = (Map::new(), Vec::new(), Map::new());
    for parameter in parameters {
        let Some(name) = parameter.get("name").and_then(Value::as_str) else { continue };
        if is_required(parameter) {
            required.push(name);
        }
        let mut schema = schema_of(parameter);
        if let (Some(description), Some(schema)) = (parameter.get("description"), schema.as_object_mut()) {
            schema.insert("description".to_owned(), description.clone());
        }
        if media_type == FORM && parameter.get("type").is_some_and(|name| name == "array") {
            let (style, explode) = style(parameter, "form");
            encoding.insert(name.to_owned(), json!({ "style": style, "explode": explode }));
        }
        properties.insert(name.to_owned(), schema);
    }
    let is_any_required = !required.is_empty();
    let mut schema = json!({ "type": "object", "properties": properties });
    if let (true, Some(schema)) = (is_any_required, schema.as_object_mut()) {
        schema.insert("required".to_owned(), json!(required));
    }
    let content = json!({ media_type: { "schema": schema, "encoding": encoding } });
    Some(json!({ "required": is_any_required, "content": content }))
}

/// The schema of a parameter that has its keywords itself.
fn schema_of(parameter: &Value) -> Value {
    let keywords = SCHEMA_KEYWORDS.iter().filter_map(|key| Some(((*key).to_owned(), parameter.get(*key)?.clone())));
    let mut schema: Map<_, _> = keywords.collect();
    if schema.get("type").is_some_and(|name| name == "file") {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("format".to_owned(), json!("binary"));
    }
    Value::Object(schema)
}

/// A parameter outside of the body.
fn convert_parameter(parameter: &mut Value) {
    if parameter.get("$ref").is_some() || parameter.get("schema").is_some() {
        return;
    }
    let schema = schema_of(parameter);
    let location = parameter.get("in").and_then(Value::as_str).unwrap_or_default().to_owned();
    let (style, explode) = style(parameter, if location == "query" { "form" } else { "simple" });
    let is_list = parameter.get("type").is_some_and(|name| name == "array");
    let Some(parameter) = parameter.as_object_mut() else { return };
    SCHEMA_KEYWORDS.iter().for_each(|key| {
        parameter.remove(*key);
    });
    parameter.remove("collectionFormat");
    parameter.insert("schema".to_owned(), schema);
    if is_list {
        parameter.insert("style".to_owned(), json!(style));
        parameter.insert("explode".to_owned(), json!(explode));
    }
}

/// The style of a list (Swagger 2.0, "Parameter Object": `collectionFormat`).
fn style<'s>(parameter: &Value, default: &'s str) -> (&'s str, bool) {
    match parameter.get("collectionFormat").and_then(Value::as_str) {
        Some("multi") => (default, true),
        Some("ssv") => ("spaceDelimited", false),
        Some("tsv") => ("tabDelimited", false),
        Some("pipes") => ("pipeDelimited", false),
        _ => (default, false),
    }
}

fn convert_response(response: &mut Value, produces: &[String]) {
    let Some(response) = response.as_object_mut() else { return };
    let Some(mut schema) = response.remove("schema") else { return };
    let is_file = schema.get("type").is_some_and(|name| name == "file");
    if is_file {
        schema = json!({ "type": "string", "format": "binary" });
    }
    let media_types = match produces {
        [] if is_file => vec!["application/octet-stream".to_owned()],
        [] => vec![JSON.to_owned()],
        known => known.to_vec(),
    };
    let content: Map<_, _> = media_types.into_iter().map(|name| (name, json!({ "schema": schema }))).collect();
    response.insert("content".to_owned(), Value::Object(content));
}

fn security_scheme(scheme: Value) -> Value {
    match scheme.get("type").and_then(Value::as_str) {
        Some("basic") => json!({ "type": "http", "scheme": "basic" }),
        Some("oauth2") => {
            let name = match scheme.get("flow").and_then(Value::as_str) {
                Some("application") => "clientCredentials",
                Some("accessCode") => "authorizationCode",
                Some("password") => "password",
                _ => "implicit",
            };
            let keys = ["authorizationUrl", "tokenUrl", "scopes"].into_iter();
            let flow: Map<_, _> = keys.filter_map(|key| Some((key.to_owned(), scheme.get(key)?.clone()))).collect();
            json!({ "type": "oauth2", "flows": { name: flow } })
        }
        _ => scheme,
    }
}

/// The servers of host, path and schemes. Without a host the API is where the document is.
fn servers(document: &Value) -> Value {
    let text = |key: &str| document.get(key).and_then(Value::as_str).unwrap_or_default();
    let path = text("basePath").trim_end_matches('/');
    let host = text("host");
    if host.is_empty() {
        return if path.is_empty() { json!([]) } else { json!([{ "url": path }]) };
    }
    let mut schemes = texts(document.get("schemes"));
    schemes.retain(|scheme| scheme == "https" || scheme == "http");
    // The safe one first; where none is named, the document's own would do, and that is most likely this.
    schemes.sort_by_key(|scheme| scheme != "https");
    if schemes.is_empty() {
        schemes.push("https".to_owned());
    }
    let urls: Vec<_> = schemes.iter().map(|scheme| json!({ "url": format!("{scheme}://{host}{path}") })).collect();
    json!(urls)
}

/// The parameters, with those of other files in the place of the references to them.
fn with_files(document: &Value, parameters: Vec<Value>) -> Vec<Value> {
    let inlined = |parameter: Value| {
        if is_in_file(&parameter) { resolved(document, &parameter).clone() } else { parameter }
    };
    parameters.into_iter().map(inlined).collect()
}

/// Whether the value is a reference into another file.
fn is_in_file(value: &Value) -> bool {
    let reference = value.get("$ref").and_then(Value::as_str);
    reference.and_then(|reference| reference.strip_prefix("#/")).is_some_and(|rest| rest.starts_with(FILES))
}

fn is_in_body(document: &Value, parameter: &Value) -> bool {
    matches!(resolved(document, parameter).get("in").and_then(Value::as_str), Some("body" | "formData"))
}

/// The value, or what a reference there leads to.
fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..MAX_REFERENCES {
        let reference = value.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        let Some(target) = reference.and_then(|pointer| find(document, pointer)) else { break };
        value = target;
    }
    value
}

fn entries_mut(value: Option<&mut Value>) -> impl Iterator<Item = (&String, &mut Value)> {
    value.and_then(Value::as_object_mut).into_iter().flatten()
}

fn take_array(object: &mut Map<String, Value>, key: &str) -> Vec<Value> {
    match object.remove(key) {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_made_of_host_path_and_schemes() {
        for (document, expected) in [
            (
                json!({ "host": "a.example", "basePath": "/v1/", "schemes": ["http", "https", "ws"] }),
                json!([{ "url": "https://a.example/v1" }, { "url": "http://a.example/v1" }]),
            ),
            (json!({ "host": "a.example" }), json!([{ "url": "https://a.example" }])),
            (json!({ "basePath": "/v1" }), json!([{ "url": "/v1" }])),
            (json!({ "basePath": "/" }), json!([])),
        ] {
            assert_eq!(servers(&document), expected, "{document}");
        }
    }

    #[test]
    fn parameters_and_bodies_are_those_of_version_3() {
        let document = json!({
            "swagger": "2.0",
            "consumes": ["application/json"],
            "parameters": {
                "limit": { "name": "limit", "in": "query", "type": "integer", "format": "int32" },
                "pet": { "name": "pet", "in": "body", "required": true, "schema": { "$ref": "#/definitions/Pet" } },
            },
            "paths": { "/pets": {
                "parameters": [{ "$ref": "#/parameters/limit" }, { "$ref": "#/parameters/pet" }],
                "get": { "parameters": [{ "name": "ids", "in": "query", "type": "array", "items": { "type": "string" },
                    "collectionFormat": "pipes" }], "responses": { "200": { "schema": { "type": "file" } } } },
                "post": { "consumes": ["multipart/form-data"], "parameters": [
                    { "name": "file", "in": "formData", "type": "file", "required": true },
                    { "name": "tags", "in": "formData", "type": "array", "items": { "type": "string" } },
                ] },
            } },
        });
        let converted = convert(document);
        let limit = &converted["parameters"]["limit"];
        assert_eq!(
            *limit,
            json!({ "name": "limit", "in": "query", "schema": { "type": "integer", "format": "int32" } })
        );
        let item = &converted["paths"]["/pets"];
        assert_eq!(item["parameters"], json!([{ "$ref": "#/parameters/limit" }]));
        let ids = json!([{ "name": "ids", "in": "query", "style": "pipeDelimited", "explode": false,
            "schema": { "type": "array", "items": { "type": "string" } } }]);
        assert_eq!(item["get"]["parameters"], ids);
        let body = json!({ "required": true, "content": { "application/json": { "schema": { "$ref": "#/definitions/Pet" } } } });
        assert_eq!(item["get"]["requestBody"], body);
        let answer = json!({ "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } });
        assert_eq!(item["get"]["responses"]["200"]["content"], answer);
        let content = &item["post"]["requestBody"]["content"]["multipart/form-data"]["schema"];
        let expected = json!({ "type": "object", "required": ["file"], "properties": {
            "file": { "type": "string", "format": "binary" },
            "tags": { "type": "array", "items": { "type": "string" } },
        } });
        assert_eq!(*content, expected);
    }

    #[test]
    fn lists_in_a_form_have_their_style() {
        let document = json!({ "swagger": "2.0", "paths": { "/a": { "post": { "parameters": [
            { "name": "a", "in": "formData", "type": "array", "items": {} },
            { "name": "b", "in": "formData", "type": "array", "items": {}, "collectionFormat": "multi" },
            { "name": "c", "in": "formData", "type": "string" },
        ] } } } });
        let converted = convert(document);
        let encoding = &converted["paths"]["/a"]["post"]["requestBody"]["content"][FORM]["encoding"];
        let expected = json!({ "a": { "style": "form", "explode": false }, "b": { "style": "form", "explode": true } });
        assert_eq!(*encoding, expected);
    }
}
