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
