//! The page about the sandbox names what there is.

use std::{collections::BTreeSet, fs};

use fusionauth_mcp::fusionauth::tools::DOCUMENT;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/sandbox.md");

/// The rows of the table below a heading, cell by cell.
fn table(heading: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string(PAGE).unwrap();
    let (_, section) = page.split_once(&format!("\n## {heading}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with('|')).skip(2);
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn every_family_of_operations_has_a_row_with_its_source() {
    let rows = table("Families of operations");
    let named: BTreeSet<_> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    let known: BTreeSet<_> = DOCUMENT.operations.iter().map(|operation| operation.area).collect();
    assert_eq!(named, known);
    assert_eq!(rows.len(), named.len(), "a family has two rows");
    for row in rows {
        assert!(!row[1].is_empty() && row[3].contains("](https://fusionauth.io/docs/"), "{row:?}");
    }
}

#[test]
fn every_rule_has_its_source() {
    let rows = table("Rules for everything");
    assert!(rows.len() > 10, "{}", rows.len());
    for row in rows {
        let has_source =
            row[2].contains("](https://") || row[2].contains("API page") || row[2].contains("OpenAPI document");
        assert!(row.len() == 3 && has_source, "{row:?}");
    }
}
