//! What the operator typed to choose among the tools, and the one predicate that follows from it.

use std::{collections::BTreeSet, fmt, sync::Arc};

use openapi_tools::model::{
    bucket::{DEFAULT_PREFIXES, OTHER, bucket_of},
    document::Document,
    operation::{Method, Operation},
};

use crate::{composite::Composite, text::nearest::did_you_mean};

/// The word that means every tool.
const ALL: &str = "all";

/// A word for the operations that have something in common, whatever their names begin with.
struct Mark {
    word: &'static str,
    holds: fn(&Operation) -> bool,
}

/// The marks that can be chosen like buckets.
const MARKS: [Mark; 3] = [
    Mark { word: "read-only", holds: |operation| operation.effect.read_only },
    Mark { word: "deletes", holds: |operation| operation.method == Method::Delete },
    // Also where it depends on the arguments: whoever leaves these out wants none of their calls.
    Mark { word: "irreversible", holds: |operation| operation.irreversible.is_some() },
];

/// The words of [`MARKS`], for messages.
fn mark_words() -> String {
    MARKS.iter().map(|mark| mark.word).collect::<Vec<_>>().join(", ")
}

/// Whether an operation is one of those that a word means: all, those with a usual prefix, or those with a mark.
pub fn is_meant_by(word: &str, operation: &Operation) -> bool {
    word == ALL
        || bucket_of(operation.name, &[word]) == word
        || MARKS.iter().any(|mark| mark.word == word && (mark.holds)(operation))
}

/// All words that choose tools besides their names, where the buckets are the usual ones.
pub fn known_words() -> Vec<&'static str> {
    let marks = MARKS.iter().map(|mark| mark.word);
    [ALL, OTHER].into_iter().chain(DEFAULT_PREFIXES.iter().copied()).chain(marks).collect()
}

/// What the operator chose.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Buckets, marks and tool names, `-name` to leave one out.
    pub tools: Option<Words>,
    /// The prefixes of tool names that make buckets.
    pub buckets: Option<Words>,
    /// Areas.
    pub areas: Option<Words>,
    /// Set when only operations that change nothing are offered, whatever else is chosen.
    pub read_only: Option<Origin>,
}

impl Selection {
    /// Where everything was typed that narrows the choice.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        let words = [&self.tools, &self.areas].into_iter().flatten().map(|words| &words.origin);
        words.chain(&self.read_only)
    }
}

/// A list of words that the operator typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The words, without white space. None is empty.
    pub words: Vec<String>,
    /// Where they were typed.
    pub origin: Origin,
}

/// Where the operator typed a setting, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The flag, variable or file.
    pub source: String,
    /// The text as typed.
    pub typed: String,
}

impl Origin {
    /// The setting as an assignment: `USE_TOOLS=retrieve,search`.
    pub fn assignment(&self) -> String {
        let separator = if self.source.contains(' ') { ": " } else { "=" };
        format!("{}{separator}{}", self.source, self.typed)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} `{}`", self.source, self.typed)
    }
}

/// A selection that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// A list of tools without a word in it.
    #[error("{source_name}: no bucket or tool in it; leave it out, or say `{ALL}`")]
    NoTool {
        /// Where it was typed.
        source_name: String,
    },
    /// A list of areas without a word in it.
    #[error("{source_name}: no area in it; leave it out for all")]
    NoArea {
        /// Where it was typed.
        source_name: String,
    },
    /// A word that is no bucket, mark or tool.
    #[error(
        "{source_name}: unknown bucket, mark or tool `{word}`{hint} (buckets: {buckets}, {OTHER}, {ALL}; marks: {})",
        mark_words()
    )]
    UnknownTool {
        /// Where it was typed.
        source_name: String,
        /// The word.
        word: String,
        /// The nearest right word.
        hint: String,
        /// The buckets.
        buckets: String,
    },
    /// A word that is no area.
    #[error("{source_name}: unknown area `{word}`{hint} (areas: {areas})")]
    UnknownArea {
        /// Where it was typed.
        source_name: String,
        /// The word.
        word: String,
        /// The nearest right word.
        hint: String,
        /// The areas.
        areas: String,
    },
    /// A prefix that no tool's name has.
    #[error("{source_name}: no tool's name starts with `{word}`{hint}")]
    UnknownPrefix {
        /// Where it was typed.
        source_name: String,
        /// The prefix.
        word: String,
        /// The nearest right word.
        hint: String,
    },
    /// Nothing is left to offer.
    #[error("no tool is left by {0}")]
    NothingLeft(String),
}

/// Where the words of a selection may be found: in everything that they were typed for.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The documents of the sources.
    pub documents: Vec<&'static Document>,
    /// The names of their composites.
    pub composites: Vec<&'static str>,
}

/// The one predicate: what the list shows of a source, what a call may name, and whatever else asks for tools.
pub struct Rules {
    /// The prefixes of tool names that make buckets.
    prefixes: Arc<[String]>,
    /// Buckets, marks and tool names; `None` for all.
    wanted: Option<BTreeSet<String>>,
    /// Buckets, marks and tool names that stay out, whatever else is chosen.
    unwanted: BTreeSet<String>,
    /// `None` for all.
    areas: Option<BTreeSet<String>>,
    /// What the rules come from.
    selection: Selection,
}

impl Rules {
    /// The rules that follow from a selection: `tools` and `areas` are what its words of each kind were typed for. What is
    /// wrong with the selection is added to `errors`.
    pub fn new(
        prefixes: Arc<[String]>,
        selection: &Selection,
        tools: &Scope,
        areas: &Scope,
        errors: &mut Vec<SelectionError>,
    ) -> Self {
        let documents = &tools.documents;
        let (mut wanted, mut unwanted, mut all) = (BTreeSet::new(), BTreeSet::new(), true);
        if let Some(Words { words, origin }) = &selection.tools {
            let source_name = &origin.source;
            if words.is_empty() {
                errors.push(SelectionError::NoTool { source_name: source_name.clone() });
            }
            let names = operations(documents)
                .flat_map(|operation| [Some(operation.name), operation.former_name])
                .flatten()
                .chain(tools.composites.iter().copied());
            let marks = MARKS.iter().map(|mark| mark.word);
            let known: Vec<_> =
                prefixes.iter().map(String::as_str).chain([OTHER, ALL]).chain(marks).chain(names).collect();
            for typed in words {
                let (word, leave_out) = match typed.strip_prefix('-') {
                    Some(word) => (word.trim(), true),
                    None => (typed.as_str(), false),
                };
                let Some(word) = exactly(word, &known) else {
                    errors.push(SelectionError::UnknownTool {
                        source_name: source_name.clone(),
                        word: word.to_owned(),
                        hint: did_you_mean(word, known.iter().copied()),
                        buckets: prefixes.join(", "),
                    });
                    continue;
                };
                let list = if leave_out { &mut unwanted } else { &mut wanted };
                list.extend(present_names(documents, word).into_iter().map(str::to_owned));
            }
            all = wanted.is_empty() || wanted.contains(ALL);
        }
        Self {
            wanted: (!all).then_some(wanted),
            unwanted,
            areas: areas_of(&areas.documents, selection.areas.as_ref(), errors),
            selection: selection.clone(),
            prefixes,
        }
    }

    /// The settings that leave the operation out, as assignments. Empty where it is offered.
    pub fn left_out_by(&self, operation: &Operation) -> Vec<String> {
        let is_wanted = self.wanted.as_ref().is_none_or(|words| self.is_among(operation, words));
        let by_tools = (!is_wanted || self.is_unwanted(operation)).then_some(self.selection.tools.as_ref());
        let by_areas = (!self.is_in_area(operation)).then_some(self.selection.areas.as_ref());
        let by_mode = (!self.is_read_allowed(operation)).then_some(self.selection.read_only.as_ref());
        let words = [by_tools, by_areas].into_iter().flatten().flatten().map(|words| &words.origin);
        words.chain(by_mode.flatten()).map(Origin::assignment).collect()
    }

    /// What the rules come from.
    pub fn selection(&self) -> &Selection {
        &self.selection
    }

    /// All settings that narrow the choice, as assignments.
    pub fn narrowed_by(&self) -> Vec<String> {
        self.selection.origins().map(Origin::assignment).collect()
    }

    /// Whether the operation is offered as a tool.
    pub fn offers(&self, operation: &Operation) -> bool {
        self.allows(operation) && self.wanted.as_ref().is_none_or(|words| self.is_among(operation, words))
    }

    /// Whether nothing that was chosen forbids the operation. A composite that was named may call it.
    pub fn allows(&self, operation: &Operation) -> bool {
        self.is_read_allowed(operation) && !self.is_unwanted(operation) && self.is_in_area(operation)
    }

    fn is_read_allowed(&self, operation: &Operation) -> bool {
        operation.effect.read_only || self.selection.read_only.is_none()
    }

    fn is_unwanted(&self, operation: &Operation) -> bool {
        self.is_among(operation, &self.unwanted) || self.unwanted.contains(ALL)
    }

    fn is_in_area(&self, operation: &Operation) -> bool {
        self.areas.as_ref().is_none_or(|areas| areas.contains(operation.area))
    }

    /// Whether the composite is offered: where all that it calls is offered, or where it is named and nothing forbids what
    /// it calls.
    pub fn offers_composite(&self, document: &Document, composite: &dyn Composite) -> bool {
        let is_named = |words: &BTreeSet<String>| words.contains(composite.name());
        let is_wanted = self.wanted.as_ref().is_some_and(is_named);
        let may_call = |operation: &Operation| if is_wanted { self.allows(operation) } else { self.offers(operation) };
        !is_named(&self.unwanted) && composite.reads().iter().filter_map(|name| document.operation(name)).all(may_call)
    }

    fn is_among(&self, operation: &Operation, words: &BTreeSet<String>) -> bool {
        words.contains(bucket(operation, &self.prefixes))
            || words.contains(operation.name)
            || MARKS.iter().any(|mark| words.contains(mark.word) && (mark.holds)(operation))
    }
}

/// The bucket of an operation: its own, or the one of its name.
pub fn bucket<'a>(operation: &Operation, prefixes: &'a [String]) -> &'a str {
    operation.bucket.unwrap_or_else(|| bucket_of(operation.name, prefixes))
}

fn operations(documents: &[&'static Document]) -> impl Iterator<Item = &'static Operation> {
    documents.iter().flat_map(|document| document.operations.iter().copied())
}

/// What a word that chooses tools stands for: itself, or where it is the former name of tools, their present ones.
fn present_names<'a>(documents: &[&'static Document], word: &'a str) -> Vec<&'a str> {
    let former: Vec<_> =
        operations(documents).filter(|one| one.former_name == Some(word)).map(|one| one.name).collect();
    let is_present = operations(documents).any(|operation| operation.name == word);
    if is_present || former.is_empty() { vec![word] } else { former }
}

/// The prefixes of tool names that make buckets. One that no tool's name has is added to `errors`.
pub fn prefixes(
    documents: &[&'static Document],
    words: Option<&Words>,
    errors: &mut Vec<SelectionError>,
) -> Arc<[String]> {
    let Some(Words { words, origin }) = words else { return DEFAULT_PREFIXES.map(str::to_owned).into() };
    let verbs: BTreeSet<_> = operations(documents).map(|operation| first_word(operation.name)).collect();
    for word in words {
        if operations(documents).all(|operation| bucket_of(operation.name, &[word]) == OTHER) {
            errors.push(SelectionError::UnknownPrefix {
                source_name: origin.source.clone(),
                word: word.clone(),
                hint: did_you_mean(word, verbs.iter().copied()),
            });
        }
    }
    words.as_slice().into()
}

fn areas_of(
    documents: &[&'static Document],
    words: Option<&Words>,
    errors: &mut Vec<SelectionError>,
) -> Option<BTreeSet<String>> {
    let Words { words, origin } = words?;
    if words.is_empty() {
        errors.push(SelectionError::NoArea { source_name: origin.source.clone() });
    }
    let known: BTreeSet<_> = operations(documents).map(|operation| operation.area).collect();
    for word in words.iter().filter(|word| !known.contains(word.as_str())) {
        errors.push(SelectionError::UnknownArea {
            source_name: origin.source.clone(),
            word: word.clone(),
            hint: did_you_mean(word, known.iter().copied()),
            areas: known.iter().copied().collect::<Vec<_>>().join(", "),
        });
    }
    (!words.is_empty()).then(|| words.iter().cloned().collect())
}

/// The known word that was typed. Buckets may be typed in any case.
fn exactly<'a>(typed: &str, known: &[&'a str]) -> Option<&'a str> {
    let same = known.iter().find(|word| **word == typed);
    same.or_else(|| known.iter().find(|word| word.eq_ignore_ascii_case(typed))).copied()
}

fn first_word(name: &str) -> &str {
    let end = name.find(|character: char| !character.is_ascii_lowercase()).unwrap_or(name.len());
    name.get(..end).unwrap_or(name)
}
