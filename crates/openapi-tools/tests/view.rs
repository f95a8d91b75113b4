//! A hidden parameter is hidden everywhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use common::{fusionauth, sample};
use openapi_tools::{
    describe::{
        input_schema::{Detail, input_schema},
        output_schema::output_schema,
        signature::signature,
        view::View,
    },
    model::document::Document,
};

const TENANT: &str = "X_FusionAuth_TenantId";

const DETAILS: [Detail; 2] = [Detail::Compact, Detail::Full];

/// What a model reads of the arguments: both input schemas and the signature.
fn descriptions(view: View<'_>) -> [String; 3] {
    let schema = |detail| serde_json::Value::Object(input_schema(view, detail)).to_string();
    [schema(Detail::Compact), schema(Detail::Full), signature(view, 0)]
}

fn names(view: View<'_>) -> Vec<&'static str> {
    view.parameters().map(|parameter| parameter.name).collect()
}

/// The arguments that each description has, sorted.
fn arguments(view: View<'_>) -> Vec<Vec<String>> {
    let signature = signature(view, 0);
    let block = signature.lines().skip(1).take_while(|line| *line != "}");
    let mut in_signature: Vec<_> =
        block.map(|line| line.trim_start().split(": ").next().unwrap().trim_end_matches('?').to_owned()).collect();
    in_signature.sort();
    let mut all = vec![in_signature];
    for detail in DETAILS {
        let schema = input_schema(view, detail);
        let properties = schema["properties"].as_object().unwrap();
        for required in schema.get("required").and_then(|names| names.as_array()).into_iter().flatten() {
            assert!(properties.contains_key(required.as_str().unwrap()), "{required} is required and not there");
        }
        let mut names: Vec<_> = properties.keys().cloned().collect();
        names.sort();
        all.push(names);
    }
    all
}

fn view<'a>(document: &'a Document, name: &str) -> View<'a> {
    View::new(document, document.operation(name).unwrap())
}

#[test]
fn a_hidden_parameter_is_in_neither_schema_nor_signature() {
    let document = fusionauth();
    for operation in document.operations {
        let whole = View::new(&document, operation);
        for parameter in operation.parameters {
            let view = whole.hiding(Some(parameter.name));
            assert_eq!(view.parameter(parameter.name), None, "{}", operation.name);
            assert_eq!(whole.parameter(parameter.name), Some(parameter), "{}", operation.name);
            let mut expected = arguments(whole);
            for names in &mut expected {
                let index = names.iter().position(|name| name == parameter.name).unwrap();
                names.remove(index);
            }
            assert_eq!(arguments(view), expected, "{}", operation.name);
            for detail in DETAILS {
                assert_eq!(output_schema(view, detail), output_schema(whole, detail), "{}", operation.name);
            }
        }
    }
}

#[test]
fn a_required_parameter_can_be_hidden() {
    let document = sample();
    let view = view(&document, "retrieveUserWithId").hiding(Some("userId"));
    let [compact, full, signature] = descriptions(view);
    for text in [&compact, &full, &signature] {
        assert!(!text.contains("userId"), "{text}");
        assert!(text.contains(TENANT), "{text}");
    }
    assert!(!full.contains("required"), "{full}");
}

#[test]
fn what_is_not_there_hides_nothing() {
    let document = sample();
    let whole = view(&document, "retrieveUser");
    for hidden in [None, Some(""), Some(TENANT), Some("loginIdType")] {
        assert_eq!(names(whole.hiding(hidden)), ["limit", "loginIdTypes"], "{hidden:?}");
        assert_eq!(descriptions(whole.hiding(hidden)), descriptions(whole), "{hidden:?}");
    }
    // The body is no parameter.
    let search = view(&document, "searchUsers");
    assert_eq!(descriptions(search.hiding(Some("requestBody"))), descriptions(search));
}
