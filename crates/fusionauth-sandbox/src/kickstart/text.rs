//! Substitution in one text: `#{variable}`, `@{text file}`, `&{JSON file}`, and the backslash that prevents it.

use super::error::Problem;

/// The sign before the brace that opens a substitution.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// `#{`
    Variable,
    /// `@{`
    Text,
    /// `&{`
    Json,
}

impl Opener {
    fn of(sign: char) -> Option<Self> {
        match sign {
            '#' => Some(Self::Variable),
            '@' => Some(Self::Text),
            '&' => Some(Self::Json),
            _ => None,
        }
    }

    /// The sign itself.
    pub const fn sign(self) -> char {
        match self {
            Self::Variable => '#',
            Self::Text => '@',
            Self::Json => '&',
        }
    }
}

/// The text with each substitution replaced by what `substitute` returns for it, which is not searched again.
///
/// A backslash counts only right before an opener: it goes, and the opener is plain text. Others before it stay, so
/// `\\#{` is the text `\#{`.
pub fn replace(
    text: &str,
    mut substitute: impl FnMut(Opener, &str) -> Result<String, Problem>,
) -> Result<String, Problem> {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, opener, after)) = next_opener(rest) {
        if let Some(kept) = before.strip_suffix('\\') {
            replaced.push_str(kept);
            replaced.extend([opener.sign(), '{']);
            rest = after;
            continue;
        }
        replaced.push_str(before);
        let (name, after) = after.split_once('}').ok_or(Problem::NotClosed { sign: opener.sign() })?;
        replaced.push_str(&substitute(opener, name)?);
        rest = after;
    }
    replaced.push_str(rest);
    Ok(replaced)
}

/// The file's name if the text is nothing but the include of a JSON file.
pub fn json_include(text: &str) -> Option<&str> {
    text.strip_prefix("&{")?.strip_suffix('}').filter(|name| !name.contains('}'))
}

/// What is before the first opener, the opener, and what follows its brace.
fn next_opener(text: &str) -> Option<(&str, Opener, &str)> {
    text.match_indices('{').find_map(|(brace, _)| {
        let (before, after) = text.split_at_checked(brace)?;
        let opener = Opener::of(before.chars().next_back()?)?;
        Some((before.strip_suffix(opener.sign())?, opener, after.strip_prefix('{')?))
    })
}
