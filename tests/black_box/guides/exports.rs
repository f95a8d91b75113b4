//! The export guides: their parts, joined as the guide says, make the whole export.

use std::{collections::BTreeMap, fs};

use serde_json::{Value, json};

use super::walk::{READING, Walk, in_both_modes};
use crate::support::{client::command, sandbox::Sandbox};

/// With this an export comes in parts.
const SMALL: [(&str, &str); 1] = [("MAX_ANSWER_TOKENS", "3000")];

/// Carries a guide to an export out: the report, and the files with their parts joined.
fn exported(walk: &mut Walk, name: &str, arguments: &Value) -> (String, BTreeMap<String, String>) {
    let blocks = walk.prompted(name, arguments);
    let [first, next] = blocks.as_slice() else { panic!("{name}: {} calls", blocks.len()) };
    let mut texts = walk.make(first);
    let report = texts[0].clone();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    loop {
        for text in &texts {
            if let Some((head, content)) = text.strip_prefix("--- ").and_then(|rest| rest.split_once(" ---\n")) {
                let path = head.split(", from byte").next().unwrap();
                // One newline ends each part, and is not of the file.
                let content = content.strip_suffix('\n').unwrap();
                files.entry(path.to_owned()).or_default().push_str(content);
            }
        }
        let Some(cursor) = texts.last().unwrap().strip_prefix("More follows. nextCursor: ") else { break };
        walk.know("nextCursor", cursor);
        texts = walk.make(next);
    }
    (report, files)
}

#[test]
fn export_kickstart() {
    in_both_modes(&READING, |walk, _| {
        let (report, files) = exported(walk, "export-kickstart", &json!({ "application": "Pied Piper" }));
        walk.check_cost("export-kickstart");
        assert_eq!(files.keys().collect::<Vec<_>>(), ["kickstart.json"]);
        let kickstart = &files["kickstart.json"];
        let variables = kickstart.split("#{ENV.").skip(1).filter_map(|rest| rest.split_once('}'));
        let secrets: BTreeMap<_, _> =
            variables.map(|(name, _)| (name, format!("the-value-of-{name}-which-is-long"))).collect();
        assert!(secrets.len() > 5 && secrets.keys().all(|name| report.contains(&format!("- {name}: "))), "{report}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kickstart.json");
        fs::write(&path, kickstart).unwrap();
        let environment: Vec<_> = secrets.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let output = command(&environment)
            .arg(format!("--sandbox={}", path.display()))
            .args(["call", "retrieveApplication", "{\"jq\":\".applications[].name\"}"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "\"FusionAuth\"\n\"Tenant Manager\"\n\"Pied Piper\"\n");
    });
}

#[test]
fn export_terraform() {
    for purpose in ["adopt", "clone"] {
        in_both_modes(&READING, |walk, _| {
            let arguments = json!({ "application": "Pied Piper", "purpose": purpose });
            let (report, files) = exported(walk, "export-terraform", &arguments);
            if purpose == "adopt" {
                walk.check_cost("export-terraform");
            }
            assert!(report.starts_with("Terraform: "), "{report}");
            for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".tf")) {
                hcl::parse(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            }
            assert!(files["applications.tf"].contains("resource \"fusionauth_application\" \"pied_piper\""));
            // To clone, only what a new instance begins with is imported.
            let is_of_new = files["imports.tf"].matches("import {").count() == 1
                && files["imports.tf"].contains("id = var.default_tenant_id");
            assert_eq!(is_of_new, purpose == "clone", "{}", files["imports.tf"]);
        });
    }
}

#[test]
fn an_export_in_parts_is_the_same_when_they_are_joined() {
    let kickstart = ("export-kickstart", json!({ "application": "Pied Piper" }));
    let terraform = ("export-terraform", json!({ "application": "Pied Piper", "purpose": "clone" }));
    for (name, arguments) in [kickstart, terraform] {
        for mode in ["list", "search"] {
            let sandbox = Sandbox::start(&[]);
            let (_, whole) = exported(&mut Walk::on(&sandbox, mode, &[]), name, &arguments);
            let mut walk = Walk::on(&sandbox, mode, &SMALL);
            let (_, mut joined) = exported(&mut walk, name, &arguments);
            // What the first answer has no room for.
            joined.remove("report");
            assert!(walk.calls > 1, "{name}");
            assert_eq!(joined, whole, "{name}");
        }
    }
}
