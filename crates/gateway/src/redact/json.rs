//! JSON is rewritten as text, in one pass: numbers, the order of keys and everything else that is not secret stay as
//! they came, and white space goes.

use std::{borrow::Cow, iter};

use serde::de::IgnoredAny;

use openapi_tools::model::schema::{Kind, Rest, Schema};

use super::{
    characters::{may_hide, push_json_string, push_visible},
    names::{self, Meaning, NameRule},
    scan::{Found, Search},
    searcher::Searcher,
};

/// How much of a value is secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Secrecy {
    #[default]
    None,
    /// Strings and numbers, also in an array: the name says so, but not the document.
    Named,
    /// Everything within.
    Whole,
}

/// What is known of a value.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    /// What it is, where the document says; no reference.
    schema: Option<&'static Schema>,
    secrecy: Secrecy,
    /// Whether its texts are content in which names mean nothing: templates, messages, code.
    is_content: bool,
}

impl Place {
    fn is_same(&self, other: &Self) -> bool {
        let is_same_schema = match (self.schema, other.schema) {
            (Some(one), Some(other)) => std::ptr::eq(one, other),
            (None, None) => true,
            _ => false,
        };
        is_same_schema && self.secrecy == other.secrecy && self.is_content == other.is_content
    }
}

/// The objects and arrays that are open. The nesting is the sender's choice, so a level of the same kind as the one
/// around it takes a byte.
#[derive(Default)]
struct Stack {
    is_object: Vec<bool>,
    places: Vec<(Place, usize)>,
}

impl Stack {
    fn push(&mut self, is_object: bool, place: Place) {
        self.is_object.push(is_object);
        match self.places.last_mut() {
            Some((last, count)) if last.is_same(&place) => *count += 1,
            _ => self.places.push((place, 1)),
        }
    }

    fn pop(&mut self) {
        self.is_object.pop();
        if let Some((_, count)) = self.places.last_mut() {
            *count -= 1;
            if *count == 0 {
                self.places.pop();
            }
        }
    }

    fn is_in_object(&self) -> bool {
        self.is_object.last() == Some(&true)
    }

    fn place(&self) -> Option<Place> {
        self.places.last().map(|(place, _)| *place)
    }
}

/// Rewrites `text`; `None` where it is not exactly one JSON value.
pub(super) fn rewrite(
    searcher: &Searcher,
    root: Option<&'static Schema>,
    rule: NameRule,
    text: &str,
) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let out = String::with_capacity(text.len());
    let mut rewriter = Rewriter { searcher, rule, source: text, at: 0, out };
    rewriter.run(root);
    Some(rewriter.out)
}

/// A string of the source.
struct Token<'a> {
    /// With its quotes and escapes.
    raw: &'a str,
    /// Without.
    text: Cow<'a, str>,
    found: Found,
    /// Whether a surrogate has no partner; `text` then has U+FFFD in its place.
    is_broken: bool,
}

/// Walks valid JSON.
struct Rewriter<'a> {
    searcher: &'a Searcher,
    rule: NameRule,
    source: &'a str,
    at: usize,
    out: String,
}

impl<'a> Rewriter<'a> {
    fn run(&mut self, root: Option<&'static Schema>) {
        let mut stack = Stack::default();
        let mut next = self.resolved(Place { schema: root, ..Place::default() });
        let mut is_key = false;
        while let Some(byte) = self.source.as_bytes().get(self.at).copied() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'{' | b'[' => {
                    self.copy(1);
                    if byte == b'{' && next.secrecy == Secrecy::Named {
                        next.secrecy = Secrecy::None;
                    }
                    stack.push(byte == b'{', next);
                    is_key = byte == b'{';
                    next = self.item(&stack);
                }
                b'}' | b']' => {
                    self.copy(1);
                    stack.pop();
                    is_key = false;
                }
                b',' => {
                    self.copy(1);
                    is_key = stack.is_in_object();
                    next = self.item(&stack);
                }
                b':' => self.copy(1),
                b'"' if is_key => {
                    let key = self.token();
                    next = self.property(&stack, &key.text);
                    is_key = false;
                    self.write(&key, Search::Shapes);
                }
                b'"' => {
                    let value = self.token();
                    self.string(&value, next);
                }
                _ => self.scalar(byte, next),
            }
        }
    }

    fn copy(&mut self, length: usize) {
        self.out.push_str(self.source.get(self.at..self.at + length).unwrap_or_default());
        self.at += length;
    }

    fn scalar(&mut self, first: u8, place: Place) {
        let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
        let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
        let is_number = first == b'-' || first.is_ascii_digit();
        let is_own = || self.searcher.own.is_number(self.source.get(self.at..self.at + length).unwrap_or_default());
        if is_number && (self.is_hidden(place) || is_own()) {
            let number = self.source.get(self.at..self.at + length).unwrap_or_default();
            self.push_redacted(number);
            self.at += length;
        } else {
            self.copy(length);
        }
    }

    fn is_hidden(&self, place: Place) -> bool {
        place.secrecy != Secrecy::None && !self.searcher.switches.reveal
    }

    fn push_redacted(&mut self, secret: &str) {
        self.out.push('"');
        self.out.push_str(&self.searcher.stand_in(secret));
        self.out.push('"');
    }

    /// Reads the string that begins here.
    fn token(&mut self) -> Token<'a> {
        let rest = self.source.get(self.at..).unwrap_or_default();
        let mut found = Found::default();
        let mut end = 1;
        let bytes = rest.as_bytes();
        while let Some(byte) = bytes.get(end) {
            match byte {
                b'"' => break,
                b'\\' => {
                    found.see(b'\\');
                    end += 2;
                }
                byte => {
                    found.see(*byte);
                    end += 1;
                }
            }
        }
        self.at += end + 1;
        let raw = rest.get(..=end).unwrap_or(rest);
        let inner = raw.get(1..end).unwrap_or_default();
        if !found.has_escapes() {
            return Token { raw, text: inner.into(), found, is_broken: false };
        }
        let (text, is_broken) = unescaped(inner);
        found = Found::of(&text).with_escapes();
        Token { raw, text: text.into(), found, is_broken }
    }

    fn string(&mut self, token: &Token<'_>, place: Place) {
        if self.is_hidden(place) && !token.text.is_empty() {
            self.push_redacted(&token.text);
        } else {
            let search = if place.is_content { Search::Shapes } else { Search::Names(self.rule) };
            self.write(token, search);
        }
    }

    /// Writes a string without secrets.
    fn write(&mut self, token: &Token<'_>, search: Search) {
        let is_visible = !self.searcher.switches.raw_text;
        match self.searcher.without_secrets(&token.text, token.found, search) {
            Cow::Borrowed(_) if !token.is_broken => {
                if is_visible && token.raw.bytes().any(may_hide) {
                    push_visible(&mut self.out, token.raw, |_| false);
                } else {
                    self.out.push_str(token.raw);
                }
            }
            text => push_json_string(&mut self.out, &text, is_visible),
        }
    }

    /// What the next item of an array is.
    fn item(&self, stack: &Stack) -> Place {
        let Some(place) = stack.place().filter(|_| !stack.is_in_object()) else { return Place::default() };
        let schema = place.schema.and_then(|schema| self.item_schema(schema, MAX_UNIONS));
        self.resolved(Place { schema, ..place })
    }

    /// What the value of a key is.
    fn property(&self, stack: &Stack, key: &str) -> Place {
        let Some(mut place) = stack.place() else { return Place::default() };
        let known = place.schema.and_then(|schema| self.property_schema(schema, key, MAX_UNIONS));
        let is_map_of_strings = matches!(place.schema.map(|schema| schema.kind), Some(Kind::Map { .. }))
            && matches!(known.map(|schema| schema.kind), Some(Kind::String { .. }));
        if place.secrecy != Secrecy::Whole && !place.is_content && (known.is_none() || is_map_of_strings) {
            // By its name where the document does not know the place.
            place.secrecy = if known.is_none() && names::is_marked(self.searcher.document, key, self.rule) {
                Secrecy::Whole
            } else if names::meaning(key).is_some_and(|meaning| meaning != Meaning::InQuery) {
                Secrecy::Named
            } else {
                Secrecy::None
            };
        }
        place.is_content |= self.searcher.switches.content.contains(&key);
        self.resolved(Place { schema: known, ..place })
    }

    /// What the items of an array are; in a union, of the first branch that is one.
    fn item_schema(&self, schema: &'static Schema, unions: usize) -> Option<&'static Schema> {
        match schema.kind {
            Kind::Array { items, .. } => Some(items),
            Kind::Union { branches } if unions > 0 => branches
                .iter()
                .filter_map(|branch| self.resolved(Place { schema: Some(branch), ..Place::default() }).schema)
                .find_map(|branch| self.item_schema(branch, unions - 1)),
            _ => None,
        }
    }

    /// What the value of a key is; `unions` is how many may still be looked into, one within the other.
    fn property_schema(&self, schema: &'static Schema, key: &str, unions: usize) -> Option<&'static Schema> {
        match schema.kind {
            Kind::Object { properties } => {
                let named = properties.iter().find(|property| property.name == key).map(|property| &property.schema);
                named.or(match schema.rest {
                    Rest::Of(rest) if rest.kind != Kind::Any => Some(rest),
                    _ => None,
                })
            }
            // Keys of a map are data, but for a map of anything.
            Kind::Map { values } if values.kind != Kind::Any => Some(values),
            // The discriminator may come last; a secret of any kind is one.
            Kind::OneOf { variants, .. } => {
                let schemas = variants.iter().filter_map(|variant| self.searcher.document.schema(variant.reference));
                secret_or_first(schemas.filter_map(|schema| self.property_schema(schema, key, unions)))
            }
            Kind::Union { branches } if unions > 0 => {
                let schemas = branches
                    .iter()
                    .filter_map(|branch| self.resolved(Place { schema: Some(branch), ..Place::default() }).schema);
                secret_or_first(schemas.filter_map(|schema| self.property_schema(schema, key, unions - 1)))
            }
            _ => None,
        }
    }

    /// The place with its schema followed to where it is no reference; it or the way to it may be secret.
    fn resolved(&self, mut place: Place) -> Place {
        while let Some(schema) = place.schema {
            if schema.secret {
                place.secrecy = Secrecy::Whole;
            }
            let Kind::Reference(name) = schema.kind else { break };
            place.schema = self.searcher.document.schema(name);
        }
        place
    }
}

/// Unions within unions that are looked into.
const MAX_UNIONS: usize = 4;

/// The first of the schemas that is secret, or else the first.
fn secret_or_first(schemas: impl Iterator<Item = &'static Schema>) -> Option<&'static Schema> {
    let mut first = None;
    for schema in schemas {
        if schema.secret {
            return Some(schema);
        }
        first = first.or(Some(schema));
    }
    first
}

/// A JSON string without its escapes (RFC 8259, section 7), and whether a surrogate was alone.
fn unescaped(inner: &str) -> (String, bool) {
    let mut text = String::with_capacity(inner.len());
    let mut is_broken = false;
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        text.push_str(rest.get(..at).unwrap_or_default());
        let escape = rest.as_bytes().get(at + 1).copied().unwrap_or_default();
        rest = rest.get(at + 2..).unwrap_or_default();
        match escape {
            b'n' => text.push('\n'),
            b'r' => text.push('\r'),
            b't' => text.push('\t'),
            b'b' => text.push('\u{8}'),
            b'f' => text.push('\u{c}'),
            b'u' => {
                let first = code_unit(rest).unwrap_or(0xfffd);
                rest = rest.get(4..).unwrap_or_default();
                let second = (0xd800..0xdc00).contains(&first).then(|| rest.strip_prefix("\\u").and_then(code_unit));
                let units = iter::once(first).chain(second.flatten());
                match char::decode_utf16(units).next() {
                    Some(Ok(character)) => {
                        text.push(character);
                        if character.len_utf16() == 2 {
                            rest = rest.get(6..).unwrap_or_default();
                        }
                    }
                    _ => {
                        is_broken = true;
                        text.push(char::REPLACEMENT_CHARACTER);
                    }
                }
            }
            other => text.push(char::from(other)),
        }
    }
    text.push_str(rest);
    (text, is_broken)
}

fn code_unit(digits: &str) -> Option<u16> {
    u16::from_str_radix(digits.get(..4)?, 16).ok()
}
