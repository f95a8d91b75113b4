//! Ranks tools, guides and settings by a query in plain words.
//!
//! Three scores add up, each a share of what the query asks for (by the rarity of its words): how well the fields of an
//! entry cover it (BM25 with weighted fields), how alike the nearest of its phrases is, and how well the best setting in its
//! body fits. Whether the query and the entry both read, create, change or delete weighs the sum.

use std::collections::HashMap;

use self::{
    intent::{Intent, Wanted, verb_weight, wanted},
    words::{Learner, Term, Vocabulary, expand, is_stop_word, plain_words, split},
};
use crate::dialect::Synonym;

pub mod intent;
pub mod words;

/// Something that can be found.
pub struct Entry {
    /// Its name.
    pub name: String,
    /// A few words.
    pub title: String,
    /// What people say when they want it.
    pub phrases: Vec<&'static str>,
    /// The other words that it is found by.
    pub text: String,
    /// What it does; `None` where it may fit whatever is wanted.
    pub intent: Option<Intent>,
    /// Whether an id has to be known first.
    pub needs_id: bool,
    /// Whether it replaces an object as a whole, so that another tool is safer for a change.
    pub replaces: bool,
    /// The settings in its body, by their numbers.
    pub settings: Vec<u32>,
}

/// A setting that a body holds.
pub struct Setting {
    /// The property's name.
    pub name: &'static str,
    /// The names of what holds it.
    pub context: String,
    /// What people say when they want to set it.
    pub phrases: &'static [&'static str],
    /// What it means.
    pub text: &'static str,
}

/// A hit: an entry, how well it fits, and the numbers of the settings that the query is about.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The entry's number.
    pub entry: usize,
    /// How well it fits; 1 covers the whole query.
    pub score: f32,
    /// The settings in its body that fit, best first.
    pub settings: Vec<u32>,
}

/// How much a word of each field counts.
const NAME_WEIGHT: f32 = 1.5;
const TITLE_WEIGHT: f32 = 3.0;
const PHRASE_WEIGHT: f32 = 1.5;
const TEXT_WEIGHT: f32 = 0.8;

/// From how many occurrences on more hardly count (BM25's k1).
const SATURATION: f32 = 1.2;

/// How much an API's word for a word of the query counts beside it.
const SYNONYM_WEIGHT: f32 = 0.6;

/// How much the nearest phrase counts beside the words.
const NEAREST_WEIGHT: f32 = 1.2;

/// How much the best setting counts.
const SETTING_WEIGHT: f32 = 0.95;

/// How much a setting counts that nobody has words for: few people set it.
const UNNAMED_SETTING_WEIGHT: f32 = 0.7;

/// How much a setting counts beside a tool where it is told how rare a word is.
const SETTING_RARITY_SHARE: f32 = 0.3;

/// How much an entry counts that is about several objects where the query is about one, or the other way round.
const OTHER_NUMBER_WEIGHT: f32 = 0.93;

/// How many settings a hit names.
const MAX_SETTINGS: usize = 4;

/// The share of the best setting's score from which others are named too.
const MIN_SETTING_SHARE: f32 = 0.72;

/// Texts by the terms in them.
struct Texts {
    /// For each term the texts that have it, with its weight there.
    postings: Vec<Vec<(u32, f32)>>,
    /// For each term the phrases that have it.
    in_phrases: Vec<Vec<u32>>,
    /// For each phrase its text, and how much all its words weigh.
    phrases: Vec<(u32, f32)>,
    count: usize,
}

/// A search index that ranks its entries.
pub struct Ranking {
    vocabulary: Vocabulary,
    /// How rare each term is.
    rarity: Vec<f32>,
    entries: Texts,
    settings: Texts,
    features: Vec<Features>,
    /// For each setting how much it counts.
    setting_weights: Vec<f32>,
    synonyms: Vec<Synonym>,
}

/// What an indexed entry is weighed by.
struct Features {
    intent: Option<Intent>,
    needs_id: bool,
    replaces: bool,
    settings: Vec<u32>,
    /// The terms of the title, each with whether it stands there in the plural.
    title: Vec<(Term, bool)>,
}

/// The fields of a text by their weight, and its phrases, as terms.
struct Learnt {
    words: Vec<(Term, f32)>,
    phrases: Vec<Vec<Term>>,
}

impl Ranking {
    /// Indexes the entries and the settings. A query may use the phrases of `synonyms` for their words.
    pub fn new(entries: Vec<Entry>, settings: &[Setting], synonyms: Vec<Synonym>) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut learner = Learner::new(&mut vocabulary);
        let learnt_entries: Vec<_> = entries
            .iter()
            .map(|entry| {
                let fields = [(&*entry.name, NAME_WEIGHT), (&*entry.title, TITLE_WEIGHT), (&*entry.text, TEXT_WEIGHT)];
                let phrases: Vec<_> = entry.phrases.iter().copied().chain([entry.title.as_str()]).collect();
                learn(&mut learner, &fields, &phrases)
            })
            .collect();
        let learnt_settings: Vec<_> = settings
            .iter()
            .map(|setting| {
                let fields =
                    [(setting.name, TITLE_WEIGHT), (&*setting.context, TEXT_WEIGHT), (setting.text, TEXT_WEIGHT)];
                learn(&mut learner, &fields, setting.phrases)
            })
            .collect();
        let rarity = rarity(&vocabulary, &learnt_entries, &learnt_settings);
        let features = entries.into_iter().map(|entry| {
            let Entry { intent, needs_id, replaces, settings, title, .. } = entry;
            let title = split(&title).into_iter();
            let title = title.filter_map(|word| Some((vocabulary.known(&word)?, word.ends_with('s')))).collect();
            Features { intent, needs_id, replaces, settings, title }
        });
        let named = |setting: &Setting| if setting.phrases.is_empty() { UNNAMED_SETTING_WEIGHT } else { 1.0 };
        Self {
            features: features.collect(),
            setting_weights: settings.iter().map(named).collect(),
            entries: Texts::new(vocabulary.terms(), &learnt_entries, &rarity),
            settings: Texts::new(vocabulary.terms(), &learnt_settings, &rarity),
            vocabulary,
            rarity,
            synonyms,
        }
    }

    /// The entries that have to do with the query, best first.
    pub fn rank(&self, query: &str) -> Vec<Hit> {
        let wanted = wanted(&plain_words(query));
        let words = self.words(query);
        let terms = self.terms(&words);
        let numbers = self.numbers(&words);
        let of_entries = self.entries.scores(&terms, &self.rarity);
        let mut of_settings = self.settings.scores(&terms, &self.rarity);
        of_settings.iter_mut().zip(&self.setting_weights).for_each(|(score, weight)| *score *= weight);
        let hits = self.features.iter().zip(of_entries).enumerate().filter_map(|(entry, (features, own))| {
            let (setting, settings) = best_settings(features, &of_settings);
            let number = number_weight(&numbers, features);
            let own = own * intent_weight(wanted, features) * number;
            let setting = setting * SETTING_WEIGHT * holder_weight(wanted, features) * number;
            // The better of the two counts, and the other one a little.
            let score = own.max(setting) + 0.25 * own.min(setting);
            let settings = if setting > 0.5 * own { settings } else { Vec::new() };
            (score > 0.0).then_some(Hit { entry, score, settings })
        });
        let mut hits: Vec<_> = hits.collect();
        hits.sort_by(|left, right| right.score.total_cmp(&left.score).then(left.entry.cmp(&right.entry)));
        hits
    }

    /// The settings in the body of an entry that a query is about, best first.
    pub fn settings(&self, entry: usize, query: &str) -> Vec<u32> {
        let terms = self.terms(&self.words(query));
        let scores = self.settings.scores(&terms, &self.rarity);
        self.features.get(entry).map_or_else(Vec::new, |features| best_settings(features, &scores).1)
    }

    /// The words of a query that say something, and those that they mean, with their weights.
    fn words(&self, query: &str) -> Vec<(String, f32)> {
        let mut words = expand(query, &self.synonyms, SYNONYM_WEIGHT);
        if query.contains('@') {
            words.extend(["find", "user", "login", "email"].map(|word| (word.to_owned(), 1.0)));
        }
        words.retain(|(word, _)| !is_stop_word(word));
        words
    }

    /// The terms of a query with their weights, each once.
    fn terms(&self, words: &[(String, f32)]) -> HashMap<Term, f32> {
        let mut terms: HashMap<Term, f32> = HashMap::new();
        for (word, weight) in words {
            let Some(term) = self.vocabulary.term(word) else { continue };
            let known = terms.entry(term).or_default();
            *known = known.max(*weight);
        }
        terms
    }

    /// The nouns of a query, each with whether it stands there in the plural.
    fn numbers(&self, words: &[(String, f32)]) -> Vec<(Term, bool)> {
        let nouns = words.iter().filter(|(word, _)| verb_weight(word) >= 1.0);
        nouns.filter_map(|(word, _)| Some((self.vocabulary.known(word)?, word.ends_with('s')))).collect()
    }
}

/// Less than 1 where the title has a noun of the query in the singular only and the query in the plural, or the other way
/// round: who speaks of users wants a list.
fn number_weight(numbers: &[(Term, bool)], features: &Features) -> f32 {
    let differs = numbers.iter().any(|(term, is_plural)| {
        let mut same = features.title.iter().filter(|(other, _)| other == term).peekable();
        same.peek().is_some() && same.all(|(_, other)| other != is_plural)
    });
    if differs { OTHER_NUMBER_WEIGHT } else { 1.0 }
}

fn learn<'a>(learner: &mut Learner<'a>, fields: &[(&'a str, f32)], phrases: &[&'a str]) -> Learnt {
    let mut words: Vec<(Term, f32)> = Vec::new();
    for (text, weight) in fields {
        words.extend(learner.learn(text).into_iter().map(|term| (term, *weight)));
    }
    let phrases: Vec<Vec<Term>> = phrases
        .iter()
        .map(|phrase| {
            let mut terms = learner.learn(phrase);
            terms.sort_unstable();
            terms.dedup();
            terms
        })
        .collect();
    words.extend(phrases.iter().flatten().map(|term| (*term, PHRASE_WEIGHT)));
    words.sort_by_key(|(term, _)| *term);
    words.dedup_by(|(term, weight), (kept, sum)| {
        let is_same = term == kept;
        if is_same {
            *sum += *weight;
        }
        is_same
    });
    Learnt { words, phrases }
}

/// How much each term tells: how rare it is among the texts (BM25's idf), and less where it is a verb. A text that has it in
/// its title is about it; one that only mentions it counts in part.
fn rarity(vocabulary: &Vocabulary, entries: &[Learnt], settings: &[Learnt]) -> Vec<f32> {
    let mut texts_with = vec![0.0_f32; vocabulary.terms()];
    // There are more settings than tools, and many are alike.
    for (texts, share) in [(entries, 1.0), (settings, SETTING_RARITY_SHARE)] {
        for (term, weight) in texts.iter().flat_map(|learnt| &learnt.words) {
            if let Some(count) = texts_with.get_mut(*term as usize) {
                *count += share * (weight / TITLE_WEIGHT).min(1.0);
            }
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "there are a few thousand texts")]
    let all = entries.len() as f32 + SETTING_RARITY_SHARE * settings.len() as f32;
    let mut rarity: Vec<_> =
        texts_with.into_iter().map(|count| (1.0 + (all - count + 0.5).max(0.5) / (count + 0.5)).ln()).collect();
    for (word, term) in vocabulary.words() {
        if let Some(rarity) = rarity.get_mut(term as usize).filter(|_| verb_weight(word) < 1.0) {
            *rarity *= verb_weight(word);
        }
    }
    rarity
}

impl Texts {
    fn new(terms: usize, texts: &[Learnt], rarity: &[f32]) -> Self {
        let mut postings = vec![Vec::new(); terms];
        let mut in_phrases = vec![Vec::new(); terms];
        let mut phrases = Vec::new();
        for (text, learnt) in (0_u32..).zip(texts) {
            for (term, weight) in &learnt.words {
                if let Some(posting) = postings.get_mut(*term as usize) {
                    posting.push((text, *weight));
                }
            }
            for phrase in &learnt.phrases {
                let number = u32::try_from(phrases.len()).unwrap_or(u32::MAX);
                let mut all = 0.0;
                for term in phrase {
                    all += rarity.get(*term as usize).copied().unwrap_or_default();
                    if let Some(posting) = in_phrases.get_mut(*term as usize) {
                        posting.push(number);
                    }
                }
                phrases.push((text, all));
            }
        }
        Self { postings, in_phrases, phrases, count: texts.len() }
    }

    /// The score of each text: 1 for one whose words, and one whose phrase, are those of the query.
    fn scores(&self, query: &HashMap<Term, f32>, rarity: &[f32]) -> Vec<f32> {
        let mut words = vec![0.0_f32; self.count];
        let mut shared = vec![0.0_f32; self.phrases.len()];
        let mut all = 0.0;
        for (term, weight) in query {
            let weight = weight * rarity.get(*term as usize).copied().unwrap_or_default();
            all += weight;
            for (text, count) in self.postings.get(*term as usize).into_iter().flatten() {
                if let Some(score) = words.get_mut(*text as usize) {
                    *score += weight * count * (1.0 + SATURATION) / (count + SATURATION);
                }
            }
            for phrase in self.in_phrases.get(*term as usize).into_iter().flatten() {
                if let Some(shared) = shared.get_mut(*phrase as usize) {
                    *shared += weight;
                }
            }
        }
        if all <= 0.0 {
            return words;
        }
        let mut nearest = vec![0.0_f32; self.count];
        for ((text, of_phrase), shared) in self.phrases.iter().zip(shared) {
            if let Some(nearest) = nearest.get_mut(*text as usize) {
                *nearest = nearest.max(shared / (all * of_phrase.max(f32::MIN_POSITIVE)).sqrt());
            }
        }
        let most = 1.0 + NEAREST_WEIGHT;
        words
            .into_iter()
            .zip(nearest)
            .map(|(words, nearest)| (words / (all * (1.0 + SATURATION)) * 1.3 + NEAREST_WEIGHT * nearest) / most)
            .collect()
    }
}

/// The score of the best setting of an entry, and the settings that fit about as well.
fn best_settings(features: &Features, scores: &[f32]) -> (f32, Vec<u32>) {
    let score = |setting: &u32| scores.get(*setting as usize).copied().unwrap_or_default();
    let best = features.settings.iter().map(score).fold(0.0, f32::max);
    if best <= 0.0 {
        return (0.0, Vec::new());
    }
    let mut fitting: Vec<_> =
        features.settings.iter().filter(|setting| score(setting) >= best * MIN_SETTING_SHARE).copied().collect();
    fitting.sort_by(|left, right| score(right).total_cmp(&score(left)).then(left.cmp(right)));
    fitting.truncate(MAX_SETTINGS);
    (best, fitting)
}

/// How much a setting counts for a tool that holds it: one changes a setting by a patch, also where the query says to add
/// something, and looks at it in the object.
fn holder_weight(wanted: Wanted, features: &Features) -> f32 {
    let weight = match features.intent {
        Some(Intent::Change) if wanted.is(Intent::Read) => 0.9,
        Some(Intent::Change) => 1.15,
        Some(Intent::Read) if wanted.is(Intent::Read) => 1.1,
        Some(Intent::Read) if wanted.is_none() => 0.7,
        Some(Intent::Read) => 0.4,
        _ if wanted.is(Intent::Read) => 0.6,
        Some(Intent::Create) if wanted.is(Intent::Create) => 0.85,
        _ => 0.75,
    };
    if features.replaces { weight * 0.95 } else { weight }
}

/// More than 1 where the entry does what the query wants, less where it does something else.
fn intent_weight(wanted: Wanted, features: &Features) -> f32 {
    // Most people who search do not know the id yet, so the tool that lists comes before the one that reads by id.
    let id_weight = if features.needs_id && features.intent == Some(Intent::Read) { 0.93 } else { 1.0 };
    let weight = match features.intent {
        _ if wanted.is_none() => 1.0,
        None => 1.1,
        Some(Intent::SetGoing) if wanted.is(Intent::Read) => 0.9,
        Some(Intent::SetGoing) => 1.1,
        Some(intent) if wanted.is(intent) => 1.2,
        Some(Intent::Change) if wanted.is(Intent::Create) => 0.92,
        Some(Intent::Create) if wanted.is(Intent::Change) => 0.92,
        Some(Intent::Change) if wanted.is(Intent::Delete) => 0.88,
        Some(_) => 0.8,
    };
    let replacing_weight = if features.replaces { 0.95 } else { 1.0 };
    weight * id_weight * replacing_weight
}
