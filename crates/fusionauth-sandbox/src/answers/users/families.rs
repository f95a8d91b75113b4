//! Families of users.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    exchange::{Method, Refusal, Response},
    object::{default, into_object, items, set, text},
};

/// Answers calls about families.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    match call.api_path()? {
        "user/family" | "user/family/{familyId}" | "user/family/{familyId}/{userId}" => Some(family(call)),
        "user/family/pending" => Some(Ok(Response::ok(json!({ "users": [] })))),
        _ => None,
    }
}

fn family(call: &mut Call<'_>) -> Answer {
    let id = call.path_value(0);
    if call.method == Method::Get && id.is_empty() {
        let user_id = call.query_value("userId");
        let families = call.state.all("family").iter().filter(|family| {
            let mut user_ids = items(family, "members").iter().filter_map(|member| member.get("userId")?.as_str());
            user_ids.any(|id| Some(id) == user_id.as_deref())
        });
        return Ok(Response::ok(json!({ "families": families.collect::<Vec<_>>() })));
    }
    let known = call.state.get("family", &id).cloned();
    if call.method == Method::Post && known.is_none() {
        let new_id = if id.is_empty() { call.state.new_id() } else { id };
        let member = family_member(call)?;
        let now = call.state.now();
        let family = json!({ "id": new_id, "members": [member], "insertInstant": now, "lastUpdateInstant": now });
        call.state.put("family", into_object(family.clone()));
        return Ok(Response::ok(json!({ "family": family })));
    }
    let mut family = known.ok_or_else(Response::not_found)?;
    let mut members = items(&family, "members").to_vec();
    match call.method {
        Method::Delete => {
            let user_id = call.path_value(1);
            let before = members.len();
            members.retain(|member| member.get("userId") != Some(&json!(user_id)));
            if members.len() == before {
                return Err(Response::not_found());
            }
            set(&mut family, "members", members);
            call.state.put("family", family);
            return Ok(Response::empty(200));
        }
        Method::Put | Method::Post => {
            let member = family_member(call)?;
            members.retain(|known| known.get("userId") != member.get("userId"));
            members.push(member);
            set(&mut family, "members", members);
            call.state.put("family", family.clone());
        }
        _ => {}
    }
    Ok(Response::ok(json!({ "family": family })))
}

fn family_member(call: &mut Call<'_>) -> Result<Value, Refusal> {
    let mut member = call.body_object("familyMember")?;
    let user_id = text(&member, "userId").to_owned();
    if call.state.get("user", &user_id).is_none() {
        return Err(Response::field("invalid", "familyMember.userId", format!("There is no user [{user_id}].")));
    }
    let now = call.state.now();
    default(&mut member, "insertInstant", now);
    set(&mut member, "lastUpdateInstant", now);
    Ok(Value::Object(member))
}
