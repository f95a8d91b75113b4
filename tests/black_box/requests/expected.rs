//! The request that arguments stand for, as the specifications say: RFC 3986 and 6570, OpenAPI's styles and media types.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

use super::document::{At, Body, Parameter, Reader};
use crate::support::recorder::Recorded;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// A value where it is not JSON.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The texts of a list, or of an object's keys and values, or the only one.
fn texts(value: &Value, mark: Option<&str>) -> Vec<String> {
    match (value, mark) {
        (Value::Array(items), _) => items.iter().map(plain).collect(),
        (Value::Object(entries), Some(mark)) => {
            entries.iter().map(|(key, value)| format!("{}{mark}{}", encode(key), encode(&plain(value)))).collect()
        }
        (Value::Object(entries), None) => entries.iter().flat_map(|(key, value)| [key.clone(), plain(value)]).collect(),
        (value, _) => vec![plain(value)],
    }
}

/// The value of a parameter in a path.
pub fn in_path(parameter: &Parameter, value: &Value) -> String {
    let name = encode(&parameter.name);
    let pairs = value.is_object() && parameter.explode;
    let pieces = texts(value, pairs.then_some("="));
    let pieces: Vec<_> = pieces.iter().map(|text| if pairs { text.clone() } else { encode(text) }).collect();
    match (parameter.style.as_str(), parameter.explode) {
        ("label", true) => format!(".{}", pieces.join(".")),
        ("label", false) => format!(".{}", pieces.join(",")),
        ("matrix", true) if pairs => pieces.iter().map(|piece| format!(";{piece}")).collect(),
        ("matrix", true) => pieces.iter().map(|piece| format!(";{name}={piece}")).collect(),
        ("matrix", false) => format!(";{name}={}", pieces.join(",")),
        _ => pieces.join(","),
    }
}

/// The pairs of a parameter in the query.
pub fn in_query(parameter: &Parameter, value: &Value) -> Vec<String> {
    let name = encode(&parameter.name);
    let encoded = |text: &str| if parameter.reserved { kept(text) } else { encode(text) };
    if parameter.is_json {
        return vec![format!("{name}={}", encode(&value.to_string()))];
    }
    let each = |value: &Value| -> Vec<String> {
        match value {
            Value::Object(entries) => {
                entries.iter().map(|(key, value)| format!("{}={}", encode(key), encoded(&plain(value)))).collect()
            }
            value => texts(value, None).iter().map(|text| format!("{name}={}", encoded(text))).collect(),
        }
    };
    let separator = match parameter.style.as_str() {
        "deepObject" => {
            let mut pairs = Vec::new();
            deep(&parameter.name, value, &mut pairs);
            return pairs.iter().map(|(key, text)| format!("{}={}", encode(key), encode(text))).collect();
        }
        _ if parameter.explode || !(value.is_array() || value.is_object()) => return each(value),
        "spaceDelimited" => "%20",
        "pipeDelimited" => "%7C",
        "tabDelimited" => "%09",
        _ => ",",
    };
    let texts: Vec<_> = texts(value, None).iter().map(|text| encoded(text)).collect();
    vec![format!("{name}={}", texts.join(separator))]
}

/// With `allowReserved`, what does not end a value stays.
fn kept(text: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?@!$'()*,;".contains(&byte);
    text.bytes().map(|byte| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn deep(path: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| deep(&format!("{path}[{key}]"), value, pairs)),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let key = if item.is_object() || item.is_array() { index.to_string() } else { String::new() };
                deep(&format!("{path}[{key}]"), item, pairs);
            }
        }
        value => pairs.push((path.to_owned(), plain(value))),
    }
}

/// The value of a header.
pub fn in_header(parameter: &Parameter, value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let mark = if parameter.explode { "=" } else { "," };
            entries.iter().map(|(key, value)| format!("{key}{mark}{}", plain(value))).collect::<Vec<_>>().join(",")
        }
        value => texts(value, None).join(","),
    }
}

/// What is wrong with the body that was sent for this value.
pub fn body_fault(reader: &Reader, body: &Body, value: &Value, sent: &Recorded) -> Option<String> {
    let essence = body.media_type.split(';').next().unwrap_or_default().trim().to_lowercase();
    let content_type = sent.header("content-type").unwrap_or_default();
    if essence.starts_with("multipart/") {
        let expected = parts(reader, body, value);
        return match content_type.strip_prefix(&format!("{essence}; boundary=")) {
            None => Some(format!("Content-Type: {content_type}")),
            Some(boundary) => {
                let sent = sent_parts(&sent.body, boundary);
                difference("parts", &json!(sent), &json!(expected))
            }
        };
    }
    let expected_type = if essence == "*/*" { "application/json" } else { &body.media_type };
    if content_type != expected_type {
        return Some(format!("Content-Type: {content_type}, expected {expected_type}"));
    }
    if essence == "application/x-www-form-urlencoded" {
        let mut expected = form(body, value);
        let mut pairs: Vec<_> = url_pairs(&String::from_utf8_lossy(&sent.body));
        expected.sort();
        pairs.sort();
        return difference("form", &json!(pairs), &json!(expected));
    }
    if essence.ends_with("json") || essence == "*/*" {
        let parsed: Value = serde_json::from_slice(&sent.body).unwrap_or_default();
        return difference("JSON", &parsed, value);
    }
    let expected = plain(value);
    (sent.body != expected.as_bytes())
        .then(|| format!("body: {:?}, expected {expected}", String::from_utf8_lossy(&sent.body)))
}

/// Where two values differ first.
fn difference(place: &str, sent: &Value, expected: &Value) -> Option<String> {
    match (sent, expected) {
        (Value::Object(sent), Value::Object(expected)) => {
            let names = sent.keys().chain(expected.keys());
            let mut names = names.map(|name| (name, sent.get(name).unwrap_or(&Value::Null)));
            names.find_map(|(name, sent)| {
                difference(&format!("{place}.{name}"), sent, expected.get(name).unwrap_or(&Value::Null))
            })
        }
        (Value::Array(sent), Value::Array(expected)) if sent.len() == expected.len() => {
            let mut pairs = sent.iter().zip(expected).enumerate();
            pairs.find_map(|(index, (sent, expected))| difference(&format!("{place}[{index}]"), sent, expected))
        }
        (Value::Array(sent), Value::Array(expected)) => {
            let of = |own: &[Value], other: &[Value]| {
                json!(own.iter().filter(|one| !other.contains(one)).collect::<Vec<_>>())
            };
            Some(format!("{place}: {} more, {} missing", of(sent, expected), of(expected, sent)))
        }
        (sent, expected) => (sent != expected).then(|| format!("{place}: {sent}, expected {expected}")),
    }
}

/// The pairs of a form, decoded.
fn url_pairs(text: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn form(body: &Body, value: &Value) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let encoding = body.encoding.get(name).cloned().unwrap_or_default();
        let has_style = ["style", "explode", "allowReserved"].iter().any(|key| encoding.get(*key).is_some());
        let style = encoding["style"].as_str().unwrap_or("form");
        let explode = encoding["explode"].as_bool().unwrap_or(style == "form");
        match value {
            value if style == "deepObject" => deep(name, value, &mut pairs),
            Value::Array(items) if explode => pairs.extend(items.iter().map(|item| (name.clone(), plain(item)))),
            Value::Array(items) => {
                let mark = match style {
                    "spaceDelimited" => " ",
                    "pipeDelimited" => "|",
                    _ => ",",
                };
                pairs.push((name.clone(), items.iter().map(plain).collect::<Vec<_>>().join(mark)));
            }
            Value::Object(entries) if has_style && explode => {
                pairs.extend(entries.iter().map(|(key, value)| (key.clone(), plain(value))));
            }
            value => pairs.push((name.clone(), plain(value))),
        }
    }
    pairs
}

/// Name, whether it is a file, content type, content.
type Part = (String, bool, String, Vec<u8>);

fn parts(reader: &Reader, body: &Body, value: &Value) -> BTreeSet<Part> {
    let schema = reader.resolved(&body.schema);
    let mut parts = BTreeSet::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let property = At { file: schema.file.clone(), value: schema.value["properties"][name].clone() };
        let property = reader.resolved(&property);
        let items = reader.child(&property, "items");
        let is_file = [&property, &items].iter().any(|at| {
            let is_binary = at.value["format"] == json!("binary") || at.value.get("contentMediaType").is_some();
            at.value["type"] == json!("string") && is_binary
        });
        let own = body.encoding.get(name).and_then(|encoding| encoding["contentType"].as_str());
        let own = own.and_then(|types| types.split(',').next()).map(|first| first.trim().to_owned());
        let all = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        for item in all {
            let usual = match &item {
                Value::Object(_) | Value::Array(_) => "application/json",
                _ if is_file => "application/octet-stream",
                _ => "",
            };
            let media_type = own.clone().unwrap_or_else(|| usual.to_owned());
            parts.insert((name.clone(), is_file, media_type, plain(&item).into_bytes()));
        }
    }
    parts
}

fn sent_parts(body: &[u8], boundary: &str) -> BTreeSet<Part> {
    let text = String::from_utf8_lossy(body).into_owned();
    let mut parts = BTreeSet::new();
    for part in text.split(&format!("--{boundary}")).filter(|part| part.starts_with("\r\n")) {
        let (head, content) = part.trim_start_matches("\r\n").split_once("\r\n\r\n").unwrap_or_default();
        let content = content.strip_suffix("\r\n").unwrap_or(content);
        let of = |key: &str| head.split_once(key).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
        let media_type = head.split_once("Content-Type: ").map(|(_, rest)| rest.trim().to_owned()).unwrap_or_default();
        let is_file = head.contains("filename=\"");
        parts.insert((of(" name=\"").to_owned(), is_file, media_type, content.as_bytes().to_vec()));
    }
    parts
}
