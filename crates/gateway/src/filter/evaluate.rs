//! Evaluating a filter in this process.

use std::sync::atomic::AtomicBool;

use jq::{
    evaluation::{Bounds, Fault},
    syntax::term::Span,
};
use serde::{Deserialize, Serialize};

use super::error::{Error, MAX_FILTER_BYTES, MAX_OUTPUT_BYTES};
use crate::text::shorten::shortened;

/// What a filter made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Results {
    /// JSON values, one a line.
    pub text: String,
    /// The lookups of a fixed key, and the comparisons with a fixed text, that were tried and found nothing each time: from which
    /// byte of the filter to which.
    pub only_null: Vec<(u32, u32)>,
}

/// What a filter makes of JSON, however long it takes.
///
/// # Errors
/// What is wrong with the filter.
pub fn evaluate(filter: &str, json: &str) -> Result<Results, Error> {
    evaluate_watched(filter, json, &AtomicBool::new(false), || ())
}

/// The same, ended when `interrupt` is set. `watch` is called once the answer is read, and what it returns is dropped before
/// anything large is freed.
///
/// # Errors
/// What is wrong with the filter.
pub fn evaluate_watched<W>(
    filter: &str,
    json: &str,
    interrupt: &AtomicBool,
    watch: impl FnOnce() -> W + Send,
) -> Result<Results, Error> {
    if filter.len() > MAX_FILTER_BYTES {
        return Err(Error::TooLong(filter.len()));
    }
    let bounds = Bounds { interrupt, max_output: MAX_OUTPUT_BYTES };
    match jq::evaluation::evaluate(filter, json, &bounds, watch) {
        Ok(results) => Ok(Results { only_null: places(&results.only_null), text: results.text }),
        Err(fault) => Err(error(filter, fault)),
    }
}

/// Whether a text is a filter, with names that exist.
///
/// # Errors
/// What is wrong with it.
pub fn check(filter: &str) -> Result<(), Error> {
    match evaluate_watched(filter, "null", &AtomicBool::new(true), || ()) {
        Err(error @ (Error::TooLong(_) | Error::Syntax(_))) => Err(error),
        _ => Ok(()),
    }
}

fn places(spans: &[Span]) -> Vec<(u32, u32)> {
    spans.iter().map(|span| (span.start, span.end)).collect()
}

fn error(filter: &str, fault: Fault) -> Error {
    match fault {
        Fault::Syntax(error) => Error::Syntax(error.to_string()),
        Fault::Name(error) => {
            let before = filter.get(..error.span.start as usize).unwrap_or_default();
            let (position, piece) = (before.chars().count() + 1, error.span.of(filter));
            Error::Syntax(format!("{} (at character {position}: `{}`)", error.message, shortened(piece)))
        }
        Fault::NotJson(error) => Error::NotJson(error.to_string()),
        Fault::Failed { message, span, results } => Error::Failed {
            message: shortened(&message).into_owned(),
            piece: shortened(span.map_or("", |span| span.of(filter))).into_owned(),
            only_null: places(&results.only_null),
            results: results.text,
        },
        Fault::Interrupted { results } => Error::TimeOver { results: results.text },
        Fault::TooDeep { results } => Error::TooDeep { results: results.text },
        Fault::TooMuchOutput => Error::TooMuchOutput,
        Fault::NotRun(error) => Error::NotRun(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_one_a_line() {
        let json = r#"{"applications":[{"name":"a","n":1.50},{"name":"b","n":12345678901234567890}]}"#;
        let made = |filter: &str| evaluate(filter, json).unwrap().text;
        assert_eq!(made(".applications[] | {name}"), "{\"name\":\"a\"}\n{\"name\":\"b\"}");
        assert_eq!(made("[.applications[].n]"), "[1.50,12345678901234567890]");
        assert_eq!(made("empty"), "");
    }

    #[test]
    fn faults_say_where_and_keep_what_was_made() {
        let fault = |filter: &str| evaluate(filter, "{\"a\":[1]}").unwrap_err();
        assert_eq!(fault(".a[").to_string(), "expected a term at character 4, the end");
        let unknown = "unknown function `lenght`; did you mean `length`? (at character 6: `lenght`)";
        assert_eq!(fault(".a | lenght").to_string(), unknown);
        let failed = fault("1, .a.b");
        assert_eq!(failed.to_string(), "`.a.b`: Cannot index array with string \"b\"");
        assert_eq!(failed.into_results(), "1");
        assert_eq!(fault("repeat(\"x\" * 100000)"), Error::TooMuchOutput);
        assert_eq!(fault(&" ".repeat(10_001)), Error::TooLong(10_001));
        assert!(matches!(evaluate(".", "{"), Err(Error::NotJson(_))));
    }
}
