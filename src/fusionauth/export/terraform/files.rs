//! Templates, lambdas and themes as separate files, which are read with `file()` and so need no escaping.

use std::collections::{BTreeMap, BTreeSet};

use hcl::{
    Expression,
    expr::{FuncCall, TemplateExpr},
};

use super::{instances::Instance, kind::Kind, names::numbered, table::Argument};

/// The longest part of a file's name that comes from a key, in characters.
const MAX_KEY: usize = 20;

/// The side files.
#[derive(Debug, Default)]
pub struct SideFiles {
    /// Contents by path.
    pub files: BTreeMap<String, String>,
    /// The paths in lower case, since some file systems ignore case.
    taken: BTreeSet<String>,
}

impl SideFiles {
    /// Puts the text of an argument, or of one of its entries, into a file. Returns the call that reads the file.
    pub fn add(&mut self, instance: &Instance<'_>, argument: &Argument, key: Option<&str>, text: &str) -> Expression {
        let (stem, extension) = path_of(instance, argument);
        let stem = key.map(|key| format!("{stem}.{}", part(key))).unwrap_or(stem);
        let is_taken = |stem: &str| self.taken.contains(&format!("{stem}.{extension}").to_ascii_lowercase());
        let path = format!("{}.{extension}", numbered(&stem, is_taken));
        self.taken.insert(path.to_ascii_lowercase());
        // The path has only letters, digits, `_`, `-`, `.` and `/`, so there is nothing to escape.
        let template = TemplateExpr::QuotedString(format!("${{path.module}}/{path}"));
        self.files.insert(path, text.to_owned());
        FuncCall::builder("file").arg(template).build().into()
    }
}

/// The path of an argument's text, and its extension.
fn path_of(instance: &Instance<'_>, argument: &Argument) -> (String, &'static str) {
    let name = &instance.name;
    match (instance.kind, argument.name.as_str()) {
        (Kind::Lambda, _) => (format!("lambdas/{name}"), "js"),
        (Kind::Theme, "stylesheet") => (format!("themes/{name}/stylesheet"), "css"),
        (Kind::Theme, "default_messages" | "localized_messages") => (format!("themes/{name}/messages"), "properties"),
        (Kind::Theme, template) => (format!("themes/{name}/{template}"), "ftl"),
        (Kind::EmailTemplate, template) if template.contains("html") => (format!("templates/email/{name}/html"), "ftl"),
        (Kind::EmailTemplate, _) => (format!("templates/email/{name}/text"), "ftl"),
        _ => (format!("templates/message/{name}/text"), "ftl"),
    }
}

/// A key, mostly a locale, as a part of a file's name.
fn part(key: &str) -> String {
    let letters = key.chars().take(MAX_KEY);
    let part: String =
        letters.map(|letter| if letter.is_ascii_alphanumeric() || letter == '-' { letter } else { '_' }).collect();
    if part.is_empty() { "_".to_owned() } else { part }
}
