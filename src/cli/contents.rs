//! What a simulated instance begins with.

use std::{collections::BTreeMap, path::Path};

use fusionauth_sandbox::{
    instance::{Instance, LoadError},
    kickstart::{Given, Problem},
    step::StepError,
};

use crate::{
    config::{
        Config,
        settings::VARIABLES,
        text_file::{self, TextFileError},
    },
    fusionauth::tools::DOCUMENT,
};

/// An instance that cannot be simulated.
#[derive(Debug, thiserror::Error)]
pub enum ContentsError {
    /// The seed data were refused.
    #[error(transparent)]
    Seed(#[from] StepError),
    /// The Kickstart file cannot be read, or was refused.
    #[error("{}{}", .0, hint(.0))]
    Kickstart(#[from] LoadError),
    /// There is no Kickstart file whose variables could have values.
    #[error("--{} is for a Kickstart file, and there is none here", VARIABLES.name)]
    NoKickstart,
    /// The file of values cannot be read.
    #[error("--{} {file}: {cause}", VARIABLES.name)]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        cause: TextFileError,
    },
    /// The file of values has something else. Its text is not repeated: it may hold secrets.
    #[error("--{} {file}: {fault}; expected a JSON object of names and texts", VARIABLES.name)]
    NoVariables {
        /// The file.
        file: String,
        /// What is wrong, and where.
        fault: String,
    },
}

/// An instance with the seed data (`seed`), a new one (`empty`), or one that a Kickstart file made.
///
/// # Errors
/// A Kickstart file that cannot be read or carried out.
pub fn instance(contents: &str, config: &Config) -> Result<Instance, ContentsError> {
    if config.variables.is_some() && matches!(contents, "seed" | "empty") {
        return Err(ContentsError::NoKickstart);
    }
    Ok(match contents {
        "seed" => Instance::seeded(&DOCUMENT)?,
        "empty" => Instance::empty(&DOCUMENT),
        path => {
            let variables = config.variables.as_deref().map(variables).transpose()?.unwrap_or_default();
            let given = Given { environment: &|name| config.environment.get(name).cloned(), variables };
            Instance::from_kickstart(&DOCUMENT, path.as_ref(), &given)?
        }
    })
}

/// The values in a file.
fn variables(path: &Path) -> Result<BTreeMap<String, String>, ContentsError> {
    let file = path.display().to_string();
    let text = text_file::read(path).map_err(|cause| ContentsError::Unreadable { file: file.clone(), cause })?;
    serde_json::from_str(&text).map_err(|error| {
        let what = if error.is_data() { "it has something else" } else { "it is not JSON" };
        ContentsError::NoVariables { file, fault: format!("line {}: {what}", error.line()) }
    })
}

/// How to give values to the variables that have none.
fn hint(error: &LoadError) -> String {
    match error {
        LoadError::Kickstart { error, .. } if matches!(error.problem, Problem::MissingVariables(_)) => {
            format!("\n--{} FILE reads it.", VARIABLES.name)
        }
        LoadError::Kickstart { .. } | LoadError::Step { .. } => String::new(),
    }
}
