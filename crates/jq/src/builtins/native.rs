//! Functions of values.

use super::{answer::Function, format, math, operators, paths, regex, structure, text, time};

/// `@format` of the input; the argument is the name.
pub const FORMAT: Function = format::format;

/// Functions by name and number of arguments.
type Family = &'static [(&'static str, usize, Function)];

const FAMILIES: [Family; 6] =
    [structure::FUNCTIONS, paths::FUNCTIONS, text::FUNCTIONS, regex::FUNCTIONS, math::FUNCTIONS, time::FUNCTIONS];

const OWN: Family = &[("format", 1, format::format), ("error", 0, |input, _| Err(input)), ("not", 0, operators::not)];

fn all() -> impl Iterator<Item = &'static (&'static str, usize, Function)> {
    FAMILIES.into_iter().flatten().chain(OWN)
}

/// The function of that name with that many arguments.
pub fn of(name: &str, arguments: usize) -> Option<Function> {
    all().find(|(known, count, _)| *known == name && *count == arguments).map(|(_, _, function)| *function)
}

/// All names, with the number of arguments.
pub fn names() -> impl Iterator<Item = (&'static str, usize)> {
    all().map(|(name, count, _)| (*name, *count))
}
