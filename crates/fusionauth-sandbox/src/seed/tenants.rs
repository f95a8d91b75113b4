//! The three tenants, and the connector and the theme that they refer to.

use serde_json::json;

use super::{
    ids::{AVIATO_TENANT_ID, HOOLI_TENANT_ID},
    request::{CONNECTOR, EMAIL_TEMPLATE, KEY, MESSAGE_TEMPLATE, MESSENGER, THEME, USER_ACTION, create, id},
    secrets::{CAPTCHA_SECRET, CONNECTOR_PASSWORD, CONNECTOR_USERNAME, SMTP_PASSWORD},
};
use crate::{
    exchange::Method,
    installation::{DEFAULT_TENANT_ID, DEFAULT_THEME_ID, FUSIONAUTH_CONNECTOR_ID},
    step::Step,
};

/// What tenants refer to: a connector and a theme.
pub fn connector_and_theme() -> Vec<Step> {
    vec![
        create(
            "connector",
            CONNECTOR,
            1,
            json!({ "connector": {
                "name": "Hooli directory",
                "type": "Generic",
                "authenticationURL": "https://directory.hooli.example/login",
                "connectTimeout": 2000,
                "readTimeout": 3000,
                "httpAuthenticationUsername": CONNECTOR_USERNAME,
                "httpAuthenticationPassword": CONNECTOR_PASSWORD,
                "debug": false
            } }),
        ),
        create("theme", THEME, 1, json!({ "sourceThemeId": DEFAULT_THEME_ID, "theme": { "name": "Pied Piper" } })),
    ]
}

/// The tenants: the default one is changed, the others are new.
pub fn tenants() -> Vec<Step> {
    let default_tenant = json!({ "tenant": {
        "name": "Pied Piper",
        "issuer": "piedpiper.example",
        "themeId": id(THEME, 1),
        "emailConfiguration": {
            "host": "smtp.piedpiper.example",
            "port": 587,
            "security": "TLS",
            "username": "mailer",
            "password": SMTP_PASSWORD,
            "defaultFromEmail": "no-reply@piedpiper.example",
            "defaultFromName": "Pied Piper",
            "forgotPasswordEmailTemplateId": id(EMAIL_TEMPLATE, 2),
            "verificationEmailTemplateId": id(EMAIL_TEMPLATE, 1),
            "verifyEmail": true
        },
        "passwordValidationRules": {
            "minLength": 12, "maxLength": 256, "requireMixedCase": true, "requireNonAlpha": true, "requireNumber": true
        },
        "captchaConfiguration": {
            "enabled": true, "captchaMethod": "HCaptcha", "siteKey": "pied-piper", "secretKey": CAPTCHA_SECRET
        },
        "jwtConfiguration": {
            "enabled": true,
            "accessTokenKeyId": id(KEY, 1),
            "idTokenKeyId": id(KEY, 1),
            "timeToLiveInSeconds": 3600,
            "refreshTokenTimeToLiveInMinutes": 43200
        },
        "multiFactorConfiguration": {
            "loginPolicy": "Enabled",
            "authenticator": { "enabled": true },
            "sms": { "enabled": true, "messengerId": id(MESSENGER, 1), "templateId": id(MESSAGE_TEMPLATE, 1) }
        },
        "failedAuthenticationConfiguration": {
            "userActionId": id(USER_ACTION, 1),
            "tooManyAttempts": 5,
            "resetCountInSeconds": 60,
            "actionDuration": 3,
            "actionDurationUnit": "MINUTES"
        },
        "eventConfiguration": { "events": { "user.create": { "enabled": true, "transactionType": "None" } } },
        "data": { "motto": "Making the world a better place", "employees": 60 }
    } });
    vec![
        Step {
            method: Method::Patch,
            target: format!("/api/tenant/{DEFAULT_TENANT_ID}"),
            tenant_id: None,
            content_type: Some("application/merge-patch+json".to_owned()),
            body: default_tenant,
        },
        Step::post(
            format!("/api/tenant/{HOOLI_TENANT_ID}"),
            json!({ "tenant": {
                "name": "Hooli",
                "issuer": "hooli.example",
                "themeId": DEFAULT_THEME_ID,
                "connectorPolicies": [
                    { "connectorId": id(CONNECTOR, 1), "domains": ["hooli.example"], "migrate": false },
                    { "connectorId": FUSIONAUTH_CONNECTOR_ID, "domains": ["*"], "migrate": false }
                ],
                "emailConfiguration": {
                    "host": "smtp.hooli.example",
                    "port": 25,
                    "security": "NONE",
                    "defaultFromEmail": "gavin@hooli.example"
                },
                "phoneConfiguration": {
                    "messengerId": id(MESSENGER, 1), "passwordUpdateTemplateId": id(MESSAGE_TEMPLATE, 2)
                },
                "passwordValidationRules": { "minLength": 8, "maxLength": 64 }
            } }),
        ),
        Step::post(
            format!("/api/tenant/{AVIATO_TENANT_ID}"),
            json!({ "tenant": {
                "name": "Aviato",
                "issuer": "aviato.example",
                "themeId": id(THEME, 1),
                "emailConfiguration": { "host": "smtp.aviato.example", "port": 465, "security": "SSL" },
                "httpSessionMaxInactiveInterval": 1800
            } }),
        ),
    ]
}
