//! Arguments of logins and of what follows them: what has to be given out before is asked for.

use fusionauth_sandbox::seed::{JARED_ID, PIED_PIPER_APPLICATION_ID, RICHARD_ID, RICHARD_PASSWORD};
use serde_json::{Value, json};

use super::calls::succeed;
use crate::support::{
    client::Client,
    sandbox::{API_KEY, Sandbox},
};

pub const RICHARD: &str = "richard@piedpiper.example";

/// A client that is shown codes and tokens.
pub fn client(sandbox: &Sandbox) -> Client {
    sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("REVEAL_SECRETS", "true")])
}

pub fn with_body(body: Value) -> Value {
    json!({ "requestBody": body })
}

/// What the user and the application need before the logins of this file are possible.
pub fn prepare(client: &mut Client) {
    let passwordless = json!({ "application": { "passwordlessConfiguration": { "enabled": true } } });
    let arguments = json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "requestBody": passwordless });
    succeed(client, "patchApplicationWithId", arguments);
    succeed(client, "importWebAuthnCredentialWithId", with_body(json!({ "credentials": [passkey("seeded")] })));
    // Later logins are by the password alone, whatever was enabled before.
    let user = succeed(client, "retrieveUserWithId", json!({ "userId": RICHARD_ID }));
    let tenant = json!({ "tenant": { "multiFactorConfiguration": { "loginPolicy": "Disabled" } } });
    let arguments = json!({ "tenantId": user["user"]["tenantId"], "requestBody": tenant });
    succeed(client, "patchTenantWithId", arguments);
}

fn passkey(id: &str) -> Value {
    json!({
        "algorithm": "ES256", "credentialId": id, "displayName": "Laptop", "name": "Laptop", "publicKey": "p",
        "userId": RICHARD_ID,
    })
}

/// Arguments of an operation that needs something given out before; it is asked for first. `None` for the others.
pub fn arguments(client: &mut Client, operation: &str) -> Option<Value> {
    let name = operation.strip_suffix("WithId").unwrap_or(operation);
    let application = PIED_PIPER_APPLICATION_ID;
    let device = json!({ "loginId": RICHARD, "applicationId": application });
    if operation == "retrieveUserChangePasswordWithId" {
        return Some(json!({ "changePasswordId": change_password_id(client) }));
    }
    Some(match name {
        "activateReactor" => {
            succeed(client, "deactivateReactor", json!({}));
            with_body(json!({ "licenseId": "a" }))
        }
        "sendEmail" => {
            let templates = succeed(client, "retrieveEmailTemplate", json!({}));
            json!({ "emailTemplateId": templates["emailTemplates"][0]["id"], "requestBody": { "userIds": [RICHARD_ID] } })
        }
        "startIdentityProviderLogin" | "startIdentityProviderConnectionTest" => {
            let providers = succeed(client, "searchIdentityProvidersWithId", json!({}));
            let mut body = json!({ "identityProviderId": providers["identityProviders"][0]["id"] });
            if name == "startIdentityProviderLogin" {
                body["applicationId"] = json!(application);
            }
            with_body(body)
        }
        "retrieveIdentityProviderConnectionTestResults" => {
            let arguments = arguments(client, "startIdentityProviderConnectionTestWithId")?;
            let started = succeed(client, "startIdentityProviderConnectionTestWithId", arguments);
            json!({ "connectionTestId": started["connectionTestId"] })
        }
        "retrieveIdentityProviderLookup" => json!({ "domain": managed_domain(client) }),
        "verifyIdentity" => with_body(json!({ "loginId": RICHARD, "loginIdType": "email" })),
        "startVerifyIdentity" => {
            with_body(json!({ "loginId": RICHARD, "loginIdType": "email", "verificationStrategy": "FormField" }))
        }
        "sendVerifyIdentity" | "completeVerifyIdentity" => {
            let arguments = arguments(client, "startVerifyIdentityWithId")?;
            let started = succeed(client, "startVerifyIdentityWithId", arguments);
            let mut body = json!({ "verificationId": started["verificationId"] });
            if name == "completeVerifyIdentity" {
                body["oneTimeCode"] = started["oneTimeCode"].clone();
            }
            with_body(body)
        }
        "exchangeRefreshTokenForJWT" => with_body(json!({ "refreshToken": login(client)["refreshToken"] })),
        "issueJWT" => json!({ "applicationId": application }),
        "startPasswordlessLogin" | "startTwoFactorLogin" => {
            if name == "startTwoFactorLogin" {
                enable_second_factor(client);
            }
            with_body(device)
        }
        "sendPasswordlessCode" | "passwordlessLogin" => {
            let started = succeed(client, "startPasswordlessLoginWithId", with_body(device));
            with_body(json!({ "code": started["code"] }))
        }
        "sendTwoFactorCodeForEnableDisable" => {
            with_body(json!({ "userId": RICHARD_ID, "method": "email", "email": RICHARD }))
        }
        "sendTwoFactorCodeForLoginUsingMethod" => {
            let started = start_second_factor(client);
            let body = json!({ "methodId": started["methods"][0]["id"] });
            json!({ "twoFactorId": started["twoFactorId"], "requestBody": body })
        }
        "twoFactorLogin" => {
            let started = start_second_factor(client);
            with_body(json!({ "twoFactorId": started["twoFactorId"], "code": started["code"] }))
        }
        "retrieveTwoFactorStatusWithRequest" => with_body(json!({ "userId": RICHARD_ID })),
        "forgotPassword" => with_body(json!({ "loginId": RICHARD })),
        "retrieveUserChangePassword" => json!({ "loginId": RICHARD }),
        "createUserChangePassword" => with_body(json!({ "loginId": RICHARD, "password": RICHARD_PASSWORD })),
        "changePassword" => {
            let id = change_password_id(client);
            json!({ "changePasswordId": id, "requestBody": { "password": RICHARD_PASSWORD } })
        }
        "sendFamilyRequestEmail" => with_body(json!({ "parentEmail": "parent@example.com" })),
        "importRefreshTokens" => {
            let token = json!({ "userId": RICHARD_ID, "applicationId": application, "token": "imported" });
            with_body(json!({ "refreshTokens": [token] }))
        }
        "updateUserVerifyEmail" => json!({ "email": email(client) }),
        "updateUserVerifyRegistration" => json!({ "email": email(client), "applicationId": application }),
        "createUserVerifyEmail" => with_body(json!({ "userId": RICHARD_ID })),
        "verifyEmail" => {
            let started = succeed(client, "updateUserVerifyEmail", json!({ "email": RICHARD }));
            json!({ "verificationId": started["verificationId"] })
        }
        "verifyRegistration" => json!({ "verificationId": registration_verification(client) }),
        "verifyUserRegistration" => with_body(json!({ "verificationId": registration_verification(client) })),
        "importWebAuthnCredential" => with_body(json!({ "credentials": [passkey("another")] })),
        "startWebAuthnRegistration" => with_body(json!({ "userId": RICHARD_ID, "displayName": "Phone" })),
        "completeWebAuthnRegistration" => {
            let start = arguments(client, "startWebAuthnRegistrationWithId")?;
            succeed(client, "startWebAuthnRegistrationWithId", start);
            let credential = json!({ "id": "new", "type": "public-key" });
            with_body(
                json!({ "userId": RICHARD_ID, "origin": "http://localhost", "rpId": "localhost", "credential": credential }),
            )
        }
        "startWebAuthnLogin" => {
            with_body(json!({ "userId": RICHARD_ID, "applicationId": application, "workflow": "general" }))
        }
        "completeWebAuthnLogin" | "completeWebAuthnAssertion" => {
            let start = arguments(client, "startWebAuthnLoginWithId")?;
            succeed(client, "startWebAuthnLoginWithId", start);
            let credential = json!({ "id": "seeded", "type": "public-key" });
            with_body(json!({ "origin": "http://localhost", "rpId": "localhost", "credential": credential }))
        }
        "retrieveWebAuthnCredentialsForUser" | "deleteWebAuthnCredentialsForUser" => json!({ "userId": RICHARD_ID }),
        "retrieveWebAuthnCredential" | "deleteWebAuthnCredential" => {
            let found = succeed(client, "retrieveWebAuthnCredentialsForUserWithId", json!({ "userId": RICHARD_ID }));
            json!({ "id": found["credentials"][0]["id"] })
        }
        "createDevice_authorize" => with_body(oauth_client(client)),
        "retrieveDeviceValidate" => {
            json!({ "client_id": application, "user_code": start_device(client)["user_code"] })
        }
        "createDeviceUserCode" => with_body(json!({ "user_code": start_device(client)["user_code"] })),
        "createDeviceApprove" => {
            let token = login(client)["token"].clone();
            with_body(json!({ "user_code": start_device(client)["user_code"], "token": token }))
        }
        "createToken" => {
            let refresh = login(client)["refreshToken"].clone();
            let mut body = oauth_client(client);
            body["grant_type"] = json!("refresh_token");
            body["refresh_token"] = refresh;
            with_body(body)
        }
        "createLogout" => json!({ "refreshToken": login(client)["refreshToken"] }),
        "deleteUserTwoFactor" | "deleteUserTwoFactorUsingJWT" => {
            let user = succeed(client, "retrieveUserWithId", json!({ "userId": RICHARD_ID }));
            let known = user["user"]["twoFactor"]["methods"][0]["id"].clone();
            if name == "deleteUserTwoFactorUsingJWT" {
                return Some(json!({ "methodId": known, "code": "123456" }));
            }
            json!({ "userId": RICHARD_ID, "requestBody": { "methodId": known, "code": "123456" } })
        }
        "deleteUserBulk" => with_body(json!({ "userIds": [JARED_ID] })),
        "updateTenantManagerIdentityProviderType" | "patchTenantManagerIdentityProviderType" => {
            let configuration = json!({ "linkingStrategy": "LinkByUsername", "enabled": name.starts_with("patch") });
            json!({ "type": "SAMLv2", "requestBody": { "typeConfiguration": configuration } })
        }
        "createTenantManagerIdentityProviderType" => {
            json!({ "type": "SAMLv2", "requestBody": { "typeConfiguration": { "linkingStrategy": "LinkByEmail" } } })
        }
        "retrieveTenantManagerIdentityProviderType" | "deleteTenantManagerIdentityProviderType" => {
            json!({ "type": "SAMLv2" })
        }
        "deleteJwtRefresh" => json!({ "userId": RICHARD_ID }),
        "vendJWT" => with_body(json!({ "claims": { "a": 1 } })),
        _ => return None,
    })
}

pub fn login(client: &mut Client) -> Value {
    let body = json!({ "loginId": RICHARD, "password": RICHARD_PASSWORD, "applicationId": PIED_PIPER_APPLICATION_ID });
    succeed(client, "loginWithId", with_body(body))
}

/// Richard's present address.
fn email(client: &mut Client) -> Value {
    succeed(client, "retrieveUserWithId", json!({ "userId": RICHARD_ID }))["user"]["email"].clone()
}

pub fn enable_second_factor(client: &mut Client) {
    let body = json!({ "method": "email", "email": RICHARD, "code": "123456" });
    succeed(client, "enableTwoFactorWithId", json!({ "userId": RICHARD_ID, "requestBody": body }));
}

fn start_second_factor(client: &mut Client) -> Value {
    enable_second_factor(client);
    succeed(client, "startTwoFactorLoginWithId", with_body(json!({ "userId": RICHARD_ID })))
}

pub fn change_password_id(client: &mut Client) -> Value {
    succeed(client, "forgotPasswordWithId", with_body(json!({ "loginId": RICHARD })))["changePasswordId"].clone()
}

fn registration_verification(client: &mut Client) -> Value {
    let arguments = json!({ "email": RICHARD, "applicationId": PIED_PIPER_APPLICATION_ID });
    succeed(client, "updateUserVerifyRegistration", arguments)["verificationId"].clone()
}

/// The seeded application as an OAuth client.
pub fn oauth_client(client: &mut Client) -> Value {
    let read = succeed(client, "retrieveApplicationWithId", json!({ "applicationId": PIED_PIPER_APPLICATION_ID }));
    let configuration = &read["application"]["oauthConfiguration"];
    json!({ "client_id": configuration["clientId"], "client_secret": configuration["clientSecret"] })
}

pub fn start_device(client: &mut Client) -> Value {
    let body = oauth_client(client);
    succeed(client, "createDevice_authorize", with_body(body))
}

/// A domain that an identity provider of the seed manages.
fn managed_domain(client: &mut Client) -> Value {
    let providers = succeed(client, "searchIdentityProvidersWithId", json!({}));
    let mut providers = providers["identityProviders"].as_array().unwrap().iter();
    providers.find_map(|provider| provider["domains"].get(0).cloned()).unwrap_or_else(|| json!("nowhere.example"))
}
