//! What never reaches the model: values that the document marks secret, what has the shape of a secret, our own
//! credentials.
//!
//! JSON is rewritten as text, in one pass: numbers, the order of keys and everything else that is not secret stay as
//! they came, and white space goes.

use openapi_tools::model::{
    document::Document,
    operation::Operation,
    schema::{Kind, Schema},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// What stands in the place of a secret.
pub const REDACTED: &str = "(secret: shown where the server runs with REVEAL_SECRETS=true)";

/// A token shorter than this, in characters, may be any word.
const SHORTEST_TOKEN: usize = 20;

/// Replaces secrets in answers.
pub struct Redactor {
    document: &'static Document,
    is_revealing: bool,
    own: Vec<SecretString>,
}

impl Redactor {
    /// `is_revealing` shows secrets. The process's `own` credentials are hidden all the same.
    pub fn new(document: &'static Document, is_revealing: bool, own: Vec<SecretString>) -> Self {
        Self { document, is_revealing, own }
    }

    /// Valid JSON that `operation` answered with, without white space and without secrets. `is_success` says whether
    /// it has the form that the document gives.
    pub fn redact_json(&self, operation: &Operation, is_success: bool, json: &str) -> String {
        let schema = if is_success { operation.answer } else { operation.failure };
        let out = String::with_capacity(json.len());
        let mut rewriter = Rewriter { redactor: self, is_success, source: json, at: 0, out };
        rewriter.rewrite(schema);
        rewriter.out
    }

    /// Text that is not JSON, without what has the shape of a secret.
    pub fn redact_text(&self, text: &str) -> String {
        self.redacted(text).unwrap_or_else(|| text.to_owned())
    }

    /// The text with secrets replaced, where it has some.
    fn redacted(&self, text: &str) -> Option<String> {
        let mut changed: Option<String> = None;
        for own in &self.own {
            let current = changed.as_deref().unwrap_or(text);
            if current.contains(own.expose_secret()) {
                changed = Some(current.replace(own.expose_secret(), REDACTED));
            }
        }
        if self.is_revealing {
            return changed;
        }
        for shape in [private_key, after_bearer, json_web_token, url_password] {
            let mut from = 0;
            loop {
                let current = changed.as_deref().unwrap_or(text);
                let Some((start, end)) = shape(current, from) else { break };
                let (before, after) =
                    (current.get(..start).unwrap_or_default(), current.get(end..).unwrap_or_default());
                from = start + REDACTED.len();
                changed = Some(format!("{before}{REDACTED}{after}"));
            }
        }
        changed
    }
}

/// A private key in PEM (RFC 7468), from `from` on: where it begins and ends.
fn private_key(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let start = from + text.get(from..)?.find("-----BEGIN ")?;
        let rest = text.get(start..)?;
        let label_end =
            rest.find("PRIVATE KEY-----").filter(|end| !rest.get(11..*end).is_none_or(|label| label.contains("--")));
        let Some(label_end) = label_end else {
            from = start + 1;
            continue;
        };
        // A key that is cut short is a key.
        let end = rest.get(label_end + 16..).and_then(|body| {
            let marker = body.find("-----END ")?;
            let close = body.get(marker + 9..)?.find("-----")?;
            Some(label_end + 16 + marker + 9 + close + 5)
        });
        return Some((start, start + end.unwrap_or(rest.len())));
    }
}

/// What follows `Bearer ` (RFC 6750, section 2.1), where it is long enough for a token.
fn after_bearer(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let start = from + text.get(from..)?.find("Bearer ")? + "Bearer ".len();
        let length =
            token_length(text.get(start..)?, |byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte));
        if length >= SHORTEST_TOKEN {
            return Some((start, start + length));
        }
        from = start;
    }
}

/// A JSON Web Token in its compact form (RFC 7519, section 3; its header begins with `{"`).
fn json_web_token(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let start = from + text.get(from..)?.find("eyJ")?;
        let rest = text.get(start..)?;
        let length = token_length(rest, |byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        let token = rest.get(..length)?;
        if length >= SHORTEST_TOKEN && token.split('.').count() >= 3 {
            return Some((start, start + length));
        }
        from = start + length.max(1);
    }
}

/// The password in a URL (RFC 3986, section 3.2.1): `https://name:password@host`.
fn url_password(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let start = from + text.get(from..)?.find("://")? + "://".len();
        let rest = text.get(start..)?;
        let is_end = |byte: u8| byte <= b' ' || b"/?#\"'<>\\`|{}".contains(&byte);
        let authority = rest.get(..token_length(rest, |byte| !is_end(byte)))?;
        let parts = authority.rsplit_once('@').and_then(|(user, _)| user.split_once(':'));
        match parts {
            Some((name, password)) if !password.is_empty() => {
                let start = start + name.len() + 1;
                return Some((start, start + password.len()));
            }
            _ => from = start,
        }
    }
}

fn token_length(text: &str, is_part: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| is_part(*byte)).count()
}

/// An object or array that is open.
#[derive(Clone, Copy)]
struct Frame {
    /// What it is, where the document says; no reference.
    schema: Option<Schema>,
    /// Whether all inside is secret.
    is_secret: bool,
}

/// What is known of the next value.
#[derive(Clone, Copy, Default)]
struct Next {
    schema: Option<Schema>,
    is_secret: bool,
}

/// Walks valid JSON with a stack of its own, since the nesting is the sender's choice.
struct Rewriter<'a> {
    redactor: &'a Redactor,
    is_success: bool,
    source: &'a str,
    at: usize,
    out: String,
}

impl Rewriter<'_> {
    fn rewrite(&mut self, root: Option<Schema>) {
        let mut stack: Vec<Frame> = Vec::new();
        let mut next = self.value_of(root, false);
        while let Some(byte) = self.byte() {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'{' | b'[' => {
                    self.copy(1);
                    stack.push(Frame { schema: next.schema, is_secret: next.is_secret });
                    next = self.item(stack.last());
                }
                b'}' | b']' => {
                    self.copy(1);
                    stack.pop();
                    next = self.item(stack.last());
                }
                b',' | b':' => self.copy(1),
                b'"' => {
                    let length = self.string_length();
                    if self.is_key(length) {
                        let raw = self.source.get(self.at..self.at + length).unwrap_or_default();
                        let key = unquoted(raw);
                        next = self.property(stack.last(), &key);
                        let raw = self
                            .redactor
                            .redacted(&key)
                            .map_or_else(|| raw.to_owned(), |key| Value::from(key).to_string());
                        self.out.push_str(&raw);
                        self.at += length;
                    } else {
                        self.string(length, next.is_secret);
                        next = self.item(stack.last());
                    }
                }
                _ => {
                    let is_end = |byte: u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
                    let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
                    let length = rest.iter().position(|byte| is_end(*byte)).unwrap_or(rest.len());
                    let is_number = byte == b'-' || byte.is_ascii_digit();
                    if next.is_secret && is_number && !self.redactor.is_revealing {
                        self.out.push_str(&Value::from(REDACTED).to_string());
                        self.at += length;
                    } else {
                        self.copy(length);
                    }
                    next = self.item(stack.last());
                }
            }
        }
    }

    fn byte(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    fn copy(&mut self, length: usize) {
        self.out.push_str(self.source.get(self.at..self.at + length).unwrap_or_default());
        self.at += length;
    }

    /// The length of the string that begins here, quotes included.
    fn string_length(&self) -> usize {
        let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
        let mut is_escaped = false;
        let end = rest.iter().skip(1).position(|byte| {
            let ends = *byte == b'"' && !is_escaped;
            is_escaped = *byte == b'\\' && !is_escaped;
            ends
        });
        end.map_or(rest.len(), |end| end + 2)
    }

    fn is_key(&self, length: usize) -> bool {
        let rest = self.source.as_bytes().get(self.at + length..).unwrap_or_default();
        rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }

    fn string(&mut self, length: usize, is_secret: bool) {
        let raw = self.source.get(self.at..self.at + length).unwrap_or_default();
        let text = unquoted(raw);
        if is_secret && !text.is_empty() && !self.redactor.is_revealing {
            self.out.push_str(&Value::from(REDACTED).to_string());
        } else {
            match self.redactor.redacted(&text) {
                Some(redacted) => self.out.push_str(&Value::from(redacted).to_string()),
                None => self.out.push_str(raw),
            }
        }
        self.at += length;
    }

    /// What the next item of an array is.
    fn item(&self, frame: Option<&Frame>) -> Next {
        let Some(frame) = frame else { return Next::default() };
        let items = match frame.schema.map(|schema| schema.kind) {
            Some(Kind::Array { items, .. }) => Some(*items),
            _ => None,
        };
        self.value_of(items, frame.is_secret)
    }

    /// What the value of a key is.
    fn property(&self, frame: Option<&Frame>, key: &str) -> Next {
        let Some(frame) = frame else { return Next::default() };
        let known = frame.schema.and_then(|schema| self.property_schema(schema, key));
        // By its name where the document does not know the place. In a failure, a name that is secret anywhere will do:
        // what it holds besides FusionAuth's errors is nobody's data.
        let named = self.redactor.document.secret_name(key);
        let is_named = known.is_none() && named.is_some_and(|name| name.always || !self.is_success);
        self.value_of(known, frame.is_secret || is_named)
    }

    fn property_schema(&self, schema: Schema, key: &str) -> Option<Schema> {
        match schema.kind {
            Kind::Object { properties } => {
                properties.iter().find(|property| property.name == key).map(|property| property.schema)
            }
            // Keys of a map are data, but for a map of anything.
            Kind::Map { values } if values.kind != Kind::Any => Some(*values),
            // The discriminator may come last; a secret of any kind is one.
            Kind::OneOf { variants, .. } => {
                let schemas = variants.iter().filter_map(|variant| self.redactor.document.schema(variant.reference));
                let found: Vec<_> = schemas.filter_map(|schema| self.property_schema(*schema, key)).collect();
                found.iter().find(|schema| schema.secret).or(found.first()).copied()
            }
            _ => None,
        }
    }

    /// The schema without references, and whether it or the way to it is secret.
    fn value_of(&self, schema: Option<Schema>, is_secret: bool) -> Next {
        let mut next = Next { schema, is_secret };
        while let Some(schema) = next.schema {
            next.is_secret |= schema.secret;
            let Kind::Reference(name) = schema.kind else { break };
            next.schema = self.redactor.document.schema(name).copied();
        }
        next
    }
}

/// The text of a JSON string.
fn unquoted(raw: &str) -> std::borrow::Cow<'_, str> {
    let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
    if inner.contains('\\') {
        serde_json::from_str::<String>(raw).map_or(inner.into(), Into::into)
    } else {
        inner.into()
    }
}
