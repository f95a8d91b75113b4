use hcl::{Attribute, BlockLabel};
use serde_json::{Value, json};

use super::*;
use crate::fusionauth::export::{
    installation::{DEFAULT_THEME_ID, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID},
    snapshot::object::{Family, Object, Scope},
};
use gateway::redact::REDACTED;

mod installed;
mod refused;

const DEFAULT_TENANT: &str = "30663132-6464-6665-3032-326466613934";
const TENANT: &str = "00000001-5eed-4000-8000-000000000002";
const APPLICATION: &str = "00000002-5eed-4000-8000-000000000001";
const ROLE: &str = "00000003-5eed-4000-8000-000000000011";
const GROUP: &str = "00000006-5eed-4000-8000-000000000001";
const LAMBDA: &str = "0000000e-5eed-4000-8000-000000000001";
const ACL: &str = "00000019-5eed-4000-8000-000000000001";

fn object(family: Family, id: &str, value: Value) -> Object {
    let mut value = value.as_object().unwrap().clone();
    if !id.is_empty() {
        value.insert("id".to_owned(), Value::from(id));
    }
    Object { family, id: (!id.is_empty()).then(|| id.to_owned()), value }
}

fn snapshot(mut objects: Vec<Object>) -> Snapshot {
    objects.sort_by_key(|object| (object.family, object.id.clone()));
    let default_tenant_id = Some(DEFAULT_TENANT.to_owned());
    Snapshot { scope: Scope::Everything, objects, default_tenant_id, foreign: Vec::new(), left_out: Vec::new() }
}

fn sample() -> Snapshot {
    snapshot(vec![
        object(Family::Tenant, DEFAULT_TENANT, json!({ "name": "Pied Piper", "themeId": DEFAULT_THEME_ID })),
        object(
            Family::Tenant,
            TENANT,
            json!({
                "name": "Hooli",
                "accessControlConfiguration": { "uiIPAccessControlListId": ACL },
                "connectorPolicies": [{ "connectorId": LAMBDA, "domains": ["b", "a"], "migrate": false }],
                "emailConfiguration": {
                    "host": "smtp",
                    "password": REDACTED,
                    "additionalHeaders": [{ "name": "X-A", "value": REDACTED }]
                },
                "eventConfiguration": { "events": {
                    "user.delete": { "enabled": true, "transactionType": "None" },
                    "of.tomorrow": { "enabled": true }
                } },
                "scimServerConfiguration": { "enabled": false },
                "data": { "for": [1, { "a b": "${x}" }], "token": REDACTED }
            }),
        ),
        object(
            Family::Application,
            FUSIONAUTH_APPLICATION_ID,
            json!({ "name": "FusionAuth", "tenantId": DEFAULT_TENANT, "oauthConfiguration": { "debug": false },
                "roles": [{ "id": ACL, "name": "admin" }] }),
        ),
        object(
            Family::Application,
            APPLICATION,
            json!({
                "name": "Pied Piper",
                "tenantId": DEFAULT_TENANT,
                "accessControlConfiguration": { "uiIPAccessControlListId": ACL },
                "lambdaConfiguration": { "accessTokenPopulateId": LAMBDA },
                "oauthConfiguration": {
                    "clientId": APPLICATION, "clientSecret": REDACTED, "authorizedRedirectURLs": ["https://b", "https://a"],
                    "scopeHandlingPolicy": "Strict", "unknownScopePolicy": "Reject"
                },
                "samlv2Configuration": { "enabled": false, "xmlSignatureLocation": "Assertion" },
                "roles": [{ "id": ROLE, "name": "admin", "isSuperRole": true }]
            }),
        ),
        object(
            Family::Group,
            GROUP,
            json!({ "name": "Engineering", "tenantId": TENANT, "roles": { APPLICATION: [{ "id": ROLE, "name": "admin" }] } }),
        ),
        object(
            Family::Lambda,
            LAMBDA,
            json!({ "name": "../Add", "type": "JWTPopulate", "body": "`${x}` %{ if\n", "engineType": "GraalJS" }),
        ),
        object(Family::IpAccessControlList, ACL, json!({ "name": "Office" })),
        object(Family::Theme, DEFAULT_THEME_ID, json!({ "name": "FusionAuth", "type": "advanced" })),
        object(Family::Connector, FUSIONAUTH_CONNECTOR_ID, json!({ "name": "Default", "type": "FusionAuth" })),
        object(Family::SystemConfiguration, "", json!({ "reportTimezone": "UTC" })),
    ])
}

/// The blocks of every file that is one of Terraform's.
fn blocks(export: &Export) -> Vec<Block> {
    let files = export.files.iter().filter(|(path, _)| path.ends_with(".tf"));
    files
        .flat_map(|(path, text)| hcl::parse(text).unwrap_or_else(|error| panic!("{path}: {error}")).into_blocks())
        .collect()
}

fn resource(export: &Export, type_name: &str, name: &str) -> Block {
    let labels = [BlockLabel::from(type_name), BlockLabel::from(name)];
    let found = blocks(export).into_iter().find(|block| block.labels == labels);
    found.unwrap_or_else(|| panic!("no {type_name}.{name}"))
}

fn attribute(block: &Block, name: &str) -> Option<String> {
    block.body.attributes().find(|attribute| attribute.key() == name).map(Attribute::expr).map(ToString::to_string)
}

fn nested(block: &Block, name: &str) -> Vec<Block> {
    block.body.blocks().filter(|block| block.identifier() == name).cloned().collect()
}

fn why<'a>(export: &'a Export, what: &str) -> &'a str {
    let mut remarks = export.report.changes.iter().chain(&export.report.left_out);
    &remarks.find(|remark| remark.what.contains(what)).unwrap_or_else(|| panic!("{what}: {:?}", export.report)).why
}

#[test]
fn to_adopt_is_to_import_without_ids() {
    let export = export(&sample(), Purpose::Adopt);
    let imports = export.files["imports.tf"].matches("import {").count();
    let resources: Vec<_> = blocks(&export).into_iter().filter(|block| block.identifier() == "resource").collect();
    assert_eq!(imports, resources.len());
    assert!(export.files["imports.tf"].contains(&format!("\"{APPLICATION}:{ROLE}\"")));
    assert!(export.files["imports.tf"].contains("\"syscfg\""));
    let application = resource(&export, "fusionauth_application", "pied_piper");
    assert_eq!(attribute(&application, "application_id"), None);
    assert_eq!(attribute(&application, "tenant_id").as_deref(), Some("fusionauth_tenant.pied_piper.id"));
    assert!(nested(&application, "lifecycle").is_empty());
    for (type_name, name) in [("fusionauth_tenant", "pied_piper"), ("fusionauth_application", "fusionauth")] {
        let lifecycle = nested(&resource(&export, type_name, name), "lifecycle");
        assert_eq!(attribute(lifecycle.first().unwrap(), "prevent_destroy").as_deref(), Some("true"));
    }
    let tenant = resource(&export, "fusionauth_tenant", "pied_piper");
    assert_eq!(attribute(&tenant, "theme_id"), Some(format!("\"{DEFAULT_THEME_ID}\"")));
    let own = nested(&resource(&export, "fusionauth_application", "fusionauth"), "oauth_configuration");
    assert_eq!(attribute(own.first().unwrap(), "unknown_scope_policy").as_deref(), Some("\"Allow\""));
}

#[test]
fn a_clone_has_ids_and_what_every_instance_has_stays() {
    let export = export(&sample(), Purpose::Clone);
    let application = resource(&export, "fusionauth_application", "pied_piper");
    assert_eq!(attribute(&application, "application_id"), Some(format!("\"{APPLICATION}\"")));
    assert_eq!(attribute(&application, "tenant_id").as_deref(), Some("fusionauth_tenant.pied_piper.id"));
    // These are there, and become what they are here.
    for (type_name, name, id) in [
        ("fusionauth_tenant", "pied_piper", "var.default_tenant_id".to_owned()),
        ("fusionauth_application", "fusionauth", format!("\"{FUSIONAUTH_APPLICATION_ID}\"")),
    ] {
        let block = resource(&export, type_name, name);
        assert_eq!(attribute(&block, "tenant_id").is_some(), type_name == "fusionauth_application");
        assert_eq!(attribute(&block, "application_id"), None);
        assert_eq!(attribute(&nested(&block, "lifecycle")[0], "prevent_destroy").as_deref(), Some("true"));
        let imports = blocks(&export).into_iter().filter(|block| block.identifier() == "import");
        let to = Some(format!("{type_name}.{name}"));
        let ids: Vec<_> =
            imports.filter(|block| attribute(block, "to") == to).map(|block| attribute(&block, "id")).collect();
        assert_eq!(ids, [Some(id)]);
    }
    assert!(export.files["providers.tf"].contains("\">= 1.6.0\""));
    assert!(why(&export, &format!("tenant Pied Piper ({DEFAULT_TENANT}): the id")).contains("has chosen it"));
    let access = nested(&application, "access_control_configuration");
    let stand_in = attribute(access.first().unwrap(), "ui_ip_access_control_list_id");
    assert_eq!(stand_in.as_deref(), Some("var.ip_access_control_list_00000001_id"));
    assert!(why(&export, "the ids of application roles").contains("new instance"));
}

#[test]
fn ids_become_references() {
    let export = export(&sample(), Purpose::Adopt);
    let group = resource(&export, "fusionauth_group", "engineering");
    let roles = attribute(&group, "role_ids").unwrap();
    assert!(roles.contains("fusionauth_application_role.pied_piper_admin.id"), "{roles}");
    let tenant = resource(&export, "fusionauth_tenant", "hooli");
    let policies = nested(&tenant, "connector_policy");
    // The lambda's id is not a connector's.
    assert_eq!(attribute(&policies[0], "connector_id"), Some(format!("\"{LAMBDA}\"")));
    assert_eq!(attribute(&policies[1], "connector_id"), Some(format!("\"{FUSIONAUTH_CONNECTOR_ID}\"")));
}

#[test]
fn secrets_become_variables() {
    for purpose in [Purpose::Adopt, Purpose::Clone] {
        let export = export(&sample(), purpose);
        let secrets: Vec<_> = export.report.secrets.iter().map(|secret| secret.variable.as_str()).collect();
        let expected = [
            "application_pied_piper_oauth_configuration_client_secret",
            "tenant_hooli_data_token",
            "tenant_hooli_email_configuration_additional_headers_x_a",
            "tenant_hooli_email_configuration_password",
        ];
        assert_eq!(secrets, expected);
        assert!(export.files.values().all(|text| !text.contains(REDACTED)));
        let declared = resource_like(&export, "variable", "tenant_hooli_data_token");
        assert_eq!(attribute(&declared, "sensitive").as_deref(), Some("true"));
    }
}

fn resource_like(export: &Export, identifier: &str, name: &str) -> Block {
    let labels = [BlockLabel::from(name)];
    blocks(export).into_iter().find(|block| block.identifier() == identifier && block.labels == labels).unwrap()
}

#[test]
fn properties_that_the_provider_cannot_set_are_reported() {
    let export = export(&sample(), Purpose::Adopt);
    assert!(why(&export, "ip access control list Office").contains("no resource"));
    assert!(why(&export, "accessControlConfiguration.uiIPAccessControlListId").contains("never sends it"));
    assert!(why(&export, ": eventConfiguration.events.of.tomorrow").contains("the provider requires"));
    let is_reported = |part: &str| export.report.left_out.iter().any(|left_out| left_out.what.contains(part));
    assert!(!is_reported("samlv2") && !is_reported("scim") && !is_reported("clientId"));
    assert!(export.files["providers.tf"].contains("# - ip access control list Office"));
}

#[test]
fn numbers_that_the_provider_refuses_are_reported() {
    let times = json!({ "authorizationGrantIdTimeToLiveInSeconds": 0, "changePasswordIdTimeToLiveInSeconds": 600 });
    let tenant = json!({ "name": "Hooli", "externalIdentifierConfiguration": times });
    let export = export(&snapshot(vec![object(Family::Tenant, TENANT, tenant)]), Purpose::Adopt);
    let times = nested(&resource(&export, "fusionauth_tenant", "hooli"), "external_identifier_configuration");
    assert!(times.iter().all(|times| attribute(times, "authorization_grant_id_time_to_live_in_seconds").is_none()));
    let why = why(&export, "authorizationGrantIdTimeToLiveInSeconds");
    assert!(why.starts_with("the provider does not take 0; a change would erase it"), "{why}");
}

#[test]
fn texts_go_to_files_of_their_own() {
    let export = export(&sample(), Purpose::Adopt);
    assert_eq!(export.files["lambdas/add.js"], "`${x}` %{ if\n");
    let lambda = resource(&export, "fusionauth_lambda", "add");
    assert_eq!(attribute(&lambda, "body").as_deref(), Some("file(\"${path.module}/lambdas/add.js\")"));
    assert!(export.files["lambdas.tf"].contains("file(\"${path.module}/lambdas/add.js\")"));
    let data = attribute(&resource(&export, "fusionauth_tenant", "hooli"), "data").unwrap();
    assert!(data.starts_with("jsonencode("), "{data}");
    assert!(export.files["tenants.tf"].contains("\"$${x}\""));
    assert!(export.files["tenants.tf"].contains("\"for\" = ["));
}

#[test]
fn ids_of_clean_speak_are_not_those_of_applications() {
    let application = json!({
        "name": "Pied Piper",
        "cleanSpeakConfiguration": {
            "applicationIds": [APPLICATION], "usernameModeration": { "enabled": true, "applicationId": APPLICATION }
        }
    });
    let export = export(&snapshot(vec![object(Family::Application, APPLICATION, application)]), Purpose::Adopt);
    let text = &export.files["applications.tf"];
    assert_eq!(text.matches(APPLICATION).count(), 2, "{text}");
    assert!(!text.contains(".id"), "{text}");
}

#[test]
fn keys_that_a_clone_cannot_generate_are_imported() {
    let key = |number: u32| format!("00000011-5eed-4000-8000-{number:012}");
    let pair = |name: &str| {
        let (algorithm, kind) = ("ES256", "EC");
        json!({ "name": name, "algorithm": algorithm, "type": kind, "kid": name, "publicKey": "p" })
    };
    let apple = json!({
        "type": "Apple", "name": "Apple", "keyId": key(1), "teamId": "team",
        "applicationConfiguration": { APPLICATION: { "enabled": true, "keyId": key(2) } }
    });
    let snapshot = snapshot(vec![
        object(Family::Key, &key(1), pair("apple")),
        object(Family::Key, &key(2), pair("apple_too")),
        object(Family::Key, &key(3), pair("ours")),
        object(Family::Key, &key(4), json!({ "name": "shared", "type": "Secret" })),
        object(Family::Key, &key(5), json!({ "name": "hmac", "type": "HMAC", "algorithm": "HS256" })),
        object(Family::Application, APPLICATION, json!({ "name": "Pied Piper" })),
        object(Family::IdentityProvider, &key(6), apple),
    ]);
    let cloned = export(&snapshot, Purpose::Clone);
    for name in ["apple", "apple_too"] {
        let key = resource(&cloned, "fusionauth_imported_key", name);
        assert_eq!(attribute(&key, "kid"), Some(format!("\"{name}\"")));
        assert_eq!(attribute(&key, "private_key"), Some(format!("var.imported_key_{name}_private_key")));
        assert_eq!((attribute(&key, "secret"), attribute(&key, "public_key")), (None, None));
        let is_reported = cloned.report.changes.iter().any(|change| change.what.contains(&format!("key {name} (")));
        assert!(!is_reported, "{:?}", cloned.report.changes);
    }
    for name in ["shared", "hmac"] {
        let key = resource(&cloned, "fusionauth_imported_key", name);
        assert_eq!(attribute(&key, "secret"), Some(format!("var.imported_key_{name}_secret")));
        assert_eq!(attribute(&key, "private_key"), None);
    }
    resource(&cloned, "fusionauth_key", "ours");
    assert!(why(&cloned, "key ours").contains("generates its own"));
    assert_eq!(cloned.report.secrets.len(), 4, "{:?}", cloned.report.secrets);
    let adopted = export(&snapshot, Purpose::Adopt);
    resource(&adopted, "fusionauth_key", "apple");
    assert!(adopted.report.secrets.is_empty(), "{:?}", adopted.report.secrets);

    // What Apple's applications and services are called is wanted, and may be nothing.
    let apple = resource(&cloned, "fusionauth_idp_apple", "apple");
    assert_eq!(attribute(&apple, "bundle_id").as_deref(), Some("\"\""));
    assert_eq!(attribute(&apple, "services_id").as_deref(), Some("\"\""));
    assert_eq!(attribute(&apple, "key_id").as_deref(), Some("fusionauth_imported_key.apple.id"));
}

#[test]
fn a_directory_may_be_read_by_nobody() {
    let connector = json!({
        "name": "Directory", "type": "LDAP", "authenticationURL": "ldap://a", "baseStructure": "dc=a",
        "identifyingAttribute": "uid", "loginIdAttribute": "uid", "requestedAttributes": ["uid"],
        "securityMethod": "None", "lambdaConfiguration": { "reconcileId": LAMBDA }
    });
    let export = export(&snapshot(vec![object(Family::Connector, GROUP, connector)]), Purpose::Adopt);
    let connector = resource(&export, "fusionauth_ldap_connector", "directory");
    assert_eq!(attribute(&connector, "system_account_dn").as_deref(), Some("\"\""));
}

#[test]
fn a_clone_finds_what_every_instance_has() {
    let lambda = "Default Google Reconcile provided by FusionAuth";
    let (unused, signing_key) = ("0000000e-5eed-4000-8000-000000000002", "00000011-5eed-4000-8000-000000000001");
    let (form, field) = ("00000017-5eed-4000-8000-000000000001", "00000016-5eed-4000-8000-000000000001");
    let own_form = "00000017-5eed-4000-8000-000000000002";
    let made = |made: u64, changed: u64, mut value: Value| {
        value["insertInstant"] = Value::from(made);
        value["lastUpdateInstant"] = Value::from(changed);
        value
    };
    let reconcile = |kind: &str, name: &str| json!({ "name": name, "type": kind, "body": "x" });
    let form_of = |kind: &str, name: &str| json!({ "name": name, "type": kind, "steps": [{ "fields": [field] }] });
    let key = json!({ "name": "Default signing key", "algorithm": "HS256", "type": "HMAC" });
    let template = json!({ "name": "Default Two Factor Request", "type": "SMS", "defaultTemplate": "${code}" });
    let tenant = json!({
        "name": "Hooli",
        "formConfiguration": { "adminUserFormId": form },
        "jwtConfiguration": { "accessTokenKeyId": signing_key },
        "multiFactorConfiguration": { "sms": { "templateId": ACL } }
    });
    let provider = json!({
        "name": "Google", "type": "Google", "client_id": "a", "lambdaConfiguration": { "reconcileId": LAMBDA }
    });
    let snapshot = snapshot(vec![
        object(Family::Key, signing_key, made(1, 1, key)),
        object(Family::Lambda, LAMBDA, made(1, 2, reconcile("GoogleReconcile", lambda))),
        object(
            Family::Lambda,
            unused,
            made(1, 1, reconcile("AppleReconcile", "Default Apple Reconcile provided by FusionAuth")),
        ),
        object(Family::MessageTemplate, ACL, template),
        object(Family::FormField, field, made(1, 1, json!({ "name": "Email", "key": "user.email" }))),
        object(Family::Form, form, made(1, 1, form_of("adminUser", "Default Admin User"))),
        object(Family::Form, own_form, made(2, 2, form_of("registration", "Join"))),
        object(Family::Tenant, TENANT, tenant),
        object(Family::IdentityProvider, GROUP, provider),
    ]);
    let cloned = export(&snapshot, Purpose::Clone);
    let data: Vec<_> = blocks(&cloned).into_iter().filter(|block| block.identifier() == "data").collect();
    let types: Vec<_> = data.iter().map(|block| block.labels[0].as_str()).collect();
    let expected = ["fusionauth_form_field", "fusionauth_form", "fusionauth_lambda", "fusionauth_sms_message_template"];
    assert_eq!(types, expected);
    assert_eq!(attribute(&data[2], "name"), Some(format!("\"{lambda}\"")));
    assert_eq!(attribute(&data[2], "type").as_deref(), Some("\"GoogleReconcile\""));

    let resources = blocks(&cloned).into_iter().filter(|block| block.identifier() == "resource");
    let names: Vec<_> = resources.map(|block| block.labels[1].as_str().to_owned()).collect();
    assert_eq!(names, ["join", "google", "hooli"]);
    let tenant = resource(&cloned, "fusionauth_tenant", "hooli");
    let admin_form = attribute(&nested(&tenant, "form_configuration")[0], "admin_user_form_id");
    assert_eq!(admin_form.as_deref(), Some("data.fusionauth_form.default_admin_user.id"));
    let access_token_key = attribute(&nested(&tenant, "jwt_configuration")[0], "access_token_key_id");
    assert_eq!(access_token_key.as_deref(), Some("var.key_00000001_id"));
    let form = resource(&cloned, "fusionauth_form", "join");
    let fields = attribute(&nested(&form, "steps")[0], "fields").unwrap();
    assert!(fields.contains("data.fusionauth_form_field.email.id"), "{fields}");

    assert_eq!(why(&cloned, "key Default signing key"), "every instance has it, with a different id");
    assert!(why(&cloned, lambda).ends_with("make the changes to it there by hand"));
    assert_eq!(why(&cloned, "Default Apple Reconcile"), "every instance has it, with a different id");
    let adopted = export(&snapshot, Purpose::Adopt);
    assert!(blocks(&adopted).iter().all(|block| block.identifier() != "data"));
    assert_eq!(adopted.files["imports.tf"].matches("import {").count(), snapshot.objects.len());
}

#[test]
fn a_name_that_the_new_instance_begins_with_has_to_be_free_first() {
    let tenants = |default: &str, other: &str| {
        snapshot(vec![
            object(Family::Tenant, DEFAULT_TENANT, json!({ "name": default })),
            object(Family::Tenant, TENANT, json!({ "name": other })),
        ])
    };
    let waits = |snapshot: &Snapshot, purpose, name: &str| {
        attribute(&resource(&export(snapshot, purpose), "fusionauth_tenant", name), "depends_on")
    };
    let taken = tenants("Pied Piper", "DEFAULT");
    let expected = Some("[fusionauth_tenant.pied_piper]".to_owned());
    assert_eq!(waits(&taken, Purpose::Clone, "default").map(|list| list.replace([' ', '\n'], "")), expected);
    assert_eq!(waits(&taken, Purpose::Clone, "pied_piper"), None);
    assert_eq!(waits(&taken, Purpose::Adopt, "default"), None);
    assert_eq!(waits(&tenants("Default", "Hooli"), Purpose::Clone, "hooli"), None);
}

#[test]
fn a_clone_attaches_webhooks_to_tenants() {
    let webhook = |url: &str, tenants: &[&str]| json!({ "url": url, "global": false, "tenantIds": tenants });
    let snapshot = snapshot(vec![
        object(Family::Tenant, DEFAULT_TENANT, json!({ "name": "Default" })),
        object(Family::Tenant, TENANT, json!({ "name": "Hooli" })),
        object(Family::Webhook, ACL, webhook("https://one", &[TENANT, DEFAULT_TENANT])),
        object(Family::Webhook, GROUP, json!({ "url": "https://all", "global": true, "tenantIds": [TENANT] })),
        object(Family::Webhook, ROLE, webhook("https://none", &[])),
    ]);
    let cloned = export(&snapshot, Purpose::Clone);
    for name in ["hooli", "default"] {
        let tenant = resource(&cloned, "fusionauth_tenant", name);
        let ids = attribute(&tenant, "webhook_ids").unwrap();
        assert_eq!(ids.matches("fusionauth_webhook.").count(), 1, "{ids}");
        assert!(ids.contains("fusionauth_webhook.https_one.id"), "{ids}");
    }
    let reported: Vec<_> = cloned.report.changes.iter().map(|change| change.what.as_str()).collect();
    assert_eq!(reported, [format!("tenant Default ({DEFAULT_TENANT}): the id")]);

    let adopted = export(&snapshot, Purpose::Adopt);
    assert_eq!(attribute(&resource(&adopted, "fusionauth_tenant", "hooli"), "webhook_ids"), None);
    // The provider reads the tenants of a webhook, and sends them back.
    assert!(nested(&resource(&adopted, "fusionauth_webhook", "https_one"), "lifecycle").is_empty());
    assert_eq!((&adopted.report.changes, &adopted.report.left_out), (&Vec::new(), &Vec::new()));
}

#[test]
fn the_client_secret_of_the_own_application_is_left_alone() {
    let application =
        json!({ "name": "FusionAuth", "oauthConfiguration": { "clientSecret": REDACTED, "debug": true } });
    let snapshot = snapshot(vec![object(Family::Application, FUSIONAUTH_APPLICATION_ID, application)]);
    let export = export(&snapshot, Purpose::Adopt);
    assert!(export.report.secrets.is_empty(), "{:?}", export.report.secrets);
    let oauth = nested(&resource(&export, "fusionauth_application", "fusionauth"), "oauth_configuration");
    assert_eq!(attribute(&oauth[0], "client_secret"), None);
    assert_eq!(attribute(&oauth[0], "debug").as_deref(), Some("true"));
}

#[test]
fn hostile_names_stay_names() {
    let long = "x".repeat(10_000);
    let hostile = ["", "💥", "a\"\nresource \"b\" \"c\" {}\n", "${var.x}", "../../x", long.as_str(), "CON", "con"];
    let lambdas: Vec<_> = hostile
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let id = format!("0000000e-5eed-4000-8000-{at:012}");
            object(Family::Lambda, &id, json!({ "name": name, "type": "JWTPopulate", "body": "x" }))
        })
        .collect();
    let mut read = snapshot(lambdas);
    read.left_out.push(Remark { what: "a\nterraform {}".to_owned(), why: "b\u{2028}c\r".to_owned() });
    let export = export(&read, Purpose::Adopt);
    let blocks = blocks(&export);
    let resources = blocks.iter().filter(|block| block.identifier() == "resource");
    let names: Vec<_> = resources.map(|block| attribute(block, "name").unwrap()).collect();
    assert_eq!(names.len(), hostile.len());
    assert_eq!(export.files.keys().filter(|path| path.starts_with("lambdas/")).count(), hostile.len());
    for path in export.files.keys() {
        assert!(path.len() < 100 && !path.contains("..") && path.is_ascii(), "{path}");
    }
    assert_eq!(blocks.iter().filter(|block| block.identifier() == "terraform").count(), 1);
}

#[test]
fn the_same_snapshot_makes_the_same_bytes() {
    assert_eq!(export(&sample(), Purpose::Clone), export(&sample(), Purpose::Clone));
    let mut shuffled = sample();
    shuffled.objects.reverse();
    assert_eq!(export(&sample(), Purpose::Adopt), export(&shuffled, Purpose::Adopt));
}
