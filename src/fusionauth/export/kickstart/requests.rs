//! The requests that create or update an object, as its family needs them.

use serde_json::{Map, Value, json};

use super::{
    defaults::{Action, Defaults},
    keys::{self, KeyUses},
    patch,
    request::{Request, Requests},
    variables::describe,
};
use crate::fusionauth::export::{
    installation::DEFAULT_THEME_ID,
    report::{Remark, Report},
    snapshot::object::{Family, Object, Snapshot},
};

/// Timestamps, which an instance sets by itself.
const INSTANTS: [&str; 2] = ["insertInstant", "lastUpdateInstant"];

/// The requests for an object. What they cannot set is added to `report`.
pub fn requests(
    object: &Object,
    snapshot: &Snapshot,
    defaults: &Defaults<'_>,
    uses: &KeyUses<'_>,
    report: &mut Report,
) -> Requests {
    let action = defaults.action(object);
    let mut value = cleaned(object);
    if action == Action::CreateCopy {
        let name = format!("{} (copy)", object.label());
        report.changes.push(Remark {
            what: format!("the name of {}", describe(object)),
            why: format!("every instance has one of that name, so this one is `{name}`"),
        });
        value.insert("name".to_owned(), Value::from(name));
    }
    if object.value.get("active") == Some(&Value::Bool(false)) {
        report.changes.push(Remark {
            what: format!("that {} is not active", describe(object)),
            why: "a Kickstart cannot deactivate; check that FusionAuth used `active` from the request".to_owned(),
        });
    }
    let builder = RequestBuilder { object, defaults, exists: action == Action::Update };
    match object.family {
        Family::Key => single(keys::request(object, &builder.id().unwrap_or_default(), uses, report)),
        Family::Theme => builder.theme(value, snapshot.object(Family::Theme, DEFAULT_THEME_ID)),
        Family::UserAction => builder.user_action(value),
        Family::EntityType => builder.entity_type(value),
        Family::Tenant => builder.tenant(value),
        Family::Application => builder.application(value),
        Family::Group => builder.group(value),
        Family::Entity => builder.entity(value),
        Family::SystemConfiguration => builder.system_configuration(value),
        Family::TenantManagerConfiguration => builder.tenant_manager(value),
        _ => single(builder.request(value)),
    }
}

/// Builds the requests for one object.
struct RequestBuilder<'a> {
    object: &'a Object,
    defaults: &'a Defaults<'a>,
    /// Whether every new instance has the object.
    exists: bool,
}

impl RequestBuilder<'_> {
    /// The object's id as a part of a URL.
    fn id(&self) -> Option<String> {
        self.object.id.as_deref().map(|id| self.defaults.url_id(id))
    }

    /// `/api/…`, with the id where there is one.
    fn url(&self) -> String {
        let (path, _) = self.object.family.endpoint();
        self.id().map_or_else(|| format!("/api/{path}"), |id| format!("/api/{path}/{id}"))
    }

    fn request(&self, value: Map<String, Value>) -> Request {
        let (_, key) = self.object.family.endpoint();
        Request {
            method: if self.exists { "PATCH" } else { "POST" },
            url: self.url(),
            tenant_id: None,
            body: json!({ key: value }),
        }
    }

    fn in_tenant(&self, mut value: Map<String, Value>) -> Request {
        let tenant_id = value.remove("tenantId").and_then(|id| id.as_str().map(str::to_owned));
        Request { tenant_id, ..self.request(value) }
    }

    fn user_action(&self, mut value: Map<String, Value>) -> Requests {
        remove_where_true(&mut value, "active");
        single(self.request(value))
    }

    fn entity_type(&self, mut value: Map<String, Value>) -> Requests {
        set_list(&mut value, "permissions");
        single(self.request(value))
    }

    fn tenant(&self, mut value: Map<String, Value>) -> Requests {
        value.remove("configured");
        value.remove("state");
        remove_at(&mut value, &["userDeletePolicy", "unverified", "enabledInstant"]);
        single(self.request(value))
    }

    fn application(&self, mut value: Map<String, Value>) -> Requests {
        value.remove("state");
        remove_where_true(&mut value, "active");
        remove_at(&mut value, &["oauthConfiguration", "clientId"]);
        remove_at(&mut value, &["registrationDeletePolicy", "unverified", "enabledInstant"]);
        let scopes = items(value.remove("scopes"));
        if self.exists {
            // FusionAuth's own application keeps the name, roles and client secret that it has in the new instance.
            value.remove("roles");
            value.remove("name");
            remove_at(&mut value, &["oauthConfiguration", "clientSecret"]);
            return single(self.in_tenant(value));
        }
        set_list(&mut value, "roles");
        let first = self.in_tenant(value);
        let rest = scopes.into_iter().map(|mut scope| {
            scope.remove("applicationId");
            let id = scope.remove("id").and_then(|id| id.as_str().map(super::text::escape)).unwrap_or_default();
            Request {
                method: "POST",
                url: format!("{}/scope/{id}", first.url),
                tenant_id: first.tenant_id.clone(),
                body: json!({ "scope": scope }),
            }
        });
        let rest = rest.collect();
        Requests { first, rest }
    }

    /// A group's roles are given by their ids, whatever application they belong to.
    fn group(&self, mut value: Map<String, Value>) -> Requests {
        let roles = match value.remove("roles") {
            Some(Value::Object(by_application)) => by_application,
            _ => Map::new(),
        };
        let mut ids: Vec<Value> = roles.values().flat_map(role_ids).collect();
        ids.sort_by(|left, right| left.as_str().cmp(&right.as_str()));
        let mut request = self.in_tenant(value);
        if let (false, Some(body)) = (ids.is_empty(), request.body.as_object_mut()) {
            body.insert("roleIds".to_owned(), Value::Array(ids));
        }
        single(request)
    }

    fn entity(&self, mut value: Map<String, Value>) -> Requests {
        if let Some(kind) = value.get_mut("type") {
            let id = kind.get_mut("id").map(Value::take).unwrap_or_default();
            *kind = json!({ "id": id });
        }
        if value.get("clientId").and_then(Value::as_str) == self.object.id.as_deref() {
            value.remove("clientId");
        }
        single(self.in_tenant(value))
    }

    fn system_configuration(&self, mut value: Map<String, Value>) -> Requests {
        // It encrypts the cookies of the instance that was read only.
        value.remove("cookieEncryptionKey");
        single(self.request(value))
    }

    fn tenant_manager(&self, mut value: Map<String, Value>) -> Requests {
        let providers = match value.remove("identityProviderTypeConfigurations") {
            Some(Value::Object(by_type)) => by_type,
            _ => Map::new(),
        };
        let first = self.request(value);
        let rest = providers.into_iter().filter_map(|(kind, configuration)| {
            let Value::Object(mut configuration) = configuration else { return None };
            remove_instants(&mut configuration);
            configuration.remove("type");
            Some(Request {
                method: "POST",
                url: format!("{}/identity-provider/{}", first.url, super::text::escape(&kind)),
                tenant_id: None,
                body: json!({ "typeConfiguration": configuration }),
            })
        });
        let rest = rest.collect();
        Requests { first, rest }
    }

    /// A copy of the default theme, then the differences, so that a newer instance keeps its newer templates.
    fn theme(&self, value: Map<String, Value>, default: Option<&Object>) -> Requests {
        if value.get("type").and_then(Value::as_str) == Some("simple") {
            return single(self.request(value));
        }
        let name = value.get("name").cloned().unwrap_or_default();
        let mut base = default.map(cleaned).unwrap_or_default();
        base.insert("name".to_owned(), name.clone());
        let mut change = patch::difference(&base, &value);
        // A theme without a template shows the default one, which the copy has.
        match change.get_mut("templates") {
            Some(Value::Object(templates)) => {
                templates.retain(|_, template| !template.is_null());
                if templates.is_empty() {
                    change.remove("templates");
                }
            }
            Some(_) => drop(change.remove("templates")),
            None => {}
        }
        // Only simple themes have variables.
        if change.get("variables") == Some(&Value::Null) {
            change.remove("variables");
        }
        let first = Request {
            method: "POST",
            url: self.url(),
            tenant_id: None,
            body: json!({ "sourceThemeId": DEFAULT_THEME_ID, "theme": { "name": name } }),
        };
        let second = Request { method: "PATCH", body: json!({ "theme": change }), ..first.clone() };
        let rest = if change.is_empty() { Vec::new() } else { vec![second] };
        Requests { first, rest }
    }
}

fn single(first: Request) -> Requests {
    Requests { first, rest: Vec::new() }
}

/// The object's properties without its id, timestamps and nulls.
fn cleaned(object: &Object) -> Map<String, Value> {
    let mut value = object.value.clone();
    value.remove("id");
    remove_instants(&mut value);
    without_nulls(&mut value);
    value
}

fn remove_instants(object: &mut Map<String, Value>) {
    for property in INSTANTS {
        object.remove(property);
    }
}

/// Removes nulls: they mean the same as absent properties, except in a PATCH.
fn without_nulls(object: &mut Map<String, Value>) {
    object.retain(|_, value| !value.is_null());
    object.values_mut().for_each(without_nulls_inside);
}

fn without_nulls_inside(value: &mut Value) {
    match value {
        Value::Object(object) => without_nulls(object),
        Value::Array(items) => items.iter_mut().for_each(without_nulls_inside),
        _ => {}
    }
}

/// Removes a property that is true, which it is by default.
fn remove_where_true(object: &mut Map<String, Value>, property: &str) {
    if object.get(property) == Some(&Value::Bool(true)) {
        object.remove(property);
    }
}

fn remove_at(object: &mut Map<String, Value>, path: &[&str]) {
    match path {
        [] => {}
        [last] => drop(object.remove(*last)),
        [first, rest @ ..] => {
            if let Some(Value::Object(inner)) = object.get_mut(*first) {
                remove_at(inner, rest);
            }
        }
    }
}

/// Sorts the items of a list by id and removes their timestamps.
fn set_list(object: &mut Map<String, Value>, property: &str) {
    if let Some(list) = object.remove(property) {
        let items = items(Some(list)).into_iter().map(Value::Object);
        object.insert(property.to_owned(), items.collect());
    }
}

/// The objects of a list, sorted by id, without their timestamps.
fn items(list: Option<Value>) -> Vec<Map<String, Value>> {
    let Some(Value::Array(list)) = list else { return Vec::new() };
    let objects = list.into_iter().filter_map(|item| match item {
        Value::Object(mut item) => {
            remove_instants(&mut item);
            Some(item)
        }
        _ => None,
    });
    let mut objects: Vec<_> = objects.collect();
    objects.sort_by(|left, right| id_of(left).cmp(id_of(right)));
    objects
}

fn id_of(item: &Map<String, Value>) -> &str {
    item.get("id").and_then(Value::as_str).unwrap_or_default()
}

fn role_ids(roles: &Value) -> Vec<Value> {
    roles.as_array().into_iter().flatten().filter_map(|role| role.get("id").cloned()).collect()
}
