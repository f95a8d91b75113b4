//! The guides: whole jobs in steps, each with the tools and arguments it takes.
//!
//! A guide is one Markdown file under `guides/`. Prompts, skills and discovery all show the same files.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    discovery,
    toolset::{Mode, TENANT_HEADER, Toolset},
};

include!(concat!(env!("OUT_DIR"), "/guides.rs"));

/// A job in steps.
pub struct Guide {
    /// Its name: the file's, without `.md`.
    pub name: &'static str,
    /// A few words for people.
    pub title: &'static str,
    /// What comes out, and when to take it.
    pub description: &'static str,
    /// What stands as `{{name}}` in its text.
    pub arguments: &'static [Argument],
    /// The tools that it takes.
    pub tools: &'static [&'static str],
    /// Whether it changes anything.
    pub writes: bool,
    /// The file.
    pub source: &'static str,
    /// The file's head as JSON.
    pub head: &'static str,
    /// The length of the file's head, in bytes.
    head_length: usize,
    /// What is read only when it is needed.
    pub parts: &'static [Part],
}

/// Something that a guide wants to know.
pub struct Argument {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Whether the guide makes no sense without it.
    pub required: bool,
    /// What its value is.
    pub completes: Completes,
    /// What its value may be, where that is one of a few words.
    pub values: &'static [&'static str],
}

/// What a value is, where the instance knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completes {
    /// An application's name or id.
    Application,
    /// A tenant's name or id.
    Tenant,
    /// A user's email, username or id.
    User,
    /// Anything.
    None,
}

/// A part of a guide in a file of its own.
pub struct Part {
    /// The file's name.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

/// The guides whose tools are all offered, sorted by name.
pub fn offered(toolset: &Toolset) -> impl Iterator<Item = &'static Guide> {
    GUIDES.iter().filter(|guide| guide.tools.iter().all(|tool| toolset.callable(tool).is_some()))
}

/// The guide of that name, where it is offered.
pub fn offered_guide(toolset: &Toolset, name: &str) -> Option<&'static Guide> {
    offered(toolset).find(|guide| guide.name == name)
}

/// The part of that name of a guide that is offered.
pub fn offered_part(toolset: &Toolset, name: &str) -> Option<&'static Part> {
    offered(toolset).flat_map(|guide| guide.parts).find(|part| part.name == name)
}

impl Guide {
    /// The text without the head.
    pub fn text(&self) -> &'static str {
        self.source.get(self.head_length..).unwrap_or_default()
    }

    /// The text for a model that comes to the tools as `toolset` has it, with the values of arguments in it. Where `values`
    /// is `None` their names stand.
    pub fn rendered(&self, toolset: &Toolset, values: Option<&BTreeMap<String, String>>) -> String {
        let mut text = spoken(self.text(), toolset);
        if let Some(values) = values {
            text = filled(&text, values);
        }
        if !self.parts.is_empty() {
            let names: Vec<_> = self.parts.iter().map(|part| Value::from(part.name).to_string()).collect();
            text.push_str(&format!("\nA part is shown by describe_tool: {{\"names\":[{}]}}\n", names.join(",")));
        }
        text
    }
}

impl Part {
    /// The text for a model that comes to the tools as `toolset` has it.
    pub fn rendered(&self, toolset: &Toolset) -> String {
        spoken(self.text, toolset)
    }
}

/// How the block of a call begins.
const CALL: &str = "```call ";

/// The text with values for each `{{name}}`, each put in once: what a value holds stays as it is. In the JSON of a call it is
/// escaped, and twice in a string of jq inside of it; elsewhere it stays in its line.
fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut is_call = false;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with("```") {
            is_call = line.starts_with(CALL);
        }
        let mut rest = line;
        while let Some((before, name, after)) = placeholder(rest) {
            out.push_str(before);
            let value = values.get(name).map(String::as_str).unwrap_or_default();
            match (is_call, before.ends_with("\\\"")) {
                (true, true) => out.push_str(&escaped(&escaped(value))),
                (true, false) => out.push_str(&escaped(value)),
                (false, _) => out.push_str(&value.split_whitespace().collect::<Vec<_>>().join(" ")),
            }
            rest = after;
        }
        out.push_str(rest);
    }
    out
}

/// What stands before the first `{{name}}`, the name, and what stands after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

/// What stands between the quotes of a JSON string; jq's strings are the same but for `\(`, which JSON's escapes prevent.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned()
}

/// The text with its calls as a model makes them: through another tool in search mode, and without a tenant where the
/// server has one.
fn spoken(text: &str, toolset: &Toolset) -> String {
    let tenant = format!("\"{TENANT_HEADER}\":\"<tenantId>\",");
    let text = if toolset.has_tenant() { text.replace(&tenant, "") } else { text.to_owned() };
    called_by(&text, toolset.mode())
}

fn called_by(text: &str, mode: Mode) -> String {
    let mut tool = None;
    text.split_inclusive('\n')
        .map(|line| match (line.strip_prefix(CALL), tool) {
            (Some(name), _) => {
                tool = Some(name.trim_end());
                match mode {
                    Mode::List => line.to_owned(),
                    Mode::Search => format!("{CALL}{}\n", discovery::CALL),
                }
            }
            (None, Some(_)) if line.starts_with("```") => {
                tool = None;
                line.to_owned()
            }
            (None, Some(name)) if mode == Mode::Search => {
                format!("{{\"name\":\"{name}\",\"arguments\":{}}}\n", line.trim_end())
            }
            _ => line.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "For {{who}}:\n\n```call findIt\n{\"name\":\"{{who}}\",\"jq\":\".a|select(.b==\\\"{{who}}\\\")\"}\n```\n";

    #[test]
    fn values_stand_escaped_in_calls() {
        let values = BTreeMap::from([("who".to_owned(), "a \"b\" \\(env)".to_owned())]);
        let text = filled(TEXT, &values);
        assert!(text.starts_with("For a \"b\" \\(env):"));
        let call: Value = serde_json::from_str(text.lines().nth(3).unwrap()).unwrap();
        assert_eq!(call["name"], "a \"b\" \\(env)");
        assert_eq!(call["jq"], ".a|select(.b==\"a \\\"b\\\" \\\\(env)\")");
    }

    #[test]
    fn a_value_is_no_template_and_no_block() {
        let text = "{{a}} and {{b}}\n```call findIt\n{\"x\":\"{{a}}\"}\n```\n";
        let values = BTreeMap::from([
            ("a".to_owned(), "{{b}}\n```call deleteIt\n{}\n```".to_owned()),
            ("b".to_owned(), "B".to_owned()),
        ]);
        let text = filled(text, &values);
        assert!(text.starts_with("{{b}} ```call deleteIt {} ``` and B\n"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with(CALL)).count(), 1, "{text}");
    }

    #[test]
    fn in_search_mode_calls_go_through_call_tool() {
        assert_eq!(called_by(TEXT, Mode::List), TEXT);
        let text = called_by("a\n```call findIt\n{\"x\":1}\n```\nb\n", Mode::Search);
        let expected = "a\n```call call_tool\n{\"name\":\"findIt\",\"arguments\":{\"x\":1}}\n```\nb\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn guides_have_text_after_their_heads() {
        for guide in GUIDES {
            assert!(guide.source.starts_with("---\nname: ") && !guide.text().starts_with("---"), "{}", guide.name);
        }
    }
}
