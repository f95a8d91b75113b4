//! Names made of what people wrote: for variables and for files.

use std::collections::{BTreeMap, BTreeSet};

/// The most that is taken of a name, in characters.
const LONGEST: usize = 40;

/// What something is to be called, and the id that tells it from others of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The name; empty where nothing of the original can be used.
    pub name: String,
    /// The id.
    pub id: String,
}

/// The letters and digits (ASCII) of a text, in lower case, with `separator` between its words; at most 40 characters.
/// A capital after a small letter begins a word.
pub fn slug(text: &str, separator: char) -> String {
    let mut slug = String::new();
    let mut is_after_small = false;
    for character in text.chars() {
        if slug.len() >= LONGEST {
            break;
        }
        if !character.is_ascii_alphanumeric() {
            is_after_small = false;
            if !slug.is_empty() && !slug.ends_with(separator) {
                slug.push(separator);
            }
            continue;
        }
        if is_after_small && character.is_ascii_uppercase() {
            slug.push(separator);
        }
        is_after_small = character.is_ascii_lowercase() || character.is_ascii_digit();
        slug.push(character.to_ascii_lowercase());
    }
    slug.truncate(slug.trim_end_matches(separator).len());
    slug
}

/// Gives each wish a name that no other has, in their order.
///
/// A name that several want is given to none of them: each gets its id too, so that a name keeps its meaning when one
/// more of them appears.
pub fn distinct(wishes: &[Wish], separator: char) -> Vec<String> {
    let mut wanted: BTreeMap<&str, usize> = BTreeMap::new();
    for wish in wishes {
        *wanted.entry(wish.name.as_str()).or_default() += 1;
    }
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(wishes.len());
    for wish in wishes {
        let is_alone = wanted.get(wish.name.as_str()) == Some(&1);
        let base = match (wish.name.is_empty(), is_alone) {
            (false, true) => wish.name.clone(),
            (false, false) => format!("{}{separator}{}", wish.name, wish.id),
            (true, _) => wish.id.clone(),
        };
        let mut name = base.clone();
        let mut number = 1;
        while !taken.insert(name.clone()) {
            number += 1;
            name = format!("{base}{separator}{number}");
        }
        names.push(name);
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_plain_and_short() {
        assert_eq!(slug("Pied Piper", '-'), "pied-piper");
        assert_eq!(slug("oauthConfiguration", '_'), "oauth_configuration");
        assert_eq!(slug("../../etc/passwd\0😀\"", '-'), "etc-passwd");
        assert_eq!(slug("X-Pied-Piper-Token", '_'), "x_pied_piper_token");
        assert_eq!(slug("😀", '-'), "");
        assert!(slug(&"aB".repeat(5000), '-').len() <= LONGEST + 1);
    }

    #[test]
    fn names_that_several_want_get_ids() {
        let wish = |name: &str, id: &str| Wish { name: name.to_owned(), id: id.to_owned() };
        let wishes = [wish("a", "1"), wish("b", "2"), wish("a", "3"), wish("", "4"), wish("a-1", "5"), wish("c", "6")];
        assert_eq!(distinct(&wishes, '-'), ["a-1", "b", "a-3", "4", "a-1-2", "c"]);
        let same = [wish("a", "1"), wish("a", "1")];
        assert_eq!(distinct(&same, '-'), ["a-1", "a-1-2"]);
    }
}
