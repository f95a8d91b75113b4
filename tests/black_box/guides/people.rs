//! The guides about people: whom they lock, find, register, export and erase.

use fusionauth_sandbox::{
    installation::DEFAULT_TENANT_ID,
    seed::{
        AVIATO_APPLICATION_ID, DINESH_ID, JARED_ID, LOCK_ACTION_ID, LOCKED_USER_ID, PIED_PIPER_APPLICATION_ID,
        PIPERCHAT_APPLICATION_ID, RICHARD_ID,
    },
};
use serde_json::{Value, json};

use super::walk::{
    READING,
    Step::{LeaveOut, Make},
    in_both_modes, read,
};

const DINESH: &str = "dinesh@piedpiper.example";

#[test]
fn lock_users() {
    in_both_modes(&[], |walk, reader| {
        walk.know("administratorUserId", RICHARD_ID);
        let locks = |reader: &mut _, id: &str| {
            read(reader, "retrieveUserActioning", json!({ "userId": id, "preventingLogin": true }), "actions")
        };
        let of_seed = locks(reader, LOCKED_USER_ID);
        assert!(!reader.call("deleteUserWithId", json!({ "userId": JARED_ID })).is_error);
        let answers = walk.guide(
            "lock-users",
            &json!({ "user": DINESH }),
            &[
                Make("searchUsersByQueryWithId", &[("userId", "/1/id")]),
                Make("retrieveUserActioning", &[]),
                Make("retrieveUserAction", &[("userActionId", "/0/id")]),
                Make("actionUserWithId", &[("actionId", "/0/action/id")]),
                LeaveOut("cancelActionWithId", "the lock is looked at first"),
                Make("searchUsersByQueryWithId", &[]),
            ],
        );
        assert_eq!(walk.known["userId"], DINESH_ID);
        assert_eq!((answers[1].len(), walk.known["userActionId"].as_str()), (0, LOCK_ACTION_ID));
        assert_eq!(locks(reader, DINESH_ID)[0]["expiry"], 4_102_444_800_000_u64);
        // The search knows who is deactivated, one of them in the seed, and nothing of locks.
        assert_eq!((&answers[5][0], &answers[5][1]["id"], answers[5].len()), (&json!(2), &json!(JARED_ID), 3));

        let blocks = walk.prompted("lock-users", &json!({}));
        walk.make(&blocks[4]);
        assert_eq!(locks(reader, DINESH_ID), json!([]));
        assert_eq!(locks(reader, LOCKED_USER_ID), of_seed, "others stay locked");
    });
}

#[test]
fn search_users() {
    in_both_modes(&READING, |walk, reader| {
        walk.know("applicationId", PIED_PIPER_APPLICATION_ID);
        let answers = walk.guide(
            "search-users",
            &json!({}),
            &[
                Make("searchUsersByQueryWithId", &[]),
                Make("searchUsersByQueryWithId", &[]),
                Make("searchUsersByQueryWithId", &[]),
            ],
        );
        let user = |reader: &mut _, found: &Value| {
            read(reader, "retrieveUserWithId", json!({ "userId": found["id"] }), "user")
        };
        for found in &answers[0][1..] {
            let user = user(reader, found);
            assert!(user["email"].as_str().unwrap().ends_with("@piedpiper.example") && user["active"] == true);
            assert_ne!(user["verified"], true, "{user}");
        }
        let instants: Vec<_> = answers[1][1..].iter().map(|user| user["insertInstant"].as_u64().unwrap()).collect();
        assert!(instants.iter().all(|instant| *instant >= 1_767_225_600_000), "{instants:?}");
        assert!(instants.is_sorted_by(|left, right| left >= right), "{instants:?}");
        assert!(answers[2].len() > 1, "{answers:?}");
        for found in &answers[2][1..] {
            let user = user(reader, found);
            let is_admin = |registration: &Value| {
                registration["applicationId"] == PIED_PIPER_APPLICATION_ID
                    && registration["roles"].as_array().unwrap().contains(&json!("admin"))
            };
            assert!(user["registrations"].as_array().unwrap().iter().any(is_admin), "{user}");
        }
    });
}

/// The rows of the guide's table are queries, too.
#[test]
fn every_query_that_search_users_shows_is_understood() {
    let mut client = crate::support::client::Client::start_with(&[], &["--sandbox".to_owned()]);
    client.initialize("2025-11-25");
    let guide = client.call("describe_tool", json!({ "names": ["search-users"] })).text;
    let rows: Vec<_> = guide.lines().filter(|line| line.starts_with("| ") && line.contains('`')).skip(1).collect();
    let queries: Vec<_> = rows.iter().flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    assert!(queries.len() >= 7, "{guide}");
    for query in queries {
        let search = json!({ "requestBody": { "search": { "queryString": query } }, "jq": ".total" });
        let answer = client.call("searchUsersByQueryWithId", search);
        assert!(!answer.is_error, "{query}: {}", answer.text);
    }
}

#[test]
fn user_roles() {
    in_both_modes(&[], |walk, reader| {
        walk.know("roleName", "member");
        walk.know("newRoleName", "moderator");
        let before = read(reader, "retrieveUserWithId", json!({ "userId": RICHARD_ID }), "user");
        let has = |user: &Value, id: &str| {
            user["registrations"].as_array().unwrap().iter().any(|registration| registration["applicationId"] == id)
        };
        assert!(!has(&before, PIPERCHAT_APPLICATION_ID), "{before}");
        let answers = walk.guide(
            "user-roles",
            &json!({ "user": "richard@piedpiper.example", "application": "PiperChat" }),
            &[
                Make("searchUsersByQueryWithId", &[("userId", "/1/id")]),
                Make("searchApplicationsWithId", &[("applicationId", "/0/id"), ("tenantId", "/0/tenantId")]),
                Make("retrieveGroups", &[]),
                Make("registerWithId", &[]),
                Make("patchRegistrationWithId", &[]),
                LeaveOut("deleteUserRegistrationWithId", "the registration is looked at first"),
            ],
        );
        assert_eq!(walk.known["userId"], RICHARD_ID);
        let names: Vec<_> = answers[1][0]["roles"].as_array().unwrap().iter().map(|role| &role["name"]).collect();
        assert_eq!(names, ["moderator", "member"]);
        let group = answers[2].iter().find(|group| group["name"] == "Engineering").unwrap();
        assert_eq!(group["roles"][PIED_PIPER_APPLICATION_ID], json!(["engineer"]));
        assert!(answers[0][1]["groups"].as_array().unwrap().contains(&group["id"]));
        let of = json!({ "userId": RICHARD_ID, "applicationId": PIPERCHAT_APPLICATION_ID });
        let registration = read(reader, "retrieveRegistrationWithId", of, "registration");
        assert_eq!(registration["roles"], json!(["member", "moderator"]));

        let blocks = walk.prompted("user-roles", &json!({ "user": "richard", "application": "PiperChat" }));
        walk.make(&blocks[5]);
        let after = read(reader, "retrieveUserWithId", json!({ "userId": RICHARD_ID }), "user");
        assert_eq!(after["registrations"], before["registrations"], "all others stay");
        assert!(!has(&after, AVIATO_APPLICATION_ID));
    });
}

#[test]
fn default_tenant() {
    in_both_modes(&READING, |walk, _| {
        let steps = [Make("retrieveApplicationWithId", &[]), Make("searchTenantsWithId", &[])];
        let answers = walk.guide("default-tenant", &json!({}), &steps);
        assert_eq!(answers[0], [json!({ "name": "FusionAuth", "tenantId": DEFAULT_TENANT_ID })]);
        assert!(answers[1].iter().any(|tenant| tenant["id"] == DEFAULT_TENANT_ID && tenant["name"] == "Pied Piper"));
    });
}

#[test]
fn personal_data() {
    in_both_modes(&[], |walk, reader| {
        walk.know("tenantId", DEFAULT_TENANT_ID);
        let everybody = json!({ "search": { "queryString": "*", "numberOfResults": 1, "accurateTotal": true } });
        let everybody = json!({ "requestBody": everybody });
        let before = read(reader, "searchUsersByQueryWithId", everybody.clone(), "total");
        let steps = [
            Make("searchUsersByQueryWithId", &[("userId", "/1/id")]),
            Make("retrieveUserWithId", &[]),
            LeaveOut("deleteUserWithId", "the export comes first"),
        ];
        let answers = walk.guide("personal-data", &json!({ "user": DINESH }), &steps);
        assert_eq!((&answers[1][0]["id"], &answers[1][0]["email"]), (&json!(DINESH_ID), &json!(DINESH)));
        assert!(answers[1][0]["registrations"].is_array());
        let answers = walk.part(
            "personal-data-calls.md",
            &[
                Make("searchLoginRecordsWithId", &[]),
                Make("retrieveUserConsentsWithId", &[]),
                Make("retrieveUserCommentsWithId", &[]),
                Make("retrieveUserActioning", &[]),
                Make("retrieveRefreshTokensWithId", &[]),
                Make("retrieveFamiliesWithId", &[]),
                Make("retrieveIdentityProviderLink", &[]),
                Make("retrieveWebAuthnCredentialsForUserWithId", &[]),
                Make("searchEntityGrantsWithId", &[]),
            ],
        );
        let logins = answers[0][0]["logins"].as_array().unwrap();
        assert!(!logins.is_empty() && logins.iter().all(|login| login["userId"] == DINESH_ID), "{logins:?}");

        let blocks = walk.prompted("personal-data", &json!({ "user": DINESH }));
        walk.make(&blocks[2]);
        assert!(reader.call("retrieveUserWithId", json!({ "userId": DINESH_ID })).is_error);
        let after = read(reader, "searchUsersByQueryWithId", everybody, "total");
        assert_eq!(after.as_u64().unwrap() + 1, before.as_u64().unwrap());
    });
}
