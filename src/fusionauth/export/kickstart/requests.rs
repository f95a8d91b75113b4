//! The requests that make an object, as its family wants them.

use serde_json::{Map, Value, json};

use super::{
    defaults::{Defaults, Standing},
    keys::{self, KeyUses},
    patch,
    request::{Request, Requests},
    variables::described,
};
use crate::fusionauth::export::{
    installation::DEFAULT_THEME_ID,
    report::LeftOut,
    snapshot::object::{Family, Object, Snapshot},
};

/// What an instance says of an object and takes from nobody.
const INSTANTS: [&str; 2] = ["insertInstant", "lastUpdateInstant"];

/// The requests for an object, and what they cannot make, which is added to `left_out`.
pub fn requests(
    object: &Object,
    snapshot: &Snapshot,
    defaults: &Defaults<'_>,
    uses: &KeyUses<'_>,
    left_out: &mut Vec<LeftOut>,
) -> Requests {
    let standing = defaults.standing(object);
    let mut value = cleaned(object);
    if standing == Standing::Copy {
        let name = format!("{} (copy)", object.label());
        left_out.push(LeftOut {
            what: format!("the name of {}", described(object)),
            why: format!("every instance has one of that name, so this one is `{name}`"),
        });
        value.insert("name".to_owned(), Value::from(name));
    }
    if object.value.get("active") == Some(&Value::Bool(false)) {
        left_out.push(LeftOut {
            what: format!("that {} is not active", described(object)),
            why: "a Kickstart cannot deactivate; see to it that FusionAuth took `active` from the request".to_owned(),
        });
    }
    let maker = Maker { object, defaults, is_there: standing == Standing::There };
    match object.family {
        Family::Key => alone(keys::request(object, &defaults.address(&object.id), uses, left_out)),
        Family::Theme => maker.theme(value, snapshot.object(Family::Theme, DEFAULT_THEME_ID)),
        Family::UserAction => maker.user_action(value),
        Family::EntityType => maker.entity_type(value),
        Family::Tenant => maker.tenant(value),
        Family::Application => maker.application(value),
        Family::Group => maker.group(value),
        Family::Entity => maker.entity(value),
        Family::SystemConfiguration => maker.system_configuration(value),
        Family::TenantManagerConfiguration => maker.tenant_manager(value),
        _ => maker.whole(value),
    }
}

/// Makes requests of one object.
struct Maker<'a> {
    object: &'a Object,
    defaults: &'a Defaults<'a>,
    is_there: bool,
}

impl Maker<'_> {
    /// `/api/…`, and the id where there is one.
    fn url(&self) -> String {
        let (path, _) = self.object.family.request();
        let id = self.defaults.address(&self.object.id);
        if id.is_empty() { format!("/api/{path}") } else { format!("/api/{path}/{id}") }
    }

    fn request(&self, value: Map<String, Value>) -> Request {
        let (_, key) = self.object.family.request();
        Request {
            method: if self.is_there { "PATCH" } else { "POST" },
            url: self.url(),
            tenant_id: None,
            body: json!({ key: value }),
        }
    }

    fn in_tenant(&self, mut value: Map<String, Value>) -> Request {
        let tenant_id = value.remove("tenantId").and_then(|id| id.as_str().map(str::to_owned));
        Request { tenant_id, ..self.request(value) }
    }

    fn whole(&self, value: Map<String, Value>) -> Requests {
        alone(self.request(value))
    }

    fn user_action(&self, mut value: Map<String, Value>) -> Requests {
        remove_where_true(&mut value, "active");
        alone(self.request(value))
    }

    fn entity_type(&self, mut value: Map<String, Value>) -> Requests {
        set_list(&mut value, "permissions");
        alone(self.request(value))
    }

    fn tenant(&self, mut value: Map<String, Value>) -> Requests {
        value.remove("configured");
        value.remove("state");
        remove_at(&mut value, &["userDeletePolicy", "unverified", "enabledInstant"]);
        alone(self.request(value))
    }

    fn application(&self, mut value: Map<String, Value>) -> Requests {
        value.remove("state");
        remove_where_true(&mut value, "active");
        remove_at(&mut value, &["oauthConfiguration", "clientId"]);
        remove_at(&mut value, &["registrationDeletePolicy", "unverified", "enabledInstant"]);
        let scopes = items(value.remove("scopes"));
        if self.is_there {
            // FusionAuth's own application: what it is called, may do and is known by is the instance's.
            value.remove("roles");
            value.remove("name");
            remove_at(&mut value, &["oauthConfiguration", "clientSecret"]);
            return alone(self.in_tenant(value));
        }
        set_list(&mut value, "roles");
        let first = self.in_tenant(value);
        let then = scopes.into_iter().map(|mut scope| {
            scope.remove("applicationId");
            let id = scope.remove("id").and_then(|id| id.as_str().map(super::text::escaped)).unwrap_or_default();
            Request {
                method: "POST",
                url: format!("{}/scope/{id}", first.url),
                tenant_id: first.tenant_id.clone(),
                body: json!({ "scope": scope }),
            }
        });
        let then = then.collect();
        Requests { first, then }
    }

    /// A group's roles are named by their ids, whatever application they are of.
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
        alone(request)
    }

    fn entity(&self, mut value: Map<String, Value>) -> Requests {
        if let Some(kind) = value.get_mut("type") {
            let id = kind.get_mut("id").map(Value::take).unwrap_or_default();
            *kind = json!({ "id": id });
        }
        if value.get("clientId").and_then(Value::as_str) == Some(self.object.id.as_str()) {
            value.remove("clientId");
        }
        alone(self.in_tenant(value))
    }

    fn system_configuration(&self, mut value: Map<String, Value>) -> Requests {
        // What is encrypted with it is the other instance's.
        value.remove("cookieEncryptionKey");
        alone(self.request(value))
    }

    fn tenant_manager(&self, mut value: Map<String, Value>) -> Requests {
        let providers = match value.remove("identityProviderTypeConfigurations") {
            Some(Value::Object(by_type)) => by_type,
            _ => Map::new(),
        };
        let first = self.request(value);
        let then = providers.into_iter().filter_map(|(kind, configuration)| {
            let Value::Object(mut configuration) = configuration else { return None };
            remove_instants(&mut configuration);
            configuration.remove("type");
            Some(Request {
                method: "POST",
                url: format!("{}/identity-provider/{}", first.url, super::text::escaped(&kind)),
                tenant_id: None,
                body: json!({ "typeConfiguration": configuration }),
            })
        });
        let then = then.collect();
        Requests { first, then }
    }

    /// A copy of the default theme, then what is different: so a newer instance keeps its newer templates.
    fn theme(&self, value: Map<String, Value>, default: Option<&Object>) -> Requests {
        if value.get("type").and_then(Value::as_str) == Some("simple") {
            return alone(self.request(value));
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
        // Those are a simple theme's.
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
        let then = if change.is_empty() { Vec::new() } else { vec![second] };
        Requests { first, then }
    }
}

fn alone(first: Request) -> Requests {
    Requests { first, then: Vec::new() }
}

/// The object's properties without its id, instants and nulls.
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

/// Absent and null mean the same, but for a PATCH.
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

/// What is so in a new object anyway.
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

/// Puts the items of a list in the order of their ids, without their instants.
fn set_list(object: &mut Map<String, Value>, property: &str) {
    if let Some(list) = object.remove(property) {
        let items = items(Some(list)).into_iter().map(Value::Object);
        object.insert(property.to_owned(), items.collect());
    }
}

/// The objects of a list, by their ids, without their instants.
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
