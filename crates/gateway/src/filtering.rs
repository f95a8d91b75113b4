//! What a jq filter makes of an answer, and what is said about it.

use openapi_tools::model::{operation::Operation, schema::Schema};

use crate::{
    answer::{Answer, Body},
    filter::{
        counts,
        error::Error,
        lookups::{self, Missing},
        pool::Filters,
    },
    off_thread,
    source::Source,
};

/// What a failure begins with that comes from something that the answer does not have.
const OVER_NULL: &str = "Cannot iterate over null";

/// The most properties that are named as missing.
const MAX_NAMED: usize = 3;

/// What `filter` makes of an answer. A failure stays as it is, and so does what is not JSON.
pub async fn filtered(
    answer: Answer,
    filter: &str,
    filters: &Filters,
    source: &Source,
    operation: &Operation,
) -> Answer {
    // What has no status was not answered by the API, such as a dry run.
    if answer.is_error || answer.status.is_none() {
        return answer;
    }
    let Some(json) = answer.json() else {
        let headline = format!("{}; jq was not applied, since the body is not JSON", answer.headline);
        return Answer { headline, ..answer };
    };
    match filters.apply(filter, json).await {
        Ok(results) => {
            let mut notes = Vec::new();
            if let Some(nothing) = nothing(filter, &results.text) {
                let json = json.to_owned();
                let counted = off_thread::run(json.len(), move || counts::described(&json)).await;
                notes.push(format!("the jq filter {nothing} ({counted})"));
            }
            notes.extend(not_documented(filter, results.only_null, source, operation.answer).await);
            let notes: String = notes.iter().flat_map(|note| ["; ", note]).collect();
            let headline = format!("{}{notes}", answer.headline);
            Answer { headline, body: Body::Filtered(results.text), ..answer }
        }
        Err(error) => {
            let mut notes = Vec::new();
            if let Error::Failed { only_null, message, .. } = &error {
                if message.starts_with(OVER_NULL) {
                    let json = json.to_owned();
                    notes.push(off_thread::run(json.len(), move || counts::described(&json)).await);
                }
                notes.extend(not_documented(filter, only_null.clone(), source, operation.answer).await);
            }
            failed(&answer, error, &notes, operation)
        }
    }
}

/// What a filter made, where that is nothing: an empty list that stands so in the answer is something.
fn nothing(filter: &str, made: &str) -> Option<&'static str> {
    match made {
        "" => Some("has no results"),
        "[]" if !lookups::is_path(filter) => Some("made an empty list"),
        "{}" if !lookups::is_path(filter) => Some("made an empty object"),
        _ => None,
    }
}

/// What is said of a filter that failed; what it made before follows.
fn failed(answer: &Answer, error: Error, notes: &[String], operation: &Operation) -> Answer {
    let done = if operation.effect.read_only { "" } else { "; the change is made" };
    let notes: String = notes.iter().flat_map(|note| ["; ", note]).collect();
    let mut headline = format!("{}{done}, but the jq filter failed: {error}{notes}.", answer.headline);
    let results = error.into_results();
    let body = if results.is_empty() {
        Body::Empty
    } else {
        headline.push_str(" What it made before:");
        Body::Filtered(results)
    };
    Answer { status: answer.status, headline, body, structured: None, is_error: true }
}

/// That a filter looks up what the document does not have, where it found only null.
async fn not_documented(
    filter: &str,
    only_null: Vec<(u32, u32)>,
    source: &Source,
    schema: Option<Schema>,
) -> Option<String> {
    let schema = schema.filter(|_| !only_null.is_empty())?;
    let (text, document) = (filter.to_owned(), source.document);
    // Followed on a thread of its own, with a large stack.
    let missing = off_thread::run(usize::MAX, move || lookups::missing(&text, &schema, document)).await;
    let is_null = |missing: &&Missing| only_null.contains(&missing.span);
    let (open, closed): (Vec<_>, Vec<_>) = missing.iter().filter(is_null).partition(|missing| missing.is_open);
    let named =
        |list: &[&Missing]| list.iter().take(MAX_NAMED).map(|one| described(one)).collect::<Vec<_>>().join(", ");
    let closed = (!closed.is_empty())
        .then(|| format!("always null, since the document has no such property there: {}", named(&closed)));
    let open = (!open.is_empty()).then(|| format!("found nowhere in the answer: {}", named(&open)));
    let notes: Vec<_> = closed.into_iter().chain(open).collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn described(missing: &Missing) -> String {
    let nearest = missing.nearest.as_ref().map(|nearest| format!(" (did you mean `{nearest}`?)"));
    format!("`{}`{}", missing.name, nearest.unwrap_or_default())
}
