//! What can be wrong with a Kickstart file.

use std::{collections::BTreeMap, fmt, io};

use serde_json::json;

use super::place::Place;

/// How many levels objects and arrays may be nested, includes counted: as many as serde_json reads in one file.
pub(super) const MAX_DEPTH: usize = 128;

/// How many JSON files may be included one in another.
pub(super) const MAX_INCLUDES: usize = 16;

/// The function that makes a new UUID; the only one there is.
pub(super) const UUID_FUNCTION: &str = "UUID()";

/// How names of environment variables begin, as in `#{ENV.HOME}`.
pub(super) const ENVIRONMENT_PREFIX: &str = "ENV.";

/// Why a Kickstart file cannot be used.
#[derive(Debug)]
pub struct KickstartError {
    /// Where the problem is.
    pub place: Place,
    /// The included file that the problem is in; `None` for the Kickstart file itself.
    pub included_file: Option<String>,
    /// What is wrong.
    pub problem: Problem,
}

impl KickstartError {
    /// The same error, in an included file if there is one.
    pub(super) fn in_file(self, name: Option<&str>) -> Self {
        Self { included_file: name.map(str::to_owned).or(self.included_file), ..self }
    }
}

impl fmt::Display for KickstartError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_root() {
            write!(formatter, "{}: ", self.place)?;
        }
        write!(formatter, "{}", self.problem)?;
        match &self.included_file {
            Some(name) => write!(formatter, " (in `{name}`)"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for KickstartError {}

/// What is wrong with a Kickstart file. The text says what was found and what was expected.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant says what it and its fields are")]
pub enum Problem {
    #[error("cannot read `{file}`: {cause}")]
    Unreadable { file: String, cause: io::Error },
    #[error("`{file}` is not JSON: {cause}")]
    NotJson { file: String, cause: serde_json::Error },
    #[error("`{file}` is not a Kickstart file: expected an object, got {found}")]
    NotKickstart { file: String, found: &'static str },
    #[error("expected {expected}, got {found}")]
    WrongType { expected: &'static str, found: &'static str },
    #[error("unknown key `{key}`{}; expected one of {}", did_you_mean(similar.as_deref()), known.join(", "))]
    UnknownKey { key: String, similar: Option<String>, known: &'static [&'static str] },
    #[error("expected a UUID, got `{0}`")]
    NotUuid(String),
    #[error("nested too deep: expected at most {MAX_DEPTH} levels")]
    TooDeep,
    #[error("the object has another property named `{0}`")]
    DuplicateProperty(String),

    #[error("a Kickstart file needs at least one API key: expected an array of objects with a `key`")]
    NoApiKeys,
    #[error("an API key needs a `key`: expected a string that is not empty")]
    ApiKeyWithoutKey,
    #[error("the first API key makes the requests and must be global: expected no `tenantId`")]
    FirstApiKeyHasTenant,
    #[error("the first API key makes the requests and must be unrestricted: expected no endpoints")]
    FirstApiKeyRestricted,

    #[error("a request needs a `{0}`: expected a string")]
    RequestWithout(&'static str),
    #[error("expected POST, PUT or PATCH, got `{0}`")]
    UnknownMethod(String),
    #[error("expected a relative URL such as /api/user/registration, got `{0}`")]
    NotRelativeUrl(String),

    #[error("`{sign}{{` is not closed: expected `}}` after it, or `\\{sign}{{` for plain text")]
    NotClosed { sign: char },
    #[error("`&{{{0}}}` is JSON: expected it alone in its string, or `\\&{{` for plain text")]
    JsonInText(String),
    #[error("`{sign}{{{name}}}` is a file, which {holder} cannot hold: expected `\\{sign}{{` for plain text")]
    FileNotAllowed { sign: char, name: String, holder: &'static str },
    #[error("{}", described(.0))]
    MissingVariables(Vec<MissingVariable>),
    #[error("a variable cannot refer to another, here `{0}`: expected #{{ENV.NAME}} or #{{{UUID_FUNCTION}}}")]
    VariableInVariable(String),

    #[error("cannot include `{name}`: {cause}")]
    IncludeUnreadable { name: String, cause: io::Error },
    #[error(
        "cannot include `{name}`, {reason}: expected the relative path of a file below the Kickstart file's folder"
    )]
    IncludeRefused { name: String, reason: IncludeRefusal },
    #[error("cannot include `{0}`: expected at most {MAX_INCLUDES} nested files")]
    TooManyIncludes(String),
    #[error("`{name}` includes itself: {}", chain.join(" -> "))]
    IncludesItself { name: String, chain: Vec<String> },
}

/// A variable that has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingVariable {
    /// Its name, as it stands in `#{name}`.
    pub name: String,
    /// Where the file first refers to it.
    pub place: Place,
    /// The included file that refers to it; `None` for the Kickstart file itself.
    pub included_file: Option<String>,
    /// A variable that has a value and may have been meant.
    pub similar: Option<String>,
}

impl fmt::Display for MissingVariable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: ", self.place)?;
        match self.name.strip_prefix(ENVIRONMENT_PREFIX) {
            Some(name) => write!(formatter, "the environment variable `{name}` is not set")?,
            None => write!(formatter, "unknown variable `{}`{}", self.name, did_you_mean(self.similar.as_deref()))?,
        }
        match &self.included_file {
            Some(name) => write!(formatter, " (in `{name}`)"),
            None => Ok(()),
        }
    }
}

/// A line for each variable, and a file to fill in.
fn described(missing: &[MissingVariable]) -> String {
    let lines: String = missing.iter().map(|variable| format!("\n  {variable}")).collect();
    let names: BTreeMap<_, _> = missing.iter().map(|variable| (variable.name.as_str(), "")).collect();
    let skeleton = json!(names);
    let (count, noun) = match missing.len() {
        1 => (1, "variable has"),
        count => (count, "variables have"),
    };
    format!("{count} {noun} no value:{lines}\nA file of values for them:\n{skeleton:#}")
}

impl Problem {
    /// This problem at a place of the Kickstart file.
    pub(super) fn at(self, place: &Place) -> KickstartError {
        KickstartError { place: place.clone(), included_file: None, problem: self }
    }
}

/// Why a file may not be included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the message of each variant says what it is")]
pub enum IncludeRefusal {
    #[error("which is a URL")]
    Url,
    #[error("which is absolute")]
    Absolute,
    #[error("which leaves the folder")]
    OutsideFolder,
    #[error("which is not a file")]
    NotAFile,
}

fn did_you_mean(similar: Option<&str>) -> String {
    similar.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}
