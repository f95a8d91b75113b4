//! One user: found by login id, and shown without a password.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::{Method, Response},
    object::{Object, set, text},
};

/// Answers the search for one user: `GET /api/user`.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "user" if call.method == Method::Get => Some(find(call)),
        _ => None,
    }
}

fn find(call: &Call<'_>) -> Answer {
    let by = |name: &str| call.query_value(name);
    let login_id = by("email").or_else(|| by("username")).or_else(|| by("loginId"));
    // A token is about its owner alone.
    let user = match &call.bearer_user_id {
        Some(id) => call.state.get("user", id).cloned(),
        None => login_id.and_then(|login_id| by_login(call, &login_id)),
    };
    let user = user.ok_or_else(Response::not_found)?;
    Ok(Response::ok(json!({ "user": shown(call, &user) })))
}

/// The user with this email address, username or phone number, in the tenant that the request names.
pub fn by_login(call: &Call<'_>, login_id: &str) -> Option<Object> {
    let users = call.state.all("user").iter();
    let mut users = users.filter(|user| call.tenant_id.as_ref().is_none_or(|id| text(user, "tenantId") == id));
    let login_ids = ["email", "username", "phoneNumber"];
    let is_wanted = |user: &&Object| login_ids.iter().any(|name| text(user, name).eq_ignore_ascii_case(login_id));
    if login_id.is_empty() { None } else { users.find(is_wanted).cloned() }
}

/// A user as it appears in responses: with group memberships, without a password.
pub fn shown(call: &Call<'_>, user: &Object) -> Value {
    let mut user = user.clone();
    let id = text(&user, "id").to_owned();
    let memberships: Vec<_> = call
        .state
        .all("member")
        .iter()
        .filter(|member| text(member, "userId") == id)
        .map(|member| {
            let [id, group_id, instant] = ["id", "groupId", "insertInstant"].map(|property| member.get(property));
            json!({ "id": id, "groupId": group_id, "insertInstant": instant })
        })
        .collect();
    set(&mut user, "memberships", memberships);
    Value::Object(user)
}

/// A changed address has to be verified again where the tenant wants that. What is not a user has no address.
pub fn forget_verification(call: &Call<'_>, known: &Object, object: &mut Object) {
    let tenant = call.state.get("tenant", text(known, "tenantId"));
    let email = tenant.and_then(|tenant| tenant.get("emailConfiguration"));
    let is_wanted = |setting: &str| email.and_then(|email| email.get(setting)) == Some(&json!(true));
    let is_changed = !text(known, "email").eq_ignore_ascii_case(text(object, "email"));
    if is_changed && known.contains_key("verified") && is_wanted("verifyEmail") && is_wanted("verifyEmailWhenChanged") {
        set(object, "verified", false);
    }
}
