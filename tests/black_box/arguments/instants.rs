//! Instants as dates, date-times and relative times.

use serde_json::json;

use super::calling::Calling;
use crate::support::USER_ID;

#[test]
fn parameters_take_dates() {
    let mut calling = Calling::start();
    let call = json!({ "start": "2025-11-25", "end": "2025-11-25" });
    let (line, request) = calling.sent("retrieveReportLogin", call);
    assert_eq!(request.target, "/api/report/login?start=1764028800000&end=1764115199999");
    for note in
        ["start sent as 1764028800000 (2025-11-25T00:00:00Z)", "end sent as 1764115199999 (2025-11-25T23:59:59.999Z)"]
    {
        assert!(line.contains(note), "{line}");
    }
    let call = json!({ "start": "2025-11-25T02:00:00+02:00", "end": "1764028800000" });
    assert_eq!(calling.target("retrieveReportLogin", call), "/api/report/login?start=1764028800000&end=1764028800000");
}

/// Digits that nobody means as milliseconds: a date is one, and of others it is said what they would be.
#[test]
fn digits_that_are_no_milliseconds_are_not_sent_as_such() {
    let mut calling = Calling::start();
    let call = json!({ "start": "20240101", "end": " 20240131 " });
    let (line, request) = calling.sent("retrieveReportLogin", call);
    assert_eq!(request.target, "/api/report/login?start=1704067200000&end=1706745599999");
    assert!(line.contains("start sent as 1704067200000 (2024-01-01T00:00:00Z)"), "{line}");
    for (start, told) in [
        (json!(20_240_101), "as milliseconds it is 20240101 (1970-01-01T05:37:20.101Z); the date is \"2024-01-01\""),
        (json!("2024"), "the start of the year is \"2024-01-01\""),
        (json!(202_401), "the start of the month is \"2024-01-01\""),
        (json!("1704067200"), "as seconds it would be 1704067200000, \"2024-01-01T00:00:00Z\""),
        (json!(1_704_067_200_000_000_u64), "as microseconds it would be 1704067200000"),
    ] {
        calling.refused(
            "retrieveReportLogin",
            json!({ "start": start, "end": 0 }),
            &["- start: as milliseconds", told],
        );
    }
    let expiry = json!({ "userId": USER_ID, "requestBody": { "user": { "expiry": 1_767_225_600 } } });
    calling.refused(
        "patchUserWithId",
        expiry,
        &["requestBody.user.expiry: as milliseconds it is 1767225600 (1970-01-21T"],
    );
    let date = json!({ "userId": USER_ID, "requestBody": { "user": { "expiry": "20300101" } } });
    assert_eq!(calling.body("patchUserWithId", date).1, json!({ "user": { "expiry": 1_893_456_000_000_i64 } }));
    // Any moment can be given as milliseconds, but for those.
    for start in [0, 1, -1, 86_400_000, 1_704_067_200_000_i64] {
        let target =
            calling.target("retrieveReportLogin", json!({ "start": start, "end": "1970-01-20T17:21:07.200Z" }));
        assert_eq!(target, format!("/api/report/login?start={start}&end=1704067200"));
    }
}

#[test]
fn parameters_take_relative_times() {
    let mut calling = Calling::start();
    let (line, request) = calling.sent("retrieveReportLogin", json!({ "start": "-30d", "end": "now" }));
    let query = request.target.split_once('?').unwrap().1;
    let value = |name: &str| {
        let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap();
        pair.parse::<i64>().unwrap()
    };
    // The two are read one after the other by a clock that goes on.
    let distance = value("end=") - value("start=") - 30 * 86_400_000;
    assert!((-86_400_000..86_400_000).contains(&distance), "{distance}");
    assert!(line.contains("start sent as ") && line.contains("end sent as "), "{line}");
    for wrong in ["yesterday", "30d", "2025-02-30", "2025-11-25T10:00 PST"] {
        calling.refused(
            "retrieveReportLogin",
            json!({ "start": wrong, "end": 0 }),
            &["start: expected an instant (milliseconds since 1970, a date", "or a relative time such as -30d)"],
        );
    }
}

#[test]
fn bodies_take_dates_and_no_relative_times() {
    let mut calling = Calling::start();
    let search = json!({ "requestBody": { "search": { "start": "2025-11-25", "end": "2025-11-25", "user": "a" } } });
    let (line, body) = calling.body("searchAuditLogsWithId", search);
    assert_eq!(
        body,
        json!({ "search": { "start": 1_764_028_800_000_i64, "end": 1_764_115_199_999_i64, "user": "a" } })
    );
    assert!(line.contains("requestBody.search.end sent as 1764115199999"), "{line}");
    let user = |expiry: &str| json!({ "userId": USER_ID, "requestBody": { "user": { "expiry": expiry } } });
    let (_, body) = calling.body("patchUserWithId", user("2030-01-01T12:00:00Z"));
    assert_eq!(body, json!({ "user": { "expiry": 1_893_499_200_000_i64 } }));
    for wrong in ["now", "-30d", "never"] {
        calling.refused("patchUserWithId", user(wrong), &["requestBody.user.expiry: expected an instant (milli"]);
    }
}

#[test]
fn search_strings_are_left_alone() {
    let mut calling = Calling::start();
    let query = json!({ "requestBody": { "search": { "queryString": "lastLoginInstant:[2025-11-25 TO now]" } } });
    let (line, body) = calling.body("searchUsersByQueryWithId", query.clone());
    assert_eq!((line.as_str(), body), ("200 OK", query["requestBody"].clone()));
    let user =
        json!({ "requestBody": { "user": { "birthDate": "1976-05-30", "data": { "insertInstant": "2025-11-25" } } } });
    assert_eq!(calling.body("createUser", user.clone()).1, user["requestBody"]);
}
