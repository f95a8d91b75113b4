//! Properties that a filter looks up and that the document does not have there.
//!
//! To jq what is not there is null, so a slip in a name goes unnoticed. The filter is followed through the schema of the answer;
//! where it leads is known for the usual terms, and for others nothing is said.

mod calls;
mod shapes;

use std::{collections::BTreeSet, rc::Rc};

use jq::syntax::{
    parser::parse,
    term::{Comparison, Definition, Entry, Kind as TermKind, Operator, Part, Pattern, Span, Term},
};
use openapi_tools::model::{document::Document, schema::Schema};

use self::shapes::{Found, Names, Shape, Shapes, union};
use super::names::similar;

/// How often functions of the filter are followed within each other.
const MAX_CALLS: usize = 4;

/// The most terms that are followed, each as often as it is called. Of a longer filter nothing is said.
const MAX_STEPS: usize = 10_000;

/// The steps that it takes to look for all that stands below something.
const STEPS_DOWN: usize = 50;

/// A property that the document does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// Where it is looked up in the filter.
    pub span: (u32, u32),
    /// What is probably meant: a name, or the way to one.
    pub nearest: Option<String>,
    /// Whether callers choose names there too.
    pub is_open: bool,
}

/// The properties that a filter looks up in an answer with that schema, and that the document does not have there.
pub fn missing(filter: &str, answer: &Schema, document: &'static Document) -> Vec<Missing> {
    let follow = || {
        let Ok(term) = parse(filter) else { return Vec::new() };
        let mut follower = Follower {
            document,
            variables: Vec::new(),
            functions: Vec::new(),
            calls: 0,
            steps_left: MAX_STEPS,
            missing: Vec::new(),
            found: BTreeSet::new(),
        };
        follower.follow(&term, &Some(shapes::of(document, *answer)));
        let Follower { mut missing, found, steps_left, .. } = follower;
        if steps_left == 0 {
            return Vec::new();
        }
        // What is followed more than once has to be missing each time.
        missing.retain(|one| !found.contains(&one.span));
        // Where callers choose names too, nothing is wrong with one that is like no other.
        missing.retain(|one| !one.is_open || one.nearest.is_some());
        missing
    };
    jq::evaluation::on_large_stack(follow).unwrap_or_default()
}

/// Whether a filter only goes to a place in its input, so that it makes what stands there.
pub fn is_path(filter: &str) -> bool {
    fn goes(term: &Term) -> bool {
        match &term.kind {
            TermKind::Identity => true,
            TermKind::Pipe(terms) => terms.iter().all(goes),
            TermKind::Index(base, key) => {
                goes(base) && (literal(key).is_some() || matches!(key.kind, TermKind::Number(_)))
            }
            TermKind::Iterate(base) | TermKind::Try(base, None) => goes(base),
            _ => false,
        }
    }
    jq::evaluation::on_large_stack(|| parse(filter).is_ok_and(|term| goes(&term))).unwrap_or_default()
}

struct Follower<'t> {
    document: &'static Document,
    variables: Vec<(&'t str, Shapes)>,
    functions: Vec<Function<'t>>,
    /// How many calls of functions of the filter are followed now.
    calls: usize,
    steps_left: usize,
    missing: Vec<Missing>,
    /// Where something is looked up that may be there.
    found: BTreeSet<(u32, u32)>,
}

/// A function of the filter.
#[derive(Clone, Copy)]
struct Function<'t> {
    name: &'t str,
    parameters: usize,
    /// `None` for a parameter that is a filter: what it stands for is not followed.
    definition: Option<&'t Definition>,
    /// How many variables are in scope where it is defined.
    variables: usize,
}

impl<'t> Follower<'t> {
    fn items(&self, shapes: &Shapes) -> Shapes {
        shapes::items(self.document, shapes)
    }

    fn anywhere(&mut self, shapes: &Shapes) -> Shapes {
        self.steps_left = self.steps_left.saturating_sub(STEPS_DOWN);
        shapes::anywhere(self.document, shapes)
    }

    /// What stands under a name. Where the document has it under none of the shapes, that is noted.
    fn property(&mut self, shapes: &Shapes, name: &str, span: Span) -> Shapes {
        match shapes::property(self.document, shapes, name) {
            Some(Found::Nothing(names)) => {
                // A name that is right and stands further below is meant rather than one that is nearly right.
                let below = shapes::below(self.document, shapes, name);
                self.note(name, span, &names, below);
                None
            }
            Some(Found::Values(values)) => {
                self.found.insert((span.start, span.end));
                values
            }
            None => {
                self.found.insert((span.start, span.end));
                None
            }
        }
    }

    fn note(&mut self, name: &str, span: Span, names: &Names, below: Option<String>) {
        let nearest = below.or_else(|| similar(name, names.known.iter().map(String::as_str)).map(str::to_owned));
        let span = (span.start, span.end);
        if !self.missing.iter().any(|known| known.span == span) {
            self.missing.push(Missing { name: name.to_owned(), span, nearest, is_open: names.is_open });
        }
    }

    /// A comparison of what is one of some names with a name.
    fn compared(&mut self, shapes: &Shapes, name: &str, span: Span) {
        let Some([Shape::OneOf(names)]) = shapes.as_deref() else { return };
        if names.known.contains(name) {
            self.found.insert((span.start, span.end));
        } else {
            let names = Rc::clone(names);
            self.note(name, span, &names, None);
        }
    }

    /// What a term makes of such values.
    fn follow(&mut self, term: &'t Term, input: &Shapes) -> Shapes {
        self.steps_left = self.steps_left.saturating_sub(1);
        if self.steps_left == 0 {
            return None;
        }
        match &term.kind {
            TermKind::Identity => input.clone(),
            TermKind::RecurseDefault => self.anywhere(input),
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
            TermKind::Array(inner) => shapes::list(inner.as_ref().and_then(|inner| self.follow(inner, input))),
            TermKind::Object(entries) => self.made(entries, input),
            TermKind::Binary(operator, left, right) => self.binary(*operator, (left, right), term.span, input),
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
            TermKind::Label(_, body) => self.follow(body, input),
            TermKind::Definition(definition, body) => {
                let parameters = definition.parameters.len();
                let variables = self.variables.len();
                let name = definition.name.as_str();
                self.functions.push(Function { name, parameters, definition: Some(definition), variables });
                let made = self.follow(body, input);
                self.functions.pop();
                made
            }
            TermKind::Call(name, arguments) => self.call(name, arguments, term.span, input),
            TermKind::Variable(name) => {
                let mut known = self.variables.iter().rev();
                known.find(|(known, _)| known == name).and_then(|(_, shapes)| shapes.clone())
            }
            TermKind::Number(_) | TermKind::Format(_) | TermKind::Break(_) => None,
        }
    }

    fn made(&mut self, entries: &'t [Entry], input: &Shapes) -> Shapes {
        let mut made = Some(Vec::new());
        for entry in entries {
            self.follow(&entry.key, input);
            let value = self.follow(&entry.value, input);
            match (literal(&entry.key), &mut made) {
                (Some(key), Some(made)) => made.push((key.to_owned(), value)),
                _ => made = None,
            }
        }
        made.map(|made| vec![Shape::Made(Rc::new(made))])
    }

    /// Follows something with the variables of patterns in scope. Of alternatives, nobody knows which one is taken.
    fn bound<T>(&mut self, patterns: &'t [Pattern], value: &Shapes, follow: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.variables.len();
        match patterns {
            [only] => self.take_apart(only, value),
            several => several.iter().for_each(|pattern| self.take_apart(pattern, &None)),
        }
        let followed = follow(self);
        self.variables.truncate(depth);
        followed
    }

    fn take_apart(&mut self, pattern: &'t Pattern, value: &Shapes) {
        match pattern {
            Pattern::Variable(name) => self.variables.push((name, value.clone())),
            Pattern::Array(patterns) => {
                let items = self.items(value);
                patterns.iter().for_each(|pattern| self.take_apart(pattern, &items));
            }
            Pattern::Object(entries) => {
                for entry in entries {
                    let found = match literal(&entry.key) {
                        Some(name) => self.property(value, name, entry.key.span),
                        None => None,
                    };
                    if let Some(name) = &entry.variable {
                        self.variables.push((name, found.clone()));
                    }
                    if let Some(pattern) = &entry.pattern {
                        self.take_apart(pattern, &found);
                    }
                }
            }
        }
    }

    fn binary(
        &mut self,
        operator: Operator,
        (left, right): (&'t Term, &'t Term),
        span: Span,
        input: &Shapes,
    ) -> Shapes {
        match operator {
            Operator::Alternative => union(self.follow(left, input), self.follow(right, input)),
            Operator::Assign | Operator::UpdateWith(_) | Operator::UpdateAlternative => {
                self.follow(right, input);
                None
            }
            Operator::Update => None,
            Operator::Arithmetic(_) | Operator::Comparison(_) | Operator::And | Operator::Or => {
                let (of_left, of_right) = (self.follow(left, input), self.follow(right, input));
                if let Operator::Comparison(Comparison::Equal | Comparison::NotEqual) = operator {
                    match (literal(left), literal(right)) {
                        (_, Some(name)) => self.compared(&of_left, name, span),
                        (Some(name), None) => self.compared(&of_right, name, span),
                        _ => {}
                    }
                }
                None
            }
        }
    }
}

/// The text that a term is.
fn literal(term: &Term) -> Option<&str> {
    term.fixed_text()
}

#[cfg(test)]
mod tests {
    use openapi_tools::model::schema::Property;

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
            ("getpath([\"applications\", 0, \"nmae\"]), getpath([\"totla\"])", "nmae>name totla>total"),
            (".applications[] | select(has(\"nmae\"))", "nmae>name"),
            (".applications[] as {nmae: $n, $roels} | $n", "nmae>name roels>roles"),
            (".applications[] as {roles: [{default: $d}]} | $d", "default>isDefault"),
            (".applications[] | to_entries[] | select(.key == \"nmae\") | .vlaue", "nmae>name"),
            (".applications[] | with_entries(select(\"nmae\" != .key))", "nmae>name"),
            ("[.applications[] | keys[] | select(. == \"nmae\")]", "nmae>name"),
            ("def f: .nmae; def g: f; .applications | map(g)", "nmae>name"),
            ("del(.total) | .totla", "totla>total"),
            (".[][]? | .nmae?", "nmae>name"),
            ("(.applications[], .total) | .nmae?", "nmae>name"),
            // Anywhere below, the free-form `data` apart.
            (".. | .nmae?", "nmae>name"),
            ("[recurse | objects | .isDefualt]", "isDefualt>isDefault"),
            ("paths | select(.[-1] == \"nmae\")", "nmae>name"),
            (".applications[] | recurse(.roles[]?) | .isDefualt?", "isDefualt>isDefault"),
        ] {
            assert_eq!(found(filter), expected, "{filter}");
        }
    }

    #[test]
    fn a_filter_that_leads_everywhere_is_given_up() {
        let doubled = "(.,.)|".repeat(40);
        assert_eq!(found(&format!("{doubled}.totla")), "");
        let calls = "def a: .totla; def b: a,a,a,a,a,a,a,a,a,a; def c: b,b,b,b,b,b,b,b,b,b,b; def d: c,c,c,c,c,c,c,c; ";
        assert_eq!(found(&format!("{calls} d,d,d,d,d,d,d,d,d,d,d,d")), "");
    }

    #[test]
    fn paths_are_told_from_what_makes_something() {
        for (filter, expected) in [
            (".applications", true),
            (".applications[0].roles[]?", true),
            (".a | .[\"b\"]", true),
            ("[.applications[]]", false),
            (".applications | map(.)", false),
            (".a[1:]", false),
            ("[", false),
        ] {
            assert_eq!(is_path(filter), expected, "{filter}");
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
            ".[] | .nmae?",
            "reduce .applications[] as $a ({}; .x += 1) | .x",
            "getpath([\"applications\", 0, \"data\", \"nmae\"])",
            ".applications[] | recurse(.roles[]?) | .isDefault?",
            ".applications[] | recurse({a: .}) | .a",
            // Of what is followed more than once, each has to lack it.
            "def f: .isDefault?; .applications[] | f, (.roles[] | f)",
            "def f: .nmae, (.[] | f); f",
            "def f(g): .applications[] | g; f(.nmae)",
            "def map(f): .; .applications | map(.nmae)",
            ".applications[] as {nmae: $x} ?// [$x] | $x",
            ".applications[] | to_entries[] | select(.key == \"name\" or .value == \"nmae\")",
            ".applications[].data | keys[] | select(. == \"nmae\")",
            "1 as $x | def f: $x.nmae; .applications[] as $x | f",
            "until(.total; .totla)",
            "{a: 1} | .b",
            "[",
        ] {
            assert_eq!(found(filter), "", "{filter}");
        }
    }
}
