//! The requests that create keys. The API answers neither private keys nor secrets.
//!
//! Keys that only this instance signs with are generated anew. Keys that another system issued or shares are imported.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{request::Request, variables::describe};
use crate::fusionauth::export::{
    report::{Remark, Report},
    snapshot::{
        object::{Family, Object, Snapshot},
        references,
    },
};
use gateway::redact::REDACTED;

/// Where identity providers and applications name the keys whose certificates a SAML partner has.
const SAML_KEYS: [&[&str]; 5] = [
    &["assertionDecryptionConfiguration", "keyTransportDecryptionKeyId"],
    &["requestSigningKeyId"],
    &["samlv2Configuration", "keyId"],
    &["samlv2Configuration", "logout", "keyId"],
    &["samlv2Configuration", "logout", "singleLogout", "keyId"],
];

/// The keys that other systems know, by id.
#[derive(Debug)]
pub struct KeyUses<'a> {
    /// Those that Apple issued.
    apple: BTreeSet<&'a str>,
    /// Those whose certificates a SAML partner has.
    saml: BTreeSet<&'a str>,
}

impl<'a> KeyUses<'a> {
    /// Finds the keys that the objects share with other systems.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let is_user = |object: &&Object| matches!(object.family, Family::IdentityProvider | Family::Application);
        let users = snapshot.objects.iter().filter(is_user);
        let saml = users.flat_map(|object| SAML_KEYS.iter().filter_map(move |path| text_at(object, path))).collect();
        Self { apple: references::apple_key_ids(snapshot), saml }
    }
}

fn text_at<'a>(object: &'a Object, path: &[&str]) -> Option<&'a str> {
    let (first, rest) = path.split_first()?;
    let mut value = object.value.get(*first)?;
    for name in rest {
        value = value.get(*name)?;
    }
    value.as_str()
}

/// The request that creates a key; `url_id` is its id as a part of a URL. What the request cannot set is added to
/// `report`.
pub fn request(key: &Object, url_id: &str, uses: &KeyUses<'_>, report: &mut Report) -> Request {
    let has = |property: &str| key.text(property).is_some();
    let is_in = |ids: &BTreeSet<&str>| key.id.as_deref().is_some_and(|id| ids.contains(id));
    let is_from_apple = is_in(&uses.apple);
    let is_secret = has("secret")
        || matches!(key.text("type"), Some("HMAC" | "Secret"))
        || key.text("algorithm").is_some_and(|algorithm| algorithm.starts_with("HS"));
    let is_public = key.value.get("hasPrivateKey") != Some(&Value::Bool(true));
    // The operation, the properties that are known, and the one that has to be set.
    let (operation, known, secret): (_, &[&str], _) = if is_from_apple {
        ("import", &["algorithm", "kid", "name", "type"], Some("privateKey"))
    } else if is_secret {
        ("import", &["algorithm", "kid", "name", "type"], Some("secret"))
    } else if is_public && has("certificate") {
        ("import", &["algorithm", "certificate", "kid", "name", "type"], None)
    } else if is_public && has("publicKey") {
        ("import", &["algorithm", "kid", "name", "publicKey", "type"], None)
    } else if has("algorithm") {
        ("generate", &["algorithm", "issuer", "length", "name"], None)
    } else {
        ("import", &["kid", "name", "type"], Some("privateKey"))
    };
    let properties = known.iter();
    let properties =
        properties.filter_map(|property| Some(((*property).to_owned(), key.value.get(*property)?.clone())));
    let mut value: Map<String, Value> = properties.collect();
    if let Some(secret) = secret {
        value.insert(secret.to_owned(), Value::from(REDACTED));
    }
    if is_from_apple {
        report.left_out.push(Remark {
            what: format!("the private half of {}", describe(key)),
            why: "Apple issued it, so none is generated: the file imports what its variable is set to, the key from \
                  Apple"
                .to_owned(),
        });
    } else if operation == "generate" {
        let mut why = "the API never returns it; the file generates a new one, so signatures made with the old \
                       one are not accepted"
            .to_owned();
        if is_in(&uses.saml) {
            why.push_str(", and the SAML partner needs the new certificate");
        }
        report.changes.push(Remark { what: format!("the secret half of {}", describe(key)), why });
    }
    Request {
        method: "POST",
        url: format!("/api/key/{operation}/{url_id}"),
        tenant_id: None,
        body: json!({ "key": value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fusionauth::export::snapshot::object::Scope;

    fn object(family: Family, id: &str, value: &Value) -> Object {
        Object { family, id: Some(id.to_owned()), value: value.as_object().cloned().unwrap() }
    }

    /// The request for a key with the id `key`, among objects that use it, and the reasons of what it leaves out.
    fn request_for(key: &Value, users: Vec<Object>) -> (Request, Vec<String>) {
        let snapshot = Snapshot {
            scope: Scope::Everything,
            objects: users,
            default_tenant_id: None,
            foreign: Vec::new(),
            left_out: Vec::new(),
        };
        let mut report = Report::default();
        let key = object(Family::Key, "key", key);
        let request = request(&key, "key", &KeyUses::of(&snapshot), &mut report);
        (request, report.changes.into_iter().chain(report.left_out).map(|remark| remark.why).collect())
    }

    #[test]
    fn a_key_from_apple_is_imported() {
        let key = json!({
            "algorithm": "ES256", "hasPrivateKey": true, "kid": "k", "length": 256, "name": "n", "type": "EC"
        });
        let providers = [
            json!({ "type": "Apple", "keyId": "key" }),
            json!({ "type": "Apple", "keyId": "other", "applicationConfiguration": { "a": { "keyId": "key" } } }),
        ];
        for provider in providers {
            let (request, reasons) = request_for(&key, vec![object(Family::IdentityProvider, "p", &provider)]);
            assert_eq!(request.url, "/api/key/import/key");
            let expected =
                json!({ "algorithm": "ES256", "kid": "k", "name": "n", "privateKey": REDACTED, "type": "EC" });
            assert_eq!(request.body, json!({ "key": expected }));
            assert!(reasons.len() == 1 && reasons[0].contains("Apple"), "{reasons:?}");
        }
        let other = object(Family::IdentityProvider, "p", &json!({ "type": "SAMLv2", "keyId": "key" }));
        assert_eq!(request_for(&key, vec![other]).0.url, "/api/key/generate/key");
    }

    #[test]
    fn a_saml_partner_needs_the_new_certificate() {
        let key = json!({ "algorithm": "RS256", "hasPrivateKey": true, "length": 2048, "name": "n", "type": "RSA" });
        let users = [
            (Family::IdentityProvider, json!({ "type": "SAMLv2", "requestSigningKeyId": "key" })),
            (
                Family::IdentityProvider,
                json!({
                    "type": "SAMLv2IdPInitiated",
                    "assertionDecryptionConfiguration": { "enabled": true, "keyTransportDecryptionKeyId": "key" }
                }),
            ),
            (
                Family::Application,
                json!({ "samlv2Configuration": { "logout": { "singleLogout": { "keyId": "key" } } } }),
            ),
        ];
        for (family, user) in users {
            let (request, reasons) = request_for(&key, vec![object(family, "u", &user)]);
            assert_eq!(request.url, "/api/key/generate/key");
            assert!(reasons.len() == 1 && reasons[0].contains("certificate"), "{reasons:?}");
        }
        let (_, reasons) = request_for(&key, Vec::new());
        assert!(reasons.len() == 1 && !reasons[0].contains("certificate"), "{reasons:?}");
    }

    #[test]
    fn a_secret_that_the_api_does_not_answer_has_to_be_set() {
        for key in [
            json!({ "kid": "k", "name": "n", "type": "Secret" }),
            json!({ "algorithm": "HS256", "hasPrivateKey": false, "kid": "k", "name": "n", "type": "HMAC" }),
            json!({ "kid": "k", "name": "n", "secret": REDACTED, "type": "Secret" }),
        ] {
            let (request, reasons) = request_for(&key, Vec::new());
            assert_eq!(request.url, "/api/key/import/key");
            let body = &request.body["key"];
            assert_eq!((&body["secret"], body.get("privateKey")), (&json!(REDACTED), None));
            assert_eq!((body.get("algorithm"), &body["type"]), (key.get("algorithm"), &key["type"]));
            assert!(reasons.is_empty());
        }
    }

    #[test]
    fn a_public_key_is_imported_as_it_is() {
        let key = json!({ "algorithm": "RS256", "certificate": "c", "name": "n", "publicKey": "p", "type": "RSA" });
        let (request, reasons) = request_for(&key, Vec::new());
        let expected = json!({ "algorithm": "RS256", "certificate": "c", "name": "n", "type": "RSA" });
        assert_eq!((request.body, reasons), (json!({ "key": expected }), Vec::new()));
    }
}
