//! Wishes in people's own words, each with the tools and guides of which any is right: one of them is among the first three
//! lines of the answer. None was made from a description or a phrase of the index.

use serde_json::json;

use crate::support::client::Client;

const WISHES: [(&str, &str); 75] = [
    (
        "let employees sign in with their Microsoft work account",
        "createIdentityProvider, createIdentityProviderWithId, external-login",
    ),
    ("raise the work factor of password hashing", "patchTenantWithId, updateTenantWithId"),
    ("end sessions after eight hours of inactivity", "patchTenantWithId, updateTenantWithId"),
    (
        "people who registered since monday",
        "searchUsersByQueryWithId, retrieveRegistrationReportWithId, find-user, search-users",
    ),
    ("delete all test accounts in one go", "deleteUserBulk"),
    (
        "our client secret leaked, make a new one",
        "patchApplicationWithId, updateApplicationWithId, rotate-client-secret",
    ),
    (
        "put the department of the user into the access token",
        "createLambda, createLambdaWithId, patchLambdaWithId, token-claims",
    ),
    ("which tenants do we have", "retrieveTenants, searchTenantsWithId"),
    ("stop posting events to the old endpoint", "deleteWebhookWithId, patchWebhookWithId"),
    ("reset link in the mail runs out too quickly", "patchTenantWithId, updateTenantWithId"),
    ("what has this user consented to", "retrieveUserConsentsWithId"),
    ("connect a child's account with the parent", "createFamily, createFamilyWithId, updateUserFamilyWithId"),
    ("browser shows a CORS error", "patchSystemConfigurationWithId, updateSystemConfigurationWithId"),
    ("restrict an api key to reading users", "patchAPIKeyWithId, createAPIKey, updateAPIKeyWithId, createAPIKeyWithId"),
    ("duplicate the default theme", "createTheme, createThemeWithId, theme-login-page"),
    ("french translation of the sign in page", "patchThemeWithId, updateThemeWithId, theme-login-page"),
    ("is this access token still valid", "validateJWTWithId, createIntrospect"),
    ("trade the authorization code for tokens", "createToken"),
    ("logins per day last month", "retrieveReportLogin, retrieveDailyActiveReportWithId"),
    ("turn saml groups into roles", "createLambda, patchLambdaWithId, patchIdentityProviderWithId, createLambdaWithId"),
    ("connect a facebook account to an existing user", "createUserLinkWithId"),
    ("forbid registration with certain email domains", "patchTenantWithId, updateTenantWithId"),
    ("captcha on the sign up page", "patchTenantWithId, updateTenantWithId"),
    ("rename a role", "patchApplicationRoleWithId, updateApplicationRoleWithId"),
    ("everybody with the role editor", "searchUsersByQueryWithId, search-users, find-user"),
    ("leave a note on someone's account", "commentOnUserWithId"),
    ("a customer asks for a copy of everything we store about him", "personal-data, retrieveUserWithId"),
    (
        "make her choose another password at the next sign in",
        "patchUserWithId, updateUserWithId, createUserChangePassword",
    ),
    (
        "do not ask for the second factor on this computer for 30 days",
        "patchTenantWithId, updateTenantWithId, patchApplicationWithId",
    ),
    ("new backup codes for two factor", "generateTwoFactorRecoveryCodesWithId"),
    (
        "sign in on a television by typing a code",
        "retrieveDeviceUserCode, createDeviceUserCode, createDeviceApprove, retrieveDeviceValidate, new-application",
    ),
    ("remove an organisation with all its people", "deleteTenantWithId"),
    ("all lambdas of this instance", "retrieveLambdasByTypeWithId, searchLambdasWithId"),
    (
        "where users land after logout",
        "patchApplicationWithId, updateApplicationWithId, retrieveApplicationWithId, patchTenantWithId",
    ),
    ("backend wants a token for a user without a password", "vendJWTWithId, issueJWTWithId, registerWithId"),
    ("upload a partner's public key", "importKey, importKeyWithId"),
    (
        "send the new colleague a mail to set a password",
        "createUser, createUserWithId, forgotPasswordWithId, registerWithId, register",
    ),
    ("someone left the team, take him out of the group", "deleteGroupMembersWithId, deleteGroupMemberWithId"),
    (
        "failed deliveries of webhooks",
        "searchWebhookEventLogsWithId, retrieveWebhookAttemptLogWithId, retrieveWebhookEventLogWithId",
    ),
    ("my app gets invalid redirect", "patchApplicationWithId, updateApplicationWithId"),
    (
        "move from hs256 to rs256",
        "patchTenantWithId, generateKey, rotate-keys, patchApplicationWithId, generateKeyWithId",
    ),
    ("users complain they must log in every hour", "patchTenantWithId, patchApplicationWithId"),
    ("how many people signed up in october", "retrieveRegistrationReportWithId, searchUsersByQueryWithId"),
    ("print all roles of the billing app", "retrieveApplicationWithId, searchApplicationsWithId, retrieveApplication"),
    ("who gave this person admin rights", "searchAuditLogsWithId"),
    ("user lost his authenticator", "deleteUserTwoFactorWithId"),
    (
        "apple login stopped working after the key expired",
        "patchIdentityProviderWithId, updateIdentityProviderWithId, importKey, external-login",
    ),
    ("turn off sms codes", "patchTenantWithId, updateTenantWithId"),
    (
        "add a terms of service checkbox to registration",
        "createFormField, createForm, createConsent, patchFormWithId, registration-form, createFormFieldWithId, createFormWithId",
    ),
    ("new logo", "patchThemeWithId, theme-login-page, updateThemeWithId, patchSystemConfigurationWithId"),
    ("why was no verification mail sent", "searchEventLogsWithId, retrieveTenantWithId"),
    ("let our HR system create users automatically", "createAPIKey, createAPIKeyWithId, patchTenantWithId, createUser"),
    ("list users in group sales", "searchGroupMembersWithId"),
    ("deactivate an employee", "deleteUserWithId"),
    ("mass update of user data", "patchUserWithId, importUsersWithId, updateUserWithId"),
    ("set idle timeout", "patchTenantWithId, updateTenantWithId"),
    ("webhook signature key", "patchWebhookWithId, createWebhook, updateWebhookWithId"),
    (
        "service to service authentication",
        "createEntity, createEntityWithId, createToken, new-application, createEntityType",
    ),
    ("change sender name of emails", "patchTenantWithId, patchEmailTemplateWithId, updateTenantWithId"),
    ("give support staff read-only api access", "createAPIKey, patchAPIKeyWithId, createAPIKeyWithId"),
    ("see the devices a user trusted or is logged in on", "retrieveRefreshTokensWithId"),
    ("make email optional and log in with username", "patchApplicationWithId, patchTenantWithId, patchFormWithId"),
    ("upload users from csv", "importUsersWithId, migrate-users"),
    ("expire all passwords every 60 days", "patchTenantWithId, updateTenantWithId"),
    ("generate a certificate for saml", "generateKey, generateKeyWithId"),
    ("which scopes can clients ask for", "retrieveApplicationWithId, retrieveOAuthScopeWithId"),
    ("prevent spam registrations", "patchTenantWithId, updateTenantWithId"),
    ("check license status", "retrieveReactorStatus"),
    ("send event to slack when someone is locked", "createWebhook, createWebhookWithId, webhooks"),
    ("test smtp settings", "sendEmailWithId, retrieveTenantWithId, patchTenantWithId, searchEventLogsWithId"),
    (
        "limit login to the vpn",
        "createIPAccessControlList, createIPAccessControlListWithId, patchTenantWithId, patchApplicationWithId",
    ),
    ("convert guest account into full one", "patchUserWithId, registerWithId, updateUserWithId"),
    ("enable device code grant", "patchApplicationWithId, updateApplicationWithId"),
    ("different password policy for admins", "createTenant, patchTenantWithId"),
    ("drop role viewer", "deleteApplicationRoleByName, deleteApplicationRoleWithId"),
];

/// The names that stand for a line of an answer: its tool's, and those that it names beside it.
fn names(line: &str) -> Vec<&str> {
    if let Some(guide) = line.strip_prefix("guide ") {
        return guide.split(':').take(1).collect();
    }
    let Some((tool, rest)) = line.split_once('(') else { return Vec::new() };
    let others = rest.split("; also ").nth(1).unwrap_or_default().split(':').next().unwrap_or_default();
    std::iter::once(tool).chain(others.split(", ")).collect()
}

#[test]
fn what_people_wish_is_among_the_first_three() {
    let mut client = Client::connect(&[("TOOL_MODE", "search")]);
    let mut missed = Vec::new();
    for (wish, right) in WISHES {
        let answer = client.call("find_tools", json!({ "query": wish }));
        assert!(!answer.is_error, "{wish}: {}", answer.text);
        let lines: Vec<_> = answer.text.lines().map(names).filter(|names| !names.is_empty()).take(3).collect();
        let right: Vec<_> = right.split(", ").collect();
        if !lines.iter().flatten().any(|name| right.contains(name)) {
            missed.push(format!("{wish}: {lines:?}"));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
