//! The table of settings is the one source: help and documentation are made from it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{collections::BTreeSet, env, fs, process::Command};

use fusionauth_mcp::config::settings::{SETTINGS, markdown};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");

/// The table on the page is the one that the settings make. `UPDATE_DOCS=1` writes it.
#[test]
fn the_page_of_settings_is_fresh() {
    let page = fs::read_to_string(PAGE).unwrap();
    let start = page.find("| variable |").unwrap();
    let end = start + page[start..].find("\n\n").unwrap() + 1;
    let table = markdown();
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(PAGE, format!("{}{table}{}", &page[..start], &page[end..])).unwrap();
    } else {
        assert_eq!(page[start..end], table, "UPDATE_DOCS=1 cargo test --test settings writes it");
    }
}

#[test]
fn help_names_every_flag_and_variable() {
    let output = Command::new(env!("CARGO_BIN_EXE_fusionauth-mcp")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for setting in SETTINGS {
        if let Some(flag) = setting.flag_name() {
            assert!(help.contains(&format!("--{flag}")), "--{flag}: {help}");
            for variable in setting.variable.iter().chain(setting.other_variables) {
                assert!(help.contains(variable), "{variable}: {help}");
            }
        }
    }
}

#[test]
fn names_and_variables_are_used_once() {
    let names: BTreeSet<_> = SETTINGS.iter().map(|setting| setting.name).collect();
    assert_eq!(names.len(), SETTINGS.len());
    // Other names of variables may stand for several settings, as ALL_PROXY does.
    let variables: Vec<_> = SETTINGS.iter().filter_map(|setting| setting.variable).collect();
    assert_eq!(variables.iter().collect::<BTreeSet<_>>().len(), variables.len());
}
