//! Answers in short, where the caller asked for no part of them: of a changed object what is new, of a long list the names.

mod change;
mod identity;
mod list;

pub use self::change::MAX_WHOLE_TOKENS;
use openapi_tools::model::operation::Operation;
use serde_json::Value;

use crate::{
    answer::{Answer, Body},
    source::Source,
};

/// How answers to changes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeAnswers {
    /// Long ones without what the caller knows or can read.
    Short,
    /// As they came.
    Full,
}

/// What may be left out of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Briefness {
    /// How answers to changes are shown.
    pub changes: ChangeAnswers,
    /// The objects of a list that are shown whole.
    pub max_whole_objects: usize,
}

/// The answer to a call without a filter, in short where it is long. `sent` is the body of the request.
pub fn brief(answer: Answer, operation: &Operation, source: &Source, sent: Option<&Value>, how: Briefness) -> Answer {
    let Some(json) = answer.json().filter(|_| answer.is_success() && !answer.is_error) else { return answer };
    let brief = if operation.effect.read_only {
        operation.download.is_none().then(|| list::brief(json, operation, source, how.max_whole_objects)).flatten()
    } else {
        sent.filter(|_| how.changes == ChangeAnswers::Short)
            .and_then(|sent| change::brief(json, operation, source, sent))
    };
    match brief {
        Some((json, note)) => {
            Answer { headline: format!("{}; {note}", answer.headline), body: Body::Json(json), ..answer }
        }
        None => answer,
    }
}
