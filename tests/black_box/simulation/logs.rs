//! The logs and the reports follow what happened, and when.

use fusionauth_mcp::fusionauth::tools::DOCUMENT;
use fusionauth_sandbox::{
    exchange::Request,
    installation::DEFAULT_TENANT_ID,
    instance::Instance,
    seed::{
        DEACTIVATED_USER_ID, EXPIRED_USER_ID, GILFOYLE_ID, NO_EMAIL_USER_ID, NO_ROLES_USER_ID,
        PIED_PIPER_APPLICATION_ID, RICHARD_ID, RICHARD_PASSWORD, TWO_FACTOR_USER_ID, UNVERIFIED_USER_ID,
    },
};
use openapi_tools::model::operation::Method;
use serde_json::{Value, json};

use super::calls::{call, succeed};
use crate::support::{
    client::Client,
    sandbox::{API_KEY, Sandbox},
};

/// The first instant of a month of 2026, in ms since 1970.
fn month(number: u64) -> u64 {
    const DAYS: [u64; 7] = [0, 31, 59, 90, 120, 151, 181];
    1_767_225_600_000 + DAYS[usize::try_from(number - 1).unwrap()] * 86_400_000
}

fn report(client: &mut Client, tool: &str, start: u64, end: u64) -> Value {
    succeed(client, tool, json!({ "start": start, "end": end }))
}

fn intervals(report: &Value, key: &str) -> Vec<(u64, u64)> {
    let counts = report[key].as_array().unwrap().iter();
    counts.map(|count| (count["interval"].as_u64().unwrap(), count["count"].as_u64().unwrap())).collect()
}

#[test]
fn reports_count_by_hours_days_and_months() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let monthly = report(&mut client, "retrieveMonthlyActiveReportWithId", month(1), month(7));
    let months = intervals(&monthly, "monthlyActiveUsers");
    // January 2026 is the month 672 since January 1970.
    assert_eq!(months.iter().map(|(month, _)| *month).collect::<Vec<_>>(), [672, 673, 674, 675, 676, 677]);
    assert_eq!(monthly["total"], months.iter().map(|(_, count)| count).sum::<u64>());
    let june = report(&mut client, "retrieveMonthlyActiveReportWithId", month(6), month(7));
    assert_eq!(intervals(&june, "monthlyActiveUsers"), [*months.last().unwrap()]);
    // A user who comes on two days of a month counts twice a day and once a month.
    let daily = report(&mut client, "retrieveDailyActiveReportWithId", month(1), month(7));
    let hourly = report(&mut client, "retrieveReportLogin", month(1), month(7));
    let total = |report: &Value| report["total"].as_u64().unwrap();
    assert!(total(&monthly) < total(&daily) && total(&daily) <= total(&hourly), "{monthly} {daily} {hourly}");
    let nothing = report(&mut client, "retrieveDailyActiveReportWithId", month(7), month(7));
    assert_eq!(nothing, json!({ "dailyActiveUsers": [], "total": 0 }));
    let new = report(&mut client, "retrieveRegistrationReportWithId", month(1), month(7));
    assert_eq!(new["total"], 127);
    let in_may = report(&mut client, "retrieveRegistrationReportWithId", month(5), month(6));
    assert_eq!(in_may["total"], 7, "the people with unusual accounts");
}

#[test]
fn a_report_needs_its_period() {
    let instance = Instance::seeded(&DOCUMENT).unwrap();
    for (query, field) in [("start=1", "end"), ("end=1", "start"), ("start=-1&end=2", "start")] {
        let response = instance.handle(&Request {
            method: Method::Get,
            target: format!("/api/report/daily-active-user?{query}"),
            authorization: Some(API_KEY.to_owned()),
            tenant_id: None,
            content_type: None,
            body: Vec::new(),
        });
        assert_eq!(response.status, 400, "{query}");
        assert!(response.body.unwrap()["fieldErrors"][field].is_array(), "{query}");
    }
}

#[test]
fn what_happens_now_is_counted_at_once() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let now = month(7);
    let far = 4_102_444_800_000;
    let login = json!({ "loginId": "richard@piedpiper.example", "password": RICHARD_PASSWORD, "applicationId": PIED_PIPER_APPLICATION_ID });
    for _ in 0..2 {
        succeed(&mut client, "loginWithId", json!({ "requestBody": login }));
    }
    let wrong = json!({ "loginId": "richard@piedpiper.example", "password": "wrong" });
    assert_eq!(call(&mut client, "loginWithId", json!({ "requestBody": wrong })).0, 404);
    assert_eq!(report(&mut client, "retrieveReportLogin", now, far)["total"], 2, "failed ones leave no record");
    assert_eq!(report(&mut client, "retrieveMonthlyActiveReportWithId", now, far)["total"], 1);
    let of = |client: &mut Client, who: Value| {
        let mut arguments = json!({ "start": now, "end": far });
        arguments.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
        succeed(client, "retrieveReportLogin", arguments)["total"].clone()
    };
    assert_eq!(of(&mut client, json!({ "userId": RICHARD_ID })), 2);
    assert_eq!(of(&mut client, json!({ "loginId": "jared@piedpiper.example" })), 0);
    let before = succeed(&mut client, "retrieveTotalReportWithExcludesWithId", json!({}));
    succeed(&mut client, "deleteUserWithId", json!({ "userId": RICHARD_ID, "hardDelete": true }));
    let after = succeed(&mut client, "retrieveTotalReportWithExcludesWithId", json!({}));
    let numbers = |report: &Value| {
        let application = &report["applicationTotals"][PIED_PIPER_APPLICATION_ID];
        [
            &report["globalRegistrations"],
            &report["totalGlobalRegistrations"],
            &application["registrations"],
            &application["totalRegistrations"],
        ]
        .map(|number| number.as_u64().unwrap())
    };
    let [users, ever, registrations, registrations_ever] = numbers(&before);
    assert_eq!(
        numbers(&after),
        [users - 1, ever, registrations - 1, registrations_ever],
        "deleted users were there once"
    );
}

#[test]
fn the_audit_log_has_what_is_written_to_it_and_is_searched_by_every_criterion() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let mut found = |search: Value| {
        let found = succeed(&mut client, "searchAuditLogsWithId", json!({ "requestBody": { "search": search } }));
        let entries = found["auditLogs"].as_array().unwrap().iter();
        entries.map(|entry| entry["id"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let all = found(json!({}));
    assert_eq!(all, [6, 5, 4, 3, 2, 1], "the newest first");
    assert_eq!(found(json!({ "user": "gilfoyle" })), [4, 2]);
    assert_eq!(found(json!({ "user": "gilfoyle*", "message": "*tenant*" })), [4]);
    assert_eq!(found(json!({ "newValue": "smpt" })), [3]);
    assert_eq!(found(json!({ "oldValue": "smpt" })), [4]);
    assert_eq!(found(json!({ "reason": "misspelt" })), [4]);
    assert_eq!(found(json!({ "start": month(5), "end": month(6), "orderBy": "insertInstant ASC" })), [3, 4, 5]);
    assert_eq!(found(json!({ "message": "nobody did this" })), [0; 0]);
    let change = json!({ "userId": RICHARD_ID, "requestBody": { "user": { "lastName": "Bighetti" } } });
    succeed(&mut client, "patchUserWithId", change);
    let all = succeed(&mut client, "searchAuditLogsWithId", json!({ "requestBody": { "search": {} } }));
    assert_eq!(all["total"], 6, "the API writes none by itself, as documented");
    let entry = json!({ "auditLog": { "insertUser": "me", "message": "Renamed Richard" } });
    assert_eq!(succeed(&mut client, "createAuditLogWithId", json!({ "requestBody": entry }))["auditLog"]["id"], 7);
}

#[test]
fn the_incident_can_be_told_from_the_logs() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let search = json!({ "type": "Error", "start": month(5), "end": month(6), "orderBy": "insertInstant ASC" });
    let found = succeed(&mut client, "searchEventLogsWithId", json!({ "requestBody": { "search": search } }));
    let errors = found["eventLogs"].as_array().unwrap();
    assert_eq!(errors.len(), 4);
    assert!(errors.iter().all(|error| error["message"].as_str().unwrap().contains("smpt.piedpiper.example")));
    // The change that caused it lies before the first error, and the one that mended it after the last.
    let changes = json!({ "message": "Updated the tenant", "orderBy": "insertInstant ASC" });
    let changes = succeed(&mut client, "searchAuditLogsWithId", json!({ "requestBody": { "search": changes } }));
    let instant = |entry: &Value| entry["insertInstant"].as_u64().unwrap();
    assert!(instant(&changes["auditLogs"][0]) < instant(&errors[0]));
    assert!(instant(&changes["auditLogs"][1]) > instant(&errors[3]));
    let user = succeed(&mut client, "retrieveUserWithId", json!({ "userId": UNVERIFIED_USER_ID }));
    assert_eq!(user["user"]["verified"], false, "the mail to her was among those that failed");
}

#[test]
fn the_seed_has_accounts_in_every_state() {
    let sandbox = Sandbox::start(&[]);
    let mut client = sandbox.client();
    let mut user = |id: &str| succeed(&mut client, "retrieveUserWithId", json!({ "userId": id }))["user"].clone();
    assert_eq!(user(DEACTIVATED_USER_ID)["active"], false);
    assert!(user(EXPIRED_USER_ID)["expiry"].as_u64().unwrap() < month(7));
    assert_eq!(user(NO_ROLES_USER_ID)["registrations"][0]["roles"], json!([]));
    let robot = user(NO_EMAIL_USER_ID);
    assert_eq!((robot.get("email"), &robot["username"]), (None, &json!("build-robot")));
    for (id, method) in [(TWO_FACTOR_USER_ID, "sms"), (GILFOYLE_ID, "email")] {
        assert_eq!(user(id)["twoFactor"]["methods"][0]["method"], method);
    }
    let mut count = |query: &str| {
        let search = json!({ "search": { "queryString": query, "numberOfResults": 500 } });
        succeed(&mut client, "searchUsersByQueryWithId", json!({ "requestBody": search }))["users"].clone()
    };
    let namesakes = count("email:russ@aviato.example");
    let tenants: Vec<_> = namesakes.as_array().unwrap().iter().map(|user| &user["tenantId"]).collect();
    assert_eq!(tenants.len(), 2);
    assert!(tenants.contains(&&json!(DEFAULT_TENANT_ID)) && tenants[0] != tenants[1]);
    let everybody = count("*");
    let everybody = everybody.as_array().unwrap();
    let never = everybody.iter().filter(|user| user.get("lastLoginInstant").is_none()).count();
    assert!(never > 20 && never < everybody.len() / 2, "{never} of {} never signed in", everybody.len());
    let mut instants: Vec<_> =
        everybody.iter().map(|user| user["insertInstant"].as_u64().unwrap() / 86_400_000).collect();
    instants.sort_unstable();
    instants.dedup();
    assert!(instants.len() > 80, "they came on {} days", instants.len());
    assert!(everybody.iter().all(|user| {
        user["lastLoginInstant"].as_u64().is_none_or(|last| last >= user["insertInstant"].as_u64().unwrap())
    }));
}
