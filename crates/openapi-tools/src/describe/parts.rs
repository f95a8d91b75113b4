//! Parts of the arguments of an operation: those whole, the rest by name.

use std::{collections::BTreeSet, fmt::Write};

use super::{
    input_schema::{BODY_ARGUMENT, FILTER_ARGUMENT},
    signature::{Notation, Writer, filter_line},
    tree::{Node, SET_BY_ITSELF, Tree},
    view::View,
};
use crate::model::schema::{Kind, Schema, Variant};

/// The name of the answer among the parts.
const ANSWER: &str = "answer";

/// Parts that one word chooses at most.
const MAX_CHOSEN: usize = 6;

/// Names that a line of others has. The first are the most important ones.
const MAX_NAMES: usize = 16;

/// Properties that are shown beside one that words are about: so many of the first, or all where there are few.
const MAX_BESIDE: usize = 8;

/// From this depth on a property is looked at together with those beside it.
const BESIDE_DEPTH: usize = 3;

/// The arguments of an operation, and which parts of them are wanted.
#[derive(Debug)]
pub struct Parts<'a> {
    view: View<'a>,
    /// The body, and the answer where that is asked for too.
    trees: Vec<Tree<'a>>,
    /// For each tree the wanted nodes.
    nodes: Vec<BTreeSet<usize>>,
    /// For each tree the wanted kinds, with the nodes that they are kinds of.
    kinds: Vec<Vec<(usize, Variant)>>,
    parameters: BTreeSet<&'static str>,
}

impl<'a> Parts<'a> {
    /// The parts of the operation, none of them wanted; with those of its answer where `has_answer`.
    pub fn of(view: View<'a>, has_answer: bool) -> Self {
        let body = view.operation.body.as_ref();
        let body = body.map(|body| Tree::of(view.document, BODY_ARGUMENT, &body.schema, body.required));
        let answer = view.operation.answer.filter(|_| has_answer);
        let answer = answer.map(|answer| Tree::of(view.document, ANSWER, &answer, true));
        let trees: Vec<_> = body.into_iter().chain(answer).collect();
        let (nodes, kinds) = (vec![BTreeSet::new(); trees.len()], vec![Vec::new(); trees.len()]);
        Self { view, trees, nodes, kinds, parameters: BTreeSet::new() }
    }

    /// Wants what is called so: an argument, a property by its path or the end of it, a type, or a kind. False if nothing
    /// is.
    pub fn want(&mut self, name: &str) -> bool {
        let parameter = self.view.parameters().find(|parameter| parameter.name.eq_ignore_ascii_case(name));
        if let Some(parameter) = parameter {
            self.parameters.insert(parameter.name);
            return true;
        }
        if name == FILTER_ARGUMENT && self.view.takes_filter() {
            return true;
        }
        for (tree, nodes) in self.trees.iter().zip(&mut self.nodes) {
            let found = tree.named(name);
            if !found.is_empty() {
                nodes.extend(found.into_iter().take(MAX_CHOSEN));
                return true;
            }
        }
        for (tree, kinds) in self.trees.iter().zip(&mut self.kinds) {
            if let Some(kind) = tree.kind(name) {
                kinds.push(kind);
                return true;
            }
        }
        false
    }

    /// Wants the setting at that path of the body, and those that are set together with it. False if there is none.
    pub fn want_setting(&mut self, path: &str) -> bool {
        let mut is_found = false;
        for (tree, wanted) in self.trees.iter().zip(&mut self.nodes) {
            for at in tree.named(path).into_iter().take(1) {
                is_found = true;
                wanted.insert(at);
                let Some(node) = tree.at(at).filter(|node| node.depth >= BESIDE_DEPTH) else { continue };
                let Some(above) = node.parent.and_then(|parent| tree.at(parent)) else { continue };
                wanted.extend(above.children.iter().take(MAX_BESIDE));
            }
        }
        is_found
    }

    /// Wants the properties whose names have this in them. False if none has.
    pub fn want_like(&mut self, text: &str) -> bool {
        let text = text.to_lowercase().replace([' ', '-', '_'], "");
        if text.len() < 3 {
            return false;
        }
        for (tree, wanted) in self.trees.iter().zip(&mut self.nodes) {
            let is_like = |node: &Node| node.parent.is_some() && node.name.to_lowercase().contains(&text);
            let mut like: Vec<_> = tree.nodes.iter().enumerate().filter(|(_, node)| is_like(node)).collect();
            like.sort_by_key(|(_, node)| (node.depth, node.cost));
            if !like.is_empty() {
                wanted.extend(like.into_iter().take(MAX_CHOSEN).map(|(at, _)| at));
                return true;
            }
        }
        false
    }

    /// The names that can be wanted.
    pub fn names(&self) -> BTreeSet<&'static str> {
        let of_trees = self.trees.iter().flat_map(|tree| &tree.nodes).map(|node| node.name);
        of_trees.chain(self.view.parameters().map(|parameter| parameter.name)).collect()
    }

    /// The wanted parts whole and the rest by name. The named types that they lead to follow, the nearest first, while the
    /// text has less than `max_bytes`.
    pub fn text(&self, notation: &mut Notation, max_bytes: usize) -> String {
        let mut writer = Writer::new(self.view.document, notation);
        let mut text = String::from("arguments {\n");
        let mut rest = Vec::new();
        for parameter in self.view.parameters() {
            if parameter.required || self.parameters.contains(parameter.name) {
                writer.parameter(&mut text, parameter);
            } else {
                rest.push(parameter.name);
            }
        }
        if let Some(body) = &self.view.operation.body
            && self.nodes.iter().all(BTreeSet::is_empty)
            && self.kinds.iter().all(Vec::is_empty)
        {
            rest.push(if body.required { "requestBody (required)" } else { BODY_ARGUMENT });
        }
        also(&mut text, &rest);
        filter_line(&mut text, self.view);
        text.push_str("}\n");
        for ((tree, nodes), kinds) in self.trees.iter().zip(&self.nodes).zip(&self.kinds) {
            blocks(&mut text, &mut writer, tree, nodes, kinds);
        }
        writer.types(&mut text, max_bytes);
        text
    }
}

/// A block for each object that has wanted properties, the outermost first.
fn blocks(
    text: &mut String,
    writer: &mut Writer<'_>,
    tree: &Tree<'_>,
    wanted: &BTreeSet<usize>,
    kinds: &[(usize, Variant)],
) {
    let parent = |at: &usize| tree.at(*at).and_then(|node| node.parent);
    let mut open: BTreeSet<usize> = BTreeSet::new();
    for at in wanted.iter().chain(kinds.iter().map(|(at, _)| at)) {
        open.extend(std::iter::successors(parent(at), |above| parent(above)));
    }
    let Some(root) = tree.at(0) else { return };
    let label = |node: &Node| {
        let around = node.around.1.replace('}', "{key}");
        let dot = if node.path.is_empty() { "" } else { "." };
        format!("{}{dot}{}{around}", root.name, node.path)
    };
    if wanted.contains(&0) {
        // Writing to a String does not fail.
        let _ = writeln!(text, "{}: {}", root.name, writer.kind(&root.schema));
    }
    for node in open.iter().filter_map(|at| tree.at(*at)) {
        let start = text.len();
        let _ = writeln!(text, "{} {{", label(node));
        let head = text.len();
        let (mut shown, mut rest) = (BTreeSet::new(), Vec::new());
        for child in node.children.iter().chain(&node.in_kinds) {
            let Some(inner) = tree.at(*child) else { continue };
            let is_kind = kinds.iter().any(|(at, _)| at == child);
            if wanted.contains(child) {
                // Several kinds may have a property of that name.
                if shown.insert(inner.name) {
                    writer.named_property(text, inner.name, inner.required, &inner.schema);
                }
            } else if !open.contains(child) && !is_kind && node.kinds.is_none() && !SET_BY_ITSELF.contains(&inner.name)
            {
                rest.push(inner.name);
            }
        }
        if let Some((discriminator, variants)) = node.kinds {
            let values: Vec<_> = variants.iter().map(|variant| variant.value).collect();
            let _ = writeln!(text, "  … by {discriminator}: {}", values.join(", "));
        }
        also(text, &rest);
        if text.len() == head {
            text.truncate(start);
        } else {
            text.push_str("}\n");
        }
    }
    for (at, variant) in kinds {
        let Some(node) = tree.at(*at) else { continue };
        let discriminator = node.kinds.map_or("", |(discriminator, _)| discriminator);
        let schema = Schema { kind: Kind::Reference(variant.reference), ..node.schema };
        let kind = writer.kind(&schema);
        let _ = writeln!(text, "{} where {discriminator} is {:?}: {kind}", label(node), variant.value);
    }
}

/// A line of the names that are not shown.
fn also(text: &mut String, names: &[&str]) {
    if !names.is_empty() {
        // Writing to a String does not fail.
        let shown = names.get(..MAX_NAMES).unwrap_or(names);
        let more = names.len() - shown.len();
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        let _ = writeln!(text, "  …: {}{more}", shown.join(", "));
    }
}
