//! What a query wants that is switched off.

use super::item::{Item, WITH_ID};
use crate::{
    ranking::{
        Hit,
        words::{is_stop_word, plain_words, split},
    },
    tool::Tool,
    toolset::Toolset,
};

/// Tools that are switched off are named where they are among this many best hits, and the best hit is one.
const MAX_RANK: usize = 3;

/// That what was wanted is switched off: where the query names it, the best hit is, or a name says all that the query says. The
/// others that are named are so by the same settings.
pub fn switched_off(toolset: &Toolset, query: &str, hits: &[(&Item, Hit)]) -> Option<String> {
    if let Some((names, by)) = toolset.switched_off_in(query) {
        return Some(line(&names, &by));
    }
    let tools = hits.iter().filter(|(item, _)| !matches!(item, Item::Guide(_) | Item::Absent(_)));
    let mut best = tools.take(MAX_RANK).map(|(item, _)| left_out(item));
    let first = best.next().flatten();
    let others: Vec<&Tool> = match first {
        Some(_) => best.flatten().collect(),
        None => said_by_name(toolset, query, hits),
    };
    let first = first.or(others.first().copied())?;
    let by = toolset.left_out_by(first);
    let mut names = vec![first.name()];
    for tool in others {
        if !names.contains(&tool.name()) && toolset.left_out_by(tool) == by {
            names.push(tool.name());
        }
    }
    Some(line(&names, &by))
}

fn line(names: &[&str], by: &[String]) -> String {
    format!("Switched off by {}: {}\n", by.join(" and "), names.join(", "))
}

fn left_out(item: &Item) -> Option<&Tool> {
    match item {
        Item::LeftOut(tool) => Some(tool),
        _ => None,
    }
}

/// The tools that are switched off whose names are the words of the query; or else those whose names have them all, a verb among
/// them, where no name of a tool that is there does.
fn said_by_name<'i>(toolset: &Toolset, query: &str, hits: &[(&'i Item, Hit)]) -> Vec<&'i Tool> {
    let wanted: Vec<String> = plain_words(query).into_iter().filter(|word| !is_stop_word(word)).collect();
    let name = |tool: &Tool| tool.name().strip_suffix(WITH_ID).unwrap_or(tool.name());
    let says_all = |tool: &Tool| {
        let words = split(name(tool));
        !wanted.is_empty() && wanted.iter().all(|word| words.iter().any(|known| are_alike(known, word)))
    };
    let off = hits.iter().filter_map(|(item, _)| left_out(item));
    let is_it = |tool: &&Tool| name(tool).eq_ignore_ascii_case(&wanted.concat());
    let same: Vec<_> = off.clone().filter(is_it).collect();
    if !same.is_empty() || toolset.tools().iter().any(says_all) {
        return same;
    }
    let named: Vec<_> = off.clone().filter(|tool| says_all(tool)).take(MAX_RANK).collect();
    let has_verb = |tool: &Tool| {
        let verb = split(tool.name()).into_iter().next().unwrap_or_default();
        wanted.contains(&verb)
    };
    if off.into_iter().any(has_verb) { named } else { Vec::new() }
}

/// Whether two words are the same but for a plural.
fn are_alike(left: &str, right: &str) -> bool {
    left.trim_end_matches('s') == right.trim_end_matches('s')
}
