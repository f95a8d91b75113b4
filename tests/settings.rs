//! The table of settings is the one source: help and documentation are made from it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::{collections::BTreeSet, env, fs, process::Command};

use fusionauth_mcp::config::{
    server_settings::SERVER_SETTINGS,
    settings::{API_KEY, BASE_URL, Flag, SETTINGS, Setting, ValueKind, markdown},
};
use serde_json::{Value, json};

/// The table on each page is the one that its settings make. `UPDATE_DOCS=1` writes it.
#[test]
fn the_pages_of_settings_are_fresh() {
    for (page, settings) in [("configuration", &SETTINGS as &[_]), ("serve", &SERVER_SETTINGS)] {
        check_page(&format!("{}/docs/{page}.md", env!("CARGO_MANIFEST_DIR")), &markdown(settings));
    }
}

fn check_page(path: &str, table: &str) {
    let page = fs::read_to_string(path).unwrap();
    let start = page.find("| variable |").unwrap();
    let end = start + page[start..].find("\n\n").unwrap() + 1;
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(path, format!("{}{table}{}", &page[..start], &page[end..])).unwrap();
    } else {
        assert_eq!(&page[start..end], table, "UPDATE_DOCS=1 cargo test --test settings writes it");
    }
}

const REGISTRY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/npm/server.json");

/// A setting as the MCP registry describes a variable (server.json, "environmentVariables"); `None` for what has no variable
/// of its own, and for the proxies, which a client's whole environment has.
fn registry_entry(setting: &Setting) -> Option<String> {
    let name = setting.variable?;
    if setting.flag == Flag::None && setting.value != ValueKind::Secret {
        return None;
    }
    let mut pairs = vec![("name", json!(name)), ("description", json!(setting.help))];
    // Nothing works without these.
    if [BASE_URL.name, API_KEY.name].contains(&setting.name) {
        pairs.push(("isRequired", json!(true)));
    }
    match setting.value {
        ValueKind::Secret => pairs.push(("isSecret", json!(true))),
        ValueKind::Bool => pairs.push(("format", json!("boolean"))),
        ValueKind::Number { .. } => pairs.push(("format", json!("number"))),
        ValueKind::Path => pairs.push(("format", json!("filepath"))),
        ValueKind::Choice(words) => pairs.push(("choices", json!(words))),
        _ => {}
    }
    pairs.extend(setting.default.map(|default| ("default", json!(default))));
    let lines: Vec<_> = pairs.iter().map(|(key, value)| format!("          \"{key}\": {value}")).collect();
    Some(format!("        {{\n{}\n        }}", lines.join(",\n")))
}

/// The registry's entry has every variable, as the table of settings has it. `UPDATE_DOCS=1` writes it.
#[test]
fn the_registry_knows_every_variable() {
    let text = fs::read_to_string(REGISTRY).unwrap();
    let entries: Vec<_> = SETTINGS.iter().filter_map(|setting| registry_entry(setting)).collect();
    let start = text.find("\"environmentVariables\": [\n").unwrap() + "\"environmentVariables\": [\n".len();
    let end = start + text[start..].find("\n      ]").unwrap();
    let fresh = format!("{}{}{}", &text[..start], entries.join(",\n"), &text[end..]);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(REGISTRY, &fresh).unwrap();
    } else {
        assert_eq!(text, fresh, "UPDATE_DOCS=1 cargo test --test settings writes it");
    }
    let parsed: Value = serde_json::from_str(&fresh).unwrap();
    assert_eq!(parsed["packages"][0]["environmentVariables"].as_array().unwrap().len(), entries.len());
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
