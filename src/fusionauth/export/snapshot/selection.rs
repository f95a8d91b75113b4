//! Selects the part of an instance that was asked for, and everything it refers to.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::Value;

use super::{
    object::{Family, Object, Scope, Snapshot},
    references,
};
use crate::fusionauth::export::{installation::DEFAULT_THEME_ID, line::one_line, report::Remark};

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

/// What a scope selects.
#[derive(Debug, Default, PartialEq)]
pub struct Selection {
    /// The selected objects, sorted by family, then id.
    pub objects: Vec<Object>,
    /// The other objects that the selected ones name, sorted as these are.
    pub foreign: Vec<Object>,
}

/// Entries of an object for applications or tenants that are not among the objects of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignEntries {
    /// The object that has them.
    pub owner: Identity,
    /// The property that they are in.
    pub property: &'static str,
    /// What they are for, for a person.
    pub names: Vec<String>,
}

/// Why an object is not adopted on a server for one tenant.
const SHARED: &str = "it is for other tenants too, and this server works for one";

/// The most names that a remark has.
const MAX_NAMES: usize = 20;

impl ForeignEntries {
    /// What a report says of them; `owner` is what it calls the object.
    pub fn remark(&self, owner: &str) -> Remark {
        let shown = self.names.iter().take(MAX_NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = match self.names.len().saturating_sub(MAX_NAMES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let why = format!("not written, because they are outside of the exported part: {shown}{more}");
        Remark { what: format!("{owner}: {}", self.property), why }
    }
}

/// Selects the objects of `scope`.
///
/// # Errors
/// The tenant or application of the scope is not among the objects.
pub fn select(all: BTreeMap<Identity, Object>, scope: &Scope) -> Result<Selection, NotReadable> {
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
    let mut named = BTreeSet::new();
    for object in selected.iter().filter_map(|identity| all.get(identity)) {
        references::each(object, &mut |id| {
            named.insert(id.to_owned());
        });
    }
    let mut selection = Selection::default();
    for (identity, object) in all {
        if selected.contains(&identity) {
            selection.objects.push(object);
        } else if identity.1.is_some_and(|id| named.contains(&id)) {
            selection.foreign.push(object);
        }
    }
    Ok(selection)
}

/// The part of a snapshot that `scope` selects.
///
/// # Errors
/// The tenant or application of the scope is not among its objects.
pub fn narrowed(snapshot: Snapshot, scope: Scope) -> Result<Snapshot, NotReadable> {
    let objects = snapshot.objects.into_iter();
    let all = objects.map(|object| ((object.family, object.id.clone()), object)).collect();
    let Selection { objects, mut foreign } = select(all, &scope)?;
    foreign.extend(snapshot.foreign);
    Ok(Snapshot { scope, objects, foreign, ..snapshot })
}

/// A copy of a snapshot without its entries for applications and tenants that are not in it, and these entries.
pub fn without_foreign_entries(snapshot: &Snapshot) -> (Cow<'_, Snapshot>, Vec<ForeignEntries>) {
    let identity = |object: &Object| (object.family, object.id.clone());
    let selected: BTreeSet<Identity> = snapshot.objects.iter().map(identity).collect();
    let mut found = Vec::new();
    let mut trimmed = Cow::Borrowed(snapshot);
    for (at, object) in snapshot.objects.iter().enumerate() {
        let of_object: Vec<_> =
            PROPERTIES_BY_ID.iter().filter_map(|by_id| foreign_entries(object, *by_id, &selected, snapshot)).collect();
        if !of_object.is_empty()
            && let Some(object) = trimmed.to_mut().objects.get_mut(at)
        {
            trim(object, &selected);
            found.extend(of_object);
        }
    }
    (trimmed, found)
}

/// The entries of a property for what is not selected; `None` where there are none.
fn foreign_entries(
    object: &Object,
    (property, family): (&'static str, Family),
    selected: &BTreeSet<Identity>,
    snapshot: &Snapshot,
) -> Option<ForeignEntries> {
    let value = object.value.get(property).filter(|_| has_entries_for_others(object.family))?;
    let ids: Vec<&str> = match value {
        Value::Object(entries) => entries.keys().map(String::as_str).collect(),
        Value::Array(ids) => ids.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let mut names = Vec::new();
    let mut unread = 0;
    for id in ids.into_iter().filter(|id| !selected.contains(&(family, Some((*id).to_owned())))) {
        // What cannot be read may be another tenant's, whose ids are not this one's to know.
        let Some(owner) = snapshot.foreign.iter().find(|other| is_object(other, family, id)) else {
            unread += 1;
            continue;
        };
        let owner = match owner.label() {
            name if name != id => format!("{} {} ({id})", family.singular(), one_line(name)),
            _ => format!("{} {id}", family.singular()),
        };
        let roles = value.get(id).filter(|_| object.family == Family::Group).and_then(Value::as_array);
        match roles {
            Some(roles) => {
                let named = roles.iter().filter_map(|role| role.get("name").or_else(|| role.get("id"))?.as_str());
                names.extend(named.map(|name| format!("{} of {owner}", one_line(name))));
            }
            None => names.push(owner),
        }
    }
    names.sort();
    if unread > 0 {
        let kind = if unread == 1 { family.singular() } else { family.plural() };
        names.push(format!("{unread} {kind} that could not be read"));
    }
    let owner = (object.family, object.id.clone());
    (!names.is_empty()).then_some(ForeignEntries { owner, property, names })
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

/// The properties with entries by the ids of applications or tenants.
const PROPERTIES_BY_ID: [(&str, Family); 4] = [
    ("applicationConfiguration", Family::Application),
    ("tenantConfiguration", Family::Tenant),
    ("roles", Family::Application),
    ("tenantIds", Family::Tenant),
];

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
    for (property, family) in PROPERTIES_BY_ID {
        match object.value.get_mut(property) {
            Some(Value::Object(entries)) => entries.retain(|id, _| is_selected(family, id)),
            Some(Value::Array(ids)) => ids.retain(|id| id.as_str().is_none_or(|id| is_selected(family, id))),
            _ => {}
        }
    }
}

/// A snapshot without the objects that cannot be adopted on a server for one tenant: their entries for what it cannot
/// read would be written, or taken away.
///
/// The tenants of a webhook are neither, since the provider reads them and sends them back.
pub fn without_shared(snapshot: Snapshot) -> Snapshot {
    let selected: BTreeSet<Identity> =
        snapshot.objects.iter().map(|object| (object.family, object.id.clone())).collect();
    let is_known = |family: Family, id: &str| {
        selected.contains(&(family, Some(id.to_owned())))
            || snapshot.foreign.iter().any(|other| is_object(other, family, id))
    };
    let is_shared = |object: &Object| {
        let is_wanted = has_entries_for_others(object.family) && object.family != Family::Webhook;
        let by_id = PROPERTIES_BY_ID.iter().filter(|_| is_wanted);
        let mut entries =
            by_id.filter_map(|(property, family)| Some((family, object.value.get(*property)?.as_object()?)));
        entries.any(|(family, entries)| entries.keys().any(|id| !is_known(*family, id)))
    };
    let (shared, objects): (Vec<_>, Vec<_>) = snapshot.objects.iter().cloned().partition(is_shared);
    let remark = |object: Object| {
        let name = one_line(object.label());
        let id = object.id.as_deref().unwrap_or_default();
        let what = format!("{} {name} ({id})", object.family.singular());
        Remark { what, why: SHARED.to_owned() }
    };
    let left_out = snapshot.left_out.iter().cloned().chain(shared.into_iter().map(remark)).collect();
    Snapshot { objects, left_out, ..snapshot }
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
            (
                Family::Group,
                "group",
                json!({ "tenantId": "tenant", "roles": { "a": [{ "id": "r" }], "b": [{ "id": "s", "name": "worker" }] } }),
            ),
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
        select(all(), scope).unwrap().objects.into_iter().filter_map(|object| object.id).collect()
    }

    fn snapshot(scope: &Scope) -> Snapshot {
        let Selection { objects, foreign } = select(all(), scope).unwrap();
        Snapshot { scope: scope.clone(), objects, foreign, default_tenant_id: None, left_out: Vec::new() }
    }

    #[test]
    fn an_application_comes_with_what_it_needs_and_nothing_more() {
        let scope = Scope::Application("a".to_owned());
        let expected = ["key", DEFAULT_THEME_ID, "theme", "tenant", "global-hook", "hook", "a", "group", "provider"];
        assert_eq!(selected(&scope), expected);
        let snapshot = snapshot(&scope);
        let foreign: Vec<_> = snapshot.foreign.iter().filter_map(|object| object.id.as_deref()).collect();
        assert_eq!(foreign, ["other-key", "other-tenant", "b", "c"], "what is named and not selected");
        let of = |snapshot: &Snapshot, id: &str| {
            let object = snapshot.objects.iter().find(|object| object.id.as_deref() == Some(id)).unwrap();
            Value::Object(object.value.clone())
        };
        assert_eq!(of(&snapshot, "hook")["tenantIds"], json!(["other-tenant", "tenant"]), "nothing is taken away yet");
        let (trimmed, found) = without_foreign_entries(&snapshot);
        let value = |id: &str| of(&trimmed, id);
        assert_eq!(value("hook")["tenantIds"], json!(["tenant"]));
        assert_eq!(value("group")["roles"], json!({ "a": [{ "id": "r" }] }));
        let expected = json!({ "applicationConfiguration": { "a": { "enabled": true } }, "tenantConfiguration": { "tenant": {} } });
        assert_eq!(value("provider"), expected);
        let found: Vec<_> = found.iter().map(|entries| (entries.property, entries.names.join(", "))).collect();
        let expected = [
            ("tenantIds", "tenant other-tenant"),
            ("roles", "worker of application b"),
            ("applicationConfiguration", "application c"),
            ("tenantConfiguration", "tenant other-tenant"),
        ];
        assert_eq!(found, expected.map(|(property, names)| (property, names.to_owned())));
    }

    #[test]
    fn a_whole_instance_is_not_copied_to_find_nothing() {
        let snapshot = snapshot(&Scope::Everything);
        let (trimmed, found) = without_foreign_entries(&snapshot);
        assert!(matches!(trimmed, Cow::Borrowed(_)) && found.is_empty(), "{found:?}");
        assert!(snapshot.foreign.is_empty());
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
