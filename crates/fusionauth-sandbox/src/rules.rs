//! What the API pages demand of an object beside its name: one table, each part with its source.

mod addresses;
mod providers;

use serde_json::Value;

use crate::{
    exchange::{Refusal, Response},
    object::{Object, text, value},
};

/// What a page says of one kind of object.
struct Page {
    /// The collection that holds the objects.
    collection: &'static str,
    /// The page. It says what the rules say.
    #[cfg_attr(not(test), expect(dead_code, reason = "a test and the reader want it"))]
    source: &'static str,
    rules: &'static [Rule],
}

/// What one property has to be. Properties within others are written with dots.
enum Rule {
    /// Text that is there and not blank.
    Text(&'static str),
    /// Any value that is there.
    Value(&'static str),
    /// A list with something in it.
    Items(&'static str),
    /// A number above zero.
    Positive(&'static str),
    /// A value that is there where another property is `true`.
    ValueWith(&'static str, &'static str),
    /// `true` only where this other property is `true`.
    TrueOnlyWith(&'static str, &'static str),
    /// Nothing where another property has a value.
    NotBeside(&'static str, &'static str),
    /// The rule holds for objects of this type.
    OfType(&'static str, &'static Self),
    /// The rule holds for objects of these types.
    OfTypes(&'static [&'static str], &'static Self),
    /// What this function says of the whole object, which has this key in requests.
    By(fn(&str, &Object) -> Result<(), Refusal>),
}

/// Types of identity providers that are OAuth clients of a service.
const OAUTH_PROVIDERS: &[&str] = &["EpicGames", "Google", "LinkedIn", "Nintendo", "SonyPSN", "Twitch", "Xbox"];

/// Types of identity providers that have a button on the login page.
const SIGN_IN_BUTTONS: &[&str] = &[
    "Apple",
    "EpicGames",
    "Facebook",
    "Google",
    "LinkedIn",
    "Nintendo",
    "OpenIDConnect",
    "SAMLv2",
    "SonyPSN",
    "Steam",
    "Twitch",
    "Twitter",
    "Xbox",
];

static PAGES: &[Page] = &[
    Page {
        collection: "application",
        source: "https://fusionauth.io/docs/apis/applications",
        rules: &[Rule::ValueWith("verificationEmailTemplateId", "verifyRegistration")],
    },
    Page {
        collection: "connector",
        source: "https://fusionauth.io/docs/apis/connectors/",
        rules: &[
            Rule::OfType("Generic", &Rule::Positive("connectTimeout")),
            Rule::OfType("Generic", &Rule::Positive("readTimeout")),
            Rule::OfType("LDAP", &Rule::Text("authenticationURL")),
            Rule::OfType("LDAP", &Rule::Text("baseStructure")),
            Rule::OfType("LDAP", &Rule::Positive("connectTimeout")),
            Rule::OfType("LDAP", &Rule::Text("identifyingAttribute")),
            Rule::OfType("LDAP", &Rule::Value("lambdaConfiguration.reconcileId")),
            Rule::OfType("LDAP", &Rule::Text("loginIdAttribute")),
            Rule::OfType("LDAP", &Rule::Positive("readTimeout")),
            Rule::OfType("LDAP", &Rule::Items("requestedAttributes")),
            Rule::OfType("LDAP", &Rule::Value("securityMethod")),
            Rule::OfType("LDAP", &Rule::Text("systemAccountDN")),
            Rule::OfType("LDAP", &Rule::Text("systemAccountPassword")),
        ],
    },
    Page {
        collection: "consent",
        source: "https://fusionauth.io/docs/apis/consents",
        rules: &[
            Rule::Value("defaultMinimumAgeForSelfConsent"),
            Rule::ValueWith("emailPlus.emailTemplateId", "emailPlus.enabled"),
        ],
    },
    Page {
        collection: "email/template",
        source: "https://fusionauth.io/docs/apis/emails",
        rules: &[Rule::Text("defaultSubject"), Rule::Text("defaultHtmlTemplate"), Rule::Text("defaultTextTemplate")],
    },
    Page {
        collection: "identity-provider",
        source: "https://fusionauth.io/docs/apis/identity-providers/",
        rules: &[
            Rule::OfTypes(&["ExternalJWT", "OpenIDConnect", "SAMLv2", "SAMLv2IdPInitiated"], &Rule::Text("name")),
            Rule::OfTypes(SIGN_IN_BUTTONS, &Rule::Text("buttonText")),
            Rule::OfTypes(OAUTH_PROVIDERS, &Rule::Text("client_id")),
            Rule::OfTypes(OAUTH_PROVIDERS, &Rule::Text("client_secret")),
            Rule::OfType("Apple", &Rule::Value("keyId")),
            Rule::OfType("Apple", &Rule::Text("teamId")),
            Rule::OfType("ExternalJWT", &Rule::Text("headerKeyParameter")),
            Rule::OfType("Facebook", &Rule::Text("appId")),
            Rule::OfType("Facebook", &Rule::Text("client_secret")),
            Rule::OfType("HYPR", &Rule::Text("relyingPartyApplicationId")),
            Rule::OfType("HYPR", &Rule::Text("relyingPartyURL")),
            Rule::OfType("OpenIDConnect", &Rule::Text("oauth2.client_id")),
            Rule::OfType("SAMLv2", &Rule::Text("idpEndpoint")),
            Rule::OfType("SAMLv2IdPInitiated", &Rule::Text("issuer")),
            Rule::OfTypes(&["SAMLv2", "SAMLv2IdPInitiated"], &Rule::Value("keyId")),
            Rule::OfType("SAMLv2", &Rule::ValueWith("requestSigningKeyId", "signRequest")),
            Rule::OfType(
                "SAMLv2",
                &Rule::ValueWith("idpInitiatedConfiguration.issuer", "idpInitiatedConfiguration.enabled"),
            ),
            Rule::OfTypes(
                &["SAMLv2", "SAMLv2IdPInitiated"],
                &Rule::ValueWith(
                    "assertionDecryptionConfiguration.keyTransportDecryptionKeyId",
                    "assertionDecryptionConfiguration.enabled",
                ),
            ),
            Rule::OfType("Twitter", &Rule::Text("consumerKey")),
            Rule::OfType("Twitter", &Rule::Text("consumerSecret")),
            Rule::By(providers::check),
        ],
    },
    Page {
        collection: "ip-acl",
        source: "https://fusionauth.io/docs/apis/ip-acl",
        rules: &[Rule::By(addresses::check)],
    },
    Page {
        collection: "message/template",
        source: "https://fusionauth.io/docs/apis/message-templates",
        rules: &[Rule::Text("defaultTemplate")],
    },
    Page {
        collection: "messenger",
        source: "https://fusionauth.io/docs/apis/messengers/",
        rules: &[
            Rule::OfType("Generic", &Rule::Positive("connectTimeout")),
            Rule::OfType("Generic", &Rule::Positive("readTimeout")),
            Rule::OfType("Generic", &Rule::Text("url")),
            Rule::OfType("Twilio", &Rule::Text("url")),
            Rule::OfType("Twilio", &Rule::Text("accountSID")),
        ],
    },
    Page {
        collection: "user-action",
        source: "https://fusionauth.io/docs/apis/user-actions",
        rules: &[Rule::TrueOnlyWith("preventLogin", "temporal")],
    },
    Page {
        collection: "webhook",
        source: "https://fusionauth.io/docs/apis/webhooks",
        rules: &[
            Rule::Positive("connectTimeout"),
            Rule::Positive("readTimeout"),
            Rule::ValueWith("signatureConfiguration.signingKeyId", "signatureConfiguration.enabled"),
            Rule::NotBeside("sslCertificate", "sslCertificateKeyId"),
        ],
    },
];

/// Checks an object of a collection. `one` is its key in requests.
///
/// # Errors
/// 400 that names the first property that is missing or wrong.
pub fn check(collection: &str, one: &str, object: &Object) -> Result<(), Refusal> {
    let pages = PAGES.iter().filter(|page| page.collection == collection);
    pages.flat_map(|page| page.rules).try_for_each(|rule| rule.check(one, object))
}

impl Rule {
    fn check(&self, one: &str, object: &Object) -> Result<(), Refusal> {
        let has = |property: &str| value(object, property).is_some();
        let is_true = |property: &str| value(object, property) == Some(&Value::Bool(true));
        match *self {
            Self::Text(property) => match value(object, property).and_then(Value::as_str) {
                Some(text) if !text.trim().is_empty() => Ok(()),
                _ => Err(Response::blank(&format!("{one}.{property}"))),
            },
            Self::Items(property) => match value(object, property).and_then(Value::as_array) {
                Some(items) if !items.is_empty() => Ok(()),
                _ => Err(Response::missing(&format!("{one}.{property}"))),
            },
            Self::By(check) => check(one, object),
            Self::Value(property) if !has(property) => Err(Response::missing(&format!("{one}.{property}"))),
            Self::Positive(property) => match value(object, property).map(Value::as_i64) {
                None => Err(Response::missing(&format!("{one}.{property}"))),
                Some(Some(1..)) => Ok(()),
                Some(_) => {
                    let field = format!("{one}.{property}");
                    let message = format!("The [{field}] property has to be more than 0.");
                    Err(Response::field("invalid", &field, message))
                }
            },
            Self::ValueWith(property, other) if is_true(other) && !has(property) => {
                Err(Response::missing(&format!("{one}.{property}")))
            }
            Self::TrueOnlyWith(property, other) if is_true(property) && !is_true(other) => {
                let message = format!("[{one}.{property}] needs [{one}.{other}] to be true.");
                Err(Response::field("invalid", &format!("{one}.{property}"), message))
            }
            Self::NotBeside(property, other) if has(property) && has(other) => {
                let message = format!("You can specify [{one}.{property}] or [{one}.{other}], not both.");
                Err(Response::field("invalid", &format!("{one}.{property}"), message))
            }
            Self::OfType(kind, rule) if text(object, "type") == kind => rule.check(one, object),
            Self::OfTypes(kinds, rule) if kinds.contains(&text(object, "type")) => rule.check(one, object),
            Self::Value(_)
            | Self::ValueWith(..)
            | Self::TrueOnlyWith(..)
            | Self::NotBeside(..)
            | Self::OfType(..)
            | Self::OfTypes(..) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{object::into_object, resources::by_path};

    #[test]
    fn every_page_is_of_a_resource_and_has_a_source() {
        for page in PAGES {
            assert!(by_path(page.collection).is_some(), "{}", page.collection);
            assert!(page.source.starts_with("https://fusionauth.io/docs/apis/"), "{}", page.source);
            assert!(!page.rules.is_empty(), "{}", page.collection);
        }
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        let whole = json!({ "url": "https://a.b", "connectTimeout": 1, "readTimeout": 1 });
        for (change, expected) in [
            (json!({}), None),
            (json!({ "connectTimeout": null }), Some("[missing]webhook.connectTimeout")),
            (json!({ "readTimeout": 0 }), Some("[invalid]webhook.readTimeout")),
            (
                json!({ "signatureConfiguration": { "enabled": true } }),
                Some("[missing]webhook.signatureConfiguration.signingKeyId"),
            ),
            (json!({ "signatureConfiguration": { "enabled": true, "signingKeyId": "k" } }), None),
            (json!({ "sslCertificate": "a", "sslCertificateKeyId": "b" }), Some("[invalid]webhook.sslCertificate")),
        ] {
            let mut webhook = into_object(whole.clone());
            webhook.extend(into_object(change.clone()));
            let code = check("webhook", "webhook", &webhook).err().map(|refusal| {
                let body = refusal.body.unwrap();
                body["fieldErrors"].as_object().unwrap().values().next().unwrap()[0]["code"].clone()
            });
            assert_eq!(code, expected.map(Value::from), "{change}");
        }
        let open = json!({ "action": "Allow", "startIPAddress": "*" });
        let range = |start: &str, end: &str| json!({ "action": "Block", "startIPAddress": start, "endIPAddress": end });
        for (entries, is_right) in [
            (json!([open, range("10.0.0.0", "10.0.0.255")]), true),
            (json!([open, range("10.0.0.1", "10.0.0.1")]), true),
            (json!([]), false),
            (json!([open, open]), false),
            (json!([range("10.0.0.0", "10.0.0.255")]), false),
            (json!([open, range("10.0.0.2", "10.0.0.1")]), false),
            (json!([open, range("10.0.0.2", "")]), false),
            (json!([open, range("10.0.0.2", "10.0.0.300")]), false),
            (json!([open, { "startIPAddress": "10.0.0.1", "endIPAddress": "10.0.0.1" }]), false),
        ] {
            let list = into_object(json!({ "entries": entries }));
            assert_eq!(check("ip-acl", "ipAccessControlList", &list).is_ok(), is_right, "{entries}");
        }
        let action = into_object(json!({ "preventLogin": true, "temporal": false }));
        assert!(check("user-action", "userAction", &action).is_err());
        for (provider, is_right) in [
            (json!({ "type": "Google", "buttonText": "a", "client_id": "b", "client_secret": "c" }), true),
            (json!({ "type": "Google", "buttonText": "a", "client_id": "b" }), false),
            (json!({ "type": "OpenIDConnect", "name": "a", "buttonText": "a" }), false),
            (json!({ "type": "SAMLv2", "name": "a", "buttonText": "a", "idpEndpoint": "b" }), false),
            (json!({ "type": "Facebook", "buttonText": "a", "appId": "b", "client_secret": "c" }), true),
            (json!({ "type": "Facebook", "buttonText": "a", "appId": "b" }), false),
            (json!({ "type": "HYPR", "relyingPartyApplicationId": "a", "relyingPartyURL": "b" }), true),
            (json!({ "type": "HYPR", "relyingPartyURL": "b" }), false),
            (json!({ "type": "Twitter", "buttonText": "a", "consumerKey": "b", "consumerSecret": "c" }), true),
            (json!({ "type": "Twitter", "buttonText": "a", "consumerKey": "b" }), false),
        ] {
            let object = into_object(provider.clone());
            assert_eq!(check("identity-provider", "identityProvider", &object).is_ok(), is_right, "{provider}");
        }
    }
}
