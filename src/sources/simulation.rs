//! A source that answers from its document: values made from the schemas of its answers.

use futures_util::future::BoxFuture;
use gateway::{
    authorization::Authorization,
    transport::{Deadline, Failure, Request, Response, Transport},
};
use openapi_tools::model::{
    document::Document,
    operation::{Operation, Segment},
    schema::{Kind, Schema},
};
use serde_json::{Map, Value, json};

/// Objects within objects that are made. What is deeper is left out.
const MAX_DEPTH: usize = 6;

/// What stands for the base URL of a simulated API.
pub const ADDRESS: &str = "a simulation made from the document";

/// A transport that answers every request of one of the document's operations.
pub struct Simulation(pub &'static Document);

impl Simulation {
    fn answer(&self, request: &Request) -> Response {
        let operation = self.operation(request);
        let schema = operation.and_then(|operation| operation.answer);
        let body = schema.map(|schema| value(self.0, &schema, MAX_DEPTH).to_string().into_bytes());
        Response {
            status: match (&operation, &body) {
                (None, _) => 404,
                (Some(_), Some(_)) => 200,
                (Some(_), None) => 204,
            },
            content_type: body.as_ref().map(|_| "application/json".to_owned()),
            location: None,
            retry_after: None,
            body: body.unwrap_or_default(),
            tries: 1,
        }
    }

    /// The operation that the request is of: of those that fit its path, the one with the fewest parameters in it.
    fn operation(&self, request: &Request) -> Option<&'static Operation> {
        let path = request.target.split('?').next().unwrap_or_default();
        let of_method = self.0.operations.iter().copied().filter(|operation| operation.method == request.method);
        let fitting = of_method.filter(|operation| fits(operation.path, path.strip_prefix('/').unwrap_or(path)));
        fitting.min_by_key(|operation| operation.path.iter().flat_map(Segment::parameters).count())
    }
}

/// Whether a path is one of the template. A parameter may hold slashes.
fn fits(template: &[Segment], path: &str) -> bool {
    let Some((first, rest)) = template.split_first() else { return path.is_empty() };
    let mut ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
    ends.push(path.len());
    let takes_one = !matches!(first, Segment::Parameter(_) | Segment::Mixed(_));
    ends.into_iter().take(if takes_one { 1 } else { usize::MAX }).any(|end| {
        let part = path.get(..end).unwrap_or_default();
        let after = path.get(end..).unwrap_or_default();
        let is_last = rest.is_empty() && after.is_empty();
        segment_fits(first, part)
            && (is_last || after.strip_prefix('/').is_some_and(|after| !rest.is_empty() && fits(rest, after)))
    })
}

fn segment_fits(segment: &Segment, part: &str) -> bool {
    match segment {
        Segment::Literal(text) => part == *text,
        Segment::Parameter(_) => !part.is_empty(),
        Segment::Mixed(pieces) => {
            let mut rest = part;
            pieces.iter().all(|piece| match piece {
                Segment::Literal(text) => match rest.find(text) {
                    Some(at) => {
                        rest = rest.get(at + text.len()..).unwrap_or_default();
                        true
                    }
                    None => false,
                },
                Segment::Parameter(_) | Segment::Mixed(_) => true,
            })
        }
    }
}

impl Transport for Simulation {
    fn send(&self, request: Request, _: Authorization, _: Deadline) -> BoxFuture<'_, Result<Response, Failure>> {
        Box::pin(std::future::ready(Ok(self.answer(&request))))
    }
}

/// A value of the schema.
fn value(document: &Document, schema: &Schema, depth: usize) -> Value {
    match schema.kind {
        Kind::Any => Value::Null,
        Kind::Boolean => json!(true),
        Kind::Integer { .. } | Kind::Number => json!(1),
        Kind::String { values: Some([first, ..]), .. } => json!(first),
        Kind::String { format, .. } => json!(match format {
            Some("uuid") => "00000000-0000-0000-0000-000000000001",
            Some("date") => "2026-01-01",
            Some("date-time") => "2026-01-01T00:00:00Z",
            Some("uri" | "url") => "https://example.com/",
            Some("email") => "someone@example.com",
            _ => "text",
        }),
        Kind::Array { .. } | Kind::Map { .. } | Kind::Object { .. } | Kind::OneOf { .. } if depth == 0 => Value::Null,
        Kind::Array { items, .. } => json!([value(document, items, depth - 1)]),
        Kind::Map { values } => json!({ "key": value(document, values, depth - 1) }),
        Kind::Object { properties } => {
            let entries = properties
                .iter()
                .map(|property| (property.name.to_owned(), value(document, &property.schema, depth - 1)));
            // What is not there says less than null.
            Value::Object(entries.filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>())
        }
        Kind::OneOf { discriminator, variants: [first, ..] } => {
            let mut made = value(document, &Schema::reference(first.reference), depth);
            if let Some(object) = made.as_object_mut() {
                object.insert(discriminator.to_owned(), json!(first.value));
            }
            made
        }
        Kind::OneOf { .. } => json!({}),
        Kind::Enum { values } => values.first().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default(),
        Kind::Union { branches } => branches.first().map_or(Value::Null, |first| value(document, first, depth)),
        Kind::Reference(_) if depth == 0 => Value::Null,
        Kind::Reference(name) => document.schema(name).map_or(Value::Null, |schema| value(document, schema, depth - 1)),
    }
}
