//! What the document does not know: refused with the right name and place, or sent where the operator wants it.

use serde_json::{Value, json};

use super::calling::Calling;
use crate::support::USER_ID;

fn application(application: &Value) -> Value {
    json!({ "applicationId": USER_ID, "requestBody": { "application": application } })
}

#[test]
fn a_missing_wrapper_is_named() {
    let mut calling = Calling::start();
    for (tool, arguments, expected) in [
        (
            "searchUsersByQueryWithId",
            json!({ "requestBody": { "queryString": "*" } }),
            "requestBody.queryString: unknown property; did you mean `requestBody.search.queryString`?",
        ),
        (
            "patchApplicationWithId",
            json!({ "applicationId": USER_ID, "requestBody": { "oauthConfiguration": { "debug": true } } }),
            "requestBody.oauthConfiguration: unknown property; did you mean `requestBody.application.oauthConfiguration`?",
        ),
        (
            "patchApplicationWithId",
            application(&json!({ "clientSecret": "a" })),
            "did you mean `requestBody.application.oauthConfiguration.clientSecret`?",
        ),
        (
            "createUser",
            json!({ "requestBody": { "user": {}, "email": "a@example.com" } }),
            "requestBody.email: unknown property; did you mean `requestBody.user.email`?",
        ),
    ] {
        calling.refused(tool, arguments, &[expected]);
    }
}

#[test]
fn a_wrapper_too_many_is_named() {
    let mut calling = Calling::start();
    let body = json!({ "requestBody": { "user": { "user": { "email": "a@example.com" } } } });
    calling.refused(
        "createUser",
        body,
        &["requestBody.user.user: unknown property; what is in it goes directly into `requestBody.user`"],
    );
    let body = json!({ "requestBody": { "user": { "skipVerification": true } } });
    calling.refused("createUser", body, &["did you mean `requestBody.skipVerification`?"]);
}

#[test]
fn a_misspelt_property_gets_its_name() {
    let mut calling = Calling::start();
    let policy = "did you mean `requestBody.application.oauthConfiguration.proofKeyForCodeExchangePolicy`?";
    for (given, expected) in [
        (json!({ "pkce": "Required" }), policy),
        (json!({ "oauthConfiguration": { "pkce": "Required" } }), policy),
        (
            json!({ "oauthConfiguration": { "accessTokenTTL": 60 } }),
            "did you mean `requestBody.application.jwtConfiguration.timeToLiveInSeconds`?",
        ),
        (json!({ "oauthConfiguration": { "client_id": "a" } }), "did you mean `clientId`?"),
        (json!({ "oauthConfiguration": { "authorizedRedirectURL": [] } }), "did you mean `authorizedRedirectURLs`?"),
        (json!({ "jwtConfiguration": { "enabeld": true } }), "did you mean `enabled`?"),
        (json!({ "xyzzy": 1 }), "requestBody.application.xyzzy: unknown property (known here: "),
    ] {
        calling.refused("patchApplicationWithId", application(&given), &[expected]);
    }
}

#[test]
fn lists_and_maps_are_looked_into() {
    let mut calling = Calling::start();
    let users = json!({ "requestBody": { "users": [{ "email": "a@example.com" }, { "emial": "a" }] } });
    calling.refused(
        "importUsersWithId",
        users,
        &["requestBody.users[1].emial: unknown property; did you mean `email`?"],
    );
    let provider = json!({ "requestBody": { "identityProvider": {
        "type": "Google",
        "applicationConfiguration": { USER_ID: { "enable": true } },
    } } });
    let expected = format!(
        "identityProvider.applicationConfiguration.{USER_ID}.enable: unknown property; did you mean `enabled`?"
    );
    calling.refused("createIdentityProvider", provider, &[&expected]);
}

#[test]
fn free_form_data_is_no_slip() {
    let mut calling = Calling::start();
    let user = json!({ "user": { "data": { "pkce": { "user": [1, null] } } } });
    let (_, body) = calling.body("createUser", json!({ "requestBody": user }));
    assert_eq!(body, user);
}

#[test]
fn a_property_of_a_neighbour_names_the_tool() {
    let mut calling = Calling::start();
    let user = |property: &str| json!({ "userId": USER_ID, "requestBody": { "user": { property: [] } } });
    for tool in ["updateUserWithId", "patchUserWithId"] {
        let expected = "requestBody.user.registrations: FusionAuth ignores this property here; use registerWithId";
        calling.refused(tool, user("registrations"), &[expected]);
        calling.refused(tool, user("memberships"), &["use createGroupMembersWithId"]);
    }
    let import = json!({ "requestBody": { "users": [{ "registrations": [{ "applicationId": USER_ID }] }] } });
    assert_eq!(calling.body("importUsersWithId", import.clone()).1, import["requestBody"]);
    let id = json!({ "userId": USER_ID, "requestBody": { "user": {}, "reactivate": true } });
    calling.refused(
        "updateUserWithId",
        id,
        &["requestBody.reactivate: unknown property; it is a separate argument, `reactivate`"],
    );
    let registration = json!({ "userId": USER_ID, "requestBody": { "user": {}, "registration": {} } });
    calling.refused("updateUserWithId", registration, &["requestBody.registration: unknown property; "]);
}

#[test]
fn a_tool_that_is_not_offered_is_not_named() {
    let mut calling = Calling::with(&[("USE_TOOLS", "updateUserWithId")]);
    let user = json!({ "userId": USER_ID, "requestBody": { "user": { "registrations": [] } } });
    let text = calling.refused("updateUserWithId", user, &["FusionAuth ignores this property here"]);
    assert!(!text.contains("register"), "{text}");
}

#[test]
fn arguments_in_the_wrong_place_are_told_the_right_one() {
    let mut calling = Calling::start();
    for (tool, arguments, expected) in [
        (
            "searchApplicationsWithId",
            json!({ "name": "Pied" }),
            "name: unknown argument; did you mean `requestBody.search.name`?",
        ),
        ("createUser", json!({ "user": {} }), "user: unknown argument; did you mean `requestBody.user`?"),
        (
            "patchApplicationWithId",
            json!({ "applicationId": USER_ID, "requestBody": { "application": {} }, "clientSecret": "a" }),
            "did you mean `requestBody.application.oauthConfiguration.clientSecret`?",
        ),
        ("retrieveUser", json!({ "emial": "a" }), "emial: unknown argument; did you mean `email`?"),
    ] {
        calling.refused(tool, arguments, &[expected]);
    }
}

#[test]
fn the_setting_lets_unknown_properties_through() {
    let body = json!({ "user": { "favouriteColour": "blue", "registrations": [] }, "newer": { "a": [1] } });
    let call = json!({ "userId": USER_ID, "requestBody": body });
    let mut warning = Calling::with(&[("UNKNOWN_PROPERTIES", "warn")]);
    let (line, sent) = warning.body("updateUserWithId", call.clone());
    assert_eq!(sent, body);
    assert!(line.starts_with("200"), "{line}");
    for name in ["requestBody.newer", "requestBody.user.favouriteColour", "requestBody.user.registrations"] {
        assert!(line.contains(name), "{line}");
    }
    let mut passing = Calling::with(&[("UNKNOWN_PROPERTIES", "pass")]);
    let (line, sent) = passing.body("updateUserWithId", call);
    assert_eq!((line.as_str(), sent), ("200 OK; not as sent: `user` is not in the answer", body));
    // What is known is checked all the same.
    let wrong = json!({ "userId": USER_ID, "requestBody": { "user": { "active": "maybe" } } });
    passing.refused("updateUserWithId", wrong, &["requestBody.user.active: expected true or false"]);
}

#[test]
fn a_body_of_slips_is_answered_briefly_and_soon() {
    let mut calling = Calling::start();
    let users: Vec<Value> = (0..5_000).map(|index| json!({ format!("emial{index}"): "a" })).collect();
    let text =
        calling.refused("importUsersWithId", json!({ "requestBody": { "users": users } }), &["50 arguments or more"]);
    assert_eq!(text.lines().count(), 51);
    let long = "x".repeat(1 << 20);
    let text = calling.refused("createUser", json!({ "requestBody": { "user": { long: 1 } } }), &["unknown property"]);
    assert!(text.len() < 2_000, "{}", text.len());
}

#[test]
fn a_wrapper_that_is_none_or_another_is_named() {
    let mut calling = Calling::start();
    let refused = |calling: &mut Calling, tool: &str, body: Value, expected: &str| {
        calling.refused(tool, json!({ "userId": USER_ID, "requestBody": body }), &[expected]);
    };
    let audit = json!({ "requestBody": { "search": { "user": "a", "start": 1 } } });
    calling.refused(
        "exportAuditLogs",
        audit,
        &["- requestBody.search: unknown property; did you mean `requestBody.criteria`?"],
    );
    let code = json!({ "twoFactor": { "code": "1", "method": "email" } });
    let expected = "- requestBody.twoFactor: unknown property; what is in it goes directly into `requestBody`";
    refused(&mut calling, "enableTwoFactorWithId", code, expected);
    let inner = json!({ "user": { "profile": { "firstName": "a", "lastName": "b" } } });
    let expected = "- requestBody.user.profile: unknown property; what is in it goes directly into `requestBody.user`";
    refused(&mut calling, "patchUserWithId", inner, expected);
}

#[test]
fn a_hint_does_not_lead_to_the_next_refusal() {
    let mut calling = Calling::start();
    let user = json!({ "email": "a@example.com" });
    let with = |name: &str, value: Value| {
        let mut user = user.clone();
        user[name] = value;
        json!({ "requestBody": { "user": user } })
    };
    let beside = |name: &str, value: Value| json!({ "requestBody": { "user": user, name: value } });
    let registration = json!({ "applicationId": USER_ID });
    let ignored =
        "FusionAuth ignores `registrations` here; use registerWithId, patchRegistrationWithId, importUsersWithId";
    for (tool, arguments, expected) in [
        // What the operation ignores is not where a property belongs.
        ("createUser", beside("registrations", json!([registration])), ignored),
        ("createUser", with("roles", json!(["admin"])), ignored),
        // The tool that does the same and has it.
        ("createUser", beside("registration", registration.clone()), "; register takes `requestBody.registration`"),
        // A value of another form is told the form.
        ("register", beside("registrations", json!([registration])), "did you mean `registration`, an object?"),
        (
            "createEntity",
            json!({ "requestBody": { "entity": { "name": "a", "typeId": USER_ID } } }),
            "did you mean `requestBody.entity.type`, an object?",
        ),
        (
            "createWebhook",
            json!({ "requestBody": { "webhook": { "url": "https://a.example", "events": ["user.create"] } } }),
            "did you mean `requestBody.webhook.eventsEnabled`, an object?",
        ),
        (
            "deleteUserBulk",
            json!({ "requestBody": { "search": { "queryString": "a" } } }),
            "requestBody.search: unknown property; what is in it goes directly into `requestBody`",
        ),
    ] {
        calling.refused(tool, arguments, &[expected]);
    }
}

#[test]
fn an_id_is_told_the_argument_that_it_is() {
    let mut calling = Calling::start();
    let body = |name: &str| json!({ "requestBody": { name: USER_ID, "user": { "firstName": "a" } } });
    for (tool, arguments, expected) in [
        (
            "patchUserWithId",
            body("userId"),
            "requestBody.userId: unknown property; it is a separate argument, `userId`",
        ),
        ("patchUserWithId", body("id"), "requestBody.id: unknown property; it is a separate argument, `userId`"),
        ("retrieveUserWithId", json!({ "id": USER_ID }), "id: unknown argument; did you mean `userId`?"),
        ("retrieveApplicationWithId", json!({ "id": USER_ID }), "id: unknown argument; did you mean `applicationId`?"),
        ("retrieveUser", json!({ "userId": USER_ID }), "userId: unknown argument; retrieveUserWithId takes `userId`"),
        ("retrieveUser", json!({ "id": USER_ID }), "id: unknown argument; retrieveUserWithId takes `userId`"),
    ] {
        calling.refused(tool, arguments, &[expected]);
    }
}

#[test]
fn what_a_search_has_no_property_for_goes_into_its_query() {
    let mut calling = Calling::start();
    for arguments in [json!({ "typeId": USER_ID }), json!({ "requestBody": { "search": { "typeId": USER_ID } } })] {
        let expected = "; what to search for goes into `requestBody.search.queryString`";
        calling.refused("searchEntitiesWithId", arguments, &[expected]);
    }
}
