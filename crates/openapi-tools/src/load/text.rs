//! Texts of documents as values: JSON, or YAML 1.2 as far as documents use it.

use serde_json::Value;
use serde_saphyr::{DuplicateKeyPolicy, options};

use super::fault::Fault;

/// The most values in a YAML text. The largest published documents have a third of that.
const MAX_YAML_NODES: usize = 4_000_000;

/// The most bytes of scalars in a YAML text.
const MAX_YAML_BYTES: usize = 256 << 20;

/// The deepest nesting.
const MAX_DEPTH: usize = 100;

/// The value of a text, which is JSON where it begins with a bracket, and else YAML. Words such as `no` and `on` are texts
/// (YAML 1.2, "Core Schema").
///
/// # Errors
/// Where the text is neither.
pub fn parse(text: &str) -> Result<Value, Fault> {
    let text = text.trim_start_matches('\u{feff}');
    let fault = |message: String| Fault::new("(document)", message);
    if text.trim_start().starts_with(['{', '[']) {
        match serde_json::from_str(text) {
            Ok(value) => return Ok(value),
            // A YAML text may begin so, too.
            Err(error) => {
                return yaml(text).map_err(|_| fault(format!("not JSON: {error}")));
            }
        }
    }
    yaml(text).map_err(|message| fault(format!("not YAML: {message}")))
}

fn yaml(text: &str) -> Result<Value, String> {
    let options = options! {
        budget: serde_saphyr::budget! {
            max_nodes: MAX_YAML_NODES,
            max_events: 2 * MAX_YAML_NODES,
            max_total_scalar_bytes: MAX_YAML_BYTES,
            max_depth: MAX_DEPTH,
        },
        strict_booleans: true,
        duplicate_keys: DuplicateKeyPolicy::Error,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_texts_and_keys_are_texts() {
        let value = parse("required: [x, y, no, on, off]\n200: ok\nis: true\ndate: 2026-01-02\n").unwrap();
        let expected =
            json!({ "required": ["x", "y", "no", "on", "off"], "200": "ok", "is": true, "date": "2026-01-02" });
        assert_eq!(value, expected);
    }

    #[test]
    fn both_forms_are_read() {
        assert_eq!(parse("\u{feff}{\"a\": 1}"), Ok(json!({ "a": 1 })));
        assert_eq!(parse("{a: 1}"), Ok(json!({ "a": 1 })));
        assert_eq!(parse("a:\n  - b"), Ok(json!({ "a": ["b"] })));
    }

    #[test]
    fn what_is_neither_is_named() {
        assert!(parse("{\"a\": ").unwrap_err().message.starts_with("not JSON: "));
        assert!(parse("a: [").unwrap_err().message.starts_with("not YAML: "));
        assert!(parse("a: 1\na: 2").unwrap_err().message.starts_with("not YAML: "));
        let bomb =
            (0..12).map(|level| format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 9].join(",")));
        let bomb = format!("a-1: &a-1 x\n{}", bomb.collect::<String>());
        assert!(parse(&bomb).is_err());
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"a:\n ".repeat(100_000)).is_err());
    }
}
