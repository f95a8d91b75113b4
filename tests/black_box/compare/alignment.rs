//! Instances that are the same do not differ, whatever their ids.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{access, compared, environment_file, not_comparable, run, snapshot, stderr, text};
use crate::support::sandbox::Sandbox;

/// The id of an object that another instance installed.
const OTHER_ID: &str = "0d0a1c52-1b0c-4c3a-9b0a-00000000abcd";
const PIED_PIPER: &str = "00000002-5eed-4000-8000-000000000001";

fn export(environment: &[(&str, &str)], out: &Path, more: &[&str]) {
    let output = run(environment, &[&["export", "kickstart", "--force", "--out", text(out)], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
}

/// Asserts that nothing differs, in both directions, and that nothing is said not to be comparable but what cannot be.
fn assert_same(environment: &[(&str, &str)], a: &str, b: &str, more: &[&str]) -> Vec<String> {
    let mut remarks = Vec::new();
    for sides in [[a, b], [b, a]] {
        let result = compared(environment, &[&sides, more].concat());
        assert_eq!(result["same"], true, "{result:#}");
        remarks = not_comparable(&result);
        for remark in &remarks {
            let is_known = [
                "a secret that is set on both sides",
                "it comes with the material of the key",
                "the API ",
                "it is outside of what was asked for",
                "each instance has its own times",
                "the other side has ",
                "one is the copy that a Kickstart makes",
            ];
            assert!(is_known.iter().any(|known| remark.contains(known)), "{remark}");
        }
    }
    remarks
}

#[test]
fn an_instance_differs_neither_from_itself_nor_from_its_export_nor_from_what_that_makes() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let [kickstart, saved] = ["kickstart.json", "saved.json"].map(|name| folder.path().join(name));
    export(&environment, &kickstart, &[]);
    snapshot(&environment, &saved, &[]);
    let file = fs::read_to_string(&kickstart).unwrap();
    let variables = file.split("#{ENV.").skip(1).map(|rest| rest.split_once('}').unwrap().0);
    let secrets: Vec<_> = variables.map(|name| (name, format!("the-value-of-{name}-which-is-long"))).collect();
    let secrets: Vec<_> = secrets.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let fresh = Sandbox::with_environment(&["--load", text(&kickstart)], &secrets);
    let access_to_fresh = environment_file(folder.path(), "fresh.env", &fresh);
    assert_same(&environment, "current", "current", &[]);
    assert_same(&environment, "current", "sandbox", &[]);
    assert_same(&environment, "current", text(&saved), &[]);
    assert_same(&environment, text(&saved), text(&saved), &[]);
    let remarks = assert_same(&environment, "current", text(&kickstart), &[]);
    assert!(
        remarks.iter().any(|remark| remark.starts_with("key `Devices`") && remark.contains("publicKey")),
        "{remarks:?}"
    );
    assert_same(&environment, "current", text(&access_to_fresh), &[]);
    for part in [["--application", "Pied Piper"], ["--tenant", "Hooli"]] {
        assert_same(&environment, "current", text(&kickstart), &part);
        export(&environment, &kickstart, &part);
        assert_same(&environment, "current", text(&kickstart), &part);
        export(&environment, &kickstart, &[]);
    }
}

#[test]
fn objects_of_other_ids_are_found_by_their_names() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let kickstart = folder.path().join("kickstart.json");
    export(&environment, &kickstart, &[]);
    let other = fs::read_to_string(&kickstart).unwrap();
    let other = other
        .replace("-5eed-4000-", "-0123-4000-")
        .replace("30663132-6464-6665-3032-326466613934", "30663132-0123-6665-3032-326466613934");
    fs::write(&kickstart, other).unwrap();
    let remarks = assert_same(&environment, "current", text(&kickstart), &[]);
    for object in ["application `Pied Piper`", "tenant `Hooli`", "form field `Team`", "webhook `https://events"] {
        let is_told = |remark: &String| remark.starts_with(object) && remark.contains("its id: the other side has ");
        assert!(remarks.iter().any(is_told), "{object}: {remarks:#?}");
    }
    assert_same(&environment, "current", text(&kickstart), &["--application", "pied piper"]);
    // An id is known to one side, which knows the name.
    assert_same(&environment, "current", text(&kickstart), &["--application", PIED_PIPER]);

    let file = fs::read_to_string(&kickstart).unwrap().replace("\"Join Pied Piper\"", "\"Join us\"");
    fs::write(&kickstart, file).unwrap();
    let result = compared(&environment, &["current", text(&kickstart)]);
    assert_eq!(
        result["onlyInA"],
        json!([{ "kind": "form", "name": "Join Pied Piper", "id": "00000009-5eed-4000-8000-000000000001" }])
    );
    assert_eq!(
        result["onlyInB"],
        json!([{ "kind": "form", "name": "Join us", "id": "00000009-0123-4000-8000-000000000001" }])
    );
}

#[test]
fn copies_of_what_is_installed_stand_for_it() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let mut client = sandbox.client();
    let answer = client.call("retrieveMessageTemplate", json!({}));
    let body: Value = serde_json::from_str(answer.text.split_once('\n').unwrap().1).unwrap();
    let templates = body["messageTemplates"].as_array().unwrap().iter();
    let installed = templates.clone().find(|template| template["name"] == "Default Two Factor Request").unwrap();
    let tenant = json!({ "tenant": { "multiFactorConfiguration": { "sms": { "templateId": installed["id"] } } } });
    let arguments = json!({ "tenantId": "30663132-6464-6665-3032-326466613934", "requestBody": tenant });
    assert!(!client.call("patchTenantWithId", arguments).is_error);
    let folder = tempfile::tempdir().unwrap();
    let [kickstart, saved] = ["kickstart.json", "saved.json"].map(|name| folder.path().join(name));
    export(&environment, &kickstart, &[]);
    snapshot(&environment, &saved, &[]);
    assert!(fs::read_to_string(&kickstart).unwrap().contains("Default Two Factor Request (copy)"));
    // Each instance installs it under an id of its own.
    for file in [&kickstart, &saved] {
        let text = fs::read_to_string(file).unwrap().replace(installed["id"].as_str().unwrap(), OTHER_ID);
        fs::write(file, text).unwrap();
    }
    let remarks = assert_same(&environment, text(&saved), text(&kickstart), &[]);
    let is_told = |remark: &String| remark.contains("is the copy that a Kickstart makes");
    assert!(remarks.iter().any(is_told), "{remarks:#?}");
}

#[test]
fn what_every_instance_has_is_the_same_whatever_its_id() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("saved.json");
    snapshot(&environment, &saved, &[]);
    let mut text_of_file = fs::read_to_string(&saved).unwrap();
    // The default tenant, the Tenant Manager, lambdas, forms, the message template and the signing key.
    let installed =
        ["30663132-6464", "0a0a1c52-1b0c", "0e7a1c52-1b0c", "0f0a1c52-1b0c", "0d0a1c52-1b0c", "7d5f6e9b-3f2a"];
    for start in installed {
        assert!(text_of_file.contains(start), "{start}");
        text_of_file = text_of_file.replace(start, &format!("{}-ffff", &start[..8]));
    }
    // Their names are others', too.
    text_of_file = text_of_file.replace("\"Default adminUser\"", "\"Default admin of users\"");
    fs::write(&saved, text_of_file).unwrap();
    let result = compared(&environment, &[text(&saved), "current"]);
    assert_eq!((&result["onlyInA"], &result["onlyInB"]), (&json!([]), &json!([])), "{result:#}");
    let different = result["different"].as_array().unwrap();
    let expected = json!([{ "path": "name", "a": "Default admin of users", "b": "Default adminUser" }]);
    assert!(different.len() == 1 && different[0]["properties"] == expected, "{result:#}");
}

#[test]
fn a_server_for_one_tenant_is_compared_with_that_tenant() {
    let sandbox = Sandbox::start(&[]);
    let environment =
        [&access(&sandbox)[..], &[("FUSIONAUTH_TENANT_ID", "00000001-5eed-4000-8000-000000000002")]].concat();
    let result = compared(&environment, &["current", "sandbox"]);
    assert_eq!(result["same"], true, "{result:#}");
    assert!(result["compared"].as_u64().unwrap() < 40, "{result:#}");
}

#[test]
fn a_variable_that_is_not_set_is_not_compared() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let kickstart = folder.path().join("kickstart.json");
    export(&environment, &kickstart, &[]);
    let file = fs::read_to_string(&kickstart).unwrap();
    assert!(file.contains("\"issuer\": \"hooli.example\""));
    fs::write(&kickstart, file.replace("\"issuer\": \"hooli.example\"", "\"issuer\": \"#{ENV.HOOLI_ISSUER}\""))
        .unwrap();
    let result = compared(&environment, &["current", text(&kickstart)]);
    assert_eq!(result["same"], true, "{result:#}");
    let expected = "tenant `Hooli` (00000001-5eed-4000-8000-000000000002): issuer: HOOLI_ISSUER is not set";
    assert!(not_comparable(&result).iter().any(|remark| remark == expected), "{result:#}");
    let set = [&environment[..], &[("HOOLI_ISSUER", "hooli.test")]].concat();
    let result = compared(&set, &["current", text(&kickstart)]);
    assert_eq!(
        result["different"][0]["properties"],
        json!([{ "path": "issuer", "a": "hooli.example", "b": "hooli.test" }])
    );
}
