//! What an export makes, and what a person has to know of it.

use std::{collections::BTreeMap, fmt::Write};

use gateway::text::numerals::thousands;

use super::line::whole_line;

/// What an export makes: files, and what to know of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Contents by relative path, with `/` between folders.
    pub files: BTreeMap<String, String>,
    /// What was written.
    pub report: Report,
}

/// What a person has to know of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Objects written, by the family's name, in the order of the file.
    pub objects: Vec<(&'static str, usize)>,
    /// Secrets that are to be set before the file is used.
    pub secrets: Vec<SecretToSet>,
    /// What is not in the file, and why.
    pub left_out: Vec<LeftOut>,
}

/// A secret that the file names and does not hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretToSet {
    /// The variable to set: an environment variable for a Kickstart, an input variable for Terraform.
    pub variable: String,
    /// What it is, for a person: the object's name and the property's path.
    pub what: String,
}

/// Something that is not in the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The family or object, with its id where it has one.
    pub what: String,
    /// Why.
    pub why: String,
}

impl Report {
    /// The report for a person or a model. What people named things stays in its line.
    pub fn text(&self) -> String {
        let objects: Vec<_> =
            self.objects.iter().map(|(family, count)| format!("{family}: {}", thousands(*count))).collect();
        let mut text =
            format!("Objects: {}\n", if objects.is_empty() { "none".to_owned() } else { objects.join(", ") });
        // Writing to a String does not fail.
        if !self.secrets.is_empty() {
            text.push_str("Secrets to set, which the files name and do not hold:\n");
        }
        for SecretToSet { variable, what } in &self.secrets {
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
