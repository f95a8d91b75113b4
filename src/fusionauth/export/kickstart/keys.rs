//! How keys are made: their private halves and secrets are not answered.
//!
//! What only this instance signs with can be generated anew. What another system issued or shares has to be brought.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{request::Request, variables::described};
use crate::fusionauth::export::{
    report::LeftOut,
    snapshot::object::{Family, Object, Snapshot},
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

/// Which keys other systems know, by id.
#[derive(Debug, Default)]
pub struct KeyUses<'a> {
    /// Those that Apple issued.
    apple: BTreeSet<&'a str>,
    /// Those whose certificates a SAML partner has.
    saml: BTreeSet<&'a str>,
}

impl<'a> KeyUses<'a> {
    /// What the objects use keys for.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut uses = Self::default();
        for object in &snapshot.objects {
            match object.family {
                Family::IdentityProvider if object.value.get("type").and_then(Value::as_str) == Some("Apple") => {
                    uses.apple.extend(apple_keys(object));
                }
                Family::IdentityProvider | Family::Application => {
                    uses.saml.extend(SAML_KEYS.iter().filter_map(|path| text_at(object, path)));
                }
                _ => {}
            }
        }
        uses
    }
}

/// The provider's key, and those that it has for applications.
fn apple_keys(provider: &Object) -> BTreeSet<&str> {
    let applications = provider.value.get("applicationConfiguration").and_then(Value::as_object);
    let keys = applications.into_iter().flat_map(|by_id| by_id.values()).filter_map(|inner| inner.get("keyId"));
    keys.chain(provider.value.get("keyId")).filter_map(Value::as_str).collect()
}

fn text_at<'a>(object: &'a Object, path: &[&str]) -> Option<&'a str> {
    let (first, rest) = path.split_first()?;
    let mut value = object.value.get(*first)?;
    for name in rest {
        value = value.get(*name)?;
    }
    value.as_str()
}

/// The request that makes a key; `address` is its id as a URL has it. What that cannot bring is added to `left_out`.
pub fn request(key: &Object, address: &str, uses: &KeyUses<'_>, left_out: &mut Vec<LeftOut>) -> Request {
    let text = |property: &str| key.value.get(property).and_then(Value::as_str).unwrap_or_default();
    let has = |property: &str| !text(property).is_empty();
    let is_of_apple = uses.apple.contains(key.id.as_str());
    let is_secret = has("secret") || matches!(text("type"), "HMAC" | "Secret") || text("algorithm").starts_with("HS");
    let is_public = key.value.get("hasPrivateKey") != Some(&Value::Bool(true));
    // How it is made, what of it is known, and what is to be set.
    let (way, known, wanted): (_, &[&str], _) = if is_of_apple {
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
    if let Some(wanted) = wanted {
        value.insert(wanted.to_owned(), Value::from(REDACTED));
    }
    if is_of_apple {
        left_out.push(LeftOut {
            what: format!("the private half of {}", described(key)),
            why: "Apple issued it, so none is generated: the file imports what its variable is set to, the key from \
                  Apple"
                .to_owned(),
        });
    } else if way == "generate" {
        let mut why = "the API never answers it; the file generates a new one, so what the old one signed is not \
                       accepted"
            .to_owned();
        if uses.saml.contains(key.id.as_str()) {
            why.push_str(", and the SAML partner needs the new certificate");
        }
        left_out.push(LeftOut { what: format!("the secret half of {}", described(key)), why });
    }
    Request { method: "POST", url: format!("/api/key/{way}/{address}"), tenant_id: None, body: json!({ "key": value }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fusionauth::export::snapshot::object::Scope;

    fn object(family: Family, id: &str, value: &Value) -> Object {
        Object { family, id: id.to_owned(), value: value.as_object().cloned().unwrap() }
    }

    /// The request for a key with the id `key`, among objects that use it, and what is told of it.
    fn made(key: &Value, users: Vec<Object>) -> (Request, Vec<String>) {
        let snapshot =
            Snapshot { scope: Scope::Everything, objects: users, default_tenant_id: None, left_out: Vec::new() };
        let mut left_out = Vec::new();
        let key = object(Family::Key, "key", key);
        let request = request(&key, "key", &KeyUses::of(&snapshot), &mut left_out);
        (request, left_out.into_iter().map(|left| left.why).collect())
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
            let (request, told) = made(&key, vec![object(Family::IdentityProvider, "p", &provider)]);
            assert_eq!(request.url, "/api/key/import/key");
            let expected =
                json!({ "algorithm": "ES256", "kid": "k", "name": "n", "privateKey": REDACTED, "type": "EC" });
            assert_eq!(request.body, json!({ "key": expected }));
            assert!(told.len() == 1 && told[0].contains("Apple"), "{told:?}");
        }
        let other = object(Family::IdentityProvider, "p", &json!({ "type": "SAMLv2", "keyId": "key" }));
        assert_eq!(made(&key, vec![other]).0.url, "/api/key/generate/key");
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
            let (request, told) = made(&key, vec![object(family, "u", &user)]);
            assert_eq!(request.url, "/api/key/generate/key");
            assert!(told.len() == 1 && told[0].contains("certificate"), "{told:?}");
        }
        let (_, told) = made(&key, Vec::new());
        assert!(told.len() == 1 && !told[0].contains("certificate"), "{told:?}");
    }

    #[test]
    fn a_secret_that_is_not_answered_is_to_be_set_and_is_no_private_key() {
        for key in [
            json!({ "kid": "k", "name": "n", "type": "Secret" }),
            json!({ "algorithm": "HS256", "hasPrivateKey": false, "kid": "k", "name": "n", "type": "HMAC" }),
            json!({ "kid": "k", "name": "n", "secret": REDACTED, "type": "Secret" }),
        ] {
            let (request, told) = made(&key, Vec::new());
            assert_eq!(request.url, "/api/key/import/key");
            let body = &request.body["key"];
            assert_eq!((&body["secret"], body.get("privateKey")), (&json!(REDACTED), None));
            assert_eq!((body.get("algorithm"), &body["type"]), (key.get("algorithm"), &key["type"]));
            assert!(told.is_empty());
        }
    }

    #[test]
    fn what_is_public_is_imported_as_it_is() {
        let key = json!({ "algorithm": "RS256", "certificate": "c", "name": "n", "publicKey": "p", "type": "RSA" });
        let (request, told) = made(&key, Vec::new());
        let expected = json!({ "algorithm": "RS256", "certificate": "c", "name": "n", "type": "RSA" });
        assert_eq!((request.body, told), (json!({ "key": expected }), Vec::new()));
    }
}
