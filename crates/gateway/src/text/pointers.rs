//! What a text says about other tools than the one that it is about.
//!
//! In a list of all tools each tool speaks for itself, so what another one does need not be read twice.

use super::mentions::sentences;

/// The text without what points to other tools: sentences and clauses that begin with the name of one, or that say which
/// to take instead, and names in brackets. The first sentence keeps its first clause.
pub fn without_pointers(text: &str, is_tool: impl Fn(&str) -> bool) -> String {
    let is_name = |word: &str| word.contains(|character: char| character.is_ascii_uppercase()) && is_tool(word);
    if !words(text).any(is_name) {
        return text.to_owned();
    }
    let mut kept = Vec::new();
    for (number, sentence) in split_at_names(text, &is_name).into_iter().enumerate() {
        let plain = without_brackets(sentence, &is_name);
        let (body, end) = plain.strip_suffix('.').map_or((plain.as_str(), ""), |body| (body, "."));
        let mut clauses = body.split("; ");
        let Some(first) = clauses.next().filter(|first| number == 0 || !points(first, &is_name)) else { continue };
        let others = clauses.filter(|clause| !points(clause, &is_name));
        kept.push(format!("{}{end}", std::iter::once(first).chain(others).collect::<Vec<_>>().join("; ")));
    }
    kept.join(" ")
}

/// What advice begins with.
const ADVICE: [&str; 10] = ["to", "for", "with", "without", "all", "see", "take", "use", "of", "by"];

/// Verbs before the tool in which something else is to be found.
const WHERE: [&str; 4] = ["is", "are", "come", "comes"];

/// Words before the name of a tool that is to be taken instead.
const INSTEAD: [&str; 3] = ["take", "use", "see"];

/// Whether a clause is about another tool.
fn points(clause: &str, is_name: &impl Fn(&str) -> bool) -> bool {
    if words(clause).next().is_some_and(is_name) {
        return true;
    }
    let words: Vec<_> = self::words(clause).collect();
    let lower: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
    let is_one_of = |at: usize, known: &[&str]| lower.get(at).is_some_and(|word| known.contains(&word.as_str()));
    let names = words.iter().enumerate().filter(|(_, word)| is_name(word)).map(|(at, _)| at);
    let is_advice = is_one_of(0, &ADVICE);
    names.into_iter().any(|name| match (name.checked_sub(1), name.checked_sub(2)) {
        (Some(before), _) if is_advice && is_one_of(before, &INSTEAD) => true,
        (Some(before), Some(verb)) => is_one_of(before, &["in", "from", "with"]) && is_one_of(verb, &WHERE),
        _ => false,
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// The sentences of the text. One may begin with the name of a tool, and so with a small letter.
fn split_at_names<'a>(text: &'a str, is_name: &impl Fn(&str) -> bool) -> Vec<&'a str> {
    let mut parts = Vec::new();
    for sentence in sentences(text) {
        let mut start = 0;
        for (index, _) in sentence.match_indices(". ") {
            let rest = sentence.get(index + 2..).unwrap_or_default();
            if words(rest).next().is_some_and(|word| rest.starts_with(word) && is_name(word)) {
                parts.push(sentence.get(start..=index).unwrap_or_default().trim());
                start = index + 2;
            }
        }
        parts.push(sentence.get(start..).unwrap_or_default().trim());
    }
    parts
}

/// The text without brackets that name a tool.
fn without_brackets(text: &str, is_name: &impl Fn(&str) -> bool) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (") {
        let Some((inner, after)) = after.split_once(')') else { break };
        kept.push_str(before);
        if !words(inner).any(is_name) {
            kept.extend([" (", inner, ")"]);
        }
        rest = after;
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str) -> String {
        without_pointers(text, |word| ["patchIt", "deleteIt", "login"].contains(&word))
    }

    #[test]
    fn what_others_do_goes() {
        for (text, expected) in [
            (
                "Replaces it; what is left out is lost. To change one field take patchIt.",
                "Replaces it; what is left out is lost.",
            ),
            ("Changes it. patchIt does less; deleteIt more. Needs a key.", "Changes it. Needs a key."),
            ("Reads it (see patchIt) (a page); deleteIt removes it.", "Reads it (a page)."),
            ("Reads it; for all take patchIt.", "Reads it."),
            ("Lists them. Those of others are in patchIt.", "Lists them."),
        ] {
            assert_eq!(without(text), expected);
        }
    }

    #[test]
    fn what_is_to_be_known_stays() {
        for text in [
            "",
            "Fields left out are lost, so prefer patchIt for small changes.",
            "Sends what patchIt made (once). Undone by deleteIt.",
            "A login of one user; login counts.",
            "An unclosed (bracket of patchIt",
        ] {
            assert_eq!(without(text), text);
        }
    }
}
