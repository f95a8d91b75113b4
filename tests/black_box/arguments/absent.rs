//! What clients send for "not given", and what null does in a PATCH.

use serde_json::{Value, json};

use super::calling::Calling;
use crate::support::USER_ID;

fn user(user: &Value) -> Value {
    json!({ "userId": USER_ID, "requestBody": { "user": user } })
}

#[test]
fn optional_arguments_may_be_given_as_nothing() {
    let mut calling = Calling::start();
    let nothings = ["", " ", "null", "NULL", "undefined", "None", "nil"].map(Value::from);
    let lists = [json!(["null"]), json!([""]), json!([null]), json!(["None"])];
    for nothing in nothings.into_iter().chain(lists).chain([json!(null)]) {
        let call = json!({ "userId": USER_ID, "X-FusionAuth-TenantId": nothing, "hardDelete": nothing });
        let (_, request) = calling.sent("deleteUserWithId", call);
        assert_eq!(request.target, format!("/api/user/{USER_ID}"), "{nothing}");
        assert_eq!(request.header("x-fusionauth-tenantid"), None, "{nothing}");
    }
    for nothing in [json!(["null"]), json!([""]), json!([null]), json!("null"), json!("")] {
        let call = json!({ "email": "a@example.com", "loginIdTypes": nothing });
        assert_eq!(calling.target("retrieveUser", call), "/api/user?email=a%40example.com", "{nothing}");
    }
}

/// Without what selects it, a call may destroy more than was meant. Null is how a client leaves an argument out.
#[test]
fn what_would_select_is_not_dropped_from_a_call_that_destroys() {
    let mut calling = Calling::start();
    let refused = "selects nothing, and without it the call would destroy more";
    for nothing in [json!("undefined"), json!("null"), json!(""), json!(["null"])] {
        for (tool, arguments) in [
            ("deleteGroupMembersWithId", json!({ "groupId": USER_ID, "userId": nothing })),
            ("deleteJwtRefresh", json!({ "applicationId": USER_ID, "userId": nothing })),
            ("deleteEntityGrantWithId", json!({ "entityId": USER_ID, "userId": nothing })),
            ("deleteGroupMembersWithId", json!({ "requestBody": { "memberIds": nothing } })),
            ("deleteUserBulk", json!({ "userIds": nothing, "hardDelete": true })),
            (
                "deleteUserBulk",
                json!({ "requestBody": { "userIds": nothing, "queryString": "a", "hardDelete": true } }),
            ),
        ] {
            calling.refused(tool, arguments, &[refused]);
        }
    }
    let call = json!({ "groupId": USER_ID, "userId": null });
    assert_eq!(calling.target("deleteGroupMembersWithId", call), format!("/api/group/member?groupId={USER_ID}"));
    let (line, _) = calling.sent("retrieveReportLogin", json!({ "applicationId": "null", "start": 1, "end": 2 }));
    assert!(line.contains("treated as not given: applicationId"), "{line}");
}

#[test]
fn a_patch_that_changes_nothing_is_refused() {
    let mut calling = Calling::start();
    let refused = "nothing to change: give at least one property";
    let empty = json!({ "user": { "data": {}, "twoFactor": {} } });
    for body in [json!({}), json!({ "user": {} }), json!({ "user": { "expiry": "" } }), empty] {
        calling.refused("patchUserWithId", json!({ "userId": USER_ID, "requestBody": body }), &[refused]);
    }
    calling.refused("patchApplicationWithId", json!({ "applicationId": USER_ID, "requestBody": {} }), &[refused]);
    let removes = json!({ "userId": USER_ID, "requestBody": { "user": { "expiry": null } } });
    calling.body("patchUserWithId", removes);
    // RFC 7396: an empty object changes nothing, beside what does.
    let half_empty = json!({ "userId": USER_ID, "requestBody": { "user": { "data": {}, "firstName": "A" } } });
    let (line, body) = calling.body("patchUserWithId", half_empty);
    assert_eq!(body, json!({ "user": { "firstName": "A" } }));
    assert!(line.contains("treated as not given: requestBody.user.data"), "{line}");
    let within = json!({ "userId": USER_ID, "requestBody": { "user": { "data": { "preferences": {} } } } });
    assert_eq!(calling.body("patchUserWithId", within.clone()).1, within["requestBody"]);
    let replaced = json!({ "userId": USER_ID, "requestBody": { "user": { "data": {} } } });
    assert_eq!(calling.body("updateUserWithId", replaced).1, json!({ "user": { "data": {} } }));
}

#[test]
fn an_empty_list_selects_nothing_to_destroy() {
    let mut calling = Calling::start();
    let refused = "selects nothing, and without it the call would destroy more";
    for arguments in [
        json!({ "groupId": USER_ID, "requestBody": { "memberIds": [] } }),
        json!({ "groupId": USER_ID, "requestBody": { "members": {} } }),
    ] {
        calling.refused("deleteGroupMembersWithId", arguments, &[refused]);
    }
    calling.refused("deleteUserBulk", json!({ "userIds": [] }), &[refused]);
    calling.refused("deleteUserBulk", json!({ "requestBody": { "userIds": [], "hardDelete": true } }), &[refused]);
    let (line, request) = calling.sent("retrieveTotalReportWithExcludesWithId", json!({ "excludes": [] }));
    assert_eq!(request.target, "/api/report/totals");
    assert!(line.contains("treated as not given: excludes"), "{line}");
}

#[test]
fn a_list_of_what_is_to_be_made_has_something_in_it() {
    let mut calling = Calling::start();
    for (tool, body, place) in [
        ("importUsersWithId", json!({ "users": [] }), "requestBody.users"),
        ("importRefreshTokensWithId", json!({ "refreshTokens": [] }), "requestBody.refreshTokens"),
        ("importWebAuthnCredentialWithId", json!({ "credentials": [] }), "requestBody.credentials"),
    ] {
        calling.refused(tool, json!({ "requestBody": body }), &[place]);
    }
}

#[test]
fn free_text_is_kept_unless_it_is_empty() {
    let mut calling = Calling::start();
    let call = json!({ "name": "", "numberOfResults": "" });
    assert_eq!(calling.target("searchConsentsByParameters", call), "/api/consent/search");
    assert_eq!(
        calling.target("searchConsentsByParameters", json!({ "name": "null" })),
        "/api/consent/search?name=null"
    );
}

/// Ids, codes, tokens, time zones and the like are no free text, whatever the document says of their form.
#[test]
fn codes_are_not_given_as_nothing() {
    let mut calling = Calling::start();
    for nothing in ["", "null", "undefined", "None"] {
        let token = json!({ "requestBody": {
            "grant_type": "refresh_token", "refresh_token": "a", "client_id": nothing, "code": nothing, "scope": nothing,
            "redirect_uri": nothing, "user_code": nothing, "code_verifier": nothing,
        } });
        let (line, request) = calling.sent("createToken", token);
        assert_eq!(String::from_utf8_lossy(&request.body), "grant_type=refresh_token&refresh_token=a", "{nothing}");
        assert!(line.contains("treated as not given: requestBody.client_id, requestBody.code"), "{line}");
        let introspect = json!({ "requestBody": { "token": "a", "client_id": nothing } });
        assert_eq!(calling.sent("createIntrospect", introspect).1.body, b"token=a", "{nothing}");
        let import = json!({ "requestBody": { "encryptionScheme": nothing, "users": [{ "email": "a@example.com", "timezone": nothing }] } });
        let (_, body) = calling.body("importUsersWithId", import);
        assert_eq!(body, json!({ "users": [{ "email": "a@example.com" }] }), "{nothing}");
        let target = calling.target(
            "retrieveUser",
            json!({ "verificationId": nothing, "changePasswordId": nothing, "email": nothing, "username": "a" }),
        );
        assert_eq!(target, "/api/user?username=a", "{nothing}");
    }
    // What a user types to sign in may be anything.
    let target = calling.target("retrieveUser", json!({ "loginId": "null" }));
    assert_eq!(target, "/api/user?loginId=null");
    for (tool, arguments, told) in [
        (
            "createIntrospect",
            json!({ "requestBody": { "client_id": USER_ID, "token": "null" } }),
            "requestBody.token: missing; this property is required, and \"null\" stands for none",
        ),
        (
            "retrievePendingLinkWithId",
            json!({ "pendingLinkId": "undefined" }),
            "pendingLinkId: missing; this argument is required, and \"undefined\" stands for none",
        ),
        ("createUser", json!({ "requestBody": "null" }), "requestBody: missing; this argument is required"),
        ("createUser", json!({ "requestBody": "undefined" }), "requestBody: missing; this argument is required"),
        (
            "patchUserWithId",
            json!({ "userId": USER_ID, "requestBody": "null" }),
            "requestBody: missing; this argument is required",
        ),
    ] {
        calling.refused(tool, arguments, &[told]);
    }
}

#[test]
fn required_arguments_have_to_be_given() {
    let mut calling = Calling::start();
    for nothing in [json!(""), json!("null"), json!("undefined"), json!(null)] {
        calling.refused("retrieveUserWithId", json!({ "userId": nothing }), &["- userId: "]);
        calling.refused("createUser", json!({ "requestBody": nothing }), &["- requestBody"]);
        calling.refused("createUser", json!({ "requestBody": { "user": nothing } }), &["- requestBody.user: "]);
    }
}

#[test]
fn optional_properties_may_be_given_as_nothing() {
    let mut calling = Calling::start();
    for nothing in [json!(""), json!("null"), json!("undefined"), json!(null)] {
        let given = json!({ "requestBody": { "applicationId": nothing, "user": {
            "active": nothing, "birthDate": nothing, "expiry": nothing, "preferredLanguages": [nothing], "firstName": "a",
        } } });
        let (_, body) = calling.body("createUser", given);
        let mut expected = json!({ "user": { "firstName": "a" } });
        // Languages are free text, so that an empty one is for the API to judge.
        if nothing == "" {
            expected["user"]["preferredLanguages"] = json!([""]);
        }
        assert_eq!(body, expected, "{nothing}");
    }
    let (line, body) =
        calling.body("createUser", json!({ "requestBody": { "user": { "firstName": "", "active": "null" } } }));
    assert_eq!(body, json!({ "user": { "firstName": "" } }), "free text may be empty");
    assert!(line.contains("treated as not given: requestBody.user.active"), "{line}");
}

/// `None` is a value of some enumerations.
#[test]
fn what_is_a_value_is_taken_as_one() {
    let mut calling = Calling::start();
    let action = json!({ "requestBody": { "userAction": { "name": "Lock", "transactionType": "none" } } });
    let (_, body) = calling.body("createUserAction", action);
    assert_eq!(body["userAction"]["transactionType"], "None");
    let user = json!({ "requestBody": { "user": { "firstName": "None", "lastName": "nil" } } });
    assert_eq!(calling.body("createUser", user.clone()).1, user["requestBody"]);
}

#[test]
fn nothing_is_no_secret() {
    let mut calling = Calling::start();
    for nothing in ["", "null", "undefined"] {
        let oauth = json!({ "clientSecret": nothing, "debug": true });
        let body = json!({ "application": { "oauthConfiguration": oauth } });
        let call = json!({ "applicationId": USER_ID, "requestBody": body });
        for tool in ["patchApplicationWithId", "updateApplicationWithId"] {
            let mut call = call.clone();
            call["requestBody"]["application"]["name"] = json!("a");
            let (line, body) = calling.body(tool, call);
            assert_eq!(body["application"]["oauthConfiguration"], json!({ "debug": true }), "{tool} {nothing:?}");
            assert!(
                line.contains("treated as not given: requestBody.application.oauthConfiguration.clientSecret"),
                "{line}"
            );
        }
    }
}

#[test]
fn null_in_a_patch_is_sent_and_named() {
    let mut calling = Calling::start();
    let patch = json!({ "mobilePhone": null, "data": { "colour": null }, "firstName": "a" });
    let (line, body) = calling.body("patchUserWithId", user(&patch));
    assert_eq!(body, json!({ "user": patch }));
    assert!(line.contains("null removes requestBody.user.data.colour, requestBody.user.mobilePhone"), "{line}");
    let (line, body) = calling.body("updateUserWithId", user(&json!({ "mobilePhone": null, "firstName": "a" })));
    assert_eq!(body, json!({ "user": { "firstName": "a" } }));
    assert_eq!(line, "200 OK; not as sent: `user` is not in the answer");
}

#[test]
fn a_patch_with_everything_filled_in_is_refused() {
    let mut calling = Calling::start();
    let location = json!({ "requestBody": { "user": {}, "eventInfo": { "location": {
        "city": "a", "country": null, "displayString": null, "latitude": null, "longitude": null, "region": null,
        "zipcode": null,
    } } }, "userId": USER_ID });
    calling.refused(
        "patchUserWithId",
        location.clone(),
        &[
            "requestBody.eventInfo.location: all 7 properties are given and 6 of them are null",
            "leave out what you do not want to change",
        ],
    );
    let mut some = location;
    some["requestBody"]["eventInfo"]["location"].as_object_mut().unwrap().remove("zipcode");
    assert!(calling.body("patchUserWithId", some).0.contains("null removes"));
    let lambdas = json!({ "applicationId": USER_ID, "requestBody": { "application": { "lambdaConfiguration": {
        "accessTokenPopulateId": USER_ID, "idTokenPopulateId": null, "multiFactorRequirementId": null,
        "samlv2PopulateId": null, "selfServiceRegistrationValidationId": null, "userinfoPopulateId": null,
    } } } });
    calling.refused("patchApplicationWithId", lambdas, &["application.lambdaConfiguration: all 6 properties"]);
}

/// However few there are to fill in.
#[test]
fn a_small_object_that_is_filled_in_with_nulls_is_refused() {
    let mut calling = Calling::start();
    for (path, object) in [
        (
            "application.loginConfiguration",
            json!({ "allowTokenRefresh": null, "generateRefreshTokens": null, "requireAuthentication": null }),
        ),
        ("application.passwordlessConfiguration", json!({ "enabled": null })),
    ] {
        let name = path.rsplit('.').next().unwrap();
        let call = json!({ "applicationId": USER_ID, "requestBody": { "application": { name: object } } });
        if object.as_object().unwrap().len() > 1 {
            calling.refused(
                "patchApplicationWithId",
                call,
                &[path, "properties are given and", "leave out what you do not want to change"],
            );
        } else {
            // There is no other way to remove the only one.
            assert!(calling.body("patchApplicationWithId", call).0.contains("null removes"));
        }
    }
}

#[test]
fn a_null_that_would_wipe_a_secret_is_refused_unless_it_is_said_what_it_does() {
    let mut calling = Calling::start();
    let secret = json!({ "applicationId": USER_ID, "requestBody": { "application": { "oauthConfiguration": { "clientSecret": null } } } });
    let expected =
        "oauthConfiguration.clientSecret: null would remove this secret; give its new value, or leave it out";
    calling.refused("patchApplicationWithId", secret, &[expected]);
    let provider =
        |provider: Value| json!({ "identityProviderId": USER_ID, "requestBody": { "identityProvider": provider } });
    for kind in [json!({ "type": "Google", "client_secret": null }), json!({ "client_secret": null })] {
        calling.refused(
            "patchIdentityProviderWithId",
            provider(kind),
            &["identityProvider.client_secret: null would remove"],
        );
    }
    calling.refused("patchUserWithId", user(&json!({ "password": null })), &["user.password: null would remove"]);
    let required = json!({ "userId": USER_ID, "requestBody": { "user": null } });
    calling.refused(
        "patchUserWithId",
        required,
        &["requestBody.user: null would remove this setting, which is required"],
    );
    let inherited = json!({ "type": "Google", "applicationConfiguration": { USER_ID: { "client_secret": null } } });
    let (line, _) = calling.body("patchIdentityProviderWithId", provider(inherited));
    assert!(line.contains("null removes requestBody.identityProvider.applicationConfiguration."), "{line}");
    let webhook = json!({ "webhookId": USER_ID, "requestBody": { "webhook": { "httpAuthenticationPassword": null } } });
    assert!(calling.body("patchWebhookWithId", webhook).0.contains("null removes requestBody.webhook.http"));
}
