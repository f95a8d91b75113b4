//! Texts of somebody else's document, made fit for a list of tools: plain, on one line, and short.

/// The text without markup and control characters, cut after a sentence or a word so that it has at most `max`
/// characters.
pub(super) fn shortened(text: &str, max: usize) -> String {
    let plain = plain(text);
    if plain.chars().count() <= max {
        return plain;
    }
    let end = plain.char_indices().nth(max).map_or(plain.len(), |(index, _)| index);
    let head = plain.get(..end).unwrap_or_default();
    let sentence = [". ", "! ", "? "].iter().filter_map(|mark| head.rfind(mark)).max();
    match sentence.filter(|index| *index >= max / 3) {
        Some(index) => head.get(..=index).unwrap_or_default().to_owned(),
        None => {
            let word = head.rfind(' ').unwrap_or(head.len());
            format!("{}…", head.get(..word).unwrap_or_default().trim_end_matches([',', ';', ':', '-']))
        }
    }
}

/// The text of Markdown or HTML on one line: links as their texts, no tags, no emphasis, no invisible characters.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(4096));
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        rest = match next {
            '<' => match tag_length(rest) {
                Some(length) => {
                    space(&mut plain);
                    rest.get(length..).unwrap_or_default()
                }
                None => {
                    plain.push('<');
                    after
                }
            },
            ']' if after.starts_with('(') => after.find(')').and_then(|end| after.get(end + 1..)).unwrap_or(after),
            '[' | ']' | '`' | '*' => after,
            '#' if plain.is_empty() || plain.ends_with(' ') => after,
            next if next.is_whitespace() => {
                space(&mut plain);
                after
            }
            next if next.is_control() || is_invisible(next) => after,
            next => {
                plain.push(next);
                after
            }
        };
    }
    plain.truncate(plain.trim_end().len());
    plain
}

fn space(plain: &mut String) {
    if !plain.is_empty() && !plain.ends_with(' ') {
        plain.push(' ');
    }
}

/// The length of an HTML tag or comment that the text begins with, in bytes.
fn tag_length(text: &str) -> Option<usize> {
    let inner = text.get(1..)?;
    let is_tag = inner.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '/' | '!'));
    let end = inner.char_indices().take(1000).find(|(_, character)| *character == '>')?.0;
    is_tag.then_some(end + 2)
}

/// Characters that a reader does not see and a model does (Unicode, "Default_Ignorable_Code_Point" in part, and
/// directional formatting).
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_goes_and_text_stays() {
        for (text, expected) in [
            ("Lists **all** `pets`.\n\nSee [the guide](https://a.example/b).", "Lists all pets. See the guide."),
            ("<p>Creates a charge.</p><br/>Then <b>waits</b>.", "Creates a charge. Then waits ."),
            ("a < b and c > d", "a < b and c > d"),
            ("## Title\ntext", "Title text"),
            ("issue #5", "issue 5"),
            ("in\u{202e}vis\u{200b}ible\u{0}", "invisible"),
            ("", ""),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn a_cut_ends_a_sentence_or_a_word() {
        assert_eq!(shortened("One two three. Four five six.", 20), "One two three.");
        assert_eq!(shortened("One. Two three four five six", 20), "One. Two three four…");
        assert_eq!(shortened("größer, größer, größer", 10), "größer…");
        assert_eq!(shortened("short", 10), "short");
    }
}
