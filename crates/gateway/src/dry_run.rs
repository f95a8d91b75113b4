//! The request that a call would send, instead of sending it.

use openapi_tools::model::{document::Document, operation::Operation};
use serde_json::{Map, Value};

use crate::{
    answer::{Answer, Body},
    call::{
        arguments::Arguments,
        request::{self, Tenant},
    },
    redact::{NameRule, Redactor},
    transport::Request,
};

/// What stands in place of a secret in a path, a query or a header.
const HIDDEN: &str = "REDACTED";

/// The answer that shows the request for these arguments: method, path with query, headers without credentials, body.
/// Secrets are replaced.
pub fn answer(
    document: &'static Document,
    operation: &'static Operation,
    arguments: &Arguments,
    tenant: Option<Tenant<'_>>,
    redactor: &Redactor,
) -> Answer {
    let Request { method, target, headers, body, .. } = redacted(document, operation, arguments, tenant, redactor);
    let mut shown: Map<String, Value> =
        headers.into_iter().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    let mut request = Map::new();
    request.insert("method".to_owned(), Value::from(method.as_str()));
    request.insert("path".to_owned(), Value::from(target));
    if let Some((media_type, bytes)) = body {
        shown.insert("Content-Type".to_owned(), Value::from(media_type));
        let text = String::from_utf8_lossy(&bytes).into_owned();
        request.insert("body".to_owned(), serde_json::from_str(&text).unwrap_or(Value::from(text)));
    }
    request.insert("headers".to_owned(), Value::Object(shown));
    Answer {
        status: None,
        headline: "Dry run: nothing was sent. This is the request, without credentials:".to_owned(),
        // The body was parsed, which undoes the escapes of characters that a reader does not see.
        body: Body::Json(redactor.shown(Value::Object(request).to_string()).into_owned()),
        structured: None,
        is_error: false,
    }
}

/// The request with its secrets replaced, and its body as it is to be shown.
pub fn redacted(
    document: &'static Document,
    operation: &'static Operation,
    arguments: &Arguments,
    tenant: Option<Tenant<'_>>,
    redactor: &Redactor,
) -> Request {
    let mut arguments = arguments.clone();
    for (parameter, values) in &mut arguments.parameters {
        for value in values.iter_mut() {
            if redactor.is_secret_parameter(parameter) {
                HIDDEN.clone_into(value);
            } else {
                *value = redactor.redact_text(value).into_owned();
            }
        }
    }
    arguments.body = arguments.body.map(|body| {
        let schema = operation.body.as_ref().map(|body| &body.schema);
        let redacted = redactor.redact_json(schema, NameRule::Always, &body.to_string());
        redacted.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    });
    let mut request = request::build(document, operation, &arguments, tenant);
    if let Some((_, bytes)) = &mut request.body {
        let text = String::from_utf8_lossy(bytes);
        *bytes = redactor.shown(text).into_owned().into();
    }
    request
}
