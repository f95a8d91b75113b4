//! Suggestions for misspelt names.

use strsim::levenshtein;

/// The known name that is most similar to the typed one; `None` if none is similar.
pub fn most_similar<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = typed.to_lowercase();
    names
        .into_iter()
        .map(|name| (levenshtein(&lower, &name.to_lowercase()), name))
        // At least three characters of five are right; with fewer, a suggestion would be a guess.
        .filter(|(distance, name)| distance * 5 <= name.chars().count().max(lower.chars().count()) * 2)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_similar_up_to_two_wrong_characters_of_five() {
        let names = ["adminEmail", "tenantId", "UUID()"];
        for (typed, expected) in [
            ("adminEmial", Some("adminEmail")),
            ("TENANTID", Some("tenantId")),
            ("tenaWXYZ", None),
            ("uuid", Some("UUID()")),
            ("xyzzy", None),
            ("", None),
        ] {
            assert_eq!(most_similar(typed, names), expected, "{typed}");
        }
    }
}
