//! `${NAME}` in the texts of a configuration file: the variable of that name.

use super::fault::FileFault;

/// The text with its variables replaced by their values. `$$` is a dollar sign.
///
/// # Errors
/// A variable that is not set, or a `${` that begins none.
pub fn expand(text: &str, value: &dyn Fn(&str) -> Option<String>) -> Result<String, FileFault> {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        expanded.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        if let Some(after) = after.strip_prefix('$') {
            expanded.push('$');
            rest = after;
        } else if let Some(name) = after.strip_prefix('{') {
            let (name, after) = name.split_once('}').ok_or(FileFault::NoVariable)?;
            if !is_name(name) {
                return Err(FileFault::NoVariable);
            }
            expanded.push_str(&value(name).ok_or_else(|| FileFault::Unset(name.to_owned()))?);
            rest = after;
        } else {
            expanded.push('$');
            rest = after;
        }
    }
    expanded.push_str(rest);
    Ok(expanded)
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|other| other.is_ascii_alphanumeric() || other == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_replaced_once() {
        let value = |name: &str| (name == "A").then(|| "${B}".to_owned());
        for (text, expected) in [
            ("", Ok("")),
            ("a${A}b${A}", Ok("a${B}b${B}")),
            ("$A costs 5$", Ok("$A costs 5$")),
            ("$${A} and $$", Ok("${A} and $")),
            ("${B}", Err("the variable `B` is not set")),
            ("${A", Err("expected ${NAME}, with a variable's name; a dollar sign itself is $$")),
            ("${A:-b}", Err("expected ${NAME}, with a variable's name; a dollar sign itself is $$")),
            ("${}", Err("expected ${NAME}, with a variable's name; a dollar sign itself is $$")),
        ] {
            let expanded = expand(text, &value).map_err(|fault| fault.to_string());
            assert_eq!(expanded.as_deref().map_err(String::as_str), expected, "{text}");
        }
    }
}
