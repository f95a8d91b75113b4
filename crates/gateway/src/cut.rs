//! Cuts an answer that is too long for a model to a number of tokens; JSON stays valid JSON.
//!
//! Long arrays keep their first items and long strings their start. The same limits apply everywhere in the answer, the
//! widest that fit, so that short parts stay whole.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use crate::{
    redact::{CUT_MARK, REDACTED, first_characters, safe_cut},
    text::numerals::thousands,
};

/// A text that was cut.
#[derive(Debug, PartialEq, Eq)]
pub struct Cut {
    /// The text; JSON where it was JSON.
    pub text: String,
    /// What was left out.
    pub left_out: LeftOut,
}

/// What a cut has left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Arrays and objects by path: how many items are shown, of how many, in the longest one.
    containers: BTreeMap<String, (usize, usize)>,
    /// How many strings were cut short.
    strings: usize,
    /// How many characters are shown, of how many, where the text is not JSON.
    characters: Option<(usize, usize)>,
    /// Whether nothing could be shown.
    everything: bool,
}

/// How many paths are named; the others are only counted.
const MAX_PATHS: usize = 5;

/// How deep a path is named, and how many characters it has at most.
const MAX_PATH_DEPTH: usize = 8;
const MAX_PATH_CHARACTERS: usize = 100;

impl fmt::Display for LeftOut {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.everything {
            return formatter.write_str("none of it is shown");
        }
        let mut parts = Vec::new();
        for (path, (shown, total)) in self.containers.iter().take(MAX_PATHS) {
            parts.push(format!("{path}: {} of {} shown", thousands(*shown), thousands(*total)));
        }
        if self.containers.len() > MAX_PATHS {
            parts.push(format!("and so in {} places more", thousands(self.containers.len() - MAX_PATHS)));
        }
        if self.strings > 0 {
            let count = thousands(self.strings);
            parts.push(format!("{count} long text{} cut short", if self.strings == 1 { "" } else { "s" }));
        }
        if let Some((shown, total)) = self.characters {
            parts.push(format!("the first {} of {} characters shown", thousands(shown), thousands(total)));
        }
        formatter.write_str(&parts.join("; "))
    }
}

/// How much is kept.
#[derive(Clone, Copy)]
struct Limits {
    /// Items of each array.
    max_items: usize,
    /// Members of each object.
    max_members: usize,
    /// Characters of each string.
    max_characters: usize,
}

/// The limits to try, widest first: characters of each string, members of each object.
const STEPS: [(usize, usize); 10] = [
    (usize::MAX, usize::MAX),
    (50_000, usize::MAX),
    (10_000, usize::MAX),
    (2_000, usize::MAX),
    (400, usize::MAX),
    (80, usize::MAX),
    (80, 100),
    (40, 20),
    (20, 5),
    (20, 1),
];

/// Strings are cut further before arrays keep fewer items than this.
const MIN_ITEMS: usize = 10;

/// How many bytes of a text are tokenized to estimate its tokens per byte.
const SAMPLE_BYTES: usize = 32 << 10;

/// JSON, or several JSON values one a line, cut to at most `max_tokens`; `None` where it fits as it is.
pub fn json(json: &str, max_tokens: usize) -> Option<Cut> {
    let mut max_bytes = estimated_bytes(json, max_tokens)?;
    while max_bytes > 1 {
        let (text, left_out) = cut_widest(json, max_bytes)?;
        let tokens = tokens_of(&text);
        if tokens <= max_tokens {
            return Some(Cut { text, left_out });
        }
        // The sample had fewer tokens per byte than this part. Estimate again from the part itself.
        max_bytes = (text.len() * max_tokens / tokens).min(max_bytes / 8 * 7);
    }
    Some(Cut { text: String::new(), left_out: LeftOut { everything: true, ..LeftOut::default() } })
}

/// Any text, cut to at most `max_tokens`; `None` where it fits as it is.
pub fn text(text: &str, max_tokens: usize) -> Option<Cut> {
    let mut max_bytes = estimated_bytes(text, max_tokens)?;
    loop {
        let start = start_of(text, max_bytes);
        let tokens = tokens_of(start);
        if tokens <= max_tokens {
            let characters = Some((start.chars().count(), text.chars().count()));
            return Some(Cut { text: start.to_owned(), left_out: LeftOut { characters, ..LeftOut::default() } });
        }
        max_bytes = (start.len() * max_tokens / tokens).min(max_bytes / 8 * 7);
    }
}

/// About how many bytes have `max_tokens`; `None` where the whole text has no more than that. A token has at least one
/// byte.
fn estimated_bytes(text: &str, max_tokens: usize) -> Option<usize> {
    let may_fit = text.len() <= max_tokens.saturating_mul(o200k::MAX_TOKEN_BYTES);
    if text.len() <= max_tokens || may_fit && o200k::count_up_to(text, max_tokens).is_some() {
        return None;
    }
    let sample = start_of(text, SAMPLE_BYTES);
    let tokens = tokens_of(sample).max(1);
    Some(max_tokens.saturating_mul(sample.len()) / tokens)
}

/// How many tokens a text has, or a few more.
fn tokens_of(text: &str) -> usize {
    o200k::count_up_to(text, usize::MAX).unwrap_or(usize::MAX)
}

/// The longest start of at most `max_bytes` that ends between two characters and cuts nothing that stands for a secret.
fn start_of(text: &str, max_bytes: usize) -> &str {
    text.get(..safe_cut(text, max_bytes)).unwrap_or_default()
}

/// The JSON, cut with the widest limits whose result has at most `max_bytes`.
fn cut_widest(json: &str, max_bytes: usize) -> Option<(String, LeftOut)> {
    let mut best: Option<(usize, (String, LeftOut))> = None;
    for (max_characters, max_members) in STEPS {
        let cut = |max_items| Cutter::cut(json, Limits { max_items, max_members, max_characters }, max_bytes);
        let Some((items, result)) = cut_with_most_items(max_bytes, cut) else { continue };
        if items >= MIN_ITEMS {
            return Some(result);
        }
        if best.as_ref().is_none_or(|(best_items, _)| items > *best_items) {
            best = Some((items, result));
        }
    }
    best.map(|(_, result)| result).or_else(|| Some((String::new(), LeftOut { everything: true, ..LeftOut::default() })))
}

/// The highest limit of items for which `cut` has a result, and that result. It is exact to an eighth, since each try
/// reads the whole text.
fn cut_with_most_items<T>(max_bytes: usize, cut: impl Fn(usize) -> Option<T>) -> Option<(usize, T)> {
    if let Some(result) = cut(usize::MAX) {
        return Some((usize::MAX, result));
    }
    // Each item has at least a byte and a comma.
    let mut too_many = max_bytes / 2 + 2;
    let mut items = too_many;
    let mut result = loop {
        items /= 2;
        match cut(items) {
            Some(result) => break result,
            None if items == 0 => return None,
            None => too_many = items,
        }
    };
    while too_many - items > items / 8 + 1 {
        let middle = items + (too_many - items) / 2;
        match cut(middle) {
            Some(longer) => (items, result) = (middle, longer),
            None => too_many = middle,
        }
    }
    Some((items, result))
}

/// An object or array whose end was not read yet, or the whole text, which counts as an array of its lines.
struct Container<'a> {
    is_object: bool,
    /// How many items were read.
    seen: usize,
    /// How many of them were kept.
    kept: usize,
    /// The key of the member that is being read.
    key: &'a str,
}

/// Walks valid JSON with its own stack: the sender chooses how deep it nests.
struct Cutter<'a> {
    source: &'a str,
    at: usize,
    limits: Limits,
    out: String,
    open: Vec<Container<'a>>,
    left_out: LeftOut,
}

impl<'a> Cutter<'a> {
    /// The JSON cut by the limits, and what was left out; `None` where the result has more than `max_bytes`.
    fn cut(source: &'a str, limits: Limits, max_bytes: usize) -> Option<(String, LeftOut)> {
        let root = Container { is_object: false, seen: 0, kept: 0, key: "" };
        let mut cutter =
            Self { source, at: 0, limits, out: String::new(), open: vec![root], left_out: LeftOut::default() };
        while let Some(byte) = cutter.byte() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' => cutter.at += 1,
                b'}' | b']' => {
                    cutter.out.push(char::from(byte));
                    cutter.at += 1;
                    cutter.close();
                }
                _ => cutter.item(),
            }
            if cutter.out.len() > max_bytes {
                return None;
            }
        }
        cutter.close();
        Some((cutter.out, cutter.left_out))
    }

    fn byte(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    /// Reads an item of an array, a member of an object, or a line.
    fn item(&mut self) {
        let is_root = self.open.len() == 1;
        let Some(open) = self.open.last_mut() else { return };
        open.seen += 1;
        let is_object = open.is_object;
        let limit = match (is_root, is_object) {
            (true, _) => self.limits.max_items.max(1),
            (false, true) => self.limits.max_members,
            (false, false) => self.limits.max_items,
        };
        let is_kept = open.kept < limit;
        if is_kept {
            if open.kept > 0 {
                self.out.push(if is_root { '\n' } else { ',' });
            }
            open.kept += 1;
        }
        if is_object {
            let key = self.scalar();
            if is_kept {
                self.string(key);
                self.out.push(':');
            }
            if let Some(open) = self.open.last_mut() {
                open.key = key.trim_matches('"');
            }
            while let Some(b' ' | b'\t' | b'\n' | b'\r' | b':') = self.byte() {
                self.at += 1;
            }
        }
        match self.byte() {
            _ if !is_kept => self.at += value_length(self.rest()),
            Some(bracket @ (b'{' | b'[')) => {
                self.out.push(char::from(bracket));
                self.at += 1;
                self.open.push(Container { is_object: bracket == b'{', seen: 0, kept: 0, key: "" });
            }
            _ => {
                let value = self.scalar();
                self.string(value);
            }
        }
    }

    /// Reads the string, number or word that begins here.
    fn scalar(&mut self) -> &'a str {
        let end = self.at + scalar_length(self.rest()).max(1);
        let raw = self.source.get(self.at..end).unwrap_or_default();
        self.at = end;
        raw
    }

    fn rest(&self) -> &'a [u8] {
        self.source.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Writes a string, cut where it is too long; any other value whole.
    fn string(&mut self, raw: &str) {
        if raw.len() <= self.limits.max_characters || !raw.starts_with('"') {
            return self.out.push_str(raw);
        }
        let text: String = serde_json::from_str(raw).unwrap_or_default();
        let total = text.chars().count();
        if total <= self.limits.max_characters || text == REDACTED {
            return self.out.push_str(raw);
        }
        let start = first_characters(&text, self.limits.max_characters);
        let rest = thousands(total - start.chars().count());
        self.out.push_str(&Value::from(format!("{start}{CUT_MARK}{rest} characters)")).to_string());
        self.left_out.strings += 1;
    }

    fn close(&mut self) {
        let Some(closed) = self.open.pop() else { return };
        if closed.kept < closed.seen {
            let path = self.path();
            let (shown, total) = self.left_out.containers.entry(path).or_default();
            if closed.seen > *total {
                (*shown, *total) = (closed.kept, closed.seen);
            }
        }
    }

    /// The path of the container that was closed last: `users[].registrations`.
    fn path(&self) -> String {
        let mut path = String::new();
        for (depth, open) in self.open.iter().enumerate().take(MAX_PATH_DEPTH) {
            match (open.is_object, depth) {
                (true, _) if path.is_empty() => path.push_str(open.key),
                (true, _) => {
                    path.push('.');
                    path.push_str(open.key);
                }
                (false, 0) => {}
                (false, _) => path.push_str("[]"),
            }
        }
        if path.is_empty() { "items".to_owned() } else { first_characters(&path, MAX_PATH_CHARACTERS).to_owned() }
    }
}

/// The length of the string, number or word at the start.
fn scalar_length(rest: &[u8]) -> usize {
    if rest.first() == Some(&b'"') {
        let mut is_escaped = false;
        let end = rest.iter().skip(1).position(|byte| {
            let ends = *byte == b'"' && !is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
            ends
        });
        return end.map_or(rest.len(), |end| end + 2);
    }
    let is_end = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
    rest.iter().position(is_end).unwrap_or(rest.len())
}

/// The length of the value at the start.
fn value_length(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    loop {
        match rest.get(at) {
            None => return at,
            Some(b'{' | b'[') => {
                depth += 1;
                at += 1;
            }
            Some(b'}' | b']') => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            Some(b',' | b':' | b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(_) => at += scalar_length(rest.get(at..).unwrap_or_default()).max(1),
        }
        if depth == 0 {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::redact::contains_placeholder;

    fn cut(value: &Value, max_tokens: usize) -> (Value, String) {
        let cut = super::json(&value.to_string(), max_tokens).unwrap();
        assert!(o200k::count(&cut.text) <= max_tokens);
        (serde_json::from_str(&cut.text).unwrap(), cut.left_out.to_string())
    }

    #[test]
    fn what_fits_stays() {
        assert_eq!(super::json(r#"{"a":[1,2,3]}"#, 100), None);
        assert_eq!(super::text(&"word ".repeat(100), 101), None);
    }

    #[test]
    fn long_arrays_keep_their_first_items() {
        let users: Vec<_> = (0..5_000).map(|index| json!({ "id": index, "roles": ["a", "b"] })).collect();
        let (kept, left_out) = cut(&json!({ "total": 5000, "users": users }), 1_000);
        let kept = kept["users"].as_array().unwrap();
        assert!(kept.len() > 50 && kept[7] == users[7], "{}", kept.len());
        assert_eq!(left_out, format!("users: {} of 5,000 shown", kept.len()));
    }

    #[test]
    fn long_strings_keep_their_start() {
        let template = "línea \"x\"\n".repeat(20_000);
        let (kept, left_out) = cut(&json!({ "emailTemplate": { "html": template, "name": "Welcome" } }), 2_000);
        assert_eq!(kept["emailTemplate"]["name"], "Welcome");
        let html = kept["emailTemplate"]["html"].as_str().unwrap();
        assert!(html.starts_with("línea \"x\"\nlínea") && html.ends_with("000 characters)"), "{html}");
        assert_eq!(left_out, "1 long text cut short");
    }

    #[test]
    fn what_stands_for_a_secret_is_shown_whole_or_not_at_all() {
        let is_cut = |text: &str| contains_placeholder(&text.replace(REDACTED, ""));
        let text = format!("{REDACTED} ").repeat(200);
        let value = json!({ "secret": REDACTED, "texts": vec![&text; 10], &text: 1 });
        for max_tokens in (20..3_000).step_by(197) {
            let (kept, _) = cut(&value, max_tokens);
            let (kept, ends) = (kept.to_string(), super::text(&text, max_tokens).unwrap().text);
            assert!(!is_cut(&kept) && !is_cut(&ends), "{max_tokens}: {kept} {ends}");
        }
    }

    #[test]
    fn many_long_strings_are_cut_before_items_go() {
        let templates: Vec<_> = (0..30).map(|index| json!({ "name": index, "html": "word ".repeat(5_000) })).collect();
        let (kept, _) = cut(&json!({ "emailTemplates": templates }), 4_000);
        assert!(kept["emailTemplates"].as_array().unwrap().len() >= 10);
    }

    #[test]
    fn objects_of_many_members_and_lines_are_cut() {
        let many: serde_json::Map<_, _> = (0..9_000).map(|index| (format!("key {index}"), json!(index))).collect();
        let (kept, left_out) = cut(&json!({ "data": many }), 1_000);
        assert!(!kept["data"].as_object().unwrap().is_empty());
        assert!(left_out.starts_with("data: ") && left_out.ends_with(" of 9,000 shown"), "{left_out}");
        let lines = "{\"name\":\"one of many\"}\n".repeat(2_000);
        let cut = super::json(lines.trim_end(), 500).unwrap();
        assert!(cut.text.lines().all(|line| line == "{\"name\":\"one of many\"}"));
        assert_eq!(cut.left_out.to_string(), format!("items: {} of 2,000 shown", cut.text.lines().count()));
    }

    #[test]
    fn what_cannot_be_cut_is_left_out() {
        let nested = format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000));
        let cut = super::json(&nested, 1_000).unwrap();
        assert_eq!((&*cut.text, &*cut.left_out.to_string()), ("", "none of it is shown"));
        let nested = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
        assert_eq!(super::json(&nested, 1_000).unwrap().text, "[]");
    }

    #[test]
    fn text_keeps_its_start() {
        let cut = super::text(&"wörd ".repeat(10_000), 100).unwrap();
        assert!(cut.text.starts_with("wörd wörd"));
        assert_eq!(cut.left_out.characters.unwrap().1, 50_000);
    }
}
