//! An instance with an object of every kind that the provider has a resource for, and in it every property that the
//! document has. Adopted, none changes; cloned, each is there again or told.

use std::{collections::BTreeSet, path::Path};

use fusionauth_sandbox::{installation::DEFAULT_TENANT_ID, instance::Instance};
use serde_json::{Value, json};

use super::{
    adopt::{adopted, changes, is_frozen},
    clone::{assert_cloned, kickstart, loaded},
    patch, schema,
};
use crate::support::document::{Document, Size};

/// The id of the object of that number.
fn id(number: u32) -> String {
    format!("5a5a5a5a-0000-4000-8000-{number:012}")
}

/// Makes a sample one that the API takes: without ids that lead nowhere, and with small numbers.
fn tame(value: &mut Value) {
    match value {
        Value::Object(entries) => {
            entries.retain(|name, _| {
                let is_id = name == "id" || name.ends_with("Id") || name.ends_with("Ids");
                !is_id
                    && !name.ends_with("Instant")
                    && !["notInTheDocument", "state", "active"].contains(&name.as_str())
            });
            entries.values_mut().for_each(tame);
        }
        Value::Array(items) => {
            items.iter_mut().for_each(tame);
            // Most lists are sets.
            items.dedup();
        }
        Value::Number(number) if number.is_u64() => *value = json!(17),
        _ => {}
    }
}

/// An object of a schema with everything in it, and what is given. Without what is null: FusionAuth works that out from
/// other properties, or it leads nowhere.
fn full(document: &Document, schema: &str, given: &Value) -> Value {
    let mut sample = document.sample(&json!({ "$ref": format!("#/components/schemas/{schema}") }), Size::Full);
    tame(&mut sample);
    patch(&mut sample, given);
    sample
}

/// The requests that make the instance.
fn requests() -> Vec<Value> {
    let document = Document::load();
    let post = |path: &str, number: u32, root: &str, schema: &str, given: Value| {
        let body = json!({ root: full(&document, schema, &given) });
        json!({ "method": "POST", "url": format!("/api/{path}/{}", id(number)), "body": body })
    };
    let in_tenant = |mut request: Value| {
        request["tenantId"] = json!(id(20));
        request
    };
    let provider = |number: u32, kind: &str, schema: &str, more: Value| {
        let mut given = json!({
            "type": kind, "name": kind, "domains": null, "tenantId": null,
            "applicationConfiguration": { "a key": null, id(22): { "enabled": true, "createRegistration": true } },
            "tenantConfiguration": { "a key": null, id(20): { "limitUserLinkCount": { "enabled": true, "maximumLinks": 3 } } },
        });
        patch(&mut given, &more);
        post("identity-provider", number, "identityProvider", schema, given)
    };
    let decryption = json!({ "keyTransportDecryptionKeyId": id(15) });
    let policies = json!([{ "connectorId": id(5), "domains": ["a.example"], "migrate": false },
        { "connectorId": fusionauth_sandbox::installation::FUSIONAUTH_CONNECTOR_ID, "domains": ["*"], "migrate": false }]);
    let tenant = json!({ "connectorPolicies": policies, "themeId": id(8) });
    let mut own = tenant.clone();
    patch(&mut own, &json!({ "name": "First", "issuer": "first.example" }));
    vec![
        post(
            "lambda",
            1,
            "lambda",
            "Lambda",
            json!({ "name": "Directory", "type": "LDAPConnectorReconcile", "body": "function reconcile() {}" }),
        ),
        post(
            "lambda",
            2,
            "lambda",
            "Lambda",
            json!({ "name": "Tokens", "type": "JWTPopulate", "body": "function populate() {}" }),
        ),
        post(
            "email/template",
            3,
            "emailTemplate",
            "EmailTemplate",
            json!({ "name": "Mail", "fromEmail": "a@example.com" }),
        ),
        post("message/template", 4, "messageTemplate", "SMSMessageTemplate", json!({ "name": "Text", "type": "SMS" })),
        post(
            "connector",
            5,
            "connector",
            "LDAPConnectorConfiguration",
            json!({ "name": "LDAP", "type": "LDAP",
            "lambdaConfiguration": { "reconcileId": id(1) } }),
        ),
        post("connector", 6, "connector", "GenericConnectorConfiguration", json!({ "name": "Own", "type": "Generic" })),
        post(
            "messenger",
            7,
            "messenger",
            "GenericMessengerConfiguration",
            json!({ "name": "Own", "type": "Generic", "transport": null }),
        ),
        post("theme", 8, "theme", "Theme", json!({ "name": "Theme", "type": "advanced", "variables": null })),
        post("consent", 9, "consent", "Consent", json!({ "name": "Terms", "emailPlus": null })),
        post("form/field", 10, "field", "FormField", json!({ "name": "Team", "key": "registration.data.team" })),
        post(
            "form",
            11,
            "form",
            "Form",
            json!({ "name": "Join", "type": "registration",
            "steps": [{ "type": "collectData", "fields": [id(10)] }] }),
        ),
        post("user-action", 12, "userAction", "UserAction", json!({ "name": "Act", "options": null })),
        post(
            "entity/type",
            13,
            "entityType",
            "EntityType",
            json!({ "name": "Device", "jwtConfiguration": null,
            "permissions": [{ "name": "read", "description": "May read", "isDefault": true }] }),
        ),
        post("tenant", 20, "tenant", "Tenant", {
            let mut second = tenant.clone();
            patch(&mut second, &json!({ "name": "Second", "scimServerConfiguration": null }));
            second
        }),
        json!({ "method": "PATCH", "url": format!("/api/tenant/{DEFAULT_TENANT_ID}"),
            "contentType": "application/merge-patch+json",
            "body": { "tenant": full(&document, "Tenant", &own) } }),
        post(
            "webhook",
            21,
            "webhook",
            "Webhook",
            json!({ "url": "https://hook.example", "global": false,
            "tenantIds": [id(20), DEFAULT_TENANT_ID], "signatureConfiguration": null, "sslCertificate": null }),
        ),
        in_tenant(post(
            "application",
            22,
            "application",
            "Application",
            json!({ "name": "Everything", "tenantId": id(20),
            "roles": [{ "name": "reader", "description": "Reads", "isDefault": true }], "scopes": null,
            "verificationEmailTemplateId": id(3), "samlv2Configuration": { "issuer": "saml.example", "callbackURL": null },
            "oauthConfiguration": { "requireClientAuthentication": null },
            "lambdaConfiguration": { "accessTokenPopulateId": id(2) } }),
        )),
        in_tenant(post(
            "application",
            23,
            "application",
            "Application",
            json!({ "name": "Nothing", "tenantId": id(20),
            "roles": null, "scopes": null, "verificationEmailTemplateId": id(3), "samlv2Configuration": null,
            "oauthConfiguration": { "requireClientAuthentication": null } }),
        )),
        in_tenant(post("group", 24, "group", "Group", json!({ "name": "All", "roles": null, "tenantId": id(20) }))),
        in_tenant(post(
            "entity",
            25,
            "entity",
            "Entity",
            json!({ "name": "One", "type": { "id": id(13) },
            "tenantId": id(20), "clientId": "one" }),
        )),
        in_tenant(post(
            &format!("application/{}/scope", id(22)),
            26,
            "scope",
            "ApplicationOAuthScope",
            json!({ "name": "read", "applicationId": id(22) }),
        )),
        json!({ "method": "POST", "url": format!("/api/key/generate/{}", id(14)),
            "body": { "key": { "name": "Apple", "algorithm": "ES256" } } }),
        json!({ "method": "POST", "url": format!("/api/key/generate/{}", id(15)),
            "body": { "key": { "name": "Tokens", "algorithm": "RS256", "length": 2048, "issuer": "a.example" } } }),
        post(
            "messenger",
            16,
            "messenger",
            "TwilioMessengerConfiguration",
            json!({ "name": "Twilio", "type": "Twilio", "transport": null }),
        ),
        provider(
            29,
            "Apple",
            "AppleIdentityProvider",
            json!({ "keyId": id(14), "teamId": "A", "bundleId": "B", "servicesId": "C" }),
        ),
        provider(30, "ExternalJWT", "ExternalJWTIdentityProvider", json!({ "keys": null, "defaultKeyId": null })),
        provider(31, "Facebook", "FacebookIdentityProvider", json!({ "appId": "A" })),
        provider(32, "Google", "GoogleIdentityProvider", json!({})),
        provider(33, "LinkedIn", "LinkedInIdentityProvider", json!({})),
        provider(34, "OpenIDConnect", "OpenIdConnectIdentityProvider", json!({})),
        provider(
            35,
            "SAMLv2",
            "SAMLv2IdentityProvider",
            json!({ "keyId": id(15), "requestSigningKeyId": id(15), "assertionDecryptionConfiguration": decryption }),
        ),
        provider(
            36,
            "SAMLv2IdPInitiated",
            "SAMLv2IdPInitiatedIdentityProvider",
            json!({ "keyId": id(15), "assertionDecryptionConfiguration": decryption }),
        ),
        provider(37, "SonyPSN", "SonyPSNIdentityProvider", json!({})),
        provider(38, "Steam", "SteamIdentityProvider", json!({})),
        provider(39, "Twitch", "TwitchIdentityProvider", json!({})),
        provider(40, "Xbox", "XboxIdentityProvider", json!({})),
        json!({ "method": "PUT", "url": "/api/system-configuration",
            "body": { "systemConfiguration": full(&document, "SystemConfiguration", &json!({ "reportTimezone": "UTC" })) } }),
    ]
}

/// The instance, in a file.
fn instance(file: &Path) -> Instance {
    kickstart(file, &json!({}), &requests());
    loaded(file)
}

#[test]
fn every_property_is_kept_or_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("all.json");
    let original = instance(&file);
    let sandbox = format!("--sandbox={}", file.display());
    let (cloned, _) = assert_cloned(&original, &sandbox, &[]);
    let types: BTreeSet<&str> = cloned.resources.keys().filter_map(|address| address.split('.').next()).collect();
    let schema = schema();
    let absent: Vec<_> =
        schema.as_object().unwrap().keys().filter(|type_name| !types.contains(type_name.as_str())).collect();
    assert_eq!(absent, [""; 0], "kinds that are not tried");

    let out = folder.path().join("adopted");
    let (configuration, report) = adopted(&sandbox, &[], &out);
    assert!(!report.contains("Will differ from the instance"), "{report}");
    let changes = changes(&original, &configuration, &out, |resource| !is_frozen(resource));
    let changed: Vec<_> = changes.iter().filter(|(_, changes)| !changes.is_empty()).collect();
    assert!(changed.is_empty(), "{changed:#?}");
    // What Terraform may not change would be changed, in what the report says and in nothing else.
    let frozen = super::adopt::changes(&original, &configuration, &out, is_frozen);
    assert!(frozen.len() > 3, "{frozen:#?}");
    for (address, changes) in frozen {
        assert!(!changes.is_empty(), "{address} is frozen without need: {report}");
        for change in changes {
            let path = change.path.trim_start_matches('.').split_once('.').map_or("", |(_, path)| path);
            let is_told = |line: &str| {
                let told = line.split(": ").nth(1).unwrap_or_default();
                !told.is_empty() && (path.starts_with(told) || told.starts_with(path))
            };
            assert!(report.lines().any(is_told), "{address}: {path}: {report}");
        }
    }
}
