//! The page names what the provider cannot express, as the table of the export has it.

use std::{env, fmt::Write, fs};

use serde_json::Value;

/// What stands above the rows.
const HEAD: &str = "| resource | property | argument | why |\n|---|---|---|---|\n";

/// The page.
const PAGE: &str = "docs/export.md";

fn row(resource: &str, beyond: &Value) -> String {
    let why = match beyond["why"].as_str().unwrap_or("no_argument") {
        "computed" => "computed",
        "deprecated" => "deprecated",
        "fails" => "the provider fails",
        "never_sent" => "never sent",
        "new_only" => "only to copy another object",
        "no_argument" => "no argument",
        other => panic!("{other}"),
    };
    let kept = if beyond["kept"] == true { ", kept" } else { "" };
    let cell = |name: &str| beyond[name].as_str().map(|text| format!(" `{text}`")).unwrap_or_default();
    format!("| `{resource}` |{} |{} | {why}{kept} |\n", cell("path"), cell("argument"))
}

/// `UPDATE_DOCS=1` writes it.
#[test]
fn the_page_names_what_the_provider_cannot_express() {
    let mut table = HEAD.to_owned();
    for (type_name, resource) in super::terraform::provider().as_object().unwrap() {
        for beyond in resource["beyond"].as_array().into_iter().flatten() {
            write!(table, "{}", row(type_name.strip_prefix("fusionauth_").unwrap(), beyond)).unwrap();
        }
    }
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(HEAD).unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let fresh = format!("{before}{table}\n{after}");
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, fresh).unwrap();
    } else {
        assert_eq!(page, fresh, "UPDATE_DOCS=1 cargo test --test black_box provider_docs:: writes it");
    }
}
