//! Properties that an identity provider needs where others have certain values.

use serde_json::Value;

use crate::{
    exchange::{Refusal, Response},
    object::{Object, text, value},
};

/// How an `OpenIDConnect` provider is told who asks, where the request does not say.
const DEFAULT_CLIENT_AUTHENTICATION: &str = "client_secret_basic";

/// Checks what one property of an identity provider demands of another.
///
/// # Errors
/// 400 that names the first property that is missing.
pub fn check(one: &str, provider: &Object) -> Result<(), Refusal> {
    let has = |property: &str| value(provider, property).is_some();
    let is_true = |property: &str| value(provider, property) == Some(&Value::Bool(true));
    let mut needed: Vec<(bool, &str)> = match text(provider, "type") {
        "Apple" => vec![(!has("bundleId"), "servicesId")],
        "OpenIDConnect" => {
            let method = value(provider, "oauth2.clientAuthenticationMethod").and_then(Value::as_str);
            vec![(method.unwrap_or(DEFAULT_CLIENT_AUTHENTICATION) != "none", "oauth2.client_secret")]
        }
        "SAMLv2" | "SAMLv2IdPInitiated" => {
            let is_by_name = text(provider, "linkingStrategy").starts_with("LinkByUsername");
            let is_signed_post = is_true("signRequest") && is_true("postRequest");
            vec![
                (!is_true("useNameIdForEmail"), "emailClaim"),
                (is_by_name, "usernameClaim"),
                (is_signed_post, "xmlSignatureC14nMethod"),
            ]
        }
        _ => Vec::new(),
    };
    needed.push((has("tenantId"), "name"));
    let missing = needed.iter().find(|(is_needed, property)| *is_needed && !has(property));
    missing.map_or(Ok(()), |(_, property)| Err(Response::missing(&format!("{one}.{property}"))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::object::into_object;

    #[test]
    fn what_one_property_demands_of_another_is_named() {
        let apple = json!({ "type": "Apple" });
        let open_id = json!({ "type": "OpenIDConnect", "oauth2": { "client_id": "a" } });
        let saml = json!({ "type": "SAMLv2", "emailClaim": "email", "postRequest": true });
        for (provider, change, expected) in [
            (&apple, json!({ "bundleId": "a" }), None),
            (&apple, json!({ "servicesId": "a" }), None),
            (&apple, json!({}), Some("servicesId")),
            (&open_id, json!({}), Some("oauth2.client_secret")),
            (&open_id, json!({ "oauth2": { "client_secret": "a" } }), None),
            (&open_id, json!({ "oauth2": { "clientAuthenticationMethod": "none" } }), None),
            (
                &open_id,
                json!({ "oauth2": { "clientAuthenticationMethod": "client_secret_post" } }),
                Some("oauth2.client_secret"),
            ),
            (&saml, json!({}), None),
            (&saml, json!({ "emailClaim": null }), Some("emailClaim")),
            (&saml, json!({ "emailClaim": null, "useNameIdForEmail": true }), None),
            (&saml, json!({ "linkingStrategy": "LinkByUsernameForExistingUser" }), Some("usernameClaim")),
            (&saml, json!({ "signRequest": true }), Some("xmlSignatureC14nMethod")),
            (&saml, json!({ "tenantId": "a" }), Some("name")),
            (&saml, json!({ "tenantId": "a", "name": "b" }), None),
        ] {
            let mut provider = into_object(provider.clone());
            provider.extend(into_object(change.clone()));
            let found = check("identityProvider", &provider).err().map(|refusal| {
                let body = refusal.body.unwrap();
                body["fieldErrors"].as_object().unwrap().keys().next().unwrap().clone()
            });
            assert_eq!(found, expected.map(|property| format!("identityProvider.{property}")), "{change}");
        }
    }
}
