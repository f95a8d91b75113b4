//! What a value may be, as far as the document and the filter tell.

use std::{
    collections::{BTreeSet, VecDeque},
    rc::Rc,
};

use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Rest, Schema},
};

/// How far below a place a property of the same name is looked for.
const MAX_LEVELS: usize = 4;

/// The most that a value may be. Beyond that, it is not known.
const MAX_SHAPES: usize = 500;

/// What a value may be.
#[derive(Debug, Clone)]
pub enum Shape {
    /// What the document says; no reference and no union.
    Documented(Schema),
    /// An array of such values.
    List(Rc<Shapes>),
    /// An object that the filter made.
    Made(Rc<Vec<(String, Shapes)>>),
    /// Whatever stands anywhere below something, with the properties that it may have.
    Anywhere(Rc<Names>),
    /// A text that is one of these names.
    OneOf(Rc<Names>),
}

/// All that a value may be; `None` where that is not known.
pub type Shapes = Option<Vec<Shape>>;

/// Names of properties.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// The names.
    pub known: BTreeSet<String>,
    /// Whether there may be others, since callers choose them.
    pub is_open: bool,
}

/// What is found under a name.
pub enum Found {
    /// Values such as these.
    Values(Shapes),
    /// Nothing. The names that there are, and what is there instead of the name.
    Nothing(Names),
}

/// Either of the two.
pub fn union(left: Shapes, right: Shapes) -> Shapes {
    let (mut left, right) = (left?, right?);
    left.extend(right);
    (left.len() <= MAX_SHAPES).then_some(left)
}

/// An array of such values.
pub fn list(items: Shapes) -> Shapes {
    Some(vec![Shape::List(Rc::new(items))])
}

/// What a schema allows, references and unions followed.
pub fn of(document: &'static Document, schema: Schema) -> Vec<Shape> {
    let (mut open, mut found) = (vec![(schema, 0)], Vec::new());
    while let Some((schema, depth)) = open.pop() {
        match schema.kind {
            _ if depth > 2 * MAX_LEVELS => found.push(Shape::Documented(Schema::any())),
            Kind::Reference(name) => {
                let schema = document.schema(name).copied().unwrap_or_else(Schema::any);
                open.push((schema, depth + 1));
            }
            Kind::Union { branches } => open.extend(branches.iter().map(|branch| (*branch, depth + 1))),
            Kind::OneOf { variants, .. } => {
                open.extend(variants.iter().map(|variant| (Schema::reference(variant.reference), depth + 1)));
            }
            _ => found.push(Shape::Documented(schema)),
        }
    }
    found
}

/// The properties of an object that has no others.
fn own(schema: &Schema) -> Option<&'static [Property]> {
    match (schema.kind, schema.rest) {
        (Kind::Object { properties: properties @ [_, ..] }, Rest::Nothing | Rest::Unstated) => Some(properties),
        _ => None,
    }
}

/// What stands in some values, whatever the key.
pub fn items(document: &'static Document, shapes: &Shapes) -> Shapes {
    let mut all = Some(Vec::new());
    for shape in shapes.as_ref()? {
        let items = match shape {
            Shape::List(items) => (**items).clone(),
            Shape::Documented(Schema { kind: Kind::Array { items, .. }, .. }) => Some(of(document, **items)),
            Shape::Documented(Schema { kind: Kind::Map { values }, .. }) => Some(of(document, **values)),
            Shape::Documented(Schema { kind: Kind::Any | Kind::Reference(_), .. }) => None,
            Shape::Documented(schema @ Schema { kind: Kind::Object { .. }, .. }) => own(schema)
                .map(|properties| properties.iter().flat_map(|property| of(document, property.schema)).collect()),
            Shape::Made(entries) => {
                entries.iter().try_fold(Vec::new(), |all, (_, shapes)| union(Some(all), shapes.clone()))
            }
            Shape::Anywhere(names) => Some(vec![Shape::Anywhere(Rc::clone(names))]),
            // What has no items makes an error.
            Shape::Documented(_) | Shape::OneOf(_) => continue,
        };
        all = union(all, items);
    }
    all
}

/// What stands under a name in some values. `None` where that is not known.
pub fn property(document: &'static Document, shapes: &Shapes, name: &str) -> Option<Found> {
    let mut values = Some(Vec::new());
    let (mut is_found, mut names) = (false, Names::default());
    for shape in shapes.as_ref()? {
        let next = match shape {
            Shape::Documented(Schema { kind: Kind::Object { properties }, rest, .. }) => {
                let properties: &'static [Property] = properties;
                names.known.extend(properties.iter().map(|property| property.name.to_owned()));
                match (properties.iter().find(|property| property.name == name), rest) {
                    (Some(property), _) => Some(of(document, property.schema)),
                    (None, Rest::Of(schema)) => Some(of(document, **schema)),
                    // An object without properties is free-form.
                    (None, _) if properties.is_empty() => None,
                    (None, _) => continue,
                }
            }
            Shape::Documented(Schema { kind: Kind::Map { values }, .. }) => Some(of(document, **values)),
            Shape::Anywhere(anywhere) => {
                names.is_open |= anywhere.is_open;
                names.known.extend(anywhere.known.iter().cloned());
                if !anywhere.known.contains(name) {
                    continue;
                }
                None
            }
            Shape::Made(entries) => entries.iter().find(|(key, _)| key == name).and_then(|(_, shapes)| shapes.clone()),
            Shape::Documented(Schema { kind: Kind::Any | Kind::Reference(_), .. }) => None,
            // What has no keys makes an error, and not null.
            Shape::Documented(_) | Shape::List(_) | Shape::OneOf(_) => continue,
        };
        is_found = true;
        values = union(values, next);
    }
    Some(match is_found || names.known.is_empty() {
        true => Found::Values(values.filter(|values| is_found && !values.is_empty())),
        false => Found::Nothing(names),
    })
}

/// The keys of some objects; `None` where that is not known.
pub fn keys(shapes: &Shapes) -> Option<Names> {
    let mut names = Names::default();
    for shape in shapes.as_ref()? {
        match shape {
            Shape::Documented(Schema { kind: Kind::Object { properties }, rest, .. }) => {
                names.is_open |= properties.is_empty() || matches!(rest, Rest::Of(_));
                names.known.extend(properties.iter().map(|property| property.name.to_owned()));
            }
            Shape::Anywhere(anywhere) => {
                names.is_open |= anywhere.is_open;
                names.known.extend(anywhere.known.iter().cloned());
            }
            Shape::Made(entries) => names.known.extend(entries.iter().map(|(key, _)| key.clone())),
            // Arrays have numbers for keys, and of others nothing is known.
            Shape::Documented(_) | Shape::List(_) | Shape::OneOf(_) => return None,
        }
    }
    Some(names)
}

/// Some values, and whatever stands anywhere below them.
pub fn anywhere(document: &'static Document, shapes: &Shapes) -> Shapes {
    let mut names = Names::default();
    let mut seen: BTreeSet<&'static str> = BTreeSet::new();
    let mut made: Vec<Shape> = shapes.clone()?;
    let mut open: Vec<Schema> = Vec::new();
    while let Some(shape) = made.pop() {
        match shape {
            Shape::Documented(schema) => open.push(schema),
            Shape::List(items) => made.extend((*items).clone()?),
            Shape::Made(entries) => {
                for (key, shapes) in entries.iter() {
                    names.known.insert(key.clone());
                    made.extend(shapes.clone()?);
                }
            }
            Shape::Anywhere(anywhere) => {
                names.is_open |= anywhere.is_open;
                names.known.extend(anywhere.known.iter().cloned());
            }
            Shape::OneOf(_) => {}
        }
    }
    while let Some(schema) = open.pop() {
        match schema.kind {
            Kind::Reference(name) => {
                if seen.insert(name) {
                    open.push(document.schema(name).copied().unwrap_or_else(Schema::any));
                }
            }
            Kind::Union { branches } => open.extend(branches),
            Kind::OneOf { variants, .. } => {
                open.extend(variants.iter().map(|variant| Schema::reference(variant.reference)));
            }
            Kind::Array { items, .. } => open.push(*items),
            Kind::Map { values } => {
                names.is_open = true;
                open.push(*values);
            }
            Kind::Object { properties } => {
                names.is_open |= properties.is_empty();
                names.known.extend(properties.iter().map(|property| property.name.to_owned()));
                open.extend(properties.iter().map(|property| property.schema));
            }
            Kind::Any => names.is_open = true,
            Kind::Boolean | Kind::Enum { .. } | Kind::Integer { .. } | Kind::Number | Kind::String { .. } => {}
        }
        if let Rest::Of(rest) = schema.rest {
            names.is_open = true;
            open.push(*rest);
        }
    }
    Some(vec![Shape::Anywhere(Rc::new(names))])
}

/// The way to a property of that name below some values, the shortest.
pub fn below(document: &'static Document, shapes: &Shapes, name: &str) -> Option<String> {
    let shapes = shapes.iter().flatten();
    let mut open: VecDeque<(Shape, String, usize)> = shapes.map(|shape| (shape.clone(), String::new(), 0)).collect();
    while let Some((shape, way, level)) = open.pop_front() {
        match shape {
            Shape::Documented(Schema { kind: Kind::Object { properties }, .. }) => {
                if level > 0 && properties.iter().any(|property| property.name == name) {
                    return Some(format!("{way}.{name}"));
                }
                if level < MAX_LEVELS {
                    for property in properties {
                        let way = format!("{way}.{}", property.name);
                        let inner = of(document, property.schema);
                        open.extend(inner.into_iter().map(|shape| (shape, way.clone(), level + 1)));
                    }
                }
            }
            Shape::Documented(Schema { kind: Kind::Array { items, .. }, .. }) => {
                open.extend(of(document, *items).into_iter().map(|shape| (shape, format!("{way}[]"), level)));
            }
            _ => {}
        }
    }
    None
}
