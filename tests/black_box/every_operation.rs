//! Arguments made from an operation's schema lead to exactly the request that the document demands.

use serde_json::{Map, Value};

use crate::support::{
    client::Client,
    document::{Document, Operation, Size},
    recorder::{Recorded, Recorder, Reply},
};

#[test]
fn small_arguments_make_the_right_request() {
    call_every_operation(Size::Small, "refuse");
}

#[test]
fn full_arguments_make_the_right_request() {
    call_every_operation(Size::Full, "refuse");
}

/// An instance may be newer than the document.
#[test]
fn unknown_properties_are_sent_where_the_operator_wants_it() {
    call_every_operation(Size::Full, "pass");
}

fn call_every_operation(size: Size, unknown_properties: &str) {
    let document = Document::load();
    let operations = document.operations();
    assert!(operations.len() > 350, "{}", operations.len());
    let upstream = Recorder::start(|request| match request.target.ends_with("/export") {
        true => Reply::Response { status: 200, headers: Vec::new(), body: EMPTY_ZIP.to_vec() },
        false => Reply::json(200, "{}"),
    });
    let downloads = tempfile::tempdir().unwrap();
    let mut client = Client::connect(&[
        ("API_BASE_URL", &upstream.url()),
        ("API_KEY_APIKEYAUTH", "the-api-key"),
        ("BEARER_TOKEN_BEARERAUTH", "the.jwt"),
        ("UNKNOWN_PROPERTIES", unknown_properties),
        ("DOWNLOAD_DIR", downloads.path().to_str().unwrap()),
    ]);
    for operation in &operations {
        let mut arguments = arguments(&document, operation, size);
        if let Some(body) = arguments.get_mut("requestBody").filter(|_| unknown_properties == "refuse") {
            remove_unknown(body, &operation.name);
        }
        let answer = client.call(&operation.name, Value::Object(arguments.clone()));
        assert!(!answer.is_error, "{}: {}", operation.name, answer.text);
        let requests = upstream.take();
        assert_eq!(requests.len(), 1, "{}: one call is one request", operation.name);
        assert_request(operation, &arguments, &requests[0]);
    }
}

/// An archive of nothing.
const EMPTY_ZIP: [u8; 22] = *b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// Removes what the document does not know, and what the API takes of a user in an import only.
fn remove_unknown(value: &mut Value, operation: &str) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| remove_unknown(item, operation)),
        Value::Object(entries) => {
            entries.remove("notInTheDocument");
            if let Some(Value::Object(user)) = entries.get_mut("user")
                && operation != "importUsersWithId"
            {
                user.remove("registrations");
                user.remove("memberships");
            }
            entries.values_mut().for_each(|value| remove_unknown(value, operation));
        }
        _ => {}
    }
}

/// Arguments that the schema of the operation allows.
pub fn arguments(document: &Document, operation: &Operation, size: Size) -> Map<String, Value> {
    let mut arguments = Map::new();
    for parameter in &operation.parameters {
        if size == Size::Full || parameter["required"] == true {
            let name = argument_name(parameter);
            let mut value = document.sample(&parameter["schema"], size);
            if parameter["in"] == "header" && !value.as_str().unwrap().is_ascii() {
                value = Value::from("a header");
            }
            arguments.insert(name.to_owned(), value);
        }
    }
    if let Some((_, body)) = &operation.body {
        arguments.insert("requestBody".to_owned(), document.sample(body, size));
    }
    arguments
}

/// A path and the parameters of its query by name. Which name comes first says nothing; values of one name keep their order.
fn in_order(target: &str) -> (&str, Vec<&str>) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut pairs: Vec<_> = query.split('&').collect();
    pairs.sort_by_key(|pair| pair.split_once('=').map_or(*pair, |(name, _)| name));
    (path, pairs)
}

fn assert_request(operation: &Operation, arguments: &Map<String, Value>, request: &Recorded) {
    let name = &operation.name;
    assert_eq!(request.method, operation.method, "{name}");
    assert_eq!(in_order(&request.target), in_order(&target(operation, arguments)), "{name}");
    let authorization = match operation.security.as_deref() {
        // Required, or welcome: `security: [{ ApiKeyAuth: [] }, {}]`.
        Some("ApiKeyAuth") => Some("the-api-key"),
        Some("BearerAuth") => Some("Bearer the.jwt"),
        None => None,
        Some(other) => panic!("{other:?}"),
    };
    let headers = operation.parameters.iter().filter(|parameter| parameter["in"] == "header");
    let given: Vec<_> = headers
        .map(|parameter| {
            let wire_name = parameter.get("x-wire-name").unwrap_or(&parameter["name"]).as_str().unwrap();
            let prefix = parameter.get("x-prefix").and_then(Value::as_str).unwrap_or_default();
            let value = arguments.get(argument_name(parameter)).and_then(Value::as_str);
            (wire_name.to_ascii_lowercase(), value.map(|value| format!("{prefix}{value}")))
        })
        .collect();
    for (header, expected) in given.iter().filter(|(header, _)| header != "authorization") {
        assert_eq!(request.header(header), expected.as_deref(), "{name}: {header}");
    }
    // An argument is what the call is authorized with, where there is one.
    let own = given.iter().find(|(header, _)| header == "authorization").and_then(|(_, value)| value.as_deref());
    assert_eq!(request.header("authorization"), own.or(authorization), "{name}");
    let agent = concat!("fusionauth-mcp/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), Some(agent), "{name}");
    let media_type = operation.body.as_ref().map(|(media_type, _)| media_type.as_str());
    match (arguments.get("requestBody"), media_type) {
        (Some(body), Some(form @ "application/x-www-form-urlencoded")) => {
            assert_eq!(request.header("content-type"), Some(form), "{name}");
            let sent: Vec<_> = url::form_urlencoded::parse(&request.body).into_owned().collect();
            let expected: Vec<_> =
                body.as_object().unwrap().iter().map(|(name, value)| (name.clone(), text(value))).collect();
            assert_eq!(sent, expected, "{name}");
        }
        (Some(body), _) => {
            let media_type =
                if operation.method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
            assert_eq!(request.header("content-type"), Some(media_type), "{name}");
            assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap(), *body, "{name}");
        }
        (None, _) => {
            assert_eq!(request.header("content-type"), None, "{name}");
            assert_eq!(request.body, b"", "{name}");
        }
    }
}

fn target(operation: &Operation, arguments: &Map<String, Value>) -> String {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    for parameter in &operation.parameters {
        let name = parameter.get("x-wire-name").unwrap_or(&parameter["name"]).as_str().unwrap();
        let values: Vec<String> = match arguments.get(argument_name(parameter)) {
            None => continue,
            Some(Value::Array(values)) => values.iter().map(text).collect(),
            Some(value) => vec![text(value)],
        };
        match parameter["in"].as_str().unwrap() {
            "path" => path = path.replace(&format!("{{{name}}}"), &encode(&values[0])),
            "query" => query.extend(values.iter().map(|value| format!("{}={}", encode(name), encode(value)))),
            "header" => {}
            other => panic!("{other}"),
        }
    }
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

fn argument_name(parameter: &Value) -> &str {
    parameter.get("x-argument-name").unwrap_or(&parameter["name"]).as_str().unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// RFC 3986: everything but the unreserved characters.
fn encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
