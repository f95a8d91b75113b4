//! The property that a wrong name probably means.

use crate::text::nearest::nearest;

/// The name among `known` that is like another by its letters, or else by its words.
pub fn similar<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> Option<&'n str> {
    nearest(name, known.clone()).or_else(|| {
        let words = words(name);
        let scored = known.map(|known| (shared(&words, known), known));
        let best = scored.filter(|(shared, _)| shared * 2 >= words.len() && *shared > 0);
        best.max_by_key(|(shared, known)| (*shared, usize::MAX - known.len())).map(|(_, known)| known)
    })
}

/// How many of some words a name has: as a word of its own, or as the first letters of several (`pkce`).
fn shared(words: &[String], name: &str) -> usize {
    let own = self::words(name);
    let initials: String = own.iter().filter_map(|word| word.chars().next()).collect();
    let is_there = |word: &&String| own.contains(word) || word.len() > 2 && is_within(word, &initials);
    words.iter().filter(is_there).count()
}

/// Whether the letters of a word come in this order in a text.
fn is_within(word: &str, text: &str) -> bool {
    let mut rest = text.chars();
    word.chars().all(|letter| rest.any(|other| other == letter))
}

/// The words of a name such as `clientId` or `client_id`, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            was_lower = false;
            words.push(String::new());
            continue;
        }
        if words.is_empty() || was_lower && character.is_uppercase() {
            words.push(String::new());
        }
        was_lower = character.is_lowercase();
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_like_others_by_letters_words_and_initials() {
        let known = ["proofKeyForCodeExchangePolicy", "clientId", "authorizedRedirectURLs"];
        for (name, expected) in [
            ("pkcePolicy", Some("proofKeyForCodeExchangePolicy")),
            ("client_id", Some("clientId")),
            ("redirectURLs", Some("authorizedRedirectURLs")),
            ("clientID", Some("clientId")),
            ("something", None),
        ] {
            assert_eq!(similar(name, known.into_iter()), expected, "{name}");
        }
    }
}
