//! The tool: offered where the operator named something to compare with, and then by names only.

use serde_json::json;

use super::{access, environment_file, text};
use crate::support::{client::Client, sandbox::Sandbox};

const TOOL: &str = "compareConfiguration";

fn tools(client: &mut Client) -> Vec<serde_json::Value> {
    client.request("tools/list", json!({}))["result"]["tools"].as_array().unwrap().clone()
}

#[test]
fn it_is_offered_only_where_there_is_something_to_compare_with() {
    let sandbox = Sandbox::start(&[]);
    let is_offered = |more: &[(&str, &str)]| {
        let mut client = sandbox.client_with(&[&access(&sandbox)[..], more].concat());
        let guides = client.request("prompts/list", json!({}));
        let has_guide = guides.to_string().contains("compare-environments");
        let has_tool = tools(&mut client).iter().any(|tool| tool["name"] == TOOL);
        assert_eq!(has_tool, has_guide, "the guide is offered with the tool");
        has_tool
    };
    assert!(!is_offered(&[]));
    let named = ("COMPARE_WITH", "production=/nowhere/production.env");
    assert!(is_offered(&[named]));
    assert!(is_offered(&[named, ("READ_ONLY", "true")]));
    assert!(!is_offered(&[named, ("USE_TOOLS", "all,-retrieveKeysWithId")]), "it reads keys");
    assert!(!is_offered(&[named, ("USE_TOOLS", "all,-compareConfiguration")]));
}

#[test]
fn it_compares_what_the_operator_named() {
    let sandbox = Sandbox::start(&[]);
    let production = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = environment_file(folder.path(), "production.env", &production);
    let named = format!("production={}", text(&file));
    let mut client = sandbox.client_with(&[&access(&sandbox)[..], &[("COMPARE_WITH", &named)]].concat());
    let tool = tools(&mut client).into_iter().find(|tool| tool["name"] == TOOL).unwrap();
    assert_eq!(tool["inputSchema"]["properties"]["b"]["enum"], json!(["current", "sandbox", "production"]));
    assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    assert!(!tool.to_string().contains("production.env"), "{tool}");
    let answer = client.call(TOOL, json!({ "b": "production" }));
    assert!(
        !answer.is_error && answer.text.starts_with("current and production do not differ. Compared: 65 objects."),
        "{}",
        answer.text
    );

    let tenant = json!({ "tenant": { "issuer": "hooli.test" } });
    let arguments = json!({ "tenantId": "00000001-5eed-4000-8000-000000000002", "requestBody": tenant });
    assert!(!production.client().call("patchTenantWithId", arguments).is_error);
    for arguments in [json!({ "a": "current", "b": "production" }), json!({ "b": "production", "tenant": "Hooli" })] {
        let answer = client.call(TOOL, arguments);
        let expected =
            "- tenant `Hooli` (00000001-5eed-4000-8000-000000000002)\n  - issuer: \"hooli.example\" → \"hooli.test\"\n";
        assert!(!answer.is_error && answer.text.contains(expected), "{}", answer.text);
    }
    let answer = client.call(TOOL, json!({ "b": "production", "application": "Pied Piper" }));
    assert!(answer.text.starts_with("current and production do not differ."), "{}", answer.text);
}

#[test]
fn no_path_comes_from_a_model() {
    let sandbox = Sandbox::start(&[]);
    let folder = tempfile::tempdir().unwrap();
    let file = environment_file(folder.path(), "production.env", &sandbox);
    let named = format!("production={}", text(&file));
    let mut client = sandbox.client_with(&[&access(&sandbox)[..], &[("COMPARE_WITH", &named)]].concat());
    for name in [text(&file), "production.env", "./production", "../production", "Production", "/etc/passwd", ""] {
        for argument in ["a", "b"] {
            let mut arguments = json!({ "a": "current", "b": "sandbox" });
            arguments[argument] = json!(name);
            let answer = client.call(TOOL, arguments);
            if (argument, name) == ("a", "") {
                continue;
            }
            assert!(answer.is_error, "{name}: {}", answer.text);
            let expected = format!("{argument}: expected one of the names that COMPARE_WITH gives");
            assert!(
                answer.text.contains(&expected) && answer.text.contains("current, sandbox, production"),
                "{}",
                answer.text
            );
        }
    }
    for (arguments, expected) in [
        (json!({ "b": "production", "path": "/etc/passwd" }), "path: unknown argument"),
        (json!({ "b": ["production"] }), "b: expected a text"),
        (json!({ "b": "production", "application": "a", "tenant": "b" }), "application, tenant: give one of them"),
        (
            json!({ "b": "production", "application": "Pied Pipe" }),
            "there is no application `Pied Pipe`; did you mean `Pied Piper`?",
        ),
    ] {
        let answer = client.call(TOOL, arguments);
        assert!(answer.is_error && answer.text.contains(expected), "{}", answer.text);
    }
}

#[test]
fn a_long_report_is_cut_between_lines() {
    let sandbox = Sandbox::start(&["--empty"]);
    let environment =
        [&access(&sandbox)[..], &[("COMPARE_WITH", "x=/nowhere"), ("MAX_ANSWER_TOKENS", "1000")]].concat();
    let mut client = sandbox.client_with(&environment);
    let answer = client.call(TOOL, json!({ "b": "sandbox" }));
    assert!(!answer.is_error, "{}", answer.text);
    assert!(
        answer.text.starts_with("current and sandbox differ. ") && answer.text.contains("\nOnly in sandbox:\n- "),
        "{}",
        answer.text
    );
    assert!(
        answer.text.trim_end().ends_with("more lines. Compare one application or one tenant at a time to see them."),
        "{}",
        answer.text
    );
    assert!(o200k::count(&answer.text) <= 1000, "{}", o200k::count(&answer.text));
}

#[test]
fn progress_of_both_sides_goes_on_and_on() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client_with(&[&access(&sandbox)[..], &[("COMPARE_WITH", "x=/nowhere")]].concat());
    let call = json!({ "name": TOOL, "arguments": { "b": "sandbox" }, "_meta": { "progressToken": "how far" } });
    let (progress, response) = client.observed(call);
    assert_eq!(response["result"]["isError"], false, "{response}");
    let numbers =
        |name: &str| -> Vec<f64> { progress.iter().map(|told| told["params"][name].as_f64().unwrap()).collect() };
    let (done, totals) = (numbers("progress"), numbers("total"));
    assert!(done.len() > 20 && done.is_sorted_by(|one, next| one < next), "{done:?}");
    assert!(totals.iter().all(|total| *total == totals[0]) && done.last() == totals.last(), "{done:?} {totals:?}");
}
