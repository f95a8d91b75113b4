//! `fusionauth-mcp call`

use std::{
    io::{self, Read},
    process::ExitCode,
};

use clap_complete::{ArgValueCandidates, ArgValueCompleter};
use gateway::{answer::Body, call::arguments::JsonObject, composite::no_progress};
use serde_json::{Map, Value};

use super::{
    completions,
    confirmation::Terminal,
    output::{misused, print},
    start::{Start, block_on},
};
use crate::{fusionauth::export::format::Format, logging::report};

/// What to call.
#[derive(clap::Args)]
pub struct CallArguments {
    /// The tool's name, as `fusionauth-mcp tools` lists it
    #[arg(add = ArgValueCandidates::new(completions::tools))]
    tool: String,
    /// The arguments: one JSON object, `-` for a JSON object on stdin, or name=value, where a dot leads into an object:
    /// requestBody.user.email=a@example.com
    #[arg(value_name = "ARGUMENT", add = ArgValueCompleter::new(completions::arguments))]
    arguments: Vec<String>,
    /// Confirm the call in advance, if it needs confirmation
    #[arg(long)]
    yes: bool,
}

/// Arguments that are not of the form they have to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum ArgumentsError {
    #[error("stdin: {0}")]
    Stdin(String),
    #[error("{source_name}: expected a JSON object")]
    NoObject { source_name: &'static str },
    #[error("{source_name}: broken JSON: {cause}")]
    BrokenJson { source_name: &'static str, cause: String },
    #[error("`{0}`: expected name=value, one JSON object, or -")]
    NoPair(String),
    #[error("`{outer}` has both a value and, with `{name}`, properties")]
    ValueAndProperties { outer: String, name: String },
    #[error("`{0}` has both properties and a value")]
    PropertiesAndValue(String),
}

/// Makes the call.
pub fn run(arguments: &CallArguments, start: Start) -> ExitCode {
    if let Some(format) = Format::ALL.into_iter().find(|format| format.tool() == arguments.tool) {
        return misused(&[format!(
            "exports have their own command: fusionauth-mcp export {}",
            format.title().to_lowercase()
        )]);
    }
    let values = match read(&arguments.arguments) {
        Ok(values) => values,
        Err(error) => return misused(&[error]),
    };
    let session = start.session();
    block_on(async {
        let terminal = Terminal { is_confirmed: arguments.yes };
        let answer = match session.call(&arguments.tool, values, &no_progress, &terminal).await {
            Ok(answer) => answer,
            Err(unknown) => return misused(&[unknown]),
        };
        // A tool of this process, such as describe_tool, answers nothing but a text.
        if answer.status.is_none() && answer.body == Body::Empty && !answer.is_error {
            return print(format!("{}\n", answer.headline).as_bytes());
        }
        report(format_args!("{}\n", answer.headline));
        let printed = match &answer.body {
            Body::Empty => ExitCode::SUCCESS,
            _ => match answer.body_text() {
                text if text.is_empty() => ExitCode::SUCCESS,
                text => print(format!("{text}\n").as_bytes()),
            },
        };
        if answer.is_error { ExitCode::FAILURE } else { printed }
    })
}

fn read(words: &[String]) -> Result<JsonObject, ArgumentsError> {
    match words {
        [word] if word == "-" => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map_err(|error| ArgumentsError::Stdin(error.to_string()))?;
            object("stdin", &text)
        }
        [word] if word.trim_start().starts_with('{') => object("the arguments", word),
        words => {
            let mut values = Map::new();
            for word in words {
                let (name, value) = word
                    .split_once('=')
                    .filter(|(name, _)| !name.is_empty())
                    .ok_or_else(|| ArgumentsError::NoPair(word.clone()))?;
                insert(&mut values, name, value.to_owned())?;
            }
            Ok(values)
        }
    }
}

fn object(source_name: &'static str, text: &str) -> Result<JsonObject, ArgumentsError> {
    match serde_json::from_str(text) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(_) => Err(ArgumentsError::NoObject { source_name }),
        Err(error) => Err(ArgumentsError::BrokenJson { source_name, cause: error.to_string() }),
    }
}

/// Values are text; the argument check makes of them what the schema wants. A name that stands twice makes a list.
fn insert(values: &mut JsonObject, name: &str, value: String) -> Result<(), ArgumentsError> {
    if let Some((outer, inner)) = name.split_once('.') {
        return match values.entry(outer).or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(object) => insert(object, inner, value),
            _ => Err(ArgumentsError::ValueAndProperties { outer: outer.to_owned(), name: name.to_owned() }),
        };
    }
    match values.get_mut(name) {
        None => {
            values.insert(name.to_owned(), Value::String(value));
        }
        Some(Value::Array(list)) => list.push(Value::String(value)),
        Some(Value::Object(_)) => return Err(ArgumentsError::PropertiesAndValue(name.to_owned())),
        Some(first) => *first = Value::Array(vec![first.take(), Value::String(value)]),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_words(words: &[&str]) -> Result<Value, ArgumentsError> {
        read(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()).map(Value::Object)
    }

    #[test]
    fn words_become_an_object() {
        let read = read_words(&["userId=1", "requestBody.user.email=a=b", "ids=1", "ids=2", "ids=3"]);
        let expected = json!({ "userId": "1", "requestBody": { "user": { "email": "a=b" } }, "ids": ["1", "2", "3"] });
        assert_eq!(read, Ok(expected));
        assert_eq!(read_words(&[r#"{"a":1}"#]), Ok(json!({ "a": 1 })));
        assert_eq!(read_words(&[]), Ok(json!({})));
    }

    #[test]
    fn other_words_are_refused() {
        for wrong in [&["email"][..], &["=x"], &["{"], &["a=1", "a.b=2"], &["a.b=2", "a=1"]] {
            assert!(read_words(wrong).is_err(), "{wrong:?}");
        }
    }
}
