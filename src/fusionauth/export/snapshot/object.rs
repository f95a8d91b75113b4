//! An instance's configuration, as it was read.
//!
//! Users, their registrations, tokens, consents and families, members of groups, grants of entities and logs are no
//! configuration, and not read.

use serde_json::{Map, Value};

use crate::fusionauth::export::report::LeftOut;

/// How much of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Everything,
    /// One tenant, by id, with its applications and all they refer to.
    Tenant(String),
    /// One application, by id, with all it refers to.
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
    /// Its id (a UUID); empty where there is only one of its kind.
    pub id: String,
    /// Its properties as the API answers them, without the root key. In the place of a secret stands
    /// [`REDACTED`](gateway::redact::REDACTED), perhaps inside of a longer text.
    pub value: Map<String, Value>,
}

/// The configuration of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// How much was asked for.
    pub scope: Scope,
    /// Sorted by family, then id; each once.
    pub objects: Vec<Object>,
    /// The tenant that every instance begins with: the one of FusionAuth's own application. Known even where that
    /// tenant is not among the objects.
    pub default_tenant_id: Option<String>,
    /// What could not be read, and why.
    pub left_out: Vec<LeftOut>,
}

impl Snapshot {
    /// The object of that kind and id.
    pub fn object(&self, family: Family, id: &str) -> Option<&Object> {
        self.objects.iter().find(|object| object.family == family && object.id == id)
    }
}

impl Object {
    /// What a person calls it: its name, or what comes nearest.
    pub fn label(&self) -> &str {
        let text = |key: &str| self.value.get(key)?.as_str();
        let named = ["name", "key", "code"].into_iter().filter_map(text);
        let texts = named.chain(text("url").map(place_of)).chain(text("type"));
        texts.chain([self.id.as_str()]).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// The part of a URL that holds no credentials: without user, query and fragment.
fn place_of(url: &str) -> &str {
    let end = url.find(['?', '#']).unwrap_or(url.len());
    let place = url.get(..end).unwrap_or(url);
    let authority_end = place.find("://").map_or(place.len(), |scheme| {
        let start = scheme + "://".len();
        place.get(start..).and_then(|rest| rest.find('/')).map_or(place.len(), |slash| start + slash)
    });
    match place.get(..authority_end).and_then(|authority| authority.rfind('@')) {
        Some(user) => place.get(user + 1..).unwrap_or(place),
        None => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_holds_no_credentials() {
        assert_eq!(place_of("https://hook.example/a@b"), "https://hook.example/a@b");
        assert_eq!(place_of("https://bob:p@ss@hook.example/a?token=t#f"), "hook.example/a");
        assert_eq!(place_of("https://hook.example?token=t@x"), "https://hook.example");
        assert_eq!(place_of("no url"), "no url");
    }
}
