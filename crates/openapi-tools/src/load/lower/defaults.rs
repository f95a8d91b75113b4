//! What holds where a value is left out or null, named in its description.

use serde_json::Value;

use super::leak::text;

/// The longest list or object that is shown, in characters of its JSON.
const MAX_JSON: usize = 60;

/// The description, which names the default where there is one: at its end, unless it does already.
pub(super) fn described(description: Option<&str>, default: Option<&Value>) -> Option<&'static str> {
    let description = description.map(str::trim).filter(|description| !description.is_empty());
    let value = default.and_then(value_text).filter(|value| !names(description.unwrap_or_default(), value));
    match (description, value) {
        (None, None) => None,
        (Some(description), None) => Some(text(description)),
        (None, Some(value)) => Some(text(&format!("Default {value}."))),
        (Some(description), Some(value)) => {
            let end = if description.ends_with(['.', '!', '?']) { "" } else { "." };
            Some(text(&format!("{description}{end} Default {value}.")))
        }
    }
}

/// The description of what null does not remove, which says so.
pub(super) fn not_null(description: Option<&'static str>) -> Option<&'static str> {
    const REFUSED: &str = "Null is refused.";
    match description {
        Some(known) if known.contains(REFUSED) => description,
        Some(known) => {
            let end = if known.ends_with(['.', '!', '?']) { "" } else { "." };
            Some(text(&format!("{known}{end} {REFUSED}")))
        }
        None => Some(REFUSED),
    }
}

/// A default in words; `None` where it means that there is no value.
fn value_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Array(items) if items.is_empty() => None,
        Value::Object(entries) if entries.is_empty() => None,
        Value::Array(_) | Value::Object(_) => Some(value.to_string()).filter(|json| json.chars().count() <= MAX_JSON),
    }
}

/// Whether a description speaks of a default and has the value as a word of its own.
fn names(description: &str, value: &str) -> bool {
    let (description, value) = (description.to_lowercase(), value.to_lowercase());
    let is_apart = |neighbour: Option<char>| !neighbour.is_some_and(|next| next.is_alphanumeric() || next == '_');
    description.contains("default")
        && description.match_indices(&value).any(|(at, found)| {
            let before = description.get(..at).and_then(|before| before.chars().next_back());
            let after = description.get(at + found.len()..).and_then(|after| after.chars().next());
            is_apart(before) && is_apart(after)
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_default_stands_at_the_end() {
        for (description, default, expected) in [
            (Some("Page size."), json!(25), Some("Page size. Default 25.")),
            (Some("Page size"), json!(25), Some("Page size. Default 25.")),
            (Some("Whether it is on."), json!(false), Some("Whether it is on. Default false.")),
            (Some("How."), json!("Fixed"), Some("How. Default Fixed.")),
            (Some("Which."), json!(["a", "b"]), Some("Which. Default [\"a\",\"b\"].")),
            (None, json!(0.5), Some("Default 0.5.")),
            (Some("Any."), json!(null), Some("Any.")),
            (Some("Any."), json!(""), Some("Any.")),
            (Some("Any."), json!([]), Some("Any.")),
            (None, json!({}), None),
        ] {
            assert_eq!(described(description, Some(&default)), expected, "{description:?} {default}");
        }
        assert_eq!(described(Some("Any."), None), Some("Any."));
    }

    #[test]
    fn what_null_does_not_remove_says_so() {
        assert_eq!(not_null(Some("Its name.")), Some("Its name. Null is refused."));
        assert_eq!(not_null(Some("Its name. Null is refused.")), Some("Its name. Null is refused."));
        assert_eq!(not_null(None), Some("Null is refused."));
    }

    #[test]
    fn a_description_that_names_it_stays() {
        for (description, default) in [
            ("Page size, default 25.", json!(25)),
            ("True (default) registers users.", json!(true)),
            ("Default 3600 in a tenant; in an application null: the tenant's.", json!(3600)),
        ] {
            assert_eq!(described(Some(description), Some(&default)), Some(description));
        }
        for (description, default) in [("Default form, 250 at most.", json!(25)), ("25 by choice.", json!(25))] {
            let expected = format!("{description} Default {default}.");
            assert_eq!(described(Some(description), Some(&default)), Some(expected.as_str()));
        }
    }
}
