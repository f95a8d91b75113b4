//! Reports about logins and registrations.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::Response,
    object::{Object, items, text},
    patch,
};

/// Answers calls for reports.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    let report = match call.api_path()?.strip_prefix("report/")? {
        "totals" => totals(call),
        "login" | "registration" => json!({ "hourlyCounts": [], "total": call.state.all("login").len() }),
        "daily-active-user" => json!({ "dailyActiveUsers": [], "total": 0 }),
        "monthly-active-user" => json!({ "monthlyActiveUsers": [], "total": 0 }),
        _ => return None,
    };
    Some(Ok(Response::ok(report)))
}

fn totals(call: &Call<'_>) -> Value {
    let users = call.state.all("user");
    let mut applications = Object::new();
    for application in call.state.all("application") {
        let id = text(application, "id");
        let registrations = users
            .iter()
            .flat_map(|user| items(user, "registrations"))
            .filter(|registration| registration.get("applicationId") == Some(&json!(id)))
            .count();
        let totals = json!({ "logins": 0, "registrations": registrations, "totalRegistrations": registrations });
        applications.insert(id.to_owned(), totals);
    }
    let mut report = json!({ "globalRegistrations": users.len(), "totalGlobalRegistrations": users.len() });
    if !call.query_values("excludes").iter().any(|part| part == "applicationTotals") {
        patch::merge(&mut report, &json!({ "applicationTotals": applications }));
    }
    report
}
