//! Compiling what values are taken apart into.

use super::{Compiler, NameError, names::Symbol};
use crate::{
    program::{Pattern, PatternEntry, Patterns},
    syntax::term,
};

impl Compiler {
    /// Compiles patterns, and what has their variables in scope.
    pub(super) fn bound<T>(
        &mut self,
        patterns: &[term::Pattern],
        compile: impl FnOnce(&mut Self) -> Result<T, NameError>,
    ) -> Result<(Patterns, T), NameError> {
        let mut names = Vec::new();
        for pattern in patterns {
            variables(pattern, &mut names);
        }
        let alternatives = patterns.iter().map(|pattern| self.pattern(pattern, &names)).collect::<Result<_, _>>()?;
        let depth = self.scope.symbols.len();
        self.scope.symbols.extend(names.iter().map(|name| Symbol::Variable((*name).to_owned())));
        let compiled = compile(self);
        self.scope.symbols.truncate(depth);
        Ok((Patterns { alternatives, variables: names.len() }, compiled?))
    }

    fn pattern(&mut self, pattern: &term::Pattern, names: &[&str]) -> Result<Pattern, NameError> {
        let number = |name: &str| names.iter().position(|known| *known == name).unwrap_or_default();
        Ok(match pattern {
            term::Pattern::Variable(name) => Pattern::Variable(number(name)),
            term::Pattern::Array(items) => {
                Pattern::Array(items.iter().map(|item| self.pattern(item, names)).collect::<Result<_, _>>()?)
            }
            term::Pattern::Object(entries) => {
                let mut compiled = Vec::new();
                for entry in entries {
                    let inner = entry.pattern.as_ref().map(|inner| self.pattern(inner, names)).transpose()?;
                    let key = self.node(&entry.key)?;
                    let lookup = self.lookup(&key, entry.key.span);
                    let variable = entry.variable.as_deref().map(number);
                    compiled.push(PatternEntry { key, variable, pattern: inner, lookup });
                }
                Pattern::Object(compiled)
            }
        })
    }
}

/// Adds the variables of a pattern, each once.
fn variables<'p>(pattern: &'p term::Pattern, names: &mut Vec<&'p str>) {
    let mut add = |name: &'p str| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    match pattern {
        term::Pattern::Variable(name) => add(name),
        term::Pattern::Array(items) => items.iter().for_each(|item| variables(item, names)),
        term::Pattern::Object(entries) => {
            for entry in entries {
                if let Some(name) = &entry.variable
                    && !names.contains(&name.as_str())
                {
                    names.push(name);
                }
                if let Some(pattern) = &entry.pattern {
                    variables(pattern, names);
                }
            }
        }
    }
}
