//! What a null in a PATCH must not remove.

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use serde_json::{Value, json};

use super::calling::Calling;
use crate::support::USER_ID;

fn patch(tool: &str, body: Value) -> Value {
    let operation = DOCUMENT.operation(tool).unwrap();
    let ids = operation.parameters.iter().filter(|parameter| parameter.required);
    let mut arguments = json!({ "requestBody": body });
    for id in ids {
        arguments[id.name] = json!(USER_ID);
    }
    arguments
}

#[test]
fn a_required_setting_is_not_removed() {
    let mut calling = Calling::start();
    for (tool, body, place) in [
        ("patchApplicationWithId", json!({ "application": { "name": null } }), "application.name"),
        ("patchTenantWithId", json!({ "tenant": { "name": null } }), "tenant.name"),
        ("patchGroupWithId", json!({ "group": { "name": null } }), "group.name"),
        ("patchWebhookWithId", json!({ "webhook": { "url": null } }), "webhook.url"),
        ("patchAPIKeyWithId", json!({ "apiKey": { "permissions": null } }), "apiKey.permissions"),
        (
            "patchAPIKeyWithId",
            json!({ "apiKey": { "permissions": { "endpoints": null } } }),
            "apiKey.permissions.endpoints",
        ),
        ("patchFormWithId", json!({ "form": { "steps": null } }), "form.steps"),
        ("patchThemeWithId", json!({ "theme": { "defaultMessages": null } }), "theme.defaultMessages"),
        ("patchLambdaWithId", json!({ "lambda": { "body": null } }), "lambda.body"),
        (
            "patchEmailTemplateWithId",
            json!({ "emailTemplate": { "defaultSubject": null } }),
            "emailTemplate.defaultSubject",
        ),
        (
            "patchIdentityProviderWithId",
            json!({ "identityProvider": { "type": "Google", "client_id": null } }),
            "identityProvider.client_id",
        ),
    ] {
        let expected = format!("requestBody.{place}: null would remove this setting, which is required");
        calling.refused(tool, patch(tool, body), &[&expected]);
    }
}

#[test]
fn an_object_with_a_secret_in_it_is_not_removed() {
    let mut calling = Calling::start();
    for (tool, body, place, secret) in [
        (
            "patchApplicationWithId",
            json!({ "application": { "oauthConfiguration": null } }),
            "application.oauthConfiguration",
            "clientSecret",
        ),
        (
            "patchTenantWithId",
            json!({ "tenant": { "emailConfiguration": null } }),
            "tenant.emailConfiguration",
            "password",
        ),
        ("patchUserWithId", json!({ "user": { "twoFactor": null } }), "user.twoFactor", "recoveryCodes"),
        (
            "patchUserWithId",
            json!({ "user": { "twoFactor": { "methods": null } } }),
            "user.twoFactor.methods",
            "secret",
        ),
        ("patchApplicationWithId", json!({ "application": null }), "application", ""),
    ] {
        let expected = format!("requestBody.{place}: null would remove this with the secret in it (`{secret}");
        calling.refused(tool, patch(tool, body), &[&expected]);
    }
}

#[test]
fn what_may_go_goes_and_is_named() {
    let mut calling = Calling::start();
    for (tool, body, place) in [
        (
            "patchTenantWithId",
            json!({ "tenant": { "emailConfiguration": { "password": null } } }),
            "tenant.emailConfiguration.password",
        ),
        ("patchTenantWithId", json!({ "tenant": { "jwtConfiguration": null } }), "tenant.jwtConfiguration"),
        (
            "patchApplicationWithId",
            json!({ "application": { "jwtConfiguration": { "timeToLiveInSeconds": null } } }),
            "application.jwtConfiguration.timeToLiveInSeconds",
        ),
        ("patchApplicationWithId", json!({ "application": { "themeId": null } }), "application.themeId"),
        ("patchUserWithId", json!({ "user": { "data": null } }), "user.data"),
    ] {
        let (line, sent) = calling.body(tool, patch(tool, body.clone()));
        assert_eq!(sent, body, "{tool}");
        assert!(line.contains(&format!("null removes requestBody.{place}")), "{line}");
    }
}

#[test]
fn null_in_a_put_is_not_taken_for_what_is_needed() {
    let mut calling = Calling::start();
    for (tool, body, place) in [
        (
            "updateApplicationWithId",
            json!({ "application": { "name": "a", "oauthConfiguration": { "clientSecret": null } } }),
            "application.oauthConfiguration.clientSecret: null is not taken for this secret; give its value",
        ),
        (
            "updateAPIKeyWithId",
            json!({ "apiKey": { "permissions": { "endpoints": null } } }),
            "apiKey.permissions.endpoints: null is not taken for this setting, which is required; give its value",
        ),
        (
            "updateFormWithId",
            json!({ "form": { "name": "a", "steps": null } }),
            "form.steps: null is not taken for this setting, which is required; give its value",
        ),
    ] {
        calling.refused(tool, patch(tool, body), &[&format!("requestBody.{place}")]);
    }
    // A client that has to give each property says nothing by null.
    let body = json!({ "apiKey": {
        "name": "a", "expirationInstant": null, "id": null, "insertInstant": null, "ipAccessControlListId": null,
        "key": null, "keyManager": null, "lastUpdateInstant": null, "metaData": null,
        "permissions": { "endpoints": { "/api/user": ["GET"] } }, "retrievable": null, "tenantId": null,
    } });
    let (_, sent) = calling.body("updateAPIKeyWithId", patch("updateAPIKeyWithId", body));
    assert_eq!(sent["apiKey"].as_object().unwrap().len(), 2, "{sent}");
}
