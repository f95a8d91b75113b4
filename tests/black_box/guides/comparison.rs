//! The guide to comparisons: what it finds between two environments.

use std::fs;

use serde_json::json;

use super::walk::{READING, in_both_modes};
use crate::support::sandbox::{API_KEY, Sandbox};

#[test]
fn compare_environments() {
    let production = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("production.env");
    fs::write(&file, format!("API_BASE_URL={}\nAPI_KEY_APIKEYAUTH={API_KEY}\n", production.url())).unwrap();
    let application =
        json!({ "application": { "oauthConfiguration": { "logoutURL": "https://piedpiper.example/bye" } } });
    let arguments = json!({ "applicationId": "00000002-5eed-4000-8000-000000000001", "requestBody": application });
    let answer = production.client().call("patchApplicationWithId", arguments);
    assert!(!answer.is_error, "{}", answer.text);
    let named = format!("production={}", file.display());
    in_both_modes(&[READING[0], ("COMPARE_WITH", &named)], |walk, _| {
        let arguments = json!({ "other": "production", "application": "Pied Piper" });
        let blocks = walk.prompted("compare-environments", &arguments);
        let [compare] = blocks.as_slice() else { panic!("{} calls", blocks.len()) };
        let text = walk.make(compare).concat();
        walk.check_cost("compare-environments");
        let expected = "- application `Pied Piper` (00000002-5eed-4000-8000-000000000001)\n  - \
                        oauthConfiguration.logoutURL: \"https://app.piedpiper.example/logout\" → \"https://piedpiper.example/bye\"\n";
        assert!(text.starts_with("current and production differ.") && text.contains(expected), "{text}");
        assert!(text.contains("Not comparable:\n"), "{text}");
    });
}
