//! Titles and descriptions are what a model chooses by: a question in plain words finds its tool among the first three,
//! by plain BM25.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use bm25::{Language, SearchEngineBuilder};
use fusionauth_mcp::fusionauth::tools::DOCUMENT;

/// Questions, each with the tools of which any answers it.
const QUESTIONS: [(&str, &[&str]); 20] = [
    ("how many users do I have", &["retrieveTotalReportWithExcludesWithId", "searchUsersByQueryWithId"]),
    ("find the user with this email address", &["retrieveUser", "searchUsersByQueryWithId"]),
    ("show me the settings of one application", &["retrieveApplicationWithId"]),
    ("list all tenants", &["retrieveTenants", "searchTenantsWithId"]),
    ("lock a user's account for a while", &["actionUserWithId"]),
    ("permanently delete many users at once", &["deleteUserBulk"]),
    ("who logged in recently", &["retrieveUserRecentLogin", "searchLoginRecordsWithId"]),
    ("register an existing user for an application", &["registerWithId"]),
    ("import users with their password hashes from another system", &["importUsersWithId"]),
    ("send a forgot password email", &["forgotPasswordWithId"]),
    (
        "sign a user out everywhere by revoking their refresh tokens",
        &["deleteJwtRefresh", "createLogout", "revokeRefreshTokenByIdWithId"],
    ),
    ("add a user to a group", &["createGroupMembersWithId"]),
    ("create a Google identity provider", &["createIdentityProvider", "createIdentityProviderWithId"]),
    ("generate a new RSA signing key", &["generateKey", "generateKeyWithId"]),
    ("preview an email template", &["retrieveEmailTemplatePreviewWithId"]),
    ("which webhooks are configured", &["retrieveWebhook", "searchWebhooksWithId", "searchWebhooksByParameters"]),
    ("monthly active users report", &["retrieveMonthlyActiveReportWithId"]),
    ("look for errors in the event log", &["searchEventLogsWithId"]),
    ("change the SMTP server of a tenant", &["patchTenantWithId", "updateTenantWithId"]),
    ("turn off two-factor authentication for a user", &["deleteUserTwoFactorWithId"]),
];

#[test]
fn nineteen_of_twenty_questions_find_their_tool_among_the_first_three() {
    for tool in QUESTIONS.iter().flat_map(|(_, tools)| *tools) {
        assert!(DOCUMENT.operation(tool).is_some(), "{tool}");
    }
    let texts: Vec<_> = DOCUMENT
        .operations
        .iter()
        .map(|operation| format!("{}. {}", operation.title.unwrap(), operation.description.unwrap()))
        .collect();
    let engine = SearchEngineBuilder::<u32>::with_corpus(Language::English, texts).build();
    let missed: Vec<_> = QUESTIONS
        .iter()
        .filter_map(|(question, tools)| {
            let found: Vec<_> = engine
                .search(question, 3)
                .iter()
                .map(|result| DOCUMENT.operations[result.document.id as usize].name)
                .collect();
            (!found.iter().any(|name| tools.contains(name))).then(|| format!("{question}: {found:?}"))
        })
        .collect();
    assert!(missed.len() <= 1, "{missed:#?}");
}
