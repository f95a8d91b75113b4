//! The variables of a Kickstart file.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{
    error::{KickstartError, Problem, UUID_FUNCTION},
    place::Place,
    properties::kind,
    suggestion::most_similar,
    text::{Opener, replace},
    uuid::new_uuid,
};

/// Returns the value of an environment variable.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Everything that `#{name}` can stand for.
pub struct Variables<'a> {
    environment: Environment<'a>,
    values: BTreeMap<String, String>,
}

impl<'a> Variables<'a> {
    /// The variables of the environment, and those with a value of their own.
    pub fn new(environment: Environment<'a>, values: BTreeMap<String, String>) -> Self {
        Self { environment, values }
    }

    /// The value of a variable, or a new UUID.
    pub fn value(&self, name: &str) -> Result<String, Problem> {
        if let Some(outcome) = provided(name, self.environment) {
            return outcome;
        }
        self.values.get(name).cloned().ok_or_else(|| {
            let known = self.values.keys().map(String::as_str).chain([UUID_FUNCTION]);
            Problem::UnknownVariable { name: name.to_owned(), similar: most_similar(name, known).map(str::to_owned) }
        })
    }
}

/// What `UUID()` and names such as `ENV.PASSWORD` stand for; `None` for other names.
fn provided(name: &str, environment: Environment<'_>) -> Option<Result<String, Problem>> {
    if name == UUID_FUNCTION {
        return Some(Ok(new_uuid()));
    }
    let variable = name.strip_prefix("ENV.")?;
    Some(environment(variable).ok_or_else(|| Problem::EnvironmentVariableNotSet(variable.to_owned())))
}

/// Reads the variables that a file defines. A value can refer to the environment, not to other variables or to files.
pub fn read(
    variables: Option<Value>,
    environment: Environment<'_>,
    place: &Place,
) -> Result<BTreeMap<String, String>, KickstartError> {
    let entries = match variables {
        None | Some(Value::Null) => return Ok(BTreeMap::new()),
        Some(Value::Object(entries)) => entries,
        Some(other) => return Err(Problem::WrongType { expected: "an object", found: kind(&other) }.at(place)),
    };
    let substitute = |opener: Opener, name: &str| match opener {
        Opener::Variable => {
            provided(name, environment).unwrap_or_else(|| Err(Problem::VariableInVariable(name.to_owned())))
        }
        Opener::Text | Opener::Json => {
            Err(Problem::FileNotAllowed { sign: opener.sign(), name: name.to_owned(), holder: "a variable" })
        }
    };
    let entries = entries.into_iter().map(|(name, value)| {
        let place = place.property(&name);
        let Value::String(text) = &value else {
            return Err(Problem::WrongType { expected: "a string", found: kind(&value) }.at(&place));
        };
        let text = replace(text, substitute).map_err(|problem| problem.at(&place))?;
        Ok((name, text))
    });
    entries.collect()
}
