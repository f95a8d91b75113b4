//! `fusionauth-mcp call`

use std::{
    io::{self, Read},
    process::ExitCode,
};

use serde_json::{Map, Value};

use super::{misused, print};
use crate::{
    call::{Caller, arguments::JsonObject},
    toolset::Toolset,
};

/// What to call.
#[derive(clap::Args)]
pub struct Arguments {
    /// The tool's name, as `fusionauth-mcp tools` lists it
    tool: String,
    /// The arguments: one JSON object, `-` for a JSON object on stdin, or name=value, where a dot leads into an object:
    /// requestBody.user.email=a@example.com
    #[arg(value_name = "ARGUMENT")]
    arguments: Vec<String>,
}

/// Makes the call.
pub async fn run(arguments: &Arguments, toolset: &Toolset, caller: &Caller) -> ExitCode {
    let Some(operation) = toolset.get(&arguments.tool) else {
        return misused(&match toolset.export(&arguments.tool) {
            Some(format) => format!("exports are a command: fusionauth-mcp export {}", format.title().to_lowercase()),
            None => toolset.unknown(&arguments.tool),
        });
    };
    let values = match read(&arguments.arguments) {
        Ok(values) => values,
        Err(message) => return misused(&message),
    };
    let answer = caller.call(operation, values).await;
    eprintln!("{}", answer.headline);
    let printed =
        if answer.body.is_empty() { ExitCode::SUCCESS } else { print(format!("{}\n", answer.body).as_bytes()) };
    if answer.is_error { ExitCode::FAILURE } else { printed }
}

fn read(words: &[String]) -> Result<JsonObject, String> {
    match words {
        [word] if word == "-" => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).map_err(|error| format!("stdin: {error}"))?;
            object("stdin", &text)
        }
        [word] if word.trim_start().starts_with('{') => object("the arguments", word),
        words => {
            let mut values = Map::new();
            for word in words {
                let (name, value) = word
                    .split_once('=')
                    .filter(|(name, _)| !name.is_empty())
                    .ok_or_else(|| format!("`{word}`: expected name=value, one JSON object, or -"))?;
                insert(&mut values, name, value.to_owned())?;
            }
            Ok(values)
        }
    }
}

fn object(source: &str, text: &str) -> Result<JsonObject, String> {
    match serde_json::from_str(text) {
        Ok(Value::Object(values)) => Ok(values),
        Ok(_) => Err(format!("{source}: expected a JSON object")),
        Err(error) => Err(format!("{source}: broken JSON: {error}")),
    }
}

/// Values are text; the argument check makes of them what the schema wants. A name that stands twice makes a list.
fn insert(values: &mut JsonObject, name: &str, value: String) -> Result<(), String> {
    if let Some((outer, inner)) = name.split_once('.') {
        return match values.entry(outer).or_insert_with(|| Value::Object(Map::new())) {
            Value::Object(object) => insert(object, inner, value),
            _ => Err(format!("`{outer}` is given a value and, with `{name}`, properties too")),
        };
    }
    match values.get_mut(name) {
        None => {
            values.insert(name.to_owned(), Value::String(value));
        }
        Some(Value::Array(list)) => list.push(Value::String(value)),
        Some(Value::Object(_)) => return Err(format!("`{name}` is given properties and a value too")),
        Some(first) => *first = Value::Array(vec![first.take(), Value::String(value)]),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read_words(words: &[&str]) -> Result<Value, String> {
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
