//! The guides as MCP prompts.

use std::collections::BTreeMap;

use gateway::{
    describe::calling,
    guide::{Argument, Guide},
    text::{nearest::did_you_mean, shorten::shortened},
    toolset::Toolset,
};
use rmcp::model::{JsonObject, Prompt, PromptArgument};
use serde_json::Value;

/// The longest value of an argument, in bytes.
const MAX_VALUE_BYTES: usize = 2_000;

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
    /// The prompt takes no such argument.
    #[error("{name}: unknown argument{hint} (this prompt takes: {known})")]
    UnknownArgument {
        /// The name.
        name: String,
        /// The nearest right name.
        hint: String,
        /// The arguments that the prompt takes.
        known: String,
    },
    /// A required argument is missing.
    #[error("{name}: missing; {description}")]
    MissingArgument {
        /// The name.
        name: &'static str,
        /// What it is.
        description: &'static str,
    },
    /// An argument that is longer than any name or address.
    #[error("{name}: {length} bytes; expected at most {MAX_VALUE_BYTES}")]
    LongArgument {
        /// The name.
        name: &'static str,
        /// The length of its value, in bytes.
        length: usize,
    },
    /// An argument of another type.
    #[error("{0}: expected a text")]
    NoText(&'static str),
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
    let names = guide.arguments.iter().map(|argument| argument.name);
    if let Some(name) = arguments.keys().find(|name| guide.arguments.iter().all(|argument| argument.name != **name)) {
        let hint = did_you_mean(name, names.clone());
        let known = names.collect::<Vec<_>>().join(", ");
        return Err(PromptError::UnknownArgument { name: shortened(name).into_owned(), hint, known });
    }
    let mut values = BTreeMap::new();
    for Argument { name, description, required, .. } in guide.arguments {
        match arguments.get(*name) {
            Some(Value::String(value)) if value.len() > MAX_VALUE_BYTES => {
                return Err(PromptError::LongArgument { name, length: value.len() });
            }
            Some(Value::String(value)) if !value.trim().is_empty() || !required => {
                values.insert((*name).to_owned(), value.trim().to_owned());
            }
            None | Some(Value::Null | Value::String(_)) if *required => {
                return Err(PromptError::MissingArgument { name, description });
            }
            None | Some(Value::Null) => {}
            Some(_) => return Err(PromptError::NoText(name)),
        }
    }
    let text = guide.rendered(calling(toolset, source), Some(&values));
    Ok((guide, format!("{}.\n\n{text}", guide.title)))
}
