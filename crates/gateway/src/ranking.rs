//! Ranking texts by a wish in plain words.
//!
//! BM25 over the whole text finds what is spoken of. On top of it counts what a wish is about rather than what a text
//! happens to mention: how much of the title it covers, and whether it wants to read, create, change or delete.

use std::collections::BTreeSet;

use bm25::{DefaultTokenizer, Language, SearchEngine, SearchEngineBuilder, Tokenizer};

use crate::dialect::Synonym;

/// What is done with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// It is looked at.
    Read,
    /// It is made.
    Create,
    /// It becomes another.
    Change,
    /// It goes.
    Delete,
}

/// Something that can be found.
pub struct Entry {
    /// A few words.
    pub title: String,
    /// All else that it can be found by.
    pub text: String,
    /// What it does, where that is one thing.
    pub intent: Option<Intent>,
    /// Whether something has to be known first, such as an id.
    pub needs_id: bool,
}

/// The words and phrases that tell what is wanted, and the verbs of titles for it; the first one in a wish counts.
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

/// What is known of an entry besides its words.
struct Known {
    title: BTreeSet<String>,
    intent: Option<Intent>,
    needs_id: bool,
}

/// What is found by words.
pub struct Ranking {
    engine: SearchEngine<u32>,
    tokenizer: DefaultTokenizer,
    entries: Vec<Known>,
    synonyms: Vec<Synonym>,
}

impl Ranking {
    /// Of these entries. A wish may use the phrases of `synonyms` for the entries' words.
    pub fn new(entries: Vec<Entry>, synonyms: Vec<Synonym>) -> Self {
        let tokenizer = DefaultTokenizer::new(Language::English);
        let known = |entry: &Entry| Known {
            title: tokenizer.tokenize(&entry.title).into_iter().collect(),
            intent: entry.intent,
            needs_id: entry.needs_id,
        };
        let known = entries.iter().map(known).collect();
        let texts: Vec<_> =
            entries.into_iter().map(|Entry { title, text, .. }| format!("{title}. {title}. {text}")).collect();
        Self {
            engine: SearchEngineBuilder::<u32>::with_corpus(Language::English, texts).build(),
            tokenizer,
            entries: known,
            synonyms,
        }
    }

    /// The entries that have to do with the wish, by their places, the best first.
    pub fn best(&self, wish: &str) -> Vec<usize> {
        let (wish, wanted) = understood(wish, &self.synonyms);
        let words: BTreeSet<_> = self.tokenizer.tokenize(&wish).into_iter().collect();
        let scored = self.engine.search(&wish, None).into_iter().filter_map(|found| {
            let place = usize::try_from(found.document.id).ok()?;
            let Known { title, intent, needs_id } = self.entries.get(place)?;
            // Who has the id asks for the tool by it; who has not begins with another.
            let known = if *needs_id && *intent == Some(Intent::Read) { 0.9 } else { 1.0 };
            Some((found.score * covered(title, &words) * fitting(wanted, *intent) * known, place))
        });
        let mut scored: Vec<_> = scored.collect();
        scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(&right.1)));
        scored.into_iter().map(|(_, place)| place).collect()
    }
}

/// Up to three times as much for a title that the wish says word by word.
fn covered(title: &BTreeSet<String>, wish: &BTreeSet<String>) -> f32 {
    let said = title.intersection(wish).count();
    #[allow(clippy::cast_precision_loss, reason = "a title has a few words")]
    let share = said as f32 / title.len().max(1) as f32;
    1.0 + 2.0 * share
}

fn fitting(wanted: &[Intent], intent: Option<Intent>) -> f32 {
    match intent {
        Some(intent) if wanted.contains(&intent) => 1.5,
        Some(_) if !wanted.is_empty() => 0.7,
        _ => 1.0,
    }
}

/// The words of a wish in lower case, each with a space on both sides.
fn spaced(wish: &str) -> String {
    let words = wish.split(|character: char| !character.is_alphanumeric() && character != '-');
    let words = words.filter(|word| !word.is_empty()).map(|word| format!("{} ", word.to_lowercase()));
    format!(" {}", words.collect::<String>())
}

/// Where the phrase stands in a spaced wish.
fn place_of(phrase: &str, wish: &str) -> Option<usize> {
    wish.find(&format!(" {phrase} "))
}

/// The wish with the API's words beside the field's, and what is wanted.
fn understood(wish: &str, synonyms: &[Synonym]) -> (String, &'static [Intent]) {
    let spaced = spaced(wish);
    // What was said counts more than what may have been meant.
    let mut text = format!("{wish} {wish}");
    let is_said = |synonym: &&Synonym| synonym.phrases.iter().any(|phrase| place_of(phrase, &spaced).is_some());
    for synonym in synonyms.iter().filter(is_said) {
        text.push(' ');
        text.push_str(synonym.words);
    }
    if wish.contains('@') {
        text.push_str(" find user by login email");
    }
    let first = INTENTS.iter().filter_map(|(intents, verbs, phrases)| {
        let place = phrases.iter().filter_map(|phrase| place_of(phrase, &spaced)).min()?;
        Some((place, *intents, *verbs))
    });
    match first.min_by_key(|(place, ..)| *place) {
        Some((_, intents, verbs)) => (format!("{text} {verbs}"), intents),
        None => (text, &[]),
    }
}
