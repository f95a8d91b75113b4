//! Keywords of JSON Schema that the model has no word for, checked by a validator of JSON Schema.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use jsonschema::Validator;
use serde_json::Value;

/// The longest keywords that a message shows, in bytes.
const MAX_SHOWN: usize = 200;

/// Validators by the text of their keywords; none where these are no schema.
type Validators = BTreeMap<&'static str, Option<Arc<Validator>>>;

/// The validators. The texts are those of documents, so there are as many as these have.
static VALIDATORS: LazyLock<RwLock<Validators>> = LazyLock::new(RwLock::default);

/// Why the value does not fit the keywords, which are the text of a JSON object. `None` where it does. Keywords that are no
/// schema refuse nothing.
pub fn fault(keywords: &'static str, value: &Value) -> Option<String> {
    let known = VALIDATORS.read().unwrap_or_else(PoisonError::into_inner).get(keywords).cloned();
    let validator = known.unwrap_or_else(|| {
        let made = serde_json::from_str(keywords).ok().and_then(|schema| jsonschema::validator_for(&schema).ok());
        let made = made.map(Arc::new);
        VALIDATORS.write().unwrap_or_else(PoisonError::into_inner).insert(keywords, made.clone());
        made
    })?;
    if validator.is_valid(value) {
        return None;
    }
    let shown = if keywords.len() <= MAX_SHOWN { keywords } else { "what the document requires" };
    Some(format!("does not match {shown}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_has_to_fit_the_keywords() {
        for (keywords, fitting, other) in [
            (r#"{"minimum":1,"maximum":5}"#, json!(5), json!(6)),
            (r#"{"pattern":"^a+$"}"#, json!("aa"), json!("b")),
            (r#"{"minItems":1}"#, json!([1]), json!([])),
            (r#"{"not":{"required":["a"]}}"#, json!({ "b": 1 }), json!({ "a": 1 })),
        ] {
            assert_eq!(fault(keywords, &fitting), None, "{keywords}");
            assert_eq!(fault(keywords, &other), Some(format!("does not match {keywords}")));
        }
    }

    #[test]
    fn keywords_that_are_no_schema_refuse_nothing() {
        for keywords in [r#"{"pattern":"("}"#, r#"{"minimum":"x"}"#, "[]", "{"] {
            assert_eq!(fault(keywords, &json!(1)), None, "{keywords}");
        }
    }
}
