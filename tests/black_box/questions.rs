//! What people ask in plain words: `find_tools` finds the tool, and a few small answers answer the question.

use fusionauth_sandbox::seed::PIED_PIPER_APPLICATION_ID;
use serde_json::{Value, json};

use crate::support::{
    client::Client,
    sandbox::{API_KEY, Sandbox},
};

/// Questions, each with the tools of which any is right. None was made from a description.
const QUESTIONS: [(&str, &[&str]); 40] = [
    ("how many applications are there", &["retrieveApplication", "searchApplicationsWithId"]),
    ("total number of users", &["retrieveTotalReportWithExcludesWithId", "searchUsersByQueryWithId"]),
    ("show me the account of jared@piedpiper.example", &["retrieveUser", "searchUsersByQueryWithId"]),
    ("who signed in last", &["retrieveUserRecentLogin", "searchLoginRecordsWithId"]),
    ("make a new app for our mobile client", &["createApplication", "createApplicationWithId"]),
    ("turn on PKCE for an app", &["patchApplicationWithId", "updateApplicationWithId"]),
    (
        "which social logins do we have",
        &[
            "retrieveIdentityProviderByTypeWithId",
            "searchIdentityProvidersWithId",
            "searchIdentityProvidersByParameters",
        ],
    ),
    ("add sign in with Google", &["createIdentityProvider", "createIdentityProviderWithId"]),
    ("delete an account for good", &["deleteUserWithId", "deleteUserBulk"]),
    ("somebody forgot their password", &["forgotPasswordWithId"]),
    (
        "give a user the admin role in an application",
        &["registerWithId", "patchRegistrationWithId", "updateRegistrationWithId"],
    ),
    ("define another role for an app", &["createApplicationRole", "createApplicationRoleWithId"]),
    ("what was changed in the admin UI yesterday and by whom", &["searchAuditLogsWithId"]),
    ("why did my lambda throw an exception", &["searchEventLogsWithId"]),
    ("edit the code of a lambda", &["patchLambdaWithId", "updateLambdaWithId"]),
    ("was the webhook for user.create delivered", &["searchWebhookEventLogsWithId", "retrieveWebhookEventLogWithId"]),
    ("change the text of the welcome mail", &["patchEmailTemplateWithId", "updateEmailTemplateWithId"]),
    ("mail something to a few users", &["sendEmailWithId"]),
    ("set up a tenant for a new customer", &["createTenant", "createTenantWithId"]),
    ("how long do access tokens live in this tenant", &["retrieveTenantWithId", "retrieveTenants"]),
    (
        "which rules does a password have to follow",
        &["retrievePasswordValidationRulesWithId", "retrievePasswordValidationRulesWithTenantId"],
    ),
    ("log somebody out on all devices", &["deleteJwtRefresh", "createLogout", "revokeRefreshTokenByIdWithId"]),
    ("where is this user still signed in", &["retrieveRefreshTokensWithId"]),
    ("make a key pair for signing tokens", &["generateKey", "generateKeyWithId"]),
    ("upload an existing certificate", &["importKey", "importKeyWithId"]),
    ("remove a passkey", &["deleteWebAuthnCredentialWithId", "deleteWebAuthnCredentialsForUserWithId"]),
    ("switch off MFA for someone who lost their phone", &["deleteUserTwoFactorWithId"]),
    ("put people into a group", &["createGroupMembersWithId", "updateGroupMembersWithId"]),
    ("who is in this group", &["searchGroupMembersWithId"]),
    ("bring users over from our old system with their hashes", &["importUsersWithId"]),
    ("rebuild the search index", &["reindexWithId"]),
    ("which version is running", &["retrieveVersionWithId", "retrieveStatus"]),
    ("is the server healthy", &["retrieveSystemHealthWithId", "retrieveStatus"]),
    (
        "allow only our office network",
        &[
            "createIPAccessControlList",
            "createIPAccessControlListWithId",
            "updateIPAccessControlListWithId",
            "patchIPAccessControlListWithId",
        ],
    ),
    ("change the colours of the login page", &["patchThemeWithId", "updateThemeWithId", "createTheme"]),
    ("build a custom registration form", &["createForm", "createFormWithId"]),
    ("ask for the favourite colour on a form", &["createFormField", "createFormFieldWithId"]),
    ("connect our LDAP directory", &["createConnector", "createConnectorWithId"]),
    ("send text messages through Twilio", &["createMessenger", "createMessengerWithId"]),
    ("monthly active users", &["retrieveMonthlyActiveReportWithId"]),
];

fn found(client: &mut Client, query: &str) -> Vec<String> {
    let answer = client.call("find_tools", json!({ "query": query, "limit": 3 }));
    assert!(!answer.is_error, "{}", answer.text);
    let tools = answer.text.lines().filter(|line| !line.starts_with("guide "));
    tools.map(|line| line.split('(').next().unwrap().to_owned()).collect()
}

#[test]
fn forty_questions_find_their_tool() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    let (mut first, mut among_three, mut missed) = (0, 0, Vec::new());
    for (question, tools) in QUESTIONS {
        let names = found(&mut client, question);
        let place = names.iter().position(|name| tools.contains(&name.as_str()));
        first += usize::from(place == Some(0));
        among_three += usize::from(place.is_some());
        if place != Some(0) {
            missed.push(format!("{question}: {names:?}"));
        }
    }
    eprintln!("first {first}, among three {among_three}");
    assert!(among_three >= 38 && first >= 30, "first {first}, among three {among_three}: {missed:#?}");
}

/// A client in search mode that counts the tokens of all it is answered.
struct Asking {
    client: Client,
    tokens: usize,
}

impl Asking {
    fn about(sandbox: &Sandbox) -> Self {
        let environment = [("API_KEY_APIKEYAUTH", API_KEY), ("TOOL_MODE", "search"), ("READ_ONLY", "true")];
        Self { client: sandbox.client_with(&environment), tokens: 0 }
    }

    fn answer(&mut self, tool: &str, arguments: Value) -> String {
        let answer = self.client.call(tool, arguments);
        assert!(!answer.is_error, "{tool}: {}", answer.text);
        self.tokens += o200k::count(&answer.text);
        answer.text
    }

    /// Finds the tool by words, reads what it takes, calls it: the body.
    fn ask(&mut self, words: &str, tool: &str, arguments: Value) -> String {
        let found = self.answer("find_tools", json!({ "query": words, "limit": 3 }));
        assert!(found.lines().any(|line| line.starts_with(&format!("{tool}("))), "{words}: {found}");
        let arguments = json!({ "name": tool, "arguments": arguments });
        let answer = self.answer("call_tool", arguments);
        answer.split_once('\n').unwrap().1.to_owned()
    }
}

fn assert_cheap(question: &str, asking: &Asking) {
    eprintln!("{question}: {} tokens", asking.tokens);
    assert!(asking.tokens < 3_000, "{question}: {} tokens", asking.tokens);
}

#[test]
fn how_many_applications() {
    let sandbox = Sandbox::start(&[]);
    let mut asking = Asking::about(&sandbox);
    let count = asking.ask("list applications", "retrieveApplication", json!({ "jq": ".applications | length" }));
    assert_eq!(count, "9");
    assert_cheap("how many applications", &asking);
}

#[test]
fn how_many_users() {
    let sandbox = Sandbox::start(&[]);
    let mut asking = Asking::about(&sandbox);
    asking.answer("describe_tool", json!({ "names": ["searchUsersByQueryWithId"] }));
    let arguments = json!({
        "requestBody": { "search": { "queryString": "*", "numberOfResults": 1, "accurateTotal": true } },
        "jq": ".total",
    });
    assert_eq!(asking.ask("search users", "searchUsersByQueryWithId", arguments), "127");
    assert_cheap("how many users", &asking);
}

#[test]
fn is_pkce_enforced_for_all_applications() {
    let sandbox = Sandbox::start(&[]);
    let mut asking = Asking::about(&sandbox);
    let filter = ".applications[] | {name, pkce: .oauthConfiguration.proofKeyForCodeExchangePolicy}";
    let answer = asking.ask("PKCE of all applications", "retrieveApplication", json!({ "jq": filter }));
    let policies: Vec<Value> = answer.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(policies.len(), 9);
    let optional: Vec<_> =
        policies.iter().filter(|policy| policy["pkce"] != "Required").map(|policy| &policy["name"]).collect();
    assert_eq!(optional, ["PiperChat", "Compression Console", "HooliXYZ", "Nucleus"]);
    assert_cheap("is PKCE enforced for all applications", &asking);
}

#[test]
fn which_identity_providers_are_enabled_for_pied_piper() {
    let sandbox = Sandbox::start(&[]);
    let mut asking = Asking::about(&sandbox);
    let filter = format!(
        ".identityProviders[] | select(.enabled and .applicationConfiguration[\"{PIED_PIPER_APPLICATION_ID}\"].enabled) \
         | {{name, type}}"
    );
    let found = asking.ask(
        "find an application by name",
        "searchApplicationsWithId",
        json!({
            "requestBody": { "search": { "name": "Pied Piper" } }, "jq": ".applications[] | {id, name}",
        }),
    );
    assert!(found.contains(PIED_PIPER_APPLICATION_ID), "{found}");
    let answer = asking.ask("list identity providers", "retrieveIdentityProviderByTypeWithId", json!({ "jq": filter }));
    assert_eq!(answer, "{\"name\":\"Hooli SSO\",\"type\":\"OpenIDConnect\"}");
    assert_cheap("which identity providers are enabled for Pied Piper", &asking);
}

#[test]
fn who_logged_in_last() {
    let sandbox = Sandbox::start(&[]);
    let mut asking = Asking::about(&sandbox);
    let arguments = json!({ "limit": 1, "jq": ".logins[0] | {loginId, applicationId, instant}" });
    let answer = asking.ask("recent logins", "retrieveUserRecentLogin", arguments);
    let login: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(login["loginId"], "dinesh@piedpiper.example");
    assert_cheap("who logged in last", &asking);
}
