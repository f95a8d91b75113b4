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

/// An item of one of the file's lists, expanded.
pub struct Item {
    /// The item.
    pub value: Value,
    /// Where it stands.
    pub place: Place,
    included_file: Option<String>,
}

impl Item {
    /// What `check` makes of it. A problem is in the file that it was included from.
    pub fn check<T>(self, check: impl FnOnce(Value, &Place) -> Result<T, KickstartError>) -> Result<T, KickstartError> {
        check(self.value, &self.place).map_err(|error| error.in_file(self.included_file.as_deref()))
    }
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

    /// Expands one of the file's lists.
    pub fn items(&mut self, items: Vec<Value>, place: &Place) -> Result<Vec<Item>, KickstartError> {
        let items = items.into_iter().enumerate().map(|(index, item)| {
            let place = place.item(index);
            let included_file = item.as_str().and_then(json_include).map(str::to_owned);
            let value = self.expand(item, &place, DEPTH_OF_ITEMS)?;
            Ok(Item { value, place, included_file })
        });
        items.collect()
    }

    /// Checks that every variable had a value.
    pub fn check_variables(&self) -> Result<(), KickstartError> {
        match self.variables.missing() {
            [] => Ok(()),
            missing => Err(Problem::MissingVariables(missing.to_vec()).at(&Place::root())),
        }
    }

    /// `depth` is the number of objects and arrays around the value. It ends the recursion at `MAX_DEPTH`.
    fn expand(&mut self, value: Value, place: &Place, depth: usize) -> Result<Value, KickstartError> {
        if depth > MAX_DEPTH {
            return Err(self.error(place, Problem::TooDeep));
        }
        match value {
            Value::String(text) => match json_include(&text) {
                Some(name) => self.include(name, place, depth),
                None => self.value(&text, place).map(Value::String).map_err(|problem| self.error(place, problem)),
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
                    let name = self.name(&name, &place).map_err(|problem| self.error(&place, problem))?;
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
    fn value(&mut self, text: &str, place: &Place) -> Result<String, Problem> {
        let Self { folder, variables, open } = self;
        replace(text, |opener, name| match opener {
            Opener::Variable => Ok(variables.value(name, place, included_file(open))),
            Opener::Text => folder.read(name),
            Opener::Json => Err(Problem::JsonInText(name.to_owned())),
        })
    }

    /// A property's name with its variables replaced.
    fn name(&mut self, text: &str, place: &Place) -> Result<String, Problem> {
        let Self { variables, open, .. } = self;
        replace(text, |opener, name| match opener {
            Opener::Variable => Ok(variables.value(name, place, included_file(open))),
            Opener::Text | Opener::Json => {
                let holder = "a property's name";
                Err(Problem::FileNotAllowed { sign: opener.sign(), name: name.to_owned(), holder })
            }
        })
    }

    /// A problem in the file that is being read.
    fn error(&self, place: &Place, problem: Problem) -> KickstartError {
        problem.at(place).in_file(included_file(&self.open))
    }
}

/// The included file that is being read; `None` for the Kickstart file.
fn included_file(open: &[OpenFile]) -> Option<&str> {
    open.get(1..).and_then(<[OpenFile]>::last).map(|file| file.name.as_str())
}
