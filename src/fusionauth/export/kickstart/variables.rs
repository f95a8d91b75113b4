//! The variables that stand for secrets.

use std::collections::{BTreeMap, btree_map::Entry};

use serde_json::Value;

use super::{
    names::{self, Wish},
    text, walk,
};
use crate::fusionauth::export::{report::SecretToSet, snapshot::object::Object};

/// The variable of the API key that carries out the file. Those of objects begin with their kind.
pub const API_KEY: &str = "KICKSTART_API_KEY";

/// A place of a secret: the object's number, the path in its body, whether it is in a property's name, and which secret
/// of that text it is.
type Key = (usize, Vec<String>, bool, usize);

/// The variable for each secret.
#[derive(Debug, Default)]
pub struct Variables {
    names: BTreeMap<Key, String>,
    /// In the order of the file.
    secrets: Vec<SecretToSet>,
}

impl Variables {
    /// Names the secrets in the bodies of requests, each of the object with that number.
    pub fn of<'a>(bodies: impl IntoIterator<Item = (usize, &'a Object, &'a Value)>) -> Self {
        let mut found: BTreeMap<Key, usize> = BTreeMap::new();
        let mut wishes = Vec::new();
        let mut whats = Vec::new();
        for (number, object, body) in bodies {
            walk::map_texts(body, &mut |place, content| {
                for index in 0..text::secret_count(content) {
                    let key = (number, place.path.to_vec(), place.is_name, index);
                    if let Entry::Vacant(slot) = found.entry(key) {
                        slot.insert(wishes.len());
                        wishes.push(wish(object, place.path));
                        whats.push(what(object, place.path));
                    }
                }
                String::new()
            });
        }
        let names: Vec<String> =
            names::distinct(&wishes, '_').into_iter().map(|name| name.to_ascii_uppercase()).collect();
        let secrets = names.iter().zip(whats);
        let secrets = secrets.map(|(variable, what)| SecretToSet { variable: variable.clone(), what }).collect();
        let named = found.into_iter().filter_map(|(key, index)| Some((key, names.get(index)?.clone())));
        Self { names: named.collect(), secrets }
    }

    /// The variables for the secrets of one text, in their order.
    pub fn at(&self, number: usize, path: &[String], is_name: bool, count: usize) -> Vec<&str> {
        let keys = (0..count).map(|index| (number, path.to_vec(), is_name, index));
        keys.filter_map(|key| self.names.get(&key).map(String::as_str)).collect()
    }

    /// What is to be set before the file is used, in its order.
    pub fn into_secrets(self) -> Vec<SecretToSet> {
        self.secrets
    }
}

/// The kind, the object's name, and the way to the property.
fn wish(object: &Object, path: &[String]) -> Wish {
    let id = names::slug(&object.id, '_');
    let label = names::slug(object.label(), '_');
    let label = if label.is_empty() { id.clone() } else { label };
    // The root key says the kind, which stands there already.
    let inner = path.iter().skip(1).map(|part| names::slug(part, '_'));
    let parts = [names::slug(object.family.singular(), '_'), label].into_iter().chain(inner);
    let parts: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    Wish { name: parts.join("_"), id }
}

fn what(object: &Object, path: &[String]) -> String {
    format!("{}: {}", described(object), path.join("."))
}

/// An object for a person: its kind, its name and its id.
pub fn described(object: &Object) -> String {
    let kind = object.family.singular();
    if object.id.is_empty() { kind.to_owned() } else { format!("{kind} `{}` ({})", object.label(), object.id) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::snapshot::object::Family;
    use gateway::redact::REDACTED;

    #[test]
    fn names_can_be_read_and_each_is_another() {
        let application = |id: &str, name: &str| {
            let value = json!({ "name": name }).as_object().cloned().unwrap();
            Object { family: Family::Application, id: id.to_owned(), value }
        };
        let objects = [application("a-1", "Pied Piper"), application("b-2", "pied piper!"), application("c-3", "😀")];
        let body = json!({ "application": {
            "oauthConfiguration": { "clientSecret": REDACTED }, "data": { "text": format!("{REDACTED}, {REDACTED}") }
        } });
        let other = json!({ "application": { "data": { REDACTED: 1, "x": REDACTED } } });
        let bodies = [(0, &objects[0], &body), (1, &objects[1], &other), (2, &objects[2], &other)];
        let variables = Variables::of(bodies);
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
        let whats: Vec<&str> = secrets.iter().map(|secret| secret.what.as_str()).collect();
        assert_eq!(whats.len(), 7);
        assert!(whats.contains(&"application `Pied Piper` (a-1): application.oauthConfiguration.clientSecret"));
    }
}
