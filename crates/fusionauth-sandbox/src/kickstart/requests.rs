//! The requests of a Kickstart file.

use serde_json::{Map, Value};

use super::{
    error::{KickstartError, Problem},
    expansion::Expansion,
    place::Place,
    properties::{check_keys, kind, optional_text},
    text::json_include,
    uuid::check_uuid,
};
use crate::{exchange::Method, step::Step};

/// The keys that a request may have.
const REQUEST_KEYS: &[&str] = &["body", "contentType", "method", "tenantId", "url"];

/// Reads the list of requests, which may be absent.
pub fn read(
    requests: Option<Value>,
    expansion: &mut Expansion<'_>,
    place: &Place,
) -> Result<Vec<Step>, KickstartError> {
    let requests = match requests {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(requests)) => requests,
        Some(other) => return Err(Problem::WrongType { expected: "an array", found: kind(&other) }.at(place)),
    };
    let steps = requests.into_iter().enumerate().map(|(index, request)| {
        let place = place.item(index);
        let included_file = request.as_str().and_then(json_include).map(str::to_owned);
        let request = expansion.item(request, &place)?;
        step(request, &place).map_err(|error| error.in_file(included_file.as_deref()))
    });
    steps.collect()
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
