//! What objects are called, for a person.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::kind::Kind;
use crate::fusionauth::export::{
    line::one_line,
    snapshot::object::{Family, Snapshot},
};

/// The kind, name and id of an object, for a person.
pub fn label(kind: Kind, name: &str, id: Option<&str>) -> String {
    let (kind, name) = (kind.label(), one_line(name));
    match id.map(one_line) {
        None if name.is_empty() => kind.to_owned(),
        Some(id) if name != id => format!("{kind} {name} ({id})"),
        _ => format!("{kind} {name}"),
    }
}

/// The labels of the objects outside of a snapshot that those in it name, and of their roles.
pub fn foreign(snapshot: &Snapshot) -> BTreeMap<(Kind, String), String> {
    let mut labels = BTreeMap::new();
    for object in &snapshot.foreign {
        let Some(id) = &object.id else { continue };
        let owner = label(Kind::from(object.family), object.label(), Some(id));
        let roles = object.value.get("roles").filter(|_| object.family == Family::Application);
        for role in roles.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object) {
            if let Some(id) = text(role, "id") {
                let name = text(role, "name").unwrap_or_default();
                let role = label(Kind::ApplicationRole, name, None);
                labels.insert((Kind::ApplicationRole, id.to_owned()), format!("{role} of {owner}"));
            }
        }
        labels.insert((Kind::from(object.family), id.clone()), owner);
    }
    labels
}

/// The text of a property; `None` where it is absent, empty or not a text.
pub fn text<'a>(properties: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    properties.get(key)?.as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_have_what_is_known() {
        assert_eq!(label(Kind::IpAccessControlList, "Office", Some("1")), "ip access control list Office (1)");
        assert_eq!(label(Kind::Form, "1", Some("1")), "form 1");
        assert_eq!(label(Kind::Integrations, "", None), "integrations");
    }
}
