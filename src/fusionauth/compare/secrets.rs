//! Texts with secrets in them: whether two are the same, as far as that can be said.

use gateway::redact::{REDACTED, digest_at_start};

/// What a text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Plain(&'a str),
    /// A secret, by its digest where there is one.
    Secret(Option<&'a str>),
}

/// What can be said of two texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They are the same.
    Same,
    /// They are not, in what is no secret.
    Differ,
    /// They are not, in a secret.
    SecretDiffers,
    /// They may be the same but for a secret of which there is no digest on one side.
    NotComparable,
}

/// What stands for a secret where somebody reads it.
const SHOWN: &str = "(secret)";

/// Whether a text has a secret in it.
pub fn has_secret(text: &str) -> bool {
    parts(text).iter().any(|part| matches!(part, Part::Secret(_)))
}

/// The text without digests.
pub fn shown(text: &str) -> String {
    let parts = parts(text).into_iter();
    parts.map(|part| if let Part::Plain(plain) = part { plain } else { SHOWN }).collect()
}

/// Compares two texts.
pub fn compare(a: &str, b: &str) -> Verdict {
    if a == b && !has_secret(a) {
        return Verdict::Same;
    }
    let (a, b) = (parts(a), parts(b));
    let mut verdict = Verdict::Same;
    for pair in a.iter().zip(&b) {
        match pair {
            (Part::Plain(one), Part::Plain(other)) if one == other => {}
            (Part::Secret(Some(one)), Part::Secret(Some(other))) if one == other => {}
            (Part::Secret(Some(_)), Part::Secret(Some(_))) => verdict = Verdict::SecretDiffers,
            (Part::Secret(_), Part::Secret(_)) if verdict == Verdict::Same => verdict = Verdict::NotComparable,
            (Part::Secret(_), Part::Secret(_)) => {}
            _ => return Verdict::Differ,
        }
    }
    if a.len() == b.len() { verdict } else { Verdict::Differ }
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut plain = 0;
    while let Some(at) = rest.get(plain..).and_then(|after| after.find("(secret: ")).map(|at| plain + at) {
        let (before, from) = rest.split_at(at);
        let found = match from.strip_prefix(REDACTED) {
            Some(after) => Some((None, after)),
            None => digest_at_start(from).map(|(digest, after)| (Some(digest), after)),
        };
        match found {
            Some((digest, after)) => {
                if !before.is_empty() {
                    parts.push(Part::Plain(before));
                }
                parts.push(Part::Secret(digest));
                (rest, plain) = (after, 0);
            }
            None => plain = at + 1,
        }
    }
    if !rest.is_empty() || parts.is_empty() {
        parts.push(Part::Plain(rest));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(digit: &str) -> String {
        format!("(secret: hmac-sha256:{})", digit.repeat(64))
    }

    #[test]
    fn secrets_are_the_same_where_their_digests_are() {
        let (one, other) = (digest("1"), digest("2"));
        for (a, b, expected) in [
            ("a", "a", Verdict::Same),
            ("a", "b", Verdict::Differ),
            ("", "a", Verdict::Differ),
            (&one, &one, Verdict::Same),
            (&one, &other, Verdict::SecretDiffers),
            (&one, REDACTED, Verdict::NotComparable),
            (REDACTED, REDACTED, Verdict::NotComparable),
            (&one, "", Verdict::Differ),
            (&format!("a{one}"), &format!("b{one}"), Verdict::Differ),
            (&format!("a{one}z"), &format!("a{other}z"), Verdict::SecretDiffers),
            (&format!("{one}{REDACTED}"), &format!("{other}{REDACTED}"), Verdict::SecretDiffers),
            (&format!("{REDACTED}{one}"), &format!("{REDACTED}{other}"), Verdict::SecretDiffers),
            ("(secret: ", "(secret: (secret: ", Verdict::Differ),
        ] {
            assert_eq!(compare(a, b), expected, "{a} {b}");
            assert_eq!(compare(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn no_digest_is_shown() {
        assert_eq!(shown(&format!("a {} (secret: no) é{REDACTED}", digest("a"))), "a (secret) (secret: no) é(secret)");
        assert!(!has_secret("(secret: hmac-sha256:zz)"));
    }
}
