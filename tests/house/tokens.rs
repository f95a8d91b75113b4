//! Splits Rust source into a flat list of tokens, without comments and the contents of strings.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A keyword or a name, without `r#`.
    Word(String),
    Sign(char),
    Open(Delimiter),
    Close(Delimiter),
    Literal,
}

impl Token {
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    pub fn is_word(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
}

/// Tokenizes a source file.
///
/// # Errors
/// The source is not Rust.
pub fn tokens(source: &str) -> Result<Vec<Token>, String> {
    let stream: TokenStream = source.parse().map_err(|error| format!("{error}"))?;
    let mut tokens = Vec::new();
    let mut open = vec![(stream.into_iter(), None)];
    while let Some((stream, delimiter)) = open.last_mut() {
        match stream.next() {
            Some(TokenTree::Group(group)) => {
                tokens.push(Token::Open(group.delimiter()));
                open.push((group.stream().into_iter(), Some(group.delimiter())));
            }
            Some(TokenTree::Ident(ident)) => {
                let word = ident.to_string();
                tokens.push(Token::Word(word.strip_prefix("r#").unwrap_or(&word).to_owned()));
            }
            Some(TokenTree::Punct(sign)) => tokens.push(Token::Sign(sign.as_char())),
            Some(TokenTree::Literal(_)) => tokens.push(Token::Literal),
            None => {
                tokens.extend(delimiter.map(Token::Close));
                open.pop();
            }
        }
    }
    Ok(tokens)
}
