//! Names of tools for operations of a foreign document.

use sha2::{Digest, Sha256};

use super::marks::is_tool_name;
use crate::model::operation::Method;

/// The longest name of a tool that every client takes, in bytes.
pub const MAX_TOOL_NAME: usize = 64;

/// Characters of the hash that a cut name ends in.
const HASH_LENGTH: usize = 8;

/// The name of the tool: the prefix, and the id with everything that clients refuse as `_`, or else method and path. What is too long is
/// cut and ends in a hash of the whole, which stays the same as long as the id does.
pub(super) fn tool_name(prefix: &str, id: Option<&str>, method: Method, path: &str) -> String {
    match id.filter(|id| id.chars().any(|character| character.is_ascii_alphanumeric())) {
        Some(id) if is_tool_name(id) => fitted(&format!("{prefix}{id}"), id),
        Some(id) => fitted(&format!("{prefix}{}", allowed(id)), id),
        None => {
            let whole = format!("{} {path}", method.as_str());
            let name = allowed(&format!("{} {}", method.as_str().to_ascii_lowercase(), path.trim_matches('/')));
            fitted(&format!("{prefix}{name}"), &whole)
        }
    }
}

/// The name with what makes it different from one that is taken.
pub(super) fn distinct(name: &str, method: Method, path: &str) -> String {
    let whole = format!("{name} {} {path}", method.as_str());
    let kept: String = name.chars().take(MAX_TOOL_NAME - HASH_LENGTH - 1).collect();
    format!("{kept}_{}", hash(&whole))
}

/// A word that can stand in a list of words: lower case, with `-` for what is neither letter nor digit.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars() {
        if character.is_alphanumeric() {
            slug.extend(character.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// The text with runs of what no tool's name may have as one `_`, beginning with a letter.
fn allowed(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '_') {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(name.trim_end_matches('_').len());
    if name.starts_with(|first: char| first.is_ascii_alphabetic()) { name } else { format!("call_{name}") }
}

/// The name, cut if it is too long.
fn fitted(name: &str, whole: &str) -> String {
    if name.len() <= MAX_TOOL_NAME {
        return name.to_owned();
    }
    let kept = name.get(..MAX_TOOL_NAME - HASH_LENGTH - 1).unwrap_or_default();
    format!("{}_{}", kept.trim_end_matches(['_', '-']), hash(whole))
}

fn hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest.iter().take(HASH_LENGTH / 2).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_name_that_clients_take() {
        for (id, path, expected) in [
            (Some("listPets"), "/pets", "listPets"),
            (Some("repos/get-content"), "/x", "repos_get-content"),
            (Some("GET /pets"), "/x", "GET_pets"),
            (Some("2fa"), "/x", "call_2fa"),
            (Some("größe"), "/x", "gr_e"),
            (Some("…"), "/pets/{petId}.json", "get_pets_petId_json"),
            (None, "/pets/{petId}", "get_pets_petId"),
            (None, "/", "get"),
        ] {
            let name = tool_name("", id, Method::Get, path);
            assert_eq!(name, expected);
            assert!(is_tool_name(&name), "{name}");
        }
    }

    #[test]
    fn names_that_are_cut_stay_apart() {
        let long = "a".repeat(80);
        let one = tool_name("", Some(&format!("{long}1")), Method::Get, "/");
        let other = tool_name("", Some(&format!("{long}2")), Method::Get, "/");
        assert_ne!(one, other);
        assert!(is_tool_name(&one) && one.len() <= MAX_TOOL_NAME, "{one}");
        assert!(is_tool_name(&distinct(&one, Method::Get, "/a")), "{one}");
    }

    #[test]
    fn slugs_are_words() {
        assert_eq!(slug("Pet Store / Orders!"), "pet-store-orders");
        assert_eq!(slug("--"), "");
    }
}
