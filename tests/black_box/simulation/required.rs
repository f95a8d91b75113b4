//! What the API pages demand of objects: properties that have to be there, or cannot stand together.

use fusionauth_sandbox::seed::HOOLI_XYZ_APPLICATION_ID;
use serde_json::json;

use super::calls::{refused, succeed};
use crate::support::{USER_ID, sandbox::Sandbox};

#[test]
fn what_an_object_cannot_do_without_is_demanded() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (tool, body, code) in [
        ("createWebhook", json!({ "webhook": { "url": "https://a.b" } }), "[missing]webhook.connectTimeout"),
        (
            "createWebhook",
            json!({ "webhook": { "url": "https://a.b", "connectTimeout": 1, "readTimeout": 0 } }),
            "[invalid]webhook.readTimeout",
        ),
        ("createConsent", json!({ "consent": { "name": "a" } }), "[missing]consent.defaultMinimumAgeForSelfConsent"),
        ("createEmailTemplate", json!({ "emailTemplate": { "name": "a" } }), "[blank]emailTemplate.defaultSubject"),
        (
            "createMessageTemplate",
            json!({ "messageTemplate": { "name": "a", "type": "SMS" } }),
            "[blank]messageTemplate.defaultTemplate",
        ),
        ("createIdentityProvider", json!({ "identityProvider": { "type": "SAMLv2" } }), "[blank]identityProvider.name"),
        (
            "createUserAction",
            json!({ "userAction": { "name": "a", "preventLogin": true } }),
            "[invalid]userAction.preventLogin",
        ),
        ("generateKey", json!({ "key": { "name": "a", "algorithm": "RS256" } }), "[missing]key.length"),
        ("generateKey", json!({ "key": { "name": "a", "algorithm": "RS256", "length": 1024 } }), "[invalid]key.length"),
        ("generateKey", json!({ "key": { "name": "a", "algorithm": "ES384", "length": 256 } }), "[invalid]key.length"),
        ("importKey", json!({ "key": { "name": "a", "algorithm": "HS256" } }), "[blank]key.secret"),
    ] {
        assert_eq!(refused(&mut client, tool, json!({ "requestBody": body })), code, "{tool} {body}");
    }
    let application = json!({ "application": { "verifyRegistration": true } });
    let patch = json!({ "applicationId": HOOLI_XYZ_APPLICATION_ID, "requestBody": application });
    assert_eq!(
        refused(&mut client, "patchApplicationWithId", patch),
        "[missing]application.verificationEmailTemplateId"
    );
    // A provider of a type that has one name needs none of its own.
    let google = json!({ "type": "Google", "client_id": "a", "client_secret": "b", "buttonText": "c" });
    let google = json!({ "identityProviderId": USER_ID, "requestBody": { "identityProvider": google } });
    succeed(&mut client, "createIdentityProviderWithId", google);
}
