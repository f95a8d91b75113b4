//! References to other files: these files are put into the document, and the references lead there.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    fault::Fault,
    own_marks,
    positions::{DATA, NAMING},
    text,
};

/// The key that other files stand under.
pub const FILES: &str = "x-files";

/// The most files that a document may consist of.
const MAX_FILES: usize = 500;

/// Where the files of a document are.
pub trait Library {
    /// The place of the file that a reference in the file `from` names.
    ///
    /// # Errors
    /// Why it may not be read.
    fn locate(&self, from: &str, reference: &str) -> Result<String, String>;

    /// The text of a file.
    ///
    /// # Errors
    /// Why there is none.
    fn read(&self, place: &str) -> Result<String, String>;
}

/// A document without other files.
#[derive(Debug, Clone, Copy)]
pub struct NoLibrary;

impl Library for NoLibrary {
    fn locate(&self, _from: &str, _reference: &str) -> Result<String, String> {
        Err("references to other files are not followed here".to_owned())
    }

    fn read(&self, _place: &str) -> Result<String, String> {
        Err("references to other files are not followed here".to_owned())
    }
}

/// Puts the files that `document`, which was read from `place`, refers to into it. What cannot be read is noted; its
/// references then lead nowhere.
pub fn bundle(document: &mut Value, place: &str, library: &dyn Library) -> Vec<Fault> {
    let mut bundle = Bundle { library, known: BTreeMap::new(), waiting: Vec::new(), notes: Vec::new() };
    bundle.rewrite(document, &File { place, prefix: String::new() }, false);
    let mut files = Map::new();
    while let Some((key, place)) = bundle.waiting.pop() {
        let read = library.read(&place).and_then(|text| text::parse(&text).map_err(|fault| fault.message));
        match read {
            Ok(mut value) => {
                own_marks::remove(&mut value);
                bundle.rewrite(&mut value, &File { place: &place, prefix: format!("/{FILES}/{key}") }, false);
                files.insert(key, value);
            }
            Err(message) => bundle.notes.push(Fault::new(place, message)),
        }
    }
    if let (false, Some(document)) = (files.is_empty(), document.as_object_mut()) {
        document.insert(FILES.to_owned(), Value::Object(files));
    }
    bundle.notes
}

struct Bundle<'l> {
    library: &'l dyn Library,
    /// The keys of files by their places.
    known: BTreeMap<String, String>,
    waiting: Vec<(String, String)>,
    notes: Vec<Fault>,
}

/// A file whose references are rewritten, and the pointer to where it stands in the document.
struct File<'p> {
    place: &'p str,
    prefix: String,
}

impl Bundle<'_> {
    /// `names` says that the keys of the value are names that somebody gave, and no keywords.
    fn rewrite(&mut self, value: &mut Value, file: &File<'_>, names: bool) {
        match value {
            Value::Object(entries) => {
                for (key, inner) in entries {
                    if names {
                        self.rewrite(inner, file, false);
                        continue;
                    }
                    match (key.as_str(), inner) {
                        ("$ref", Value::String(reference)) => {
                            if let Some(rewritten) = self.reference(reference, file) {
                                *reference = rewritten;
                            }
                        }
                        (data, _) if DATA.contains(&data) || data.starts_with("x-") => {}
                        (keyword, inner) => self.rewrite(inner, file, NAMING.contains(&keyword)),
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.rewrite(item, file, false)),
            _ => {}
        }
    }

    fn reference(&mut self, reference: &str, file: &File<'_>) -> Option<String> {
        let (other, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        if other.is_empty() {
            return (!file.prefix.is_empty()).then(|| format!("#{}{pointer}", file.prefix));
        }
        match self.library.locate(file.place, other) {
            Ok(place) => {
                let key = self.key(place)?;
                Some(format!("#/{FILES}/{key}{pointer}"))
            }
            Err(message) => {
                self.notes.push(Fault::new(reference, message));
                None
            }
        }
    }

    fn key(&mut self, place: String) -> Option<String> {
        if let Some(key) = self.known.get(&place) {
            return Some(key.clone());
        }
        if self.known.len() >= MAX_FILES {
            self.notes.push(Fault::new(place, format!("more than {MAX_FILES} files")));
            return None;
        }
        let name = place.rsplit(['/', '\\']).next().unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default();
        let name: String = name.chars().filter(|character| character.is_alphanumeric()).collect();
        let key = format!("{}-{name}", self.known.len());
        self.known.insert(place.clone(), key.clone());
        self.waiting.push((key.clone(), place));
        Some(key)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Folder(BTreeMap<&'static str, &'static str>);

    impl Library for Folder {
        fn locate(&self, _from: &str, reference: &str) -> Result<String, String> {
            if reference.contains("..") { Err("outside of the folder".to_owned()) } else { Ok(reference.to_owned()) }
        }

        fn read(&self, place: &str) -> Result<String, String> {
            self.0.get(place).map(|text| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
        }
    }

    #[test]
    fn files_are_put_into_the_document_once() {
        let folder = Folder(BTreeMap::from([
            (
                "pet.yaml",
                "type: object\nproperties:\n  $ref: { $ref: '#/other' }\n  self: { $ref: 'pet.yaml' }\nother: true\n",
            ),
            ("broken.json", "{"),
        ]));
        let mut document = json!({
            "a": { "$ref": "pet.yaml" }, "b": { "$ref": "pet.yaml#/other" }, "c": { "$ref": "#/a" },
            "d": { "$ref": "../secret" }, "e": { "$ref": "missing.json#/x" }, "f": { "$ref": "broken.json" },
            "example": { "$ref": "pet.yaml#/never" }, "responses": { "default": { "$ref": "pet.yaml#/other" } },
        });
        let notes = bundle(&mut document, "root.json", &folder);
        assert_eq!(document["a"], json!({ "$ref": "#/x-files/0-pet" }));
        assert_eq!(document["b"], json!({ "$ref": "#/x-files/0-pet/other" }));
        assert_eq!(document["responses"]["default"], json!({ "$ref": "#/x-files/0-pet/other" }));
        assert_eq!(document["c"], json!({ "$ref": "#/a" }));
        assert_eq!(document["d"], json!({ "$ref": "../secret" }));
        assert_eq!(document["example"], json!({ "$ref": "pet.yaml#/never" }));
        assert_eq!(document["x-files"]["0-pet"]["properties"]["$ref"], json!({ "$ref": "#/x-files/0-pet/other" }));
        assert_eq!(document["x-files"]["0-pet"]["properties"]["self"], json!({ "$ref": "#/x-files/0-pet" }));
        let mut notes: Vec<_> = notes.iter().map(ToString::to_string).collect();
        notes.sort();
        assert_eq!(notes.len(), 3, "{notes:?}");
        assert_eq!(notes[0], "../secret: outside of the folder");
        assert!(notes[1].starts_with("broken.json: not JSON: "), "{notes:?}");
        assert_eq!(notes[2], "missing.json: no such file");
    }
}
