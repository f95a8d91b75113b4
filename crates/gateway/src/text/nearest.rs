//! Suggestions for misspelt words.

/// The least similarity (0 to 1) of a word that is suggested.
const MIN_SIMILARITY: f64 = 0.6;

/// [`MIN_SIMILARITY`] in tenths, for the ratio of two lengths in whole numbers.
const MIN_LENGTH_TENTHS: usize = 6;

/// The word most similar to `typed`; `None` where none is similar enough.
pub fn nearest<'a>(typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_from(MIN_SIMILARITY, typed, words)
}

/// The word most like `typed`, where one is at least that like it (0.6 to 1).
pub fn nearest_from<'a>(least: f64, typed: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let length = typed.chars().count();
    // Words of very different length cannot be similar enough. This saves the costly comparison.
    let is_near = |word: &&str| {
        let other = word.chars().count();
        let (shorter, longer) = (length.min(other), length.max(other));
        shorter * 10 >= longer * MIN_LENGTH_TENTHS
    };
    words
        .into_iter()
        .filter(is_near)
        .map(|word| (strsim::normalized_damerau_levenshtein(&typed, &word.to_lowercase()), word))
        .filter(|(similarity, _)| *similarity >= least)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, word)| word)
}

/// `; did you mean `word`?` to append to an error; empty where no word is similar enough.
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
