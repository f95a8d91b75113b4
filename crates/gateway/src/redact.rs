//! What never reaches the model: values that the document marks secret, values of names that mean a secret, what has
//! the shape of one, and our own credentials.
//!
//! ```text
//! JSON  -> json  -> per string: own, shapes, pairs (names, value) -> spans -> characters
//! text  ----------------------> own, shapes, pairs (names, value) -> spans -> characters
//! ```
//!
//! Every step reads its text once, so the work is linear in what comes. Nothing recurses.

mod characters;
mod digest;
mod json;
mod names;
mod own;
mod pair;
mod pairs;
mod placeholder;
mod quote;
mod scan;
mod searcher;
mod shapes;
#[cfg(test)]
mod tests;
mod value;

use std::{borrow::Cow, sync::Arc};

use openapi_tools::model::{document::Document, operation::Parameter, schema::Schema};
use secrecy::SecretString;

pub use characters::{is_invisible, one_line};
pub use digest::{DigestKey, digest_at_start};
pub use names::NameRule;
pub use placeholder::{
    CUT_MARK, REDACTED, contains_placeholder, ends_in_cut_mark, first_characters, placeholder_at, safe_cut,
};

pub use self::own::Learned;
use self::{
    own::Own,
    scan::{Found, Search},
    searcher::{Searcher, Switches},
};

/// How a [`Redactor`] works.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Whether secrets are shown. Our own credentials never are.
    pub reveal: bool,
    /// Whether invisible, bidirectional and control characters are shown as they are instead of as escapes.
    pub raw_text: bool,
    /// Our own credentials. Those of 16 bytes or more are found anywhere; shorter ones as whole tokens.
    pub own: Vec<SecretString>,
    /// Credentials that are learnt at run time.
    pub learned: Learned,
    /// Names of properties whose texts are content, such as templates, message bundles and code. In these, and in all
    /// within them, names mean nothing; shapes, own credentials and the document's marks count all the same.
    pub content: &'static [&'static str],
}

/// Replaces secrets with [`REDACTED`].
#[derive(Clone)]
pub struct Redactor(Searcher);

impl Redactor {
    /// A redactor for answers that `document` describes.
    pub fn new(document: &'static Document, options: Options) -> Self {
        let Options { reveal, raw_text, own, learned, content } = options;
        let switches = Switches { reveal, raw_text, content };
        Self(Searcher { document, switches, own: Arc::new(Own::new(own, learned)), digests: None })
    }

    /// The same, with secrets hidden whatever the operator chose, and texts as they are.
    pub fn strict(&self) -> Self {
        let Self(searcher) = self.clone();
        Self(Searcher { switches: Switches { reveal: false, raw_text: true, ..searcher.switches }, ..searcher })
    }

    /// The same for what is written to files, such as exports, without our own credentials: one that is a part of an id
    /// would change the id. [`Redactor::holds_own`] says whether one is in a file.
    pub fn for_files(&self) -> Self {
        let Self(searcher) = self.strict();
        Self(Searcher { own: Arc::new(Own::new(Vec::new(), Learned::default())), ..searcher })
    }

    /// The same with the digest of each secret in its place, so that two texts can be compared.
    pub fn with_digests(&self, key: DigestKey) -> Self {
        let Self(searcher) = self.clone();
        Self(Searcher { digests: Some(key), ..searcher })
    }

    /// Whether one of our own credentials stands in the text: a short one as a whole token.
    pub fn holds_own(&self, text: &str) -> bool {
        let mut spans = Vec::new();
        self.0.own.find(text, &mut spans);
        !spans.is_empty()
    }

    /// The same for what a person is asked: secrets are hidden whatever the operator chose, and so is what could make
    /// the question look like another one.
    pub fn for_questions(&self) -> Self {
        let Self(searcher) = self.clone();
        Self(Searcher { switches: Switches { reveal: false, raw_text: false, ..searcher.switches }, ..searcher })
    }

    /// Whether secrets are shown.
    pub fn is_revealing(&self) -> bool {
        self.0.switches.reveal
    }

    /// Whether the values of a parameter are secrets that are to be hidden: by its schema, or by a name that is a
    /// secret somewhere in the document.
    pub fn is_secret_parameter(&self, parameter: &Parameter) -> bool {
        let is_named = || self.0.document.secret_name(parameter.wire_name).is_some();
        !self.is_revealing() && (parameter.schema.secret || is_named())
    }

    /// Compact JSON without secrets; `None` where `text` is not exactly one JSON value (RFC 8259).
    ///
    /// `schema` says what the value is. In places that it does not type, names decide: those that mean a secret
    /// everywhere, and those of the document that `rule` admits ([`NameRule::Always`] for a success,
    /// [`NameRule::Anywhere`] for a failure, which holds nobody's data). Numbers, keys and their order stay as they
    /// came; lone surrogates become U+FFFD. The output is the only memory that grows with the text, but for a byte for
    /// each level of nesting.
    pub fn redact_json(&self, schema: Option<&'static Schema>, rule: NameRule, text: &str) -> Option<String> {
        json::rewrite(&self.0, schema, rule, text)
    }

    /// Any text without secrets: what is not JSON, is broken, is cut short or has more than one value. Line breaks and
    /// tabs stay.
    ///
    /// It is searched for `"name": value` and its relatives, all names counting that the document marks anywhere.
    pub fn redact_text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let text = self.0.without_secrets(text, Found::of(text), Search::Names(NameRule::Anywhere));
        self.shown(text)
    }

    /// The text as it is to be shown: characters that a reader does not see are escapes, unless the operator wants them
    /// as they are. In JSON the escapes are JSON's own.
    pub fn shown<'a>(&self, text: impl Into<Cow<'a, str>>) -> Cow<'a, str> {
        let text = text.into();
        if self.0.switches.raw_text { text } else { characters::visible(text) }
    }

    /// [`Redactor::redact_text`] for bytes; what is not UTF-8 becomes U+FFFD.
    pub fn redact_bytes(&self, bytes: &[u8]) -> String {
        self.redact_text(&String::from_utf8_lossy(bytes)).into_owned()
    }

    /// The same on one line without control characters, for what a headline quotes: a header, an error's message.
    pub fn redact_line(&self, text: &str) -> String {
        // Lines are searched before they are joined, since a line break ends a value.
        one_line(&self.0.without_secrets(text, Found::of(text), Search::Names(NameRule::Anywhere)))
    }
}
