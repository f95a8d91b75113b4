//! Properties that a filter looks up and that the document does not have there.
//!
//! To jq what is not there is null, so a slip in a name goes unnoticed. The filter is followed through the schema of the answer;
//! where it leads is known for the usual terms, and for others nothing is said.

use std::{collections::VecDeque, rc::Rc};

use jq::syntax::{
    parser::parse,
    term::{Kind as TermKind, Operator, Part, Pattern, Span, Term},
};
use openapi_tools::model::{
    document::Document,
    schema::{Kind, Property, Rest, Schema},
};

use super::names::similar;

/// How far below a place a property of the same name is looked for.
const MAX_LEVELS: usize = 4;

/// A property that the document does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// Where it is looked up in the filter.
    pub span: (u32, u32),
    /// What is probably meant: a name, or the way to one.
    pub nearest: Option<String>,
}

/// The properties that a filter looks up in an answer with that schema, and that the document does not have there.
pub fn missing(filter: &str, answer: &Schema, document: &'static Document) -> Vec<Missing> {
    let follow = || {
        let Ok(term) = parse(filter) else { return Vec::new() };
        let mut follower = Follower { document, variables: Vec::new(), missing: Vec::new() };
        follower.follow(&term, &Some(follower.shapes(*answer)));
        follower.missing
    };
    jq::evaluation::on_large_stack(follow).unwrap_or_default()
}

/// What a value may be.
#[derive(Debug, Clone)]
enum Shape {
    /// What the document says; no reference and no union.
    Documented(Schema),
    /// An array of such values.
    List(Rc<Shapes>),
    /// An object that the filter made.
    Made(Rc<Vec<(String, Shapes)>>),
}

/// All that a value may be; `None` where that is not known.
type Shapes = Option<Vec<Shape>>;

struct Follower {
    document: &'static Document,
    variables: Vec<(String, Shapes)>,
    missing: Vec<Missing>,
}

fn union(left: Shapes, right: Shapes) -> Shapes {
    let (mut left, right) = (left?, right?);
    left.extend(right);
    Some(left)
}

impl Follower {
    /// What a schema allows, references and unions followed.
    fn shapes(&self, schema: Schema) -> Vec<Shape> {
        let (mut open, mut found) = (vec![(schema, 0)], Vec::new());
        while let Some((schema, depth)) = open.pop() {
            match schema.kind {
                _ if depth > 2 * MAX_LEVELS => found.push(Shape::Documented(Schema::any())),
                Kind::Reference(name) => {
                    let schema = self.document.schema(name).copied().unwrap_or_else(Schema::any);
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

    fn items(&self, shapes: &Shapes) -> Shapes {
        let mut all = Some(Vec::new());
        for shape in shapes.as_ref()? {
            let items = match shape {
                Shape::List(items) => (**items).clone(),
                Shape::Documented(Schema { kind: Kind::Array { items, .. }, .. }) => Some(self.shapes(**items)),
                Shape::Documented(Schema { kind: Kind::Map { values }, .. }) => Some(self.shapes(**values)),
                Shape::Documented(_) | Shape::Made(_) => None,
            };
            all = union(all, items);
        }
        all
    }

    /// What stands under a name. Where the document has it under none of the shapes, that is noted.
    fn property(&mut self, shapes: &Shapes, name: &str, span: Span) -> Shapes {
        let shapes = shapes.as_ref()?;
        let mut found = Some(Vec::new());
        let mut is_found = false;
        let mut own: Vec<&'static Property> = Vec::new();
        for shape in shapes {
            let next = match shape {
                Shape::Documented(Schema { kind: Kind::Object { properties }, rest, .. }) => {
                    let properties: &'static [Property] = properties;
                    own.extend(properties);
                    match (properties.iter().find(|property| property.name == name), rest) {
                        (Some(property), _) => Some(self.shapes(property.schema)),
                        (None, Rest::Of(schema)) => Some(self.shapes(**schema)),
                        // An object without properties is free-form.
                        (None, _) if properties.is_empty() => None,
                        (None, _) => continue,
                    }
                }
                Shape::Documented(Schema { kind: Kind::Map { values }, .. }) => Some(self.shapes(**values)),
                Shape::Documented(_) | Shape::List(_) => None,
                Shape::Made(entries) => {
                    entries.iter().find(|(key, _)| key == name).and_then(|(_, shapes)| shapes.clone())
                }
            };
            is_found = true;
            found = union(found, next);
        }
        if is_found || own.is_empty() {
            return found.filter(|found| !found.is_empty());
        }
        // A name that is right and stands further below is meant rather than one that is nearly right.
        let nearest = self.below(shapes, name);
        let nearest = nearest.or_else(|| similar(name, own.iter().map(|property| property.name)).map(str::to_owned));
        let span = (span.start, span.end);
        if !self.missing.iter().any(|known| known.span == span) {
            self.missing.push(Missing { name: name.to_owned(), span, nearest });
        }
        None
    }

    /// The way to a property of that name below some shapes, the shortest.
    fn below(&self, shapes: &[Shape], name: &str) -> Option<String> {
        let mut open: VecDeque<(Shape, String, usize)> =
            shapes.iter().map(|shape| (shape.clone(), String::new(), 0)).collect();
        while let Some((shape, way, level)) = open.pop_front() {
            match shape {
                Shape::Documented(Schema { kind: Kind::Object { properties }, .. }) => {
                    if level > 0 && properties.iter().any(|property| property.name == name) {
                        return Some(format!("{way}.{name}"));
                    }
                    if level < MAX_LEVELS {
                        for property in properties {
                            let way = format!("{way}.{}", property.name);
                            let inner = self.shapes(property.schema);
                            open.extend(inner.into_iter().map(|shape| (shape, way.clone(), level + 1)));
                        }
                    }
                }
                Shape::Documented(Schema { kind: Kind::Array { items, .. }, .. }) => {
                    open.extend(self.shapes(*items).into_iter().map(|shape| (shape, format!("{way}[]"), level)));
                }
                _ => {}
            }
        }
        None
    }

    /// What a term makes of such values.
    fn follow(&mut self, term: &Term, input: &Shapes) -> Shapes {
        match &term.kind {
            TermKind::Identity => input.clone(),
            TermKind::Pipe(terms) => {
                let mut shapes = input.clone();
                for term in terms {
                    shapes = self.follow(term, &shapes);
                }
                shapes
            }
            TermKind::Comma(terms) => {
                let mut all = Some(Vec::new());
                for term in terms {
                    all = union(all, self.follow(term, input));
                }
                all
            }
            TermKind::Index(base, key) => {
                let base = self.follow(base, input);
                match literal(key) {
                    Some(name) => self.property(&base, name, term.span),
                    None => {
                        self.follow(key, input);
                        self.items(&base)
                    }
                }
            }
            TermKind::Iterate(base) => {
                let base = self.follow(base, input);
                self.items(&base)
            }
            TermKind::Slice(base, ..) => self.follow(base, input),
            TermKind::Try(body, handler) => {
                let body = self.follow(body, input);
                if handler.is_some() { None } else { body }
            }
            TermKind::If(branches, otherwise) => {
                let mut all = Some(Vec::new());
                for (condition, body) in branches {
                    self.follow(condition, input);
                    all = union(all, self.follow(body, input));
                }
                let rest = otherwise.as_ref().map_or_else(|| input.clone(), |otherwise| self.follow(otherwise, input));
                union(all, rest)
            }
            TermKind::Array(inner) => {
                let items = inner.as_ref().map_or_else(|| None, |inner| self.follow(inner, input));
                Some(vec![Shape::List(Rc::new(items))])
            }
            TermKind::Object(entries) => {
                let mut made = Vec::new();
                for entry in entries {
                    self.follow(&entry.key, input);
                    let value = self.follow(&entry.value, input);
                    made.push((literal(&entry.key)?.to_owned(), value));
                }
                Some(vec![Shape::Made(Rc::new(made))])
            }
            TermKind::Binary(operator, left, right) => self.binary(*operator, left, right, input),
            TermKind::Negation(inner) => {
                self.follow(inner, input);
                None
            }
            TermKind::Text { parts, .. } => {
                for part in parts {
                    if let Part::Interpolation(term) = part {
                        self.follow(term, input);
                    }
                }
                None
            }
            TermKind::Bind(source, patterns, body) => {
                let value = self.follow(source, input);
                self.bound(patterns, &value, |follower| follower.follow(body, input))
            }
            TermKind::Reduce(fold) | TermKind::Foreach(fold) => {
                let value = self.follow(&fold.source, input);
                self.bound(&fold.patterns, &value, |follower| {
                    follower.follow(&fold.update, &None);
                    fold.extract.as_ref().map(|extract| follower.follow(extract, &None));
                });
                None
            }
            TermKind::Label(_, body) | TermKind::Definition(_, body) => self.follow(body, input),
            TermKind::Call(name, arguments) => self.call(name, arguments, input),
            TermKind::Variable(name) => {
                self.variables.iter().rev().find(|(known, _)| known == name).and_then(|(_, shapes)| shapes.clone())
            }
            TermKind::RecurseDefault | TermKind::Number(_) | TermKind::Format(_) | TermKind::Break(_) => None,
        }
    }

    /// Follows something with variables in scope; what is taken apart is not known.
    fn bound<T>(&mut self, patterns: &[Pattern], value: &Shapes, follow: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.variables.len();
        let mut open: Vec<(&Pattern, bool)> = patterns.iter().map(|pattern| (pattern, true)).collect();
        while let Some((pattern, is_whole)) = open.pop() {
            match pattern {
                Pattern::Variable(name) => {
                    self.variables.push((name.clone(), if is_whole { value.clone() } else { None }));
                }
                Pattern::Array(items) => open.extend(items.iter().map(|item| (item, false))),
                Pattern::Object(entries) => {
                    for entry in entries {
                        self.variables.extend(entry.variable.iter().map(|name| (name.clone(), None)));
                        open.extend(entry.pattern.iter().map(|pattern| (pattern, false)));
                    }
                }
            }
        }
        let followed = follow(self);
        self.variables.truncate(depth);
        followed
    }

    fn binary(&mut self, operator: Operator, left: &Term, right: &Term, input: &Shapes) -> Shapes {
        match operator {
            Operator::Alternative => union(self.follow(left, input), self.follow(right, input)),
            Operator::Assign | Operator::UpdateWith(_) | Operator::UpdateAlternative => {
                self.follow(right, input);
                None
            }
            Operator::Update => None,
            Operator::Arithmetic(_) | Operator::Comparison(_) | Operator::And | Operator::Or => {
                self.follow(left, input);
                self.follow(right, input);
                None
            }
        }
    }

    fn call(&mut self, name: &str, arguments: &[Term], input: &Shapes) -> Shapes {
        let items = self.items(input);
        let list = |items: Shapes| Some(vec![Shape::List(Rc::new(items))]);
        match (name, arguments) {
            ("select" | "pick" | "recurse", [filter]) => {
                self.follow(filter, input);
                if name == "select" { input.clone() } else { None }
            }
            ("map", [filter]) => {
                let made = self.follow(filter, &items);
                list(made)
            }
            ("sort_by" | "unique_by" | "group_by" | "min_by" | "max_by", [key]) => {
                self.follow(key, &items);
                match name {
                    "group_by" => list(list(items)),
                    "min_by" | "max_by" => items,
                    _ => list(items),
                }
            }
            ("any" | "all" | "map_values" | "INDEX", [filter]) => {
                self.follow(filter, &items);
                None
            }
            ("any" | "all" | "INDEX", [source, filter]) => {
                let source = self.follow(source, input);
                self.follow(filter, &source);
                None
            }
            ("first" | "last" | "isempty" | "add" | "IN" | "path" | "has" | "error", [filter])
            | ("limit" | "nth" | "skip" | "until", [_, filter]) => {
                let made = self.follow(filter, input);
                if matches!(name, "first" | "last" | "limit" | "nth" | "skip") { made } else { None }
            }
            ("first" | "last", []) | ("nth", [_]) => items,
            ("sort" | "unique" | "reverse" | "values" | "objects" | "arrays" | "scalars" | "strings" | "debug", []) => {
                input.clone()
            }
            ("add", []) => {
                let inner = self.items(&items);
                list(inner)
            }
            _ => None,
        }
    }
}

/// The text that a term is.
fn literal(term: &Term) -> Option<&str> {
    match &term.kind {
        TermKind::Text { format: None, parts } => match parts.as_slice() {
            [Part::Literal(text)] => Some(text),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static OAUTH: Schema = Schema::object(&[
        Property::new("clientId", Schema::string()),
        Property::new("proofKeyForCodeExchangePolicy", Schema::string()),
    ]);
    static APPLICATION: Schema = Schema::object(&[
        Property::new("name", Schema::string()),
        Property::new("data", Schema::map(&Schema::any())),
        Property::new("oauthConfiguration", OAUTH),
        Property::new("roles", Schema::array(&ROLE)),
    ]);
    static ROLE: Schema = Schema::object(&[Property::new("isDefault", Schema::boolean())]);
    static ANSWER: Schema = Schema::object(&[
        Property::new("applications", Schema::array(&APPLICATION)),
        Property::new("total", Schema::integer()),
    ]);

    fn found(filter: &str) -> String {
        static DOCUMENT: Document = Document {
            title: "",
            version: "",
            servers: &[],
            operations: &[],
            schemas: &[],
            security_schemes: &[],
            secret_names: &[],
        };
        let missing = missing(filter, &ANSWER, &DOCUMENT);
        let text = |one: &Missing| format!("{}>{}", one.name, one.nearest.as_deref().unwrap_or("?"));
        missing.iter().map(text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn slips_are_found_wherever_the_way_is_known() {
        for (filter, expected) in [
            (
                ".applications[] | {name, pkce: .oauthConfiguration.pkcePolicy}",
                "pkcePolicy>proofKeyForCodeExchangePolicy",
            ),
            (".applications | map(select(.nmae == \"x\")) | length", "nmae>name"),
            ("[.applications[] | .clientId]", "clientId>.oauthConfiguration.clientId"),
            (".applications[0].roles[].default", "default>isDefault"),
            (".aplications[]", "aplications>applications"),
            (".applications | sort_by(.naem)[] | .name", "naem>name"),
            (".applications[] as $a | $a.roles[] | [$a.title, .isDefault]", "title>?"),
            (".applications | group_by(.name) | map({n: .[0].nam})", "nam>name"),
            ("\"\\(.applications[0].Name)\"", "Name>name"),
            (".totla // .total", "totla>total"),
            ("first(.applications[]).named, .applications[-1:][0].names", "named>name names>name"),
        ] {
            assert_eq!(found(filter), expected, "{filter}");
        }
    }

    #[test]
    fn what_is_there_free_or_made_is_not_named() {
        for filter in [
            ".applications[] | {name, id: .data.anything.at.all} | .id",
            ".applications | map({(.name): 1}) | add | .x",
            ".. | .anything?",
            ".applications[0] | to_entries[] | .key",
            ".new = 1 | .new",
            "def f: .whatever; .applications[] | f",
            "reduce .applications[] as $a ({}; .x += 1) | .x",
            "{a: 1} | .b",
            "[",
        ] {
            assert_eq!(found(filter), "", "{filter}");
        }
    }
}
