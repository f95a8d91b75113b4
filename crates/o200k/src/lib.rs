//! Counts tokens as the encoding `o200k_base` (of OpenAI's models since GPT-4o) has them; other models' tokenizers come
//! near it.
//!
//! The vocabulary is part of the program and is read where it lies: nothing is loaded, and a count needs no memory to
//! speak of.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::{LazyLock, OnceLock},
};

use fst::raw::Fst;
use regex::Regex;

static VOCABULARY: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vocabulary.fst"));

/// The encoding's pieces, but for its look-ahead at the end of white space, which [`pieces`] does.
const PIECES: &str = concat!(
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"|\p{N}{1,3}",
    r"| ?[^\s\p{L}\p{N}]+[\r\n/]*",
    r"|\s*[\r\n]+",
    r"|\s+",
);

/// The tokens of `text`.
pub fn count(text: &str) -> usize {
    pieces(text).map(tokens_of).sum()
}

/// The longest token, in bytes.
pub const MAX_TOKEN_BYTES: usize = 128;

/// A run of characters longer than this, in bytes, is not taken apart by [`count_up_to`].
const LONG_PIECE: usize = 4096;

/// The tokens of `text`, where they are at most `most`; the time it takes is bounded by `most`, whatever the text.
///
/// It is never less than [`count`] says, and more only for a run of some thousand characters without a break: such a run
/// counts as many tokens as it has bytes, which is the most it can have.
pub fn count_up_to(text: &str, most: usize) -> Option<usize> {
    let mut sum = 0;
    for piece in pieces(text) {
        sum += if piece.len() > LONG_PIECE { piece.len() } else { tokens_of(piece) };
        if sum > most {
            return None;
        }
    }
    Some(sum)
}

/// What the text is cut into before pairs are merged.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PIECES).ok());
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
        // Every character is part of a piece, so each begins where the one before ended.
        let found = PATTERN.as_ref().and_then(|pattern| pattern.find(rest)).map_or(rest, |found| found.as_str());
        let piece = before_a_word(found, rest);
        at += piece.len();
        Some(piece)
    })
}

/// White space leaves its last character to the word that follows.
fn before_a_word<'a>(piece: &'a str, rest: &str) -> &'a str {
    let is_inner_space =
        piece.len() < rest.len() && piece.chars().all(char::is_whitespace) && !piece.ends_with(['\r', '\n']);
    let last = piece.chars().next_back().map_or(0, char::len_utf8);
    match piece.get(..piece.len() - last) {
        Some(shorter) if is_inner_space && !shorter.is_empty() => shorter,
        _ => piece,
    }
}

fn tokens_of(piece: &str) -> usize {
    let piece = piece.as_bytes();
    if piece.len() < 2 || rank(piece).is_some() { 1 } else { merged(piece) }
}

fn rank(bytes: &[u8]) -> Option<u64> {
    static READ: OnceLock<Option<Fst<&[u8]>>> = OnceLock::new();
    Some(READ.get_or_init(|| Fst::new(VOCABULARY).ok()).as_ref()?.get(bytes)?.value())
}

/// The tokens that are left when the pair of the lowest rank has been merged again and again.
fn merged(piece: &[u8]) -> usize {
    const GONE: usize = usize::MAX;
    let mut parts = piece.len();
    // By where a part begins: where it ends, and where the one before it begins.
    let mut ends: Vec<usize> = (1..=piece.len()).collect();
    let mut previous: Vec<usize> = (0..piece.len()).map(|start| start.wrapping_sub(1)).collect();
    let mut pairs = BinaryHeap::new();
    let end_of = |ends: &[usize], start: usize| ends.get(start).copied().filter(|end| *end != GONE);
    let pair_at = |ends: &[usize], start: usize| {
        let end = end_of(ends, end_of(ends, start)?)?;
        Some(Reverse((rank(piece.get(start..end)?)?, start, end)))
    };
    pairs.extend((0..piece.len()).filter_map(|start| pair_at(&ends, start)));
    while let Some(Reverse((_, start, end))) = pairs.pop() {
        // A pair whose parts have been merged meanwhile is out of date.
        let Some(middle) = end_of(&ends, start) else { continue };
        if end_of(&ends, middle) != Some(end) {
            continue;
        }
        if let Some(slot) = ends.get_mut(start) {
            *slot = end;
        }
        if let Some(slot) = ends.get_mut(middle) {
            *slot = GONE;
        }
        if let Some(slot) = previous.get_mut(end) {
            *slot = start;
        }
        parts -= 1;
        pairs.extend(pair_at(&ends, start));
        pairs.extend(previous.get(start).and_then(|before| pair_at(&ends, *before)));
    }
    parts
}
