//! A guide's text: its prose, its fenced blocks, its words and placeholders.

/// How the block of a call begins, after the fence.
const CALL: &str = "call ";

/// A fenced block: what follows the fence, and the lines.
pub struct Block<'a> {
    pub info: &'a str,
    pub lines: Vec<&'a str>,
}

impl<'a> Block<'a> {
    /// The tool that it calls.
    pub fn tool(&self) -> Option<&'a str> {
        self.info.strip_prefix(CALL)
    }
}

/// The prose and the blocks of a text.
pub fn parted(text: &str) -> (String, Vec<Block<'_>>) {
    let (mut prose, mut blocks, mut open) = (String::new(), Vec::new(), None);
    for line in text.lines() {
        open = match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => Some(Block { info, lines: Vec::new() }),
            (Some(_), Some(block)) => {
                blocks.push(block);
                None
            }
            (None, Some(mut block)) => {
                block.lines.push(line);
                Some(block)
            }
            (None, None) => {
                prose.push_str(line);
                prose.push('\n');
                None
            }
        };
    }
    (prose, blocks)
}

pub fn is_in_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.chars().all(is_in_name)
}

pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !is_in_name(character)).filter(|word| !word.is_empty())
}

/// The names that stand between `open` and `close`.
pub fn placeholders<'a>(text: &'a str, open: &'a str, close: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(open)
        .skip(1)
        .filter_map(move |rest| rest.split_once(close))
        .map(|(name, _)| name)
        .filter(|it| is_name(it))
}
