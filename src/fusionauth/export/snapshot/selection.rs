//! The part of an instance that was asked for, and all it refers to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    object::{Family, Object, Scope},
    references,
};
use crate::fusionauth::export::installation::DEFAULT_THEME_ID;

/// What names one object among all: several kinds may share an id.
pub type Key = (Family, String);

/// Chooses the objects of `scope`, sorted by family, then id, and takes out of them what leads to others.
///
/// # Errors
/// Where the tenant or application of the scope is not among them.
pub fn select(all: BTreeMap<Key, Object>, scope: &Scope) -> Result<Vec<Object>, String> {
    let chosen = match scope {
        Scope::Everything => all.keys().cloned().collect(),
        Scope::Tenant(id) => {
            let tenant = (Family::Tenant, id.clone());
            if !all.contains_key(&tenant) {
                return Err(format!("there is no tenant {id} that the API key may read"));
            }
            let belongs =
                |object: &Object| object.family == Family::Tenant && object.id == *id || is_of(object, id, &all);
            closed(&all, matching(&all, belongs))
        }
        Scope::Application(id) => {
            let application = all.get(&(Family::Application, id.clone()));
            let application =
                application.ok_or_else(|| format!("there is no application {id} that the API key may read"))?;
            let tenant_id = text(application, "tenantId");
            let belongs = |object: &Object| match object.family {
                Family::Application => object.id == *id,
                Family::Group => has_roles_of(object, id),
                Family::IdentityProvider => is_enabled_for(object, id),
                Family::Webhook => is_called_for(object, tenant_id),
                _ => false,
            };
            closed(&all, matching(&all, belongs))
        }
    };
    let objects = all.into_iter().filter(|(key, _)| chosen.contains(key));
    let trimmed = objects.map(|(_, mut object)| {
        trim(&mut object, &chosen);
        object
    });
    Ok(trimmed.collect())
}

fn matching(all: &BTreeMap<Key, Object>, belongs: impl Fn(&Object) -> bool) -> BTreeSet<Key> {
    all.iter().filter(|(_, object)| belongs(object)).map(|(key, _)| key.clone()).collect()
}

/// Whether an object goes with a tenant: its own, or one that works for it.
fn is_of(object: &Object, tenant_id: &str, all: &BTreeMap<Key, Object>) -> bool {
    match object.family {
        Family::Application | Family::Entity | Family::Group => text(object, "tenantId") == tenant_id,
        Family::IdentityProvider => {
            let applications = object.value.get("applicationConfiguration").and_then(Value::as_object);
            let is_of_tenant = |id: &str| {
                let application = all.get(&(Family::Application, id.to_owned()));
                application.is_some_and(|application| text(application, "tenantId") == tenant_id)
            };
            text(object, "tenantId") == tenant_id
                || applications.is_some_and(|applications| {
                    applications.keys().any(|id| is_enabled_for(object, id) && is_of_tenant(id))
                })
        }
        Family::Webhook => is_called_for(object, tenant_id),
        _ => false,
    }
}

fn is_enabled_for(provider: &Object, application_id: &str) -> bool {
    let configuration = provider.value.get("applicationConfiguration").and_then(|map| map.get(application_id));
    configuration.and_then(|configuration| configuration.get("enabled")) == Some(&Value::Bool(true))
}

fn has_roles_of(group: &Object, application_id: &str) -> bool {
    let roles = group.value.get("roles").and_then(|roles| roles.get(application_id)).and_then(Value::as_array);
    roles.is_some_and(|roles| !roles.is_empty())
}

/// Whether a webhook is told of events in a tenant.
fn is_called_for(webhook: &Object, tenant_id: &str) -> bool {
    let tenants = webhook.value.get("tenantIds").and_then(Value::as_array);
    webhook.value.get("global") == Some(&Value::Bool(true))
        || tenants.is_some_and(|tenants| tenants.iter().any(|id| id.as_str() == Some(tenant_id)))
}

/// The chosen objects, what they refer to, what that refers to, and so on.
fn closed(all: &BTreeMap<Key, Object>, mut chosen: BTreeSet<Key>) -> BTreeSet<Key> {
    let mut families: BTreeMap<&str, Vec<Family>> = BTreeMap::new();
    for (family, id) in all.keys() {
        families.entry(id.as_str()).or_default().push(*family);
    }
    loop {
        let mut found = BTreeSet::new();
        let mut find = |id: &str| {
            for family in families.get(id).into_iter().flatten() {
                let key = (*family, id.to_owned());
                if !chosen.contains(&key) {
                    found.insert(key);
                }
            }
        };
        for object in chosen.iter().filter_map(|key| all.get(key)) {
            if is_trimmed(object.family) {
                // What it has for others is no reason to take them too.
                let mut object = object.clone();
                trim(&mut object, &chosen);
                references::each(&object, &mut find);
            } else {
                references::each(object, &mut find);
            }
            // A theme is a copy of this one, changed.
            if object.family == Family::Theme {
                find(DEFAULT_THEME_ID);
            }
        }
        if found.is_empty() {
            return chosen;
        }
        chosen.extend(found);
    }
}

/// Whether objects of the kind have entries for applications or tenants that they are not part of.
fn is_trimmed(family: Family) -> bool {
    matches!(family, Family::Webhook | Family::Group | Family::IdentityProvider)
}

/// Takes out the entries for applications and tenants that are not chosen.
fn trim(object: &mut Object, chosen: &BTreeSet<Key>) {
    if !is_trimmed(object.family) {
        return;
    }
    let is_chosen = |family: Family, id: &str| chosen.contains(&(family, id.to_owned()));
    for (property, family) in [
        ("applicationConfiguration", Family::Application),
        ("tenantConfiguration", Family::Tenant),
        ("roles", Family::Application),
        ("tenantIds", Family::Tenant),
    ] {
        match object.value.get_mut(property) {
            Some(Value::Object(entries)) => entries.retain(|id, _| is_chosen(family, id)),
            Some(Value::Array(ids)) => ids.retain(|id| id.as_str().is_none_or(|id| is_chosen(family, id))),
            _ => {}
        }
    }
}

fn text<'a>(object: &'a Object, property: &str) -> &'a str {
    object.value.get(property).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all() -> BTreeMap<Key, Object> {
        let objects = [
            (Family::Key, "key", json!({})),
            (Family::Key, "other-key", json!({})),
            (Family::Theme, "theme", json!({})),
            (Family::Theme, DEFAULT_THEME_ID, json!({})),
            (Family::Tenant, "tenant", json!({ "themeId": "theme" })),
            (Family::Tenant, "other-tenant", json!({ "themeId": DEFAULT_THEME_ID })),
            (Family::Webhook, "global-hook", json!({ "global": true })),
            (Family::Webhook, "hook", json!({ "global": false, "tenantIds": ["other-tenant", "tenant"] })),
            (Family::Webhook, "other-hook", json!({ "global": false, "tenantIds": ["other-tenant"] })),
            (Family::Application, "a", json!({ "tenantId": "tenant", "jwtConfiguration": { "idTokenKeyId": "key" } })),
            (Family::Application, "b", json!({ "tenantId": "tenant" })),
            (Family::Application, "c", json!({ "tenantId": "other-tenant" })),
            (Family::Group, "group", json!({ "tenantId": "tenant", "roles": { "a": [{ "id": "r" }], "b": [{}] } })),
            (Family::Group, "empty", json!({ "tenantId": "tenant", "roles": { "a": [] } })),
            (Family::Entity, "entity", json!({ "tenantId": "tenant" })),
            (
                Family::IdentityProvider,
                "provider",
                json!({
                    "applicationConfiguration": { "a": { "enabled": true }, "c": { "enabled": true, "keyId": "other-key" } },
                    "tenantConfiguration": { "tenant": {}, "other-tenant": {} }
                }),
            ),
            (
                Family::IdentityProvider,
                "off",
                json!({ "applicationConfiguration": { "a": { "enabled": false }, "c": { "enabled": true } } }),
            ),
        ];
        let objects = objects.into_iter().map(|(family, id, value)| {
            let value = value.as_object().cloned().unwrap_or_default();
            ((family, id.to_owned()), Object { family, id: id.to_owned(), value })
        });
        objects.collect()
    }

    fn chosen(scope: &Scope) -> Vec<String> {
        select(all(), scope).unwrap().into_iter().map(|object| object.id).collect()
    }

    #[test]
    fn an_application_comes_with_what_it_needs_and_nothing_more() {
        let scope = Scope::Application("a".to_owned());
        let expected = ["key", DEFAULT_THEME_ID, "theme", "tenant", "global-hook", "hook", "a", "group", "provider"];
        assert_eq!(chosen(&scope), expected);
        let objects = select(all(), &scope).unwrap();
        let value = |id: &str| Value::Object(objects.iter().find(|object| object.id == id).unwrap().value.clone());
        assert_eq!(value("hook")["tenantIds"], json!(["tenant"]));
        assert_eq!(value("group")["roles"], json!({ "a": [{ "id": "r" }] }));
        let expected = json!({ "applicationConfiguration": { "a": { "enabled": true } }, "tenantConfiguration": { "tenant": {} } });
        assert_eq!(value("provider"), expected);
    }

    #[test]
    fn a_tenant_comes_with_all_that_is_in_it() {
        let expected = [
            "key",
            DEFAULT_THEME_ID,
            "theme",
            "tenant",
            "global-hook",
            "hook",
            "a",
            "b",
            "empty",
            "group",
            "entity",
            "provider",
        ];
        assert_eq!(chosen(&Scope::Tenant("tenant".to_owned())), expected);
    }

    #[test]
    fn everything_is_everything_and_what_is_not_there_is_said() {
        assert_eq!(chosen(&Scope::Everything).len(), all().len());
        assert!(select(all(), &Scope::Tenant("x".to_owned())).is_err());
        assert!(select(all(), &Scope::Application("tenant".to_owned())).is_err());
    }
}
