//! What is in scope, and what may be meant by a name that is not.

use crate::{
    builtins::{library, native, special::Special},
    program::Index,
};

/// A name that stands for something.
pub enum Symbol {
    /// `$name`, bound by `as`.
    Variable(String),
    /// `$name`, a parameter.
    Value(String),
    /// `name`, a parameter that is a filter.
    Parameter(String),
    /// A function and its number of parameters.
    Function(String, usize),
    /// `label $name`
    Label(String),
}

/// All names in scope, the innermost last.
#[derive(Default)]
pub struct Scope {
    pub symbols: Vec<Symbol>,
}

impl Scope {
    /// How far up the innermost symbol stands that is meant.
    pub fn find(&self, is_it: impl Fn(&Symbol) -> bool) -> Option<Index> {
        self.symbols.iter().rev().position(is_it)
    }

    /// The symbol that far up.
    pub fn at(&self, index: Index) -> Option<&Symbol> {
        self.symbols.iter().rev().nth(index)
    }
}

/// That a function is not known, with what may be meant.
pub fn unknown_function(name: &str, count: usize, scope: &Scope) -> String {
    let own = scope.symbols.iter().filter_map(|symbol| match symbol {
        Symbol::Function(name, count) => Some((name.as_str(), *count)),
        Symbol::Parameter(name) => Some((name.as_str(), 0)),
        _ => None,
    });
    let mut known: Vec<(&str, usize)> = own.collect();
    known.extend(Special::names().chain(native::names()).chain(library::names()).map(shortened));
    let mut counts: Vec<_> = known.iter().filter(|(known, _)| *known == name).map(|(_, count)| *count).collect();
    counts.sort_unstable();
    counts.dedup();
    let arguments = |count: usize| if count == 1 { "1 argument".to_owned() } else { format!("{count} arguments") };
    if !counts.is_empty() {
        let takes: Vec<_> = counts.iter().map(ToString::to_string).collect();
        return format!("`{name}` takes {} arguments, and was given {}", takes.join(" or "), arguments(count));
    }
    let hint = nearest(name, known.iter().map(|(name, _)| *name)).map(|found| format!("; did you mean `{found}`?"));
    format!("unknown function `{name}`{}", hint.unwrap_or_default())
}

/// The same, not as long.
fn shortened<'n>(name: (&'static str, usize)) -> (&'n str, usize) {
    name
}

/// The known name that is nearest to one that is not known, where one is near.
pub fn nearest<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let scored = known.map(|known| (strsim::damerau_levenshtein(name, known), known));
    scored.filter(|(distance, known)| *distance <= 1 + known.len().min(name.len()) / 4).min().map(|(_, known)| known)
}

/// Why a name of jq's means nothing here.
pub fn unavailable(name: &str) -> Option<String> {
    let reason = match name {
        "input" | "inputs" | "input_filename" | "input_line_number" => "the answer is the only input; it is `.`",
        "env" | "$ENV" => "a filter sees no environment",
        "$__prog_args" | "$__prog_name" => "a filter has no arguments",
        "halt_error" => "a filter cannot end the program; `error(message)` fails with a message",
        "modulemeta" | "get_search_list" | "get_prog_origin" | "get_jq_origin" => "there are no modules",
        "gamma" | "lgamma" | "tgamma" | "lgamma_r" | "erf" | "erfc" | "j0" | "j1" | "jn" | "y0" | "y1" | "yn"
        | "drem" | "remainder" | "nextafter" | "nexttoward" => "this function of C's mathematics is left out",
        name if name.contains("::") => "there are no modules",
        _ => return None,
    };
    Some(format!("`{name}` cannot be used: {reason}"))
}
