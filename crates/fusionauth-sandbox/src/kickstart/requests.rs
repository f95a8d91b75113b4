//! The requests of a Kickstart file.

use serde_json::{Map, Value};

use super::{
    error::{KickstartError, Problem},
    expansion::Item,
    place::Place,
    properties::{check_keys, kind, optional_text},
    uuid::check_uuid,
};
use crate::{exchange::Method, step::Step};

/// The keys that a request may have.
const REQUEST_KEYS: &[&str] = &["body", "contentType", "method", "tenantId", "url"];

/// The list of requests, which may be absent.
pub fn list(requests: Option<Value>, place: &Place) -> Result<Vec<Value>, KickstartError> {
    match requests {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(requests)) => Ok(requests),
        Some(other) => Err(Problem::WrongType { expected: "an array", found: kind(&other) }.at(place)),
    }
}

/// The expanded requests as steps.
pub fn read(requests: Vec<Item>) -> Result<Vec<Step>, KickstartError> {
    requests.into_iter().map(|request| request.check(step)).collect()
}

fn step(request: Value, place: &Place) -> Result<Step, KickstartError> {
    let Value::Object(mut request) = request else {
        let expected = "a request, an object or the string \"&{file}\"";
        return Err(Problem::WrongType { expected, found: kind(&request) }.at(place));
    };
    check_keys(&request, REQUEST_KEYS, place)?;

    let method = match required_text(&request, "method", place)?.as_str() {
        "PATCH" => Method::Patch,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        other => return Err(Problem::UnknownMethod(other.to_owned()).at(&place.property("method"))),
    };
    let url = required_text(&request, "url", place)?;
    let path = url.split_once('?').map_or(url.as_str(), |(path, _)| path);
    if path.is_empty() || path.contains("://") || path.starts_with("//") {
        return Err(Problem::NotRelativeUrl(url).at(&place.property("url")));
    }
    let target = if url.starts_with('/') { url } else { format!("/{url}") };
    let tenant_id = optional_text(&request, "tenantId", place)?;
    if let Some(id) = &tenant_id {
        check_uuid(id, &place.property("tenantId"))?;
    }
    let content_type = optional_text(&request, "contentType", place)?;
    let body = match request.remove("body") {
        None => Value::Null,
        // The body of a JSON Patch is an array.
        Some(body @ (Value::Null | Value::Array(_) | Value::Object(_))) => body,
        Some(other) => {
            let expected = "an object or the string \"&{file}\"";
            return Err(Problem::WrongType { expected, found: kind(&other) }.at(&place.property("body")));
        }
    };
    Ok(Step { method, target, tenant_id, content_type, body })
}

fn required_text(request: &Map<String, Value>, key: &'static str, place: &Place) -> Result<String, KickstartError> {
    optional_text(request, key, place)?.ok_or_else(|| Problem::RequestWithout(key).at(&place.property(key)))
}
