//! The command `distil`, on the document that the program is built from.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "cli")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/fusionauth.json");

fn distil(published: &Path, out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_openapi-tools"))
        .arg("distil")
        .arg(published)
        .arg("--out")
        .arg(out)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap()
}

#[test]
fn the_same_document_changes_nothing_and_a_missing_operation_is_reported() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (published, out) = (folder.join("published.json"), folder.join("facts.json"));
    fs::copy(DOCUMENT, &published).unwrap();
    fs::copy(DOCUMENT, &out).unwrap();
    let same = distil(&published, &out);
    assert_eq!(text(&same.stdout), "nothing is new, changed or gone\n");
    assert_eq!(fs::read(&out).unwrap(), fs::read(DOCUMENT).unwrap(), "byte for byte");

    let mut document: Value = serde_json::from_str(&fs::read_to_string(DOCUMENT).unwrap()).unwrap();
    document["paths"]["/api/user/{userId}"].as_object_mut().unwrap().remove("get").unwrap();
    fs::write(&published, document.to_string()).unwrap();
    let less = distil(&published, &out);
    assert_eq!(text(&less.stdout), "gone     operation GET /api/user/{userId}\n0 new, 0 changed, 1 gone\n");
}

#[test]
fn a_broken_document_is_refused_and_nothing_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (published, out) = (folder.join("broken.json"), folder.join("untouched.json"));
    fs::write(
        &published,
        "{ \"openapi\": \"3.0.3\", \"info\": { \"title\": \"a\", \"version\": \"1\" }, \"paths\": 7 }",
    )
    .unwrap();
    fs::write(&out, "{}").unwrap();
    let refused = distil(&published, &out);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("broken.json: paths: "), "{}", text(&refused.stderr));
    assert_eq!(fs::read_to_string(&out).unwrap(), "{}");
}
