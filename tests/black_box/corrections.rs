//! What the published document lacks or has wrong: each correction by a call that would go wrong without it.

use serde_json::{Value, json};

use crate::support::{
    USER_ID,
    client::{Client, ToolAnswer},
    recorder::{Recorded, Recorder, Reply},
};

struct Session {
    upstream: Recorder,
    client: Client,
}

impl Session {
    fn start() -> Self {
        let upstream = Recorder::agreeable();
        let client = Client::of_upstream(&upstream.url());
        Self { upstream, client }
    }

    /// The request that a call makes.
    fn sent(&mut self, tool: &str, arguments: Value) -> Recorded {
        let answer = self.client.call(tool, arguments);
        assert!(!answer.is_error, "{tool}: {}", answer.text);
        self.upstream.take().remove(0)
    }

    fn sent_body(&mut self, tool: &str, body: &Value) -> Value {
        serde_json::from_slice(&self.sent(tool, json!({ "requestBody": body })).body).unwrap()
    }

    /// The body arrives as it was given.
    fn passes(&mut self, tool: &str, body: &Value) {
        assert_eq!(self.sent_body(tool, body), *body, "{tool}");
    }

    /// A body that is right but for the form of one value arrives repaired, so that value's type is known.
    fn repairs(&mut self, tool: &str, given: &Value, expected: &Value) {
        assert_eq!(self.sent_body(tool, given), *expected, "{tool}");
    }

    fn refused(&mut self, tool: &str, arguments: Value, expected: &str) {
        let ToolAnswer { text, is_error } = self.client.call(tool, arguments);
        assert!(is_error && text.contains(expected), "{tool}: {text:?} does not have {expected:?}");
        assert_eq!(self.upstream.take(), [], "{tool}");
    }

    fn refused_body(&mut self, tool: &str, body: &Value, expected: &str) {
        self.refused(tool, json!({ "requestBody": body }), expected);
    }
}

#[test]
fn bodies_of_several_kinds_take_the_concrete_schemas() {
    let mut session = Session::start();
    let ldap = |timeout: Value| json!({ "connector": { "type": "LDAP", "name": "a", "connectTimeout": timeout } });
    session.repairs("createConnector", &ldap(json!("1000")), &ldap(json!(1000)));
    session.refused_body("createConnector", &ldap(json!("soon")), "connector.connectTimeout: expected an integer");
    let sms =
        |template: Value| json!({ "messageTemplate": { "type": "SMS", "name": "a", "defaultTemplate": template } });
    session.passes("createMessageTemplate", &sms(json!("Code: ${code}")));
    session.refused_body(
        "createMessageTemplate",
        &sms(json!({})),
        "messageTemplate.defaultTemplate: expected a string",
    );
    let twilio = |sid: Value| json!({ "messenger": { "type": "Twilio", "name": "a", "accountSID": sid } });
    session.passes("createMessenger", &twilio(json!("AC1")));
    session.refused_body("createMessenger", &twilio(json!([])), "messenger.accountSID: expected a string");
    session.refused_body(
        "createMessenger",
        &json!({ "messenger": { "name": "a" } }),
        "messenger.type: missing; expected one of Generic",
    );
}

#[test]
fn an_open_id_connect_provider_has_its_kind_and_can_be_enabled() {
    let mut session = Session::start();
    let provider = |enabled: Value| {
        json!({ "identityProvider": {
            "type": "OpenIDConnect",
            "name": "a",
            "enabled": enabled,
            "applicationConfiguration": { USER_ID: { "enabled": enabled } },
        } })
    };
    session.repairs("createIdentityProvider", &provider(json!("true")), &provider(json!(true)));
    session.refused_body(
        "createIdentityProvider",
        &provider(json!("on")),
        "identityProvider.enabled: expected true or false",
    );
}

#[test]
fn inherited_fields_are_there() {
    let mut session = Session::start();
    let saml = |debug: Value| json!({ "identityProvider": { "type": "SAMLv2", "debug": debug, "enabled": debug } });
    session.repairs("createIdentityProvider", &saml(json!("false")), &saml(json!(false)));
    let search = |rows: Value| json!({ "search": { "numberOfResults": rows, "startRow": rows } });
    session.repairs("searchUsersByQueryWithId", &search(json!("5")), &search(json!(5)));
    session.repairs("searchEntitiesWithId", &search(json!("5")), &search(json!(5)));
    session.refused_body("loginWithId", &json!({ "eventInfo": 7 }), "eventInfo: expected an object");
}

#[test]
fn maps_are_maps() {
    let mut session = Session::start();
    session.passes("createGroupMembersWithId", &json!({ "members": { USER_ID: [{ "userId": USER_ID }] } }));
    session.refused_body("createGroupMembersWithId", &json!({ "members": [] }), "members: expected an object");
    session.passes("deleteGroupMembersWithId", &json!({ "members": { USER_ID: [USER_ID] } }));
    session.refused_body(
        "deleteGroupMembersWithId",
        &json!({ "members": { USER_ID: ["me"] } }),
        "[0]: expected a UUID",
    );
}

#[test]
fn enums_are_what_travels() {
    let mut session = Session::start();
    let search = |event: &str| json!({ "search": { "eventType": event } });
    session.passes("searchWebhookEventLogsWithId", &search("user.create"));
    session.refused_body("searchWebhookEventLogsWithId", &search("UserCreate"), "did you mean `user.create`?");
    let grants = |grant: &str| json!({ "application": { "oauthConfiguration": { "enabledGrants": [grant] } } });
    session.passes("createApplication", &grants("urn:ietf:params:oauth:grant-type:device_code"));
    session.refused_body("createApplication", &grants("device_code"), "enabledGrants[0]: expected one of");
}

#[test]
fn items_of_arrays_have_a_type() {
    let mut session = Session::start();
    let roles = |role: Value| json!({ "registration": { "applicationId": USER_ID, "roles": [role] } });
    session.repairs("register", &roles(json!(7)), &roles(json!("7")));
    session.refused_body("register", &roles(json!({})), "roles[0]: expected a string");
    let messages = |kind: &str| json!({ "messenger": { "type": "Generic", "messageTypes": [kind] } });
    session.repairs("createMessenger", &messages("sms"), &messages("SMS"));
}

#[test]
fn free_form_maps_take_any_json() {
    let mut session = Session::start();
    session.passes("createUser", &json!({ "user": { "data": { "colour": "blue", "age": 7, "tags": ["a", null] } } }));
    session.passes("createUserAction", &json!({ "userAction": { "name": "a", "localizedNames": { "de": "b" } } }));
    session.passes("createWebhook", &json!({ "webhook": { "url": "https://a", "headers": { "X-A": "b" } } }));
    session.passes(
        "createConsent",
        &json!({ "consent": { "name": "a", "countryMinimumAgeForSelfConsent": { "us": 13 } } }),
    );
}

#[test]
fn time_zones_and_dates_are_taken() {
    let mut session = Session::start();
    session.passes("createUser", &json!({ "user": { "timezone": "America/Denver", "birthDate": "1976-05-30" } }));
    session.refused_body("createUser", &json!({ "user": { "birthDate": "30.5.1976" } }), "birthDate: expected a date");
}

#[test]
fn parameters_have_their_types_and_bodies_what_they_are_about() {
    let mut session = Session::start();
    let delete = session.sent("deleteUserWithId", json!({ "userId": USER_ID, "hardDelete": true }));
    assert_eq!(delete.target, format!("/api/user/{USER_ID}?hardDelete=true"));
    session.refused(
        "deleteUserWithId",
        json!({ "userId": USER_ID, "hardDelete": "certainly" }),
        "hardDelete: expected true or false",
    );
    session.refused("deleteUserWithId", json!({ "userId": "me" }), "userId: expected a UUID");
    session.refused("retrieveDailyActiveReportWithId", json!({ "start": "yesterday" }), "start: expected an instant");
    session.refused("createUser", json!({ "requestBody": {} }), "requestBody.user: missing");
    session.refused("createGroup", json!({}), "requestBody: missing");
}

#[test]
fn lists_in_the_query_are_repeated_and_the_user_search_takes_criteria() {
    let mut session = Session::start();
    let other = USER_ID.replace('1', "2");
    let search = session.sent("searchUsersByIdsWithId", json!({ "ids": [USER_ID, other] }));
    assert_eq!(search.target, format!("/api/user/search?ids={USER_ID}&ids={other}"));
    let search = session.sent("searchUsersByIdsWithId", json!({ "queryString": "*", "numberOfResults": 1 }));
    assert_eq!(search.target, "/api/user/search?queryString=%2A&numberOfResults=1");
    let delete = session.sent("deleteUserBulk", json!({ "userIds": [USER_ID] }));
    assert_eq!(delete.target, format!("/api/user/bulk?userId={USER_ID}"));
}

#[test]
fn names_on_the_wire_are_those_that_the_api_reads() {
    let mut session = Session::start();
    let key = session.sent("retrieveJwtPublicKey", json!({ "keyId": "a" }));
    assert_eq!(key.target, "/api/jwt/public-key?kid=a");
    let ping = json!({ "userId": USER_ID, "applicationId": USER_ID, "callerIPAddress": "10.0.0.1" });
    assert!(session.sent("loginPingWithId", ping).target.ends_with("?ipAddress=10.0.0.1"));
}

#[test]
fn the_tenant_goes_where_tenants_apply_and_nowhere_else() {
    let mut session = Session::start();
    for (tool, arguments) in [
        ("searchUsersByQueryWithId", json!({ "requestBody": {} })),
        ("forgotPasswordWithId", json!({ "requestBody": {} })),
        ("startPasswordlessLoginWithId", json!({ "requestBody": {} })),
        ("retrieveTwoFactorStatusWithRequestWithId", json!({ "requestBody": {} })),
    ] {
        // By the name that is listed, and by the published one.
        for name in ["X_FusionAuth_TenantId", "X-FusionAuth-TenantId"] {
            let mut arguments = arguments.clone();
            arguments[name] = json!(USER_ID);
            assert_eq!(session.sent(tool, arguments).header("x-fusionauth-tenantid"), Some(USER_ID), "{tool}");
        }
    }
    for name in ["X_FusionAuth_TenantId", "X-FusionAuth-TenantId"] {
        let tenant = json!({ "tenantId": USER_ID, name: USER_ID });
        session.refused("deleteTenantWithId", tenant, &format!("{name}: unknown argument"));
    }
}

#[test]
fn statuses_with_a_meaning_of_their_own_say_it() {
    let upstream = Recorder::start(|request| Reply::empty(if request.method == "DELETE" { 202 } else { 242 }));
    let mut client = Client::of_upstream(&upstream.url());
    let delete = client.call("deleteTenantWithId", json!({ "tenantId": USER_ID, "async": true }));
    assert_eq!(delete.text, "202: accepted; the tenant is deleted in the background, empty body");
    let login = client.call("loginWithId", json!({ "requestBody": { "loginId": "a", "password": "b" } }));
    assert!(
        !login.is_error && login.text.starts_with("242: authenticated so far; a second factor is needed"),
        "{}",
        login.text
    );
}

#[test]
fn what_needs_no_key_is_sent_without_one() {
    let upstream = Recorder::agreeable();
    let mut client = Client::connect(&[("API_BASE_URL", &upstream.url())]);
    for (tool, arguments) in [
        ("loginWithId", json!({ "requestBody": { "loginId": "a" } })),
        ("retrieveStatus", json!({})),
        ("retrievePasswordValidationRulesWithId", json!({})),
        ("retrieveOpenIdConfigurationWithId", json!({})),
        ("createToken", json!({ "requestBody": { "grant_type": "client_credentials", "client_secret": "s" } })),
    ] {
        let answer = client.call(tool, arguments);
        assert!(!answer.is_error, "{tool}: {}", answer.text);
        assert_eq!(upstream.take()[0].header("authorization"), None, "{tool}");
    }
    let mut with_key = Client::of_upstream(&upstream.url());
    with_key.call("loginWithId", json!({ "requestBody": { "loginId": "a" } }));
    assert_eq!(upstream.take()[0].header("authorization"), Some("test-key"), "a login may need it");
    with_key.call("createToken", json!({ "requestBody": { "grant_type": "client_credentials" } }));
    assert_eq!(upstream.take()[0].header("authorization"), None, "the key is not the client's");
}

#[test]
fn oauth_endpoints_take_forms() {
    let mut session = Session::start();
    let body =
        json!({ "grant_type": "client_credentials", "client_id": "a b", "client_secret": "c&d=e", "scope": null });
    let request = session.sent("createToken", json!({ "requestBody": body }));
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(request.body, b"client_id=a+b&client_secret=c%26d%3De&grant_type=client_credentials");
    session.refused("createToken", json!({ "requestBody": {} }), "requestBody.grant_type: missing");
}

#[test]
fn one_thing_has_one_name_and_the_published_one_is_taken_too() {
    let mut session = Session::start();
    for tool in ["deleteIPAccessControlListWithId", "updateIPAccessControlListWithId"] {
        let list = json!({ "ipAccessControlListId": USER_ID, "requestBody": { "ipAccessControlList": {} } });
        let mut list = if tool.starts_with("delete") { json!({ "ipAccessControlListId": USER_ID }) } else { list };
        assert_eq!(session.sent(tool, list.clone()).target, format!("/api/ip-acl/{USER_ID}"), "{tool}");
        if tool.starts_with("update") {
            list["accessControlListId"] = list["ipAccessControlListId"].take();
            assert_eq!(session.sent(tool, list).target, format!("/api/ip-acl/{USER_ID}"), "{tool}");
        }
    }
    let both = json!({ "ipAccessControlListId": USER_ID, "accessControlListId": USER_ID, "requestBody": { "ipAccessControlList": {} } });
    session.refused("updateIPAccessControlListWithId", both, "given twice");
    let long = "deleteTenantManagerIdentityProviderTypeConfigurationWithId";
    for tool in [long, "deleteTenantManagerIdentityProviderType"] {
        assert_eq!(
            session.sent(tool, json!({ "type": "Google" })).target,
            "/api/tenant-manager/identity-provider/Google"
        );
    }
    let logins = session.sent("retrieveUserRecentLogin", json!({ "applicationId": USER_ID }));
    assert_eq!(logins.target, format!("/api/user/recent-login?applicationId={USER_ID}"));
}
