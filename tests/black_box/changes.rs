//! What an answer to a change says: what was not taken is named, and what the caller knows is left out of a long answer.

use std::collections::BTreeMap;

use fusionauth_sandbox::installation::DEFAULT_TENANT_ID;
use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer},
    recorder::{Recorder, Reply},
    sandbox::{API_KEY, Sandbox},
};

fn headline(answer: &ToolAnswer) -> String {
    assert!(!answer.is_error, "{}", answer.text);
    answer.text.lines().next().unwrap().to_owned()
}

fn body(answer: &ToolAnswer) -> Value {
    serde_json::from_str(answer.text.split_once('\n').unwrap().1).unwrap()
}

/// The first line of the answer to a change that is answered with this.
fn first_line(tool: &str, arguments: Value, answer: &Value) -> String {
    let reply = Reply::json(200, &answer.to_string());
    let upstream = Recorder::start(move |_| reply.clone());
    headline(&Client::of_upstream(&upstream.url()).call(tool, arguments))
}

#[test]
fn what_was_ignored_is_named() {
    let user = |body: Value| json!({ "userId": USER_ID, "requestBody": body });
    for (tool, arguments, answer, expected) in [
        (
            "patchUserWithId",
            user(json!({ "user": { "firstName": "Ada", "lastName": "L" }, "skipVerification": true })),
            json!({ "user": { "id": USER_ID, "lastName": "K" } }),
            "200 OK; not as sent: `user.firstName` is not in the answer, `user.lastName` is \"K\"",
        ),
        (
            "createUserWithId",
            user(
                json!({ "user": { "email": "Ada@Example.com", "password": "correct horse", "salt": "YQ==" }, "applicationId": USER_ID }),
            ),
            json!({ "user": { "email": "ada@example.com" } }),
            "200 OK; not as sent: `user.email` is \"ada@example.com\"",
        ),
        (
            "updateApplicationWithId",
            json!({ "applicationId": USER_ID, "requestBody": { "application": {
                "name": "A", "oauthConfiguration": { "enabledGrants": ["refresh_token", "implicit"], "requireRegistration": true },
                "roles": [{ "name": "b" }, { "name": "a" }], "data": { "deep": { "x": 1 } },
            } } }),
            json!({ "application": {
                "name": "A", "oauthConfiguration": { "enabledGrants": ["implicit"], "requireRegistration": false },
                "roles": [{ "id": USER_ID, "name": "a" }, { "id": USER_ID, "name": "b" }], "data": {},
            } }),
            "200 OK; not as sent: `application.data.deep` is not in the answer, \
             `application.oauthConfiguration.enabledGrants` differs, `application.oauthConfiguration.requireRegistration` is \
             false",
        ),
        (
            "patchTenantWithId",
            json!({ "tenantId": USER_ID, "requestBody": { "tenant": { "issuer": null, "name": "T" } } }),
            json!({ "tenant": { "issuer": "acme.com", "name": "T" } }),
            "200 OK; not as sent: `tenant.issuer` is \"acme.com\" (null removes requestBody.tenant.issuer)",
        ),
        (
            "createGroup",
            json!({ "requestBody": { "group": { "name": "G" }, "roleIds": [USER_ID] } }),
            json!({}),
            "200 OK; not as sent: `group` is not in the answer",
        ),
        // What is as it was sent, in another order or form, and what says nothing.
        (
            "updateApplicationWithId",
            json!({ "applicationId": USER_ID, "requestBody": { "application": {
                "name": "A", "oauthConfiguration": { "enabledGrants": ["refresh_token", "implicit"], "authorizedRedirectURLs": [] },
                "tenantId": "3C219E58-ED0E-4B18-AD48-F4F92793AE32",
            } } }),
            json!({ "application": {
                "name": "A", "oauthConfiguration": { "enabledGrants": ["implicit", "refresh_token"] },
                "tenantId": "3c219e58-ed0e-4b18-ad48-f4f92793ae32", "active": true,
            } }),
            "200 OK",
        ),
    ] {
        assert_eq!(first_line(tool, arguments, &answer), expected, "{tool}");
    }
}

#[test]
fn lists_switches_and_large_numbers_are_compared() {
    let other = "77777777-ed0e-4b18-ad48-f4f92793ae32";
    for (tool, arguments, answer, expected) in [
        (
            "deleteUserBulk",
            json!({ "requestBody": { "userIds": [USER_ID], "hardDelete": true } }),
            json!({ "userIds": [], "total": 0, "hardDelete": false, "dryRun": false }),
            "200 OK; not as sent: `hardDelete` is false, `userIds` differs",
        ),
        (
            "deleteUserBulk",
            json!({ "requestBody": { "userIds": [other.to_uppercase(), USER_ID] } }),
            json!({ "userIds": [USER_ID, other], "total": 2, "hardDelete": false, "dryRun": false }),
            "200 OK",
        ),
        (
            "patchUserWithId",
            json!({ "userId": USER_ID, "requestBody": { "user": { "data": { "n": 9_007_199_254_740_993_i64, "m": 1 } } } }),
            json!({ "user": { "data": { "n": 9_007_199_254_740_992_i64, "m": 1.0 } } }),
            "200 OK; not as sent: `user.data.n` is 9007199254740992",
        ),
    ] {
        assert_eq!(first_line(tool, arguments, &answer), expected, "{tool}");
    }
}

#[test]
fn an_empty_answer_does_not_show_a_change() {
    let upstream = Recorder::start(|_| Reply::empty(200));
    let mut client = Client::of_upstream(&upstream.url());
    for (tool, arguments, is_awaited) in [
        ("patchUserWithId", json!({ "userId": USER_ID, "requestBody": { "user": { "firstName": "a" } } }), true),
        ("createGroup", json!({ "requestBody": { "group": { "name": "a" } } }), true),
        // As documented, these have no body in their answer.
        ("importUsersWithId", json!({ "requestBody": { "users": [{ "email": "a@b.c" }] } }), false),
        ("deleteUserWithId", json!({ "userId": USER_ID }), false),
    ] {
        let line = headline(&client.call(tool, arguments));
        assert_eq!(
            line.contains("the answer is empty and does not show what was changed"),
            is_awaited,
            "{tool}: {line}"
        );
    }
}

#[test]
fn no_secret_and_not_too_much_is_named() {
    let sent = json!({ "userId": USER_ID, "requestBody": { "user": {
        "data": (0..30).map(|number| (format!("k{number}"), json!(number))).collect::<BTreeMap<_, _>>(),
    } } });
    let line = first_line("patchUserWithId", sent, &json!({ "user": { "data": { "other": 1 } } }));
    assert!(line.contains("`user.data.k0` is not in the answer") && line.ends_with(" and 22 more"), "{line}");
    let sent = json!({ "applicationId": USER_ID, "requestBody": { "application": {
        "oauthConfiguration": { "clientSecret": "the secret that was sent" },
    } } });
    let came = json!({ "application": { "oauthConfiguration": { "clientSecret": "the secret that came" } } });
    let line = first_line("patchApplicationWithId", sent, &came);
    assert_eq!(line, "200 OK; not as sent: `application.oauthConfiguration.clientSecret` differs");
    let sent = json!({ "userId": USER_ID, "requestBody": { "user": { "firstName": "Ada" } } });
    let line = first_line("patchUserWithId", sent, &json!({ "user": { "firstName": "a\nb\u{202e}".repeat(100) } }));
    assert!(line.len() < 1_000 && line.ends_with("…\"") && !line.contains('\u{202e}'), "{line}");
}

/// An answer that repeats items in every order is compared within bounds.
#[test]
fn long_lists_are_compared_within_bounds() {
    let items = |from: usize| (from..from + 3_000).map(|number| json!({ "name": format!("r{number}") }));
    let sent: Vec<_> = items(0).collect();
    let came: Vec<_> = items(0).rev().collect();
    let arguments =
        json!({ "applicationId": USER_ID, "requestBody": { "application": { "name": "A", "roles": sent } } });
    let line =
        first_line("updateApplicationWithId", arguments, &json!({ "application": { "name": "B", "roles": came } }));
    assert!(line.contains("`application.name` is \"B\""), "{line}");
}

#[test]
fn changes_take_jq() {
    let sandbox = Sandbox::start(&[]);
    let mut client =
        sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("FUSIONAUTH_TENANT_ID", DEFAULT_TENANT_ID)]);
    let group = |jq: &str| json!({ "requestBody": { "group": { "name": format!("G {jq}") } }, "jq": jq });
    let answer = client.call("createGroup", group(".group | {name, tenantId: (.tenantId | type)}"));
    assert_eq!(
        answer.text,
        "200 OK\n{\"name\":\"G .group | {name, tenantId: (.tenantId | type)}\",\"tenantId\":\"string\"}"
    );
    let refused = client.call("createGroup", group(".group | lenght"));
    assert!(
        refused.is_error && refused.text.starts_with("Not sent: ") && refused.text.contains("did you mean `length`"),
        "{}",
        refused.text
    );
    let failed = client.call("createGroup", group(".group.name.x"));
    assert!(
        failed.is_error && failed.text.starts_with("200 OK; the change is made, but the jq filter failed"),
        "{}",
        failed.text
    );
    let names = client.call("retrieveGroups", json!({ "jq": ".groups[].name" }));
    assert!(names.text.contains("G .group.name.x") && !names.text.contains("lenght"), "{}", names.text);
    // A tool whose answer is empty has nothing to filter.
    let deleted = client.call("deleteGroupWithId", json!({ "groupId": USER_ID, "jq": "." }));
    assert!(
        deleted.text.starts_with("Not sent: ") && deleted.text.contains("jq: unknown argument"),
        "{}",
        deleted.text
    );
}

#[test]
fn long_answers_of_changes_are_short() {
    let sandbox = Sandbox::start(&[]);
    let arguments = |name: &str| {
        json!({ "requestBody": { "application": {
            "name": name, "oauthConfiguration": { "requireRegistration": true }, "roles": [{ "name": "admin" }],
        } } })
    };
    let mut client =
        sandbox.client_with(&[("API_KEY_APIKEYAUTH", API_KEY), ("FUSIONAUTH_TENANT_ID", DEFAULT_TENANT_ID)]);
    let short = client.call("createApplication", arguments("A"));
    assert!(
        headline(&short).contains("; shortened to ids, generated values and what was sent; jq: \".\" shows all"),
        "{}",
        short.text
    );
    let application = &body(&short)["application"];
    assert_eq!(application["name"], "A");
    assert_eq!(application["roles"][0]["name"], "admin");
    assert_eq!(application["oauthConfiguration"]["requireRegistration"], true);
    for generated in
        ["/id", "/insertInstant", "/oauthConfiguration/clientId", "/oauthConfiguration/clientSecret", "/roles/0/id"]
    {
        assert!(application.pointer(generated).is_some(), "{generated}: {}", short.text);
    }
    assert!(application["oauthConfiguration"].get("enabledGrants").is_none(), "{}", short.text);
    let mut with_filter = arguments("B");
    with_filter["jq"] = json!(".");
    let whole = body(&client.call("createApplication", with_filter));
    let mut full = sandbox.client_with(&[
        ("API_KEY_APIKEYAUTH", API_KEY),
        ("CHANGE_ANSWERS", "full"),
        ("FUSIONAUTH_TENANT_ID", DEFAULT_TENANT_ID),
    ]);
    let full = body(&full.call("createApplication", arguments("C")));
    for whole in [whole, full] {
        assert!(whole["application"]["oauthConfiguration"]["enabledGrants"].is_array(), "{whole}");
        assert!(o200k::count(&short.text) * 2 < o200k::count(&whole.to_string()), "{}", short.text);
    }
    let id = application["id"].clone();
    let change =
        json!({ "applicationId": id, "requestBody": { "application": { "jwtConfiguration": { "enabled": true } } } });
    let patched = client.call("patchApplicationWithId", change);
    assert_eq!(body(&patched)["application"]["jwtConfiguration"]["enabled"], true, "{}", patched.text);
    assert!(headline(&patched).contains("shortened"), "{}", patched.text);
}

/// Whatever their length.
#[test]
fn logins_codes_keys_and_tokens_are_whole() {
    let long = "x".repeat(9_000);
    for (tool, arguments, answer) in [
        (
            "generateKey",
            json!({ "requestBody": { "key": { "name": "K", "algorithm": "ES256" } } }),
            json!({ "key": { "name": "K", "algorithm": "ES256", "publicKey": long } }),
        ),
        (
            "createAPIKey",
            json!({ "requestBody": { "apiKey": { "metaData": { "attributes": { "description": "D" } } } } }),
            json!({ "apiKey": { "metaData": { "attributes": { "description": "D" } }, "permissions": { "endpoints": { "/api/user": [long] } } } }),
        ),
        (
            "loginWithId",
            json!({ "requestBody": { "loginId": "a", "password": "b" } }),
            json!({ "user": { "data": { "text": long } }, "trustTokenValue": "t" }),
        ),
    ] {
        let reply = Reply::json(200, &answer.to_string());
        let upstream = Recorder::start(move |_| reply.clone());
        let given = Client::of_upstream(&upstream.url()).call(tool, arguments);
        assert!(given.text.contains(&long) && !given.text.contains("shortened"), "{tool}: {}", headline(&given));
    }
}
