//! The npm launcher and packages, by their own tests: packed, installed into an empty folder, started through npx.

use std::{
    path::Path,
    process::{Command, Output},
};

use crate::support::client::BINARY;

fn node(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new("node").args(arguments).current_dir(root).output().unwrap()
}

fn texts(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn the_launcher_and_the_package_script_pass_their_tests() {
    let tests = ["npm/test/launcher.test.mjs", "npm/test/make-packages.test.mjs"];
    let output = node(&[&["--test", "--test-reporter=tap"], &tests[..]].concat());
    let text = texts(&output);
    assert!(output.status.success(), "{text}");
    // Elsewhere a fake binary cannot be a script.
    if cfg!(unix) {
        assert!(text.contains("# skipped 0"), "{text}");
    }
}

#[test]
fn the_packed_packages_start_through_npx_with_the_readmes_configuration() {
    let output = node(&["npm/test/packed.mjs", BINARY]);
    assert!(output.status.success(), "{}", texts(&output));
}
