//! The identity providers.

use serde_json::json;

use super::{
    ids::{AVIATO_APPLICATION_ID, PIED_PIPER_APPLICATION_ID},
    request::{IDENTITY_PROVIDER, KEY, LAMBDA, create, id},
    secrets::IDENTITY_PROVIDER_SECRET,
};
use crate::step::Step;

/// One identity provider for OpenID Connect, one for SAML.
pub fn identity_providers() -> Vec<Step> {
    vec![
        create(
            "identity-provider",
            IDENTITY_PROVIDER,
            1,
            json!({ "identityProvider": {
                "type": "OpenIDConnect",
                "name": "Hooli SSO",
                "enabled": true,
                "debug": false,
                "buttonText": "Sign in with Hooli",
                "domains": ["hooli.example"],
                "linkingStrategy": "LinkByEmail",
                "lambdaConfiguration": { "reconcileId": id(LAMBDA, 2) },
                "oauth2": {
                    "authorization_endpoint": "https://sso.hooli.example/authorize",
                    "token_endpoint": "https://sso.hooli.example/token",
                    "userinfo_endpoint": "https://sso.hooli.example/userinfo",
                    "client_id": "pied-piper",
                    "client_secret": IDENTITY_PROVIDER_SECRET,
                    "clientAuthenticationMethod": "client_secret_basic",
                    "scope": "openid email profile"
                },
                "applicationConfiguration": {
                    PIED_PIPER_APPLICATION_ID: { "enabled": true, "createRegistration": true }
                }
            } }),
        ),
        create(
            "identity-provider",
            IDENTITY_PROVIDER,
            2,
            json!({ "identityProvider": {
                "type": "SAMLv2",
                "name": "Aviato SAML",
                "enabled": true,
                "debug": false,
                "buttonText": "Sign in with Aviato",
                "idpEndpoint": "https://saml.aviato.example/sso",
                "issuer": "https://saml.aviato.example",
                "keyId": id(KEY, 1),
                "postRequest": true,
                "signRequest": false,
                "useNameIdForEmail": true,
                "linkingStrategy": "LinkByEmailForExistingUser",
                "applicationConfiguration": {
                    AVIATO_APPLICATION_ID: { "enabled": true, "createRegistration": false }
                }
            } }),
        ),
    ]
}
