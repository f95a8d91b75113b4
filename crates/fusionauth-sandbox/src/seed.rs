//! The seed data: a small company, "Pied Piper", as the requests that make it.
//!
//! The same every time, so that examples and tests can name what is in it. Every secret it plants is in [`SECRETS`].

use openapi_tools::operation::Method;
use serde_json::{Map, Value, json};

use crate::{instance::DEFAULT_TENANT_ID, step::Step};

/// The second tenant, "Hooli"; the first is the default one, which the seed names "Pied Piper".
pub const HOOLI_TENANT_ID: &str = "00000001-5eed-4000-8000-000000000002";
/// The third tenant, "Aviato".
pub const AVIATO_TENANT_ID: &str = "00000001-5eed-4000-8000-000000000003";
/// The application "Pied Piper" of the default tenant: PKCE, an advanced registration form, an identity provider.
pub const PIED_PIPER_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000001";
/// The application "PiperChat" of the default tenant, whose redirect URLs hold wildcards.
pub const PIPERCHAT_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000002";
/// The application "Compression Console" of the default tenant, which has a client secret.
pub const CONSOLE_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000003";
/// The application "HooliXYZ" of Hooli, which allows the implicit and the password grant.
pub const HOOLI_XYZ_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000004";
/// The application "Nucleus" of Hooli, which redirects to plain http.
pub const NUCLEUS_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000005";
/// The application "Aviato" of Aviato.
pub const AVIATO_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000006";
/// The user `richard@piedpiper.example`, an administrator with [`RICHARD_PASSWORD`].
pub const RICHARD_ID: &str = "00000005-5eed-4000-8000-000000000001";
/// The user `jared@piedpiper.example`.
pub const JARED_ID: &str = "00000005-5eed-4000-8000-000000000002";
/// The user `gilfoyle@piedpiper.example`.
pub const GILFOYLE_ID: &str = "00000005-5eed-4000-8000-000000000003";
/// The user `dinesh@piedpiper.example`.
pub const DINESH_ID: &str = "00000005-5eed-4000-8000-000000000004";
/// The user `jian@piedpiper.example`, kept from logging in by a user action.
pub const LOCKED_USER_ID: &str = "00000005-5eed-4000-8000-000000000008";
/// The user `gavin@hooli.example`, in another tenant than the rest.
pub const GAVIN_ID: &str = "00000005-5eed-4000-8000-000000000061";
/// The group "Engineering" of the default tenant.
pub const ENGINEERING_GROUP_ID: &str = "00000006-5eed-4000-8000-000000000001";
/// The theme "Pied Piper", a copy of the default one.
pub const PIED_PIPER_THEME_ID: &str = "00000007-5eed-4000-8000-000000000001";
/// The registration form of the application "Pied Piper".
pub const REGISTRATION_FORM_ID: &str = "00000009-5eed-4000-8000-000000000001";
/// The `JWTPopulate` lambda.
pub const POPULATE_LAMBDA_ID: &str = "0000000e-5eed-4000-8000-000000000001";
/// The OpenID Connect identity provider "Hooli SSO".
pub const HOOLI_SSO_ID: &str = "0000000f-5eed-4000-8000-000000000001";
/// The webhook that is called over plain http.
pub const PLAIN_WEBHOOK_ID: &str = "00000010-5eed-4000-8000-000000000001";
/// The RS256 key, which signs the default tenant's tokens.
pub const RS256_KEY_ID: &str = "00000011-5eed-4000-8000-000000000001";
/// The entity "Anton", a server with client credentials.
pub const ANTON_ID: &str = "00000016-5eed-4000-8000-000000000001";
/// The user action "Lock account".
pub const LOCK_ACTION_ID: &str = "00000017-5eed-4000-8000-000000000001";

/// The API key that may only read: GET, and POST of searches.
pub const READ_ONLY_API_KEY: &str = "sandbox-read-only-Kq7vT2mXc9RbW4yZ";
/// The id of [`READ_ONLY_API_KEY`].
pub const READ_ONLY_API_KEY_ID: &str = "00000012-5eed-4000-8000-000000000001";
/// The API key that may do everything.
pub const UNRESTRICTED_API_KEY: &str = "sandbox-unrestricted-Hn5sD8pLf3GjV6wQ";
/// The id of [`UNRESTRICTED_API_KEY`].
pub const UNRESTRICTED_API_KEY_ID: &str = "00000012-5eed-4000-8000-000000000002";
/// The password of [`RICHARD_ID`].
pub const RICHARD_PASSWORD: &str = "MiddleOut-Weissman-5.2";
/// The client secret of [`CONSOLE_APPLICATION_ID`].
pub const CONSOLE_CLIENT_SECRET: &str = "console-client-Yb2nE7tJk4XsQ9mC";

const GILFOYLE_PASSWORD: &str = "SonOfAnton-Satan-666";
const GAVIN_PASSWORD: &str = "Signature-Box-3-Hooli";
const ERLICH_PASSWORD: &str = "Aviato-Aviato-Bachman-1";
const SMTP_PASSWORD: &str = "smtp-Zk4vQ9tXw2LmR7ya";
const CAPTCHA_SECRET: &str = "captcha-Wd6gU3hPz8KcN5xe";
const TWILIO_TOKEN: &str = "twilio-Rt9fM2jBq6VyS4ka";
const CONNECTOR_USERNAME: &str = "svc-directory-52c8";
const CONNECTOR_PASSWORD: &str = "directory-Gx3wL8cTn5ZpH7ud";
const IDENTITY_PROVIDER_SECRET: &str = "hooli-sso-Jm7kA4vYf9QrD2sb";
const WEBHOOK_USERNAME: &str = "svc-webhooks-7f31";
const WEBHOOK_PASSWORD: &str = "webhook-Pc5zX9eGt3WnB8ho";
const WEBHOOK_TOKEN: &str = "webhook-token-Uf6qK2rMd7LjE4vi";
const ENTITY_SECRET: &str = "anton-client-Sv8yN3bHw5TgC9xm";

/// Every secret value in the seed data, so that tests can look for leaks.
pub const SECRETS: &[&str] = &[
    READ_ONLY_API_KEY,
    UNRESTRICTED_API_KEY,
    RICHARD_PASSWORD,
    GILFOYLE_PASSWORD,
    GAVIN_PASSWORD,
    ERLICH_PASSWORD,
    CONSOLE_CLIENT_SECRET,
    SMTP_PASSWORD,
    CAPTCHA_SECRET,
    TWILIO_TOKEN,
    CONNECTOR_USERNAME,
    CONNECTOR_PASSWORD,
    IDENTITY_PROVIDER_SECRET,
    WEBHOOK_USERNAME,
    WEBHOOK_PASSWORD,
    WEBHOOK_TOKEN,
    ENTITY_SECRET,
];

// What every new instance holds.
const DEFAULT_THEME_ID: &str = "75a068fd-e94b-451a-9aeb-3ddb9a3b5987";
const FUSIONAUTH_CONNECTOR_ID: &str = "e3306678-a53a-4964-9040-1c96f36dda72";

// Kinds, for `id`. Tenants are kind 1; the default one has an id of its own, so they are constants.
const APPLICATION: u16 = 2;
const ROLE: u16 = 3;
const SCOPE: u16 = 4;
const USER: u16 = 5;
const GROUP: u16 = 6;
const THEME: u16 = 7;
const FORM_FIELD: u16 = 8;
const FORM: u16 = 9;
const EMAIL_TEMPLATE: u16 = 10;
const MESSAGE_TEMPLATE: u16 = 11;
const MESSENGER: u16 = 12;
const CONNECTOR: u16 = 13;
const LAMBDA: u16 = 14;
const IDENTITY_PROVIDER: u16 = 15;
const WEBHOOK: u16 = 16;
const KEY: u16 = 17;
const API_KEY: u16 = 18;
const CONSENT: u16 = 19;
const ENTITY_TYPE: u16 = 20;
const PERMISSION: u16 = 21;
const ENTITY: u16 = 22;
const USER_ACTION: u16 = 23;
const USER_ACTION_REASON: u16 = 24;
const IP_ACL: u16 = 25;

// Both bodies hold what other formats take for the start of a variable, so that exports must escape it.
const POPULATE_BODY: &str = "\
function populate(jwt, user, registration) {
  // No variables: #{score} @{score.txt} &{score.json} %{ if score }
  jwt.greeting = `Hello ${user.firstName}`;
  jwt.weissmanScore = (user.data && user.data.weissmanScore) || 2.89;
}
";
const RECONCILE_BODY: &str = "\
function reconcile(user, registration, idToken, userInfo) {
  user.fullName = `${userInfo.given_name} ${userInfo.family_name}`;
  registration.data = registration.data || {};
  registration.data.hooliId = idToken.sub;
}
";

/// 2100-01-01, in ms since 1970.
const FAR_FUTURE: u64 = 4_102_444_800_000;

/// The id of an object of the seed: a UUID that shows the kind (hexadecimal) and the number (decimal).
fn id(kind: u16, number: u32) -> String {
    format!("{kind:08x}-5eed-4000-8000-{number:012}")
}

fn create(path: &str, kind: u16, number: u32, body: Value) -> Step {
    Step::post(format!("/api/{path}/{}", id(kind, number)), body)
}

/// The requests that fill a new instance, in an order in which whatever is referred to exists.
pub fn pied_piper() -> Vec<Step> {
    [
        keys_and_code(),
        templates(),
        forms(),
        kinds(),
        tenants(),
        applications(),
        providers(),
        people(),
        groups(),
        entities(),
        actions(),
        api_keys(),
        logins(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn keys_and_code() -> Vec<Step> {
    vec![
        create(
            "ip-acl",
            IP_ACL,
            1,
            json!({ "ipAccessControlList": {
                "name": "Office",
                "entries": [
                    { "action": "Allow", "startIPAddress": "10.0.0.0", "endIPAddress": "10.255.255.255" },
                    { "action": "Block", "startIPAddress": "*" }
                ]
            } }),
        ),
        create(
            "key/generate",
            KEY,
            1,
            json!({ "key": {
                "algorithm": "RS256", "name": "Pied Piper tokens", "length": 2048, "issuer": "piedpiper.example"
            } }),
        ),
        create("key/generate", KEY, 2, json!({ "key": { "algorithm": "ES256", "name": "Devices", "length": 256 } })),
        create("key/generate", KEY, 3, json!({ "key": { "algorithm": "HS256", "name": "Webhook signatures" } })),
        create(
            "lambda",
            LAMBDA,
            1,
            json!({ "lambda": {
                "name": "Add the Weissman score",
                "type": "JWTPopulate",
                "engineType": "GraalJS",
                "debug": false,
                "body": POPULATE_BODY
            } }),
        ),
        create(
            "lambda",
            LAMBDA,
            2,
            json!({ "lambda": {
                "name": "Take names from Hooli",
                "type": "OpenIDReconcile",
                "engineType": "GraalJS",
                "debug": true,
                "body": RECONCILE_BODY
            } }),
        ),
    ]
}

fn templates() -> Vec<Step> {
    let email = |number: u32, name: &str, subject: &str, sentence: &str| {
        create(
            "email/template",
            EMAIL_TEMPLATE,
            number,
            json!({ "emailTemplate": {
                "name": name,
                "fromEmail": "no-reply@piedpiper.example",
                "defaultFromName": "Pied Piper",
                "defaultSubject": subject,
                "defaultHtmlTemplate": format!("<p>Hello ${{user.firstName!'there'}},</p>\n<p>{sentence}</p>\n"),
                "defaultTextTemplate": format!("Hello ${{user.firstName!'there'}},\n\n{sentence}\n"),
                "localizedSubjects": { "de": format!("Pied Piper: {name}") }
            } }),
        )
    };
    vec![
        email(
            1,
            "Verify your email",
            "Welcome to the new internet",
            "Your code is ${verificationOneTimeCode!verificationId}.",
        ),
        email(
            2,
            "Reset your password",
            "Your new password",
            "Choose one at https://id.piedpiper.example/password/change/${changePasswordId}?tenantId=${tenant.id}.",
        ),
        email(3, "Account locked", "Your account is locked", "Ask Jared. He is always there."),
        create(
            "message/template",
            MESSAGE_TEMPLATE,
            1,
            json!({ "messageTemplate": {
                "name": "Two-factor code",
                "type": "SMS",
                "defaultTemplate": "Your Pied Piper code is ${code}",
                "localizedTemplates": { "de": "Ihr Code für Pied Piper lautet ${code}" }
            } }),
        ),
        create(
            "message/template",
            MESSAGE_TEMPLATE,
            2,
            json!({ "messageTemplate": {
                "name": "Password changed", "type": "SMS", "defaultTemplate": "${user.firstName}, your password is new."
            } }),
        ),
        create(
            "messenger",
            MESSENGER,
            1,
            json!({ "messenger": {
                "name": "Twilio",
                "type": "Twilio",
                "url": "https://api.twilio.example",
                "accountSID": "AC-pied-piper",
                "authToken": TWILIO_TOKEN,
                "fromPhoneNumber": "+16505550100",
                "debug": false
            } }),
        ),
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

fn forms() -> Vec<Step> {
    let field = |number: u32, field: Value| create("form/field", FORM_FIELD, number, json!({ "field": field }));
    vec![
        create(
            "consent",
            CONSENT,
            1,
            json!({ "consent": {
                "name": "Newsletter",
                "defaultMinimumAgeForSelfConsent": 13,
                "countryMinimumAgeForSelfConsent": { "de": 16 },
                "multipleValuesAllowed": true,
                "values": ["Compression news", "Hiring"],
                "emailPlus": { "enabled": false }
            } }),
        ),
        field(
            1,
            json!({ "name": "Work email", "key": "user.email", "type": "email", "control": "text", "required": true }),
        ),
        field(
            2,
            json!({
                "name": "New password",
                "key": "user.password",
                "type": "string",
                "control": "password",
                "confirm": true,
                "required": true
            }),
        ),
        field(
            3,
            json!({
                "name": "Team",
                "key": "registration.data.team",
                "type": "string",
                "control": "select",
                "options": ["engineering", "operations", "sales"],
                "required": false,
                "description": "Where the new hire works"
            }),
        ),
        field(
            4,
            json!({
                "name": "Newsletter consent",
                "key": format!("consents['{}']", id(CONSENT, 1)),
                "type": "consent",
                "control": "checkbox",
                "consentId": id(CONSENT, 1),
                "required": false
            }),
        ),
        create(
            "form",
            FORM,
            1,
            json!({ "form": {
                "name": "Join Pied Piper",
                "type": "registration",
                "steps": [
                    { "type": "collectData", "fields": [id(FORM_FIELD, 1), id(FORM_FIELD, 2)] },
                    { "type": "collectData", "fields": [id(FORM_FIELD, 3), id(FORM_FIELD, 4)] }
                ]
            } }),
        ),
    ]
}

fn permission(number: u32, name: &str, description: &str, is_default: bool) -> Value {
    json!({ "id": id(PERMISSION, number), "name": name, "description": description, "isDefault": is_default })
}

/// User actions, their reason, and entity types: what later objects are of.
fn kinds() -> Vec<Step> {
    vec![
        create(
            "user-action",
            USER_ACTION,
            1,
            json!({ "userAction": {
                "name": "Lock account",
                "temporal": true,
                "preventLogin": true,
                "sendEndEvent": true,
                "userEmailingEnabled": true,
                "startEmailTemplateId": id(EMAIL_TEMPLATE, 3),
                "localizedNames": { "de": "Konto sperren" },
                "transactionType": "None"
            } }),
        ),
        create(
            "user-action",
            USER_ACTION,
            2,
            json!({ "userAction": {
                "name": "Award a hoodie",
                "temporal": false,
                "preventLogin": false,
                "options": [{ "name": "Black" }, { "name": "Green", "localizedNames": { "de": "Grün" } }],
                "transactionType": "None"
            } }),
        ),
        create(
            "user-action-reason",
            USER_ACTION_REASON,
            1,
            json!({ "userActionReason": {
                "code": "TOS",
                "text": "Broke the terms of service",
                "localizedTexts": { "de": "Verstoss gegen die AGB" }
            } }),
        ),
        create(
            "entity/type",
            ENTITY_TYPE,
            1,
            json!({ "entityType": {
                "name": "Server",
                "permissions": [
                    permission(11, "read", "See its state", true), permission(12, "operate", "Start and stop it", false)
                ]
            } }),
        ),
        create(
            "entity/type",
            ENTITY_TYPE,
            2,
            json!({ "entityType": {
                "name": "Smart fridge",
                "jwtConfiguration": { "enabled": true, "accessTokenKeyId": id(KEY, 2), "timeToLiveInSeconds": 300 },
                "permissions": [
                    permission(21, "store", "Keep a chunk of the network", true),
                    permission(22, "display", "Show a picture on its door", false)
                ]
            } }),
        ),
    ]
}

fn tenants() -> Vec<Step> {
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
        create(
            "webhook",
            WEBHOOK,
            1,
            json!({ "webhook": {
                "url": "http://hooks.piedpiper.example/fusionauth",
                "description": "The old receiver in the garage",
                "global": true,
                "connectTimeout": 1000,
                "readTimeout": 2000,
                "eventsEnabled": { "user.create": true, "user.delete": true }
            } }),
        ),
        create(
            "webhook",
            WEBHOOK,
            2,
            json!({ "webhook": {
                "url": "https://events.piedpiper.example/fusionauth",
                "description": "The event bus",
                "global": false,
                "tenantIds": [DEFAULT_TENANT_ID],
                "connectTimeout": 1000,
                "readTimeout": 5000,
                "headers": { "X-Pied-Piper-Token": WEBHOOK_TOKEN },
                "httpAuthenticationUsername": WEBHOOK_USERNAME,
                "httpAuthenticationPassword": WEBHOOK_PASSWORD,
                "signatureConfiguration": { "enabled": true, "signingKeyId": id(KEY, 3) },
                "eventsEnabled": {
                    "user.create": true,
                    "user.login.success": true,
                    "user.login.failed": true,
                    "user.registration.create": false
                }
            } }),
        ),
    ]
}

struct Application {
    number: u32,
    tenant_id: &'static str,
    name: &'static str,
    /// From the super role to the default one.
    roles: &'static [&'static str],
}

static APPLICATIONS: &[Application] = &[
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

fn role_id(application: u32, position: usize) -> String {
    let position = u32::try_from(position).unwrap_or_default();
    id(ROLE, application * 10 + position + 1)
}

fn applications() -> Vec<Step> {
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
            "loginConfiguration": { "requireAuthentication": false, "generateRefreshTokens": true }
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

fn providers() -> Vec<Step> {
    vec![
        create(
            "identity-provider",
            IDENTITY_PROVIDER,
            1,
            json!({ "identityProvider": {
                "type": "OpenIDConnect",
                "name": "Hooli SSO",
                "enabled": true,
                "debug": false,
                "buttonText": "Sign in with Hooli",
                "domains": ["hooli.example"],
                "linkingStrategy": "LinkByEmail",
                "lambdaConfiguration": { "reconcileId": id(LAMBDA, 2) },
                "oauth2": {
                    "authorization_endpoint": "https://sso.hooli.example/authorize",
                    "token_endpoint": "https://sso.hooli.example/token",
                    "userinfo_endpoint": "https://sso.hooli.example/userinfo",
                    "client_id": "pied-piper",
                    "client_secret": IDENTITY_PROVIDER_SECRET,
                    "clientAuthenticationMethod": "client_secret_basic",
                    "scope": "openid email profile"
                },
                "applicationConfiguration": {
                    PIED_PIPER_APPLICATION_ID: { "enabled": true, "createRegistration": true }
                }
            } }),
        ),
        create(
            "identity-provider",
            IDENTITY_PROVIDER,
            2,
            json!({ "identityProvider": {
                "type": "SAMLv2",
                "name": "Aviato SAML",
                "enabled": true,
                "debug": false,
                "buttonText": "Sign in with Aviato",
                "idpEndpoint": "https://saml.aviato.example/sso",
                "issuer": "https://saml.aviato.example",
                "keyId": id(KEY, 1),
                "postRequest": true,
                "signRequest": false,
                "useNameIdForEmail": true,
                "linkingStrategy": "LinkByEmailForExistingUser",
                "applicationConfiguration": {
                    AVIATO_APPLICATION_ID: { "enabled": true, "createRegistration": false }
                }
            } }),
        ),
    ]
}

struct Company {
    tenant_id: &'static str,
    domain: &'static str,
    /// First name, last name, and what stands before the `@`.
    named: &'static [(&'static str, &'static str, &'static str)],
    size: usize,
}

static COMPANIES: &[Company] = &[
    Company {
        tenant_id: DEFAULT_TENANT_ID,
        domain: "piedpiper.example",
        named: &[
            ("Richard", "Hendricks", "richard"),
            ("Jared", "Dunn", "jared"),
            ("Bertram", "Gilfoyle", "gilfoyle"),
            ("Dinesh", "Chugtai", "dinesh"),
            ("Monica", "Hall", "monica"),
            ("Carla", "Walton", "carla"),
            ("Holden", "Pierce", "holden"),
            ("Jian", "Yang", "jian"),
        ],
        size: 60,
    },
    Company {
        tenant_id: HOOLI_TENANT_ID,
        domain: "hooli.example",
        named: &[("Gavin", "Belson", "gavin"), ("Nelson", "Bighetti", "bighead"), ("Denpok", "Singh", "denpok")],
        size: 40,
    },
    Company {
        tenant_id: AVIATO_TENANT_ID,
        domain: "aviato.example",
        named: &[("Erlich", "Bachman", "erlich"), ("Russ", "Hanneman", "russ")],
        size: 20,
    },
];

// Walked side by side; their lengths have no common factor, so that no pair comes twice.
const FIRST_NAMES: [&str; 37] = [
    "Ada", "Amir", "Beatriz", "Caleb", "Chiara", "Daniel", "Elena", "Farid", "Grace", "Hannah", "Ibrahim", "Ines",
    "Jonas", "Kavya", "Kenji", "Leila", "Liam", "Lucia", "Marcus", "Mei", "Nadia", "Noah", "Olga", "Omar", "Paulina",
    "Priya", "Quentin", "Rosa", "Samuel", "Sofia", "Tariq", "Theo", "Uma", "Viktor", "Wanda", "Yusuf", "Zoe",
];
const LAST_NAMES: [&str; 41] = [
    "Abbott", "Baker", "Castillo", "Chen", "Dubois", "Eriksen", "Farouk", "Fischer", "Garcia", "Gupta", "Haddad",
    "Hoffmann", "Ivanova", "Jansen", "Kato", "Keller", "Kowalski", "Larsen", "Lopez", "Mancini", "Meyer", "Moreau",
    "Nakamura", "Novak", "Okafor", "Olsen", "Patel", "Petrov", "Quinn", "Rahman", "Rossi", "Santos", "Schmid", "Silva",
    "Tanaka", "Thompson", "Ueda", "Vasquez", "Weber", "Young", "Zhang",
];

/// A linear congruential generator: variety that is the same every time.
struct Dice(u32);

impl Dice {
    /// A number from 0 up to, not including, `bound`.
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The low bits of such a generator repeat soon.
        (self.0 >> 16) % bound.max(1)
    }

    fn one_of(&mut self, choices: &[&'static str]) -> &'static str {
        let length = u32::try_from(choices.len()).unwrap_or_default();
        choices.get(self.below(length) as usize).copied().unwrap_or_default()
    }
}

fn people() -> Vec<Step> {
    let mut dice = Dice(2014);
    let mut names = FIRST_NAMES.iter().copied().cycle().zip(LAST_NAMES.iter().copied().cycle());
    let mut steps = Vec::new();
    let mut number = 0;
    for company in COMPANIES {
        let mut named = company.named.iter();
        for _ in 0..company.size {
            number += 1;
            let person = match named.next() {
                Some(&(first, last, handle)) => Some((first, last, handle.to_owned(), true)),
                None => names
                    .next()
                    .map(|(first, last)| (first, last, format!("{first}.{last}").to_ascii_lowercase(), false)),
            };
            if let Some((first, last, handle, is_named)) = person {
                let user = user(company, number, first, last, &handle, &mut dice);
                steps.extend(registrations(company, number, user, is_named, &mut dice));
            }
        }
    }
    steps
}

fn password(number: u32) -> Option<&'static str> {
    match number {
        1 => Some(RICHARD_PASSWORD),
        3 => Some(GILFOYLE_PASSWORD),
        61 => Some(GAVIN_PASSWORD),
        101 => Some(ERLICH_PASSWORD),
        _ => None,
    }
}

fn user(company: &Company, number: u32, first: &str, last: &str, handle: &str, dice: &mut Dice) -> Value {
    let mut user = Map::new();
    let mut set = |property: &str, value: Value| {
        user.insert(property.to_owned(), value);
    };
    set("email", json!(format!("{handle}@{}", company.domain)));
    set("firstName", json!(first));
    set("lastName", json!(last));
    if let Some(password) = password(number) {
        set("password", json!(password));
    }
    if dice.below(3) == 0 {
        let (year, month, day) = (1960 + dice.below(42), 1 + dice.below(12), 1 + dice.below(28));
        set("birthDate", json!(format!("{year}-{month:02}-{day:02}")));
    }
    if dice.below(3) == 0 {
        set("mobilePhone", json!(format!("+1650555{:04}", 1000 + number)));
    }
    if dice.below(4) == 0 {
        set("username", json!(handle));
    }
    if dice.below(3) == 0 {
        let language = dice.one_of(&["de", "es", "fr", "it", "ja", "pt_BR"]);
        set("preferredLanguages", json!(["en", language]));
    }
    if dice.below(4) == 0 {
        set(
            "timezone",
            json!(dice.one_of(&["America/Los_Angeles", "America/New_York", "Europe/Zurich", "Asia/Tokyo"])),
        );
    }
    if dice.below(2) == 0 {
        let department = dice.one_of(&["engineering", "finance", "legal", "operations", "sales"]);
        set(
            "data",
            json!({ "department": department, "employeeNumber": 1000 + number, "isRemote": dice.below(2) == 0 }),
        );
    }
    Value::Object(user)
}

/// The request that makes a user with a first registration, and perhaps one more.
fn registrations(company: &Company, number: u32, user: Value, is_named: bool, dice: &mut Dice) -> Vec<Step> {
    let applications: Vec<&Application> =
        APPLICATIONS.iter().filter(|application| application.tenant_id == company.tenant_id).collect();
    let Some((main, others)) = applications.split_first() else { return Vec::new() };
    let target = format!("/api/user/registration/{}", id(USER, number));
    let first = registration(main, is_named, dice);
    let mut steps = vec![
        Step::post(
            target.clone(),
            json!({
                "user": user, "registration": first, "skipVerification": true, "skipRegistrationVerification": true
            }),
        )
        .in_tenant(company.tenant_id),
    ];
    let choice = dice.below(u32::try_from(others.len()).unwrap_or_default()) as usize;
    if dice.below(3) == 0
        && let Some(other) = others.get(choice)
    {
        let second = registration(other, is_named, dice);
        steps.push(
            Step::post(target, json!({ "registration": second, "skipRegistrationVerification": true }))
                .in_tenant(company.tenant_id),
        );
    }
    steps
}

fn registration(application: &Application, is_named: bool, dice: &mut Dice) -> Value {
    let mut roles: Vec<&str> = application.roles.last().copied().into_iter().collect();
    if is_named {
        roles = application.roles.first().copied().into_iter().collect();
    } else if dice.below(4) == 0 && application.roles.len() > 2 {
        roles.extend(application.roles.get(1).copied());
    }
    let mut registration = Map::new();
    registration.insert("applicationId".to_owned(), json!(id(APPLICATION, application.number)));
    registration.insert("roles".to_owned(), json!(roles));
    if dice.below(5) == 0 {
        registration.insert("data".to_owned(), json!({ "team": dice.one_of(&["engineering", "operations", "sales"]) }));
    }
    Value::Object(registration)
}

fn groups() -> Vec<Step> {
    let group = |number: u32, tenant_id: &str, name: &str, role_ids: Vec<String>, members: &[u32]| {
        let members: Vec<Value> = members.iter().map(|member| json!({ "userId": id(USER, *member) })).collect();
        let mut by_group = Map::new();
        by_group.insert(id(GROUP, number), Value::Array(members));
        [
            create("group", GROUP, number, json!({ "group": { "name": name }, "roleIds": role_ids }))
                .in_tenant(tenant_id),
            Step::post("/api/group/member", json!({ "members": by_group })).in_tenant(tenant_id),
        ]
    };
    [
        group(1, DEFAULT_TENANT_ID, "Engineering", vec![role_id(1, 1), role_id(3, 1)], &[1, 3, 4, 6, 12, 17, 23, 31]),
        group(2, DEFAULT_TENANT_ID, "Board", vec![role_id(3, 2)], &[1, 2, 5]),
        group(3, HOOLI_TENANT_ID, "Nucleus team", vec![role_id(5, 1)], &[61, 62, 70, 75, 88]),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn entities() -> Vec<Step> {
    vec![
        create(
            "entity",
            ENTITY,
            1,
            json!({ "entity": {
                "name": "Anton",
                "type": { "id": id(ENTITY_TYPE, 1) },
                "clientId": "anton",
                "clientSecret": ENTITY_SECRET,
                "data": { "location": "garage" }
            } }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
        create(
            "entity",
            ENTITY,
            2,
            json!({ "entity": {
                "name": "Son of Anton", "type": { "id": id(ENTITY_TYPE, 1) }, "parentId": id(ENTITY, 1)
            } }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
        create("entity", ENTITY, 3, json!({ "entity": { "name": "Fridge 27", "type": { "id": id(ENTITY_TYPE, 2) } } }))
            .in_tenant(HOOLI_TENANT_ID),
        Step::post(
            format!("/api/entity/{ANTON_ID}/grant"),
            json!({ "grant": { "userId": GILFOYLE_ID, "permissions": ["read", "operate"] } }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
    ]
}

fn actions() -> Vec<Step> {
    vec![
        Step::post(
            "/api/user/action",
            json!({
                "broadcast": false,
                "action": {
                    "actioneeUserId": LOCKED_USER_ID,
                    "actionerUserId": RICHARD_ID,
                    "userActionId": LOCK_ACTION_ID,
                    "reasonId": id(USER_ACTION_REASON, 1),
                    "comment": "Until the smart fridges are back",
                    "expiry": FAR_FUTURE,
                    "emailUser": false,
                    "notifyUser": false
                }
            }),
        )
        .in_tenant(DEFAULT_TENANT_ID),
    ]
}

// What the read-only API key may GET, and what it may search besides, as paths after `/api/`.
const READABLE: &str = "\
    application connector consent email/template entity entity/grant entity/type form form/field group \
    identity-provider integration ip-acl key lambda message/template messenger system-configuration tenant theme user \
    user-action user-action-reason user/action user/registration webhook";
const SEARCHABLE: &str = "\
    application consent email/template entity entity/grant entity/type group group/member identity-provider ip-acl \
    key lambda tenant theme user webhook";

fn api_keys() -> Vec<Step> {
    let mut endpoints = Map::new();
    for path in READABLE.split(' ') {
        endpoints.insert(format!("/api/{path}"), json!(["GET"]));
    }
    for path in SEARCHABLE.split(' ') {
        endpoints.insert(format!("/api/{path}/search"), json!(["GET", "POST"]));
    }
    vec![
        create(
            "api-key",
            API_KEY,
            1,
            json!({ "apiKey": {
                "name": "Read only",
                "key": READ_ONLY_API_KEY,
                "retrievable": true,
                "permissions": { "endpoints": endpoints },
                "metaData": { "attributes": { "description": "Reads and searches, changes nothing" } }
            } }),
        ),
        create(
            "api-key",
            API_KEY,
            2,
            json!({ "apiKey": {
                "name": "Unrestricted",
                "key": UNRESTRICTED_API_KEY,
                "retrievable": false,
                "metaData": { "attributes": { "description": "May do everything" } }
            } }),
        ),
    ]
}

/// Who has logged in where, the last one last.
fn logins() -> Vec<Step> {
    let logins = [
        (RICHARD_ID, PIED_PIPER_APPLICATION_ID),
        (GAVIN_ID, HOOLI_XYZ_APPLICATION_ID),
        (JARED_ID, PIED_PIPER_APPLICATION_ID),
        (GILFOYLE_ID, CONSOLE_APPLICATION_ID),
        (RICHARD_ID, CONSOLE_APPLICATION_ID),
        (DINESH_ID, PIPERCHAT_APPLICATION_ID),
    ];
    let ping = |(user, application): (&str, &str)| Step {
        method: Method::Put,
        ..Step::post(format!("/api/login/{user}/{application}"), json!({}))
    };
    logins.map(ping).into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn is_uuid(text: &str) -> bool {
        text.len() == 36
            && text.char_indices().all(|(position, letter)| match position {
                8 | 13 | 18 | 23 => letter == '-',
                _ => matches!(letter, '0'..='9' | 'a'..='f'),
            })
    }

    fn uuids(value: &Value) -> Vec<String> {
        match value {
            Value::String(text) if is_uuid(text) => vec![text.clone()],
            Value::Array(items) => items.iter().flat_map(uuids).collect(),
            Value::Object(object) => {
                object.iter().flat_map(|(key, value)| uuids(&json!(key)).into_iter().chain(uuids(value))).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The id in the path of a request that makes an object.
    fn made(step: &Step) -> Option<(&str, &str)> {
        let is_second_registration =
            step.target.starts_with("/api/user/registration/") && step.body.get("user").is_none();
        let (kind, id) = step.target.rsplit_once('/')?;
        (step.method == Method::Post && !is_second_registration && is_uuid(id)).then_some((kind, id))
    }

    /// The ids of roles and permissions, which come with what they belong to.
    fn made_inside(step: &Step) -> Vec<String> {
        ["/application/roles", "/entityType/permissions"]
            .iter()
            .filter_map(|pointer| step.body.pointer(pointer))
            .flat_map(uuids)
            .collect()
    }

    #[test]
    fn is_the_same_every_time() {
        assert_eq!(pied_piper(), pied_piper());
    }

    #[test]
    fn ids_are_unique_per_kind() {
        let steps = pied_piper();
        let mut seen = BTreeSet::new();
        for step in &steps {
            if let Some((kind, id)) = made(step) {
                assert!(seen.insert((kind.to_owned(), id.to_owned())), "{} is made twice", step.target);
            }
            for id in made_inside(step) {
                assert!(seen.insert(("inside".to_owned(), id.clone())), "{id} is made twice");
            }
        }
        let emails: BTreeSet<&str> =
            steps.iter().filter_map(|step| step.body.pointer("/user/email")?.as_str()).collect();
        assert_eq!(emails.len(), 120);
    }

    #[test]
    fn whatever_is_referred_to_exists() {
        let mut known: BTreeSet<String> =
            [DEFAULT_TENANT_ID, DEFAULT_THEME_ID, FUSIONAUTH_CONNECTOR_ID].map(str::to_owned).into();
        for step in pied_piper() {
            known.extend(made_inside(&step));
            let in_path = step.target.split('/').filter(|part| is_uuid(part)).map(str::to_owned);
            let made = made(&step).map(|(_, id)| id.to_owned());
            for id in uuids(&step.body).into_iter().chain(step.tenant_id.clone()).chain(in_path) {
                assert!(known.contains(&id) || made.as_ref() == Some(&id), "{}: no {id} yet", step.target);
            }
            known.extend(made);
        }
    }

    #[test]
    fn every_secret_is_planted() {
        let bodies: Vec<String> = pied_piper().iter().map(|step| step.body.to_string()).collect();
        for secret in SECRETS {
            assert!(bodies.iter().any(|body| body.contains(secret)), "{secret} is nowhere");
        }
    }

    #[test]
    fn constants_are_what_they_say() {
        let steps = pied_piper();
        let body = |id: &str| {
            let step = steps.iter().find(|step| made(step).is_some_and(|(_, made)| made == id));
            step.map(|step| step.body.to_string()).unwrap_or_default()
        };
        for (id, part) in [
            (HOOLI_TENANT_ID, "\"Hooli\""),
            (AVIATO_TENANT_ID, "\"Aviato\""),
            (PIED_PIPER_APPLICATION_ID, "\"Pied Piper\""),
            (PIPERCHAT_APPLICATION_ID, "AllowWildcards"),
            (CONSOLE_APPLICATION_ID, CONSOLE_CLIENT_SECRET),
            (HOOLI_XYZ_APPLICATION_ID, "\"implicit\""),
            (NUCLEUS_APPLICATION_ID, "\"http://"),
            (AVIATO_APPLICATION_ID, "\"Aviato\""),
            (RICHARD_ID, "\"richard@piedpiper.example\""),
            (JARED_ID, "\"jared@piedpiper.example\""),
            (GILFOYLE_ID, "\"gilfoyle@piedpiper.example\""),
            (DINESH_ID, "\"dinesh@piedpiper.example\""),
            (LOCKED_USER_ID, "\"jian@piedpiper.example\""),
            (GAVIN_ID, "\"gavin@hooli.example\""),
            (ENGINEERING_GROUP_ID, "\"Engineering\""),
            (PIED_PIPER_THEME_ID, "\"Pied Piper\""),
            (REGISTRATION_FORM_ID, "\"registration\""),
            (POPULATE_LAMBDA_ID, "\"JWTPopulate\""),
            (HOOLI_SSO_ID, "\"Hooli SSO\""),
            (PLAIN_WEBHOOK_ID, "\"http://"),
            (RS256_KEY_ID, "\"RS256\""),
            (ANTON_ID, "\"Anton\""),
            (LOCK_ACTION_ID, "\"Lock account\""),
            (READ_ONLY_API_KEY_ID, READ_ONLY_API_KEY),
            (UNRESTRICTED_API_KEY_ID, UNRESTRICTED_API_KEY),
        ] {
            assert!(body(id).contains(part), "{id} is not {part}");
        }
    }
}
