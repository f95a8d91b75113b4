//! Guides: whole jobs in steps, each with the tools and arguments that it takes.
//!
//! A guide is one Markdown file with a head. Prompts, skills and `describe_tool` all show the same files.

use std::fmt::Write;

use serde_json::Value;

pub mod arguments;

use self::arguments::{Argument, ArgumentError, Values, checked};
use crate::text::mentions::is_name;

/// A job in steps.
pub struct Guide {
    /// Its name: the file's, without `.md`.
    pub name: &'static str,
    /// A few words for people.
    pub title: &'static str,
    /// What comes out, and when to take it.
    pub description: &'static str,
    /// What people say when they want the job done. It is found by these phrases; nobody reads them.
    pub wishes: &'static [&'static str],
    /// What stands as `{{name}}` in its text.
    pub arguments: &'static [Argument],
    /// The tools that it takes.
    pub tools: &'static [&'static str],
    /// Whether it changes anything.
    pub writes: bool,
    /// The file, without the phrases.
    pub source: &'static str,
    /// The head of `source` as JSON.
    pub head: &'static str,
    /// The length of the head of `source`, in bytes.
    pub head_length: usize,
    /// What is read only when it is needed.
    pub parts: &'static [Part],
}

/// How a session calls tools, as far as the text of a guide depends on it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Calling {
    /// The tool through which the others are called.
    pub through: Option<&'static str>,
    /// The argument that no call takes, since its value is bound for the session.
    pub bound_argument: Option<&'static str>,
}

/// A part of a guide in a file of its own.
pub struct Part {
    /// The file's name.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

impl Guide {
    /// The text without the head.
    pub fn text(&self) -> &'static str {
        self.source.get(self.head_length..).unwrap_or_default()
    }

    /// The values of the arguments, each without the spaces around it. An empty one is none.
    ///
    /// # Errors
    /// An unknown argument, one that is missing or too long.
    pub fn values<'g>(&self, given: impl IntoIterator<Item = (&'g str, &'g str)>) -> Result<Values, ArgumentError> {
        checked(self.name, self.arguments, given)
    }

    /// The file, with the values of arguments in it. Without `values` the names of the arguments stand in it as those of ids
    /// do, `<name>`. `is_off` says by which settings a tool is switched off.
    pub fn file(&self, values: Option<&Values>, is_off: SwitchedOff<'_>) -> String {
        let head = self.source.get(..self.head_length).unwrap_or_default();
        let body = values.map_or_else(|| self.text().to_owned(), |values| self.text_for(values));
        format!("{head}{}", filled(&with_switched_off(&body, is_off), values.unwrap_or(&Values::new())))
    }

    /// The text for a model that calls tools in this way, with the values of arguments in it. Without `values` the names
    /// of the arguments stand in it, and the end says how it is had with their values. `is_off` says by which settings a
    /// tool is switched off.
    pub fn rendered(&self, calling: Calling, values: Option<&Values>, is_off: SwitchedOff<'_>) -> String {
        let body = values.map_or_else(|| self.text().to_owned(), |values| self.text_for(values));
        let body = calling.rewrite(&with_switched_off(&body, is_off));
        let mut text = filled(&body, values.unwrap_or(&Values::new()));
        if values.is_none() && !self.arguments.is_empty() {
            text.push_str(&format!("\n{}\n", self.arguments_words()));
        }
        if !self.parts.is_empty() {
            let names: Vec<_> = self.parts.iter().map(|part| Value::from(part.name).to_string()).collect();
            text.push_str(&format!("\nA part is shown by describe_tool: {{\"names\":[{}]}}\n", names.join(",")));
        }
        text
    }

    /// The text without what only holds the value of an argument that is not given.
    fn text_for(&self, values: &Values) -> String {
        let names = self.arguments.iter().map(|argument| argument.name);
        without_missing(self.text(), &names.filter(|name| !values.contains_key(name)).collect::<Vec<_>>())
    }

    /// What stands as `<name>`, and how to have its value there.
    fn arguments_words(&self) -> String {
        let lines = self.arguments.iter().map(|Argument { name, description, required, .. }| {
            let optional = if *required { "" } else { " Optional." };
            format!("`<{name}>`: {description}{optional}\n")
        });
        let all = self.arguments.iter().map(|argument| format!("{}=VALUE", argument.name));
        format!(
            "{}With the values in it: describe_tool {{\"names\":[\"{}?{}\"]}}",
            lines.collect::<String>(),
            self.name,
            all.collect::<Vec<_>>().join("&")
        )
    }
}

impl Part {
    /// The text for a model that calls tools in this way. `is_off` says by which settings a tool is switched off.
    pub fn rendered(&self, calling: Calling, is_off: SwitchedOff<'_>) -> String {
        calling.rewrite(&with_switched_off(self.text, is_off))
    }
}

/// How the block of a call begins.
const CALL: &str = "```call ";

/// How a block begins and ends.
const BLOCK: &str = "```";

/// What stands after the name of a tool that is switched off.
const OFF: &str = " (switched off)";

/// By which settings the tool of a name is switched off; `None` where it is not.
pub type SwitchedOff<'a> = &'a dyn Fn(&str) -> Option<Vec<String>>;

/// The text that says of each tool which is switched off that it is. A sentence stands behind it, and a sentence instead of its
/// call.
pub fn with_switched_off(text: &str, is_off: SwitchedOff<'_>) -> String {
    let mut out = String::new();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        if !line.starts_with(BLOCK) {
            out.push_str(&marked(line, is_off));
            continue;
        }
        let name = line.strip_prefix(CALL).map(str::trim).unwrap_or_default();
        let by = is_off(name);
        if let Some(by) = &by {
            // Writing to a String does not fail.
            let _ = writeln!(out, "Not here: `{name}` is switched off by {}.", by.join(" and "));
        }
        let mut block = line;
        loop {
            if by.is_none() {
                out.push_str(block);
            }
            match lines.next() {
                Some(next) if next.starts_with(BLOCK) => {
                    if by.is_none() {
                        out.push_str(next);
                    }
                    break;
                }
                Some(next) => block = next,
                None => break,
            }
        }
    }
    out
}

/// A line of prose, in which a tool that is switched off is followed by that.
fn marked(line: &str, is_off: SwitchedOff<'_>) -> String {
    let mut out = String::new();
    for piece in line.split_inclusive(|character: char| !character.is_ascii_alphanumeric()) {
        let name = piece.trim_end_matches(|character: char| !character.is_ascii_alphanumeric());
        let after = piece.get(name.len()..).unwrap_or_default();
        match is_name(name) && is_off(name).is_some() {
            true if after == "`" => out.extend([piece, OFF]),
            true => out.extend([name, OFF, after]),
            false => out.push_str(piece),
        }
    }
    out
}

/// The text with values for each `{{name}}`, each put in once: what a value holds stays as it is. In the JSON of a call it is
/// escaped, and twice in a string of jq inside of it; elsewhere it stays in its line. Where there is no value, the name
/// stands there as `<name>`.
fn filled(text: &str, values: &Values) -> String {
    let mut is_call = false;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        if line.starts_with(BLOCK) {
            is_call = line.starts_with(CALL);
        }
        let mut rest = line;
        while let Some((before, name, after)) = placeholder(rest) {
            out.push_str(before);
            match (values.get(name), is_call, before.ends_with("\\\"")) {
                (Some(value), true, true) => out.push_str(&escaped(&escaped(value))),
                (Some(value), true, false) => out.push_str(&escaped(value)),
                (Some(value), false, _) => out.push_str(&value.split_whitespace().collect::<Vec<_>>().join(" ")),
                (None, ..) => out.extend(["<", name, ">"]),
            }
            rest = after;
        }
        out.push_str(rest);
    }
    out
}

/// The text without what only holds the value of one of these arguments: an argument of a call, a pair of parentheses.
fn without_missing(text: &str, missing: &[&str]) -> String {
    let mut is_call = false;
    let lines = text.split_inclusive('\n').map(|line| {
        if line.starts_with(BLOCK) {
            is_call = line.starts_with(CALL);
        }
        missing.iter().fold(line.to_owned(), |line, name| {
            let value = format!("\"{{{{{name}}}}}\"");
            if is_call { without_argument(&line, &value) } else { line.replace(&format!(" ({value})"), "") }
        })
    });
    lines.collect()
}

/// The JSON object without its properties that have this text as their value. Those of objects in it stay: a search for
/// nothing would be another one.
fn without_argument(json: &str, value: &str) -> String {
    let mut text = json.to_owned();
    let property = format!(":{value}");
    let places: Vec<_> = json.match_indices(&property).map(|(place, _)| place).collect();
    for colon in places.into_iter().rev() {
        let before = text.get(..colon).and_then(|before| before.strip_suffix('"')).unwrap_or_default();
        let Some(key) = before.rfind('"').filter(|key| depth(before.get(..*key).unwrap_or_default()) == 1) else {
            continue;
        };
        let (before, after) = (text.get(..key), text.get(colon + property.len()..));
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        text = match after.strip_prefix(',') {
            Some(after) => format!("{before}{after}"),
            None => format!("{}{after}", before.strip_suffix(',').unwrap_or(before)),
        };
    }
    text
}

/// How many objects are open after the JSON.
fn depth(json: &str) -> usize {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for character in json.chars() {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_text,
            '"' => is_text = !is_text,
            '{' if !is_text => depth += 1,
            '}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth
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

impl Calling {
    /// The text with its calls as a model makes them.
    fn rewrite(self, text: &str) -> String {
        let text = match self.bound_argument {
            Some(argument) => text.replace(&format!("\"{argument}\":\"<tenantId>\","), ""),
            None => text.to_owned(),
        };
        match self.through {
            Some(tool) => called_through(&text, tool),
            None => text,
        }
    }
}

/// The text with each call made through `tool`.
fn called_through(text: &str, tool: &str) -> String {
    let mut called = None;
    text.split_inclusive('\n')
        .map(|line| match (line.strip_prefix(CALL), called) {
            (Some(name), _) => {
                called = Some(name.trim_end());
                format!("{CALL}{tool}\n")
            }
            (None, Some(_)) if line.starts_with(BLOCK) => {
                called = None;
                line.to_owned()
            }
            (None, Some(name)) => format!("{{\"name\":\"{name}\",\"arguments\":{}}}\n", line.trim_end()),
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
        let values = Values::from([("who", "a \"b\" \\(env)".to_owned())]);
        let text = filled(TEXT, &values);
        assert!(text.starts_with("For a \"b\" \\(env):"));
        let call: Value = serde_json::from_str(text.lines().nth(3).unwrap()).unwrap();
        assert_eq!(call["name"], "a \"b\" \\(env)");
        assert_eq!(call["jq"], ".a|select(.b==\"a \\\"b\\\" \\\\(env)\")");
    }

    #[test]
    fn a_value_is_no_template_and_no_block() {
        let text = "{{a}} and {{b}}\n```call findIt\n{\"x\":\"{{a}}\"}\n```\n";
        let values = Values::from([("a", "{{b}}\n```call deleteIt\n{}\n```".to_owned()), ("b", "B".to_owned())]);
        let text = filled(text, &values);
        assert!(text.starts_with("{{b}} ```call deleteIt {} ``` and B\n"), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with(CALL)).count(), 1, "{text}");
    }

    #[test]
    fn what_is_not_given_is_left_out_or_named() {
        let text =
            "For it (\"{{a}}\"), or \"{{a}}\":\n```call findIt\n{\"x\":\"{{a}}\",\"y\":1,\"z\":\"{{a}}\"}\n```\n";
        let expected = "For it, or \"<a>\":\n```call findIt\n{\"y\":1}\n```\n";
        assert_eq!(filled(&without_missing(text, &["a"]), &Values::new()), expected);
        for kept in ["{\"x\":{\"y\":\"{{a}}\"}}", "{\"jq\":\"{x:\\\"{{a}}\\\"}\"}"] {
            assert_eq!(without_argument(kept, "\"{{a}}\""), kept);
        }
    }

    #[test]
    fn what_is_switched_off_is_said_to_be() {
        let is_off = |name: &str| (name == "dropIt").then(|| vec!["A=b".to_owned()]);
        let text = "Undo: `dropIt`, then dropItAll or `findIt`.\n```call dropIt\n{}\n```\n```call findIt\n{\"a\":\"dropIt\"}\n```\n";
        let expected = "Undo: `dropIt` (switched off), then dropItAll or `findIt`.\nNot here: `dropIt` is switched off by \
                        A=b.\n```call findIt\n{\"a\":\"dropIt\"}\n```\n";
        assert_eq!(with_switched_off(text, &is_off), expected);
        assert_eq!(with_switched_off(text, &|_| None), text);
    }

    #[test]
    fn calls_go_through_another_tool() {
        assert_eq!(Calling::default().rewrite(TEXT), TEXT);
        let text = called_through("a\n```call findIt\n{\"x\":1}\n```\nb\n", "call_tool");
        let expected = "a\n```call call_tool\n{\"name\":\"findIt\",\"arguments\":{\"x\":1}}\n```\nb\n";
        assert_eq!(text, expected);
    }
}
