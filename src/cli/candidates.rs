//! Values that a shell offers for settings. They depend on nothing but the document.

use std::{collections::BTreeSet, ffi::OsStr};

use clap_complete::CompletionCandidate;
use gateway::toolset::selection::known_words;

use crate::fusionauth::tools::DOCUMENT;

/// One of a few words.
pub fn words(words: &'static [&'static str]) -> Vec<CompletionCandidate> {
    words.iter().map(CompletionCandidate::new).collect()
}

/// A list of buckets, marks and tools, of which each may have a `-` before it.
pub fn tools(current: &OsStr) -> Vec<CompletionCandidate> {
    let names = DOCUMENT.operations.iter().map(|operation| operation.name);
    list(current, known_words().into_iter().chain(names).collect())
}

/// A list of areas.
pub fn areas(current: &OsStr) -> Vec<CompletionCandidate> {
    list(current, DOCUMENT.operations.iter().map(|operation| operation.area).collect())
}

/// The last item of a list, after the ones that are there.
fn list(current: &OsStr, known: BTreeSet<&str>) -> Vec<CompletionCandidate> {
    let Some(current) = current.to_str() else { return Vec::new() };
    let (before, item) = current.rsplit_once(',').map_or(("", current), |(before, item)| (before, item));
    let (sign, word) = item.strip_prefix('-').map_or(("", item), |word| ("-", word));
    let before = if before.is_empty() { String::new() } else { format!("{before},") };
    let found = known.into_iter().filter(|known| known.starts_with(word));
    found.map(|known| CompletionCandidate::new(format!("{before}{sign}{known}"))).collect()
}
