//! One call: arguments, request, upstream, answer.

pub mod answer;
pub mod arguments;
pub mod request;

use openapi_tools::{document::Document, operation::Operation};

use crate::upstream::Upstream;
use answer::Answer;
use arguments::JsonObject;

/// Calls the operation. Whatever goes wrong is an answer that says so.
pub async fn call(document: &Document, operation: &Operation, arguments: JsonObject, upstream: &Upstream) -> Answer {
    let arguments = match arguments::check(document, operation, arguments) {
        Ok(arguments) => arguments,
        Err(faults) => return Answer::refused(operation, &faults),
    };
    match upstream.send(request::build(operation, &arguments)).await {
        Ok(response) => Answer::received(operation, response),
        Err(failure) => Answer::failed(&failure),
    }
}
