//! Leaving out what a text says about tools that are not there.

/// The text without its smallest clauses that name something for which `is_missing` holds: a part in parentheses, a part
/// between semicolons or colons, or else a whole sentence. Names are words of letters and digits.
pub fn without_mentions(text: &str, is_missing: impl Fn(&str) -> bool) -> String {
    let names_one = |part: &str| words(part).any(&is_missing);
    if !names_one(text) {
        return text.to_owned();
    }
    let sentences = sentences(text).into_iter().filter_map(|sentence| {
        if !names_one(sentence) {
            return Some(sentence.trim().to_owned());
        }
        let plain = without_parentheses(sentence, &names_one);
        let end = plain.trim_end().strip_suffix('.').map_or("", |_| ".");
        let body = plain.trim().trim_end_matches('.');
        let kept: Vec<_> = body.split("; ").filter(|clause| !names_one(clause)).map(str::trim).collect();
        // What follows a semicolon leans on the start of the sentence.
        let starts = body.split("; ").next().is_some_and(|first| !names_one(first));
        (starts && !kept.is_empty()).then(|| format!("{}{end}", kept.join("; ")))
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// The words of a text that can only be names.
pub fn names_in(text: &str) -> impl Iterator<Item = &str> {
    words(text).filter(|word| is_name(word))
}

/// Whether a word can only be a name: it has a capital letter after the first, as `findUser` has.
pub fn is_name(word: &str) -> bool {
    word.chars().skip(1).any(char::is_uppercase)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// The sentences of a text, each with its full stop. A full stop ends a sentence where a space and no small letter follow.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    let mut start = 0;
    for (index, _) in text.match_indices(". ") {
        let next = text.get(index + 2..).and_then(|rest| rest.chars().next());
        if next.is_some_and(|next| !next.is_lowercase()) {
            sentences.extend(text.get(start..=index));
            start = index + 2;
        }
    }
    sentences.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    sentences
}

/// The sentence without the parentheses for which `is_unwanted` holds. Parentheses do not nest here.
fn without_parentheses(sentence: &str, is_unwanted: &impl Fn(&str) -> bool) -> String {
    let mut out = String::new();
    let mut rest = sentence;
    while let Some((before, inner, after)) = parenthesis(rest) {
        if is_unwanted(inner) {
            out.push_str(before.trim_end());
        } else {
            out.push_str(before);
            out.push('(');
            out.push_str(inner);
            out.push(')');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn parenthesis(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('(')?;
    let (inner, after) = rest.split_once(')')?;
    Some((before, inner, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str) -> String {
        without_mentions(text, |word| ["patchIt", "deleteIt"].contains(&word))
    }

    #[test]
    fn the_smallest_clause_goes() {
        assert_eq!(without("Reads one. To change it take patchIt."), "Reads one.");
        assert_eq!(without("Id of the key (see patchIt); required."), "Id of the key; required.");
        assert_eq!(without("Reads one; deleteIt removes it; findIt finds it."), "Reads one; findIt finds it.");
        assert_eq!(without("Deactivates it; patchIt undoes that. Careful."), "Deactivates it. Careful.");
        assert_eq!(without("Whether it is on. See deleteIt."), "Whether it is on.");
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in ["", "No names (at all); none. Really, e.g. none.", "patchItWithId is another name"] {
            assert_eq!(without(text), text);
        }
    }

    #[test]
    fn a_sentence_that_hangs_on_the_name_goes_as_a_whole() {
        assert_eq!(without("patchIt is safer; it keeps the rest. Needs a key."), "Needs a key.");
        assert_eq!(without("Only patchIt."), "");
        assert_eq!(without("Use (deleteIt"), "");
    }
}
