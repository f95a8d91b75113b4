//! Checks of sources that have nothing but a document.

use gateway::{
    answer::Answer, call::arguments::JsonObject, composite::no_progress, confirmation::NobodyToAsk, session::Session,
    tool::Tool,
};
use openapi_tools::model::operation::Method;

use crate::{
    cli::start::Broken,
    fusionauth::doctor::finding::{
        Finding,
        Outcome::{Attention, Good, Note, Skipped},
    },
    sources::open::OpenSource,
};

/// Checks a source, by reading only. `asking` is a session with its tools that change nothing.
pub async fn examine(asking: &Session, open: &OpenSource) -> Vec<Finding> {
    vec![document(open), credentials(open), address(asking, open).await]
}

/// A source that cannot be used.
pub fn broken(broken: &Broken) -> Finding {
    Finding::new(format!("{}: document", broken.name), Attention, broken.error.to_string())
}

fn document(open: &OpenSource) -> Finding {
    let name = format!("{}: document", open.name);
    let (place, count) = (&open.report.document, open.source.document.operations.len());
    match open.report.left_out {
        0 => Finding::new(name, Good, format!("{place}, {count} operations")),
        left_out => Finding::new(name, Note, format!("{place}, {count} operations; {left_out} are left out"))
            .with_remedy("`sources` says why."),
    }
}

fn credentials(open: &OpenSource) -> Finding {
    let name = format!("{}: credentials", open.name);
    let settings = |is_set: bool| -> Vec<&str> {
        open.report.credentials.iter().filter(|one| one.is_set == is_set).map(|one| one.setting).collect()
    };
    let (set, missing, refused) = (settings(true), settings(false), open.report.refused);
    if refused > 0 && !missing.is_empty() {
        let detail = format!("{refused} of {} tools are refused without more", open.source.document.operations.len());
        return Finding::new(name, Attention, detail).with_remedy(format!("Set {}.", missing.join(" or ")));
    }
    let detail = if set.is_empty() { "none needed".to_owned() } else { format!("{} set", set.join(", ")) };
    Finding::new(name, Good, detail)
}

/// Whether the API answers, asked with the simplest of its operations.
async fn address(asking: &Session, open: &OpenSource) -> Finding {
    let name = format!("{}: address", open.name);
    let place = &open.address;
    let Some(tool) = simplest(asking) else {
        return Finding::new(name, Skipped, format!("{place}, not asked: every operation needs arguments"));
    };
    let operation = tool.operation;
    let asked = format!("{} {}", operation.method.as_str(), operation.path_template());
    let answer = asking.call(tool.name(), JsonObject::new(), &no_progress, &NobodyToAsk).await;
    let answer = answer.unwrap_or_else(|unknown| Answer::failure(unknown.to_string()));
    let finding = |outcome| Finding::new(name.clone(), outcome, format!("{place}; {asked}: {}", answer.headline));
    match answer.status {
        Some(200..=299) => finding(Good),
        Some(401 | 403) => finding(Attention).with_remedy("Compare the credentials with those of the API."),
        Some(404 | 405) => finding(Attention).with_remedy(format!(
            "{} takes another address, with the path before those of the document.",
            open.source.settings.base_url
        )),
        Some(400..=499) => finding(Note),
        // Where a credential is missing, nothing is sent, and that is said already.
        None if open.report.refused > 0 && !operation.allows_anonymous() => finding(Skipped),
        Some(_) | None => finding(Attention),
    }
}

/// A GET without arguments, as short as can be.
fn simplest(asking: &Session) -> Option<&Tool> {
    let tools = asking.toolset().tools().iter().filter(|tool| {
        let operation = tool.operation;
        operation.method == Method::Get && operation.parameters.iter().all(|parameter| !parameter.required)
    });
    tools.min_by_key(|tool| tool.operation.path_template().len())
}
