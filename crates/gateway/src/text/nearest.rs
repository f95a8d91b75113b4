//! The right word for a misspelt one.

/// Below this similarity (0 to 1) a suggestion would be a guess.
const LEAST_SIMILARITY: f64 = 0.6;

/// The same in tenths.
const LEAST_TENTHS: usize = 6;

/// The word most like `typed`, where one is like it at all.
pub fn nearest<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let length = typed.chars().count();
    // Words of other lengths are unlike it, which takes no comparing.
    let is_near = |word: &&str| {
        let other = word.chars().count();
        let (shorter, longer) = (length.min(other), length.max(other));
        shorter * 10 >= longer * LEAST_TENTHS
    };
    words
        .into_iter()
        .filter(is_near)
        .map(|word| (strsim::normalized_damerau_levenshtein(&typed, &word.to_lowercase()), word))
        .filter(|(similarity, _)| *similarity >= LEAST_SIMILARITY)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, word)| word)
}

/// `; did you mean `word`?`, or nothing.
pub fn did_you_mean<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    nearest(typed, words).map(|word| format!("; did you mean `{word}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_word_and_nonsense_finds_none() {
        let words = ["retrieve", "search", "delete"];
        assert_eq!(nearest("retreive", words), Some("retrieve"));
        assert_eq!(nearest("Serach", words), Some("search"));
        assert_eq!(nearest("xyzzy", words), None);
        assert_eq!(did_you_mean("delet", words), "; did you mean `delete`?");
    }
}
