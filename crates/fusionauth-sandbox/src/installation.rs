//! What every new instance has: its first objects with their ids, and an API key.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The id of the tenant that a new instance has.
pub const DEFAULT_TENANT_ID: &str = "30663132-6464-6665-3032-326466613934";
/// An API key that permits everything in every simulated instance.
pub const API_KEY: &str = "sandbox-api-key";
/// The id of FusionAuth's own application, as documented.
pub(crate) const FUSIONAUTH_APPLICATION_ID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";
/// The id of the default theme, as documented.
pub(crate) const DEFAULT_THEME_ID: &str = "75a068fd-e94b-451a-9aeb-3ddb9a3b5987";
/// The id of the connector to the instance itself, as documented.
pub(crate) const FUSIONAUTH_CONNECTOR_ID: &str = "e3306678-a53a-4964-9040-1c96f36dda72";
/// The id of the default signing key.
const DEFAULT_SIGNING_KEY_ID: &str = "7d5f6e9b-3f2a-4c5d-9e8f-0a1b2c3d4e5f";

/// The types of the default lambdas whose ids a Kickstart file can name.
const DEFAULT_LAMBDAS: [&str; 6] = [
    "OpenIDReconcile",
    "SAMLv2Reconcile",
    "AppleReconcile",
    "FacebookReconcile",
    "GoogleReconcile",
    "TwitterReconcile",
];

/// The types of the default forms whose ids a Kickstart file can name.
const DEFAULT_FORMS: [&str; 2] = ["adminUser", "adminRegistration"];

/// The variables that FusionAuth provides to every Kickstart file, as documented.
pub(crate) fn built_in_variables() -> BTreeMap<String, String> {
    let lambdas = DEFAULT_LAMBDAS.iter().map(|kind| (format!("FUSIONAUTH_LAMBDA[{kind}]_ID"), default_lambda_id(kind)));
    let forms = DEFAULT_FORMS.iter().map(|kind| (format!("FUSIONAUTH_FORM[{kind}]_ID"), default_form_id(kind)));
    let fixed = [
        ("FUSIONAUTH_TENANT_ID", DEFAULT_TENANT_ID),
        ("FUSIONAUTH_APPLICATION_ID", FUSIONAUTH_APPLICATION_ID),
        ("FUSIONAUTH_DEFAULT_SIGNING_KEY_ID", DEFAULT_SIGNING_KEY_ID),
    ];
    let fixed = fixed.into_iter().map(|(name, id)| (name.to_owned(), id.to_owned()));
    fixed.chain(lambdas).chain(forms).collect()
}

fn default_lambda_id(kind: &str) -> String {
    let number = DEFAULT_LAMBDAS.iter().position(|known| *known == kind).unwrap_or_default();
    format!("0e7a1c52-1b0c-4c3a-9b0a-{number:012}")
}

fn default_form_id(kind: &str) -> String {
    let number = DEFAULT_FORMS.iter().position(|known| *known == kind).unwrap_or_default();
    format!("0f0a1c52-1b0c-4c3a-9b0a-{number:012}")
}

/// The objects of a new instance, each with the collection that it belongs to.
pub(crate) fn objects() -> Vec<(&'static str, Value)> {
    let role = |name: &str, number: u32| json!({ "id": format!("631ecd9d-8d40-4c13-8277-80cedb8237{number:02x}"), "name": name, "isSuperRole": name == "admin" });
    let lambdas = DEFAULT_LAMBDAS.iter().map(|kind| {
        let body = "// The default: nothing is changed.\nfunction reconcile(user, registration) {}\n";
        let id = default_lambda_id(kind);
        ("lambda", json!({ "id": id, "name": format!("Default {kind}"), "type": kind, "body": body, "debug": false }))
    });
    let forms = DEFAULT_FORMS.iter().map(|kind| {
        ("form", json!({ "id": default_form_id(kind), "name": format!("Default {kind}"), "type": kind, "steps": [] }))
    });
    let first = vec![
        (
            "tenant",
            json!({
                "id": DEFAULT_TENANT_ID, "name": "Default", "issuer": "acme.com", "themeId": DEFAULT_THEME_ID,
                "configured": true, "state": "Active",
                "connectorPolicies": [{ "connectorId": FUSIONAUTH_CONNECTOR_ID, "domains": ["*"], "migrate": false }],
                "jwtConfiguration": { "accessTokenKeyId": DEFAULT_SIGNING_KEY_ID, "timeToLiveInSeconds": 3600 },
            }),
        ),
        (
            "theme",
            json!({
                "id": DEFAULT_THEME_ID, "name": "FusionAuth", "type": "advanced", "stylesheet": "/* the default */",
                "defaultMessages": "login=Login\n",
                "templates": { "oauth2Authorize": "[#ftl/]\n<html>${theme.message('login')}</html>\n" },
            }),
        ),
        (
            "connector",
            json!({ "id": FUSIONAUTH_CONNECTOR_ID, "name": "Default", "type": "FusionAuth", "debug": false }),
        ),
        (
            "key",
            json!({
                "id": DEFAULT_SIGNING_KEY_ID, "name": "Default signing key", "algorithm": "HS256", "type": "HMAC",
                "kid": "sandbox-default", "length": 256,
            }),
        ),
        (
            "application",
            json!({
                "id": FUSIONAUTH_APPLICATION_ID, "name": "FusionAuth", "tenantId": DEFAULT_TENANT_ID, "active": true,
                "state": "Active", "roles": [role("admin", 14), role("user_manager", 15)],
                "oauthConfiguration": {
                    "clientId": FUSIONAUTH_APPLICATION_ID, "clientSecret": "sandbox-fusionauth-client-secret",
                    "enabledGrants": ["authorization_code", "refresh_token"], "authorizedRedirectURLs": ["/login"],
                    "proofKeyForCodeExchangePolicy": "Required",
                },
            }),
        ),
        (
            "api-key",
            json!({ "id": "6d9f4f0a-0000-4000-8000-00000000000a", "name": "Sandbox", "key": API_KEY, "keyManager": true }),
        ),
    ];
    first.into_iter().chain(lambdas).chain(forms).collect()
}
