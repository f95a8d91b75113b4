//! Buckets: groups of operations by the verb their name starts with.

/// The prefixes that make buckets unless the user says otherwise.
pub const DEFAULT_PREFIXES: [&str; 6] = ["create", "delete", "patch", "update", "retrieve", "search"];

/// The bucket of every operation whose prefix is none of the chosen ones.
pub const OTHER: &str = "other";

/// The bucket of an operation: the longest of `prefixes` that `name` starts with as a whole word, else [`OTHER`].
///
/// A word of a camel-case name ends where the name does or where an upper-case letter or a digit follows.
pub fn bucket_of<'a, S: AsRef<str>>(name: &str, prefixes: &'a [S]) -> &'a str {
    prefixes
        .iter()
        .map(AsRef::as_ref)
        .filter(|prefix| starts_with_word(name, prefix))
        .max_by_key(|prefix| prefix.len())
        .unwrap_or(OTHER)
}

fn starts_with_word(name: &str, prefix: &str) -> bool {
    !prefix.is_empty()
        && name.strip_prefix(prefix).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_a_whole_word() {
        assert_eq!(bucket_of("retrieveUser", &DEFAULT_PREFIXES), "retrieve");
        assert_eq!(bucket_of("searchUsersByQuery", &DEFAULT_PREFIXES), "search");
        assert_eq!(bucket_of("register", &["register"]), "register");
        assert_eq!(bucket_of("searchlight", &DEFAULT_PREFIXES), OTHER);
        assert_eq!(bucket_of("sendEmail", &DEFAULT_PREFIXES), OTHER);
    }

    #[test]
    fn the_longest_prefix_wins() {
        assert_eq!(bucket_of("importUsers", &["import", "importUsers"]), "importUsers");
    }
}
