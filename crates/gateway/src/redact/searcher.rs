//! Searching a text for secrets.

use std::{borrow::Cow, ops::Range, sync::Arc};

use openapi_tools::model::document::Document;

use super::{
    digest::DigestKey,
    own::Own,
    pairs,
    placeholder::{REDACTED, placeholder_at},
    scan::{Found, Search},
    shapes::{self, Shapes},
};

/// What is searched for, and how.
#[derive(Clone)]
pub(super) struct Searcher {
    pub(super) document: &'static Document,
    pub(super) switches: Switches,
    pub(super) own: Arc<Own>,
    /// Where secrets are to be compared, the key of the digests that stand for them.
    pub(super) digests: Option<DigestKey>,
}

/// The options without the credentials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Switches {
    pub(super) reveal: bool,
    pub(super) raw_text: bool,
    pub(super) content: &'static [&'static str],
}

impl Searcher {
    /// The text with secrets replaced.
    pub(super) fn without_secrets<'a>(&self, text: &'a str, found: Found, search: Search) -> Cow<'a, str> {
        let mut spans = Vec::new();
        self.own.find(text, &mut spans);
        if found.may_have_shape() {
            let shapes = if self.switches.reveal { Shapes::Own } else { Shapes::All };
            shapes::find(text, shapes, &self.own, &mut spans);
        }
        if let (Search::Names(rule), false, true) = (search, self.switches.reveal, found.may_have_pair()) {
            pairs::find(text, self.document, rule, &mut spans);
        }
        if spans.is_empty() { text.into() } else { replaced(text, spans, |secret| self.stand_in(secret)).into() }
    }

    /// What stands for a secret.
    pub(super) fn stand_in(&self, secret: &str) -> Cow<'static, str> {
        match &self.digests {
            Some(key) => key.stand_in(secret).into(),
            None => REDACTED.into(),
        }
    }
}

/// The text with each span replaced by what stands for it; what overlaps or touches is one.
pub(super) fn replaced(
    text: &str,
    mut spans: Vec<Range<usize>>,
    stand_in: impl Fn(&str) -> Cow<'static, str>,
) -> String {
    spans.sort_by_key(|span| span.start);
    let has_placeholder = memchr::memmem::find(text.as_bytes(), REDACTED.as_bytes()).is_some();
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut spans = spans.into_iter().peekable();
    while let Some(Range { mut start, mut end }) = spans.next() {
        while let Some(next) = spans.next_if(|next| next.start <= end) {
            end = end.max(next.end);
        }
        // A span of bytes that splits a character takes it whole.
        while !text.is_char_boundary(start) {
            start -= 1;
        }
        while !text.is_char_boundary(end) {
            end += 1;
        }
        // What already stands for a secret stays, so that a text can be redacted again.
        start = start.max(copied);
        if start >= end || text.get(start..end) == Some(REDACTED) {
            continue;
        }
        if has_placeholder && placeholder_at(text, start).is_some_and(|placeholder| end <= placeholder.end) {
            continue;
        }
        out.push_str(text.get(copied..start).unwrap_or_default());
        out.push_str(&stand_in(text.get(start..end).unwrap_or_default()));
        copied = end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}
