//! Where the material of a key comes from: the instance generates it, or somebody else has it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::purpose::Purpose;
use crate::fusionauth::export::snapshot::object::{Family, Object, Snapshot};
use gateway::redact::REDACTED;

/// Where the material of a key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Material {
    /// The instance generates it.
    Generated,
    /// It is a public key or a certificate, which the object holds.
    Public,
    /// A private key that another system issued.
    Issued,
    /// A secret that is shared with other systems.
    Shared,
}

/// The keys that Apple issued: those that an Apple identity provider signs with.
pub fn issued_by_apple(snapshot: &Snapshot) -> BTreeSet<&str> {
    let mut keys = BTreeSet::new();
    for object in &snapshot.objects {
        if object.family != Family::IdentityProvider || object.text("type") != Some("Apple") {
            continue;
        }
        let applications = object.value.get("applicationConfiguration").and_then(Value::as_object);
        let of_applications = applications.into_iter().flat_map(Map::values).filter_map(|one| one.get("keyId"));
        let ids = object.value.get("keyId").into_iter().chain(of_applications);
        keys.extend(ids.filter_map(Value::as_str));
    }
    keys
}

/// Where the material of a key comes from.
pub fn material(key: &Object, is_issued: bool, purpose: Purpose) -> Material {
    let has = |name: &str| key.value.get(name).is_some_and(|value| !value.is_null());
    let has_private_key = key.value.get("hasPrivateKey") != Some(&Value::Bool(false));
    let is_public = !has_private_key && (has("publicKey") || has("certificate"));
    // The provider needs no material of keys that exist.
    if purpose == Purpose::Adopt {
        return if is_public || !has("algorithm") { Material::Public } else { Material::Generated };
    }
    let is_symmetric = matches!(key.text("type"), Some("HMAC" | "Secret"))
        || key.text("algorithm").is_some_and(|algorithm| algorithm.starts_with("HS"));
    if is_issued {
        Material::Issued
    } else if is_symmetric || has("secret") {
        Material::Shared
    } else if is_public {
        Material::Public
    } else if has("algorithm") {
        Material::Generated
    } else {
        Material::Shared
    }
}

/// The properties of a key for a new instance; `None` where they are those that the old one answered.
pub fn prepared(key: &Object, material: Material) -> Option<Map<String, Value>> {
    let secret = Value::from(REDACTED);
    match material {
        Material::Generated | Material::Public => None,
        Material::Issued => {
            let kept = |name: &str| key.value.get(name).map(|value| (name.to_owned(), value.clone()));
            // The rest follows from the private key, which may be replaced by another one.
            let mut properties: Map<String, Value> = ["name", "kid"].into_iter().filter_map(kept).collect();
            properties.insert("privateKey".to_owned(), secret);
            Some(properties)
        }
        Material::Shared => {
            let mut properties = key.value.clone();
            for name in ["privateKey", "publicKey", "certificate"] {
                properties.remove(name);
            }
            properties.insert("secret".to_owned(), secret);
            Some(properties)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::snapshot::object::Scope;

    fn object(family: Family, value: Value) -> Object {
        Object { family, id: Some("1".to_owned()), value: value.as_object().cloned().unwrap() }
    }

    #[test]
    fn keys_of_apple_are_found_wherever_a_provider_names_them() {
        let provider = |kind: &str, key: &str| {
            let applications = json!({ "a": { "keyId": format!("{key}-a") }, "b": {} });
            let value = json!({ "type": kind, "keyId": key, "applicationConfiguration": applications });
            object(Family::IdentityProvider, value)
        };
        let snapshot = Snapshot {
            scope: Scope::Everything,
            objects: vec![provider("Apple", "x"), provider("SAMLv2", "y")],
            default_tenant_id: None,
            left_out: Vec::new(),
        };
        assert_eq!(issued_by_apple(&snapshot), BTreeSet::from(["x", "x-a"]));
    }

    #[test]
    fn a_key_is_never_imported_without_its_material() {
        let pair = json!({ "algorithm": "ES256", "type": "EC", "publicKey": "p", "hasPrivateKey": true });
        let public = json!({ "algorithm": "RS256", "type": "RSA", "publicKey": "p", "hasPrivateKey": false });
        let hmac = json!({ "algorithm": "HS256", "type": "HMAC" });
        let secret = json!({ "type": "Secret" });
        for (value, is_issued, adopted, cloned) in [
            (&pair, false, Material::Generated, Material::Generated),
            (&pair, true, Material::Generated, Material::Issued),
            (&public, false, Material::Public, Material::Public),
            (&hmac, false, Material::Generated, Material::Shared),
            (&secret, false, Material::Public, Material::Shared),
        ] {
            let key = object(Family::Key, value.clone());
            assert_eq!(material(&key, is_issued, Purpose::Adopt), adopted, "{value}");
            assert_eq!(material(&key, is_issued, Purpose::Clone), cloned, "{value}");
            let is_variable =
                prepared(&key, cloned).is_some_and(|properties| properties.values().any(|value| value == REDACTED));
            assert_eq!(is_variable, matches!(cloned, Material::Issued | Material::Shared), "{value}");
        }
    }
}
