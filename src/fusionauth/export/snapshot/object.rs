//! The configuration of an instance, as it was read.
//!
//! Users, their registrations, tokens, consents and families, members of groups, grants of entities and logs are not
//! configuration and are not read.

use serde_json::{Map, Value};

use crate::fusionauth::export::{installation::TENANT_MANAGER_ROLE_ID, report::Remark};

/// How much of an instance is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Everything,
    /// One tenant, by id, with its applications and everything they refer to.
    Tenant(String),
    /// One application, by id, with everything it refers to.
    Application(String),
}

/// A kind of object, in the order in which objects may refer to earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// `/api/ip-acl`
    IpAccessControlList,
    /// `/api/key`
    Key,
    /// `/api/lambda`
    Lambda,
    /// `/api/email/template`
    EmailTemplate,
    /// `/api/message/template`
    MessageTemplate,
    /// `/api/messenger`
    Messenger,
    /// `/api/connector`
    Connector,
    /// `/api/theme`
    Theme,
    /// `/api/consent`
    Consent,
    /// `/api/form/field`
    FormField,
    /// `/api/form`
    Form,
    /// `/api/user-action`
    UserAction,
    /// `/api/user-action-reason`
    UserActionReason,
    /// `/api/entity/type`; its permissions are in `permissions`.
    EntityType,
    /// `/api/tenant`
    Tenant,
    /// `/api/webhook`
    Webhook,
    /// `/api/application`; its roles and scopes are in `roles` and `scopes`.
    Application,
    /// `/api/group`
    Group,
    /// `/api/entity`
    Entity,
    /// `/api/identity-provider`
    IdentityProvider,
    /// `/api/integration`; there is one.
    Integrations,
    /// `/api/system-configuration`; there is one.
    SystemConfiguration,
    /// `/api/tenant-manager`; there is one.
    TenantManagerConfiguration,
}

/// One object, as the instance answered it.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Its kind.
    pub family: Family,
    /// Its id (a UUID); `None` where an instance has only one object of the kind.
    pub id: Option<String>,
    /// Its properties as the API answers them, without the root key. A secret is replaced by
    /// [`REDACTED`](gateway::redact::REDACTED), which may be a part of a longer text.
    pub value: Map<String, Value>,
}

/// The configuration of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// How much was read.
    pub scope: Scope,
    /// The objects, each once, sorted by family, then id.
    pub objects: Vec<Object>,
    /// The objects outside of the scope that those in it name, sorted in the same way.
    pub foreign: Vec<Object>,
    /// The tenant that every instance starts with, which FusionAuth's own application belongs to. It is known even where
    /// that tenant is not among the objects.
    pub default_tenant_id: Option<String>,
    /// What could not be read, and why.
    pub left_out: Vec<Remark>,
}

impl Snapshot {
    /// The object of that kind and id.
    pub fn object(&self, family: Family, id: &str) -> Option<&Object> {
        self.of_family(family).find(|object| object.id.as_deref() == Some(id))
    }

    /// The objects of a kind.
    pub fn of_family(&self, family: Family) -> impl Iterator<Item = &Object> {
        self.objects.iter().filter(move |object| object.family == family)
    }

    /// How many objects of each kind there are, by its plural name.
    pub fn counts(&self) -> Vec<(&'static str, usize)> {
        let mut counts: Vec<(&'static str, usize)> = Vec::new();
        for object in &self.objects {
            match counts.last_mut() {
                Some((kind, count)) if *kind == object.family.plural() => *count += 1,
                _ => counts.push((object.family.plural(), 1)),
            }
        }
        counts
    }

    /// The object created first among those that match. Where several objects are named as an installed one is, it is
    /// the installed one: the installation came before any person.
    pub fn oldest(&self, family: Family, matches: impl Fn(&Object) -> bool) -> Option<&Object> {
        let matching = self.of_family(family).filter(|object| matches(object));
        matching.min_by_key(|object| (object.created_at().unwrap_or(u64::MAX), object.id.as_deref()))
    }
}

impl Object {
    /// What a person calls it: its name, or else what comes closest.
    pub fn label(&self) -> &str {
        let named = ["name", "key", "code"].into_iter().filter_map(|property| self.text(property));
        let texts = named.chain(self.text("url").map(without_credentials)).chain(self.text("type"));
        texts.chain(self.id.as_deref()).find(|text| !text.is_empty()).unwrap_or_default()
    }

    /// The text of a property; `None` where it is absent, empty or not a text.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.value.get(property)?.as_str().filter(|text| !text.is_empty())
    }

    /// When it was created, in milliseconds since 1970.
    pub fn created_at(&self) -> Option<u64> {
        self.value.get("insertInstant")?.as_u64()
    }

    /// When it was last changed, in milliseconds since 1970.
    pub fn updated_at(&self) -> Option<u64> {
        self.value.get("lastUpdateInstant")?.as_u64()
    }

    /// Whether somebody changed it after it was created, or that is not known.
    pub fn is_changed(&self) -> bool {
        self.created_at().is_none() || self.created_at() != self.updated_at()
    }

    /// Whether this is the Tenant Manager application, whose id differs from instance to instance.
    pub fn is_tenant_manager(&self) -> bool {
        let roles = self.value.get("roles").and_then(Value::as_array);
        let mut ids = roles.into_iter().flatten().filter_map(|role| role.get("id")?.as_str());
        self.family == Family::Application && ids.any(|id| id == TENANT_MANAGER_ROLE_ID)
    }
}

/// The URL without user, query and fragment, which can hold credentials.
fn without_credentials(url: &str) -> &str {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let base = url.get(..end).unwrap_or(url);
    let authority_end = base.find("://").map_or(base.len(), |scheme| {
        let start = scheme + "://".len();
        base.get(start..).and_then(|rest| rest.find('/')).map_or(base.len(), |slash| start + slash)
    });
    match base.get(..authority_end).and_then(|authority| authority.rfind('@')) {
        Some(user) => base.get(user + 1..).unwrap_or(base),
        None => base,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_holds_no_credentials() {
        assert_eq!(without_credentials("https://hook.example/a@b"), "https://hook.example/a@b");
        assert_eq!(without_credentials("https://bob:p@ss@hook.example/a?token=t#f"), "hook.example/a");
        assert_eq!(without_credentials("https://hook.example?token=t@x"), "https://hook.example");
        assert_eq!(without_credentials("no url"), "no url");
    }
}
