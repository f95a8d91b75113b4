//! What parsers take away from a text: its byte order mark and the ends of its lines.

/// A byte order mark, which parsers do not take or do not keep.
const MARK: char = '\u{feff}';

/// The byte order mark, if there is one, and the rest.
pub fn without_mark(text: &str) -> (&str, &str) {
    text.split_at(if text.starts_with(MARK) { MARK.len_utf8() } else { 0 })
}

/// A changed text whose lines end as they did before: those before and after the change each as it was, and new ones like
/// the first line.
pub fn with_ends_of(before: &str, after: &str) -> String {
    let old: Vec<_> = before.split_inclusive('\n').map(parts).collect();
    let new: Vec<_> = after.split_inclusive('\n').map(parts).collect();
    let same = |(a, b): &(&(&str, &str), &(&str, &str))| a.0 == b.0;
    let head = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()).saturating_sub(head);
    let tail = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(same).count();
    let usual = old.first().map(|line| line.1).filter(|end| !end.is_empty()).unwrap_or("\n");
    let mut text = String::with_capacity(after.len());
    for (number, (line, _)) in new.iter().enumerate() {
        let place = if number < head {
            Some(number)
        } else {
            // Counted from the end.
            (new.len() - number <= tail).then(|| old.len() - (new.len() - number))
        };
        let end = place.and_then(|place| old.get(place)).map_or(usual, |line| line.1);
        text.push_str(line);
        text.push_str(if end.is_empty() && number + 1 < new.len() { usual } else { end });
    }
    text
}

/// A line, and what ends it.
fn parts(line: &str) -> (&str, &str) {
    let bare = line.strip_suffix('\n').map_or(line, |bare| bare.strip_suffix('\r').unwrap_or(bare));
    line.split_at(bare.len())
}
