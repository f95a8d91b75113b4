//! What every new instance has by itself, under ids of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::names::{slug, unique};
use crate::fusionauth::export::{
    installation::{DEFAULT, FORM_TYPES, MESSAGE_TEMPLATE, PROVIDED, SIGNING_KEY},
    snapshot::object::{Family, Object, Snapshot},
};
use gateway::redact::REDACTED;

/// What finds a default object in a new instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// Its type in Terraform.
    pub type_name: &'static str,
    /// Its name in Terraform, the only one among the data sources.
    pub name: String,
    /// What it finds the object by.
    pub arguments: Vec<(&'static str, String)>,
}

/// The default objects of a snapshot, and how each is found in a new instance; none where that cannot be said.
pub fn defaults(snapshot: &Snapshot) -> BTreeMap<(Family, &str), Option<DataSource>> {
    let mut found: Vec<&Object> = Vec::new();
    found.extend(oldest(snapshot, Family::Key, |key| key.label() == SIGNING_KEY));
    found.extend(oldest(snapshot, Family::MessageTemplate, |template| template.label() == MESSAGE_TEMPLATE));
    let lambdas = of_family(snapshot, Family::Lambda).filter(|lambda| is_default_lambda(lambda));
    let lambdas: BTreeSet<(&str, &str)> = lambdas.map(|lambda| (type_of(lambda), lambda.label())).collect();
    for (kind, name) in lambdas {
        found.extend(oldest(snapshot, Family::Lambda, |lambda| type_of(lambda) == kind && lambda.label() == name));
    }
    let mut made_until: Option<u64> = None;
    for kind in FORM_TYPES {
        let is_default = |form: &Object| type_of(form) == kind && form.label().starts_with(DEFAULT);
        if let Some(form) = oldest(snapshot, Family::Form, is_default) {
            made_until = made_until.max(made(form));
            found.push(form);
        }
    }
    // Nobody made a field before the installation had made its own forms.
    let is_default = |field: &Object| made(field).is_some_and(|made| Some(made) <= made_until);
    found.extend(of_family(snapshot, Family::FormField).filter(|field| is_default(field)));
    found.sort_by(|one, other| (one.family, &one.id).cmp(&(other.family, &other.id)));

    let slugs: Vec<String> = found.iter().map(|object| slug(object.label())).collect();
    let things: Vec<(&str, &str)> =
        slugs.iter().zip(&found).map(|(slug, object)| (slug.as_str(), object.id.as_str())).collect();
    let names = unique(&things);
    let found = found.into_iter().zip(names);
    found.map(|(object, name)| ((object.family, object.id.as_str()), data_source(object, name, snapshot))).collect()
}

/// What is known to have been changed since it was made, or not known to be as it was.
pub fn is_changed(object: &Object) -> bool {
    let changed = object.value.get("lastUpdateInstant").and_then(Value::as_u64);
    made(object).is_none() || made(object) != changed
}

fn is_default_lambda(lambda: &Object) -> bool {
    let kind = type_of(lambda);
    let is_named = |rest: &str| rest.ends_with(PROVIDED) || rest == kind && kind.ends_with("Reconcile");
    lambda.label().strip_prefix(DEFAULT).is_some_and(is_named)
}

/// The data source that finds an object by its name, where that is a name of one object only.
fn data_source(object: &Object, name: String, snapshot: &Snapshot) -> Option<DataSource> {
    let kind = type_of(object);
    let type_name = match object.family {
        Family::Lambda => "fusionauth_lambda",
        Family::Form => "fusionauth_form",
        Family::FormField => "fusionauth_form_field",
        Family::MessageTemplate if matches!(kind, "SMS" | "") => "fusionauth_sms_message_template",
        _ => return None,
    };
    let by_type = object.family == Family::Lambda;
    let called = object.value.get("name").and_then(Value::as_str)?;
    let is_called_so = |other: &Object| {
        other.value.get("name").and_then(Value::as_str) == Some(called) && (!by_type || type_of(other) == kind)
    };
    let is_only = of_family(snapshot, object.family).filter(|other| is_called_so(other)).count() == 1;
    if !is_only || called.is_empty() || called.contains(REDACTED) {
        return None;
    }
    let mut arguments = vec![("name", called.to_owned())];
    if by_type {
        arguments.push(("type", kind.to_owned()));
    }
    Some(DataSource { type_name, name, arguments })
}

fn of_family(snapshot: &Snapshot, family: Family) -> impl Iterator<Item = &Object> {
    snapshot.objects.iter().filter(move |object| object.family == family)
}

/// The one that was made first, since the installation came before anybody else.
fn oldest(snapshot: &Snapshot, family: Family, is_meant: impl Fn(&Object) -> bool) -> Option<&Object> {
    let meant = of_family(snapshot, family).filter(|object| is_meant(object));
    meant.min_by_key(|object| (made(object).unwrap_or(u64::MAX), object.id.as_str()))
}

fn type_of(object: &Object) -> &str {
    object.value.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn made(object: &Object) -> Option<u64> {
    object.value.get("insertInstant").and_then(Value::as_u64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fusionauth::export::snapshot::object::Scope;

    fn snapshot(objects: &[(Family, &str, Value)]) -> Snapshot {
        let objects = objects.iter().map(|(family, id, value)| Object {
            family: *family,
            id: (*id).to_owned(),
            value: value.as_object().cloned().unwrap(),
        });
        let objects = objects.collect();
        Snapshot { scope: Scope::Everything, objects, default_tenant_id: None, left_out: Vec::new() }
    }

    /// Ids of the defaults, and what finds them.
    fn found(snapshot: &Snapshot) -> Vec<(&str, Option<String>)> {
        let defaults = defaults(snapshot).into_iter();
        defaults.map(|((_, id), source)| (id, source.map(|source| source.arguments[0].1.clone()))).collect()
    }

    #[test]
    fn the_oldest_of_a_name_is_the_default() {
        let lambda = |kind: &str, name: &str, made: u64| json!({ "type": kind, "name": name, "insertInstant": made });
        let google = "Default Google Reconcile provided by FusionAuth";
        let snapshot = snapshot(&[
            (Family::Key, "key-1", json!({ "name": SIGNING_KEY, "insertInstant": 2 })),
            (Family::Key, "key-2", json!({ "name": SIGNING_KEY, "insertInstant": 1 })),
            (Family::Lambda, "lambda-1", lambda("GoogleReconcile", google, 1)),
            (Family::Lambda, "lambda-2", lambda("AppleReconcile", "Default AppleReconcile", 2)),
            (Family::Lambda, "lambda-3", lambda("AppleReconcile", "Default AppleReconcile", 1)),
            (Family::Lambda, "lambda-4", lambda("JWTPopulate", "Default JWTPopulate", 1)),
            (Family::MessageTemplate, "template-1", json!({ "name": MESSAGE_TEMPLATE, "type": "SMS" })),
            (Family::MessageTemplate, "template-2", json!({ "name": "Default", "type": "SMS" })),
        ]);
        let expected = [
            ("key-2", None),
            ("lambda-1", Some(google.to_owned())),
            // Two of a name: the provider would refuse to choose.
            ("lambda-3", None),
            ("template-1", Some(MESSAGE_TEMPLATE.to_owned())),
        ];
        assert_eq!(found(&snapshot), expected);
    }

    #[test]
    fn fields_older_than_the_default_forms_are_theirs() {
        let form = |kind: &str, name: &str, made: u64| json!({ "type": kind, "name": name, "insertInstant": made });
        let field = |name: &str, made: u64| json!({ "name": name, "insertInstant": made });
        let snapshot = snapshot(&[
            (Family::FormField, "field-1", field("Email", 4)),
            (Family::FormField, "field-2", field("Team", 6)),
            (Family::FormField, "field-3", json!({ "name": "Undated" })),
            (Family::Form, "form-1", form("adminUser", "Default Admin User", 5)),
            (Family::Form, "form-2", form("adminUser", "Our users", 3)),
        ]);
        let expected = [("field-1", Some("Email".to_owned())), ("form-1", Some("Default Admin User".to_owned()))];
        assert_eq!(found(&snapshot), expected);
    }
}
