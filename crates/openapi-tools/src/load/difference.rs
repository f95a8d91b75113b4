//! What is new, changed and gone between two distilled documents.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

/// The difference of two documents, by operation and by schema.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// What only the second document has.
    pub new: Vec<String>,
    /// What both have, in different forms: what it is, and the JSON paths within it that differ.
    pub changed: Vec<(String, Vec<String>)>,
    /// What only the first document has.
    pub gone: Vec<String>,
}

impl Difference {
    /// The difference that replacing `before` by `after` makes.
    pub fn between(before: &Value, after: &Value) -> Self {
        let (before, after) = (parts(before), parts(after));
        let mut difference = Self::default();
        for (name, part) in &after {
            match before.get(name) {
                None => difference.new.push(name.clone()),
                Some(earlier) if earlier != part => {
                    let mut paths = Vec::new();
                    differing_paths(earlier, part, "", &mut paths);
                    difference.changed.push((name.clone(), paths));
                }
                Some(_) => {}
            }
        }
        difference.gone = before.into_keys().filter(|name| !after.contains_key(name)).collect();
        difference
    }

    /// Whether there is no difference.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.gone.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(formatter, "nothing is new, changed or gone");
        }
        for name in &self.new {
            writeln!(formatter, "new      {name}")?;
        }
        for (name, paths) in &self.changed {
            writeln!(formatter, "changed  {name}: {}", paths.join(", "))?;
        }
        for name in &self.gone {
            writeln!(formatter, "gone     {name}")?;
        }
        writeln!(formatter, "{} new, {} changed, {} gone", self.new.len(), self.changed.len(), self.gone.len())
    }
}

fn parts(document: &Value) -> BTreeMap<String, Value> {
    let mut parts = BTreeMap::new();
    for (key, value) in document.as_object().into_iter().flatten() {
        match (key.as_str(), value.as_object()) {
            ("paths", Some(paths)) => {
                for (path, item) in paths {
                    for (method, operation) in item.as_object().into_iter().flatten() {
                        parts.insert(format!("operation {} {path}", method.to_uppercase()), operation.clone());
                    }
                }
            }
            ("components", Some(components)) => {
                for (kind, entries) in components {
                    for (name, entry) in entries.as_object().into_iter().flatten() {
                        let kind = if kind == "schemas" { "schema" } else { kind };
                        parts.insert(format!("{kind} {name}"), entry.clone());
                    }
                }
            }
            _ => {
                parts.insert(key.clone(), value.clone());
            }
        }
    }
    parts
}

fn differing_paths(before: &Value, after: &Value, place: &str, paths: &mut Vec<String>) {
    let inner = |key: &str| if place.is_empty() { key.to_owned() } else { format!("{place}.{key}") };
    match (before, after) {
        (Value::Object(left), Value::Object(right)) => {
            let only_right = right.keys().filter(|key| !left.contains_key(*key));
            for key in left.keys().chain(only_right) {
                let (left, right) = (left.get(key).unwrap_or(&Value::Null), right.get(key).unwrap_or(&Value::Null));
                differing_paths(left, right, &inner(key), paths);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                differing_paths(left, right, &format!("{place}[{index}]"), paths);
            }
        }
        _ if before == after => {}
        _ => paths.push(if place.is_empty() { "(all)".to_owned() } else { place.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_and_schemas_are_told_apart() {
        let before = json!({
            "paths": { "/api/user": { "get": { "operationId": "a" }, "post": { "operationId": "b" } } },
            "components": { "schemas": { "User": { "properties": { "id": { "type": "string" } } } } },
        });
        let after = json!({
            "paths": { "/api/user": { "get": { "operationId": "a" }, "put": { "operationId": "c" } } },
            "components": { "schemas": { "User": { "properties": { "id": { "type": "integer" } } } } },
        });
        let difference = Difference::between(&before, &after);
        assert_eq!(difference.new, ["operation PUT /api/user"]);
        assert_eq!(difference.gone, ["operation POST /api/user"]);
        assert_eq!(difference.changed, [("schema User".to_owned(), vec!["properties.id.type".to_owned()])]);
        assert!(Difference::between(&before, &before).is_empty());
    }
}
