//! The guides that only read, followed call by call in both tool modes.

use fusionauth_sandbox::seed::{
    CONSOLE_APPLICATION_ID, LOCK_ACTION_ID, LOCKED_USER_ID, PIED_PIPER_APPLICATION_ID, PIPERCHAT_APPLICATION_ID,
    RICHARD_ID,
};
use serde_json::json;

use super::walk::{READING, Step::Make, in_both_modes, read};

#[test]
fn explore_instance() {
    in_both_modes(&READING, |walk, _| {
        let answers = walk.guide(
            "explore-instance",
            &json!({}),
            &[
                Make("searchTenantsWithId", &[]),
                Make("searchApplicationsWithId", &[]),
                Make("retrieveTotalReportWithExcludesWithId", &[]),
                Make("searchIdentityProvidersWithId", &[]),
                Make("retrieveReactorStatus", &[]),
                Make("retrieveLambdasByTypeWithId", &[]),
            ],
        );
        assert_eq!((&answers[0][0], answers[0].len()), (&json!(3), 4));
        assert_eq!((&answers[1][0], answers[1].len()), (&json!(9), 10));
        assert_eq!(answers[2][0]["users"], 127);
        assert_eq!(answers[2][0]["perApplication"][PIPERCHAT_APPLICATION_ID], 14);
        let providers: Vec<_> = answers[3].iter().skip(1).map(|provider| &provider["name"]).collect();
        assert_eq!(providers, ["Aviato SAML", "Hooli SSO"]);
        assert_eq!(answers[3][2]["applications"], json!([PIED_PIPER_APPLICATION_ID]));
        assert_eq!(answers[4], [json!(true)]);
        assert!(answers[5].iter().any(|lambda| lambda["name"] == "Add the Weissman score"));
    });
}

#[test]
fn count_users() {
    in_both_modes(&READING, |walk, reader| {
        let answers = walk.guide(
            "count-users",
            &json!({ "application": "PiperChat", "tenant": "Hooli" }),
            &[
                Make("retrieveTotalReportWithExcludesWithId", &[]),
                Make("retrieveTotalReportWithExcludesWithId", &[]),
                Make("searchApplicationsWithId", &[]),
                Make("searchTenantsWithId", &[("tenantId", "/1/id")]),
                Make("searchUsersByQueryWithId", &[]),
                Make("searchUsersByQueryWithId", &[]),
                Make("retrieveMonthlyActiveReportWithId", &[]),
                Make("retrieveRegistrationReportWithId", &[]),
            ],
        );
        assert_eq!(answers[0], [json!({ "now": 127, "ever": 127 })]);
        let count = json!({ "applicationId": PIPERCHAT_APPLICATION_ID, "now": 14, "ever": 14 });
        assert!(answers[1].contains(&count), "{:?}", answers[1]);
        assert_eq!(answers[2].len(), 9);
        assert_eq!(answers[3][1]["name"], "Hooli");
        assert_eq!((&answers[4], &answers[5]), (&vec![json!(40)], &vec![json!(65)]));
        // Six months with active users, and everybody was registered in this year.
        assert_eq!((answers[6].len(), &answers[7]), (7, &vec![json!(127)]));
        let everybody = json!({ "search": { "queryString": "*", "numberOfResults": 1, "accurateTotal": true } });
        let total = read(reader, "searchUsersByQueryWithId", json!({ "requestBody": everybody }), "total");
        assert_eq!(total, 127);
    });
}

#[test]
fn find_user() {
    in_both_modes(&READING, |walk, _| {
        let answers = walk.guide(
            "find-user",
            &json!({ "user": "richard@piedpiper.example" }),
            &[
                Make("searchUsersByQueryWithId", &[("userId", "/1/id"), ("tenantId", "/1/tenantId")]),
                Make("retrieveUser", &[]),
                Make("retrieveUserWithId", &[]),
                Make("retrieveUserRecentLogin", &[]),
            ],
        );
        assert_eq!((&answers[0][0], &answers[0][1]["name"]), (&json!(1), &json!("Richard Hendricks")));
        assert_eq!(answers[1], [json!(RICHARD_ID)]);
        let user = &answers[2][0];
        assert_eq!((&user["id"], &user["active"]), (&json!(RICHARD_ID), &json!(true)));
        assert_eq!(user["groups"].as_array().map(Vec::len), Some(2));
        let registration = &user["registrations"][0];
        assert_eq!(registration["applicationId"], PIED_PIPER_APPLICATION_ID);
        assert_eq!(registration["roles"], json!(["admin"]));
        let logins: Vec<_> = answers[3].iter().map(|login| &login[1]).collect();
        assert_eq!(logins, [CONSOLE_APPLICATION_ID, PIED_PIPER_APPLICATION_ID], "the last one first");
    });
}

#[test]
fn debug_login() {
    in_both_modes(&READING, |walk, _| {
        let answers = walk.guide(
            "debug-login",
            &json!({ "user": "jian@piedpiper.example", "application": "Pied Piper" }),
            &[
                Make("searchUsersByQueryWithId", &[("userId", "/1/id")]),
                Make("retrieveUserActioning", &[]),
                Make("searchApplicationsWithId", &[("tenantId", "/0/tenantId")]),
                Make("retrieveTenantWithId", &[]),
                Make("retrieveUserRecentLogin", &[]),
                Make("searchEventLogsWithId", &[]),
            ],
        );
        assert_eq!((&answers[0][0], &answers[0][1]["id"]), (&json!(1), &json!(LOCKED_USER_ID)));
        let lock = &answers[1][0];
        assert_eq!((answers[1].len(), &lock["name"]), (1, &json!("Lock account")));
        assert_eq!(lock["comment"], "Until the smart fridges are back");
        assert_eq!(lock["expiry"], 4_102_444_800_000_u64);
        assert_eq!(lock["actionerUserId"], RICHARD_ID);
        assert_eq!((answers[2].len(), &answers[2][0]["requireRegistration"]), (1, &json!(true)));
        assert_eq!(answers[3][0]["lock"]["userActionId"], LOCK_ACTION_ID);
        assert!(answers[4].is_empty(), "never signed in");
        assert_eq!(answers[5].len(), 5, "the latest errors: a webhook, then the mail in May");
    });
}
