//! Create, list, search, retrieve, update, patch and delete, for every family alike.

use openapi_tools::operation::{Method, Segment};
use serde_json::{Value, json};

use crate::{
    exchange::{Refusal, Response},
    families::{self, Family},
    instance::{Call, DEFAULT_THEME_ID, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID},
    patch, query,
    state::{Object, default, into_object, text},
    users,
};

/// Answers a request of the usual form; `rest` is what follows the family's path.
pub(crate) fn answer(call: &mut Call<'_>, family: &'static Family, rest: &[Segment]) -> Result<Response, Refusal> {
    let id = call.path_value(0);
    match (rest, call.operation.method) {
        ([Segment::Literal(_)], Method::Put) => Ok(Response::empty(200)),
        ([Segment::Literal(_)], _) => Ok(search(call, family)),
        ([], Method::Get) => Ok(list(call, family)),
        ([], _) => create(call, family, None),
        (_, Method::Post) => create(call, family, Some(id)),
        (_, Method::Get) => {
            Ok(Response::ok(json!({ family.one: shown(call, family, &call.visible(family.path, &id)?) })))
        }
        (_, Method::Delete) => delete(call, family, &id),
        (_, Method::Put) => update(call, family, &id),
        (_, Method::Patch) => change(call, family, &id),
    }
}

fn list(call: &Call<'_>, family: &Family) -> Response {
    let wants_inactive = call.query_flag("inactive");
    let kind = call.query_value("type");
    let objects = call.state.all(family.path).iter().filter(|object| is_of_tenant(call, object));
    let objects = objects
        .filter(|object| {
            !family.is_deactivated_first || (object.get("active") == Some(&json!(false))) == wants_inactive
        })
        .filter(|object| kind.as_deref().is_none_or(|kind| text(object, "type") == kind));
    let objects: Vec<_> = objects.map(|object| shown(call, family, object)).collect();
    Response::ok(json!({ family.many: objects }))
}

fn search(call: &Call<'_>, family: &Family) -> Response {
    let criteria = call.criteria();
    let wanted_tenant = call.tenant_id.clone().or_else(|| Some(text(&criteria, "tenantId").to_owned()));
    let wanted_tenant = wanted_tenant.filter(|id| !id.is_empty());
    let mut ids: Vec<String> = call.query_values("ids");
    ids.extend(
        criteria
            .get("ids")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
    let mut criteria = criteria;
    criteria.remove("ids");
    if let Some(row) = text(&criteria, "nextResults").strip_prefix("row-").and_then(|row| row.parse::<u64>().ok()) {
        criteria.insert("startRow".to_owned(), json!(row));
    }
    criteria.remove("nextResults");
    let shown_objects: Vec<Object> = call
        .state
        .all(family.path)
        .iter()
        .filter(|object| wanted_tenant.as_ref().is_none_or(|id| is_in_tenant(object, id)))
        .filter(|object| ids.is_empty() || ids.iter().any(|id| id == text(object, "id")))
        .map(|object| into_object(shown(call, family, object)))
        .filter(|object| query::has_criteria(object, &criteria) && query::fits(object, text(&criteria, "queryString")))
        .collect();
    let page =
        call.page(family.many, shown_objects.iter().collect(), &criteria, |object| without_secrets(family, object));
    Response::ok(page)
}

/// As documented since 1.62, a search leaves out what a retrieval shows.
fn without_secrets(family: &Family, object: &Object) -> Value {
    let mut value = Value::Object(object.clone());
    let hidden: &[&str] = match family.path {
        "application" => &["/oauthConfiguration/clientSecret"],
        "tenant" => &["/emailConfiguration/password"],
        "key" => &["/secret", "/privateKey"],
        _ => &[],
    };
    for pointer in hidden {
        if let Some(secret) = value.pointer_mut(pointer) {
            *secret = Value::Null;
        }
    }
    value
}

fn create(call: &mut Call<'_>, family: &'static Family, id: Option<String>) -> Result<Response, Refusal> {
    let mut object = given(call, family)?;
    let id = match id.or_else(|| Some(text(&object, "id").to_owned()).filter(|id| !id.is_empty())) {
        Some(id) => id,
        None => call.state.new_id(),
    };
    if call.state.get(family.path, &id).is_some() {
        let field = format!("{}Id", family.one);
        return Err(Response::field("duplicate", &field, format!("The id [{id}] is taken.")));
    }
    object.insert("id".to_owned(), json!(id));
    if is_universal(family, &object) {
        object.remove("tenantId");
    } else if family.is_tenant_scoped {
        let tenant_id = call.owning_tenant()?;
        object.insert("tenantId".to_owned(), json!(tenant_id));
    }
    check(call, family, &object)?;
    complete(call, family, &mut object);
    let now = call.state.now();
    object.insert("insertInstant".to_owned(), json!(now));
    store(call, family, object)
}

/// Whether it is an application of all tenants, which is in none.
fn is_universal(family: &Family, object: &Object) -> bool {
    let configuration = object.get("universalConfiguration");
    family.path == "application" && configuration.and_then(|inner| inner.get("universal")) == Some(&json!(true))
}

/// The object in the body, over the one that it is a copy of.
fn given(call: &Call<'_>, family: &Family) -> Result<Object, Refusal> {
    let source = call.body.iter().find(|(key, value)| key.starts_with("source") && !value.is_null());
    let base = match source {
        Some((key, Value::String(id))) => {
            let mut base = call
                .state
                .get(family.path, id)
                .cloned()
                .ok_or_else(|| Response::field("invalid", key, format!("There is no object [{id}] to copy.")))?;
            base.retain(|key, _| !matches!(key.as_str(), "id" | "name" | "key" | "insertInstant"));
            Some(base)
        }
        _ => None,
    };
    match (base, call.body.get(family.one)) {
        (Some(base), Some(over)) => {
            let mut value = Value::Object(base);
            patch::merge(&mut value, over);
            Ok(into_object(value))
        }
        (Some(base), None) => Ok(base),
        (None, None) if family.path == "api-key" => Ok(Object::new()),
        (None, _) => call.body_object(family.one),
    }
}

fn update(call: &mut Call<'_>, family: &'static Family, id: &str) -> Result<Response, Refusal> {
    let known = call.visible(family.path, id)?;
    if call.query_flag("reactivate") {
        let mut object = known;
        object.insert("active".to_owned(), json!(true));
        object.insert("state".to_owned(), json!("Active"));
        return store(call, family, object);
    }
    let mut object = call.body_object(family.one)?;
    keep(family, &known, &mut object);
    check(call, family, &object)?;
    store(call, family, object)
}

fn change(call: &mut Call<'_>, family: &'static Family, id: &str) -> Result<Response, Refusal> {
    let known = call.visible(family.path, id)?;
    let mut whole = json!({ family.one: known });
    patched(call, &mut whole)?;
    let mut object = whole.get_mut(family.one).map(Value::take).map(into_object).unwrap_or_default();
    keep(family, &known, &mut object);
    check(call, family, &object)?;
    store(call, family, object)
}

/// Applies the body to an object in the way that the media type names.
pub(crate) fn patched(call: &Call<'_>, whole: &mut Value) -> Result<(), Refusal> {
    let body = Value::Object(call.body.clone());
    match call.content_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default() {
        "application/merge-patch+json" => patch::merge(whole, &body),
        "application/json-patch+json" => {
            for operation in call.body.get("operations").and_then(Value::as_array).into_iter().flatten() {
                apply(whole, operation).ok_or_else(|| {
                    Response::general("invalidJSONPatch", format!("This operation cannot be applied: {operation}"))
                })?;
            }
        }
        _ => patch::append(whole, &body),
    }
    Ok(())
}

/// One operation of a JSON patch (RFC 6902): add, replace or remove.
fn apply(whole: &mut Value, operation: &Value) -> Option<()> {
    let (parent, key) = operation.get("path")?.as_str()?.rsplit_once('/')?;
    let key = key.replace("~1", "/").replace("~0", "~");
    match (whole.pointer_mut(parent)?, operation.get("op")?.as_str()?) {
        (Value::Object(object), "add" | "replace") => drop(object.insert(key, operation.get("value")?.clone())),
        (Value::Object(object), "remove") => drop(object.remove(&key)?),
        (Value::Array(items), "add") if key == "-" => items.push(operation.get("value")?.clone()),
        (Value::Array(items), "replace") => {
            *items.get_mut(key.parse::<usize>().ok()?)? = operation.get("value")?.clone()
        }
        (Value::Array(items), "remove") => {
            let index = key.parse::<usize>().ok().filter(|index| *index < items.len())?;
            items.remove(index);
        }
        _ => return None,
    }
    Some(())
}

/// What no request changes.
fn keep(family: &Family, known: &Object, object: &mut Object) {
    let mut kept = vec!["id", "tenantId", "insertInstant", "key"];
    if family.path != "api-key" {
        kept.pop();
    }
    if family.is_deactivated_first {
        kept.extend(["active", "state"]);
    }
    match family.path {
        "application" => kept.extend(["roles", "scopes"]),
        "entity/type" => kept.push("permissions"),
        "group" => kept.push("roles"),
        "user" => kept.extend(["registrations", "twoFactor"]),
        "key" => {
            kept.extend(["algorithm", "type", "kid", "length", "publicKey", "secret", "certificate", "hasPrivateKey"])
        }
        "identity-provider" => kept.push("type"),
        _ => {}
    }
    for property in kept {
        if let Some(value) = known.get(property) {
            object.insert(property.to_owned(), value.clone());
        }
    }
}

fn store(call: &mut Call<'_>, family: &'static Family, mut object: Object) -> Result<Response, Refusal> {
    let now = call.state.now();
    object.insert("lastUpdateInstant".to_owned(), json!(now));
    if family.path == "user" {
        users::keep_password(call, &mut object);
    }
    if family.path == "group" && call.body.contains_key("roleIds") {
        let roles = roles_of(call)?;
        object.insert("roles".to_owned(), roles);
    }
    call.state.put(family.path, object.clone());
    Ok(Response::ok(json!({ family.one: shown(call, family, &object) })))
}

/// The roles named by `roleIds`, by application.
fn roles_of(call: &Call<'_>) -> Result<Value, Refusal> {
    let mut roles = Object::new();
    for id in call.body.get("roleIds").and_then(Value::as_array).into_iter().flatten() {
        let found = call.state.all("application").iter().find_map(|application| {
            let role = application.get("roles")?.as_array()?.iter().find(|role| role.get("id") == Some(id))?;
            Some((text(application, "id").to_owned(), role.clone()))
        });
        let (application, role) =
            found.ok_or_else(|| Response::field("invalid", "roleIds", format!("There is no role [{id}].")))?;
        if let Some(list) = roles.entry(application).or_insert_with(|| json!([])).as_array_mut() {
            list.push(role);
        }
    }
    Ok(Value::Object(roles))
}

/// Missing, taken and dangling values.
fn check(call: &Call<'_>, family: &Family, object: &Object) -> Result<(), Refusal> {
    for property in family.required {
        let is_there =
            object.get(*property).is_some_and(|value| value.as_str().is_none_or(|text| !text.trim().is_empty()));
        if !is_there && !value_is_given(object, property) {
            let field = format!("{}.{property}", family.one);
            return Err(Response::field("blank", &field, format!("You must specify the [{field}] property.")));
        }
    }
    let unique: &[&str] = if family.path == "user" { &["email", "username"] } else { family.unique.as_slice() };
    for property in unique {
        let taken = call.state.all(family.path).iter().find(|other| {
            text(other, "id") != text(object, "id")
                && text(other, "tenantId") == text(object, "tenantId")
                && !text(object, property).is_empty()
                && text(other, property).eq_ignore_ascii_case(text(object, property))
        });
        if taken.is_some() {
            let field = format!("{}.{property}", family.one);
            let message = format!("Another object has [{field}] = [{}].", text(object, property));
            return Err(Response::field("duplicate", &field, message));
        }
    }
    if family.path == "user" && text(object, "email").is_empty() && text(object, "username").is_empty() {
        let phone = text(object, "phoneNumber");
        if phone.is_empty() {
            return Err(Response::field(
                "blank",
                "user.email",
                "You must specify [user.email], [user.username] or [user.phoneNumber].",
            ));
        }
    }
    if family.path == "entity" {
        let type_id = object.get("type").and_then(|kind| kind.get("id")).and_then(Value::as_str).unwrap_or_default();
        if call.state.get("entity/type", type_id).is_none() {
            return Err(Response::field("invalid", "entity.type.id", format!("There is no entity type [{type_id}].")));
        }
    }
    check_references(call, &Value::Object(object.clone()), family.one)
}

fn value_is_given(object: &Object, property: &str) -> bool {
    object.get(property).is_some_and(|value| !value.is_null() && !value.is_string())
}

/// Every id whose property names a family leads to an object of it.
pub(crate) fn check_references(call: &Call<'_>, value: &Value, path: &str) -> Result<(), Refusal> {
    match value {
        Value::Object(object) => object.iter().try_for_each(|(key, inner)| {
            let path = format!("{path}.{key}");
            match (families::referred(key), inner) {
                (Some(family), Value::String(id)) if !id.is_empty() && call.state.get(family.path, id).is_none() => {
                    Err(Response::field("invalid", &path, format!("There is no {} [{id}].", family.one)))
                }
                // Free-form data is nobody's reference, and CleanSpeak has applications of its own.
                _ if matches!(key.as_str(), "data" | "cleanSpeakConfiguration" | "cleanspeak") => Ok(()),
                _ => check_references(call, inner, &path),
            }
        }),
        Value::Array(items) => items.iter().try_for_each(|item| check_references(call, item, &format!("{path}[]"))),
        _ => Ok(()),
    }
}

/// What an instance adds to a new object.
fn complete(call: &mut Call<'_>, family: &Family, object: &mut Object) {
    let id = text(object, "id").to_owned();
    match family.path {
        "application" => {
            default(object, "active", true);
            default(object, "state", "Active");
            complete_list(call, object, "roles");
            complete_list(call, object, "scopes");
            let secret = call.state.new_code();
            let oauth = object.entry("oauthConfiguration").or_insert_with(|| json!({}));
            if let Some(oauth) = oauth.as_object_mut() {
                default(oauth, "clientId", id);
                default(oauth, "clientSecret", secret);
                default(oauth, "proofKeyForCodeExchangePolicy", "NotRequired");
                default(oauth, "clientAuthenticationPolicy", "Required");
                default(oauth, "authorizedURLValidationPolicy", "ExactMatch");
            }
        }
        "tenant" => {
            default(object, "state", "Active");
            default(object, "configured", true);
            default(object, "themeId", DEFAULT_THEME_ID);
            default(object, "connectorPolicies", json!([{ "connectorId": FUSIONAUTH_CONNECTOR_ID, "domains": ["*"] }]));
        }
        "user" => {
            default(object, "active", true);
            default(object, "verified", true);
            default(object, "usernameStatus", "ACTIVE");
            default(object, "registrations", json!([]));
        }
        "user-action" => default(object, "active", true),
        "entity/type" => complete_list(call, object, "permissions"),
        "entity" => {
            let secret = call.state.new_code();
            default(object, "clientId", id);
            default(object, "clientSecret", secret);
        }
        "api-key" => {
            let key = call.state.new_code();
            default(object, "key", key);
        }
        "webhook" => default(object, "global", !object.contains_key("tenantIds")),
        _ => {}
    }
}

/// Gives the items of a list their ids.
fn complete_list(call: &mut Call<'_>, object: &mut Object, property: &str) {
    let Some(Value::Array(items)) = object.get_mut(property) else { return };
    for item in items.iter_mut().filter_map(Value::as_object_mut) {
        let id = call.state.new_id();
        default(item, "id", id);
    }
}

fn delete(call: &mut Call<'_>, family: &'static Family, id: &str) -> Result<Response, Refusal> {
    let mut object = call.visible(family.path, id)?;
    let is_default = match family.path {
        "application" => id == FUSIONAUTH_APPLICATION_ID,
        "theme" => id == DEFAULT_THEME_ID,
        "connector" => id == FUSIONAUTH_CONNECTOR_ID,
        "tenant" => {
            call.state.get("application", FUSIONAUTH_APPLICATION_ID).is_some_and(|own| text(own, "tenantId") == id)
        }
        _ => false,
    };
    if is_default {
        return Err(Response::general("invalid", "What FusionAuth itself needs cannot be deleted."));
    }
    if family.is_deactivated_first && !call.query_flag("hardDelete") {
        object.insert("active".to_owned(), json!(false));
        if family.path == "application" {
            object.insert("state".to_owned(), json!("Inactive"));
        }
        call.state.put(family.path, object);
        return Ok(Response::empty(200));
    }
    call.state.remove(family.path, |object| text(object, "id") == id);
    forget(call, family, id);
    let is_later = family.path == "tenant" && call.query_flag("async");
    Ok(Response::empty(if is_later { 202 } else { 200 }))
}

/// What goes with an object.
pub(crate) fn forget(call: &mut Call<'_>, family: &Family, id: &str) {
    match family.path {
        "tenant" => call.state.remove_everywhere(|object| text(object, "tenantId") == id),
        "application" => {
            for user in call.state.all_mut("user") {
                if let Some(Value::Array(registrations)) = user.get_mut("registrations") {
                    registrations.retain(|registration| registration.get("applicationId") != Some(&json!(id)));
                }
            }
        }
        "user" => call
            .state
            .remove_everywhere(|object| ["userId", "actioneeUserId"].iter().any(|key| text(object, key) == id)),
        "entity" => drop(call.state.remove("grant", |grant| {
            grant.get("entity").and_then(|entity| entity.get("id")).and_then(Value::as_str) == Some(id)
        })),
        "group" => drop(call.state.remove("member", |member| text(member, "groupId") == id)),
        _ => {}
    }
}

fn is_of_tenant(call: &Call<'_>, object: &Object) -> bool {
    call.tenant_id.as_ref().is_none_or(|id| is_in_tenant(object, id))
}

fn is_in_tenant(object: &Object, id: &str) -> bool {
    matches!(text(object, "tenantId"), own if own.is_empty() || own == id)
}

/// An object as it is answered.
pub(crate) fn shown(call: &Call<'_>, family: &Family, object: &Object) -> Value {
    match family.path {
        "user" => users::shown(call, object),
        "key" => {
            let mut key = object.clone();
            // As documented, it is never answered.
            key.remove("privateKey");
            Value::Object(key)
        }
        "entity" => {
            let mut entity = object.clone();
            let type_id =
                object.get("type").and_then(|kind| kind.get("id")).and_then(Value::as_str).unwrap_or_default();
            if let Some(kind) = call.state.get("entity/type", type_id) {
                entity.insert("type".to_owned(), Value::Object(kind.clone()));
            }
            Value::Object(entity)
        }
        _ => Value::Object(object.clone()),
    }
}
