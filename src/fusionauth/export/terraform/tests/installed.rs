//! What every new instance has: found there, or changed into what it is here.

use super::*;

#[test]
fn the_tenant_manager_is_changed_and_universal_applications_are_made() {
    let application = |name: &str, role: &str| {
        let own = json!({ "clientSecret": if name == "Tenant Manager" { REDACTED } else { "" } });
        json!({ "name": name, "roles": [{ "id": role, "name": "admin" }], "oauthConfiguration": own })
    };
    let manager = "00000002-5eed-4000-8000-00000000000a";
    let configuration = json!({ "applicationConfigurations": [{ "applicationId": manager }] });
    let snapshot = snapshot(vec![
        object(Family::Application, manager, application("Tenant Manager", "631ecd9d-8d40-4c13-8277-80cedb823714")),
        object(Family::Application, APPLICATION, application("Everywhere", ROLE)),
        object(Family::TenantManagerConfiguration, "", configuration),
    ]);
    let cloned = export(&snapshot, Purpose::Clone);
    resource(&cloned, "fusionauth_application", "everywhere");
    // Its settings are those of this one, its roles are there.
    let own = resource(&cloned, "fusionauth_application", "tenant_manager");
    assert_eq!(attribute(&own, "application_id"), None);
    assert_eq!(attribute(&nested(&own, "lifecycle")[0], "prevent_destroy").as_deref(), Some("true"));
    assert!(cloned.report.secrets.is_empty(), "{:?}", cloned.report.secrets);
    assert!(!cloned.files["applications.tf"].contains("\"tenant_manager_admin\""));
    assert!(cloned.files["imports.tf"].contains("= var.tenant_manager_application_id"));
    assert!(cloned.files["system.tf"].contains("fusionauth_application.tenant_manager.id"));
    let adopted = export(&snapshot, Purpose::Adopt);
    resource(&adopted, "fusionauth_application_role", "tenant_manager_admin");
}

#[test]
fn what_a_new_instance_has_already_is_made_by_nobody() {
    let application = |name: &str, role: &str| {
        let roles = json!([{ "id": role, "name": "admin" }]);
        json!({ "name": name, "roles": roles, "insertInstant": 1, "lastUpdateInstant": 1 })
    };
    let manager = "00000002-5eed-4000-8000-00000000000a";
    let configuration = json!({ "applicationConfigurations": [{ "applicationId": manager }] });
    let snapshot = snapshot(vec![
        object(Family::Application, FUSIONAUTH_APPLICATION_ID, application("FusionAuth", ROLE)),
        object(Family::Application, manager, application("Tenant Manager", "631ecd9d-8d40-4c13-8277-80cedb823714")),
        object(Family::Application, APPLICATION, json!({ "name": "Pied Piper", "tenantId": DEFAULT_TENANT })),
        object(Family::TenantManagerConfiguration, "", configuration),
    ]);
    let cloned = export(&snapshot, Purpose::Clone);
    assert!(!cloned.files.contains_key("imports.tf") && cloned.report.changes.is_empty(), "{:?}", cloned.report);
    assert!(cloned.files["providers.tf"].contains("\">= 1.5.0\""));
    assert!(cloned.files["system.tf"].contains("var.application_0000000a_id"));
    // The tenants could not be read: there is no resource for this one.
    let own = resource(&cloned, "fusionauth_application", "pied_piper");
    assert_eq!(attribute(&own, "tenant_id").as_deref(), Some("var.default_tenant_id"));
    let decisions: Vec<_> = cloned.report.decisions.iter().map(|decision| decision.variable.as_str()).collect();
    assert_eq!(decisions, ["application_0000000a_id", "default_tenant_id"]);
    assert!(cloned.report.decisions[0].what.ends_with("It has it already."), "{:?}", cloned.report.decisions);
}
