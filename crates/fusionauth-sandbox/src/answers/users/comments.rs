//! Comments on users.

use serde_json::json;

use crate::{
    call::{Answer, Call},
    exchange::Response,
    object::{Object, set, text},
    query,
};

/// Answers calls about comments on users.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "user/comment" => Some(comment(call)),
        "user/comment/{userId}" => {
            let id = call.path_value(0);
            let comments: Vec<_> =
                call.state.all("comment").iter().filter(|comment| text(comment, "userId") == id).collect();
            Some(Ok(Response::ok(json!({ "userComments": comments }))))
        }
        "user/comment/search" => {
            let mut criteria = call.criteria();
            let tenant_id = criteria.remove("tenantId").filter(|id| *id != "");
            let is_of_tenant = |comment: &Object| {
                let user = call.state.get("user", text(comment, "userId"));
                tenant_id.is_none() || user.and_then(|user| user.get("tenantId")) == tenant_id.as_ref()
            };
            let comments = call.state.all("comment").iter();
            let found = comments.filter(|one| is_of_tenant(one) && query::meets_criteria(one, &criteria)).collect();
            Some(Ok(Response::ok(call.page("userComments", found, &criteria, |comment| json!(comment)))))
        }
        _ => None,
    }
}

fn comment(call: &mut Call<'_>) -> Answer {
    let mut comment = call.body_object("userComment")?;
    let user_id = text(&comment, "userId").to_owned();
    if call.state.get("user", &user_id).is_none() {
        return Err(Response::field("invalid", "userComment.userId", format!("There is no user [{user_id}].")));
    }
    let (id, now) = (call.state.new_id(), call.state.now());
    set(&mut comment, "id", id);
    set(&mut comment, "insertInstant", now);
    call.state.put("comment", comment.clone());
    Ok(Response::ok(json!({ "userComment": comment })))
}
