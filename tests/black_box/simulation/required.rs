//! What the API pages demand of objects: properties that have to be there, or cannot stand together.

use fusionauth_sandbox::seed::{HOOLI_XYZ_APPLICATION_ID, JARED_ID, RICHARD_ID};
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
        (
            "importKey",
            json!({ "key": { "name": "a", "algorithm": "None", "secret": "s".repeat(257) } }),
            "[tooLong]key.secret",
        ),
        (
            "createConnector",
            json!({ "connector": { "type": "LDAP", "name": "a", "authenticationURL": "ldap://a.b" } }),
            "[blank]connector.baseStructure",
        ),
        (
            "createConnector",
            json!({ "connector": { "type": "Generic", "name": "a", "connectTimeout": 1 } }),
            "[missing]connector.readTimeout",
        ),
        (
            "createMessenger",
            json!({ "messenger": { "type": "Generic", "name": "a", "connectTimeout": 1, "readTimeout": 1 } }),
            "[blank]messenger.url",
        ),
        (
            "createIPAccessControlList",
            json!({ "ipAccessControlList": { "name": "a", "entries": [] } }),
            "[missing]ipAccessControlList.entries",
        ),
    ] {
        assert_eq!(refused(&mut client, tool, json!({ "requestBody": body })), code, "{tool} {body}");
    }
    let open = json!({ "action": "Allow", "startIPAddress": "*" });
    let list = |entries: serde_json::Value| json!({ "requestBody": { "ipAccessControlList": { "name": "a", "entries": entries } } });
    assert_eq!(
        refused(&mut client, "createIPAccessControlList", list(json!([open, open]))),
        "[invalid]ipAccessControlList.entries"
    );
    succeed(&mut client, "createIPAccessControlList", list(json!([open])));
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

#[test]
fn what_needs_a_licence_is_refused_without_one() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let form = json!({ "requestBody": { "form": { "name": "a", "type": "registration", "steps": [] } } });
    assert_eq!(succeed(&mut client, "retrieveReactorStatus", json!({}))["status"]["licensed"], true);
    succeed(&mut client, "deactivateReactor", json!({}));
    assert_eq!(succeed(&mut client, "retrieveReactorStatus", json!({}))["status"]["licensed"], false);
    assert_eq!(refused(&mut client, "createForm", form.clone()), "[notLicensed]");
    // What is there can be read, and the rest needs none.
    succeed(&mut client, "retrieveForms", json!({}));
    succeed(
        &mut client,
        "createLambda",
        json!({ "requestBody": { "lambda": { "name": "a", "type": "JWTPopulate", "body": "function populate() {}" } } }),
    );
    succeed(&mut client, "activateReactorWithId", json!({ "requestBody": { "licenseId": "a" } }));
    succeed(&mut client, "createForm", form);
}

#[test]
fn what_is_derived_cannot_be_set() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let patch = |policy: serde_json::Value| {
        let policy = json!({ "registrationDeletePolicy": { "unverified": policy } });
        json!({ "applicationId": HOOLI_XYZ_APPLICATION_ID, "requestBody": { "application": policy } })
    };
    let mut changed = |policy: serde_json::Value| {
        let answer = succeed(&mut client, "patchApplicationWithId", patch(policy));
        answer["application"]["registrationDeletePolicy"]["unverified"]["enabledInstant"].clone()
    };
    let first = changed(json!({ "enabled": true, "enabledInstant": 1 }));
    assert!(first.as_u64().is_some_and(|instant| instant > 1), "{first}");
    assert_eq!(changed(json!({ "numberOfDaysToRetain": 7, "enabledInstant": 1 })), first);
    assert!(changed(json!({ "enabled": false })).is_null());
    // A lambda keeps its type, which an update does not have.
    let lambdas = succeed(&mut client, "searchLambdasWithId", json!({}));
    let lambda = &lambdas["lambdas"][0];
    let update = json!({ "lambda": { "name": "Renamed", "body": lambda["body"], "engineType": "GraalJS" } });
    let updated =
        succeed(&mut client, "updateLambdaWithId", json!({ "lambdaId": lambda["id"], "requestBody": update }));
    assert_eq!(updated["lambda"]["type"], lambda["type"]);
    // So does an identity provider, with the properties of that type.
    let providers = succeed(&mut client, "searchIdentityProvidersWithId", json!({}));
    let saml = providers["identityProviders"].as_array().unwrap().iter().find(|one| one["type"] == "SAMLv2").unwrap();
    let patch = json!({ "identityProvider": { "type": "OpenIDConnect", "buttonText": "Changed" } });
    let arguments = json!({ "identityProviderId": saml["id"], "requestBody": patch });
    let patched = &succeed(&mut client, "patchIdentityProviderWithId", arguments)["identityProvider"];
    assert_eq!((&patched["type"], &patched["buttonText"]), (&json!("SAMLv2"), &json!("Changed")));
    assert_eq!(patched["idpEndpoint"], saml["idpEndpoint"]);
}

#[test]
fn an_action_on_a_user_keeps_its_history() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let kind = |temporal: bool| json!({ "requestBody": { "userAction": { "name": format!("temporal {temporal}"), "temporal": temporal } } });
    let [lasting, award] = [true, false]
        .map(|temporal| succeed(&mut client, "createUserAction", kind(temporal))["userAction"]["id"].clone());
    let act = |kind: &serde_json::Value, more: serde_json::Value| {
        let mut action = json!({ "userActionId": kind, "actioneeUserId": JARED_ID, "actionerUserId": RICHARD_ID });
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "requestBody": { "action": action } })
    };
    let body = |action: serde_json::Value| json!({ "action": action });
    for (arguments, code) in [
        (act(&lasting, json!({})), "[missing]action.expiry"),
        (act(&lasting, json!({ "expiry": 1, "actionerUserId": null })), "[missing]action.actionerUserId"),
        (act(&lasting, json!({ "expiry": 1, "actionerUserId": USER_ID })), "[invalid]action.actionerUserId"),
        (act(&award, json!({ "reasonId": USER_ID })), "[invalid]action.reasonId"),
    ] {
        assert_eq!(refused(&mut client, "actionUserWithId", arguments.clone()), code, "{arguments}");
    }
    let far = 4_102_444_800_000_u64;
    let taken = succeed(&mut client, "actionUserWithId", act(&lasting, json!({ "expiry": far, "comment": "first" })));
    let id = &taken["action"]["id"];
    let changes = body(
        json!({ "actionerUserId": RICHARD_ID, "actioneeUserId": RICHARD_ID, "comment": "second", "expiry": far + 1 }),
    );
    succeed(&mut client, "modifyActionWithId", json!({ "actionId": id, "requestBody": changes }));
    let cancelled = body(json!({ "actionerUserId": RICHARD_ID, "comment": "third" }));
    let ended = succeed(&mut client, "cancelActionWithId", json!({ "actionId": id, "requestBody": cancelled }));
    let action = &ended["action"];
    assert_eq!((&action["actioneeUserId"], &action["comment"]), (&json!(JARED_ID), &json!("third")));
    assert!(action["expiry"].as_u64().unwrap() < far, "{action}");
    let history: Vec<_> = action["history"]["historyItems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (&item["comment"], &item["expiry"]))
        .collect();
    assert_eq!(history, [(&json!("first"), &json!(far)), (&json!("second"), &json!(far + 1))]);
    let active = json!({ "userId": JARED_ID, "active": true });
    assert_eq!(succeed(&mut client, "retrieveUserActioning", active)["actions"], json!([]));
    // What takes no time is done, and stays.
    let given = succeed(&mut client, "actionUserWithId", act(&award, json!({})));
    let cancel =
        json!({ "actionId": given["action"]["id"], "requestBody": body(json!({ "actionerUserId": RICHARD_ID })) });
    assert_eq!(refused(&mut client, "cancelActionWithId", cancel), "[invalid]actionId");
}

#[test]
fn an_imported_key_has_the_algorithm_of_its_type() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    for (kind, blank, expected) in [("EC", "", "ES256"), ("RSA", " ", "RS256"), ("OKP", "", "Ed25519")] {
        let key = json!({ "name": kind, "type": kind, "algorithm": blank, "kid": blank, "publicKey": "a" });
        let made = succeed(&mut client, "importKey", json!({ "requestBody": { "key": key } }));
        assert_eq!(made["key"]["algorithm"], expected);
        assert!(!made["key"]["kid"].as_str().unwrap().trim().is_empty(), "{made}");
    }
    let shared = json!({ "name": "shared", "type": "HMAC", "secret": "s" });
    let made = succeed(&mut client, "importKey", json!({ "requestBody": { "key": shared } }));
    assert_eq!(made["key"]["algorithm"], "HS256");
    let keys = succeed(&mut client, "retrieveJsonWebKeySetWithId", json!({}));
    let listed: Vec<_> = keys["keys"].as_array().unwrap().iter().rev().take(3).map(|key| key["alg"].clone()).collect();
    assert_eq!(listed, [json!(null), json!("RS256"), json!("ES256")], "the document has no name for that of OKP");
}
