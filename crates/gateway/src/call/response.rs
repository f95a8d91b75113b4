//! A response as an answer: what its status means, and its body without secrets.

use std::fmt::Write;

use openapi_tools::model::operation::Operation;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::errors;
use crate::{
    answer::{Answer, Body, is_success},
    dialect::ErrorWords,
    redact::{NameRule, Redactor},
    source::Source,
    transport::Response,
};

/// The answer to a call of `operation` that got this response. `redactor` hides its secrets.
pub fn answer(operation: &'static Operation, source: &Source, response: &Response, redactor: &Redactor) -> Answer {
    let mut content = Content::of(operation, response, redactor);
    let status = response.status;
    let mut is_error = !is_success(status);
    let after = if response.tries > 1 { format!(" after {} tries", response.tries) } else { String::new() };
    let meaning = match error_words(source, status, &content) {
        Some((words, is_own)) => {
            if words.is_whole {
                content = Content::Told;
            }
            let words = redactor.redact_line(&words.text);
            // What this API says itself needs no explanation.
            let meaning = if is_own { None } else { meaning(operation, source, response, redactor) };
            Some(meaning.map_or_else(|| words.clone(), |meaning| format!("{words}; {meaning}")))
        }
        None => meaning(operation, source, response, redactor),
    };
    let mut headline = match (meaning, is_error) {
        (Some(meaning), _) => format!("{status}{after}: {meaning}"),
        (None, true) => format!("{status}{after}: {}", reason(status)),
        (None, false) => format!("{status} {}{after}", reason(status)),
    };
    match &content {
        Content::Empty if !is_error => headline.push_str(", empty body"),
        Content::BrokenJson { fault, .. } => {
            is_error = true;
            // Writing to a String does not fail.
            let _ = write!(headline, "; the body is broken JSON ({fault}), shown with what may be a secret replaced:");
        }
        Content::Html(_) => {
            is_error = true;
            let _ = write!(
                headline,
                "; the body is a web page, not the API's JSON. Does {} name the {} instance itself?",
                source.settings.base_url, source.dialect.api_name
            );
        }
        Content::Unreadable { what } => {
            is_error = true;
            let _ = write!(headline, "; the body is {} bytes {what}, and is not shown", response.body.len());
        }
        Content::Empty | Content::Told | Content::Json(_) | Content::Text(_) => {}
    }
    if let Content::BrokenJson { text, .. } | Content::Html(text) | Content::Text(text) = &mut content
        && text.lines().any(looks_like_a_headline)
    {
        *text = quoted(text);
        headline.push_str(match headline.chars().last() {
            Some(':') => "",
            Some('?' | '.') => " The body, quoted:",
            _ => "; the body, quoted:",
        });
    }
    Answer { status: Some(status), headline, body: content.into_body(), structured: None, is_error }
}

/// What a body turned out to be.
enum Content {
    Empty,
    /// Errors that the headline tells whole.
    Told,
    /// Compact.
    Json(String),
    BrokenJson {
        text: String,
        fault: String,
    },
    Html(String),
    Text(String),
    Unreadable {
        /// What the bytes are, after "bytes".
        what: &'static str,
    },
}

impl Content {
    fn of(operation: &'static Operation, response: &Response, redactor: &Redactor) -> Self {
        let media_type = response.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        let text = match text_of(&response.body, &media_type) {
            Ok(text) => text,
            Err(what) => return Self::Unreadable { what },
        };
        if text.trim().is_empty() {
            return Self::Empty;
        }
        let (schema, rule) = if is_success(response.status) {
            (operation.answer.as_ref(), NameRule::Always)
        } else {
            (operation.failure.as_ref(), NameRule::Anywhere)
        };
        if let Some(json) = redactor.redact_json(schema, rule, text) {
            return Self::Json(json);
        }
        let fault = serde_json::from_str::<IgnoredAny>(text).err().map(|fault| fault.to_string()).unwrap_or_default();
        let text = redactor.redact_text(text).into_owned();
        if media_type.contains("json") {
            Self::BrokenJson { text, fault }
        } else if media_type.contains("html") {
            Self::Html(text)
        } else {
            Self::Text(text)
        }
    }

    fn into_body(self) -> Body {
        match self {
            Self::Empty | Self::Told | Self::Unreadable { .. } => Body::Empty,
            Self::Json(text) => Body::Json(text),
            Self::BrokenJson { text, .. } | Self::Html(text) | Self::Text(text) => Body::Text(text),
        }
    }
}

/// The text that a body is, which is UTF-8 (RFC 8259, section 8.1), or what it is instead, after "bytes".
fn text_of<'b>(body: &'b [u8], content_type: &str) -> Result<&'b str, &'static str> {
    const UTF_16: &str = "in UTF-16 or UTF-32, which is not UTF-8";
    let text = match body {
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] => return Err(UTF_16),
        body => str::from_utf8(body).map_err(|_| "that are not UTF-8 text")?,
    };
    // A byte order mark means nothing in UTF-8, and is no JSON.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if !text.contains('\0') {
        return Ok(text);
    }
    // What a wide encoding makes of ASCII. JSON and text have no NUL.
    let is_wide = content_type.contains("utf-16") || content_type.contains("utf-32");
    let is_wide = is_wide || matches!(body, [0, ..] | [_, 0, ..]);
    Err(if is_wide { UTF_16 } else { "that are not text" })
}

/// Whether a line of a text could be taken for the first line of an answer: it begins with a status, or as what was not
/// sent does.
fn looks_like_a_headline(line: &str) -> bool {
    let line = line.trim_start();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let has_status = digits == 3 && !line.get(digits..).unwrap_or_default().starts_with(char::is_alphanumeric);
    has_status || ["Not sent", "Dry run", "No answer", "No connection"].iter().any(|start| line.starts_with(start))
}

/// Each line of a text after `> `.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + text.len() / 16);
    for line in text.lines() {
        quoted.push_str("> ");
        quoted.push_str(line);
        quoted.push('\n');
    }
    quoted.truncate(quoted.trim_end_matches('\n').len());
    quoted
}

/// The errors in the body of a failure, and whether they have the form that this API alone has.
fn error_words(source: &Source, status: u16, content: &Content) -> Option<(ErrorWords, bool)> {
    let Content::Json(body) = content else { return None };
    if is_success(status) {
        return None;
    }
    let body = serde_json::from_str::<Value>(body).ok()?;
    let own = (source.dialect.errors)(&body).map(|words| (words, true));
    own.or_else(|| errors::words(status, &body).map(|words| (words, false)))
}

/// What the status means for this call, where more can be said than its name.
fn meaning(operation: &'static Operation, source: &Source, response: &Response, redactor: &Redactor) -> Option<String> {
    let (dialect, status) = (source.dialect, response.status);
    let documented = operation.statuses.iter().find(|(known, _)| *known == status);
    if let Some((_, meaning)) = documented {
        return Some((*meaning).to_owned());
    }
    let text = match status {
        300..=399 => {
            let target = response.location.as_deref().map(|target| redactor.redact_line(target));
            let target = target.as_deref().unwrap_or("an address it does not name");
            let setting = source.settings.base_url;
            format!("redirected to {target}, which is not followed. Set {setting} to where the API answers.")
        }
        401 => (dialect.unauthorized)(operation),
        429 | 503 => {
            let wait = response.retry_after.as_deref().map(|wait| redactor.redact_line(wait));
            let wait = wait.map(|wait| format!(" (Retry-After: {wait})")).unwrap_or_default();
            let what = meaning_in(dialect.statuses, status).unwrap_or(reason(status));
            let note = if response.tries > 1 { "" } else { "nothing was retried, " };
            format!("{what}; {note}try again later{wait}.")
        }
        _ => return meaning_in(dialect.statuses, status).map(str::to_owned),
    };
    Some(text)
}

fn meaning_in(statuses: &[(u16, &'static str)], status: u16) -> Option<&'static str> {
    statuses.iter().find(|(known, _)| *known == status).map(|(_, meaning)| *meaning)
}

/// The name of a status.
pub fn reason(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("(no name)")
}
