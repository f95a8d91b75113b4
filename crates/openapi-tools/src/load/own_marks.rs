//! Our marks in somebody else's document. They say what a call may do and what a person is asked, so only an overlay of the
//! operator's may set them.

use serde_json::Value;

use super::{
    overlay::PARAMETERS,
    positions::{DATA, NAMING},
};

/// Every mark that lowering reads.
const MARKS: [&str; 20] = [
    PARAMETERS,
    "x-allow-slashes",
    "x-argument-name",
    "x-asynchronous",
    "x-destructive",
    "x-download",
    "x-first",
    "x-idempotent",
    "x-irreversible",
    "x-licensed",
    "x-never-generated",
    "x-not-null",
    "x-prefix",
    "x-rare",
    "x-read-only",
    "x-secret",
    "x-tenant-scoped",
    "x-tool-name",
    "x-wire-name",
    "x-wishes",
];

/// Takes our marks out of the text of a document.
pub fn remove(value: &mut Value) {
    keywords(value);
}

fn keywords(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|key, _| !MARKS.contains(&key.as_str()));
            for (key, inner) in entries.iter_mut().filter(|(key, _)| !DATA.contains(&key.as_str())) {
                match inner {
                    Value::Object(named) if NAMING.contains(&key.as_str()) => named.values_mut().for_each(keywords),
                    inner => keywords(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(keywords),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marks_are_gone_and_names_and_data_stay() {
        let mut document = json!({
            "components": { "x-parameters": ["not ours"], "schemas": { "x-secret": { "x-secret": false, "properties": { "x-first": { "x-not-null": true } } } } },
            "paths": { "/a": { "delete": { "x-read-only": true, "x-vendor": { "x-rare": 1 }, "parameters": [{ "name": "x-prefix", "x-prefix": "p", "example": { "x-wishes": 1 } }] } } },
        });
        remove(&mut document);
        let expected = json!({
            "components": { "schemas": { "x-secret": { "properties": { "x-first": {} } } } },
            "paths": { "/a": { "delete": { "x-vendor": {}, "parameters": [{ "name": "x-prefix", "example": { "x-wishes": 1 } }] } } },
        });
        assert_eq!(document, expected);
    }
}
