//! Visits every text in a body.

use serde_json::{Map, Value};

use crate::fusionauth::export::snapshot::references;

/// Where a text is in a body.
pub struct Place<'a> {
    /// The names of properties and the numbers of items, from the body's root.
    pub path: &'a [String],
    /// Whether the text is the name of a property, not a value.
    pub is_name: bool,
    /// Whether the text may be the id of another object.
    pub is_reference: bool,
}

/// The value with every text, names of properties too, replaced by what `change` makes of it.
pub fn map_texts(value: &Value, change: &mut dyn FnMut(&Place<'_>, &str) -> String) -> Value {
    Walker { path: Vec::new(), change }.value(value, false)
}

struct Walker<'a> {
    path: Vec<String>,
    change: &'a mut dyn FnMut(&Place<'_>, &str) -> String,
}

impl Walker<'_> {
    fn value(&mut self, value: &Value, is_reference: bool) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text, false, is_reference)),
            Value::Array(items) => {
                let items = items.iter().enumerate().map(|(number, item)| {
                    self.path.push(number.to_string());
                    let item = self.value(item, is_reference);
                    self.path.pop();
                    item
                });
                Value::Array(items.collect())
            }
            Value::Object(object) => Value::Object(self.object(object)),
            other => other.clone(),
        }
    }

    fn object(&mut self, object: &Map<String, Value>) -> Map<String, Value> {
        let is_opaque = self.path.iter().any(|name| references::is_opaque(name));
        let mut changed = Map::new();
        for (name, value) in object {
            self.path.push(name.clone());
            let value = self.value(value, !is_opaque && references::is_reference(name));
            let name = self.text(name, true, false);
            self.path.pop();
            changed.insert(name, value);
        }
        changed
    }

    fn text(&mut self, text: &str, is_name: bool, is_reference: bool) -> String {
        (self.change)(&Place { path: &self.path, is_name, is_reference }, text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_is_changed_and_nothing_else() {
        let value = json!({ "a": { "keyId": "x", "b": [1, "y", null, { "c": true }] }, "data": { "keyId": "z" } });
        let mut seen = Vec::new();
        let changed = map_texts(&value, &mut |place, text| {
            seen.push((place.path.join("."), place.is_name, place.is_reference));
            format!("{text}!")
        });
        let expected =
            json!({ "a!": { "keyId!": "x!", "b!": [1, "y!", null, { "c!": true }] }, "data!": { "keyId!": "z!" } });
        assert_eq!(changed, expected);
        assert!(seen.contains(&("a.keyId".to_owned(), false, true)));
        assert!(seen.contains(&("a.b.1".to_owned(), false, false)));
        assert!(seen.contains(&("data.keyId".to_owned(), false, false)));
        assert!(seen.contains(&("a".to_owned(), true, false)));
    }

    #[test]
    fn ids_of_other_systems_are_no_references() {
        let value = json!({ "cleanSpeakConfiguration": { "applicationIds": ["x"] }, "relyingPartyApplicationId": "y" });
        let mut has_reference = false;
        map_texts(&value, &mut |place, text| {
            has_reference |= place.is_reference;
            text.to_owned()
        });
        assert!(!has_reference);
    }
}
