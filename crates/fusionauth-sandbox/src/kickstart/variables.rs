//! The variables of a Kickstart file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    error::{ENVIRONMENT_PREFIX, KickstartError, MissingVariable, Problem, UUID_FUNCTION},
    place::Place,
    properties::kind,
    suggestion::most_similar,
    text::{Opener, replace},
    uuid::new_uuid,
};

/// What is given for a file's variables from outside.
pub struct Given<'a> {
    /// Returns the value of an environment variable.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// Values by the names that stand in `#{name}`. They count before the environment and before the file's own.
    pub variables: BTreeMap<String, String>,
}

/// Everything that `#{name}` can stand for.
pub struct Variables<'a> {
    given: &'a Given<'a>,
    /// Those that FusionAuth provides and the file's own.
    values: BTreeMap<String, String>,
    missing: Vec<MissingVariable>,
}

impl<'a> Variables<'a> {
    /// The given ones, and those that FusionAuth provides.
    pub fn new(given: &'a Given<'a>, provided: BTreeMap<String, String>) -> Self {
        Self { given, values: provided, missing: Vec::new() }
    }

    /// Adds the variables that the file defines. A value can refer to the environment, not to other variables or to
    /// files.
    pub fn define(&mut self, variables: Option<Value>, place: &Place) -> Result<(), KickstartError> {
        let entries = match variables {
            None | Some(Value::Null) => return Ok(()),
            Some(Value::Object(entries)) => entries,
            Some(other) => return Err(Problem::WrongType { expected: "an object", found: kind(&other) }.at(place)),
        };
        for (name, value) in entries {
            let place = place.property(&name);
            let Value::String(text) = &value else {
                return Err(Problem::WrongType { expected: "a string", found: kind(&value) }.at(&place));
            };
            // Its own value does not count, so what that refers to may be missing.
            if self.given.variables.contains_key(&name) {
                continue;
            }
            let substitute = |opener: Opener, name: &str| match opener {
                Opener::Variable if name == UUID_FUNCTION || name.starts_with(ENVIRONMENT_PREFIX) => {
                    Ok(self.value(name, &place, None))
                }
                Opener::Variable => Err(Problem::VariableInVariable(name.to_owned())),
                Opener::Text | Opener::Json => {
                    Err(Problem::FileNotAllowed { sign: opener.sign(), name: name.to_owned(), holder: "a variable" })
                }
            };
            let text = replace(text, substitute).map_err(|problem| problem.at(&place))?;
            self.values.insert(name, text);
        }
        Ok(())
    }

    /// The value of a variable that may be undefined.
    pub fn get(&self, name: &str) -> Option<String> {
        let environment = || (self.given.environment)(name.strip_prefix(ENVIRONMENT_PREFIX)?);
        self.given.variables.get(name).or_else(|| self.values.get(name)).cloned().or_else(environment)
    }

    /// Sets what FusionAuth provides.
    pub fn provide(&mut self, name: &str, value: &str) {
        self.values.insert(name.to_owned(), value.to_owned());
    }

    /// The value of a variable, or a new UUID. One that is missing is noted, and empty.
    pub fn value(&mut self, name: &str, place: &Place, included_file: Option<&str>) -> String {
        if name == UUID_FUNCTION {
            return new_uuid();
        }
        self.get(name).unwrap_or_else(|| {
            self.note(name, place, included_file);
            String::new()
        })
    }

    /// Those that were asked for and have no value.
    pub fn missing(&self) -> &[MissingVariable] {
        &self.missing
    }

    fn note(&mut self, name: &str, place: &Place, included_file: Option<&str>) {
        if self.missing.iter().any(|known| known.name == name) {
            return;
        }
        let known: BTreeSet<&str> = self.values.keys().chain(self.given.variables.keys()).map(String::as_str).collect();
        let similar = most_similar(name, known.into_iter().chain([UUID_FUNCTION])).map(str::to_owned);
        self.missing.push(MissingVariable {
            name: name.to_owned(),
            place: place.clone(),
            included_file: included_file.map(str::to_owned),
            similar,
        });
    }
}
