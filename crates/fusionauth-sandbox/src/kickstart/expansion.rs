//! Expansion: JSON with its variables replaced and its files included.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::{
    error::{KickstartError, MAX_DEPTH, MAX_INCLUDES, Problem},
    folder::{Folder, read_text},
    place::Place,
    text::{Opener, json_include, replace},
    variables::Variables,
};

/// How many levels an item of the file's lists is below the root: the file's object and the list.
const DEPTH_OF_ITEMS: usize = 2;

/// A JSON file that is being read.
pub struct OpenFile {
    /// The name under which it was included.
    pub name: String,
    /// Where it is, without symbolic links.
    pub path: PathBuf,
}

/// Expands the values of a Kickstart file.
pub struct Expansion<'a> {
    folder: Folder,
    variables: Variables<'a>,
    /// The Kickstart file, then the JSON files included one in another down to the one that is being read.
    open: Vec<OpenFile>,
}

impl<'a> Expansion<'a> {
    /// For the values of a Kickstart file in this folder.
    pub fn new(folder: Folder, variables: Variables<'a>, kickstart_file: OpenFile) -> Self {
        Self { folder, variables, open: vec![kickstart_file] }
    }

    /// Expands an item of one of the file's lists.
    pub fn item(&mut self, item: Value, place: &Place) -> Result<Value, KickstartError> {
        self.expand(item, place, DEPTH_OF_ITEMS)
    }

    /// `depth` is the number of objects and arrays around the value. It ends the recursion at `MAX_DEPTH`.
    fn expand(&mut self, value: Value, place: &Place, depth: usize) -> Result<Value, KickstartError> {
        if depth > MAX_DEPTH {
            return Err(self.error(place, Problem::TooDeep));
        }
        match value {
            Value::String(text) => match json_include(&text) {
                Some(name) => self.include(name, place, depth),
                None => self.value(&text).map(Value::String).map_err(|problem| self.error(place, problem)),
            },
            Value::Array(items) => {
                let items = items.into_iter().enumerate();
                let items = items.map(|(index, item)| self.expand(item, &place.item(index), depth + 1));
                items.collect::<Result<_, _>>().map(Value::Array)
            }
            Value::Object(entries) => {
                let mut expanded = Map::new();
                for (name, value) in entries {
                    let place = place.property(&name);
                    let name = self.name(&name).map_err(|problem| self.error(&place, problem))?;
                    let value = self.expand(value, &place, depth + 1)?;
                    if expanded.contains_key(&name) {
                        return Err(self.error(&place, Problem::DuplicateProperty(name)));
                    }
                    expanded.insert(name, value);
                }
                Ok(Value::Object(expanded))
            }
            other => Ok(other),
        }
    }

    /// The expanded content of a JSON file.
    fn include(&mut self, name: &str, place: &Place, depth: usize) -> Result<Value, KickstartError> {
        let (path, content) = self.open(name).map_err(|problem| self.error(place, problem))?;
        self.open.push(OpenFile { name: name.to_owned(), path });
        let expanded = self.expand(content, place, depth);
        self.open.pop();
        expanded
    }

    fn open(&self, name: &str) -> Result<(PathBuf, Value), Problem> {
        let path = self.folder.locate(name)?;
        if self.open.iter().any(|open| open.path == path) {
            let chain = self.open.iter().map(|open| open.name.clone()).chain([name.to_owned()]).collect();
            return Err(Problem::IncludesItself { name: name.to_owned(), chain });
        }
        if self.open.len() > MAX_INCLUDES {
            return Err(Problem::TooManyIncludes(name.to_owned()));
        }
        let text = read_text(&path, name)?;
        let content = serde_json::from_str(&text).map_err(|cause| Problem::NotJson { file: name.to_owned(), cause })?;
        Ok((path, content))
    }

    /// A string with its variables replaced and its text files included.
    fn value(&self, text: &str) -> Result<String, Problem> {
        replace(text, |opener, name| match opener {
            Opener::Variable => self.variables.value(name),
            Opener::Text => self.folder.read(name),
            Opener::Json => Err(Problem::JsonInText(name.to_owned())),
        })
    }

    /// A property's name with its variables replaced.
    fn name(&self, text: &str) -> Result<String, Problem> {
        replace(text, |opener, name| match opener {
            Opener::Variable => self.variables.value(name),
            Opener::Text | Opener::Json => {
                let holder = "a property's name";
                Err(Problem::FileNotAllowed { sign: opener.sign(), name: name.to_owned(), holder })
            }
        })
    }

    /// A problem in the file that is being read.
    fn error(&self, place: &Place, problem: Problem) -> KickstartError {
        let included = self.open.get(1..).and_then(<[OpenFile]>::last);
        problem.at(place).in_file(included.map(|file| file.name.as_str()))
    }
}
