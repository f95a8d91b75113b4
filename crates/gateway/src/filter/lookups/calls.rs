//! Where the functions of a filter lead.

use std::rc::Rc;

use jq::syntax::term::{Kind as TermKind, Span, Term};

use super::{
    Follower, Function, MAX_CALLS, literal,
    shapes::{self, Shape, Shapes, list},
};

impl<'t> Follower<'t> {
    /// What a function makes of such values.
    pub(super) fn call(&mut self, name: &'t str, arguments: &'t [Term], span: Span, input: &Shapes) -> Shapes {
        let is_it = |function: &&Function<'t>| function.name == name && function.parameters == arguments.len();
        if let Some(function) = self.functions.iter().rev().find(is_it).copied() {
            return self.own_call(function, input);
        }
        let items = self.items(input);
        match (name, arguments) {
            ("select" | "pick", [filter]) => {
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
            ("has", [key]) => {
                match literal(key) {
                    Some(name) => self.property(input, name, span),
                    None => self.follow(key, input),
                };
                None
            }
            ("getpath", [path]) => match path.fixed_keys() {
                Some(keys) => keys.iter().fold(input.clone(), |shapes, key| match literal(key) {
                    Some(name) => self.property(&shapes, name, key.span),
                    None => self.items(&shapes),
                }),
                None => {
                    self.follow(path, input);
                    None
                }
            },
            ("to_entries", []) => list(self.entries(input)),
            ("with_entries", [filter]) => {
                let entries = self.entries(input);
                self.follow(filter, &entries);
                None
            }
            ("keys" | "keys_unsorted", []) => list(shapes::keys(input).map(|names| vec![Shape::OneOf(Rc::new(names))])),
            ("paths" | "leaf_paths", []) => self.paths(input),
            ("paths", [filter]) => {
                let anywhere = self.anywhere(input);
                self.follow(filter, &anywhere);
                self.paths(input)
            }
            ("recurse", []) => self.anywhere(input),
            ("recurse", [filter]) => {
                let anywhere = if goes_down(filter) { self.anywhere(input) } else { None };
                self.follow(filter, &anywhere);
                anywhere
            }
            ("first" | "last" | "isempty" | "add" | "IN" | "path" | "error", [filter])
            | ("limit" | "nth" | "skip", [_, filter]) => {
                let made = self.follow(filter, input);
                if matches!(name, "first" | "last" | "limit" | "nth" | "skip") { made } else { None }
            }
            ("first" | "last", []) | ("nth", [_]) => items,
            ("del", [_])
            | ("sort" | "unique" | "reverse" | "values" | "objects" | "arrays" | "scalars" | "strings" | "debug", []) => {
                input.clone()
            }
            ("add", []) => {
                let inner = self.items(&items);
                list(inner)
            }
            _ => None,
        }
    }

    /// A call of a function that the filter defines. With parameters, where they lead is not known.
    fn own_call(&mut self, function: Function<'t>, input: &Shapes) -> Shapes {
        let definition = function.definition.filter(|_| function.parameters == 0)?;
        if self.calls >= MAX_CALLS {
            return None;
        }
        // It sees the variables that are in scope where it stands, and may call itself.
        let hidden = self.variables.split_off(function.variables.min(self.variables.len()));
        let mut functions = self.functions.clone();
        let is_it = |known: &Function<'t>| known.definition.is_some_and(|known| std::ptr::eq(known, definition));
        let end = self.functions.iter().position(is_it).map_or(0, |place| place + 1);
        self.functions.truncate(end);
        self.calls += 1;
        // Deeper calls are not followed, so of what they look up nothing is known.
        let input = if self.calls == MAX_CALLS { &None } else { input };
        let made = self.follow(&definition.body, input);
        self.calls -= 1;
        std::mem::swap(&mut self.functions, &mut functions);
        self.variables.extend(hidden);
        made
    }

    /// The entries of objects: `key` and `value`.
    fn entries(&self, input: &Shapes) -> Shapes {
        let key = shapes::keys(input).map(|names| vec![Shape::OneOf(Rc::new(names))]);
        let entry = vec![("key".to_owned(), key), ("value".to_owned(), self.items(input))];
        Some(vec![Shape::Made(Rc::new(entry))])
    }

    /// Paths, which are arrays of keys.
    fn paths(&mut self, input: &Shapes) -> Shapes {
        let anywhere = self.anywhere(input);
        list(shapes::keys(&anywhere).map(|names| vec![Shape::OneOf(Rc::new(names))]))
    }
}

/// Whether a filter makes nothing that does not stand in its input.
fn goes_down(term: &Term) -> bool {
    match &term.kind {
        TermKind::Identity | TermKind::RecurseDefault => true,
        TermKind::Pipe(terms) | TermKind::Comma(terms) => terms.iter().all(goes_down),
        TermKind::Index(base, _) | TermKind::Iterate(base) | TermKind::Try(base, None) => goes_down(base),
        TermKind::Call(name, arguments) => {
            matches!((name.as_str(), arguments.len()), ("select", 1) | ("objects" | "arrays" | "values", 0))
        }
        _ => false,
    }
}
