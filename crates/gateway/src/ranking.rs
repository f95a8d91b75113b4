//! Ranks texts by a query in plain words.
//!
//! BM25 over the whole text finds candidates. Two weights prefer what the query is about over what a text only mentions:
//! how much of the title the query covers, and whether the query and the entry both read, create, change or delete.

use std::collections::BTreeSet;

use bm25::{DefaultTokenizer, Language, SearchEngine, SearchEngineBuilder, Tokenizer};

use crate::dialect::Synonym;

/// What someone wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Look at something.
    Read,
    /// Make something new.
    Create,
    /// Change something that exists.
    Change,
    /// Remove something.
    Delete,
}

/// Something that can be found.
pub struct Entry {
    /// A few words.
    pub title: String,
    /// The other words that it is found by.
    pub text: String,
    /// What it does; `None` where that is none of the four.
    pub intent: Option<Intent>,
    /// Whether an id has to be known first.
    pub needs_id: bool,
}

/// For each set of intents: the verbs that titles use for it, and the words and phrases by which a query shows it. The
/// phrase that comes first in the query decides.
const INTENTS: [(&[Intent], &str, &[&str]); 5] = [
    (&[Intent::Change, Intent::Delete], "delete disable", &["disable", "off", "switch off", "turn off"]),
    (
        &[Intent::Create],
        "create add",
        &[
            "add", "ask", "build", "connect", "create", "define", "generate", "give", "import", "make", "new", "put",
            "register", "set up", "upload",
        ],
    ),
    (
        &[Intent::Change],
        "patch change",
        &[
            "allow", "change", "edit", "enable", "modify", "patch", "rename", "replace", "set", "switch", "turn",
            "update",
        ],
    ),
    (&[Intent::Delete], "delete", &["delete", "drop", "erase", "remove", "revoke"]),
    (
        &[Intent::Read],
        "list retrieve",
        &[
            "are", "check", "count", "did", "do", "does", "find", "get", "how", "is", "list", "look", "read",
            "retrieve", "search", "see", "show", "tell", "total", "was", "what", "when", "where", "which", "who",
            "why",
        ],
    ),
];

/// What an indexed entry is weighed by.
struct EntryFeatures {
    title: BTreeSet<String>,
    intent: Option<Intent>,
    needs_id: bool,
}

/// A search index that ranks its entries.
pub struct Ranking {
    engine: SearchEngine<u32>,
    tokenizer: DefaultTokenizer,
    features: Vec<EntryFeatures>,
    synonyms: Vec<Synonym>,
}

impl Ranking {
    /// Indexes the entries. A query may use the phrases of `synonyms` for the entries' words.
    pub fn new(entries: Vec<Entry>, synonyms: Vec<Synonym>) -> Self {
        let tokenizer = DefaultTokenizer::new(Language::English);
        let features = |entry: &Entry| EntryFeatures {
            title: tokenizer.tokenize(&entry.title).into_iter().collect(),
            intent: entry.intent,
            needs_id: entry.needs_id,
        };
        let features = entries.iter().map(features).collect();
        let texts: Vec<_> =
            entries.into_iter().map(|Entry { title, text, .. }| format!("{title}. {title}. {text}")).collect();
        Self {
            engine: SearchEngineBuilder::<u32>::with_corpus(Language::English, texts).build(),
            tokenizer,
            features,
            synonyms,
        }
    }

    /// The indices of the entries that match the query, best first.
    pub fn rank(&self, query: &str) -> Vec<usize> {
        let (query, intents) = expand(query, &self.synonyms);
        let words: BTreeSet<_> = self.tokenizer.tokenize(&query).into_iter().collect();
        let scored = self.engine.search(&query, None).into_iter().filter_map(|hit| {
            let index = usize::try_from(hit.document.id).ok()?;
            let EntryFeatures { title, intent, needs_id } = self.features.get(index)?;
            // Most people who search do not know the id yet, so the tool that lists comes before the one that reads by id.
            let id_weight = if *needs_id && *intent == Some(Intent::Read) { 0.9 } else { 1.0 };
            Some((hit.score * title_weight(title, &words) * intent_weight(intents, *intent) * id_weight, index))
        });
        let mut scored: Vec<_> = scored.collect();
        scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        scored.into_iter().map(|(_, index)| index).collect()
    }
}

/// From 1 for a title that shares no word with the query to 3 for one whose words are all in it.
fn title_weight(title: &BTreeSet<String>, query: &BTreeSet<String>) -> f32 {
    let shared = title.intersection(query).count();
    #[allow(clippy::cast_precision_loss, reason = "a title has a few words")]
    let share = shared as f32 / title.len().max(1) as f32;
    1.0 + 2.0 * share
}

/// More than 1 where the entry does what the query wants, less where it does something else.
fn intent_weight(wanted: &[Intent], intent: Option<Intent>) -> f32 {
    match intent {
        Some(intent) if wanted.contains(&intent) => 1.5,
        Some(_) if !wanted.is_empty() => 0.7,
        _ => 1.0,
    }
}

/// The words of a query in lower case, each with a space on both sides.
fn spaced(query: &str) -> String {
    let words = query.split(|character: char| !character.is_alphanumeric() && character != '-');
    let words = words.filter(|word| !word.is_empty()).map(|word| format!("{} ", word.to_lowercase()));
    format!(" {}", words.collect::<String>())
}

/// The byte at which the phrase begins in a [`spaced`] query.
fn position_of(phrase: &str, query: &str) -> Option<usize> {
    query.find(&format!(" {phrase} "))
}

/// The query with the API's words for its synonyms and the verbs for its intents, and these intents.
fn expand(query: &str, synonyms: &[Synonym]) -> (String, &'static [Intent]) {
    let spaced = spaced(query);
    // Twice, so that the words of the query count more than those that are added.
    let mut text = format!("{query} {query}");
    let is_used = |synonym: &&Synonym| synonym.phrases.iter().any(|phrase| position_of(phrase, &spaced).is_some());
    for synonym in synonyms.iter().filter(is_used) {
        text.push(' ');
        text.push_str(synonym.words);
    }
    if query.contains('@') {
        text.push_str(" find user by login email");
    }
    let first = INTENTS.iter().filter_map(|(intents, verbs, phrases)| {
        let position = phrases.iter().filter_map(|phrase| position_of(phrase, &spaced)).min()?;
        Some((position, *intents, *verbs))
    });
    match first.min_by_key(|(position, ..)| *position) {
        Some((_, intents, verbs)) => (format!("{text} {verbs}"), intents),
        None => (text, &[]),
    }
}
