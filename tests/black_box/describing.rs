//! A description shows what matters in little room, and the rest when it is asked for.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::client::Client;

/// The most tokens of a description that asks for no part, and of one that does.
const MAX_TOKENS: usize = 1_200;
const MAX_TOKENS_ABOUT: usize = 2_000;

fn described(client: &mut Client, arguments: Value) -> String {
    let answer = client.call("describe_tool", arguments.clone());
    assert!(!answer.is_error, "{arguments}: {}", answer.text);
    answer.text
}

fn tools(client: &mut Client) -> Vec<String> {
    let list = client.request("tools/list", json!({}));
    let names =
        list["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned());
    names.filter(|name| name != "describe_tool").collect()
}

/// The paths of the properties that an outline shows, and of those of them that have properties of their own.
fn outlined(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut all, mut objects) = (BTreeSet::new(), BTreeSet::new());
    let mut open: Vec<Option<String>> = Vec::new();
    let mut name: Option<String> = None;
    let code = text.lines().map(|line| {
        let line = line.split("  // ").next().unwrap();
        // What stands between a name and the kinds of its value says nothing of paths.
        match (line.split_once(" by type one of "), line.split_once("each with ")) {
            (Some((name, _)), Some((_, rest))) => format!("{name}{rest}\n"),
            _ => format!("{line}\n"),
        }
    });
    let code: String = code.collect();
    let mut word = String::new();
    for character in code.chars() {
        match character {
            '{' => {
                open.push(name.take());
                if let Some(path) = open.iter().flatten().cloned().reduce(|left, right| format!("{left}.{right}")) {
                    objects.insert(path);
                }
            }
            '}' => {
                open.pop();
            }
            ':' => {
                let found = word.trim_end_matches('?').to_owned();
                // A map's own key has no name.
                if !found.is_empty() && !found.ends_with(']') {
                    let above = open.iter().flatten().cloned().collect::<Vec<_>>();
                    all.insert([above, vec![found.clone()]].concat().join("."));
                    name = Some(found);
                }
            }
            _ => {}
        }
        if character.is_alphanumeric() || "_?[]".contains(character) {
            word.push(character);
        } else {
            word.clear();
        }
        if character == '\n' || character == ',' {
            name = None;
        }
    }
    (all, objects)
}

#[test]
fn every_tool_is_described_in_little_room() {
    let mut client = Client::connect(&[]);
    let names = tools(&mut client);
    let mut objects = BTreeSet::new();
    for name in &names {
        let text = described(&mut client, json!({ "names": [name] }));
        let tokens = o200k::count(&text);
        assert!(tokens <= MAX_TOKENS, "{name}: {tokens} tokens: {text}");
        // One of the tools that take the same body stands for them all.
        if name.starts_with("patch") || name == "register" {
            let arguments = text.split_once("arguments {").unwrap_or_default().1.to_owned();
            let inner = outlined(&arguments).1.into_iter().filter(|path| path.starts_with("requestBody"));
            objects.extend(inner.map(|path| (name.clone(), path)));
        }
    }
    for name in &names {
        let tokens = o200k::count(&described(&mut client, json!({ "names": [name], "answers": true })));
        assert!(tokens <= MAX_TOKENS_ABOUT, "{name} with answers: {tokens} tokens");
    }
    assert!(objects.len() > 100, "{}", objects.len());
    for (name, path) in objects {
        let text = described(&mut client, json!({ "names": [name], "about": [path] }));
        let tokens = o200k::count(&text);
        assert!(tokens <= MAX_TOKENS_ABOUT, "{name} about {path}: {tokens} tokens");
        assert!(!text.contains("about: nothing"), "{name} about {path}: {text}");
    }
}

#[test]
fn several_tools_are_described_in_little_room() {
    let mut client = Client::connect(&[]);
    let names = tools(&mut client);
    for (count, step) in [(2, 7), (5, 11), (20, 20)] {
        for start in (0..names.len() - count).step_by(step) {
            let some = &names[start..start + count];
            let text = described(&mut client, json!({ "names": some }));
            assert!(o200k::count(&text) <= MAX_TOKENS, "{some:?}: {} tokens: {text}", o200k::count(&text));
            assert!(some.iter().all(|name| text.contains(&format!("{name}("))), "{some:?}: {text}");
            let about = json!({ "names": some, "about": ["user", "tenant", "application"], "answers": true });
            let text = described(&mut client, about);
            assert!(o200k::count(&text) <= MAX_TOKENS_ABOUT, "{some:?}: {} tokens", o200k::count(&text));
        }
    }
}

/// Changes that people make often, each with the tool that makes it and the property that it sets.
const CHANGES: [(&str, &str, &str); 36] = [
    ("the mail server of a tenant", "patchTenantWithId", "tenant.emailConfiguration.host"),
    ("the port of the mail server", "patchTenantWithId", "tenant.emailConfiguration.port"),
    ("the sender of mails", "patchTenantWithId", "tenant.emailConfiguration.defaultFromEmail"),
    ("verification of email addresses", "patchTenantWithId", "tenant.emailConfiguration.verifyEmail"),
    ("the least length of passwords", "patchTenantWithId", "tenant.passwordValidationRules.minLength"),
    ("passwords with a number", "patchTenantWithId", "tenant.passwordValidationRules.requireNumber"),
    ("the password history", "patchTenantWithId", "tenant.passwordValidationRules.rememberPreviousPasswords.count"),
    ("failed logins before a lock", "patchTenantWithId", "tenant.failedAuthenticationConfiguration.tooManyAttempts"),
    ("the length of a lock", "patchTenantWithId", "tenant.failedAuthenticationConfiguration.actionDuration"),
    ("the action of a lock", "patchTenantWithId", "tenant.failedAuthenticationConfiguration.userActionId"),
    ("a second factor for everybody", "patchTenantWithId", "tenant.multiFactorConfiguration.loginPolicy"),
    ("the authenticator app", "patchTenantWithId", "tenant.multiFactorConfiguration.authenticator.enabled"),
    ("the lifetime of access tokens", "patchTenantWithId", "tenant.jwtConfiguration.timeToLiveInSeconds"),
    ("the lifetime of refresh tokens", "patchTenantWithId", "tenant.jwtConfiguration.refreshTokenTimeToLiveInMinutes"),
    ("the signing key", "patchTenantWithId", "tenant.jwtConfiguration.accessTokenKeyId"),
    ("the events that are sent", "patchTenantWithId", "tenant.eventConfiguration.events.enabled"),
    ("the theme of a tenant", "patchTenantWithId", "tenant.themeId"),
    ("the issuer of tokens", "patchTenantWithId", "tenant.issuer"),
    ("how old a password may get", "patchTenantWithId", "tenant.maximumPasswordAge.days"),
    ("redirect URLs", "patchApplicationWithId", "application.oauthConfiguration.authorizedRedirectURLs"),
    ("grants", "patchApplicationWithId", "application.oauthConfiguration.enabledGrants"),
    ("the client secret", "patchApplicationWithId", "application.oauthConfiguration.clientSecret"),
    ("the logout URL", "patchApplicationWithId", "application.oauthConfiguration.logoutURL"),
    ("PKCE", "patchApplicationWithId", "application.oauthConfiguration.proofKeyForCodeExchangePolicy"),
    (
        "claims of an application's tokens",
        "patchApplicationWithId",
        "application.lambdaConfiguration.accessTokenPopulateId",
    ),
    ("self-service registration", "patchApplicationWithId", "application.registrationConfiguration.enabled"),
    ("token lifetime of one application", "patchApplicationWithId", "application.jwtConfiguration.timeToLiveInSeconds"),
    ("second factor of one application", "patchApplicationWithId", "application.multiFactorConfiguration.loginPolicy"),
    ("a user's email address", "patchUserWithId", "user.email"),
    ("a user's own data", "patchUserWithId", "user.data"),
    ("a password change at the next login", "patchUserWithId", "user.passwordChangeRequired"),
    ("roles of a user", "patchRegistrationWithId", "registration.roles"),
    ("a new webhook's address", "createWebhook", "webhook.url"),
    ("the tenants of a webhook", "createWebhook", "webhook.tenantIds"),
    ("a new lambda's code", "createLambda", "lambda.body"),
    (
        "where a login with others is on",
        "patchIdentityProviderWithId",
        "identityProvider.applicationConfiguration.enabled",
    ),
];

#[test]
fn a_common_change_is_shown_by_the_first_description() {
    let mut client = Client::connect(&[]);
    for (change, tool, path) in CHANGES {
        let text = described(&mut client, json!({ "names": [tool] }));
        let name = path.rsplit('.').next().unwrap();
        let arguments = text.split_once("arguments {").unwrap().1;
        let in_outline = outlined(arguments).0.contains(&format!("requestBody.{path}"));
        // What is small is shown whole, type by type.
        let in_types = text
            .lines()
            .any(|line| line.starts_with(&format!("  {name}?: ")) || line.starts_with(&format!("  {name}: ")));
        assert!(in_outline || in_types, "{change}: {path}: {text}");
    }
}

#[test]
fn a_part_is_shown_whole_and_the_rest_by_name() {
    let mut client = Client::connect(&[]);
    let about = |client: &mut Client, about: &str| {
        described(client, json!({ "names": ["patchTenantWithId"], "about": [about] }))
    };
    for path in [
        "tenant.failedAuthenticationConfiguration",
        "failedAuthenticationConfiguration",
        "FailedAuthenticationConfiguration",
        "requestBody.tenant.failedAuthenticationConfiguration",
    ] {
        let text = about(&mut client, path);
        assert!(text.contains("  tooManyAttempts?: integer  // Failed logins"), "{path}: {text}");
        assert!(text.contains("onPasswordReset?: boolean  // "), "what it leads to is shown too: {path}: {text}");
        assert!(text.contains(", themeId, ") && !text.contains("themeId?:"), "{path}: {text}");
    }
    let host = about(&mut client, "tenant.emailConfiguration.host");
    assert!(host.contains("requestBody.tenant.emailConfiguration {\n  host?: string  // "), "{host}");
    assert!(!host.contains("port?: ") && host.contains("port, "), "{host}");
    // Words that are no name find what they are about.
    let words = about(&mut client, "account lockout");
    assert!(words.contains("tooManyAttempts?: integer  // "), "{words}");
    let unknown = about(&mut client, "tenant.emailConfigration");
    let hint = "about: nothing of patchTenantWithId is `tenant.emailConfigration`; did you mean `emailConfiguration`?";
    assert!(unknown.ends_with(hint) || unknown.contains("emailConfiguration?: "), "{unknown}");
}

#[test]
fn a_body_of_several_kinds_names_them_and_shows_one() {
    let mut client = Client::connect(&[]);
    let outline = described(&mut client, json!({ "names": ["createIdentityProvider"] }));
    assert!(outline.contains("by type one of Apple, ") && outline.contains("OpenIDConnect"), "{outline}");
    assert!(!outline.contains("servicesId?: string  //"), "{outline}");
    for kind in ["google", "Google", "GoogleIdentityProvider"] {
        let one = described(&mut client, json!({ "names": ["createIdentityProvider"], "about": [kind] }));
        assert!(one.contains("where type is \"Google\"") && one.contains("  client_id?: string  // "), "{kind}: {one}");
        assert!(!one.contains("AppleIdentityProvider {"), "{kind}: {one}");
    }
}

#[test]
fn types_of_answers_are_shown_when_they_are_asked_for() {
    let mut client = Client::connect(&[]);
    let line = described(&mut client, json!({ "names": ["retrieveUserWithId"] }));
    assert!(line.contains("\nanswer: UserResponse {") && !line.contains("\nUser {"), "{line}");
    let types = described(&mut client, json!({ "names": ["retrieveUserWithId"], "answers": true }));
    assert!(types.contains("\nUserResponse {\n") && types.contains("\nUser {\n"), "{types}");
    let part = json!({ "names": ["retrieveUserWithId"], "about": ["user.registrations"], "answers": true });
    assert!(described(&mut client, part).contains("\nanswer.user {\n  registrations?: UserRegistration[]"));
}

#[test]
fn a_type_is_shown_once() {
    let mut client = Client::connect(&[]);
    let text = described(&mut client, json!({ "names": ["createGroup", "updateGroupWithId", "createUserAction"] }));
    assert_eq!(text.matches("group: Group {").count() + text.matches("\nGroup {\n").count(), 1, "{text}");
    let both = described(&mut client, json!({ "names": ["createUser", "updateUserWithId"] }));
    assert_eq!(both.matches("firstName?: string").count(), 1, "{both}");
}

#[test]
fn unknown_names_among_known_ones_are_reported() {
    let mut client = Client::connect(&[]);
    let text = described(&mut client, json!({ "names": ["retrieveGroupWithId", "retreiveUser"] }));
    assert!(text.starts_with("retrieveGroupWithId("), "{text}");
    assert!(text.ends_with("unknown tool `retreiveUser`; did you mean `retrieveUser`?"), "{text}");
    let types = described(&mut client, json!({ "types": ["Group", "Tennant"] }));
    assert!(
        types.starts_with("Group {\n") && types.ends_with("there is no type `Tennant`; did you mean `Tenant`?"),
        "{types}"
    );
}

#[test]
fn a_type_is_found_by_what_has_it() {
    let mut client = Client::connect(&[]);
    for (asked, found) in [
        ("TenantJWTConfiguration", "JWTConfiguration {\n"),
        ("ApplicationOAuthConfiguration", "OAuth2Configuration {\n"),
        ("jwtconfiguration", "JWTConfiguration {\n"),
    ] {
        let text = described(&mut client, json!({ "types": [asked] }));
        assert!(text.starts_with(found), "{asked}: {text}");
    }
}

#[test]
fn what_matters_comes_first() {
    let list = Client::connect(&[]).request("tools/list", json!({}));
    let body = |name: &str, property: &str| {
        let tools = list["result"]["tools"].as_array().unwrap();
        let tool = tools.iter().find(|tool| tool["name"] == name).unwrap();
        let schema = &tool["inputSchema"]["properties"]["requestBody"]["properties"][property];
        schema["description"].as_str().unwrap().to_owned()
    };
    assert!(body("createUser", "user").starts_with("email username password firstName lastName "));
    assert!(body("patchApplicationWithId", "application").starts_with("name oauthConfiguration "));
    assert!(body("patchTenantWithId", "tenant").starts_with("name emailConfiguration passwordValidationRules "));
}

#[test]
fn arguments_stand_in_the_order_of_their_importance() {
    let mut client = Client::connect(&[]);
    for (tool, expected) in [
        ("retrieveUser", &["email", "username", "loginId", "loginIdTypes"] as &[_]),
        ("retrieveUserRecentLogin", &["userId", "limit", "offset", "applicationId"]),
        ("deleteEntityGrantWithId", &["entityId", "recipientEntityId", "userId", "X_FusionAuth_TenantId"]),
        ("searchIdentityProvidersByParameters", &["name", "type", "applicationId", "tenantId"]),
    ] {
        let text = client.call("describe_tool", json!({ "names": [tool] })).text;
        let arguments = text.split("arguments {\n").nth(1).unwrap().lines();
        let names: Vec<_> = arguments.map(|line| line.trim().split([':', '?']).next().unwrap()).take(4).collect();
        assert_eq!(names, expected, "{text}");
    }
}
