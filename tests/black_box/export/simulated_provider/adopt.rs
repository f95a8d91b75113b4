//! An update of what was adopted changes nothing.

use std::{collections::BTreeMap, fs, path::Path};

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use fusionauth_sandbox::{exchange::Method, instance::Instance, seed::PIED_PIPER_APPLICATION_ID};
use serde_json::{Map, Value};

use super::{Difference, Sending, ask, differences, file, filled, get, is_of_simulation, read, schema, scopes};
use crate::export::{EVERYTHING, exported, terraform::Configuration};

/// Whether Terraform is told to change nothing of a resource.
pub fn is_frozen(body: &Map<String, Value>) -> bool {
    body.get("lifecycle").is_some_and(|lifecycle| lifecycle[0]["ignore_changes"] == "${all}")
}

/// What an update of each resource changes in an instance, by address.
pub fn changes(
    instance: &Instance,
    configuration: &Configuration,
    folder: &Path,
    is_wanted: impl Fn(&Map<String, Value>) -> bool,
) -> BTreeMap<String, Vec<Difference>> {
    let schema = schema();
    let mut changes = BTreeMap::new();
    for (address, resource) in configuration.resources.iter().filter(|(_, resource)| is_wanted(resource)) {
        let (type_name, _) = address.split_once('.').unwrap();
        let known = &schema[type_name];
        assert!(known.is_object(), "{address}");
        let ids: Vec<&str> = configuration.imports[address].split(':').collect();
        let before = get(instance, &filled(&known["read"], &ids));
        // A secret is what it was.
        let resolve = |expression: &str, live: &Value| {
            if expression.starts_with("var.") {
                return live.clone();
            }
            file(expression, folder).unwrap_or_else(|| {
                let address = expression.strip_suffix(".id").unwrap_or_else(|| panic!("{expression}"));
                Value::from(configuration.imports[address].rsplit(':').next().unwrap())
            })
        };
        let live = read(instance, type_name, known, &ids);
        let body = Sending { live, resolve: &resolve }.body(known, resource);
        if type_name != "fusionauth_tenant_manager_configuration" {
            ask(instance, Method::Put, &filled(&known["update"], &ids), None, Some(&body));
        }
        let after = get(instance, &filled(&known["read"], &ids));
        let mut found = Vec::new();
        differences(&before, &after, "", &mut found);
        found.retain(|change| !is_of_simulation(change));
        changes.insert(address.clone(), found);
    }
    changes
}

/// The files of a simulated instance, which `sandbox` says, and the report.
pub fn adopted(sandbox: &str, what: &[&str], out: &Path) -> (Configuration, String) {
    let arguments = [&[sandbox, "export", "terraform"], what, &["--out", out.to_str().unwrap()]].concat();
    let report = exported(&[], &arguments);
    (Configuration::read(out), report)
}

#[test]
fn an_update_of_what_was_adopted_changes_nothing() {
    for what in scopes() {
        let what: Vec<&str> = what.iter().map(String::as_str).collect();
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let (configuration, report) = adopted("--sandbox", &what, &out);
        assert!(!report.contains("Will differ from the instance"), "{what:?}: {report}");
        let changes =
            changes(&Instance::seeded(&DOCUMENT).unwrap(), &configuration, &out, |resource| !is_frozen(resource));
        assert!(changes.len() > 5, "{what:?}");
        let changed: BTreeMap<_, _> = changes.iter().filter(|(_, changes)| !changes.is_empty()).collect();
        assert!(changed.is_empty(), "{what:?}: {changed:#?}");
    }
}

/// Otherwise the test above could not fail, and Terraform would be kept from managing what it can manage.
#[test]
fn an_update_of_what_terraform_may_not_change_would_change_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (configuration, report) = adopted("--sandbox", EVERYTHING, &out);
    let changes = changes(&Instance::seeded(&DOCUMENT).unwrap(), &configuration, &out, is_frozen);
    let expected = [
        ("fusionauth_entity.son_of_anton", ".entity.parentId"),
        ("fusionauth_idp_saml_v2.aviato_saml", ".identityProvider.issuer"),
    ];
    assert!(changes.keys().map(String::as_str).eq(expected.map(|(address, _)| address)), "{changes:#?}");
    for (address, property) in expected {
        assert!(changes[address].iter().any(|change| change.path.starts_with(property)), "{address}: {changes:#?}");
        let path = property.trim_start_matches('.').split_once('.').unwrap().1;
        assert!(report.contains(&format!(": {path}: the provider has no argument for it; a change would")), "{report}");
    }
    assert!(!configuration.resources.contains_key("fusionauth_user_action.award_a_hoodie"));
    assert!(report.contains("the provider fails when it has to send its options"), "{report}");
}

/// What an application's export leaves out of a group would be taken from it.
#[test]
fn a_part_keeps_what_others_have() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let (configuration, _) = adopted("--sandbox", &["--application", PIED_PIPER_APPLICATION_ID], &out);
    let groups = fs::read_to_string(out.join("groups.tf")).unwrap();
    let (address, group) =
        configuration.resources.iter().find(|(address, _)| address.starts_with("fusionauth_group.")).unwrap();
    let literal: Vec<&str> =
        group["role_ids"].as_array().unwrap().iter().filter_map(Value::as_str).filter(|id| !id.contains('$')).collect();
    assert!(!literal.is_empty(), "{address}: {group:?}");
    for id in literal {
        assert!(groups.contains(&format!("# {id} is no resource of these files: application role ")), "{groups}");
    }
}
