//! Many users at once: bulk deletion and import.

use serde_json::{Value, json};

use super::{login_rules, user};
use crate::{
    answers::{objects, reports},
    call::{Answer, Call},
    defaults,
    exchange::Response,
    object::{Object, default, into_object, items, set, text, text_if_any},
    query,
};

/// Answers the bulk deletion and the import of users.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "user/bulk" => Some(delete_many(call)),
        "user/import" => Some(import(call)),
        _ => None,
    }
}

fn delete_many(call: &mut Call<'_>) -> Answer {
    let mut ids: Vec<_> = items(&call.body, "userIds").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    ids.extend(call.query_values("userId"));
    let given =
        |name: &str| Some(call.body_text(name)).filter(|query| !query.is_empty()).or_else(|| call.query_value(name));
    let query: Object = ["query", "queryString"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), Value::String(given(name)?))))
        .collect();
    let condition = if query.is_empty() { None } else { Some(query::condition(&query)?) };
    let now = call.state.now();
    let found = call.state.all("user").iter().filter(|user| {
        ids.iter().any(|id| id == text(user, "id"))
            || condition.as_ref().is_some_and(|condition| condition.matches(user, now))
    });
    let found: Vec<String> = found.map(|user| text(user, "id").to_owned()).collect();
    let flag = |name: &str| call.query_flag(name) || call.body.get(name) == Some(&json!(true));
    let (is_dry_run, is_hard) = (flag("dryRun"), flag("hardDelete"));
    for id in found.iter().filter(|_| !is_dry_run) {
        if is_hard {
            call.state.remove("user", |user| text(user, "id") == id);
            objects::delete_dependents(call, "user", id);
        } else if let Some(user) = call.state.get_mut("user", id) {
            set(user, "active", false);
        }
    }
    Ok(Response::ok(json!({ "dryRun": is_dry_run, "hardDelete": is_hard, "total": found.len(), "userIds": found })))
}

fn import(call: &mut Call<'_>) -> Answer {
    let users = items(&call.body, "users").to_vec();
    let mut ready = Vec::new();
    for (index, user) in users.into_iter().enumerate() {
        let mut user = into_object(user);
        let tenant_id = match text_if_any(&user, "tenantId") {
            Some(own) => own.to_owned(),
            None => call.owning_tenant()?,
        };
        let Some(login_id) = text_if_any(&user, "email").or_else(|| text_if_any(&user, "username")) else {
            let field = format!("users[{index}].email");
            return Err(Response::field("blank", &field, "You must specify an email address or a username."));
        };
        if user::by_login(call, login_id).is_some() {
            return Err(Response::field(
                "duplicate",
                &format!("users[{index}].email"),
                format!("[{login_id}] is taken."),
            ));
        }
        set(&mut user, "tenantId", tenant_id.as_str());
        if let Some(email) = text_if_any(&user, "email") {
            login_rules::check_email(call, &tenant_id, &format!("users[{index}].email"), email)?;
        }
        // With a scheme it is a hash, which no rule can be held against.
        if let (Some(password), None) = (text_if_any(&user, "password"), text_if_any(&user, "encryptionScheme")) {
            login_rules::check_password(call, &user, &format!("users[{index}].password"), password)?;
        }
        let (id, now) = (call.state.new_id(), call.state.now());
        default(&mut user, "id", id);
        default(&mut user, "active", true);
        default(&mut user, "verified", true);
        defaults::add("user", &mut user);
        default(&mut user, "insertInstant", now);
        default(&mut user, "lastUpdateInstant", now);
        ready.push(user);
    }
    for mut user in ready {
        login_rules::keep(call, &mut user);
        let now = call.state.now();
        reports::register(call.state, None, now);
        for registration in items(&user, "registrations").iter().filter_map(Value::as_object) {
            reports::register(call.state, Some(text(registration, "applicationId")), now);
        }
        call.state.put("user", user);
    }
    Ok(Response::empty(200))
}
