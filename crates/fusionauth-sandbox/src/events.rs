//! The events that a call causes, with the contents that FusionAuth documents for them.
//!
//! Source: <https://fusionauth.io/docs/extend/events-and-webhooks/events/>.

use serde_json::{Value, json};

use crate::{
    answers::users::user,
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{Object, into_object, items, set, text, text_if_any},
};

/// What happened.
#[derive(Debug, PartialEq)]
pub struct Event {
    /// The type, such as `user.create`.
    pub kind: &'static str,
    /// The tenant; none for events of the whole instance.
    pub tenant_id: Option<String>,
    /// The object that it is about.
    pub linked_id: Option<String>,
    /// The properties besides those that every event has.
    pub properties: Object,
}

/// What an event tells of the state before the call: the object that is changed, or all memberships of groups.
pub fn before(call: &Call<'_>) -> Option<Value> {
    if call.method == Method::Get || call.method == Method::Post {
        return None;
    }
    let id = call.path_value(0);
    match call.api_path()? {
        "user/{userId}" | "user/registration/{userId}" | "user/registration/{userId}/{applicationId}" => {
            call.state.get("user", &id).map(|known| user::shown(call, known))
        }
        "user/registration" => {
            let user_id = call.body.get("registration")?.get("userId")?.as_str()?;
            call.state.get("user", user_id).map(|known| user::shown(call, known))
        }
        "group/{groupId}" => call.state.get("group", &id).cloned().map(Value::Object),
        "group/member" | "group/member/{memberId}" => Some(json!(call.state.all("member"))),
        _ => None,
    }
}

/// The events that an answered call causes.
pub fn caused(call: &Call<'_>, before: Option<Value>, answer: &Answer) -> Vec<Event> {
    let body = match answer {
        Ok(response) => response.body.clone().unwrap_or_default(),
        Err(refusal) => return failed_login(call, refusal),
    };
    let Some(path) = call.api_path() else { return Vec::new() };
    let before = before.unwrap_or_default();
    match (path, call.method) {
        ("user" | "user/{userId}", Method::Post) => users_of(&body, &["user.create", "user.create.complete"], None),
        ("user/{userId}", Method::Delete) => {
            let kinds: &[&'static str] = match call.query_flag("hardDelete") {
                true => &["user.delete", "user.delete.complete"],
                false => &["user.deactivate"],
            };
            users_of(&json!({ "user": before }), kinds, None)
        }
        ("user/{userId}", _) if call.query_flag("reactivate") => users_of(&body, &["user.reactivate"], None),
        ("user/{userId}", Method::Put | Method::Patch) => changed_user(&body, &before),
        ("user/registration" | "user/registration/{userId}", method) => registered(call, method, &body, &before),
        ("user/registration/{userId}/{applicationId}", Method::Delete) => unregistered(call, &before),
        ("user/import", Method::Post) => imported(call),
        ("user/action", Method::Post) => actioned(call, &body),
        ("login", Method::Post) if body.get("user").is_some() => logged_in(call, &body),
        ("group" | "group/{groupId}", Method::Post) => groups_of(&body, &["group.create", "group.create.complete"]),
        ("group/{groupId}", Method::Delete) => {
            groups_of(&json!({ "group": before }), &["group.delete", "group.delete.complete"])
        }
        ("group/{groupId}", Method::Put | Method::Patch) => {
            let both = json!({ "group": body.get("group"), "original": before });
            groups_of(&both, &["group.update", "group.update.complete"])
        }
        ("group/member" | "group/member/{memberId}", Method::Delete) => removed_members(call, &before),
        ("group/member", Method::Post) => members(call, &body, &["group.member.add", "group.member.add.complete"]),
        ("group/member", Method::Put) => members(call, &body, &["group.member.update", "group.member.update.complete"]),
        ("system/audit-log", Method::Post) => {
            vec![Event { kind: "audit-log.create", tenant_id: None, linked_id: None, properties: into_object(body) }]
        }
        _ => Vec::new(),
    }
}

/// An event for each type, about the object under `key`, with all properties of the value.
fn about(key: &str, value: &Value, kinds: &[&'static str]) -> Vec<Event> {
    let Some(object) = value.get(key).and_then(Value::as_object) else { return Vec::new() };
    let of_kind = |kind: &&'static str| Event {
        kind,
        tenant_id: text_if_any(object, "tenantId").map(str::to_owned),
        linked_id: text_if_any(object, "id").map(str::to_owned),
        properties: into_object(value.clone()),
    };
    kinds.iter().map(of_kind).collect()
}

fn users_of(value: &Value, kinds: &[&'static str], other: Option<(&str, Value)>) -> Vec<Event> {
    let mut properties = json!({ "user": value.get("user") });
    if let (Some((key, other)), Some(properties)) = (other, properties.as_object_mut()) {
        set(properties, key, other);
    }
    about("user", &properties, kinds)
}

fn groups_of(value: &Value, kinds: &[&'static str]) -> Vec<Event> {
    about("group", value, kinds)
}

fn changed_user(body: &Value, before: &Value) -> Vec<Event> {
    let mut events = users_of(body, &["user.update", "user.update.complete"], Some(("original", before.clone())));
    let email = |user: &Value| user.get("email").cloned().unwrap_or_default();
    let previous = email(before);
    if body.get("user").map(email).is_some_and(|email| email != previous) {
        events.extend(users_of(body, &["user.email.update"], Some(("previousEmail", previous))));
    }
    events
}

fn registered(call: &Call<'_>, method: Method, body: &Value, before: &Value) -> Vec<Event> {
    let registration = body.get("registration").cloned().unwrap_or_default();
    let application_id = registration.get("applicationId").cloned().unwrap_or_default();
    let mut events = Vec::new();
    if call.body.contains_key("user") && method == Method::Post {
        events.extend(users_of(body, &["user.create", "user.create.complete"], None));
    }
    let known = before.get("registrations").and_then(Value::as_array);
    let original = known.into_iter().flatten().find(|known| known.get("applicationId") == Some(&application_id));
    let kinds = if method == Method::Post {
        ["user.registration.create", "user.registration.create.complete"]
    } else {
        ["user.registration.update", "user.registration.update.complete"]
    };
    let properties = json!({
        "applicationId": application_id, "registration": registration, "original": original, "user": body.get("user"),
    });
    events.extend(about("user", &properties, &kinds));
    events
}

fn unregistered(call: &Call<'_>, before: &Value) -> Vec<Event> {
    let application_id = json!(call.path_value(1));
    let known = before.get("registrations").and_then(Value::as_array);
    let registration = known.into_iter().flatten().find(|known| known.get("applicationId") == Some(&application_id));
    let properties = json!({ "applicationId": application_id, "registration": registration, "user": before });
    about("user", &properties, &["user.registration.delete", "user.registration.delete.complete"])
}

/// The users as they were sent, without what proves who they are.
fn imported(call: &Call<'_>) -> Vec<Event> {
    let mut users = items(&call.body, "users").to_vec();
    for user in users.iter_mut().filter_map(Value::as_object_mut) {
        user.retain(|key, _| {
            !matches!(key.as_str(), "password" | "salt" | "factor" | "encryptionScheme" | "twoFactor")
        });
    }
    let tenant_id = call.owning_tenant().ok();
    let properties = into_object(json!({ "users": users }));
    vec![Event { kind: "user.bulk.create", tenant_id, linked_id: None, properties }]
}

fn actioned(call: &Call<'_>, body: &Value) -> Vec<Event> {
    let Some(action) = body.get("action").and_then(Value::as_object) else { return Vec::new() };
    let mut properties = action.clone();
    let (id, name) = (properties.remove("id"), properties.remove("name"));
    set(&mut properties, "actionId", id);
    set(&mut properties, "action", name);
    set(&mut properties, "phase", "start");
    let user_id = text(action, "actioneeUserId").to_owned();
    let tenant_id = call.state.get("user", &user_id).and_then(|user| text_if_any(user, "tenantId"));
    vec![Event { kind: "user.action", tenant_id: tenant_id.map(str::to_owned), linked_id: Some(user_id), properties }]
}

fn login(call: &Call<'_>, user: Value, kind: &'static str) -> Vec<Event> {
    let properties = json!({
        "applicationId": Some(call.body_text("applicationId")).filter(|id| !id.is_empty()),
        "authenticationType": "PASSWORD", "ipAddress": "127.0.0.1", "user": user,
    });
    about("user", &properties, &[kind])
}

fn logged_in(call: &Call<'_>, body: &Value) -> Vec<Event> {
    login(call, body.get("user").cloned().unwrap_or_default(), "user.login.success")
}

/// A login with a wrong password: there is such a user, but it is not theirs.
fn failed_login(call: &Call<'_>, refusal: &Response) -> Vec<Event> {
    if call.api_path() != Some("login") || call.method != Method::Post || refusal.status != 404 {
        return Vec::new();
    }
    match user::by_login(call, &call.body_text("loginId")) {
        Some(known) => login(call, user::shown(call, &known), "user.login.failed"),
        None => Vec::new(),
    }
}

fn members(call: &Call<'_>, body: &Value, kinds: &[&'static str]) -> Vec<Event> {
    let by_group = body.get("members").and_then(Value::as_object);
    let of_group = |(id, members): (&String, &Value)| {
        let group = call.state.get("group", id).cloned().map(Value::Object).unwrap_or_default();
        groups_of(&json!({ "group": group, "members": members }), kinds)
    };
    by_group.into_iter().flatten().flat_map(of_group).collect()
}

fn removed_members(call: &Call<'_>, before: &Value) -> Vec<Event> {
    let mut by_group = Object::new();
    for member in before.as_array().into_iter().flatten().filter_map(Value::as_object) {
        if call.state.get("member", text(member, "id")).is_none() {
            let list = by_group.entry(text(member, "groupId")).or_insert_with(|| json!([]));
            if let Some(list) = list.as_array_mut() {
                list.push(json!(member));
            }
        }
    }
    members(call, &json!({ "members": by_group }), &["group.member.remove", "group.member.remove.complete"])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The types of events that a text names, in quotes of this kind.
    fn named(text: &str, quote: char) -> BTreeSet<&str> {
        let quoted = text.split(quote).skip(1).step_by(2);
        quoted.filter(|name| ["user.", "group.", "audit-log."].iter().any(|start| name.starts_with(start))).collect()
    }

    #[test]
    fn the_documents_name_the_events_that_are_simulated() {
        let code = include_str!("events.rs").split("#[cfg(test)]").next().unwrap();
        let documents = include_str!("../../../docs/sandbox.md");
        let line = documents.lines().find(|line| line.starts_with("| events |")).unwrap();
        assert_eq!(named(line, '`'), named(code, '"'));
    }
}
