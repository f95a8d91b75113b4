//! Completion of the arguments of prompts and resource templates.

use gateway::{guide::Guide, session::Session, text::nearest::did_you_mean};
use rmcp::model::{ArgumentInfo, CompleteRequestParams, CompletionInfo, Reference};
use serde_json::Value;

use super::{
    prompts::{self, PromptError},
    resources::{self, ResourceError},
};

/// Values asked of the upstream: one more than are answered, so that it is seen that there are more.
const MAX_ASKED: usize = CompletionInfo::MAX_VALUES + 1;

/// Something that cannot be completed.
#[derive(Debug, thiserror::Error)]
pub enum CompletionError {
    /// No such prompt.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// No such template.
    #[error(transparent)]
    Resource(#[from] ResourceError),
    /// The prompt has no such argument.
    #[error("unknown argument `{name}`{hint}")]
    Argument {
        /// The name.
        name: String,
        /// The nearest right name.
        hint: String,
    },
    /// Neither a prompt nor a template.
    #[error("unknown reference; expected a prompt or a resource template")]
    Reference,
}

/// Values for what was typed so far.
///
/// # Errors
/// Nothing here can be completed.
pub async fn complete(session: &Session, request: &CompleteRequestParams) -> Result<CompletionInfo, CompletionError> {
    let ArgumentInfo { name, value, .. } = &request.argument;
    let (values, is_whole) = match &request.r#ref {
        Reference::Resource(reference) => (resources::names(session.toolset(), &reference.uri)?, true),
        Reference::Prompt(reference) => {
            let guide = prompts::guide(session.toolset(), &reference.name)?;
            (values(session, guide, name, value).await?, false)
        }
        _ => return Err(CompletionError::Reference),
    };
    Ok(completion(value, values, is_whole))
}

/// Values for an argument of a guide, as far as the offered tools may read them.
async fn values(session: &Session, guide: &Guide, argument: &str, typed: &str) -> Result<Vec<String>, CompletionError> {
    let found = guide.arguments.iter().find(|known| known.name == argument);
    let found = found.ok_or_else(|| CompletionError::Argument {
        name: argument.to_owned(),
        hint: did_you_mean(argument, guide.arguments.iter().map(|argument| argument.name)),
    })?;
    let Some(lookup) = found.lookup else {
        return Ok(found.values.iter().map(|value| (*value).to_owned()).collect());
    };
    // A search that is not offered, or that fails, completes nothing.
    let Ok(answer) = session.ask(lookup.operation, (lookup.arguments)(typed, MAX_ASKED)).await else {
        return Ok(Vec::new());
    };
    let body: Value = answer.json().and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let objects = body.get(lookup.list).and_then(Value::as_array).into_iter().flatten();
    let mut names: Vec<String> = objects
        .filter_map(|object| lookup.properties.iter().find_map(|key| object.get(*key)?.as_str()).map(str::to_owned))
        .collect();
    names.dedup();
    Ok(names)
}

/// The values that begin with what was typed, then those that have it elsewhere; as many as MCP allows. `is_whole` says
/// whether all values are there.
fn completion(typed: &str, values: Vec<String>, is_whole: bool) -> CompletionInfo {
    let typed = typed.to_lowercase();
    let mut found: Vec<_> = values.into_iter().filter(|value| value.to_lowercase().contains(&typed)).collect();
    found.sort_by_key(|value| !value.to_lowercase().starts_with(&typed));
    let mut completion = CompletionInfo::default();
    let has_more = found.len() > CompletionInfo::MAX_VALUES;
    completion.has_more = Some(has_more);
    // Where there are more than could be asked for, nobody knows how many.
    completion.total = u32::try_from(found.len()).ok().filter(|_| is_whole || !has_more);
    found.truncate(CompletionInfo::MAX_VALUES);
    completion.values = found;
    completion
}
