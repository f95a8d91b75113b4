//! Completion of the arguments of prompts and resource templates.

use gateway::{
    guide::Guide,
    session::Session,
    text::{nearest::did_you_mean, shorten::shortened},
};
use rmcp::model::{ArgumentInfo, CompleteRequestParams, CompletionInfo, Reference};
use serde_json::Value;

use super::{
    prompts::{self, PromptError},
    resources::{self, ResourceError},
};

/// Values asked of the upstream: one more than are answered, so that it is seen that there are more.
const MAX_ASKED: usize = CompletionInfo::MAX_VALUES + 1;

/// The longest value that is typed, and the longest that is proposed, in bytes. A longer one is no name.
const MAX_VALUE_BYTES: usize = 1_000;

/// The longest completion, in bytes of its values.
const MAX_COMPLETION_BYTES: usize = 32_000;

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
    /// More is typed than any value has.
    #[error("{name}: {length} bytes are typed; expected at most {MAX_VALUE_BYTES}")]
    Long {
        /// The name of the argument.
        name: String,
        /// The length of what is typed, in bytes.
        length: usize,
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
    if value.len() > MAX_VALUE_BYTES {
        return Err(CompletionError::Long { name: shortened(name).into_owned(), length: value.len() });
    }
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
        name: shortened(argument).into_owned(),
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

/// The values that begin with what was typed, then those that have it elsewhere; as many as MCP allows, and no more than
/// [`MAX_COMPLETION_BYTES`]. `is_whole` says whether all values are there.
fn completion(typed: &str, values: Vec<String>, is_whole: bool) -> CompletionInfo {
    let typed = typed.to_lowercase();
    let fits = |value: &String| value.len() <= MAX_VALUE_BYTES && value.to_lowercase().contains(&typed);
    let mut found: Vec<_> = values.into_iter().filter(fits).collect();
    found.sort_by_key(|value| !value.to_lowercase().starts_with(&typed));
    let mut completion = CompletionInfo::default();
    let lengths = found.iter().scan(0, |length, value| {
        *length += value.len();
        Some(*length)
    });
    let shown = lengths.take(CompletionInfo::MAX_VALUES).take_while(|length| *length <= MAX_COMPLETION_BYTES).count();
    let has_more = found.len() > shown;
    completion.has_more = Some(has_more);
    // Where there are more than could be asked for, nobody knows how many.
    completion.total = u32::try_from(found.len()).ok().filter(|_| is_whole || !has_more);
    found.truncate(shown);
    completion.values = found;
    completion
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completions_are_bounded_in_number_and_bytes() {
        let many = completion("", (0..500).map(|number| format!("{number}")).collect(), true);
        assert_eq!((many.values.len(), many.has_more, many.total), (100, Some(true), Some(500)));
        let long = completion("A", vec!["a".repeat(MAX_VALUE_BYTES); 90], false);
        assert_eq!((long.values.len(), long.has_more, long.total), (32, Some(true), None));
        let longer = completion("", vec!["b".repeat(MAX_VALUE_BYTES + 1), "é".to_owned()], false);
        assert_eq!((longer.values.as_slice(), longer.has_more), (["é".to_owned()].as_slice(), Some(false)));
    }
}
