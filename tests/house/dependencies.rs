//! The dependencies that a crate must not have.

use std::{collections::BTreeSet, process::Command};

use crate::files::root;

/// The names of all packages in the dependency tree of `package`, itself included, without build and dev dependencies.
fn dependencies(package: &str, features: &[&str]) -> BTreeSet<String> {
    // The cargo that built this test, without the network.
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "-p", package, "-e", "normal", "--prefix", "none", "--format", "{p}"])
        .args(features)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{package}: {}", String::from_utf8_lossy(&output.stderr));
    let tree = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<_> = tree.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    assert!(names.contains(package), "{package} is not in its own tree: {tree}");
    names
}

fn assert_depends_on_none_of(package: &str, features: &[&str], others: &[&str]) {
    let names = dependencies(package, features);
    let found: Vec<_> = others.iter().filter(|other| names.contains(**other)).collect();
    assert!(found.is_empty(), "{package} depends on {found:?}");
}

#[test]
fn a_tree_names_what_is_in_it() {
    let names = dependencies("fusionauth-mcp", &[]);
    for name in ["rmcp", "clap", "fusionauth-sandbox", "axum", "openapi-tools"] {
        assert!(names.contains(name), "{name} is not in {names:?}");
    }
    let names = dependencies("openapi-tools", &["--all-features"]);
    for name in ["quote", "syn", "prettyplease", "openapiv3"] {
        assert!(names.contains(name), "{name} is not in {names:?}");
    }
}

#[test]
fn the_gateway_knows_neither_mcp_nor_the_command_line_nor_the_sandbox() {
    assert_depends_on_none_of("gateway", &[], &["rmcp", "clap", "fusionauth-sandbox", "axum"]);
}

#[test]
fn access_knows_neither_mcp_nor_any_api() {
    let others = ["rmcp", "clap", "axum", "gateway", "openapi-tools", "fusionauth-sandbox"];
    assert_depends_on_none_of("access", &[], &others);
}

#[test]
fn tools_at_run_time_need_no_generator() {
    let generator = ["quote", "syn", "prettyplease", "openapiv3"];
    assert_depends_on_none_of("openapi-tools", &["--no-default-features"], &generator);
}
