//! Messages to people, which nobody gets.

use serde_json::json;

use crate::{
    call::{Answer, Call},
    exchange::Response,
    object::items,
};

/// Answers calls that send mail.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "email/send/{emailTemplateId}" => Some(send(call)),
        "user/family/request" => Some(ask_parent(call)),
        _ => None,
    }
}

fn send(call: &mut Call<'_>) -> Answer {
    call.visible("email/template", &call.path_value(0))?;
    let users = items(&call.body, "userIds");
    if users.is_empty() && items(&call.body, "toAddresses").is_empty() {
        return Err(Response::field("missing", "userIds", "You must specify [userIds] or [toAddresses]."));
    }
    for id in users.iter().filter_map(|id| id.as_str()) {
        let invalid = || Response::field("invalid", "userIds", format!("There is no user [{id}]."));
        call.visible("user", id).map_err(|_| invalid())?;
    }
    Ok(Response::ok(json!({ "results": {}, "anonymousResults": {} })))
}

fn ask_parent(call: &mut Call<'_>) -> Answer {
    if call.body_text("parentEmail").is_empty() {
        Err(Response::blank("parentEmail"))
    } else {
        Ok(Response::empty(200))
    }
}
