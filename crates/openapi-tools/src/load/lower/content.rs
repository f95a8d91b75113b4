//! What travels in the bodies of requests and responses, and what statuses mean.

use openapiv3::{ReferenceOr, RequestBody, Response, Responses, StatusCode};

use super::{context::Context, leak::text, schemas};
use crate::model::{
    operation::{Body, Method},
    schema::Schema,
};

/// The media type that an API's rules may replace in a PATCH.
const JSON: &str = "application/json";

/// The request body.
pub(super) fn request(
    context: &mut Context<'_>,
    place: &str,
    method: Method,
    source: &ReferenceOr<RequestBody>,
) -> Option<Body> {
    let ReferenceOr::Item(source) = source else {
        context.fault(place, "a request body by reference is not supported");
        return None;
    };
    let mut contents = source.content.iter();
    let (Some((media_type, content)), None) = (contents.next(), contents.next()) else {
        context.fault(format!("{place}.content"), format!("{} media types: expected one", source.content.len()));
        return None;
    };
    let place = format!("{place}.content.{media_type}.schema");
    let Some(schema) = &content.schema else {
        context.fault(place, "missing");
        return None;
    };
    let media_type = match context.rules.patch_media_type {
        Some(patch) if method == Method::Patch && media_type == JSON => patch,
        _ => media_type,
    };
    Some(Body {
        media_type: text(media_type),
        required: source.required,
        schema: schemas::lower(context, &place, schema),
    })
}

/// The schema of the JSON that a success brings.
pub(super) fn answer(context: &mut Context<'_>, place: &str, responses: &Responses) -> Option<Schema> {
    response(context, &format!("{place}.responses.200"), responses.responses.get(&StatusCode::Code(200)))
}

/// The schema of the JSON that a failure brings.
pub(super) fn failure(context: &mut Context<'_>, place: &str, responses: &Responses) -> Option<Schema> {
    response(context, &format!("{place}.responses.default"), responses.default.as_ref())
}

fn response(context: &mut Context<'_>, place: &str, response: Option<&ReferenceOr<Response>>) -> Option<Schema> {
    let content = response?.as_item()?.content.get(JSON)?;
    Some(schemas::lower(context, &format!("{place}.content.{JSON}.schema"), content.schema.as_ref()?))
}

/// The statuses that the document gives a meaning.
pub(super) fn statuses(responses: &Responses) -> Vec<(u16, &'static str)> {
    let described = responses.responses.iter().filter_map(|(status, response)| match (status, response) {
        (StatusCode::Code(code), ReferenceOr::Item(response)) if !response.description.is_empty() => {
            Some((*code, text(&response.description)))
        }
        _ => None,
    });
    described.collect()
}
