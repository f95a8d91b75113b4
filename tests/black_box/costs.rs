//! What a list costs a model: the budgets, and the README's table of them.

use std::{env, fs};

use serde_json::{Value, json};

use crate::support::client::{Client, command};

fn printed(environment: &[(&str, &str)], arguments: &[&str]) -> String {
    let output = command(environment).arg("tools").args(arguments).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Tokens of each tool as a client sees it in a list, by the reference implementation.
fn listed(environment: &[(&str, &str)]) -> Vec<usize> {
    let list = Client::connect(environment).request("tools/list", json!({}));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let tools = list["result"]["tools"].as_array().unwrap().clone();
    let tokens = |tool: Value| {
        let text = format!("{}\n{}\n{}", text(&tool["name"]), text(&tool["description"]), tool["inputSchema"]);
        tiktoken_rs::o200k_base_singleton().encode_ordinary(&text).len()
    };
    tools.into_iter().map(tokens).collect()
}

#[test]
fn lists_stay_within_their_budgets() {
    for (environment, budget) in
        [(&[][..], 36_000), (&[("USE_TOOLS", "retrieve,search")], 10_000), (&[("TOOL_MODE", "search")], 500)]
    {
        let tokens = listed(environment);
        let total: usize = tokens.iter().sum();
        assert!(total <= budget, "{environment:?}: {total} tokens, budget {budget}");
        assert!(tokens.iter().all(|tokens| *tokens <= 1_200), "{environment:?}: {:?}", tokens.iter().max());
        let said: usize =
            printed(environment, &["--tokens"]).split(' ').next().unwrap().replace(',', "").parse().unwrap();
        assert!(said.abs_diff(total) * 50 <= total, "`tools --tokens` says {said}, it is {total}");
    }
}

/// Of what the tools cost that change something.
#[test]
fn filters_of_changes_cost_little() {
    let list = Client::connect(&[]).request("tools/list", json!({}));
    let tokens = |tool: &Value| o200k::count(&tool["inputSchema"].to_string());
    let mut cost = 0;
    let mut count = 0;
    for tool in list["result"]["tools"].as_array().unwrap() {
        let mut without = tool.clone();
        let properties = without["inputSchema"]["properties"].as_object_mut().unwrap();
        if tool["annotations"]["readOnlyHint"] == false && properties.remove("jq").is_some() {
            cost += tokens(tool) - tokens(&without);
            count += 1;
        }
    }
    assert!(count > 100 && cost < 1_000, "{count} tools, {cost} tokens");
}

/// `UPDATE_DOCS=1` writes the table.
#[test]
fn the_readme_tells_what_lists_cost() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let readme = fs::read_to_string(page).unwrap();
    let table = printed(&[], &["--tokens", "--format", "markdown"]);
    let start = readme.find("| setting | tools | tokens |").unwrap();
    let end = start + readme[start..].find("\n\n").unwrap() + 1;
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(page, format!("{}{table}{}", &readme[..start], &readme[end..])).unwrap();
    } else {
        assert_eq!(readme[start..end], table, "UPDATE_DOCS=1 writes it");
    }
}

#[test]
fn costs_are_told_by_bucket_and_area() {
    let table = printed(&[("USE_TOOLS", "retrieve,search")], &["--tokens"]);
    for line in ["bucket ", "retrieve ", "area ", "identity-provider ", "heaviest ", "retrieveUser "] {
        assert!(table.lines().any(|found| found.starts_with(line)), "{line}: {table}");
    }
    let output = command(&[]).args(["tools", "--tokens", "--format", "json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}
