//! Decides which objects become which resources, and why others do not.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use serde_json::{Map, Value, json};

use super::{
    defaults::{DataSource, defaults},
    form_fields::{self, is_consent, takes_key},
    imports::{DEFAULT_TENANT_ID, Import, TENANT_MANAGER_ID, import_id},
    keys::{self, Material},
    kind::Kind,
    labels::{foreign, label, text},
    names::{slug, unique},
    purpose::Purpose,
    scope::ValueScope,
    table::{Resource, provider},
};
use crate::fusionauth::export::{
    installation::{DEFAULT_THEME_ID, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID, SHADOW_KEY_IDS},
    report::Remark,
    snapshot::{
        object::{Family, Object, Snapshot},
        references,
    },
};

/// What the tenant of a new instance is called.
const FIRST_TENANT_NAME: &str = "Default";

const NO_RESOURCE: &str = "the provider has no resource for it";
const EVERYWHERE: &str = "every instance has it, with this id, and nobody can change it";
const OWN_ID: &str = "every instance has it, with a different id";
const OWN_ID_CHANGED: &str = "every instance has it, with a different id; make the changes to it there by hand";
const UNCHANGED: &str = "every instance has it, with this id, and nobody has changed it here";
const HAS_OPTIONS: &str =
    "the provider fails when it has to send its options; it is not managed by Terraform, and stays as it is";

/// A resource to write.
#[derive(Debug)]
pub struct Instance<'a> {
    /// The kind of the object.
    pub kind: Kind,
    /// The resource's type in Terraform.
    pub type_name: &'static str,
    /// The arguments that the provider takes for it.
    pub resource: &'static Resource,
    /// Its name in Terraform, unique for its type.
    pub name: String,
    /// The object's id; `None` where an instance has only one object of the kind.
    pub id: Option<String>,
    /// How it gets into the state where it exists; `None` where it is made.
    pub import: Option<Import>,
    /// Its properties, as the provider's table expects them.
    pub properties: Cow<'a, Map<String, Value>>,
    /// Its kind, name and id, in one line, for a person.
    pub label: String,
    /// Whether FusionAuth needs it to work.
    pub is_vital: bool,
    /// The resource that has to be changed before it can be made: its type and name.
    pub waits_for: Option<(&'static str, String)>,
}

/// An object that is named by resources and has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// Its kind, name and id, in one line, for a person.
    pub label: String,
    /// What to do to have it in a new instance.
    pub how: String,
}

/// What to write.
#[derive(Debug, Default)]
pub struct Plan<'a> {
    /// The resources, each after the one that it is a part of.
    pub instances: Vec<Instance<'a>>,
    /// The objects that have neither a resource nor a data source, and that a new instance does not have under the same
    /// id.
    pub absent: BTreeMap<(Kind, String), Absent>,
    /// The labels of the objects that the resources name, and that are outside of what was asked for.
    pub foreign: BTreeMap<(Kind, String), String>,
    /// The data sources of objects that a new instance has under other ids.
    pub data_sources: BTreeMap<(Kind, String), DataSource>,
    /// What a new instance has, and has otherwise.
    pub changes: Vec<Remark>,
    /// What has no resource, and why.
    pub left_out: Vec<Remark>,
}

/// Why an object has no resource.
struct Absence {
    why: String,
    /// Whether every instance has the object, with the same id.
    is_everywhere: bool,
    /// Whether every instance has the object, with an id of its own.
    is_own: bool,
    /// Whether the new instance has the object, and perhaps with other settings.
    is_other: bool,
}

impl Absence {
    fn new(why: &str) -> Self {
        Self { why: why.to_owned(), is_everywhere: false, is_own: false, is_other: false }
    }

    fn everywhere(why: &str) -> Self {
        Self { is_everywhere: true, ..Self::new(why) }
    }

    /// The object is in the new instance too, under another id; `object` may have been changed in the old one.
    fn own(why: &str, object: &Object) -> Self {
        Self { is_own: true, is_other: object.is_changed(), ..Self::new(why) }
    }

    /// What to do to have the object in a new instance.
    fn how(&self) -> String {
        if self.is_own { "It has it already.".to_owned() } else { format!("Create it there first: {}.", self.why) }
    }
}

/// A resource before it has a name.
struct Draft<'a> {
    instance: Instance<'a>,
    /// The id to import it by, until that is decided.
    import_id: Option<String>,
    slug: String,
}

/// What the decision about an object depends on.
struct Context<'a> {
    snapshot: &'a Snapshot,
    purpose: Purpose,
    /// The objects that a new instance has under other ids; empty where there is no new instance.
    defaults: BTreeMap<(Family, &'a str), Option<DataSource>>,
    /// The keys that Apple issued.
    issued: BTreeSet<&'a str>,
}

/// Decides what to write.
pub fn plan(snapshot: &Snapshot, purpose: Purpose) -> Plan<'_> {
    let defaults = if purpose == Purpose::Clone { defaults(snapshot) } else { BTreeMap::new() };
    let context = Context { snapshot, purpose, defaults, issued: references::apple_key_ids(snapshot) };
    let mut objects: Vec<&Object> = snapshot.objects.iter().collect();
    objects.sort_by(|one, other| (one.family, &one.id).cmp(&(other.family, &other.id)));
    let mut plan = Plan { foreign: foreign(snapshot), ..Plan::default() };
    let mut drafts = Vec::new();
    for object in objects {
        let kind = Kind::from(object.family);
        let drafted = context.type_of(object).and_then(|type_name| {
            // The only object of its kind needs no name of its own.
            let slug = if object.id.is_none() { "this".to_owned() } else { slug(object.label()) };
            draft(kind, type_name, object.id.as_deref(), context.prepared(object), object.label(), slug)
        });
        match drafted {
            Ok(mut draft) => {
                draft.instance.is_vital = is_vital(object, snapshot);
                draft.instance.import = context.import(object, draft.import_id.take());
                drafts.push(draft);
                for child in children(object, context.purpose) {
                    match child {
                        Ok(mut child) => {
                            child.instance.import = context.import(object, child.import_id.take());
                            drafts.push(child);
                        }
                        Err(left_out) => plan.left_out.push(left_out),
                    }
                }
            }
            Err(absence) => {
                let what = label(kind, object.label(), object.id.as_deref());
                // Nothing refers to an object without an id.
                if let Some(id) = &object.id {
                    if let Some(Some(source)) = context.defaults.get(&(object.family, id.as_str())) {
                        plan.data_sources.insert((kind, id.clone()), source.clone());
                    } else if !absence.is_everywhere {
                        let absent = Absent { label: what.clone(), how: absence.how() };
                        plan.absent.insert((kind, id.clone()), absent);
                    }
                }
                let remarks = if absence.is_other { &mut plan.changes } else { &mut plan.left_out };
                remarks.push(Remark { what, why: absence.why });
            }
        }
    }
    plan.instances = named(drafts);
    if purpose == Purpose::Clone {
        wait_for_name(&mut plan.instances);
    }
    plan
}

/// A tenant with the name that a new instance's own tenant begins with can be made when that one has got its other name.
fn wait_for_name(instances: &mut [Instance<'_>]) {
    let is_tenant = |instance: &&Instance<'_>| instance.kind == Kind::Tenant;
    let own = instances.iter().filter(is_tenant).find(|tenant| tenant.is_vital);
    let Some(own) = own.map(|tenant| (tenant.type_name, tenant.name.clone())) else { return };
    let has_its_name = |tenant: &&mut Instance<'_>| {
        let name = tenant.properties.get("name").and_then(Value::as_str);
        !tenant.is_vital && name.is_some_and(|name| name.eq_ignore_ascii_case(FIRST_TENANT_NAME))
    };
    let tenants = instances.iter_mut().filter(|instance| instance.kind == Kind::Tenant);
    tenants.filter(has_its_name).for_each(|tenant| tenant.waits_for = Some(own.clone()));
}

impl Context<'_> {
    /// The resource for an object.
    fn type_of(&self, object: &Object) -> Result<&'static str, Absence> {
        let id = object.id.as_deref();
        let object_type = object.text("type").unwrap_or_default();
        let is_clone = self.purpose == Purpose::Clone;
        Ok(match object.family {
            Family::IpAccessControlList | Family::UserActionReason | Family::Integrations => {
                return Err(Absence::new(NO_RESOURCE));
            }
            Family::Key if id.is_some_and(|id| SHADOW_KEY_IDS.contains(&id)) => {
                return Err(Absence::everywhere(EVERYWHERE));
            }
            family if id.is_some_and(|id| self.defaults.contains_key(&(family, id))) => {
                let why = if object.is_changed() { OWN_ID_CHANGED } else { OWN_ID };
                return Err(Absence::own(why, object));
            }
            Family::Key => match self.material(object) {
                Material::Generated => "fusionauth_key",
                Material::Public | Material::Issued | Material::Shared => "fusionauth_imported_key",
            },
            Family::Lambda => "fusionauth_lambda",
            Family::EmailTemplate => "fusionauth_email",
            Family::MessageTemplate => match object_type {
                "SMS" | "" => "fusionauth_sms_message_template",
                _ => return Err(Absence::new("the provider has no resource for message templates but those for SMS")),
            },
            Family::Messenger => match object_type {
                "Generic" => "fusionauth_generic_messenger",
                "Twilio" => "fusionauth_twilio_messenger",
                _ => return Err(Absence::new("the provider has no resource for messengers of its type")),
            },
            Family::Connector => match object_type {
                _ if id == Some(FUSIONAUTH_CONNECTOR_ID) => return Err(Absence::everywhere(EVERYWHERE)),
                "Generic" => "fusionauth_generic_connector",
                "LDAP" => "fusionauth_ldap_connector",
                _ => return Err(Absence::new("the provider has no resource for connectors of its type")),
            },
            Family::Theme if id == Some(DEFAULT_THEME_ID) => return Err(Absence::everywhere(EVERYWHERE)),
            Family::Theme => match object_type {
                "simple" => return Err(Absence::new("the provider has no resource for simple themes")),
                _ => "fusionauth_theme",
            },
            Family::Consent => "fusionauth_consent",
            Family::FormField => {
                if let Some(key) = object.text("key").filter(|key| !is_consent(object) && !takes_key(key)) {
                    return Err(Absence::new(&form_fields::refused_key(object, key, self.snapshot)));
                }
                "fusionauth_form_field"
            }
            Family::Form => "fusionauth_form",
            Family::UserAction if !is_clone && has_items(object, "options") => return Err(Absence::new(HAS_OPTIONS)),
            Family::UserAction => "fusionauth_user_action",
            Family::EntityType => "fusionauth_entity_type",
            Family::Tenant => "fusionauth_tenant",
            Family::Webhook => "fusionauth_webhook",
            Family::Application if is_clone && is_vital(object, self.snapshot) && !object.is_changed() => {
                let has_own_id = object.is_tenant_manager();
                return Err(if has_own_id { Absence::own(OWN_ID, object) } else { Absence::everywhere(UNCHANGED) });
            }
            Family::Application => "fusionauth_application",
            Family::Group => "fusionauth_group",
            Family::Entity => "fusionauth_entity",
            Family::IdentityProvider => identity_provider_type(object_type)?,
            Family::SystemConfiguration => "fusionauth_system_configuration",
            Family::TenantManagerConfiguration => "fusionauth_tenant_manager_configuration",
        })
    }

    /// How the resource of an object, or of a part of it, gets into the state; `id` is the id to import it by here.
    ///
    /// What a new instance began with is there: the provider changes it, and could not make it.
    fn import(&self, object: &Object, id: Option<String>) -> Option<Import> {
        if self.purpose == Purpose::Adopt {
            return id.map(Import::Id);
        }
        match object.family {
            Family::Tenant if is_vital(object, self.snapshot) => Some(Import::Chosen(DEFAULT_TENANT_ID)),
            Family::Application if object.is_tenant_manager() => Some(Import::Chosen(TENANT_MANAGER_ID)),
            Family::Application if is_vital(object, self.snapshot) => id.map(Import::Id),
            _ => None,
        }
    }

    /// Where the material of a key comes from.
    fn material(&self, key: &Object) -> Material {
        let is_issued = key.id.as_deref().is_some_and(|id| self.issued.contains(id));
        keys::material(key, is_issued, self.purpose)
    }

    /// An object's properties, as the provider's table expects them.
    fn prepared<'b>(&self, object: &'b Object) -> Cow<'b, Map<String, Value>> {
        let is_clone = self.purpose == Purpose::Clone;
        match object.family {
            // The API answers whole roles and takes their ids.
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
                let webhooks = self.webhooks_of(object);
                if is_clone && !webhooks.is_empty() {
                    properties.to_mut().insert("webhookIds".to_owned(), Value::Array(webhooks));
                }
                properties
            }
            // FusionAuth makes the key of such a field from its consent, and the provider keeps it.
            Family::FormField if is_consent(object) && !object.text("key").is_some_and(takes_key) => {
                let mut properties = object.value.clone();
                properties.remove("key");
                Cow::Owned(properties)
            }
            // Its tenants refer to it.
            Family::Webhook if is_clone => {
                let mut properties = object.value.clone();
                properties.remove("tenantIds");
                Cow::Owned(properties)
            }
            _ => Cow::Borrowed(&object.value),
        }
    }

    /// The ids of the webhooks that are for this tenant and not for all.
    fn webhooks_of(&self, tenant: &Object) -> Vec<Value> {
        let is_for_tenant = |webhook: &&Object| tenants_of(webhook).any(|id| tenant.id.as_deref() == Some(id));
        let webhooks = self.snapshot.of_family(Family::Webhook).filter(is_for_tenant);
        webhooks.filter_map(|webhook| webhook.id.as_deref().map(Value::from)).collect()
    }
}

/// The tenants that a webhook is for; none where it is for all.
fn tenants_of(webhook: &Object) -> impl Iterator<Item = &str> {
    let is_for_some = webhook.family == Family::Webhook && webhook.value.get("global") != Some(&Value::Bool(true));
    let ids = webhook.value.get("tenantIds").filter(|_| is_for_some).and_then(Value::as_array);
    ids.into_iter().flatten().filter_map(Value::as_str)
}

fn identity_provider_type(object_type: &str) -> Result<&'static str, Absence> {
    Ok(match object_type {
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
        Family::Tenant => object.id.is_some() && object.id == snapshot.default_tenant_id,
        Family::Application => object.id.as_deref() == Some(FUSIONAUTH_APPLICATION_ID) || object.is_tenant_manager(),
        _ => false,
    }
}

fn draft<'a>(
    kind: Kind,
    type_name: &'static str,
    id: Option<&str>,
    properties: Cow<'a, Map<String, Value>>,
    name: &str,
    slug: String,
) -> Result<Draft<'a>, Absence> {
    let resource = provider().resources.get(type_name).ok_or_else(|| Absence::new(NO_RESOURCE))?;
    if let Some(missing) = ValueScope::object(&properties).missing(&resource.arguments) {
        let why = format!("the provider requires {missing}, which is missing or has a value that it does not accept");
        return Err(Absence::new(&why));
    }
    let import_id = import_id(&resource.import, id, &properties)
        .ok_or_else(|| Absence::new("it cannot be imported, because an id is missing"))?;
    let label = label(kind, name, id);
    let id = id.map(str::to_owned);
    let name = String::new();
    let instance = Instance {
        kind,
        type_name,
        resource,
        name,
        id,
        import: None,
        properties,
        label,
        is_vital: false,
        waits_for: None,
    };
    Ok(Draft { instance, import_id: Some(import_id), slug })
}

fn has_items(object: &Object, list: &str) -> bool {
    object.value.get(list).and_then(Value::as_array).is_some_and(|items| !items.is_empty())
}

fn is_own_users(policy: &Value) -> bool {
    policy.get("connectorId").and_then(Value::as_str) == Some(FUSIONAUTH_CONNECTOR_ID)
}

/// The parts of an object that are resources of their own.
fn children(object: &Object, purpose: Purpose) -> Vec<Result<Draft<'_>, Remark>> {
    let kinds: &[(&str, &str, Kind, &'static str)] = match object.family {
        // A new instance has these roles.
        Family::Application if purpose == Purpose::Clone && object.is_tenant_manager() => &[],
        // The roles of FusionAuth's own application are the same everywhere.
        Family::Application if object.id.as_deref() != Some(FUSIONAUTH_APPLICATION_ID) => &[
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
            let (id, name) = (text(item, "id"), text(item, "name").unwrap_or_default());
            let mut properties = item.clone();
            properties.insert((*parent_id).to_owned(), Value::from(object.id.as_deref()));
            let slug = format!("{}_{}", slug(object.label()), slug(name));
            let drafted = draft(*kind, type_name, id, Cow::Owned(properties), name, slug);
            children.push(drafted.map_err(|absence| Remark { what: label(*kind, name, id), why: absence.why }));
        }
    }
    children
}

/// Gives each resource a name that is unique for its type.
fn named(drafts: Vec<Draft<'_>>) -> Vec<Instance<'_>> {
    let mut by_type: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, draft) in drafts.iter().enumerate() {
        by_type.entry(draft.instance.type_name).or_default().push(index);
    }
    let mut names: BTreeMap<usize, String> = BTreeMap::new();
    for indices in by_type.into_values() {
        let of_type = indices.iter().filter_map(|index| drafts.get(*index));
        let candidates: Vec<_> = of_type.map(|draft| (draft.slug.as_str(), draft.instance.id.as_deref())).collect();
        names.extend(indices.iter().copied().zip(unique(&candidates)));
    }
    let drafts = drafts.into_iter().enumerate();
    drafts.map(|(index, draft)| Instance { name: names.remove(&index).unwrap_or_default(), ..draft.instance }).collect()
}
