//! Create, list, search, retrieve, update, patch and delete: the same for every resource.

use serde_json::{Value, json};

use super::{
    checks::check,
    reports, searches,
    users::{login_rules, user},
    view::{is_in_tenant, shown},
};
use crate::{
    call::{Answer, Call},
    defaults,
    exchange::{Method, Refusal, Response},
    installation::{self, FUSIONAUTH_APPLICATION_ID},
    object::{Object, default, drop_blank, into_object, items, set, take_object, text, text_if_any},
    patch,
    resources::Resource,
    routing::Target,
};

/// Answers a call of the usual API.
pub fn answer(call: &mut Call<'_>, resource: &'static Resource, target: Target) -> Answer {
    let id = call.path_value(0);
    match (target, call.method) {
        // Only starts to rebuild the search index.
        (Target::Search, Method::Put) => Ok(Response::empty(200)),
        (Target::Search, _) => searches::search(call, resource),
        (Target::All, Method::Get) => Ok(list(call, resource)),
        (Target::All, _) => create(call, resource, None),
        (Target::One, Method::Post) => create(call, resource, Some(id)),
        (Target::One, Method::Get) => {
            let object = call.visible(resource.path, &id)?;
            Ok(Response::ok(json!({ resource.one: shown(call, resource, &object) })))
        }
        (Target::One, Method::Delete) => delete(call, resource, &id),
        (Target::One, Method::Put) => update(call, resource, &id),
        (Target::One, Method::Patch) => change(call, resource, &id),
        (Target::One, Method::Head | Method::Options | Method::Query) => Err(Response::empty(405)),
    }
}

fn list(call: &Call<'_>, resource: &Resource) -> Response {
    let wants_inactive = call.query_flag("inactive");
    let kind = call.query_value("type");
    let objects = call.state.all(resource.path).iter().filter(|object| is_visible(call, object));
    let objects = objects
        .filter(|object| {
            !resource.is_deactivated_first || (object.get("active") == Some(&json!(false))) == wants_inactive
        })
        .filter(|object| kind.as_deref().is_none_or(|kind| text(object, "type") == kind));
    let objects: Vec<_> = objects.map(|object| shown(call, resource, object)).collect();
    Response::ok(json!({ resource.many: objects }))
}

/// Creates the object in the body, with this id or a new one.
///
/// # Errors
/// 400 if the id is taken or the object is wrong.
pub fn create(call: &mut Call<'_>, resource: &'static Resource, id: Option<String>) -> Answer {
    let mut object = given_object(call, resource)?;
    let id = match id.or_else(|| text_if_any(&object, "id").map(str::to_owned)) {
        Some(id) => id,
        None => call.state.new_id(),
    };
    if call.state.get(resource.path, &id).is_some() {
        let field = format!("{}Id", resource.one);
        return Err(Response::field("duplicate", &field, format!("The id [{id}] is taken.")));
    }
    set(&mut object, "id", id);
    if is_universal(resource, &object) {
        object.remove("tenantId");
    } else if resource.is_tenant_scoped {
        let tenant_id = call.owning_tenant()?;
        set(&mut object, "tenantId", tenant_id);
    }
    check(call, resource, &object)?;
    complete(call, resource, &mut object);
    let now = call.state.now();
    set(&mut object, "insertInstant", now);
    if resource.path == "user" {
        reports::register(call.state, None, now);
    }
    store(call, resource, object)
}

/// Whether an object is a universal application, which belongs to no tenant and is open to all.
fn is_universal(resource: &Resource, object: &Object) -> bool {
    let configuration = object.get("universalConfiguration");
    resource.path == "application" && configuration.and_then(|inner| inner.get("universal")) == Some(&json!(true))
}

/// The object in the body; if the body names an object to copy, that one with the body's properties merged in.
fn given_object(call: &Call<'_>, resource: &Resource) -> Result<Object, Refusal> {
    let source = call.body.iter().find(|(key, value)| key.starts_with("source") && !value.is_null());
    let base = match source {
        Some((key, Value::String(id))) => {
            let mut base = call
                .state
                .get(resource.path, id)
                .cloned()
                .ok_or_else(|| Response::field("invalid", key, format!("There is no object [{id}] to copy.")))?;
            base.retain(|key, _| !matches!(key.as_str(), "id" | "name" | "key" | "insertInstant"));
            Some(base)
        }
        _ => None,
    };
    match (base, call.body.get(resource.one)) {
        (Some(base), Some(over)) => {
            let mut value = Value::Object(base);
            patch::merge(&mut value, over);
            Ok(into_object(value))
        }
        (Some(base), None) => Ok(base),
        (None, None) if resource.path == "api-key" => Ok(Object::new()),
        (None, _) => call.body_object(resource.one),
    }
}

/// The object with this id, if it can be changed.
fn changeable(call: &Call<'_>, resource: &Resource, id: &str) -> Result<Object, Refusal> {
    let known = call.visible(resource.path, id)?;
    if installation::is_read_only(resource.path, id) {
        let message = format!("The {} [{}] is read-only.", resource.one, text(&known, "name"));
        return Err(Response::general("invalid", message));
    }
    Ok(known)
}

/// Replaces an object, or reactivates it.
fn update(call: &mut Call<'_>, resource: &'static Resource, id: &str) -> Answer {
    let known = changeable(call, resource, id)?;
    if call.query_flag("reactivate") {
        let mut object = known;
        set(&mut object, "active", true);
        set(&mut object, "state", "Active");
        return store(call, resource, object);
    }
    let mut object = call.body_object(resource.one)?;
    restore_fixed(resource, &known, &mut object);
    restore_given_once(resource, &known, &mut object);
    user::forget_verification(call, &known, &mut object);
    check(call, resource, &object)?;
    store(call, resource, object)
}

/// Restores credentials that a PUT leaves out, which are kept, as documented.
fn restore_given_once(resource: &Resource, known: &Object, object: &mut Object) {
    match (resource.path, known.get("oauthConfiguration")) {
        ("application", Some(Value::Object(known))) => {
            let oauth = object.entry("oauthConfiguration").or_insert_with(|| json!({}));
            if let (Some(oauth), Some(secret)) = (oauth.as_object_mut(), known.get("clientSecret")) {
                drop_blank(oauth, "clientSecret");
                default(oauth, "clientSecret", secret.clone());
            }
        }
        ("entity", _) => {
            for property in ["clientId", "clientSecret"] {
                if let Some(value) = known.get(property) {
                    drop_blank(object, property);
                    default(object, property, value.clone());
                }
            }
        }
        _ => {}
    }
}

/// Patches an object.
fn change(call: &mut Call<'_>, resource: &'static Resource, id: &str) -> Answer {
    let known = changeable(call, resource, id)?;
    let mut whole = json!({ resource.one: known });
    // The type decides which properties there are, and stays.
    if let (true, Some(kind), Some(Value::Object(given))) =
        (keeps_type(resource), known.get("type"), call.body.get_mut(resource.one))
    {
        set(given, "type", kind.clone());
    }
    call.apply_patch(&mut whole)?;
    let mut object = take_object(&mut whole, resource.one);
    restore_fixed(resource, &known, &mut object);
    user::forget_verification(call, &known, &mut object);
    check(call, resource, &object)?;
    store(call, resource, object)
}

/// Whether the type of an object is fixed once it is made.
fn keeps_type(resource: &Resource) -> bool {
    matches!(resource.path, "identity-provider" | "lambda")
}

/// Restores the properties that an update cannot change.
fn restore_fixed(resource: &Resource, known: &Object, object: &mut Object) {
    let mut kept = vec!["id", "tenantId", "insertInstant"];
    if resource.path == "api-key" {
        kept.push("key");
    }
    if resource.is_deactivated_first {
        kept.extend(["active", "state"]);
    }
    match resource.path {
        "application" => kept.extend(["roles", "scopes"]),
        "entity/type" => kept.push("permissions"),
        "group" => kept.push("roles"),
        "tenant" => kept.extend(["configured", "state"]),
        "user" => kept.extend([
            "breachedPasswordLastCheckedInstant",
            "breachedPasswordStatus",
            "connectorId",
            "lastLoginInstant",
            "memberships",
            "passwordLastUpdateInstant",
            "registrations",
            "twoFactor",
            "verified",
            "verifiedInstant",
        ]),
        "key" => {
            kept.extend(["algorithm", "type", "kid", "length", "publicKey", "secret", "certificate", "hasPrivateKey"])
        }
        _ if keeps_type(resource) => kept.push("type"),
        _ => {}
    }
    for property in kept {
        match known.get(property) {
            Some(value) => object.insert(property.to_owned(), value.clone()),
            None => object.remove(property),
        };
    }
    // An application's client id is its own id, as documented.
    let client_id = known.get("oauthConfiguration").and_then(|oauth| oauth.get("clientId"));
    if let ("application", Some(client_id)) = (resource.path, client_id)
        && let Some(oauth) = object.get_mut("oauthConfiguration").and_then(Value::as_object_mut)
    {
        set(oauth, "clientId", client_id.clone());
    }
}

fn store(call: &mut Call<'_>, resource: &'static Resource, mut object: Object) -> Answer {
    let now = call.state.now();
    set(&mut object, "lastUpdateInstant", now);
    defaults::add(resource.path, &mut object);
    keep_enabled_instant(call, resource, &mut object, now);
    installation::add_references(resource.path, &mut object);
    if resource.path == "user" {
        login_rules::keep(call, &mut object);
    }
    if resource.path == "group" && call.body.contains_key("roleIds") {
        let roles = roles_of(call)?;
        set(&mut object, "roles", roles);
    }
    if resource.path == "tenant" && call.body.contains_key("webhookIds") {
        choose_webhooks(call, text(&object, "id"))?;
    }
    call.state.put(resource.path, object.clone());
    Ok(Response::ok(json!({ resource.one: shown(call, resource, &object) })))
}

/// Notes since when unverified users or registrations are deleted, which nobody can set.
fn keep_enabled_instant(call: &Call<'_>, resource: &Resource, object: &mut Object, now: u64) {
    let policy = match resource.path {
        "tenant" => "userDeletePolicy",
        "application" => "registrationDeletePolicy",
        _ => return,
    };
    let known = call.state.get(resource.path, text(object, "id"));
    let known = known.and_then(|known| known.get(policy)?.get("unverified")?.get("enabledInstant")).cloned();
    let unverified = object.get_mut(policy).and_then(|policy| policy.get_mut("unverified")?.as_object_mut());
    if let Some(unverified) = unverified {
        unverified.remove("enabledInstant");
        if unverified.get("enabled") == Some(&json!(true)) {
            set(unverified, "enabledInstant", known.unwrap_or_else(|| json!(now)));
        }
    }
}

/// Gives a tenant the webhooks that the body's `webhookIds` name, and takes the others away. Global ones are everybody's.
fn choose_webhooks(call: &mut Call<'_>, tenant_id: &str) -> Result<(), Refusal> {
    let wanted = items(&call.body, "webhookIds").to_vec();
    for id in wanted.iter().filter_map(Value::as_str) {
        if call.state.get("webhook", id).is_none() {
            return Err(Response::field("invalid", "webhookIds", format!("There is no webhook [{id}].")));
        }
    }
    for webhook in call.state.all_mut("webhook") {
        if webhook.get("global") == Some(&json!(true)) {
            continue;
        }
        let mut tenants = items(webhook, "tenantIds").to_vec();
        tenants.retain(|known| known != tenant_id);
        if webhook.get("id").is_some_and(|id| wanted.contains(id)) {
            tenants.push(json!(tenant_id));
        }
        set(webhook, "tenantIds", tenants);
    }
    Ok(())
}

/// The roles that the body's `roleIds` name, by application.
fn roles_of(call: &Call<'_>) -> Result<Value, Refusal> {
    let mut roles = Object::new();
    for id in items(&call.body, "roleIds") {
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

/// Adds what FusionAuth adds to a new object: defaults, generated ids and secrets.
fn complete(call: &mut Call<'_>, resource: &Resource, object: &mut Object) {
    let id = text(object, "id").to_owned();
    match resource.path {
        "application" => {
            default(object, "active", true);
            let is_active = object.get("active") == Some(&json!(true));
            set(object, "state", if is_active { "Active" } else { "Inactive" });
            complete_list(call, object, "roles");
            complete_list(call, object, "scopes");
            let secret = call.state.new_code();
            let oauth = object.entry("oauthConfiguration").or_insert_with(|| json!({}));
            if let Some(oauth) = oauth.as_object_mut() {
                // A client id is the application's own id, as documented.
                set(oauth, "clientId", id);
                drop_blank(oauth, "clientSecret");
                default(oauth, "clientSecret", secret);
            }
        }
        "tenant" => {
            set(object, "state", "Active");
            set(object, "configured", true);
        }
        "user" => {
            default(object, "active", true);
            let tenant = call.state.get("tenant", text(object, "tenantId"));
            let email = tenant.and_then(|tenant| tenant.get("emailConfiguration"));
            let asks_to_verify = email.and_then(|email| email.get("verifyEmail")) == Some(&json!(true));
            default(object, "verified", !asks_to_verify || call.body_flag("skipVerification"));
        }
        "user-action" => default(object, "active", true),
        "entity/type" => complete_list(call, object, "permissions"),
        "entity" => {
            let secret = call.state.new_code();
            drop_blank(object, "clientId");
            drop_blank(object, "clientSecret");
            default(object, "clientId", id);
            default(object, "clientSecret", secret);
        }
        "api-key" => {
            let key = call.state.new_code();
            default(object, "key", key);
        }
        _ => {}
    }
}

/// Gives ids to the items of a list that have none.
fn complete_list(call: &mut Call<'_>, object: &mut Object, property: &str) {
    let Some(Value::Array(items)) = object.get_mut(property) else { return };
    for item in items.iter_mut().filter_map(Value::as_object_mut) {
        defaults::add(property.trim_end_matches('s'), item);
        let id = call.state.new_id();
        default(item, "id", id);
    }
}

fn delete(call: &mut Call<'_>, resource: &'static Resource, id: &str) -> Answer {
    let mut object = call.visible(resource.path, id)?;
    let is_default_tenant = resource.path == "tenant"
        && call.state.get("application", FUSIONAUTH_APPLICATION_ID).is_some_and(|own| text(own, "tenantId") == id);
    let is_default = is_default_tenant
        || installation::is_needed(resource.path, &object)
        || installation::is_read_only(resource.path, id);
    if is_default {
        return Err(Response::general("invalid", "What FusionAuth itself needs cannot be deleted."));
    }
    if resource.is_deactivated_first && !call.query_flag("hardDelete") {
        set(&mut object, "active", false);
        if resource.path == "application" {
            set(&mut object, "state", "Inactive");
        }
        call.state.put(resource.path, object);
        return Ok(Response::empty(200));
    }
    call.state.remove(resource.path, |object| text(object, "id") == id);
    delete_dependents(call, resource.path, id);
    let is_asynchronous = resource.path == "tenant" && call.query_flag("async");
    Ok(Response::empty(if is_asynchronous { 202 } else { 200 }))
}

/// Deletes what depends on an object that was deleted from a collection.
pub fn delete_dependents(call: &mut Call<'_>, collection: &str, id: &str) {
    match collection {
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

/// Whether an object is visible for the tenant that the request names.
fn is_visible(call: &Call<'_>, object: &Object) -> bool {
    call.tenant_id.as_ref().is_none_or(|id| is_in_tenant(object, id))
}
