//! The guides as MCP prompts.

use gateway::{
    describe::calling,
    guide::{Guide, arguments::ArgumentError},
    text::{nearest::did_you_mean, shorten::shortened},
    toolset::Toolset,
};
use rmcp::model::{JsonObject, Prompt, PromptArgument};
use serde_json::Value;

/// A prompt that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PromptError {
    /// No such prompt.
    #[error("unknown prompt `{name}`{hint}")]
    Unknown {
        /// The name.
        name: String,
        /// The nearest right name.
        hint: String,
    },
    /// Arguments that the prompt does not take.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// An argument of another type.
    #[error("{0}: expected a text")]
    NoText(String),
}

/// What `prompts/list` answers, sorted by name.
pub fn list(toolset: &Toolset) -> Vec<Prompt> {
    toolset.guides().map(|(_, guide)| prompt(guide)).collect()
}

fn prompt(guide: &Guide) -> Prompt {
    let arguments = guide.arguments.iter().map(|argument| {
        PromptArgument::new(argument.name).with_description(argument.description).with_required(argument.required)
    });
    Prompt::new(guide.name, Some(guide.description), Some(arguments.collect())).with_title(guide.title)
}

/// The guide of that name.
///
/// # Errors
/// There is none.
pub fn guide(toolset: &Toolset, name: &str) -> Result<&'static Guide, PromptError> {
    toolset.guide(name).map(|(_, guide)| guide).ok_or_else(|| unknown(toolset, name))
}

fn unknown(toolset: &Toolset, name: &str) -> PromptError {
    let hint = did_you_mean(name, toolset.guides().map(|(_, guide)| guide.name));
    PromptError::Unknown { name: shortened(name).into_owned(), hint }
}

/// A guide and its text for a model, with the arguments in it.
///
/// # Errors
/// An unknown name or argument, a required argument that is missing, one that is no text.
pub fn get(toolset: &Toolset, name: &str, arguments: &JsonObject) -> Result<(&'static Guide, String), PromptError> {
    let (source, guide) = toolset.guide(name).ok_or_else(|| unknown(toolset, name))?;
    let given = arguments.iter().map(|(name, value)| match value {
        Value::String(value) => Ok((name.as_str(), value.as_str())),
        Value::Null => Ok((name.as_str(), "")),
        _ => Err(PromptError::NoText(shortened(name).into_owned())),
    });
    let values = guide.values(given.collect::<Result<Vec<_>, _>>()?)?;
    let text = guide.rendered(calling(toolset, source), Some(&values), &|name| toolset.switched_off_by(name));
    Ok((guide, format!("{}.\n\n{text}", guide.title)))
}
