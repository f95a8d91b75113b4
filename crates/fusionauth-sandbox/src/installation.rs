//! What every new instance has: its first objects with their ids, and an API key. The only table of it: the exports ask
//! it as well what they need not copy.
//!
//! Sources: <https://fusionauth.io/docs/get-started/core-concepts/limitations#default-configuration> for the objects,
//! <https://fusionauth.io/docs/get-started/core-concepts/roles> for the roles,
//! <https://fusionauth.io/docs/get-started/download-and-install/development/kickstart> for the variables,
//! <https://fusionauth.io/docs/lifecycle/manage-users/tenant-manager> for the Tenant Manager.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::object::{Object, default, items, text};

/// The id of the tenant that a new instance has.
pub const DEFAULT_TENANT_ID: &str = "30663132-6464-6665-3032-326466613934";
/// An API key that permits everything in every simulated instance.
pub const API_KEY: &str = "sandbox-api-key";
/// The licence that every simulated instance begins with, so that everything can be tried out.
pub(crate) const LICENSE_ID: &str = "sandbox-license";
/// The id of FusionAuth's own application, as documented.
pub const FUSIONAUTH_APPLICATION_ID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";
/// The id of the default theme, which nobody can change, as documented.
pub const DEFAULT_THEME_ID: &str = "75a068fd-e94b-451a-9aeb-3ddb9a3b5987";
/// The id of the connector to FusionAuth's own users, which nobody can change, as documented.
pub const FUSIONAUTH_CONNECTOR_ID: &str = "e3306678-a53a-4964-9040-1c96f36dda72";
/// The ids of the keys that stand for the client secrets of OpenID Connect, which nobody can change, as documented.
pub const SHADOW_KEY_IDS: [&str; 3] = [
    "092dbedc-30af-4149-9c61-b578f2c72f59",
    "4b8f1c06-518e-45bd-9ac5-d549686ae02a",
    "c753a44d-7f2e-48d3-bc4e-c2c16488a23b",
];
/// The id of the role that only the Tenant Manager application has, as documented.
pub const TENANT_MANAGER_ROLE_ID: &str = "631ecd9d-8d40-4c13-8277-80cedb823714";
/// The variable of a Kickstart file that holds the default tenant's id.
pub(crate) const TENANT_VARIABLE: &str = "FUSIONAUTH_TENANT_ID";
/// The variables of a Kickstart file that hold the id of the application Tenant Manager; the page has both names.
pub(crate) const TENANT_MANAGER_VARIABLES: [&str; 2] =
    ["TENANT_MANAGER_ID", "FUSIONAUTH_TENANT_MANAGER_APPLICATION_ID"];
/// The types of the default lambdas whose ids a Kickstart file can name.
pub const LAMBDA_TYPES: [&str; 6] = [
    "OpenIDReconcile",
    "SAMLv2Reconcile",
    "AppleReconcile",
    "FacebookReconcile",
    "GoogleReconcile",
    "TwitterReconcile",
];
/// The types of the default forms whose ids a Kickstart file can name.
pub const FORM_TYPES: [&str; 2] = ["adminUser", "adminRegistration"];
/// How the names of installed objects begin.
pub const DEFAULT_NAME_PREFIX: &str = "Default ";
/// How the names of installed lambdas end.
pub const LAMBDA_NAME_SUFFIX: &str = "provided by FusionAuth";
/// The name of the installed message template.
pub const MESSAGE_TEMPLATE_NAME: &str = "Default Two Factor Request";
/// The name of the installed key, which signs where no other is chosen.
pub const SIGNING_KEY_NAME: &str = "Default signing key";

/// The id of the application Tenant Manager. It differs from instance to instance, as the following ids do.
pub(crate) const TENANT_MANAGER_ID: &str = "0a0a1c52-1b0c-4c3a-9b0a-000000000000";
const DEFAULT_SIGNING_KEY_ID: &str = "7d5f6e9b-3f2a-4c5d-9e8f-0a1b2c3d4e5f";
const MESSAGE_TEMPLATE_ID: &str = "0d0a1c52-1b0c-4c3a-9b0a-000000000000";

/// The roles of FusionAuth's own application, by the last three digits of their ids.
const FUSIONAUTH_ROLES: [(&str, &str); 36] = [
    ("6e2", "admin"),
    ("712", "acl_manager"),
    ("711", "acl_deleter"),
    ("6e3", "api_key_manager"),
    ("6e4", "application_deleter"),
    ("6e5", "application_manager"),
    ("6e6", "audit_log_viewer"),
    ("700", "connector_deleter"),
    ("701", "connector_manager"),
    ("6fc", "consent_deleter"),
    ("6fd", "consent_manager"),
    ("6e7", "email_template_manager"),
    ("706", "entity_manager"),
    ("6fa", "event_log_viewer"),
    ("702", "form_deleter"),
    ("703", "form_manager"),
    ("6f6", "group_deleter"),
    ("6f5", "group_manager"),
    ("6fb", "key_manager"),
    ("6f9", "lambda_manager"),
    ("709", "message_template_deleter"),
    ("710", "message_template_manager"),
    ("707", "messenger_deleter"),
    ("708", "messenger_manager"),
    ("6ff", "reactor_manager"),
    ("6e8", "report_viewer"),
    ("6e9", "system_manager"),
    ("6f8", "tenant_deleter"),
    ("6f7", "tenant_manager"),
    ("6fe", "theme_manager"),
    ("6f0", "user_action_deleter"),
    ("6f1", "user_action_manager"),
    ("6f2", "user_deleter"),
    ("6f3", "user_manager"),
    ("704", "user_support_manager"),
    ("705", "user_support_viewer"),
];

/// The variables that FusionAuth provides to every Kickstart file, as documented.
pub(crate) fn built_in_variables() -> BTreeMap<String, String> {
    let lambdas = LAMBDA_TYPES.iter().map(|kind| (format!("FUSIONAUTH_LAMBDA[{kind}]_ID"), default_lambda_id(kind)));
    let forms = FORM_TYPES.iter().map(|kind| (format!("FUSIONAUTH_FORM[{kind}]_ID"), default_form_id(kind)));
    let fixed = [
        (TENANT_VARIABLE, DEFAULT_TENANT_ID),
        ("FUSIONAUTH_APPLICATION_ID", FUSIONAUTH_APPLICATION_ID),
        ("FUSIONAUTH_DEFAULT_SIGNING_KEY_ID", DEFAULT_SIGNING_KEY_ID),
    ];
    let tenant_manager = TENANT_MANAGER_VARIABLES.map(|name| (name, TENANT_MANAGER_ID));
    let fixed = fixed.into_iter().chain(tenant_manager).map(|(name, id)| (name.to_owned(), id.to_owned()));
    fixed.chain(lambdas).chain(forms).collect()
}

fn default_lambda_id(kind: &str) -> String {
    let number = LAMBDA_TYPES.iter().position(|known| *known == kind).unwrap_or_default();
    format!("0e7a1c52-1b0c-4c3a-9b0a-{number:012}")
}

fn default_form_id(kind: &str) -> String {
    let number = FORM_TYPES.iter().position(|known| *known == kind).unwrap_or_default();
    format!("0f0a1c52-1b0c-4c3a-9b0a-{number:012}")
}

/// Whether an object can be neither changed nor deleted, as documented.
pub(crate) fn is_read_only(collection: &str, id: &str) -> bool {
    match collection {
        "theme" => id == DEFAULT_THEME_ID,
        "connector" => id == FUSIONAUTH_CONNECTOR_ID,
        "key" => SHADOW_KEY_IDS.contains(&id),
        _ => false,
    }
}

/// Whether an object cannot be deleted, besides those that are read-only.
pub(crate) fn is_needed(collection: &str, object: &Object) -> bool {
    let id = text(object, "id");
    match collection {
        "application" => {
            let is_manager = |role: &Value| role.get("id") == Some(&json!(TENANT_MANAGER_ROLE_ID));
            id == FUSIONAUTH_APPLICATION_ID || items(object, "roles").iter().any(is_manager)
        }
        "key" => id == DEFAULT_SIGNING_KEY_ID,
        "form" => FORM_TYPES.iter().any(|kind| default_form_id(kind) == id),
        _ => false,
    }
}

/// Adds what an object refers to where it names nothing else, as documented: the default theme, forms, key and connector,
/// and the consent that a form field is for.
pub(crate) fn add_references(collection: &str, object: &mut Object) {
    match collection {
        "tenant" => {
            default(object, "themeId", DEFAULT_THEME_ID);
            let own_users = json!([{ "connectorId": FUSIONAUTH_CONNECTOR_ID, "domains": ["*"], "migrate": false }]);
            default(object, "connectorPolicies", own_users);
            add_inside(object, "formConfiguration", "adminUserFormId", &default_form_id("adminUser"));
            for key in ["accessTokenKeyId", "idTokenKeyId"] {
                add_inside(object, "jwtConfiguration", key, DEFAULT_SIGNING_KEY_ID);
            }
        }
        "application" => {
            let form_id = default_form_id("adminRegistration");
            add_inside(object, "formConfiguration", "adminRegistrationFormId", &form_id);
        }
        "form/field" if text(object, "type") == "consent" => {
            let key = format!("consents['{}']", text(object, "consentId"));
            default(object, "key", key);
        }
        _ => {}
    }
}

fn add_inside(object: &mut Object, outer: &str, property: &str, id: &str) {
    default(object, outer, json!({}));
    if let Some(inner) = object.get_mut(outer).and_then(Value::as_object_mut) {
        default(inner, property, id);
    }
}

/// The objects of a new instance, each with the collection that it belongs to.
pub(crate) fn objects() -> Vec<(&'static str, Value)> {
    let lambdas = LAMBDA_TYPES.iter().map(|kind| {
        let body = "// The default: nothing is changed.\nfunction reconcile(user, registration) {}\n";
        (
            "lambda",
            json!({ "id": default_lambda_id(kind), "name": format!("Default {kind}"), "type": kind, "body": body }),
        )
    });
    let forms = FORM_TYPES
        .iter()
        .map(|kind| ("form", json!({ "id": default_form_id(kind), "name": format!("Default {kind}"), "type": kind })));
    let shadow_keys = SHADOW_KEY_IDS.iter().zip([256, 384, 512]).map(|(id, length)| {
        let name = format!("OpenID Connect compliant HMAC using SHA-{length}");
        let kid = format!("sandbox-hs{length}");
        ("key", json!({ "id": id, "name": name, "algorithm": format!("HS{length}"), "type": "HMAC", "kid": kid, "length": length }))
    });
    first().into_iter().chain(shadow_keys).chain(applications()).chain(lambdas).chain(forms).collect()
}

fn first() -> [(&'static str, Value); 6] {
    [
        (
            "tenant",
            json!({
                "id": DEFAULT_TENANT_ID, "name": "Default", "issuer": "acme.com", "configured": true, "state": "Active",
            }),
        ),
        (
            "theme",
            json!({
                "id": DEFAULT_THEME_ID, "name": "FusionAuth", "stylesheet": "/* the default */",
                "defaultMessages": "login=Login\n",
                "templates": { "oauth2Authorize": "[#ftl/]\n<html>${theme.message('login')}</html>\n" },
            }),
        ),
        ("connector", json!({ "id": FUSIONAUTH_CONNECTOR_ID, "name": "Default", "type": "FusionAuth" })),
        (
            "key",
            json!({
                "id": DEFAULT_SIGNING_KEY_ID, "name": SIGNING_KEY_NAME, "algorithm": "HS256", "type": "HMAC",
                "kid": "sandbox-default", "length": 256,
            }),
        ),
        (
            "message/template",
            json!({
                "id": MESSAGE_TEMPLATE_ID, "name": MESSAGE_TEMPLATE_NAME, "type": "SMS",
                "defaultTemplate": "Two Factor Code: ${code}",
            }),
        ),
        (
            "api-key",
            json!({ "id": "6d9f4f0a-0000-4000-8000-00000000000a", "name": "Sandbox", "key": API_KEY, "keyManager": true }),
        ),
    ]
}

fn applications() -> [(&'static str, Value); 2] {
    let roles: Vec<_> = FUSIONAUTH_ROLES
        .iter()
        .map(|(digits, name)| {
            let id = format!("631ecd9d-8d40-4c13-8277-80cedb823{digits}");
            json!({ "id": id, "name": name, "isDefault": false, "isSuperRole": *name == "admin" })
        })
        .collect();
    let admin = json!({ "id": TENANT_MANAGER_ROLE_ID, "name": "admin", "isDefault": false, "isSuperRole": false });
    [
        (
            "application",
            json!({
                "id": FUSIONAUTH_APPLICATION_ID, "name": "FusionAuth", "tenantId": DEFAULT_TENANT_ID, "active": true,
                "state": "Active", "roles": roles,
                "oauthConfiguration": {
                    "clientId": FUSIONAUTH_APPLICATION_ID, "clientSecret": "sandbox-fusionauth-client-secret",
                    "enabledGrants": ["authorization_code", "refresh_token"], "authorizedRedirectURLs": ["/login"],
                    "proofKeyForCodeExchangePolicy": "Required",
                },
            }),
        ),
        (
            "application",
            json!({
                "id": TENANT_MANAGER_ID, "name": "Tenant Manager", "active": true, "state": "Active", "roles": [admin],
                "universalConfiguration": { "universal": true },
                "oauthConfiguration": {
                    "clientId": TENANT_MANAGER_ID, "clientSecret": "sandbox-tenant-manager-client-secret",
                    "enabledGrants": ["authorization_code", "refresh_token"],
                    "authorizedRedirectURLs": ["/tenant-manager/login"], "proofKeyForCodeExchangePolicy": "Required",
                },
            }),
        ),
    ]
}
