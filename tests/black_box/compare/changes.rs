//! Each change is found, and named by its object and its path.

use serde_json::{Value, json};

use super::{access, compared, snapshot, stdout, text};
use crate::support::sandbox::Sandbox;

const PIED_PIPER: &str = "00000002-5eed-4000-8000-000000000001";
const HOOLI_TENANT: &str = "00000001-5eed-4000-8000-000000000002";

/// A change that is made by a tool, and what has to be said of it.
struct Made {
    tool: &'static str,
    arguments: Value,
    expected: Expected,
}

enum Expected {
    /// An object of that kind and name that only the second side has.
    New(&'static str, &'static str),
    /// An object of that kind and name that only the first side has.
    Gone(&'static str, &'static str),
    /// A property of an object of that kind and name.
    Different(&'static str, &'static str, Value),
}

use Expected::{Different, Gone, New};

fn made(tool: &'static str, arguments: Value, expected: Expected) -> Made {
    Made { tool, arguments, expected }
}

fn changes() -> Vec<Made> {
    let id = |kind: &str, number: u8| format!("{kind}-5eed-4000-8000-{number:012}");
    let changed = |path: &str, a: Value, b: Value| json!({ "path": path, "a": a, "b": b });
    let added = |path: &str, b: Value| json!({ "path": path, "b": b });
    vec![
        made(
            "patchTenantWithId",
            json!({ "tenantId": HOOLI_TENANT, "requestBody": { "tenant": { "issuer": "hooli.test" } } }),
            Different("tenant", "Hooli", changed("issuer", json!("hooli.example"), json!("hooli.test"))),
        ),
        made(
            "patchTenantWithId",
            json!({ "tenantId": HOOLI_TENANT, "requestBody": { "tenant": { "jwtConfiguration": { "timeToLiveInSeconds": 60 } } } }),
            Different("tenant", "Hooli", changed("jwtConfiguration.timeToLiveInSeconds", json!(3600), json!(60))),
        ),
        made(
            "patchApplicationWithId",
            json!({ "applicationId": PIED_PIPER, "requestBody": { "application": { "oauthConfiguration": {
                "logoutURL": "https://piedpiper.example/bye" } } } }),
            Different(
                "application",
                "Pied Piper",
                changed(
                    "oauthConfiguration.logoutURL",
                    json!("https://app.piedpiper.example/logout"),
                    json!("https://piedpiper.example/bye"),
                ),
            ),
        ),
        made(
            "patchApplicationWithId",
            json!({ "applicationId": PIED_PIPER, "requestBody": { "application": { "oauthConfiguration": {
                "authorizedRedirectURLs": ["https://piedpiper.example/new"] } } } }),
            Different(
                "application",
                "Pied Piper",
                added("oauthConfiguration.authorizedRedirectURLs[]", json!("https://piedpiper.example/new")),
            ),
        ),
        made(
            "createApplicationRole",
            json!({ "applicationId": PIED_PIPER, "requestBody": { "role": { "name": "auditor" } } }),
            Different("application", "Pied Piper", json!({ "path": "roles[auditor]" })),
        ),
        made(
            "createOAuthScopeWithId",
            json!({ "applicationId": PIED_PIPER, "scopeId": id("00000004", 99), "requestBody": { "scope": {
                "name": "archives:write", "defaultConsentMessage": "Change your archives" } } }),
            Different("application", "Pied Piper", json!({ "path": "scopes[archives:write]" })),
        ),
        made(
            "createLambdaWithId",
            json!({ "lambdaId": id("0000000e", 99), "requestBody": { "lambda": {
                "name": "Count", "type": "JWTPopulate", "body": "function populate(jwt, user, registration) {}" } } }),
            New("lambda", "Count"),
        ),
        made(
            "patchLambdaWithId",
            json!({ "lambdaId": id("0000000e", 1), "requestBody": { "lambda": { "body": "function populate(jwt) {}" } } }),
            Different("lambda", "Add the Weissman score", json!({ "path": "body" })),
        ),
        made(
            "patchThemeWithId",
            json!({ "themeId": id("00000007", 1), "requestBody": { "theme": { "stylesheet": "body { color: green }" } } }),
            Different("theme", "Pied Piper", json!({ "path": "stylesheet" })),
        ),
        made(
            "patchEmailTemplateWithId",
            json!({ "emailTemplateId": id("0000000a", 1), "requestBody": { "emailTemplate": { "defaultSubject": "Well?" } } }),
            Different("email template", "Verify your email", json!({ "path": "defaultSubject" })),
        ),
        made(
            "deleteWebhookWithId",
            json!({ "webhookId": id("00000010", 1) }),
            Gone("webhook", "http://hooks.piedpiper.example/fusionauth"),
        ),
        made(
            "patchWebhookWithId",
            json!({ "webhookId": id("00000010", 2), "requestBody": { "webhook": { "eventsEnabled": { "user.registration.create": true } } } }),
            Different(
                "webhook",
                "https://events.piedpiper.example/fusionauth",
                changed("eventsEnabled.user.registration.create", json!(false), json!(true)),
            ),
        ),
        made(
            "updateGroupWithId",
            json!({ "groupId": id("00000006", 2), "requestBody": { "group": { "name": "Board" }, "roleIds": [id("00000003", 32)] } }),
            Different("group", "Board", json!({ "path": "roles[Compression Console][operator]" })),
        ),
        made(
            "createFormFieldWithId",
            json!({ "fieldId": id("00000008", 99), "requestBody": { "field": {
                "name": "Shoe size", "key": "registration.data.shoeSize", "type": "number", "control": "number" } } }),
            New("form field", "Shoe size"),
        ),
        made(
            "patchFormWithId",
            json!({ "formId": id("00000009", 1), "requestBody": { "form": { "steps": [
                { "type": "collectData", "fields": [id("00000008", 2), id("00000008", 1)] },
                { "type": "collectData", "fields": [id("00000008", 3), id("00000008", 4)] }] } } }),
            Different("form", "Join Pied Piper", json!({ "path": "steps[0].fields", "orderDiffers": true })),
        ),
        made(
            "patchIdentityProviderWithId",
            json!({ "identityProviderId": id("0000000f", 1), "requestBody": { "identityProvider": {
                "type": "OpenIDConnect", "domains": ["nucleus.example"] } } }),
            Different("identity provider", "Hooli SSO", added("domains[]", json!("nucleus.example"))),
        ),
        made(
            "patchConsentWithId",
            json!({ "consentId": id("00000013", 1), "requestBody": { "consent": { "defaultMinimumAgeForSelfConsent": 17 } } }),
            Different("consent", "Newsletter", json!({ "path": "defaultMinimumAgeForSelfConsent" })),
        ),
        made(
            "createEntityTypePermissionWithId",
            json!({ "entityTypeId": id("00000014", 2), "permissionId": id("00000015", 99), "requestBody": { "permission": { "name": "defrost" } } }),
            Different("entity type", "Smart fridge", json!({ "path": "permissions[defrost]" })),
        ),
        made(
            "patchMessengerWithId",
            json!({ "messengerId": id("0000000c", 1), "requestBody": { "messenger": { "type": "Twilio", "debug": true } } }),
            Different("messenger", "Twilio", json!({ "path": "debug" })),
        ),
        made(
            "patchIPAccessControlListWithId",
            json!({ "ipAccessControlListId": id("00000019", 1), "requestBody": { "ipAccessControlList": { "name": "Garage" } } }),
            Different("IP access control list", "Office", changed("name", json!("Office"), json!("Garage"))),
        ),
        made(
            "updateKeyWithId",
            json!({ "keyId": id("00000011", 2), "requestBody": { "key": { "name": "Old devices" } } }),
            Different("key", "Devices", changed("name", json!("Devices"), json!("Old devices"))),
        ),
        made(
            "patchUserActionWithId",
            json!({ "userActionId": id("00000017", 2), "requestBody": { "userAction": { "name": "Award a hat" } } }),
            Different("user action", "Award a hoodie", json!({ "path": "name" })),
        ),
        made(
            "patchSystemConfigurationWithId",
            json!({ "requestBody": { "systemConfiguration": { "reportTimezone": "Europe/Berlin" } } }),
            Different("system configuration", "", json!({ "path": "reportTimezone" })),
        ),
        made(
            "patchIntegrationsWithId",
            json!({ "requestBody": { "integrations": { "kafka": { "defaultTopic": "news" } } } }),
            Different("integrations", "", json!({ "path": "kafka.defaultTopic" })),
        ),
        made(
            "createTenantWithId",
            json!({ "tenantId": id("00000001", 99), "requestBody": { "tenant": { "name": "Endframe" } } }),
            New("tenant", "Endframe"),
        ),
        made(
            "deleteApplicationWithId",
            json!({ "applicationId": id("00000002", 7), "hardDelete": true }),
            Gone("application", "Not Hotdog"),
        ),
    ]
}

/// Whether a property has everything that is expected of it. The values of some are not spelled out.
fn is_as_expected(property: &Value, expected: &Value) -> bool {
    expected.as_object().unwrap().iter().all(|(name, value)| property.get(name) == Some(value))
}

#[test]
fn each_of_many_changes_is_found_and_named_and_nothing_else() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let mut client = sandbox.client();
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.json");
    let changes = changes();
    assert!(changes.len() > 20);
    for Made { tool, arguments, expected } in changes {
        snapshot(&environment, &before, &[]);
        let answer = client.call(tool, arguments);
        assert!(!answer.is_error, "{tool}: {}", answer.text);
        let result = compared(&environment, &[text(&before), "current"]);
        let none = json!([]);
        let is_object = |object: &Value, kind: &str, name: &str| {
            object["kind"] == kind && object.get("name").map_or(name.is_empty(), |known| known == name)
        };
        let [first, second, different] = ["onlyInA", "onlyInB", "different"].map(|list| &result[list]);
        match &expected {
            New(kind, name) => {
                assert!(
                    is_object(&second[0], kind, name) && second.as_array().unwrap().len() == 1,
                    "{tool}: {result:#}"
                );
                assert_eq!((first, different), (&none, &none), "{tool}: {result:#}");
            }
            Gone(kind, name) => {
                assert!(is_object(&first[0], kind, name) && first.as_array().unwrap().len() == 1, "{tool}: {result:#}");
                assert_eq!((second, different), (&none, &none), "{tool}: {result:#}");
            }
            Different(kind, name, property) => {
                assert_eq!((first, second), (&none, &none), "{tool}: {result:#}");
                let objects = different.as_array().unwrap();
                assert!(objects.len() == 1 && is_object(&objects[0], kind, name), "{tool}: {result:#}");
                let properties = objects[0]["properties"].as_array().unwrap();
                assert!(properties.iter().any(|found| is_as_expected(found, property)), "{tool}: {result:#}");
                // A patched list replaces another one, so what was in it is gone.
                let outer = |property: &Value| property["path"].as_str().unwrap().split('[').next().unwrap().to_owned();
                assert!(properties.iter().all(|found| outer(found) == outer(property)), "{tool}: {result:#}");
            }
        }
        let output = super::run(&environment, &["diff", text(&before), "current"]);
        let path = if let Different(_, _, property) = &expected { property["path"].as_str().unwrap() } else { "" };
        let (kind, name) = match &expected {
            New(kind, name) | Gone(kind, name) | Different(kind, name, _) => (kind, name),
        };
        for named in [path, kind, name] {
            assert!(stdout(&output).contains(named), "{tool}: {named}: {}", stdout(&output));
        }
    }
}

#[test]
fn values_of_texts_are_shown_in_one_line_each() {
    let sandbox = Sandbox::start(&[]);
    let environment = access(&sandbox);
    let folder = tempfile::tempdir().unwrap();
    let before = folder.path().join("before.json");
    let mut client = sandbox.client();
    let mut patch = |body: &str| {
        let lambda = json!({ "lambda": { "body": body, "name": "x\n- everything is fine" } });
        let id = "0000000e-5eed-4000-8000-000000000001";
        let answer = client.call("patchLambdaWithId", json!({ "lambdaId": id, "requestBody": lambda }));
        assert!(!answer.is_error, "{}", answer.text);
    };
    patch("function populate(jwt) {\n  jwt.a = 1;\n}");
    snapshot(&environment, &before, &[]);
    patch("function populate(jwt) {\n  jwt.a = 2;\n}");
    let output = super::run(&environment, &["diff", text(&before), "current"]);
    let shown = stdout(&output);
    assert!(shown.contains(r#"body: from line 2 on: "  jwt.a = 1;" → "  jwt.a = 2;""#), "{shown}");
    assert!(!shown.lines().any(|line| line.starts_with("- everything")), "{shown}");
}
