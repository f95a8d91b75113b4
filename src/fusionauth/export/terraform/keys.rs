//! Where the material of a key comes from: the instance generates it, or somebody else has it.

use serde_json::{Map, Value};

use super::purpose::Purpose;
use crate::fusionauth::export::snapshot::object::Object;
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
    use crate::fusionauth::export::snapshot::object::Family;

    fn object(family: Family, value: Value) -> Object {
        Object { family, id: Some("1".to_owned()), value: value.as_object().cloned().unwrap() }
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
