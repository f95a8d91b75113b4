//! What lasts as long as an answer.

use axum::{body::Body, response::Response};
use http_body_util::BodyExt;

/// The same answer, which drops `thing` after its last byte, or when nobody reads it any more.
pub fn holding(response: Response, thing: impl Send + 'static) -> Response {
    response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _ = &thing;
            frame
        }))
    })
}
