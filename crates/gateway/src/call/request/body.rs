//! A request body in its media type.

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use openapi_tools::model::{
    document::Document,
    operation::{Body, FieldEncoding, Form, Style},
    schema::{Kind, Schema},
};
use serde_json::Value;

use crate::call::{
    arguments::lookup::{property, resolve},
    request::media_type::{FORM, essence, is_json},
};

/// What a text begins with that holds the bytes of a file.
const BASE64: &str = "base64:";

/// The media type and the bytes of a body.
pub fn encode(document: &Document, body: &Body, value: &Value) -> (Cow<'static, str>, Vec<u8>) {
    let media_type = Cow::Borrowed(body.media_type);
    match essence(body.media_type).as_str() {
        essence if is_json(essence) => (media_type, value.to_string().into_bytes()),
        FORM => (media_type, form(body.fields, value).into_bytes()),
        essence if essence.starts_with("multipart/") => {
            let parts = parts(document, body, value);
            let boundary = boundary(&parts);
            (Cow::Owned(format!("{essence}; boundary={boundary}")), multipart(&parts, &boundary))
        }
        _ => (media_type, bytes(value)),
    }
}

/// The bytes of a body or part that is not written by properties: a text as it is, the bytes of one that begins with
/// `base64:`, anything else as JSON.
fn bytes(value: &Value) -> Vec<u8> {
    let Some(text) = value.as_str() else { return value.to_string().into_bytes() };
    let decoded = text.strip_prefix(BASE64).and_then(|encoded| STANDARD.decode(encoded.trim()).ok());
    decoded.unwrap_or_else(|| text.as_bytes().to_vec())
}

/// The properties of an object as a form (HTML, "URL-encoded form data"). A list repeats its name and an object is JSON,
/// unless the document gives the property a style (OpenAPI 3.1, "Encoding Object"). What is null is left out.
fn form(fields: &[FieldEncoding], value: &Value) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in value.as_object().into_iter().flatten() {
        let style = fields.iter().find(|field| field.name == name).and_then(|field| field.style);
        let mut add = |name: &str, text: &str| {
            pairs.append_pair(name, text);
        };
        match style {
            Some(Style { form: Form::DeepObject, .. }) => deep(name, value, &mut add),
            Some(style) if !style.explode => {
                let separator = match style.form {
                    Form::SpaceDelimited => " ",
                    Form::TabDelimited => "\t",
                    Form::PipeDelimited => "|",
                    _ => ",",
                };
                let texts: Vec<_> = items(value).iter().filter_map(text).collect();
                if !texts.is_empty() {
                    add(name, &texts.join(separator));
                }
            }
            Some(Style { explode: true, .. }) if value.is_object() => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    text(value).into_iter().for_each(|text| add(key, &text));
                }
            }
            _ => items(value).iter().filter_map(text).for_each(|text| add(name, &text)),
        }
    }
    pairs.finish()
}

/// The pairs of a value under a path of keys in brackets: `a[b]`, of a list of scalars `a[]`, of a list of objects
/// `a[0][b]`.
fn deep(path: &str, value: &Value, add: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::Object(entries) => {
            entries.iter().for_each(|(key, value)| deep(&format!("{path}[{key}]"), value, add));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let is_scalar = !item.is_array() && !item.is_object();
                let path = if is_scalar { format!("{path}[]") } else { format!("{path}[{index}]") };
                deep(&path, item, add);
            }
        }
        scalar => text(scalar).into_iter().for_each(|text| add(path, &text)),
    }
}

/// The items of a list; another value is its only one.
fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice)
}

/// A value in a form. `None` for null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        value => Some(value.to_string()),
    }
}

/// One part of a multipart body.
#[derive(Debug, Hash)]
struct Part {
    name: String,
    /// The name of a file.
    file: Option<String>,
    media_type: Option<String>,
    bytes: Vec<u8>,
}

/// The parts of an object (OpenAPI 3.1, "Special Considerations for multipart Content"): a list is a part for each item,
/// text is plain, an object is JSON, and a property of binary data is a file.
fn parts(document: &Document, body: &Body, value: &Value) -> Vec<Part> {
    let properties = match resolve(document, &body.schema).kind {
        Kind::Object { properties } => properties,
        _ => &[],
    };
    let mut parts = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        let schema = property(properties, name).map(|property| &property.schema);
        let is_file = schema.is_some_and(|schema| is_binary(document, schema));
        let encoding = body.fields.iter().find(|field| field.name == name).and_then(|field| field.media_type);
        for item in items(value).iter().filter(|item| !item.is_null()) {
            let media_type = match (encoding, item) {
                // Several media types may be listed.
                (Some(media_type), _) => media_type.split(',').next().map(|first| first.trim().to_owned()),
                (None, Value::Object(_) | Value::Array(_)) => Some("application/json".to_owned()),
                (None, _) => is_file.then(|| "application/octet-stream".to_owned()),
            };
            let file = is_file.then(|| name.clone());
            parts.push(Part { name: name.clone(), file, media_type, bytes: bytes(item) });
        }
    }
    parts
}

/// Whether the schema, or its items, is a string of bytes.
fn is_binary(document: &Document, schema: &Schema) -> bool {
    match resolve(document, schema).kind {
        Kind::String { format: Some("binary"), .. } => true,
        Kind::Array { items, .. } => {
            matches!(resolve(document, items).kind, Kind::String { format: Some("binary"), .. })
        }
        _ => false,
    }
}

/// A line that stands in no part. It is always the same for the same parts, so that a call that is repeated is the same
/// request.
fn boundary(parts: &[Part]) -> String {
    let mut hasher = DefaultHasher::new();
    parts.hash(&mut hasher);
    loop {
        let boundary = format!("part-{:016x}", hasher.finish());
        let finder = memchr::memmem::Finder::new(&boundary);
        if parts.iter().all(|part| finder.find(&part.bytes).is_none()) {
            return boundary;
        }
        boundary.hash(&mut hasher);
    }
}

/// The parts as RFC 7578 has them.
fn multipart(parts: &[Part], boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&part.name));
        if let Some(file) = &part.file {
            head.push_str(&format!("; filename=\"{}\"", quoted(file)));
        }
        if let Some(media_type) = &part.media_type {
            head.push_str(&format!("\r\nContent-Type: {media_type}"));
        }
        head.push_str("\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(&part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

/// A name within quotes (HTML, "multipart form data": what would end the name is percent-encoded).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use openapi_tools::model::{operation::Location, schema::Property};
    use serde_json::json;

    use super::*;

    const EMPTY: Document = Document {
        title: "",
        version: "",
        servers: &[],
        operations: &[],
        schemas: &[],
        security_schemes: &[],
        secret_names: &[],
    };

    fn body(media_type: &'static str, schema: Schema, fields: &'static [FieldEncoding]) -> Body {
        Body { media_type, required: true, schema, fields }
    }

    fn text_of(body: &Body, value: &Value) -> (String, String) {
        let (media_type, bytes) = encode(&EMPTY, body, value);
        (media_type.into_owned(), String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn json_of_every_name_is_json_and_the_rest_is_as_it_is() {
        for media_type in
            ["application/json", "application/vnd.api+json", "application/merge-patch+json; charset=utf-8"]
        {
            let (sent_as, text) = text_of(&body(media_type, Schema::any(), &[]), &json!({ "a": "b" }));
            assert_eq!((sent_as.as_str(), text.as_str()), (media_type, r#"{"a":"b"}"#));
        }
        let plain = |value: Value| text_of(&body("text/plain", Schema::string(), &[]), &value).1;
        assert_eq!(plain(json!("a \"b\"")), "a \"b\"");
        assert_eq!(plain(json!(7)), "7");
        assert_eq!(plain(json!("base64:aMOp")), "hé");
        assert_eq!(plain(json!("base64:no!")), "base64:no!");
    }

    #[test]
    fn a_form_has_lists_objects_and_styles() {
        const DEEP: FieldEncoding = FieldEncoding {
            name: "deep",
            style: Some(Style { form: Form::DeepObject, explode: true, allows_reserved: false }),
            media_type: None,
        };
        const JOINED: FieldEncoding = FieldEncoding {
            name: "joined",
            style: Some(Style { form: Form::Form, explode: false, allows_reserved: false }),
            media_type: None,
        };
        const ENTRIES: FieldEncoding =
            FieldEncoding { name: "entries", style: Some(Style::of(Location::Query)), media_type: None };
        let value = json!({
            "deep": { "a": { "b": [1, 2], "c": [{ "d": true }] } }, "entries": { "k": "v" }, "joined": ["a", "b"],
            "list": ["a", 1], "none": null, "object": { "a": 1 }, "text": "x y&",
        });
        let (_, text) = text_of(&body(FORM, Schema::any(), &[DEEP, JOINED, ENTRIES]), &value);
        let pairs: Vec<_> = url::form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("deep[a][b][]", "1"),
                ("deep[a][b][]", "2"),
                ("deep[a][c][0][d]", "true"),
                ("k", "v"),
                ("joined", "a,b"),
                ("list", "a"),
                ("list", "1"),
                ("object", r#"{"a":1}"#),
                ("text", "x y&"),
            ]
        );
    }

    #[test]
    fn a_multipart_body_has_texts_files_and_json() {
        const SCHEMA: Schema = Schema::object(&[
            Property::new("file", Schema::string().format("binary")),
            Property::new("files", Schema::array(&Schema::string().format("binary"))),
        ]);
        const IMAGE: FieldEncoding =
            FieldEncoding { name: "image", style: None, media_type: Some("image/png, image/gif") };
        let value =
            json!({ "file": "base64:AAE=", "files": ["a", "b"], "image": "x", "meta": { "k": 1 }, "na\"me": "Ä" });
        let (media_type, bytes) = encode(&EMPTY, &body("multipart/form-data", SCHEMA, &[IMAGE]), &value);
        let boundary = media_type.strip_prefix("multipart/form-data; boundary=").unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let part = |head: &str, body: &str| {
            format!("--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
        };
        let expected = [
            part("name=\"file\"; filename=\"file\"\r\nContent-Type: application/octet-stream", "\0\u{1}"),
            part("name=\"files\"; filename=\"files\"\r\nContent-Type: application/octet-stream", "a"),
            part("name=\"files\"; filename=\"files\"\r\nContent-Type: application/octet-stream", "b"),
            part("name=\"image\"\r\nContent-Type: image/png", "x"),
            part("name=\"meta\"\r\nContent-Type: application/json", "{\"k\":1}"),
            part("name=\"na%22me\"", "Ä"),
            format!("--{boundary}--\r\n"),
        ];
        assert_eq!(text, expected.concat());
        assert_eq!(encode(&EMPTY, &body("multipart/form-data", SCHEMA, &[IMAGE]), &value).1, bytes, "always the same");
    }
}
