//! What email addresses and passwords have to be like, wherever they are set.

use fusionauth_sandbox::seed::{AVIATO_TENANT_ID, RICHARD_PASSWORD};
use serde_json::{Value, json};

use super::calls::{call, refused, succeed};
use crate::support::sandbox::Sandbox;

const TENANT_HEADER: &str = "X-FusionAuth-TenantId";

#[test]
fn passwords_follow_the_rules_of_the_tenant_wherever_they_are_set() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let rules = json!({ "passwordValidationRules": {
        "minLength": 10, "requireMixedCase": true, "requireNumber": true,
        "rememberPreviousPasswords": { "enabled": true, "count": 3 },
    } });
    let tenant = json!({ "tenantId": AVIATO_TENANT_ID, "requestBody": { "tenant": rules } });
    succeed(&mut client, "patchTenantWithId", tenant);
    let user = |password: &str| json!({ "email": "new@example.com", "password": password });
    let create = |user: Value| json!({ TENANT_HEADER: AVIATO_TENANT_ID, "requestBody": { "user": user } });
    for (password, code) in [
        ("Short1", "[tooShort]user.password"),
        ("all lower 1", "[singleCase]user.password"),
        ("No Digit Here", "[requireNumber]user.password"),
    ] {
        assert_eq!(refused(&mut client, "createUser", create(user(password))), code, "{password}");
    }
    assert_eq!(
        refused(&mut client, "createUser", create(json!({ "email": "new@example.com" }))),
        "[blank]user.password"
    );
    let created = succeed(&mut client, "createUser", create(user("Good Password 1")));
    let id = created["user"]["id"].clone();

    let patch = |password: &str| json!({ "userId": id, "requestBody": { "user": { "password": password } } });
    assert_eq!(refused(&mut client, "patchUserWithId", patch("Short1")), "[tooShort]user.password");
    succeed(&mut client, "patchUserWithId", patch("Good Password 2"));
    let update = json!({ "userId": id, "requestBody": { "user": user("Good Password 1") } });
    assert_eq!(refused(&mut client, "updateUserWithId", update), "[previouslyUsed]user.password");

    let change = |password: &str| json!({ "requestBody": { "loginId": "new@example.com", "currentPassword": "Good Password 2", "password": password } });
    assert_eq!(refused(&mut client, "createUserChangePassword", change("Short1")), "[tooShort]password");
    succeed(&mut client, "createUserChangePassword", change("Good Password 3"));

    let import = |password: &str, scheme: Value| {
        let user = json!({
            "email": format!("{}@example.com", password.len()), "password": password, "encryptionScheme": scheme,
            "tenantId": AVIATO_TENANT_ID,
        });
        json!({ "requestBody": { "users": [user] } })
    };
    assert_eq!(refused(&mut client, "importUsersWithId", import("Short1", Value::Null)), "[tooShort]users[0].password");
    // With a scheme it is a hash.
    assert_eq!(call(&mut client, "importUsersWithId", import("hash", json!("bcrypt"))).0, 200);
}

#[test]
fn a_password_may_be_too_young_to_change() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let found = succeed(&mut client, "retrieveUser", json!({ "email": "richard@piedpiper.example" }));
    let age = json!({ "tenant": { "minimumPasswordAge": { "enabled": true, "seconds": 1_000_000 } } });
    let tenant = json!({ "tenantId": found["user"]["tenantId"], "requestBody": age });
    let change = |current: &str, password: &str| {
        let body = json!({ "loginId": "richard@piedpiper.example", "currentPassword": current, "password": password });
        json!({ "requestBody": body })
    };
    succeed(&mut client, "createUserChangePassword", change(RICHARD_PASSWORD, "Another password 1"));
    succeed(&mut client, "patchTenantWithId", tenant);
    let again = change("Another password 1", "Another password 2");
    assert_eq!(refused(&mut client, "createUserChangePassword", again), "[tooYoung]password");
}

#[test]
fn email_addresses_have_their_form_and_blocked_domains_are_refused() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let create = |email: &str| {
        let user = json!({ "email": email, "password": "a long password" });
        json!({ TENANT_HEADER: AVIATO_TENANT_ID, "requestBody": { "user": user } })
    };
    assert_eq!(refused(&mut client, "createUser", create("nobody")), "[notEmail]user.email");
    let blocked = json!({ "tenant": { "registrationConfiguration": { "blockedDomains": ["spam.example"] } } });
    succeed(&mut client, "patchTenantWithId", json!({ "tenantId": AVIATO_TENANT_ID, "requestBody": blocked }));
    assert_eq!(refused(&mut client, "createUser", create("A@Spam.example")), "[blocked]user.email");
    let mut overridden = create("A@Spam.example");
    overridden["requestBody"]["disableDomainBlock"] = json!(true);
    let created = succeed(&mut client, "createUser", overridden);
    assert_eq!(created["user"]["email"], "a@spam.example", "stored in lower case");
}
