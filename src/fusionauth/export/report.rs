//! The result of an export: files, and a report for a person, a model or a machine.

use std::{collections::BTreeMap, fmt::Write};

use gateway::text::numerals::thousands;
use serde_json::{Map, Value, json};

use super::line::whole_line;
use crate::config::settings::TENANT_ID;

/// The result of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Export {
    /// Contents by relative path, with `/` between folders.
    pub files: BTreeMap<String, String>,
    /// What is in the files, and what is not.
    pub report: Report,
}

/// What a person has to know of an export, in the order in which it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The tenant that the server works for, where it works for one.
    pub confined_to: Option<String>,
    /// What is written, and will not be as it was read once the files are carried out.
    pub changes: Vec<Remark>,
    /// The secrets to set before the files are used.
    pub secrets: Vec<SecretToSet>,
    /// The values that depend on the other instance.
    pub decisions: Vec<Decision>,
    /// What is not in the files, and why: objects first, then properties.
    pub left_out: Vec<Remark>,
    /// How many objects were written, by the name of their kind, in the order of the files.
    pub objects: Vec<(&'static str, usize)>,
}

/// A secret that the files refer to and do not contain.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretToSet {
    /// The variable to set: an environment variable for a Kickstart, an input variable for Terraform.
    pub variable: String,
    /// What it is, for a person: the object's name and the property's path.
    pub what: String,
}

/// A variable that is not secret, and that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Decision {
    /// The variable.
    pub variable: String,
    /// What it has to be, for a person.
    pub what: String,
}

/// What a report says of an object or of a part of one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// The kind or object, with its id where it has one, and perhaps a part of it.
    pub what: String,
    /// Why.
    pub why: String,
}

/// Sorts remarks, and drops those that are said twice.
pub fn sorted(mut remarks: Vec<Remark>) -> Vec<Remark> {
    remarks.sort();
    remarks.dedup();
    remarks
}

impl Report {
    /// The report as text. Names that people gave cannot add lines to it.
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Some(id) = &self.confined_to {
            // Writing to a String does not fail.
            let _ = writeln!(
                text,
                "Only the tenant {id} ({}): what other tenants have is not read; where an object is for them too, that is \
                 neither written nor named.",
                TENANT_ID.label()
            );
        }
        remarks("Will differ from the instance", &self.changes, &mut text);
        if !self.secrets.is_empty() {
            text.push_str("Secrets to set, which the files name but do not contain:\n");
        }
        for SecretToSet { variable, what } in &self.secrets {
            // Writing to a String does not fail.
            let _ = writeln!(text, "- {variable}: {}", whole_line(what));
        }
        if !self.decisions.is_empty() {
            text.push_str("Decisions to make, since only the other instance has the value:\n");
        }
        for Decision { variable, what } in &self.decisions {
            let _ = writeln!(text, "- {variable}: {}", whole_line(what));
        }
        remarks("Left out", &self.left_out, &mut text);
        let objects: Vec<_> =
            self.objects.iter().map(|(family, count)| format!("{family}: {}", thousands(*count))).collect();
        let objects = if objects.is_empty() { "none".to_owned() } else { objects.join(", ") };
        let _ = writeln!(text, "Objects: {objects}");
        text
    }

    /// The report as JSON, for a machine.
    pub fn json(&self) -> Value {
        let remarks = |remarks: &[Remark]| -> Value {
            remarks.iter().map(|Remark { what, why }| json!({ "what": what, "why": why })).collect()
        };
        let secrets =
            self.secrets.iter().map(|SecretToSet { variable, what }| json!({ "variable": variable, "what": what }));
        let decisions =
            self.decisions.iter().map(|Decision { variable, what }| json!({ "variable": variable, "what": what }));
        let objects = self.objects.iter().map(|(kind, count)| ((*kind).to_owned(), Value::from(*count)));
        json!({
            "confinedTo": self.confined_to,
            "changes": remarks(&self.changes),
            "secrets": secrets.collect::<Value>(),
            "decisions": decisions.collect::<Value>(),
            "leftOut": remarks(&self.left_out),
            "objects": objects.collect::<Map<_, _>>(),
        })
    }
}

fn remarks(heading: &str, remarks: &[Remark], text: &mut String) {
    if !remarks.is_empty() {
        let _ = writeln!(text, "{heading}:");
    }
    for Remark { what, why } in remarks {
        let _ = writeln!(text, "- {}: {}", whole_line(what), whole_line(why));
    }
}
