//! What is seen of a message without parsing it: its id, how deep it is, how many values it has.
//!
//! A message that cannot be parsed still has an id that its sender waits for, and a message that is too large has to be
//! refused before it is parsed. The scan takes bytes as they come, in chunks of any size, and needs the same memory for
//! all of them.

use super::id::{ClientId, MAX_ID_BYTES};

/// Where in the text the scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Place {
    #[default]
    Outside,
    InString,
    AfterBackslash,
}

/// What of the outermost object is kept at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Keeping {
    #[default]
    Nothing,
    Key,
    Id,
}

/// A scan of one message.
#[derive(Debug, Default)]
pub struct Scan {
    place: Place,
    keeping: Keeping,
    kept: Vec<u8>,
    depth: usize,
    is_object: bool,
    /// In the outermost object, before the colon.
    is_before_colon: bool,
    id: Option<ClientId>,
    has_method: bool,
    max_depth: usize,
    values: usize,
}

impl Scan {
    /// The scan of a whole text.
    pub fn of(text: &[u8]) -> Self {
        let mut scan = Self::default();
        scan.feed(text);
        scan
    }

    /// The id of the message, where it is an object with one.
    pub fn id(&self) -> Option<ClientId> {
        self.id.clone()
    }

    /// Whether it is a whole object with a method and no id, which nothing is to be answered to. In one that is not whole
    /// there may have been an id.
    pub fn is_notification(&self) -> bool {
        let is_whole = self.depth == 0 && self.place == Place::Outside;
        is_whole && self.has_method && self.id.is_none()
    }

    /// How deep arrays and objects are nested.
    pub fn max_depth(&self) -> usize {
        self.max_depth
    }

    /// The number of values in it, at most a few more than there are.
    pub fn values(&self) -> usize {
        self.values
    }

    /// Scans on.
    pub fn feed(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while let Some((&byte, after)) = rest.split_first() {
            rest = match self.place {
                Place::Outside => {
                    self.outside(byte);
                    after
                }
                Place::AfterBackslash => {
                    self.keep(&[byte]);
                    self.place = Place::InString;
                    after
                }
                Place::InString => self.in_string(rest),
            };
        }
    }

    /// Takes what belongs to a string, and returns the rest.
    fn in_string<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let end = bytes.iter().position(|byte| matches!(byte, b'"' | b'\\'));
        let (inside, rest) = end.and_then(|end| bytes.split_at_checked(end)).unwrap_or((bytes, &[]));
        self.keep(inside);
        let Some((&byte, after)) = rest.split_first() else { return rest };
        self.keep(&[byte]);
        self.place = if byte == b'"' { Place::Outside } else { Place::AfterBackslash };
        after
    }

    fn outside(&mut self, byte: u8) {
        let is_top = self.depth == 1 && self.is_object;
        match byte {
            b'"' => {
                if is_top && self.is_before_colon {
                    self.kept.clear();
                    self.keeping = Keeping::Key;
                }
                self.keep(b"\"");
                self.place = Place::InString;
            }
            b':' if is_top && self.is_before_colon => {
                self.is_before_colon = false;
                self.keeping = match self.kept.as_slice() {
                    br#""id""# if self.id.is_none() => Keeping::Id,
                    _ => Keeping::Nothing,
                };
                self.has_method |= self.kept == br#""method""#;
                self.kept.clear();
            }
            b'{' | b'[' => {
                if self.depth == 0 {
                    self.is_object = byte == b'{';
                    self.is_before_colon = true;
                }
                self.keep(&[byte]);
                self.values += 1;
                self.depth += 1;
                self.max_depth = self.max_depth.max(self.depth);
            }
            b'}' | b']' => {
                if is_top {
                    self.take_id();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            b',' => {
                self.values += 1;
                if is_top {
                    self.take_id();
                    self.is_before_colon = true;
                }
            }
            _ if self.keeping == Keeping::Id => self.keep(&[byte]),
            _ => {}
        }
    }

    /// Keeps bytes where they are part of what is kept. What is longer than an id may be is cut, and then is no id.
    fn keep(&mut self, bytes: &[u8]) {
        if self.keeping != Keeping::Nothing {
            let room = (MAX_ID_BYTES + 1).saturating_sub(self.kept.len());
            self.kept.extend(bytes.iter().take(room));
        }
    }

    fn take_id(&mut self) {
        if self.keeping == Keeping::Id {
            self.id = std::str::from_utf8(&self.kept).ok().and_then(ClientId::from_json);
        }
        self.keeping = Keeping::Nothing;
        self.kept.clear();
    }
}

/// Replaces the escapes of halves of surrogate pairs by U+FFFD, as JavaScript's `TextDecoder` would: `JSON.stringify` emits
/// them for strings that were cut within a character, and UTF-8 has no form for them. The text keeps its length.
pub fn replace_lone_surrogates(text: &mut [u8]) {
    let mut index = 0;
    // A backslash is only in strings, and escapes what follows it.
    while let Some(offset) = text.get(index..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        let start = index + offset;
        index = match escaped_unit(text, start) {
            Some(0xD800..=0xDBFF) if matches!(escaped_unit(text, start + 6), Some(0xDC00..=0xDFFF)) => start + 12,
            Some(0xD800..=0xDFFF) => {
                if let Some(escape) = text.get_mut(start..start + 6) {
                    escape.copy_from_slice(br"\ufffd");
                }
                start + 6
            }
            Some(_) => start + 6,
            None => start + 2,
        };
    }
}

/// The UTF-16 code unit of an escape `\uXXXX` at that place.
fn escaped_unit(text: &[u8], start: usize) -> Option<u16> {
    let digits = text.get(start..start + 6)?.strip_prefix(br"\u")?;
    let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
    std::str::from_utf8(digits).ok().filter(|_| is_hex).and_then(|digits| u16::from_str_radix(digits, 16).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(text: &[u8]) -> Option<String> {
        Scan::of(text).id().map(|id| id.to_string())
    }

    #[test]
    fn the_id_is_found_where_nothing_can_be_parsed() {
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        for (text, expected) in [
            (r#"{"jsonrpc":"2.0","id":7,"method":"x","params":{"id":8,"a":1e400}}"#.to_owned(), Some("7")),
            (format!(r#"{{"params":{deep},"id" : "a\"b" }}"#), Some(r#""a\"b""#)),
            (
                r#"{"id":123456789012345678901234567890,"method":"ping"}"#.to_owned(),
                Some("123456789012345678901234567890"),
            ),
            (r#"{"id":5,"method":"ping""#.to_owned(), Some("5")),
            (r#"{"id":5"#.to_owned(), None),
            (r#"{"a":"\"id\":3,","method":"x"}"#.to_owned(), None),
            (r#"{"a":{"id":3}}"#.to_owned(), None),
            (r#"[{"id":3}]"#.to_owned(), None),
            (r#"{"id":{"id":3},"id2":4}"#.to_owned(), None),
            (r#"{"id":null}"#.to_owned(), None),
            (r#"{"id":1,"id":2}"#.to_owned(), Some("1")),
        ] {
            assert_eq!(id(text.as_bytes()).as_deref(), expected, "{text}");
        }
        assert_eq!(id(b"{\"a\":\"\xFF\",\"id\":3}").as_deref(), Some("3"));
    }

    #[test]
    fn depth_and_values_are_counted() {
        let scan = Scan::of(br#"{"a":[1,2,[3]],"b":"[[[,,,"}"#);
        assert_eq!((scan.max_depth(), scan.values()), (3, 6));
        assert!(Scan::of(br#"{"method":"x"}"#).is_notification());
        for text in [r#"{"method":"x","id":1}"#, r#"{"method":"x""#, r#"{"method":"x","params":{"a":{},"id":1}"#] {
            assert!(!Scan::of(text.as_bytes()).is_notification(), "{text}");
        }
    }

    fn replaced(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        replace_lone_surrogates(&mut bytes);
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn halves_of_pairs_are_replaced_and_pairs_are_not() {
        assert_eq!(replaced(r#""\ud83d\ude00 \uD83D \ude00 é""#), r#""\ud83d\ude00 \ufffd \ufffd é""#);
        assert_eq!(replaced(r#""\ud83d\ud83d\ude00""#), r#""\ufffd\ud83d\ude00""#);
        assert_eq!(replaced(r#""\\ud83d \u00e9 \n""#), r#""\\ud83d \u00e9 \n""#);
        assert_eq!(replaced(r#""\ud83"#), r#""\ud83"#);
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(text in any::<Vec<u8>>(), cut in any::<prop::sample::Index>()) {
            let mut parts = Scan::default();
            let (left, right) = text.split_at(cut.index(text.len() + 1));
            parts.feed(left);
            parts.feed(right);
            prop_assert_eq!(format!("{:?}", parts), format!("{:?}", Scan::of(&text)));
        }

        #[test]
        fn ids_of_real_messages_are_found(id in any::<i64>(), name in ".*") {
            let text = serde_json::json!({ "id": id, "method": name, "params": { "id": name } }).to_string();
            prop_assert_eq!(Scan::of(text.as_bytes()).id().map(|id| id.to_string()), Some(id.to_string()));
        }
    }
}
