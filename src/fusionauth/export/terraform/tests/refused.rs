//! What the provider refuses, and what it fails at.

use super::*;

#[test]
fn a_form_field_with_a_key_that_the_provider_does_not_take_is_named_with_its_form() {
    let id = |number: u32| format!("00000016-5eed-4000-8000-{number:012}");
    let field = |name: &str, kind: &str, key: &str| json!({ "name": name, "type": kind, "key": key });
    let form = json!({ "name": "Join", "type": "registration", "steps": [{ "fields": [id(1), id(2), id(3)] }] });
    let snapshot = snapshot(vec![
        object(Family::FormField, &id(1), field("Team", "string", "registration.data.team")),
        object(Family::FormField, &id(2), field("Terms", "consent", "consents['0001']")),
        object(Family::FormField, &id(3), field("Shoe", "number", "user.shoe")),
        object(Family::FormField, &id(4), field("Hat", "number", "user.hat")),
        object(Family::Form, GROUP, form),
    ]);
    let adopted = export(&snapshot, Purpose::Adopt);
    let expected = format!("the provider does not take the key user.shoe; used by form Join ({GROUP})");
    assert_eq!(why(&adopted, "form field Shoe"), expected);
    assert!(why(&adopted, "form field Hat").ends_with("; no form uses it"));
    let team = resource(&adopted, "fusionauth_form_field", "team");
    assert_eq!(attribute(&team, "key").as_deref(), Some("\"registration.data.team\""));
    // FusionAuth makes the key of a consent, and the provider keeps it.
    let terms = resource(&adopted, "fusionauth_form_field", "terms");
    assert_eq!((attribute(&terms, "key"), nested(&terms, "lifecycle").len()), (None, 0));
    let fields = attribute(&nested(&resource(&adopted, "fusionauth_form", "join"), "steps")[0], "fields").unwrap();
    assert!(fields.contains(&format!("\"{}\"", id(3))), "{fields}");
    assert!(adopted.files["forms.tf"].contains(&format!("# {} is no resource of these files: form field Shoe", id(3))));
    let cloned = export(&snapshot, Purpose::Clone);
    let decisions: Vec<_> = cloned.report.decisions.iter().map(|decision| decision.variable.as_str()).collect();
    assert_eq!(decisions, ["form_field_00000003_id"]);
}

#[test]
fn a_new_instance_chooses_the_ids_of_connectors() {
    let connector = json!({ "name": "Directory", "type": "Generic", "authenticationURL": "https://a" });
    let snapshot = snapshot(vec![object(Family::Connector, GROUP, connector)]);
    let cloned = export(&snapshot, Purpose::Clone);
    assert_eq!(attribute(&resource(&cloned, "fusionauth_generic_connector", "directory"), "id"), None);
    assert_eq!(why(&cloned, "connector Directory"), CHOSEN_BY_INSTANCE);
    assert!(export(&snapshot, Purpose::Adopt).report.changes.is_empty());
}

#[test]
fn user_actions_with_options_are_left_out_of_what_is_adopted() {
    let action = |options: Value| json!({ "name": "Ban", "options": options });
    let snapshot = snapshot(vec![
        object(Family::UserAction, GROUP, action(json!([{ "name": "Forever" }]))),
        object(Family::UserAction, ROLE, action(json!([]))),
    ]);
    let adopted = export(&snapshot, Purpose::Adopt);
    assert_eq!(adopted.files["imports.tf"].matches("import {").count(), 1);
    assert_eq!(adopted.report.left_out.first().map(|left_out| left_out.what.contains(GROUP)), Some(true));
    let cloned = export(&snapshot, Purpose::Clone);
    assert!(why(&cloned, "options").contains("fails"));
    assert_eq!(cloned.report.changes.len(), 1, "{:?}", cloned.report.changes);
}
