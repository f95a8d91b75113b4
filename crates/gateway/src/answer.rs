//! What a model reads after a call: a first line it can act on, then the body.

use openapi_tools::describe::output_schema::RESULTS;
use serde_json::{Value, json};

use crate::{cut, redact::one_line, text::numerals::thousands};

/// The result of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The HTTP status, where there was a response.
    pub status: Option<u16>,
    /// The status and what it means, or why there is no response. One line, except where several faults are listed.
    pub headline: String,
    /// What follows.
    pub body: Body,
    /// The body as structured content, where the session offers that.
    pub structured: Option<Value>,
    /// Whether the call failed.
    pub is_error: bool,
}

/// What follows the first line of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// Compact JSON.
    Json(String),
    /// What a filter made of JSON: any number of JSON values, one a line.
    Filtered(String),
    /// Any other text.
    Text(String),
    /// Texts that a client shows or stores one by one, such as files.
    Blocks(Vec<String>),
}

/// Room for the note about what was cut, in tokens.
const NOTE_TOKENS: usize = 300;

impl Answer {
    /// A success without a status: a text that comes from this process.
    pub fn text(text: String) -> Self {
        Self { status: None, headline: text, body: Body::Empty, structured: None, is_error: false }
    }

    /// An answer that says no more than why there is no other.
    pub fn failure(headline: String) -> Self {
        Self { status: None, headline, body: Body::Empty, structured: None, is_error: true }
    }

    /// The JSON of the body, where it is JSON as the upstream sent it.
    pub fn json(&self) -> Option<&str> {
        match &self.body {
            Body::Json(text) => Some(text),
            Body::Empty | Body::Filtered(_) | Body::Text(_) | Body::Blocks(_) => None,
        }
    }

    /// The length of its texts in bytes.
    pub fn size(&self) -> usize {
        let body = match &self.body {
            Body::Empty => 0,
            Body::Json(text) | Body::Filtered(text) | Body::Text(text) => text.len(),
            Body::Blocks(blocks) => blocks.iter().map(String::len).sum(),
        };
        self.headline.len() + body
    }

    /// Whether the status says success.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(is_success)
    }

    /// The same with a headline that is one line without control characters, where the upstream answered: what a step put
    /// into it, such as the name of a property, may come from there.
    pub fn with_first_line(mut self) -> Self {
        if self.status.is_some() {
            self.headline = one_line(&self.headline);
        }
        self
    }

    /// The same with notes in its first line.
    pub fn with_notes(self, notes: &[String]) -> Self {
        if notes.is_empty() {
            return self;
        }
        let (headline, colon) = match self.headline.strip_suffix(':') {
            Some(headline) => (headline, ":"),
            None => (self.headline.as_str(), ""),
        };
        Self { headline: format!("{headline} ({}){colon}", notes.join("; ")), ..self }
    }

    /// The same with at most `max_tokens` (o200k) as text, cut where it has more. `setting` is what the operator calls
    /// that limit. Blocks stay as they are: what makes them keeps to the limit.
    pub fn cut_to(self, max_tokens: usize, setting: &str) -> Self {
        let (Body::Json(body) | Body::Filtered(body) | Body::Text(body)) = &self.body else {
            return self.headline_cut_to(max_tokens);
        };
        // A token has at least one byte.
        if self.headline.len() + body.len() < max_tokens {
            return self;
        }
        let room = max_tokens.saturating_sub(NOTE_TOKENS);
        if cut::text(&self.headline, room).is_some() {
            return self.headline_cut_to(max_tokens);
        }
        let room = room.saturating_sub(o200k::count(&self.headline));
        let cut = if let Body::Text(_) = self.body { cut::text(body, room) } else { cut::json(body, room) };
        let Some(cut) = cut else { return self };
        let headline = format!(
            "{}; cut to {} tokens ({setting}): {}. Ask for less: a jq filter, numberOfResults and startRow, or one object.",
            self.headline.trim_end_matches(':'),
            thousands(max_tokens),
            cut.left_out
        );
        let body = match self.body {
            Body::Json(_) => Body::Json(cut.text),
            Body::Filtered(_) => Body::Filtered(cut.text),
            _ => Body::Text(cut.text),
        };
        Self { headline, body, ..self }
    }

    fn headline_cut_to(self, max_tokens: usize) -> Self {
        if self.headline.len() < max_tokens {
            return self;
        }
        match cut::text(&self.headline, max_tokens.saturating_sub(NOTE_TOKENS)) {
            Some(cut) => {
                let headline = format!("{}… ({})", cut.text, cut.left_out);
                Self { headline, body: Body::Empty, is_error: true, structured: None, ..self }
            }
            None => self,
        }
    }

    /// The same with the body as structured content: the JSON object that it is, or what a filter made as a list; empty
    /// where there is neither. A failure has none.
    pub fn with_structured(self) -> Self {
        let structured = (!self.is_error).then(|| self.structured_body());
        Self { structured, ..self }
    }

    fn structured_body(&self) -> Value {
        let (json, is_filtered) = match &self.body {
            Body::Json(json) => (json.as_str(), false),
            Body::Filtered(json) => (json.as_str(), true),
            Body::Empty | Body::Text(_) | Body::Blocks(_) => ("", false),
        };
        let values = serde_json::Deserializer::from_str(json).into_iter();
        let mut values: Vec<Value> = values.map_while(Result::ok).collect();
        match values.pop() {
            Some(value @ Value::Object(_)) if values.is_empty() && !is_filtered => value,
            None if !is_filtered => json!({}),
            last => {
                values.extend(last);
                json!({ RESULTS: values })
            }
        }
    }

    /// The body as one text; empty where there is none.
    pub fn body_text(&self) -> String {
        match &self.body {
            Body::Empty => String::new(),
            Body::Json(text) | Body::Filtered(text) | Body::Text(text) => text.clone(),
            Body::Blocks(blocks) => blocks.join("\n"),
        }
    }

    /// The answer as content blocks: headline and body in one text, or each block by itself.
    pub fn into_blocks(self) -> Vec<String> {
        let mut first = self.headline;
        match self.body {
            Body::Json(text) | Body::Filtered(text) | Body::Text(text) if !text.is_empty() => {
                first.push('\n');
                first.push_str(&text);
                vec![first]
            }
            Body::Blocks(blocks) => {
                let headline = Some(first).filter(|first| !first.is_empty());
                headline.into_iter().chain(blocks).collect()
            }
            Body::Empty | Body::Json(_) | Body::Filtered(_) | Body::Text(_) => vec![first],
        }
    }
}

/// Whether an HTTP status says success (RFC 9110, section 15.3).
pub fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_stand_in_the_first_line() {
        let answer = |headline: &str| Answer::text(headline.to_owned());
        let notes = ["start sent as 0".to_owned(), "null removes a".to_owned()];
        assert_eq!(answer("200 OK").with_notes(&notes).headline, "200 OK (start sent as 0; null removes a)");
        assert_eq!(answer("500, as received:").with_notes(&notes[1..]).headline, "500, as received (null removes a):");
        assert_eq!(answer("200 OK").with_notes(&[]).headline, "200 OK");
    }
}
