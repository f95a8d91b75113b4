//! Names for resources and files, made from names that people gave.

use std::collections::{BTreeMap, BTreeSet};

use crate::fusionauth::export::line::is_device_name;
use gateway::redact::REDACTED;

/// The longest slug, in bytes.
const MAX_SLUG: usize = 40;
/// How many characters of an id tell two objects apart: its last ones, since ids that people choose often share the
/// first.
const SHORT_ID: usize = 8;

/// A text as an identifier of HCL and a part of a file's name: lower case letters, digits and `_`, not a digit first,
/// never empty.
pub fn slug(text: &str) -> String {
    let text = text.replace(REDACTED, " ");
    let mut slug = String::new();
    for letter in text.chars() {
        if slug.len() >= MAX_SLUG {
            break;
        }
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    let slug = slug.trim_end_matches('_');
    if slug.is_empty() {
        "unnamed".to_owned()
    } else if is_device_name(slug) {
        format!("{slug}_")
    } else if slug.starts_with(|letter: char| letter.is_ascii_digit()) {
        format!("_{slug}")
    } else {
        slug.to_owned()
    }
}

/// The end of an id, as a part of an identifier.
pub fn short_id(id: &str) -> String {
    let id = plain_id(id);
    id.get(id.len().saturating_sub(SHORT_ID)..).unwrap_or_default().to_owned()
}

fn plain_id(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Unique names for pairs of slug and id, in their order. Those that share a slug have a short id in their name, so that
/// another object of that slug renames at most one.
pub fn unique(candidates: &[(&str, Option<&str>)]) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (slug, _) in candidates {
        *counts.entry(*slug).or_default() += 1;
    }
    let is_alone = |slug: &str| counts.get(slug) == Some(&1);
    let mut taken: BTreeSet<String> =
        candidates.iter().map(|(slug, _)| *slug).filter(|slug| is_alone(slug)).map(str::to_owned).collect();
    let mut names = Vec::new();
    for (slug, id) in candidates {
        if is_alone(slug) {
            names.push((*slug).to_owned());
            continue;
        }
        let with_id = id.map(|id| [format!("{slug}_{}", short_id(id)), format!("{slug}_{}", plain_id(id))]);
        let free = with_id.into_iter().flatten().find(|name| !taken.contains(name));
        let name = free.unwrap_or_else(|| numbered(slug, |name| taken.contains(name)));
        taken.insert(name.clone());
        names.push(name);
    }
    names
}

/// The name, with the first number from 2 on that makes it unique where it is taken.
pub fn numbered(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2_usize;
    while is_taken(&candidate) {
        candidate = format!("{name}_{number}");
        number += 1;
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_an_identifier_whatever_it_is_made_from() {
        for (text, expected) in [
            ("Pied Piper", "pied_piper"),
            ("  A -- \"b\"\n${c} ", "a_b_c"),
            ("2FA", "_2fa"),
            ("", "unnamed"),
            ("💥 日本", "unnamed"),
            ("../../etc/passwd", "etc_passwd"),
            ("CON", "con_"),
            ("Com1", "com1_"),
            ("com10", "com10"),
        ] {
            assert_eq!(slug(text), expected, "{text}");
        }
        assert_eq!(slug(&"x".repeat(10_000)).len(), MAX_SLUG);
        assert_eq!(slug(&format!("a {REDACTED} b")), "a_b");
    }

    #[test]
    fn names_are_unique_and_keep_to_their_objects() {
        let id = "00000002-5eed-4000-8000-00000000000";
        let ids = [1, 2, 3].map(|number| format!("{id}{number}"));
        let [one, two, three] = ids.each_ref().map(String::as_str);
        assert_eq!(
            unique(&[("a", Some(one)), ("b", Some(two)), ("a", Some(three))]),
            ["a_00000001", "b", "a_00000003"]
        );
        let whole = format!("a_{}", plain_id(one));
        let names = unique(&[("a", Some(one)), ("a_00000001", Some(two)), ("a", Some(three))]);
        assert_eq!(names, [whole.as_str(), "a_00000001", "a_00000003"]);
        assert_eq!(unique(&[("a", None), ("a", None), ("a", None)]), ["a", "a_2", "a_3"]);
    }
}
