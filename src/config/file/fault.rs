//! What is wrong in a configuration file.

/// A mistake in a configuration file. Values are not shown: they may be secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// The text is not YAML.
    #[error("not YAML: {0}")]
    Syntax(String),
    /// A key that means nothing.
    #[error("`{key}` is no key here{hint} (keys: {known})")]
    UnknownKey {
        /// The key.
        key: String,
        /// The nearest right key.
        hint: String,
        /// The right keys.
        known: String,
    },
    /// A value of another kind.
    #[error("expected {0}")]
    Kind(&'static str),
    /// A number or a truth value where a text is meant, which is not written as it was.
    #[error("expected a text; put it in quotes")]
    Unquoted,
    /// An item of a list with a comma in it.
    #[error("expected an item without a comma")]
    Comma,
    /// A variable that is not set.
    #[error("the variable `{0}` is not set")]
    Unset(String),
    /// A `${` that begins no variable.
    #[error("expected ${{NAME}}, with a variable's name; a dollar sign itself is $$")]
    NoVariable,
    /// A name that no source may have.
    #[error("`{0}`: expected a name of letters, digits and `-`, at most 24, the first a letter")]
    Name(String),
    /// A source without a document.
    #[error("`{0}` has no document")]
    NoDocument(String),
    /// A credential for a security scheme that the document does not have.
    #[error("`{scheme}` is no security scheme of the document{hint} (its schemes: {known})")]
    UnknownScheme {
        /// The scheme.
        scheme: String,
        /// The nearest right one.
        hint: String,
        /// The right ones.
        known: String,
    },
    /// A file with a secret that cannot be read.
    #[error("{0}")]
    SecretFile(String),
}
