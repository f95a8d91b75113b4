//! What travels in the bodies of requests and responses, and what statuses mean.

use serde_json::{Map, Value};

use super::{
    context::Context,
    leak::{optional_text, text},
    parameters::style,
    prose, schemas,
};
use crate::model::{
    operation::{Body, FieldEncoding, Location, Method},
    schema::Schema,
};

/// The media type that an API's rules may replace in a PATCH, and that is sent where the document allows any.
const JSON: &str = "application/json";

/// A merge patch (RFC 7396).
const MERGE_PATCH: &str = "application/merge-patch+json";

/// The longest meaning of a status in a foreign document, in characters.
const MAX_MEANING: usize = 160;

/// The request body.
pub(super) fn request<'a>(context: &mut Context<'a>, place: &str, method: Method, source: &'a Value) -> Option<Body> {
    let source = context.resolved(place, source)?;
    let contents = source.get("content").and_then(Value::as_object);
    let best = contents.into_iter().flatten().min_by_key(|(media_type, _)| rank(media_type));
    let Some((media_type, content)) = best else {
        // Nothing says what it may be, so there is none.
        context.note(format!("{place}.content"), "no media types: expected one");
        return None;
    };
    if !context.is_foreign() && contents.is_some_and(|contents| contents.len() > 1) {
        let count = contents.map_or(0, Map::len);
        context.fault(format!("{place}.content"), format!("{count} media types: expected one"));
    }
    let place = format!("{place}.content.{media_type}.schema");
    let schema = match content.get("schema") {
        Some(schema) => schemas::lower(context, &place, schema),
        None => {
            context.note(place, "missing");
            Schema::any()
        }
    };
    let sent_as = match context.rules.patch_media_type {
        Some(patch) if method == Method::Patch && media_type == JSON => patch,
        _ if essence(media_type) == "*/*" => JSON,
        _ => media_type,
    };
    let fields = content.get("encoding").and_then(Value::as_object).into_iter().flatten();
    let fields: Vec<_> = fields
        .filter_map(|(name, encoding)| {
            let encoding = encoding.as_object()?;
            let has_style = ["style", "explode", "allowReserved"].iter().any(|key| encoding.contains_key(*key));
            Some(FieldEncoding {
                name: text(name),
                style: has_style.then(|| style(encoding, Location::Query)),
                media_type: optional_text(encoding.get("contentType").and_then(Value::as_str)),
            })
        })
        .collect();
    let required = source.get("required") == Some(&Value::Bool(true));
    Some(Body { media_type: text(sent_as), required, schema, fields: fields.leak() })
}

/// The type and subtype of a media type, in lower case.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// The place of a media type among those that a body may have: the lowest is used.
fn rank(media_type: &str) -> u8 {
    match essence(media_type).as_str() {
        JSON => 0,
        MERGE_PATCH => 1,
        "*/*" => 2,
        // A list of operations on a document is no object of it.
        "application/json-patch+json" => 4,
        other if other.ends_with("+json") || other == "text/json" => 3,
        "application/x-www-form-urlencoded" => 5,
        other if other.starts_with("multipart/") => 6,
        other if other.ends_with("xml") => 9,
        other if other.starts_with("text/") => 7,
        _ => 8,
    }
}

/// Whether a body of that media type is JSON.
fn is_json(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence == JSON || essence.ends_with("+json") || essence == "*/*"
}

/// The schema of the JSON that a success brings: of the lowest status with content, or of all successes, or of whatever has
/// no status of its own.
pub(super) fn answer<'a>(context: &mut Context<'a>, place: &str, responses: &'a Map<String, Value>) -> Option<Schema> {
    let mut successes: Vec<_> = responses.keys().filter(|status| status.starts_with('2')).collect();
    // A range stands behind: `2XX` is greater than `200`.
    successes.sort_unstable();
    let statuses =
        if successes.is_empty() { responses.keys().filter(|key| *key == "default").collect() } else { successes };
    statuses.into_iter().find_map(|status| response(context, place, status, responses.get(status)?))
}

/// The schema of the JSON that a failure brings.
pub(super) fn failure<'a>(context: &mut Context<'a>, place: &str, responses: &'a Map<String, Value>) -> Option<Schema> {
    let has_success = responses.keys().any(|status| status.starts_with('2'));
    let default = responses.get("default").filter(|_| has_success);
    let default = default.and_then(|source| response(context, place, "default", source));
    default.or_else(|| {
        let mut failures = responses.iter().filter(|(status, _)| status.starts_with(['4', '5']));
        failures.find_map(|(status, source)| response(context, place, status, source))
    })
}

fn response<'a>(context: &mut Context<'a>, place: &str, status: &str, source: &'a Value) -> Option<Schema> {
    let place = format!("{place}.responses.{status}");
    let source = quietly_resolved(context, source)?;
    let (media_type, content) = source.get("content")?.as_object()?.iter().find(|(name, _)| is_json(name))?;
    let schema = content.get("schema")?;
    Some(schemas::lower(context, &format!("{place}.content.{media_type}.schema"), schema))
}

/// The response that stands there or that a reference there leads to. One that leads nowhere describes nothing.
fn quietly_resolved<'a>(context: &Context<'a>, source: &'a Value) -> Option<&'a Map<String, Value>> {
    let mut value = source;
    for _ in 0..8 {
        let object = value.as_object()?;
        let Some(reference) = object.get("$ref").and_then(Value::as_str) else { return Some(object) };
        value = context.target(reference)?;
    }
    None
}

/// The statuses that the document gives a meaning. Of a foreign one those of failures: a success speaks for itself.
pub(super) fn statuses<'a>(context: &Context<'a>, responses: &'a Map<String, Value>) -> Vec<(u16, &'static str)> {
    let described = responses.iter().filter_map(|(status, source)| {
        let code: u16 = status.parse().ok()?;
        let description = quietly_resolved(context, source)?.get("description")?.as_str()?;
        if !context.is_foreign() {
            return Some((code, optional_text(Some(description))?));
        }
        let description = prose::shortened(description, MAX_MEANING);
        Some((code, optional_text(Some(&description)).filter(|_| code >= 400)?))
    });
    described.collect()
}
