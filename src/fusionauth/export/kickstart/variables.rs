//! The variables that replace secrets.

use std::collections::{BTreeMap, btree_map::Entry};

use serde_json::Value;

use super::{
    names::{self, NameCandidate},
    text, walk,
};
use crate::fusionauth::export::{report::SecretToSet, snapshot::object::Object};

/// The variable of the API key that runs the file. The variables of objects begin with the name of their kind.
pub const API_KEY: &str = "KICKSTART_API_KEY";

/// Where a secret is: the object's number, the path in its body, whether it is in a property's name, and its index among
/// the secrets of that text.
type SecretPlace = (usize, Vec<String>, bool, usize);

/// The variable for each secret.
#[derive(Debug, Default)]
pub struct SecretVariables {
    names: BTreeMap<SecretPlace, String>,
    /// In the order of the file.
    secrets: Vec<SecretToSet>,
}

impl SecretVariables {
    /// Names the secrets in the bodies of requests, each of which belongs to the object with that number.
    pub fn of<'a>(bodies: impl IntoIterator<Item = (usize, &'a Object, &'a Value)>) -> Self {
        let mut found: BTreeMap<SecretPlace, usize> = BTreeMap::new();
        let mut candidates = Vec::new();
        let mut descriptions = Vec::new();
        for (number, object, body) in bodies {
            walk::map_texts(body, &mut |place, content| {
                for index in 0..text::secret_count(content) {
                    let key = (number, place.path.to_vec(), place.is_name, index);
                    if let Entry::Vacant(slot) = found.entry(key) {
                        slot.insert(candidates.len());
                        candidates.push(candidate(object, place.path));
                        descriptions.push(format!("{}: {}", describe(object), place.path.join(".")));
                    }
                }
                String::new()
            });
        }
        let names: Vec<String> =
            names::distinct(&candidates, '_').into_iter().map(|name| name.to_ascii_uppercase()).collect();
        let secrets = names.iter().zip(descriptions);
        let secrets = secrets.map(|(variable, what)| SecretToSet { variable: variable.clone(), what }).collect();
        let named = found.into_iter().filter_map(|(key, index)| Some((key, names.get(index)?.clone())));
        Self { names: named.collect(), secrets }
    }

    /// The variables for the secrets of one text, in their order.
    pub fn at(&self, number: usize, path: &[String], is_name: bool, count: usize) -> Vec<&str> {
        let keys = (0..count).map(|index| (number, path.to_vec(), is_name, index));
        keys.filter_map(|key| self.names.get(&key).map(String::as_str)).collect()
    }

    /// The secrets to set before the file is used, in its order.
    pub fn into_secrets(self) -> Vec<SecretToSet> {
        self.secrets
    }
}

/// A name of the kind, the object's name, and the path of the property.
fn candidate(object: &Object, path: &[String]) -> NameCandidate {
    let id = names::slug(object.id.as_deref().unwrap_or_default(), '_');
    let label = names::slug(object.label(), '_');
    let label = if label.is_empty() { id.clone() } else { label };
    // The root key repeats the kind.
    let inner = path.iter().skip(1).map(|part| names::slug(part, '_'));
    let parts = [names::slug(object.family.singular(), '_'), label].into_iter().chain(inner);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    NameCandidate { name: Some(parts.join("_")), id }
}

/// An object for a person: its kind, its name and its id.
pub fn describe(object: &Object) -> String {
    let kind = object.family.singular();
    let Some(id) = &object.id else { return kind.to_owned() };
    format!("{kind} `{}` ({id})", object.label())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::snapshot::object::Family;
    use gateway::redact::REDACTED;

    #[test]
    fn names_are_readable_and_distinct() {
        let application = |id: &str, name: &str| {
            let value = json!({ "name": name }).as_object().cloned().unwrap();
            Object { family: Family::Application, id: Some(id.to_owned()), value }
        };
        let objects = [application("a-1", "Pied Piper"), application("b-2", "pied piper!"), application("c-3", "😀")];
        let body = json!({ "application": {
            "oauthConfiguration": { "clientSecret": REDACTED }, "data": { "text": format!("{REDACTED}, {REDACTED}") }
        } });
        let other = json!({ "application": { "data": { REDACTED: 1, "x": REDACTED } } });
        let bodies = [(0, &objects[0], &body), (1, &objects[1], &other), (2, &objects[2], &other)];
        let variables = SecretVariables::of(bodies);
        let at = |number: usize, path: &[&str], count: usize| {
            let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
            variables.at(number, &path, false, count).into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            at(0, &["application", "oauthConfiguration", "clientSecret"], 1),
            ["APPLICATION_PIED_PIPER_OAUTH_CONFIGURATION_CLIENT_SECRET"]
        );
        assert_eq!(
            at(0, &["application", "data", "text"], 2),
            ["APPLICATION_PIED_PIPER_DATA_TEXT_A_1", "APPLICATION_PIED_PIPER_DATA_TEXT_A_1_2"]
        );
        assert_eq!(at(1, &["application", "data", "x"], 1), ["APPLICATION_PIED_PIPER_DATA_X"]);
        assert_eq!(at(2, &["application", "data", "x"], 1), ["APPLICATION_C_3_DATA_X"]);
        let secrets = variables.into_secrets();
        let descriptions: Vec<&str> = secrets.iter().map(|secret| secret.what.as_str()).collect();
        assert_eq!(descriptions.len(), 7);
        assert!(descriptions.contains(&"application `Pied Piper` (a-1): application.oauthConfiguration.clientSecret"));
    }
}
