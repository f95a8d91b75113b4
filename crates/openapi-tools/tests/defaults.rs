//! What holds where a property is left out is in its description, and so is where a state that is not there is found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use std::collections::BTreeSet;

use common::{FUSIONAUTH, fusionauth, lowered, overlays};
use openapi_tools::{
    load::source::{Overlay, merge},
    model::{
        document::Document,
        schema::{Kind, Property, Schema},
    },
};
use serde_json::{Value, json};

fn merged() -> Value {
    let overlays = overlays();
    let overlays: Vec<_> = overlays.iter().map(|(name, text)| Overlay { name, text }).collect();
    merge(FUSIONAUTH, &overlays).unwrap()
}

fn description<'d>(document: &'d Document, schema: &str, property: &str) -> Option<&'d str> {
    let Kind::Object { properties } = document.schema(schema)?.kind else { return None };
    properties.iter().find(|known| known.name == property)?.schema.description
}

fn words(text: &str) -> BTreeSet<String> {
    let is_part = |character: char| character.is_alphanumeric() || "._-:#+".contains(character);
    let words = text.split(|character| !is_part(character));
    words.map(|word| word.trim_end_matches(['.', ':']).to_lowercase()).collect()
}

#[test]
fn every_known_default_is_named() {
    let (merged, document) = (merged(), fusionauth());
    let (mut faults, mut count) = (Vec::new(), 0);
    for (schema, source) in merged["components"]["schemas"].as_object().unwrap() {
        for (property, source) in source["properties"].as_object().into_iter().flatten() {
            let Some(default) = source.get("default").filter(|_| document.schema(schema).is_some()) else { continue };
            count += 1;
            let text = description(&document, schema, property).unwrap_or_default();
            let value = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
            let has_value = words(&value).iter().all(|word| words(text).contains(word));
            if !text.to_lowercase().contains("default") || !has_value {
                faults.push(format!("{schema}.{property}: {default} is not in {text:?}"));
            }
        }
    }
    assert!(count > 300, "{count}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Choices that nobody sends, or whose default FusionAuth does not document.
const NO_CHOICE: [&str; 13] = [
    "APIKey.keyManager",
    "ApplicationSearchCriteria.universal",
    "AuthenticatorConfiguration.algorithm",
    "CredentialPropertiesOutput.rk",
    "TwoFactorSendRequest.messageType",
    "UsageDataConfiguration.enabled",
    "User.active",
    "User.verified",
    "UserIdentity.moderationStatus",
    "UserIdentity.primary",
    "UserIdentity.verified",
    "UserIdentity.verifiedReason",
    "UserRegistration.verified",
];

/// How descriptions say what holds where a property is left out, or that it is not for the caller.
const ANSWERS: [&str; 9] = [
    "default",
    "left out",
    "required",
    "set by fusionauth",
    "read only",
    "only in answers",
    "deprecated",
    "do not send",
    "leave out",
];

/// Whether a value is one of a few texts.
fn is_choice(document: &Document, schema: &Schema) -> bool {
    match schema.kind {
        Kind::String { values: Some(_), .. } => true,
        Kind::Reference(name) => {
            document.schema(name).is_some_and(|named| matches!(named.kind, Kind::String { values: Some(_), .. }))
        }
        _ => false,
    }
}

#[test]
fn every_choice_in_a_body_says_what_holds_without_it() {
    let document = fusionauth();
    let mut open: Vec<Schema> = document.operations.iter().filter_map(|one| Some(one.body?.schema)).collect();
    let (mut seen, mut faults, mut count) = (BTreeSet::new(), Vec::new(), 0);
    while let Some(schema) = open.pop() {
        match schema.kind {
            Kind::Reference(name) if seen.insert(name) => {
                let named = *document.schema(name).unwrap();
                if let Kind::Object { properties } = named.kind {
                    // The type of an object is what it is. A criterion that is left out selects nothing.
                    let is_open = |property: &&Property| {
                        let is_given = property.required || property.name == "type";
                        let is_criterion = name.ends_with("SearchCriteria");
                        property.schema.kind == Kind::Boolean
                            || is_choice(&document, &property.schema) && !is_given && !is_criterion
                    };
                    for property in properties.iter().filter(is_open) {
                        count += 1;
                        let place = format!("{name}.{}", property.name);
                        let text = property.schema.description.unwrap_or_default().to_lowercase();
                        if !ANSWERS.iter().any(|answer| text.contains(answer)) && !NO_CHOICE.contains(&place.as_str()) {
                            faults.push(format!("{place}: {text:?}"));
                        }
                    }
                }
                open.push(named);
            }
            Kind::Object { properties } => open.extend(properties.iter().map(|property| property.schema)),
            Kind::Array { items: inner, .. } | Kind::Map { values: inner } => open.push(*inner),
            Kind::OneOf { variants, .. } => {
                open.extend(variants.iter().map(|variant| Schema::reference(variant.reference)));
            }
            _ => {}
        }
    }
    assert!(count > 200, "{count}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn where_levels_differ_both_are_named() {
    let document = fusionauth();
    for (property, default) in [
        ("timeToLiveInSeconds", "3600"),
        ("refreshTokenTimeToLiveInMinutes", "43200"),
        ("refreshTokenExpirationPolicy", "Fixed"),
        ("refreshTokenUsagePolicy", "Reusable"),
    ] {
        let text = description(&document, "JWTConfiguration", property).unwrap();
        let in_tenant = format!("Default {default}");
        assert!(text.contains(&in_tenant) && text.contains("in a tenant"), "{property}: {text}");
        assert!(text.contains("null in an application: the tenant's"), "{property}: {text}");
    }
    for (schema, property) in [
        ("ApplicationMultiFactorConfiguration", "loginPolicy"),
        ("ApplicationExternalIdentifierConfiguration", "twoFactorTrustIdTimeToLiveInSeconds"),
        ("ApplicationEmailConfiguration", "loginSuspiciousEmailTemplateId"),
        ("ApplicationPhoneConfiguration", "setPasswordTemplateId"),
        ("MultiFactorSMSTemplate", "templateId"),
    ] {
        let text = description(&document, schema, property).unwrap();
        assert!(text.contains("the tenant's"), "{schema}.{property}: {text}");
    }
    let provider = description(&document, "GoogleIdentityProvider", "enabled").unwrap();
    let application = description(&document, "GoogleApplicationConfiguration", "enabled").unwrap();
    assert!(provider.contains("each application turns it on too"), "{provider}");
    assert!(application.contains("the provider itself must be enabled too"), "{application}");
}

#[test]
fn a_state_that_is_elsewhere_is_named_where_one_looks_for_it() {
    let document = fusionauth();
    for (schema, property, elsewhere) in [
        ("User", "active", "retrieveUserActioning"),
        ("User", "expiry", "active stays true"),
        ("User", "lastLoginInstant", "retrieveRefreshTokensWithId"),
        ("User", "memberships", "retrieveGroupWithId"),
        ("User", "passwordChangeRequired", "maximumPasswordAge"),
        ("User", "twoFactor", "retrieveTwoFactorStatusWithRequestWithId"),
        ("User", "verified", "identities"),
        ("UserRegistration", "roles", "groups"),
        ("UserTwoFactorConfiguration", "methods", "loginPolicy"),
        ("Webhook", "eventsEnabled", "searchWebhookEventLogsWithId"),
        ("JWTConfiguration", "enabled", "the tenant's count"),
    ] {
        let text = description(&document, schema, property).unwrap();
        assert!(text.contains(elsewhere), "{schema}.{property}: {text}");
    }
}

#[test]
fn any_document_has_its_defaults_named() {
    let size = json!({ "type": "integer", "default": 25, "description": "How many." });
    let kind = json!({ "allOf": [{ "$ref": "#/components/schemas/Kind" }], "default": "cat" });
    let document = lowered(&json!({
        "openapi": "3.0.3",
        "info": { "title": "Pets", "version": "1" },
        "paths": { "/pets": { "post": {
            "operationId": "createPet",
            "parameters": [{ "name": "size", "in": "query", "description": "Page size", "schema": size }],
            "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Pet" } } } },
            "responses": {},
        } } },
        "components": { "schemas": {
            "Kind": { "type": "string", "enum": ["cat", "dog"] },
            "Pet": { "type": "object", "properties": { "size": size, "kind": kind, "name": { "type": "string" } } },
        } },
    }));
    assert_eq!(document.operation("createPet").unwrap().parameters[0].description, Some("Page size. Default 25."));
    assert_eq!(description(&document, "Pet", "size"), Some("How many. Default 25."));
    assert_eq!(description(&document, "Pet", "kind"), Some("Default cat."));
    assert_eq!(description(&document, "Pet", "name"), None);
}

/// What the sandbox takes for a property that is left out, as FusionAuth's pages have it: the object of each kind.
const DOCUMENTED: [(&str, &str); 19] = [
    ("api-key", "APIKey"),
    ("application", "Application"),
    ("consent", "Consent"),
    ("email/template", "EmailTemplate"),
    ("entity", "Entity"),
    ("entity/type", "EntityType"),
    ("form", "Form"),
    ("form/field", "FormField"),
    ("group", "Group"),
    ("ip-acl", "IPAccessControlList"),
    ("lambda", "Lambda"),
    ("message/template", "MessageTemplate"),
    ("system-configuration", "SystemConfiguration"),
    ("tenant", "Tenant"),
    ("theme", "Theme"),
    ("user", "User"),
    ("user-action", "UserAction"),
    ("user-action-reason", "UserActionReason"),
    ("webhook", "Webhook"),
];

/// Documented defaults whose description says why it names none, or that nobody sends.
const NOT_NAMED: [&str; 3] = ["APIKey.keyManager", "Lambda.enabled", "SecureGeneratorConfiguration.length"];

/// The defaults in `value` that the descriptions of a schema do not name.
fn unnamed(document: &Document, name: &str, value: &Value, faults: &mut Vec<String>) -> usize {
    let Some(Kind::Object { properties }) = document.schema(name).map(|schema| schema.kind) else { return 0 };
    let mut count = 0;
    for (key, default) in value.as_object().into_iter().flatten() {
        let Some(property) = properties.iter().find(|property| property.name == key) else { continue };
        match (default, property.schema.kind) {
            (Value::Object(_), Kind::Reference(inner)) => count += unnamed(document, inner, default, faults),
            (Value::Bool(_) | Value::Number(_) | Value::String(_), _) if *default != json!("") => {
                count += 1;
                let value = default.as_str().map_or_else(|| default.to_string(), str::to_owned);
                let text = property.schema.description.unwrap_or_default();
                let is_named = text.to_lowercase().contains("default")
                    && words(&value).iter().all(|word| words(text).contains(word));
                let place = format!("{name}.{key}");
                if !is_named && !NOT_NAMED.contains(&place.as_str()) {
                    faults.push(format!("{place}: {default} is not in {text:?}"));
                }
            }
            _ => {}
        }
    }
    count
}

#[test]
fn every_documented_default_is_named() {
    let document = fusionauth();
    let defaults: Value = serde_json::from_str(include_str!("../../fusionauth-sandbox/src/defaults.json")).unwrap();
    let (mut faults, mut count) = (Vec::new(), 0);
    for (kind, schema) in DOCUMENTED {
        count += unnamed(&document, schema, &defaults[kind]["value"], &mut faults);
    }
    let providers = &defaults["identity-provider"];
    for (kind, value) in providers["types"].as_object().unwrap() {
        let schema = if kind == "OpenIDConnect" {
            "OpenIdConnectIdentityProvider".to_owned()
        } else {
            format!("{kind}IdentityProvider")
        };
        assert!(document.schema(&schema).is_some(), "{schema}");
        count += unnamed(&document, &schema, value, &mut faults);
        count += unnamed(&document, &schema, &providers["value"], &mut faults);
    }
    assert!(count > 200, "{count}");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
