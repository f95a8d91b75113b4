//! What every new instance has already, and whether a Kickstart changes it.
//!
//! Some of these objects have the same id everywhere, some an id that a Kickstart names by a provided variable, and some
//! an id that no file can know. Objects that nobody changed since the installation are skipped.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{text::substitution, variables::describe};
use crate::fusionauth::export::{
    installation::{
        DEFAULT_NAME_PREFIX, DEFAULT_THEME_ID, FORM_TYPES, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID,
        LAMBDA_NAME_SUFFIX, LAMBDA_TYPES, MESSAGE_TEMPLATE_NAME, SHADOW_KEY_IDS, SIGNING_KEY_NAME,
    },
    report::Remark,
    snapshot::{
        object::{Family, Object, Snapshot},
        references,
    },
};

/// What a Kickstart does with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Create it.
    Create,
    /// Create it under another name, since a new instance has an object of that name, whose id is not known.
    CreateCopy,
    /// Update it: a new instance has it.
    Update,
    /// Skip it: a new instance has it.
    Skip,
}

/// The objects of a snapshot that every new instance has.
#[derive(Debug, Default)]
pub struct Defaults<'a> {
    /// What to do with them, by family and id.
    actions: BTreeMap<(Family, Option<&'a str>), Action>,
    /// The provided variables for ids.
    variables: BTreeMap<&'a str, String>,
    /// Objects that were changed and that no file can change.
    unchanged: Vec<Remark>,
}

impl<'a> Defaults<'a> {
    /// Finds them among the objects of a snapshot.
    pub fn of(snapshot: &'a Snapshot) -> Self {
        let mut defaults = Self::default();
        for object in &snapshot.objects {
            let id = object.id.as_deref();
            let action = match object.family {
                Family::Tenant if id.is_some() && id == snapshot.default_tenant_id.as_deref() => Action::Update,
                Family::Application if id == Some(FUSIONAUTH_APPLICATION_ID) => {
                    if has_items(object, "scopes") {
                        defaults.unchanged.push(Remark {
                            what: format!("the scopes of {}", describe(object)),
                            why: "every instance has this application; add scopes that were added to it by \
                                  hand"
                                .to_owned(),
                        });
                    }
                    update_if_changed(object)
                }
                Family::Application if object.is_tenant_manager() => {
                    if object.is_changed() {
                        defaults.unchanged.push(Remark {
                            what: describe(object),
                            why: "every instance creates its own Tenant Manager; make the changes to it by \
                                  hand"
                                .to_owned(),
                        });
                    }
                    Action::Skip
                }
                Family::Theme if id == Some(DEFAULT_THEME_ID) => Action::Skip,
                Family::Connector if id == Some(FUSIONAUTH_CONNECTOR_ID) => Action::Skip,
                Family::Key if id.is_some_and(|id| SHADOW_KEY_IDS.contains(&id)) => Action::Skip,
                // The configurations of types of identity providers have timestamps of their own.
                Family::TenantManagerConfiguration if has_items(object, "identityProviderTypeConfigurations") => {
                    Action::Update
                }
                Family::SystemConfiguration | Family::TenantManagerConfiguration | Family::Integrations => {
                    update_if_changed(object)
                }
                _ => continue,
            };
            defaults.set(object, action);
        }
        if let Some(key) = snapshot.oldest(Family::Key, |object| object.label() == SIGNING_KEY_NAME) {
            defaults.set(key, Action::Skip);
            defaults.set_variable(key, "FUSIONAUTH_DEFAULT_SIGNING_KEY_ID".to_owned());
        }
        defaults.find_lambdas(snapshot);
        defaults.find_forms(snapshot);
        let is_default = |object: &Object| object.label() == MESSAGE_TEMPLATE_NAME;
        if let Some(template) = snapshot.oldest(Family::MessageTemplate, is_default) {
            let is_used = is_referred_to(snapshot, template, |_| true);
            defaults.copy_or_skip(template, is_used);
        }
        defaults
    }

    fn find_lambdas(&mut self, snapshot: &'a Snapshot) {
        for kind in LAMBDA_TYPES {
            let is_default = |object: &Object| is_of_type(object, kind) && is_default_name(object.label(), kind);
            if let Some(lambda) = snapshot.oldest(Family::Lambda, is_default) {
                self.set(lambda, update_if_changed(lambda));
                self.set_variable(lambda, format!("FUSIONAUTH_LAMBDA[{kind}]_ID"));
            }
        }
        let others = snapshot.of_family(Family::Lambda).filter(|object| object.label().ends_with(LAMBDA_NAME_SUFFIX));
        let others: Vec<&Object> = others.filter(|object| self.action(object) == Action::Create).collect();
        for lambda in others {
            if !lambda.is_changed() && !is_referred_to(snapshot, lambda, |_| true) {
                self.set(lambda, Action::Skip);
            }
        }
    }

    fn find_forms(&mut self, snapshot: &'a Snapshot) {
        let mut installed_at: Option<u64> = None;
        for kind in FORM_TYPES {
            let is_default =
                |object: &Object| is_of_type(object, kind) && object.label().starts_with(DEFAULT_NAME_PREFIX);
            if let Some(form) = snapshot.oldest(Family::Form, is_default) {
                self.set(form, Action::Skip);
                self.set_variable(form, format!("FUSIONAUTH_FORM[{kind}]_ID"));
                installed_at = installed_at.max(form.created_at());
                if form.is_changed() {
                    self.unchanged.push(Remark {
                        what: describe(form),
                        why: "every instance has this form, with fields whose ids a Kickstart cannot know; make \
                              the changes to it by hand"
                            .to_owned(),
                    });
                }
            }
        }
        // Fields that are not newer than the installed forms were installed too.
        let fields = snapshot
            .of_family(Family::FormField)
            .filter(|field| field.created_at().is_some_and(|created| Some(created) <= installed_at));
        for field in fields {
            let is_used = is_referred_to(snapshot, field, |user| self.action(user) == Action::Create);
            self.copy_or_skip(field, is_used);
        }
    }

    /// Copies an object that others use. Skips one that nothing uses, and reports it where it was changed.
    fn copy_or_skip(&mut self, object: &'a Object, is_used: bool) {
        self.set(object, if is_used { Action::CreateCopy } else { Action::Skip });
        if !is_used && object.updated_at() > object.created_at() {
            self.unchanged.push(Remark {
                what: describe(object),
                why: "every instance has it, with an id that a Kickstart cannot know; make the changes to it by \
                      hand"
                    .to_owned(),
            });
        }
    }

    fn set(&mut self, object: &'a Object, action: Action) {
        self.actions.insert((object.family, object.id.as_deref()), action);
    }

    fn set_variable(&mut self, object: &'a Object, variable: String) {
        if let Some(id) = &object.id {
            self.variables.insert(id, variable);
        }
    }

    /// What a Kickstart does with an object.
    pub fn action(&self, object: &Object) -> Action {
        self.actions.get(&(object.family, object.id.as_deref())).copied().unwrap_or(Action::Create)
    }

    /// The provided variable for an id.
    pub fn variable(&self, id: &str) -> Option<&str> {
        self.variables.get(id).map(String::as_str)
    }

    /// An id as a part of a URL: its provided variable, or the escaped id.
    pub fn url_id(&self, id: &str) -> String {
        self.variable(id).map_or_else(|| super::text::escape(id), substitution)
    }

    /// Objects that were changed and that no file can change.
    pub fn unchanged(&self) -> &[Remark] {
        &self.unchanged
    }
}

fn is_of_type(object: &Object, kind: &str) -> bool {
    object.text("type") == Some(kind)
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
    name.strip_prefix(DEFAULT_NAME_PREFIX).is_some_and(|rest| rest == kind || rest.ends_with(LAMBDA_NAME_SUFFIX))
}

fn update_if_changed(object: &Object) -> Action {
    if object.is_changed() { Action::Update } else { Action::Skip }
}

/// Whether another object that `counts` refers to `target`.
fn is_referred_to(snapshot: &Snapshot, target: &Object, counts: impl Fn(&Object) -> bool) -> bool {
    snapshot.objects.iter().filter(|object| object.id != target.id && counts(object)).any(|object| {
        let mut is_used = false;
        references::each(object, &mut |id| is_used |= target.id.as_deref() == Some(id));
        is_used
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::{installation::TENANT_MANAGER_ROLE_ID, snapshot::object::Scope};

    const TENANT_ID: &str = "30663132-6464-6665-3032-326466613934";

    fn snapshot(objects: &[(Family, &str, Value)]) -> Snapshot {
        let objects = objects.iter().map(|(family, id, value)| {
            let value = value.as_object().cloned().unwrap();
            Object { family: *family, id: (!id.is_empty()).then(|| (*id).to_owned()), value }
        });
        Snapshot {
            scope: Scope::Everything,
            objects: objects.collect(),
            foreign: Vec::new(),
            default_tenant_id: Some(TENANT_ID.to_owned()),
            left_out: Vec::new(),
        }
    }

    fn actions(snapshot: &Snapshot) -> Vec<Action> {
        let defaults = Defaults::of(snapshot);
        snapshot.objects.iter().map(|object| defaults.action(object)).collect()
    }

    #[test]
    fn objects_with_known_ids_are_updated_or_skipped() {
        let snapshot = snapshot(&[
            (Family::Key, SHADOW_KEY_IDS[0], json!({})),
            (Family::Connector, FUSIONAUTH_CONNECTOR_ID, json!({})),
            (Family::Theme, DEFAULT_THEME_ID, json!({})),
            (Family::Tenant, TENANT_ID, json!({ "insertInstant": 1, "lastUpdateInstant": 1 })),
            (Family::Tenant, "other", json!({})),
            (Family::Application, FUSIONAUTH_APPLICATION_ID, json!({ "insertInstant": 1, "lastUpdateInstant": 1 })),
            (Family::Integrations, "", json!({})),
        ]);
        let expected =
            [Action::Skip, Action::Skip, Action::Skip, Action::Update, Action::Create, Action::Skip, Action::Update];
        assert_eq!(actions(&snapshot), expected);
    }

    #[test]
    fn the_tenant_manager_is_reported_and_universal_applications_are_created() {
        let snapshot = snapshot(&[
            (Family::Application, "manager", json!({ "roles": [{ "id": TENANT_MANAGER_ROLE_ID, "name": "admin" }] })),
            (Family::Application, "universal", json!({ "universalConfiguration": { "universal": true } })),
        ]);
        assert_eq!(actions(&snapshot), [Action::Skip, Action::Create]);
        let defaults = Defaults::of(&snapshot);
        let reported: Vec<&str> = defaults.unchanged().iter().map(|remark| remark.what.as_str()).collect();
        assert_eq!(reported, ["application `manager` (manager)"]);
    }

    #[test]
    fn scopes_of_fusionauths_own_application_are_reported() {
        let own = json!({
            "name": "FusionAuth", "insertInstant": 1, "lastUpdateInstant": 1, "scopes": [{ "id": "s", "name": "read" }]
        });
        let snapshot = snapshot(&[(Family::Application, FUSIONAUTH_APPLICATION_ID, own)]);
        assert_eq!(actions(&snapshot), [Action::Skip]);
        let defaults = Defaults::of(&snapshot);
        let reported: Vec<&str> = defaults.unchanged().iter().map(|remark| remark.what.as_str()).collect();
        assert_eq!(reported, [format!("the scopes of application `FusionAuth` ({FUSIONAUTH_APPLICATION_ID})")]);
    }

    #[test]
    fn the_tenant_manager_configuration_is_written_where_types_of_providers_are_configured() {
        for (types, expected) in [(json!({}), Action::Skip), (json!({ "Google": {} }), Action::Update)] {
            let value = json!({
                "insertInstant": 1, "lastUpdateInstant": 1, "identityProviderTypeConfigurations": types
            });
            let snapshot = snapshot(&[(Family::TenantManagerConfiguration, "", value)]);
            assert_eq!(actions(&snapshot), [expected]);
        }
    }

    #[test]
    fn a_changed_template_that_nothing_uses_is_skipped_and_reported() {
        let template = json!({ "name": MESSAGE_TEMPLATE_NAME, "insertInstant": 1, "lastUpdateInstant": 2 });
        let snapshot = snapshot(&[(Family::MessageTemplate, "template", template)]);
        assert_eq!(actions(&snapshot), [Action::Skip]);
        assert_eq!(Defaults::of(&snapshot).unchanged().len(), 1);
    }

    #[test]
    fn default_lambdas_are_named_by_variables_and_updated_where_they_were_changed() {
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
        let expected = [Action::Create, Action::Update, Action::Create, Action::Skip];
        assert_eq!(actions(&snapshot), expected);
        let defaults = Defaults::of(&snapshot);
        assert_eq!(defaults.url_id("default"), "#{FUSIONAUTH_LAMBDA[GoogleReconcile]_ID}");
        assert_eq!(defaults.url_id("copy"), "copy");
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
        let expected = [Action::Create, Action::Skip, Action::CreateCopy, Action::Skip, Action::Create];
        assert_eq!(actions(&snapshot), expected);
        assert_eq!(Defaults::of(&snapshot).unchanged().len(), 1);
    }
}
