//! An operation in a compact notation like TypeScript's, for a model that is about to call it.

use std::{collections::BTreeSet, fmt::Write};

use super::{
    input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
    replacing::Replacing,
    view::View,
};
use crate::model::{
    document::Document,
    operation::Parameter,
    schema::{Kind, Property, Schema},
};

/// The part of the room that the types of the answer may take: they are looked at, not written.
const ANSWER_SHARE: usize = 4;

/// Small types within small types that stand where they are used.
const MAX_WITHIN: usize = 4;

/// The arguments and the answer of the operation. Each is followed by its named types, the nearest first and each once,
/// while the text has less than `max_bytes`. The types that find no room are named in a last line.
pub fn signature(view: View<'_>, max_bytes: usize) -> String {
    let mut notation = Notation::default();
    let request = notation.request(view, max_bytes);
    let room = max_bytes.saturating_sub(request.len()).min(max_bytes / ANSWER_SHARE);
    let answer = notation.answer(view, room);
    format!("{request}{answer}")
}

/// Named types, and what they lead to, while the text has less than `max_bytes`. `None` if the document lacks one of the
/// names.
pub fn types(document: &Document, names: &[&str], max_bytes: usize) -> Option<String> {
    let mut notation = Notation::default();
    let mut writer = Writer::new(document, &mut notation);
    let mut text = String::new();
    for name in names {
        writer.name(document.named_schema(name)?.name);
    }
    writer.types(&mut text, max_bytes);
    Some(text)
}

/// Texts in the notation of which each shows the types that none before it has shown.
#[derive(Debug, Clone, Default)]
pub struct Notation {
    /// The shown types, each with the place of its document.
    shown: BTreeSet<(usize, &'static str)>,
}

impl Notation {
    /// The arguments of the operation, with the types that they lead to while the text has less than `max_bytes`.
    pub fn request(&mut self, view: View<'_>, max_bytes: usize) -> String {
        let mut writer = Writer::new(view.document, self);
        let mut text = String::from("arguments {\n");
        for parameter in view.parameters() {
            writer.parameter(&mut text, parameter);
        }
        if let Some(body) = &view.operation.body {
            let kind = writer.kind(&body.schema);
            line(&mut text, BODY_ARGUMENT, body.required, &kind, body.schema.description);
        }
        filter_line(&mut text, view);
        text.push_str("}\n");
        writer.types(&mut text, max_bytes);
        text
    }

    /// The answer of the operation, with the types that it leads to while the text has less than `max_bytes`.
    pub fn answer(&mut self, view: View<'_>, max_bytes: usize) -> String {
        let Some(answer) = &view.operation.answer else { return String::new() };
        let mut writer = Writer::new(view.document, self);
        let mut text = format!("answer: {}\n", writer.kind(answer));
        writer.types(&mut text, max_bytes);
        text
    }
}

/// What tells a type from one of that name in another document.
fn key(document: &Document, name: &'static str) -> (usize, &'static str) {
    (std::ptr::from_ref(document).addr(), name)
}

/// The line of the filter, where the operation takes one.
pub(super) fn filter_line(text: &mut String, view: View<'_>) {
    if view.takes_filter() {
        let meaning = "A jq filter; the answer is what it makes, one result a line.";
        line(text, FILTER_ARGUMENT, false, "string", Some(meaning));
    }
}

/// Writes the notation of one document.
pub(super) struct Writer<'a> {
    document: &'a Document,
    notation: &'a mut Notation,
    pending: Vec<&'static str>,
    replacing: Replacing,
}

impl<'a> Writer<'a> {
    pub(super) fn new(document: &'a Document, notation: &'a mut Notation) -> Self {
        Self { document, notation, pending: Vec::new(), replacing: Replacing::default() }
    }

    /// The line of a parameter.
    pub(super) fn parameter(&mut self, text: &mut String, parameter: &Parameter) {
        let kind = self.kind(&parameter.schema);
        line(text, parameter.name, parameter.required, &kind, parameter.description);
    }

    /// Writes the types that are pending, and forgets them.
    pub(super) fn types(&mut self, text: &mut String, max_bytes: usize) {
        let mut next = 0;
        while let Some(name) = self.pending.get(next).copied() {
            let Some(schema) = self.document.schema(name).copied() else { break };
            let pending_before = self.pending.len();
            let written = self.type_text(name, &schema);
            if text.len() + written.len() > max_bytes && next > 0 {
                for name in self.pending.split_off(pending_before) {
                    self.notation.shown.remove(&key(self.document, name));
                }
                break;
            }
            text.push_str(&written);
            next += 1;
        }
        let left: Vec<_> = self.pending.drain(..).skip(next).collect();
        for name in &left {
            self.notation.shown.remove(&key(self.document, name));
        }
        if !left.is_empty() {
            // Writing to a String does not fail.
            let _ = writeln!(text, "// not shown, ask for them by `types`: {}", left.join(", "));
        }
    }

    fn type_text(&mut self, name: &str, schema: &Schema) -> String {
        match schema.kind {
            Kind::Object { properties } => {
                let mut text = format!("{name} {{\n");
                for property in properties {
                    self.property(&mut text, property);
                }
                text.push_str("}\n");
                text
            }
            _ => format!("{name} = {}\n", self.kind(schema)),
        }
    }

    fn property(&mut self, text: &mut String, property: &Property) {
        self.named_property(text, property.name, property.required, &property.schema);
    }

    /// The line of a property.
    pub(super) fn named_property(&mut self, text: &mut String, name: &str, is_required: bool, schema: &Schema) {
        let kind = self.kind(schema);
        let description = schema.description.unwrap_or_default();
        let description = if schema.secret { format!("secret. {description}") } else { description.to_owned() };
        line(text, name, is_required, &kind, (!description.is_empty()).then_some(&*description));
    }

    /// A type by name, to be written later.
    pub(super) fn name(&mut self, name: &'static str) {
        if self.notation.shown.insert(key(self.document, name)) {
            self.pending.push(name);
        }
    }

    pub(super) fn kind(&mut self, schema: &Schema) -> String {
        match schema.kind {
            Kind::String { values: Some(values), .. } => {
                values.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(" | ")
            }
            Kind::Array { items, .. } => match self.kind(items) {
                kind if kind.contains(' ') => format!("({kind})[]"),
                kind => format!("{kind}[]"),
            },
            Kind::Map { values } => format!("{{[key]: {}}}", self.kind(values)),
            Kind::Object { properties } if !properties.is_empty() => {
                let inner: Vec<_> = properties
                    .iter()
                    .map(|property| {
                        let optional = if property.required { "" } else { "?" };
                        format!("{}{optional}: {}", property.name, self.kind(&property.schema))
                    })
                    .collect();
                format!("{{ {} }}", inner.join("; "))
            }
            Kind::OneOf { variants, .. } => {
                let kinds: Vec<_> = variants.iter().map(|variant| self.reference(variant.reference)).collect();
                kinds.join(" | ")
            }
            Kind::Enum { values } => values.join(" | "),
            Kind::Union { branches } => {
                let kinds: BTreeSet<_> = branches.iter().map(|branch| self.kind(branch)).collect();
                kinds.into_iter().collect::<Vec<_>>().join(" | ")
            }
            Kind::Reference(name) => self.reference(name),
            kind => one_word(kind).to_owned(),
        }
    }

    /// A small type stands where it is used; another one by its name.
    fn reference(&mut self, name: &'static str) -> String {
        match self.document.schema(name) {
            Some(schema)
                if !matches!(schema.kind, Kind::Object { properties: [_, ..] } | Kind::OneOf { .. })
                    && self.replacing.depth() < MAX_WITHIN
                    && self.replacing.begin(name) =>
            {
                let kind = self.kind(schema);
                self.replacing.end();
                kind
            }
            _ => {
                self.name(name);
                name.to_owned()
            }
        }
    }
}

/// The type in one word: that of a scalar, or `object` for what has parts.
pub(super) fn one_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Any => "any",
        Kind::Boolean => "boolean",
        Kind::Integer { .. } => "integer",
        Kind::Number => "number",
        Kind::String { format, .. } => format.unwrap_or("string"),
        _ => "object",
    }
}

/// A line with a name, its type and what it means.
pub(super) fn line(text: &mut String, name: &str, is_required: bool, kind: &str, description: Option<&str>) {
    let optional = if is_required { "" } else { "?" };
    let comment = description.map(|description| format!("  // {description}")).unwrap_or_default();
    // Writing to a String does not fail.
    let _ = writeln!(text, "  {name}{optional}: {kind}{comment}");
}
