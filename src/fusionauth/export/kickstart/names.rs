//! Names for variables and files, made from names that people gave.

use std::collections::{BTreeMap, BTreeSet};

/// The longest slug, in characters. A separator may exceed it by one.
const MAX_SLUG: usize = 40;

/// A name that something could have, and the id that tells it from others of that name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameCandidate {
    /// The name; `None` where nothing of the original can be used.
    pub name: Option<String>,
    /// The id as a slug.
    pub id: String,
}

/// The letters and digits (ASCII) of a text, in lower case, with `separator` between its words; at most 40 characters, and
/// no piece of a word at the end. A capital after a small letter begins a word. Empty where the text has no such character.
pub fn slug(text: &str, separator: char) -> String {
    let mut slug = String::new();
    let mut is_after_small = false;
    for character in text.chars() {
        if slug.len() >= MAX_SLUG {
            let begins = is_after_small && character.is_ascii_uppercase();
            let is_in_word = character.is_ascii_alphanumeric() && !begins && !slug.ends_with(separator);
            if let Some(end) = slug.rfind(separator).filter(|_| is_in_word) {
                slug.truncate(end);
            }
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

/// Gives each candidate a name that no other has, in their order.
///
/// Where several candidates have the same name, each gets its id appended, so that names do not change meaning when
/// another candidate of that name appears.
pub fn distinct(candidates: &[NameCandidate], separator: char) -> Vec<String> {
    let mut counts: BTreeMap<Option<&str>, usize> = BTreeMap::new();
    for candidate in candidates {
        *counts.entry(candidate.name.as_deref()).or_default() += 1;
    }
    let mut taken = BTreeSet::new();
    let mut names = Vec::with_capacity(candidates.len());
    for NameCandidate { name, id } in candidates {
        let is_alone = counts.get(&name.as_deref()) == Some(&1);
        let base = match name {
            Some(name) if is_alone => name.clone(),
            Some(name) => format!("{name}{separator}{id}"),
            None => id.clone(),
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
        assert_eq!(slug("Send the monthly newsletter to all subscribers", '_'), "send_the_monthly_newsletter_to_all");
        assert_eq!(
            slug("Send the monthly newsletter to customers and others", '_'),
            "send_the_monthly_newsletter_to_customers"
        );
        assert_eq!(slug(&"a".repeat(50), '_'), "a".repeat(40));
        assert!(slug(&"aB".repeat(5000), '-').len() <= MAX_SLUG + 1);
    }

    #[test]
    fn names_that_several_share_get_ids() {
        let unnamed = |id: &str| NameCandidate { name: None, id: id.to_owned() };
        let named = |name: &str, id: &str| NameCandidate { name: Some(name.to_owned()), ..unnamed(id) };
        let candidates =
            [named("a", "1"), named("b", "2"), named("a", "3"), unnamed("4"), named("a-1", "5"), named("c", "6")];
        assert_eq!(distinct(&candidates, '-'), ["a-1", "b", "a-3", "4", "a-1-2", "c"]);
        let same = [named("a", "1"), named("a", "1")];
        assert_eq!(distinct(&same, '-'), ["a-1", "a-1-2"]);
    }
}
