//! The guides that write. A second client reads what they changed.

use fusionauth_sandbox::{
    installation::DEFAULT_TENANT_ID,
    seed::{
        CONSOLE_APPLICATION_ID, LOCKED_USER_ID, PIED_PIPER_APPLICATION_ID, PIED_PIPER_THEME_ID,
        PIPERCHAT_APPLICATION_ID, RICHARD_ID, RS256_KEY_ID,
    },
};
use serde_json::{Value, json};

use super::walk::{
    Step::{LeaveOut, Make},
    in_both_modes, read,
};
use crate::support::client::Client;

fn application(client: &mut Client, id: &Value) -> Value {
    read(client, "retrieveApplicationWithId", json!({ "applicationId": id }), "application")
}

fn tenant(client: &mut Client, id: &str) -> Value {
    read(client, "retrieveTenantWithId", json!({ "tenantId": id }), "tenant")
}

#[test]
fn registration_form() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "registration-form",
            &json!({ "application": "Pied Piper" }),
            &[
                Make(
                    "searchApplicationsWithId",
                    &[("applicationId", "/0/id"), ("oldFormId", "/0/registration/formId")],
                ),
                Make("retrieveFormWithId", &[]),
                Make("retrieveFormFields", &[("emailFieldId", "/0/id"), ("passwordFieldId", "/1/id")]),
                Make("createFormField", &[("firstNameFieldId", "/0/field/id")]),
                Make("createFormField", &[("colourFieldId", "/0/field/id")]),
                Make("createForm", &[("formId", "/0/form/id")]),
                Make("patchApplicationWithId", &[]),
            ],
        );
        let known: Vec<_> = answers[2].iter().map(|field| &field["id"]).collect();
        let lost = answers[1][0]["fields"].as_array().unwrap();
        assert!(!lost.is_empty() && lost.iter().all(|id| known.contains(&id)), "each has a name: {lost:?}");
        let form_id = &answers[5][0]["form"]["id"];
        let form = read(reader, "retrieveFormWithId", json!({ "formId": form_id }), "form");
        assert_eq!(form["type"], "registration");
        let steps = form["steps"].as_array().unwrap();
        assert_eq!((steps.len(), &steps[0]["type"]), (1, &json!("collectData")));
        let fields: Vec<_> = steps[0]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| {
                let field = read(reader, "retrieveFormFieldWithId", json!({ "fieldId": id }), "field");
                json!([field["key"], field["required"]])
            })
            .collect();
        let expected = [
            json!(["user.email", true]),
            json!(["user.password", true]),
            json!(["user.firstName", false]),
            json!(["registration.data.favouriteColor", false]),
        ];
        assert_eq!(fields, expected);
        let application = application(reader, &json!(PIED_PIPER_APPLICATION_ID));
        let configuration = &application["registrationConfiguration"];
        assert_eq!((&configuration["enabled"], &configuration["type"]), (&json!(true), &json!("advanced")));
        assert_eq!(configuration["formId"], *form_id);
    });
}

#[test]
fn new_application() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "new-application",
            &json!({ "name": "Bachmanity", "kind": "web", "tenant": "Pied Piper" }),
            &[
                Make("searchTenantsWithId", &[("tenantId", "/2/id")]),
                Make("createApplication", &[("applicationId", "/0/application/id")]),
                Make("createOAuthScope", &[]),
            ],
        );
        let application = application(reader, &answers[1][0]["application"]["id"]);
        assert_eq!(application["name"], "Bachmanity");
        assert_eq!(application["tenantId"], DEFAULT_TENANT_ID);
        let oauth = &application["oauthConfiguration"];
        assert_eq!(oauth["proofKeyForCodeExchangePolicy"], "Required");
        assert_eq!(oauth["authorizedURLValidationPolicy"], "ExactMatch");
        assert_eq!(oauth["clientAuthenticationPolicy"], "Required");
        assert_eq!(oauth["enabledGrants"], json!(["authorization_code", "refresh_token"]));
        // Nobody asked for these.
        assert!(oauth.get("logoutURL").is_none() && oauth["requireRegistration"] != true, "{oauth}");
        assert!(application.get("roles").is_none_or(|roles| roles == &json!([])), "{application}");
        assert_eq!(answers[2][0]["scope"]["applicationId"], application["id"]);
        let answers = walk.part(
            "new-application-machine.md",
            &[
                Make("searchEntityTypesWithId", &[]),
                Make("createEntityType", &[("entityTypeId", "/0/entityType/id")]),
                Make("createEntity", &[("targetEntityId", "/0/entity/id")]),
                Make("createEntity", &[("callerEntityId", "/0/entity/id")]),
                Make("upsertEntityGrantWithId", &[]),
                Make("retrieveEntityGrantWithId", &[]),
            ],
        );
        assert_eq!(answers[5], [json!(["read"])]);
        let pair = json!({
            "X-FusionAuth-TenantId": DEFAULT_TENANT_ID,
            "entityId": walk.known["targetEntityId"],
            "recipientEntityId": walk.known["callerEntityId"],
        });
        let grant = read(reader, "retrieveEntityGrantWithId", pair, "grant");
        assert_eq!(grant["permissions"], json!(["read"]));
    });
}

#[test]
fn debug_login_remedies() {
    in_both_modes(&[], |walk, reader| {
        let in_force = json!({ "userId": LOCKED_USER_ID, "preventingLogin": true });
        let locks = read(reader, "retrieveUserActioning", in_force.clone(), "actions");
        walk.know("actionId", locks[0]["id"].as_str().unwrap());
        walk.know("administratorUserId", RICHARD_ID);
        walk.know("userId", LOCKED_USER_ID);
        walk.know("tenantId", DEFAULT_TENANT_ID);
        walk.know("email", "jian@piedpiper.example");
        walk.know("applicationId", PIPERCHAT_APPLICATION_ID);
        walk.part(
            "debug-login-remedies.md",
            &[
                Make("cancelActionWithId", &[]),
                Make("updateUserWithId", &[]),
                Make("patchUserWithId", &[]),
                Make("updateUserVerifyEmail", &[]),
                Make("createUserVerifyEmail", &[]),
                Make("registerWithId", &[]),
                Make("forgotPasswordWithId", &[]),
            ],
        );
        assert_eq!(read(reader, "retrieveUserActioning", in_force, "actions"), json!([]));
        let user = read(reader, "retrieveUserWithId", json!({ "userId": LOCKED_USER_ID }), "user");
        assert_eq!((&user["active"], &user["expiry"]), (&json!(true), &json!(4_102_444_800_000_u64)));
        let registrations = user["registrations"].as_array().unwrap();
        assert!(registrations.iter().any(|registration| registration["applicationId"] == PIPERCHAT_APPLICATION_ID));
    });
}

#[test]
fn theme_login_page() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "theme-login-page",
            &json!({ "application": "Pied Piper" }),
            &[
                Make("searchApplicationsWithId", &[("applicationId", "/0/id"), ("tenantId", "/0/tenantId")]),
                Make("retrieveTenantWithId", &[("sourceThemeId", "/0/themeId")]),
                Make("createTheme", &[("themeId", "/0/theme/id")]),
                Make("retrieveThemeWithId", &[]),
                Make("patchThemeWithId", &[]),
                Make("patchApplicationWithId", &[]),
            ],
        );
        let id = &answers[2][0]["theme"]["id"];
        let theme = read(reader, "retrieveThemeWithId", json!({ "themeId": id }), "theme");
        assert_eq!(theme["name"], "Pied Piper login");
        assert!(theme["stylesheet"].as_str().unwrap().contains("--main-accent-color"), "{theme}");
        let source = read(reader, "retrieveThemeWithId", json!({ "themeId": PIED_PIPER_THEME_ID }), "theme");
        assert_eq!(theme["templates"], source["templates"], "a copy");
        assert!(!source["stylesheet"].as_str().unwrap().contains("--main-accent-color"), "{source}");
        assert_eq!(application(reader, &json!(PIED_PIPER_APPLICATION_ID))["themeId"], *id);
        assert_eq!(tenant(reader, DEFAULT_TENANT_ID)["themeId"], PIED_PIPER_THEME_ID);
    });
}

#[test]
fn migrate_users() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "migrate-users",
            &json!({ "application": "Pied Piper" }),
            &[
                Make("searchApplicationsWithId", &[("applicationId", "/0/id"), ("tenantId", "/0/tenantId")]),
                Make("searchUsersByQueryWithId", &[]),
                Make("importUsersWithId", &[]),
                Make("refreshUserSearchIndex", &[]),
                Make("searchUsersByQueryWithId", &[]),
            ],
        );
        assert_eq!(answers[1], [json!(67)]);
        assert_eq!((&answers[4][0], answers[4].len()), (&json!(2), 3));
        for (email, is_verified) in [("laurie@raviga.example", true), ("ed@raviga.example", false)] {
            let found = json!({ "X-FusionAuth-TenantId": DEFAULT_TENANT_ID, "email": email });
            let user = read(reader, "retrieveUser", found, "user");
            assert_eq!((&user["email"], &user["verified"]), (&json!(email), &json!(is_verified)));
            assert_eq!(user["registrations"][0]["applicationId"], PIED_PIPER_APPLICATION_ID);
        }
        let everybody = json!({ "search": { "queryString": "*", "numberOfResults": 1, "accurateTotal": true } });
        let of_tenant = json!({ "X-FusionAuth-TenantId": DEFAULT_TENANT_ID, "requestBody": everybody });
        assert_eq!(read(reader, "searchUsersByQueryWithId", of_tenant, "total"), 69);
        walk.part("migrate-users-hashes.md", &[Make("patchTenantWithId", &[])]);
        let hashing = &tenant(reader, DEFAULT_TENANT_ID)["passwordEncryptionConfiguration"];
        assert_eq!(hashing["modifyEncryptionSchemeOnLogin"], true, "{hashing}");
    });
}

#[test]
fn migrate_users_cuts_a_bcrypt_hash_in_the_right_places() {
    let guide = include_str!("../../../guides/migrate-users.md");
    let (_, call) = guide.split_once("```call importUsersWithId\n").unwrap();
    let call: Value = serde_json::from_str(call.lines().next().unwrap()).unwrap();
    let user = &call["requestBody"]["users"][0];
    let (salt, hash) = (user["salt"].as_str().unwrap(), user["password"].as_str().unwrap());
    for said in [format!("`salt` the {} characters", salt.len()), format!("`password` the last {}", hash.len())] {
        assert!(guide.contains(&said), "{said}");
    }
    let whole = format!("$2a${:02}${salt}{hash}", user["factor"].as_u64().unwrap());
    assert!(bcrypt::verify("tabs-not-spaces", &whole).unwrap(), "{whole}");
    assert!(!bcrypt::verify("tabs-not-spacex", &whole).unwrap(), "{whole}");
}

#[test]
fn rotate_keys() {
    in_both_modes(&[], |walk, reader| {
        let before = tenant(reader, DEFAULT_TENANT_ID)["jwtConfiguration"].clone();
        let answers = walk.guide(
            "rotate-keys",
            &json!({ "tenant": "Pied Piper" }),
            &[
                Make("searchTenantsWithId", &[("tenantId", "/0/id"), ("oldKeyId", "/0/accessTokenKeyId")]),
                Make("searchApplicationsWithId", &[]),
                Make("searchKeysWithId", &[]),
                Make("generateKey", &[("newKeyId", "/0/key/id")]),
                Make("patchTenantWithId", &[]),
                Make("searchIdentityProvidersWithId", &[]),
                LeaveOut("patchTenantWithId", "an identity provider uses the old key, so it is kept"),
            ],
        );
        assert_eq!(answers[1].len(), 1);
        assert_eq!(answers[1][0]["id"], CONSOLE_APPLICATION_ID);
        assert_eq!(answers[3][0]["key"]["hasPrivateKey"], true);
        assert_eq!(answers[5][0]["name"], "Aviato SAML");
        let new_key = &answers[3][0]["key"]["id"];
        let signing = &tenant(reader, DEFAULT_TENANT_ID)["jwtConfiguration"];
        assert_eq!(signing["accessTokenKeyId"], *new_key);
        assert_eq!(signing["accessTokenVerificationKeyIds"], json!([RS256_KEY_ID]));
        // Nobody asked for the key of id tokens.
        assert_eq!(signing["idTokenKeyId"], before["idTokenKeyId"]);
        assert_eq!(signing["idTokenVerificationKeyIds"], before["idTokenVerificationKeyIds"]);
        let old_key = read(reader, "retrieveKeyWithId", json!({ "keyId": RS256_KEY_ID }), "key");
        assert_eq!(old_key["name"], "Pied Piper tokens");
    });
}
