//! What people call an object.

/// The properties that name an object for people; the first that is there counts.
pub const NAMES: [&str; 11] =
    ["name", "email", "username", "displayName", "fullName", "loginId", "phoneNumber", "title", "key", "type", "url"];

/// What the name of a property ends with that names an object beside [`NAMES`].
const OTHER_ENDING: &str = "identifier";

/// Whether a property of that name holds what people call the object, or something of it: `loginIdentifier`,
/// `applicationName`.
pub fn is_name(property: &str) -> bool {
    let ends_with = |word: &str| {
        let start = property.len().checked_sub(word.len());
        let last = start.and_then(|start| property.split_at_checked(start));
        last.is_some_and(|(before, last)| {
            // A word of a camel-case name begins with a capital letter, and one of a name with underscores after one.
            let is_word = last.starts_with(|first: char| first.is_uppercase()) || before.ends_with('_');
            (before.is_empty() || is_word) && last.eq_ignore_ascii_case(word)
        })
    };
    NAMES.into_iter().chain([OTHER_ENDING]).any(ends_with)
}

/// Whether a property of that name holds the id of an object.
pub fn is_id(property: &str) -> bool {
    matches!(property, "id" | "kid") || ["Id", "_id"].iter().any(|end| property.ends_with(end))
}

/// Whether a property of that name holds an instant.
pub fn is_instant(property: &str) -> bool {
    property == "instant" || property.ends_with("Instant")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ids_are_known_by_their_last_word() {
        for property in ["name", "loginIdentifier", "applicationName", "user_name", "imageUrl"] {
            assert!(is_name(property), "{property}");
        }
        for property in ["surname", "loginIdentifierType2", "keys", "", "é"] {
            assert!(!is_name(property), "{property}");
        }
        assert!(["id", "userId", "client_id", "kid"].into_iter().all(is_id));
        assert!(!["grid", "ids", "idp"].into_iter().any(is_id));
        assert!(is_instant("instant") && is_instant("insertInstant") && !is_instant("instantly"));
    }
}
