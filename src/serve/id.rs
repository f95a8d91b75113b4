//! The id of a request, as the client wrote it.

use std::{
    fmt,
    hash::{Hash, Hasher},
    sync::Arc,
};

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// The longest id, in bytes of JSON, that is answered under.
pub const MAX_ID_BYTES: usize = 1 << 10;

/// The JSON text of a request's id: a string or a number of any size (JSON-RPC 2.0, section 4). It is never converted, so
/// that an answer bears exactly the id of its request.
#[derive(Debug, Clone)]
pub struct ClientId(Arc<RawValue>);

impl ClientId {
    /// The id with that JSON text; `None` where it is neither a string nor a number, or longer than [`MAX_ID_BYTES`].
    pub fn from_json(text: &str) -> Option<Self> {
        let text = text.trim_ascii();
        let is_scalar = matches!(text.as_bytes().first(), Some(b'"' | b'-' | b'0'..=b'9'));
        if !is_scalar || text.len() > MAX_ID_BYTES {
            return None;
        }
        RawValue::from_string(text.to_owned()).ok().map(|raw| Self(raw.into()))
    }
}

impl PartialEq for ClientId {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for ClientId {}

impl Hash for ClientId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.get().hash(state);
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.get())
    }
}

impl Serialize for ClientId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_text() {
        for text in ["7", "-1", "1.50", "1e400", "123456789012345678901234567890", r#""a""#, r#""\ud800""#] {
            let id = ClientId::from_json(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(serde_json::to_string(&id).unwrap(), text);
        }
    }

    #[test]
    fn what_is_no_id() {
        for text in ["", "null", "true", "{}", "[1]", "1 2", r#""a"#, &"1".repeat(MAX_ID_BYTES + 1)] {
            assert!(ClientId::from_json(text).is_none(), "{text}");
        }
    }
}
