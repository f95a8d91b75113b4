//! One call: arguments, request, upstream, answer.

pub mod answer;
pub mod arguments;
pub mod cut;
pub mod request;

use openapi_tools::{document::Document, operation::Operation};

use crate::{secrets::Secrets, upstream::Upstream};
use answer::Answer;
use arguments::JsonObject;

/// What a call needs besides the operation and its arguments.
pub struct Caller {
    /// The document that the operations come from.
    pub document: &'static Document,
    /// Where requests go.
    pub upstream: Upstream,
    /// What answers must not show.
    pub secrets: Secrets,
}

impl Caller {
    /// Calls the operation. Whatever goes wrong is an answer that says so.
    pub async fn call(&self, operation: &Operation, arguments: JsonObject) -> Answer {
        let arguments = match arguments::check(self.document, operation, arguments) {
            Ok(arguments) => arguments,
            Err(faults) => return Answer::refused(operation, &faults),
        };
        let answer = match self.upstream.send(request::build(operation, &arguments)).await {
            Ok(response) => Answer::received(operation, response, &self.secrets),
            Err(failure) => return Answer::failed(&failure),
        };
        match arguments.filter {
            Some(filter) => answer.filtered(&filter).await,
            None => answer,
        }
    }
}
