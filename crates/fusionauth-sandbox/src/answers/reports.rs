//! Reports about logins, registrations and active users.
//!
//! They count as documented, in the timezone UTC: <https://fusionauth.io/docs/apis/reports>.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{logs::instant, users::user};
use crate::{
    call::{Answer, Call},
    exchange::{Refusal, Response},
    object::{Object, items, set, text, text_if_any},
    patch,
    state::State,
};

/// The log of registrations, which deleted users stay in.
const REGISTRATIONS: &str = "registration-record";

const HOUR: u64 = 3_600_000;
const DAY: u64 = 24 * HOUR;

/// Answers calls for reports.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    Some(match call.api_path()?.strip_prefix("report/")? {
        "totals" => Ok(Response::ok(totals(call))),
        "login" => logins(call),
        "registration" => registrations(call),
        "daily-active-user" => active_users(call, "dailyActiveUsers", &|instant| instant / DAY),
        "monthly-active-user" => active_users(call, "monthlyActiveUsers", &months),
        _ => return None,
    })
}

/// Remembers that somebody was registered: in an application, or as a new user if none is given.
pub fn register(state: &mut State, application_id: Option<&str>, instant: u64) {
    let mut record = Object::new();
    set(&mut record, "instant", instant);
    if let Some(id) = application_id {
        set(&mut record, "of", id);
    }
    state.put_numbered(REGISTRATIONS, record);
}

/// The months from January 1970 to an instant.
fn months(instant: u64) -> u64 {
    // Howard Hinnant's algorithm for a day's date, with years that begin in March.
    let day = instant / DAY + 719_468;
    let (era, day_of_era) = (day / 146_097, day % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    (era * 400 + year_of_era) * 12 + month_from_march + 2 - 1970 * 12
}

/// The interval that a report covers: those of its start and its end, and all between.
struct Period<'u> {
    unit: &'u dyn Fn(u64) -> u64,
    first: u64,
    last: u64,
}

impl<'u> Period<'u> {
    /// Reads `start` and `end`. An end exactly where an interval begins is the end of the one before.
    fn of(call: &Call<'_>, unit: &'u dyn Fn(u64) -> u64) -> Result<Self, Refusal> {
        let bound = |name: &str| {
            let given = call.query_value(name).ok_or_else(|| Response::missing(name))?;
            given.parse::<u64>().map_err(|_| Response::field("invalid", name, format!("[{given}] is no instant.")))
        };
        let (start, end) = (bound("start")?, bound("end")?);
        Ok(Self { unit, first: unit(start), last: unit(end.saturating_sub(1).max(start)) })
    }

    fn interval(&self, instant: u64) -> Option<u64> {
        let interval = (self.unit)(instant);
        (self.first..=self.last).contains(&interval).then_some(interval)
    }
}

/// A report as responses have it. Intervals without anything are left out.
fn report(key: &str, counts: &BTreeMap<u64, usize>) -> Answer {
    let list: Vec<Value> =
        counts.iter().map(|(interval, count)| json!({ "interval": interval, "count": count })).collect();
    Ok(Response::ok(json!({ key: list, "total": counts.values().sum::<usize>() })))
}

fn hourly<'e>(period: &Period<'_>, entries: impl Iterator<Item = &'e Object>) -> Answer {
    let mut counts = BTreeMap::new();
    for interval in entries.filter_map(|entry| period.interval(instant(entry))) {
        *counts.entry(interval).or_default() += 1;
    }
    report("hourlyCounts", &counts)
}

fn is_of_application(call: &Call<'_>) -> impl Fn(&&Object) -> bool + use<> {
    let wanted = call.query_value("applicationId");
    move |login| wanted.as_deref().is_none_or(|id| text(login, "applicationId") == id)
}

fn logins(call: &Call<'_>) -> Answer {
    let period = Period::of(call, &|instant| instant / HOUR)?;
    let user_id = match (call.query_value("loginId"), call.query_value("userId")) {
        (Some(login_id), _) => {
            let user = user::by_login(call, &login_id).ok_or_else(Response::not_found)?;
            Some(text(&user, "id").to_owned())
        }
        (None, user_id) => user_id,
    };
    let logins = call.state.all("login").iter().filter(is_of_application(call));
    hourly(&period, logins.filter(|login| user_id.as_deref().is_none_or(|id| text(login, "userId") == id)))
}

fn registrations(call: &Call<'_>) -> Answer {
    let period = Period::of(call, &|instant| instant / HOUR)?;
    let wanted = call.query_value("applicationId");
    let records = call.state.all(REGISTRATIONS).iter();
    hourly(&period, records.filter(|record| text_if_any(record, "of") == wanted.as_deref()))
}

fn active_users(call: &Call<'_>, key: &str, unit: &dyn Fn(u64) -> u64) -> Answer {
    let period = Period::of(call, unit)?;
    let mut users: BTreeMap<u64, BTreeSet<&str>> = BTreeMap::new();
    for login in call.state.all("login").iter().filter(is_of_application(call)) {
        if let Some(interval) = period.interval(instant(login)) {
            users.entry(interval).or_default().insert(text(login, "userId"));
        }
    }
    report(key, &users.into_iter().map(|(interval, users)| (interval, users.len())).collect())
}

fn totals(call: &Call<'_>) -> Value {
    let users = call.state.all("user");
    let ever = |id: Option<&str>| {
        call.state.all(REGISTRATIONS).iter().filter(|record| text_if_any(record, "of") == id).count()
    };
    let mut applications = Object::new();
    for application in call.state.all("application") {
        let id = text(application, "id");
        let registrations = users
            .iter()
            .flat_map(|user| items(user, "registrations"))
            .filter(|registration| registration.get("applicationId") == Some(&json!(id)))
            .count();
        let logins = call.state.all("login").iter().filter(|login| text(login, "applicationId") == id).count();
        let totals = json!({ "logins": logins, "registrations": registrations, "totalRegistrations": ever(Some(id)) });
        applications.insert(id.to_owned(), totals);
    }
    let mut report = json!({ "globalRegistrations": users.len(), "totalGlobalRegistrations": ever(None) });
    if !call.query_values("excludes").iter().any(|part| part == "applicationTotals") {
        patch::merge(&mut report, &json!({ "applicationTotals": applications }));
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_those_of_the_calendar() {
        for (instant, expected) in [
            (0, 0),
            (31 * DAY - 1, 0),
            (31 * DAY, 1),
            (951_782_399_999, 361), // The last instant of 28 February 2000.
            (951_868_799_999, 361), // And of the 29th.
            (951_868_800_000, 362),
            (1_767_225_599_999, 56 * 12 - 1),
            (1_767_225_600_000, 56 * 12),
        ] {
            assert_eq!(months(instant), expected, "{instant}");
        }
    }
}
