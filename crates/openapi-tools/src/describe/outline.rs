//! The arguments of operations in little room: by name and type, the most important first.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use super::{
    input_schema::BODY_ARGUMENT,
    signature::{Notation, Writer, filter_line, one_word},
    tree::{Node, SET_BY_ITSELF, Tree},
    view::View,
};
use crate::model::schema::{Kind, Schema};

/// Properties that stand at most so deep are always shown by name.
const ALWAYS_SHOWN_DEPTH: usize = 2;

/// Values of an enum that an outline names.
const MAX_VALUES: usize = 4;

/// Lists, maps and references within each other that an outline looks through.
const MAX_WITHIN: usize = 4;

/// Names of an answer that its line has.
const MAX_ANSWER_NAMES: usize = 8;

/// The bodies of some operations. How much of them is shown depends on what a reader may be asked to read.
#[derive(Debug)]
pub struct Outline<'a> {
    views: Vec<View<'a>>,
    bodies: Vec<Option<Tree<'a>>>,
}

impl<'a> Outline<'a> {
    /// The outline of these operations.
    pub fn of(views: &[View<'a>]) -> Self {
        let body = |view: &View<'a>| {
            let body = view.operation.body.as_ref()?;
            Some(Tree::of(view.document, BODY_ARGUMENT, &body.schema, body.required))
        };
        Self { views: views.to_vec(), bodies: views.iter().map(body).collect() }
    }

    /// The steps in which more is shown: each is a limit for [`Self::texts`], the least first.
    pub fn steps(&self) -> Vec<u32> {
        let nodes = self.bodies.iter().flatten().flat_map(|tree| &tree.nodes);
        let costs: BTreeSet<_> = nodes.map(|node| node.cost).chain([0]).collect();
        costs.into_iter().collect()
    }

    /// The arguments of each operation, with the properties whose cost is within the limit. A type that several of them
    /// have is shown once.
    pub fn texts(&self, limit: u32) -> Vec<String> {
        let mut uses: BTreeMap<&str, usize> = BTreeMap::new();
        for tree in self.bodies.iter().flatten() {
            for node in tree.nodes.iter().filter(|node| !node.children.is_empty() && is_shown(tree, node, limit)) {
                *uses.entry(node.type_name.unwrap_or_default()).or_default() += 1;
            }
        }
        let mut shown = BTreeSet::new();
        let texts = self.views.iter().zip(&self.bodies).map(|(view, tree)| {
            let mut notation = Notation::default();
            let mut text = String::from("arguments {\n");
            let mut writer = Writer::new(view.document, &mut notation);
            for parameter in view.parameters() {
                writer.parameter(&mut text, parameter);
            }
            if let Some(tree) = tree
                && let Some(root) = tree.at(0)
            {
                let mut page = Page { tree, limit, uses: &uses, shown: &mut shown };
                // Writing to a String does not fail.
                let _ = writeln!(text, "  {}", page.property(root, 1));
            }
            filter_line(&mut text, *view);
            text.push_str("}\n");
            text
        });
        texts.collect()
    }

    /// A part of the body of the operation that has parts of its own, as an example of what can be asked for.
    pub fn example(&self, operation: usize) -> Option<&str> {
        let tree = self.bodies.get(operation)?.as_ref()?;
        if let Some(kind) = tree.nodes.iter().find_map(|node| node.kinds?.1.first()) {
            return Some(kind.value);
        }
        let has_parts = |node: &&Node| node.depth == ALWAYS_SHOWN_DEPTH && !node.children.is_empty();
        let first = tree.nodes.iter().filter(has_parts).min_by_key(|node| node.cost)?;
        Some(&first.path)
    }

    /// Whether the text of the operation leaves properties out.
    pub fn is_partial(&self, operation: usize, limit: u32) -> bool {
        let tree = self.bodies.get(operation).and_then(Option::as_ref);
        tree.is_some_and(|tree| {
            tree.nodes.iter().any(|node| (!is_shown(tree, node, limit) && !is_left_out(node)) || node.kinds.is_some())
        })
    }
}

/// The answer of the operation in one line: the names of what stands in it.
pub fn answer_line(view: View<'_>) -> String {
    let Some(answer) = &view.operation.answer else { return String::new() };
    let mut notation = Notation::default();
    let kind = Writer::new(view.document, &mut notation).kind(answer);
    let target = match answer.kind {
        Kind::Reference(name) => view.document.schema(name).map(|schema| schema.kind),
        kind => Some(kind),
    };
    let Some(Kind::Object { properties }) = target else { return format!("answer: {kind}\n") };
    let names: Vec<_> = properties.iter().take(MAX_ANSWER_NAMES).map(|property| property.name).collect();
    let more = if properties.len() > names.len() { ", …" } else { "" };
    format!("answer: {kind} {{ {}{more} }}\n", names.join(", "))
}

/// What an outline never shows: what an instance sets by itself.
fn is_left_out(node: &Node) -> bool {
    SET_BY_ITSELF.contains(&node.name) && node.depth > 1
}

fn is_shown(tree: &Tree<'_>, node: &Node, limit: u32) -> bool {
    let is_in_rare = || node.parent.and_then(|parent| tree.at(parent)).is_some_and(Node::is_rare);
    !is_left_out(node) && (node.cost <= limit || (node.depth <= ALWAYS_SHOWN_DEPTH && !is_in_rare()))
}

/// An outline that is being written.
struct Page<'p, 'a> {
    tree: &'p Tree<'a>,
    limit: u32,
    /// How often each type is used.
    uses: &'p BTreeMap<&'p str, usize>,
    /// The types that are shown already.
    shown: &'p mut BTreeSet<&'static str>,
}

impl Page<'_, '_> {
    fn property(&mut self, node: &Node, level: usize) -> String {
        let optional = if node.required { "" } else { "?" };
        format!("{}{optional}: {}", node.name, self.value(node, level))
    }

    fn value(&mut self, node: &Node, level: usize) -> String {
        if node.children.is_empty() && node.kinds.is_none() {
            return word(self.tree, &node.schema, MAX_WITHIN);
        }
        let name = node.type_name.unwrap_or_default();
        let is_used_again = self.uses.get(name).is_some_and(|uses| *uses > 1);
        let (before, after) = &node.around;
        let children: Vec<_> = node.children.iter().filter_map(|child| self.tree.at(*child)).collect();
        let listed: Vec<_> = children.iter().copied().filter(|child| is_shown(self.tree, child, self.limit)).collect();
        if !name.is_empty() && is_used_again && !listed.is_empty() && !self.shown.insert(name) {
            return format!("{before}{name}{after}");
        }
        let name = if is_used_again && !listed.is_empty() { format!("{name} ") } else { String::new() };
        let is_whole = listed.len() == children.iter().filter(|child| !is_left_out(child)).count();
        let kinds = node.kinds.map(|(discriminator, variants)| {
            let values: Vec<_> = variants.iter().map(|variant| variant.value).collect();
            format!("by {discriminator} one of {}, each with ", values.join(", "))
        });
        let rest = if is_whole && kinds.is_none() { "" } else { "…" };
        let kinds = kinds.unwrap_or_default();
        if listed.is_empty() {
            return format!("{kinds}{before}{{…}}{after}");
        }
        let inner = if node.depth < ALWAYS_SHOWN_DEPTH {
            self.lines(&listed, rest, level)
        } else {
            let mut parts: Vec<_> = listed.iter().map(|child| self.property(child, level + 1)).collect();
            parts.extend((!rest.is_empty()).then(|| rest.to_owned()));
            format!("{{ {} }}", parts.join(", "))
        };
        format!("{kinds}{before}{name}{inner}{after}")
    }

    /// A block of lines: one for each object, and those without parts together.
    fn lines(&mut self, nodes: &[&Node], rest: &str, level: usize) -> String {
        let indent = "  ".repeat(level + 1);
        let mut lines: Vec<Vec<String>> = Vec::new();
        let mut is_open = false;
        for node in nodes {
            let has_parts = !node.children.is_empty() || node.kinds.is_some();
            let text = self.property(node, level + 1);
            match lines.last_mut() {
                Some(line) if is_open && !has_parts => line.push(text),
                _ => lines.push(vec![text]),
            }
            is_open = !has_parts;
        }
        if !rest.is_empty() {
            match lines.last_mut() {
                Some(line) if is_open => line.push(rest.to_owned()),
                _ => lines.push(vec![rest.to_owned()]),
            }
        }
        let lines: String = lines.iter().map(|line| format!("{indent}{}\n", line.join(", "))).collect();
        format!("{{\n{lines}{}}}", "  ".repeat(level))
    }
}

/// A type in a word or a few, with the types within it down to that depth.
fn word(tree: &Tree<'_>, schema: &Schema, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return "any".to_owned() };
    match schema.kind {
        Kind::String { values: Some(values), .. } => one_of(values.iter().map(|value| format!("{value:?}"))),
        Kind::Enum { values } => one_of(values.iter().map(|value| (*value).to_owned())),
        Kind::Array { items, .. } => match word(tree, items, depth) {
            kind if kind.contains('|') => format!("({kind})[]"),
            kind => format!("{kind}[]"),
        },
        Kind::Map { values } => format!("{{[key]: {}}}", word(tree, values, depth)),
        Kind::Union { branches } => {
            let kinds: BTreeSet<_> = branches.iter().map(|branch| word(tree, branch, depth)).collect();
            one_of(kinds.into_iter())
        }
        Kind::Reference(name) => match tree.document.schema(name) {
            Some(schema) if !matches!(schema.kind, Kind::Object { properties: [_, ..] } | Kind::OneOf { .. }) => {
                word(tree, schema, depth)
            }
            _ => name.to_owned(),
        },
        kind => one_word(kind).to_owned(),
    }
}

fn one_of(values: impl Iterator<Item = String>) -> String {
    let values: Vec<_> = values.collect();
    let more = if values.len() > MAX_VALUES { "|…" } else { "" };
    format!("{}{more}", values.iter().take(MAX_VALUES).map(String::as_str).collect::<Vec<_>>().join("|"))
}
