//! Selects the part of an instance that was asked for, and everything it refers to.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    object::{Family, Object, Scope},
    references,
};
use crate::fusionauth::export::installation::DEFAULT_THEME_ID;

/// The kind and id of an object. Objects of different kinds may have the same id.
pub type Identity = (Family, Option<String>);

/// Why nothing was selected: the scope is not among the objects.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no {} {id} that the API key may read", family.singular())]
pub struct NotReadable {
    /// Tenant or application.
    pub family: Family,
    /// Its id.
    pub id: String,
}

/// Selects the objects of `scope`, sorted by family, then id, and removes their entries for applications and tenants
/// that are not selected.
///
/// # Errors
/// The tenant or application of the scope is not among the objects.
pub fn select(all: BTreeMap<Identity, Object>, scope: &Scope) -> Result<Vec<Object>, NotReadable> {
    let selected = match scope {
        Scope::Everything => all.keys().cloned().collect(),
        Scope::Tenant(id) => {
            if !all.contains_key(&(Family::Tenant, Some(id.clone()))) {
                return Err(NotReadable { family: Family::Tenant, id: id.clone() });
            }
            let belongs = |object: &Object| is_object(object, Family::Tenant, id) || is_in_tenant(object, id, &all);
            with_references(&all, identities(&all, belongs))
        }
        Scope::Application(id) => {
            let application = all.get(&(Family::Application, Some(id.clone())));
            let Some(application) = application else {
                return Err(NotReadable { family: Family::Application, id: id.clone() });
            };
            let tenant_id = application.text("tenantId");
            let belongs = |object: &Object| match object.family {
                Family::Application => is_object(object, Family::Application, id),
                Family::Group => has_roles_of(object, id),
                Family::IdentityProvider => is_enabled_for(object, id),
                Family::Webhook => is_called_for(object, tenant_id),
                _ => false,
            };
            with_references(&all, identities(&all, belongs))
        }
    };
    let objects = all.into_iter().filter(|(identity, _)| selected.contains(identity));
    let trimmed = objects.map(|(_, mut object)| {
        trim(&mut object, &selected);
        object
    });
    Ok(trimmed.collect())
}

fn is_object(object: &Object, family: Family, id: &str) -> bool {
    object.family == family && object.id.as_deref() == Some(id)
}

fn identities(all: &BTreeMap<Identity, Object>, belongs: impl Fn(&Object) -> bool) -> BTreeSet<Identity> {
    all.iter().filter(|(_, object)| belongs(object)).map(|(identity, _)| identity.clone()).collect()
}

/// Whether an object is in a tenant, or is used for it: an identity provider or a webhook.
fn is_in_tenant(object: &Object, tenant_id: &str, all: &BTreeMap<Identity, Object>) -> bool {
    let names_tenant = |object: &Object| object.text("tenantId") == Some(tenant_id);
    match object.family {
        Family::Application | Family::Entity | Family::Group => names_tenant(object),
        Family::IdentityProvider => {
            let applications = object.value.get("applicationConfiguration").and_then(Value::as_object);
            let is_in_tenant =
                |id: &str| all.get(&(Family::Application, Some(id.to_owned()))).is_some_and(names_tenant);
            names_tenant(object)
                || applications.is_some_and(|applications| {
                    applications.keys().any(|id| is_enabled_for(object, id) && is_in_tenant(id))
                })
        }
        Family::Webhook => is_called_for(object, Some(tenant_id)),
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

/// Whether a webhook receives the events of a tenant.
fn is_called_for(webhook: &Object, tenant_id: Option<&str>) -> bool {
    let tenants = webhook.value.get("tenantIds").and_then(Value::as_array);
    webhook.value.get("global") == Some(&Value::Bool(true))
        || tenant_id.is_some() && tenants.is_some_and(|tenants| tenants.iter().any(|id| id.as_str() == tenant_id))
}

/// Adds the objects that the selected ones refer to, those that these refer to, and so on.
fn with_references(all: &BTreeMap<Identity, Object>, mut selected: BTreeSet<Identity>) -> BTreeSet<Identity> {
    let mut families: BTreeMap<&str, Vec<Family>> = BTreeMap::new();
    for (family, id) in all.keys() {
        if let Some(id) = id {
            families.entry(id.as_str()).or_default().push(*family);
        }
    }
    loop {
        let mut added = BTreeSet::new();
        let mut add = |id: &str| {
            for family in families.get(id).into_iter().flatten() {
                let identity = (*family, Some(id.to_owned()));
                if !selected.contains(&identity) {
                    added.insert(identity);
                }
            }
        };
        for object in selected.iter().filter_map(|identity| all.get(identity)) {
            if has_entries_for_others(object.family) {
                // Its entries for other applications and tenants do not select these.
                let mut object = object.clone();
                trim(&mut object, &selected);
                references::each(&object, &mut add);
            } else {
                references::each(object, &mut add);
            }
            // A theme is written as the changes to a copy of this one.
            if object.family == Family::Theme {
                add(DEFAULT_THEME_ID);
            }
        }
        if added.is_empty() {
            return selected;
        }
        selected.extend(added);
    }
}

/// Whether objects of the kind have entries for applications or tenants that they are not in.
fn has_entries_for_others(family: Family) -> bool {
    matches!(family, Family::Webhook | Family::Group | Family::IdentityProvider)
}

/// Removes the entries for applications and tenants that are not selected.
fn trim(object: &mut Object, selected: &BTreeSet<Identity>) {
    if !has_entries_for_others(object.family) {
        return;
    }
    let is_selected = |family: Family, id: &str| selected.contains(&(family, Some(id.to_owned())));
    for (property, family) in [
        ("applicationConfiguration", Family::Application),
        ("tenantConfiguration", Family::Tenant),
        ("roles", Family::Application),
        ("tenantIds", Family::Tenant),
    ] {
        match object.value.get_mut(property) {
            Some(Value::Object(entries)) => entries.retain(|id, _| is_selected(family, id)),
            Some(Value::Array(ids)) => ids.retain(|id| id.as_str().is_none_or(|id| is_selected(family, id))),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn all() -> BTreeMap<Identity, Object> {
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
            let id = Some(id.to_owned());
            ((family, id.clone()), Object { family, id, value })
        });
        objects.collect()
    }

    fn selected(scope: &Scope) -> Vec<String> {
        select(all(), scope).unwrap().into_iter().filter_map(|object| object.id).collect()
    }

    #[test]
    fn an_application_comes_with_what_it_needs_and_nothing_more() {
        let scope = Scope::Application("a".to_owned());
        let expected = ["key", DEFAULT_THEME_ID, "theme", "tenant", "global-hook", "hook", "a", "group", "provider"];
        assert_eq!(selected(&scope), expected);
        let objects = select(all(), &scope).unwrap();
        let value = |id: &str| {
            Value::Object(objects.iter().find(|object| object.id.as_deref() == Some(id)).unwrap().value.clone())
        };
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
        assert_eq!(selected(&Scope::Tenant("tenant".to_owned())), expected);
    }

    #[test]
    fn everything_is_selected_and_a_scope_that_does_not_exist_is_an_error() {
        assert_eq!(selected(&Scope::Everything).len(), all().len());
        let error = select(all(), &Scope::Tenant("x".to_owned())).unwrap_err();
        assert_eq!(error.to_string(), "there is no tenant x that the API key may read");
        assert!(select(all(), &Scope::Application("tenant".to_owned())).is_err());
    }
}
