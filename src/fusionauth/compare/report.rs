//! A comparison for a person, a model or a machine. No secret is in it, and no digest of one.

use std::fmt::Write;

use gateway::text::numerals::thousands;
use serde_json::{Map, Value, json};

use super::{
    comparison::{Changed, Comparison, Named},
    secrets,
    values::{Change, Difference},
};
use crate::fusionauth::export::{
    line::{one_line, whole_line},
    report::Remark,
};

impl Comparison {
    /// Whether they are the same, in one line.
    pub fn result(&self) -> String {
        let [a, b] = self.names.each_ref().map(|name| whole_line(name));
        let objects = if self.compared == 1 { "object" } else { "objects" };
        let result = if self.is_same() { "do not differ" } else { "differ" };
        format!("{a} and {b} {result}. Compared: {} {objects}.", thousands(self.compared))
    }

    /// What differs and what cannot be compared, as text. Names that people gave cannot add lines to it.
    pub fn lists(&self) -> String {
        let [a, b] = self.names.each_ref().map(|name| whole_line(name));
        let mut text = String::new();
        for (name, objects) in [&a, &b].into_iter().zip(&self.only_in) {
            if !objects.is_empty() {
                // Writing to a String does not fail.
                let _ = writeln!(text, "Only in {name}:");
            }
            for object in objects {
                let _ = writeln!(text, "- {}", whole_line(&object.to_string()));
            }
        }
        if !self.changed.is_empty() {
            let _ = writeln!(text, "Different ({a} → {b}):");
        }
        for Changed { object, differences } in &self.changed {
            let _ = writeln!(text, "- {}", whole_line(&object.to_string()));
            for Difference { path, change } in differences {
                let _ = writeln!(text, "  - {}: {}", whole_line(path), described(change, [&a, &b]));
            }
        }
        if !self.not_comparable.is_empty() {
            text.push_str("Not comparable:\n");
        }
        for Remark { what, why } in &self.not_comparable {
            let _ = writeln!(text, "- {}: {}", whole_line(what), whole_line(why));
        }
        text
    }

    /// The comparison as JSON.
    pub fn json(&self) -> Value {
        let [a, b] = &self.names;
        let [only_in_a, only_in_b] =
            self.only_in.each_ref().map(|objects| objects.iter().map(named).collect::<Value>());
        let changed = self.changed.iter().map(|Changed { object, differences }| {
            let mut changed = named(object);
            if let Some(changed) = changed.as_object_mut() {
                changed.insert("properties".to_owned(), differences.iter().map(property).collect());
            }
            changed
        });
        let remarks = self.not_comparable.iter().map(|Remark { what, why }| json!({ "what": what, "why": why }));
        json!({
            "a": a,
            "b": b,
            "same": self.is_same(),
            "onlyInA": only_in_a,
            "onlyInB": only_in_b,
            "different": changed.collect::<Value>(),
            "notComparable": remarks.collect::<Value>(),
            "compared": self.compared,
        })
    }
}

fn named(object: &Named) -> Value {
    let texts = [("kind", Some(object.kind)), ("name", object.name.as_deref()), ("id", object.id.as_deref())];
    let texts = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), Value::from(text?))));
    Value::Object(texts.collect())
}

fn property(Difference { path, change }: &Difference) -> Value {
    match change {
        Change::Secret => json!({ "path": path, "secretDiffers": true }),
        Change::Order => json!({ "path": path, "orderDiffers": true }),
        Change::Value { a, b } => {
            let mut property = Map::from_iter([("path".to_owned(), Value::from(path.as_str()))]);
            property.extend(a.iter().map(|value| ("a".to_owned(), without_secrets(value))));
            property.extend(b.iter().map(|value| ("b".to_owned(), without_secrets(value))));
            Value::Object(property)
        }
    }
}

/// The value without secrets and their digests.
fn without_secrets(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(secrets::shown(text)),
        Value::Array(items) => items.iter().map(without_secrets).collect(),
        Value::Object(object) => {
            object.iter().map(|(name, value)| (secrets::shown(name), without_secrets(value))).collect()
        }
        other => other.clone(),
    }
}

fn described(change: &Change, [a_name, b_name]: [&String; 2]) -> String {
    match change {
        Change::Secret => "the secret differs".to_owned(),
        Change::Order => "the same in another order".to_owned(),
        Change::Value { a: Some(Value::String(a)), b: Some(Value::String(b)) } if a.lines().count() > 1 => lines(a, b),
        Change::Value { a: Some(a), b: Some(b) } => format!("{} → {}", shown(a), shown(b)),
        Change::Value { a: Some(value), b: None } => format!("only in {a_name}: {}", shown(value)),
        Change::Value { a: None, b: Some(value) } => format!("only in {b_name}: {}", shown(value)),
        Change::Value { a: None, b: None } => "not set".to_owned(),
    }
}

/// Where two texts of several lines differ first.
fn lines(a: &str, b: &str) -> String {
    let (a, b) = (secrets::shown(a), secrets::shown(b));
    let (mut of_a, mut of_b) = (a.lines(), b.lines());
    let mut number = 1;
    loop {
        match (of_a.next(), of_b.next()) {
            (Some(one), Some(other)) if one == other => number += 1,
            (None, None) => return "the line ends differ".to_owned(),
            (one, other) => {
                let line = |line: Option<&str>| line.map_or("no line".to_owned(), |line| shown(&Value::from(line)));
                return format!("from line {number} on: {} → {}", line(one), line(other));
            }
        }
    }
}

/// A value in one short line.
fn shown(value: &Value) -> String {
    one_line(&without_secrets(value).to_string())
}
