//! Configuration files as text: a server is put in or taken out, and everything else stays as it is.

mod jsonc;
pub mod outcome;
mod text;
mod toml;

use self::outcome::{EditError, Edited};
use super::{
    launch::Launch,
    table::{Client, Format},
};

/// Puts a server into the text of a file. A server of that name that is there is brought up to date: properties of other
/// names that somebody added to it are kept.
///
/// # Errors
/// A text that is not valid, or has something else where servers belong.
pub fn put(client: &Client, text: &str, name: &str, launch: &Launch) -> Result<Edited, EditError> {
    match client.format {
        Format::Json => jsonc::put(client, text, name, launch),
        Format::Toml => toml::put(client.section, text, name, launch),
    }
}

/// Takes a server out of the text of a file; `None` where there is none of that name.
///
/// # Errors
/// As [`put`].
pub fn remove(client: &Client, text: &str, name: &str) -> Result<Option<String>, EditError> {
    match client.format {
        Format::Json => jsonc::remove(client, text, name),
        Format::Toml => toml::remove(client.section, text, name),
    }
}
