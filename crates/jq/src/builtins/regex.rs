//! Regular expressions.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use fancy_regex::{Captures, Regex, RegexBuilder};

use super::answer::{Answer, Function, error, shown};
use crate::value::{Map, Value};

pub const FUNCTIONS: &[(&str, usize, Function)] = &[
    // `match` and `test`: the regular expression, its flags, and whether only to test.
    ("matches", 3, |input, arguments| matches(&input, arguments)),
    ("capture_object", 0, |input, _| Ok(capture_object(&input))),
    ("split", 2, |input, arguments| split(&input, arguments)),
];

thread_local! {
    /// The expressions of this evaluation, with their flags: a filter uses the same for each value.
    static COMPILED: RefCell<HashMap<(String, String), Rc<Regex>>> = RefCell::default();
}

/// What flags say.
struct Flags {
    is_global: bool,
    skips_empty: bool,
    /// How the expression is to be read, as it says itself.
    prefix: String,
}

impl Flags {
    fn of(value: &Value) -> Result<Self, Value> {
        let text = match value {
            Value::Null => "",
            Value::String(text) => text,
            other => return Err(error(format!("{} is not a string", shown(other)))),
        };
        let (mut flags, mut modes) =
            (Self { is_global: false, skips_empty: false, prefix: String::new() }, String::new());
        for flag in text.chars() {
            match flag {
                'g' => flags.is_global = true,
                'n' => flags.skips_empty = true,
                'i' | 'x' => modes.push(flag),
                'p' => modes.push('s'),
                // Anchors are those of the whole text anyway, and the longest match is not searched for.
                's' | 'l' => {}
                _ => return Err(error(format!("{text} is not a valid modifier string"))),
            }
        }
        if !modes.is_empty() {
            flags.prefix = format!("(?{modes})");
        }
        Ok(flags)
    }
}

fn compiled(pattern: &str, flags: &Flags) -> Result<Rc<Regex>, Value> {
    let key = (pattern.to_owned(), flags.prefix.clone());
    if let Some(known) = COMPILED.with_borrow(|known| known.get(&key).cloned()) {
        return Ok(known);
    }
    let regex = RegexBuilder::new(&format!("{}{pattern}", flags.prefix))
        .build()
        .map_err(|fault| error(format!("{pattern} (at offset 0) is not a valid regex: {fault}")))?;
    let regex = Rc::new(regex);
    COMPILED.with_borrow_mut(|known| known.insert(key, Rc::clone(&regex)));
    Ok(regex)
}

/// Where an expression matches a text, and what each of its groups matches.
pub struct Match {
    /// The bytes at which it begins and ends.
    pub start: usize,
    /// See `start`.
    pub end: usize,
    groups: Vec<Option<(usize, usize)>>,
}

/// An expression and where it matches.
pub struct Matches {
    names: Vec<Option<Rc<str>>>,
    /// From left to right.
    pub found: Vec<Match>,
}

/// Where `pattern` matches `input`: all places, with the flag `g` or where `is_global`.
///
/// # Errors
/// Where the input is no string, the expression is wrong, or it takes too long.
pub fn find(input: &Value, pattern: &Value, flags: &Value, is_global: bool) -> Result<Matches, Value> {
    let Some(text) = input.text() else {
        return Err(error(format!("{} cannot be matched, as it is not a string", shown(input))));
    };
    let (pattern, flags) = match pattern {
        Value::Array(items) => (items.0.first().unwrap_or(&Value::Null), items.0.get(1).unwrap_or(flags)),
        pattern => (pattern, flags),
    };
    let Value::String(pattern) = pattern else {
        return Err(error(format!("{} not a string or array", pattern.kind())));
    };
    let flags = Flags::of(flags)?;
    let regex = compiled(pattern, &flags)?;
    let names = regex.capture_names().skip(1).map(|name| name.map(Rc::from)).collect();
    let mut found = Vec::new();
    let mut start = 0;
    while start <= text.len() {
        let captures =
            regex.captures_from_pos(text, start).map_err(|fault| error(format!("Regex failure: {fault}")))?;
        let Some(one) = captures.as_ref().and_then(one_match) else { break };
        start = if one.end > one.start { one.end } else { next_boundary(text, one.end) };
        if !(flags.skips_empty && one.end == one.start) {
            found.push(one);
        }
        if !(is_global || flags.is_global) {
            break;
        }
    }
    Ok(Matches { names, found })
}

fn one_match(captures: &Captures<'_, str>) -> Option<Match> {
    let whole = captures.get(0)?;
    let groups = (1..captures.len()).map(|number| captures.get(number).map(|group| (group.start(), group.end())));
    Some(Match { start: whole.start(), end: whole.end(), groups: groups.collect() })
}

fn next_boundary(text: &str, position: usize) -> usize {
    let mut next = position + 1;
    while next < text.len() && !text.is_char_boundary(next) {
        next += 1;
    }
    next
}

impl Matches {
    /// The named groups of a match and what they matched, as `capture` has it.
    pub fn captured(&self, found: &Match, text: &str) -> Value {
        let groups = self.names.iter().zip(&found.groups);
        let named = groups.filter_map(|(name, group)| name.as_ref().map(|name| (Rc::clone(name), *group)));
        let is_empty = found.start == found.end;
        Value::object(named.map(|(name, group)| (name, group_text(group, text, is_empty))).collect::<Map>())
    }
}

/// What a group matched. One that took no part is null, unless the whole match is empty.
fn group_text(group: Option<(usize, usize)>, text: &str, is_empty: bool) -> Value {
    match group {
        Some((start, end)) => Value::string(text.get(start..end).unwrap_or_default()),
        None if is_empty => Value::string(""),
        None => Value::Null,
    }
}

fn matches(input: &Value, arguments: &[Value]) -> Answer {
    let [pattern, flags, test] = arguments else { return Ok(Value::Null) };
    let found = find(input, pattern, flags, false)?;
    if test.is_true() {
        return Ok(Value::Bool(!found.found.is_empty()));
    }
    let text = input.text().unwrap_or_default();
    let mut offsets = Offsets { text, byte: 0, character: 0 };
    let objects = found.found.iter().map(|one| {
        let is_empty = one.start == one.end;
        let start = offsets.of(one.start);
        let groups = found.names.iter().zip(&one.groups).map(|(name, group)| {
            let string = group_text(*group, text, is_empty);
            let length = Value::count(string.text().map_or(0, |text| text.chars().count()));
            let offset = match group {
                Some((at, _)) => Value::count(start + text.get(one.start..*at).map_or(0, |text| text.chars().count())),
                None if is_empty => Value::count(start),
                None => Value::Number(-1.0),
            };
            let name = name.as_ref().map_or(Value::Null, |name| Value::String(Rc::clone(name)));
            let is_short = !matches!(group, Some((at, end)) if end > at);
            let middle = if is_short {
                [("string", string), ("length", length)]
            } else {
                [("length", length), ("string", string)]
            };
            let entries = [("offset", offset)].into_iter().chain(middle).chain([("name", name)]);
            Value::object(entries.map(|(key, value)| (Rc::from(key), value)).collect())
        });
        let groups = Value::array(groups.collect());
        let string = text.get(one.start..one.end).unwrap_or_default();
        let entries = [
            ("offset", Value::count(start)),
            ("length", Value::count(string.chars().count())),
            ("string", Value::string(string)),
            ("captures", groups),
        ];
        Value::object(entries.into_iter().map(|(key, value)| (Rc::from(key), value)).collect())
    });
    Ok(Value::array(objects.collect()))
}

/// Counts characters up to places that come from left to right.
struct Offsets<'t> {
    text: &'t str,
    byte: usize,
    character: usize,
}

impl Offsets<'_> {
    fn of(&mut self, byte: usize) -> usize {
        self.character += self.text.get(self.byte..byte).map_or(0, |text| text.chars().count());
        self.byte = byte;
        self.character
    }
}

/// The named groups of a match object.
fn capture_object(input: &Value) -> Value {
    let captures = input.entries().and_then(|entries| entries.get("captures")).and_then(Value::items);
    let pair = |capture: &Value| {
        let entries = capture.entries()?;
        let Some(Value::String(name)) = entries.get("name") else { return None };
        Some((Rc::clone(name), entries.get("string").cloned().unwrap_or(Value::Null)))
    };
    Value::object(captures.into_iter().flatten().filter_map(pair).collect())
}

fn split(input: &Value, arguments: &[Value]) -> Answer {
    let [pattern, flags] = arguments else { return Ok(Value::Null) };
    let found = find(input, pattern, flags, true)?;
    let text = input.text().unwrap_or_default();
    let mut start = 0;
    let mut parts = Vec::new();
    for one in &found.found {
        parts.push(Value::string(text.get(start..one.start).unwrap_or_default()));
        start = one.end;
    }
    parts.push(Value::string(text.get(start..).unwrap_or_default()));
    Ok(Value::array(parts))
}
