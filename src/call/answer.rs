//! What a model reads after a call: a first line it can act on, then the body.

use std::fmt::Write;

use openapi_tools::{
    operation::{Credential, Operation},
    output_schema::RESULTS,
};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::{arguments::ArgumentFault, cut};
use crate::{
    config::variable,
    filter,
    numerals::thousands,
    secrets::Secrets,
    upstream::{Failure, Response},
};

/// The result of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One line: the status and what it means, or why there is none.
    pub headline: String,
    /// The body: compact JSON, or text as it came; empty where there is none.
    pub body: String,
    /// Whether the body is JSON; after a filter, any number of values, one a line.
    pub is_json: bool,
    /// Whether the body is what a filter made.
    pub is_filtered: bool,
    /// Whether the call failed.
    pub is_error: bool,
}

/// Tokens for what is said of a body that was cut.
const NOTE_TOKENS: usize = 300;

impl Answer {
    /// The arguments were refused, so nothing was sent.
    pub fn refused(operation: &Operation, faults: &[ArgumentFault]) -> Self {
        let count = if faults.len() == 1 { "1 argument" } else { &format!("{} arguments", faults.len()) };
        let mut headline = format!("Not sent: {count} of {} cannot be right.", operation.name);
        for fault in faults {
            // Writing to a String does not fail.
            let _ = write!(headline, "\n- {fault}");
        }
        Self::failure(headline)
    }

    /// There is no response.
    pub fn failed(failure: &Failure) -> Self {
        Self::failure(failure.to_string())
    }

    /// The upstream's response.
    pub fn received(operation: &Operation, response: Response, secrets: &Secrets) -> Self {
        let content = Content::of(operation, &response, secrets);
        let status = response.status;
        let mut is_error = !is_success(status);
        let mut headline = match (meaning(operation, &response, &content), is_error) {
            (Some(meaning), _) => format!("{status}: {meaning}"),
            (None, true) => format!("{status}: {}", reason(status)),
            (None, false) => format!("{status} {}", reason(status)),
        };
        match &content {
            Content::Empty if !is_error => headline.push_str(", empty body"),
            Content::BrokenJson { fault, .. } => {
                is_error = true;
                let _ = write!(headline, "; the body is broken JSON ({fault}), as received:");
            }
            Content::Html(_) => {
                is_error = true;
                let _ = write!(
                    headline,
                    "; the body is a web page, not the API's JSON. Does {} name the FusionAuth instance itself?",
                    variable::BASE_URL
                );
            }
            Content::Binary { bytes } => {
                let _ = write!(headline, "; the body is {bytes} bytes that are not text, not shown");
            }
            Content::Empty | Content::Json(_) | Content::Text(_) => {}
        }
        let is_json = matches!(content, Content::Json(_));
        Self { headline, body: content.into_text(), is_json, is_filtered: false, is_error }
    }

    /// An answer that says no more than why there is no other.
    pub fn failure(headline: String) -> Self {
        Self { headline, body: String::new(), is_json: false, is_filtered: false, is_error: true }
    }

    /// What a jq filter makes of it. A failure stays as it is, and so does what is not JSON.
    pub async fn filtered(self, filter: &str) -> Self {
        if self.is_error {
            return self;
        }
        if !self.is_json {
            let headline = format!("{}; jq was not applied, since the body is not JSON", self.headline);
            return Self { headline, ..self };
        }
        match filter::apply(filter, &self.body).await {
            Ok(results) if results.is_empty() => {
                let headline = format!("{}; jq made no result", self.headline);
                Self { headline, body: results, is_filtered: true, ..self }
            }
            Ok(results) => Self { body: results, is_filtered: true, ..self },
            Err(fault) => Self::failure(format!("{}, but the jq filter failed: {fault}.", self.headline)),
        }
    }

    /// The same with at most `most_tokens` (o200k) as text, cut where it has more.
    pub fn cut_to(self, most_tokens: usize) -> Self {
        // A token has at least one byte.
        if self.headline.len() + self.body.len() < most_tokens {
            return self;
        }
        let room = most_tokens.saturating_sub(NOTE_TOKENS);
        if let Some(cut) = cut::text(&self.headline, room) {
            return Self::failure(format!("{}… ({})", cut.text, cut.left_out));
        }
        let room = room.saturating_sub(o200k::count(&self.headline));
        let cut = if self.is_json { cut::json(&self.body, room) } else { cut::text(&self.body, room) };
        let Some(cut) = cut else { return self };
        let headline = format!(
            "{}; cut to {} tokens ({}): {}. Ask for less: a jq filter, numberOfResults and startRow, or one object.",
            self.headline.trim_end_matches(':'),
            thousands(most_tokens),
            variable::MAX_ANSWER_TOKENS,
            cut.left_out
        );
        Self { headline, body: cut.text, ..self }
    }

    /// The body as an object: the JSON object that it is, or what a filter made as a list; empty where there is neither.
    pub fn structured(&self) -> Value {
        let values = serde_json::Deserializer::from_str(if self.is_json { &self.body } else { "" }).into_iter();
        let mut values: Vec<Value> = values.map_while(Result::ok).collect();
        match values.pop() {
            Some(value @ Value::Object(_)) if values.is_empty() && !self.is_filtered => value,
            None if !self.is_filtered => json!({}),
            last => {
                values.extend(last);
                json!({ RESULTS: values })
            }
        }
    }

    /// Headline and body in one text.
    pub fn into_text(self) -> String {
        let mut text = self.headline;
        if !self.body.is_empty() {
            text.push('\n');
            text.push_str(&self.body);
        }
        text
    }
}

/// What a body turned out to be.
enum Content {
    Empty,
    /// Compact.
    Json(String),
    BrokenJson {
        text: String,
        fault: String,
    },
    Html(String),
    Text(String),
    Binary {
        bytes: usize,
    },
}

impl Content {
    fn of(operation: &Operation, response: &Response, secrets: &Secrets) -> Self {
        let Ok(text) = str::from_utf8(&response.body) else { return Self::Binary { bytes: response.body.len() } };
        // A byte order mark says nothing in UTF-8, and is no JSON.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.trim().is_empty() {
            return Self::Empty;
        }
        let fault = match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => return Self::Json(secrets.redact_json(operation, is_success(response.status), text)),
            Err(fault) => fault.to_string(),
        };
        let text = secrets.redact_text(text);
        let media_type = response.content_type.as_deref().unwrap_or_default().to_ascii_lowercase();
        if media_type.contains("json") {
            Self::BrokenJson { text, fault }
        } else if media_type.contains("html") {
            Self::Html(text)
        } else {
            Self::Text(text)
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Empty | Self::Binary { .. } => String::new(),
            Self::Json(text) | Self::BrokenJson { text, .. } | Self::Html(text) | Self::Text(text) => text,
        }
    }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

/// What the status means for this call, where more can be said than its name; as FusionAuth documents it.
fn meaning(operation: &Operation, response: &Response, content: &Content) -> Option<String> {
    if let Content::Json(body) = content
        && !is_success(response.status)
        && let Some(errors) = errors_of(body)
    {
        return Some(errors);
    }
    if let Some((_, meaning)) = operation.statuses.iter().find(|(status, _)| *status == response.status) {
        return Some((*meaning).to_owned());
    }
    let call = || format!("{} {}", operation.method.as_str(), operation.path_template());
    let text = match response.status {
        300..=399 => {
            let target = response.location.as_deref().unwrap_or("an address it does not name");
            format!(
                "redirected to {target}, which is not followed. Set {} to where the API answers.",
                variable::BASE_URL
            )
        }
        401 => match operation.credential {
            Credential::ApiKey | Credential::ApiKeyIfAny => format!(
                "the API key ({}) is wrong, or may not do {}, or belongs to another tenant. A new key may take a \
                 minute to work.",
                variable::API_KEY,
                call()
            ),
            Credential::Bearer => format!("the token ({}) is wrong or has expired.", variable::BEARER_TOKEN),
            Credential::None => "not authorized.".to_owned(),
        },
        404 => "there is no such object, or it belongs to another tenant.".to_owned(),
        409 => "prevented, for a login by a user action.".to_owned(),
        410 => "the user has expired.".to_owned(),
        421 => "the two-factor code is wrong.".to_owned(),
        423 => "the user is locked.".to_owned(),
        429 | 503 => {
            let wait =
                response.retry_after.as_deref().map(|wait| format!(" (Retry-After: {wait})")).unwrap_or_default();
            let what = if response.status == 429 { "too many requests" } else { "busy, or the search index is down" };
            format!("{what}; nothing was retried, try again later{wait}.")
        }
        500 => "FusionAuth failed at this request; its event log or system log says more.".to_owned(),
        504 => "a transactional webhook failed, so the change was not made.".to_owned(),
        512 => "a lambda failed; the event log says more.".to_owned(),
        _ => return None,
    };
    Some(text)
}

/// FusionAuth's `Errors` (`fieldErrors`, `generalErrors`) or OAuth's `error_description`, in one line.
fn errors_of(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    let describe = |error: &Value| {
        let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let (message, code) = (text("message"), text("code"));
        match (message.is_empty(), code.is_empty()) {
            (false, false) => format!("{message} {code}"),
            (false, true) => message,
            (true, _) => code,
        }
    };
    let list = |errors: &Value| errors.as_array().into_iter().flatten().map(describe).collect::<Vec<_>>().join(" ");
    let fields = body.get("fieldErrors").and_then(Value::as_object).into_iter().flatten();
    let mut lines: Vec<_> = fields.map(|(field, errors)| format!("{field}: {}", list(errors))).collect();
    lines.extend(body.get("generalErrors").map(list).filter(|line| !line.is_empty()));
    if lines.is_empty() {
        let text = |key: &str| body.get(key).and_then(Value::as_str);
        lines.extend(text("error_description").or_else(|| text("error")).map(str::to_owned));
    }
    (!lines.is_empty()).then(|| lines.join("; "))
}

fn reason(status: u16) -> &'static str {
    reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or("(no name)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_become_one_line() {
        let body = r#"{"fieldErrors":{"user.email":[{"code":"[duplicate]user.email","message":"Taken."}]},
            "generalErrors":[{"code":"[TenantIdRequired]","message":"Which tenant?"}]}"#;
        let line = "user.email: Taken. [duplicate]user.email; Which tenant? [TenantIdRequired]";
        assert_eq!(errors_of(body).as_deref(), Some(line));
        let oauth = r#"{"error":"invalid_grant","error_description":"The code has expired."}"#;
        assert_eq!(errors_of(oauth).as_deref(), Some("The code has expired."));
        assert_eq!(errors_of("{}"), None);
    }
}
