//! The result of an export: files, and a report for a person or a model.

use std::{collections::BTreeMap, fmt::Write};

use gateway::text::numerals::thousands;

use super::line::whole_line;

/// The result of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Contents by relative path, with `/` between folders.
    pub files: BTreeMap<String, String>,
    /// What is in the files, and what is not.
    pub report: Report,
}

/// What a person has to know of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many objects were written, by the name of their kind, in the order of the files.
    pub objects: Vec<(&'static str, usize)>,
    /// The secrets to set before the files are used.
    pub secrets: Vec<SecretToSet>,
    /// What is not in the files, and why.
    pub left_out: Vec<LeftOut>,
}

/// A secret that the files refer to and do not contain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretToSet {
    /// The variable to set: an environment variable for a Kickstart, an input variable for Terraform.
    pub variable: String,
    /// What it is, for a person: the object's name and the property's path.
    pub what: String,
}

/// Something that is not in the files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The kind or object, with its id where it has one, and perhaps a part of it.
    pub what: String,
    /// Why.
    pub why: String,
}

impl Report {
    /// The report as text. Names that people gave cannot add lines to it.
    pub fn text(&self) -> String {
        let objects: Vec<_> =
            self.objects.iter().map(|(family, count)| format!("{family}: {}", thousands(*count))).collect();
        let mut text =
            format!("Objects: {}\n", if objects.is_empty() { "none".to_owned() } else { objects.join(", ") });
        if !self.secrets.is_empty() {
            text.push_str("Secrets to set, which the files name and do not hold:\n");
        }
        for SecretToSet { variable, what } in &self.secrets {
            // Writing to a String does not fail.
            let _ = writeln!(text, "- {variable}: {}", whole_line(what));
        }
        if !self.left_out.is_empty() {
            text.push_str("Left out:\n");
        }
        for LeftOut { what, why } in &self.left_out {
            let _ = writeln!(text, "- {}: {}", whole_line(what), whole_line(why));
        }
        text
    }
}
