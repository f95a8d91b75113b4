//! What lives inside other objects: roles, scopes, permissions, group members and entity grants.

use serde_json::{Value, json};

use crate::{
    call::{Answer, Call},
    defaults,
    exchange::{Method, Response},
    installation::FUSIONAUTH_APPLICATION_ID,
    object::{Object, default, into_object, items, set, text},
    patch, query,
};

/// Answers calls about nested objects.
pub fn answer(call: &mut Call<'_>) -> Option<Answer> {
    Some(match call.api_path()? {
        "application/{applicationId}/role" | "application/{applicationId}/role/{roleId}" => {
            item_of(call, "application", "roles", "role")
        }
        "application/{applicationId}/scope" | "application/{applicationId}/scope/{scopeId}" => {
            item_of(call, "application", "scopes", "scope")
        }
        "entity/type/{entityTypeId}/permission" | "entity/type/{entityTypeId}/permission/{permissionId}" => {
            item_of(call, "entity/type", "permissions", "permission")
        }
        "application/{applicationId}/oauth-configuration" => oauth_configuration(call),
        "group/member" => members(call),
        "group/member/{memberId}" => {
            let id = call.path_value(0);
            removed(call.state.remove("member", |member| text(member, "id") == id))
        }
        "group/member/search" => search(call, "member", "members"),
        "entity/{entityId}/grant" => grants(call),
        "entity/grant/search" => search(call, "grant", "grants"),
        _ => return None,
    })
}

/// 200, or 404 if nothing was removed.
fn removed(count: usize) -> Answer {
    if count == 0 { Err(Response::not_found()) } else { Ok(Response::empty(200)) }
}

/// An item of a list inside another object.
fn item_of(call: &mut Call<'_>, collection: &'static str, list: &str, one: &str) -> Answer {
    let mut owner = call.visible(collection, &call.path_value(0))?;
    if call.method != Method::Get && list == "roles" && text(&owner, "id") == FUSIONAUTH_APPLICATION_ID {
        return Err(Response::general("invalid", "The roles of the FusionAuth application cannot be changed."));
    }
    let id = Some(call.path_value(1)).filter(|id| !id.is_empty());
    let mut items: Vec<Value> = owner.get(list).and_then(Value::as_array).cloned().unwrap_or_default();
    let name = call.query_value("name");
    let index = items.iter().position(|item| match (&id, &name) {
        (Some(id), _) => item.get("id") == Some(&json!(id)),
        (None, Some(name)) => item.get("name") == Some(&json!(name)),
        (None, None) => false,
    });
    let mut item = match (call.method, index) {
        (Method::Post, Some(_)) => return Err(Response::field("duplicate", &format!("{one}Id"), "The id is taken.")),
        (Method::Post, None) => {
            let mut item = call.body_object(one)?;
            let new_id = id.unwrap_or_else(|| call.state.new_id());
            set(&mut item, "id", new_id);
            item
        }
        (_, None) => return Err(Response::not_found()),
        (Method::Get, Some(index)) => return Ok(Response::ok(json!({ one: items.get(index) }))),
        (Method::Delete, Some(index)) => {
            items.remove(index);
            owner.insert(list.to_owned(), Value::Array(items));
            call.state.put(collection, owner);
            return Ok(Response::empty(200));
        }
        (method, Some(index)) => {
            let known = items.remove(index);
            let id = known.get("id").cloned();
            let mut changed = known;
            if method == Method::Put {
                changed = Value::Object(call.body_object(one)?);
            } else {
                let mut whole = json!({ one: changed });
                call.apply_patch(&mut whole)?;
                changed = whole.get_mut(one).map(Value::take).unwrap_or_default();
            }
            patch::merge(&mut changed, &json!({ "id": id }));
            into_object(changed)
        }
    };
    if text(&item, "name").is_empty() {
        return Err(Response::field(
            "blank",
            &format!("{one}.name"),
            format!("You must specify the [{one}.name] property."),
        ));
    }
    if items.iter().any(|other| other.get("name") == item.get("name")) {
        let message = format!("There is a {one} named [{}].", text(&item, "name"));
        return Err(Response::field("duplicate", &format!("{one}.name"), message));
    }
    defaults::add(one, &mut item);
    if list == "scopes" {
        set(&mut item, "applicationId", text(&owner, "id"));
    }
    let now = call.state.now();
    default(&mut item, "insertInstant", now);
    set(&mut item, "lastUpdateInstant", now);
    items.push(Value::Object(item.clone()));
    owner.insert(list.to_owned(), Value::Array(items));
    call.state.put(collection, owner);
    Ok(Response::ok(json!({ one: item })))
}

fn oauth_configuration(call: &Call<'_>) -> Answer {
    let application = call.visible("application", &call.path_value(0))?;
    Ok(Response::ok(
        json!({ "httpSessionMaxInactiveInterval": 3600, "oauthConfiguration": application.get("oauthConfiguration") }),
    ))
}

fn members(call: &mut Call<'_>) -> Answer {
    let given = call.body.get("members").cloned().map(into_object).unwrap_or_default();
    if call.method == Method::Delete {
        let ids = items(&call.body, "memberIds").to_vec();
        let (group, user) = (call.query_value("groupId"), call.query_value("userId"));
        let count = call.state.remove("member", |member| {
            let (group_id, user_id) = (text(member, "groupId"), text(member, "userId"));
            let is_named =
                given.get(group_id).and_then(Value::as_array).is_some_and(|users| users.contains(&json!(user_id)));
            let is_queried = group.as_deref() == Some(group_id) && user.as_deref().is_none_or(|user| user == user_id);
            is_named || is_queried || member.get("id").is_some_and(|id| ids.contains(id))
        });
        return removed(count);
    }
    let mut answered = Object::new();
    let mut new = Vec::new();
    for (group_id, members) in &given {
        let group = call
            .visible("group", group_id)
            .map_err(|_| Response::field("invalid", "members", format!("There is no group [{group_id}].")))?;
        let mut list = Vec::new();
        for member in members.as_array().into_iter().flatten() {
            let mut member = into_object(member.clone());
            let user_id = text(&member, "userId").to_owned();
            if call.state.get("user", &user_id).is_none_or(|user| text(user, "tenantId") != text(&group, "tenantId")) {
                let message = format!("There is no user [{user_id}] in the tenant of the group.");
                return Err(Response::field("invalid", &format!("members[{group_id}].userId"), message));
            }
            let known = call
                .state
                .all("member")
                .iter()
                .find(|known| text(known, "groupId") == group_id && text(known, "userId") == user_id);
            let id = known.map(|known| text(known, "id").to_owned());
            let id = id.unwrap_or_else(|| call.state.new_id());
            default(&mut member, "id", id);
            let now = call.state.now();
            set(&mut member, "insertInstant", now);
            list.push(Value::Object(member.clone()));
            set(&mut member, "groupId", group_id.as_str());
            new.push(member);
        }
        answered.insert(group_id.clone(), Value::Array(list));
    }
    if call.method == Method::Put {
        call.state.remove("member", |member| given.contains_key(text(member, "groupId")));
    }
    for member in new {
        call.state.put("member", member);
    }
    Ok(Response::ok(json!({ "members": answered })))
}

fn grants(call: &mut Call<'_>) -> Answer {
    let entity = call.visible("entity", &call.path_value(0))?;
    let entity_id = text(&entity, "id").to_owned();
    let recipient = (call.query_value("userId"), call.query_value("recipientEntityId"));
    let is_wanted = move |grant: &Object| {
        grant.get("entity").and_then(|entity| entity.get("id")) == Some(&json!(entity_id))
            && recipient.0.as_deref().is_none_or(|id| text(grant, "userId") == id)
            && recipient.1.as_deref().is_none_or(|id| text(grant, "recipientEntityId") == id)
    };
    let is_of_one = call.query_value("userId").is_some() || call.query_value("recipientEntityId").is_some();
    match call.method {
        Method::Get => {
            let grants: Vec<_> = call.state.all("grant").iter().filter(|grant| is_wanted(grant)).collect();
            match (is_of_one, grants.first()) {
                (true, Some(grant)) => Ok(Response::ok(json!({ "grant": grant }))),
                (true, None) => Err(Response::not_found()),
                (false, _) => Ok(Response::ok(json!({ "grants": grants }))),
            }
        }
        Method::Delete if !is_of_one => Err(Response::missing("recipientEntityId")),
        Method::Delete => removed(call.state.remove("grant", is_wanted)),
        _ => {
            let mut grant = call.body_object("grant")?;
            let (user, recipient) = (text(&grant, "userId").to_owned(), text(&grant, "recipientEntityId").to_owned());
            let is_there = call.state.get("user", &user).is_some() || call.state.get("entity", &recipient).is_some();
            if !is_there {
                return Err(Response::field("invalid", "grant.userId", "There is no such user or recipient entity."));
            }
            let known = call.state.all("grant").iter().find(|known| {
                known.get("entity").and_then(|entity| entity.get("id")) == entity.get("id")
                    && text(known, "userId") == user
                    && text(known, "recipientEntityId") == recipient
            });
            let id = known.map(|known| text(known, "id").to_owned());
            let id = id.unwrap_or_else(|| call.state.new_id());
            let now = call.state.now();
            set(&mut grant, "id", id);
            set(&mut grant, "entity", entity);
            default(&mut grant, "insertInstant", now);
            set(&mut grant, "lastUpdateInstant", now);
            call.state.put("grant", grant);
            Ok(Response::empty(200))
        }
    }
}

/// What memberships and grants are searched by lies in part in what they refer to.
fn search(call: &Call<'_>, collection: &str, many: &str) -> Answer {
    let mut criteria = query::resumed(call.criteria())?;
    let columns: &[&str] = match collection {
        "grant" => &["insertInstant", "name"],
        _ => &["groupId", "id", "insertInstant", "name", "userId"],
    };
    query::check_order(&criteria, columns)?;
    let [entity_id, name, tenant_id] = ["entityId", "name", "tenantId"].map(|key| criteria.remove(key));
    if text(&criteria, "orderBy").is_empty() && collection == "grant" {
        set(&mut criteria, "orderBy", "name ASC");
    }
    let of = |object: &Object, property: &str| object.get("entity").and_then(|entity| entity.get(property)).cloned();
    let tenant_of = |object: &Object| {
        let group = call.state.get("group", text(object, "groupId"));
        of(object, "tenantId").or_else(|| group?.get("tenantId").cloned())
    };
    let is_named = |object: &Object| {
        let wanted = name.as_ref().map(|name| json!({ "name": name })).map(into_object);
        let own = into_object(json!({ "name": of(object, "name") }));
        wanted.is_none_or(|wanted| query::meets_criteria(&own, &wanted))
    };
    let found: Vec<Object> = call
        .state
        .all(collection)
        .iter()
        .filter(|object| query::meets_criteria(object, &criteria))
        .filter(|object| entity_id.is_none() || of(object, "id") == entity_id)
        .filter(|object| tenant_id.is_none() || tenant_of(object) == tenant_id)
        .filter(|object| collection != "grant" || is_named(object))
        .map(|object| {
            let mut object = object.clone();
            let name = of(&object, "name").unwrap_or_default();
            set(&mut object, "name", name);
            object
        })
        .collect();
    Ok(Response::ok(call.page(many, found.iter().collect(), &criteria, |object| {
        let mut object = object.clone();
        object.remove("name");
        json!(object)
    })))
}
