//! Why a call failed, in words for a model, with the setting that mends it.

use std::fmt::Write;

use openapi_tools::model::operation::Operation;

use super::arguments::ArgumentFault;
use crate::{answer::Answer, composite::ExchangeError, source::Source, transport::Failure};

/// The answer to a call that got no response.
pub fn failed(operation: &Operation, source: &Source, error: &ExchangeError) -> Answer {
    Answer::failure(match error {
        ExchangeError::Forbidden(_) => format!("Not sent: {error}."),
        ExchangeError::Arguments(faults) => refused(operation, faults),
        ExchangeError::Transport(failure) => explain(source, failure),
    })
}

fn refused(operation: &Operation, faults: &[ArgumentFault]) -> String {
    let count = if faults.len() == 1 { "1 argument" } else { &format!("{} arguments", faults.len()) };
    let mut text = format!("Not sent: {count} of {} cannot be right.", operation.name);
    for fault in faults {
        // Writing to a String does not fail.
        let _ = write!(text, "\n- {fault}");
    }
    text
}

/// What happened and what to do about it.
pub fn explain(source: &Source, failure: &Failure) -> String {
    let (api, settings) = (source.dialect.api_name, &source.settings);
    match failure {
        Failure::MissingCredential { what, setting } => {
            format!("Not sent: this tool needs {what}. Set {setting} where the server is started.")
        }
        Failure::Unreachable { base_url, cause } => format!(
            "No connection to {base_url}: {cause}. Is {api} running there? {} says where it is.",
            settings.base_url
        ),
        Failure::TimedOut { limit } => format!(
            "No answer within {}, so the request was given up; whether it was carried out is not known. {} sets the time.",
            humantime::format_duration(*limit),
            settings.request_timeout
        ),
        Failure::Interrupted { cause } => format!(
            "The connection broke before the answer was whole ({cause}); whether the request was carried out is not \
             known."
        ),
        Failure::TooLarge { status, limit } => format!(
            "{status}, but the answer is larger than {limit} bytes and was not read. Ask for less (`numberOfResults`, a \
             narrower search), or raise {}.",
            settings.max_response_bytes
        ),
    }
}
