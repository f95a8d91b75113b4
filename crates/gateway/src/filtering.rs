//! What a jq filter makes of an answer, and what is said about it.

use openapi_tools::model::{operation::Operation, schema::Schema};

use crate::{
    answer::{Answer, Body},
    filter::{
        counts,
        error::Error,
        evaluate::Results,
        lookups::{self, Missing},
        pool::Filters,
    },
    off_thread,
    source::Source,
};

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
            if results.text.is_empty() {
                let json = json.to_owned();
                let counted = off_thread::run(json.len(), move || counts::described(&json)).await;
                notes.push(format!("jq made no result ({counted})"));
            }
            notes.extend(not_documented(filter, &results, source, operation.answer).await);
            let notes: String = notes.iter().flat_map(|note| ["; ", note]).collect();
            let headline = format!("{}{notes}", answer.headline);
            Answer { headline, body: Body::Filtered(results.text), ..answer }
        }
        Err(error) => failed(&answer, error, operation),
    }
}

/// What is said of a filter that failed; what it made before follows.
fn failed(answer: &Answer, error: Error, operation: &Operation) -> Answer {
    let done = if operation.effect.read_only { "" } else { "; the change is made" };
    let mut headline = format!("{}{done}, but the jq filter failed: {error}.", answer.headline);
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
async fn not_documented(filter: &str, results: &Results, source: &Source, schema: Option<Schema>) -> Option<String> {
    let schema = schema.filter(|_| !results.only_null.is_empty())?;
    let (text, document) = (filter.to_owned(), source.document);
    // Followed on a thread of its own, with a large stack.
    let missing = off_thread::run(usize::MAX, move || lookups::missing(&text, &schema, document)).await;
    let is_null = |missing: &&Missing| results.only_null.contains(&missing.span);
    let named: Vec<_> = missing.iter().filter(is_null).take(MAX_NAMED).map(described).collect();
    (!named.is_empty())
        .then(|| format!("always null, since the document has no such property there: {}", named.join(", ")))
}

fn described(missing: &Missing) -> String {
    let nearest = missing.nearest.as_ref().map(|nearest| format!(" (did you mean `{nearest}`?)"));
    format!("`{}`{}", missing.name, nearest.unwrap_or_default())
}
