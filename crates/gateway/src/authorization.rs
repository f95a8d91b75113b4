//! The parts of a request that prove who sends it.

use openapi_tools::model::security::KeyLocation;
use secrecy::SecretString;

/// The parts of a request that prove who sends it.
#[derive(Debug, Clone, Default)]
pub struct Authorization {
    parts: Vec<(KeyLocation, String, SecretString)>,
}

impl Authorization {
    /// One part: a header, a query parameter or a cookie of that name.
    pub fn part(location: KeyLocation, name: impl Into<String>, value: SecretString) -> Self {
        Self { parts: vec![(location, name.into(), value)] }
    }

    /// The names and values that travel there.
    pub fn parts_in(&self, location: KeyLocation) -> impl Iterator<Item = (&str, &SecretString)> {
        self.parts.iter().filter(move |(own, ..)| *own == location).map(|(_, name, value)| (name.as_str(), value))
    }

    /// Adds the parts of another one.
    pub fn add(&mut self, other: Self) {
        self.parts.extend(other.parts);
    }
}
