//! The applications with their roles, and a scope.

use serde_json::{Map, Value, json};

use super::{
    ids::{AVIATO_TENANT_ID, HOOLI_TENANT_ID, PIED_PIPER_APPLICATION_ID},
    request::{APPLICATION, EMAIL_TEMPLATE, FORM, IP_ACL, KEY, LAMBDA, ROLE, SCOPE, THEME, create, id},
    secrets::CONSOLE_CLIENT_SECRET,
};
use crate::{installation::DEFAULT_TENANT_ID, step::Step};

/// An application of the seed.
pub struct Application {
    pub number: u32,
    pub tenant_id: &'static str,
    pub name: &'static str,
    /// From the super role to the default one.
    pub roles: &'static [&'static str],
}

/// All applications of the seed.
pub static APPLICATIONS: &[Application] = &[
    Application {
        number: 1,
        tenant_id: DEFAULT_TENANT_ID,
        name: "Pied Piper",
        roles: &["admin", "engineer", "customer"],
    },
    Application { number: 2, tenant_id: DEFAULT_TENANT_ID, name: "PiperChat", roles: &["moderator", "member"] },
    Application {
        number: 3,
        tenant_id: DEFAULT_TENANT_ID,
        name: "Compression Console",
        roles: &["owner", "operator", "viewer"],
    },
    Application { number: 4, tenant_id: HOOLI_TENANT_ID, name: "HooliXYZ", roles: &["head-dreamer", "dreamer"] },
    Application { number: 5, tenant_id: HOOLI_TENANT_ID, name: "Nucleus", roles: &["admin", "engineer", "tester"] },
    Application { number: 6, tenant_id: AVIATO_TENANT_ID, name: "Aviato", roles: &["founder", "traveller"] },
    Application { number: 7, tenant_id: AVIATO_TENANT_ID, name: "Not Hotdog", roles: &["admin", "labeller", "guest"] },
];

/// The id of an application's role at a position from 0.
pub fn role_id(application: u32, position: usize) -> String {
    let position = u32::try_from(position).unwrap_or_default();
    id(ROLE, application * 10 + position + 1)
}

/// The applications, then the scope.
pub fn applications() -> Vec<Step> {
    let mut steps: Vec<Step> = APPLICATIONS
        .iter()
        .map(|application| {
            let last = application.roles.len().saturating_sub(1);
            let roles: Vec<Value> = application
                .roles
                .iter()
                .enumerate()
                .map(|(position, name)| {
                    json!({
                        "id": role_id(application.number, position),
                        "name": name,
                        "description": format!("{name} of {}", application.name),
                        "isSuperRole": position == 0,
                        "isDefault": position == last
                    })
                })
                .collect();
            let mut body = Map::new();
            body.insert("name".to_owned(), json!(application.name));
            body.insert("roles".to_owned(), json!(roles));
            body.insert("oauthConfiguration".to_owned(), oauth_configuration(application.number));
            if let Value::Object(settings) = other_settings(application.number) {
                body.extend(settings);
            }
            create("application", APPLICATION, application.number, json!({ "application": body }))
                .in_tenant(application.tenant_id)
        })
        .collect();
    steps.push(
        Step::post(
            format!("/api/application/{PIED_PIPER_APPLICATION_ID}/scope/{}", id(SCOPE, 1)),
            json!({ "scope": {
                "name": "archives:read",
                "description": "Read compressed archives",
                "defaultConsentMessage": "See your archives",
                "defaultConsentDetail": "Names and sizes, not what is in them.",
                "required": false
            } }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
    );
    steps
}

fn oauth_configuration(application: u32) -> Value {
    match application {
        1 => json!({
            "authorizedRedirectURLs": ["https://app.piedpiper.example/callback", "com.piedpiper.app:/callback"],
            "authorizedOriginURLs": ["https://app.piedpiper.example"],
            "authorizedURLValidationPolicy": "ExactMatch",
            "proofKeyForCodeExchangePolicy": "Required",
            "clientAuthenticationPolicy": "NotRequiredWhenUsingPKCE",
            "enabledGrants": ["authorization_code", "refresh_token"],
            "generateRefreshTokens": true,
            "requireRegistration": true,
            "logoutURL": "https://app.piedpiper.example/logout",
            "logoutBehavior": "AllApplications",
            "scopeHandlingPolicy": "Strict",
            "unknownScopePolicy": "Reject"
        }),
        2 => json!({
            "authorizedRedirectURLs": ["https://*.piedpiper.example/callback"],
            "authorizedOriginURLs": ["https://*.piedpiper.example"],
            "authorizedURLValidationPolicy": "AllowWildcards",
            "proofKeyForCodeExchangePolicy": "NotRequiredWhenUsingClientAuthentication",
            "clientAuthenticationPolicy": "NotRequiredWhenUsingPKCE",
            "enabledGrants": ["authorization_code", "refresh_token"],
            "generateRefreshTokens": true
        }),
        3 => json!({
            "authorizedRedirectURLs": ["https://console.piedpiper.example/oauth/callback"],
            "authorizedURLValidationPolicy": "ExactMatch",
            "proofKeyForCodeExchangePolicy": "NotRequired",
            "clientAuthenticationPolicy": "Required",
            "clientSecret": CONSOLE_CLIENT_SECRET,
            "enabledGrants": ["authorization_code", "refresh_token"],
            "generateRefreshTokens": true,
            "requireRegistration": true
        }),
        4 => json!({
            "authorizedRedirectURLs": ["https://xyz.hooli.example/callback"],
            "proofKeyForCodeExchangePolicy": "NotRequired",
            "clientAuthenticationPolicy": "NotRequired",
            "enabledGrants": ["authorization_code", "implicit", "password"],
            "debug": true
        }),
        5 => json!({
            "authorizedRedirectURLs": [
                "http://nucleus.hooli.example/callback", "https://nucleus.hooli.example/callback"
            ],
            "proofKeyForCodeExchangePolicy": "NotRequiredWhenUsingClientAuthentication",
            "clientAuthenticationPolicy": "Required",
            "enabledGrants": ["authorization_code"]
        }),
        6 => json!({
            "authorizedRedirectURLs": ["https://www.aviato.example/callback"],
            "proofKeyForCodeExchangePolicy": "Required",
            "clientAuthenticationPolicy": "NotRequiredWhenUsingPKCE",
            "enabledGrants": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
            "deviceVerificationURL": "https://id.aviato.example/oauth2/device"
        }),
        _ => json!({
            "authorizedRedirectURLs": ["https://hotdog.aviato.example/callback"],
            "proofKeyForCodeExchangePolicy": "Required",
            "clientAuthenticationPolicy": "NotRequiredWhenUsingPKCE",
            "enabledGrants": ["authorization_code", "refresh_token"],
            "generateRefreshTokens": false
        }),
    }
}

fn other_settings(application: u32) -> Value {
    match application {
        1 => json!({
            "registrationConfiguration": { "enabled": true, "type": "advanced", "formId": id(FORM, 1) },
            "lambdaConfiguration": { "accessTokenPopulateId": id(LAMBDA, 1), "idTokenPopulateId": id(LAMBDA, 1) },
            "verificationEmailTemplateId": id(EMAIL_TEMPLATE, 1),
            "data": { "repository": "piedpiper/middle-out", "tiers": ["free", "pro"] }
        }),
        2 => json!({
            "registrationConfiguration": { "enabled": true, "type": "basic", "loginIdType": "email" },
            "loginConfiguration": { "requireAuthentication": false, "generateRefreshTokens": true },
            "passwordlessConfiguration": { "enabled": true }
        }),
        3 => json!({
            "accessControlConfiguration": { "uiIPAccessControlListId": id(IP_ACL, 1) },
            "jwtConfiguration": {
                "enabled": true,
                "accessTokenKeyId": id(KEY, 2),
                "idTokenKeyId": id(KEY, 2),
                "timeToLiveInSeconds": 600,
                "refreshTokenTimeToLiveInMinutes": 1440
            }
        }),
        6 => json!({ "themeId": id(THEME, 1) }),
        _ => json!({}),
    }
}
