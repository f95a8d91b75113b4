//! Where in a Kickstart file something stands.

use std::fmt;

/// The JSON path of a value, from the Kickstart file's root: `requests[3].body.user.email`.
///
/// Included files do not interrupt the path: it goes on inside of what replaced the include.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Option<String>);

impl Place {
    /// The file as a whole.
    pub(super) fn root() -> Self {
        Self(None)
    }

    /// A property of the object at this place.
    pub(super) fn property(&self, name: &str) -> Self {
        Self(Some(match &self.0 {
            Some(path) => format!("{path}.{name}"),
            None => name.to_owned(),
        }))
    }

    /// An item of the array at this place.
    pub(super) fn item(&self, index: usize) -> Self {
        Self(Some(format!("{self}[{index}]")))
    }

    /// Whether this is the file as a whole.
    pub fn is_root(&self) -> bool {
        self.0.is_none()
    }
}

/// The path; nothing for the file as a whole.
impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_deref().unwrap_or_default())
    }
}
