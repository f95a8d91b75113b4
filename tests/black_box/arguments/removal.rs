//! What a null in a PATCH must not remove.

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use openapi_tools::model::{operation::Method, schema::Kind};
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

/// Every property of a PATCH that is a secret, or that an object cannot be without, says what null does to it.
#[test]
fn each_description_says_what_null_does() {
    let mut count = 0;
    for operation in DOCUMENT.operations.iter().filter(|operation| operation.method == Method::Patch) {
        let mut open = vec![operation.body.unwrap().schema];
        let mut seen = Vec::new();
        while let Some(schema) = open.pop() {
            match schema.kind {
                Kind::Reference(name) if !seen.contains(&name) => {
                    seen.push(name);
                    open.push(*DOCUMENT.schema(name).unwrap());
                }
                Kind::Object { properties } => {
                    for property in properties {
                        let text = property.schema.description.unwrap_or_default();
                        if property.schema.secret || property.schema.not_null {
                            count += 1;
                            assert!(
                                text.to_lowercase().contains("null"),
                                "{}: {}: {text}",
                                operation.name,
                                property.name
                            );
                        }
                        open.push(property.schema);
                    }
                }
                Kind::Array { items: inner, .. } | Kind::Map { values: inner } => open.push(*inner),
                Kind::OneOf { variants, .. } => {
                    open.extend(
                        variants.iter().map(|one| openapi_tools::model::schema::Schema::reference(one.reference)),
                    );
                }
                _ => {}
            }
        }
    }
    assert!(count > 150, "{count}");
}
