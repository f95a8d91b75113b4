//! The properties of a body as a tree, for descriptions that show a part of it.

use crate::model::{
    document::Document,
    schema::{Importance, Kind, Property, Schema, Variant},
};

/// Objects within objects that are looked into.
const MAX_DEPTH: usize = 8;

/// The most properties of one tree, so that a document cannot make it grow without bound.
const MAX_NODES: usize = 4_000;

/// What an instance sets by itself. An outline leaves it out.
pub(super) const SET_BY_ITSELF: [&str; 3] = ["id", "insertInstant", "lastUpdateInstant"];

/// What a property costs a reader beside one that more people care for.
const ORDINARY_COST: u32 = 18;
const RARE_COST: u32 = 120;

/// What each level, and each place further down in an object, costs a reader.
const LEVEL_COST: u32 = 3;
const PLACE_COST: u32 = 1;

/// A property, or the root.
#[derive(Debug)]
pub(super) struct Node {
    /// The key; of the root the argument's name.
    pub(super) name: &'static str,
    /// Where it stands below the root, with dots.
    pub(super) path: String,
    pub(super) required: bool,
    pub(super) schema: Schema,
    /// The named type of the value, or of the values in it.
    pub(super) type_name: Option<&'static str>,
    /// What stands around the type of the values, where it is a list or a map of them.
    pub(super) around: (String, String),
    /// The kinds of it, where it is of one of several.
    pub(super) kinds: Option<(&'static str, &'static [Variant])>,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
    /// The properties of the kinds, which no outline shows.
    pub(super) in_kinds: Vec<usize>,
    /// How much a reader has to read before this is worth it.
    pub(super) cost: u32,
    pub(super) depth: usize,
}

impl Node {
    /// Whether hardly a call has it, or what holds it.
    pub(super) fn is_rare(&self) -> bool {
        self.cost >= RARE_COST
    }
}

/// All properties below a root.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) document: &'a Document,
    /// The nodes, each after its parent; the first is the root.
    pub(super) nodes: Vec<Node>,
}

impl<'a> Tree<'a> {
    /// The tree of a value of that schema, an argument of that name.
    pub(super) fn of(document: &'a Document, name: &'static str, schema: &Schema, required: bool) -> Self {
        let mut tree = Self { document, nodes: Vec::new() };
        let property = Property::new(name, *schema);
        let property = if required { property.required() } else { property };
        tree.add(&property, None, 0, &mut Vec::new());
        tree
    }

    /// Adds a property and what is in it.
    fn add(
        &mut self,
        property: &Property,
        parent: Option<usize>,
        place: usize,
        open: &mut Vec<&'static str>,
    ) -> Option<usize> {
        if self.nodes.len() >= MAX_NODES {
            return None;
        }
        let index = self.nodes.len();
        let above = parent.and_then(|parent| self.nodes.get(parent));
        let (path, cost, depth) = match above {
            None => (String::new(), 0, 0),
            Some(above) => (joined(&above.path, property.name), above.cost + step(property, place), above.depth + 1),
        };
        let held = held(self.document, &property.schema);
        self.nodes.push(Node {
            name: property.name,
            path,
            required: property.required,
            schema: property.schema,
            type_name: held.type_name,
            around: held.around,
            kinds: None,
            parent,
            children: Vec::new(),
            in_kinds: Vec::new(),
            cost,
            depth,
        });
        let is_open = held.type_name.is_some_and(|name| open.contains(&name));
        if is_open || open.len() >= MAX_DEPTH {
            return Some(index);
        }
        open.extend(held.type_name);
        match held.kind {
            Kind::Object { properties } => self.add_all(index, properties, open),
            Kind::OneOf { discriminator, variants } => {
                self.add_all(index, &self.common(variants), open);
                if let Some(node) = self.nodes.get_mut(index) {
                    node.kinds = Some((discriminator, variants));
                }
                let last = self.nodes.get(index).map_or(0, |node| node.children.len());
                for variant in variants {
                    self.add_kind(index, variant, open);
                }
                if let Some(node) = self.nodes.get_mut(index) {
                    node.in_kinds = node.children.split_off(last);
                }
            }
            _ => {}
        }
        if held.type_name.is_some() {
            open.pop();
        }
        Some(index)
    }

    fn add_all(&mut self, parent: usize, properties: &[Property], open: &mut Vec<&'static str>) {
        // What the upstream sets is in no request.
        for (place, property) in properties.iter().filter(|property| !property.schema.read_only).enumerate() {
            if let Some(child) = self.add(property, Some(parent), place, open)
                && let Some(node) = self.nodes.get_mut(parent)
            {
                node.children.push(child);
            }
        }
    }

    /// Adds the properties that one kind has and not all do.
    fn add_kind(&mut self, parent: usize, variant: &Variant, open: &mut Vec<&'static str>) {
        if open.contains(&variant.reference) {
            return;
        }
        let Some(Kind::Object { properties }) = self.document.schema(variant.reference).map(|schema| schema.kind)
        else {
            return;
        };
        open.push(variant.reference);
        let known: Vec<&str> = self.nodes.get(parent).map_or(Vec::new(), |node| {
            node.children.iter().filter_map(|child| self.nodes.get(*child)).map(|child| child.name).collect()
        });
        let own: Vec<_> = properties.iter().filter(|property| !known.contains(&property.name)).copied().collect();
        self.add_all(parent, &own, open);
        open.pop();
    }

    /// The properties that all kinds have, as the first kind has them.
    fn common(&self, variants: &[Variant]) -> Vec<Property> {
        let mut of_kinds = variants.iter().map(|variant| match self.document.schema(variant.reference)?.kind {
            Kind::Object { properties } => Some(properties),
            _ => None,
        });
        let Some(Some(first)) = of_kinds.next() else { return Vec::new() };
        let others: Vec<_> = of_kinds.collect();
        let is_common = |property: &&Property| {
            others
                .iter()
                .all(|kind| kind.is_some_and(|properties| properties.iter().any(|other| other.name == property.name)))
        };
        first.iter().filter(is_common).copied().collect()
    }

    /// The nodes that `wanted` names: by a path or the end of one, by a type, or by a kind. The outermost come first.
    pub(super) fn named(&self, wanted: &str) -> Vec<usize> {
        let root = self.nodes.first().map_or("", |node| node.name);
        let wanted = wanted.trim().trim_end_matches('.');
        let wanted = wanted.strip_prefix(root).and_then(|rest| rest.strip_prefix('.')).unwrap_or(wanted);
        let plain = wanted.replace("[]", "").to_lowercase();
        let ends = |path: &str| {
            let path = path.to_lowercase();
            path.strip_suffix(&plain).is_some_and(|before| before.is_empty() || before.ends_with('.'))
        };
        let is_root = |node: &Node| node.parent.is_none() && node.name.eq_ignore_ascii_case(wanted);
        let is_wanted = |node: &Node| is_root(node) || (node.parent.is_some() && ends(&node.path));
        let found: Vec<_> = self.positions(is_wanted);
        let exact: Vec<_> = found
            .iter()
            .copied()
            .filter(|at| self.at(*at).is_some_and(|node| node.path.eq_ignore_ascii_case(wanted)))
            .collect();
        let found = if exact.is_empty() { found } else { exact };
        if !found.is_empty() {
            let least = found.iter().filter_map(|at| self.at(*at)).map(|node| node.depth).min().unwrap_or_default();
            return found.into_iter().filter(|at| self.at(*at).is_some_and(|node| node.depth == least)).collect();
        }
        let of_type = |node: &Node| node.type_name.is_some_and(|name| name.eq_ignore_ascii_case(wanted));
        self.positions(of_type).into_iter().take(1).collect()
    }

    /// The type of the kind that is called so, by what tells it or by its type, and where it stands.
    pub(super) fn kind(&self, wanted: &str) -> Option<(usize, Variant)> {
        let squeezed = |text: &str| text.to_lowercase().replace([' ', '-', '_'], "");
        let wanted = squeezed(wanted.rsplit(['=', ':']).next().unwrap_or(wanted));
        self.nodes.iter().enumerate().find_map(|(at, node)| {
            let (_, variants) = node.kinds?;
            let is_wanted = |variant: &&Variant| {
                let (value, reference) = (squeezed(variant.value), squeezed(variant.reference));
                value == wanted || reference == wanted || reference.strip_suffix("identityprovider") == Some(&wanted)
            };
            variants.iter().find(is_wanted).map(|variant| (at, *variant))
        })
    }

    pub(super) fn at(&self, index: usize) -> Option<&Node> {
        self.nodes.get(index)
    }

    fn positions(&self, is_wanted: impl Fn(&Node) -> bool) -> Vec<usize> {
        self.nodes.iter().enumerate().filter(|(_, node)| is_wanted(node)).map(|(at, _)| at).collect()
    }
}

/// What a property costs a reader beyond what holds it.
fn step(property: &Property, place: usize) -> u32 {
    let place = u32::try_from(place).unwrap_or(u32::MAX).saturating_mul(PLACE_COST);
    let importance = match property.importance {
        _ if SET_BY_ITSELF.contains(&property.name) => RARE_COST,
        Importance::First => 0,
        Importance::Ordinary => ORDINARY_COST,
        Importance::Rare => RARE_COST,
    };
    LEVEL_COST.saturating_add(place).saturating_add(importance)
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// What a value holds, looked at through references, lists and maps.
pub(super) struct Held {
    pub(super) kind: Kind,
    pub(super) type_name: Option<&'static str>,
    pub(super) around: (String, String),
}

/// What a value of the schema holds.
pub(super) fn held(document: &Document, schema: &Schema) -> Held {
    let mut held = Held { kind: schema.kind, type_name: None, around: (String::new(), String::new()) };
    for _ in 0..MAX_DEPTH {
        match held.kind {
            Kind::Reference(name) => match document.schema(name) {
                Some(target) => {
                    held.type_name = Some(name);
                    held.kind = target.kind;
                }
                None => break,
            },
            Kind::Array { items, .. } => {
                held.around.1.insert_str(0, "[]");
                held.kind = items.kind;
                held.type_name = None;
            }
            Kind::Map { values } => {
                held.around.0.push_str("{[key]: ");
                held.around.1.insert(0, '}');
                held.kind = values.kind;
                held.type_name = None;
            }
            _ => break,
        }
    }
    held
}
