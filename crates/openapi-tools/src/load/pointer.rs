//! JSON pointers (RFC 6901) as they stand in references, that is in URI fragments.

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What the pointer leads to. In a URI fragment its characters may be percent-encoded (RFC 6901, section 6).
pub fn find<'a>(document: &'a Value, pointer: &str) -> Option<&'a Value> {
    tokens(pointer).try_fold(document, |value, token| match value {
        Value::Object(entries) => entries.get(&token),
        Value::Array(items) => items.get(token.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The keys and indices that the pointer consists of.
pub fn tokens(pointer: &str) -> impl Iterator<Item = String> + '_ {
    let rest = pointer.strip_prefix('/').unwrap_or(pointer);
    let tokens = rest.split('/').filter(move |_| !rest.is_empty());
    tokens.map(|token| percent_decode_str(token).decode_utf8_lossy().replace("~1", "/").replace("~0", "~"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_finds_what_it_names() {
        let document = json!({ "a/b": { "~c": [1, { "d e": 2 }] }, "": 3, "100%": 4 });
        for (pointer, expected) in [
            ("/a~1b/~0c/0", Some(json!(1))),
            ("/a~1b/~0c/1/d%20e", Some(json!(2))),
            ("/a%7E1b/~0c/0", Some(json!(1))),
            ("/100%", Some(json!(4))),
            ("/100%25", Some(json!(4))),
            ("/a~1b/~0c/2", None),
            ("/a~1b/~0c/x", None),
            ("/nothing", None),
            ("", Some(document.clone())),
        ] {
            assert_eq!(find(&document, pointer).cloned(), expected, "{pointer}");
        }
    }
}
