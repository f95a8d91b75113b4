//! Formats of strings as words: what a description says where a schema may not have the `format`.

/// The word that tells a model the format. `None` if the name or the description tells it already, or if the format says
/// nothing that a model could keep to.
pub(super) fn format_word<'a>(format: &'a str, name: &str, description: Option<&str>) -> Option<&'a str> {
    let (word, same): (&str, &[&str]) = match format {
        "uuid" => ("UUID", &["id", "ids"]),
        "uri" | "url" => ("URI", &["uri", "uris", "url", "urls"]),
        "date" => ("YYYY-MM-DD", &[]),
        "byte" => ("Base64", &[]),
        "date-time" | "password" | "binary" => return None,
        format => (format, &[]),
    };
    let is_same = |text: &str| text.eq_ignore_ascii_case(word) || same.contains(&text);
    let describes = |text: &str| {
        text.to_ascii_lowercase().contains(&word.to_ascii_lowercase()) || words(text).split(' ').any(is_same)
    };
    let is_said = words(name).split(' ').any(is_same) || description.is_some_and(describes);
    (!is_said).then_some(word)
}

/// The words of a text or a name, in `camelCase` or not: in small letters, with a space between them.
pub(super) fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut is_in_word = false;
    for character in text.chars() {
        if !character.is_ascii_alphanumeric() || (is_in_word && character.is_ascii_uppercase()) {
            words.push(' ');
        }
        if character.is_ascii_alphanumeric() {
            words.push(character.to_ascii_lowercase());
        }
        is_in_word = character.is_ascii_lowercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_said_once() {
        for (format, name, description, expected) in [
            ("uuid", "family", None, Some("UUID")),
            ("uuid", "familyId", None, None),
            ("uuid", "applicationIds", None, None),
            ("uuid", "ids", None, None),
            ("uuid", "user_id", None, None),
            ("uuid", "grid", None, Some("UUID")),
            ("uuid", "holder", Some("The UUID of its holder."), None),
            ("uuid", "holder", Some("Id of its holder."), None),
            ("uri", "security", None, Some("URI")),
            ("uri", "baseURL", None, None),
            ("uri", "authorizedRedirectURLs", None, None),
            ("uri", "logo", Some("Address of the image, a URL."), None),
            ("date", "birthDate", None, Some("YYYY-MM-DD")),
            ("date", "birthDate", Some("As YYYY-MM-DD."), None),
            ("email", "address", None, Some("email")),
            ("email", "email", None, None),
            ("password", "secret", None, None),
            ("date-time", "start", None, None),
        ] {
            assert_eq!(format_word(format, name, description), expected, "{format} {name} {description:?}");
        }
    }

    #[test]
    fn names_have_words() {
        assert_eq!(words("authorizedRedirectURLs"), "authorized redirect urls");
        assert_eq!(words("user_id"), "user id");
        assert_eq!(words("Größe 2"), "gr  e 2");
        assert_eq!(words(""), "");
    }
}
