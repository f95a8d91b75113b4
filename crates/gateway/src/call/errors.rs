//! The errors in a body, in words: the forms that many APIs share.

use serde_json::{Map, Value};

use crate::dialect::ErrorWords;

/// Properties that say what is wrong, in the order in which they are quoted: OAuth 2.0 (RFC 6749, section 5.2), problem
/// details (RFC 9457, section 3.1), and what else is common.
const MESSAGES: [&str; 6] = ["title", "message", "error_description", "detail", "errorMessage", "description"];

/// Properties that classify it. The last two say nothing by themselves: other objects have them too.
const CODES: [&str; 7] = ["error", "code", "error_code", "errorCode", "error_reason", "status", "type"];
const WEAK_CODES: [&str; 2] = ["status", "type"];

/// Properties that hold further errors.
const NESTED: [&str; 3] = ["error", "errors", "details"];

/// How deep errors are in errors. What is deeper is left out of the words.
const MAX_DEPTH: usize = 3;

/// The words of a body, where it has some.
pub fn words(status: u16, body: &Value) -> Option<ErrorWords> {
    let mut words = Words { status, is_whole: true, parts: Vec::new() };
    words.add(body, MAX_DEPTH);
    let text = words.parts.join("; ");
    (!text.is_empty()).then_some(ErrorWords { text, is_whole: words.is_whole })
}

struct Words {
    status: u16,
    is_whole: bool,
    parts: Vec<String>,
}

impl Words {
    fn add(&mut self, value: &Value, depth: usize) {
        match value {
            _ if is_empty(value) => {}
            Value::String(text) if depth < MAX_DEPTH => self.parts.push(text.trim().to_owned()),
            Value::Array(errors) if depth > 0 => errors.iter().for_each(|error| self.add(error, depth - 1)),
            Value::Object(error) if depth > 0 => self.add_object(error, depth),
            _ => self.is_whole = false,
        }
    }

    fn add_object(&mut self, error: &Map<String, Value>, depth: usize) {
        let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let mut messages: Vec<_> = MESSAGES.into_iter().filter_map(text).collect();
        messages.dedup();
        let mut codes = Vec::new();
        for name in CODES {
            match error.get(name) {
                Some(Value::String(code)) if !is_empty_type(name, code) => codes.push(code.trim().to_owned()),
                Some(Value::Number(code)) if code.as_u64() != Some(self.status.into()) => codes.push(code.to_string()),
                _ => {}
            }
        }
        let is_code = |name: &&str| error.get(*name).is_some_and(|code| code.is_string() || code.is_number());
        if messages.is_empty() && CODES.iter().filter(|name| is_code(name)).all(|name| WEAK_CODES.contains(name)) {
            codes.clear();
        }
        let is_alone = messages.is_empty();
        let mut part = messages.join(" ");
        for code in codes {
            if !part.is_empty() {
                part.push(' ');
            }
            // A code that is all there is needs no brackets, and some have their own.
            part.push_str(&if is_alone || code.starts_with('[') { code } else { format!("[{code}]") });
        }
        self.parts.extend(Some(part).filter(|part| !part.is_empty()));
        for (name, value) in error {
            let is_message = MESSAGES.contains(&name.as_str()) && value.is_string();
            let is_code = CODES.contains(&name.as_str()) && (value.is_string() || value.is_number());
            if is_message || is_code {
                continue;
            }
            if NESTED.contains(&name.as_str()) {
                self.add(value, depth - 1);
            } else {
                self.is_whole &= is_empty(value);
            }
        }
    }
}

/// Whether a value says nothing.
pub fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The type of a problem that has none (RFC 9457, section 4.2.1).
fn is_empty_type(name: &str, value: &str) -> bool {
    value.trim().is_empty() || name == "type" && value == "about:blank"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(body: Value) -> Option<(String, bool)> {
        words(400, &body).map(|words| (words.text, words.is_whole))
    }

    #[test]
    fn common_forms_are_told_whole() {
        for (body, expected) in [
            (json!({ "error": "invalid_grant" }), "invalid_grant"),
            (json!({ "error": "invalid_grant", "error_description": "Expired." }), "Expired. [invalid_grant]"),
            (json!({ "error": "a", "error_description": "B.", "error_reason": "c" }), "B. [a] [c]"),
            (json!({ "message": "Bad.", "data": null, "causes": [] }), "Bad."),
            (json!({ "type": "about:blank", "title": "Bad.", "status": 400, "detail": "Worse." }), "Bad. Worse."),
            (json!({ "title": "Bad.", "status": 422, "type": "https://a/b" }), "Bad. [422] [https://a/b]"),
            (json!({ "error": { "code": 400, "message": "Bad.", "status": "INVALID" } }), "Bad. [INVALID]"),
            (json!({ "errors": [{ "code": "a", "message": "B." }, "C."] }), "B. [a]; C."),
            (json!({ "error": ["One.", "Two."] }), "One.; Two."),
            (json!([{ "message": "One." }]), "One."),
        ] {
            assert_eq!(seen(body.clone()), Some((expected.to_owned(), true)), "{body}");
        }
    }

    #[test]
    fn what_words_leave_out_is_noticed() {
        for (body, expected) in [
            (json!({ "error": "a", "state": "x" }), "a"),
            (json!({ "message": "Bad.", "actions": [{ "name": "Lock" }] }), "Bad."),
            (json!({ "message": { "en": "Bad." }, "code": "a" }), "a"),
            (json!({ "errors": [{ "message": "B.", "line": 7 }] }), "B."),
            (json!({ "errors": [1, "C."] }), "C."),
            (json!({ "message": "Bad.", "code": true }), "Bad."),
        ] {
            assert_eq!(seen(body.clone()), Some((expected.to_owned(), false)), "{body}");
        }
        for body in [
            json!({ "status": "DOWN" }),
            json!({ "type": "OpenID", "status": 7 }),
            json!({ "error": null }),
            json!({}),
            json!("text"),
            json!(7),
            json!([]),
            json!({ "user": { "id": 1 } }),
            json!({ "message": " " }),
        ] {
            assert_eq!(seen(body.clone()), None, "{body}");
        }
        let deep = (0..50).fold(json!("deep"), |inner, _| json!({ "errors": [inner] }));
        assert_eq!(seen(deep), None);
    }
}
