//! Where in the arguments a value stands.

use std::fmt;

use crate::text::shorten::shortened;

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// Into a property that the document names.
    Property(&'static str),
    /// Into an entry whose key the caller chose.
    Key(String),
    /// Into an item of a list.
    Item(usize),
}

/// A way from an argument down to a value: `requestBody.users[3].email`.
#[derive(Debug, Default)]
pub struct Place {
    steps: Vec<Step>,
}

impl Place {
    /// How many steps lead to it.
    pub fn depth(&self) -> usize {
        self.steps.len()
    }

    /// Steps into a property.
    pub fn enter(&mut self, property: &'static str) {
        self.steps.push(Step::Property(property));
    }

    /// Steps into an entry whose key the caller chose.
    pub fn enter_key(&mut self, key: &str) {
        self.steps.push(Step::Key(key.to_owned()));
    }

    /// Steps into an item of a list.
    pub fn enter_item(&mut self, index: usize) {
        self.steps.push(Step::Item(index));
    }

    /// Steps back.
    pub fn leave(&mut self) {
        self.steps.pop();
    }

    /// Whether it is within a list.
    pub fn is_in_list(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Item(_)))
    }

    /// The innermost property that the document names.
    pub fn property(&self) -> Option<&'static str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Property(name) => Some(*name),
            Step::Key(_) | Step::Item(_) => None,
        })
    }

    /// The place in any list and under any key: `requestBody.users[].email`, `data.*`.
    pub fn pattern(&self) -> String {
        let mut text = String::new();
        for step in &self.steps {
            match step {
                Step::Item(_) => text.push_str("[]"),
                Step::Key(_) => text.push_str(".*"),
                Step::Property(name) => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(name);
                }
            }
        }
        text
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            let dot = if index == 0 { "" } else { "." };
            match step {
                Step::Property(name) => write!(formatter, "{dot}{name}")?,
                Step::Key(key) => write!(formatter, "{dot}{}", shortened(key))?,
                Step::Item(item) => write!(formatter, "[{item}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_a_path() {
        let mut place = Place::default();
        place.enter("requestBody");
        place.enter("users");
        place.enter_item(3);
        place.enter("data");
        place.enter_key("a key");
        assert_eq!(place.to_string(), "requestBody.users[3].data.a key");
        assert_eq!(place.pattern(), "requestBody.users[].data.*");
        assert_eq!((place.property(), place.is_in_list(), place.depth()), (Some("data"), true, 5));
        place.leave();
        assert_eq!(place.to_string(), "requestBody.users[3].data");
    }
}
