//! What every new instance has already, and how a file changes it, if at all.
//!
//! Some of it has the same id everywhere, some has one that a Kickstart can name by a provided variable, and some has an
//! id that no file can know. Objects that nobody changed since they were made are as new.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{text::substitution, variables::described};
use crate::fusionauth::export::{
    installation::{
        DEFAULT_THEME_ID, FORM_TYPES, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID, MESSAGE_TEMPLATE, PROVIDED,
        SHADOW_KEY_IDS, SIGNING_KEY, TENANT_MANAGER_ROLE_ID,
    },
    report::LeftOut,
    snapshot::{
        object::{Family, Object, Snapshot},
        references,
    },
};

/// The types of default lambdas that have a provided variable, as documented.
const LAMBDA_TYPES: [&str; 6] = [
    "OpenIDReconcile",
    "SAMLv2Reconcile",
    "AppleReconcile",
    "FacebookReconcile",
    "GoogleReconcile",
    "TwitterReconcile",
];

/// What a file does about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Makes it.
    New,
    /// Makes it under another name, since a new instance has one of that name, whose id is not known.
    Copy,
    /// Changes it: a new instance has it.
    There,
    /// Nothing: a new instance has it.
    Left,
}

/// What every new instance has, among the objects of a snapshot.
#[derive(Debug, Default)]
pub struct Defaults<'a> {
    standings: BTreeMap<(Family, &'a str), Standing>,
    /// The provided variables that stand for ids.
    variables: BTreeMap<&'a str, String>,
    /// Changed objects that no file can change.
    left_out: Vec<LeftOut>,
}

impl<'a> Defaults<'a> {
    /// Finds them.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut defaults = Self::default();
        for object in &snapshot.objects {
            let id = object.id.as_str();
            let standing = match object.family {
                Family::Tenant if snapshot.default_tenant_id.as_deref() == Some(id) => Standing::There,
                Family::Application if id == FUSIONAUTH_APPLICATION_ID => {
                    if has_items(object, "scopes") {
                        defaults.left_out.push(LeftOut {
                            what: format!("the scopes of {}", described(object)),
                            why: "every instance has this application; scopes that somebody gave it are to be added \
                                  by hand"
                                .to_owned(),
                        });
                    }
                    there_if_changed(object)
                }
                Family::Application if is_tenant_manager(object) => {
                    defaults.left_out.push(LeftOut {
                        what: described(object),
                        why: "every instance makes its own Tenant Manager; what was changed in it is to be changed by \
                              hand"
                            .to_owned(),
                    });
                    Standing::Left
                }
                Family::Theme if id == DEFAULT_THEME_ID => Standing::Left,
                Family::Connector if id == FUSIONAUTH_CONNECTOR_ID => Standing::Left,
                Family::Key if SHADOW_KEY_IDS.contains(&id) => Standing::Left,
                // What is configured for types of identity providers has instants of its own.
                Family::TenantManagerConfiguration if has_items(object, "identityProviderTypeConfigurations") => {
                    Standing::There
                }
                Family::SystemConfiguration | Family::TenantManagerConfiguration | Family::Integrations => {
                    there_if_changed(object)
                }
                _ => continue,
            };
            defaults.set(object, standing);
        }
        let signing_key = oldest(snapshot, Family::Key, |object| object.label() == SIGNING_KEY);
        if let Some(key) = signing_key {
            defaults.set(key, Standing::Left);
            defaults.variables.insert(&key.id, "FUSIONAUTH_DEFAULT_SIGNING_KEY_ID".to_owned());
        }
        defaults.find_lambdas(snapshot);
        defaults.find_forms(snapshot);
        let template = oldest(snapshot, Family::MessageTemplate, |object| object.label() == MESSAGE_TEMPLATE);
        if let Some(template) = template {
            let is_used = is_referred_to(snapshot, &template.id, |_| true);
            defaults.copy_or_leave(template, is_used);
        }
        defaults
    }

    fn find_lambdas(&mut self, snapshot: &'a Snapshot) {
        for kind in LAMBDA_TYPES {
            let is_default = |object: &Object| is_of_type(object, kind) && is_default_name(object.label(), kind);
            if let Some(lambda) = oldest(snapshot, Family::Lambda, is_default) {
                self.set(lambda, there_if_changed(lambda));
                self.variables.insert(&lambda.id, format!("FUSIONAUTH_LAMBDA[{kind}]_ID"));
            }
        }
        let others = of_family(snapshot, Family::Lambda).filter(|object| object.label().ends_with(PROVIDED));
        let others: Vec<&Object> = others.filter(|object| self.standing(object) == Standing::New).collect();
        for lambda in others {
            if !is_changed(lambda) && !is_referred_to(snapshot, &lambda.id, |_| true) {
                self.set(lambda, Standing::Left);
            }
        }
    }

    fn find_forms(&mut self, snapshot: &'a Snapshot) {
        let mut made_until: Option<u64> = None;
        for kind in FORM_TYPES {
            let is_default = |object: &Object| is_of_type(object, kind) && object.label().starts_with("Default ");
            if let Some(form) = oldest(snapshot, Family::Form, is_default) {
                self.set(form, Standing::Left);
                self.variables.insert(&form.id, format!("FUSIONAUTH_FORM[{kind}]_ID"));
                made_until = made_until.max(instant(form, "insertInstant"));
                if is_changed(form) {
                    self.left_out.push(LeftOut {
                        what: described(form),
                        why: "every instance has this form, of fields whose ids a Kickstart cannot know; what was \
                              changed in it is to be changed by hand"
                            .to_owned(),
                    });
                }
            }
        }
        // Nobody made a field before the installation had made its own forms.
        let fields = of_family(snapshot, Family::FormField)
            .filter(|field| instant(field, "insertInstant").is_some_and(|made| Some(made) <= made_until));
        for field in fields {
            let is_used = is_referred_to(snapshot, &field.id, |user| self.standing(user) == Standing::New);
            self.copy_or_leave(field, is_used);
        }
    }

    /// Copies what others use, and tells where changes stay behind in what nobody does.
    fn copy_or_leave(&mut self, object: &'a Object, is_used: bool) {
        self.set(object, if is_used { Standing::Copy } else { Standing::Left });
        if !is_used && instant(object, "lastUpdateInstant") > instant(object, "insertInstant") {
            self.left_out.push(LeftOut {
                what: described(object),
                why: "every instance has it, with an id that a Kickstart cannot know; what was changed in it is to be \
                      changed by hand"
                    .to_owned(),
            });
        }
    }

    fn set(&mut self, object: &'a Object, standing: Standing) {
        self.standings.insert((object.family, object.id.as_str()), standing);
    }

    /// What a file does about an object.
    pub fn standing(&self, object: &Object) -> Standing {
        self.standings.get(&(object.family, object.id.as_str())).copied().unwrap_or(Standing::New)
    }

    /// The provided variable that stands for an id.
    pub fn variable(&self, id: &str) -> Option<&str> {
        self.variables.get(id).map(String::as_str)
    }

    /// An id as a URL has it.
    pub fn address(&self, id: &str) -> String {
        self.variable(id).map_or_else(|| super::text::escaped(id), substitution)
    }

    /// Changed objects that no file can change.
    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }
}

fn of_family(snapshot: &Snapshot, family: Family) -> impl Iterator<Item = &Object> {
    snapshot.objects.iter().filter(move |object| object.family == family)
}

/// The one that was made first, since the installation came before anybody else.
fn oldest(snapshot: &Snapshot, family: Family, is_meant: impl Fn(&Object) -> bool) -> Option<&Object> {
    let meant = of_family(snapshot, family).filter(|object| is_meant(object));
    meant.min_by_key(|object| (instant(object, "insertInstant").unwrap_or(u64::MAX), object.id.as_str()))
}

fn is_of_type(object: &Object, kind: &str) -> bool {
    object.value.get("type").and_then(Value::as_str) == Some(kind)
}

/// Whether the application is FusionAuth's own Tenant Manager, whose id is another one in each instance.
fn is_tenant_manager(application: &Object) -> bool {
    let roles = application.value.get("roles").and_then(Value::as_array);
    let mut ids = roles.into_iter().flatten().filter_map(|role| role.get("id")?.as_str());
    ids.any(|id| id == TENANT_MANAGER_ROLE_ID)
}

/// Whether a property is a list or an object that is not empty.
fn has_items(object: &Object, property: &str) -> bool {
    match object.value.get(property) {
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(items)) => !items.is_empty(),
        _ => false,
    }
}

fn is_default_name(name: &str, kind: &str) -> bool {
    name.strip_prefix("Default ").is_some_and(|rest| rest == kind || rest.ends_with(PROVIDED))
}

fn there_if_changed(object: &Object) -> Standing {
    if is_changed(object) { Standing::There } else { Standing::Left }
}

/// Whether somebody changed it since it was made, or that is not known.
fn is_changed(object: &Object) -> bool {
    let (made, changed) = (instant(object, "insertInstant"), instant(object, "lastUpdateInstant"));
    made.is_none() || made != changed
}

fn instant(object: &Object, property: &str) -> Option<u64> {
    object.value.get(property).and_then(Value::as_u64)
}

/// Whether one of the objects that count refers to an id.
fn is_referred_to(snapshot: &Snapshot, id: &str, counts: impl Fn(&Object) -> bool) -> bool {
    snapshot.objects.iter().filter(|object| object.id != id && counts(object)).any(|object| {
        let mut is_used = false;
        references::each(object, &mut |other| is_used |= other == id);
        is_used
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::snapshot::object::Scope;

    const TENANT_ID: &str = "30663132-6464-6665-3032-326466613934";

    fn snapshot(objects: &[(Family, &str, Value)]) -> Snapshot {
        let objects = objects.iter().map(|(family, id, value)| {
            let value = value.as_object().cloned().unwrap();
            Object { family: *family, id: (*id).to_owned(), value }
        });
        Snapshot {
            scope: Scope::Everything,
            objects: objects.collect(),
            default_tenant_id: Some(TENANT_ID.to_owned()),
            left_out: Vec::new(),
        }
    }

    fn standings(snapshot: &Snapshot) -> Vec<Standing> {
        let defaults = Defaults::of(snapshot);
        snapshot.objects.iter().map(|object| defaults.standing(object)).collect()
    }

    #[test]
    fn what_has_a_known_id_is_changed_or_left() {
        let snapshot = snapshot(&[
            (Family::Key, SHADOW_KEY_IDS[0], json!({})),
            (Family::Connector, FUSIONAUTH_CONNECTOR_ID, json!({})),
            (Family::Theme, DEFAULT_THEME_ID, json!({})),
            (Family::Tenant, TENANT_ID, json!({ "insertInstant": 1, "lastUpdateInstant": 1 })),
            (Family::Tenant, "other", json!({})),
            (Family::Application, FUSIONAUTH_APPLICATION_ID, json!({ "insertInstant": 1, "lastUpdateInstant": 1 })),
            (Family::Integrations, "", json!({})),
        ]);
        let expected = [
            Standing::Left,
            Standing::Left,
            Standing::Left,
            Standing::There,
            Standing::New,
            Standing::Left,
            Standing::There,
        ];
        assert_eq!(standings(&snapshot), expected);
    }

    #[test]
    fn the_tenant_manager_is_left_and_told_and_applications_of_all_tenants_are_made() {
        let snapshot = snapshot(&[
            (Family::Application, "manager", json!({ "roles": [{ "id": TENANT_MANAGER_ROLE_ID, "name": "admin" }] })),
            (Family::Application, "universal", json!({ "universalConfiguration": { "universal": true } })),
        ]);
        assert_eq!(standings(&snapshot), [Standing::Left, Standing::New]);
        let defaults = Defaults::of(&snapshot);
        let told: Vec<&str> = defaults.left_out().iter().map(|left| left.what.as_str()).collect();
        assert_eq!(told, ["application `manager` (manager)"]);
    }

    #[test]
    fn scopes_of_fusionauths_own_application_are_told() {
        let own = json!({
            "name": "FusionAuth", "insertInstant": 1, "lastUpdateInstant": 1, "scopes": [{ "id": "s", "name": "read" }]
        });
        let snapshot = snapshot(&[(Family::Application, FUSIONAUTH_APPLICATION_ID, own)]);
        assert_eq!(standings(&snapshot), [Standing::Left]);
        let defaults = Defaults::of(&snapshot);
        let told: Vec<&str> = defaults.left_out().iter().map(|left| left.what.as_str()).collect();
        assert_eq!(told, [format!("the scopes of application `FusionAuth` ({FUSIONAUTH_APPLICATION_ID})")]);
    }

    #[test]
    fn the_tenant_manager_configuration_is_written_where_types_of_providers_are_configured() {
        for (types, expected) in [(json!({}), Standing::Left), (json!({ "Google": {} }), Standing::There)] {
            let value = json!({
                "insertInstant": 1, "lastUpdateInstant": 1, "identityProviderTypeConfigurations": types
            });
            let snapshot = snapshot(&[(Family::TenantManagerConfiguration, "", value)]);
            assert_eq!(standings(&snapshot), [expected]);
        }
    }

    #[test]
    fn a_changed_template_that_nobody_uses_is_left_and_told() {
        let template = json!({ "name": MESSAGE_TEMPLATE, "insertInstant": 1, "lastUpdateInstant": 2 });
        let snapshot = snapshot(&[(Family::MessageTemplate, "template", template)]);
        assert_eq!(standings(&snapshot), [Standing::Left]);
        assert_eq!(Defaults::of(&snapshot).left_out().len(), 1);
    }

    #[test]
    fn default_lambdas_are_named_by_variables_and_changed_where_somebody_did() {
        let lambda = |made: u64, changed: u64, name: &str| {
            json!({
                "type": "GoogleReconcile", "name": name, "insertInstant": made, "lastUpdateInstant": changed
            })
        };
        let snapshot = snapshot(&[
            (Family::Lambda, "copy", lambda(2, 2, "Default GoogleReconcile")),
            (Family::Lambda, "default", lambda(1, 3, "Default GoogleReconcile")),
            (Family::Lambda, "other", lambda(1, 1, "Default Google Reconcile of ours")),
            (Family::Lambda, "provided", lambda(4, 4, "Default Converter provided by FusionAuth")),
        ]);
        let expected = [Standing::New, Standing::There, Standing::New, Standing::Left];
        assert_eq!(standings(&snapshot), expected);
        let defaults = Defaults::of(&snapshot);
        assert_eq!(defaults.address("default"), "#{FUSIONAUTH_LAMBDA[GoogleReconcile]_ID}");
        assert_eq!(defaults.address("copy"), "copy");
    }

    #[test]
    fn fields_of_the_installation_are_copied_where_others_use_them() {
        let form = |kind: &str, name: &str, made: u64, fields: &[&str]| {
            json!({
                "type": kind, "name": name, "insertInstant": made, "lastUpdateInstant": 9,
                "steps": [{ "fields": fields }]
            })
        };
        let snapshot = snapshot(&[
            (Family::FormField, "late", json!({ "insertInstant": 6 })),
            (Family::FormField, "unused", json!({ "insertInstant": 4 })),
            (Family::FormField, "used", json!({ "insertInstant": 5 })),
            (Family::Form, "default", form("adminUser", "Default Admin User", 5, &["unused", "late"])),
            (Family::Form, "own", form("adminUser", "Our users", 7, &["used"])),
        ]);
        let expected = [Standing::New, Standing::Left, Standing::Copy, Standing::Left, Standing::New];
        assert_eq!(standings(&snapshot), expected);
        assert_eq!(Defaults::of(&snapshot).left_out().len(), 1);
    }
}
