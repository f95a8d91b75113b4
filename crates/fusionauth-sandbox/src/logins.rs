//! Logins and what is told of them: tokens, records, reports, logs.

use openapi_tools::operation::Method;
use serde_json::{Value, json};

use crate::{
    exchange::{Refusal, Response},
    instance::Call,
    query,
    state::{Object, into_object, text},
    users,
};

/// Answers, where the request is about one of these.
pub(crate) fn answer(call: &mut Call<'_>) -> Option<Result<Response, Refusal>> {
    let template = call.operation.path_template();
    Some(match template.as_str() {
        "/api/login" if call.operation.method == Method::Post => login(call),
        "/api/login" | "/api/login/{userId}/{applicationId}" => ping(call),
        "/api/jwt/validate" | "/oauth2/userinfo" => claims(call),
        "/api/jwt/refresh" if call.operation.method == Method::Get => {
            let id = call.query_value("userId").unwrap_or_default();
            let tokens: Vec<_> =
                call.state.all("refresh-token").iter().filter(|token| text(token, "userId") == id).collect();
            Ok(Response::ok(json!({ "refreshTokens": tokens })))
        }
        "/api/jwt/refresh" if call.operation.method == Method::Delete => {
            let (user, token) = (call.query_value("userId"), call.query_value("token"));
            let application = call.query_value("applicationId");
            call.state.remove("refresh-token", |known| {
                let is_user = user.as_deref() == Some(text(known, "userId"));
                let is_application = application.as_deref() == Some(text(known, "applicationId"));
                let is_token = token.as_deref() == Some(text(known, "token"));
                is_token || (is_user && (is_application || application.is_none())) || (is_application && user.is_none())
            });
            Ok(Response::empty(200))
        }
        "/api/jwt/refresh/{tokenId}" => refresh_token(call),
        "/api/logout" => Ok(Response::empty(200)),
        "/api/report/totals" => Ok(totals(call)),
        "/api/report/login" | "/api/report/registration" => {
            Ok(Response::ok(json!({ "hourlyCounts": [], "total": records(call) })))
        }
        "/api/report/daily-active-user" => Ok(Response::ok(json!({ "dailyActiveUsers": [], "total": 0 }))),
        "/api/report/monthly-active-user" => Ok(Response::ok(json!({ "monthlyActiveUsers": [], "total": 0 }))),
        "/api/user/recent-login" => {
            let (user, application) = (call.query_value("userId"), call.query_value("applicationId"));
            let logins: Vec<_> = call
                .state
                .all("login")
                .iter()
                .rev()
                .filter(|login| user.as_deref().is_none_or(|id| text(login, "userId") == id))
                .filter(|login| application.as_deref().is_none_or(|id| text(login, "applicationId") == id))
                .take(call.query_value("limit").and_then(|limit| limit.parse().ok()).unwrap_or(10))
                .collect();
            Ok(Response::ok(json!({ "logins": logins })))
        }
        "/api/system/login-record/search" => Ok(search(call, "login", "logins")),
        "/api/system/audit-log/search" => Ok(search(call, "audit-log", "auditLogs")),
        "/api/system/event-log/search" => Ok(search(call, "event-log", "eventLogs")),
        "/api/system/webhook-event-log/search" => Ok(search(call, "webhook-event-log", "webhookEventLogs")),
        "/api/system/audit-log" => audit(call),
        "/api/system/audit-log/{auditLogId}" => log(call, "audit-log", "auditLog"),
        "/api/system/event-log/{eventLogId}" => log(call, "event-log", "eventLog"),
        "/api/system/webhook-event-log/{webhookEventLogId}" => log(call, "webhook-event-log", "webhookEventLog"),
        "/api/system/webhook-attempt-log/{webhookAttemptLogId}" => {
            log(call, "webhook-attempt-log", "webhookAttemptLog")
        }
        _ => return None,
    })
}

fn login(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let (login_id, password) = (call.body_text("loginId"), call.body_text("password"));
    let user = users::by_login(call, &login_id).ok_or_else(Response::not_found)?;
    let user_id = text(&user, "id").to_owned();
    if call.state.get("password", &user_id).is_none_or(|known| text(known, "password") != password) {
        return Err(Response::not_found());
    }
    let now = call.state.now();
    if user.get("active") == Some(&json!(false)) {
        return Err(Response::empty(423));
    }
    if user.get("expiry").and_then(Value::as_u64).is_some_and(|expiry| expiry < now) {
        return Err(Response::empty(410));
    }
    let preventing: Vec<_> = call
        .state
        .all("action")
        .iter()
        .filter(|action| text(action, "actioneeUserId") == user_id && users::is_running(action, now))
        .filter(|action| action.get("preventLogin") == Some(&json!(true)))
        .map(|action| json!({ "actionId": action.get("id"), "name": action.get("name"), "expiry": action.get("expiry") }))
        .collect();
    if let Some(first) = preventing.first() {
        let mut body = first.clone();
        crate::patch::merge(&mut body, &json!({ "actions": preventing }));
        return Err(Response { status: 409, body: Some(body) });
    }
    let application_id = call.body_text("applicationId");
    let registrations = user.get("registrations").and_then(Value::as_array);
    let is_registered = registrations.is_some_and(|list| {
        list.iter().any(|registration| registration.get("applicationId") == Some(&json!(application_id)))
    });
    let token = format!("sandbox.{}", call.state.new_code());
    call.state.put("access-token", into_object(json!({ "id": token, "userId": user_id })));
    let (refresh_id, refresh) = (call.state.new_id(), call.state.new_code());
    let body = json!({
        "token": token, "tokenExpirationInstant": now + 3_600_000, "refreshToken": refresh, "refreshTokenId": refresh_id,
        "user": users::shown(call, &user),
    });
    let session = json!({
        "id": refresh_id, "token": refresh, "userId": user_id, "applicationId": application_id, "insertInstant": now,
        "startInstant": now, "tenantId": text(&user, "tenantId"),
    });
    call.state.put("refresh-token", into_object(session));
    record(call, &user, &application_id, now);
    Ok(Response { status: if is_registered || application_id.is_empty() { 200 } else { 202 }, body: Some(body) })
}

/// Writes a login down.
fn record(call: &mut Call<'_>, user: &Object, application_id: &str, now: u64) {
    let user_id = text(user, "id").to_owned();
    let id = call.state.new_id();
    let login = json!({
        "id": id, "userId": user_id, "applicationId": application_id, "instant": now, "ipAddress": "127.0.0.1",
        "loginId": text(user, "email"),
    });
    call.state.put("login", into_object(login));
    if let Some(user) = call.state.get_mut("user", &user_id) {
        user.insert("lastLoginInstant".to_owned(), json!(now));
    }
}

fn ping(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let from_body = (call.body_text("userId"), call.body_text("applicationId"));
    let (user_id, application_id) =
        if call.path_values.is_empty() { from_body } else { (call.path_value(0), call.path_value(1)) };
    let user = call.visible("user", &user_id)?;
    let now = call.state.now();
    record(call, &user, &application_id, now);
    Ok(Response::ok(json!({ "user": users::shown(call, &user) })))
}

fn claims(call: &Call<'_>) -> Result<Response, Refusal> {
    let id = call.bearer_user_id.clone().unwrap_or_default();
    let user = call.state.get("user", &id).ok_or_else(|| Response::empty(401))?;
    let claims = json!({ "sub": id, "email": text(user, "email") });
    let is_userinfo = call.operation.path_template() == "/oauth2/userinfo";
    Ok(Response::ok(if is_userinfo { claims } else { json!({ "jwt": claims }) }))
}

fn refresh_token(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let id = call.path_value(0);
    let token = call.visible("refresh-token", &id)?;
    if call.operation.method == Method::Delete {
        call.state.remove("refresh-token", |known| text(known, "id") == id);
        return Ok(Response::empty(200));
    }
    Ok(Response::ok(json!({ "refreshToken": token })))
}

fn records(call: &Call<'_>) -> usize {
    call.state.all("login").len()
}

fn totals(call: &Call<'_>) -> Response {
    let users = call.state.all("user");
    let mut applications = Object::new();
    for application in call.state.all("application") {
        let id = text(application, "id");
        let registrations = users
            .iter()
            .filter_map(|user| user.get("registrations").and_then(Value::as_array))
            .flatten()
            .filter(|registration| registration.get("applicationId") == Some(&json!(id)))
            .count();
        let totals = json!({ "logins": 0, "registrations": registrations, "totalRegistrations": registrations });
        applications.insert(id.to_owned(), totals);
    }
    let mut report = json!({ "globalRegistrations": users.len(), "totalGlobalRegistrations": users.len() });
    if !call.query_values("excludes").iter().any(|part| part == "applicationTotals") {
        crate::patch::merge(&mut report, &json!({ "applicationTotals": applications }));
    }
    Response::ok(report)
}

fn search(call: &Call<'_>, collection: &str, many: &str) -> Response {
    let mut criteria = call.criteria();
    let bound = |key: &str, criteria: &mut Object| criteria.remove(key).as_ref().and_then(Value::as_u64);
    let (start, end) = (bound("start", &mut criteria), bound("end", &mut criteria));
    let instant = |object: &Object| {
        ["instant", "insertInstant"].iter().find_map(|key| object.get(*key).and_then(Value::as_u64)).unwrap_or_default()
    };
    let found = call.state.all(collection).iter().filter(|object| {
        start.is_none_or(|start| instant(object) >= start)
            && end.is_none_or(|end| instant(object) <= end)
            && query::has_criteria(object, &criteria)
    });
    let found = found.collect();
    Response::ok(call.page(many, found, &criteria, |object| {
        let mut object = object.clone();
        if collection == "login" {
            object.remove("id");
        }
        json!(object)
    }))
}

fn audit(call: &mut Call<'_>) -> Result<Response, Refusal> {
    let mut entry = call.body_object("auditLog")?;
    for property in ["insertUser", "message"] {
        if text(&entry, property).is_empty() {
            let field = format!("auditLog.{property}");
            return Err(Response::field("blank", &field, format!("You must specify the [{field}] property.")));
        }
    }
    let (number, now) = (call.state.all("audit-log").len() + 1, call.state.now());
    entry.insert("id".to_owned(), json!(number));
    entry.insert("insertInstant".to_owned(), json!(now));
    call.state.put_numbered("audit-log", entry.clone());
    Ok(Response::ok(json!({ "auditLog": entry })))
}

fn log(call: &Call<'_>, collection: &str, one: &str) -> Result<Response, Refusal> {
    let id = call.path_value(0);
    let entries = call.state.all(collection).iter();
    let mut entries =
        entries.filter(|entry| entry.get("id").is_some_and(|own| own.to_string().trim_matches('"') == id));
    let entry = entries.next().ok_or_else(Response::not_found)?;
    Ok(Response::ok(json!({ one: entry })))
}
