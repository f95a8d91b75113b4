//! The words of a text, as the index and a query compare them.

use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::intent::position;
use crate::dialect::Synonym;

/// A stem's number in the vocabulary.
pub type Term = u32;

/// Words that say nothing about what is wanted.
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "anyone", "are", "as", "at", "be", "because",
    "been", "before", "but", "by", "can", "cannot", "cant", "could", "did", "didn", "do", "does", "doesn", "doing",
    "don", "for", "from", "given", "go", "has", "have", "he", "her", "here", "him", "his", "how", "i", "if", "im",
    "in", "into", "is", "isn", "it", "its", "just", "let", "ll", "me", "my", "need", "needs", "not", "of", "on", "one",
    "only", "or", "our", "out", "please", "re", "s", "she", "should", "so", "some", "t", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "to", "up", "us", "using", "ve", "via", "want",
    "wants", "was", "way", "we", "were", "what", "which", "will", "with", "without", "would", "you", "your",
];

/// The shortest word that is taken for a misspelt one.
const MIN_MISSPELT: usize = 4;

/// The stems of an index, each with a number.
pub struct Vocabulary {
    stemmer: Stemmer,
    stems: HashMap<String, Term>,
    /// Each word as it was written, with its stem.
    words: HashMap<String, Term>,
}

impl Default for Vocabulary {
    /// A vocabulary without words.
    fn default() -> Self {
        Self { stemmer: Stemmer::create(Algorithm::English), stems: HashMap::new(), words: HashMap::new() }
    }
}

impl Vocabulary {
    /// How many terms there are; they are numbered from 0.
    pub fn terms(&self) -> usize {
        self.stems.len()
    }

    /// The term of a word in lower case, which becomes known; `None` for one that says nothing.
    fn learn_word(&mut self, word: String) -> Option<Term> {
        if let Some(term) = self.words.get(&word) {
            return Some(*term);
        }
        if is_stop_word(&word) {
            return None;
        }
        let next = Term::try_from(self.stems.len()).unwrap_or(Term::MAX);
        let term = *self.stems.entry(self.stemmer.stem(&word).into_owned()).or_insert(next);
        self.words.insert(word, term);
        Some(term)
    }

    /// The words that were learnt, with their terms.
    pub fn words(&self) -> impl Iterator<Item = (&str, Term)> {
        self.words.iter().map(|(word, term)| (word.as_str(), *term))
    }

    /// The term of a word, where it is known in this or another form.
    pub fn known(&self, word: &str) -> Option<Term> {
        self.words.get(word).or_else(|| self.stems.get(self.stemmer.stem(word).as_ref())).copied()
    }

    /// The known term that a word of a query means: itself, another form of it, or what it is a slip of.
    pub fn term(&self, word: &str) -> Option<Term> {
        self.known(word).or_else(|| self.misspelt(word))
    }

    /// The word that differs least, in few letters.
    fn misspelt(&self, word: &str) -> Option<Term> {
        let length = word.chars().count();
        if length < MIN_MISSPELT || word.bytes().any(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let most = if length < 7 { 1 } else { 2 };
        let first = word.chars().next();
        let near = self.words.iter().filter(|(known, _)| {
            // A slip seldom touches the first letter.
            if known.chars().next() != first {
                return false;
            }
            let other = known.chars().count();
            other >= MIN_MISSPELT && other.abs_diff(length) <= most
        });
        let near = near.map(|(known, term)| (strsim::osa_distance(word, known), known, *term));
        near.filter(|(distance, ..)| *distance <= most)
            .min_by(|left, right| (left.0, left.1).cmp(&(right.0, right.1)))
            .map(|(.., term)| term)
    }
}

/// Fills a vocabulary from texts. Most tokens stand in many texts, so what one became is kept until all are learnt.
pub struct Learner<'a> {
    vocabulary: &'a mut Vocabulary,
    tokens: HashMap<&'a str, Box<[Term]>>,
}

impl<'a> Learner<'a> {
    /// Learns for `vocabulary`.
    pub fn new(vocabulary: &'a mut Vocabulary) -> Self {
        Self { vocabulary, tokens: HashMap::new() }
    }

    /// The terms of a text, which become known.
    pub fn learn(&mut self, text: &'a str) -> Vec<Term> {
        let mut terms = Vec::new();
        for token in tokens(text) {
            let known = self.tokens.entry(token).or_insert_with(|| {
                split(token).into_iter().filter_map(|word| self.vocabulary.learn_word(word)).collect()
            });
            terms.extend_from_slice(known);
        }
        terms
    }
}

/// Whether a word says nothing about what is wanted.
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.binary_search(&word).is_ok()
}

/// The runs of letters and digits in a text, as they stand there.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_alphanumeric()).filter(|token| !token.is_empty())
}

/// The words of a text in lower case. A name in `camelCase` is split, and counts as a whole too.
pub fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for token in tokens(text) {
        let parts = camel(token);
        if parts.len() > 1 {
            words.extend(parts);
        }
        words.push(token.to_lowercase());
    }
    words
}

/// The parts of a name in `camelCase`; capitals in a row are one part.
fn camel(token: &str) -> Vec<String> {
    let characters: Vec<char> = token.chars().collect();
    let mut parts: Vec<String> = Vec::new();
    let mut part = String::new();
    for (index, character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| characters.get(index));
        let after = characters.get(index + 1);
        let begins = character.is_uppercase()
            && before.is_some_and(|before| !before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()));
        if begins && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        part.extend(character.to_lowercase());
    }
    parts.push(part);
    parts
}

/// The words of a query, with those that its phrases mean: each with its weight. A phrase of several words that means
/// something else stands for that alone, so that no part of a name is looked for.
pub fn expand(query: &str, synonyms: &[Synonym], weight: f32) -> Vec<(String, f32)> {
    let words = plain_words(query);
    let mut taken = vec![false; words.len()];
    let mut expanded = Vec::new();
    for synonym in synonyms {
        for phrase in synonym.phrases {
            let parts: Vec<String> = plain_words(phrase);
            let parts: Vec<_> = parts.iter().map(String::as_str).collect();
            // What a phrase before it stands for is no word of its own any more.
            let is_free = |places: &Vec<usize>| places.iter().any(|place| taken.get(*place) == Some(&false));
            let Some(places) = position(&words, &parts).filter(is_free) else { continue };
            if parts.len() > 1 {
                taken
                    .iter_mut()
                    .enumerate()
                    .filter(|(place, _)| places.contains(place))
                    .for_each(|(_, taken)| *taken = true);
            }
            let weight = if parts.len() > 1 { 1.0 } else { weight };
            expanded.extend(split(synonym.words).into_iter().map(|word| (word, weight)));
            break;
        }
    }
    // Words in capitals are no names in camelCase.
    let own = words.into_iter().zip(taken).filter(|(_, taken)| !taken).map(|(word, _)| (word, 1.0));
    let named = query.split_whitespace().filter(|word| word.chars().any(char::is_lowercase)).flat_map(split);
    let own: Vec<_> = own.collect();
    let parts = named
        .filter(|word| own.iter().all(|(own, _)| own != word) && !query.to_lowercase().contains(&format!(" {word} ")));
    let parts: Vec<_> = parts.filter(|word| !plain_words(query).contains(word)).map(|word| (word, 0.8)).collect();
    own.into_iter().chain(parts).chain(expanded).collect()
}

/// The words of a text in lower case, names whole.
pub fn plain_words(text: &str) -> Vec<String> {
    tokens(text).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::synonym;

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn names_have_parts() {
        assert_eq!(split("emailConfiguration.host"), ["email", "configuration", "emailconfiguration", "host"]);
        assert_eq!(split("logoutURL"), ["logout", "url", "logouturl"]);
        assert_eq!(split("JWTs MFA"), ["jw", "ts", "jwts", "mfa"]);
    }

    #[test]
    fn a_slip_means_its_word() {
        let mut vocabulary = Vocabulary::default();
        let terms = Learner::new(&mut vocabulary).learn("webhook application delete");
        assert_eq!(vocabulary.term("webhok"), terms.first().copied());
        assert_eq!(vocabulary.term("aplicaton"), terms.get(1).copied());
        assert_eq!(vocabulary.term("deleting"), terms.get(2).copied());
        assert_eq!(vocabulary.term("xyzzy"), None);
    }

    #[test]
    fn a_part_of_a_phrase_means_nothing_else() {
        let synonyms = [synonym(&["last name"], "name"), synonym(&["last"], "recent")];
        let words: Vec<_> = expand("by last name", &synonyms, 0.5).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["by", "name"]);
        let words: Vec<_> = expand("last login", &synonyms, 0.5).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["last", "login", "recent"]);
    }

    #[test]
    fn a_brand_is_not_looked_for_in_parts() {
        let synonyms = [synonym(&["active directory"], "ldap connector")];
        let words: Vec<_> =
            expand("users of Active Directory", &synonyms, 0.5).into_iter().map(|(word, _)| word).collect();
        assert_eq!(words, ["users", "of", "ldap", "connector"]);
    }
}
