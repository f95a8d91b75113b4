//! The filters of `compare/filters.txt` make of `compare/answer.json` what jq 1.7.1 makes of it, as `compare/jq-1.7.1.jsonl`
//! has it. `.ci/jq-compare` checks that file against jq itself, and writes it anew with `--write`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{fs, path::Path, sync::atomic::AtomicBool};

use jq::evaluation::{Bounds, Fault, evaluate};
use serde_json::Value;

fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compare").join(name)).unwrap()
}

/// What the filter made, and whether it failed then.
fn made(filter: &str, json: &str) -> (String, bool) {
    let bounds = Bounds { interrupt: &AtomicBool::new(false), max_output: 1 << 20 };
    match evaluate(filter, json, &bounds, || ()) {
        Ok(results) => (results.text, false),
        Err(Fault::Failed { results, .. }) => (results.text, true),
        Err(fault) => (format!("{fault:?}"), true),
    }
}

#[test]
fn filters_make_what_jq_makes() {
    let (answer, recorded) = (file("answer.json"), file("jq-1.7.1.jsonl"));
    let filters = file("filters.txt");
    let filters: Vec<_> = filters.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let recorded: Vec<Value> = recorded.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let known: Vec<_> = recorded.iter().map(|record| record["filter"].as_str().unwrap()).collect();
    assert_eq!(filters, known, "run .ci/jq-compare --write");
    assert!(filters.len() >= 200, "{}", filters.len());
    let mut different = Vec::new();
    for record in &recorded {
        let filter = record["filter"].as_str().unwrap();
        let expected = (record["results"].as_str().unwrap().to_owned(), record["failed"].as_bool().unwrap());
        let found = made(filter, &answer);
        if found != expected {
            different.push(format!("{filter}\n  jq:  {expected:?}\n  own: {found:?}"));
        }
    }
    assert!(different.is_empty(), "{} of {} differ:\n{}", different.len(), filters.len(), different.join("\n"));
}
