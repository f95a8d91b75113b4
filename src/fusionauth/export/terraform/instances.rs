//! Which objects become which resources, and which cannot.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value, json};

use super::{
    defaults::{DataSource, defaults, is_changed},
    keys::{self, Material},
    kind::Kind,
    names::{slug, unique},
    purpose::Purpose,
    scope::{Scope, scalar},
    table::{Resource, provider},
};
use crate::fusionauth::export::{
    installation::{
        DEFAULT_THEME_ID, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID, SHADOW_KEY_IDS, TENANT_MANAGER_ROLE_ID,
    },
    line::one_line,
    report::LeftOut,
    snapshot::object::{Family, Object, Snapshot},
};

const NO_RESOURCE: &str = "the provider has no resource for it";
const EVERYWHERE: &str = "every instance has it, with this id, and nobody can change it";
const OWN_ID: &str = "every instance has it, with an id of its own";
const OWN_ID_CHANGED: &str =
    "every instance has it, with an id of its own; what was changed in it is to be changed there by hand";
const BY_HAND: &str = "the provider attaches a webhook only to a tenant that it makes; attach it to this one by hand";

/// A resource to write.
#[derive(Debug)]
pub struct Instance<'a> {
    /// What it is.
    pub kind: Kind,
    /// The resource's type in Terraform.
    pub type_name: &'static str,
    /// What the provider takes for it.
    pub resource: &'static Resource,
    /// Its name in Terraform, the only one of its type.
    pub name: String,
    /// The object's id; empty where there is one of its kind.
    pub id: String,
    /// The id to import it by.
    pub import_id: String,
    /// Its properties, where the table looks for them.
    pub properties: Cow<'a, Map<String, Value>>,
    /// What a person calls it, in one line, with its kind and id.
    pub label: String,
    /// Whether FusionAuth does not work without it.
    pub is_vital: bool,
}

/// What is to be written.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    /// The resources, each after what it is a part of.
    pub instances: Vec<Instance<'a>>,
    /// Objects of the snapshot that have no resource and that a new instance does not have under their ids, nor a data
    /// source: their labels.
    pub absent: BTreeMap<(Kind, String), String>,
    /// What finds objects that a new instance has by itself, under ids of its own.
    pub data_sources: BTreeMap<(Kind, String), DataSource>,
    /// What has no resource, and why.
    pub left_out: Vec<LeftOut>,
}

/// Why an object has no resource.
struct Absence {
    why: String,
    /// Whether every instance has it, with this id.
    is_everywhere: bool,
}

impl Absence {
    fn new(why: &str) -> Self {
        Self { why: why.to_owned(), is_everywhere: false }
    }

    fn everywhere(why: &str) -> Self {
        Self { why: why.to_owned(), is_everywhere: true }
    }
}

/// A resource before it has a name.
struct Draft<'a> {
    instance: Instance<'a>,
    slug: String,
}

/// What the decision about an object depends on.
struct Context<'a> {
    snapshot: &'a Snapshot,
    purpose: Purpose,
    /// What a new instance has by itself; nothing where there is no new one.
    defaults: BTreeMap<(Family, &'a str), Option<DataSource>>,
    /// The keys that Apple issued.
    issued: BTreeSet<&'a str>,
}

/// Decides what is written.
pub fn plan(snapshot: &Snapshot, purpose: Purpose) -> Plan<'_> {
    let defaults = if purpose == Purpose::Clone { defaults(snapshot) } else { BTreeMap::new() };
    let context = Context { snapshot, purpose, defaults, issued: keys::issued_by_apple(snapshot) };
    let mut objects: Vec<&Object> = snapshot.objects.iter().collect();
    objects.sort_by(|one, other| (one.family, &one.id).cmp(&(other.family, &other.id)));
    let mut plan = Plan::default();
    let mut drafts = Vec::new();
    for object in objects {
        let kind = Kind::from(object.family);
        let drafted = context.type_of(object).and_then(|type_name| {
            // There is one of a kind that has no ids.
            let slug = if object.id.is_empty() { "this".to_owned() } else { slug(object.label()) };
            draft(kind, type_name, &object.id, context.prepared(object), object.label(), slug)
        });
        match drafted {
            Ok(mut draft) => {
                draft.instance.is_vital = is_vital(object, snapshot);
                plan.left_out.extend(context.unattached(object));
                drafts.push(draft);
                for child in children(object) {
                    match child {
                        Ok(child) => drafts.push(child),
                        Err(left_out) => plan.left_out.push(left_out),
                    }
                }
            }
            Err(absence) => {
                let what = label(kind, object.label(), &object.id);
                let key = (kind, object.id.clone());
                if let Some(Some(source)) = context.defaults.get(&(object.family, object.id.as_str())) {
                    plan.data_sources.insert(key, source.clone());
                } else if !absence.is_everywhere {
                    plan.absent.insert(key, what.clone());
                }
                plan.left_out.push(LeftOut { what, why: absence.why });
            }
        }
    }
    plan.instances = named(drafts);
    plan
}

impl Context<'_> {
    /// The resource for an object.
    fn type_of(&self, object: &Object) -> Result<&'static str, Absence> {
        let kind_of = object.value.get("type").and_then(Value::as_str).unwrap_or_default();
        let is_clone = self.purpose == Purpose::Clone;
        Ok(match object.family {
            Family::IpAccessControlList | Family::UserActionReason | Family::Integrations => {
                return Err(Absence::new(NO_RESOURCE));
            }
            Family::Key if SHADOW_KEY_IDS.contains(&object.id.as_str()) => return Err(Absence::everywhere(EVERYWHERE)),
            _ if self.defaults.contains_key(&(object.family, object.id.as_str())) => {
                return Err(Absence::new(if is_changed(object) { OWN_ID_CHANGED } else { OWN_ID }));
            }
            Family::Key => match self.material(object) {
                Material::Generated => "fusionauth_key",
                Material::Public | Material::Issued | Material::Shared => "fusionauth_imported_key",
            },
            Family::Lambda => "fusionauth_lambda",
            Family::EmailTemplate => "fusionauth_email",
            Family::MessageTemplate => match kind_of {
                "SMS" | "" => "fusionauth_sms_message_template",
                _ => return Err(Absence::new("the provider has no resource for message templates but those for SMS")),
            },
            Family::Messenger => match kind_of {
                "Generic" => "fusionauth_generic_messenger",
                "Twilio" => "fusionauth_twilio_messenger",
                _ => return Err(Absence::new("the provider has no resource for messengers of its type")),
            },
            Family::Connector => match kind_of {
                _ if object.id == FUSIONAUTH_CONNECTOR_ID => return Err(Absence::everywhere(EVERYWHERE)),
                "Generic" => "fusionauth_generic_connector",
                "LDAP" => "fusionauth_ldap_connector",
                _ => return Err(Absence::new("the provider has no resource for connectors of its type")),
            },
            Family::Theme if object.id == DEFAULT_THEME_ID => return Err(Absence::everywhere(EVERYWHERE)),
            Family::Theme => match kind_of {
                "simple" => return Err(Absence::new("the provider has no resource for simple themes")),
                _ => "fusionauth_theme",
            },
            Family::Consent => "fusionauth_consent",
            Family::FormField => "fusionauth_form_field",
            Family::Form => "fusionauth_form",
            Family::UserAction => "fusionauth_user_action",
            Family::EntityType => "fusionauth_entity_type",
            Family::Tenant if is_clone && is_vital(object, self.snapshot) => {
                return Err(Absence::everywhere(
                    "the default tenant of the new instance stands in for it, with the settings that it has there",
                ));
            }
            Family::Tenant => "fusionauth_tenant",
            Family::Webhook => "fusionauth_webhook",
            Family::Application if is_clone && is_vital(object, self.snapshot) => {
                return Err(Absence::everywhere("every instance has it, with this id; its settings are not copied"));
            }
            Family::Application if is_clone && is_tenant_manager(object) => {
                return Err(Absence::new("every instance has it; its settings are not copied"));
            }
            Family::Application => "fusionauth_application",
            Family::Group => "fusionauth_group",
            Family::Entity => "fusionauth_entity",
            Family::IdentityProvider => identity_provider_type(kind_of)?,
            Family::SystemConfiguration => "fusionauth_system_configuration",
            Family::TenantManagerConfiguration => "fusionauth_tenant_manager_configuration",
        })
    }

    /// Where the material of a key comes from.
    fn material(&self, key: &Object) -> Material {
        keys::material(key, self.issued.contains(key.id.as_str()), self.purpose)
    }

    /// An object's properties, where the table looks for them.
    fn prepared<'b>(&self, object: &'b Object) -> Cow<'b, Map<String, Value>> {
        let is_clone = self.purpose == Purpose::Clone;
        match object.family {
            // The API answers the roles themselves and takes their ids.
            Family::Group => {
                let by_application = object.value.get("roles").and_then(Value::as_object);
                let roles = by_application.into_iter().flat_map(Map::values).filter_map(Value::as_array).flatten();
                let ids: Vec<Value> = roles.filter_map(|role| role.get("id").cloned()).collect();
                let mut properties = object.value.clone();
                properties.insert("roleIds".to_owned(), Value::Array(ids));
                Cow::Owned(properties)
            }
            Family::Key if is_clone => {
                let prepared = keys::prepared(object, self.material(object));
                prepared.map_or(Cow::Borrowed(&object.value), Cow::Owned)
            }
            Family::Tenant => {
                let mut properties = Cow::Borrowed(&object.value);
                // A tenant must not lose its connector to FusionAuth's own users.
                if let Some(Value::Array(policies)) = object.value.get("connectorPolicies")
                    && !policies.is_empty()
                    && !policies.iter().any(is_own_users)
                {
                    let own = json!({ "connectorId": FUSIONAUTH_CONNECTOR_ID, "domains": ["*"], "migrate": false });
                    let policies = policies.iter().cloned().chain([own]).collect();
                    properties.to_mut().insert("connectorPolicies".to_owned(), Value::Array(policies));
                }
                let webhooks = self.webhooks_of(&object.id);
                if is_clone && !webhooks.is_empty() {
                    properties.to_mut().insert("webhookIds".to_owned(), Value::Array(webhooks));
                }
                properties
            }
            // Its tenants name it.
            Family::Webhook if is_clone => {
                let mut properties = object.value.clone();
                properties.remove("tenantIds");
                Cow::Owned(properties)
            }
            _ => Cow::Borrowed(&object.value),
        }
    }

    /// The ids of the webhooks that are for a tenant and not for all.
    fn webhooks_of(&self, tenant_id: &str) -> Vec<Value> {
        let webhooks = self.snapshot.objects.iter().filter(|webhook| tenants_of(webhook).any(|id| id == tenant_id));
        webhooks.map(|webhook| Value::from(webhook.id.as_str())).collect()
    }

    /// The tenants of a webhook that cannot name it in a new instance, since they are not made there.
    fn unattached(&self, webhook: &Object) -> Vec<LeftOut> {
        if self.purpose == Purpose::Adopt {
            return Vec::new();
        }
        let what = |id: &str| {
            let tenant = self.snapshot.object(Family::Tenant, id);
            if tenant.is_some_and(|tenant| !is_vital(tenant, self.snapshot)) {
                return None;
            }
            let tenant = label(Kind::Tenant, tenant.map_or(id, Object::label), id);
            Some(format!("{}: {tenant}", label(Kind::Webhook, webhook.label(), &webhook.id)))
        };
        tenants_of(webhook).filter_map(what).map(|what| LeftOut { what, why: BY_HAND.to_owned() }).collect()
    }
}

/// The tenants that a webhook is for, where it is not for all.
fn tenants_of(webhook: &Object) -> impl Iterator<Item = &str> {
    let is_for_some = webhook.family == Family::Webhook && webhook.value.get("global") != Some(&Value::Bool(true));
    let ids = webhook.value.get("tenantIds").filter(|_| is_for_some).and_then(Value::as_array);
    ids.into_iter().flatten().filter_map(Value::as_str)
}

fn is_tenant_manager(application: &Object) -> bool {
    let roles = application.value.get("roles").and_then(Value::as_array);
    let is_its_role = |role: &Value| role.get("id").and_then(Value::as_str) == Some(TENANT_MANAGER_ROLE_ID);
    roles.is_some_and(|roles| roles.iter().any(is_its_role))
}

fn identity_provider_type(kind_of: &str) -> Result<&'static str, Absence> {
    Ok(match kind_of {
        "Apple" => "fusionauth_idp_apple",
        "ExternalJWT" => "fusionauth_idp_external_jwt",
        "Facebook" => "fusionauth_idp_facebook",
        "Google" => "fusionauth_idp_google",
        "LinkedIn" => "fusionauth_idp_linkedin",
        "OpenIDConnect" => "fusionauth_idp_open_id_connect",
        "SAMLv2" => "fusionauth_idp_saml_v2",
        // The provider spells it so.
        "SAMLv2IdPInitiated" => "fusionauth_idp_saml_v2_idp_initated",
        "SonyPSN" => "fusionauth_idp_sony_psn",
        "Steam" => "fusionauth_idp_steam",
        "Twitch" => "fusionauth_idp_twitch",
        "Xbox" => "fusionauth_idp_xbox",
        _ => return Err(Absence::new("the provider has no resource for identity providers of its type")),
    })
}

fn is_vital(object: &Object, snapshot: &Snapshot) -> bool {
    match object.family {
        Family::Tenant => snapshot.default_tenant_id.as_deref() == Some(object.id.as_str()),
        Family::Application => object.id == FUSIONAUTH_APPLICATION_ID,
        _ => false,
    }
}

fn draft<'a>(
    kind: Kind,
    type_name: &'static str,
    id: &str,
    properties: Cow<'a, Map<String, Value>>,
    name: &str,
    slug: String,
) -> Result<Draft<'a>, Absence> {
    let resource = provider().resources.get(type_name).ok_or_else(|| Absence::new(NO_RESOURCE))?;
    if let Some(lacking) = Scope::object(&properties).lacking(&resource.arguments) {
        let why = format!("the provider wants {lacking}, which is absent or has a value that it does not take");
        return Err(Absence::new(&why));
    }
    let import_id = import_id(&resource.import, id, &properties)
        .ok_or_else(|| Absence::new("an id is absent without which it cannot be imported"))?;
    let label = label(kind, name, id);
    let id = id.to_owned();
    let name = String::new();
    let instance = Instance { kind, type_name, resource, name, id, import_id, properties, label, is_vital: false };
    Ok(Draft { instance, slug })
}

/// The id to import by: `template` with the object's id and properties filled in.
fn import_id(template: &str, id: &str, properties: &Map<String, Value>) -> Option<String> {
    let mut parts = Vec::new();
    for part in template.split(':') {
        parts.push(match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some("id") => Cow::Borrowed(id),
            Some(name) => properties.get(name).and_then(scalar)?,
            None => Cow::Borrowed(part),
        });
    }
    Some(parts.join(":"))
}

/// What a person calls an object.
fn label(kind: Kind, name: &str, id: &str) -> String {
    let name = one_line(name);
    match (name.as_str(), one_line(id)) {
        ("", id) if id.is_empty() => kind.label().to_owned(),
        (name, id) if id.is_empty() => format!("{} {name}", kind.label()),
        (name, id) if name == id => format!("{} {id}", kind.label()),
        (name, id) => format!("{} {name} ({id})", kind.label()),
    }
}

fn is_own_users(policy: &Value) -> bool {
    policy.get("connectorId").and_then(Value::as_str) == Some(FUSIONAUTH_CONNECTOR_ID)
}

/// What the provider has as resources of their own.
fn children(object: &Object) -> Vec<Result<Draft<'_>, LeftOut>> {
    let kinds: &[(&str, &str, Kind, &'static str)] = match object.family {
        // FusionAuth's own application has its own roles, the same everywhere.
        Family::Application if object.id != FUSIONAUTH_APPLICATION_ID => &[
            ("roles", "applicationId", Kind::ApplicationRole, "fusionauth_application_role"),
            ("scopes", "applicationId", Kind::ApplicationScope, "fusionauth_application_oauth_scope"),
        ],
        Family::EntityType => {
            &[("permissions", "entityTypeId", Kind::EntityTypePermission, "fusionauth_entity_type_permission")]
        }
        _ => &[],
    };
    let mut children = Vec::new();
    for (list, parent_id, kind, type_name) in kinds {
        let items = object.value.get(*list).and_then(Value::as_array).into_iter().flatten();
        let mut items: Vec<_> = items.filter_map(Value::as_object).collect();
        items.sort_by_key(|item| text(item, "id"));
        for item in items {
            let (id, name) = (text(item, "id"), text(item, "name"));
            let mut properties = item.clone();
            properties.insert((*parent_id).to_owned(), Value::from(object.id.as_str()));
            let slug = format!("{}_{}", slug(object.label()), slug(&name));
            let drafted = draft(*kind, type_name, &id, Cow::Owned(properties), &name, slug);
            children.push(drafted.map_err(|absence| LeftOut { what: label(*kind, &name, &id), why: absence.why }));
        }
    }
    children
}

fn text(properties: &Map<String, Value>, key: &str) -> String {
    properties.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The resources, with names that are the only ones of their type.
fn named(drafts: Vec<Draft<'_>>) -> Vec<Instance<'_>> {
    let mut by_type: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, draft) in drafts.iter().enumerate() {
        by_type.entry(draft.instance.type_name).or_default().push(at);
    }
    let mut names: BTreeMap<usize, String> = BTreeMap::new();
    for places in by_type.into_values() {
        let of_type = places.iter().filter_map(|at| drafts.get(*at));
        let things: Vec<_> = of_type.map(|draft| (draft.slug.as_str(), draft.instance.id.as_str())).collect();
        names.extend(places.iter().copied().zip(unique(&things)));
    }
    let drafts = drafts.into_iter().enumerate();
    drafts.map(|(at, draft)| Instance { name: names.remove(&at).unwrap_or_default(), ..draft.instance }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn import_ids_are_filled_in() {
        let entity = json!({ "tenantId": "t" });
        let entity = entity.as_object().unwrap();
        assert_eq!(import_id("{tenantId}:{id}", "e", entity).as_deref(), Some("t:e"));
        assert_eq!(import_id("syscfg", "", entity).as_deref(), Some("syscfg"));
        assert_eq!(import_id("{applicationId}:{id}", "e", entity), None);
    }

    #[test]
    fn labels_say_what_is_known() {
        assert_eq!(label(Kind::IpAccessControlList, "Office", "1"), "ip access control list Office (1)");
        assert_eq!(label(Kind::Form, "1", "1"), "form 1");
        assert_eq!(label(Kind::Integrations, "", ""), "integrations");
    }
}
