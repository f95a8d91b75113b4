//! Names taken apart into words, to compare what was typed with what the document has.

/// Letters and digits alone, in lower case: `client_id` and `clientId` are alike.
pub fn letters(name: &str) -> String {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a name or a sentence, in lower case: `accessTokenTTL` has `access`, `token` and `ttl`.
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut is_in_word = false;
    let mut previous_is_lower = false;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if !character.is_alphanumeric() {
            is_in_word = false;
            continue;
        }
        let next_is_lower = characters.peek().is_some_and(|next| next.is_lowercase());
        let is_start = character.is_uppercase() && (previous_is_lower || next_is_lower);
        match words.last_mut() {
            Some(word) if is_in_word && !is_start => word.extend(character.to_lowercase()),
            _ => words.push(character.to_lowercase().collect()),
        }
        is_in_word = true;
        previous_is_lower = character.is_lowercase();
    }
    words
}

/// Whether two words are the same but for a plural.
pub fn are_alike(left: &str, right: &str) -> bool {
    left.trim_end_matches('s') == right.trim_end_matches('s')
}

/// Whether `word` is one of the words of a name, the beginning of one, or their initials (`ttl` for `timeToLive`).
pub fn is_in_name(word: &str, name: &[String]) -> bool {
    const LEAST_LETTERS: usize = 3;
    const SMALL_WORDS: [&str; 6] = ["and", "for", "in", "of", "the", "to"];
    let initials = |is_counted: fn(&str) -> bool| -> String {
        name.iter().filter(|word| is_counted(word)).filter_map(|word| word.chars().next()).collect()
    };
    let is_short_for = || initials(|_| true).contains(word) || initials(|it| !SMALL_WORDS.contains(&it)).contains(word);
    name.iter().any(|other| are_alike(word, other) || (word.len() > LEAST_LETTERS && other.starts_with(word)))
        || (word.len() >= LEAST_LETTERS && is_short_for())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(words("accessTokenTTL"), ["access", "token", "ttl"]);
        assert_eq!(words("samlv2AuthNRequest"), ["samlv2", "auth", "n", "request"]);
        assert_eq!(words("JWTConfiguration"), ["jwt", "configuration"]);
        assert_eq!(words("client_id, as `clientId`."), ["client", "id", "as", "client", "id"]);
        assert_eq!(words(""), [] as [&str; 0]);
        assert_eq!(letters("Client_ID"), "clientid");
    }

    #[test]
    fn initials_plurals_and_beginnings_are_in_a_name() {
        let name = words("timeToLiveInSeconds");
        for word in ["ttl", "second", "seconds", "live"] {
            assert!(is_in_name(word, &name), "{word}");
        }
        assert!(is_in_name("config", &words("jwtConfiguration")));
        assert!(is_in_name("pkce", &words("proofKeyForCodeExchangePolicy")));
        for word in ["tt", "minutes", "token"] {
            assert!(!is_in_name(word, &name), "{word}");
        }
    }
}
