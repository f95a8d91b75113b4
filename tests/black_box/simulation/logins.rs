//! Logins, what they give out, and what is needed for them.

use fusionauth_sandbox::seed::{PASSKEY_ID, PIED_PIPER_APPLICATION_ID, RICHARD_ID, RICHARD_PASSWORD};
use serde_json::{Value, json};

use super::{
    calls::{call, refused, succeed},
    sign_in::{
        RICHARD, arguments, change_password_id, client, enable_second_factor, login, oauth_client, prepare,
        start_device, with_body,
    },
};
use crate::support::{USER_ID, client::Client, sandbox::Sandbox};

/// OAuth's own form of errors.
fn assert_refused(client: &mut Client, arguments: Value, status: u16, error: &str) {
    let answer = client.call("createToken", arguments);
    assert!(
        answer.text.starts_with(&status.to_string()) && answer.text.contains(&format!("[{error}]")),
        "{}",
        answer.text
    );
}

#[test]
fn a_password_is_changed_by_the_id_of_the_message_once() {
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let nobody = json!({ "loginId": "nobody@example.com" });
    assert_eq!(call(&mut client, "forgotPasswordWithId", with_body(nobody)).0, 404);
    let id = change_password_id(&mut client);
    assert_eq!(call(&mut client, "retrieveUserChangePasswordWithId", json!({ "changePasswordId": id })).0, 200);
    let change = |id: &Value| json!({ "changePasswordId": id, "requestBody": { "password": "Another password 1" } });
    let changed = succeed(&mut client, "changePasswordWithId", change(&id));
    assert_eq!(call(&mut client, "changePasswordWithId", change(&id)).0, 404);
    assert_eq!(call(&mut client, "retrieveUserChangePasswordWithId", json!({ "changePasswordId": id })).0, 404);
    let by_password = |password: &str| with_body(json!({ "loginId": RICHARD, "password": password }));
    assert_eq!(call(&mut client, "loginWithId", by_password(RICHARD_PASSWORD)).0, 404);
    succeed(&mut client, "loginWithId", by_password("Another password 1"));
    let one_time = with_body(json!({ "oneTimePassword": changed["oneTimePassword"] }));
    succeed(&mut client, "loginWithId", one_time.clone());
    assert_eq!(call(&mut client, "loginWithId", one_time).0, 404);
    // By the login id, with the present password where it is given.
    let by_login = |current: &str| {
        with_body(json!({ "loginId": RICHARD, "currentPassword": current, "password": RICHARD_PASSWORD }))
    };
    assert_eq!(call(&mut client, "createUserChangePassword", by_login("wrong")).0, 404);
    succeed(&mut client, "createUserChangePassword", by_login("Another password 1"));
    login(&mut client);
}

#[test]
fn addresses_and_registrations_are_verified_by_what_was_given_out() {
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let user = json!({ "userId": RICHARD_ID });
    for (tool, arguments) in [
        ("verifyEmailWithId", json!({ "verificationId": "unknown" })),
        ("createUserVerifyEmail", with_body(json!({ "verificationId": "unknown" }))),
        ("createUserVerifyEmail", with_body(json!({ "userId": USER_ID }))),
        ("verifyUserRegistrationWithId", with_body(json!({ "verificationId": "unknown" }))),
        ("completeVerifyIdentityWithId", with_body(json!({ "verificationId": "unknown" }))),
        ("updateUserVerifyEmail", json!({ "email": "nobody@example.com" })),
        ("updateUserVerifyRegistration", json!({ "email": RICHARD, "applicationId": USER_ID })),
    ] {
        assert_eq!(call(&mut client, tool, arguments).0, 404, "{tool}");
    }
    // Somebody who has to verify both.
    let tenant_id = succeed(&mut client, "retrieveUserWithId", user)["user"]["tenantId"].clone();
    let template = succeed(&mut client, "retrieveEmailTemplate", json!({}))["emailTemplates"][0]["id"].clone();
    let asks = json!({ "verifyEmail": true, "verifyEmailWhenChanged": true, "verificationEmailTemplateId": template });
    let asks = json!({ "emailConfiguration": asks });
    let arguments = json!({ "tenantId": tenant_id, "requestBody": { "tenant": asks } });
    succeed(&mut client, "patchTenantWithId", arguments);
    let asks = json!({ "verifyRegistration": true, "verificationEmailTemplateId": template });
    let arguments = json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "requestBody": { "application": asks } });
    succeed(&mut client, "patchApplicationWithId", arguments);
    let email = "new@piedpiper.example";
    let user = json!({ "email": email, "password": "A new password 1" });
    let body = json!({ "user": user, "registration": { "applicationId": PIED_PIPER_APPLICATION_ID } });
    let id = succeed(&mut client, "register", with_body(body))["user"]["id"].clone();
    let state = |client: &mut Client| {
        let user = succeed(client, "retrieveUserWithId", json!({ "userId": id }))["user"].clone();
        (user["verified"] == true, user["registrations"][0]["verified"] == true)
    };
    let forget = |client: &mut Client| {
        let change = json!({ "userId": id, "requestBody": { "user": { "email": "other@piedpiper.example" } } });
        succeed(client, "patchUserWithId", change);
        let change = json!({ "userId": id, "requestBody": { "user": { "email": email } } });
        succeed(client, "patchUserWithId", change);
    };
    assert_eq!(state(&mut client), (false, false));
    let started = succeed(&mut client, "updateUserVerifyEmail", json!({ "email": email }));
    // What is for one purpose is unknown to another.
    let other = with_body(json!({ "verificationId": started["verificationId"] }));
    assert_eq!(call(&mut client, "verifyUserRegistrationWithId", other.clone()).0, 404);
    assert_eq!(state(&mut client), (false, false));
    succeed(&mut client, "createUserVerifyEmail", other);
    assert_eq!(state(&mut client), (true, false));
    let arguments = json!({ "email": email, "applicationId": PIED_PIPER_APPLICATION_ID });
    let started = succeed(&mut client, "updateUserVerifyRegistration", arguments);
    succeed(&mut client, "verifyRegistrationWithId", json!({ "verificationId": started["verificationId"] }));
    assert_eq!(state(&mut client), (true, true));
    // A new address is not verified.
    forget(&mut client);
    assert_eq!(state(&mut client), (false, true));
    let start = json!({
        "loginId": email, "loginIdType": "email", "verificationStrategy": "FormField", "state": { "a": 1 },
    });
    let started = succeed(&mut client, "startVerifyIdentityWithId", with_body(start));
    let complete =
        |code: &Value| with_body(json!({ "verificationId": started["verificationId"], "oneTimeCode": code }));
    assert_eq!(call(&mut client, "completeVerifyIdentityWithId", complete(&json!("wrong"))).0, 404);
    let completed = succeed(&mut client, "completeVerifyIdentityWithId", complete(&started["oneTimeCode"]));
    assert_eq!(completed["state"]["a"], 1);
    assert_eq!(state(&mut client), (true, true));
    forget(&mut client);
    succeed(&mut client, "verifyIdentityWithId", with_body(json!({ "loginId": email, "loginIdType": "email" })));
    assert_eq!(state(&mut client), (true, true));
}

#[test]
fn a_second_factor_is_asked_for_and_trusted() {
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let by_password = |trust: &Value| {
        with_body(json!({ "loginId": RICHARD, "password": RICHARD_PASSWORD, "twoFactorTrustId": trust }))
    };
    assert!(
        refused(&mut client, "startTwoFactorLoginWithId", with_body(json!({ "userId": RICHARD_ID }))).starts_with('[')
    );
    enable_second_factor(&mut client);
    let (status, challenge) = call(&mut client, "loginWithId", by_password(&Value::Null));
    assert_eq!(status, 242, "{challenge}");
    assert!(challenge.get("token").is_none() && challenge["methods"][0]["method"] == "email", "{challenge}");
    let started = succeed(&mut client, "startTwoFactorLoginWithId", with_body(json!({ "userId": RICHARD_ID })));
    let answer =
        |code: &Value| with_body(json!({ "twoFactorId": started["twoFactorId"], "code": code, "trustComputer": true }));
    assert_eq!(call(&mut client, "twoFactorLoginWithId", answer(&json!("wrong"))).0, 421);
    let done = succeed(&mut client, "twoFactorLoginWithId", answer(&started["code"]));
    assert!(done["token"].is_string(), "{done}");
    assert_eq!(call(&mut client, "twoFactorLoginWithId", answer(&started["code"])).0, 404);
    assert_eq!(call(&mut client, "loginWithId", by_password(&done["twoFactorTrustId"])).0, 200);
    // A recovery code takes the place of the code, once.
    let codes = succeed(&mut client, "generateTwoFactorRecoveryCodesWithId", json!({ "userId": RICHARD_ID }));
    for status in [200, 421] {
        let (_, challenge) = call(&mut client, "loginWithId", by_password(&Value::Null));
        let body = json!({ "twoFactorId": challenge["twoFactorId"], "code": codes["recoveryCodes"][0] });
        assert_eq!(call(&mut client, "twoFactorLoginWithId", with_body(body)).0, status);
    }
}

#[test]
fn a_code_logs_in_without_a_password_once() {
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let start = json!({ "loginId": RICHARD, "applicationId": PIED_PIPER_APPLICATION_ID, "state": { "a": 1 } });
    let disabled = refused(&mut client, "startPasswordlessLoginWithId", with_body(start.clone()));
    assert_eq!(disabled, "[PasswordlessDisabled]");
    prepare(&mut client);
    let started = succeed(&mut client, "startPasswordlessLoginWithId", with_body(start));
    let login = with_body(json!({ "code": started["code"], "applicationId": PIED_PIPER_APPLICATION_ID }));
    let done = succeed(&mut client, "passwordlessLoginWithId", login.clone());
    assert!(done["token"].is_string() && done["state"]["a"] == 1, "{done}");
    assert_eq!(call(&mut client, "passwordlessLoginWithId", login).0, 404);
    assert_eq!(call(&mut client, "sendPasswordlessCodeWithId", with_body(json!({ "code": "unknown" }))).0, 404);
}

#[test]
fn passkeys_are_kept_used_and_deleted() {
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let user = json!({ "userId": RICHARD_ID });
    let count = |client: &mut Client| {
        let found = succeed(client, "retrieveWebAuthnCredentialsForUserWithId", user.clone());
        found["credentials"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(count(&mut client), 1, "the seed has one");
    succeed(&mut client, "deleteWebAuthnCredentialWithId", json!({ "id": PASSKEY_ID }));
    assert_eq!(count(&mut client), 0);
    let login = json!({ "userId": RICHARD_ID, "applicationId": PIED_PIPER_APPLICATION_ID, "workflow": "general" });
    assert_eq!(call(&mut client, "startWebAuthnLoginWithId", with_body(login)).0, 404);
    let registration = arguments(&mut client, "completeWebAuthnRegistrationWithId").unwrap();
    let made = succeed(&mut client, "completeWebAuthnRegistrationWithId", registration.clone());
    assert_eq!(made["credential"]["displayName"], "Phone");
    assert_eq!(call(&mut client, "completeWebAuthnRegistrationWithId", registration).0, 404, "it was started once");
    prepare(&mut client);
    assert_eq!(count(&mut client), 2);
    let login = arguments(&mut client, "completeWebAuthnLoginWithId").unwrap();
    assert!(succeed(&mut client, "completeWebAuthnLoginWithId", login)["token"].is_string());
    succeed(&mut client, "deleteWebAuthnCredentialWithId", json!({ "id": made["credential"]["id"] }));
    assert_eq!(count(&mut client), 1);
    succeed(&mut client, "deleteWebAuthnCredentialsForUserWithId", json!({ "userId": RICHARD_ID }));
    assert_eq!(count(&mut client), 0);
}

#[test]
fn tokens_are_issued_by_grant_refreshed_and_revoked() {
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let of = oauth_client(&mut client);
    let token = |extra: Value| {
        let mut body = of.clone();
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        with_body(body)
    };
    let refresh = login(&mut client)["refreshToken"].clone();
    let grant = json!({ "grant_type": "refresh_token", "refresh_token": refresh });
    let issued = succeed(&mut client, "createToken", token(grant.clone()));
    let of_token = json!({ "token": issued["access_token"] });
    assert_eq!(succeed(&mut client, "retrieveUserInfoFromAccessTokenWithId", of_token.clone())["sub"], RICHARD_ID);
    assert_eq!(succeed(&mut client, "createIntrospect", with_body(of_token))["active"], true);
    let unknown = with_body(json!({ "token": "unknown" }));
    assert_eq!(succeed(&mut client, "createIntrospect", unknown), json!({ "active": false }));
    for (extra, expected) in [
        (json!({ "grant_type": "refresh_token", "refresh_token": "unknown" }), "invalid_grant"),
        (json!({ "grant_type": "authorization_code", "code": "unknown" }), "invalid_grant"),
        (json!({ "grant_type": "password", "username": RICHARD, "password": "wrong" }), "unauthorized_client"),
    ] {
        assert_refused(&mut client, token(extra), 400, expected);
    }
    let wrong = token(json!({ "client_secret": "wrong", "grant_type": "refresh_token" }));
    assert_refused(&mut client, wrong, 401, "invalid_client");
    succeed(&mut client, "createLogout", json!({ "refreshToken": refresh }));
    assert_eq!(call(&mut client, "createToken", token(grant)).0, 400, "it is revoked");
    let exchange = with_body(json!({ "refreshToken": refresh }));
    assert_eq!(refused(&mut client, "exchangeRefreshTokenForJWTWithId", exchange), "[invalid]refreshToken");
    // Tokens of another system.
    let import = |user: &str| {
        let token = json!({ "userId": user, "applicationId": PIED_PIPER_APPLICATION_ID, "token": "imported" });
        with_body(json!({ "refreshTokens": [token] }))
    };
    assert!(refused(&mut client, "importRefreshTokensWithId", import(USER_ID)).starts_with("[invalid]"));
    succeed(&mut client, "importRefreshTokensWithId", import(RICHARD_ID));
    succeed(&mut client, "exchangeRefreshTokenForJWTWithId", with_body(json!({ "refreshToken": "imported" })));
}

#[test]
fn a_device_waits_for_its_user() {
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let enable = json!({ "application": { "oauthConfiguration": { "enabledGrants": ["authorization_code", "refresh_token", grant] } } });
    succeed(
        &mut client,
        "patchApplicationWithId",
        json!({ "applicationId": PIED_PIPER_APPLICATION_ID, "requestBody": enable }),
    );
    let started = start_device(&mut client);
    let mut ask = oauth_client(&mut client);
    ask["grant_type"] = json!(grant);
    ask["device_code"] = started["device_code"].clone();
    assert_refused(&mut client, with_body(ask.clone()), 400, "authorization_pending");
    let unknown = json!({ "client_id": PIED_PIPER_APPLICATION_ID, "user_code": "unknown" });
    assert_eq!(call(&mut client, "retrieveDeviceValidate", unknown).0, 404);
    let token = login(&mut client)["token"].clone();
    let approve = with_body(json!({ "token": token, "user_code": started["user_code"] }));
    assert_eq!(succeed(&mut client, "createDeviceApprove", approve)["deviceGrantStatus"], "Approved");
    assert_eq!(succeed(&mut client, "createToken", with_body(ask.clone()))["userId"], RICHARD_ID);
    assert_eq!(call(&mut client, "createToken", with_body(ask)).0, 400, "it is used up");
}

#[test]
fn other_identity_providers_are_not_asked() {
    let sandbox = Sandbox::start(&[]);
    let mut client = client(&sandbox);
    let mut arguments = arguments(&mut client, "startIdentityProviderLoginWithId").unwrap();
    succeed(&mut client, "startIdentityProviderLoginWithId", arguments.clone());
    for tool in ["identityProviderLoginWithId", "reconcileJWTWithId"] {
        assert_eq!(refused(&mut client, tool, arguments.clone()), "[IdentityProviderNotReachable]");
    }
    arguments["requestBody"]["identityProviderId"] = json!(USER_ID);
    assert_eq!(refused(&mut client, "identityProviderLoginWithId", arguments), "[invalid]identityProviderId");
    assert_eq!(call(&mut client, "retrieveIdentityProviderLookup", json!({ "domain": "nowhere.example" })).0, 404);
    assert_eq!(
        call(&mut client, "retrieveIdentityProviderConnectionTestResults", json!({ "connectionTestId": "unknown" })).0,
        404
    );
}
